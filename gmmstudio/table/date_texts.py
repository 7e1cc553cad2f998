"""Texts that look like dates, and the days that they are in each order of day and month."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gmmstudio.table.settings import DateOrder
from gmmstudio.table.table import FloatArray

ORDERS: tuple[DateOrder, ...] = ("dmy", "mdy", "ymd")
FIRST_SHORT_YEAR = 69
"""Years of two digits are those from 1969 to 2068, as POSIX has it for ``%y``."""

MINUTES = 24 * 60
"""Of a day."""

_CLOCK = (
    r"(?:[T ](?:(?P<half>오전|오후) ?)?(?P<hour>\d{1,2}):(?P<minute>\d{2})"
    r"(?::(?P<second>\d{2}(?:[.,]\d+)?))?"
    r"(?: ?(?P<noon>[AaPp][Mm]))?(?: ?(?P<zone>Z|UTC|[+-]\d{2}:?\d{2}))?)?"
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NAME = rf"(?P<name>(?i:(?:{'|'.join(_MONTHS)})[a-z]*))"
# Groups of one letter and different digits are one part of a date in several places.
_YEAR_FIRST = (
    r"^(?P<y>\d{4})(?:-(?P<m1>\d{1,2})-(?P<d1>\d{1,2})|/(?P<m2>\d{1,2})/(?P<d2>\d{1,2})"
    r"|\. ?(?P<m3>\d{1,2})\. ?(?P<d3>\d{1,2})\.?|년 ?(?P<m4>\d{1,2})월 ?(?P<d4>\d{1,2})일)"
    rf"{_CLOCK}$"
)
_YEAR_LAST = (
    r"^(?P<a>\d{1,2})(?:/(?P<b1>\d{1,2})/(?P<c1>\d{4}|\d{2})|-(?P<b2>\d{1,2})-(?P<c2>\d{4}|\d{2})"
    r"|\. ?(?P<b3>\d{1,2})\. ?(?P<c3>\d{4}|\d{2})\.?|\. (?P<b4>\d{1,2})\. (?P<c4>\d)\.?)"
    rf"{_CLOCK}$"
)
_DAY_NAMED = rf"^(?P<d>\d{{1,2}})(?:\. ?|[ -]){_NAME}[ .,-]+(?P<y>\d{{4}}|\d{{2}}){_CLOCK}$"
_MONTH_NAMED = rf"^{_NAME}\.? (?P<d>\d{{1,2}}),? (?P<y>\d{{4}}){_CLOCK}$"
_COMPACT = r"^(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})$"
_PATTERNS = (_YEAR_FIRST, _YEAR_LAST, _DAY_NAMED, _MONTH_NAMED)
_PYTHON = [re.compile(pattern, re.ASCII) for pattern in _PATTERNS]
ISO = r"^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?)?$"


def is_date(text: str) -> bool:
    """Tell whether a cell looks like a date, with or without a time."""
    return any(pattern.match(text.strip()) for pattern in _PYTHON)


def alike(text: Any) -> Any:
    """Tell which cells (pyarrow strings) look like dates."""
    import pyarrow.compute as pc

    first, *others = (pc.match_substring_regex(text, pattern) for pattern in _PATTERNS)
    for other in others:
        first = pc.or_(first, other)
    return first


def all_alike(text: Any) -> bool:
    """Tell whether all do."""
    import pyarrow.compute as pc

    return bool(pc.all(alike(text)).as_py())


@dataclass(frozen=True, eq=False)
class Read:
    """The days (m,) of different texts in each order, and which need one or have a short year."""

    days: Mapping[DateOrder, FloatArray]
    needs: NDArray[np.bool_]
    short: NDArray[np.bool_]


def read_texts(different: Any, *, compact: bool) -> Read:
    """Read different texts, also 20200403 if it is ``compact``."""
    n = len(different)
    days: dict[DateOrder, FloatArray] = {order: np.full(n, np.nan) for order in ORDERS}
    needs, short = np.zeros(n, dtype=bool), np.zeros(n, dtype=bool)
    for pattern in (*_PATTERNS, *((_COMPACT,) if compact else ())):
        rows, parts = _parts(different, pattern)
        if not rows.size:
            continue
        clock = _clock(parts)
        if pattern == _YEAR_LAST:
            a, b, c = (_number(parts, letter) for letter in "abc")
            is_short = _lengths(parts, "c") < 4
            year = np.where(parts["c4"] == "", _full(c, is_short), np.nan)  # 4 is a day, 04 a year
            short_first = np.where(is_short, _full(a, is_short), np.nan)
            days["dmy"][rows] = _days(year, b, a) + clock
            days["mdy"][rows] = _days(year, a, b) + clock
            days["ymd"][rows] = _days(short_first, b, c) + clock
            needs[rows], short[rows] = True, is_short
            continue
        short[rows] = _lengths(parts, "y") < 4
        month = _named(parts["name"]) if "name" in parts else _number(parts, "m")
        known = _days(_full(_number(parts, "y"), short[rows]), month, _number(parts, "d")) + clock
        for order in ORDERS:
            days[order][rows] = known
    return Read(days, needs, short)


def _parts(text: Any, pattern: str) -> tuple[NDArray[np.int64], dict[str, NDArray[np.object_]]]:
    """Return which texts match (m,), and what stands in each group (m,): "" where nothing."""
    import pyarrow as pa
    import pyarrow.compute as pc

    found = pc.extract_regex(text, pattern)
    if isinstance(found, pa.ChunkedArray):
        found = found.combine_chunks()
    rows = np.flatnonzero(pc.is_valid(found).to_numpy(zero_copy_only=False))
    found = found.take(pa.array(rows))
    return rows, {
        found.type.field(i).name: np.asarray(found.field(i).to_pylist(), dtype=object)
        for i in range(found.type.num_fields)
    }


def _part(parts: Mapping[str, NDArray[np.object_]], name: str) -> NDArray[np.object_]:
    """Return the text (m,) in whichever of the groups of this name there is one."""
    texts = [texts for group, texts in parts.items() if group.rstrip("1234") == name]
    return sum(texts[1:], start=texts[0])


def _number(parts: Mapping[str, NDArray[np.object_]], name: str) -> FloatArray:
    return np.array([float((t or "nan").replace(",", ".")) for t in _part(parts, name)])


def _lengths(parts: Mapping[str, NDArray[np.object_]], name: str) -> NDArray[np.int64]:
    return np.array([len(text) for text in _part(parts, name)], dtype=np.int64)


def _named(months: NDArray[np.object_]) -> FloatArray:
    return np.array([1.0 + _MONTHS.index(name[:3].lower()) for name in months.tolist()])


def _full(year: FloatArray, is_short: NDArray[np.bool_]) -> FloatArray:
    century = np.where(year >= FIRST_SHORT_YEAR, 1900, 2000)
    return np.where(is_short, year + century, year)


def _days(year: FloatArray, month: FloatArray, day: FloatArray) -> FloatArray:
    """Return days since 1970, NaN where there is no such day in the calendar."""
    fine = (year >= 1) & (year <= 9999) & (month >= 1) & (month <= 12) & (day >= 1) & (day <= 31)
    y, m, d = (np.where(fine, part, 1).astype(np.int64) for part in (year, month, day))
    first = ((y - 1970) * 12 + (m - 1)).astype("datetime64[M]")
    exact = first.astype("datetime64[D]") + (d - 1)
    fine &= exact.astype("datetime64[M]") == first
    return np.where(fine, exact.astype(np.int64), np.nan)


def _clock(parts: Mapping[str, NDArray[np.object_]]) -> FloatArray:
    """Return the share of the day that has gone, UTC where a zone is named; NaN for no time."""
    if "hour" not in parts:
        return np.zeros(len(next(iter(parts.values()))))
    has = parts["hour"] != ""
    hour, minute, second = (
        np.where(has, np.nan_to_num(_number(parts, name)), 0.0)
        for name in ("hour", "minute", "second")
    )
    half = np.array([_half(*pair) for pair in zip(parts["noon"], parts["half"], strict=True)])
    fine = (
        (hour <= 23) & (minute <= 59) & (second < 61) & ((half < 0) | ((hour >= 1) & (hour <= 12)))
    )
    hour = np.where(half >= 0, hour % 12 + 12 * half, hour)
    shift = np.array([_minutes_east(zone) for zone in parts["zone"].tolist()])
    share = (60 * hour + minute + second / 60 - shift) / MINUTES
    return np.where(fine, share, np.nan)


def _half(noon: str, korean: str) -> int:
    """Return 0 before noon, 1 after, −1 where the hours go to 23."""
    if not noon and not korean:
        return -1
    return int(noon.lower() == "pm" or korean == "오후")


def _minutes_east(zone: str) -> int:
    if zone in ("", "Z", "UTC"):
        return 0
    minutes = 60 * int(zone[1:3]) + int(zone[-2:])
    return -minutes if zone[0] == "-" else minutes
