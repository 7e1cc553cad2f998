"""A small table of our own making as a file or as text: summaries, parameters."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gmmstudio.table.formulas import Formulas
from gmmstudio.table.outgoing import Form, Sink, excel_dialect
from gmmstudio.table.packing import packing_writer
from gmmstudio.table.table import Dialect
from gmmstudio.table.text_out import TextSink
from gmmstudio.table.workbook_out import workbook_sink

Columns = Mapping[str, Any]
"""Columns by name: pyarrow arrays of one length."""


def write_columns(
    path: str | Path,
    columns: Columns,
    form: Form = "source",
    *,
    dialect: Dialect | None = None,
    formulas: Formulas = "keep",
) -> None:
    """Write columns as CSV, as CSV for Excel or as a workbook, wholly or not at all.

    Parameters
    ----------
    path
        Where to.
    columns
        What.
    form
        "source": CSV in this dialect; "excel", "xlsx".
    dialect
        Layout of CSV; by default with commas, in UTF-8.
    formulas
        What of text that begins like a formula, in CSV.

    Raises
    ------
    TableError
        What went wrong and what was kept.
    """
    dialect = dialect or Dialect()
    with packing_writer(Path(path)) as file:
        if form == "xlsx":
            n_rows = len(next(iter(columns.values()))) if columns else 0
            with workbook_sink(file, tuple(columns), n_rows) as book:
                _fill(book, columns)
        else:
            chosen = dialect if form == "source" else excel_dialect(dialect)
            _fill(TextSink(file, chosen, tuple(columns), formulas), columns)


def columns_text(columns: Columns, delimiter: str = "\t", decimal: str = ".") -> str:
    """Return columns as text, parted by tabs as spreadsheets take it from the clipboard."""
    file = _Memory()
    _fill(TextSink(file, Dialect(delimiter, decimal=decimal), tuple(columns)), columns)
    return file.getvalue().decode("utf-8")


class _Memory(io.BytesIO):
    def sync(self) -> None:
        """Do nothing: memory is no disk."""


def _fill(sink: Sink, columns: Columns) -> None:
    sink.put(list(columns.values()))
    sink.close()
