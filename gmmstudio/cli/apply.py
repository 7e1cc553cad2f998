"""``gmmstudio apply``: label another table with a fitted model."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from gmmstudio.cli.coming_in import add_input, settings_asked
from gmmstudio.cli.going_out import check_target, outgoing_asked, outgoing_notes
from gmmstudio.cli.options import CommandError, Parser, add_output, split_names
from gmmstudio.cli.running import run
from gmmstudio.document.applying import FittedModel, apply_model, match_columns
from gmmstudio.mixture import OutlierRule
from gmmstudio.report import applied_words
from gmmstudio.report.formats import plain_ascii
from gmmstudio.report.model_files import read_model
from gmmstudio.table import Table, TableError, read, write_labelled


def apply_parser() -> Parser:
    """Return the parser of ``gmmstudio apply``."""
    parser = Parser(
        prog="gmmstudio apply",
        description="Label the rows of another table with a model that was fitted before. Columns "
        "are matched by name, whatever their case and spaces.",
    )
    add = parser.add_argument
    add(
        "project",
        type=Path,
        metavar="PROJECT",
        help="a project (.gmms), or the JSON that gmmstudio fit --json wrote",
    )
    add("file", type=Path, metavar="FILE", help="the table to label")
    add(
        "--match",
        metavar="NAMES",
        help="columns of another name: model=table,model=table,…",
    )
    add(
        "--outliers",
        help="density:V or chi2:0.99 (default: the rule of the fit, with its line among the rows "
        "of the fit)",
    )
    add_input(parser, sample=False)
    add_output(parser)
    return parser


def main(arguments: Sequence[str]) -> int:
    """Run ``gmmstudio apply …``; ``arguments`` begins with the word ``apply``.

    Returns
    -------
    int
        0, or 2 after one sentence on stderr; then nothing was written.
    """
    return run(_apply, apply_parser().parse_args(list(arguments)[1:]))


def _apply(options: argparse.Namespace) -> tuple[str, list[str]]:
    """Do the whole job; return the summary sentence and what else should be known."""
    check_target(options.out, options.file, options.project)
    outgoing = outgoing_asked(options)
    model = read_model(options.project)
    if options.outliers is not None:
        model = model.with_rule(OutlierRule.parse(options.outliers))
    table = read(options.file, settings_asked(options))
    columns, notes = _matched(model, table, options.match)
    applied = apply_model(model, table, columns)
    outgoing = outgoing_asked(options, model.new_columns)
    written = write_labelled(options.out, table, applied.labels, outgoing)
    notes = [*table.notices, *notes, *outgoing_notes(options, outgoing, table, model.names)]
    notes += written.otherwise
    if applied.n_outliers is None:
        notes.append(
            "the model does not say where outliers begin, so there is no such column (--outliers "
            "says it)."
        )
    said = " ".join([*applied_words.sentences(applied), f"Written to {options.out}."])
    return plain_ascii(said), notes


def _matched(
    model: FittedModel, table: Table, asked: str | None
) -> tuple[tuple[int, ...], list[str]]:
    """Return the column for each of the model's, and which of them have another name.

    Raises
    ------
    CommandError, TableError
        A column is missing, holds text, or was named twice.
    """
    found = list(match_columns(model.columns, table))
    for pair in split_names("--match", asked) if asked else ():
        name, equals, other = (part.strip() for part in pair.partition("="))
        if not (name and equals and other):
            raise CommandError(f"--match “{pair}” is not a pair such as height=tall.")
        if name not in model.columns:
            raise CommandError(
                f"The model has no column “{name}”; it has: {', '.join(model.columns[:12])}."
            )
        found[model.columns.index(name)] = table.index(other)
    chosen: list[int] = []
    for name, index in zip(model.columns, found, strict=True):
        if index is None:
            raise CommandError(_missing(name, table))
        if index in chosen:
            raise CommandError(
                f"The column “{table.columns[index].name}” would stand for two columns of the "
                "model; give each its own by --match."
            )
        chosen.append(index)
    notes = [
        f"column {table.columns[index].name} is taken for {name}."
        for name, index in zip(model.columns, chosen, strict=True)
        if table.columns[index].name != name
    ]
    return tuple(chosen), notes


def _missing(name: str, table: Table) -> str:
    """Say why a column of the model has no counterpart."""
    try:
        column = table.columns[table.index(name)]
    except TableError as error:
        return f"{error} The model needs it: --match {name}=… names the one that stands for it."
    return f"The column “{column.name}” holds text, not numbers, and the model needs its numbers."
