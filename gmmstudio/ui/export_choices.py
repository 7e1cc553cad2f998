"""What can be exported and in which forms, in words; what is remembered. Without Qt."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from gmmstudio.report import formats
from gmmstudio.table.errors import TableError
from gmmstudio.table.formulas import FormulaCells, Formulas
from gmmstudio.table.labelled import all_names
from gmmstudio.table.new_columns import ALL_NEW, MEANINGS, NewColumn
from gmmstudio.table.outgoing import (
    Form,
    Outgoing,
    ending_of,
    foreseen,
    form_for,
    refusal,
)
from gmmstudio.table.packing import is_packed
from gmmstudio.table.table import Table
from gmmstudio.table.written import sample_words

What = Literal["table", "clusters", "parameters"]
FileForm = Literal["source", "excel", "xlsx", "parquet", "json"]

MOST_REMEMBERED = 100

TITLES: dict[What, str] = {
    "table": "Export the labelled table",
    "clusters": "Export the clusters",
    "parameters": "Export the parameters",
}
SLUGS: dict[What, str] = {"table": "labelled", "clusters": "clusters", "parameters": "parameters"}
FORMS: dict[What, tuple[FileForm, ...]] = {
    "table": ("source", "excel", "xlsx", "parquet"),
    "clusters": ("source", "excel", "xlsx"),
    "parameters": ("json", "source", "excel", "xlsx"),
}
COLUMN_WORDS: dict[NewColumn, str] = {
    "cluster": "Cluster",
    "cluster_id": "Number of the cluster",
    "probabilities": "Probabilities",
    "uncertainty": "Uncertainty",
    "log_density": "Log-density",
    "mahalanobis": "Distance to the cluster",
    "outlier": "Outlier",
    "note": "Note",
}
_PACKED = {".gz": ", packed by gzip", ".zip": ", packed in a zip archive"}
_MARKS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars", " ": "spaces"}


@dataclass(frozen=True, eq=False)
class Exportable:
    """What there is to export.

    Attributes
    ----------
    table
        The table.
    names
        Of the clusters, in the order of their letters.
    suggest
        Gives a path for a word (``labelled``) and an ending (``.csv``).
    selected
        Which rows of the table (n,) are selected; None where none are.
    only
        Whether the selected rows are meant at first.
    columns
        The new columns that there can be.
    whats
        What is offered.
    caution
        What is to be known of the fit before; "" where nothing is.
    """

    table: Table
    names: tuple[str, ...]
    suggest: Callable[[str, str], Path]
    selected: NDArray[np.bool_] | None = None
    only: bool = False
    columns: tuple[NewColumn, ...] = ALL_NEW
    whats: tuple[What, ...] = ("table", "clusters", "parameters")
    caution: str = ""


@dataclass(frozen=True, eq=False)
class Wanted:
    """What was asked for: ``only`` (n,) says which rows, None means all."""

    what: What
    path: Path
    form: FileForm
    outgoing: Outgoing
    only: NDArray[np.bool_] | None = None


def form_words(form: FileForm, table: Table, what: What = "table") -> str:
    """Return what a form is called."""
    if form == "source":
        like = what == "table" and table.format == "text"
        return "CSV, laid out as the source" if like else "CSV"
    return {
        "excel": "CSV for Excel",
        "xlsx": "Excel workbook (.xlsx)",
        "parquet": "Parquet",
        "json": "JSON",
    }[form]


def file_ending(form: FileForm, table: Table, what: What) -> str:
    """Return how the name of a file ends."""
    if form == "json":
        return ".json"
    return ending_of(form, table if what == "table" else None)


def promise(
    what: What,
    form: FileForm,
    exportable: Exportable,
    outgoing: Outgoing,
    n_rows: int,
    *,
    at_hand: bool,
) -> str:
    """Say what will be in the file; ``at_hand`` is whether the source's lines still lie there."""
    said = _content(what, form, exportable, outgoing, n_rows, at_hand=at_hand)
    words = [said, sample_words(exportable.table)]
    if what == "table":
        words += foreseen(outgoing.form, exportable.table, at_hand=at_hand)
    return "\n".join(filter(None, words))


def _content(
    what: What,
    form: FileForm,
    exportable: Exportable,
    outgoing: Outgoing,
    n_rows: int,
    *,
    at_hand: bool,
) -> str:
    table = exportable.table
    if what == "clusters":
        n = len(exportable.names)
        return (
            f"{formats.clusters(n)}, a row each: name, size, share, weight, uncertainty, volume, "
            "and of every column mean and standard deviation, in full precision."
        )
    if what == "parameters":
        also = " gmmstudio apply can label other tables with it." if form == "json" else ""
        return f"Weights, means and covariances, in full precision.{also}"
    n_new = len(all_names(table, len(exportable.names), outgoing)) - len(table.columns)
    new = f"{n_new} new column{'' if n_new == 1 else 's'} after its {len(table.columns)}"
    return f"{formats.rows(n_rows)}, {new}. {_how(form, table, at_hand=at_hand)}"


def _how(form: FileForm, table: Table, *, at_hand: bool) -> str:
    dialect = table.dialect
    if form == "source":
        marks = _MARKS.get(dialect.delimiter, f"“{dialect.delimiter}”")
        same = "Every cell of the table stays letter by letter as it is"
        if at_hand:
            same = (
                "Every line of the source stays letter by letter as it is, with the new cells at "
                "its end"
            )
        packed = _PACKED.get(Path(file_ending(form, table, "table")).suffix, "")
        return f"{same}; with {marks}, in {dialect.encoding.upper()}{packed}."
    if form == "excel":
        marks = "semicolons" if dialect.decimal == "," else "commas"
        return f"Cells stay as they are; in UTF-8 with {marks}, as Excel opens it by itself."
    if form == "xlsx":
        return (
            "Numbers are numbers, all else is text as it is, zip codes with their zeros; a second "
            "sheet says what the new columns are."
        )
    return (
        "Columns have types, numbers all their digits, zip codes their zeros: for Python, R and "
        "databases."
    )


def hindrance(form: FileForm, exportable: Exportable, outgoing: Outgoing, n_rows: int) -> str:
    """Say what keeps the table from being written so; "" if nothing does."""
    if form != "xlsx":
        return ""
    n_columns = len(all_names(exportable.table, len(exportable.names), outgoing))
    return refusal("xlsx", n_rows, n_columns)


def wrong_name(path: str, form: FileForm) -> str:
    """Say why a name would belie the form of the file; "" if it does not."""
    if not path.strip():
        return "Give the file a name."
    chosen = Path(path.strip())
    if form == "json":
        fits = chosen.suffix.lower() == ".json"
        return "" if fits else "Let the name end in .json, so that other programs know what it is."
    try:
        form_for(chosen, form)
    except TableError as error:
        return str(error)
    return ""


def with_ending(path: str, ending: str) -> str:
    """Return the path with another ending, where it has one of those that are offered."""
    known = (".csv", ".tsv", ".txt", ".tab", ".xlsx", ".parquet", ".json")
    found = Path(path)
    bare = found.with_name(found.stem) if is_packed(found) else found
    if bare.suffix.lower() in known:
        bare = bare.with_suffix("")
    elif bare == found:
        return path
    return str(bare.with_name(bare.name + ending))


def formula_question(found: FormulaCells) -> str:
    """Say which cells begin like a formula, and what a spreadsheet does with them."""
    example = found.example if len(found.example) <= 24 else f"{found.example[:23]}…"
    example = " ".join(example.split())
    if found.n == 1:
        said = f"A text begins like a formula: “{example}” ({found.where})."
    else:
        said = (
            f"{formats.count(found.n)} texts begin like a formula, first “{example}” "
            f"({found.where})."
        )
    return f"{said} A spreadsheet that opens this file would compute such text. Write it"


def column_tip(column: NewColumn) -> str:
    """Say what a new column holds."""
    each = ", a column each" if column == "probabilities" else ""
    return MEANINGS[column].format(cluster="") + each


# -- what is remembered of a file -----------------------------------------------------------------


def remembered(words: str, path: Path | None) -> Formulas | None:
    """Return what was once answered for a table's file; None where it was not asked."""
    answer = _answers(words).get(str(path)) if path is not None else None
    return answer if answer in ("keep", "safe") else None  # type: ignore[return-value]


def remember(words: str, path: Path | None, answer: Formulas) -> str:
    """Return the words with an answer added; the oldest ones go."""
    if path is None:
        return words
    answers = _answers(words)
    answers.pop(str(path), None)
    answers[str(path)] = answer
    return json.dumps(dict(list(answers.items())[-MOST_REMEMBERED:]), ensure_ascii=False)


def _answers(words: str) -> dict[str, str]:
    try:
        found = json.loads(words) if words else {}
    except ValueError:
        return {}
    if not isinstance(found, dict):
        return {}
    return {str(path): str(answer) for path, answer in found.items()}


def form_of(form: FileForm) -> Form:
    """Return the form of a table: JSON is none."""
    return "source" if form == "json" else form
