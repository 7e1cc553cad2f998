"""The rows between clusters, the least certain first. Pure, and fit for any thread."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gmmstudio.document.assignment import CLEAR, Assignment
from gmmstudio.mixture.parameters import Parameters
from gmmstudio.mixture.scores import responsibilities

MOST_LISTED = 5_000

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Between:
    """Rows whose largest probability is below `CLEAR`.

    Attributes
    ----------
    rows : (m,) int64
        All of them, rows of the table, the least certain first.
    n_fitted
        Rows in the fit.
    components : (p, 2) int64
        The likeliest cluster and the next of the first p rows, p ≤ `MOST_LISTED`.
    probabilities : (p, 2) float64
        How probable they are.
    """

    rows: Ints
    n_fitted: int
    components: Ints
    probabilities: Floats

    @property
    def n_listed(self) -> int:
        """Rows of which more is known than that they sit between clusters."""
        return len(self.components)

    @property
    def uncertainty(self) -> Floats:
        """1 − the largest probability of the rows listed (p,)."""
        u: Floats = 1.0 - self.probabilities[:, 0]
        return u


def between(
    assignment: Assignment, parameters: Parameters, most_listed: int = MOST_LISTED
) -> Between:
    """Find the rows between clusters, and the two clusters that each of the first is between."""
    places = np.flatnonzero(assignment.max_probability < CLEAR)
    places = places[np.argsort(assignment.max_probability[places], kind="stable")]
    listed = places[:most_listed]
    rows = assignment.rows[places].astype(np.int64)
    if not len(listed):
        none = np.empty((0, 2))
        return Between(rows, assignment.n_rows, none.astype(np.int64), none)
    found = responsibilities(assignment.sample.x[listed], parameters)
    two = np.argsort(-found, axis=1, kind="stable")[:, :2]
    return Between(rows, assignment.n_rows, two, np.take_along_axis(found, two, axis=1))
