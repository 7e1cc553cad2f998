"""A sheet of a workbook, in which the table may begin anywhere, taken apart into cells."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gmmstudio.table import notices
from gmmstudio.table.assembling import Cells
from gmmstudio.table.cells import Body
from gmmstudio.table.errors import TableError
from gmmstudio.table.formats.extent import column_name, column_number
from gmmstudio.table.formats.formula_errors import ERRORS
from gmmstudio.table.headers import Start, find_start, is_header, join_names
from gmmstudio.table.numbers import MISSING, is_missing, is_number
from gmmstudio.table.records import IntArray, Records
from gmmstudio.table.settings import Notice, ReadSettings
from gmmstudio.table.table import Dialect

_HEAD = 200
_HEAD_CELLS = 100_000
_MOST_HEADER_ROWS = 4
_RANGE = re.compile(r"\$?([A-Z]{1,3})\$?(\d{1,7})?:\$?([A-Z]{1,3})\$?(\d{1,7})?")


@dataclass(frozen=True, eq=False)
class Grid:
    """Cells of a rectangle.

    Attributes
    ----------
    columns
        pyarrow ChunkedArrays of strings, never null, all of one length.
    row, column
        Where the rectangle begins in the sheet, from 1.
    merged
        First row, first column, last row, last column of merged cells, from 0 in the sheet.
    """

    columns: list[Any]
    row: int
    column: int
    merged: tuple[tuple[int, int, int, int], ...] = ()

    @property
    def n_rows(self) -> int:
        """Number of rows."""
        return len(self.columns[0]) if self.columns else 0


def cells_of_grid(grid: Grid, settings: ReadSettings, name: str) -> Cells:
    """Find the table in a sheet: where it begins, its header, its rows.

    Parameters
    ----------
    grid
        The filled rectangle of the sheet.
    settings
        What was chosen.
    name
        What the sheet is called in sentences.

    Raises
    ------
    TableError
        If there is no table in it, or what was chosen is no range.
    """
    grid, top = _within(grid, settings.cells or "", name)
    filled = _filled(grid)
    grid, filled = _trimmed(grid, filled, name)
    records = _records(grid, filled, settings.comment or "")
    numbers = grid.row + np.arange(grid.n_rows)
    used = np.flatnonzero(~records.blank & (numbers >= top + (settings.skip_rows or 0)))
    if not used.size:
        raise TableError(f"{name} holds no cells in these rows; choose fewer rows to leave out.")
    width = len(grid.columns)
    head = _head(grid, used[: max(10, min(_HEAD, _HEAD_CELLS // width))])
    start = _start(head, width, settings)
    names = _names(grid, head, used, start)
    rows = used[start.first_row :]
    line = int(records.lines[used[start.first]])
    said: list[Notice] = [
        *notices.title(head, records, used, start.first),
        *_several(records, used, start),
        *notices.comments(records, settings.comment or "", chosen=True),
        *notices.blank(records, rows, single=False),
    ]
    if names is None and settings.header_rows is None:
        said.append(notices.no_header(line, records.unit))
    header = names or []
    body = Body([_taken(column, rows) for column in grid.columns], rows)
    said += [
        *notices.names(header),
        *notices.repeated_header(header, body, records),
        *notices.few_rows(rows.size),
    ]
    resolved = as_read(settings).with_(
        skip_rows=line - top,
        header_rows=start.header_rows,
        comment=settings.comment or "",
        missing=(*MISSING[1:], *ERRORS) if settings.missing is None else settings.missing,
        cells=settings.cells or "",
    )
    return Cells(
        header=header + [""] * (width - len(header)),
        body=body,
        lines=records.lines[rows],
        dialect=Dialect(has_header=names is not None),
        settings=resolved,
        notices=tuple(said),
        unit=records.unit,
    )


def as_read(settings: ReadSettings) -> ReadSettings:
    """Return the settings of a file in which numbers are numbers: their marks are known."""
    return settings.with_(
        encoding="utf-8",
        delimiter=",",
        quote='"',
        escape='"',
        decimal=settings.decimal or ".",
        thousands=settings.thousands or "",
        comment=settings.comment or "",
        skip_rows=settings.skip_rows or 0,
        header_rows=1 if settings.header_rows is None else settings.header_rows,
        missing=MISSING[1:] if settings.missing is None else settings.missing,
    )


# -- the rectangle ----------------------------------------------------------------------------


def _within(grid: Grid, cells: str, name: str) -> tuple[Grid, int]:
    """Cut the range that was chosen out of the sheet; also return the row it begins with."""
    if not cells.strip():
        return grid, 1
    found = _RANGE.fullmatch(cells.strip().upper())
    if found is None:
        raise TableError(f"“{cells}” is no range of cells; write one such as B3:F200 or B:F.")
    left, right = sorted((column_number(found[1]), column_number(found[3])))
    top, bottom = sorted((int(found[2] or 1), int(found[4] or 10_000_000)))
    first, last = max(top - grid.row, 0), min(bottom - grid.row + 1, grid.n_rows)
    a, b = max(left - grid.column, 0), min(right - grid.column + 1, len(grid.columns))
    if first >= last or a >= b:
        end = f"{column_name(grid.column + len(grid.columns) - 1)}{grid.row + grid.n_rows - 1}"
        raise TableError(
            f"{name} has nothing in the cells {cells}; what is filled lies in "
            f"{column_name(grid.column)}{grid.row}:{end}."
        )
    columns = [column.slice(first, last - first) for column in grid.columns[a:b]]
    cut = replace(grid, columns=columns, row=grid.row + first, column=grid.column + a)
    return cut, top


def _filled(grid: Grid) -> list[NDArray[np.bool_]]:
    """Return bool (n,) per column: cells that are not empty."""
    import pyarrow.compute as pc

    return [
        pc.greater(pc.utf8_length(pc.utf8_trim_whitespace(column)), 0).to_numpy()
        for column in grid.columns
    ]


def _trimmed(
    grid: Grid, filled: list[NDArray[np.bool_]], name: str
) -> tuple[Grid, list[NDArray[np.bool_]]]:
    """Take empty columns off both sides."""
    some = [j for j, column in enumerate(filled) if column.any()]
    if not some:
        raise TableError(f"{name} holds only empty cells; choose another sheet or range.")
    a, b = some[0], some[-1] + 1
    return replace(grid, columns=grid.columns[a:b], column=grid.column + a), filled[a:b]


def _records(grid: Grid, filled: list[NDArray[np.bool_]], mark: str) -> Records:
    import pyarrow.compute as pc

    n = grid.n_rows
    blank = ~np.logical_or.reduce(filled)
    comments: IntArray = np.empty(0, dtype=np.int64)
    if mark:
        comments = np.flatnonzero(pc.starts_with(grid.columns[0], mark).to_numpy())
        blank[comments] = True
    zeros = np.zeros(n, dtype=np.int64)
    return Records(
        starts=zeros,
        stops=zeros,
        counts=np.full(n, len(grid.columns), dtype=np.int64),
        lines=grid.row + np.arange(n, dtype=np.int64),
        blank=blank,
        fields={},
        stray=(),
        swallowed=(),
        comments=tuple(comments.tolist()),
        unit="row",
    )


def _head(grid: Grid, used: IntArray) -> list[list[str]]:
    columns = [_taken(column, used).to_pylist() for column in grid.columns]
    return [list(row) for row in zip(*columns, strict=True)]


def _taken(column: Any, rows: IntArray) -> Any:
    import pyarrow as pa

    if not rows.size:
        return column.slice(0, 0)
    if rows.size == rows[-1] - rows[0] + 1:
        return column.slice(int(rows[0]), rows.size)
    taken = column.take(pa.array(rows))
    return taken if isinstance(taken, pa.ChunkedArray) else pa.chunked_array([taken])


# -- the header -------------------------------------------------------------------------------


def _start(head: list[list[str]], width: int, settings: ReadSettings) -> Start:
    """Find the header; of several rows, where names stand on names over columns of numbers."""
    skipped = settings.skip_rows is not None
    start = find_start(head, width, skipped=skipped, header_rows=settings.header_rows)
    if settings.header_rows is not None or start.header_rows != 1:
        return start
    first, n = start.first, 1
    while n < _MOST_HEADER_ROWS and _names_too(head[first + n :]):
        n += 1
    while n > 1 and _n_filled(head[first]) < 2 <= width:  # a title, not a name
        first, n = first + 1, n - 1
    return Start(first, n)


def _names_too(head: list[list[str]]) -> bool:
    """Tell whether the first row also names columns: words on columns of numbers."""
    if len(head) < 2:
        return False
    below = head[1:]
    numeric = [j for j in range(len(head[0])) if _mostly_numbers([row[j] for row in below])]
    on_top = [head[0][j] for j in numeric if not is_missing(head[0][j])]
    if any(is_number(cell) for cell in on_top) or 2 * len(on_top) < max(len(numeric), 1):
        return False
    return is_header(head[0], below)


def _mostly_numbers(cells: Sequence[str]) -> bool:
    filled = [cell for cell in cells if not is_missing(cell)]
    return bool(filled) and sum(map(is_number, filled)) >= 0.8 * len(filled)


def _n_filled(cells: Sequence[str]) -> int:
    return sum(bool(cell.strip()) for cell in cells)


def _names(grid: Grid, head: list[list[str]], used: IntArray, start: Start) -> list[str] | None:
    """Return the names; one that stands in merged cells is that of all columns below it."""
    if not start.header_rows:
        return None
    rows = [list(row) for row in head[start.first : start.first_row]]
    for i, row in enumerate(rows[:-1]):
        number = grid.row + int(used[start.first + i]) - 1  # from 0 in the sheet
        for top, left, bottom, right in grid.merged:
            a, b = left - grid.column + 1, right - grid.column + 1
            if top <= number <= bottom and a < b and 0 <= a < len(row):
                row[a : b + 1] = [row[a]] * len(row[a : b + 1])
    return join_names(rows)


def _several(records: Records, used: IntArray, start: Start) -> list[Notice]:
    if start.header_rows < 2:
        return []
    which = used[start.first : start.first_row]
    where = notices.lines(records, which)
    said = f"The names of the columns were put together from {where}."
    return [notices.about(said, records, which, doubt=False)]
