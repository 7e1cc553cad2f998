"""Where EM begins: hard labels from k-means++, from random rows or from given centres."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from gmmstudio.mixture.arrays import FloatArray, IntArray
from gmmstudio.mixture.errors import MixtureError
from gmmstudio.mixture.rows import Rows

LLOYD_ROUNDS = 10
"""A few rounds of k-means put the start into order; EM does the rest."""


def child_seeds(seed: int, number: int) -> list[np.random.SeedSequence]:
    """Return independent seeds: the first `number` of them do not depend on how many follow."""
    return np.random.SeedSequence(seed).spawn(number)


def kmeans_plus_plus(
    ut: FloatArray,
    n_components: int,
    rng: np.random.Generator,
    rows: Rows,
    weights: FloatArray | None = None,
) -> IntArray:
    """Label the rows by a short k-means from a k-means++ seeding (Arthur & Vassilvitskii 2007).

    Parameters
    ----------
    ut : FloatArray (d, n)
        The data in units, transposed.
    n_components : int
    rng : numpy.random.Generator
    rows : Rows
        Cuts the rows into blocks, and is asked whether to stop.
    weights : FloatArray (n,), optional
        How often each row counts.

    Returns
    -------
    IntArray (n,)
        Labels from 0, the largest cluster first.
    """
    centres = seed_far_apart(ut, n_components, rng, rows, weights)
    labels = nearest_centre(ut, centres, rows)
    for _ in range(LLOYD_ROUNDS):
        centres = cluster_means(ut, labels, centres, weights)
        previous, labels = labels, nearest_centre(ut, centres, rows)
        if np.array_equal(previous, labels):
            break
    return largest_first(labels, n_components, weights)


def random_rows(
    ut: FloatArray,
    n_components: int,
    rng: np.random.Generator,
    rows: Rows,
    weights: FloatArray | None = None,
) -> IntArray:
    """Label the rows by the nearest of K different rows drawn at random; largest cluster first."""
    chosen: list[int] = []
    seen: set[bytes] = set()
    for row in in_random_order(ut.shape[1], rng, weights):
        value = (ut[:, row] + 0.0).tobytes()
        if value not in seen:
            seen.add(value)
            chosen.append(int(row))
            if len(chosen) == n_components:
                break
    return largest_first(nearest_centre(ut, ut[:, chosen].T, rows), n_components, weights)


def seed_far_apart(
    ut: FloatArray,
    n_components: int,
    rng: np.random.Generator,
    rows: Rows,
    weights: FloatArray | None = None,
) -> FloatArray:
    """Draw rows as centres (K, d), in proportion to w D² with D the distance to those drawn.

    Of a few drawn each time the one is kept that leaves the least Σ w D² (greedy k-means++): on
    elongated clusters of unequal size that finds the best optimum far more often.
    """
    n = ut.shape[1]
    candidates = 2 + int(np.log(n_components))
    centres = np.empty((n_components, ut.shape[0]))
    first = rng.integers(n) if weights is None else in_random_order(n, rng, weights)[0]
    centres[0] = ut[:, first]
    nearest = squared_distances(ut, centres[0])
    for k in range(1, n_components):
        rows.check()
        cumulative = np.cumsum(nearest if weights is None else nearest * weights)
        if cumulative[-1] > 0.0:
            draws = rng.random(candidates) * cumulative[-1]
            drawn = np.minimum(np.searchsorted(cumulative, draws, "right"), n - 1)
        else:
            drawn = rng.integers(n, size=1)
        left = [np.minimum(nearest, squared_distances(ut, ut[:, row])) for row in drawn]
        totals = [each.sum() if weights is None else each @ weights for each in left]
        best = int(np.argmin(totals))
        centres[k], nearest = ut[:, drawn[best]], left[best]
    return centres


def in_random_order(
    n: int, rng: np.random.Generator, weights: FloatArray | None = None
) -> IntArray:
    """Return the rows 0 … n−1 as drawn one by one, in proportion to the weights of those left.

    Exponential waiting times at rates w_i end in that order (Efraimidis & Spirakis 2006).
    """
    if weights is None:
        return rng.permutation(n)
    return np.argsort(rng.exponential(size=n) / weights)


def squared_distances(ut: FloatArray, centre: FloatArray) -> FloatArray:
    """Return the squared distances (n,) of all rows of (d, n) to a centre."""
    total = np.zeros(ut.shape[1])
    for column, c in zip(ut, centre, strict=True):
        difference = column - c
        difference *= difference
        total += difference
    return total


def nearest_centre(
    zt: FloatArray, centres: FloatArray, rows: Rows, scale: FloatArray | None = None
) -> IntArray:
    """Return for every row of (d, n) the nearest of the centres (K, d); of two, the first.

    Distances are those of u = scale ∘ z, which is never formed: with the origin moved to the
    centres' mean, |u − c|² = |u|² − 2(c·u − ½|c|²), and c·u = (scale ∘ c)·z.
    """
    origin = centres.mean(axis=0)
    moved = centres - origin
    if scale is not None:
        moved *= scale
    half = 0.5 * np.einsum("ka,ka->k", moved, moved)[:, None]
    if scale is not None:
        moved *= scale
    labels = np.empty(zt.shape[1], dtype=np.int64)

    def one(block: slice, _: None) -> None:
        score = moved @ (zt[:, block] - origin[:, None])
        score -= half
        np.argmax(score, axis=0, out=labels[block])

    rows.each_block(one, lambda: None, rows.block_rows(8 * sum(centres.shape)))
    return labels


def cluster_means(
    ut: FloatArray, labels: IntArray, previous: FloatArray, weights: FloatArray | None = None
) -> FloatArray:
    """Return the mean (K, d) of every cluster; an empty one stays where it was."""
    k = previous.shape[0]
    sizes = np.bincount(labels, weights, minlength=k)[:, None]
    columns = ut if weights is None else ut * weights
    sums = np.stack([np.bincount(labels, column, minlength=k) for column in columns], axis=1)
    return np.where(sizes > 0, sums / np.where(sizes > 0, sizes, 1), previous)


def largest_first(
    labels: IntArray, n_components: int, weights: FloatArray | None = None
) -> IntArray:
    """Renumber the labels so that the largest cluster is 0; equals keep their order."""
    order = np.argsort(-np.bincount(labels, weights, minlength=n_components), kind="stable")
    rank = np.empty(n_components, dtype=np.int64)
    rank[order] = np.arange(n_components)
    return rank[labels]


def check_distinct(distinct: int, n_components: int) -> None:
    """Check that there are as many different rows as components, or more.

    Raises
    ------
    MixtureError
        There are fewer.
    """
    if distinct < n_components:
        different = "one different row" if distinct == 1 else f"{distinct} different rows"
        at_most = "1 component" if distinct == 1 else f"at most {distinct} components"
        raise MixtureError(
            f"{n_components} components need as many different rows, and the data has only "
            f"{different}: choose {at_most}."
        )


def distinct_rows(x: FloatArray, enough: int, check: Callable[[], None] = lambda: None) -> int:
    """Count the different rows of x (n, d), no further than `enough`.

    `check` is called between blocks, and may raise.
    """
    seen: set[bytes] = set()
    size = max(1024, 2 * enough)
    for start in range(0, x.shape[0], size):
        check()
        block = np.unique(x[start : start + size] + 0.0, axis=0)  # + 0.0 turns −0 into 0
        seen.update(row.tobytes() for row in block)
        if len(seen) >= enough:
            break
    return min(len(seen), enough)
