"""Whether what stands in a file can be what it says it is."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from gmmstudio.document.colors import is_color
from gmmstudio.document.document import Document, FitRecord, SweepRecord
from gmmstudio.document.draft import Draft
from gmmstudio.document.interrupted import Interrupted, InterruptedSweep
from gmmstudio.fitting.trace import Track
from gmmstudio.mixture.errors import Collapse
from gmmstudio.mixture.fit import Fit
from gmmstudio.mixture.structures import STRUCTURES
from gmmstudio.project.errors import damaged
from gmmstudio.table.preparation import Preparation
from gmmstudio.table.table import Table

FloatArray = NDArray[np.float64]

MOST_LETTERS = 100_000
MOST_MODELS = 100_000
_ROUNDING = 1e-9


def sound(weights: FloatArray, means: FloatArray, covariances: FloatArray) -> bool:
    """Whether these are the parameters of a mixture, as far as rounding lets one tell.

    `Parameters` asks more, and EM's own frames on the way may not have it.

    Parameters
    ----------
    weights
        (K,).
    means
        (K, d).
    covariances
        (K, d, d).
    """
    if not all(np.isfinite(array).all() for array in (weights, means, covariances)):
        return False
    with np.errstate(all="ignore"):
        return _is_mixture(weights, covariances)


def _is_mixture(weights: FloatArray, covariances: FloatArray) -> bool:
    """Whether weights (K,) add up to one, and covariances (K, d, d) are symmetric and positive."""
    if weights.min() < 0.0 or abs(weights.sum() - 1.0) > 1e-6:
        return False
    variances = np.diagonal(covariances, axis1=1, axis2=2)
    if variances.min() <= 0.0:
        return False
    deviations = np.sqrt(variances)
    correlations = covariances / deviations[:, :, None] / deviations[:, None, :]
    if np.abs(correlations - correlations.swapaxes(1, 2)).max() > 1e-6:
        return False
    if np.abs(correlations).max() > 1.0 + _ROUNDING:
        return False
    d = covariances.shape[1]
    try:
        np.linalg.cholesky(correlations + d * _ROUNDING * np.eye(d))
    except np.linalg.LinAlgError:
        return False
    return True


def check_document(document: Document) -> None:
    """Check that the parts of a document belong together.

    Raises
    ------
    ProjectError
        Says which do not.
    """
    n_columns = 0 if document.table is None else len(document.table.columns)
    n_rows = 0 if document.table is None else document.table.n_rows
    _check(n_rows >= 0, "its table has fewer rows than none")
    _check_preparation(document.preparation, n_columns, n_rows)
    _check_column(document.start_column, n_columns)
    for column in (column for _, columns in document.settled for column in columns):
        _check_column(column, n_columns)
    _check(
        document.table is not None or not (document.fits or document.sweep or document.draft),
        "it has fits but no table",
    )
    ids = [record.id for record in document.fits]
    _check(len(set(ids)) == len(ids), "two fits have the same number")
    _check(document.active is None or document.active in ids, "the fit on the screen is missing")
    for record in document.fits:
        _check_record(record, n_columns, n_rows)
    if document.sweep is not None:
        _check_sweep(document.sweep, n_columns, n_rows)
    if document.draft is not None:
        base = document.find(document.draft.base)
        _check(base is not None and document.active is not None, "a model by hand has no fit")
        assert base is not None
        _check_draft(document.draft, base)
    _check_letters([identity for identity, _ in document.names])
    _check_letters([identity for identity, _ in document.colors])
    _check(all(is_color(color) for _, color in document.colors), "a colour is none")


def check_under_way(run: Interrupted, table: Table) -> None:
    """Check that a run which was under way can be one of this table.

    Raises
    ------
    ProjectError
        Says why it cannot.
    """
    n_columns = len(table.columns)
    if isinstance(run, InterruptedSweep):
        _check_sweep(SweepRecord(run.cells, run.preparation, run.spec), n_columns, table.n_rows)
        _check(all(structure in STRUCTURES for structure in run.structures), "a shape is unknown")
        _check(all(0 < k <= table.n_rows for k in run.components), "a model has no clusters")
        _check(
            len(run.components) * len(run.structures) <= MOST_MODELS, "there are too many models"
        )
        return
    _check_preparation(run.preparation, n_columns, table.n_rows)
    _check_column(run.start_column, n_columns)
    d = len(run.preparation.columns)
    _check(run.at.parameters.n_columns == d, "a run has other columns than its fit")
    _check(_is_shape(run.structure, d), "a shape is unknown")
    _check(min(run.at.number, run.at.attempt - 1, run.n_tries - 1) >= 0, "a run has no number")
    _check(0 < run.at.n_rows <= table.n_rows, "a fit has no rows")
    _check(len(run.identities) == run.at.parameters.n_components, "a fit lacks letters")
    _check_letters(run.identities)


def _check_record(record: FitRecord, n_columns: int, n_rows: int) -> None:
    _check_preparation(record.preparation, n_columns, n_rows)
    _check_column(record.start_column, n_columns)
    _check_fit(record.fit, len(record.preparation.columns))
    _check(len(record.identities) == record.fit.n_components, "a fit lacks letters")
    _check_letters(record.identities)
    _check_tracks(record.tracks, record.fit.n_columns)


def _check_sweep(sweep: SweepRecord, n_columns: int, n_rows: int) -> None:
    _check_preparation(sweep.preparation, n_columns, n_rows)
    d = len(sweep.preparation.columns)
    for cell in sweep.cells:
        _check(cell.structure in STRUCTURES, "a shape is unknown")
        _check(cell.n_components >= 1, "a model has no clusters")
        _check_collapse(cell.collapsed)
        if cell.fit is not None:
            _check_fit(cell.fit, d)
        _check_tracks(cell.tracks, d)


def _check_draft(draft: Draft, base: FitRecord) -> None:
    d = base.fit.n_columns
    _check(draft.parameters.n_columns == d, "a model by hand has other columns than its fit")
    _check(draft.structure in STRUCTURES, "a shape is unknown")
    _check(len(draft.identities) == draft.parameters.n_components, "a model lacks letters")
    _check_letters(draft.identities)
    if draft.fit is not None:
        _check_fit(draft.fit, d)
        _check(draft.fit.n_components == len(draft.identities), "a model lacks letters")
    _check_tracks(draft.tracks, d)


def _check_fit(fit: Fit, d: int) -> None:
    _check(
        fit.n_columns == fit.parameters.n_columns == d and d > 0,
        "a fit has other columns than it was made from",
    )
    _check(_is_shape(fit.structure, d), "a shape is unknown")
    _check(fit.n_rows > 0 and fit.n_iterations >= 0, "a fit has no rows")
    _check(fit.n_observations > 0, "a fit has no rows")
    _check_collapse(fit.collapsed)
    for attempt in fit.attempts:
        _check(attempt.parameters.n_columns == d, "a start has other columns than its fit")
        _check_collapse(attempt.collapsed)


def _is_shape(structure: str, d: int) -> bool:
    return structure in STRUCTURES and (len(structure) == 1) == (d == 1)


def _check_collapse(collapse: Collapse | None) -> None:
    if collapse is None:
        return
    _check(collapse.component >= 0, "a collapsed cluster has no number")
    _check(not collapse.rows.size or collapse.rows.min() >= 0, "a row has no number")
    _check(all(column >= 0 for column in collapse.columns), "a column has no number")


def _check_tracks(tracks: Iterable[Track], d: int) -> None:
    for track in tracks:
        _check(bool(track.iterations), "a run has no iterations")
        numbers = [iteration.number for iteration in track.iterations]
        _check(numbers[0] >= 0, "an iteration has no number")
        _check(all(a < b for a, b in pairwise(numbers)), "a run goes back")
        _check(
            track.log_likelihoods.size == numbers[-1] - numbers[0] + 1,
            "the iterations of a run are incomplete",
        )
        _check(
            all(iteration.parameters.n_columns == d for iteration in track.iterations),
            "a run has other columns than its fit",
        )


def _check_preparation(preparation: Preparation, n_columns: int, n_rows: int) -> None:
    columns = preparation.columns
    _check(len(set(columns)) == len(columns), "a column is used twice")
    for column in (*columns, *preparation.log, preparation.weights):
        _check_column(column, n_columns)
    excluded = preparation.excluded
    if excluded:
        _check(0 <= min(excluded) <= max(excluded) < n_rows, "a row excluded is not in the table")


def _check_column(column: int | None, n_columns: int) -> None:
    _check(column is None or 0 <= column < n_columns, "a column is missing in its table")


def _check_letters(identities: Iterable[int]) -> None:
    numbers = list(identities)
    _check(len(set(numbers)) == len(numbers), "two clusters have the same letter")
    _check(all(0 <= number < MOST_LETTERS for number in numbers), "a cluster has no letter")


def _check(holds: bool, otherwise: str) -> None:
    if not holds:
        raise damaged(otherwise)
