"""How far columns spread: what distances are measured in, and what cannot be squared."""

from __future__ import annotations

from typing import Literal

import numpy as np

from gmmstudio.mixture.scaling import LARGEST, SMALLEST
from gmmstudio.table.errors import TableError
from gmmstudio.table.filling import weighted_quantile
from gmmstudio.table.table import Column, FloatArray
from gmmstudio.table.weights import RowWeights

Scale = Literal["none", "standard", "robust"]

IQR_OF_GAUSSIAN = 1.3489795003921634
"""The interquartile range of a Gaussian with standard deviation 1: 2 Φ⁻¹(3/4)."""


def units_of(x: FloatArray, weights: RowWeights | None, scale: Scale) -> FloatArray:
    """Return what distances are measured in (d,): 1, standard deviation or robust deviation."""
    if scale == "none":
        return np.ones(x.shape[1])
    deviations = deviations_of(x, weights)
    if scale == "standard":
        return deviations
    for j in range(x.shape[1]):
        middle_half = quartile_range(x[:, j], weights)
        if middle_half > 0.0:  # half of the rows may have one value: then it stays as it is
            deviations[j] = middle_half / IQR_OF_GAUSSIAN
    return deviations


def quartile_range(values: FloatArray, weights: RowWeights | None) -> float:
    """Return the interquartile range, NumPy's linear one or that of the weighted rows."""
    if weights is None:
        low, high = np.percentile(values, [25.0, 75.0])
    else:
        low, high = (weighted_quantile(values, weights.values, share) for share in (0.25, 0.75))
    return float(high - low)


def deviations_of(x: FloatArray, weights: RowWeights | None) -> FloatArray:
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


def refuse_spread(x: FloatArray, columns: list[Column], weights: RowWeights | None) -> None:
    """Refuse columns that are constant in the rows used, or whose spread cannot be squared.

    Raises
    ------
    TableError
        With the column and what to do.
    """
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
    deviations = deviations_of(x, None)
    for j in np.flatnonzero((deviations < SMALLEST) | (deviations > LARGEST)):
        little, remedy = ("small", "multiply") if reach[j] < 1.0 else ("large", "divide")
        raise TableError(
            f"The column “{columns[j].name}” has a standard deviation of {deviations[j]:.1g}, too "
            f"{little} to be squared: {remedy} it by a constant in the file, or untick it."
        )
