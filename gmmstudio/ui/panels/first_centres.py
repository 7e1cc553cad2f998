"""The centres a person begins to change: those set before, the shown fit's, or a spread."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gmmstudio.document.document import Document
from gmmstudio.table.fitted import fitted_at_hand
from gmmstudio.table.table import Column, Table

FloatArray = NDArray[np.float64]
ENOUGH_ROWS = 20_000  # for quantiles to begin from


def first_centres(document: Document) -> tuple[FloatArray, str]:
    """Return centres (K, d) to begin from and where they come from.

    Parameters
    ----------
    document
        With a table and at least one column ticked.
    """
    spec, columns = document.spec, document.preparation.columns
    shape = (spec.n_components, len(columns))
    if isinstance(spec.start, np.ndarray) and spec.start.shape == shape:
        return np.array(spec.start, dtype=np.float64), "Filled in: the centres set before."
    record = document.record
    if record is not None and record.preparation.measures == document.preparation.measures:
        means = record.fit.parameters.means
        if record.table_id == document.table_id and means.shape == shape:
            return np.array(means), "Filled in: the means of the fit shown."
    return spread(document), "Filled in: spread evenly from the lowest to the highest values."


def spread(document: Document) -> FloatArray:
    """Return the quantiles (K, d) at (k + ½)/K of each column, so that no centre is outside."""
    k, table = document.spec.n_components, _seen(document)
    shares = (np.arange(k) + 0.5) / k
    centres = np.zeros((k, len(document.preparation.columns)))
    if table is None:
        return centres
    excluded = np.zeros(table.n_rows, dtype=bool)
    excluded[[row for row in document.preparation.excluded if row < table.n_rows]] = True
    for place, index in enumerate(document.preparation.columns):
        values = _used(table.columns[index], excluded)
        if values.size:
            centres[:, place] = np.quantile(values, shares)
    return centres


def ranges(document: Document) -> tuple[tuple[float, float], ...]:
    """Return the least and the largest value of each ticked column."""
    table = _seen(document)
    found = []
    for index in document.preparation.columns if table is not None else ():
        values = table.columns[index].values if table is not None else None
        present = values[np.isfinite(values)] if values is not None else np.empty(0)
        found.append((float(present.min()), float(present.max())) if present.size else (0.0, 0.0))
    return tuple(found)


def _seen(document: Document) -> Table | None:
    """Return the table with the numbers that the centres are places in."""
    table = document.table
    return None if table is None else fitted_at_hand(table, document.preparation)


def _used(column: Column, excluded: NDArray[np.bool_]) -> FloatArray:
    if column.values is None:
        return np.empty(0)
    step = max(1, len(column.values) // ENOUGH_ROWS)
    values = column.values[::step]
    used: FloatArray = values[np.isfinite(values) & ~excluded[::step]]
    return used
