"""A mixture as it shows in a plane: exactly, since a projected Gaussian is a Gaussian.

And the planes worth looking at: the principal one, and the one that separates clusters best.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from gmmstudio.mixture.arrays import BoolArray, FloatArray, frozen
from gmmstudio.mixture.errors import MixtureError
from gmmstudio.mixture.parameters import Parameters
from gmmstudio.mixture.scaling import coordinates_of

BLOCK_ROWS = 65_536
NEGLIGIBLE = 1e-9  # so small a share of what separates the clusters is rounding


@dataclass(frozen=True, eq=False)
class Moments:
    """Centre, spread and correlation of some columns.

    Attributes
    ----------
    centre, scale : FloatArray (d,)
        Mean and standard deviation (ddof=0); a column with one value has the scale 1.
    correlation : FloatArray (d, d)
        With zeros for a column with one value.
    """

    centre: FloatArray
    scale: FloatArray
    correlation: FloatArray


@dataclass(frozen=True, eq=False)
class Directions:
    """Two directions to look along: a row is seen at (row − centre) @ axes.

    Attributes
    ----------
    axes : FloatArray (d, 2)
        Across and up, per unit of each column.
    centre : FloatArray (d,)
        What is seen at the origin.
    scale : FloatArray (d,)
        Standard deviation of each column: ``axes * scale[:, None]`` is how far a row moves when
        a column rises by one.
    loadings : FloatArray (d, 2)
        Correlation of each column with what is shown across and up, −1 to 1.
    shares : FloatArray (2,)
        What part of the whole each direction tells: of the variance, or of the separation.
    """

    axes: FloatArray
    centre: FloatArray
    scale: FloatArray
    loadings: FloatArray
    shares: FloatArray


def project(parameters: Parameters, plane: Any) -> Parameters:
    """Project every component: means Pᵀμ_k, covariances PᵀΣ_kP.

    Parameters
    ----------
    parameters : Parameters
        In d columns.
    plane : array_like (d, 2)
        The two axes of the plane, P, as columns.

    Returns
    -------
    projected : Parameters
        In 2 columns; singular where the two axes coincide.
    """
    axes = np.asarray(plane, dtype=np.float64)
    if axes.ndim != 2 or axes.shape[0] != parameters.n_columns:
        raise MixtureError(
            f"The plane must have {parameters.n_columns} rows, one per column of the data, not "
            f"the shape {axes.shape}."
        )
    covariances = axes.T @ parameters.covariances @ axes
    symmetric = 0.5 * (covariances + covariances.transpose(0, 2, 1))
    return Parameters.trusted(parameters.weights.copy(), parameters.means @ axes, symmetric)


def columns_plane(n_columns: int, a: int, b: int) -> FloatArray:
    """Return the plane (d, 2) of two columns, the first across and the second up."""
    if not (0 <= a < n_columns and 0 <= b < n_columns):
        raise MixtureError(f"Columns {a} and {b} must lie between 0 and {n_columns - 1}.")
    plane = np.zeros((n_columns, 2))
    plane[a, 0] = 1.0
    plane[b, 1] = 1.0
    return plane


def ellipse(mean: Any, covariance: Any, sigma: float = 1.0, n: int = 96) -> FloatArray:
    """Return points at a Mahalanobis distance of `sigma` from the mean, once around.

    Parameters
    ----------
    mean : array_like (..., 2)
        One mean, or many at once.
    covariance : array_like (..., 2, 2)
        May be singular: the ellipse is then a line.
    sigma : float
        Distance in standard deviations.
    n : int
        Number of points; the last does not repeat the first.

    Returns
    -------
    FloatArray (..., n, 2)
    """
    values, vectors = np.linalg.eigh(np.asarray(covariance, dtype=np.float64))
    half_axes = vectors * np.sqrt(np.maximum(values, 0.0))[..., None, :]
    middle = np.asarray(mean, dtype=np.float64)[..., None, :]
    points: FloatArray = middle + sigma * (_circle(n) @ np.swapaxes(half_axes, -1, -2))
    return points


@lru_cache(maxsize=8)
def _circle(n: int) -> FloatArray:
    angles = np.linspace(0.0, 2.0 * np.pi, n, endpoint=False)
    return frozen(np.stack([np.cos(angles), np.sin(angles)], axis=-1))


def moments(
    columns: Sequence[FloatArray], used: BoolArray | None = None, weights: FloatArray | None = None
) -> Moments:
    """Return centre, spread and correlation of columns of any size, in blocks of rows.

    Parameters
    ----------
    columns : sequence of (n,) float64
    used : (n,) bool, optional
        The rows that count; those must be finite.
    weights : (n,) float64, optional
        How often each row counts.

    Raises
    ------
    MixtureError
        Fewer than two rows count.

    Notes
    -----
    A column is centred between its extremes and divided by their distance before anything is
    squared, so that neither an offset costs digits nor a range of 1e300 overflows.
    """
    rows = np.arange(len(columns[0])) if used is None else np.flatnonzero(used)
    if weights is not None:
        rows = rows[weights[rows] > 0.0]
    if len(rows) < 2:
        raise MixtureError("Directions need at least two rows.")
    blocks = [rows[a : a + BLOCK_ROWS] for a in range(0, len(rows), BLOCK_ROWS)]
    d = len(columns)
    middle, reach = np.zeros(d), np.ones(d)
    for j, column in enumerate(columns):
        low = min(float(column[block].min()) for block in blocks)
        high = max(float(column[block].max()) for block in blocks)
        middle[j] = low / 2 + high / 2
        reach[j] = (high / 2 - low / 2) or 1.0
    total, first, second = 0.0, np.zeros(d), np.zeros((d, d))
    for block in blocks:
        z = np.stack([column[block] for column in columns])
        z -= middle[:, None]
        z /= reach[:, None]
        w = np.ones(len(block)) if weights is None else weights[block]
        total += float(w.sum())
        first += z @ w
        second += (z * w) @ z.T
    mean = first / total
    covariance = second / total - np.outer(mean, mean)
    variances = np.diagonal(covariance).copy()
    constant = variances <= 1e-30
    deviation = np.sqrt(np.where(constant, 1.0, variances))
    correlation = 0.5 * (covariance + covariance.T) / np.outer(deviation, deviation)
    correlation[constant] = 0.0
    correlation[:, constant] = 0.0
    scale = np.where(constant, 1.0, reach * deviation)
    return Moments(middle + reach * mean, scale, correlation)


def principal_directions(m: Moments) -> Directions:
    """Return the first two principal components of the standardised columns.

    The eigenvectors of the correlation matrix with the largest eigenvalues (Jolliffe 2002,
    Principal Component Analysis, 2nd ed., section 2.3), so signed that the largest entry of each
    is positive.

    Parameters
    ----------
    m : Moments
        Of two columns or more.

    Returns
    -------
    Directions
        Shares are of the variance of the standardised columns.
    """
    if len(m.centre) < 2:
        raise MixtureError("A plane needs at least two columns.")
    values, vectors = np.linalg.eigh(m.correlation)
    plane = vectors[:, ::-1][:, :2]
    plane = plane * leading_signs(plane)
    variances = np.maximum(values[::-1][:2], 0.0)
    whole = float(np.trace(m.correlation)) or 1.0
    return Directions(
        plane / m.scale[:, None], m.centre, m.scale, plane * np.sqrt(variances), variances / whole
    )


def separating_directions(parameters: Parameters) -> Directions | None:
    """Return the plane in which a mixture's components lie farthest apart for their spread.

    Fisher's linear discriminants, from the parameters instead of labelled rows: the leading
    solutions of B v = λ W v with B = Σ π_k (μ_k − μ)(μ_k − μ)ᵀ and W = Σ π_k Σ_k (Hastie,
    Tibshirani & Friedman 2009, The Elements of Statistical Learning, section 4.3.3).
    Both directions have a variance of one within the components; the largest loading of each is
    positive. Where all means lie on a line, as those of two components do, the second is the one
    of largest variance within the components (standardised columns) among those uncorrelated
    with the first.

    Returns
    -------
    Directions or None
        Shares are of Σ λ. None where nothing separates the components: one of them only, or all
        means the same; with a single column; and where W is singular to rounding.
    """
    d = parameters.n_columns
    if d < 2 or parameters.n_components < 2:
        return None
    coordinates = coordinates_of(parameters)
    weights, means, covariances = coordinates.standardise(parameters)
    mean = weights @ means
    off = means - mean
    between = (off * weights[:, None]).T @ off
    within = np.einsum("k,kij->ij", weights, covariances)
    deviation = np.sqrt(np.diagonal(between) + np.diagonal(within))
    between /= np.outer(deviation, deviation)
    within /= np.outer(deviation, deviation)
    try:
        root = np.linalg.cholesky(0.5 * (within + within.T))
    except np.linalg.LinAlgError:
        return None
    whitened = np.linalg.solve(root, np.linalg.solve(root, between).T)
    values, vectors = np.linalg.eigh(0.5 * (whitened + whitened.T))
    values = np.maximum(values[::-1], 0.0)
    if values[0] <= NEGLIGIBLE:
        return None
    plane = np.linalg.solve(root.T, vectors[:, ::-1][:, :2])
    if values[1] <= NEGLIGIBLE * values[0]:
        plane[:, 1] = _widest_beside(within, plane[:, 0])
        values[1:] = 0.0
    loadings = within @ plane / np.sqrt(np.diagonal(within))[:, None]
    signs = leading_signs(loadings)
    plane, loadings = plane * signs, loadings * signs
    scale = coordinates.scale * deviation
    centre = coordinates.centre + coordinates.scale * mean
    return Directions(plane / scale[:, None], centre, scale, loadings, values[:2] / values.sum())


def _widest_beside(within: FloatArray, first: FloatArray) -> FloatArray:
    """Return the direction u of largest uᵀWu / uᵀu with uᵀW·first = 0, at uᵀWu = 1."""
    across = within @ first
    basis = np.linalg.qr(across[:, None], mode="complete")[0][:, 1:]
    values, vectors = np.linalg.eigh(basis.T @ within @ basis)
    u: FloatArray = basis @ vectors[:, -1] / np.sqrt(values[-1])
    return u


def leading_signs(vectors: FloatArray) -> FloatArray:
    """Return the sign (m,) of the largest entry of each column of (d, m); ties: of the first."""
    size = np.abs(vectors)
    leading = np.argmax(size >= size.max(axis=0) * (1 - 1e-9), axis=0)
    entries = np.take_along_axis(vectors, leading[None], axis=0)[0]
    signs: FloatArray = np.where(entries < 0, -1.0, 1.0)
    return signs
