"""``gmmstudio fit``: read, prepare, fit, write."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from contextlib import ExitStack
from itertools import combinations
from pathlib import Path

from gmmstudio.cli.asking import (
    StartAsked,
    preparation_asked,
    shapes_asked,
    specs_asked,
    start_asked,
)
from gmmstudio.cli.coming_in import add_input, settings_asked
from gmmstudio.cli.going_out import check_target, outgoing_asked, outgoing_notes
from gmmstudio.cli.options import CENTRES, CommandError, fit_parser
from gmmstudio.cli.papers import check_endings, data_note, papers
from gmmstudio.cli.running import run
from gmmstudio.document import Assignment, FitRecord, assign
from gmmstudio.document.applying import model_of
from gmmstudio.document.identities import by_weight
from gmmstudio.fitting import Cell, best, run_to_end, sweep
from gmmstudio.mixture import OutlierRule
from gmmstudio.report import cautions, sentences
from gmmstudio.report.export import export_labelled
from gmmstudio.report.formats import plain_ascii
from gmmstudio.report.markup import plain
from gmmstudio.report.result_json import result_json
from gmmstudio.report.script import data_path
from gmmstudio.table import Outgoing, Preparation, Sample, Table, prepare, read
from gmmstudio.table.atomic import atomic_writer, same_file


def main(arguments: Sequence[str]) -> int:
    """Run ``gmmstudio fit …``; ``arguments`` begins with the word ``fit``.

    Returns
    -------
    int
        0, or 2 after one sentence on stderr; then nothing was written.
    """
    parser = fit_parser()
    add_input(parser)
    return run(_fit, parser.parse_args(list(arguments)[1:]))


# -- the job --------------------------------------------------------------------------------------


def _fit(options: argparse.Namespace) -> tuple[str, list[str]]:
    """Do the whole job; return the summary sentence and what else should be known."""
    rule = OutlierRule.parse(options.outliers)
    _check_outputs(options)
    outgoing = outgoing_asked(options)
    table = read(options.file, settings_asked(options))
    start = start_asked(table, options.start)
    preparation = preparation_asked(table, options, start.label_column)
    sample = prepare(table, preparation)
    shapes, notes = shapes_asked(options, sample.x.shape[1])
    specs = specs_asked(table, sample, start, shapes, options)
    cells = run_to_end(sweep(sample.x, specs, weights=sample.weights, units=sample.units))
    record = _record(_best(cells, sample), preparation, start)
    assignment = assign(table, record)
    summary, otherwise = _write(options, table, record, assignment, rule, cells, outgoing)
    spoken_for = {preparation.weights, start.label_column}
    left_out = _notes(table, spoken_for if options.columns is None else None)
    left_out += _missing_notes(sample, assignment)
    notes = [*left_out, *_weight_notes(options, sample), *notes, *_gap_notes(cells, sample)]
    beside = data_note(options, table)
    return summary, [*notes, *outgoing_notes(options, outgoing, table, ()), *otherwise, *beside]


def _check_outputs(options: argparse.Namespace) -> None:
    """Look at the outputs before any work is done."""
    named = {
        "--out": options.out,
        "--json": options.json,
        "--report": options.report,
        "--script": options.script,
        "the data of --script": _data_of_script(options),
    }
    targets = {option: path for option, path in named.items() if path is not None}
    for (one, path), (other, its) in combinations(targets.items(), 2):
        if same_file(path, its):
            raise CommandError(f"{one} and {other} name the same file; nothing was written.")
    check_endings(options)
    for path in targets.values():
        check_target(path)
        if same_file(path, options.file):
            raise CommandError(
                f"{path} is the table itself, which stays as it is; name another file."
            )
        centres = options.start.removeprefix(CENTRES)
        if centres != options.start and same_file(path, Path(centres)):
            raise CommandError(f"{path} holds the centres; name another file.")


def _data_of_script(options: argparse.Namespace) -> Path | None:
    """Return where the data of a script may go that cannot read the table's own file."""
    if options.script is None or options.script.suffix.lower() != ".r":
        return None
    return data_path(options.script)


def _best(cells: Sequence[Cell], sample: Sample) -> Cell:
    winner = best(cells)
    if winner is not None:
        return winner
    raise CommandError(
        "No fit succeeded, nothing was written. "
        + plain_ascii(sentences.gap(cells[0], sample.column_names, sample.rows + 1))
    )


def _gap_notes(cells: Sequence[Cell], sample: Sample) -> list[str]:
    """Say how many models could not be fitted, and why the first of them."""
    gaps = [cell for cell in cells if cell.fit is None]
    if not gaps:
        return []
    first = gaps[0]
    why = plain_ascii(sentences.gap(first, sample.column_names, sample.rows + 1))
    models = "model" if len(cells) == 1 else "models"
    return [
        f"{len(gaps)} of {len(cells)} {models} could not be fitted, beginning with "
        f"{first.structure}, K = {first.n_components}: {why}"
    ]


def _record(cell: Cell, preparation: Preparation, start: StartAsked) -> FitRecord:
    """Name the clusters by size, or in the order of the labels or centres they started from."""
    assert cell.fit is not None  # the best cell has one
    in_order = tuple(range(cell.n_components))
    return FitRecord(
        id=1,
        fit=cell.fit,
        preparation=preparation,
        spec=cell.fit.spec,
        identities=in_order if start.given else by_weight(cell.fit.parameters),
        seconds=cell.seconds,
        start_column=start.label_column,
    )


def _notes(table: Table, spoken_for: set[int | None] | None) -> list[str]:
    """Say what was noticed in the table and, where they were not named, which columns are left out.

    Parameters
    ----------
    table
        The table.
    spoken_for
        Columns that serve another purpose; None where the user named those to fit.
    """
    notes: list[str] = list(table.notices)
    if spoken_for is not None:
        notes += [
            f"column {column.name} is left out: {column.why_not}."
            for index, column in enumerate(table.columns)
            if column.why_not and index not in spoken_for
        ]
    return notes


def _missing_notes(sample: Sample, assignment: Assignment) -> list[str]:
    """Say how many rows were skipped, how many cells filled in, and what the numbers are of."""
    notes = [plain(cautions.left_out(len(sample.skipped), 0)), plain(sentences.filled(assignment))]
    if sample.logged is not None:
        names = [n for n, logged in zip(sample.column_names, sample.logged, strict=True) if logged]
        notes.append(
            f"all numbers are of {', '.join(names)}; log-likelihood and BIC in the original units "
            "are in the JSON file, under original_units."
        )
    return [plain_ascii(note) for note in notes if note]


def _weight_notes(options: argparse.Namespace, sample: Sample) -> list[str]:
    """Say what the row weights were taken for, where nobody said, and which do not count."""
    weights = sample.row_weights
    if weights is None:
        return []
    notes = [plain(cautions.without_weight(weights.n_without))]
    if options.weights_as is None:
        holds, other = "whole numbers", "relative"
        if weights.are == "relative":
            holds, other = "numbers that are not whole", "counts"
        taken = "counts of rows" if weights.are == "counts" else "relative weights"
        notes.append(
            f"{weights.column} holds {holds} and is taken as {taken} (--weights-as {other} takes "
            "it otherwise)."
        )
    return [plain_ascii(note) for note in notes if note]


def _write(
    options: argparse.Namespace,
    table: Table,
    record: FitRecord,
    assignment: Assignment,
    rule: OutlierRule,
    cells: Sequence[Cell],
    outgoing: Outgoing,
) -> tuple[str, tuple[str, ...]]:
    """Write all files, or none; return the summary and what in the table is otherwise."""
    beside: list[tuple[Path, str]] = []
    if options.json is not None:
        model = model_of(record, assignment, rule)
        numbers = result_json(
            record, assignment.sample, cells, model=model, sampled_from=table.sampled_from
        )
        beside.append((options.json, numbers))
    beside += papers(options, table, record, assignment, rule, cells)
    # The context puts these files in place only when the table has been.
    with ExitStack() as stack:
        for path, content in beside:
            file = stack.enter_context(atomic_writer(path))
            file.write(content.encode())
            file.sync()  # where the disk is full it says so here, before there is a table
        written = export_labelled(options.out, table, record, assignment, rule, outgoing=outgoing)
    return sentences.summary(table, record, assignment, rule, options.out), written.otherwise
