"""What the profile shows: every cluster's means, measured from the average of all rows.

Pure NumPy, no Qt; the moments of many rows are found in a thread.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gmmstudio.mixture.parameters import Parameters
from gmmstudio.table.preparation import Sample
from gmmstudio.ui.stage import Shown

Floats = NDArray[np.float64]
_BLOCK = 65_536  # rows looked at together


@dataclass(frozen=True, eq=False)
class Moments:
    """Mean and standard deviation of each column over all rows of a fit.

    Attributes
    ----------
    mean, deviation : (d,) float64
        Original units; rows count by their weights.
    """

    mean: Floats
    deviation: Floats


def moments(sample: Sample) -> Moments:
    """Return mean and standard deviation (divisor n) of each column of the fitted rows."""
    mean = average(sample)
    scale = np.maximum(np.abs(sample.x - mean).max(axis=0), np.finfo(float).tiny)
    weights = sample.weights
    total, squares = 0.0, np.zeros_like(mean)
    for first in range(0, len(sample.x), _BLOCK):
        part = slice(first, first + _BLOCK)
        z = (sample.x[part] - mean) / scale  # squares of large numbers would overflow
        w = np.ones(len(z)) if weights is None else weights[part]
        squares += w @ (z * z)
        total += float(w.sum())
    return Moments(mean, scale * np.sqrt(squares / total))


def average(sample: Sample, chosen: NDArray[np.bool_] | None = None) -> Floats:
    """Return the mean (d,) of each column over the fitted rows, or over those chosen (n,)."""
    weights = sample.weights
    total, sums = 0.0, np.zeros(sample.x.shape[1])
    for first in range(0, len(sample.x), _BLOCK):
        part = slice(first, first + _BLOCK)
        x = sample.x[part]
        w = np.ones(len(x)) if weights is None else weights[part]
        if chosen is not None:
            w = w * chosen[part]
        sums += w @ x
        total += float(w.sum())
    return sums / total


@dataclass(frozen=True, eq=False)
class Profile:
    """Where each component stands in each column, in standard deviations of all rows.

    Attributes
    ----------
    means : (K, d) float64
        (mean of the component - mean of the column) / standard deviation of the column.
    deviations : (K, d) float64
        Standard deviations of the components in the same unit.
    """

    means: Floats
    deviations: Floats


def profile(parameters: Parameters, of_all: Moments) -> Profile:
    """Standardise the components of a mixture by the moments of all rows."""
    deviations = np.sqrt(np.einsum("kjj->kj", parameters.covariances).clip(min=0.0))
    return Profile(
        (parameters.means - of_all.mean) / of_all.deviation, deviations / of_all.deviation
    )


def separation(parameters: Parameters, of_all: Moments) -> Floats:
    """Return how much of each column's variance (d,) lies between the components.

    The variance of their means, by weight, over that of all rows: 0 where all means agree.
    """
    means = profile(parameters, of_all).means
    weights = parameters.weights / parameters.weights.sum()
    middle: Floats = weights @ means
    spread: Floats = weights @ (means - middle) ** 2
    return spread


def rows_of(shown: Shown, component: int) -> NDArray[np.int64]:
    """Return the rows of the table that belong to a component, of those a frame has labels for."""
    places = np.flatnonzero(shown.labels == component)
    return places if shown.rows is None else shown.rows[places]
