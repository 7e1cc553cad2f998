"""The clusters as a table: size, share, mean and spread in every column, volume, uncertainty."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gmmstudio.document.assignment import Assignment, shares, sizes
from gmmstudio.document.document import FitRecord
from gmmstudio.document.identities import letter
from gmmstudio.report.export import component_order
from gmmstudio.table.plain_out import Columns


def cluster_summary(
    record: FitRecord,
    assignment: Assignment,
    names: Sequence[str] | None = None,
    *,
    sampled_from: int | None = None,
) -> Columns:
    """Return a row for each cluster, in the order of their letters.

    Parameters
    ----------
    record, assignment
        A fit, and what it says of its rows.
    names
        Name of each component (K); by default "Cluster A" and so on.
    sampled_from
        Number of rows in the file, where the table is a sample of them.

    Returns
    -------
    Columns
        ``letter``, ``name``; ``size``, the number of rows with that label, and ``share``, theirs of
        all rows by weight; ``weight``, the model's; ``uncertainty``, the mean of 1 − the largest
        probability over these rows; ``volume``, √|Σ|, the product of the standard deviations along
        the axes of the cluster; and of every column ``mean`` and ``sd``, the model's, in original
        units. A number that is too large for a double, or a mean over no row, is null. Of a sample
        also ``sampled_from``, the same for all.
    """
    order = component_order(record)
    parameters, k = record.fit.parameters, record.fit.n_components
    if names is None:
        names = [f"Cluster {letter(identity)}" for identity in record.identities]
    size = sizes(assignment, k)
    doubt = np.bincount(assignment.labels, 1.0 - assignment.max_probability, minlength=k)
    with np.errstate(divide="ignore", invalid="ignore"):
        uncertainty = doubt / size
    import pyarrow as pa

    found: dict[str, Any] = {
        "letter": pa.array([letter(record.identities[c]) for c in order], pa.string()),
        "name": pa.array([names[c] for c in order], pa.string()),
        "size": pa.array(size[order]),
        "share": _numbers(shares(assignment, k)[order]),
        "weight": _numbers(parameters.weights[order]),
        "uncertainty": _numbers(uncertainty[order]),
        "volume": _numbers(volumes(parameters.covariances)[order]),
    }
    deviations = np.sqrt(np.diagonal(parameters.covariances, axis1=1, axis2=2))
    for j, column in enumerate(assignment.sample.column_names):
        for what, values in (("mean", parameters.means), ("sd", deviations)):
            found[_free(f"{what} of {column}", found)] = _numbers(values[order, j])
    if sampled_from is not None:
        found[_free("sampled_from", found)] = pa.array([sampled_from] * k, pa.int64())
    return found


def volumes(covariances: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return √|Σ| of each covariance (K, d, d); infinity or 0 where that is beyond a double."""
    deviations = np.sqrt(np.diagonal(covariances, axis1=1, axis2=2))
    correlations = covariances / deviations[:, :, None] / deviations[:, None, :]
    _, logs = np.linalg.slogdet(correlations)
    with np.errstate(over="ignore", under="ignore"):
        volume: NDArray[np.float64] = np.exp(0.5 * logs + np.log(deviations).sum(axis=1))
    return volume


def _numbers(values: NDArray[np.float64]) -> Any:
    import pyarrow as pa

    return pa.array(values, pa.float64(), mask=~np.isfinite(values))


def _free(name: str, taken: dict[str, Any]) -> str:
    number, free = 2, name
    while free in taken:
        free, number = f"{name} ({number})", number + 1
    return free
