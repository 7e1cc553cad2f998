"""Columns as the cells of a sheet's XML: numbers as numbers, all else as the text it is."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from typing import Any
from xml.sax.saxutils import escape

import numpy as np
from numpy.typing import NDArray

from gmmstudio.table.column_types import ColumnKind, typed
from gmmstudio.table.errors import TableError
from gmmstudio.table.outgoing import LONGEST_CELL
from gmmstudio.table.table import Table

_PLAIN = r"^-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]{1,3})?$"
_MANTISSA = r"^-?[0-9]+(?:\.(?P<decimals>[0-9]*))?(?:[eE].*)?$"
# Nothing of this is in most texts: what XML gives a meaning, control characters, and what a
# workbook takes for a control character written out.
_MARKUP = r"[&<>]"
_CONTROL = r"[\x00-\x08\x0b-\x1f\x{fffe}\x{ffff}]|_x[0-9a-fA-F]{4}_"
_DIGITS = re.compile(r"[+-]?[0-9]*(?:[ '.,\u00a0\u202f\u2019][0-9]*)*")
_SHOWN = 17  # letters of a number, 15 digits among them; a sheet shows no more
_LONGEST = 20  # longer ones say more than a double holds
_SHOWN_WHOLE = 1e11  # from here on a sheet shows 1.2E+11 unless told otherwise

_EPOCH = 25_569  # the day 1970-01-01 of a sheet
_DAY = 86_400e6  # microseconds
_FIRST_DATE = datetime.date(1900, 3, 1)  # Excel believes that 1900 had a 29 February

StyleOf = Callable[[str], str]
"""Gives for the format of a number, such as "0.00", the mark of a cell that has it."""


class CellMaker:
    """Makes the cells of one column; "" where a cell is empty.

    Parameters
    ----------
    letters
        Of the column: "A".
    style_of
        Gives the mark of a format.
    escaped
        Writes control characters as a workbook does.
    name
        Of the column, for what is said.
    """

    def __init__(
        self, letters: str, style_of: StyleOf, escaped: Callable[[str], str], name: str
    ) -> None:
        self._head, self._style_of, self._escaped = f'<c r="{letters}', style_of, escaped
        self._name = name

    def cells(self, array: Any, rows: Any) -> Any:
        """Return the XML of some cells.

        Parameters
        ----------
        array
            A pyarrow array (n,): of strings, of booleans, of numbers, or of pairs of the text of
            a number and its value, as `written_numbers` makes them.
        rows
            The numbers of the rows (n,) as pyarrow strings.
        """
        import pyarrow as pa

        if pa.types.is_struct(array.type):
            return self._written(array.field("text"), array.field("value"), rows)
        if pa.types.is_string(array.type):
            return self._texts(array, rows)
        if pa.types.is_temporal(array.type):
            return self._moments(array, rows, self._style_of(_moment_code(array.type)))
        if pa.types.is_boolean(array.type):
            import pyarrow.compute as pc

            return self._cells(rows, ' t="b"><v>', pc.cast(pc.cast(array, pa.int8()), pa.string()))
        return self._numbers(array, rows)

    def texts(self, array: Any, rows: Any, style: str = "") -> Any:
        """Return cells of text in a style."""
        return self._texts(array, rows, style)

    def _cells(self, rows: Any, middle: Any, inner: Any, end: str = "</v></c>") -> Any:
        """Put cells together; one whose inner part is null is empty."""
        import pyarrow.compute as pc

        made = pc.binary_join_element_wise(self._head, rows, '"', middle, inner, end, "")
        return pc.fill_null(made, "")

    def _texts(self, array: Any, rows: Any, style: str = "") -> Any:
        import pyarrow as pa
        import pyarrow.compute as pc

        blank = pc.equal(array, "")
        if pc.any(blank).as_py():
            array = pc.if_else(blank, pa.scalar(None, pa.string()), array)
        self._refuse_long(array, rows)
        if pc.any(pc.match_substring_regex(array, _MARKUP)).as_py():
            for mark in "&<>":
                array = pc.replace_substring(array, mark, escape(mark))
        control = pc.fill_null(pc.match_substring_regex(array, _CONTROL), False)
        if pc.any(control).as_py():
            odd = [self._escaped(text) for text in array.filter(control).to_pylist()]
            array = pc.replace_with_mask(array, control, pa.array(odd, pa.string()))
        head = f'{style} t="inlineStr"><is><t xml:space="preserve">'
        return self._cells(rows, head, array, "</t></is></c>")

    def _refuse_long(self, array: Any, rows: Any) -> None:
        import pyarrow.compute as pc

        longest = pc.max(pc.binary_length(array)).as_py() or 0
        if longest <= LONGEST_CELL:
            return
        for place, text in enumerate(array.to_pylist()):
            if text is not None and len(text.encode("utf-16-le")) // 2 > LONGEST_CELL:
                raise TableError(too_long(int(rows[place].as_py()) - 1, self._name, len(text)))

    def _moments(self, array: Any, rows: Any, style: str) -> Any:
        """Return dates and times, which a sheet has as days since the last day of 1899."""
        import pyarrow as pa
        import pyarrow.compute as pc

        if pa.types.is_date32(array.type):
            days = pc.add(pc.cast(array, pa.int32()), _EPOCH)
        else:
            parts = pc.cast(pc.cast(array, pa.int64()), pa.float64())
            days = pc.divide(parts, _DAY)
            if pa.types.is_timestamp(array.type):
                days = pc.add(days, float(_EPOCH))
        return self._cells(rows, f"{style}><v>", pc.cast(days, pa.string()))

    def _numbers(self, array: Any, rows: Any) -> Any:
        """Return numbers in the fewest digits that give them back exactly."""
        import pyarrow as pa
        import pyarrow.compute as pc

        if not pa.types.is_floating(array.type):
            return self._cells(rows, "><v>", pc.cast(array, pa.string()))
        finite = pc.fill_null(pc.is_finite(array), True)
        digits = pc.cast(array, pa.string())
        if pc.all(finite).as_py():
            return self._cells(rows, "><v>", digits)
        words = self._texts(digits, rows)  # a sheet knows no infinity
        known = pc.if_else(finite, digits, pa.scalar(None, pa.string()))
        return pc.if_else(finite, self._cells(rows, "><v>", known), words)

    def _written(self, text: Any, values: Any, rows: Any) -> Any:
        """Return numbers shown as they were written; what has no value is text."""
        import pyarrow as pa
        import pyarrow.compute as pc

        known = pc.is_valid(values)
        nothing = pa.scalar(None, pa.string())
        digits, marks = literals(text, values)
        styles = {int(mark): self._style(int(mark)) for mark in np.unique(marks)}
        if set(styles.values()) == {""}:
            middle: Any = "><v>"
        else:
            each = np.array(list(styles), dtype=np.int64)
            words = pa.array([f"{styles[mark]}><v>" for mark in styles], pa.string())
            middle = words.take(pa.array(np.searchsorted(each, marks)))
        made = self._cells(rows, middle, digits)
        if pc.all(known).as_py():
            return made
        others = self._texts(pc.if_else(known, nothing, text), rows)
        return pc.if_else(known, made, others)

    def _style(self, mark: int) -> str:
        code = format_code(mark)
        return self._style_of(code) if code else ""


def written_numbers(text: Any, values: NDArray[np.float64]) -> Any:
    """Return the text of numbers and their values as one pyarrow array of pairs."""
    import pyarrow as pa

    value = pa.array(values, pa.float64(), mask=np.isnan(values))
    return pa.StructArray.from_arrays([text, value], ["text", "value"])


def _moment_code(kind: Any) -> str:
    import pyarrow as pa

    if pa.types.is_date(kind):
        return "yyyy-mm-dd"
    return "yyyy-mm-dd hh:mm:ss" if pa.types.is_timestamp(kind) else "hh:mm:ss"


def sheet_cells(text: Any, kind: ColumnKind) -> Any:
    """Return cells of text as what a sheet has for them: dates from March 1900 on are such."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if kind == "text":
        return text
    found = typed(text, kind)
    if kind in ("date", "moment"):
        early = pc.min(pc.cast(found, pa.date32())).as_py()
        if early is not None and early < _FIRST_DATE:
            return text
    return found


_GROUPED, _SCIENTIFIC, _WHOLE, _GENERAL = 100, 200, 400, -1


def literals(text: Any, values: Any) -> tuple[Any, NDArray[np.int64]]:
    """Return the digits of numbers as XML has them (null without value), and how each is shown.

    Parameters
    ----------
    text
        pyarrow strings (n,), as the source writes them: ``2.50``, ``1.234,5``, ``+1``.
    values
        pyarrow float64 (n,), null where the text is none of a number.

    Returns
    -------
    digits
        pyarrow strings (n,): those of the text where they are exactly the value, else the fewest
        that give it.
    marks
        int64 (n,): for `format_code`.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    known = pc.is_valid(values)
    trimmed = pc.utf8_trim_whitespace(text)
    if pc.any(pc.match_substring(trimmed, ",")).as_py():
        trimmed = pc.replace_substring_regex(trimmed, r"^([+-]?[0-9]+),([0-9]+)$", r"\1.\2")
    plain = pc.and_(known, pc.match_substring_regex(trimmed, _PLAIN))
    read = pc.cast(pc.if_else(plain, trimmed, pa.scalar(None, pa.string())), pa.float64())
    plain = pc.fill_null(pc.equal(read, values), False)  # 1.234 may be 1234
    plain = pc.and_(plain, pc.less_equal(pc.binary_length(trimmed), _LONGEST))
    digits = pc.if_else(plain, trimmed, pc.cast(values, pa.string()))
    marks = _marks(digits, values)
    odd = np.flatnonzero(np.asarray(pc.and_not(known, plain)))
    if odd.size:
        at = pa.array(odd)
        pairs = zip(trimmed.take(at).to_pylist(), values.take(at).to_pylist(), strict=True)
        marks[odd] = [_odd_mark(cell, value) for cell, value in pairs]
    return digits, marks


def _marks(digits: Any, values: Any) -> NDArray[np.int64]:
    """Tell how many decimals numbers are written with, and whether with an exponent."""
    import pyarrow as pa
    import pyarrow.compute as pc

    after = pc.extract_regex(digits, _MANTISSA).field("decimals")
    marks = np.array(pc.fill_null(pc.cast(pc.binary_length(after), pa.int64()), 0), dtype=np.int64)
    exponent = np.asarray(pc.fill_null(pc.match_substring_regex(digits, "[eE]"), False))
    length = np.asarray(pc.fill_null(pc.binary_length(digits), 0))
    large = np.abs(np.nan_to_num(np.asarray(values.fill_null(0.0)))) >= _SHOWN_WHOLE
    marks[large & (marks == 0)] += _WHOLE
    marks[exponent] = marks[exponent] % _GROUPED + _SCIENTIFIC
    marks[length > _SHOWN] = _GENERAL
    return marks


def _odd_mark(text: str, value: float) -> int:
    """Tell how a number is shown that is written with other marks than a workbook's."""
    if len(text) > _SHOWN or not _DIGITS.fullmatch(text):
        return _GENERAL
    *whole, last = re.split(r"[^0-9]", text.lstrip("+-"))
    if not whole:
        return 0
    # The last mark is that of decimals if the digits before and after it make the number.
    if float(f"{''.join(whole) or 0}.{last or 0}") == abs(value):
        return len(last) + _GROUPED * (len(whole) > 1)
    return _GROUPED


def format_code(mark: int) -> str:
    """Return the format of numbers with so many decimals; "" for what shows by itself.

    Examples
    --------
    >>> format_code(0), format_code(2), format_code(102), format_code(202)
    ('', '0.00', '#,##0.00', '0.00E+00')
    """
    if mark in (_GENERAL, 0):
        return ""
    if mark >= _WHOLE:
        return "0"
    decimals = mark % _GROUPED
    after = "." + "0" * decimals if decimals else ""
    if mark >= _SCIENTIFIC:
        return f"0{after}E+00"
    return f"#,##0{after}" if mark >= _GROUPED else f"0{after}"


def too_long_cell(table: Table) -> str:
    """Say which cell of a table a workbook does not hold; "" if it holds all."""
    import pyarrow.compute as pc

    for column in table.columns:
        lengths = pc.binary_length(column.cells)
        if (pc.max(lengths).as_py() or 0) <= LONGEST_CELL:
            continue
        for row in np.flatnonzero(np.asarray(lengths) > LONGEST_CELL).tolist():
            text = column.cells[row].as_py()
            if len(text.encode("utf-16-le")) // 2 > LONGEST_CELL:
                return too_long(row + 1, column.name, len(text))
    return ""


def too_long(row: int, name: str, n: int) -> str:
    """Say which cell a workbook does not hold."""
    return (
        f"A cell of a workbook holds {LONGEST_CELL:,} letters, and row {row} of “{name}” has "
        f"{n:,}: write CSV or Parquet."
    )
