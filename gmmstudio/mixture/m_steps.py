"""The M-step of each covariance structure Σ_k = λ_k D_k A_k D_kᵀ (Celeux & Govaert 1995).

One function per structure. They read nothing but the sizes ``N`` (K,) = Σ_i r_ik and the scatters
``W`` (K, d, d) = Σ_i r_ik (x_i − m_k)(x_i − m_k)ᵀ and return the covariances (K, d, d). Five have
no closed form: they take what the last M-step left them as ``inner``, improve it once, which makes
EM a generalised EM, and return it for the next.

None divides by zero or takes a logarithm of it, whatever scatters it gets: what is divided by is
raised above zero first. What is divided is not, so a component without spread in some
direction has a covariance without spread there, for somebody else to recognise.
"""

from __future__ import annotations

import numpy as np

from gmmstudio.mixture.arrays import FloatArray
from gmmstudio.mixture.orientation import (
    diagonals,
    eigenvectors,
    one_sweep,
    orthonormal,
    principal,
    turned,
)

SHARE, TINY = 1e-100, 1e-200
"""What is divided by is at least this share of what all components have, and at least this."""

Inner = FloatArray | None


def eii(N: FloatArray, W: FloatArray) -> FloatArray:
    """Return λ I with λ = Σ_k tr W_k / (N d)."""
    K, d, _ = W.shape
    covariances = np.zeros((K, d, d))
    diagonals(covariances)[...] = _spreads(W).sum() / (_all(N) * d)
    return covariances


def vii(N: FloatArray, W: FloatArray) -> FloatArray:
    """Return λ_k I with λ_k = tr W_k / (N_k d)."""
    K, d, _ = W.shape
    covariances = np.zeros((K, d, d))
    diagonals(covariances)[...] = (_spreads(W).sum(axis=1) / (_positive(N) * d))[:, None]
    return covariances


def eei(N: FloatArray, W: FloatArray) -> FloatArray:
    """Return diag(Σ_k W_k) / N."""
    return _upright(W, _spreads(W).sum(axis=0) / _all(N))


def vei(N: FloatArray, W: FloatArray, volumes: Inner = None) -> tuple[FloatArray, FloatArray]:
    """Return λ_k B with B diagonal and |B| = 1; see `shared_shape`."""
    shape, volumes = shared_shape(N, _spreads(W), _volumes(N, W, volumes))
    return _upright(W, volumes[:, None] * shape), volumes


def evi(N: FloatArray, W: FloatArray) -> FloatArray:
    """Return λ B_k with B_k diagonal and |B_k| = 1; see `equal_volume`."""
    return _upright(W, equal_volume(N, _spreads(W)))


def vvi(N: FloatArray, W: FloatArray) -> FloatArray:
    """Return diag(W_k) / N_k."""
    return _upright(W, _spreads(W) / _positive(N)[:, None])


def eee(N: FloatArray, W: FloatArray) -> FloatArray:
    """Return Σ_k W_k / N, the same for every component."""
    covariances = np.empty_like(W)
    covariances[...] = W.sum(axis=0) / _all(N)
    return covariances


def vee(N: FloatArray, W: FloatArray, volumes: Inner = None) -> tuple[FloatArray, FloatArray]:
    """Return λ_k C with |C| = 1: C ∝ Σ_k W_k/λ_k, then λ_k = tr(W_k C⁻¹) / (d N_k)."""
    K, d, _ = W.shape
    volumes = _volumes(N, W, volumes)
    C = ((1.0 / volumes) @ W.reshape(K, d * d)).reshape(d, d)
    whitening, log_determinant = _whitening(C)
    size = np.exp(log_determinant / d)
    traces = _spreads(turned(W, whitening)).sum(axis=1)
    volumes = _positive(traces * (size / d) / _positive(N))
    return volumes[:, None, None] * (C / size), volumes


def eve(N: FloatArray, W: FloatArray, D: Inner = None) -> tuple[FloatArray, FloatArray]:
    """Return λ D A_k Dᵀ with |A_k| = 1: D is rotated for given A_k, then A_k and λ follow."""
    if len(W) == 1:
        return vvv(N, W), eigenvectors(W)[0]
    D = _orientation(W, D)
    M = turned(W, D)
    spreads = _raised(_spreads(M))
    D, M = one_sweep(D, M, np.exp(np.log(spreads).mean(axis=1))[:, None] / spreads)
    return _in_axes(D, equal_volume(N, _spreads(M))), D


def vve(N: FloatArray, W: FloatArray, D: Inner = None) -> tuple[FloatArray, FloatArray]:
    """Return D B_k Dᵀ, B_k diagonal: D is rotated for given B_k, then B_k = diag(DᵀW_kD)/N_k."""
    if len(W) == 1:
        return vvv(N, W), eigenvectors(W)[0]
    D = _orientation(W, D)
    M = turned(W, D)
    sizes = _positive(N)[:, None]
    D, M = one_sweep(D, M, sizes / _raised(_spreads(M)))
    return _in_axes(D, _spreads(M) / sizes), D


def eev(N: FloatArray, W: FloatArray) -> FloatArray:
    """Return L_k S L_kᵀ / N with W_k = L_k Ω_k L_kᵀ, Ω_k descending, and S = Σ_k Ω_k."""
    spreads, axes = principal(W)
    return _in_axes(axes, spreads.sum(axis=0) / _all(N))


def vev(N: FloatArray, W: FloatArray, volumes: Inner = None) -> tuple[FloatArray, FloatArray]:
    """Return λ_k L_k A L_kᵀ with W_k = L_k Ω_k L_kᵀ, Ω_k descending; see `shared_shape`."""
    spreads, axes = principal(W)
    shape, volumes = shared_shape(N, spreads, _volumes(N, W, volumes))
    return _in_axes(axes, volumes[:, None] * shape), volumes


def evv(N: FloatArray, W: FloatArray) -> FloatArray:
    """Return λ C_k with C_k = W_k / |W_k|^(1/d) and λ = Σ_k |W_k|^(1/d) / N."""
    sizes = _positive(volumes_of(W))
    covariances: FloatArray = W * (sizes.sum() / _all(N) / sizes)[:, None, None]
    return covariances


def vvv(N: FloatArray, W: FloatArray) -> FloatArray:
    """Return W_k / N_k."""
    return W / _positive(N)[:, None, None]


def shared_shape(
    N: FloatArray, spreads: FloatArray, volumes: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return the shape A (d,) that components share along their axes, and their volumes (K,).

    A ∝ Σ_k s_k/λ_k with product 1, then λ_k = Σ_j s_kj/A_j / (d N_k).

    Parameters
    ----------
    N : FloatArray (K,)
    spreads : FloatArray (K, d)
        s_kj, the scatter of component k along its axis j.
    volumes : FloatArray (K,)
        λ_k so far.
    """
    shape = (1.0 / volumes) @ spreads
    raised = np.maximum(shape, max(1e-150 * shape.max(), TINY))
    size = np.exp(np.log(raised).mean())
    volumes = spreads @ (size / raised) / (spreads.shape[1] * _positive(N))
    return shape / size, _positive(volumes)


def equal_volume(N: FloatArray, spreads: FloatArray) -> FloatArray:
    """Return the variances (K, d) along axes of components that share their volume.

    λ s_k / |s_k|^(1/d) with λ = Σ_k |s_k|^(1/d) / N, and |s_k| the product of the spreads.
    """
    sizes = np.exp(np.log(_raised(spreads)).mean(axis=1))
    variances: FloatArray = spreads * (sizes.sum() / _all(N) / sizes)[:, None]
    return variances


def volumes_of(covariances: FloatArray) -> FloatArray:
    """Return λ_k = |Σ_k|^(1/d) (K,), none of them zero."""
    _, log_determinants = np.linalg.slogdet(covariances)
    volumes: FloatArray = np.exp(np.maximum(log_determinants / covariances.shape[1], np.log(TINY)))
    return volumes


def _all(N: FloatArray) -> float:
    """Return Σ_k N_k, not zero."""
    return max(float(N.sum()), TINY)


def _spreads(M: FloatArray) -> FloatArray:
    """Return the scatters (K, d) along the axes; rounding makes none of them negative."""
    spreads: FloatArray = np.maximum(diagonals(M), 0.0)
    return spreads


def _raised(spreads: FloatArray) -> FloatArray:
    """Return the spreads (K, d) along the axes, none of them zero."""
    raised: FloatArray = np.maximum(spreads, SHARE * spreads.sum(axis=0) + TINY)
    return raised


def _volumes(N: FloatArray, W: FloatArray, volumes: Inner) -> FloatArray:
    """Return λ_k (K,) to begin with, none of them zero; unless given, tr W_k / (d N_k)."""
    if volumes is None:
        volumes = _spreads(W).mean(axis=1) / _positive(N)
    return _positive(volumes)


def _positive(values: FloatArray) -> FloatArray:
    """Return values (K,), those that are next to nothing beside the largest raised."""
    raised: FloatArray = np.maximum(values, max(SHARE * values.max(), TINY))
    return raised


def _orientation(W: FloatArray, D: Inner) -> FloatArray:
    """Return the orientation to begin with; unless given, the eigenvectors of Σ_k W_k."""
    return eigenvectors(W.sum(axis=0)[None])[0] if D is None else orthonormal(D)


def _upright(W: FloatArray, variances: FloatArray) -> FloatArray:
    """Return diagonal matrices (K, d, d) of variances (K, d), or (d,) for all alike."""
    covariances = np.zeros(W.shape)
    diagonals(covariances)[...] = variances
    return covariances


def _in_axes(axes: FloatArray, variances: FloatArray) -> FloatArray:
    """Return D_k diag(b_k) D_kᵀ for axes (d, d) or (K, d, d) and variances (K, d) or (d,)."""
    stretched = axes * np.sqrt(variances)[..., None, :]
    covariances: FloatArray = np.matmul(stretched, stretched.swapaxes(-1, -2))
    return covariances


def _whitening(C: FloatArray) -> tuple[FloatArray, float]:
    """Return T (d, d) with T Tᵀ = C⁻¹, and log|C|; what is singular in C is raised above zero."""
    least = max(SHARE * np.abs(C).max(), TINY)
    deviations = np.sqrt(np.maximum(np.diagonal(C), least))
    values, vectors = np.linalg.eigh(C / deviations[:, None] / deviations)
    values = np.maximum(values, 1e-30)
    log_determinant = float(np.log(values).sum() + 2.0 * np.log(deviations).sum())
    return vectors / deviations[:, None] / np.sqrt(values), log_determinant
