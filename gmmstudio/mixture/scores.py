"""What a mixture says about every row: label, certainty, density, distance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gmmstudio.mixture.arrays import FloatArray, ShouldStop, as_rows, never
from gmmstudio.mixture.errors import MixtureError
from gmmstudio.mixture.forms import Scratch, choose_form
from gmmstudio.mixture.gaussians import Gaussians, is_diagonal
from gmmstudio.mixture.kernel import largest
from gmmstudio.mixture.kernel import responsibilities as to_responsibilities
from gmmstudio.mixture.parameters import Parameters
from gmmstudio.mixture.rows import Rows, check_threads, single_blas_thread
from gmmstudio.mixture.scaling import Coordinates, coordinates_of

FAR = 1e140
"""A row further away than this is scored as if it lay here, where squares are still finite."""


@dataclass(frozen=True, eq=False)
class Scores:
    """One entry per row of x.

    Attributes
    ----------
    labels : int32 (n,)
        The component with the largest responsibility; of equals the first.
    max_probability : FloatArray (n,)
        That responsibility.
    log_density : FloatArray (n,)
        log Σ_k π_k φ_k(x), in the units of the columns.
    squared_mahalanobis : FloatArray (n,)
        (x − μ)ᵀΣ⁻¹(x − μ) to the component of the label.
    """

    labels: NDArray[np.int32]
    max_probability: FloatArray
    log_density: FloatArray
    squared_mahalanobis: FloatArray


def score(
    x: Any,
    parameters: Parameters,
    *,
    should_stop: ShouldStop | None = None,
    threads: int | None = None,
) -> Scores:
    """Score every row, block by block.

    Parameters
    ----------
    x : array_like (n, d)
    parameters : Parameters
    should_stop : callable, optional
        Asked between blocks, from any thread.
    threads : int, optional

    Raises
    ------
    MixtureError
        x is not a table of finite numbers with as many columns as the parameters.
    Cancelled
        `should_stop` said so.
    """
    data, coordinates, g = _prepared(x, parameters)
    form = choose_form(g)
    n = data.shape[0]
    labels = np.empty(n, dtype=np.int32)
    max_probability, log_density, distance = np.empty(n), np.empty(n), np.empty(n)

    def one(block: slice, scratch: Scratch) -> None:
        s = scratch.cut(block.stop - block.start)
        joint = form.log_joint(_standardised(data[block], coordinates), s)
        best = labels[block]
        largest(joint, s["top"], best)
        own = g.log_norm.take(best)
        to_responsibilities(joint, s["top"], s["total"], s["floor"])
        # log π φ = log_norm − ½ δ², and the label's is the largest of them
        np.subtract(own, s["top"], out=own)
        own *= 2.0
        np.maximum(own, 0.0, out=distance[block])
        np.add(s["top"], s["total"], out=log_density[block])
        np.exp(-s["total"], out=max_probability[block])

    with single_blas_thread(), Rows(n, check_threads(threads), should_stop or never) as rows:
        block_rows = rows.block_rows(form.bytes_per_row)
        rows.each_block(one, lambda: form.scratch(block_rows), block_rows)
    log_density -= coordinates.log_volume
    return Scores(labels, max_probability, log_density, distance)


def responsibilities(x: Any, parameters: Parameters) -> FloatArray:
    """Return r_ik as (n, K); every row adds to one.

    Meant for a screenful or a slice of rows: the caller cuts x, since n × K may be large.
    """
    data, coordinates, g = _prepared(x, parameters)
    form = choose_form(g)
    result = np.empty((data.shape[0], g.n_components))
    block_rows = min(data.shape[0], 4096)
    scratch = form.scratch(block_rows)
    with single_blas_thread():
        for a in range(0, data.shape[0], block_rows):
            block = data[a : a + block_rows]
            s = scratch.cut(block.shape[0])
            joint = form.log_joint(_standardised(block, coordinates), s)
            to_responsibilities(joint, s["top"], s["total"], s["floor"])
            result[a : a + block_rows] = joint.T
    return result


def _prepared(x: Any, parameters: Parameters) -> tuple[FloatArray, Coordinates, Gaussians]:
    data = as_rows(x)
    if data.shape[1] != parameters.n_columns:
        raise MixtureError(
            f"The mixture has {parameters.n_columns} columns but the data has {data.shape[1]}: "
            "give it the same columns."
        )
    coordinates = coordinates_of(parameters)
    weights, means, covariances = coordinates.standardise(parameters)
    try:
        g = Gaussians.of(
            np.maximum(weights, 1e-300), means, covariances, diagonal=is_diagonal(covariances)
        )
    except np.linalg.LinAlgError:
        raise MixtureError("A covariance of the mixture is singular.") from None
    return data, coordinates, g


def _standardised(block: FloatArray, coordinates: Coordinates) -> FloatArray:
    zt = np.subtract(block.T, coordinates.centre[:, None], order="C")
    zt /= coordinates.scale[:, None]
    return np.clip(zt, -FAR, FAR, out=zt)
