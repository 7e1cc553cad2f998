"""K weighted Gaussians in standardised coordinates, ready for an E-step."""

from __future__ import annotations

from dataclasses import dataclass
from math import log, pi
from typing import Any

import numpy as np

from gmmstudio.mixture.arrays import FloatArray

LOG_2PI = log(2.0 * pi)


@dataclass(frozen=True, eq=False)
class Gaussians:
    """Parameters and what follows from them.

    Attributes
    ----------
    weights : FloatArray (K,)
    means : FloatArray (K, d)
    covariances : FloatArray (K, d, d)
    cholesky : FloatArray (K, d, d)
        Lower triangular L_k with Σ_k = L_k L_kᵀ.
    whitening : FloatArray (K, d, d)
        L_k⁻¹: turns x − μ_k into independent columns of unit variance.
    precisions : FloatArray (K, d, d)
        Σ_k⁻¹.
    log_norm : FloatArray (K,)
        log π_k − ½ (d log 2π + log|Σ_k|): the log of π_k φ_k at its own mean.
    diagonal : bool
        The covariances are diagonal, and only the diagonal of the next scatters is wanted.
    inner : FloatArray or None
        What an iterative M-step goes on from; see `structures.Structure.update`.
    log_prior : float
        Log-density of the parameters under the prior; 0 without one.
    """

    weights: FloatArray
    means: FloatArray
    covariances: FloatArray
    cholesky: FloatArray
    whitening: FloatArray
    precisions: FloatArray
    log_norm: FloatArray
    diagonal: bool
    inner: FloatArray | None = None
    log_prior: float = 0.0

    @classmethod
    def of(
        cls,
        weights: FloatArray,
        means: FloatArray,
        covariances: FloatArray,
        *,
        diagonal: bool,
        inner: FloatArray | None = None,
        log_prior: float = 0.0,
    ) -> Gaussians:
        """Factorise the covariances.

        Raises
        ------
        numpy.linalg.LinAlgError
            One of them is not positive definite.
        """
        factorise = _diagonal_factors if diagonal else _factors
        cholesky, whitening, precisions = factorise(covariances)
        half_log_determinant: FloatArray = np.log(np.einsum("kaa->ka", cholesky)).sum(axis=1)
        log_norm = np.log(weights) - half_log_determinant - 0.5 * means.shape[1] * LOG_2PI
        return cls(
            weights,
            means,
            covariances,
            cholesky,
            whitening,
            precisions,
            log_norm,
            diagonal,
            inner,
            log_prior,
        )

    @property
    def n_components(self) -> int:
        """Number of components, K."""
        return int(self.means.shape[0])

    @property
    def n_columns(self) -> int:
        """Number of columns, d."""
        return int(self.means.shape[1])

    def condition(self, *, centred: bool) -> float:
        """Return χ = max_k h_kᵀ|Σ_k⁻¹|h_k, the factor by which rounding grows in a log-density.

        Parameters
        ----------
        centred : bool
            Whether x − μ_k is formed first (h² = diag Σ_k) or not (h² = μ_k² + diag Σ_k).
        """
        squares = np.einsum("kaa->ka", self.covariances)
        if not centred:
            squares = squares + self.means * self.means
        h = np.sqrt(squares)
        growth = np.matmul(np.abs(self.precisions), h[:, :, None])[:, :, 0]
        growth *= h
        return float(growth.sum(axis=1).max())


Factors = tuple[FloatArray, FloatArray, FloatArray]
"""Cholesky factors, their inverses and the precisions, all (K, d, d)."""


def _factors(covariances: FloatArray) -> Factors:
    cholesky: Any = np.linalg.cholesky(covariances)
    whitening: Any = np.linalg.inv(cholesky)
    return cholesky, whitening, np.matmul(whitening.transpose(0, 2, 1), whitening)


def _diagonal_factors(covariances: FloatArray) -> Factors:
    variances = np.einsum("kaa->ka", covariances)
    if not variances.min() > 0.0:
        raise np.linalg.LinAlgError("a variance is not positive")
    deviations = np.sqrt(variances)
    factors = np.zeros((3, *covariances.shape))
    diagonals = np.einsum("fkaa->fka", factors)
    diagonals[0] = deviations
    np.divide(1.0, deviations, out=diagonals[1])
    np.divide(1.0, variances, out=diagonals[2])
    return factors[0], factors[1], factors[2]


def is_diagonal(covariances: FloatArray) -> bool:
    """Whether all covariances (K, d, d) are diagonal."""
    off_diagonal = ~np.eye(covariances.shape[1], dtype=bool)
    return not covariances[:, off_diagonal].any()
