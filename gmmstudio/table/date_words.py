"""Days since 1970 in words."""

from __future__ import annotations

import datetime

import numpy as np

from gmmstudio.table.settings import DateOrder

_MONTH_NAMES = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
_EPOCH = datetime.date(1970, 1, 1).toordinal()
_FIRST_DAY, _LAST_DAY = 1 - _EPOCH, datetime.date.max.toordinal() + 1 - _EPOCH
_SECONDS = 24 * 60 * 60


def day_words(days: float, order: DateOrder | None = "dmy", *, short: bool = False) -> str:
    """Write a number of days since 1970 as a date, in words of the order in which it stood.

    A ``short`` one has three letters of the month, and no time. What is beyond the calendar stays a
    number.

    Examples
    --------
    >>> day_words(18355.0), day_words(18355.5, "mdy")
    ('3 April 2020', 'April 3, 2020, 12:00')
    """
    if not _FIRST_DAY <= days < _LAST_DAY:
        return f"{days:.6g}"
    days = round(days * _SECONDS) / _SECONDS  # a moment before midnight is midnight
    if short:
        date = _date(days)
        return f"{date.day} {_MONTH_NAMES[date.month - 1][:3]} {date.year}"
    return f"{_in_words(days, order)}{_clock_words(days)}"


def _date(days: float) -> datetime.date:
    return datetime.date.fromordinal(int(np.floor(days)) + _EPOCH)


def _in_words(days: float, order: DateOrder | None) -> str:
    date = _date(days)
    month = _MONTH_NAMES[date.month - 1]
    if order == "mdy":
        return f"{month} {date.day}, {date.year}"
    return f"{date.day} {month} {date.year}"


def _clock_words(days: float) -> str:
    seconds = round((days % 1.0) * _SECONDS)
    if seconds == 0:
        return ""
    minutes, second = divmod(seconds, 60)
    clock = f"{minutes // 60:02d}:{minutes % 60:02d}"
    return f", {clock}:{second:02d}" if second else f", {clock}"
