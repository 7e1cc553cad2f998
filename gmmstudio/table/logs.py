"""Columns that are fitted by their natural logarithm."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray

from gmmstudio.table.errors import TableError
from gmmstudio.table.table import Column, FloatArray, Table

IntArray = NDArray[np.int64]

LOG = "log "
"""What stands before the name of a logged column."""


def logged_name(name: str) -> str:
    """Return what the logarithm of a column is called."""
    return LOG + name


def logarithms(values: FloatArray) -> FloatArray:
    """Return natural logarithms (n,); NaN where there is no positive number."""
    with np.errstate(divide="ignore", invalid="ignore"):
        logs: FloatArray = np.log(values)
    logs[~np.isfinite(logs)] = np.nan
    logs.flags.writeable = False
    return logs


def without_logarithm(column: Column, rows: IntArray) -> IntArray:
    """Return those of the rows in which a column has a number, and none above zero."""
    if column.values is None:
        return np.empty(0, dtype=np.int64)
    values = column.values[rows]
    return rows[np.isfinite(values) & ~(values > 0.0)]


def refuse_logs(
    table: Table, log: Collection[int], rows: IntArray, columns: Collection[int] | None = None
) -> None:
    """Refuse numbers without a logarithm.

    Parameters
    ----------
    table
        The table.
    log
        The columns to take logarithms of.
    rows
        The table rows used.
    columns
        Only these of them matter; None for all.

    Raises
    ------
    TableError
        With the column, how many rows there are and the first of them.
    """
    for index in log:
        column = table.column(index)
        if columns is not None and index not in columns:
            continue
        if column.values is None:
            raise TableError(f"The column “{column.name}” holds no numbers to take logarithms of.")
        bad = without_logarithm(column, rows)
        if bad.size:
            first = f"row {bad[0] + 1}, {column.values[bad[0]]:.15g}"
            more = f"; and {bad.size - 1} more" if bad.size > 1 else ""
            those = "that row" if bad.size == 1 else "those rows"
            raise TableError(
                f"“{column.name}” cannot be fitted by its logarithm: only numbers above zero have "
                f"one ({first}{more}). Leave {those} out, or keep the column as it is."
            )
