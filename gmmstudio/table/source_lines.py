"""The lines of the file a table came from, to be written again with more at their ends."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from gmmstudio.table.cells import read_body, slices
from gmmstudio.table.decoding import Progress, ShouldStop
from gmmstudio.table.delimiting import cells_of
from gmmstudio.table.errors import Stopped, TableError, TooLarge
from gmmstudio.table.formats import kinds
from gmmstudio.table.outgoing import has_lines
from gmmstudio.table.reading import Parts, take_apart
from gmmstudio.table.records import BoolArray, IntArray, line_spans
from gmmstudio.table.sources import load_text
from gmmstudio.table.table import Table
from gmmstudio.table.tokens import Layout, Tokens


@dataclass(frozen=True, eq=False)
class SourceLines:
    """Where in the text of the source each record of a table stands.

    Attributes
    ----------
    text
        The whole text of the source as UTF-8, without a mark.
    starts, stops
        int64 (h + n,): where the lines of each record begin, and where they stop, their last
        ending left out: first the h records that name the columns, then the n rows.
    n_names
        How many records name the columns, h.
    lacking
        int64 (h + n,): how many cells a record has less than the table has columns.
    kept
        bool (h + n,): whether more can be written at the end of the record as it stands; of the
        others the quotation marks break the rules, or cells are too many.
    names
        The cells of the records that name the columns, as wide as the table.
    """

    text: bytes
    starts: IntArray
    stops: IntArray
    n_names: int
    lacking: IntArray
    kept: BoolArray
    names: tuple[tuple[str, ...], ...]

    @property
    def above(self) -> bytes:
        """What stands above the table."""
        return self.text[: self.starts[0]] if self.starts.size else self.text

    @property
    def n_rewritten(self) -> tuple[int, int]:
        """How many of the records of names, and of the rows, cannot stay as they stand."""
        lost = ~self.kept
        return (
            int(np.count_nonzero(lost[: self.n_names])),
            int(np.count_nonzero(lost[self.n_names :])),
        )

    def between(self, first: int, last: int) -> tuple[Any, Any]:
        """Return the records first to last, and what follows each up to the next.

        Two pyarrow arrays of strings; what follows begins with the line's own ending and holds the
        blank lines and comments that stand there.
        """
        import pyarrow as pa

        begin = int(self.starts[first])
        after = self.starts[first + 1 : last + 1]
        if last == self.starts.size:
            after = np.append(after, len(self.text))
        ends = np.stack([self.stops[first:last], after], axis=1).ravel()
        offsets = np.concatenate([np.zeros(1, np.int64), ends - begin])
        piece = memoryview(self.text)[begin : int(ends[-1])]
        both = pa.LargeStringArray.from_buffers(
            offsets.size - 1, pa.py_buffer(offsets), pa.py_buffer(piece)
        )
        places = np.arange(0, offsets.size - 1, 2)
        return both.take(pa.array(places)), both.take(pa.array(places + 1))


def source_lines(table: Table, progress: Progress, stop: ShouldStop) -> SourceLines | str:
    """Read the source of a table of text once more; return its lines.

    Returns
    -------
    SourceLines or str
        Why its lines are not to be had, as a sentence: it has changed, or is laid out so that
        nothing can be added to its lines. "" for a table that has none, or whose file is gone.
    """
    if not has_lines(table):
        return ""
    assert table.path is not None
    name, settings = table.path.name, table.settings
    try:
        kind = kinds.kind_of(table.path)
        source = load_text(table.path, kind, settings, _no_sample, progress, stop)
        parts = take_apart(source.text, source.name, settings, stop)
    except (Stopped, TooLarge) as error:
        if isinstance(error, Stopped):
            raise
        return f"“{name}” does not fit in memory a second time."
    except TableError:
        return f"“{name}” could not be read again."
    if parts.layout.aligned:
        return "Where runs of spaces parted the cells, it is one space now."
    if not _is_same(parts, table, stop):
        return f"“{name}” has changed since it was read."
    return _located(source.text.data, parts, table, stop)


def _no_sample(*_: object) -> int:
    return 1


def _is_same(parts: Parts, table: Table, stop: ShouldStop) -> bool:
    """Tell whether the text still holds the very cells of the table."""
    shape, n = parts.shape, len(table.columns)
    if shape.rows.size != table.n_rows or shape.n_columns != n:
        return False
    header = shape.header
    if (header is not None) != table.dialect.has_header:
        return False
    if header is not None:
        padded = header + [""] * (n - len(header))
        if padded != [column.header for column in table.columns]:
            return False
    for part in slices(shape.records, shape.rows):
        rows = shape.rows[part]
        body = read_body(parts.data, shape.records, rows, parts.layout, parts.widths, _ignore, stop)
        for column, found in zip(table.columns, body.columns, strict=True):
            if not column.cells.slice(part.start, rows.size).equals(found):
                return False
    return True


def _ignore(share: float) -> None:
    pass


def _located(text: bytes, parts: Parts, table: Table, stop: ShouldStop) -> SourceLines:
    """Find the lines of the records, and which of these can stay as they stand."""
    records, n = parts.shape.records, len(table.columns)
    named = parts.shape.named
    used = np.concatenate([named, parts.shape.rows])
    heads, tails = line_spans(text, stop)
    first = records.lines - 1
    last = np.append(first[1:], heads.size) - 1
    out = replace(
        parts.layout,
        delimiter=table.dialect.delimiter,
        quote=table.dialect.quote,
        padding=parts.layout.padding if n > 1 else "",
    )
    kept = records.counts[used] <= n
    for place in _unsure(parts, used, out):
        record = int(used[place])
        kept[place] &= _reads_alike(parts, record, out)
    names = [cells_of(parts.data, records, int(record), parts.layout) for record in named]
    header = parts.shape.header
    if header is not None and len(names) == 1 and names[0] != header:
        names = [header]  # names of rows have no name themselves in a header as R writes it
        kept[0] = False
    lacking = n - records.counts[used]
    return SourceLines(
        text=text,
        starts=heads[first[used]],
        stops=tails[last[used]],
        n_names=named.size,
        lacking=np.maximum(lacking, 0),
        kept=kept,
        names=tuple(tuple(cells + [""] * (n - len(cells)))[:n] for cells in names),
    )


def _unsure(parts: Parts, used: IntArray, out: Layout) -> IntArray:
    """Return which of these records could be read otherwise in the layout they go out in."""
    records, layout = parts.shape.records, parts.layout
    unsure = np.zeros(used.size, dtype=bool)
    if records.fields:
        unsure |= np.isin(used, list(records.fields))
    marks = {out.delimiter, out.quote} - {layout.delimiter, layout.quote}
    array = np.frombuffer(parts.data, dtype=np.uint8)
    for mark in marks:
        if mark.encode() in parts.data:
            at = np.flatnonzero(array == ord(mark))
            held = np.zeros(len(records), dtype=bool)
            held[np.searchsorted(records.starts, at, side="right") - 1] = True
            unsure |= held[used]
    return np.flatnonzero(unsure)


def _reads_alike(parts: Parts, record: int, out: Layout) -> bool:
    """Tell whether a record is read by the rules of this layout as it was read."""
    records = parts.shape.records
    start, stop = int(records.starts[record]), int(records.stops[record])
    line = parts.data[start:stop]
    fields, end, clean = Tokens(out).strict(line, 0)
    if not clean or end != len(line):
        return False
    cells = [field.decode("utf-8", "replace") for field in fields]
    return cells == cells_of(parts.data, records, record, parts.layout)
