"""Columns out as a workbook: numbers as numbers, all else as the text it is."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from xml.sax.saxutils import escape

from gmmstudio.table.atomic import Writer
from gmmstudio.table.decoding import ShouldStop
from gmmstudio.table.errors import Stopped, TableError
from gmmstudio.table.outgoing import LONGEST_CELL
from gmmstudio.table.packing import Stream

_PLAIN = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.([0-9]+))?", re.ASCII)
_HARMLESS = re.compile(r"[a-zA-Z0-9 .,;:/()+-]*", re.ASCII)  # nothing in it has to be escaped
_SHOWN_DIGITS = 15
_SHOWN_WHOLE = 1e11  # from here on a sheet shows 1.2E+11 unless told otherwise
_NARROWEST, _WIDEST = 8, 40
_ROWS_MEASURED = 200


def exact_number(text: str, decimal: str = ".") -> tuple[float, int] | None:
    """Return the number that a cell's text is exactly, and how many decimals it is written with.

    None where a workbook would show another text than this, or lose digits: ``007``, ``+1``,
    ``-0``, more than fifteen digits that are not those of a double.

    Examples
    --------
    >>> exact_number("2.50"), exact_number("-3"), exact_number("007"), exact_number("1e5")
    ((2.5, 2), (-3.0, 0), None, None)
    """
    if decimal != ".":
        if "." in text:
            return None
        text = text.replace(decimal, ".")
    found = _PLAIN.fullmatch(text)
    if found is None:
        return _scientific(text)
    number, decimals = float(text), len(found[1] or "")
    if number == 0.0 and text[0] == "-":
        return None
    digits = len(text.replace(".", "").lstrip("-0"))
    if digits <= _SHOWN_DIGITS:
        return (number, decimals) if decimals <= 30 else None
    return (number, -1) if decimals and repr(number) == text else None


def _scientific(text: str) -> tuple[float, int] | None:
    """Read ``1.5e-10`` where that is how the number is written in the fewest digits."""
    if "e" not in text and "E" not in text:
        return None
    try:
        number = float(text)
    except ValueError:
        return None
    return (number, -1) if repr(number) == text.lower() else None


class WorkbookSink:
    """Writes one sheet, row by row; nothing becomes a formula or a link.

    Parameters
    ----------
    file
        Where to.
    names
        Of the columns.
    decimal
        The mark in the numbers of the source.
    found
        For each column whether its cells are those of a source: text in which numbers are
        recognised. Text of other columns stays text.
    should_stop
        Asked between rows, and while the sheet is packed at the end, which takes a while.
    folder
        Where the sheet grows until then.
    """

    def __init__(
        self,
        file: Writer,
        names: Sequence[str],
        found: Sequence[bool],
        *,
        decimal: str = ".",
        should_stop: ShouldStop = lambda: False,
        folder: str | None = None,
    ) -> None:
        import xlsxwriter
        from xlsxwriter.utility import xl_col_to_name

        self._should_stop = should_stop
        self._decimal, self._found, self._names = decimal, tuple(found), tuple(names)
        options = {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "tmpdir": folder,
        }
        self._book = xlsxwriter.Workbook(_Stream(file, should_stop), options)
        self._book.use_zip64()
        self._sheet = self._book.add_worksheet("table")
        self._letters = [xl_col_to_name(j) for j in range(len(self._names))]
        self._styles: dict[int, str] = {}
        self._row = 0
        self._begun = False

    def put(self, arrays: Sequence[Any]) -> None:
        """Append rows."""
        if not self._begun:
            self._begin(arrays)
        writers = [self._cell_writer(array, j) for j, array in enumerate(arrays)]
        for cells in zip(*(array.to_pylist() for array in arrays), strict=True):
            if self._row % 256 == 0 and self._should_stop():
                raise Stopped("The export")
            self._put_row(
                writer(j, cell)
                for j, (writer, cell) in enumerate(zip(writers, cells, strict=True))
                if cell is not None and cell != ""
            )

    def _put_row(self, cells: Iterable[str]) -> None:
        """Append a row to the file in which the library gathers the rows of a sheet.

        Its own way there takes six times as long, drops the last digit of a double, and takes
        text between ``<r>`` and ``</r>`` for markup.
        """
        row = "".join(cells)  # made while its number is still to come
        self._row += 1
        self._sheet.row_data_fh.write(f'<row r="{self._row}">{row}</row>')

    def close(self) -> None:
        """Pack the sheet."""
        from xlsxwriter.exceptions import FileCreateError

        if not self._begun:
            self._begin([])
        if self._names:
            self._sheet._check_dimensions(0, 0)
            self._sheet._check_dimensions(self._row - 1, len(self._names) - 1)
        try:
            self._book.close()
        except FileCreateError as error:
            cause = error.args[0] if error.args else None
            raise cause if isinstance(cause, OSError) else error from None

    def abandon(self) -> None:
        """Let go of what was written so far."""
        self._sheet._opt_close()

    def _begin(self, arrays: Sequence[Any]) -> None:
        """Write the names, bold, and give every column a width."""
        self._begun = True
        bold = self._book.add_format({"bold": True})
        self._sheet.freeze_panes(1, 0)
        for j, name in enumerate(self._names):
            cells = arrays[j].slice(0, _ROWS_MEASURED).to_pylist() if arrays else []
            longest = max(
                (len(str(cell)) for cell in [name, *cells] if cell is not None), default=0
            )
            self._sheet.set_column(j, j, min(max(longest + 2, _NARROWEST), _WIDEST))
        style = f' s="{bold._get_xf_index()}"'
        self._put_row([self._text(j, name, style) for j, name in enumerate(self._names) if name])

    def _cell_writer(self, array: Any, j: int) -> Callable[[int, Any], str]:
        import pyarrow as pa

        if pa.types.is_string(array.type):
            return self._source_cell if self._found[j] else self._text
        if pa.types.is_boolean(array.type):
            return self._flag
        return self._number

    def _source_cell(self, j: int, text: str) -> str:
        number = exact_number(text, self._decimal)
        if number is None:
            return self._text(j, text)
        return self._number(j, number[0], self._style(*number))

    def _flag(self, j: int, value: bool) -> str:
        return f'<c r="{self._letters[j]}{self._row + 1}" t="b"><v>{int(value)}</v></c>'

    def _number(self, j: int, number: float, style: str = "") -> str:
        if number - number != 0.0:  # a sheet knows no infinity
            return self._text(j, repr(number))
        shown = int(number) if number == int(number) and abs(number) < 1e15 else number
        return f'<c r="{self._letters[j]}{self._row + 1}"{style}><v>{shown!r}</v></c>'

    def _text(self, j: int, text: str, style: str = "") -> str:
        if len(text) > LONGEST_CELL // 2 and len(text.encode("utf-16-le")) // 2 > LONGEST_CELL:
            raise TableError(
                f"A cell of a workbook holds {LONGEST_CELL:,} letters, and row {self._row} of “"
                f"{self._names[j]}” has {len(text):,}, so nothing was saved: write CSV or Parquet."
            )
        if not _HARMLESS.fullmatch(text):
            text = escape(self._sheet._escape_control_characters(text))
        place = f"{self._letters[j]}{self._row + 1}"
        return (
            f'<c r="{place}"{style} t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'
        )

    def _style(self, number: float, decimals: int) -> str:
        """Return the mark of the format with so many decimals; none for what shows by itself."""
        if decimals < 0 or (decimals == 0 and abs(number) < _SHOWN_WHOLE):
            return ""
        if decimals not in self._styles:
            shown = {"num_format": "0." + "0" * decimals if decimals else "0"}
            self._styles[decimals] = f' s="{self._book.add_format(shown)._get_xf_index()}"'
        return self._styles[decimals]


@contextmanager
def workbook_folder() -> Iterator[str]:
    """Make a folder for the sheet while it grows; it goes in any case."""
    with tempfile.TemporaryDirectory(prefix="gmmstudio-", ignore_cleanup_errors=True) as folder:
        yield folder


class _Stream(Stream):
    """What the library packs into; it stops where it is asked to."""

    def __init__(self, file: Writer, should_stop: ShouldStop) -> None:
        super().__init__(file)
        self._should_stop = should_stop

    def before_writing(self) -> None:
        if self._should_stop():
            raise Stopped("The export")
