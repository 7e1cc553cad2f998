"""A table in a project: the text of every cell and the numbers read from it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

import msgspec
import numpy as np
from numpy.typing import NDArray

from gmmstudio.project.errors import damaged
from gmmstudio.project.linking import checked_path
from gmmstudio.project.pools import Pool, Taken
from gmmstudio.project.schema import ColumnPart, NoticePart, TablePart
from gmmstudio.table.settings import Notice
from gmmstudio.table.table import Column, Table

_EMPTY_CHUNK = 65_536
_KEPT = 20_000  # rows of a table that is linked: enough to see its groups
_MOST_ROWS = 10**9
_MOST_KEPT_CELLS = 20_000_000


@dataclass(frozen=True)
class TablePools:
    """Where the cells of a table go."""

    floats: Pool
    integers: Pool
    text: Pool
    lengths: Pool


@dataclass(frozen=True)
class TableArrays:
    """Where the cells of a table come from."""

    floats: Taken
    integers: Taken
    text: Taken
    lengths: Taken


_text_sizes: WeakKeyDictionary[Table, int] = WeakKeyDictionary()


def text_size(table: Table) -> int:
    """Return how many bytes the text of all cells takes; at once, however many there are."""
    if table not in _text_sizes:
        chunks = (chunk for column in table.columns for chunk in column.cells.chunks)
        _text_sizes[table] = sum(map(_chunk_size, chunks))
    return _text_sizes[table]


def table_size(table: Table) -> int:
    """Return how many bytes a table takes in a project before they are packed."""
    numbers = sum(column.values is not None for column in table.columns)
    return text_size(table) + table.n_rows * (8 * numbers + 4 * len(table.columns))


def _chunk_size(chunk: Any) -> int:
    """Return how many bytes of text a piece of a column has: where its cells begin and end."""
    if not len(chunk):
        return 0
    is_large = chunk.type == "large_string"
    ends = np.frombuffer(chunk.buffers()[1], dtype=np.int64 if is_large else np.int32)
    return int(ends[chunk.offset + len(chunk)] - ends[chunk.offset])


def pack_table(table: Table, pools: TablePools, *, embed: bool) -> TablePart:
    """Return a table's part; its cells go to the pools if it is to be embedded.

    Of one that is not, the numbers of some rows are kept, evenly spread over the table.
    """
    kept = None if embed else _kept_rows(table)
    columns = tuple(
        _pack_column(column, pools) if kept is None else _described(column, pools, kept)
        for column in table.columns
    )
    return TablePart(
        name=table.name,
        path=None if table.path is None else str(table.path),
        columns=columns,
        n_rows=table.n_rows,
        dialect=table.dialect,
        notices=tuple(NoticePart(str(n), n.lines, n.doubt) for n in table.notices),
        settings=table.settings,
        format=table.format,
        sampled_from=table.sampled_from,
        kept=None if kept is None else pools.integers.add(kept),
    )


def unpack_table(part: TablePart, taken: TableArrays) -> Table:
    """Return the table; one that is not embedded is blank but for the numbers kept."""
    blank = part.kept is not None
    if not part.columns:
        raise damaged("its table has no columns")
    if not 0 <= part.n_rows <= _MOST_ROWS:
        raise damaged(f"its table has {part.n_rows} rows")
    columns = _blank_columns(part, taken) if blank else _unpack_columns(part, taken)
    return Table(
        name=part.name,
        path=None if part.path is None else Path(checked_path(part.path)),
        columns=columns,
        n_rows=part.n_rows,
        dialect=part.dialect,
        notices=tuple(Notice(n.text, lines=n.lines, doubt=n.doubt) for n in part.notices),
        settings=part.settings,
        format=part.format,
        sampled_from=part.sampled_from,
        blank=blank,
    )


def _kept_rows(table: Table) -> NDArray[np.int64]:
    """Return the rows whose numbers are kept; of a blank table those that it has."""
    if table.blank:
        known = np.zeros(table.n_rows, dtype=bool)
        for column in table.columns:
            if column.values is not None:
                known |= ~np.isnan(column.values)
        return np.flatnonzero(known)
    n = min(table.n_rows, _KEPT)
    return np.arange(n, dtype=np.int64) * table.n_rows // max(n, 1)


def _described(
    column: Column, pools: TablePools, kept: NDArray[np.int64] | None = None
) -> ColumnPart:
    values = column.values
    if values is not None and kept is not None:
        values = values[kept]
    return ColumnPart(
        name=column.name,
        header=column.header,
        kind=column.kind,
        n_missing=column.n_missing,
        n_distinct=column.n_distinct,
        n_infinite=column.n_infinite,
        tick=column.tick,
        why_not=column.why_not,
        description=column.description,
        value_labels=column.value_labels,
        values=None if values is None else pools.floats.add(values),
    )


def _pack_column(column: Column, pools: TablePools) -> ColumnPart:
    data, sizes = _cells_out(column.cells)
    return msgspec.structs.replace(
        _described(column, pools), text=pools.text.add(data), lengths=pools.lengths.add(sizes)
    )


def _cells_out(cells: Any) -> tuple[NDArray[np.uint8], NDArray[np.uint32]]:
    """Return the UTF-8 text of all cells in a row, and how many bytes each has (n,)."""
    import pyarrow as pa

    texts: list[NDArray[np.uint8]] = []
    sizes: list[NDArray[np.uint32]] = []
    for chunk in cells.cast(pa.large_string()).chunks:
        ends = np.frombuffer(chunk.buffers()[1], dtype=np.int64)
        ends = ends[chunk.offset : chunk.offset + len(chunk) + 1]
        if len(chunk) == 0:
            continue
        data = chunk.buffers()[2]
        whole = np.frombuffer(data, dtype=np.uint8) if data is not None else np.empty(0, np.uint8)
        texts.append(whole[ends[0] : ends[-1]])
        sizes.append(np.diff(ends).astype(np.uint32))
    if not texts:
        return np.empty(0, np.uint8), np.empty(0, np.uint32)
    return np.concatenate(texts), np.concatenate(sizes)


def _unpack_columns(part: TablePart, taken: TableArrays) -> tuple[Column, ...]:
    return tuple(_unpack_column(column, part.n_rows, taken) for column in part.columns)


def _unpack_column(part: ColumnPart, n_rows: int, taken: TableArrays) -> Column:
    if part.text is None or part.lengths is None:
        raise damaged(f"the column “{part.name}” has no cells")
    data = taken.text.get(part.text, once=True)
    sizes = taken.lengths.get(part.lengths, once=True)
    values = None if part.values is None else taken.floats.get(part.values)
    if sizes.size != n_rows or (values is not None and values.size != n_rows):
        raise damaged(f"the column “{part.name}” has not as many rows as the table")
    return _column(part, _cells_in(data, sizes, part.name), values)


def _column(part: ColumnPart, cells: Any, values: NDArray[np.float64] | None) -> Column:
    return Column(
        name=part.name,
        header=part.header,
        cells=cells,
        values=values,
        kind=part.kind,
        n_missing=part.n_missing,
        n_distinct=part.n_distinct,
        n_infinite=part.n_infinite,
        tick=part.tick,
        why_not=part.why_not,
        description=part.description,
        value_labels=part.value_labels,
    )


def _cells_in(data: NDArray[np.uint8], sizes: NDArray[np.uint32], name: str) -> Any:
    """Return the cells as Arrow text, checked: no cell reaches beyond the text or is no UTF-8."""
    import pyarrow as pa

    ends = np.zeros(sizes.size + 1, dtype=np.int64)
    np.cumsum(sizes, dtype=np.int64, out=ends[1:])
    if ends[-1] != data.size:
        raise damaged(f"the cells of “{name}” do not fill its text")
    buffers = [None, pa.py_buffer(ends), pa.py_buffer(data)]
    array = pa.Array.from_buffers(pa.large_string(), sizes.size, buffers)
    try:
        array.validate(full=True)
        return pa.chunked_array([array]).cast(pa.string())
    except pa.ArrowInvalid:
        raise damaged(f"the cells of “{name}” are no text") from None


def _blank_columns(part: TablePart, taken: TableArrays) -> tuple[Column, ...]:
    """Return columns without a cell, and with the numbers that were kept."""
    assert part.kept is not None
    kept, n_rows = taken.integers.get(part.kept), part.n_rows
    if kept.size and not 0 <= kept.min() <= kept.max() < n_rows:
        raise damaged("a row that was kept is not in its table")
    cells = _empty_cells(n_rows)
    n_numbers = sum(column.values is not None for column in part.columns)
    unknown = np.broadcast_to(np.float64(np.nan), (n_rows,))
    columns = []
    for column in part.columns:
        values = None
        if column.values is not None:
            found = taken.floats.get(column.values)
            if found.size != kept.size:
                raise damaged(f"the column “{column.name}” has other rows than were kept")
            values = unknown
            if n_rows * n_numbers <= _MOST_KEPT_CELLS:
                values = unknown.copy()
                values[kept] = found
                values.flags.writeable = False
        columns.append(_column(column, cells, values))
    return tuple(columns)


def _empty_cells(n_rows: int) -> Any:
    """Return empty cells, which take next to no memory."""
    import pyarrow as pa

    chunk = pa.array([""] * min(n_rows, _EMPTY_CHUNK), pa.string())
    whole, rest = divmod(n_rows, _EMPTY_CHUNK)
    chunks = [chunk] * whole
    if rest:
        chunks.append(chunk.slice(0, rest))
    return pa.chunked_array(chunks, pa.string())
