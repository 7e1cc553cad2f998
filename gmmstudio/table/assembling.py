"""From cells as text to a table: columns typed, what is odd said."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from gmmstudio.table.all_columns import type_columns
from gmmstudio.table.cells import Body
from gmmstudio.table.decoding import Progress, ShouldStop
from gmmstudio.table.doubt_notices import doubts
from gmmstudio.table.records import IntArray
from gmmstudio.table.settings import Notice, ReadSettings
from gmmstudio.table.table import Dialect, Table, screen_names
from gmmstudio.table.value_labels import ValueLabels


@dataclass(frozen=True, eq=False)
class Cells:
    """The cells of a file as text, whatever its format, and what was noticed on the way.

    Attributes
    ----------
    header
        A name, maybe empty, for every column.
    body
        The rows.
    lines
        int64 (n,): the line, or the row of a sheet, on which each row begins, from 1.
    dialect
        How to write them again.
    settings
        How they were read.
    notices
        What was noticed.
    unit
        What ``lines`` counts: "line" or "row".
    format
        The kind of file; "text" also for text that was packed.
    sampled_from
        Number of rows of which these are a sample; None where they are all.
    descriptions, value_labels
        What the file says of each column and of its values; empty where it says nothing of any.
    """

    header: list[str]
    body: Body
    lines: IntArray
    dialect: Dialect
    settings: ReadSettings
    notices: tuple[Notice, ...]
    unit: str = "line"
    format: str = "text"
    sampled_from: int | None = None
    descriptions: tuple[str, ...] = ()
    value_labels: tuple[ValueLabels, ...] = ()


def assemble(
    cells: Cells, name: str, path: Path | None, progress: Progress, stop: ShouldStop
) -> Table:
    """Type the columns and put the table together."""
    names = screen_names(cells.header)
    typed = type_columns(
        names,
        cells.header,
        cells.body.columns,
        cells.settings,
        cells.dialect.delimiter,
        progress,
        stop,
    )
    columns = typed.columns
    if cells.descriptions:
        columns = tuple(
            replace(column, description=said, value_labels=labels)
            for column, said, labels in zip(
                columns, cells.descriptions, cells.value_labels, strict=True
            )
        )
    noticed = (
        *cells.notices,
        *typed.notices,
        *doubts(typed.doubts, cells.lines, cells.unit),
        *typed.ticks,
    )
    settings = cells.settings.with_(
        decimal=typed.decimal, thousands=typed.thousands, date_order=typed.date_order
    )
    dialect = replace(cells.dialect, decimal=typed.decimal)
    if len(names) == 1:  # then nothing separates cells in the file, but something must in an export
        dialect = replace(dialect, delimiter=";" if typed.decimal == "," else ",")
    return Table(
        name,
        path,
        columns,
        cells.lines.size,
        dialect,
        noticed,
        settings,
        cells.format,
        cells.sampled_from,
    )
