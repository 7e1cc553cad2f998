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
_YEAR_FIRST = re.compile(
    r"^(?P<y>\d{4})(?:-(?P<m1>\d{1,2})-(?P<d1>\d{1,2})|/(?P<m2>\d{1,2})/(?P<d2>\d{1,2})"
    r"|\. ?(?P<m3>\d{1,2})\. ?(?P<d3>\d{1,2})\.?|년 ?(?P<m4>\d{1,2})월 ?(?P<d4>\d{1,2})일)"
    rf"{_CLOCK}$",
    re.ASCII,
)
_YEAR_LAST = re.compile(
    r"^(?P<a>\d{1,2})(?:/(?P<b1>\d{1,2})/(?P<c1>\d{4}|\d{2})|-(?P<b2>\d{1,2})-(?P<c2>\d{4}|\d{2})"
    r"|\. ?(?P<b3>\d{1,2})\. ?(?P<c3>\d{4}|\d{2})\.?|\. (?P<b4>\d{1,2})\. (?P<c4>\d)\.?)"
    rf"{_CLOCK}$",
    re.ASCII,
)
_DAY_NAMED = re.compile(
    rf"^(?P<d>\d{{1,2}})(?:\. ?|[ -]){_NAME}[ .,-]+(?P<y>\d{{4}}|\d{{2}}){_CLOCK}$", re.ASCII
)
_MONTH_NAMED = re.compile(rf"^{_NAME}\.? (?P<d>\d{{1,2}}),? (?P<y>\d{{4}}){_CLOCK}$", re.ASCII)
_COMPACT = re.compile(r"^(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})$", re.ASCII)
_PATTERNS = (_YEAR_FIRST, _YEAR_LAST, _DAY_NAMED, _MONTH_NAMED)
_MOST_DIGITS = 12
"""Of a fraction of a second: a double holds no more of them."""

ISO = r"^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?)?$"


def is_date(text: str) -> bool:
    """Tell whether a cell looks like a date, with or without a time."""
    return any(pattern.match(text.strip()) for pattern in _PATTERNS)


@dataclass(frozen=True, eq=False)
class Read:
    """Different texts (m,) as dates: which look like one, and what they are in each order.

    ``days`` are NaN where a text is none; ``needs`` tells which need an order, ``short`` which
    have a year of two digits.
    """

    alike: NDArray[np.bool_]
    days: Mapping[DateOrder, FloatArray]
    needs: NDArray[np.bool_]
    short: NDArray[np.bool_]


def read_texts(different: Any, *, compact: bool) -> Read:
    """Read different texts (a pyarrow array without nulls), also 20200403 if it is ``compact``."""
    n = len(different)
    days: dict[DateOrder, FloatArray] = {order: np.full(n, np.nan) for order in ORDERS}
    alike, needs, short = (np.zeros(n, dtype=bool) for _ in range(3))
    forms = _Forms(different)
    for pattern in (*_PATTERNS, *((_COMPACT,) if compact else ())):
        rows, parts = forms.parts(pattern)
        if not rows.size:
            continue
        alike[rows] = pattern is not _COMPACT
        clock = _clock(parts)
        if pattern is _YEAR_LAST:
            a, b, c = parts["a"], parts["b"], parts["c"]
            is_short = parts["c_length"] < 4
            year = np.where(parts["c_length"] > 1, _full(c, is_short), np.nan)
            short_first = np.where(is_short, _full(a, is_short), np.nan)  # 4 is a day, 04 a year
            days["dmy"][rows] = _days(year, b, a) + clock
            days["mdy"][rows] = _days(year, a, b) + clock
            days["ymd"][rows] = _days(short_first, b, c) + clock
            needs[rows], short[rows] = True, is_short
            continue
        short[rows] = parts["y_length"] < 4
        known = _days(_full(parts["y"], short[rows]), parts["m"], parts["d"]) + clock
        for order in ORDERS:
            days[order][rows] = known
    return Read(alike, days, needs, short)


class _Forms:
    """Texts by their form: what is left of them when every digit is a nought.

    Whether a text is a date, and where its parts stand, is the same for all of one form. So only
    the few forms are matched, and the digits of all texts are read at these places at once.
    """

    def __init__(self, texts: Any) -> None:
        import pyarrow as pa

        n = len(texts)
        _, where, what = texts.buffers()
        ends = np.frombuffer(where, dtype=np.int32)[texts.offset : texts.offset + n + 1]
        self._bytes = np.frombuffer(what or b"", dtype=np.uint8)[: ends[-1]]
        self._starts = ends[:-1].astype(np.int64)
        nought = np.arange(256, dtype=np.uint8)
        nought[ord("0") : ord("9") + 1] = ord("0")
        same = pa.py_buffer(nought[self._bytes])
        forms = pa.StringArray.from_buffers(n, pa.py_buffer(ends), same).dictionary_encode()
        codes = forms.indices.to_numpy()
        self._forms: list[str] = forms.dictionary.to_pylist()
        self._rows = np.argsort(codes, kind="stable")
        self._edges = np.searchsorted(codes[self._rows], np.arange(len(self._forms) + 1))

    def parts(self, pattern: re.Pattern[str]) -> tuple[NDArray[np.int64], dict[str, FloatArray]]:
        """Return which texts match (m,), and the numbers in them (m,): NaN where there is none.

        The zone is in minutes, ``noon`` 0 before and 1 after it; of years there are the lengths.
        """
        found = [(k, m) for k, form in enumerate(self._forms) if (m := pattern.fullmatch(form))]
        rows = [self._rows[self._edges[k] : self._edges[k + 1]] for k, _ in found]
        parts = [self._numbers(m, here) for (_, m), here in zip(found, rows, strict=True)]
        if not found:
            return np.empty(0, dtype=np.int64), {}
        names = set().union(*parts)
        none = [np.full(here.size, np.nan) for here in rows]
        return np.concatenate(rows), {
            name: np.concatenate([p.get(name, n) for p, n in zip(parts, none, strict=True)])
            for name in names
        }

    def _numbers(self, match: re.Match[str], rows: NDArray[np.int64]) -> dict[str, FloatArray]:
        def constant(value: float) -> FloatArray:
            return np.full(rows.size, float(value))

        numbers: dict[str, FloatArray] = {}
        for group, text in match.groupdict().items():
            if not text:
                continue
            name = group.rstrip("1234")
            if name == "name":
                numbers["m"] = constant(1 + _MONTHS.index(text[:3].lower()))
            elif name in ("noon", "half"):
                numbers["noon"] = constant(text.lower() == "pm" or text == "오후")
            elif name == "zone":
                if text[0] in "+-":
                    hours = self._digits(
                        match, rows, match.start(group) + 1, match.start(group) + 3
                    )
                    minutes = self._digits(match, rows, match.end(group) - 2, match.end(group))
                    numbers["zone"] = (60 * hours + minutes) * (-1 if text[0] == "-" else 1)
            else:
                numbers[name] = self._digits(match, rows, *match.span(group))
                if name in "yc":
                    numbers[f"{name}_length"] = constant(len(text))
        return numbers

    def _digits(
        self, match: re.Match[str], rows: NDArray[np.int64], first: int, last: int
    ) -> FloatArray:
        """Return the numbers that stand from one letter of the form to another."""
        whole, _, fraction = match.string[first:last].replace(",", ".").partition(".")
        start = self._starts[rows] + len(match.string[:first].encode())
        number = np.zeros(rows.size)
        at = [*range(len(whole)), *range(len(whole) + 1, len(whole) + 1 + len(fraction))]
        for place in at[: _MOST_DIGITS + len(whole)]:
            number = 10 * number + (self._bytes[start + place] - float(ord("0")))
        scale: float = 10.0 ** min(len(fraction), _MOST_DIGITS)
        return number / scale


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


def _clock(parts: Mapping[str, FloatArray]) -> FloatArray:
    """Return the share of the day that has gone, UTC where a zone is named; NaN for no time."""
    none = np.full(len(next(iter(parts.values()))), np.nan)
    hour, minute, second, shift = (
        np.nan_to_num(parts.get(name, none)) for name in ("hour", "minute", "second", "zone")
    )
    noon = parts.get("noon", none)
    halved = np.isfinite(noon)
    fine = (hour <= 23) & (minute <= 59) & (second < 61) & (~halved | ((hour >= 1) & (hour <= 12)))
    hour = np.where(halved, hour % 12 + 12 * noon, hour)
    share = (60 * hour + minute + second / 60 - shift) / MINUTES
    return np.where(fine, share, np.nan)
