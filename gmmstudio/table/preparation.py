"""From a table to a sample: columns, scale, logarithms, weights, missing cells, excluded rows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from gmmstudio.table.errors import TableError
from gmmstudio.table.fitted import fitted_table
from gmmstudio.table.logs import LOG, refuse_logs
from gmmstudio.table.spread import Scale, refuse_spread, units_of
from gmmstudio.table.table import Column, FloatArray, Table
from gmmstudio.table.weights import RowWeights, WeightsAs, row_weights, weights_values

IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]
Missing = Literal["skip", "median", "nearest"]


@dataclass(frozen=True)
class Preparation:
    """What the user chose.

    Attributes
    ----------
    columns
        The columns of the fit, by index.
    scale
        What distances are measured in: the columns' units ("none"), their standard deviations
        ("standard"), or their interquartile ranges, which no outlier stretches ("robust").
    excluded
        Table rows left out by hand.
    weights
        The column of row weights, by index; None where every row counts once.
    weights_as
        Whether they are counts or relative; "auto" takes whole numbers for counts.
    missing
        What is done about a row that lacks values: "skip" leaves it out; "median" fills it with
        the medians of the columns, "nearest" from the complete rows that are nearest to it.
    log
        The columns that are fitted by their natural logarithm, by index, rising; a column that is
        not ticked may be among them, for when it is.
    """

    columns: tuple[int, ...] = ()
    scale: Scale = "none"
    excluded: frozenset[int] = field(default_factory=frozenset)
    weights: int | None = None
    weights_as: WeightsAs = "auto"
    missing: Missing = "skip"
    log: tuple[int, ...] = ()

    @property
    def measures(self) -> tuple[int, ...]:
        """What the columns of the fit measure: their indices, a logged one by −1 − its index.

        Two fits speak of the same numbers where these are the same.
        """
        return tuple(-1 - index if index in self.log else index for index in self.columns)

    @property
    def required(self) -> tuple[int, ...]:
        """The columns in which a row must have a value to take part."""
        return self.columns if self.weights is None else (*self.columns, self.weights)


@dataclass(frozen=True, eq=False)
class Filled:
    """The cells of a sample that had no value, and what they were filled with.

    Attributes
    ----------
    rows
        int64 (m,): positions in the sample, rising.
    columns
        int64 (m,): positions among the columns of the sample.
    how
        "median" or "nearest".
    """

    rows: IntArray
    columns: IntArray
    how: Missing

    @property
    def n_cells(self) -> int:
        """How many cells were filled."""
        return len(self.rows)

    @property
    def n_rows(self) -> int:
        """How many rows they are in."""
        return len(np.unique(self.rows))


@dataclass(frozen=True, eq=False)
class Sample:
    """The rows and columns that take part in a fit.

    Attributes
    ----------
    x
        float64 (n, d), C order, in the columns' original units, all finite; of a logged column
        the natural logarithms.
    rows
        int64 (n,): the table row of each sample row, rising.
    units
        float64 (d,): ones, or the standard deviation (ddof=0, weighted) of each column of ``x``, or
        its robust one: the interquartile range of a column divided by that of a Gaussian.
    column_names
        Screen names of the d columns, "log income" for a logged one.
    skipped
        int64: table rows left out for a missing or infinite cell (and not excluded by hand).
    excluded
        int64: table rows left out by hand.
    row_weights
        The weights of the rows; None where every row counts once.
    filled
        Which cells of ``x`` were filled in; None where none were.
    logged
        bool (d,): which columns of ``x`` are logarithms; None where none are.
    """

    x: FloatArray
    rows: IntArray
    units: FloatArray
    column_names: tuple[str, ...]
    skipped: IntArray
    excluded: IntArray
    row_weights: RowWeights | None = None
    filled: Filled | None = None
    logged: BoolArray | None = None

    @property
    def logged_places(self) -> frozenset[int]:
        """The columns of ``x`` that are logarithms, by place."""
        return (
            frozenset() if self.logged is None else frozenset(np.flatnonzero(self.logged).tolist())
        )

    @property
    def source_names(self) -> tuple[str, ...]:
        """Screen names of the d columns as the table has them."""
        return tuple(
            name.removeprefix(LOG) if place in self.logged_places else name
            for place, name in enumerate(self.column_names)
        )

    @property
    def log_volume(self) -> float:
        """Σ of the logarithms of all logged values, by weight: 0 without any.

        A density of log x is one of x times 1/x (the Jacobian of the logarithm). So a
        log-likelihood of this sample less ``log_volume`` is that of the columns in their original
        units, and may be compared with one that was made without logarithms.
        """
        if self.logged is None:
            return 0.0
        of_rows = self.x[:, self.logged].sum(axis=1)
        return float(of_rows.sum() if self.weights is None else self.weights @ of_rows)

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
    """Collect the rows of the chosen columns: those without a gap, or all that can be filled.

    Raises
    ------
    TableError
        No column chosen, a text column, fewer than two complete rows, a constant column, one whose
        spread cannot be squared, weights that are none, a number that has no logarithm.
    """
    used = used_rows(table, preparation)
    refuse_logs(table, preparation.log, used.rows, preparation.columns)
    fitted = fitted_table(table, preparation)
    columns = [fitted.column(i) for i in preparation.columns]
    x = _gather(_numbers(fitted, columns), used.rows, table.n_rows)
    weights = _weights(table, preparation, used.rows)
    refuse_spread(x, columns, weights)
    units = units_of(x, weights, preparation.scale)
    for array in (x, used.rows, units, used.skipped, used.excluded):
        array.flags.writeable = False
    names = tuple(column.name for column in columns)
    logged = np.isin(preparation.columns, preparation.log)
    return Sample(
        x,
        used.rows,
        units,
        names,
        used.skipped,
        used.excluded,
        weights,
        _filled_cells(table, preparation, used.rows),
        logged if logged.any() else None,
    )


def used_rows(table: Table, preparation: Preparation) -> UsedRows:
    """Find the rows that take part.

    They are not excluded by hand, and have a value in every column needed; where missing cells are
    filled, a weight and a value in some column are enough.

    Raises
    ------
    TableError
        As `prepare`, as far as it can be said without looking at the numbers.
    """
    columns = [table.column(i) for i in preparation.required]
    values = _numbers(table, columns[: len(preparation.columns)])
    _check_choices(table, preparation)
    n_columns = len(values)
    if preparation.weights is not None:
        values.append(weights_values(table, preparation.weights, preparation.columns))
    excluded = _excluded_rows(table, preparation)
    keep = np.ones(table.n_rows, dtype=bool)
    keep[excluded] = False
    if not keep.any():
        raise TableError("Every row is excluded; include some rows again (step 1, Data).")
    filling = preparation.missing != "skip"
    complete = np.full(table.n_rows, not filling)
    for column in values[:n_columns]:
        if filling:
            complete |= np.isfinite(column)
        else:
            complete &= np.isfinite(column)
    for column in values[n_columns:]:
        complete &= np.isfinite(column)
    skipped = np.flatnonzero(keep & ~complete)
    rows = np.flatnonzero(keep & complete)
    if rows.size == 0:
        raise TableError(_no_complete_row(columns, values, keep, preparation))
    if rows.size == 1:
        has = "a value" if preparation.weights is None else "a value and a weight"
        where = "any ticked column" if filling else "all ticked columns"
        raise TableError(
            f"Only one row (row {rows[0] + 1}) has {has} in {where}; groups need more rows."
        )
    return UsedRows(rows, skipped, excluded)


def _check_choices(table: Table, preparation: Preparation) -> None:
    if preparation.scale not in get_args(Scale):
        raise TableError(
            f"There is no scale “{preparation.scale}”; choose none, standard or robust."
        )
    if preparation.missing not in get_args(Missing):
        raise TableError(
            f"Missing cells cannot be treated as “{preparation.missing}”; choose skip, median or "
            "nearest."
        )
    for index in preparation.log:
        table.column(index)


def _filled_cells(table: Table, preparation: Preparation, rows: IntArray) -> Filled | None:
    if preparation.missing == "skip":
        return None
    columns = [table.columns[index].values for index in preparation.columns]
    gaps = [
        np.flatnonzero(~np.isfinite(values if rows.size == table.n_rows else values[rows]))
        for values in columns
        if values is not None
    ]
    if not any(rows_.size for rows_ in gaps):
        return None
    places = np.concatenate(gaps)
    which = np.repeat(np.arange(len(gaps)), [len(g) for g in gaps])
    order = np.lexsort((which, places))
    places, which = places[order], which[order]
    places.flags.writeable = which.flags.writeable = False
    return Filled(places, which, preparation.missing)


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
    if table.blank:
        return "not at hand: the file of the table was not found"
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
