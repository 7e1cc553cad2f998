"""Hands on a mixture: move, stretch, split, merge, delete and add components.

Every function returns new parameters and leaves the rest of the mixture as it was. Planes are
(d, 2) matrices P: a row x shows at Pᵀx. Units (d,) say how the columns are measured against each
other, as a preparation's scale does; where they do not matter they are not asked for.
"""

from __future__ import annotations

import numpy as np

from gmmstudio.mixture.arrays import FloatArray
from gmmstudio.mixture.errors import MixtureError
from gmmstudio.mixture.parameters import Parameters
from gmmstudio.mixture.structures import Inner, Structure, resolve

HALF = float(np.sqrt(2.0 / np.pi))
"""How far the mean of half a Gaussian lies from the cut, in standard deviations."""

NEW_SHARE = 0.25
"""The covariance of a new component, as a share of the pooled one: half as wide."""

_LEADS = 1e9  # how much more the component in hand counts where clusters share a shape
_ROUNDS = 30  # of an M-step without a closed form


def move(
    parameters: Parameters, component: int, plane: FloatArray, by: FloatArray, units: FloatArray
) -> Parameters:
    """Move a mean by a displacement seen in a plane, and as little as possible otherwise.

    Parameters
    ----------
    parameters : Parameters
    component : int
    plane : FloatArray (d, 2)
        P; of two columns, nothing but these two change.
    by : FloatArray (2,)
        δ, in the plane.
    units : FloatArray (d,)
        In which the shortest way is sought: v = U²P(PᵀU²P)⁻¹δ, so that Pᵀv = δ.
    """
    lifted = (units**2)[:, None] * plane
    means = parameters.means.copy()
    means[component] += lifted @ _solve(plane.T @ lifted, by)
    return Parameters(parameters.weights, means, parameters.covariances)


def reshape(
    parameters: Parameters, component: int, plane: FloatArray, seen: FloatArray
) -> Parameters:
    """Give a component the covariance it is to show in a plane.

    What lies outside the plane keeps its distribution given what lies in it: with S = PᵀΣP and
    A = ΣPS⁻¹, the regression on the plane, Σ' = Σ + A(S' − S)Aᵀ.

    Parameters
    ----------
    parameters : Parameters
    component : int
    plane : FloatArray (d, 2)
    seen : FloatArray (2, 2)
        S', symmetric and positive definite.

    Raises
    ------
    MixtureError
        The component shows as a line in this plane, or would be one.
    """
    covariance = parameters.covariances[component]
    before = plane.T @ covariance @ plane
    regression = _solve(before, plane.T @ covariance).T
    changed = covariance + regression @ (seen - before) @ regression.T
    covariances = parameters.covariances.copy()
    covariances[component] = 0.5 * (changed + changed.T)
    return Parameters(parameters.weights, parameters.means, covariances)


def reshape_within(
    parameters: Parameters,
    structure: str,
    component: int,
    plane: FloatArray,
    seen: FloatArray,
    units: FloatArray,
) -> Parameters:
    """Do as `reshape`, as far as a structure allows; components that share a shape follow.

    Where all directions are alike the whole component grows or shrinks as its area in the plane
    would, |S'| / |S|.

    Parameters
    ----------
    parameters, component, plane, seen
        As for `reshape`.
    structure : str
        Its letters or words.
    units : FloatArray (d,)
        In which the structure is meant.
    """
    if resolve(structure, parameters.n_columns).round:
        before = plane.T @ parameters.covariances[component] @ plane
        covariances = parameters.covariances.copy()
        covariances[component] *= np.linalg.det(_solve(before, seen))
        changed = Parameters(parameters.weights, parameters.means, covariances)
    else:
        changed = reshape(parameters, component, plane, seen)
    return conform(changed, structure, units, leader=component)


def split(parameters: Parameters, component: int, units: FloatArray) -> Parameters:
    """Cut a component in two across its longest axis.

    The halves have the mean and, along the axis, the variance of a Gaussian cut in the middle:
    √(2/π) s.d. to either side, and 1 − 2/π of the variance. Together they have exactly the
    weight, the mean and the covariance of the whole.

    Parameters
    ----------
    parameters : Parameters
    component : int
        Becomes one half; the other is the last component.
    units : FloatArray (d,)
        In which the longest axis is the longest.
    """
    scales = np.outer(units, units)
    values, vectors = np.linalg.eigh(parameters.covariances[component] / scales)
    offset = HALF * np.sqrt(max(values[-1], 0.0)) * vectors[:, -1] * units
    weights, means, covariances = _copies(parameters)
    weights[component] *= 0.5
    covariances[component] -= np.outer(offset, offset)
    means[component] -= offset
    return Parameters(
        np.append(weights, weights[component]),
        np.concatenate([means, means[component][None] + 2.0 * offset]),
        np.concatenate([covariances, covariances[component][None]]),
    )


def merge(parameters: Parameters, kept: int, joined: int) -> Parameters:
    """Make one component of two, with their weight, mean and covariance together.

    Parameters
    ----------
    parameters : Parameters
    kept, joined : int
        Two components: the one becomes both, the other is gone.
    """
    if kept == joined:
        raise MixtureError("A cluster cannot be merged with itself.")
    weights, means, covariances = _copies(parameters)
    pair = np.array([kept, joined])
    total = float(weights[pair].sum())
    shares = weights[pair] / total if total > 0.0 else np.array([0.5, 0.5])
    mean = shares @ means[pair]
    apart = means[pair] - mean
    spread = covariances[pair] + apart[:, :, None] * apart[:, None, :]
    weights[kept], means[kept] = total, mean
    covariances[kept] = np.tensordot(shares, spread, 1)
    return _without(weights, means, covariances, joined)


def delete(parameters: Parameters, component: int) -> Parameters:
    """Take a component away; the weights of the others add to one again.

    Raises
    ------
    MixtureError
        It is the only one.
    """
    if parameters.n_components == 1:
        raise MixtureError("This is the only cluster, and a model needs one.")
    return _without(*_copies(parameters), component)


def add(parameters: Parameters, plane: FloatArray, at: FloatArray) -> Parameters:
    """Put a new component, the last one, where a plane shows a place.

    Outside of the plane its mean is what the mixture expects there, E[x | Pᵀx = p]. It has half
    the width of the components on average and as much weight as each would have if all were
    alike, 1 / (K + 1).

    Parameters
    ----------
    parameters : Parameters
    plane : FloatArray (d, 2)
    at : FloatArray (2,)
        p = Pᵀx.
    """
    n = parameters.n_components
    weights, means, covariances = _copies(parameters)
    logs, expected = np.empty(n), np.empty_like(means)
    for k in range(n):
        seen = plane.T @ covariances[k] @ plane
        gap = at - means[k] @ plane
        towards = _solve(seen, gap)
        expected[k] = means[k] + covariances[k] @ plane @ towards
        _, log_determinant = np.linalg.slogdet(seen)
        with np.errstate(divide="ignore"):
            logs[k] = np.log(weights[k]) - 0.5 * (gap @ towards + log_determinant)
    shares = np.exp(logs - logs.max())
    mean = shares @ expected / shares.sum()
    pooled = NEW_SHARE * np.tensordot(weights, covariances, 1)
    return Parameters(
        np.append(weights * (n / (n + 1)), 1.0 / (n + 1)),
        np.concatenate([means, mean[None]]),
        np.concatenate([covariances, pooled[None]]),
    )


def conform(
    parameters: Parameters, structure: str, units: FloatArray, leader: int | None = None
) -> Parameters:
    """Bring covariances into their structure: the likeliest ones, were each what its rows show.

    It is the structure's own M-step, of sizes π_k and scatters π_kΣ_k.

    Parameters
    ----------
    parameters : Parameters
    structure : str
        Its letters or words.
    units : FloatArray (d,)
        In which the structure is meant.
    leader : int, optional
        The component whose own size, shape and tilt the others take where they share them.
    """
    family = resolve(structure, parameters.n_columns)
    if family.name in ("VVV", "V"):
        return parameters  # every covariance belongs to it
    scales = np.outer(units, units)
    wanted = parameters.covariances / scales
    sizes = np.maximum(parameters.weights, 1e-12)
    if leader is not None:
        sizes[leader] = _LEADS
    inner = _inner(family, wanted, leader)
    for _ in range(_ROUNDS if family.carries else 1):
        found, inner = family.update(sizes, sizes[:, None, None] * wanted, inner)
    return Parameters(
        parameters.weights, parameters.means, 0.5 * (found + found.transpose(0, 2, 1)) * scales
    )


def _inner(family: Structure, covariances: FloatArray, leader: int | None) -> Inner:
    if family.carries == "orientation" and leader is not None:
        _, vectors = np.linalg.eigh(covariances[leader])
        axes: FloatArray = vectors
        return axes
    return family.inner_of(covariances)


def _copies(parameters: Parameters) -> tuple[FloatArray, FloatArray, FloatArray]:
    return parameters.weights.copy(), parameters.means.copy(), parameters.covariances.copy()


def _without(
    weights: FloatArray, means: FloatArray, covariances: FloatArray, component: int
) -> Parameters:
    left = np.delete(weights, component)
    total = float(left.sum())
    if not total > 0.0:
        left, total = np.ones_like(left), float(len(left))
    return Parameters(
        left / total, np.delete(means, component, 0), np.delete(covariances, component, 0)
    )


def _solve(matrix: FloatArray, right: FloatArray) -> FloatArray:
    """Solve a symmetric 2 × 2 system whose rows may differ in scale by any factor."""
    deviations = np.sqrt(np.diagonal(matrix))
    if not (np.isfinite(deviations).all() and deviations.min() > 0.0):
        raise MixtureError(_FLAT)
    correlation = matrix / deviations[:, None] / deviations
    if 1.0 - abs(correlation[0, 1]) < 1e-12:
        raise MixtureError(_FLAT)
    scaled = right / (deviations if right.ndim == 1 else deviations[:, None])
    solved = np.linalg.solve(correlation, scaled)
    result: FloatArray = solved / (deviations if right.ndim == 1 else deviations[:, None])
    return result


_FLAT = "The cluster shows as a line here, so it cannot be changed by hand in this plane."
