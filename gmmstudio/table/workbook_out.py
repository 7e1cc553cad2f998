"""Columns out as a workbook: numbers as numbers, all else as the text it is."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import BytesIO
from typing import IO, Any

import numpy as np

from gmmstudio.table.atomic import Writer
from gmmstudio.table.decoding import ShouldStop
from gmmstudio.table.errors import Stopped
from gmmstudio.table.packing import Stream
from gmmstudio.table.text_out import joined
from gmmstudio.table.workbook_cells import CellMaker

_NARROWEST, _WIDEST = 8, 40
_ROWS_MEASURED = 200
_CELLS_AT_ONCE = 1 << 17
_SHEET = "xl/worksheets/sheet1.xml"
_STYLES = "xl/styles.xml"
_LEVEL = 4  # packs nearly as small as 6 in two thirds of the time
_CELL_BYTES = 90  # of one cell at most, its text left out
_ZIP32 = 1 << 31


@contextmanager
def workbook_sink(
    file: Writer,
    names: Sequence[str],
    n_rows: int,
    *,
    n_bytes: int = 0,
    about: Sequence[tuple[str, str]] = (),
    should_stop: ShouldStop = lambda: False,
) -> Iterator[WorkbookSink]:
    """Write one sheet as it comes, then the rest of a workbook around it.

    Parameters
    ----------
    file
        Where to.
    names
        Of the columns.
    n_rows
        How many rows will come.
    n_bytes
        How long the text in them is, about.
    about
        What stands on a second sheet: pairs of words.
    should_stop
        Asked often.
    """
    large = 2 * n_bytes + _CELL_BYTES * (n_rows + 1) * len(names) > _ZIP32
    book = _Book(names, n_rows, about)
    stream = _Stream(file, should_stop)
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL) as archive:
        sink = WorkbookSink(archive, book, names, should_stop, large=large)
        try:
            yield sink
        finally:
            sink.let_go()


class WorkbookSink:
    """Writes the rows of a sheet; nothing becomes a formula or a link."""

    def __init__(
        self,
        archive: zipfile.ZipFile,
        book: _Book,
        names: Sequence[str],
        should_stop: ShouldStop,
        *,
        large: bool,
    ) -> None:
        from xlsxwriter.utility import xl_col_to_name

        self._archive, self._book, self._names = archive, book, tuple(names)
        self._should_stop, self._large = should_stop, large
        self._makers = [
            CellMaker(xl_col_to_name(j), book.style, book.escaped, name)
            for j, name in enumerate(names)
        ]
        self._row = 1
        self._sheet: IO[bytes] | None = None

    def put(self, arrays: Sequence[Any]) -> None:
        """Append rows: pyarrow arrays of one length, as `CellMaker.cells` takes them."""
        if self._sheet is None:
            self._begin(arrays)
        n = len(arrays[0]) if arrays else 0
        step = max(1, _CELLS_AT_ONCE // len(self._names))
        for first in range(0, n, step):
            if self._should_stop():
                raise Stopped("The export")
            self._put([array.slice(first, step) for array in arrays])

    def close(self) -> None:
        """Write what comes after the rows."""
        if self._sheet is None:
            self._begin([])
        assert self._sheet is not None
        self._sheet.write(b"</sheetData>" + self._book.after)
        self.let_go()
        self._archive.writestr(*self._book.end())

    def let_go(self) -> None:
        """Close the sheet as it is."""
        if self._sheet is not None:
            self._sheet.close()

    def _begin(self, arrays: Sequence[Any]) -> None:
        """Write what comes before the rows, and the names, bold."""
        import pyarrow as pa

        for name, data in self._book.begin(arrays):
            self._archive.writestr(name, data)
        self._sheet = self._archive.open(_SHEET, "w", force_zip64=self._large)
        self._sheet.write(self._book.before + b"<sheetData>")
        rows, bold = pa.array(["1"]), self._book.bold
        cells = [
            maker.texts(pa.array([name], pa.string()), rows, bold)
            for maker, name in zip(self._makers, self._names, strict=True)
        ]
        self._write(rows, cells)

    def _put(self, arrays: Sequence[Any]) -> None:
        import pyarrow as pa
        import pyarrow.compute as pc

        n = len(arrays[0])
        numbers = np.arange(self._row + 1, self._row + 1 + n)
        rows = pc.cast(pa.array(numbers), pa.string())
        cells = [
            maker.cells(array, rows) for maker, array in zip(self._makers, arrays, strict=True)
        ]
        self._write(rows, cells)
        self._row += n

    def _write(self, rows: Any, cells: Sequence[Any]) -> None:
        import pyarrow.compute as pc

        made = pc.binary_join_element_wise('<row r="', rows, '">', *cells, "</row>", "")
        assert self._sheet is not None
        self._sheet.write(joined(made))


class _Book:
    """What of a workbook is not the rows of its first sheet, as XlsxWriter makes it.

    Only the styles are known last: two books are made, of which one gives them.
    """

    def __init__(self, names: Sequence[str], n_rows: int, about: Sequence[tuple[str, str]]) -> None:
        self._names, self._n_rows, self._about = tuple(names), n_rows, tuple(about)
        self._styled = self._new()
        self.bold = self._styled.bold
        self._styles: dict[str, str] = {}

    def begin(self, arrays: Sequence[Any]) -> list[tuple[str, bytes]]:
        """Return the files that come before the first sheet, which gives columns their widths."""
        from xlsxwriter.utility import xl_range

        made = self._new()
        for j, name in enumerate(self._names):
            cells = _head(arrays[j]) if arrays else []
            longest = max((len(str(c)) for c in [name, *cells] if c is not None), default=0)
            made.sheet.set_column(j, j, min(max(longest + 2, _NARROWEST), _WIDEST))
        extent = xl_range(0, 0, self._n_rows, max(len(self._names) - 1, 0))
        made.sheet.ignore_errors({"number_stored_as_text": extent})  # zip codes are so on purpose
        parts = made.close()
        self.before, _, self.after = parts.pop(_SHEET).partition(b"<sheetData/>")
        dimension = f'<dimension ref="{extent}"'.encode()
        self.before = re.sub(rb'<dimension ref="[^"]*"', dimension, self.before)
        del parts[_STYLES]
        return list(parts.items())

    def end(self) -> tuple[str, bytes]:
        """Return the file that comes last."""
        return _STYLES, self._styled.close()[_STYLES]

    def style(self, code: str) -> str:
        """Return the mark of a cell with this format of numbers."""
        if code not in self._styles:
            self._styles[code] = self._styled.style({"num_format": code})
        return self._styles[code]

    def escaped(self, text: str) -> str:
        """Return a text with its control characters as a workbook writes them."""
        return str(self._styled.sheet._escape_control_characters(text))

    def _new(self) -> _Frame:
        return _Frame(self._about)


class _Frame:
    """A workbook without rows: a sheet for them, and one that says what they are."""

    def __init__(self, about: Sequence[tuple[str, str]]) -> None:
        import xlsxwriter

        self._file = BytesIO()
        options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        self._book = xlsxwriter.Workbook(self._file, options)
        self.sheet = self._book.add_worksheet("table")
        self.sheet.freeze_panes(1, 0)
        bold = self._book.add_format({"bold": True, "valign": "top"})
        wrapped = self._book.add_format({"text_wrap": True, "valign": "top"})
        self.bold, _ = self._mark(bold), self._mark(wrapped)
        if about:
            sheet = self._book.add_worksheet("About")
            sheet.set_column(0, 0, 26)
            sheet.set_column(1, 1, 100)
            for row, (what, words) in enumerate(about):
                sheet.write_string(row, 0, what, bold)
                sheet.write_string(row, 1, words, wrapped)

    def style(self, wanted: dict[str, str]) -> str:
        """Return the mark of a cell with a format."""
        return self._mark(self._book.add_format(wanted))

    def close(self) -> dict[str, bytes]:
        """Return the files of the workbook, by name."""
        self._book.close()
        with zipfile.ZipFile(self._file) as made:
            return {name: made.read(name) for name in made.namelist()}

    def _mark(self, made: Any) -> str:
        return f' s="{made._get_xf_index()}"'


class _Stream(Stream):
    """What the archive is written into; it stops where it is asked to."""

    def __init__(self, file: Writer, should_stop: ShouldStop) -> None:
        super().__init__(file)
        self._should_stop = should_stop

    def before_writing(self) -> None:
        if self._should_stop():
            raise Stopped("The export")


def _head(array: Any) -> list[Any]:
    """Return the first cells, as they were written."""
    import pyarrow as pa

    head = array.slice(0, _ROWS_MEASURED)
    found: list[Any] = (head.field("text") if pa.types.is_struct(head.type) else head).to_pylist()
    return found
