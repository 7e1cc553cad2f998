"""Columns out as delimited text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np

from gmmstudio.table.atomic import Writer
from gmmstudio.table.errors import TableError
from gmmstudio.table.formulas import Formulas, defused
from gmmstudio.table.table import Dialect

_MARKS = {"utf-8": b"\xef\xbb\xbf", "utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}


class TextSink:
    """Writes text in a dialect; cells are quoted with ``"`` where they must be.

    Parameters
    ----------
    file
        Where to.
    dialect
        Delimiter, encoding, mark, line ending and decimal mark.
    names
        Of the columns.
    formulas
        Whether text that begins like a formula is kept.
    """

    def __init__(
        self,
        file: Writer,
        dialect: Dialect,
        names: Sequence[str],
        formulas: Formulas = "keep",
    ) -> None:
        self._file, self._dialect, self._formulas = file, dialect, formulas
        self._delimiter = dialect.delimiter
        if dialect.bom:
            file.write(_MARKS[dialect.encoding])
        import pyarrow as pa

        self.put([pa.array([name], pa.string()) for name in names])

    def put(self, arrays: Sequence[Any]) -> None:
        """Append rows; numbers in the fewest digits that give them back exactly."""
        import pyarrow.compute as pc

        # Where runs of spaces part the cells, an empty one would be lost between them.
        special = '"' if self._delimiter == " " else ""
        cells = [_quoted(self._text(array), self._delimiter, special) for array in arrays]
        lines = pc.binary_join_element_wise(*cells, self._delimiter)
        self._write(pc.binary_join_element_wise(lines, self._dialect.line_ending, ""))

    def close(self) -> None:
        """Nothing comes last."""

    def _text(self, array: Any) -> Any:
        import pyarrow as pa
        import pyarrow.compute as pc

        if pa.types.is_string(array.type):
            text = pc.fill_null(array, "") if array.null_count else array
            return defused(text) if self._formulas == "safe" else text
        text = pc.cast(array, pa.string())
        if self._dialect.decimal != "." and pa.types.is_floating(array.type):
            text = pc.replace_substring(text, ".", self._dialect.decimal)
        return pc.fill_null(text, "")

    def _write(self, lines: Any) -> None:
        """Write a pyarrow array of lines, which lie end to end in memory."""
        offsets = np.frombuffer(lines.buffers()[1], dtype=np.int32)[lines.offset :]
        data = memoryview(lines.buffers()[2])[offsets[0] : offsets[len(lines)]]
        if self._dialect.encoding == "utf-8":
            self._file.write(data)
        else:
            self._file.write(encoded(str(data, "utf-8"), self._dialect.encoding, "the table"))


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
        raise TableError(
            f"The letter “{text[error.start]}” in {where} does not exist in the encoding of "
            f"the original file ({encoding.upper()}), so nothing was saved. "
            "Use other letters in the names of clusters, or write CSV for Excel, which is UTF-8."
        ) from error


def _quoted(cells: Any, delimiter: str, empty: str) -> Any:
    """Wrap the cells that need it in quotation marks; empty ones where ``empty`` is a mark.

    Those that begin with another mark of quotation or of comments need it too: a file in which
    they stand bare could be understood otherwise.
    """
    import pyarrow.compute as pc

    needs = None
    special = f"[\"\r\n{re.escape(delimiter)}]|^['#]"
    if _has_special(cells, delimiter):
        needs = pc.match_substring_regex(cells, special)
    if empty:
        blank = pc.equal(cells, "")
        needs = blank if needs is None else pc.or_(needs, blank)
    if needs is None:
        return cells
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
    marks = ("\"\r\n'#" + delimiter).encode()[:6]  # the first byte of a delimiter tells
    return any(bool(np.any(data == mark)) for mark in marks)
