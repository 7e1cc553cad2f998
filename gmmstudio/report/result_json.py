"""The numbers of a fit as JSON."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence
from math import isfinite
from typing import Any

import numpy as np

from gmmstudio.document.applying import FittedModel
from gmmstudio.document.document import FitRecord
from gmmstudio.fitting.sweep import Cell
from gmmstudio.mixture.em import name_of
from gmmstudio.mixture.errors import Collapse
from gmmstudio.mixture.fit import Attempt, Fit
from gmmstudio.report import formats
from gmmstudio.report.export import component_order
from gmmstudio.report.model_files import model_numbers
from gmmstudio.report.sentences import gap
from gmmstudio.table.preparation import Sample

CRITERIA = (
    "log_likelihood",
    "n_parameters",
    "bic",
    "aic",
    "icl",
    "n_iterations",
    "converged",
    "ended",
)
"""What a cell of a sweep says of its fit; ``null`` where it is a gap."""


def result_json(
    record: FitRecord,
    sample: Sample,
    cells: Sequence[Cell] = (),
    *,
    model: FittedModel | None = None,
    sampled_from: int | None = None,
) -> str:
    """Return the fit, and the cells of the sweep it is the best of, as a JSON text.

    Everything is in the columns' original units; the clusters come in the order of the
    labelled table. What is not a finite number is ``null``. A single cell is no sweep.

    Parameters
    ----------
    record
        The fit.
    sample
        What it was fitted to: column names, row weights, the table rows that reasons name.
    cells
        The sweep.
    model
        The model of the fit, for who is to apply it to other rows: names of clusters, outliers.
    sampled_from
        Number of rows in the file, where the table is a sample of them.
    """
    result = fit_numbers(record, sample)
    result["sampled_from"] = sampled_from
    if model is not None:
        result.update(model_numbers(model))
    if len(cells) > 1:
        result["sweep"] = [cell_numbers(cell, sample) for cell in cells]
    return json.dumps(finite(result), allow_nan=False, ensure_ascii=False, indent=2) + "\n"


def fit_numbers(record: FitRecord, sample: Sample) -> dict[str, Any]:
    """Return the numbers of a fit, parameters included.

    ``weights`` are those of the clusters; ``row_weights`` says which column weights the rows.
    """
    fit, order = record.fit, component_order(record)
    parameters = fit.parameters
    return {
        **criteria_numbers(fit),
        "n_rows": len(sample.rows),
        "n_observations": whole(fit.n_observations),
        "n_columns": fit.n_columns,
        "columns": list(sample.column_names),
        "row_weights": row_weights(sample),
        **preparation_numbers(record, sample),
        "prior": fit.spec.prior,
        "log_prior": fit.log_prior,
        "start": name_of(fit.spec.start),
        "seed": fit.spec.seed,
        "monotone": fit.monotone,
        "collapsed": _why_collapsed(fit.collapsed, sample),
        "attempt": fit.attempt,
        "attempts": [attempt_numbers(attempt, sample) for attempt in fit.attempts],
        "optima": [dataclasses.asdict(optimum) for optimum in fit.optima],
        "weights": parameters.weights[order].tolist(),
        "means": parameters.means[order].tolist(),
        "covariances": parameters.covariances[order].tolist(),
    }


def preparation_numbers(record: FitRecord, sample: Sample) -> dict[str, Any]:
    """Return how the columns were scaled, logged and filled.

    Where columns are logged, all other numbers are of their logarithms. ``original_units`` then has
    the log-likelihood and the criteria of the columns as they are in the file (a density of log x
    is one of x times 1/x), which alone compare with fits made without those logarithms.
    """
    fit, filled, logged = record.fit, sample.filled, sample.logged
    original = None
    if logged is not None:
        less = sample.log_volume
        original = {
            "log_likelihood": fit.log_likelihood - less,
            "bic": fit.bic + 2.0 * less,
            "aic": fit.aic + 2.0 * less,
            "icl": fit.icl + 2.0 * less,
        }
    return {
        "scale": record.preparation.scale,
        "log": [] if logged is None else [sample.column_names[j] for j in np.flatnonzero(logged)],
        "original_units": original,
        "missing": {
            "rule": record.preparation.missing,
            "n_skipped_rows": len(sample.skipped),
            "n_filled_cells": 0 if filled is None else filled.n_cells,
            "n_filled_rows": 0 if filled is None else filled.n_rows,
        },
    }


def criteria_numbers(fit: Fit) -> dict[str, Any]:
    """Return what one compares models by."""
    return {
        "structure": fit.structure,
        "n_components": fit.n_components,
        "log_likelihood": fit.log_likelihood,
        "n_parameters": fit.n_parameters,
        "bic": fit.bic,
        "aic": fit.aic,
        "icl": fit.icl,
        "n_iterations": fit.n_iterations,
        "converged": fit.converged,
        "ended": fit.ended,
    }


def row_weights(sample: Sample) -> dict[str, Any] | None:
    """Return which column weights the rows and how; None where each counts once."""
    weights = sample.row_weights
    return None if weights is None else {"column": weights.column, "as": weights.are}


def attempt_numbers(attempt: Attempt, sample: Sample) -> dict[str, Any]:
    """Return how one start ended; ``collapsed`` says why it did, or is ``null``."""
    return {
        "number": attempt.number,
        "start": attempt.start,
        "orientation": attempt.orientation or None,
        "log_likelihood": attempt.log_likelihood,
        "n_iterations": attempt.n_iterations,
        "n_rows": attempt.n_rows,
        "collapsed": _why_collapsed(attempt.collapsed, sample),
    }


def _why_collapsed(collapsed: Collapse | None, sample: Sample) -> str | None:
    """Return what collapsed and why; None where nothing did."""
    if collapsed is None:
        return None
    return formats.plain_ascii(collapsed.reason_with(sample.column_names, sample.rows + 1))


def whole(number: float) -> float | int:
    """Return a number that is whole as an integer."""
    return int(number) if float(number).is_integer() else number


def cell_numbers(cell: Cell, sample: Sample) -> dict[str, Any]:
    """Return the numbers of a cell; of a gap all are ``null``, and ``reason`` says why."""
    numbers = criteria_numbers(cell.fit) if cell.fit else dict.fromkeys(CRITERIA)
    return {
        **numbers,
        "structure": cell.structure,
        "n_components": cell.n_components,
        "n_collapsed": cell.n_collapsed,
        "reason": formats.plain_ascii(gap(cell, sample.column_names, sample.rows + 1)),
    }


def finite(value: Any) -> Any:
    """Put None where JSON has no word: for NaN and infinities."""
    if isinstance(value, float):
        return value if isfinite(value) else None
    if isinstance(value, dict):
        return {name: finite(entry) for name, entry in value.items()}
    if isinstance(value, list):
        return [finite(entry) for entry in value]
    return value
