"""Dates of which nobody can tell day and month, such as 03/04/2020: found, not decided."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from gmmstudio.table import numbers
from gmmstudio.table.all_columns import own_missing, rules_of
from gmmstudio.table.date_texts import ORDERS
from gmmstudio.table.dates import Dates, find_dates_in, proven_order
from gmmstudio.table.settings import ColumnType, DateOrder, ReadSettings
from gmmstudio.table.stretches import stretches
from gmmstudio.table.table import Table

_EXAMPLES = 2
_COLUMNS = 5


@dataclass(frozen=True)
class DateReading:
    """One way to read the dates.

    Attributes
    ----------
    order
        In what order day, month and year stand; None leaves the dates as text.
    days
        What the examples are then, in days since 1970; None where a cell is no day.
    columns
        The columns concerned, by index.
    """

    order: DateOrder | None
    days: tuple[float | None, ...]
    columns: tuple[int, ...]

    def chosen_in(self, choices: ReadSettings) -> bool:
        """Tell whether this is how the dates are to be read."""
        are_text = _all_text(choices, self.columns)
        return are_text if self.order is None else choices.date_order == self.order and not are_text

    def choose(self, choices: ReadSettings) -> ReadSettings:
        """Return the choices with this one made."""
        types: dict[int, ColumnType] = dict(choices.types)
        if self.order is None:
            types.update(dict.fromkeys(self.columns, "text"))
        elif _all_text(choices, self.columns):
            types = {index: kind for index, kind in types.items() if index not in self.columns}
        return choices.with_(date_order=self.order, types=tuple(sorted(types.items())))


@dataclass(frozen=True)
class DateAmbiguity:
    """Dates that can be read in more ways than one.

    Attributes
    ----------
    columns
        Names of the columns that have such dates, the first few.
    cells
        Examples from the file, as they stand there.
    readings
        The ways, at least two, the last of which leaves them as text.
    """

    columns: tuple[str, ...]
    cells: tuple[str, ...]
    readings: tuple[DateReading, ...]

    def answered_in(self, choices: ReadSettings) -> bool:
        """Tell whether it is chosen how to read them."""
        return any(reading.chosen_in(choices) for reading in self.readings)


def find_date_ambiguity(table: Table) -> DateAmbiguity | None:
    """Return what about the dates cannot be told from the file.

    Parameters
    ----------
    table
        As it was read, whatever order was chosen.
    """
    wanted = _wanted(table)
    read = all(table.columns[index].values is not None for index in wanted)
    if read and table.settings.date_order is None:  # then none of them needed an order
        return None
    looked_at = dict(sorted(_dates_in(table, wanted)))
    proven = proven_order(looked_at.values())
    found = {i: d for i, d in looked_at.items() if d.is_open and proven not in d.possible}
    if not found:
        return None
    first, dates = next(iter(found.items()))
    rows = dates.open_rows(_EXAMPLES) or [dates.first_proof()]
    cells = [str(table.columns[first].cells[row].as_py()).strip() for row in rows]
    common = [o for o in ORDERS if all(o in one.candidates for one in found.values())]
    orders = common if len(common) > 1 else dates.candidates
    columns = tuple(found)
    readings = [DateReading(order, dates.days_of(order, rows), columns) for order in orders]
    readings.append(DateReading(None, (None,) * len(rows), columns))
    names = tuple(table.columns[index].name for index in columns[:_COLUMNS])
    return DateAmbiguity(names, tuple(cells), tuple(readings))


def _wanted(table: Table) -> list[int]:
    """Return the columns of dates, also those that were chosen to be text."""
    chosen = dict(table.settings.types)
    return [
        index
        for index, column in enumerate(table.columns)
        if column.kind == "date" or chosen.get(index) == "text"
    ]


def _dates_in(table: Table, wanted: Sequence[int]) -> Iterator[tuple[int, Dates]]:
    """Look at these columns, each with what holds no value in it."""
    chosen, own = dict(table.settings.types), own_missing(table.settings)
    alike = [index for index in wanted if index not in own]
    for indices in (alike, *([index] for index in wanted if index in own)):
        words = rules_of(table.settings, indices[0] if indices is not alike else None).missing
        for part in stretches([table.columns[index].cells for index in indices]):
            these = [indices[j] for j in part.columns]
            forced = np.array([chosen.get(index) == "date" for index in these])
            trimmed = replace(part, cells=numbers.trimmed(part.cells, words))
            found = find_dates_in(trimmed, np.ones(len(these), dtype=bool), forced)
            for index, dates, is_forced in zip(these, found.dates, forced, strict=True):
                if dates is not None and (is_forced or dates.are_plain):
                    yield index, dates


def _all_text(choices: ReadSettings, columns: tuple[int, ...]) -> bool:
    types = dict(choices.types)
    return all(types.get(index) == "text" for index in columns)
