"""As what a column goes out where a file has types."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np

from gmmstudio.table.numbers import LEADING_ZERO
from gmmstudio.table.table import Column, Table

LARGEST_WHOLE = 2.0**53
"""Up to here a double holds every whole number."""

ColumnKind = Literal["number", "text", "date", "moment", "time", "flag"]
"""``moment`` is a date with a time, ``flag`` TRUE or FALSE."""

_WRITTEN: dict[ColumnKind, str] = {
    "date": r"^\d{4}-\d{2}-\d{2}$",
    "moment": r"^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}(?:\.\d{1,6})?$",
    "time": r"^\d{2}:\d{2}:\d{2}(?:\.\d{1,6})?$",
    "flag": r"^(?:TRUE|FALSE)$",
}
"""How the cells of files that have such types are kept as text."""


def column_kinds(table: Table) -> tuple[ColumnKind, ...]:
    """Return as what each column goes out, so that it loses nothing.

    Zip codes such as 00137 and account numbers of twenty digits are text: as numbers they could
    not be joined with their source again. What the user chose to be a number is one. In a file
    that has types, dates, times and flags are such where all their cells are; a text file has none.
    """
    chosen = {j for j, kind in table.settings.types if kind == "number"}
    return tuple(
        "number"
        if column.is_number and (j in chosen or not _are_names(column))
        else "text"
        if table.format == "text"
        else _kind_of(column)
        for j, column in enumerate(table.columns)
    )


def typed(text: Any, kind: ColumnKind) -> Any:
    """Return cells of text (a pyarrow array) as what they are; empty ones are null."""
    import pyarrow as pa
    import pyarrow.compute as pc

    known = pc.if_else(pc.equal(text, ""), pa.scalar(None, pa.string()), text)
    if kind == "flag":
        return pc.equal(known, "TRUE")
    if kind == "date":
        return pc.cast(known, pa.date32())
    if kind == "moment":
        return pc.cast(known, pa.timestamp("us"))
    if kind == "time":
        known = pc.binary_join_element_wise("1970-01-01", known, " ")
        return pc.cast(pc.cast(known, pa.timestamp("us")), pa.time64("us"))
    return known


def is_whole(column: Column) -> bool:
    """Tell whether all numbers of a column are whole."""
    values = column.values
    if values is None or column.n_infinite:
        return False
    known = values[~np.isnan(values)]
    return bool(known.size) and bool((known == np.rint(known)).all())


def _are_names(column: Column) -> bool:
    import pyarrow.compute as pc

    if not is_whole(column):
        return False
    if float(np.nanmax(np.abs(column.values))) > LARGEST_WHOLE:  # type: ignore[arg-type]
        return True
    found = pc.match_substring_regex(pc.utf8_trim_whitespace(column.cells), LEADING_ZERO)
    return bool(pc.any(found).as_py())


def _kind_of(column: Column) -> ColumnKind:
    import pyarrow as pa
    import pyarrow.compute as pc

    filled = column.cells.filter(pc.not_equal(column.cells, ""))
    if not len(filled):
        return "text"
    for kind, pattern in _WRITTEN.items():
        if not pc.all(pc.match_substring_regex(filled.slice(0, 1), pattern)).as_py():
            continue
        if pc.all(pc.match_substring_regex(filled, pattern)).as_py():
            try:
                typed(filled, kind)
            except pa.ArrowInvalid:  # 2023-02-30
                continue
            return kind
    return "text"
