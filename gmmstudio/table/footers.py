"""Notes and sums below a table: where the rows end."""

from __future__ import annotations

from dataclasses import dataclass

from gmmstudio.table.delimiting import cells_of
from gmmstudio.table.headers import mostly_numbers, number
from gmmstudio.table.numbers import is_missing
from gmmstudio.table.records import IntArray, Records
from gmmstudio.table.tokens import Layout

_MOST = 20
_SAMPLE = 200
_SAMPLE_CELLS = 50_000
_FEWEST = 3
_FEW = 10
_UNLIKELY = 0.03
_SUMS = ("total", "sum", "mean", "average", "합계", "총계", "계", "평균", "summe", "gesamt")


@dataclass(frozen=True, eq=False)
class Foot:
    """The last records where they look like a note.

    Attributes
    ----------
    records
        int64 (k,): those records, often none.
    clear
        Whether they can be nothing else.
    text
        What they say.
    """

    records: IntArray
    clear: bool = False
    text: str = ""


def find_foot(data: bytes, records: Records, rows: IntArray, layout: Layout, width: int) -> Foot:
    """Find a note below the rows.

    A note fills one or few cells from the left, and no row above it does so; in a single column it
    is words below numbers. It is clear that it is none of the rows if a blank line stands before
    it, if words stand where the rows have numbers, or if it has far more words than any row.

    Parameters
    ----------
    data, records, layout
        The text, its records, and how they were read.
    rows
        The records below the header.
    width
        The usual number of cells.
    """
    none = Foot(rows[:0])
    if rows.size <= _FEWEST:
        return none
    cells = _Cells(data, records, layout)
    above = cells.some(rows[: max(rows.size - _MOST, rows.size // 2)], width)
    first = [row[0] for row in above]

    def is_note(row: list[str]) -> bool:
        return _is_unlike(row[0], first) if width == 1 else _is_short(row, width)

    said: list[list[str]] = []
    for record in rows[max(rows.size - _MOST, rows.size // 2) :][::-1].tolist():
        last = cells.of(record)
        if not is_note(last):
            break
        said.insert(0, [cell for cell in last if cell.strip()])
    if not said:
        odd = last[0].strip(" :").lower() in _SUMS or (
            rows.size > _FEW and _is_unlike(last[0], first, least=4)
        )
        return Foot(rows[-1:], text=" ".join(last)) if odd else none
    n = len(said)
    while n < rows.size - 1 and not any(map(str.strip, cells.of(int(rows[-n - 1])))):
        n += 1  # a row of empty cells parts the note from the table
    foot, row = rows[-n:], rows[-n - 1]
    above = cells.some(rows[:-n], width)
    if any(map(is_note, above)):
        return none
    apart = n > len(said) or bool(records.blank[int(row) + 1 : int(foot[0])].any())
    if number(said[0][0]):
        return none
    clear = apart or all(_is_unlike(row[0], first) for row in said)
    if not clear and _chance_of_empty(above) ** (width - 1) > _UNLIKELY:
        return none
    return Foot(foot, clear, " ".join(" ".join(row) for row in said))


class _Cells:
    """The cells of records."""

    def __init__(self, data: bytes, records: Records, layout: Layout) -> None:
        self._data, self._records, self._layout = data, records, layout

    def of(self, record: int) -> list[str]:
        return cells_of(self._data, self._records, record, self._layout)

    def some(self, rows: IntArray, width: int) -> list[list[str]]:
        """Return the cells of rows spread evenly, few of wide ones."""
        n = max(_FEWEST, min(_SAMPLE, _SAMPLE_CELLS // max(width, 1)))
        return [self.of(int(record)) for record in rows[:: max(1, rows.size // n)]]


def _chance_of_empty(rows: list[list[str]]) -> float:
    """Return the share of empty cells beyond the first column, above 0 and below 1."""
    rest = [cell for row in rows for cell in row[1:]]
    return (sum(not cell.strip() for cell in rest) + 0.5) / (len(rest) + 1)


def _is_short(cells: list[str], width: int) -> bool:
    filled = [bool(cell.strip()) for cell in cells]
    n = sum(filled)
    return 0 < n <= max(1, width // 3) and all(filled[:n]) and not is_missing(cells[0])


def _is_unlike(cell: str, column: list[str], least: int = 3) -> bool:
    """Tell a word below numbers, or many words below few: at least so many."""
    if not cell.strip():
        return False
    if mostly_numbers(column):
        return not is_missing(cell) and not number(cell) and any(map(str.isalpha, cell))
    most = max(len(other.split()) for other in column)
    return len(cell.split()) >= max(least, (least - 1) * most)
