"""Dates as numbers of days: which text is a date, and in which order day and month stand in it.

Nobody can tell whether 03/04/2020 is in April or in March; so a column is read only in an order
that its own cells prove, that another column of its file proves, or that somebody has chosen.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gmmstudio.table.date_texts import (
    ISO,
    MINUTES,
    ORDERS,
    Read,
    alike,
    all_alike,
    is_date,
    read_texts,
)
from gmmstudio.table.date_words import day_words
from gmmstudio.table.settings import DateOrder
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
    if not forced and not all_alike(different):
        return None
    codes = pc.fill_null(pc.index_in(text, value_set=different), -1).to_numpy().astype(np.int64)
    found = read_texts(different, compact=forced)
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
    fits = alike(text)
    return int(pc.sum(fits).as_py() or 0), int(pc.index(fits, False).as_py())


def _iso(text: Any) -> Dates | None:
    """Read dates of the standard form, as nearly all programs write them, without a closer look."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if not pc.all(pc.match_substring_regex(text, ISO)).as_py():
        return None
    try:
        moments = pc.cast(text, pa.timestamp("us"))
    except pa.ArrowInvalid:
        return None
    micros = pc.cast(moments, pa.int64())
    gone = pc.is_null(micros).to_numpy()
    days = pc.fill_null(micros, 0).to_numpy() / (MINUTES * 60e6)
    codes = np.arange(len(days), dtype=np.int64)
    codes[gone] = -1
    every = dict.fromkeys(ORDERS, days)
    none = np.zeros(len(days), dtype=bool)
    return Dates(codes, every, none, none, ORDERS)


def _possible(found: Read) -> tuple[DateOrder, ...]:
    some = np.zeros(len(found.needs), dtype=bool)
    for order in ORDERS:
        some |= np.isfinite(found.days[order])
    some &= found.needs
    return tuple(order for order in ORDERS if np.isfinite(found.days[order][some]).all())
