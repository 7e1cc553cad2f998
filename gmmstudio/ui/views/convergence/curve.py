"""The arithmetic of the convergence curve: its scale, its line, the numbers at its ends."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
FLAT = 1e-4  # a rise of the log-likelihood too small to mean anything


@dataclass(frozen=True)
class Scale:
    """From log-likelihoods to heights: 0 at the lowest, 1 at the highest.

    With `zoom` above 0 the last gains get more room: the height falls with the logarithm of
    1 + zoom × (share still to gain).
    """

    low: float
    high: float
    zoom: float = 0.0

    @property
    def is_stretched(self) -> bool:
        return self.zoom > 0

    def height(self, values):
        """Return heights for values (numbers or arrays)."""
        if self.high <= self.low:
            return np.full(np.shape(values), 0.5)
        share = np.clip((self.high - np.asarray(values)) / (self.high - self.low), 0.0, 1.0)
        if self.zoom > 0:
            share = np.log1p(self.zoom * share) / np.log1p(self.zoom)
        return 1.0 - share


def scale_of(values: Floats) -> Scale:
    """Choose a scale; stretched where the first iterations gain nearly everything.

    Linear while half of the iterations still use a fiftieth of the height; else the middle
    iteration is put at two thirds of it. A curve that rises by next to nothing lies flat.
    """
    values = values[np.isfinite(values)]
    if not len(values):
        return Scale(0.0, 1.0)
    low, high = float(values.min()), float(values.max())
    if high - low < FLAT:
        return Scale(high, high)
    if len(values) < 8:
        return Scale(low, high)
    rest = (high - float(np.median(values))) / (high - low)
    if rest >= 0.02:
        return Scale(low, high)
    return Scale(low, high, _zoom(max(rest, 1e-9)))


def _zoom(rest: float) -> float:
    """Solve log1p(zoom × rest) = log1p(zoom) / 3 by halving."""
    low, high = 0.0, 40.0  # of the logarithm
    for _ in range(60):
        middle = (low + high) / 2
        zoom = np.exp(middle)
        if np.log1p(zoom * rest) < np.log1p(zoom) / 3:
            low = middle
        else:
            high = middle
    return float(np.exp(low))


def thin(numbers: Floats, values: Floats, most: int) -> tuple[Floats, Floats]:
    """Return at most about `most` points that draw the same line: highest and lowest of each run.

    Parameters
    ----------
    numbers, values : (m,) float64
        The curve.
    most
        At least 4.
    """
    if len(values) <= most:
        return numbers, values
    length = -(-len(values) // (most // 2))
    starts = np.arange(0, len(values), length)
    runs = np.pad(values, (0, length * len(starts) - len(values)), mode="edge")
    runs = runs.reshape(len(starts), length)
    ends = starts + runs.argmin(axis=1), starts + runs.argmax(axis=1)
    chosen = np.unique(np.concatenate(([0], *ends, [len(values) - 1])).clip(max=len(values) - 1))
    return numbers[chosen], values[chosen]


def decimals(low: float, high: float) -> int:
    """Digits after the point that tell the ends of a range apart."""
    span = abs(high - low)
    if not np.isfinite(span) or span == 0:
        return 2
    return int(np.clip(1 - np.floor(np.log10(span)), 0, 6))


def fixed(value: float, digits: int) -> str:
    """Write a number with so many digits after the point, groups and a true minus."""
    if not np.isfinite(value):
        return "–"
    text = f"{value:,.{digits}f}" if abs(value) >= 10_000 else f"{value:.{digits}f}"
    return text.replace(",", "\u2009").replace("-", "−")
