"""What a fit says about every row of its table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gmmstudio.document.document import FitRecord
from gmmstudio.mixture.outliers import OutlierRule, beyond, threshold
from gmmstudio.mixture.scores import score
from gmmstudio.table.preparation import (
    Preparation,
    Sample,
    missing_note,
    prepare,
)
from gmmstudio.table.table import Table

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.integer[Any]]
BoolArray = NDArray[np.bool_]

#: A row belongs clearly to a cluster from this probability on; below, it sits between clusters.
CLEAR = 0.8

#: How missing cells were filled in, in the note of an exported row.
FILLED_BY = {"median": "median", "nearest": "nearest rows"}


@dataclass(frozen=True, eq=False)
class Assignment:
    """Scores of the n rows that took part, and which rows did not.

    Attributes
    ----------
    sample
        The rows and columns of the fit, by its own preparation.
    labels
        Component of each sample row (n,), from 0.
    max_probability
        Probability of that component (n,).
    log_density
        Log-density of each sample row (n,), original units.
    squared_mahalanobis
        Squared distance to the own component (n,).
    """

    sample: Sample
    labels: IntArray
    max_probability: FloatArray
    log_density: FloatArray
    squared_mahalanobis: FloatArray

    @property
    def rows(self) -> NDArray[np.int64]:
        """Table row of each sample row (n,)."""
        return self.sample.rows

    @property
    def skipped(self) -> NDArray[np.int64]:
        """Table rows left out for a missing or infinite cell."""
        return self.sample.skipped

    @property
    def excluded(self) -> NDArray[np.int64]:
        """Table rows left out by hand."""
        return self.sample.excluded

    @property
    def n_rows(self) -> int:
        """Number of rows that took part."""
        return len(self.labels)

    @property
    def weights(self) -> FloatArray | None:
        """Weight of each sample row (n,); None where every row counts once."""
        return self.sample.weights


@dataclass(frozen=True, eq=False)
class Outliers:
    """Which rows a rule marks.

    Attributes
    ----------
    mask
        Whether each sample row is marked (n,).
    threshold
        A log-density, or for the χ² rule a squared distance.
    n
        Number of rows marked.
    share
        Their share of the fitted rows, by weight where rows are weighted, 0 … 1.
    """

    mask: BoolArray
    threshold: float
    n: int
    share: float


def assign(
    table: Table,
    record: FitRecord,
    *,
    sample: Sample | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> Assignment:
    """Score every row that took part, with the fit's own preparation.

    Parameters
    ----------
    table
        The table of the fit.
    record
        The fit.
    sample
        ``prepare(table, record.preparation)``, where the caller has it already.
    should_stop
        Asked between blocks of rows.

    Raises
    ------
    MixtureError
        When stopped.
    """
    if sample is None:
        sample = prepare(table, record.preparation)
    scores = score(sample.x, record.fit.parameters, should_stop=should_stop)
    return Assignment(
        sample=sample,
        labels=scores.labels,
        max_probability=scores.max_probability,
        log_density=scores.log_density,
        squared_mahalanobis=scores.squared_mahalanobis,
    )


def outliers(assignment: Assignment, rule: OutlierRule) -> Outliers:
    """Apply an outlier rule to the fitted rows; a percentile is one of the weighted rows."""
    log_density = assignment.log_density
    line = threshold(rule, log_density, assignment.sample.x.shape[1], assignment.weights)
    mask = beyond(rule, line, log_density, assignment.squared_mahalanobis)
    return Outliers(mask, line, int(np.count_nonzero(mask)), share_of(assignment, mask))


def among(mask: BoolArray, assignment: Assignment) -> BoolArray:
    """Return for each fitted row (n,) what a mask of all rows of the table says of it."""
    rows = assignment.rows
    return mask if len(rows) == len(mask) else mask[rows]  # rows rise: then they are all


def sizes(assignment: Assignment, n_components: int) -> NDArray[np.int64]:
    """Return the number of rows in each component (K,), every row counted once."""
    return np.bincount(assignment.labels, minlength=n_components).astype(np.int64)


def shares(assignment: Assignment, n_components: int) -> FloatArray:
    """Return the share of the rows in each component (K,), by weight where rows are weighted."""
    counts = np.bincount(assignment.labels, assignment.weights, minlength=n_components)
    share: FloatArray = counts / max(counts.sum(), 1e-300)
    return share


def n_between(assignment: Assignment) -> int:
    """Return how many rows sit between clusters."""
    return int(np.count_nonzero(assignment.max_probability < CLEAR))


def share_clear(assignment: Assignment) -> float:
    """Return the share of the rows that belong clearly to a cluster, by weight, 0 … 1."""
    return share_of(assignment, assignment.max_probability >= CLEAR)


def mean_certainty(assignment: Assignment) -> float:
    """Return the average largest probability, by weight, 0 … 1."""
    return float(np.average(assignment.max_probability, weights=assignment.weights))


def share_of(assignment: Assignment, mask: BoolArray) -> float:
    """Return the share of the rows marked (n,), by weight where rows are weighted, 0 … 1."""
    if assignment.weights is None:
        return np.count_nonzero(mask) / max(assignment.n_rows, 1)
    return float(assignment.weights[mask].sum() / assignment.weights.sum())


def notes(table: Table, record: FitRecord, assignment: Assignment) -> dict[int, str]:
    """Say of every table row without a label why it has none, and of others what was filled in."""
    said = gap_notes(table, record.preparation, assignment.skipped)
    said.update(dict.fromkeys(assignment.excluded.tolist(), "excluded"))
    said.update(filled_notes(table, record.preparation, assignment.sample))
    return said


def gap_notes(table: Table, preparation: Preparation, rows: IntArray) -> dict[int, str]:
    """Say of table rows what they lack in the columns required.

    Rows with gaps in the same columns share one text: a million notes cost no million strings.
    """
    if not len(rows):
        return {}
    columns = [table.columns[index].values for index in preparation.required]
    gaps = np.column_stack([~np.isfinite(v[rows]) for v in columns if v is not None])
    _, examples, kinds = np.unique(
        np.packbits(gaps, axis=1), axis=0, return_index=True, return_inverse=True
    )
    words = [missing_note(table, preparation, int(row)) for row in rows[examples]]
    return dict(zip(rows.tolist(), (words[kind] for kind in kinds.ravel()), strict=True))


def filled_notes(table: Table, preparation: Preparation, sample: Sample) -> dict[int, str]:
    """Say of every table row with cells filled in which they are, and how they were filled."""
    filled = sample.filled
    if filled is None:
        return {}
    names = [table.columns[index].name for index in preparation.columns]
    gaps = np.zeros((filled.n_rows, len(names)), dtype=bool)
    rows, which = np.unique(filled.rows, return_inverse=True)
    gaps[which, filled.columns] = True
    patterns, kinds = np.unique(np.packbits(gaps, axis=1), axis=0, return_inverse=True)
    how = FILLED_BY[filled.how]
    words = [
        f"{', '.join(names[j] for j in np.flatnonzero(pattern))} filled in ({how})"
        for pattern in np.unpackbits(patterns, axis=1, count=len(names))
    ]
    table_rows = sample.rows[rows].tolist()
    return dict(zip(table_rows, (words[kind] for kind in kinds.ravel()), strict=True))
