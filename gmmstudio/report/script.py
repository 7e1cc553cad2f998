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
from gmmstudio.report.sentences import named
from gmmstudio.table.errors import TableError
from gmmstudio.table.numbers import missing_words
from gmmstudio.table.preparation import Sample
from gmmstudio.table.settings import ColumnType, ReadSettings
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
    path: Path,
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
    path
        Where the script will lie: it looks for the table from there, or for the data beside it
        (`data_path`) where it cannot read the table's own file (`reads_source`).

    Raises
    ------
    ValueError
        The document has no fit.
    TableError
        The file of the table was not found, so that its rows are not at hand.
    """
    table, record = document.table, document.record
    if table is None or record is None:
        raise ValueError("A script needs a fit.")
    if table.blank:
        raise TableError(
            "A script compares labels of all rows, and the file of the table was not found: "
            "find it first, in the bar over the plot."
        )
    own, sample = reads_source(table, language), assignment.sample
    template = _environment().get_template(f"script.{language}.jinja")
    known = {
        "version": __version__,
        "made": f"{made.day} {made:%B %Y}",
        "called": named(table),
        **_source(table, path, own),
        **_model(document, record, assignment),
        **(_python(table, record, own) if language == "py" else _r(table, record, sample, own)),
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
    """Whether a script can read the table's own file; else it reads data written beside it.

    R reads text as it stands, packed by gzip or not, where the program mended no line of it, and
    numbers in one way: no dates, nor columns of which it was chosen what their cells mean.
    """
    if table.path is None:
        return False
    if language == "py":
        return True
    settings = table.settings
    above = (settings.skip_rows or 0) + (settings.header_rows or 0)
    return (
        table.format == "text"
        and table.sampled_from is None
        and table.path.suffix.lower() != ".zip"
        and settings.escape in (None, "", settings.quote)
        and not settings.missing_in
        and not settings.present_in
        and not any(kind == "number" for _, kind in settings.types)
        and all(column.is_number or column.values is None for column in table.columns)
        and not any(line > above for notice in table.notices for line in notice.lines)
    )


def data_path(script_path: Path) -> Path:
    """Return where the data of a script lie: beside it, under its name."""
    return script_path.with_name(f"{script_path.stem}-data.csv")


def data_csv(table: Table) -> bytes:
    """Return a table as CSV for scripts: numbers as they were read, and text as it stands.

    UTF-8, commas, decimal points and one line of names, whatever the source is like; a number that
    is missing is an empty cell.
    """
    import pyarrow as pa
    from pyarrow import csv

    columns = [
        column.cells if column.values is None else pa.array(column.values, from_pandas=True)
        for column in table.columns
    ]
    out = pa.BufferOutputStream()
    names = [column.name for column in table.columns]
    csv.write_csv(pa.table(dict(zip(names, columns, strict=True))), out)
    return bytes(out.getvalue())


PLAIN = ReadSettings(
    encoding="utf-8", delimiter=",", quote='"', escape='"', decimal=".", thousands="",
    skip_rows=0, header_rows=1, comment="", missing=(),
)  # fmt: skip
"""How `data_csv` is to be read."""


def _source(table: Table, path: Path, own: bool) -> dict[str, Any]:
    if own and table.path is not None:
        return {"own": True, "file": _relative(table.path, path.absolute().parent), "source": ""}
    source = table.name if table.path is None else table.path.name
    return {"own": False, "file": data_path(path).name, "source": source}


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


def _python(table: Table, record: FitRecord, own: bool) -> dict[str, Any]:
    spec, fit = record.spec, record.fit
    last = next((a for a in fit.attempts if a.number == fit.attempt), None)
    again = last is None or last.start != REOPENED
    centres = None
    if isinstance(spec.start, np.ndarray) and spec.start.ndim == 2:
        centres = spec.start
    start_known = isinstance(spec.start, str) or centres is not None
    return {
        "settings": _changed(table.settings if own else _plain(table), ReadSettings()),
        "preparation": _changed(record.preparation, type(record.preparation)()),
        "centres": centres,
        "start_column": record.start_column,
        "from_scratch": again and (start_known or record.start_column is not None),
        "covariance_type": None if spec.prior else SCIKIT_LEARN.get(fit.structure),
    }


def _plain(table: Table) -> ReadSettings:
    """Return how the data beside a script are read: each column as what it is."""
    types: tuple[tuple[int, ColumnType], ...] = tuple(
        (index, "text" if column.values is None else "number")
        for index, column in enumerate(table.columns)
    )
    return dataclasses.replace(PLAIN, types=types)


def _changed(value: Any, usual: Any) -> tuple[tuple[str, Any], ...]:
    """Return the fields of a dataclass that are not as usual."""
    pairs = ((field.name, getattr(value, field.name)) for field in dataclasses.fields(value))
    return tuple((name, each) for name, each in pairs if each != getattr(usual, name))


def _r(table: Table, record: FitRecord, sample: Sample, own: bool) -> dict[str, Any]:
    settings, preparation = table.settings if own else PLAIN, record.preparation
    missing = missing_words(settings.missing)
    filled = sample.filled
    return {
        "encoding": _r_encoding(settings.encoding or "utf-8"),
        "delimiter": settings.delimiter or table.dialect.delimiter,
        "quote": settings.quote if settings.quote is not None else '"',
        "decimal": settings.decimal or table.dialect.decimal,
        "thousands": settings.thousands or "",
        "skip": settings.skip_rows or 0,
        "header": settings.header_rows if settings.header_rows is not None else 1,
        "marked": settings.comment,
        "missing": tuple(sorted({"", *missing})),
        "n_columns": len(table.columns),
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
