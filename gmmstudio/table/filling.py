"""Missing cells filled: with the middle of their column, or from the rows that are nearest."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gmmstudio.table.errors import TableError
from gmmstudio.table.table import FloatArray

BoolArray = NDArray[np.bool_]
IntArray = NDArray[np.int64]

NEIGHBOURS = 5
"""How many near rows are averaged."""

MOST_DONORS = 50_000
"""Of more complete rows a fair sample is searched …"""

_PAIRS = 400_000_000  # … and of fewer still where there are many rows to fill
_FEWEST_DONORS = 1_000
_SEED = 7
_ROWS_AT_ONCE = 20_000


def filled_by_median(x: FloatArray, weights: FloatArray | None = None) -> FloatArray:
    """Fill every gap with the median of its column.

    Parameters
    ----------
    x : (n, d)
        NaN where a value is missing; at least one value in each column.
    weights : (n,), optional
        How often each row counts.

    Returns
    -------
    (n, d)
        A copy without gaps.
    """
    filled = x.copy()
    for j in range(x.shape[1]):
        gaps = np.isnan(x[:, j])
        if gaps.any():
            present = x[~gaps, j]
            filled[gaps, j] = (
                np.median(present)
                if weights is None
                else weighted_quantile(present, weights[~gaps], 0.5)
            )
    return filled


def weighted_quantile(values: FloatArray, weights: FloatArray, share: float) -> float:
    """Return the value below which a share of the weight lies.

    At a boundary it is the middle between the two values, so that with whole weights the median is
    that of every row written as often as its weight says.
    """
    order = np.argsort(values, kind="stable")
    order = order[weights[order] > 0.0]
    reached = np.cumsum(weights[order])
    goal = share * reached[-1]
    place = min(int(np.searchsorted(reached, goal, side="left")), len(order) - 1)
    value = float(values[order[place]])
    if reached[place] == goal and place + 1 < len(order):
        return value / 2 + float(values[order[place + 1]]) / 2
    return value


def filled_from_nearest(x: FloatArray, names: tuple[str, ...]) -> FloatArray:
    """Fill the gaps of a row with the mean of the complete rows that are nearest to it.

    Nearest in the values that the row has, each column in its standard deviation over the
    complete rows: k nearest neighbours (Troyanskaya et al. 2001) with k = `NEIGHBOURS`.

    Parameters
    ----------
    x : (n, d)
        NaN where a value is missing; every row has at least one value.
    names
        Of the d columns, for messages.

    Returns
    -------
    (n, d)
        A copy without gaps.

    Raises
    ------
    TableError
        No row is complete.
    """
    gaps = np.isnan(x)
    lacking = np.flatnonzero(gaps.any(axis=1))
    if lacking.size == 0:
        return x.copy()
    complete = np.flatnonzero(~gaps.any(axis=1))
    if complete.size == 0:
        worst = int(np.argmax(gaps.sum(axis=0)))
        raise TableError(
            "No row is complete, so there are no near rows to fill missing values from: fill with "
            f"the median of each column, or untick “{names[worst]}”, which lacks most values."
        )
    patterns, which = np.unique(np.packbits(gaps[lacking], axis=1), axis=0, return_inverse=True)
    donors = x[_donors(complete, lacking.size, len(patterns))]
    filled = x.copy()
    scale = _deviations(x[complete])
    for number in range(len(patterns)):
        rows = lacking[which.ravel() == number]
        known = ~gaps[rows[0]]
        if known.any():
            filled[np.ix_(rows, ~known)] = _from_nearest(
                x[np.ix_(rows, known)] / scale[known], donors, scale, known
            )
    return filled


def _from_nearest(
    queries: FloatArray, donors: FloatArray, scale: FloatArray, known: BoolArray
) -> FloatArray:
    from scipy.spatial import cKDTree

    tree = cKDTree(donors[:, known] / scale[known])
    k = min(NEIGHBOURS, len(donors))
    given = donors[:, ~known]
    found = np.empty((len(queries), given.shape[1]))
    for first in range(0, len(queries), _ROWS_AT_ONCE):
        _, nearest = tree.query(queries[first : first + _ROWS_AT_ONCE], k=k)
        nearest = nearest.reshape(-1, k)
        # Before the sum, so that the largest numbers have one.
        found[first : first + _ROWS_AT_ONCE] = (given[nearest] / k).sum(axis=1)
    return found


def _donors(complete: IntArray, n_lacking: int, n_patterns: int) -> IntArray:
    most = min(MOST_DONORS, _PAIRS // n_lacking, 20 * _PAIRS // (100 * n_patterns))
    most = max(most, _FEWEST_DONORS)
    if complete.size <= most:
        return complete
    chosen = np.random.default_rng(_SEED).choice(complete.size, most, replace=False)
    chosen.sort()
    return complete[chosen]


def _deviations(x: FloatArray) -> FloatArray:
    """Return the standard deviation of each column (d,), safe against overflow; 1 for none."""
    peak = np.abs(x).max(axis=0)
    peak[peak == 0.0] = 1.0
    deviation: FloatArray = peak * (x / peak).std(axis=0)
    deviation[~(deviation > 0.0)] = 1.0
    return deviation
