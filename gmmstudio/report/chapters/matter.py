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
from gmmstudio.report import sentences
from gmmstudio.report.apart import Apart, apart
from gmmstudio.report.export import component_order
from gmmstudio.report.figures import Look
from gmmstudio.table.preparation import Sample
from gmmstudio.table.table import Table

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

    def mean_certainty(self, which: NDArray[np.bool_]) -> float:
        """Return the mean largest probability of some rows (n,), by weight; NaN of none."""
        p, weights = self.assignment.max_probability[which], self.assignment.weights
        mine = None if weights is None else weights[which]
        if not p.size or (mine is not None and not mine.sum() > 0):
            return float("nan")
        return float(np.average(p, weights=mine))
