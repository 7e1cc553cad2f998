"""Dates of which nobody can tell day and month, such as 03/04/2020: found, not decided."""

from __future__ import annotations

from dataclasses import dataclass

from gmmstudio.table import numbers
from gmmstudio.table.all_columns import rules_of
from gmmstudio.table.date_texts import ORDERS
from gmmstudio.table.dates import Dates, find_dates, proven_order
from gmmstudio.table.settings import ColumnType, DateOrder, ReadSettings
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
    looked_at = {
        index: dates
        for index in range(len(table.columns))
        if (dates := _dates_of(table, index)) is not None
    }
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


def _dates_of(table: Table, index: int) -> Dates | None:
    """Look at a column of dates, also at one that was chosen to be text."""
    column, chosen = table.columns[index], dict(table.settings.types).get(index)
    if column.kind != "date" and chosen != "text":
        return None
    words = rules_of(table.settings, index).missing
    found = find_dates(numbers.trimmed(column.cells, words), forced=chosen == "date")
    return found if found is not None and (chosen == "date" or found.are_plain()) else None


def _all_text(choices: ReadSettings, columns: tuple[int, ...]) -> bool:
    types = dict(choices.types)
    return all(types.get(index) == "text" for index in columns)
