"""The conjugate prior that keeps the covariances of small clusters sound.

Given its covariance, a mean is normal, ``μ_k ~ N(μ_P, Σ_k / κ)``. A covariance of its own tilt is
inverse Wishart, ``Σ ~ IW(ν, Λ)``; a variance along the columns is inverse gamma,
``σ² ~ IG(ν/2, s²/2)``. Both are conjugate: the M-step that maximises the expected log-likelihood
plus the log of the prior adds a little to the sizes and the scatters, and nothing else changes.
Where components share a covariance or a variance, it has one prior.

Source: C. Fraley and A. E. Raftery (2007). Bayesian regularization for normal mixture estimation
and model-based clustering. Journal of Classification 24, 155-181.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import inf, lgamma, log, pi
from typing import Any

import numpy as np

from gmmstudio.mixture.arrays import FloatArray, frozen
from gmmstudio.mixture.gaussians import LOG_2PI

KAPPA = 0.01
"""A mean's prior counts for as much as this many rows: it moves hardly any mean."""


@dataclass(frozen=True, eq=False)
class Prior:
    """What is known of means and covariances before a row is looked at.

    Attributes
    ----------
    mean : FloatArray (d,)
        μ_P.
    kappa : float
        κ > 0: how many rows the prior of a mean counts for.
    dof : float
        ν > d − 1, the degrees of freedom of Σ or of σ².
    scale : FloatArray (d, d)
        Λ, in squared units of the coordinates; read by VVV, EEE, V and E.
    variance : float
        s², likewise, one number for all columns; read by VVI, EEI, VII and EII.
    """

    mean: FloatArray
    kappa: float
    dof: float
    scale: FloatArray
    variance: float

    @property
    def n_columns(self) -> int:
        """Number of columns, d."""
        return int(self.mean.shape[0])


def default_prior(mean: FloatArray, covariance: FloatArray, n_components: int) -> Prior:
    """Return the prior that is vague but proper: κ = 0.01, ν = d + 2, Λ = var(X) / K^(2/d).

    K balls of a (1/K)-th of the volume fill the space of the data, hence the power of K. s² is the
    mean variance of the columns over the same power.

    Parameters
    ----------
    mean : FloatArray (d,)
        Of the columns.
    covariance : FloatArray (d, d)
        var(X), with n − 1 in the denominator.
    n_components : int
        K.

    Notes
    -----
    Section 3 of Fraley & Raftery 2007. Of collinear columns Λ is as singular as var(X).
    """
    d = mean.shape[0]
    share = n_components ** (-2.0 / d)
    variance = float(np.diagonal(covariance).mean()) * share
    return Prior(frozen(mean.copy()), KAPPA, d + 2.0, frozen(covariance * share), variance)


def map_update(
    structure: str, N: FloatArray, means: FloatArray, W: FloatArray, prior: Prior
) -> tuple[FloatArray, FloatArray]:
    """M-step with the prior: maximise the expected log-likelihood plus the log of the prior.

    Parameters
    ----------
    structure : str
        VVV, EEE, VVI, EEI, VII or EII; V or E for one column.
    N : FloatArray (K,)
        Σ_i r_ik; 0 is allowed, and such a component goes where the prior alone puts it.
    means : FloatArray (K, d)
        x̄_k; finite, and of no consequence where N_k = 0.
    W : FloatArray (K, d, d)
        Σ_i r_ik (x_i − x̄_k)(x_i − x̄_k)ᵀ; of VVI, EEI, VII and EII only the diagonal is read.
    prior : Prior
        In the coordinates of `means` and `W`.

    Returns
    -------
    means : FloatArray (K, d)
    covariances : FloatArray (K, d, d)
        Positive definite where Λ is (or s² > 0), whatever N and W; singular at worst otherwise.

    Raises
    ------
    KeyError
        The structure has no prior.
    """
    update = _UPDATES[structure]
    return posterior_means(N, means, prior), update(
        N, posterior_scatters(N, means, W, prior), prior
    )


def posterior_means(N: FloatArray, means: FloatArray, prior: Prior) -> FloatArray:
    """Return (N_k x̄_k + κ μ_P) / (N_k + κ), as a step from μ_P so that no digit is lost."""
    share = (N / (N + prior.kappa))[:, None]
    moved: FloatArray = prior.mean + share * (means - prior.mean)
    return moved


def posterior_scatters(N: FloatArray, means: FloatArray, W: FloatArray, prior: Prior) -> FloatArray:
    """Return T_k = W_k + κ N_k / (κ + N_k) (x̄_k − μ_P)(x̄_k − μ_P)ᵀ."""
    rows = prior.kappa * N / (prior.kappa + N)
    away = np.sqrt(rows)[:, None] * (means - prior.mean)
    scatters: FloatArray = W + away[:, :, None] * away[:, None, :]
    return scatters


def map_vvv(N: FloatArray, T: FloatArray, prior: Prior) -> FloatArray:
    """Full: Σ_k = (Λ + T_k) / (ν + N_k + d + 2)."""
    covariances: FloatArray = prior.scale + T
    covariances /= (prior.dof + N + prior.n_columns + 2.0)[:, None, None]
    return covariances


def map_eee(N: FloatArray, T: FloatArray, prior: Prior) -> FloatArray:
    """Tied: Σ = (Λ + Σ_k T_k) / (ν + N + K + d + 1)."""
    covariances = np.empty_like(T)
    covariances[...] = prior.scale + T.sum(axis=0)
    covariances /= prior.dof + N.sum() + N.size + prior.n_columns + 1.0
    return covariances


def map_vvi(N: FloatArray, T: FloatArray, prior: Prior) -> FloatArray:
    """Diagonal: σ²_ka = (s² + T_k,aa) / (ν + N_k + 3)."""
    return _diagonal((prior.variance + np.einsum("kaa->ka", T)) / (prior.dof + N + 3.0)[:, None])


def map_eei(N: FloatArray, T: FloatArray, prior: Prior) -> FloatArray:
    """Equal diagonals: σ²_a = (s² + Σ_k T_k,aa) / (ν + N + K + 2)."""
    variances = np.empty(T.shape[:2])
    variances[...] = prior.variance + np.einsum("kaa->a", T)
    variances /= prior.dof + N.sum() + N.size + 2.0
    return _diagonal(variances)


def map_vii(N: FloatArray, T: FloatArray, prior: Prior) -> FloatArray:
    """Spherical: σ²_k = (s² + tr T_k) / (ν + (N_k + 1) d + 2)."""
    d = prior.n_columns
    variances = (prior.variance + np.einsum("kaa->k", T)) / (prior.dof + (N + 1.0) * d + 2.0)
    return _diagonal(np.repeat(variances[:, None], d, axis=1))


def map_eii(N: FloatArray, T: FloatArray, prior: Prior) -> FloatArray:
    """Equal spheres: σ² = (s² + Σ_k tr T_k) / (ν + (N + K) d + 2)."""
    d = prior.n_columns
    variance = prior.variance + np.einsum("kaa->", T)
    return _diagonal(np.full(T.shape[:2], variance / (prior.dof + (N.sum() + N.size) * d + 2.0)))


_UPDATES: dict[str, Callable[[FloatArray, FloatArray, Prior], FloatArray]] = {
    "VVV": map_vvv,
    "EEE": map_eee,
    "VVI": map_vvi,
    "EEI": map_eei,
    "VII": map_vii,
    "EII": map_eii,
    "V": map_vvv,
    "E": map_eee,
}


def log_density(structure: str, means: FloatArray, covariances: FloatArray, prior: Prior) -> float:
    """Return the log of the prior's density: what the penalised log-likelihood adds to ℓ.

    Σ_k log N(μ_k; μ_P, Σ_k/κ), plus log IW(Σ; ν, Λ) once per free covariance (VVV, EEE, V, E) or
    log IG(σ²; ν/2, s²/2) once per free variance (VVI, EEI, VII, EII).

    Parameters
    ----------
    structure : str
        As in `map_update`.
    means : FloatArray (K, d)
    covariances : FloatArray (K, d, d)
        Of that structure.
    prior : Prior
        In the same coordinates, on whose units the density depends.

    Returns
    -------
    float
        −inf where a Σ_k is singular, or where Λ is (or s² = 0), since the prior then is improper.

    Raises
    ------
    KeyError
        The structure has no prior.
    """
    free = _FREE[structure](covariances)
    try:
        of_covariances = (
            log_inverse_gamma(free, 0.5 * prior.dof, 0.5 * prior.variance)
            if free.ndim == 1
            else log_inverse_wishart(free, prior.dof, prior.scale)
        )
        return log_normal(means, covariances, prior) + of_covariances
    except np.linalg.LinAlgError:
        return -inf


def log_normal(means: FloatArray, covariances: FloatArray, prior: Prior) -> float:
    """Return Σ_k log N(μ_k; μ_P, Σ_k/κ).

    Raises
    ------
    numpy.linalg.LinAlgError
        A Σ_k is singular.
    """
    k, d = means.shape
    cholesky: Any = np.linalg.cholesky(covariances)
    white: Any = np.linalg.solve(cholesky, (means - prior.mean)[:, :, None])
    squares = prior.kappa * float(np.sum(white * white))
    log_determinants = _log_determinant(cholesky) - k * d * log(prior.kappa)
    total: float = -0.5 * (k * d * LOG_2PI + log_determinants + squares)
    return total


def log_inverse_wishart(covariances: FloatArray, dof: float, scale: FloatArray) -> float:
    """Return Σ_k log IW(Σ_k; ν, Λ) of covariances (K, d, d).

    log IW(Σ) = ½ν log|Λ| − ½(ν+d+1) log|Σ| − ½ tr(ΛΣ⁻¹) − ½νd log 2 − log Γ_d(½ν).

    Raises
    ------
    numpy.linalg.LinAlgError
        Λ or a Σ_k is singular.
    """
    k, d = covariances.shape[:2]
    of_scale: Any = np.linalg.cholesky(scale)
    cholesky: Any = np.linalg.cholesky(covariances)
    white: Any = np.linalg.solve(cholesky, np.broadcast_to(of_scale, covariances.shape))
    traces = float(np.sum(white * white))  # tr(ΛΣ⁻¹) is the sum of squares of L⁻¹ chol(Λ)
    constant = 0.5 * dof * (_log_determinant(of_scale) - d * log(2.0)) - log_gamma(0.5 * dof, d)
    of_determinants = 0.5 * (dof + d + 1.0) * _log_determinant(cholesky)
    total: float = k * constant - of_determinants - 0.5 * traces
    return total


def log_inverse_gamma(variances: FloatArray, shape: float, rate: float) -> float:
    """Return Σ_j log IG(σ²_j; a, b) of variances (J,): a log b − log Γ(a) − (a+1) log σ² − b/σ².

    −inf where a variance or the rate is 0.
    """
    if rate <= 0.0 or variances.min() <= 0.0:
        return -inf
    constant = shape * log(rate) - lgamma(shape)
    each = (shape + 1.0) * np.log(variances) + rate / variances
    return variances.size * constant - float(each.sum())


def log_gamma(a: float, d: int) -> float:
    """Return log Γ_d(a), the multivariate gamma function: Π_j Γ(a − j/2) π^(d(d−1)/4)."""
    return 0.25 * d * (d - 1) * log(pi) + sum(lgamma(a - 0.5 * j) for j in range(d))


def _log_determinant(cholesky: FloatArray) -> float:
    """Return Σ log|LLᵀ| of lower triangular L (..., d, d)."""
    return 2.0 * float(np.log(np.einsum("...aa->...a", cholesky)).sum())


def _diagonal(variances: FloatArray) -> FloatArray:
    """Return the diagonal matrices (K, d, d) of variances (K, d)."""
    covariances = np.zeros((*variances.shape, variances.shape[1]))
    np.einsum("kaa->ka", covariances)[...] = variances
    return covariances


_FREE: dict[str, Callable[[FloatArray], FloatArray]] = {
    "VVV": lambda covariances: covariances,
    "EEE": lambda covariances: covariances[:1],
    "VVI": lambda covariances: np.einsum("kaa->ka", covariances).ravel(),
    "EEI": lambda covariances: np.diagonal(covariances[0]),
    "VII": lambda covariances: covariances[:, 0, 0],
    "EII": lambda covariances: covariances[:1, 0, 0],
    "V": lambda covariances: covariances,
    "E": lambda covariances: covariances[:1],
}
"""The free covariances (K or 1, d, d) or the free variances (J,) of a structure."""
