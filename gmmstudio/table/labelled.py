"""The labelled table: every original cell as it was, and what the model says in new columns."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gmmstudio.table.atomic import Writer, atomic_writer, same_file
from gmmstudio.table.decoding import Progress, ShouldStop
from gmmstudio.table.errors import Stopped, TableError
from gmmstudio.table.table import Dialect, FloatArray, Table

_CELLS_AT_ONCE = 1 << 20
_BYTES_AT_ONCE = 1 << 26
_MARKS = {"utf-8": b"\xef\xbb\xbf", "utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}


@dataclass(frozen=True, eq=False)
class Labels:
    """What the model says about the rows it knows.

    Attributes
    ----------
    n_components
        K.
    names
        K names of clusters.
    rows
        int (n,): table rows that have a label, rising.
    labels
        int (n,): component of each, from 0.
    max_probability, log_density, squared_mahalanobis
        float64 (n,).
    outlier
        bool (n,).
    probabilities
        Called with a, b: gives the probabilities (b − a, K) of the labelled rows a to b.
    notes
        Why a table row has no label, by table row (a mapping, or a sequence as long as the table).
    """

    n_components: int
    names: tuple[str, ...]
    rows: NDArray[np.integer[Any]]
    labels: NDArray[np.integer[Any]]
    max_probability: FloatArray
    log_density: FloatArray
    squared_mahalanobis: FloatArray
    outlier: NDArray[np.bool_]
    probabilities: Callable[[int, int], FloatArray]
    notes: Mapping[int, str] | Sequence[str] | NDArray[Any] = field(default_factory=dict)


def write_labelled(
    path: str | Path,
    table: Table,
    labels: Labels,
    *,
    only: NDArray[np.bool_] | None = None,
    progress: Progress | None = None,
    should_stop: ShouldStop | None = None,
) -> None:
    """Write the table with its labels in the layout of the file it came from.

    Delimiter, encoding, byte-order mark, line ending and decimal mark are the source's; cells are
    quoted with ``"`` where they must be. A table without header gets one, since the new columns
    need names. The file appears whole or not at all. Of the rows only those are written that
    ``only`` (n,) says, each as it stands in the file of all rows.

    Raises
    ------
    TableError
        Says what went wrong and what was kept; also if ``path`` is the table's own file.
    """
    path = Path(path)
    _refuse_source(path, table)
    import pyarrow as pa

    stop = should_stop or (lambda: False)
    encode = _Encoder(table.dialect, labels)
    with atomic_writer(path) as file:
        encode.mark(file)
        encode.text(file, _header(table, labels))
        for first, last in _pieces(table):
            if stop():
                raise Stopped("The export")
            if only is None:
                encode.buffer(file, _lines(table, labels, first, last))
            elif (wanted := only[first:last]).any():
                lines = _lines(table, labels, first, last)
                encode.buffer(file, lines.filter(pa.array(wanted)))
            if progress:
                progress(last / table.n_rows)


def new_names(headers: Sequence[str], n_components: int) -> list[str]:
    """Return the names of the new columns; one that is taken gets a suffix (``note_2``)."""
    wanted = [
        "cluster",
        "cluster_id",
        *(f"probability_{k}" for k in range(1, n_components + 1)),
        "uncertainty",
        "log_density",
        "mahalanobis",
        "outlier",
        "note",
    ]
    taken = {header.strip() for header in headers}
    names = []
    for base in wanted:
        name, suffix = base, 2
        while name in taken:
            name, suffix = f"{base}_{suffix}", suffix + 1
        taken.add(name)
        names.append(name)
    return names


def _refuse_source(path: Path, table: Table) -> None:
    if table.path is not None and same_file(path, table.path):
        raise TableError(
            f"“{path.name}” is the file the table came from, and it is never overwritten. "
            f"Choose another name, for example “{path.stem}-labelled{path.suffix}”."
        )


def _pieces(table: Table) -> Iterator[tuple[int, int]]:
    """Cut the rows into pieces of bounded size."""
    n_bytes = sum(column.cells.nbytes for column in table.columns)
    cells = _CELLS_AT_ONCE // len(table.columns)
    step = max(1, min(cells, _BYTES_AT_ONCE * table.n_rows // max(n_bytes, 1)))
    for first in range(0, table.n_rows, step):
        yield first, min(first + step, table.n_rows)


def _header(table: Table, labels: Labels) -> str:
    if table.dialect.has_header:
        headers = [column.header for column in table.columns]
    else:
        headers = [column.name for column in table.columns]
    names = [*headers, *new_names(headers, labels.n_components)]
    return table.dialect.delimiter.join(_quote(n, table.dialect) for n in names) + (
        table.dialect.line_ending
    )


def _quote(text: str, dialect: Dialect) -> str:
    if any(mark in text for mark in (dialect.delimiter, '"', "\r", "\n")):
        return '"' + text.replace('"', '""') + '"'
    return text


def _lines(table: Table, labels: Labels, first: int, last: int) -> Any:
    """Return the table rows first to last as one pyarrow array of text lines."""
    import pyarrow.compute as pc

    dialect = table.dialect
    cells = [column.cells.slice(first, last - first).combine_chunks() for column in table.columns]
    cells += _new_cells(labels, first, last, dialect.decimal)
    quoted = [_quoted(column, dialect.delimiter) for column in cells]
    rows = pc.binary_join_element_wise(*quoted, dialect.delimiter)
    return pc.binary_join_element_wise(rows, dialect.line_ending, "")


def _quoted(cells: Any, delimiter: str) -> Any:
    """Wrap the cells that need it in quotation marks."""
    import pyarrow.compute as pc

    if not _has_special(cells, delimiter):
        return cells
    special = f'["\r\n{delimiter}]'
    needs = pc.match_substring_regex(cells, special)
    wrapped = pc.binary_join_element_wise('"', pc.replace_substring(cells, '"', '""'), '"', "")
    return pc.if_else(needs, wrapped, cells)


def _has_special(cells: Any, delimiter: str) -> bool:
    """Tell whether any byte of the cells could need quoting (a look at the bare buffer)."""
    buffer = cells.buffers()[2]
    if buffer is None:
        return False
    data = np.frombuffer(buffer, dtype=np.uint8)
    offsets = np.frombuffer(cells.buffers()[1], dtype=np.int32)[cells.offset :]
    data = data[offsets[0] : offsets[len(cells)]]
    return any(bool(np.any(data == ord(mark))) for mark in ('"', "\r", "\n", delimiter))


def _new_cells(labels: Labels, first: int, last: int, decimal: str) -> list[Any]:
    """Return the new columns of the table rows first to last as pyarrow string arrays."""
    import pyarrow as pa

    n = last - first
    a, b = np.searchsorted(labels.rows, (first, last))
    at = labels.rows[a:b] - first
    number = _Numbers(n, at, decimal)
    label = np.full(n, -1, dtype=np.int64)
    label[at] = labels.labels[a:b]
    known = label >= 0
    outlier = np.zeros(n, dtype=bool)
    outlier[at] = labels.outlier[a:b]
    probabilities = labels.probabilities(int(a), int(b)) if b > a else np.empty((0, 0))
    return [
        _choose(labels.names, label),
        _choose([str(k + 1) for k in range(labels.n_components)], label),
        *(
            number(probabilities[:, k] if b > a else np.empty(0))
            for k in range(labels.n_components)
        ),
        number(1.0 - labels.max_probability[a:b]),
        number(labels.log_density[a:b]),
        number(np.sqrt(labels.squared_mahalanobis[a:b])),
        _choose(("false", "true"), np.where(known, outlier.astype(np.int64), -1)),
        pa.array(_notes(labels, first, known), pa.string()),
    ]


def _choose(words: Sequence[str], which: NDArray[np.int64]) -> Any:
    """Return words[which], an empty cell where it is negative."""
    import pyarrow as pa

    return pa.array(["", *words], pa.string()).take(pa.array(which + 1))


def _notes(labels: Labels, first: int, known: NDArray[np.bool_]) -> list[str]:
    notes = [""] * known.size
    get = labels.notes.get if isinstance(labels.notes, Mapping) else None
    for i in np.flatnonzero(~known):
        row = first + int(i)
        notes[i] = str((get(row, "") if get else labels.notes[row]) or "")
    return notes


@dataclass(frozen=True, eq=False)
class _Numbers:
    """Writes numbers of labelled rows in the fewest digits that give them back exactly."""

    n: int
    at: NDArray[np.integer[Any]]
    decimal: str

    def __call__(self, values: FloatArray) -> Any:
        import pyarrow as pa
        import pyarrow.compute as pc

        full = np.full(self.n, np.nan)
        full[self.at] = values
        text = pc.cast(pa.array(full, mask=np.isnan(full)), pa.string())
        if self.decimal != ".":
            text = pc.replace_substring(text, ".", self.decimal)
        return pc.fill_null(text, "")


class _Encoder:
    """Writes text in the source's encoding."""

    def __init__(self, dialect: Dialect, labels: Labels) -> None:
        self.dialect = dialect
        for name in labels.names:
            self._encode(name, f"the cluster name “{name}”")

    def mark(self, file: Writer) -> None:
        if self.dialect.bom:
            file.write(_MARKS[self.dialect.encoding])

    def text(self, file: Writer, text: str) -> None:
        file.write(self._encode(text, "the table"))

    def buffer(self, file: Writer, lines: Any) -> None:
        """Write a pyarrow array of lines, which lie end to end in memory."""
        offsets = np.frombuffer(lines.buffers()[1], dtype=np.int32)[lines.offset :]
        data = memoryview(lines.buffers()[2])[offsets[0] : offsets[len(lines)]]
        if self.dialect.encoding == "utf-8":
            file.write(data)
        else:
            file.write(self._encode(str(data, "utf-8"), "the table"))

    def _encode(self, text: str, where: str) -> bytes:
        try:
            return text.encode(self.dialect.encoding)
        except UnicodeEncodeError as error:
            raise TableError(
                f"The letter “{text[error.start]}” in {where} does not exist in the encoding of "
                f"the original file ({self.dialect.encoding.upper()}), so nothing was saved. "
                "Use other letters in the names of clusters."
            ) from error
