"""Recognising a collapsed component, and finding out why it collapsed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gmmstudio.mixture.arrays import FloatArray, IntArray, frozen
from gmmstudio.mixture.errors import Cause, Collapse
from gmmstudio.mixture.gaussians import Gaussians
from gmmstudio.mixture.kernel import Statistics
from gmmstudio.mixture.scaling import Standardised
from gmmstudio.mixture.starts import distinct_rows
from gmmstudio.mixture.structures import Structure

MIN_RATIO = 1e-8
"""A component is collapsed where its variance, in any direction, is less than this share of the
variance of all rows in that direction."""

SINGULAR = 1e-12
"""Where a column keeps less than this share of its variance once the others are known, rounding
may have made it."""

EPSILON = float(np.finfo(float).eps)

MIN_SIZE = 1e-6
"""A component that explains less of all rows together than this is empty."""


@dataclass(frozen=True, eq=False)
class Fault:
    """What an M-step found wrong, before anybody asked why.

    Attributes
    ----------
    component : int
    size : float
        N_k.
    direction : FloatArray (d,) or None
        Where the component has no variance; None where it holds too few rows.
    """

    component: int
    size: float
    direction: FloatArray | None


def regularity(data: Standardised) -> float:
    """Return the variance below which a direction of z says nothing but rounding."""
    return data.n_columns * 1e-13 + 16.0 * data.noise


def rank_deficient(structure: Structure, data: Standardised) -> bool:
    """Whether the columns are linearly dependent and the structure cannot live with it."""
    if not structure.dense:
        return False
    return bool(np.linalg.eigvalsh(data.correlation)[0] <= regularity(data))


def too_small(structure: Structure, sizes: FloatArray, n_columns: int) -> int | None:
    """Return the component that holds too few rows for a covariance of its own, if any.

    Parameters
    ----------
    structure : Structure
    sizes : FloatArray (K,)
        N_k, counted in rows.
    n_columns : int
    """
    needed = n_columns + 1.0 - 1e-9 if structure.own_covariance else MIN_SIZE
    k = int(sizes.argmin())
    return k if sizes[k] < needed else None


def point_like(
    structure: Structure, sizes: FloatArray, scatters: FloatArray, data: Standardised
) -> int | None:
    """Return a component that holds one point only, where the M-step would not show it.

    Shapes of equal volume bring W_k to determinant 1 first: what is nothing but rounding becomes a
    shape like any other.

    Parameters
    ----------
    structure : Structure
    sizes : FloatArray (K,)
        N_k.
    scatters : FloatArray (K, d, d)
        W_k, of z.
    data : Standardised
    """
    if not structure.own_shape_of_equal_volume:
        return None
    variances = np.diagonal(scatters, axis1=1, axis2=2).max(axis=1) / sizes
    k = int(variances.argmin())
    return k if variances[k] < regularity(data) else None


def surely_sound(g: Gaussians, correlation: FloatArray) -> bool:
    """Whether a cheap bound already shows every component sound.

    The smallest ratio of variances vᵀΣ_kv / vᵀRv is 1 / λ_max(RΣ_k⁻¹) ≥ 1 / tr(RΣ_k⁻¹), provided
    that Σ_k⁻¹ is more than rounding: a column's variance given those before it, the square of L_k's
    diagonal, is then a fair share of its variance.
    """
    k, d, _ = g.covariances.shape
    pivots = g.cholesky.reshape(k, d * d)[:, :: d + 1]
    variances = g.covariances.reshape(k, d * d)[:, :: d + 1]
    if not (pivots * pivots > SINGULAR * variances).all():
        return False
    traces = g.precisions.reshape(k, -1) @ correlation.reshape(-1)
    return bool(traces.max() < 1.0 / MIN_RATIO)


def thinnest(covariances: FloatArray, data: Standardised) -> tuple[int, float, FloatArray]:
    """Return the component whose variance, relative to that of all rows, is least in a direction.

    Parameters
    ----------
    covariances : FloatArray (K, d, d)
        Finite; they need not be positive definite.
    data : Standardised

    Returns
    -------
    component : int
    ratio : float
        The smallest generalised eigenvalue of (Σ_k, R) with R the pooled covariance; next to zero
        where Σ_k is singular.
    direction : FloatArray (d,)
        Where it is attained.

    Notes
    -----
    Σ_k = S P S with S its standard deviations: P's eigenvalues tell a singular matrix from a flat
    one whatever the columns' scales. With TᵀΣ_kT = I the ratio is 1 / λ_max(TᵀRT).
    """
    d = data.n_columns
    variances = np.diagonal(covariances, axis1=1, axis2=2)
    deviations = np.sqrt(np.maximum(variances, 1e-100))
    correlations = covariances / deviations[:, :, None] / deviations[:, None, :]
    correlations[:, range(d), range(d)] = 1.0
    values, vectors = np.linalg.eigh(correlations)
    flat = 1e-40 / np.maximum(variances.max(axis=1), 1.0)  # next to no variance, whatever its size
    values = np.where(values > 4.0 * d * EPSILON, values, flat[:, None])
    whiten = vectors / np.sqrt(values)[:, None, :] / deviations[:, :, None]
    ratios, directions = np.linalg.eigh(whiten.swapaxes(1, 2) @ data.correlation @ whiten)
    k = int(ratios[:, -1].argmax())
    direction = whiten[k] @ directions[k, :, -1]
    return k, 1.0 / max(float(ratios[k, -1]), 1e-300), direction / np.abs(direction).max()


def diagnose(fault: Fault, labels: IntArray, structure: Structure, data: Standardised) -> Collapse:
    """Find the rows, the columns and the cause of a collapse.

    Parameters
    ----------
    fault : Fault
    labels : IntArray (n,)
        The component every row belongs to most.
    structure : Structure
    data : Standardised
    """
    rows = np.flatnonzero(labels == fault.component)
    cause, columns = _in_the_data(rows, fault, structure, data) or _in_the_rows(
        rows, fault.direction, structure, data
    )
    return Collapse(
        fault.component,
        frozen(rows),
        columns,
        cause,
        structure.name,
        too_few_in_all=data.n_rows <= data.n_columns,
        everywhere=cause == "ties" and _is_shared(rows, structure, data),
        n_columns=data.n_columns,
    )


Found = tuple[Cause, tuple[int, ...]]
"""The cause, and the columns at fault."""


def _in_the_data(
    rows: IntArray, fault: Fault, structure: Structure, data: Standardised
) -> Found | None:
    """Return what is wrong with all rows together, or with how many the component holds."""
    d = data.n_columns
    constant = tuple(int(a) for a in np.flatnonzero(data.constant))
    if constant and data.n_rows > 1 and (not structure.round or len(constant) == d):
        return "constant", constant
    if too_small(structure, np.array([fault.size]), d) is not None:
        return ("empty" if fault.size < MIN_SIZE else "few-rows"), tuple(range(d))
    if structure.dense and data.n_rows > d:
        dependent = dependent_columns(data)
        if dependent:
            return ("duplicate" if len(dependent) == 2 else "collinear"), dependent
    if fault.direction is None or rows.size < 2:
        return "few-rows", tuple(range(d))
    return None


def _in_the_rows(
    rows: IntArray, direction: FloatArray | None, structure: Structure, data: Standardised
) -> Found:
    """Return what is wrong with the rows (two or more) of the component."""
    d = data.n_columns
    everything = tuple(range(d))
    if direction is None or structure.round:
        return "ties", everything
    if structure.needs != "pooled" and _is_point(rows, data):
        return "ties", everything
    if structure.dense:
        reach = rows.size
        if structure.needs in ("axes", "full"):
            reach = distinct_rows(data.zt[:, rows].T, d + 1)
        if reach <= d:
            return ("ties" if rows.size > d else "few-rows"), everything
    return "ties", columns_in(direction)


def _is_shared(rows: IntArray, structure: Structure, data: Standardised) -> bool:
    """Whether ties are those of all components: no spread is left in the shape that they share.

    A component with a volume of its own may also have none left itself.
    """
    if structure.needs == "spread":
        return not structure.round and not _is_point(rows, data)
    return structure.needs == "pooled"


def _is_point(rows: IntArray, data: Standardised) -> bool:
    """Whether rows are next to equal in all columns."""
    return bool(data.zt[:, rows].var(axis=1).max() < 1e3 * MIN_RATIO)


def dependent_columns(data: Standardised) -> tuple[int, ...]:
    """Return the columns of the simplest linear dependence, none if there is none.

    A pair of duplicates is looked for first; otherwise columns are gone through from the left, and
    the first that follows from those before it is named together with those it follows from.
    """
    r, limit = data.correlation, regularity(data)
    d = data.n_columns
    for b in range(d):
        for a in range(b):
            if 1.0 - abs(r[a, b]) <= limit:
                return a, b
    for b in range(2, d):
        values, vectors = np.linalg.eigh(r[: b + 1, : b + 1])
        if values[0] <= limit:
            return columns_in(vectors[:, 0])
    return ()


def columns_in(direction: FloatArray) -> tuple[int, ...]:
    """Return the columns that matter in a direction."""
    share = np.abs(direction)
    return tuple(int(a) for a in np.flatnonzero(share > 1e-3 * share.max()))


def floored(
    statistics: Statistics, covariances: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return finite, sound parameters where those of the start are neither.

    Variances are raised to `MIN_RATIO` of the data's, and kept below 1 / `MIN_RATIO` times them;
    an empty component gets next to no weight.
    """
    sizes = np.maximum(statistics.sizes, MIN_SIZE)
    values, vectors = np.linalg.eigh(covariances)
    values = np.clip(values, MIN_RATIO, 1.0 / MIN_RATIO)
    values = np.maximum(values, 1e-12 * values[:, -1:])
    sound = np.matmul(vectors * values[:, None, :], vectors.transpose(0, 2, 1))
    return sizes / sizes.sum(), statistics.means, 0.5 * (sound + sound.transpose(0, 2, 1))
