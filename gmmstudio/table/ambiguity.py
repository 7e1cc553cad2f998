"""Numbers that can be read two ways, such as 1.234: found, not decided."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gmmstudio.table import numbers
from gmmstudio.table.numbers import BoolArray, Rules, missing_words
from gmmstudio.table.settings import ReadSettings
from gmmstudio.table.stretches import Stretch, stretches
from gmmstudio.table.table import Table

_LOOKED_AT = 100_000  # cells of a column
_EXAMPLES = 3
_COLUMNS = 5
_MARKED = r"\d[., '\x{A0}\x{202F}\x{2019}]\d|[.,]\d"
_PLAIN = r"^[+-]?\d+$"
_POINTS, _COMMAS = numbers.GROUPED["."], numbers.GROUPED[","]
_BY_SPACES = r"^[+-]?[1-9]\d{0,2}(?:[ '\x{A0}\x{202F}\x{2019}]\d{3})+(?:[.,]\d+)?$"
_SPACED = re.compile(r"^[+-]?[1-9]\d{0,2}(?:([ '\u00a0\u202f\u2019])\d{3})+(?:([.,])\d+)?$")


@dataclass(frozen=True)
class Reading:
    """One way to read the marks.

    Attributes
    ----------
    decimal, thousands
        The marks; ``thousands`` is "" where digits are not grouped.
    values
        What the examples are then: a number each, None where a cell stays text.
    """

    decimal: str
    thousands: str
    values: tuple[float | None, ...]

    def chosen_in(self, choices: ReadSettings) -> bool:
        """Tell whether this is how numbers are to be read."""
        if choices.decimal is None and choices.thousands is None:
            return False
        same = (choices.thousands or "") == self.thousands
        return same and choices.decimal in (None, self.decimal)

    def choose(self, choices: ReadSettings) -> ReadSettings:
        """Return the choices with this one made."""
        return choices.with_(decimal=self.decimal, thousands=self.thousands)


@dataclass(frozen=True)
class Ambiguity:
    """Cells that can be read in more ways than one.

    Attributes
    ----------
    columns
        Names of the columns that have such cells, the first few.
    cells
        Examples from the file, as they stand there.
    readings
        The ways, at least two.
    """

    columns: tuple[str, ...]
    cells: tuple[str, ...]
    readings: tuple[Reading, ...]

    def answered_in(self, choices: ReadSettings) -> bool:
        """Tell whether it is chosen how to read them, be it in a way that is not among these."""
        return choices.decimal is not None or choices.thousands is not None


def find_ambiguity(table: Table) -> Ambiguity | None:
    """Return what about the marks in numbers cannot be told from the file.

    Parameters
    ----------
    table
        As it was read, whatever marks were chosen.

    Notes
    -----
    ``1.234`` is a little more than one, or, where points group thousands, more than a thousand; a
    cell such as ``1.5`` or ``0.234`` elsewhere in the file tells, and so does ``1.234,5``. A file
    whose cells are separated by commas is of the English kind, where the point is the decimal mark.
    """
    words = missing_words(table.settings.missing)
    chosen = {index for index, kind in table.settings.types if kind != "number"}
    columns = [column for index, column in enumerate(table.columns) if index not in chosen]
    facts = [
        fact
        for part in stretches([column.cells.slice(0, _LOOKED_AT) for column in columns])
        for fact in _facts(part, [columns[j].name for j in part.columns], words)
    ]
    if any(fact.proven for fact in facts):
        return None
    points, commas = any(f.clear_points for f in facts), any(f.clear_commas for f in facts)
    for grouped, ways in _questions(facts, points, commas, table.settings.delimiter or ""):
        if grouped:
            return _ambiguity(grouped, ways)
    return None


@dataclass(frozen=True)
class _Fact:
    name: str
    clear_points: bool
    clear_commas: bool
    points: tuple[str, ...]  # examples of 1.234, where the column has nothing clearer
    commas: tuple[str, ...]
    spaced: tuple[str, ...]
    proven: bool  # some cells show both marks


def _facts(part: Stretch, names: Sequence[str], words: frozenset[str]) -> Iterator[_Fact]:
    """Look at the marks in the cells of columns of these names; give those that are numbers."""
    text = numbers.trimmed(part.cells, words)
    marked = numbers.matches(text, _MARKED)
    n_marked = part.count(marked)
    if not n_marked.any():
        return
    filled = part.n_rows - part.count(numbers.truth(text.is_null()))
    point, comma = (part.count(marked & numbers.clear_marks(text, mark)) for mark in ".,")
    grouped, plain = (
        part.count(numbers.matches(text, pattern)) for pattern in (numbers.THOUSANDS, _PLAIN)
    )
    groups = numbers.proven_groups(part, text, filled)
    # Others are without marks, or words with some numbers among them.
    are_numbers = (n_marked > 0) & (2 * (point + comma + grouped + plain) >= filled)
    points = _examples(part, text, _POINTS, are_numbers & (point == 0))
    commas = _examples(part, text, _COMMAS, are_numbers & (comma == 0))
    spaced = _examples(part, text, _BY_SPACES, are_numbers)
    for j in map(int, np.flatnonzero(are_numbers)):
        yield _Fact(
            names[j],
            bool(2 * point[j] > n_marked[j]),
            bool(2 * comma[j] > n_marked[j]),
            points.get(j, ()),
            commas.get(j, ()),
            spaced.get(j, ()),
            bool(groups[j]),
        )


def _examples(
    part: Stretch, text: Any, pattern: str, where: BoolArray
) -> dict[int, tuple[str, ...]]:
    """Return the first different cells that match, by the column's number in the stretch."""
    fits = numbers.matches(text, pattern)
    examples = {}
    for j in map(int, np.flatnonzero(where & (part.count(fits) > 0))):
        rows = np.flatnonzero(part.by_column(fits)[j])[:1000]
        found = part.column(text, j).take(rows).unique().to_pylist()
        examples[j] = tuple(found[:_EXAMPLES])
    return examples


_Ways = tuple[tuple[str, str], ...]
_Grouped = list[tuple[str, tuple[str, ...]]]


def _questions(
    facts: Sequence[_Fact], points: bool, commas: bool, delimiter: str
) -> Iterator[tuple[_Grouped, _Ways]]:
    """Give what is to be asked, the most telling first."""
    commas_group = [(f.name, f.commas) for f in facts if f.commas]
    points_group = [(f.name, f.points) for f in facts if f.points]
    spaced = [(f.name, f.spaced) for f in facts if f.spaced]
    if spaced:
        match = _SPACED.match(spaced[0][1][0])
        mark = match[1] if match else " "
        decimal = "," if commas or (match and match[2] == ",") else "."
        yield spaced, ((decimal, mark), (decimal, ""))
    if commas_group and not commas:
        ways: _Ways = ((".", ","), (".", "")) if points else ((".", ","), (",", ""))
        yield commas_group, ways
    if points_group and not points and delimiter != ",":
        yield points_group, ((",", "."), (",", "")) if commas else ((".", ""), (",", "."))


def _ambiguity(grouped: _Grouped, ways: _Ways) -> Ambiguity:
    cells = tuple(dict.fromkeys(cell for _, some in grouped for cell in some))[:_EXAMPLES]
    readings = tuple(
        Reading(d, t, tuple(_value(cell, Rules(d, t)) for cell in cells)) for d, t in ways
    )
    return Ambiguity(tuple(name for name, _ in grouped)[:_COLUMNS], cells, readings)


def _value(cell: str, rules: Rules) -> float | None:
    return rules.value(cell) if re.match(rules.number(), cell) else None
