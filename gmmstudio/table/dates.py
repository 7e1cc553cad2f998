"""Dates as numbers of days: which text is a date, and in which order day and month stand in it.

Nobody can tell whether 03/04/2020 is in April or in March; so a column is read only in an order
that its own cells prove, that another column of its file proves, or that somebody has chosen.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gmmstudio.table.settings import DateOrder
from gmmstudio.table.table import FloatArray

ORDERS: tuple[DateOrder, ...] = ("dmy", "mdy", "ymd")
FIRST_SHORT_YEAR = 69
"""Years of two digits are those from 1969 to 2068, as POSIX has it for ``%y``."""

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
_ISO = r"^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?)?$"

_MONTH_NAMES = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
_MINUTES = 24 * 60
_FEW = 0.05  # of the cells may be no day of the calendar, or at least one


def is_date(text: str) -> bool:
    """Tell whether a cell looks like a date, with or without a time."""
    return any(pattern.match(text.strip()) for pattern in _PYTHON)


def day_words(days: float, order: DateOrder | None = "dmy") -> str:
    """Write a number of days since 1970 as a date, in words of the order in which it stood.

    Examples
    --------
    >>> day_words(18355.0), day_words(18355.5, "mdy")
    ('3 April 2020', 'April 3, 2020, 12:00')
    """
    return f"{_in_words(days, order)}{_clock_words(days)}"


def readings(cell: str) -> tuple[str, ...]:
    """Return all that a date may be, in words.

    Examples
    --------
    >>> readings("03/04/2020"), readings("25/12/2020")
    (('3 April 2020', 'March 4, 2020'), ('25 December 2020',))
    """
    import pyarrow as pa

    found = find_dates(pa.chunked_array([[cell.strip()]], pa.string()))
    if found is None:
        return ()
    ways = {float(found.days[order][0]): order for order in reversed(ORDERS)}
    return tuple(day_words(days, ways[days]) for days in reversed(ways) if days == days)


@dataclass(frozen=True, eq=False)
class Dates:
    """The cells of a column as dates, in whichever order day and month stand.

    Attributes
    ----------
    codes
        int64 (n,): which of the different texts each cell holds, −1 where it is missing.
    days
        For each order float64 (m,): the days since the first of January 1970 of the different
        texts, NaN where a text is no day of the calendar in this order.
    needs
        bool (m,): of which of the texts the order is not told by the year or a name.
    short
        bool (m,): which of the texts have a year of two digits.
    possible
        The orders in which all texts that are some day are one.
    """

    codes: NDArray[np.int64]
    days: Mapping[DateOrder, FloatArray]
    needs: NDArray[np.bool_]
    short: NDArray[np.bool_]
    possible: tuple[DateOrder, ...]

    @property
    def proven(self) -> DateOrder | None:
        """The one order that is possible, or any of those that say the same; None if there is none.

        Dates that need no order are the same in all.
        """
        if not self.possible:
            return None
        first, *others = self.possible
        same = all(
            np.array_equal(self.days[first], self.days[other], equal_nan=True) for other in others
        )
        return first if same else None

    @property
    def is_open(self) -> bool:
        """Whether only somebody who knows can say in which order they are."""
        return self.proven is None

    @property
    def candidates(self) -> tuple[DateOrder, ...]:
        """The orders worth asking about: the possible ones, else those in which most are days."""
        if self.possible:
            return self.possible
        days = {order: int(np.isfinite(self.days[order]).sum()) for order in ORDERS}
        return tuple(order for order in ORDERS if 2 * days[order] >= max(days.values()) > 0)

    def order_by(self, chosen: DateOrder | None) -> DateOrder | None:
        """Return in which order to read: the one proven, else the one chosen if it can be."""
        if self.proven is not None:
            return self.proven
        return chosen if chosen in self.candidates else None

    def values(self, order: DateOrder) -> FloatArray:
        """Return the days (n,), NaN where a cell is missing or no day."""
        known = np.append(self.days[order], np.nan)
        values: FloatArray = known[self.codes]
        values.flags.writeable = False
        return values

    def days_of(self, order: DateOrder, rows: Sequence[int]) -> tuple[float | None, ...]:
        """Return the days of some rows, None where a cell is none in this order."""
        days = [float(self.days[order][self.codes[row]]) for row in rows]
        return tuple(None if day != day else day for day in days)

    def are_plain(self) -> bool:
        """Tell whether so many cells are days, in whichever order, that the others are mistakes."""
        times = np.bincount(self.codes[self.codes >= 0], minlength=len(self.needs))
        some = np.isfinite(np.vstack([self.days[order] for order in ORDERS])).any(axis=0)
        wrong = int(times[~some].sum())
        return bool(some.any()) and wrong <= max(_FEW * times.sum(), 1.0)

    def first_proof(self) -> int:
        """Return the first row that can be read in one order only, or −1."""
        return self._first_row(self._n_ways() == 1)

    def first_open(self) -> int:
        """Return the first row that is another day in another order, or −1."""
        return self._first_row(self._differ())

    def open_rows(self, most: int) -> list[int]:
        """Return the first rows with different texts that are other days in other orders."""
        rows = np.flatnonzero(np.append(self._differ(), False)[self.codes])
        _, first = np.unique(self.codes[rows], return_index=True)
        return [int(row) for row in rows[np.sort(first)[:most]]]

    def first_short_year(self) -> int:
        """Return the first row whose year has two digits, or −1."""
        return self._first_row(self.short)

    def _differ(self) -> NDArray[np.bool_]:
        """Tell which texts (m,) are different days in different orders, as 03/03 is not."""
        days = np.vstack([self.days[order] for order in ORDERS])
        low, high = np.fmin.reduce(days), np.fmax.reduce(days)
        different: NDArray[np.bool_] = self.needs & (low < high)
        return different

    def _n_ways(self) -> NDArray[np.int64]:
        """Return in how many ways each text (m,) that needs an order can be read."""
        return sum(np.isfinite(self.days[order]).astype(np.int64) for order in ORDERS) * self.needs

    def _first_row(self, texts: NDArray[np.bool_]) -> int:
        found = np.flatnonzero(np.append(texts, False)[self.codes])
        return int(found[0]) if found.size else -1


def find_dates(text: Any, *, forced: bool = False) -> Dates | None:
    """Read cells as dates; None where they are none.

    Parameters
    ----------
    text
        pyarrow strings without surrounding spaces, null where missing.
    forced
        Whether they were chosen to be dates: then 20200403 is one as well, and it does not matter
        how many cells are none.
    """
    import pyarrow.compute as pc

    filled = text.drop_null()
    if not len(filled) or not (forced or is_date(filled[0].as_py())):
        return None
    if (quickly := _iso(text)) is not None:
        return quickly
    different = pc.unique(filled)
    if not forced and not _all_alike(different):
        return None
    codes = pc.fill_null(pc.index_in(text, value_set=different), -1).to_numpy().astype(np.int64)
    found = _read(different, compact=forced)
    return Dates(codes, found.days, found.needs, found.short, _possible(found))


def proven_order(columns: Iterable[Dates]) -> DateOrder | None:
    """Return the order of day and month that dates of a file prove, if they agree."""
    orders = {dates.possible[0] for dates in columns if len(dates.possible) == 1}
    return orders.pop() if len(orders) == 1 else None


def count_dates(text: Any) -> tuple[int, int]:
    """Return how many cells look like dates, and the place of the first that does not, or −1."""
    import pyarrow.compute as pc

    filled = text.drop_null()
    if not len(filled) or not is_date(filled[0].as_py()):
        return 0, -1
    alike = _alike(text)
    return int(pc.sum(alike).as_py() or 0), int(pc.index(alike, False).as_py())


# -- the different texts ----------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class _Read:
    days: Mapping[DateOrder, FloatArray]
    needs: NDArray[np.bool_]
    short: NDArray[np.bool_]


def _alike(text: Any) -> Any:
    import pyarrow.compute as pc

    first, *others = (pc.match_substring_regex(text, pattern) for pattern in _PATTERNS)
    for other in others:
        first = pc.or_(first, other)
    return first


def _all_alike(text: Any) -> bool:
    import pyarrow.compute as pc

    return bool(pc.all(_alike(text)).as_py())


def _iso(text: Any) -> Dates | None:
    """Read dates of the standard form, as nearly all programs write them, without a closer look."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if not pc.all(pc.match_substring_regex(text, _ISO)).as_py():
        return None
    try:
        moments = pc.cast(text, pa.timestamp("us"))
    except pa.ArrowInvalid:
        return None
    micros = pc.cast(moments, pa.int64())
    gone = pc.is_null(micros).to_numpy()
    days = pc.fill_null(micros, 0).to_numpy() / (_MINUTES * 60e6)
    codes = np.arange(len(days), dtype=np.int64)
    codes[gone] = -1
    every = dict.fromkeys(ORDERS, days)
    none = np.zeros(len(days), dtype=bool)
    return Dates(codes, every, none, none, ORDERS)


def _read(different: Any, *, compact: bool) -> _Read:
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
    return _Read(days, needs, short)


def _possible(found: _Read) -> tuple[DateOrder, ...]:
    some = np.zeros(len(found.needs), dtype=bool)
    for order in ORDERS:
        some |= np.isfinite(found.days[order])
    some &= found.needs
    return tuple(order for order in ORDERS if np.isfinite(found.days[order][some]).all())


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
    share = (60 * hour + minute + second / 60 - shift) / _MINUTES
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


# -- in words ---------------------------------------------------------------------------------


def _in_words(days: float, order: DateOrder | None) -> str:
    date = np.datetime64(int(np.floor(days)), "D").item()
    month = _MONTH_NAMES[date.month - 1]
    if order == "mdy":
        return f"{month} {date.day}, {date.year}"
    return f"{date.day} {month} {date.year}"


def _clock_words(days: float) -> str:
    seconds = round((days % 1.0) * _MINUTES * 60)
    if seconds == 0:
        return ""
    minutes, second = divmod(seconds, 60)
    clock = f"{minutes // 60:02d}:{minutes % 60:02d}"
    return f", {clock}:{second:02d}" if second else f", {clock}"
