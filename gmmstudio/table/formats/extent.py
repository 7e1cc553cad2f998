"""How far the cells of a sheet reach, before a library makes a rectangle of them in memory.

A library that reads workbooks holds a sheet as the rectangle around its filled cells, so that two
cells in opposite corners cost as much as all between them. The text of the sheet is looked through
once, block by block; that takes a small part of the time that reading it takes.
"""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass, field

from gmmstudio.table.formats import zips

_CELL = re.compile(rb'<(?:\w+:)?c\s[^>]*?\br="([A-Z]{1,3})([0-9]{1,7})"[^>]*(?<!/)>')
_BARE = re.compile(rb"<(?:\w+:)?c(?:\s[^>]*)?(?<!/)>")
_ERROR = re.compile(
    rb'<(?:\w+:)?c\s(?=[^>]*\bt="e")[^>]*?\br="([A-Z]{1,3})([0-9]{1,7})"[^>]*>'
    rb"(?:(?!</(?:\w+:)?c>).)*?<(?:\w+:)?v>([^<]{1,20})</",
    re.DOTALL,
)
_OVERLAP = 4096
MOST_ERRORS = 100_000


@dataclass
class Extent:
    """The rectangle around the filled cells of a sheet.

    Attributes
    ----------
    first_row, last_row, first_column, last_column
        From 1; 0 where there is no cell.
    n_filled
        Number of filled cells.
    size
        Bytes of the sheet's text.
    far
        Name of the last filled cell of all, such as XFD1048576.
    errors
        Errors of formulas (#N/A) by row and column, from 1; the libraries leave them out.
    """

    first_row: int = 0
    last_row: int = 0
    first_column: int = 0
    last_column: int = 0
    n_filled: int = 0
    size: int = 0
    errors: dict[tuple[int, int], str] = field(default_factory=dict)

    @property
    def n_rows(self) -> int:
        """Number of rows of the rectangle."""
        return self.last_row - self.first_row + 1 if self.n_filled else 0

    @property
    def n_cells(self) -> int:
        """Number of cells of the rectangle."""
        return self.n_rows * (self.last_column - self.first_column + 1)

    @property
    def words(self) -> str:
        """The rectangle as a spreadsheet writes it, such as A1:F200."""
        first = f"{column_name(self.first_column)}{self.first_row}"
        return f"{first}:{column_name(self.last_column)}{self.last_row}"


def of_sheet(archive: zipfile.ZipFile, member: str, name: str) -> Extent:
    """Look through a sheet of an xlsx workbook.

    Raises
    ------
    TableError
        If it unpacks without end, or cannot be unpacked.
    """
    extent = Extent()
    carried = b""
    with archive.open(member) as file:
        while block := file.read(zips.BLOCK):
            extent.size += len(block)
            if zips.too_much(archive.getinfo(member).compress_size, extent.size):
                raise zips.bomb(name)
            text = carried + block
            cut = _cut(text)
            _look(extent, text[:cut])
            carried = text[cut:]
    _look(extent, carried)
    return extent


def unpacked_size(archive: zipfile.ZipFile, members: list[str], name: str) -> int:
    """Return how much these members unpack to, by unpacking them.

    Raises
    ------
    TableError
        If one unpacks without end, or cannot be unpacked.
    """
    total = 0
    for member in members:
        size = 0
        with archive.open(member) as file:
            while block := file.read(zips.BLOCK):
                size += len(block)
                if zips.too_much(archive.getinfo(member).compress_size, size):
                    raise zips.bomb(name)
        total += size
    return total


def _cut(text: bytes) -> int:
    """Return where a cell begins near the end of a block, so that none is looked at in halves."""
    for mark in (b"<c ", b":c ", b"<row", b"<"):
        at = text.rfind(mark, max(len(text) - _OVERLAP, 0))
        if at > 0:
            return text.rfind(b"<", 0, at + 1)
    return len(text)


def _look(extent: Extent, text: bytes) -> None:
    found = _CELL.findall(text)
    if not found:
        extent.n_filled += len(_BARE.findall(text))  # cells without a name: one after another
        if extent.n_filled and not extent.last_row:
            extent.first_row = extent.last_row = extent.first_column = extent.last_column = 1
        return
    rows = [int(row) for _, row in found]
    columns = [column_number(letters) for letters in {letters for letters, _ in found}]
    lows, highs = (min(rows), min(columns)), (max(rows), max(columns))
    if extent.n_filled:
        lows = min(lows[0], extent.first_row), min(lows[1], extent.first_column)
        highs = max(highs[0], extent.last_row), max(highs[1], extent.last_column)
    extent.first_row, extent.first_column = lows
    extent.last_row, extent.last_column = highs
    extent.n_filled += len(found)
    if b't="e"' in text and len(extent.errors) < MOST_ERRORS:
        for letters, row, error in _ERROR.findall(text):
            position = int(row), column_number(letters)
            extent.errors[position] = error.decode("utf-8", "replace")


def column_number(letters: bytes | str) -> int:
    """Return the number, from 1, of a column called A, B, … XFD.

    Examples
    --------
    >>> column_number("A"), column_number("XFD")
    (1, 16384)
    """
    number = 0
    for letter in letters if isinstance(letters, bytes) else letters.encode("ascii"):
        number = 26 * number + (letter & 31)
    return number


def column_name(number: int) -> str:
    """Return what a column is called, from its number from 1."""
    name = ""
    while number > 0:
        number, letter = divmod(number - 1, 26)
        name = chr(65 + letter) + name
    return name
