"""What comes out of a fit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from gmmstudio.mixture import criteria, scores
from gmmstudio.mixture.arrays import FloatArray
from gmmstudio.mixture.errors import Collapse
from gmmstudio.mixture.parameters import Parameters
from gmmstudio.mixture.spec import Spec
from gmmstudio.mixture.structures import STRUCTURES

Ended = Literal["converged", "max_iter", "cancelled", "collapsed", "near"]


FINISH = "best of the sample"
"""What an attempt is called that goes on from the best one on a sample."""

REOPENED = "optimum"
"""What an attempt is called that goes on from an optimum that was not the best."""


@dataclass(frozen=True, eq=False)
class Attempt:
    """How one start ended.

    Attributes
    ----------
    number : int
        From 1.
    log_likelihood : float
        Of the rows it ran on, in the units of the columns.
    n_iterations : int
    n_rows : int
        All, or those of a sample.
    collapsed : Collapse or None
    start : str
        "k-means++", "random", "hierarchical", "parameters", "labels", "centres", "best of the
        sample" or, for one opened again, "optimum".
    parameters : Parameters
        Where it ended; after a collapse the last sound ones.
    orientation : str
        Where a common orientation began: "columns", "all rows", "cluster 1", …; else empty.
    log_prior : float
        Log-density of the parameters under the prior; 0 without one.
    """

    number: int
    log_likelihood: float
    n_iterations: int
    n_rows: int
    collapsed: Collapse | None
    start: str
    parameters: Parameters
    orientation: str = ""
    log_prior: float = 0.0

    @property
    def objective(self) -> float:
        """What EM maximised: the log-likelihood and, with a prior, its log-density."""
        return self.log_likelihood + self.log_prior


@dataclass(frozen=True)
class Optimum:
    """A top that EM climbed to from one start or several.

    Attributes
    ----------
    log_likelihood : float
        The largest of those starts.
    n_starts : int
        How many starts came to it.
    agreement : float
        Adjusted Rand index of its labels with those of the best; 1 for the best.
    attempt : int
        Number of the start that stands for it.
    n_rows : int
        The rows the log-likelihood is over: all, or those of a sample.
    """

    log_likelihood: float
    n_starts: int
    agreement: float
    attempt: int
    n_rows: int


@dataclass(frozen=True, eq=False)
class Fit:
    """A fitted mixture; everything in the units of the columns.

    Attributes
    ----------
    parameters : Parameters
        After a collapse those of the last sound iteration.
    log_likelihood : float
        Of exactly these parameters.
    structure : str
        Three letters, or E or V for one column.
    n_rows, n_columns : int
    n_iterations : int
        E+M pairs after the start.
    converged : bool
    ended : str
        "converged", "max_iter", "cancelled", "collapsed", or "near": as near the maximum as a
        quick look goes.
    collapsed : Collapse or None
    history : FloatArray (n_iterations + 1,)
        The log-likelihood from the start (iteration 0) on, without the prior.
    log_max_responsibility : float
        Σ_i log max_k r_ik.
    monotone : bool
        The log-likelihood, with a prior its sum with the log-prior, never fell by more than
        rounding explains.
    attempts : tuple of Attempt
        All starts, in order; with one component there is one, since there is one optimum.
    attempt : int
        Number of the start this is the end of.
    spec : Spec
        What was asked.
    n_observations : float
        Sum of the row weights; the number of rows where there are none.
    optima : tuple of Optimum
        What the starts that were made climbed to, the best first; collapsed ones are none.
    log_prior : float
        Log-density of the parameters under the prior, up to a constant; 0 without one.
    """

    parameters: Parameters
    log_likelihood: float
    structure: str
    n_rows: int
    n_columns: int
    n_iterations: int
    converged: bool
    ended: Ended
    collapsed: Collapse | None
    history: FloatArray
    log_max_responsibility: float
    monotone: bool
    attempts: tuple[Attempt, ...]
    attempt: int
    spec: Spec
    n_observations: float
    optima: tuple[Optimum, ...] = ()
    log_prior: float = 0.0

    @property
    def objective(self) -> float:
        """What EM maximised: the log-likelihood and, with a prior, its log-density."""
        return self.log_likelihood + self.log_prior

    @property
    def n_components(self) -> int:
        """Number of components, K."""
        return self.parameters.n_components

    @property
    def n_parameters(self) -> int:
        """Number of free parameters."""
        return STRUCTURES[self.structure].n_parameters(self.n_components, self.n_columns)

    @property
    def bic(self) -> float:
        """Bayesian information criterion; lower is better."""
        return criteria.bic(self.log_likelihood, self.n_parameters, self.n_observations)

    @property
    def aic(self) -> float:
        """Akaike's information criterion; lower is better."""
        return criteria.aic(self.log_likelihood, self.n_parameters)

    @property
    def icl(self) -> float:
        """Integrated completed likelihood; lower is better."""
        return criteria.icl(
            self.log_likelihood,
            self.n_parameters,
            self.n_observations,
            self.log_max_responsibility,
        )

    def labels(self, X: Any) -> NDArray[np.int32]:
        """Return the most probable component (n,) of every row of X (n, d)."""
        return scores.score(X, self.parameters).labels

    def responsibilities(self, X: Any) -> FloatArray:
        """Return the probability (n, K) of every component for every row of X (n, d)."""
        return scores.responsibilities(X, self.parameters)

    def log_density(self, X: Any) -> FloatArray:
        """Return the log-density (n,) at every row of X (n, d)."""
        return scores.score(X, self.parameters).log_density

    def squared_mahalanobis(self, X: Any) -> FloatArray:
        """Return the squared Mahalanobis distance (n,) of every row of X to its own component."""
        return scores.score(X, self.parameters).squared_mahalanobis
