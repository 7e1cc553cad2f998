"""Round dates for axes that are days since the first of January 1970, and how to write them."""

from __future__ import annotations

import datetime
import math
from collections.abc import Iterator

from gmmstudio.report.axes import Ticks, ticks

_EPOCH = datetime.date(1970, 1, 1).toordinal()
_FIRST, _LAST = 1 - _EPOCH, datetime.date.max.toordinal() - _EPOCH
_HOURS = (1, 2, 3, 6, 12)
_DAYS = (1, 2, 7, 14)
_MONTHS = (1, 2, 3, 6)
_MONTH, _YEAR = 30.44, 365.25


def date_ticks(low: float, high: float, most: int) -> Ticks:
    """Choose at most `most` + 1 round dates from `low` to `high`, in days since 1970.

    Years, months, days or hours, whichever are round; numbers where there are no dates.

    Examples
    --------
    >>> date_ticks(18262.0, 18628.0, 4).texts
    ('Jan 2020', 'Apr 2020', 'Jul 2020', 'Oct 2020', 'Jan 2021')
    """
    span = high - low
    if not (math.isfinite(low) and math.isfinite(high)) or span <= 0:
        return Ticks((), ())
    if low < _FIRST or high > _LAST - 1 or span * 24 < most:
        return ticks(low, high, most)
    for step in _HOURS:
        if span * 24 / step <= most:
            return _hours(low, high, step)
    for step in _DAYS:
        if span / step <= most:
            return _days(low, high, step)
    for step in _MONTHS:
        if span / (_MONTH * step) <= most:
            return _months(low, high, step)
    step = 12
    for factor in _round_numbers():
        step = 12 * factor
        if span / (_YEAR * factor) <= most:
            break
    return _months(low, high, step)


def _round_numbers() -> Iterator[int]:
    size = 1
    while True:
        yield from (size, 2 * size, 5 * size)
        size *= 10


def _hours(low: float, high: float, step: int) -> Ticks:
    first, last = math.ceil(low * 24 / step - 1e-9), math.floor(high * 24 / step + 1e-9)
    places = [hours * step for hours in range(first, last + 1)]
    texts = []
    for hours in places:
        day, hour = divmod(hours, 24)
        texts.append(_written(day, "%-d %b") if hour == 0 else f"{hour:02d}:00")
    return Ticks(tuple(hours / 24 for hours in places), tuple(texts))


def _days(low: float, high: float, step: int) -> Ticks:
    shift = 4 if step % 7 == 0 else 0  # weeks begin on Mondays; the epoch was a Thursday
    first, last = math.ceil((low - shift) / step), math.floor((high - shift) / step)
    places = [day * step + shift for day in range(first, last + 1)]
    return Ticks(tuple(map(float, places)), tuple(_written(day, "%-d %b %Y") for day in places))


def _months(low: float, high: float, step: int) -> Ticks:
    date = datetime.date.fromordinal(math.floor(low) + _EPOCH)
    month = 12 * date.year + date.month - 1
    month -= month % step
    places: list[float] = []
    texts: list[str] = []
    while True:
        year, number = divmod(month, 12)
        month += step
        if year < 1:
            continue
        if year > datetime.MAXYEAR:
            break
        day = datetime.date(year, number + 1, 1).toordinal() - _EPOCH
        if day > high:
            break
        if day >= low:
            places.append(float(day))
            texts.append(str(year) if step % 12 == 0 else _written(day, "%b %Y"))
    return Ticks(tuple(places), tuple(texts))


_NAMES = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def _written(day: int, pattern: str) -> str:
    """Write a day in English, whatever the locale."""
    date = datetime.date.fromordinal(day + _EPOCH)
    parts = {"%-d": str(date.day), "%b": _NAMES[date.month - 1], "%Y": str(date.year)}
    return " ".join(parts[part] for part in pattern.split())
