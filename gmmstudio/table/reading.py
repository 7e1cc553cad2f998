"""Reading a text table: nothing guessed in silence, every cell kept as it was."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from gmmstudio.table import columns as typing
from gmmstudio.table import notices
from gmmstudio.table.cells import Body, read_body
from gmmstudio.table.decoding import Progress, ShouldStop, Text, decode, load
from gmmstudio.table.delimiting import Layout, cells_of, choose_layout
from gmmstudio.table.errors import Stopped, TableError
from gmmstudio.table.headers import find_start
from gmmstudio.table.records import IntArray, Records, find_records, usual_width
from gmmstudio.table.table import Column, Dialect, Table, screen_names

_HEAD = 200
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
    data = load(path, _share(report, 0.0, 0.2), stop)
    text = decode(data, path.name, stop)
    del data
    report(0.3)
    return _table(text, path.stem, path.name, path, _share(report, 0.3, 1.0), stop)


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
    return _table(Text(data), name, name, None, _ignore, _never)


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


def _table(
    text: Text, name: str, file_name: str, path: Path | None, progress: Progress, stop: ShouldStop
) -> Table:
    data = text.data
    if not data.strip():
        raise TableError(f"“{file_name}” holds only blank lines; choose a file with a table in it.")
    layout = choose_layout(data)
    records = find_records(data, layout.delimiter, layout.quote, stop)
    progress(0.3)
    shape = _shape(data, records, layout, file_name)
    body = read_body(
        data,
        records,
        shape.rows,
        layout,
        shape.width,
        shape.n_columns,
        _share(progress, 0.3, 0.7),
        stop,
    )
    header = shape.header or [""] * shape.n_columns
    header = header + [""] * (shape.n_columns - len(header))
    columns, decimal, doubts = _columns(header, body, records, _share(progress, 0.7, 1.0), stop)
    dialect = Dialect(
        delimiter=layout.delimiter,
        encoding=text.encoding,
        decimal=decimal,
        quote=layout.quote,
        has_header=shape.header is not None,
        line_ending=_line_ending(data, records),
        bom=text.bom,
    )
    noticed = (
        *text.notices,
        *notices.layout(data, layout),
        *shape.notices,
        *notices.quotes(records, layout.quote),
        *notices.names(header if shape.header is not None else []),
        *notices.repeated_header(shape.header, columns, body, records),
        *doubts,
        *notices.few_rows(shape.rows.size),
    )
    progress(1.0)
    return Table(name, path, columns, int(shape.rows.size), dialect, noticed)


def _shape(data: bytes, records: Records, layout: Layout, file_name: str) -> _Shape:
    """Find header, rows and width, and say what is odd about them."""
    used = _used_records(records)
    width = usual_width(records.counts[used])
    head = [
        cells_of(data, records, int(record), layout.delimiter, layout.quote)
        for record in used[:_HEAD]
    ]
    start = find_start(head, width)
    header = head[start.header] if start.header >= 0 else None
    rows = used[start.first_row :]
    if rows.size == 0:
        raise TableError(
            f"“{file_name}” has column names but no rows below them; "
            "choose a file with at least one row of data."
        )
    width = usual_width(records.counts[rows])
    n_columns = int(max(records.counts[rows].max(), len(header or ())))
    if n_columns > 2 * width + _WIDEST_GROWTH:
        raise TableError(notices.too_wide(records, rows, width, file_name))
    noticed = [
        *notices.title(head, records, used, start.header),
        *notices.no_header(header),
        *notices.blank(records, int(rows[0]), int(rows[-1]), single=width == 1),
        *notices.ragged(records, rows, width, len(header or ()), n_columns),
    ]
    if header is not None:
        header, moved = _row_names(header, width, n_columns)
        noticed += moved
    return _Shape(header, rows, width, n_columns, tuple(noticed))


def _row_names(header: list[str], width: int, n_columns: int) -> tuple[list[str], list[str]]:
    """Put an empty name first where the header lacks the name of the row names (R writes so)."""
    if not 1 < len(header) == width - 1 or n_columns != width:
        return header, []
    return ["", *header], [
        "The header has one name less than the rows have cells; "
        "the first column was taken for row names without a name."
    ]


def _used_records(records: Records) -> IntArray:
    """Return the records that are not blank; of one column, blank ones between others count."""
    filled = np.flatnonzero(~records.blank)
    if usual_width(records.counts[filled]) > 1:
        return filled
    return np.arange(filled[0], filled[-1] + 1)


def _columns(
    header: list[str], body: Body, records: Records, progress: Progress, stop: ShouldStop
) -> tuple[tuple[Column, ...], str, tuple[str, ...]]:
    """Type the columns, on two threads (Arrow works outside Python's lock)."""
    names = screen_names(header)

    def draft(j: int) -> typing.Draft:
        if stop():
            raise Stopped
        return typing.draft(names[j], header[j], body.columns[j])

    def line_of_row(row: int) -> int:
        return int(records.lines[body.records[row]])

    with ThreadPoolExecutor(2) as pool:
        drafts = list(pool.map(draft, range(len(header))))
        progress(0.5)
        decimal, noticed = typing.choose_decimal(drafts)
        finished = tuple(pool.map(lambda column: typing.finish(column, decimal), drafts))
    doubts = [text for d in drafts for text in typing.doubts(d, decimal, line_of_row)]
    ticked, said = typing.tick_codes_if_nothing_else(finished)
    return ticked, decimal, (*noticed, *notices.at_most(doubts), *([said] if said else []))


def _line_ending(data: bytes, records: Records) -> str:
    """Return the ending of the first line."""
    stop = int(records.stops[0])
    ending = data[stop : stop + 2]
    if ending == b"\r\n":
        return "\r\n"
    return "\r" if ending[:1] == b"\r" else "\n"
