"""Dates as numbers of days: which text is a date, and in which order day and month stand in it.

Nobody can tell whether 03/04/2020 is in April or in March; so a column is read only in an order
that its own cells prove, that another column of its file proves, or that somebody has chosen.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gmmstudio.table.date_texts import (
    ISO,
    MINUTES,
    ORDERS,
    Read,
    is_date,
    read_texts,
)
from gmmstudio.table.date_words import day_words
from gmmstudio.table.numbers import BoolArray, IntArray, truth
from gmmstudio.table.settings import DateOrder
from gmmstudio.table.stretches import Stretch
from gmmstudio.table.table import FloatArray

_FEW = 0.05  # of the cells may be no day of the calendar, or at least one


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
    proven
        The one order that is possible, or the first of those that say the same; None if there is
        none. Dates that need no order are the same in all.
    are_plain
        Whether so many cells are days, in whichever order, that the others are mistakes.
    """

    codes: NDArray[np.int64]
    days: Mapping[DateOrder, FloatArray]
    needs: NDArray[np.bool_]
    short: NDArray[np.bool_]
    possible: tuple[DateOrder, ...]
    proven: DateOrder | None
    are_plain: bool

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

    def first_proof(self) -> int:
        """Return the first row that can be read in one order only, or −1."""
        return self._first_row(self._n_ways() == 1) if self.needs.any() else -1

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
        if not texts.any():
            return -1
        found = np.flatnonzero(np.append(texts, False)[self.codes])
        return int(found[0]) if found.size else -1


@dataclass(frozen=True, eq=False)
class DatesFound:
    """The columns of a stretch as dates.

    Attributes
    ----------
    dates
        Of each column; None where it is none, or was not asked about.
    alike
        int64 (n_columns,): how many cells look like dates, 0 where the first does not.
    other
        int64 (n_columns,): the row of the first that does not, where others do, or −1.
    """

    dates: list[Dates | None]
    alike: IntArray
    other: IntArray


def find_dates(text: Any, *, forced: bool = False) -> Dates | None:
    """Read cells as dates as `find_dates_in` does; None where they are none."""
    alone = Stretch(text, 0, 1, len(text))
    return find_dates_in(alone, np.array([True]), np.array([forced])).dates[0]


def find_dates_in(stretch: Stretch, asked: BoolArray, forced: BoolArray) -> DatesFound:
    """Read the columns of a stretch as dates.

    Parameters
    ----------
    stretch
        Columns whose cells have no surrounding spaces, and are null where missing.
    asked
        bool (n_columns,): which columns to look at.
    forced
        bool (n_columns,): which were chosen to be dates: then 20200403 is one as well, and it does
        not matter how many cells are none.
    """
    n = stretch.n_columns
    found = DatesFound([None] * n, np.zeros(n, dtype=np.int64), np.full(n, -1))
    here, part = _beginning_with_dates(stretch, asked, forced)
    if not here.size:
        return found
    standard = _iso_columns(part)
    for j, dates in zip(here, standard, strict=True):
        if dates is not None:
            found.dates[j], found.alike[j] = dates, np.count_nonzero(dates.codes >= 0)
    left = np.array([dates is None for dates in standard])
    if left.any():
        _read_columns(_only(part, left), here[left], forced[here[left]], found)
    return found


def proven_order(columns: Iterable[Dates]) -> DateOrder | None:
    """Return the order of day and month that dates of a file prove, if they agree."""
    orders = {dates.possible[0] for dates in columns if len(dates.possible) == 1}
    return orders.pop() if len(orders) == 1 else None


def _beginning_with_dates(
    stretch: Stretch, asked: BoolArray, forced: BoolArray
) -> tuple[IntArray, Stretch]:
    """Return which of the columns asked about begin with a date, or are forced, and only them."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if not stretch.n_rows or not asked.any():
        return np.empty(0, dtype=np.int64), stretch
    gone = stretch.by_column(truth(pc.is_null(stretch.cells)))
    first = np.flatnonzero(asked) * stretch.n_rows + np.argmin(gone[asked], axis=1)
    if stretch.n_columns == 1:
        beginnings = [stretch.cells[int(first[0])].as_py()]
    else:
        beginnings = stretch.cells.take(pa.array(first)).to_pylist()
    chosen = asked.copy()
    chosen[asked] = [
        text is not None and (force or is_date(text))
        for text, force in zip(beginnings, forced[asked].tolist(), strict=True)
    ]
    return np.flatnonzero(chosen), _only(stretch, chosen) if chosen.any() else stretch


def _only(stretch: Stretch, columns: BoolArray) -> Stretch:
    """Return some of the columns, which may not stand side by side in the table."""
    import pyarrow as pa

    if columns.all():
        return stretch
    cells = stretch.cells.filter(pa.array(np.repeat(columns, stretch.n_rows)))
    return Stretch(cells, 0, int(np.count_nonzero(columns)), stretch.n_rows)


def _read_columns(part: Stretch, here: IntArray, forced: BoolArray, found: DatesFound) -> None:
    """Read columns, whose place in the whole is ``here``: their different texts once for all."""
    import pyarrow.compute as pc

    different = pc.unique(part.cells.drop_null())
    index = pc.fill_null(pc.index_in(part.cells, value_set=different), -1)
    codes = part.by_column(np.asarray(index).astype(np.int64))
    read = read_texts(different, compact=bool(forced.any()))
    filled = codes >= 0
    fits = np.append(read.alike, False)[codes]
    alike, other = np.count_nonzero(fits, axis=1), filled & ~fits
    found.alike[here] = alike
    found.other[here] = np.where(other.any(axis=1), np.argmax(other, axis=1), -1)
    are = forced | ~other.any(axis=1)
    if are.any():
        for j, dates in zip(here[are], _split(codes[are], read), strict=True):
            found.dates[j] = dates


def _split(codes: IntArray, read: Read) -> list[Dates]:
    """Return dates of each column, of which the codes (n_columns, n_rows) are those of all."""
    n, m = len(codes), len(read.needs)
    filled = codes >= 0
    cells_of = np.nonzero(filled)[0]
    if n == 1:  # which may be long
        met = np.zeros(m, dtype=bool)
        met[codes[filled]] = True
        pairs, inverse = np.flatnonzero(met), (np.cumsum(met) - 1)[codes[filled]]
    else:
        pairs, inverse = np.unique(cells_of * m + codes[filled], return_inverse=True)
    owner, texts = np.divmod(pairs, max(m, 1))  # each text of each column, column by column
    edges = np.searchsorted(owner, np.arange(n + 1))
    own = np.full(codes.shape, -1, dtype=np.int64)
    own[filled] = inverse - edges[cells_of]
    days = {order: read.days[order][texts] for order in ORDERS}
    needs, short = read.needs[texts], read.short[texts]
    finite = {order: np.isfinite(days[order]) for order in ORDERS}
    some = np.logical_or.reduce([finite[order] for order in ORDERS])

    def has(which: BoolArray) -> BoolArray:
        return np.bincount(owner[which], minlength=n) > 0

    fails = {order: has(some & needs & ~finite[order]) for order in ORDERS}
    differ = {
        (one, other): has((days[one] != days[other]) & (finite[one] | finite[other]))
        for one, other in combinations(ORDERS, 2)
    }
    times = np.bincount(inverse, minlength=len(pairs))
    wrong = np.bincount(owner[~some], weights=times[~some], minlength=n)
    plain = has(some) & (wrong <= np.maximum(_FEW * np.count_nonzero(filled, axis=1), 1.0))
    each = []
    for j in range(n):
        mine = slice(edges[j], edges[j + 1])
        possible = tuple(order for order in ORDERS if not fails[order][j])
        same = possible and not any(differ[possible[0], other][j] for other in possible[1:])
        each.append(
            Dates(
                own[j],
                {order: days[order][mine] for order in ORDERS},
                needs[mine],
                short[mine],
                possible,
                possible[0] if same else None,
                bool(plain[j]),
            )
        )
    return each


def _iso_columns(part: Stretch) -> list[Dates | None]:
    """Read columns of the standard form, as nearly all programs write it, without a closer look."""
    import pyarrow as pa
    import pyarrow.compute as pc

    fits = pc.fill_null(pc.match_substring_regex(part.cells, ISO), True)
    are = part.count(truth(fits)) == part.n_rows
    found: list[Dates | None] = [None] * part.n_columns
    if not are.any():
        return found
    some = _only(part, are)
    try:
        moments = pc.cast(some.cells, pa.timestamp("us"))
    except pa.ArrowInvalid:  # 2023-02-30 in one of them
        if part.n_columns == 1:
            return found
        places = np.flatnonzero(are).tolist()
        alone = (Stretch(part.column(part.cells, j), 0, 1, part.n_rows) for j in places)
        each = [_iso_columns(one)[0] for one in alone]
    else:
        each = _iso_dates(some, pc.cast(moments, pa.int64()))
    for j, dates in zip(np.flatnonzero(are), each, strict=True):
        found[j] = dates
    return found


def _iso_dates(part: Stretch, micros: Any) -> list[Dates | None]:
    import pyarrow.compute as pc

    missing = truth(pc.is_null(micros))
    gone = part.by_column(missing)
    days = part.by_column(np.asarray(pc.fill_null(micros, 0)) / (MINUTES * 60e6))
    codes = np.where(gone, -1, np.arange(part.n_rows))
    none = np.zeros(part.n_rows, dtype=bool)
    filled = part.count(missing) < part.n_rows
    return [
        Dates(codes[j], dict.fromkeys(ORDERS, days[j]), none, none, ORDERS, "dmy", bool(filled[j]))
        for j in range(part.n_columns)
    ]
