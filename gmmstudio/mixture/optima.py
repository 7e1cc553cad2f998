"""The optima that the starts climbed to: how many there are, and how far apart."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from gmmstudio.mixture.arrays import FloatArray, IntArray
from gmmstudio.mixture.fit import Fit, Optimum

NEAR = 1e-6
"""Two starts came to the same optimum where what they maximised differs by less than this share,
and their labels agree: EM may stop a little below the top."""

ALIKE = 0.95
"""The least adjusted Rand index of two starts that came to the same optimum."""


def optima(
    fits: Sequence[Fit], labels: Sequence[IntArray], weights: FloatArray | None = None
) -> tuple[Optimum, ...]:
    """Group the starts by the optimum they climbed to, the best first.

    Parameters
    ----------
    fits : sequence of Fit
        One per start, all over the same rows; collapsed ones are passed over.
    labels : sequence of IntArray (n,)
        The most probable component of every row, for each of them.
    weights : FloatArray (n,), optional
        How often each row counts.
    """
    climbed = [place for place, fit in enumerate(fits) if fit.collapsed is None]
    climbed.sort(key=lambda place: -fits[place].objective)
    heads: list[int] = []
    members: list[list[int]] = []
    for place in climbed:
        for head, group in zip(heads, members, strict=True):
            if _same(fits[head], fits[place], labels[head], labels[place], weights):
                group.append(place)
                break
        else:
            heads.append(place)
            members.append([place])
    return tuple(
        Optimum(
            fits[head].log_likelihood,
            len(group),
            agreement(labels[heads[0]], labels[head], weights),
            fits[head].attempt,
            fits[head].n_rows,
        )
        for head, group in zip(heads, members, strict=True)
    )


def _same(
    a: Fit, b: Fit, labels_a: IntArray, labels_b: IntArray, weights: FloatArray | None
) -> bool:
    near = abs(a.objective - b.objective) <= NEAR * max(1.0, abs(a.objective))
    return near and agreement(labels_a, labels_b, weights) >= ALIKE


def agreement(a: IntArray, b: IntArray, weights: FloatArray | None = None) -> float:
    """Return the adjusted Rand index of two labellings (n,) of the same rows.

    Parameters
    ----------
    a, b : IntArray (n,)
        From 0.
    weights : FloatArray (n,), optional
        How often each row counts.
    """
    n_a, n_b = int(a.max()) + 1, int(b.max()) + 1
    counts = np.bincount(a * n_b + b, weights, minlength=n_a * n_b)
    return adjusted_rand(counts.reshape(n_a, n_b))


def adjusted_rand(counts: NDArray[np.integer] | FloatArray) -> float:
    """Return the adjusted Rand index of a contingency table (k, m).

    1 where both partitions are the same, about 0 where they have nothing to do with each
    other (Hubert & Arabie 1985, Journal of Classification 2, 193-218). NaN without rows.
    """
    table = np.asarray(counts, dtype=np.float64)
    n = float(table.sum())
    if n == 0.0:
        return float("nan")
    together = _pairs(table)
    rows, columns, total = _pairs(table.sum(axis=1)), _pairs(table.sum(axis=0)), n * (n - 1.0) / 2.0
    expected = rows * columns / total if total else 0.0
    largest = (rows + columns) / 2.0
    if largest == expected:
        return 1.0  # both put all rows together, or all apart
    return (together - expected) / (largest - expected)


def _pairs(counts: FloatArray) -> float:
    """Return how many pairs of rows share a cell."""
    return float(np.sum(counts * (counts - 1.0)) / 2.0)
