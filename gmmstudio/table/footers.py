"""Notes below a table: where the rows end."""

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
    above = rows[: max(rows.size - _MOST, rows.size // 2)]
    n_looked = max(_FEWEST, min(_SAMPLE, _SAMPLE_CELLS // max(width, 1)))
    table = [
        cells_of(data, records, int(record), layout)
        for record in above[:: max(1, above.size // n_looked)]
    ]
    first = [cells[0] for cells in table]

    def is_note(cells: list[str]) -> bool:
        return _is_unlike(cells[0], first) if width == 1 else _is_short(cells, width)

    if any(map(is_note, table)):
        return none
    said: list[list[str]] = []
    for record in rows[above.size :][::-1].tolist():
        last = cells_of(data, records, record, layout)
        if not is_note(last):
            break
        said.insert(0, [cell for cell in last if cell.strip()])
    if not said:
        odd = rows.size > _FEW and _is_unlike(last[0], first)
        return Foot(rows[-1:], text=" ".join(last)) if odd else none
    n = len(said)
    foot, row = rows[-n:], rows[-n - 1]
    apart = bool(records.blank[int(row) + 1 : int(foot[0])].any())
    clear = apart or all(_is_unlike(cells[0], first) for cells in said)
    if not clear and width == 2 and rows.size <= _FEW:  # a value is missing in the last row
        return none
    return Foot(foot, clear, " ".join(" ".join(cells) for cells in said))


def _is_short(cells: list[str], width: int) -> bool:
    filled = [bool(cell.strip()) for cell in cells]
    n = sum(filled)
    return 0 < n <= max(1, width // 3) and all(filled[:n]) and not is_missing(cells[0])


def _is_unlike(cell: str, column: list[str]) -> bool:
    """Tell a word below numbers, or many words below few."""
    if not cell.strip():
        return False
    if mostly_numbers(column):
        return not is_missing(cell) and not number(cell)
    return len(cell.split()) >= max(3, 2 * max(len(other.split()) for other in column))
