"""All columns of a table typed together: the marks in numbers hold for the whole file."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

from gmmstudio.table.columns import (
    Doubt,
    Typed,
    choose_decimal,
    tick_codes_if_nothing_else,
    type_column,
)
from gmmstudio.table.decoding import Progress, ShouldStop
from gmmstudio.table.errors import Stopped, TableError
from gmmstudio.table.numbers import Rules, any_case
from gmmstudio.table.settings import Notice, ReadSettings
from gmmstudio.table.table import Column

_MOST_TASKS = 100


@dataclass(frozen=True, eq=False)
class TypedColumns:
    """Typed columns, the marks in their numbers, and what was noticed."""

    columns: tuple[Column, ...]
    decimal: str
    thousands: str
    doubts: tuple[Doubt, ...]
    notices: tuple[Notice, ...]
    ticks: tuple[Notice, ...]


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

    Raises
    ------
    TableError
        If the marks chosen for numbers contradict each other.
    """
    _check_marks(settings)
    chosen = dict(settings.types)
    missing = Rules().missing if settings.missing is None else any_case(settings.missing)

    def typed(j: int, rules: Rules) -> Typed:
        if should_stop():
            raise Stopped
        return type_column(names[j], headers[j], cells[j], rules, chosen.get(j))

    def some_typed(which: Sequence[int], rules: Rules, done: float) -> list[Typed]:
        size = max(1, len(which) // _MOST_TASKS)  # a task costs as much as a column of few rows
        parts = [which[first : first + size] for first in range(0, len(which), size)]
        columns: list[Typed] = []
        for part in pool.map(lambda part: [typed(j, rules) for j in part], parts):
            columns += part
            progress(done + 0.5 * len(columns) / len(which))
        return columns

    def all_typed(rules: Rules, done: float) -> list[Typed]:
        return some_typed(range(len(names)), rules, done)

    rules = Rules(settings.decimal or ".", settings.thousands or "", missing)
    if settings.decimal is None and settings.thousands == ".":
        rules = replace(rules, decimal=",")
    said: tuple[Notice, ...] = ()
    with ThreadPoolExecutor(2) as pool:
        columns = all_typed(rules, 0.0)
        if settings.decimal is None and settings.thousands in (None, ""):
            decimal, said = choose_decimal(columns, delimiter)
            if settings.thousands == "":
                said = tuple(notice for notice in said if "1.234" not in notice)
            if decimal != rules.decimal:
                rules = replace(rules, decimal=decimal)
                columns = all_typed(rules, 0.5)
        if settings.thousands is None and not rules.thousands:
            groups = {column.groups for column in columns if column.groups}
            if len(groups) == 1 and (proven := groups.pop())[1] == rules.decimal:
                rules = replace(rules, thousands=proven[0])
                grouped = [j for j, c in enumerate(columns) if c.column.values is None]
                for j, column in zip(grouped, some_typed(grouped, rules, 0.5), strict=True):
                    columns[j] = column
                said = (*said, _grouped(proven))
    ticked, ticks = tick_codes_if_nothing_else(tuple(column.column for column in columns))
    doubts = tuple(column.doubt for column in columns if column.doubt)
    return TypedColumns(ticked, rules.decimal, rules.thousands, doubts, said, ticks)


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
