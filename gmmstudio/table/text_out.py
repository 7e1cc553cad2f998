"""Columns out as delimited text."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Any

import numpy as np

from gmmstudio.table.atomic import Writer
from gmmstudio.table.errors import TableError
from gmmstudio.table.formulas import Formulas, defused
from gmmstudio.table.table import Dialect

MARKS = {"utf-8": b"\xef\xbb\xbf", "utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}


class CellWriter:
    """Makes text of cells, in quotation marks where a dialect wants them.

    Parameters
    ----------
    dialect
        Delimiter, marks of quotation and decimals, and which cells are quoted.
    formulas
        Whether text that begins like a formula is kept.
    """

    def __init__(self, dialect: Dialect, formulas: Formulas = "keep") -> None:
        self._dialect, self._formulas = dialect, formulas
        marks = re.escape(f'"\r\n{dialect.quote}{dialect.delimiter}')
        # Those that begin with another mark of quotation or of comments: a file in which they
        # stand bare could be understood otherwise.
        self._special = f"[{marks}]|^['#]"
        self._bytes = ("\"\r\n'#" + dialect.quote + dialect.delimiter).encode()
        self.between = dialect.delimiter + dialect.padding

    def text(self, array: Any, *, is_number: bool = False) -> Any:
        """Return the text of a pyarrow array; numbers in the fewest digits that give them back.

        ``is_number`` says that text is that of numbers.
        """
        import pyarrow as pa
        import pyarrow.compute as pc

        quoted = self._dialect.quoted
        if pa.types.is_string(array.type):
            text = pc.fill_null(array, "") if array.null_count else array
            text = defused(text) if self._formulas == "safe" else text
            return self.quoted(text, always=quoted == "all" or (quoted == "text" and not is_number))
        text = pc.cast(array, pa.string())
        if self._dialect.decimal != "." and pa.types.is_floating(array.type):
            text = pc.replace_substring(text, ".", self._dialect.decimal)
        return self.quoted(pc.fill_null(text, ""), always=quoted == "all")

    def quoted(self, cells: Any, *, always: bool = False) -> Any:
        """Wrap cells in quotation marks: those that need it, or all that hold something.

        Where everything is quoted, or runs of spaces part the cells, empty ones are, too: they
        would be unlike the others, or be lost.
        """
        import pyarrow.compute as pc

        empty = self._dialect.delimiter == " " or self._dialect.quoted == "all"
        if always:
            needs = pc.invert(pc.equal(cells, ""))
        elif self._has_special(cells):
            needs = pc.match_substring_regex(cells, self._special)
        else:
            needs = None
        if empty:
            blank = pc.equal(cells, "")
            needs = blank if needs is None else pc.or_(needs, blank)
        if needs is None:
            return cells
        return pc.if_else(needs, self._wrapped(cells), cells)

    def _wrapped(self, cells: Any) -> Any:
        import pyarrow.compute as pc

        quote, escape = self._dialect.quote, self._dialect.escape
        if escape not in ("", quote):
            cells = pc.replace_substring(cells, escape, escape * 2)
            cells = pc.replace_substring(cells, quote, escape + quote)
        else:
            cells = pc.replace_substring(cells, quote, quote * 2)
        return pc.binary_join_element_wise(quote, cells, quote, "")

    def _has_special(self, cells: Any) -> bool:
        """Tell whether any byte of the cells could need quoting (a look at the bare buffer)."""
        data = np.frombuffer(joined(cells), dtype=np.uint8)
        return any(bool(np.any(data == mark)) for mark in self._bytes)


class TextSink:
    """Writes text in a dialect.

    Parameters
    ----------
    file
        Where to.
    dialect
        How it is laid out.
    names
        Of the columns.
    formulas
        Whether text that begins like a formula is kept.
    numbers
        Which columns hold numbers though they come as text.
    """

    def __init__(
        self,
        file: Writer,
        dialect: Dialect,
        names: Sequence[str],
        formulas: Formulas = "keep",
        numbers: Collection[int] = (),
    ) -> None:
        self._file, self._dialect, self._numbers = file, dialect, numbers
        self._cells = CellWriter(dialect, formulas)
        if dialect.bom:
            file.write(MARKS[dialect.encoding])
        self._write_text(dialect.above)
        import pyarrow as pa

        cells = [self._cells.text(pa.array([name], pa.string())) for name in names]
        self._write(self._line(cells))

    def put(self, arrays: Sequence[Any]) -> None:
        """Append rows."""
        import pyarrow.compute as pc

        cells = [
            self._cells.text(array, is_number=j in self._numbers) for j, array in enumerate(arrays)
        ]
        lines = self._line(cells)
        self._write(pc.binary_join_element_wise(self._dialect.line_ending, lines, ""))

    def close(self) -> None:
        """End the last line."""
        if self._dialect.ends:
            self._write_text(self._dialect.line_ending)

    def _line(self, cells: Sequence[Any]) -> Any:
        import pyarrow.compute as pc

        return pc.binary_join_element_wise(*cells, self._cells.between)

    def _write_text(self, text: str) -> None:
        if text:
            self._file.write(encoded(text, self._dialect.encoding, "the table"))

    def _write(self, lines: Any) -> None:
        write_lines(self._file, lines, self._dialect.encoding)


def joined(texts: Any) -> memoryview:
    """Return a pyarrow array of strings end to end, as it lies in memory."""
    import pyarrow as pa

    _, offsets, data = texts.buffers()
    if data is None or not len(texts):
        return memoryview(b"")
    width = np.int64 if pa.types.is_large_string(texts.type) else np.int32
    ends = np.frombuffer(offsets, dtype=width)[texts.offset :]
    return memoryview(data)[ends[0] : ends[len(texts)]]


def write_lines(file: Writer, lines: Any, encoding: str) -> None:
    """Write a pyarrow array of strings, one after the other."""
    data = joined(lines)
    if encoding == "utf-8":
        file.write(data)
    else:
        file.write(encoded(str(data, "utf-8"), encoding, "the table"))


def encoded(text: str, encoding: str, where: str) -> bytes:
    """Return the text in an encoding.

    Raises
    ------
    TableError
        A letter that it does not have.
    """
    try:
        return text.encode(encoding)
    except UnicodeEncodeError as error:
        if text[error.start] == "\ufffd":
            raise TableError(
                f"Letters of {where} were lost when it was read as {encoding.upper()}, so nothing "
                "was saved. Choose another encoding in its import settings, or write CSV for Excel."
            ) from error
        raise TableError(
            f"The letter “{text[error.start]}” in {where} does not exist in the encoding of "
            f"the original file ({encoding.upper()}), so nothing was saved. "
            "Use other letters in the names of clusters, or write CSV for Excel, which is UTF-8."
        ) from error
