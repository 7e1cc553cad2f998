"""Where header and rows are among the records, and how many columns there are."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import zip_longest

import numpy as np

from gmmstudio.table import notices
from gmmstudio.table.delimiting import cells_of
from gmmstudio.table.errors import TableError
from gmmstudio.table.footers import find_foot
from gmmstudio.table.headers import (
    Start,
    find_start,
    is_ruler,
    join_names,
    mostly_numbers,
    number,
    recurring,
)
from gmmstudio.table.mending import How, mend, mend_header
from gmmstudio.table.records import IntArray, Records, usual_width
from gmmstudio.table.settings import Notice, ReadSettings
from gmmstudio.table.tokens import Layout

_HEAD = 200
_GAPS = 20
_BELOW = 5
_HEAD_CELLS = 100_000
_WIDEST_GROWTH = 50
MOST_COLUMNS = 100_000
"""Each column costs some kB and a ms: a line of millions of marks is no table."""


@dataclass(frozen=True, eq=False)
class Shape:
    """Where header and rows are, and how many columns there are.

    Attributes
    ----------
    records
        The records, mended where they were broken.
    header
        The names as they stand in the file; None where there are none.
    rows
        int64 (n,): the records that are rows.
    width
        The usual number of cells of a row.
    n_columns
        How many columns hold all the cells.
    skip_rows
        Lines before the table.
    header_rows
        How many records name the columns.
    named
        int64 (header_rows,): these records.
    notices
        What is odd.
    """

    records: Records
    header: list[str] | None
    rows: IntArray
    width: int
    n_columns: int
    skip_rows: int
    header_rows: int
    named: IntArray
    notices: tuple[Notice, ...]


def find_shape(
    data: bytes, records: Records, layout: Layout, file_name: str, settings: ReadSettings
) -> Shape:
    """Find header, rows and width, and say what is odd about them."""
    used = _used_records(records)[1 if layout.declared else 0 :]
    if not used.size:
        raise TableError(
            f"“{file_name}” has no rows below its first line; choose a file with a table in it."
        )
    width = usual_width(records.counts[used])
    if records.counts[used].max() > 2 * width + _WIDEST_GROWTH:
        raise TableError(notices.too_wide(records, used, width, file_name))
    if width > MOST_COLUMNS:
        raise TableError(notices.too_many_columns(file_name, width, MOST_COLUMNS))
    n_head = max(10, min(_HEAD, _HEAD_CELLS // max(width, 1)))
    head = [cells_of(data, records, int(record), layout) for record in used[:n_head]]
    start = _start(head, width, settings)
    rows = used[start.first_row :]
    width = usual_width(records.counts[used[start.first :]])
    records, how = (
        (records, {})
        if settings.mend is False
        else _mended(data, records, used, start, layout, width)
    )
    foot = find_foot(data, records, rows, layout, width)
    if foot.clear:
        rows = rows[: rows.size - foot.records.size]
    named = used[start.first : start.first_row]
    names = [cells_of(data, records, int(record), layout) for record in named]
    header = join_names(names) if names else None
    longest = int(max(records.counts[rows].max(initial=0), len(header or ())))
    usual = min(width, len(header)) if header else width
    if longest > 2 * usual + _WIDEST_GROWTH:
        raise TableError(notices.too_wide(records, used, usual, file_name))
    n_columns = max(_last_filled(data, records, rows, layout, width), len(header or ()))
    line = int(records.lines[used[start.first]])
    noticed = [
        *notices.title(head, records, used, start.first),
        *notices.rows_of_names(records, named if settings.header_rows is None else rows[:0]),
        *notices.foot(records, foot),
        *notices.comments(records, layout.comment, chosen=settings.comment is not None),
        *notices.blank(
            records, rows, single=width == 1, named=_named_below(data, records, rows, layout)
        ),
        *notices.mended(records, how),
        *notices.ragged(records, rows, width, n_columns),
    ]
    if any(map(is_ruler, head[start.first_row : start.first_row + 1])):
        noticed.append(notices.ruler(records, int(rows[0])))
    if settings.header_rows is None:
        if header is None:
            noticed.append(notices.no_header(line))
        elif again := recurring(header, head[start.first_row :]):
            noticed.append(notices.maybe_no_header(again, line))
    if header is not None and len(header) != width:
        if n_columns == width and _lacks_name_of_row_names(header, head[start.first_row :], width):
            header = ["", *header]
            noticed.append(notices.row_names(line))
        else:
            noticed.append(notices.header_width(len(header), width, line))
    skip = line - 1 if start.first or layout.declared or settings.skip_rows else 0
    return Shape(
        records, header, rows, width, n_columns, skip, start.header_rows, named, tuple(noticed)
    )


def _named_below(data: bytes, records: Records, rows: IntArray, layout: Layout) -> IntArray:
    """Return rows right below blank lines that look like names above numbers."""
    after = rows[1:][np.diff(rows) > 1][:_GAPS]
    found = []
    for record in after[records.blank[after - 1]]:
        place = int(np.searchsorted(rows, record))
        cells = [
            cells_of(data, records, int(row), layout) for row in rows[place : place + _BELOW + 1]
        ]
        columns = zip_longest(*cells[1:], fillvalue="")
        numeric = [
            j for j, column in enumerate(columns) if len(cells) > 2 and mostly_numbers(column)
        ]
        words = [j < len(cells[0]) and bool(cells[0][j].strip()) for j in numeric]
        if words and all(words) and not any(number(cells[0][j]) for j in numeric):
            found.append(record)
    return np.array(found, dtype=np.int64)


def _mended(
    data: bytes, records: Records, used: IntArray, start: Start, layout: Layout, width: int
) -> tuple[Records, dict[int, How]]:
    """Mend the header and the rows where it is plain how; return how it was done."""
    rows = mend(data, records, used[start.first_row :], layout, width)
    if start.header_rows != 1:
        return rows.records, rows.how
    header = mend_header(data, rows.records, int(used[start.first]), layout, width)
    return header.records, header.how | rows.how


def _start(head: list[list[str]], width: int, settings: ReadSettings) -> Start:
    skipped = settings.skip_rows is not None
    return find_start(head, width, skipped=skipped, header_rows=settings.header_rows)


def _last_filled(data: bytes, records: Records, rows: IntArray, layout: Layout, width: int) -> int:
    """Return the number of columns it takes to hold the filled cells of rows longer than usual."""
    columns = width
    for record in rows[records.counts[rows] > width]:
        cells = cells_of(data, records, int(record), layout)
        filled = [j + 1 for j, cell in enumerate(cells) if cell and j >= columns]
        columns = max([columns, *filled])
    return columns


def _lacks_name_of_row_names(header: list[str], below: list[list[str]], width: int) -> bool:
    """Recognise the header R writes: row names below, but no name for them.

    A header short by one is otherwise due to a delimiter at the end of every row.
    """
    if not 1 < len(header) == width - 1:
        return False
    return any(len(cells) == width and cells[-1].strip() for cells in below)


def _used_records(records: Records) -> IntArray:
    """Return the records that are not blank; of one column, blank ones between others count."""
    filled = np.flatnonzero(~records.blank)
    if filled.size == 0 or usual_width(records.counts[filled]) > 1:
        return filled
    between = np.arange(filled[0], filled[-1] + 1)
    return np.setdiff1d(between, records.comments) if records.comments else between
