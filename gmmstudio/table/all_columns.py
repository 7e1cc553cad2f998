"""All columns of a table typed together: the marks in numbers hold for the whole file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

from gmmstudio.table.columns import (
    Columns,
    Doubt,
    Evidence,
    Typed,
    choose_decimal,
    tick_codes_if_nothing_else,
)
from gmmstudio.table.decoding import Progress, ShouldStop
from gmmstudio.table.errors import Stopped, TableError
from gmmstudio.table.numbers import Rules, any_case
from gmmstudio.table.settings import ColumnType, Notice, ReadSettings
from gmmstudio.table.stretches import Stretch, stretches
from gmmstudio.table.table import Column

_FIRST_LOOK = 0.6
"""Of the work, what the first look takes where the marks are not known."""


@dataclass(frozen=True, eq=False)
class TypedColumns:
    """Typed columns, the marks in their numbers, and what was noticed."""

    columns: tuple[Column, ...]
    decimal: str
    thousands: str
    doubts: tuple[Doubt, ...]
    notices: tuple[Notice, ...]
    ticks: tuple[Notice, ...]


@dataclass(frozen=True, eq=False)
class _Texts:
    """The columns of a table as text, and the types chosen for some of them."""

    names: Sequence[str]
    headers: Sequence[str]
    cells: Sequence[Any]
    chosen: Mapping[int, ColumnType]
    should_stop: ShouldStop

    def read(self, part: Stretch, rules: Rules) -> Columns:
        if self.should_stop():
            raise Stopped
        return Columns(part, rules, [self.chosen.get(j) for j in part.columns])

    def typed(self, part: Stretch, columns: Columns) -> list[Typed]:
        here = slice(part.first, part.first + part.n_columns)
        return columns.typed(self.names[here], self.headers[here], self.cells[here])


def type_columns(
    names: Sequence[str],
    headers: Sequence[str],
    cells: Sequence[Any],
    settings: ReadSettings,
    delimiter: str,
    progress: Progress,
    should_stop: ShouldStop,
) -> TypedColumns:
    """Type the columns, on two threads (Arrow works outside Python's lock).

    Where the marks in numbers are not known, the columns are first read with a decimal point.
    Those that are numbers are typed then; of the others it is only found out what they say about
    the marks, and they are typed once these are settled.

    Raises
    ------
    TableError
        If the marks chosen for numbers contradict each other.
    """
    _check_marks(settings)
    texts = _Texts(names, headers, cells, dict(settings.types), should_stop)
    parts = list(stretches(cells))
    done: dict[Stretch, list[Typed]] = {}
    said: tuple[Notice, ...] = ()
    rules = first = _rules(settings)

    def look(part: Stretch) -> tuple[list[Evidence], list[Typed] | None]:
        columns = texts.read(part, first)
        return columns.evidence(), texts.typed(part, columns) if columns.are_numbers else None

    def type_now(part: Stretch) -> list[Typed]:
        return texts.typed(part, texts.read(part, rules))

    with ThreadPoolExecutor(2) as pool:
        if settings.thousands is None or (settings.decimal is None and not settings.thousands):
            evidence: list[Evidence] = []
            for part, (found, settled) in zip(parts, pool.map(look, parts), strict=True):
                evidence += found
                if settled is not None:
                    done[part] = settled
                progress(_FIRST_LOOK * len(evidence) / len(names))
            rules, said = _settle(first, settings, evidence, names, delimiter)
        if rules.decimal != first.decimal:
            done = {part: typed for part, typed in done.items() if not part.holds(first.decimal)}
        rest = [part for part in parts if part not in done]
        for part, typed in zip(rest, pool.map(type_now, rest), strict=True):
            done[part] = typed
            progress(1.0 - (1.0 - _FIRST_LOOK) * (1.0 - len(done) / len(parts)))
    typed = [column for part in parts for column in done[part]]
    ticked, ticks = tick_codes_if_nothing_else(tuple(column.column for column in typed))
    doubts = tuple(column.doubt for column in typed if column.doubt)
    return TypedColumns(ticked, rules.decimal, rules.thousands, doubts, said, ticks)


def _rules(settings: ReadSettings) -> Rules:
    """Return how numbers are read at first: as chosen, else with a decimal point."""
    missing = Rules().missing if settings.missing is None else any_case(settings.missing)
    decimal = settings.decimal or ("," if settings.thousands == "." else ".")
    return Rules(decimal, settings.thousands or "", missing)


def _settle(
    rules: Rules,
    settings: ReadSettings,
    evidence: Sequence[Evidence],
    names: Sequence[str],
    delimiter: str,
) -> tuple[Rules, tuple[Notice, ...]]:
    """Settle the marks that were not chosen by what the columns say about them."""
    said: tuple[Notice, ...] = ()
    if settings.decimal is None and not settings.thousands:
        decimal, said = choose_decimal(evidence, names, delimiter)
        rules = replace(rules, decimal=decimal)
        if settings.thousands == "":
            said = tuple(notice for notice in said if "1.234" not in notice)
    if settings.thousands is None:
        groups = {column.groups for column in evidence if column.groups}
        if len(groups) == 1 and (proven := groups.pop())[1] == rules.decimal:
            return replace(rules, thousands=proven[0]), (*said, _grouped(proven))
    return rules, said


def _grouped(marks: str) -> Notice:
    example = f"1{marks[0]}234{marks[0]}567{marks[1]}8"
    return Notice(f"Numbers here have thousands marks ({example}) and were read so.")


def _check_marks(settings: ReadSettings) -> None:
    decimal, thousands = settings.decimal, settings.thousands
    if decimal not in (None, ".", ","):
        raise TableError(f"“{decimal}” is no decimal mark; choose the point or the comma.")
    if thousands and (len(thousands) > 1 or thousands.isalnum() or thousands in "+-"):
        raise TableError(
            f"“{thousands}” cannot group thousands; choose a mark such as , or a space."
        )
    if thousands and decimal == thousands:
        raise TableError(
            "The decimal mark and the thousands mark are the same; choose two different ones."
        )
