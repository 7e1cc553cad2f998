"""The labelled table: every original cell as it was, and what the model says in new columns."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gmmstudio.table.atomic import Writer, same_file
from gmmstudio.table.column_types import ColumnKind, column_kinds
from gmmstudio.table.decoding import Progress, ShouldStop
from gmmstudio.table.errors import Stopped, TableError
from gmmstudio.table.new_columns import Labels, new_cells, new_names
from gmmstudio.table.outgoing import Outgoing, Sink, excel_dialect, otherwise, refusal
from gmmstudio.table.packing import packing_writer
from gmmstudio.table.parquet_out import ParquetSink, TypedColumns, column_names
from gmmstudio.table.source_lines import SourceLines, source_lines
from gmmstudio.table.source_out import SourceSink
from gmmstudio.table.table import Column, Table
from gmmstudio.table.text_out import TextSink, encoded
from gmmstudio.table.workbook_cells import sheet_cells, too_long_cell, written_numbers
from gmmstudio.table.workbook_out import workbook_sink
from gmmstudio.table.written import Written, about, settings_of

_CELLS_AT_ONCE = 1 << 20
_BYTES_AT_ONCE = 1 << 26


def write_labelled(
    path: str | Path,
    table: Table,
    labels: Labels,
    outgoing: Outgoing | None = None,
    *,
    only: NDArray[np.bool_] | None = None,
    progress: Progress | None = None,
    should_stop: ShouldStop | None = None,
) -> Written:
    """Write the table with its labels, as a rule in the layout of the file it came from.

    As the source, the very lines of the file are written with the new cells at their ends, and
    what stands above and between them; where that file is not to be had any more, its delimiter,
    encoding, byte-order mark, line ending, decimal mark and way of quoting are the source's. A
    table without header gets one, since the new columns need names. The file appears whole or not
    at all. Of the rows only those are written that ``only`` (n,) says, each as it stands in the
    file of all rows.

    Returns
    -------
    Written
        How to read the file again, and what turned out otherwise than in the source.

    Raises
    ------
    TableError
        Says what went wrong and what was kept; also if ``path`` is the table's own file.
    """
    path, outgoing = Path(path), outgoing or Outgoing()
    _refuse_source(path, table)
    if table.blank:
        raise TableError(f"The rows of “{table.name}” are not at hand; find its file first.")
    n_rows = table.n_rows if only is None else int(np.count_nonzero(only))
    names = all_names(table, labels.n_components, outgoing)
    refused = refusal(outgoing.form, n_rows, len(names))
    if outgoing.form == "xlsx" and not refused:
        refused = too_long_cell(table)
    if refused:
        raise TableError(refused)
    import pyarrow as pa

    stop, report = should_stop or (lambda: False), progress or (lambda share: None)
    lines: SourceLines | str = ""
    if outgoing.form == "source":
        lines = source_lines(table, lambda share: report(0.2 * share), stop)
    begun = 0.2 if isinstance(lines, SourceLines) else 0.0
    cells_of = _cells_of(table, outgoing)
    with (
        packing_writer(path) as file,
        _sink(file, table, labels, outgoing, names, stop, lines, only) as sink,
    ):
        for first, last in _pieces(table):
            if stop():
                raise Stopped("The export")
            wanted = None if only is None else only[first:last]
            if wanted is None or wanted.any():
                arrays = cells_of(first, last) + new_cells(labels, first, last, outgoing.columns)
                if wanted is not None:
                    arrays = [array.filter(pa.array(wanted)) for array in arrays]
                sink.put(arrays)
            report(begun + (1.0 - begun) * last / table.n_rows)
        sink.close()
    if not outgoing.is_text:
        return Written()
    if isinstance(lines, str):
        return Written(otherwise(lines), settings_of(table, outgoing, as_source=False))
    return Written(otherwise("", *lines.n_rewritten), settings_of(table, outgoing, as_source=True))


def all_names(table: Table, n_components: int, outgoing: Outgoing) -> list[str]:
    """Return the names of all columns of an export, the new ones last."""
    headers = [column.header for column in table.columns]
    names = [column.name for column in table.columns]
    if table.dialect.has_header:
        names = column_names(headers, names) if outgoing.form == "parquet" else headers
    return [*names, *new_names(names, n_components, outgoing.columns)]


def source_cells(table: Table, first: int, last: int) -> list[Any]:
    """Return the original cells of the rows first to last, a pyarrow string array a column."""
    return [column.cells.slice(first, last - first).combine_chunks() for column in table.columns]


def shown_columns(table: Table) -> Callable[[int, int], list[Any]]:
    """Return what gives the same cells as a sheet has them.

    Those of numbers come in pairs with their values, and dates as dates.
    """
    kinds = column_kinds(table)

    def shown(column: Column, cells: Any, kind: ColumnKind, first: int) -> Any:
        if kind == "number":
            assert column.values is not None
            return written_numbers(cells, column.values[first : first + len(cells)])
        return sheet_cells(cells, kind)

    def cells(first: int, last: int) -> list[Any]:
        found = zip(table.columns, source_cells(table, first, last), kinds, strict=True)
        return [shown(column, cells, kind, first) for column, cells, kind in found]

    return cells


def _cells_of(table: Table, outgoing: Outgoing) -> Callable[[int, int], list[Any]]:
    """Return what gives the cells of the rows first to last, as the form takes them."""
    if outgoing.form == "parquet":
        return TypedColumns(table).cells
    if outgoing.form == "xlsx":
        return shown_columns(table)
    return lambda first, last: source_cells(table, first, last)


@contextmanager
def _sink(
    file: Writer,
    table: Table,
    labels: Labels,
    outgoing: Outgoing,
    names: Sequence[str],
    stop: ShouldStop,
    lines: SourceLines | str,
    only: NDArray[np.bool_] | None,
) -> Iterator[Sink]:
    n_rows = table.n_rows if only is None else int(np.count_nonzero(only))
    said = about(table, labels, outgoing.columns, names[len(table.columns) :], n_rows)
    if outgoing.form == "parquet":
        new = [array.type for array in new_cells(labels, 0, 0, outgoing.columns)]
        types = [*TypedColumns(table).types, *new]
        yield ParquetSink(file, names, types, said, table.columns)
    elif outgoing.form == "xlsx":
        n_bytes = sum(column.cells.nbytes for column in table.columns)
        with workbook_sink(
            file, names, n_rows, n_bytes=n_bytes, about=said, should_stop=stop
        ) as book:
            yield book
    else:
        dialect = table.dialect if outgoing.form == "source" else excel_dialect(table.dialect)
        for name in labels.names:
            encoded(name, dialect.encoding, f"the cluster name “{name}”")
        numbers = {j for j, column in enumerate(table.columns) if column.is_number}
        if isinstance(lines, SourceLines):
            yield SourceSink(
                file, dialect, lines, names, len(table.columns), outgoing.formulas, numbers, only
            )
        else:
            yield TextSink(file, dialect, names, outgoing.formulas, numbers)


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
