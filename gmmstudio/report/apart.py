"""What sets a cluster apart from the others: numbers from the parameters alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gmmstudio.mixture.parameters import Parameters

Floats = NDArray[np.float64]

CLEARLY, MUCH, HARDLY = 0.8, 2.0, 0.2
"""Differences in standard deviations: large by Cohen (1988), twice that and more, and none."""

TINY, TINY_SHARE = 4, 0.05
"""A cluster of at most so many rows, and at most this share of them, is hardly a group."""


@dataclass(frozen=True, eq=False)
class Apart:
    """The clusters against the others.

    Attributes
    ----------
    others : (K, d) float64
        Mean of all other clusters together, by their weights; NaN where there is no other.
    differences : (K, d) float64
        Own mean minus that, in standard deviations within clusters, √Σ π_k Σ_kjj.
    """

    others: Floats
    differences: Floats


def apart(parameters: Parameters) -> Apart:
    """Compare the mean of each cluster with that of the others."""
    weights, means = parameters.weights, parameters.means
    rest = 1.0 - weights
    sums = np.stack([weights @ means - w * m for w, m in zip(weights, means, strict=True)])
    others = np.full(means.shape, np.nan)
    np.divide(sums, rest[:, None], out=others, where=(rest[:, None] > 1e-12))
    within = np.sqrt(np.einsum("k,kjj->j", weights, parameters.covariances))
    return Apart(others, (means - others) / within)


def is_tiny(n: int, n_rows: int) -> bool:
    """Whether a cluster of n rows looks like a few outliers rather than a group."""
    return 0 < n <= TINY and n <= TINY_SHARE * n_rows


def strongest(differences: Floats, most: int = 3) -> tuple[int, ...]:
    """Return the columns in which a cluster differs clearly (d,), the strongest first.

    Where it does so in none, the one in which it differs most, unless that is next to nothing.
    """
    order = np.argsort(-np.abs(differences), kind="stable")
    clear = [int(j) for j in order if abs(differences[j]) >= CLEARLY][:most]
    if clear or not len(order) or not abs(differences[order[0]]) >= HARDLY:
        return tuple(clear)
    return (int(order[0]),)


def nearest(parameters: Parameters) -> NDArray[np.int64]:
    """Return of each cluster the one most like it (K,), for K of at least 2.

    The smallest (μ_a − μ_b)ᵀ S⁻¹ (μ_a − μ_b) with S the mean of both covariances.
    """
    k = len(parameters.weights)
    far = np.full((k, k), np.inf)
    for a in range(k):
        for b in range(a):
            off = parameters.means[a] - parameters.means[b]
            both = (parameters.covariances[a] + parameters.covariances[b]) / 2
            scale = np.sqrt(np.diagonal(both))
            off, both = off / scale, both / scale / scale[:, None]
            far[a, b] = far[b, a] = float(off @ np.linalg.lstsq(both, off, rcond=None)[0])
    found: NDArray[np.int64] = far.argmin(axis=1)
    return found


def widest(parameters: Parameters, a: int, b: int) -> int:
    """Return the column in which two clusters differ most, in the spread that both have."""
    variances = np.diagonal(parameters.covariances[a] + parameters.covariances[b])
    return int(np.argmax(np.abs(parameters.means[a] - parameters.means[b]) / np.sqrt(variances)))


def strongest_correlation(covariance: Floats) -> tuple[int, int, float] | None:
    """Return the pair of columns of a cluster that is most correlated, and its correlation."""
    deviations = np.sqrt(np.diagonal(covariance))
    correlations = covariance / np.outer(deviations, deviations)
    first, second = np.triu_indices(len(covariance), 1)
    if not len(first):
        return None
    best = int(np.argmax(np.abs(correlations[first, second])))
    return int(first[best]), int(second[best]), float(correlations[first[best], second[best]])


def telling_columns(parameters: Parameters, most: int = 24) -> tuple[int, int]:
    """Return the two columns in which the clusters lie farthest apart for their spread.

    Of all pairs of the `most` columns that tell most alone, the one with the largest
    trace W⁻¹B, the sum of Fisher's criterion over both discriminants; the lower column first.
    """
    weights, means = parameters.weights, parameters.means
    off = means - weights @ means
    within = np.einsum("k,kij->ij", weights, parameters.covariances)
    scale = np.sqrt(np.diagonal(within))  # squares of squares would leave the range of numbers
    within = within / scale / scale[:, None]
    off = off / scale
    between = (off * weights[:, None]).T @ off
    alone = np.diagonal(between)
    tried = np.sort(np.argsort(-alone, kind="stable")[:most])
    best, winner = -1.0, (0, min(1, parameters.n_columns - 1))
    for place, a in enumerate(tried.tolist()):
        for b in tried[place + 1 :].tolist():
            determinant = 1.0 - within[a, b] ** 2
            if determinant <= 1e-12:
                continue  # the second column shows nothing new
            told = (between[a, a] + between[b, b] - 2 * within[a, b] * between[a, b]) / determinant
            if told > best * (1 + 1e-9):
                best, winner = float(told), (a, b)
    return winner
