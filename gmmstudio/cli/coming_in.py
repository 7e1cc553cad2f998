"""Which part of a file is read: options that all commands share."""

from __future__ import annotations

import argparse
from typing import get_args

from gmmstudio.cli.options import CommandError, Parser
from gmmstudio.table import ReadSettings
from gmmstudio.table.formats.kinds import WORKBOOKS, kind_of
from gmmstudio.table.settings import DateOrder


def add_input(parser: Parser, *, sample: bool = True) -> None:
    """Add the options; ``sample`` where a sample of the rows is of use."""
    add = parser.add_argument
    add(
        "--sheet",
        metavar="NAME",
        help="sheet of a workbook, or file in a zip archive (default: the first)",
    )
    add("--range", metavar="CELLS", help="cells of a sheet, such as B3:F200 (default: all filled)")
    add(
        "--dates",
        choices=get_args(DateOrder),
        metavar="ORDER",
        help="how dates are meant of which the file does not tell day and month: dmy (03/04/2020 "
        "is 3 April), mdy (March 4) or ymd (20/03/04 is 4 March 2020; default: they stay text)",
    )
    add(
        "--no-mending",
        action="store_true",
        help="leave rows with too few or too many cells as they stand",
    )
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
        If no sample can be drawn of so many rows, or the file has no sheets.
    TableError
        If the file is no table at all.
    """
    _check_sheet(options)
    rows = getattr(options, "sample_rows", None)
    if rows is not None and rows < 1:
        raise CommandError("--sample-rows needs a number of rows, at least 1.")
    return ReadSettings(
        sheet=options.sheet,
        cells=options.range,
        sample_rows=rows,
        date_order=options.dates,
        mend=False if options.no_mending else None,
    )


def _check_sheet(options: argparse.Namespace) -> None:
    """Refuse what is asked of a workbook where the file is none."""
    if options.sheet is None and options.range is None:
        return
    kind = kind_of(options.file)
    if kind in WORKBOOKS or not options.file.is_file():
        return
    if options.range is not None or kind != "zip":
        asked = "--range" if options.range is not None else "--sheet"
        raise CommandError(f"{options.file} is no workbook, so {asked} says nothing about it.")
