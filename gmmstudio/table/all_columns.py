"""All columns of a table typed together: the marks in numbers hold for the whole file."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

from gmmstudio.table.columns import (
    Columns,
    Doubt,
    Typed,
    about_dates,
    in_order,
    tick_codes_if_nothing_else,
    type_column,
)
from gmmstudio.table.dates import proven_order
from gmmstudio.table.decimal_mark import Evidence, choose_decimal
from gmmstudio.table.decoding import Progress, ShouldStop
from gmmstudio.table.doubtful_words import WORD, words_beside
from gmmstudio.table.errors import Stopped, TableError
from gmmstudio.table.numbers import Rules, any_case, missing_words
from gmmstudio.table.settings import ColumnType, DateOrder, Notice, ReadSettings
from gmmstudio.table.stretches import Stretch, stretches
from gmmstudio.table.table import Column
from gmmstudio.table.ticking import tick_no_more

_FIRST_LOOK = 0.6
"""Of the work, what the first look takes where the marks are not known."""


@dataclass(frozen=True, eq=False)
class TypedColumns:
    """Typed columns, the marks in their numbers, the order in their dates, and what was noticed."""

    columns: tuple[Column, ...]
    decimal: str
    thousands: str
    date_order: DateOrder | None
    doubts: tuple[Doubt, ...]
    notices: tuple[Notice, ...]
    ticks: tuple[Notice, ...]


@dataclass(frozen=True, eq=False)
class _Texts:
    """The columns of a table as text, and what was chosen for some of them."""

    names: Sequence[str]
    headers: Sequence[str]
    cells: Sequence[Any]
    chosen: Mapping[int, ColumnType]
    order: DateOrder | None
    should_stop: ShouldStop

    def read(self, part: Stretch, rules: Rules) -> Columns:
        if self.should_stop():
            raise Stopped
        return Columns(part, rules, [self.chosen.get(j) for j in part.columns], self.order)

    def typed(self, part: Stretch, columns: Columns) -> list[Typed]:
        here = slice(part.first, part.first + part.n_columns)
        return columns.typed(self.names[here], self.headers[here], self.cells[here])

    def typed_alone(self, j: int, rules: Rules, order: DateOrder | None) -> Typed:
        if self.should_stop():
            raise Stopped
        name, header, cells = self.names[j], self.headers[j], self.cells[j]
        return type_column(name, header, cells, rules, self.chosen.get(j), order)


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
    order = settings.date_order
    texts = _Texts(names, headers, cells, dict(settings.types), order, should_stop)
    parts = list(stretches(cells))
    done: dict[Stretch, list[Typed]] = {}
    said: tuple[Notice, ...] = ()
    rules = first = rules_of(settings)

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
    undressed = {j for j, kind in settings.types if kind == "number"}
    for j in sorted(own_missing(settings) | undressed):
        if j < len(typed):
            typed[j] = texts.typed_alone(j, rules_in(rules, settings, j), order)
    order = order or proven_order(one.dates for one in typed if one.dates)
    likewise = [j for j, one in enumerate(typed) if one.is_open and order in one.possible]
    for j in likewise:
        assert order is not None
        typed[j] = in_order(typed[j], order)
    if any(one.is_open for one in typed):
        order = settings.date_order  # it is still to be asked
    ticked, ticks = tick_codes_if_nothing_else(tuple(column.column for column in typed))
    ticked, beyond = tick_no_more(ticked)
    doubts = [column.doubt for column in typed if column.doubt]
    doubts += _about_words([one.column for one in typed], own_missing(settings))
    doubts += about_dates(typed, tuple(names[j] for j in likewise))
    ticks = (*ticks, *beyond)
    return TypedColumns(ticked, rules.decimal, rules.thousands, order, tuple(doubts), said, ticks)


def rules_of(settings: ReadSettings, column: int | None = None) -> Rules:
    """Return how numbers are read at first: as chosen, else with a decimal point.

    Of one column, if it is named, its own missing cells count as well.
    """
    decimal = settings.decimal or ("," if settings.thousands == "." else ".")
    rules = Rules(decimal, settings.thousands or "", missing_words(settings.missing))
    return rules if column is None else rules_in(rules, settings, column)


def rules_in(rules: Rules, settings: ReadSettings, column: int) -> Rules:
    """Return the rules of one column, which may have missing cells of its own."""
    if column not in own_missing(settings):
        return rules
    more, fewer = (
        any_case(dict(words).get(column, ()))
        for words in (settings.missing_in, settings.present_in)
    )
    return replace(rules, missing=(rules.missing | more) - (fewer - {""}))


def own_missing(settings: ReadSettings) -> set[int]:
    """Return the columns of which it was chosen what holds no value."""
    return {column for column, _ in (*settings.missing_in, *settings.present_in)}


def _about_words(columns: Sequence[Column], answered: Collection[int]) -> list[Doubt]:
    """Doubt the word NA among codes that look like it."""
    found = []
    for j, column in enumerate(columns):
        if column.kind != "text" or not column.n_missing or j in answered:
            continue
        if others := words_beside(column.cells):
            row = column.cells.index(WORD).as_py()
            found.append(Doubt(column.name, row=row, cell=WORD, also=others, is_word=True))
    return found


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
