"""The parameters of a fitted model as files, to the last digit; and a model read back from one."""

from __future__ import annotations

import json
from math import isfinite, nan
from pathlib import Path
from typing import Any

import numpy as np

from gmmstudio.document.applying import FittedModel, model_of, model_without_rows
from gmmstudio.document.assignment import assign
from gmmstudio.document.identities import letter
from gmmstudio.mixture.errors import MixtureError
from gmmstudio.mixture.outliers import OutlierRule
from gmmstudio.mixture.parameters import Parameters
from gmmstudio.project import SUFFIX, read_project
from gmmstudio.report.formats import plain_ascii
from gmmstudio.table.errors import TableError
from gmmstudio.table.logs import LOG
from gmmstudio.table.plain_out import Columns
from gmmstudio.table.reading import read

_MOST_BYTES = 1 << 28


def model_numbers(model: FittedModel) -> dict[str, Any]:
    """Return what a model needs besides its parameters: names, and where outliers begin."""
    return {
        "clusters": list(model.names),
        "outliers": {"rule": str(model.rule), "threshold": model.line},
        "lowest_log_density": model.lowest,
    }


def parameter_table(model: FittedModel, *, sampled_from: int | None = None) -> Columns:
    """Return the parameters as a table with a row for each number.

    ``cluster`` and ``name``; ``parameter`` is weight, mean or covariance; ``column`` and
    ``with_column`` say of what; ``value``. A covariance stands once, not twice. Of a model of a
    sample a last row says how many rows it was drawn from: ``sampled_from``, of no cluster.
    """
    import pyarrow as pa

    rows: list[tuple[int | None, str, str, str, float]] = []
    parameters, d = model.parameters, len(model.columns)
    for k in range(parameters.n_components):
        rows.append((k, "weight", "", "", float(parameters.weights[k])))
        rows += (
            (k, "mean", column, "", float(parameters.means[k, j]))
            for j, column in enumerate(model.measures)
        )
        rows += (
            (k, "covariance", model.measures[i], model.measures[j], float(value))
            for i in range(d)
            for j, value in enumerate(parameters.covariances[k, i, : i + 1])
        )
    if sampled_from is not None:
        rows.append((None, "sampled_from", "", "", float(sampled_from)))
    of = [row[0] for row in rows]
    return {
        "cluster": pa.array(["" if k is None else letter(k) for k in of], pa.string()),
        "name": pa.array(["" if k is None else model.names[k] for k in of], pa.string()),
        "parameter": pa.array([row[1] for row in rows], pa.string()),
        "column": pa.array([row[2] for row in rows], pa.string()),
        "with_column": pa.array([row[3] for row in rows], pa.string()),
        "value": pa.array([row[4] for row in rows], pa.float64()),
    }


def read_model(path: Path) -> FittedModel:
    """Read the model of a project, or of the JSON that the window and ``gmmstudio fit`` write.

    Raises
    ------
    TableError, ProjectError
        The file cannot be read, is something else, or holds no fit.
    """
    return _of_project(path) if path.suffix.lower() == SUFFIX else _of_json(path)


def _of_project(path: Path) -> FittedModel:
    """Return the model of the fit that a project shows."""
    project = read_project(path)
    document, link = project.document, project.link
    record, table = document.record, document.table
    if record is None or table is None:
        raise TableError(f"The project “{path.name}” has no fit; open it, press Fit and save it.")
    rule, names = document.outlier_rule, document.component_names(record)
    model = None
    if link is not None:
        try:
            if link.is_met_by(link.path):
                table = read(link.path, table.settings)
            else:
                model = model_without_rows(record, table, rule, names)
        except (OSError, TableError):
            model = model_without_rows(record, table, rule, names)
    if model is None:
        model = model_of(record, assign(table, record), rule, names)
    return model.reading_as(table, record.preparation)


def _of_json(path: Path) -> FittedModel:
    """Return the model of a JSON file."""
    try:
        with path.open("rb") as file:
            data = file.read(_MOST_BYTES + 1)
    except OSError as error:
        raise TableError(f"“{path}” cannot be read ({error.strerror or error}).") from error
    if len(data) > _MOST_BYTES:
        raise TableError(f"“{path.name}” is too large to be the parameters of a model.")
    try:
        found = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise _no_model(path, "it is not JSON") from error
    return model_from_numbers(found, path)


def model_from_numbers(found: Any, path: Path) -> FittedModel:
    """Return the model of what `result_json` wrote.

    Raises
    ------
    TableError
        Something is missing or is not what it must be.
    """
    if not isinstance(found, dict):
        raise _no_model(path, "it holds no names with values")
    for needed in ("columns", "weights", "means", "covariances"):
        if not isinstance(found.get(needed), list):
            raise _no_model(path, f"it has no list of “{needed}”")
    columns = found["columns"]
    if not all(isinstance(column, str) for column in columns) or not columns:
        raise _no_model(path, "its “columns” are not names")
    try:
        parameters = Parameters(
            *(np.array(found[name]) for name in ("weights", "means", "covariances"))
        )
    except (MixtureError, ValueError, OverflowError) as error:
        raise _no_model(path, plain_ascii(str(error)).rstrip(".")) from error
    if parameters.n_columns != len(columns):
        raise _no_model(path, f"it has {len(columns)} columns and means in {parameters.n_columns}")
    names = found.get("clusters")
    k = parameters.n_components
    if not isinstance(names, list) or len(names) != k:
        names = [f"Cluster {letter(component)}" for component in range(k)]
    rule, line = _rule(found.get("outliers"), path)
    logs = found.get("log")
    logged = {
        place for place, name in enumerate(columns) if isinstance(logs, list) and name in logs
    }
    return FittedModel(
        columns=tuple(
            name.removeprefix(LOG) if place in logged else name
            for place, name in enumerate(columns)
        ),
        logged=frozenset(logged),
        parameters=parameters,
        names=tuple(str(name) for name in names),
        rule=rule,
        line=line,
        lowest=_number(found.get("lowest_log_density")),
    )


def _rule(found: Any, path: Path) -> tuple[OutlierRule, float]:
    """Return the rule of outliers and its line; NaN where an older file does not say it."""
    if not isinstance(found, dict):
        return OutlierRule(), nan
    try:
        return OutlierRule.parse(str(found.get("rule"))), _number(found.get("threshold"))
    except MixtureError as error:
        raise _no_model(path, plain_ascii(str(error)).rstrip(".")) from error


def _number(found: Any) -> float:
    if isinstance(found, bool) or not isinstance(found, int | float):
        return nan
    return float(found) if isfinite(found) else nan


def _no_model(path: Path, why: str) -> TableError:
    return TableError(
        f"“{path.name}” does not hold a fitted model: {why}. Give a project, or what gmmstudio fit "
        "--json wrote."
    )
