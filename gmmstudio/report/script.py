"""Scripts that find the clusters of the active fit again, and say how exactly they did."""

from __future__ import annotations

import dataclasses
import datetime
import hashlib
import os
from functools import cache
from pathlib import Path
from typing import Any, Literal

import numpy as np
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from gmmstudio import __version__, resources
from gmmstudio.document.assignment import Assignment
from gmmstudio.document.document import Document, FitRecord
from gmmstudio.mixture.fit import REOPENED
from gmmstudio.report import literals
from gmmstudio.report.export import component_order
from gmmstudio.table.numbers import MISSING, any_case
from gmmstudio.table.preparation import Sample
from gmmstudio.table.settings import ReadSettings
from gmmstudio.table.table import Table

Language = Literal["py", "R"]

LANGUAGES: dict[str, Language] = {".py": "py", ".r": "R"}
"""By the ending of a file's name, in small letters."""

SCIKIT_LEARN = {
    "VVV": "full",
    "V": "full",
    "EEE": "tied",
    "E": "tied",
    "VVI": "diag",
    "VII": "spherical",
}
"""What scikit-learn calls the structures it knows."""


def script(
    document: Document,
    assignment: Assignment,
    language: Language,
    *,
    made: datetime.date,
    folder: Path,
) -> str:
    """Return a script on the active fit.

    Parameters
    ----------
    document
        With a table and an active fit.
    assignment
        ``assign(document.table, document.record)``.
    language
        "py" for Python, "R" for R.
    made
        The day.
    folder
        Where the script will lie: it looks for the table from there.

    Raises
    ------
    ValueError
        The document has no fit.
    """
    table, record = document.table, document.record
    if table is None or record is None:
        raise ValueError("A script needs a fit.")
    template = _environment().get_template(f"script.{language}.jinja")
    known = {
        "version": __version__,
        "made": f"{made.day} {made:%B %Y}",
        "table": table,
        **_source(table, folder, language),
        **_model(document, record, assignment),
        **(_python(table, record) if language == "py" else _r(table, record, assignment.sample)),
    }
    return template.render(known)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(resources.path("report")),
        autoescape=False,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["py"] = literals.python
    environment.filters["py_rows"] = literals.python_rows
    environment.filters["py_names"] = literals.names_of
    environment.filters["r"] = literals.r
    environment.filters["r_matrix"] = literals.r_matrix
    environment.filters["r_rows"] = literals.r_whole_numbers
    environment.filters["r_list"] = lambda value: literals.wrapped(literals.r(value))
    environment.filters["comment"] = literals.comment
    return environment


def reads_source(table: Table, language: Language) -> bool:
    """Whether a script reads the table's own file; else the CSV that is exported from here."""
    if table.path is None:
        return False
    if language == "py":
        return True
    packed = table.path.suffix.lower() == ".zip"
    return table.format == "text" and table.sampled_from is None and not packed


def exported_name(table: Table) -> str:
    """Return the name of the labelled table that is exported from here, as it is suggested."""
    return f"{table.name.replace('/', '-')}-labelled.csv"


def _source(table: Table, folder: Path, language: Language) -> dict[str, Any]:
    own = reads_source(table, language)
    if own and table.path is not None:
        return {"own": True, "file": _relative(table.path, folder)}
    return {"own": False, "file": exported_name(table)}


def _relative(path: Path, folder: Path) -> str:
    """Return where a file lies as seen from a folder, with slashes as everywhere."""
    try:
        return Path(os.path.relpath(path.absolute(), folder.absolute())).as_posix()
    except ValueError:  # on another drive
        return path.absolute().as_posix()


def _model(document: Document, record: FitRecord, assignment: Assignment) -> dict[str, Any]:
    order = component_order(record)
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    labels = rank[assignment.labels]
    fit, names = record.fit, document.component_names(record)
    weights = assignment.sample.row_weights
    return {
        "names": tuple(names[component] for component in order),
        "columns": assignment.sample.column_names,
        "weights": fit.parameters.weights[order],
        "means": fit.parameters.means[order],
        "covariances": fit.parameters.covariances[order],
        "log_likelihood": fit.log_likelihood,
        "n_rows": assignment.n_rows,
        "sizes": tuple(np.bincount(labels, minlength=len(order)).tolist()),
        "md5": labels_md5(labels),
        "structure": fit.structure,
        "spec": record.spec,
        "counts": None if weights is None else weights.are,
    }


def labels_md5(labels: np.ndarray) -> str:
    """Return the MD5 of labels (n,), written from 1, a line each: what both languages can make."""
    text = "".join(f"{label}\n" for label in (labels + 1).tolist())
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def _python(table: Table, record: FitRecord) -> dict[str, Any]:
    spec, fit = record.spec, record.fit
    last = next((a for a in fit.attempts if a.number == fit.attempt), None)
    again = last is None or last.start != REOPENED
    centres = None
    if isinstance(spec.start, np.ndarray) and spec.start.ndim == 2:
        centres = spec.start
    start_known = isinstance(spec.start, str) or centres is not None
    return {
        "settings": _changed(table.settings, ReadSettings()) if table.path else (),
        "preparation": _changed(record.preparation, type(record.preparation)()),
        "centres": centres,
        "start_column": record.start_column,
        "from_scratch": again and (start_known or record.start_column is not None),
        "covariance_type": None if spec.prior else SCIKIT_LEARN.get(fit.structure),
    }


def _changed(value: Any, usual: Any) -> tuple[tuple[str, Any], ...]:
    """Return the fields of a dataclass that are not as usual."""
    pairs = ((field.name, getattr(value, field.name)) for field in dataclasses.fields(value))
    return tuple((name, each) for name, each in pairs if each != getattr(usual, name))


def _r(table: Table, record: FitRecord, sample: Sample) -> dict[str, Any]:
    settings, preparation = table.settings, record.preparation
    own = reads_source(table, "R")
    missing = any_case(settings.missing if settings.missing is not None else MISSING)
    header = settings.header_rows if settings.header_rows is not None else 1
    codec = (settings.encoding or "utf-8") if own else table.dialect.encoding
    filled = sample.filled
    return {
        "encoding": _r_encoding(codec),
        "delimiter": (settings.delimiter if own else None) or table.dialect.delimiter,
        "quote": settings.quote if own and settings.quote is not None else '"',
        "decimal": settings.decimal or table.dialect.decimal,
        "thousands": settings.thousands or "",
        "skip": (settings.skip_rows or 0) if own else 0,
        "header": header if own else 1,
        "marked": settings.comment if own else "",
        "missing": tuple(sorted(missing)),
        "n_columns": len(table.columns) if own else None,
        "n_table_rows": table.n_rows,
        "fitted": tuple(index + 1 for index in preparation.columns),
        "logged": tuple(sorted(place + 1 for place in sample.logged_places)),
        "weight_column": None if preparation.weights is None else preparation.weights + 1,
        "excluded": sorted(row + 1 for row in preparation.excluded),
        "filled_rows": [] if filled is None else (filled.rows + 1).tolist(),
        "filled_columns": [] if filled is None else (filled.columns + 1).tolist(),
        "filled_values": [] if filled is None else sample.x[filled.rows, filled.columns].tolist(),
        "fills": preparation.missing != "skip",
        "units": sample.units,
        "sums": sample.x.sum(axis=0),
        "model_name": record.fit.structure,
        "prior": record.spec.prior,
    }


def _r_encoding(codec: str) -> str:
    """Return what R's iconv calls an encoding."""
    known = {"utf-16-le": "UTF-16LE", "utf-16-be": "UTF-16BE", "latin_1": "ISO-8859-1"}
    return known.get(codec, codec.upper().replace("_", "-"))
