"""From a table to a sample: columns, scale, row weights, missing cells, excluded rows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from gmmstudio.mixture.scaling import LARGEST, SMALLEST
from gmmstudio.table.errors import TableError
from gmmstudio.table.table import Column, FloatArray, Table
from gmmstudio.table.weights import RowWeights, WeightsAs, row_weights, weights_values

IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]


@dataclass(frozen=True)
class Preparation:
    """What the user chose.

    Attributes
    ----------
    columns
        The columns of the fit, by index.
    scale
        Whether distances are measured in the columns' units or in standard deviations.
    excluded
        Table rows left out by hand.
    weights
        The column of row weights, by index; None where every row counts once.
    weights_as
        Whether they are counts or relative; "auto" takes whole numbers for counts.
    """

    columns: tuple[int, ...] = ()
    scale: Literal["none", "standard"] = "none"
    excluded: frozenset[int] = field(default_factory=frozenset)
    weights: int | None = None
    weights_as: WeightsAs = "auto"

    @property
    def required(self) -> tuple[int, ...]:
        """The columns in which a row must have a value to take part."""
        return self.columns if self.weights is None else (*self.columns, self.weights)


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
        float64 (d,): ones, or the standard deviation (ddof=0, weighted) of each column of ``x``.
    column_names
        Screen names of the d columns.
    skipped
        int64: table rows left out for a missing or infinite cell (and not excluded by hand).
    excluded
        int64: table rows left out by hand.
    row_weights
        The weights of the rows; None where every row counts once.
    """

    x: FloatArray
    rows: IntArray
    units: FloatArray
    column_names: tuple[str, ...]
    skipped: IntArray
    excluded: IntArray
    row_weights: RowWeights | None = None

    @property
    def weights(self) -> FloatArray | None:
        """The weight (n,) of each row, ready to use; None where every row counts once."""
        return None if self.row_weights is None else self.row_weights.values

    @property
    def n_observations(self) -> float:
        """What the rows count for: the sum of their weights, or their number."""
        return float(len(self.rows)) if self.row_weights is None else self.row_weights.total


@dataclass(frozen=True, eq=False)
class UsedRows:
    """Which table rows take part; the others are skipped or excluded (as in `Sample`)."""

    rows: IntArray
    skipped: IntArray
    excluded: IntArray


def prepare(table: Table, preparation: Preparation) -> Sample:
    """Collect the complete rows of the chosen columns.

    Raises
    ------
    TableError
        No column chosen, a text column, fewer than two complete rows, a constant column, one whose
        spread cannot be squared, weights that are none.
    """
    used = used_rows(table, preparation)
    columns = [table.column(i) for i in preparation.columns]
    x = _gather(_numbers(table, columns), used.rows, table.n_rows)
    weights = _weights(table, preparation, used.rows)
    _refuse_spread(x, columns, weights)
    units = np.ones(len(columns)) if preparation.scale == "none" else _deviations(x, weights)
    for array in (x, used.rows, units, used.skipped, used.excluded):
        array.flags.writeable = False
    names = tuple(column.name for column in columns)
    return Sample(x, used.rows, units, names, used.skipped, used.excluded, weights)


def used_rows(table: Table, preparation: Preparation) -> UsedRows:
    """Find the rows that have a value in every column needed and are not excluded by hand.

    Raises
    ------
    TableError
        As `prepare`, as far as it can be said without looking at the numbers.
    """
    columns = [table.column(i) for i in preparation.required]
    values = _numbers(table, columns[: len(preparation.columns)])
    if preparation.weights is not None:
        values.append(weights_values(table, preparation.weights, preparation.columns))
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
        raise TableError(_no_complete_row(columns, values, keep, preparation))
    if rows.size == 1:
        has = "a value" if preparation.weights is None else "a value and a weight"
        raise TableError(
            f"Only one row (row {rows[0] + 1}) has {has} in all ticked columns; "
            "groups need more rows."
        )
    return UsedRows(rows, skipped, excluded)


def check_weights(table: Table, preparation: Preparation) -> None:
    """Check the row weights of the rows used; without columns, of all rows not excluded.

    Raises
    ------
    TableError
        As `prepare`.
    """
    if preparation.weights is None:
        return
    if preparation.columns:
        _weights(table, preparation, used_rows(table, preparation).rows)
        return
    values = weights_values(table, preparation.weights, ())
    known = np.isfinite(values)
    known[_excluded_rows(table, preparation)] = False
    row_weights(
        table.columns[preparation.weights].name,
        values[known],
        np.flatnonzero(known),
        preparation.weights_as,
    )


def missing_note(table: Table, preparation: Preparation, row: int) -> str:
    """Say why a row was skipped, e.g. ``missing value in body_mass_g, sex``."""
    columns = [table.columns[i] for i in preparation.required]
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
    columns: list[Column], values: list[FloatArray], keep: BoolArray, preparation: Preparation
) -> str:
    gaps = [int(np.count_nonzero(~np.isfinite(v[keep]))) for v in values]
    worst = int(np.argmax(gaps))
    if worst == len(preparation.columns):
        return (
            f"No row has a weight and a value in all ticked columns: the weight “"
            f"{columns[worst].name}” is missing in {gaps[worst]} of {int(keep.sum())} rows; choose "
            "another column for the weights."
        )
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


def _weights(table: Table, preparation: Preparation, rows: IntArray) -> RowWeights | None:
    if preparation.weights is None:
        return None
    values = weights_values(table, preparation.weights, preparation.columns)[rows]
    name = table.columns[preparation.weights].name
    return row_weights(name, values, rows, preparation.weights_as)


def _refuse_spread(x: FloatArray, columns: list[Column], weights: RowWeights | None) -> None:
    if weights is not None and weights.n_without:
        x = x[weights.values > 0.0]  # what does not count tells no groups apart
    low, high = x.min(axis=0), x.max(axis=0)
    for j in np.flatnonzero(low == high):
        raise TableError(
            f"The column “{columns[j].name}” is always {x[0, j]:.15g} in all {len(x)} rows used, "
            "so it cannot tell groups apart; untick it."
        )
    reach = high / 2 - low / 2
    if reach.min() >= SMALLEST and reach.max() <= LARGEST:
        return
    deviations = _deviations(x, None)
    for j in np.flatnonzero((deviations < SMALLEST) | (deviations > LARGEST)):
        little, remedy = ("small", "multiply") if reach[j] < 1.0 else ("large", "divide")
        raise TableError(
            f"The column “{columns[j].name}” has a standard deviation of {deviations[j]:.1g}, too "
            f"{little} to be squared: {remedy} it by a constant in the file, or untick it."
        )


def _deviations(x: FloatArray, weights: RowWeights | None) -> FloatArray:
    """Return the standard deviation (ddof=0) of each column, safe against overflow: (d,)."""
    share = None if weights is None else weights.values / weights.total
    if weights is not None and share is not None and weights.n_without:
        x, share = x[weights.values > 0.0], share[weights.values > 0.0]
    middle = x.min(axis=0) / 2 + x.max(axis=0) / 2
    span = np.maximum(np.abs(x - middle).max(axis=0), np.finfo(float).tiny)
    z: FloatArray = (x - middle) / span
    deviations: FloatArray
    if share is None:
        deviations = span * z.std(axis=0)
    else:
        z -= share @ z
        deviations = span * np.sqrt(share @ z**2)
    return deviations
