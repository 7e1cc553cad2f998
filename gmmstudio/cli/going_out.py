"""From the options to how a labelled table is written."""

from __future__ import annotations

import argparse
from pathlib import Path

from gmmstudio.cli.options import CommandError
from gmmstudio.table import Outgoing, Table
from gmmstudio.table.atomic import same_file
from gmmstudio.table.formulas import find_formulas
from gmmstudio.table.new_columns import ALL_NEW, NewColumn
from gmmstudio.table.outgoing import foreseen, form_for, has_lines


def outgoing_asked(
    options: argparse.Namespace, columns: tuple[NewColumn, ...] = ALL_NEW
) -> Outgoing:
    """Return the form and what is done about formulas.

    Raises
    ------
    TableError
        The name of the file would belie what is in it.
    """
    form = form_for(options.out, options.format)
    return Outgoing(form, columns, options.formulas or "keep")


def outgoing_notes(
    options: argparse.Namespace, outgoing: Outgoing, table: Table, names: tuple[str, ...]
) -> list[str]:
    """Say what a spreadsheet would take for a formula, and what is otherwise than in the source."""
    if not outgoing.is_text:
        return []
    notes = foreseen(outgoing.form, table, at_hand=has_lines(table))
    found = find_formulas(table, names) if options.formulas is None else None
    if found is not None:
        cells, begin = ("cell", "begins") if found.n == 1 else ("cells", "begin")
        notes.append(
            f"{found.n} {cells} of text {begin} like a formula, first {found.example!r} "
            f"({found.where}); kept exactly (--formulas safe puts an apostrophe before it)."
        )
    return notes


def check_target(path: Path, *sources: Path) -> None:
    """Look at where a file is to go before any work is done.

    Raises
    ------
    CommandError
        There is no such folder, it is a folder itself, or one of the files that are read.
    """
    if not path.absolute().parent.is_dir():
        raise CommandError(
            f"The folder of {path} does not exist; nothing was written. Make it first."
        )
    if path.is_dir():
        raise CommandError(f"{path} is a folder; nothing was written. Name a file in it.")
    for source in sources:
        if same_file(path, source):
            raise CommandError(f"{path} is read, and stays as it is; name another file.")
