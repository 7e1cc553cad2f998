"""Row weights: a column that says how many rows each row stands for, or how much it matters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from gmmstudio.table.errors import TableError
from gmmstudio.table.table import FloatArray, Table

IntArray = NDArray[np.int64]
WeightsAs = Literal["auto", "counts", "relative"]
WeightsAre = Literal["counts", "relative"]

MOST_COUNTED = 2.0**53
"""Up to here every whole number is a float64: a larger sum of counts would lose some."""


@dataclass(frozen=True, eq=False)
class RowWeights:
    """The weights of the rows of a sample, ready to use.

    Attributes
    ----------
    column
        Screen name of their column.
    are
        "counts": a row of weight w stands for w rows. "relative": only their ratios matter, and
        they are scaled to add up to the number of rows that have any weight.
    values
        float64 (n,), finite, ≥ 0, at least two of them above zero.
    """

    column: str
    are: WeightsAre
    values: FloatArray

    @property
    def total(self) -> float:
        """What they add up to: the number of observations."""
        return float(self.values.sum())

    @property
    def n_without(self) -> int:
        """Number of rows of weight zero: they are labelled, but do not count."""
        return int(np.count_nonzero(self.values == 0.0))


def weights_values(table: Table, index: int, columns: tuple[int, ...]) -> FloatArray:
    """Return the numbers (n_rows,) of a column of weights, NaN where missing.

    Raises
    ------
    TableError
        A text or empty column, or one of the ``columns`` that are fitted.
    """
    column = table.column(index)
    if column.values is None or not column.is_number:
        holds = "holds dates" if column.kind == "date" else "holds text"
        what = "is empty" if column.kind == "empty" else holds
        raise TableError(
            f"The column “{column.name}” {what}, and weights are numbers; choose another column "
            "for the weights."
        )
    if index in columns:
        raise TableError(
            f"The column “{column.name}” cannot be both a column of the fit and its row weights; "
            "untick it or choose other weights."
        )
    return column.values


def row_weights(
    name: str, values: FloatArray, rows: IntArray, how: WeightsAs = "auto"
) -> RowWeights:
    """Check the weights of the rows used, and make them ready.

    Parameters
    ----------
    name
        Screen name of the column.
    values
        The weight (n,) of each row used, finite.
    rows
        The table row (n,) of each, for messages.
    how
        "auto" takes whole numbers for counts and others for relative weights.

    Raises
    ------
    TableError
        A negative weight, fewer than two rows with a weight above zero, counts that add up to
        more than can be counted, or a word for ``how`` that nobody knows.
    """
    if how not in get_args(WeightsAs):
        raise TableError(f"Weights are taken as auto, counts or relative, not as “{how}”.")
    _refuse_negative(name, values, rows)
    weighty = np.flatnonzero(values > 0.0)
    if weighty.size == 0:
        raise TableError(
            f"All weights in “{name}” are zero in the {values.size} rows used, so no row would "
            "count; choose another column for the weights."
        )
    if weighty.size == 1:
        raise TableError(
            f"Only one row (row {rows[weighty[0]] + 1}) has a weight above zero in “{name}”; "
            "groups need more rows."
        )
    counted = bool((values == np.rint(values)).all() and _total(values) <= MOST_COUNTED)
    if how == "counts" and _total(values) > MOST_COUNTED:
        raise TableError(
            f"The weights in “{name}” add up to more than can be counted (over 9e15); take them "
            "as relative weights."
        )
    if how == "relative" or (how == "auto" and not counted):
        # The largest is divided out first: a sum of huge weights would overflow.
        shares = values / values.max()
        return RowWeights(name, "relative", _read_only(shares * (weighty.size / shares.sum())))
    return RowWeights(name, "counts", _read_only(values.copy()))


def _refuse_negative(name: str, values: FloatArray, rows: IntArray) -> None:
    negative = np.flatnonzero(values < 0.0)
    if negative.size == 0:
        return
    first = negative[0]
    more = "" if negative.size == 1 else f" ({negative.size} rows have a negative one)"
    raise TableError(
        f"The weight “{name}” is {values[first]:.15g} in row {rows[first] + 1}{more}, and weights "
        "cannot be negative; correct it, or exclude the row."
    )


def _total(values: FloatArray) -> float:
    """Return the sum of the weights; infinity where it overflows."""
    with np.errstate(over="ignore"):
        return float(values.sum())


def _read_only(values: FloatArray) -> FloatArray:
    values.flags.writeable = False
    return values
