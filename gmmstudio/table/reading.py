"""Reading a text table: nothing guessed in silence, every cell kept as it was."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from gmmstudio.table import notices
from gmmstudio.table.cells import Body, read_body
from gmmstudio.table.columns import (
    Typed,
    choose_decimal,
    tick_codes_if_nothing_else,
    type_column,
)
from gmmstudio.table.decoding import Progress, ShouldStop, Text, decode, load
from gmmstudio.table.delimiting import cells_of, choose_layout, collapse_spaces
from gmmstudio.table.errors import Stopped, TableError
from gmmstudio.table.headers import Start, find_start
from gmmstudio.table.records import IntArray, Layout, Records, find_records, usual_width
from gmmstudio.table.table import Dialect, Table, screen_names

_HEAD = 200
_HEAD_CELLS = 100_000
_WIDEST_GROWTH = 50


def read(
    path: str | Path,
    *,
    progress: Progress | None = None,
    should_stop: ShouldStop | None = None,
) -> Table:
    """Read a text table (CSV, TSV, TXT).

    Parameters
    ----------
    path
        The file.
    progress
        Called with the share done, 0 to 1, in the calling thread.
    should_stop
        Asked often; when it says true, reading ends with ``Stopped``.

    Raises
    ------
    TableError
        A sentence saying what is wrong with the file and what to do.
    """
    path = Path(path)
    report = progress or _ignore
    stop = should_stop or _never
    cells = _cells(  # nothing keeps the bytes alive once the cells are there
        decode(load(path, _share(report, 0.0, 0.2), stop), path.name, stop),
        path.name,
        _share(report, 0.2, 0.6),
        stop,
    )
    table = _table(cells, path.stem, path, _share(report, 0.6, 1.0), stop)
    report(1.0)
    return table


def read_text(text: str, name: str = "pasted table") -> Table:
    """Read a table from text, e.g. pasted from a spreadsheet.

    Raises
    ------
    TableError
        A sentence saying what is wrong with the text.
    """
    if not text.strip():
        raise TableError(f"The {name} is empty; copy some cells, including their header, first.")
    if "\0" in text:
        raise TableError(f"The {name} is not text (it contains NUL characters).")
    data = text.removeprefix("\ufeff").encode("utf-8", "replace")
    return _table(_cells(Text(data), name, _ignore, _never), name, None, _ignore, _never)


def _ignore(share: float) -> None:
    pass


def _never() -> bool:
    return False


def _share(progress: Progress, low: float, high: float) -> Progress:
    return lambda share: progress(low + (high - low) * share)


@dataclass(frozen=True, eq=False)
class _Shape:
    """Where header and rows are, and how many columns there are."""

    header: list[str] | None
    rows: IntArray
    width: int
    n_columns: int
    notices: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class _Cells:
    """The cells of a file as text, and what was noticed on the way."""

    header: list[str]
    body: Body
    lines: IntArray
    dialect: Dialect
    notices: tuple[str, ...]


def _cells(text: Text, file_name: str, progress: Progress, stop: ShouldStop) -> _Cells:
    """Take the text apart into cells."""
    data = text.data
    if not data.strip():
        raise TableError(f"“{file_name}” holds only blank lines; choose a file with a table in it.")
    layout = choose_layout(data)
    if layout.aligned:
        data = collapse_spaces(data)
    records = find_records(data, layout, stop)
    progress(0.4)
    shape = _shape(data, records, layout, file_name)
    widths = (shape.width, shape.n_columns)
    body = read_body(data, records, shape.rows, layout, widths, _share(progress, 0.4, 1.0), stop)
    header = shape.header or []
    dialect = Dialect(
        delimiter=layout.delimiter,
        encoding=text.encoding,
        quote=layout.quote,
        has_header=shape.header is not None,
        line_ending=_line_ending(data, records),
        bom=text.bom,
    )
    noticed = (
        *text.notices,
        *notices.layout(layout),
        *shape.notices,
        *notices.quotes(records, layout.quote),
        *notices.names(header),
        *notices.repeated_header(header, body, records),
        *notices.few_rows(shape.rows.size),
    )
    header = header + [""] * (shape.n_columns - len(header))
    return _Cells(header, body, records.lines[shape.rows], dialect, noticed)


def _table(
    cells: _Cells, name: str, path: Path | None, progress: Progress, stop: ShouldStop
) -> Table:
    """Type the columns, on two threads (Arrow works outside Python's lock)."""
    names = screen_names(cells.header)

    def typed(j: int, decimal: str) -> Typed:
        if stop():
            raise Stopped
        return type_column(names[j], cells.header[j], cells.body.columns[j], decimal)

    def all_typed(decimal: str, done: float) -> list[Typed]:
        columns: list[Typed] = []
        for column in pool.map(lambda j: typed(j, decimal), range(len(names))):
            columns.append(column)
            progress(done + 0.5 * len(columns) / len(names))
        return columns

    with ThreadPoolExecutor(2) as pool:
        columns = all_typed(".", 0.0)
        decimal, said = choose_decimal(columns, cells.dialect.delimiter)
        if decimal != ".":
            columns = all_typed(decimal, 0.5)
    ticked, ticks = tick_codes_if_nothing_else(tuple(column.column for column in columns))
    noticed = (
        *cells.notices,
        *said,
        *notices.doubts([column.doubt for column in columns if column.doubt], cells.lines),
        *([ticks] if ticks else []),
    )
    dialect = replace(cells.dialect, decimal=decimal)
    if len(names) == 1:  # then nothing separates cells in the file, but something must in an export
        dialect = replace(dialect, delimiter=";" if decimal == "," else ",")
    return Table(name, path, ticked, cells.lines.size, dialect, noticed)


def _shape(data: bytes, records: Records, layout: Layout, file_name: str) -> _Shape:
    """Find header, rows and width, and say what is odd about them."""
    used = _used_records(records)[1 if layout.declared else 0 :]
    width = usual_width(records.counts[used])
    n_head = max(10, min(_HEAD, _HEAD_CELLS // max(width, 1)))
    head = [cells_of(data, records, int(record), layout) for record in used[:n_head]]
    start = find_start(head, width) if head else Start(-1, 0)
    header = head[start.header] if start.header >= 0 else None
    rows = used[start.first_row :]
    if not rows.size:
        raise TableError(
            f"“{file_name}” has column names but no rows below them; "
            "choose a file with at least one row of data."
        )
    width = usual_width(records.counts[used[max(start.header, 0) :]])
    longest = int(max(records.counts[rows].max(), len(header or ())))
    usual = min(width, len(header)) if header else width
    if longest > 2 * usual + _WIDEST_GROWTH:
        raise TableError(notices.too_wide(records, used, usual, file_name))
    n_columns = max(_last_filled(data, records, rows, layout, width), len(header or ()))
    noticed = [
        *notices.title(head, records, used, start.header),
        *notices.no_header(header),
        *notices.blank(records, int(rows[0]), int(rows[-1]), single=width == 1),
        *notices.ragged(records, rows, width, n_columns),
    ]
    if header is not None and len(header) != width:
        if n_columns == width and _lacks_name_of_row_names(header, head[start.header + 1 :], width):
            header = ["", *header]
            noticed.append(notices.ROW_NAMES)
        else:
            noticed.append(notices.header_width(len(header), width))
    return _Shape(header, rows, width, n_columns, tuple(noticed))


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
    if usual_width(records.counts[filled]) > 1:
        return filled
    return np.arange(filled[0], filled[-1] + 1)


def _line_ending(data: bytes, records: Records) -> str:
    """Return the ending of the first line."""
    stop = int(records.stops[0])
    ending = data[stop : stop + 2]
    if ending == b"\r\n":
        return "\r\n"
    return "\r" if ending[:1] == b"\r" else "\n"
