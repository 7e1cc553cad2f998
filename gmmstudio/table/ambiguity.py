"""Numbers that can be read two ways, such as 1.234: found, not decided."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gmmstudio.table import numbers
from gmmstudio.table.numbers import Rules, any_case
from gmmstudio.table.table import Column, Table

_LOOKED_AT = 100_000  # cells of a column
_EXAMPLES = 3
_COLUMNS = 5
_POINTS, _COMMAS = numbers.GROUPED["."], numbers.GROUPED[","]
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
    missing = table.settings.missing
    words = Rules().missing if missing is None else any_case(missing)
    chosen = {index for index, kind in table.settings.types if kind != "number"}
    facts = [
        fact
        for index, column in enumerate(table.columns)
        if index not in chosen and (fact := _fact(column, words)) is not None
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


def _fact(column: Column, words: frozenset[str]) -> _Fact | None:
    """Look at the marks in the cells of a column; None if they are no numbers."""
    import pyarrow.compute as pc

    text = numbers.trimmed(column.cells.slice(0, _LOOKED_AT), words).drop_null()
    filled = len(text)
    if not filled:
        return None
    marked = text.filter(pc.match_substring_regex(text, r"\d[., '\x{A0}\x{202F}\x{2019}]\d|[.,]\d"))
    if not len(marked):
        return None
    point, comma = numbers.decimal_evidence(marked)
    grouped = numbers.count_matching(marked, numbers.THOUSANDS)
    plain = numbers.count_matching(text, r"^[+-]?\d+$")
    if 2 * (point + comma + grouped + plain) < filled:
        return None  # words with some numbers among them
    return _Fact(
        column.name,
        2 * point > len(marked),
        2 * comma > len(marked),
        () if point else _examples(marked, _POINTS),
        () if comma else _examples(marked, _COMMAS),
        _examples(marked, r"^[+-]?[1-9]\d{0,2}(?:[ '\x{A0}\x{202F}\x{2019}]\d{3})+(?:[.,]\d+)?$"),
        bool(numbers.proven_groups(text, filled)),
    )


def _examples(text: object, pattern: str) -> tuple[str, ...]:
    import pyarrow.compute as pc

    found = text.filter(pc.match_substring_regex(text, pattern))  # type: ignore[attr-defined]
    return tuple(found.slice(0, 1000).unique().to_pylist()[:_EXAMPLES])


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
