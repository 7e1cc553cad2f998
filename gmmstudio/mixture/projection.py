"""A mixture as it shows in a plane: exactly, since a projected Gaussian is a Gaussian."""

from typing import Any

import numpy as np

from gmmstudio.mixture.arrays import FloatArray
from gmmstudio.mixture.errors import MixtureError
from gmmstudio.mixture.parameters import Parameters


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
    mean : array_like (2,)
    covariance : array_like (2, 2)
        May be singular: the ellipse is then a line.
    sigma : float
        Distance in standard deviations.
    n : int
        Number of points; the last does not repeat the first.

    Returns
    -------
    FloatArray (n, 2)
    """
    values, vectors = np.linalg.eigh(np.asarray(covariance, dtype=np.float64))
    half_axes = vectors * np.sqrt(np.maximum(values, 0.0))
    angles = np.linspace(0.0, 2.0 * np.pi, n, endpoint=False)
    circle = np.stack([np.cos(angles), np.sin(angles)])
    points: FloatArray = np.asarray(mean, dtype=np.float64) + sigma * (half_axes @ circle).T
    return points
