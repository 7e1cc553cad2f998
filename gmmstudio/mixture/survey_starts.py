"""Where the models of a survey begin: starts that all with the same K share, and splits."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from gmmstudio.mixture.arrays import IntArray
from gmmstudio.mixture.climbing import Start
from gmmstudio.mixture.coarsening import coarsenings
from gmmstudio.mixture.hierarchical import Hierarchy
from gmmstudio.mixture.kernel import Statistics, hard_statistics
from gmmstudio.mixture.prepared import Prepared
from gmmstudio.mixture.problem import Problem
from gmmstudio.mixture.search import first_labels
from gmmstudio.mixture.spec import Spec
from gmmstudio.mixture.starts import child_seeds
from gmmstudio.mixture.structures import resolve

SAMPLE_SIZES = (2_000, 5_000, 10_000)
"""Rows the starts are compared on, unless there are hardly more in all."""

ROWS_PER_PARAMETER = 10
"""What a sample must hold to tell the starts of a model apart."""

MERGED_ROWS = 500
"""Rows of the sample that are merged, pair by pair, for the hierarchical starts."""

SMALL_CLUSTERS = 40
"""To how many clusters rows are merged before these are, as each kind of covariance would."""


def sample_for(rows: Prepared, specs: Sequence[Spec]) -> Prepared:
    """Return the rows on which starts are compared: all, or enough for the largest model."""
    d = rows.n_columns
    most = max(resolve(s.structure, d).n_parameters(s.n_components, d) for s in specs)
    wanted = ROWS_PER_PARAMETER * most
    size = next((size for size in SAMPLE_SIZES if size >= wanted), SAMPLE_SIZES[-1])
    if rows.n_rows <= 1.5 * size:
        return rows
    k = max(spec.n_components for spec in specs)
    return rows.sample(size, specs[0].seed, k) or rows


class Merged:
    """Rows merged pair by pair to a few dozen small clusters, and these on, as each kind would."""

    def __init__(self, problem: Problem) -> None:
        rows = problem.prepared
        rng = np.random.default_rng(child_seeds(problem.spec.seed, 1)[0])
        self.tree = Hierarchy.of(rows.in_units, rng, rows.rows, rows.weights, MERGED_ROWS)
        self._small = self.tree.labels(rows.n_distinct(SMALL_CLUSTERS))
        weights = rows.weights
        if weights is not None:
            weights = weights / weights.mean()  # the scale of the weights is not to matter
        self._sums = hard_statistics(
            rows.in_units, self._small, int(self._small.max()) + 1, rows.rows, weights
        )
        self._joined: dict[str, dict[int, IntArray]] = {}
        self._starts: dict[tuple[str, int], Start] = {}

    def start(self, problem: Problem, kind: str) -> Start:
        """Return the labels that leave as many clusters as the problem has components."""
        k = problem.spec.n_components
        if kind not in self._joined:
            self._joined[kind] = coarsenings(self._sums, kind, SMALL_CLUSTERS)
        if (kind, k) not in self._starts:
            joined = self._joined[kind].get(k)
            labels = self._small % k if joined is None else joined[self._small]
            self._starts[kind, k] = "hierarchical", problem.hard(labels)
        return self._starts[kind, k]


def drawn(problem: Problem, tree: Hierarchy | None) -> list[Start]:
    """Return the starts that are asked for; `tree` has the hierarchical one for every K."""
    spec = problem.spec
    if spec.start == "hierarchical" and tree is not None:
        return [(str(spec.start), problem.hard(tree.labels(spec.n_components)))]
    seeds = child_seeds(spec.seed, spec.n_tries + 1)[1:]
    labels = [first_labels(problem, np.random.default_rng(seed)) for seed in seeds]
    return [(str(spec.start), problem.hard(each)) for each in labels]


def halved(statistics: Statistics, k: int) -> Statistics:
    """Cut a component in two where it is widest: half a Gaussian each, next to one another.

    Half a normal variable of variance λ has mean ±√(2λ/π) and variance λ(1 − 2/π).
    """
    size, mean, scatter = statistics.sizes[k], statistics.means[k], statistics.scatters[k]
    values, vectors = np.linalg.eigh(scatter)
    axis, along = vectors[:, -1], max(values[-1], 0.0)
    move = np.sqrt(2.0 / np.pi * along / size) * axis
    half = 0.5 * (scatter - (2.0 / np.pi * along) * np.outer(axis, axis))
    others = np.arange(statistics.sizes.size) != k
    return Statistics(
        np.concatenate([statistics.sizes[others], [0.5 * size, 0.5 * size]]),
        np.concatenate([statistics.means[others], [mean + move, mean - move]]),
        np.concatenate([statistics.scatters[others], [half, half]]),
        np.nan,
        np.nan,
        0.0,
    )
