"""Which two columns to show first: the pair in which groups are told apart best."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
_TRIED = 8  # columns compared
_ROWS = 300  # rows compared
_GROUPS = 3
_STARTS = 5


def telling_pair(columns: Sequence[Floats]) -> tuple[int, int]:
    """Return the positions of the two columns that tell rough groups apart best.

    A few hundred rows are put into three groups by k-means in all columns (standardised, extreme
    values drawn in); the pair wins in which the two groups nearest to each other are farthest
    apart, measured by the spread within groups. Always the same answer for the same columns.

    Parameters
    ----------
    columns : sequence of (n,) float64
        At least two columns; missing values are NaN.
    """
    rows = _sample(columns[:_TRIED])
    if len(rows) < 4 * _GROUPS:
        return 0, 1
    groups = _rough_groups(rows)
    best, winner = -1.0, (0, 1)
    for pair in combinations(range(rows.shape[1]), 2):
        apart = _separation(rows[:, list(pair)], groups)
        if apart > best * (1 + 1e-9):
            best, winner = apart, pair
    return winner


def _sample(columns: Sequence[Floats]) -> Floats:
    n = len(columns[0])
    few = np.unique(np.linspace(0, max(n - 1, 0), min(n, 4 * _ROWS)).astype(int))
    rows = np.column_stack([column[few] for column in columns])
    rows = rows[np.isfinite(rows).all(axis=1)]
    rows = rows[:: max(1, len(rows) // _ROWS)]
    if len(rows) < 4 * _GROUPS:
        return rows
    rows = np.clip(rows, *np.percentile(rows, (2, 98), axis=0))
    rows = rows / np.maximum(np.abs(rows).max(axis=0), 1e-300)  # squares must not overflow
    spread = rows.std(axis=0)
    return (rows - rows.mean(axis=0)) / np.where(spread > 0, spread, 1.0)


def _rough_groups(rows: Floats) -> NDArray[np.intp]:
    random = np.random.default_rng(0)
    found = [_k_means(rows, random) for _ in range(_STARTS)]
    return min(found, key=lambda pair: pair[1])[0]


def _k_means(rows: Floats, random: np.random.Generator) -> tuple[NDArray[np.intp], float]:
    centres = rows[random.choice(len(rows), 1)]
    while len(centres) < _GROUPS:
        distance = _squares(rows, centres).min(axis=1)
        total = distance.sum()
        chances = distance / total if total > 0 else None
        centres = np.vstack([centres, rows[random.choice(len(rows), p=chances)]])
    for _ in range(15):
        groups = _squares(rows, centres).argmin(axis=1)
        for group in range(_GROUPS):
            if (groups == group).any():
                centres[group] = rows[groups == group].mean(axis=0)
    return groups, float(((rows - centres[groups]) ** 2).sum())


def _squares(rows: Floats, centres: Floats) -> Floats:
    return ((rows[:, None] - centres) ** 2).sum(axis=2)


def _separation(points: Floats, groups: NDArray[np.intp]) -> float:
    """Smallest squared Mahalanobis distance between group means, by the spread within."""
    present = np.unique(groups)
    means = np.stack([points[groups == group].mean(axis=0) for group in present])
    residuals = points - means[np.searchsorted(present, groups)]
    within = residuals.T @ residuals / len(points)
    if len(present) < 2 or np.linalg.det(within) <= 1e-12 * np.trace(within) ** 2:
        return -1.0  # all on a line: the second column shows nothing new
    precision = np.linalg.inv(within)
    return min(
        float((one - other) @ precision @ (one - other)) for one, other in combinations(means, 2)
    )
