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

Ended = Literal["converged", "max_iter", "cancelled", "collapsed"]


@dataclass(frozen=True)
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
        "k-means++", "random", "parameters", "labels", "centres" or "best of the sample".
    """

    number: int
    log_likelihood: float
    n_iterations: int
    n_rows: int
    collapsed: Collapse | None
    start: str


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
        "converged", "max_iter", "cancelled" or "collapsed".
    collapsed : Collapse or None
    history : FloatArray (n_iterations + 1,)
        The log-likelihood from the start (iteration 0) on.
    log_max_responsibility : float
        Σ_i log max_k r_ik.
    monotone : bool
        The log-likelihood never fell by more than rounding explains.
    attempts : tuple of Attempt
        All starts, in order; with one component there is one, since there is one optimum.
    attempt : int
        Number of the start this is the end of.
    spec : Spec
        What was asked.
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
        return criteria.bic(self.log_likelihood, self.n_parameters, self.n_rows)

    @property
    def aic(self) -> float:
        """Akaike's information criterion; lower is better."""
        return criteria.aic(self.log_likelihood, self.n_parameters)

    @property
    def icl(self) -> float:
        """Integrated completed likelihood; lower is better."""
        return criteria.icl(
            self.log_likelihood, self.n_parameters, self.n_rows, self.log_max_responsibility
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
