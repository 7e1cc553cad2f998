"""Typed columns: what a column of text holds and whether to use it unasked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal

import numpy as np

from gmmstudio.table import numbers
from gmmstudio.table.dates import Dates, DatesFound, find_dates_in
from gmmstudio.table.decimal_mark import NO_EVIDENCE, Evidence
from gmmstudio.table.dressed import count_dressed, is_dressed, undressed
from gmmstudio.table.numbers import BoolArray, IntArray, Rules
from gmmstudio.table.settings import ColumnType, DateOrder, Notice
from gmmstudio.table.stretches import Stretch, stretches
from gmmstudio.table.summaries import Summary, count_distinct_texts, summarise
from gmmstudio.table.table import Column, FloatArray, Kind

CODE_VALUES = 10
YEARS = (1900, 2100)
_EXACT = 2.0**53
_NEARLY = 0.05
_FEW_WORDS = 2  # among numbers, however many cells hold them, may all say that there is no value


AboutDates = Literal["order", "cells", "proof", "years"]


@dataclass(frozen=True)
class Doubt:
    """What keeps a column that is mostly numbers from being one, or what in it is not finite.

    ``row`` is that of ``cell``, the first in question; of ``infinite`` numbers there is none.
    ``emptied`` where the column was to be numbers or dates, so that such cells count as missing;
    ``dates`` where it is about dates: day and month cannot be told ("order"), some cells are none
    ("cells"), this one tells the order ("proof") or has a year of two digits ("years"); ``also``
    are the columns that were read likewise. ``is_word`` where the cell may be a value like those
    ``also`` there, or hold none; ``dressed`` where numbers have a sign of money or the like;
    ``other_mark`` where they have the other decimal mark.
    """

    name: str
    infinite: int = 0
    wrong: int = 0
    row: int = -1
    cell: str = ""
    grouped: bool = False
    emptied: bool = False
    dates: AboutDates | None = None
    also: tuple[str, ...] = ()
    is_word: bool = False
    dressed: bool = False
    other_mark: bool = False


@dataclass(frozen=True, eq=False)
class Typed:
    """A column, what is doubtful about it, and its cells as dates where they are some."""

    column: Column
    doubt: Doubt | None = None
    dates: Dates | None = None

    @property
    def is_open(self) -> bool:
        """Whether it holds dates, and it is not known in which order day and month stand."""
        return self.dates is not None and self.column.values is None

    @property
    def possible(self) -> tuple[DateOrder, ...]:
        """The orders in which they may stand."""
        return () if self.dates is None else self.dates.possible


def type_column(
    name: str,
    header: str,
    cells: Any,
    rules: Rules,
    chosen: ColumnType | None = None,
    order: DateOrder | None = None,
) -> Typed:
    """Find out what one column holds, as `Columns` does."""
    (alone,) = stretches([undressed(cells) if chosen == "number" else cells])
    return Columns(alone, rules, [chosen], order).typed([name], [header], [cells])[0]


def tick_codes_if_nothing_else(
    columns: tuple[Column, ...],
) -> tuple[tuple[Column, ...], tuple[Notice, ...]]:
    """Tick the codes if there is nothing better: answers on a scale from 1 to 5 are codes, too."""
    codes = [column.name for column in columns if column.kind == "code"]
    if not codes or any(column.tick for column in columns):
        return columns, ()
    ticked = tuple(
        replace(column, tick=True, why_not="") if column.kind == "code" else column
        for column in columns
    )
    shown = ", ".join(codes[:5]) + (", …" if len(codes) > 5 else "")
    said = (
        "No column holds measurements, so the columns of whole numbers with few values "
        f"are ticked ({shown}); untick those that are only names for categories."
    )
    return ticked, (Notice(said),)


def about_dates(typed: Sequence[Typed], likewise: tuple[str, ...]) -> list[Doubt]:
    """Say what tells the order of day and month, and which years have two digits.

    ``likewise`` are the columns that were read in the order that others prove.
    """
    found: dict[AboutDates, Doubt] = {}
    for one in typed:
        dates, column = one.dates, one.column
        if dates is None or column.values is None:
            continue
        look: dict[AboutDates, Callable[[], int]] = {"years": dates.first_short_year}
        if dates.proven:
            look = {"proof": dates.first_proof, **look}
        for what, first in look.items():
            if what not in found and (row := first()) >= 0:
                cell = _cell(column, row)
                found[what] = Doubt(column.name, row=row, cell=cell, dates=what, also=likewise)
    return list(found.values())


class Columns:
    """The columns of a stretch, read by some rules; what is asked of all is found out once.

    Parameters
    ----------
    stretch
        The columns.
    rules
        How numbers are written.
    chosen
        The type that the user wants of each, whatever its cells look like; None for most.
    order
        The order of day and month in dates that do not tell it.
    """

    def __init__(
        self,
        stretch: Stretch,
        rules: Rules,
        chosen: Sequence[ColumnType | None],
        order: DateOrder | None = None,
    ) -> None:
        self._stretch, self._chosen, self._order = stretch, chosen, order
        self._rules = rules
        self._parsed = numbers.parse(stretch, rules, [choice == "number" for choice in chosen])
        self._filled = stretch.n_rows - self._parsed.missing

    @property
    def are_numbers(self) -> bool:
        """Whether every cell of all of them is a number or missing."""
        return not self._parsed.wrong.any()

    def evidence(self) -> list[Evidence]:
        """Return what each column says about the marks, where they were read with a point."""
        stretch, text, filled = self._stretch, self._parsed.text, self._filled
        found = [NO_EVIDENCE] * stretch.n_columns
        free = np.array([choice not in ("text", "date") for choice in self._chosen])
        words = free & ~self._parsed.numeric & (filled > 0)
        if words.any():
            point, comma = (stretch.count(numbers.clear_marks(text, mark)) for mark in ".,")
            groups = numbers.proven_groups(stretch, text, filled)
            for j in np.flatnonzero(words):
                found[j] = Evidence(
                    points=bool(2 * point[j] > filled[j]) or groups[j].endswith("."),
                    commas=bool(comma[j] > point[j] and 5 * comma[j] > filled[j])
                    or groups[j].endswith(","),
                    groups=groups[j],
                )
        broken = free & self._broken
        if broken.any():
            clear = self._have_clear_point(broken)
            for j in np.flatnonzero(broken):
                found[j] = Evidence(points=bool(clear[j]), grouped_points=not clear[j])
        return found

    def typed(
        self, names: Sequence[str], headers: Sequence[str], cells: Sequence[Any]
    ) -> list[Typed]:
        """Return the columns of these names, headers and cells with what they hold."""
        each = zip(names, headers, cells, strict=True)
        return [
            self._typed(j, column, name, header) for j, (name, header, column) in enumerate(each)
        ]

    @cached_property
    def _summary(self) -> Summary:
        assert self._parsed.values is not None
        return summarise(self._parsed.values)

    @cached_property
    def _broken(self) -> BoolArray:
        """Which columns are of numbers of which some are not whole."""
        numeric = self._parsed.numeric
        return numeric & ~self._summary.whole if numeric.any() else numeric

    def _have_clear_point(self, broken: BoolArray) -> BoolArray:
        text = self._parsed.text
        if self._stretch.n_columns == 1 and numbers.clear_marks(text.slice(0, 1000), ".").any():
            return broken
        return self._stretch.count(numbers.clear_marks(text, ".")) > 0

    def _count(self, pattern: str) -> IntArray:
        return self._stretch.count(numbers.matches(self._parsed.text, pattern))

    @cached_property
    def _leading_zeros(self) -> IntArray:
        return self._count(numbers.LEADING_ZERO)

    @cached_property
    def _grouped(self) -> IntArray:
        return self._count(numbers.THOUSANDS)

    @cached_property
    def _distinct_texts(self) -> IntArray:
        return count_distinct_texts(self._parsed.text, self._stretch)

    @cached_property
    def _dates(self) -> DatesFound:
        forced = np.array([choice == "date" for choice in self._chosen])
        text = np.array([choice == "text" for choice in self._chosen])
        asked = forced | ~(self._parsed.numeric | text)
        return find_dates_in(replace(self._stretch, cells=self._parsed.text), asked, forced)

    def _typed(self, j: int, cells: Any, name: str, header: str) -> Typed:
        parsed, chosen = self._parsed, self._chosen[j]
        infinite = int(parsed.infinite[j])
        missing = int(parsed.missing[j]) + infinite
        base = Column(name, header, cells, None, "text", missing, 0, infinite)
        if parsed.missing[j] == self._stretch.n_rows:
            return Typed(replace(base, kind="empty", why_not="empty"))
        if chosen in ("text", "date"):
            return self._chosen_text(j, base, chosen)
        if not parsed.numeric[j]:
            return self._text(j, base)
        return self._number(j, base)

    # -- text -------------------------------------------------------------------------------------

    def _text(self, j: int, base: Column) -> Typed:
        text, distinct = self._stretch.column(self._parsed.text, j), int(self._distinct_texts[j])
        kind, why = base.kind, f"text, {distinct} values"
        if distinct == 1:
            kind, why = "constant", f"text, always “{_shortened(_first(text), 30)}”"
        elif distinct == self._filled[j]:
            why = "text, every row different"
        column = replace(base, kind=kind, n_distinct=distinct, why_not=why)
        found = self._dates.dates[j] if kind != "constant" else None
        if found is not None and found.are_plain:
            return _as_days(column, found, self._order)
        doubt = self._doubt(j, column.name) or self._nearly_dates(j, column.name, text)
        return Typed(column, doubt or self._nearly_numbers(j, column.name, text))

    def _nearly_numbers(self, j: int, name: str, text: Any) -> Doubt | None:
        """Doubt numbers that have a sign of money or the like, or the other decimal mark."""
        filled, wrong = int(self._filled[j]), int(self._parsed.wrong[j])
        first = self._first_wrong(j)
        if is_dressed(first[1]) and count_dressed(text) >= (1 - _NEARLY) * filled:
            return Doubt(name, 0, wrong, *first, dressed=True)
        other = "," if self._rules.decimal == "." else "."
        if 2 * wrong < filled and numbers.is_number(first[1], other):
            alike = numbers.matches(text, numbers.NUMBER[other])
            plain = numbers.matches(text, self._rules.number())
            if np.count_nonzero(alike & ~plain) == wrong:
                return Doubt(name, 0, wrong, *first, other_mark=True)
        if 2 * wrong < filled and self._n_different_wrong(j, text) <= _FEW_WORDS:
            return Doubt(name, 0, wrong, *first)
        return None

    def _chosen_text(self, j: int, base: Column, chosen: ColumnType) -> Typed:
        """Keep what was chosen to be no numbers."""
        distinct = int(self._distinct_texts[j])
        text = self._stretch.column(self._parsed.text, j)
        base = replace(base, n_missing=text.null_count, n_infinite=0, n_distinct=distinct)
        if chosen == "date" and (found := self._dates.dates[j]) is not None:
            return _as_days(base, found, self._order)
        kind: Kind = "constant" if distinct == 1 else "text"
        return Typed(replace(base, kind=kind, why_not=f"text, {distinct} values"))

    def _nearly_dates(self, j: int, name: str, text: Any) -> Doubt | None:
        """Doubt a few cells that keep a column from being one of dates."""
        n, first = int(self._dates.alike[j]), int(self._dates.other[j])
        filled = int(self._filled[j])
        wrong = filled - n
        if not 0 < wrong <= max(_NEARLY * filled, 1) or n < 2:
            return None
        return Doubt(name, 0, wrong, first, _shortened(text[first].as_py(), 40), dates="cells")

    def _n_different_wrong(self, j: int, text: Any) -> int:
        import pyarrow as pa
        import pyarrow.compute as pc

        fits = pa.array(numbers.matches(text, self._rules.number()))
        return int(pc.count_distinct(text.filter(pc.invert(fits)).drop_null()).as_py())

    def _doubt(self, j: int, name: str) -> Doubt | None:
        filled, wrong = int(self._filled[j]), int(self._parsed.wrong[j])
        grouped, plain = int(self._grouped[j]), filled - wrong
        mostly_grouped = grouped > 0 and 2 * (plain + grouped) >= filled
        if not mostly_grouped and (wrong > max(_NEARLY * filled, 1) or 2 * plain <= filled):
            return None
        return Doubt(name, 0, wrong, *self._first_wrong(j), mostly_grouped)

    def _first_wrong(self, j: int) -> tuple[int, str]:
        """Return the row and the text of the first cell that is no number."""
        row = int(self._parsed.first_wrong[j])
        return row, _shortened(self._stretch.column(self._parsed.text, j)[row].as_py(), 40)

    # -- numbers ----------------------------------------------------------------------------------

    def _number(self, j: int, base: Column) -> Typed:
        assert self._parsed.values is not None
        base = replace(base, values=self._parsed.values[j])
        summary, infinite = self._summary, base.n_infinite
        doubt = Doubt(base.name, infinite=infinite) if infinite else None
        forced = self._chosen[j] == "number"
        if forced and (wrong := int(self._parsed.wrong[j])):
            doubt = Doubt(base.name, 0, wrong, *self._first_wrong(j), emptied=True)
        if not summary.present[j]:
            return Typed(replace(base, kind="empty", why_not="no finite number"), doubt)
        base = replace(base, n_distinct=int(summary.distinct[j]))
        if base.n_distinct == 1:
            column = replace(base, kind="constant", why_not=f"always {_present(base)[0]:.15g}")
        elif summary.whole[j] and not forced:
            column = self._whole_numbers(j, base)
        else:
            column = replace(base, kind="number", tick=True)
        return Typed(column, doubt)

    def _whole_numbers(self, j: int, base: Column) -> Column:
        """Tell counts and measures from codes, years and row numbers."""
        low, high = float(self._summary.low[j]), float(self._summary.high[j])
        n, distinct = int(self._summary.present[j]), base.n_distinct
        if self._leading_zeros[j]:
            return replace(base, kind="id", why_not="codes with leading zeros")
        if max(-low, high) > _EXACT:
            return replace(base, kind="id", why_not="whole numbers too long to be exact")
        if n > 2 and high - low == n - 1 and np.all(np.diff(_present(base)) == 1):
            return replace(base, kind="id", why_not="row numbers: rising by one")
        if low >= YEARS[0] and high <= YEARS[1]:
            return replace(base, kind="year", why_not="years")
        if distinct <= CODE_VALUES and 2 * distinct <= n:
            why = f"a code: whole numbers with {distinct} values"
            return replace(base, kind="code", why_not=why)
        return replace(base, kind="number", tick=True)


def in_order(typed: Typed, order: DateOrder) -> Typed:
    """Return a column of dates, whose order was open, read in this one."""
    assert typed.dates is not None
    return _as_days(typed.column, typed.dates, order)


def _as_days(base: Column, found: Dates, order: DateOrder | None) -> Typed:
    """Read dates as days, if it is known in which order day and month stand in them."""
    column = replace(base, kind="date", values=None, why_not=f"dates, {base.n_distinct} values")
    read = found.order_by(order)
    if read is None:
        row = found.first_open() if found.possible else found.first_proof()
        cell = _cell(column, row)
        return Typed(column, Doubt(column.name, row=row, cell=cell, dates="order"), found)
    values = found.values(read)
    lost = np.isnan(values)
    if not lost.all():
        column = replace(column, values=values, n_missing=int(np.count_nonzero(lost)))
    wrong = np.flatnonzero(lost & (found.codes >= 0))
    doubt = None
    if wrong.size:
        cell = _shortened(_cell(column, int(wrong[0])), 40)
        doubt = Doubt(column.name, 0, wrong.size, int(wrong[0]), cell, dates="cells", emptied=True)
    return Typed(column, doubt, found)


def _cell(column: Column, row: int) -> str:
    return str(column.cells[row].as_py()).strip()


def _present(column: Column) -> FloatArray:
    assert column.values is not None
    return column.values[~np.isnan(column.values)] if column.n_missing else column.values


def _first(text: Any) -> str:
    return str(text.drop_null()[0].as_py())


def _shortened(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1] + "…"
