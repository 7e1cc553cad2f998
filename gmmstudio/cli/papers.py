"""What ``gmmstudio fit`` writes for people: report and script."""

from __future__ import annotations

import argparse
import datetime
from collections.abc import Sequence
from pathlib import Path

from gmmstudio.cli.options import CommandError
from gmmstudio.document import Assignment, Document, FitRecord, SweepRecord
from gmmstudio.fitting import Cell
from gmmstudio.mixture import OutlierRule
from gmmstudio.report.page import page
from gmmstudio.report.script import LANGUAGES, data_csv, data_path, reads_source, script
from gmmstudio.report.whole import report
from gmmstudio.table import Table


def check_endings(options: argparse.Namespace) -> None:
    """Look at the names of the files before any work is done.

    Raises
    ------
    CommandError
        An ending that says another format than the one written.
    """
    if options.report is not None and options.report.suffix.lower() not in (".html", ".htm"):
        raise CommandError(
            f"--report writes HTML, and {options.report} does not end in .html; nothing was "
            "written. The window saves a report as PDF, too."
        )
    if options.script is not None and options.script.suffix.lower() not in LANGUAGES:
        raise CommandError(
            f"--script writes Python or R, and {options.script} ends in neither .py nor .R; "
            "nothing was written."
        )


def papers(
    options: argparse.Namespace,
    table: Table,
    record: FitRecord,
    assignment: Assignment,
    rule: OutlierRule,
    cells: Sequence[Cell],
) -> list[tuple[Path, str]]:
    """Return the files asked for and what goes into them."""
    document = _document(table, record, rule, cells)
    made: list[tuple[Path, str]] = []
    today = datetime.date.today()
    if options.report is not None:
        made.append((options.report, page(report(document, assignment, made=today))))
    if options.script is not None:
        language, path = LANGUAGES[options.script.suffix.lower()], options.script
        made.append((path, script(document, assignment, language, made=today, path=path)))
        if not reads_source(table, language):
            made.append((data_path(path), data_csv(table).decode()))
    return made


def data_note(options: argparse.Namespace, table: Table) -> list[str]:
    """Say where the data are that a script reads; nothing where it reads the table's own file."""
    if options.script is None or reads_source(table, LANGUAGES[options.script.suffix.lower()]):
        return []
    data = data_path(options.script).name
    return [f"{options.script.name} reads {data} beside it, since R does not read {options.file}."]


def _document(
    table: Table, record: FitRecord, rule: OutlierRule, cells: Sequence[Cell]
) -> Document:
    """Return what the window would have after the same job."""
    sweep = None
    if len(cells) > 1:
        sweep = SweepRecord(tuple(cells), record.preparation, record.spec)
    return Document(
        table=table,
        preparation=record.preparation,
        spec=record.spec,
        fits=(record,),
        active=record.id,
        sweep=sweep,
        outlier_rule=rule,
        start_column=record.start_column,
    )
