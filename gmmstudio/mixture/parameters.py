"""The parameters of a Gaussian mixture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from gmmstudio.mixture.arrays import FloatArray, frozen
from gmmstudio.mixture.errors import MixtureError


@dataclass(frozen=True, eq=False)
class Parameters:
    """Weights, means and covariances of K Gaussians in d columns, in the columns' own units.

    Attributes
    ----------
    weights : FloatArray (K,)
        Not negative, adding to one.
    means : FloatArray (K, d)
    covariances : FloatArray (K, d, d)
        Symmetric and positive definite.

    Raises
    ------
    MixtureError
        The arrays do not fit together or are not what they must be.

    Notes
    -----
    The arrays are read-only copies.
    """

    weights: FloatArray
    means: FloatArray
    covariances: FloatArray

    def __post_init__(self) -> None:
        weights = _numbers(self.weights, "weights", 1)
        means = _numbers(self.means, "means", 2)
        covariances = _numbers(self.covariances, "covariances", 3)
        k, d = means.shape
        if k == 0 or d == 0 or weights.shape != (k,) or covariances.shape != (k, d, d):
            raise MixtureError(
                "Weights, means and covariances must have the shapes (K,), (K, d) and (K, d, d), "
                f"not {weights.shape}, {means.shape} and {covariances.shape}."
            )
        if weights.min() < 0.0 or abs(weights.sum() - 1.0) > 1e-6:
            raise MixtureError("The weights must not be negative and must add up to 1.")
        for component, covariance in enumerate(covariances):
            if not _is_covariance(covariance):
                raise MixtureError(
                    f"The covariance of component {component + 1} must be symmetric and positive "
                    "definite."
                )
        for name, array in (("weights", weights), ("means", means), ("covariances", covariances)):
            object.__setattr__(self, name, frozen(array))

    @classmethod
    def trusted(cls, weights: FloatArray, means: FloatArray, covariances: FloatArray) -> Parameters:
        """Wrap arrays known to be sound and owned by nobody else, unchecked and uncopied."""
        self = object.__new__(cls)
        for name, array in (("weights", weights), ("means", means), ("covariances", covariances)):
            array.flags.writeable = False
            object.__setattr__(self, name, array)
        return self

    def __setstate__(self, state: dict[str, FloatArray]) -> None:
        """Come from another process: pickling forgets that the arrays are read-only."""
        self.__dict__.update(Parameters.trusted(**state).__dict__)

    @property
    def n_components(self) -> int:
        """Number of components, K."""
        return int(self.means.shape[0])

    @property
    def n_columns(self) -> int:
        """Number of columns, d."""
        return int(self.means.shape[1])


def _numbers(array: Any, name: str, n_dimensions: int) -> FloatArray:
    try:
        numbers = np.array(array, dtype=np.float64)
    except (TypeError, ValueError):
        raise MixtureError(f"The {name} must be an array of numbers.") from None
    if numbers.ndim != n_dimensions:
        raise MixtureError(f"The {name} must have {n_dimensions} dimensions, not {numbers.ndim}.")
    if not np.isfinite(numbers).all():
        raise MixtureError(f"The {name} must be finite numbers.")
    return numbers


def _is_covariance(matrix: FloatArray) -> bool:
    """Whether a matrix is symmetric and positive definite, whatever the columns' scales."""
    variances = np.diagonal(matrix)
    if variances.min() <= 0.0:
        return False
    deviations = np.sqrt(variances)
    correlation = matrix / deviations[:, None] / deviations
    if np.abs(correlation - correlation.T).max() > 1e-8:
        return False
    try:
        np.linalg.cholesky(correlation)
    except np.linalg.LinAlgError:
        return False
    return True
