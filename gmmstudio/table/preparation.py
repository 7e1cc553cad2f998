"""From a table to a sample: columns, scale, missing cells, excluded rows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from gmmstudio.table.errors import TableError
from gmmstudio.table.table import Column, FloatArray, Table

IntArray = NDArray[np.int64]


@dataclass(frozen=True)
class Preparation:
    """What the user chose: columns (by index), scale, rows left out by hand (table rows)."""

    columns: tuple[int, ...] = ()
    scale: Literal["none", "standard"] = "none"
    excluded: frozenset[int] = field(default_factory=frozenset)


@dataclass(frozen=True, eq=False)
class Sample:
    """The rows and columns that take part in a fit.

    Attributes
    ----------
    x
        float64 (n, d), C order, in the columns' original units, all finite.
    rows
        int64 (n,): the table row of each sample row, rising.
    units
        float64 (d,): ones, or the standard deviation (ddof=0) of each column of ``x``.
    column_names
        Screen names of the d columns.
    skipped
        int64: table rows left out for a missing or infinite cell (and not excluded by hand).
    excluded
        int64: table rows left out by hand.
    """

    x: FloatArray
    rows: IntArray
    units: FloatArray
    column_names: tuple[str, ...]
    skipped: IntArray
    excluded: IntArray


def prepare(table: Table, preparation: Preparation) -> Sample:
    """Collect the complete rows of the chosen columns.

    Raises
    ------
    TableError
        No column chosen, a text column, fewer than two complete rows, a constant column.
    """
    columns = [table.column(i) for i in preparation.columns]
    values = _numbers(table, columns)
    excluded = _excluded_rows(table, preparation)
    keep = np.ones(table.n_rows, dtype=bool)
    keep[excluded] = False
    if not keep.any():
        raise TableError("Every row is excluded; include some rows again (step 1, Data).")
    complete = np.ones(table.n_rows, dtype=bool)
    for column in values:
        complete &= np.isfinite(column)
    skipped = np.flatnonzero(keep & ~complete)
    rows = np.flatnonzero(keep & complete)
    if rows.size == 0:
        raise TableError(_no_complete_row(columns, values, keep))
    if rows.size == 1:
        raise TableError(
            f"Only one row (row {rows[0] + 1}) has a value in all ticked columns; "
            "groups need more rows."
        )
    x = _gather(values, rows, table.n_rows)
    _refuse_constant(x, columns)
    units = np.ones(len(columns)) if preparation.scale == "none" else _deviations(x)
    for array in (x, rows, units, skipped, excluded):
        array.flags.writeable = False
    names = tuple(column.name for column in columns)
    return Sample(x, rows, units, names, skipped, excluded)


def missing_note(table: Table, preparation: Preparation, row: int) -> str:
    """Say why a row was skipped, e.g. ``missing value in body_mass_g, sex``."""
    columns = [table.columns[i] for i in preparation.columns]
    names = [c.name for c in columns if c.values is not None and not np.isfinite(c.values[row])]
    return f"missing value in {', '.join(names)}" if names else ""


def _numbers(table: Table, columns: list[Column]) -> list[FloatArray]:
    if not columns:
        raise TableError(_nothing_chosen(table))
    if len(set(map(id, columns))) < len(columns):
        raise TableError("A column is chosen twice; choose each column once.")
    values: list[FloatArray] = []
    for column in columns:
        if column.values is None:
            what = "is empty" if column.kind == "empty" else "holds text, not numbers"
            raise TableError(f"The column “{column.name}” {what}; choose columns of numbers.")
        values.append(column.values)
    return values


def _nothing_chosen(table: Table) -> str:
    if all(column.values is None for column in table.columns):
        return (
            f"The table “{table.name}” has no column of numbers, and groups are found in numbers "
            "only. If there should be numbers, look at how they are written in the file "
            "(decimal mark, currency or unit signs)."
        )
    return "No column is ticked; tick at least one column of numbers (step 1, Data)."


def _excluded_rows(table: Table, preparation: Preparation) -> IntArray:
    rows = np.array(sorted(preparation.excluded), dtype=np.int64)
    if rows.size and not 0 <= rows[0] <= rows[-1] < table.n_rows:
        raise TableError(
            f"Row {rows[-1] + 1} cannot be excluded: the table has {table.n_rows} rows."
        )
    return rows


def _no_complete_row(
    columns: list[Column], values: list[FloatArray], keep: NDArray[np.bool_]
) -> str:
    gaps = [int(np.count_nonzero(~np.isfinite(v[keep]))) for v in values]
    worst = int(np.argmax(gaps))
    if len(columns) == 1:
        return f"The column “{columns[0].name}” has no value in any row used; choose another one."
    return (
        "No row has a value in all ticked columns, so there is nothing to fit. "
        f"Untick “{columns[worst].name}” first: it lacks a value in "
        f"{gaps[worst]} of {int(keep.sum())} rows."
    )


def _gather(values: list[FloatArray], rows: IntArray, n_rows: int) -> FloatArray:
    x = np.empty((rows.size, len(values)))
    for j, column in enumerate(values):
        x[:, j] = column if rows.size == n_rows else column[rows]
    return x


def _refuse_constant(x: FloatArray, columns: list[Column]) -> None:
    constant = np.flatnonzero(x.min(axis=0) == x.max(axis=0))
    if constant.size == 0:
        return
    j = int(constant[0])
    raise TableError(
        f"The column “{columns[j].name}” is always {x[0, j]:.15g} in all {len(x)} rows used, "
        "so it cannot tell groups apart; untick it."
    )


def _deviations(x: FloatArray) -> FloatArray:
    """Return the standard deviation (ddof=0) of each column, safe against overflow: (d,)."""
    middle = x.min(axis=0) / 2 + x.max(axis=0) / 2
    span = np.maximum(np.abs(x - middle).max(axis=0), np.finfo(float).tiny)
    deviations: FloatArray = span * ((x - middle) / span).std(axis=0)
    return deviations
