"""Where the table begins and whether its first record names the columns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from gmmstudio.table.likeness import coarse
from gmmstudio.table.numbers import is_missing, is_number

_MOST_LINES_BEFORE = 30
_MOST_NAMES = 6


@dataclass(frozen=True)
class Start:
    """Which of the first records begins the table, and how many of them name the columns."""

    first: int
    header_rows: int

    @property
    def first_row(self) -> int:
        """The first record below the header."""
        return self.first + self.header_rows


def find_start(
    head: list[list[str]], width: int, *, skipped: bool = False, header_rows: int | None = None
) -> Start:
    """Find header and first row among the first records (blank ones left out), as lists of cells.

    Short records before the first full one are taken for a title if that one is a header.
    ``skipped`` if what stands before the table has been taken off already.
    """
    full = next((i for i, cells in enumerate(head) if _is_full(cells, width)), 0)
    first = 0
    if not skipped and header_rows != 0 and 0 < full <= _MOST_LINES_BEFORE and width > 1:
        first = full if _is_title(head, full, width) else 0
    if header_rows is not None:
        return Start(first, min(header_rows, len(head) - first))
    if not first and not is_header(head[0], head[1:]):
        return Start(0, 0)
    return Start(first, _rows_of_names(head[first:]))


def _rows_of_names(head: list[list[str]]) -> int:
    """Return how many records name the columns.

    More than one does where the names stand there again and again at once, or where words stand
    between the names and the numbers of every column of numbers: units, mostly.
    """
    again = 1
    while again < min(_MOST_NAMES, len(head)) and head[again] == head[0]:
        again += 1
    if 1 < again < len(head):
        return again
    below = head[2:]
    if len(below) < 3 or len(head[1]) < len(head[0]):
        return 1
    numeric = [
        j for j in range(len(head[1])) if mostly_numbers([row[j] for row in below if j < len(row)])
    ]
    units = [head[1][j] for j in numeric]
    words = all(not is_missing(unit) and not number(unit) and _short(unit) for unit in units)
    return 2 if len(units) > 1 and words and not _numbers(head[1]) else 1


def _short(text: str) -> bool:
    return len(text.split()) <= 3


def join_names(rows: list[list[str]]) -> list[str]:
    """Join the names of a header of several rows column by column, with spaces."""
    if len(rows) == 1:
        return rows[0]
    width = max(map(len, rows), default=0)
    padded = [row + [""] * (width - len(row)) for row in rows]
    return [" ".join(filter(None, names)) for names in zip(*padded, strict=True)]


def _is_full(cells: list[str], width: int) -> bool:
    """Tell a whole record from a title, which may be padded with empty cells (``Title,,,``)."""
    return len(cells) >= width and (width < 3 or _filled(cells) > 1)


def _is_title(head: list[list[str]], full: int, width: int) -> bool:
    before = head[:full]
    if any(len(cells) > max(1, width // 2) and _filled(cells) > 1 for cells in before):
        return False
    values = [cell for cell in head[full] if number(cell)]
    return is_header(head[full], head[full + 1 :]) and (not values or _series(values))


def is_header(first: list[str], below: list[list[str]]) -> bool:
    """Tell whether the first record names the columns.

    Names it is unless a number stands on top of a column of numbers: in all such columns, or in
    some while the numbers are not a series such as years (2019, 2020, …). In a table without
    numbers, dates and the like tell: whether the first record has them where the others do.
    """
    numeric = [
        j
        for j, cell in enumerate(first)
        if not is_missing(cell) and mostly_numbers([row[j] for row in below if j < len(row)])
    ]
    on_top = [first[j] for j in numeric if number(first[j])]
    if not below:
        filled = [cell for cell in first if not is_missing(cell)]
        return not filled or not all(number(cell) for cell in filled)
    if not on_top:
        return bool(numeric) or not _is_like(first, below)
    if len(on_top) < len(numeric):
        return 2 * len(on_top) < len(numeric) or _series(on_top)
    named = [cell for cell in first if not is_missing(cell) and not number(cell)]
    return bool(named) and _series(on_top)


def _is_like(first: list[str], below: list[list[str]]) -> bool:
    """Tell whether the first record looks like the others in most columns of dates and such."""
    same = []
    for j, cell in enumerate(first):
        patterns = Counter(coarse(row[j]) for row in below if j < len(row))
        pattern, times = patterns.most_common(1)[0] if patterns else ("", 0)
        if pattern.count("9") > 1 and 1 < times >= 0.8 * patterns.total():
            same.append(coarse(cell) == pattern)
    return 2 * sum(same) > len(same)


def is_ruler(cells: list[str]) -> bool:
    """Tell a line drawn below the names from a row."""
    filled = [cell.strip() for cell in cells if cell.strip()]
    return bool(filled) and all(len(cell) > 2 and not cell.strip("-=+:_") for cell in filled)


def recurring(header: list[str], below: list[list[str]]) -> list[str]:
    """Return the names that stand again in their columns, of a table without numbers.

    Then the first record may be a row like the others.
    """
    rows = [row for row in below if row != header]
    columns = [[row[j] for row in rows if j < len(row)] for j in range(len(header))]
    if any(map(mostly_numbers, columns)):
        return []
    return [n for n, cells in zip(header, columns, strict=True) if n.strip() and n in cells]


def _filled(cells: list[str]) -> int:
    return sum(not is_missing(cell) for cell in cells)


def number(cell: str) -> bool:
    """Tell whether a cell is a number with a decimal point or comma."""
    return is_number(cell) or ("," in cell and is_number(cell, ","))


def _numbers(cells: list[str]) -> bool:
    return any(number(cell) for cell in cells)


def mostly_numbers(cells: Sequence[str]) -> bool:
    """Tell whether a column is numbers but for a few cells; missing ones do not count."""
    filled = [cell for cell in cells if not is_missing(cell)]
    left = len(filled)
    for cell in filled:
        if not number(cell):
            left -= 1
            if left < 0.8 * len(filled):  # with thousands of columns, look no further
                return False
    return bool(filled)


def _series(cells: list[str]) -> bool:
    """Tell whether whole numbers rise by one (years or numbered items as names)."""
    if len(cells) < 2 or not all(cell.strip().isdigit() for cell in cells):
        return False
    values = [int(cell) for cell in cells]
    return all(b - a == 1 for a, b in pairwise(values))
