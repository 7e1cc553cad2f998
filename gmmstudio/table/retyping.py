"""One column of a table that is there, read in another way: its cells stay as they are."""

from __future__ import annotations

from dataclasses import replace

from gmmstudio.table.all_columns import rules_of
from gmmstudio.table.columns import type_column
from gmmstudio.table.errors import TableError
from gmmstudio.table.records import IntArray
from gmmstudio.table.settings import ReadSettings
from gmmstudio.table.table import Table


def retyped(table: Table, index: int, settings: ReadSettings) -> Table:
    """Return the table with one column typed anew, as reading its file by these settings gives it.

    Parameters
    ----------
    table
        Any table that has its cells.
    index
        Of the column.
    settings
        Those of the table, but for what they say about this column.

    Raises
    ------
    TableError
        The file of the table was not found, so that nobody knows its cells.
    """
    if table.blank:
        raise TableError(
            f"The file of “{table.name}” was not found, so its cells cannot be read in another "
            "way. Find the file first."
        )
    old, rules = table.columns[index], rules_of(settings, index)
    chosen = dict(settings.types).get(index)
    new = type_column(old.name, old.header, old.cells, rules, chosen, settings.date_order).column
    new = replace(new, description=old.description, value_labels=old.value_labels)
    columns = (*table.columns[:index], new, *table.columns[index + 1 :])
    return replace(table, columns=columns, settings=settings)


def texts_in(table: Table, index: int, rows: IntArray) -> tuple[str, ...]:
    """Return the different cells of a column in these rows (m,), without spaces around them."""
    import pyarrow.compute as pc

    cells = pc.utf8_trim_whitespace(table.columns[index].cells.take(rows))
    return tuple(pc.unique(cells).to_pylist())
