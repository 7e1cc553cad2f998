"""Which part of a file is read: options that all commands share."""

from __future__ import annotations

import argparse

from gmmstudio.cli.options import CommandError, Parser
from gmmstudio.table import ReadSettings


def add_input(parser: Parser, *, sample: bool = True) -> None:
    """Add the options; ``sample`` where a sample of the rows is of use."""
    add = parser.add_argument
    add(
        "--sheet",
        metavar="NAME",
        help="sheet of a workbook, or file in a zip archive (default: the first)",
    )
    add("--range", metavar="CELLS", help="cells of a sheet, such as B3:F200 (default: all filled)")
    if sample:
        add(
            "--sample-rows",
            type=int,
            metavar="N",
            help="read only N rows, drawn at random, of a table too large for memory",
        )


def settings_asked(options: argparse.Namespace) -> ReadSettings:
    """Return how to read the file.

    Raises
    ------
    CommandError
        If no sample can be drawn of so many rows.
    """
    rows = getattr(options, "sample_rows", None)
    if rows is not None and rows < 1:
        raise CommandError("--sample-rows needs a number of rows, at least 1.")
    return ReadSettings(sheet=options.sheet, cells=options.range, sample_rows=rows)
