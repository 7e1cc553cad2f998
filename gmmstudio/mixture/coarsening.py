"""Many small clusters joined to few, as each kind of structure would: starts for every K at once.

The small clusters are joined pair by pair, each time the pair that costs the classification
likelihood Σ_k N_k (log N_k − ½ log|Σ_k|) least (Banfield & Raftery 1993), with Σ_k spherical,
diagonal or full. Only their sizes, means and scatters are looked at, so no row is gone over.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from gmmstudio.mixture.arrays import FloatArray, IntArray
from gmmstudio.mixture.forms import TINY
from gmmstudio.mixture.kernel import Statistics
from gmmstudio.mixture.structures import Structure

Spread = Callable[[FloatArray, FloatArray], FloatArray]
"""From sizes (m,) and scatters (m, d, d) to log|Σ_k|, up to a constant, of a kind of covariance."""

LEAST = 1e-8
"""The pooled covariance has at least this share of its mean variance in every direction."""

OWN_ROWS = 1.0
"""How many rows of the pooled covariance are mixed into a cluster, which may have no spread."""


def spherical(sizes: FloatArray, scatters: FloatArray) -> FloatArray:
    """Return d log(tr W_k / (N_k d))."""
    d = scatters.shape[1]
    traces = np.einsum("kaa->k", scatters)
    determinants: FloatArray = d * np.log(traces / (sizes * d))
    return determinants


def diagonal(sizes: FloatArray, scatters: FloatArray) -> FloatArray:
    """Return Σ_a log(W_k,aa / N_k)."""
    variances = np.einsum("kaa->ka", scatters) / sizes[:, None]
    determinants: FloatArray = np.log(variances).sum(axis=1)
    return determinants


def full(sizes: FloatArray, scatters: FloatArray) -> FloatArray:
    """Return log|W_k / N_k|."""
    determinants: FloatArray = np.linalg.slogdet(scatters / sizes[:, None, None])[1]
    return determinants


def tied(sizes: FloatArray, scatters: FloatArray) -> FloatArray:
    """Return tr W_k / N_k: what a shared Σ = I makes of log|Σ| + tr(Σ⁻¹W_k) / N_k."""
    spread: FloatArray = np.einsum("kaa->k", scatters) / sizes
    return spread


KINDS: dict[str, Spread] = {
    "spherical": spherical,
    "diagonal": diagonal,
    "full": full,
    "tied": tied,
}
"""The kinds of covariance clusters are joined by."""


def kinds_for(structure: Structure) -> tuple[str, ...]:
    """Return the kinds whose clusters a structure may begin with."""
    if structure.round:
        return ("spherical",)
    if structure.diagonal:
        return ("diagonal", "spherical")
    return ("tied", "full") if structure.name in ("EEE", "VEE") else ("full", "tied")


def coarsenings(statistics: Statistics, name: str, most: int) -> dict[int, IntArray]:
    """Join small clusters, and return for every K which of K each of them belongs to.

    Parameters
    ----------
    statistics : Statistics
        Sizes, means and scatters of m clusters, none empty, in coordinates that suit the kind.
    name : str
        One of `KINDS`.
    most : int
        The largest K wanted.

    Returns
    -------
    dict from int to IntArray (m,)
        Labels from 0 for K from 1 to `most`, or to m if that is less.
    """
    kind = KINDS[name]
    if name == "tied":
        statistics = whitened(statistics)
    sizes, means = statistics.sizes.copy(), statistics.means.copy()
    n = sizes.sum()
    centred = means - sizes @ means / n
    pooled = (statistics.scatters.sum(axis=0) + (centred * sizes[:, None]).T @ centred) / n
    m, d = means.shape
    # Without spread in some direction there would be logarithms of zero.
    pooled[np.diag_indices(d)] += LEAST * np.trace(pooled) / d + TINY
    scatters = statistics.scatters + OWN_ROWS * pooled * m ** (-2.0 / d)
    belongs = np.arange(m)
    found: dict[int, IntArray] = {}
    cost = _cost(sizes, scatters, kind)
    rise = np.full((m, m), np.inf)
    for k in range(m - 1):
        rise[k, k + 1 :] = _rise(k, np.arange(k + 1, m), sizes, means, scatters, cost, kind)
    alive = np.ones(m, dtype=bool)
    for left in range(m, 0, -1):
        if left <= most:
            found[left] = np.unique(belongs, return_inverse=True)[1].astype(np.int64)
        if left == 1:
            break
        i, j = np.unravel_index(int(rise.argmin()), rise.shape)
        joined = _joined(int(i), np.array([j]), sizes, means, scatters)
        sizes[i], means[i], scatters[i] = (part[0] for part in joined)
        belongs[belongs == j] = i
        alive[j] = False
        rise[j], rise[:, j] = np.inf, np.inf
        cost[i] = _cost(sizes[i : i + 1], scatters[i : i + 1], kind)[0]
        others = np.flatnonzero(alive)
        others = others[others != i]
        risen = _rise(int(i), others, sizes, means, scatters, cost, kind)
        before = others < i
        rise[others[before], i] = risen[before]
        rise[i, others[~before]] = risen[~before]
    return found


def whitened(statistics: Statistics) -> Statistics:
    """Return the clusters in coordinates in which their pooled covariance is the identity."""
    pooled = statistics.scatters.sum(axis=0) / statistics.sizes.sum()
    values, vectors = np.linalg.eigh(pooled)
    map_ = vectors / np.sqrt(np.maximum(values, 1e-12 * values[-1] + TINY))
    scatters = map_.T @ statistics.scatters @ map_
    return replace(statistics, means=statistics.means @ map_, scatters=scatters)


def _cost(sizes: FloatArray, scatters: FloatArray, kind: Spread) -> FloatArray:
    """Return −N_k (log N_k − ½ log|Σ_k|) (m,)."""
    cost: FloatArray = sizes * (0.5 * kind(sizes, scatters) - np.log(sizes))
    return cost


def _joined(
    i: int, others: IntArray, sizes: FloatArray, means: FloatArray, scatters: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return sizes, means and scatters of one cluster joined with each of others."""
    total = sizes[i] + sizes[others]
    apart = means[others] - means[i]
    share = sizes[others] / total
    joined = scatters[i] + scatters[others]
    joined += (sizes[i] * share)[:, None, None] * apart[:, :, None] * apart[:, None, :]
    return total, means[i] + share[:, None] * apart, joined


def _rise(
    i: int,
    others: IntArray,
    sizes: FloatArray,
    means: FloatArray,
    scatters: FloatArray,
    cost: FloatArray,
    kind: Spread,
) -> FloatArray:
    """Return by how much joining one cluster with each of others raises the cost."""
    total, _, joined = _joined(i, others, sizes, means, scatters)
    rise: FloatArray = _cost(total, joined, kind) - cost[i] - cost[others]
    return rise
