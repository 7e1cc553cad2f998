"""The command line: the same job as the window does, without Qt."""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn, TextIO

import numpy as np
from numpy.typing import NDArray

from gmmstudio.document import Assignment, FitRecord, assign
from gmmstudio.document.identities import by_weight
from gmmstudio.fitting import Cell, best, run_to_end, sweep
from gmmstudio.mixture import MixtureError, OutlierRule, Spec, resolve
from gmmstudio.report import sentences
from gmmstudio.report.crosstab import coded
from gmmstudio.report.export import export_labelled
from gmmstudio.report.formats import plain_ascii
from gmmstudio.report.result_json import result_json
from gmmstudio.table import Preparation, Sample, Table, TableError, prepare, read
from gmmstudio.table.atomic import atomic_writer, same_file

BAD_INPUT = 2
LABELS = "labels:"


class CommandError(ValueError):
    """An option that cannot be followed; the message is the whole sentence for the user."""


class Parser(argparse.ArgumentParser):
    """An argument parser that answers a mistake in one sentence, with exit code 2."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong and where help is; write nothing."""
        sentence = message[:1].upper() + message[1:].rstrip(".")
        self.exit(BAD_INPUT, f"{sentence} ({self.prog} --help shows the options).\n")


def main(arguments: Sequence[str]) -> int:
    """Run ``gmmstudio fit …``; ``arguments`` begins with the word ``fit``.

    Returns
    -------
    int
        0, or 2 after one sentence on stderr; then nothing was written.
    """
    options = _parser().parse_args(list(arguments)[1:])
    try:
        summary, notes = _fit(options)
    except (CommandError, TableError, MixtureError) as error:
        _say(str(error), sys.stderr)
        return BAD_INPUT
    except KeyboardInterrupt:
        _say("Interrupted; nothing was written.", sys.stderr)
        return 130
    for note in notes:
        _say(f"Note: {note}", sys.stderr)
    _say(summary, sys.stdout)
    return 0


def _say(sentence: str, stream: TextIO) -> None:
    """Print one line, letters that the stream does not know as codes: names may hold any."""
    encoding = stream.encoding or "utf-8"
    line = " ".join(sentence.splitlines())
    print(line.encode(encoding, "backslashreplace").decode(encoding), file=stream)


# -- options --------------------------------------------------------------------------------------


def _parser() -> Parser:
    parser = Parser(
        prog="gmmstudio fit",
        description="Fit Gaussian mixtures to a table and write it back with a cluster per row.",
    )
    add = parser.add_argument
    add("file", type=Path, metavar="FILE", help="the table (CSV or TSV)")
    add("--columns", help="columns to use, a,b,… (default: those the window would tick)")
    add("--k", type=_k_range, help="clusters: one number, or a range such as 1:9 (lowest BIC wins)")
    add(
        "--shape",
        default="full",
        help="spherical, diagonal, tied, full, or VII, VVI, EEE, VVV; several: a,b (full)",
    )
    add("--scale", choices=("none", "standard"), default="none", help="default: none")
    add("--start", default="k-means++", help="k-means++, random or labels:COLUMN")
    add("--tries", type=int, default=10, help="starts per fit (default: 10)")
    add("--seed", type=int, default=0, help="seed of the starts (default: 0)")
    add("--tol", type=float, default=1e-8, help="stop when the gain to come is below (1e-8)")
    add("--max-iter", type=int, default=1000, help="most iterations (default: 1000)")
    add(
        "--outliers",
        default="percentile:5",
        help="percentile:5, density:V or chi2:0.99 (default: percentile:5)",
    )
    add("--out", type=Path, required=True, metavar="CSV", help="where the labelled table goes")
    add("--json", type=Path, metavar="JSON", help="where the numbers of the fit go")
    return parser


def _k_range(text: str) -> range:
    first, colon, last = text.partition(":")
    try:
        ks = range(int(first), int(last if colon else first) + 1)
    except ValueError:
        ks = range(0)
    if not ks or ks[0] < 1:
        raise argparse.ArgumentTypeError(
            f"'{text}' is neither a number of clusters nor a range such as 1:9"
        )
    return ks


def _names(option: str, text: str) -> list[str]:
    """Split ``a,b,"c,d"`` as a line of CSV."""
    names = [name.strip() for name in next(csv.reader([text], skipinitialspace=True))]
    if not all(names or [""]):
        raise CommandError(f"{option} '{text}' lacks a name; separate names by one comma each.")
    return names


# -- the job --------------------------------------------------------------------------------------


def _fit(options: argparse.Namespace) -> tuple[str, list[str]]:
    """Do the whole job; return the summary sentence and what else should be known."""
    rule = OutlierRule.parse(options.outliers)
    _check_outputs(options)
    table = read(options.file)
    label_column = _label_column(table, options)
    preparation = Preparation(
        columns=_columns(table, options.columns, label_column), scale=options.scale
    )
    sample = prepare(table, preparation)
    cells = run_to_end(
        sweep(sample.x, _specs(table, sample, label_column, options), units=sample.units)
    )
    record = _record(_best(cells, sample), preparation, ordered=label_column is not None)
    assignment = assign(table, record)
    summary = _write(options, table, record, assignment, rule, cells)
    return summary, _notes(table, options.columns is None)


def _check_outputs(options: argparse.Namespace) -> None:
    """Look at the outputs before any work is done."""
    targets = [path for path in (options.out, options.json) if path is not None]
    if options.json is not None and same_file(options.out, options.json):
        raise CommandError("--out and --json name the same file; nothing was written.")
    for path in targets:
        if not path.absolute().parent.is_dir():
            raise CommandError(
                f"The folder of {path} does not exist; nothing was written. Make it first."
            )
        if path.is_dir():
            raise CommandError(f"{path} is a folder; nothing was written. Name a file in it.")
        if same_file(path, options.file):
            raise CommandError(
                f"{path} is the table itself, which stays as it is; name another file."
            )


def _label_column(table: Table, options: argparse.Namespace) -> int | None:
    if not options.start.startswith(LABELS):
        if options.start not in ("k-means++", "random"):
            raise CommandError(
                f"--start '{options.start}' is not known; "
                "use k-means++, random or labels: followed by a column's name."
            )
        return None
    return table.index(options.start.removeprefix(LABELS))


def _columns(table: Table, wanted: str | None, label_column: int | None) -> tuple[int, ...]:
    if wanted is None:
        columns = tuple(index for index in table.default_columns() if index != label_column)
        if not columns and any(column.values is not None for column in table.columns):
            why = "; ".join(f"{c.name}: {c.why_not}" for c in table.columns[:8] if c.why_not)
            raise CommandError(
                f"No column of {table.name} is used unless --columns names it ({why})."
            )
        return columns
    columns = tuple(table.index(name) for name in _names("--columns", wanted))
    twice = {table.columns[index].name for index in columns if columns.count(index) > 1}
    if twice:
        raise CommandError(f"--columns names {', '.join(sorted(twice))} twice; once is enough.")
    if label_column is not None and label_column in columns:
        name = table.columns[label_column].name
        raise CommandError(f"'{name}' cannot be both a column of the fit and the starting labels.")
    return columns


def _specs(
    table: Table, sample: Sample, label_column: int | None, options: argparse.Namespace
) -> list[Spec]:
    """One specification per cell of K × shape."""
    d = sample.x.shape[1]
    # For one column several shapes are the same model: keep each once, in the order asked for.
    structures = list(
        dict.fromkeys(resolve(name, d).name for name in _names("--shape", options.shape))
    )
    start: str | NDArray[np.int64] = options.start
    ks: Sequence[int] = options.k or ()
    if label_column is not None:
        start = _start_labels(table, sample, label_column)
        n_levels = int(start.max()) + 1
        if ks and list(ks) != [n_levels]:
            raise CommandError(
                f"The labels fix the number of clusters at {n_levels}; leave --k out."
            )
        ks = [n_levels]
    if not ks:
        raise CommandError("Say how many clusters to look for: --k 3, or a range such as --k 1:9.")
    return [
        Spec(
            n_components=k,
            structure=structure,
            start=start,
            tries=options.tries,
            seed=options.seed,
            tol=options.tol,
            max_iter=options.max_iter,
        )
        for k in ks
        for structure in structures
    ]


def _start_labels(table: Table, sample: Sample, index: int) -> NDArray[np.int64]:
    """Integer labels (n,) from 0 of the sample's rows, in the order of the column's values."""
    column, n = table.columns[index], len(sample.rows)
    values: NDArray[Any]
    if column.values is not None:
        values = column.values[sample.rows]
        missing = np.isnan(values)
    else:
        values, _ = coded(column, sample.rows)
        missing = values < 0
    if missing.any():
        raise CommandError(
            f"'{column.name}' has no value in {int(missing.sum())} of the {n} rows used; "
            "starting labels are needed in every row."
        )
    levels, labels = np.unique(values, return_inverse=True)
    if len(levels) > n // 2:
        raise CommandError(
            f"'{column.name}' has {len(levels)} different values in {n} rows: "
            "too many to be the labels of clusters."
        )
    return labels.astype(np.int64)


def _best(cells: Sequence[Cell], sample: Sample) -> Cell:
    winner = best(cells)
    if winner is not None:
        return winner
    raise CommandError(
        "No fit succeeded, nothing was written. "
        + plain_ascii(sentences.gap(cells[0], sample.column_names, sample.rows + 1))
    )


def _record(cell: Cell, preparation: Preparation, *, ordered: bool) -> FitRecord:
    """Name the clusters by size, or as ``ordered`` by the user's own labels."""
    assert cell.fit is not None  # the best cell has one
    return FitRecord(
        id=1,
        fit=cell.fit,
        preparation=preparation,
        spec=cell.fit.spec,
        identities=tuple(range(cell.n_components)) if ordered else by_weight(cell.fit.parameters),
        seconds=cell.seconds,
    )


def _notes(table: Table, default_columns: bool) -> list[str]:
    notes = list(table.notices)
    if default_columns:
        notes += [
            f"column {column.name} is left out: {column.why_not}."
            for column in table.columns
            if column.why_not
        ]
    return notes


def _write(
    options: argparse.Namespace,
    table: Table,
    record: FitRecord,
    assignment: Assignment,
    rule: OutlierRule,
    cells: Sequence[Cell],
) -> str:
    """Write both files, or none; return the summary sentence."""
    if options.json is None:
        export_labelled(options.out, table, record, assignment, rule)
    else:
        # Its context puts the JSON in place only when the table has been.
        with atomic_writer(options.json) as file:
            file.write(result_json(record, assignment.sample, cells).encode())
            file.sync()  # where the disk is full it says so here, before there is a table
            export_labelled(options.out, table, record, assignment, rule)
    return sentences.summary(table, record, assignment, rule, options.out)
