"""How a file is to be read: what the user chose, or, where nothing was chosen, what is found."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Literal

ColumnType = Literal["number", "text", "date"]
DateOrder = Literal["dmy", "mdy", "ymd"]


OF_COLUMNS = ("types", "missing_in", "present_in")
"""What is chosen of single columns, and may be chosen of those of a table that is open."""


@dataclass(frozen=True)
class ReadSettings:
    """Every choice there is in reading a table; None means "find out".

    A table that was read has settings without None in them, as far as they apply to its format:
    reading the same file with them gives the same table.

    Attributes
    ----------
    encoding
        Python's name of a codec, without a mark: "utf-8", "utf-16-le", "cp949" …
    delimiter
        One character, or " " for runs of spaces.
    quote
        The quotation mark, or "" where cells are never quoted.
    escape
        What takes a quotation mark's meaning away inside quotes: the mark itself (doubled), or
        another character, such as a backslash.
    decimal, thousands
        The marks in numbers; ``thousands`` is "" where there is none.
    skip_rows
        Lines before the header that do not belong to the table.
    header_rows
        How many lines name the columns: 0, 1, or more, which are joined.
    comment
        Lines that begin with it are left out; "" where there are none.
    missing
        Cells that hold no value, besides empty ones.
    sheet
        The sheet of a workbook, or the member of a zip archive.
    cells
        The range of a sheet, such as "B3:F200"; "" is all that is filled.
    missing_in
        Pairs (column index, cells) of the columns in which further cells hold no value.
    present_in
        Pairs (column index, cells) of the columns in which cells hold a value that else hold none.
    date_order
        In what order day, month and year of two digits stand in dates of which nobody can tell
        it: "dmy", "mdy" or "ymd"; None in a table that was read where no date needs it, or where
        it is not known and the dates stay text.
    mend
        Whether rows with too few or too many cells are mended where it is plain how; None in a
        table whose format has no such rows.
    types
        Pairs (column index, type) of the columns whose type was chosen.
    sample_rows
        How many rows of a table too large for memory are drawn; None is all.
    sample_seed
        Of the draw.
    """

    encoding: str | None = None
    delimiter: str | None = None
    quote: str | None = None
    escape: str | None = None
    decimal: str | None = None
    thousands: str | None = None
    skip_rows: int | None = None
    header_rows: int | None = None
    comment: str | None = None
    missing: tuple[str, ...] | None = None
    sheet: str | None = None
    cells: str | None = None
    missing_in: tuple[tuple[int, tuple[str, ...]], ...] = ()
    present_in: tuple[tuple[int, tuple[str, ...]], ...] = ()
    date_order: DateOrder | None = None
    mend: bool | None = None
    types: tuple[tuple[int, ColumnType], ...] = ()
    sample_rows: int | None = None
    sample_seed: int = 0

    def with_(self, **changes: Any) -> ReadSettings:
        """Return settings with these choices changed."""
        return replace(self, **changes)

    def with_type(self, column: int, kind: ColumnType | None) -> ReadSettings:
        """Return settings with the type of a column chosen, or left as found (None)."""
        types = {index: chosen for index, chosen in self.types if index != column}
        if kind is not None:
            types[column] = kind
        return self.with_(types=tuple(sorted(types.items())))

    def with_missing_in(self, column: int, cells: Iterable[str]) -> ReadSettings:
        """Return settings by which these cells of a column hold no value, besides those before."""
        cells = tuple(cells)
        return self.with_(
            missing_in=_more(self.missing_in, column, cells),
            present_in=_fewer(self.present_in, column, cells),
        )

    def with_present_in(self, column: int, cells: Iterable[str]) -> ReadSettings:
        """Return settings by which these cells of a column hold a value, besides those before."""
        cells = tuple(cells)
        return self.with_(
            missing_in=_fewer(self.missing_in, column, cells),
            present_in=_more(self.present_in, column, cells),
        )


_Words = tuple[tuple[int, tuple[str, ...]], ...]


def _more(words: _Words, column: int, cells: tuple[str, ...]) -> _Words:
    of = dict(words)
    of[column] = tuple(dict.fromkeys((*of.get(column, ()), *cells)))
    return tuple(sorted(of.items()))


def _fewer(words: _Words, column: int, cells: tuple[str, ...]) -> _Words:
    left = {at: tuple(w for w in of if at != column or w not in cells) for at, of in words}
    return tuple((at, of) for at, of in left.items() if of)


class Notice(str):
    """A sentence about a file: what is odd in it, and where.

    Attributes
    ----------
    lines
        Numbers of the lines it is about, from 1; empty where it is about no line.
    doubt
        Whether the file can be understood otherwise, so that the user should look before
        anything is computed; else it only says what was done.
    """

    __slots__ = ("doubt", "lines")

    lines: tuple[int, ...]
    doubt: bool

    def __new__(cls, text: str, *, lines: tuple[int, ...] = (), doubt: bool = False) -> Notice:
        """Make a notice of a sentence."""
        self = super().__new__(cls, text)
        self.lines, self.doubt = lines, doubt
        return self
