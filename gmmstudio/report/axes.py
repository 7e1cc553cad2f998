"""Round numbers for axes, and how to write them."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

LONGEST = 9  # characters of a text at a tick
_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True)
class Ticks:
    """Places along an axis, what is written there, and what must be added to read it.

    `note` is empty, or a factor and an offset such as "×10⁶" or "+ 100 000 000", so that long
    numbers need not be written at every tick.
    """

    places: tuple[float, ...]
    texts: tuple[str, ...]
    note: str = ""


def nice_step(span: float, most: int) -> float:
    """Return the smallest of 1, 2, 2.5, 5 × 10^k that gives at most `most` steps in a span."""
    if not (span > 0 and math.isfinite(span)):
        return 1.0
    rough = span / max(most, 1)
    exponent = math.floor(math.log10(rough))
    if exponent < -300:
        return rough
    for factor in (1.0, 2.0, 2.5, 5.0, 10.0):
        step = factor * 10.0**exponent
        if step >= rough * (1 - 1e-9):
            return step
    return 10.0 ** (exponent + 1)


def ticks(low: float, high: float, most: int, *, whole: bool = False) -> Ticks:
    """Choose at most `most` + 1 round places from `low` to `high`; `whole`: whole numbers only."""
    if not (math.isfinite(low) and math.isfinite(high)) or high <= low:
        return Ticks((), ())
    span = high - low
    if not math.isfinite(span):
        return Ticks((), ())
    step = nice_step(span, most)
    if whole:
        step = 1.0 if step < 1 else 5.0 if step == 2.5 else step
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    if last - first > 4 * most + 4 or abs(first) > 2**52:
        return Ticks((), ())
    places = tuple(number * step for number in range(first, last + 1))
    return Ticks(places, *_write(places, step))


def _write(places: tuple[float, ...], step: float) -> tuple[tuple[str, ...], str]:
    if not places:
        return (), ""
    largest = max(abs(places[0]), abs(places[-1]))
    if largest < 1e5 * step:
        written = _write_from(places, step, 0.0)
        if max(map(len, written[0])) <= LONGEST:
            return written
    block = 10.0 ** math.ceil(math.log10(step * (len(places) + 1)))
    return _write_from(places, step, math.floor(places[0] / block) * block)


def _write_from(
    places: tuple[float, ...], step: float, offset: float
) -> tuple[tuple[str, ...], str]:
    """Write how far places lie beyond an offset, which the note adds."""
    note = f"{'+' if offset >= 0 else '−'} {plain(abs(offset), 15)}" if offset else ""
    largest = max(abs(places[0] - offset), abs(places[-1] - offset))
    exponent = 0
    if largest >= 999_999.5 or 0 < largest < 1e-3:
        exponent = math.floor(math.log10(largest))
        note = f"×10{str(exponent).translate(_SUPERSCRIPTS)} {note}".strip()
    unit = 10.0**exponent
    decimals = _decimals(step / unit)
    return tuple(_fixed((place - offset) / unit, decimals) for place in places), note


def _decimals(step: float) -> int:
    for decimals in range(13):
        scaled = step * 10**decimals
        if abs(scaled - round(scaled)) < 1e-6 * scaled:
            return decimals
    return 13


def _fixed(value: float, decimals: int) -> str:
    text = f"{value:.{decimals}f}"
    if float(text) == 0:
        text = text.lstrip("-")
    return text.replace("-", "−")


def plain(value: float, digits: int = 6) -> str:
    """Write a number for reading: so many digits, thin groups of thousands, a true minus."""
    if not math.isfinite(value):
        return "–"
    if value != 0 and not 1e-4 <= abs(value) < 1e15:
        mantissa, exponent = f"{value:.{digits - 1}e}".split("e")
        mantissa = mantissa.rstrip("0").rstrip(".")
        power = str(int(exponent)).translate(_SUPERSCRIPTS)
        return f"{mantissa} × 10{power}".replace("-", "−")
    before = max(0, math.floor(math.log10(abs(value)))) if value else 0
    decimals = max(0, digits - 1 - before)
    text = f"{value:,.{decimals}f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    if abs(value) < 10_000:
        text = text.replace(",", "")
    return text.replace(",", "\u2009").replace("-", "−")


def padded(low: float, high: float, share: float = 0.06) -> tuple[float, float]:
    """Widen a range by a share of it on both sides; one of no width gets some."""
    if not (math.isfinite(low) and math.isfinite(high)):
        return 0.0, 1.0
    half = high / 2 - low / 2
    if half <= 0 or half < abs(low) * 1e-13:
        room = max(abs(low) * 1e-6, 0.5)
    else:
        room = float(np.clip(2 * half * share, 0, 1e306))
    return max(low - room, -1e307), min(high + room, 1e307)
