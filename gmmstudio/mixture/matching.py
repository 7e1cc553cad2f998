"""Which component of a new fit is which of an old one, so that names and colours survive."""

import numpy as np

from gmmstudio.mixture.arrays import FloatArray, as_units
from gmmstudio.mixture.parameters import Parameters


def match(old: Parameters, new: Parameters, units: FloatArray | None = None) -> tuple[int, ...]:
    """Pair the components of two mixtures so that they overlap as much as possible.

    Parameters
    ----------
    old, new : Parameters
        With K and K' components, in the same columns and units.
    units : FloatArray (d,), optional
        Length of a unit in each column, for the distance between means.

    Returns
    -------
    tuple of int (K',)
        For every new component the old one it continues, or −1. No old one appears twice.

    Notes
    -----
    The cost of a pair is 1 − BC, with BC the Bhattacharyya coefficient of the two Gaussians; where
    nothing overlaps, the distance of the means decides. Mixtures in a different number of columns
    have nothing in common.
    """
    if old.n_columns != new.n_columns:
        return (-1,) * new.n_components
    from scipy.optimize import linear_sum_assignment

    lengths = as_units(units, old.n_columns)
    far = mean_distances(old, new, lengths)
    cost = 1.0 - bhattacharyya(old, new, lengths) + 1e-3 * far / (1.0 + far)
    old_index, new_index = linear_sum_assignment(cost)
    pairs = dict(zip(new_index.tolist(), old_index.tolist(), strict=True))
    return tuple(pairs.get(k, -1) for k in range(new.n_components))


def mean_distances(old: Parameters, new: Parameters, units: FloatArray) -> FloatArray:
    """Return the distances (K, K') between the means, in units."""
    difference = (old.means[:, None, :] - new.means[None, :, :]) / units
    distances: FloatArray = np.sqrt(np.einsum("ija,ija->ij", difference, difference))
    return distances


def bhattacharyya(old: Parameters, new: Parameters, units: FloatArray) -> FloatArray:
    """Return the Bhattacharyya coefficients (K, K'), between 0 (apart) and 1 (equal).

    −log BC = ⅛ δᵀΣ̄⁻¹δ + ½ log(|Σ̄| / √(|Σ_old||Σ_new|)) with Σ̄ the mean covariance.
    """
    first = old.covariances / units[:, None] / units
    second = new.covariances / units[:, None] / units
    middle = 0.5 * (first[:, None] + second[None, :])
    difference = (old.means[:, None, :] - new.means[None, :, :]) / units
    solved = np.linalg.solve(middle, difference[..., None])[..., 0]
    mahalanobis = np.einsum("ija,ija->ij", difference, solved)
    log_ratio = np.linalg.slogdet(middle)[1] - 0.5 * (
        np.linalg.slogdet(first)[1][:, None] + np.linalg.slogdet(second)[1][None, :]
    )
    distance = np.maximum(mahalanobis / 8.0 + 0.5 * log_ratio, 0.0)
    coefficients: FloatArray = np.exp(-distance)
    return coefficients
