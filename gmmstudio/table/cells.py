"""From records to Arrow columns of text: every cell of every row, uneven rows mended openly."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from gmmstudio.table.decoding import Progress, ShouldStop
from gmmstudio.table.errors import Stopped
from gmmstudio.table.records import IntArray, Records
from gmmstudio.table.tokens import Layout, Tokens

_SLICE = 1 << 25
_BLOCK = 1 << 22


@dataclass(frozen=True, eq=False)
class Body:
    """The rows below the header.

    Attributes
    ----------
    columns
        One pyarrow ChunkedArray of strings (n,) per column, never null.
    records
        int64 (n,): the record of each row.
    """

    columns: list[Any]
    records: IntArray


def read_body(
    data: bytes,
    records: Records,
    rows: IntArray,
    layout: Layout,
    widths: tuple[int, int],
    progress: Progress,
    should_stop: ShouldStop,
) -> Body:
    """Read the cells of the given records.

    ``widths`` are the usual number of fields and the number of columns: cells beyond the first go
    to extra columns. A record with fewer fields gets empty cells at its end.
    """
    width, n_columns = widths
    reader = _Reader(data, records, layout, width)
    chunks: list[list[Any]] = []
    for part in slices(records, rows):
        if should_stop():
            raise Stopped
        chunks.append(reader.read(rows[part]))
        progress(part.stop / rows.size)
    columns = _join(chunks, width)
    extra = n_columns - width
    columns += _extra_columns(reader.long, rows, width, extra) if extra else []
    return Body(columns, rows)


def slices(records: Records, rows: IntArray) -> Iterator[slice]:
    """Cut the rows into pieces of some megabytes of text."""
    first = 0
    while first < rows.size:
        limit = records.starts[rows[first]] + _SLICE
        last = int(np.searchsorted(records.starts[rows], limit))
        last = max(last, first + 1)
        yield slice(first, last)
        first = last


class _Reader:
    """Reads runs of records with Arrow, after mending the irregular ones among them."""

    def __init__(self, data: bytes, records: Records, layout: Layout, width: int) -> None:
        self.data, self.records, self.layout, self.width = data, records, layout, width
        self.tokens = Tokens(layout)
        self.long: dict[int, list[bytes]] = {}

    def read(self, rows: IntArray) -> list[Any]:
        """Return one string array per column of the usual width."""
        longest = int((self.records.stops[rows] - self.records.starts[rows]).max())
        block = max(_BLOCK, 2 * longest + 4 * self.width)  # a block must hold any record
        return _arrow(self._text(rows), self.layout, self.width, block)

    def _text(self, rows: IntArray) -> bytes | memoryview:
        regular = self.records.counts[rows] == self.width
        if self.records.fields:
            regular &= ~np.isin(rows, list(self.records.fields))
        adjacent = np.diff(rows) == 1
        breaks = np.flatnonzero(~(regular[1:] & regular[:-1] & adjacent)) + 1
        if breaks.size == 0 and regular.all():
            return self._raw(rows[0], rows[-1])
        edges = [0, *breaks.tolist(), rows.size]
        pieces: list[bytes | memoryview] = []
        for first, last in pairwise(edges):
            if regular[first]:
                pieces.append(self._raw(rows[first], rows[last - 1]))
            else:
                pieces.append(self._mended(int(rows[first])))
        return b"\n".join(pieces)

    def _raw(self, first: int, last: int) -> memoryview:
        return memoryview(self.data)[self.records.starts[first] : self.records.stops[last]]

    def _mended(self, record: int) -> bytes:
        fields = self.records.fields.get(record)
        if fields is None:
            start, stop = self.records.starts[record], self.records.stops[record]
            fields, _, _ = self.tokens.strict(self.data[start:stop], 0)
        if len(fields) > self.width:
            self.long[record] = fields[self.width :]
        fields = fields[: self.width] + [b""] * (self.width - len(fields))
        return self._join(fields)

    def _join(self, fields: list[bytes]) -> bytes:
        quote = self.tokens.quote
        if not quote:  # then no cell holds a delimiter or a line end
            return self.tokens.delimiter.join(fields)
        return self.tokens.delimiter.join(
            quote + field.replace(quote, quote * 2) + quote for field in fields
        )


def _arrow(text: bytes | memoryview, layout: Layout, width: int, block: int) -> list[Any]:
    import pyarrow as pa
    from pyarrow import csv

    if len(text) == 0:  # one row with one empty cell
        return [pa.chunked_array([pa.array([""], pa.string())])] * width
    if bytes(text[:3]) == codecs.BOM_UTF8:  # Arrow takes one off, though the cell begins with it
        text = codecs.BOM_UTF8 + bytes(text)
    names = [str(i) for i in range(width)]
    quoted = bool(layout.quote) and bool(
        np.any(np.frombuffer(text, dtype=np.uint8) == ord(layout.quote))
    )
    table = csv.read_csv(
        pa.BufferReader(pa.py_buffer(text)),
        read_options=csv.ReadOptions(column_names=names, block_size=block),
        parse_options=csv.ParseOptions(
            delimiter=layout.delimiter,
            quote_char=layout.quote if quoted else False,
            double_quote=quoted,
            newlines_in_values=quoted,
            ignore_empty_lines=False,
        ),
        convert_options=csv.ConvertOptions(
            column_types={name: pa.string() for name in names},
            strings_can_be_null=False,
        ),
    )
    return list(table.columns)


def _join(chunks: list[list[Any]], width: int) -> list[Any]:
    import pyarrow as pa

    if not chunks:
        return [pa.chunked_array([pa.array([], pa.string())]) for _ in range(width)]
    return [
        pa.chunked_array([c for part in chunks for c in part[j].chunks], pa.string())
        for j in range(width)
    ]


def _extra_columns(
    long: dict[int, list[bytes]], rows: IntArray, width: int, extra: int
) -> list[Any]:
    """Return columns for the cells of rows that are longer than usual, empty elsewhere."""
    import pyarrow as pa

    columns: list[list[str]] = [[""] * rows.size for _ in range(extra)]
    for record, cells in long.items():
        row = int(np.searchsorted(rows, record))
        for j, cell in enumerate(cells[:extra]):
            columns[j][row] = cell.decode("utf-8")
    return [pa.chunked_array([pa.array(cells, pa.string())]) for cells in columns]
