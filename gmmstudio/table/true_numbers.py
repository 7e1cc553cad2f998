"""Which columns go out as numbers where a file has types: not the numerals that are names."""

from __future__ import annotations

import numpy as np

from gmmstudio.table.numbers import LEADING_ZERO
from gmmstudio.table.table import Column, Table

LARGEST_WHOLE = 2.0**53
"""Up to here a double holds every whole number."""


def true_numbers(table: Table) -> frozenset[int]:
    """Return the columns (their places) whose cells are numbers and lose nothing as such.

    Zip codes such as 00137 and account numbers of twenty digits are names made of digits: as
    numbers they could not be joined with their source again. What the user chose to be a number
    is one.
    """
    chosen = {j for j, kind in table.settings.types if kind == "number"}
    return frozenset(
        j
        for j, column in enumerate(table.columns)
        if column.values is not None and (j in chosen or not _are_names(column))
    )


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
