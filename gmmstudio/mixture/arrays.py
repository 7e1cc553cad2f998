"""Names for the array types, and the checks every table of numbers passes once."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gmmstudio.mixture.errors import MixtureError

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]
ShouldStop = Callable[[], bool]

LARGEST = 1e300
"""Beyond this a difference or a sum of a few values overflows."""


def never() -> bool:
    """Answer "go on" to whoever asks whether to stop."""
    return False


def frozen(array: NDArray[Any]) -> NDArray[Any]:
    """Make an array read-only, in place, and return it."""
    array.flags.writeable = False
    return array


def as_rows(x: Any) -> FloatArray:
    """Check a table of numbers and return it as float64.

    Parameters
    ----------
    x : array_like (n, d)
        Any real numbers; one column may also come as (n,).

    Returns
    -------
    FloatArray (n, d)
        The same memory where `x` is already float64.

    Raises
    ------
    MixtureError
        Not numbers, not a table, no row, no column, NaN, infinite or too large to compute with.
    """
    try:
        array = np.asarray(x)
        if array.dtype.kind in "cmM":  # complex numbers, dates and durations
            raise TypeError
        rows = np.asarray(array, dtype=np.float64)
        if np.ma.is_masked(x):
            rows = np.where(np.ma.getmaskarray(x), np.nan, rows)
    except (TypeError, ValueError):
        raise MixtureError("The data must be a table of real numbers.") from None
    if rows.ndim == 1:
        rows = rows[:, None]
    if rows.ndim != 2:
        raise MixtureError(
            f"The data must be a table of rows by columns, not an array of {rows.ndim} dimensions."
        )
    n, d = rows.shape
    if n == 0 or d == 0:
        raise MixtureError(f"The data has {n} rows and {d} columns: give it at least one of each.")
    # NaN spreads through min and max, so two reductions without a copy check every cell.
    if not (rows.min() >= -LARGEST and rows.max() <= LARGEST):
        raise MixtureError(_what_is_wrong(rows))
    return rows


def _what_is_wrong(rows: FloatArray) -> str:
    finite = np.isfinite(rows)
    if not finite.all():
        row, column = np.argwhere(~finite)[0]
        return (
            f"Row {row + 1}, column {column + 1} is {rows[row, column]}: leave out or fill in rows "
            "with missing or infinite values before fitting."
        )
    row, column = np.argwhere(np.abs(rows) > LARGEST)[0]
    return (
        f"Row {row + 1}, column {column + 1} is {rows[row, column]:g}, too large to compute with: "
        f"divide column {column + 1} by a constant."
    )


def as_units(units: Any, n_columns: int) -> FloatArray:
    """Check the length of the unit each column is measured in; ``None`` means ones.

    Returns
    -------
    FloatArray (d,)
    """
    if units is None:
        return np.ones(n_columns)
    try:
        lengths = np.asarray(units, dtype=np.float64)
    except (TypeError, ValueError):
        raise MixtureError("The units must be numbers, one per column.") from None
    if lengths.shape != (n_columns,):
        raise MixtureError(f"Give {n_columns} units, one per column, not {lengths.shape}.")
    if not (np.all(np.isfinite(lengths)) and np.all(lengths > 0.0)):
        raise MixtureError("Every unit must be a finite number above zero.")
    return lengths


def as_weights(weights: Any, n_rows: int) -> FloatArray | None:
    """Check how often each row counts; ``None`` means once.

    Returns
    -------
    FloatArray (n,) or None
        None also where every weight is 1.

    Raises
    ------
    MixtureError
        Not one number per row, one that is negative or not finite, or nothing but zeros.
    """
    if weights is None:
        return None
    try:
        counts = np.ascontiguousarray(weights, dtype=np.float64)
    except (TypeError, ValueError):
        raise MixtureError("The row weights must be numbers, one per row.") from None
    if counts.shape != (n_rows,):
        raise MixtureError(
            f"There are {counts.size} row weights for {n_rows} rows: give one per row."
        )
    wrong = np.flatnonzero(~(np.isfinite(counts) & (counts >= 0.0)))
    if wrong.size:
        raise MixtureError(
            f"The weight of row {wrong[0] + 1} is {counts[wrong[0]]:g}: a weight must be zero or a "
            "positive number."
        )
    total = float(counts.sum())
    if not total > 0.0:
        raise MixtureError("Every row weight is zero: at least one row must count.")
    if not total <= LARGEST:
        raise MixtureError("The row weights are too large to add up: divide them by a constant.")
    return None if (counts == 1.0).all() else counts
