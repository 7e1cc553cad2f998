"""What a model says of one row: worked out for that row alone, under the parameters shown. Pure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gmmstudio.mixture.scores import responsibilities, score
from gmmstudio.table.fitted import fitted_at_hand
from gmmstudio.table.table import Table
from gmmstudio.ui.stage import Shown


@dataclass(frozen=True, eq=False)
class RowReading:
    """One row under one mixture.

    Attributes
    ----------
    component : int
        The component the row most probably belongs to.
    probabilities : (K,) float64
        Of each component, given the row; they add to one.
    log_density : float
        Logarithm of the mixture's density at the row, in the units of the columns.
    distance : float
        Mahalanobis distance to the mean of `component`.
    """

    component: int
    probabilities: NDArray[np.float64]
    log_density: float
    distance: float


def read_row(table: Table, shown: Shown, row: int) -> RowReading | None:
    """Score a table row under a frame's parameters, whether or not it is in the fit.

    None where a value of a fitted column is missing or infinite.
    """
    seen = fitted_at_hand(table, shown.preparation)
    columns = [seen.columns[index].values for index in shown.preparation.columns]
    values = np.array([[np.nan if column is None else column[row] for column in columns]])
    if not np.isfinite(values).all():
        return None
    scores = score(values, shown.parameters, threads=1)
    return RowReading(
        component=int(scores.labels[0]),
        probabilities=responsibilities(values, shown.parameters)[0],
        log_density=float(scores.log_density[0]),
        distance=float(np.sqrt(scores.squared_mahalanobis[0])),
    )
