"""Recognising a collapsed component, and finding out why it collapsed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gmmstudio.mixture.arrays import FloatArray, IntArray, frozen
from gmmstudio.mixture.errors import Cause, Collapse
from gmmstudio.mixture.gaussians import Gaussians
from gmmstudio.mixture.kernel import Statistics
from gmmstudio.mixture.scaling import Standardised
from gmmstudio.mixture.structures import Structure

MIN_RATIO = 1e-8
"""A component is collapsed where its variance, in any direction, is less than this share of the
variance of all rows in that direction."""

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
    """Return the component that holds too few rows for a covariance of its own, if any."""
    needed = n_columns + 1.0 - 1e-9 if structure.own_covariance else MIN_SIZE
    k = int(sizes.argmin())
    return k if sizes[k] < needed else None


def surely_sound(g: Gaussians, correlation: FloatArray) -> bool:
    """Whether a cheap bound already shows every component sound.

    The smallest ratio of variances vᵀΣ_kv / vᵀRv is 1 / λ_max(RΣ_k⁻¹) ≥ 1 / tr(RΣ_k⁻¹).
    """
    k = g.n_components
    traces = g.precisions.reshape(k, -1) @ correlation.reshape(-1)
    return bool(traces.max() < 1.0 / MIN_RATIO)


def thinnest(covariances: FloatArray, data: Standardised) -> tuple[int, float, FloatArray]:
    """Return the component whose variance, relative to that of all rows, is least in a direction.

    Returns
    -------
    component : int
    ratio : float
        The smallest generalised eigenvalue of (Σ_k, R) with R the pooled covariance.
    direction : FloatArray (d,)
        Where it is attained.
    """
    values, vectors = np.linalg.eigh(data.correlation)
    whiten = vectors / np.sqrt(np.maximum(values, regularity(data)))
    ratios, directions = np.linalg.eigh(whiten.T @ covariances @ whiten)
    k = int(ratios[:, 0].argmin())
    return k, float(ratios[k, 0]), whiten @ directions[k, :, 0]


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
    cause, columns = _cause(rows, fault.direction, fault.size, structure, data)
    too_few = data.n_rows <= data.n_columns
    return Collapse(fault.component, frozen(rows), columns, cause, structure.name, too_few)


def _cause(
    rows: IntArray,
    direction: FloatArray | None,
    size: float,
    structure: Structure,
    data: Standardised,
) -> tuple[Cause, tuple[int, ...]]:
    d = data.n_columns
    everything = tuple(range(d))
    constant = tuple(int(a) for a in np.flatnonzero(data.constant))
    if constant and data.n_rows > 1 and (structure.scale_free or len(constant) == d):
        return "constant", constant
    if too_small(structure, np.array([size]), d) is not None:
        return ("empty" if size < MIN_SIZE else "few-rows"), everything
    if structure.dense and data.n_rows > d:
        dependent = dependent_columns(data)
        if dependent:
            return ("duplicate" if len(dependent) == 2 else "collinear"), dependent
    if direction is None or rows.size < 2:
        return "few-rows", everything
    if structure.dense and not structure.own_covariance:  # tied: all have no spread together
        return ("ties", columns_in(direction)) if rows.size > d else ("few-rows", everything)
    if structure.own_covariance and np.unique(data.zt[:, rows], axis=1).shape[1] <= d:
        return ("ties", everything) if rows.size > d else ("few-rows", everything)
    return "ties", columns_in(direction)


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

    Variances are raised to `MIN_RATIO` of the data's; an empty component gets next to no weight.
    """
    sizes = np.maximum(statistics.sizes, MIN_SIZE)
    values, vectors = np.linalg.eigh(covariances)
    raised = np.maximum(values, np.maximum(MIN_RATIO, 1e-12 * values[:, -1:]))
    sound = np.matmul(vectors * raised[:, None, :], vectors.transpose(0, 2, 1))
    return sizes / sizes.sum(), statistics.means, 0.5 * (sound + sound.transpose(0, 2, 1))
