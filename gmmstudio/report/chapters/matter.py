"""What the chapters of a report are written from."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from gmmstudio.document.assignment import CLEAR, Assignment, Outliers, outliers, shares, sizes
from gmmstudio.document.document import Document, FitRecord
from gmmstudio.document.identities import letter
from gmmstudio.mixture.fit import Fit
from gmmstudio.mixture.parameters import Parameters
from gmmstudio.mixture.scores import responsibilities
from gmmstudio.report import formats, sentences
from gmmstudio.report.apart import Apart, apart, nearest
from gmmstudio.report.export import component_order
from gmmstudio.report.figures import Look
from gmmstudio.table.preparation import Sample
from gmmstudio.table.table import Table

MOST_COLUMNS = 60
"""Columns listed one by one: more make no table that anybody reads."""

_BLOCK = 65_536  # rows

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Matter:
    """A fit with its table; the clusters come in the order of their letters.

    Attributes
    ----------
    document
        With tidy names.
    table, record
        Of the document.
    assignment
        ``assign(table, record)``.
    """

    document: Document
    table: Table
    record: FitRecord
    assignment: Assignment

    @property
    def fit(self) -> Fit:
        """The fit."""
        return self.record.fit

    @property
    def sample(self) -> Sample:
        """What was fitted."""
        return self.assignment.sample

    @property
    def k(self) -> int:
        """Number of clusters."""
        return self.fit.n_components

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """Names of the d columns of the fit."""
        return sentences.column_names(self.table, self.record)

    @cached_property
    def order(self) -> Ints:
        """The components (K,) in the order of their letters."""
        return component_order(self.record)

    @cached_property
    def parameters(self) -> Parameters:
        """The parameters, clusters in the order of their letters."""
        p, order = self.fit.parameters, self.order
        return Parameters.trusted(p.weights[order], p.means[order], p.covariances[order])

    @cached_property
    def deviations(self) -> Floats:
        """Standard deviations (K, d) of the clusters."""
        deviations: Floats = np.sqrt(np.einsum("kjj->kj", self.parameters.covariances))
        return deviations

    @cached_property
    def clusters(self) -> Ints:
        """Place of the cluster of each row (n,) among the letters."""
        rank = np.empty(self.k, dtype=np.int64)
        rank[self.order] = np.arange(self.k)
        return rank[self.assignment.labels]

    @cached_property
    def looks(self) -> tuple[Look, ...]:
        """How each cluster is drawn, and what it is called."""
        document, identities = self.document, [self.record.identities[c] for c in self.order]
        return tuple(
            Look(
                letter(identity),
                document.cluster_name(identity),
                document.cluster_color(identity),
                identity,
            )
            for identity in identities
        )

    @cached_property
    def names(self) -> tuple[str, ...]:
        """What each cluster is called."""
        return tuple(look.name for look in self.looks)

    @cached_property
    def sizes(self) -> Ints:
        """Rows of each cluster (K,)."""
        return sizes(self.assignment, self.k)[self.order]

    @cached_property
    def shares(self) -> Floats:
        """Share of each cluster (K,), by weight where rows are weighted."""
        return shares(self.assignment, self.k)[self.order]

    @property
    def weighted(self) -> bool:
        """Whether rows count by a weight."""
        return self.assignment.weights is not None

    @property
    def counted(self) -> str:
        """What shares are shares of: "rows", "observations" or "weight"."""
        weights = self.sample.row_weights
        if weights is None:
            return "rows"
        return "observations" if weights.are == "counts" else "weight"

    @property
    def things(self) -> str:
        """What is counted where rows are counted by a column: "observations", else "rows"."""
        return "observations" if self.counted == "observations" else "rows"

    @cached_property
    def relative_entropy(self) -> float:
        """1 − the mean entropy of the rows' probabilities over its largest value, log K.

        0 where every row could be of any cluster, 1 where each is of one; NaN for one cluster.
        """
        if self.k == 1:
            return float("nan")
        x, weights, total = self.sample.x, self.assignment.weights, 0.0
        for first in range(0, len(x), _BLOCK):
            some = slice(first, first + _BLOCK)
            r = responsibilities(x[some], self.fit.parameters)
            each = -np.sum(r * np.log(np.where(r > 0, r, 1.0)), axis=1)
            total += float(each.sum() if weights is None else weights[some] @ each)
        n = float(len(x) if weights is None else weights.sum())
        return 1.0 - total / (n * float(np.log(self.k)))

    @cached_property
    def clear(self) -> NDArray[np.bool_]:
        """Whether each row (n,) belongs clearly to its cluster."""
        clear: NDArray[np.bool_] = self.assignment.max_probability >= CLEAR
        return clear

    @cached_property
    def outliers(self) -> Outliers:
        """The rows marked by the document's rule."""
        return outliers(self.assignment, self.document.outlier_rule)

    @cached_property
    def apart(self) -> Apart:
        """Each cluster against the others."""
        return apart(self.parameters)

    @cached_property
    def nearest(self) -> Ints:
        """Of each cluster the one most like it (K,); for K of at least 2."""
        return nearest(self.parameters)

    def certainty_words(self, which: NDArray[np.bool_]) -> str:
        """Write the mean certainty of some rows (n,)."""
        value = self.mean_certainty(which)
        return formats.probability(value, CLEAR) if np.isfinite(value) else "–"

    def mean_certainty(self, which: NDArray[np.bool_]) -> float:
        """Return the mean largest probability of some rows (n,), by weight; NaN of none."""
        p, weights = self.assignment.max_probability[which], self.assignment.weights
        mine = None if weights is None else weights[which]
        if not p.size or (mine is not None and not mine.sum() > 0):
            return float("nan")
        return float(np.average(p, weights=mine))
