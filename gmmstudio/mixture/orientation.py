"""A common orientation D for several matrices, by rotations in its planes.

EVE and VVE ask for the orthogonal D that makes Σ_k tr(D B_k⁻¹ Dᵀ W_k) least for given diagonal
B_k. In a plane of two of its columns the best rotation has a closed form (after Flury & Gautschi
1986, "An algorithm for simultaneous orthogonal transformation of several positive definite
symmetric matrices to nearly diagonal form"), so a sweep over the planes never ascends. It does not
mind columns of very different scale, on which the majorisations of Browne & McNicholas 2014 crawl.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np

from gmmstudio.mixture.arrays import FloatArray, IntArray

MOST_SWEEPS = 100
"""For a D to convergence; it converges quadratically where the matrices have one in common."""

GRADED = 1e3
"""Columns whose scales are further apart than this ask for more than `eigh`."""


class _Planes(NamedTuple):
    """Planes (i, j) that share no axis, as places in the flattened arrays of `one_sweep`."""

    terms: IntArray  # (2, 3, planes): where row i, and row j, hold M_ii, M_jj and M_ij
    cells: IntArray  # (4 planes,): ii, jj, ji, ij of a rotation


@cache
def _rounds(d: int) -> tuple[_Planes, ...]:
    """Return all d (d−1)/2 planes in rounds of planes that share no axis, as in a tournament."""
    players = list(range(d + d % 2))  # of an odd number, one pauses in every round
    half = len(players) // 2
    rounds = []
    for _ in range(len(players) - 1):
        met = zip(players[:half], reversed(players[half:]), strict=True)
        pairs = np.array([sorted(pair) for pair in met if max(pair) < d], dtype=np.int64)
        i, j = pairs.reshape(-1, 2).T
        entries = np.stack([i * d + i, j * d + j, i * d + j])
        terms = np.stack([i * d * d + entries, j * d * d + entries])
        rounds.append(_Planes(terms, np.concatenate([i * d + i, j * d + j, j * d + i, i * d + j])))
        players.insert(1, players.pop())
    return tuple(rounds)


def turned(W: FloatArray, D: FloatArray) -> FloatArray:
    """Return M_k = Dᵀ W_k D (K, d, d): the matrices seen along the columns of D."""
    M: FloatArray = np.matmul(D.T, np.matmul(W, D))
    return M


def one_sweep(D: FloatArray, M: FloatArray, inverses: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Rotate D once in each of its planes, so that Σ_k tr(D B_k⁻¹ Dᵀ W_k) falls or stays.

    Parameters
    ----------
    D : FloatArray (d, d)
        Orthogonal; its columns are the directions.
    M : FloatArray (K, d, d)
        Dᵀ W_k D.
    inverses : FloatArray (K, d)
        The diagonals of B_k⁻¹; only their ratios matter.

    Returns
    -------
    D : FloatArray (d, d)
    M : FloatArray (K, d, d)
        The same matrices along the new columns.

    Notes
    -----
    With (a, c, e) = Σ_k (1/b_ki − 1/b_kj) (M_k,ii, M_k,jj, M_k,ij) the rotation by θ in the plane
    of i and j changes the criterion by a cos²θ + c sin²θ + 2e cosθ sinθ, least at
    θ = ½ atan2(−2e, c − a). Planes that share no axis do not touch each other's terms.
    """
    K, d = inverses.shape
    unit, inverses = np.eye(d), inverses / inverses.max()
    for planes in _rounds(d):
        terms = (inverses.T @ M.reshape(K, d * d)).take(planes.terms)
        a, c, e = terms[0] - terms[1]
        angle = 0.5 * np.arctan2(-2.0 * e, c - a)
        cos, sin = np.cos(angle), np.sin(angle)
        rotation = unit.copy()
        rotation.put(planes.cells, np.concatenate([cos, cos, sin, -sin]))
        D = D @ rotation
        M = np.matmul(rotation.T, np.matmul(M, rotation))
    return D, M


def orthonormal(D: FloatArray) -> FloatArray:
    """Take the rounding of many products out of an orthogonal matrix (one Newton-Schulz step)."""
    once: FloatArray = 1.5 * D - 0.5 * (D @ (D.T @ D))
    return once


def eigenvectors(W: FloatArray) -> FloatArray:
    """Return the eigenvectors (K, d, d) of W_k, those of the largest eigenvalue first."""
    _, vectors = np.linalg.eigh(W)
    return vectors[:, :, ::-1]


def principal(W: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the eigenvalues (K, d), largest first, none negative, and vectors (K, d, d) of W_k.

    Notes
    -----
    `eigh` errs by ε times the largest eigenvalue, which says little of the least where columns
    differ in scale. Its vectors are better, so vᵀW_kv puts the values right; but in them, too,
    what belongs to the small columns is lost in the end, and `_graded` takes over.
    """
    scales = np.sqrt(np.maximum(diagonals(W).sum(axis=0), 0.0))
    if scales.max() > GRADED * scales.min():
        return _graded(W, np.maximum(scales, 1e-70 * scales.max()))
    vectors = eigenvectors(W)
    return np.maximum((vectors * np.matmul(W, vectors)).sum(axis=1), 0.0), vectors


def _graded(W: FloatArray, scales: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return what `principal` does, small columns as exact as large ones.

    Parameters
    ----------
    W : FloatArray (K, d, d)
    scales : FloatArray (d,)
        What the columns are measured in, all above zero.

    Notes
    -----
    With W = G Gᵀ, where the rows of G have the scale of their columns and the large come first, and
    G = U S Vᵀ, the values are S². The vectors are formed as G V S⁻¹: what they are multiplied by in
    Σ = U B Uᵀ then has the scale of its column. Where W is singular, what rounding might have made
    stands in.
    """
    order = np.argsort(-scales)
    scales = scales[order]
    values, vectors = np.linalg.eigh(W[:, order[:, None], order] / scales[:, None] / scales)
    values = np.maximum(values, np.maximum(1e-14 * values[:, -1:], 1e-200))
    G = scales[:, None] * vectors * np.sqrt(values)[:, None, :]
    _, roots, Vt = np.linalg.svd(G)
    roots = np.maximum(roots, 1e-80 * roots[:, :1])
    axes = np.empty_like(W)
    axes[:, order] = np.matmul(G, Vt.swapaxes(1, 2)) / roots[:, None, :]
    return roots * roots, axes


def orientations(W: FloatArray) -> list[tuple[str, FloatArray]]:
    """Return the orientations from which EM with a common D is worth starting.

    Parameters
    ----------
    W : FloatArray (K, d, d)
        The scatters of the first M-step.

    Returns
    -------
    list of (str, FloatArray (d, d))
        "columns": the identity; "all rows": the eigenvectors of Σ_k W_k; "cluster 1" …: of W_k.
    """
    pooled = eigenvectors(W.sum(axis=0)[None])[0]
    found = [("columns", np.eye(W.shape[1])), ("all rows", pooled)]
    return found + [(f"cluster {k + 1}", own) for k, own in enumerate(eigenvectors(W))]


def common_orientation(covariances: FloatArray) -> FloatArray:
    """Return the D (d, d) that makes all DᵀΣ_kD as diagonal as can be: exactly, where one does.

    Parameters
    ----------
    covariances : FloatArray (K, d, d)
        Positive definite.
    """
    traces = np.trace(covariances, axis1=1, axis2=2)
    scaled = covariances / np.maximum(traces, np.finfo(float).tiny)[:, None, None]
    ends = [_diagonaliser(scaled, D) for _, D in orientations(scaled)]
    return min(ends, key=lambda end: end[0])[1]


def _diagonaliser(matrices: FloatArray, D: FloatArray) -> tuple[float, FloatArray]:
    """Go downhill from D in Σ_k log|diag DᵀΣ_kD|; return where it ends and how low."""
    M = turned(matrices, D)
    before = np.inf
    for _ in range(MOST_SWEEPS):
        variances = np.maximum(diagonals(M), 1e-100)
        height = float(np.log(variances).sum())
        if not before - height > 1e-15 * max(1.0, abs(height)):
            break
        before = height
        D, M = one_sweep(D, M, 1.0 / variances)
    D = orthonormal(D)
    return height, D


def diagonals(matrices: FloatArray) -> FloatArray:
    """Return the diagonals (K, d) of matrices (K, d, d)."""
    K, d, _ = matrices.shape
    return matrices.reshape(K, d * d)[:, :: d + 1]
