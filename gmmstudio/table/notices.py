"""Sentences about what is odd in a file, with line numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from gmmstudio.table.cells import Body
from gmmstudio.table.columns import Doubt
from gmmstudio.table.records import IntArray, Layout, Records

_SHOWN = 5
_MOST = 20


def lines(records: Records, which: Sequence[int] | IntArray) -> str:
    """Return ``line 7`` or ``lines 7, 9, 12 and 40 more``."""
    numbers = [str(int(records.lines[record])) for record in which[:_SHOWN]]
    more = f" and {len(which) - _SHOWN} more" if len(which) > _SHOWN else ""
    return f"line{'s' if len(which) > 1 else ''} {', '.join(numbers)}{more}"


def layout(chosen: Layout) -> list[str]:
    """Say what is unusual about quotation marks and delimiter."""
    said = []
    if chosen.declared:
        said.append("The first line (sep=…) names the delimiter; it was used and left out.")
    if chosen.uneven:
        said.append("Nothing separates the lines evenly into cells, so each is one cell.")
    if chosen.quote != '"':
        said.append(f"Cells are quoted with {chosen.quote} here; these marks were taken off.")
    if chosen.aligned:
        said.append("Columns are separated by runs of spaces; each run was read as one.")
    return said


def title(head: list[list[str]], records: Records, used: IntArray, header: int) -> list[str]:
    """Say which lines before the header do not belong to the table."""
    if header <= 0:
        return []
    text = " ".join(" ".join(cells) for cells in head[:header]).strip()
    return [
        f"The table begins on line {records.lines[used[header]]}; what stands before it was left "
        f"out: “{text[:80]}{'…' if len(text) > 80 else ''}”."
    ]


def no_header(header: list[str] | None) -> list[str]:
    """Say that the first line was taken for data."""
    if header is not None:
        return []
    return ["The first line looks like data, so the columns have no names."]


def blank(records: Records, first: int, last: int, *, single: bool) -> list[str]:
    """Say which blank lines between rows were left out."""
    between = np.flatnonzero(records.blank[first:last]) + first
    if between.size == 0:
        return []
    if single:
        return [f"Blank lines were read as empty cells ({lines(records, between)})."]
    return [f"Blank lines between rows were left out ({lines(records, between)})."]


ROW_NAMES = (
    "The header has one name less than the rows have cells; "
    "the first column was taken for row names without a name."
)


def header_width(header: int, width: int) -> str:
    """Say that the header does not fit the rows."""
    return (
        f"The header has {_count(header, 'name')} and the rows have {_count(width, 'cell')}; "
        "look whether the names stand over the right columns."
    )


def ragged(records: Records, rows: IntArray, width: int, n_columns: int) -> list[str]:
    """Say which rows have fewer or more cells than the others."""
    counts = records.counts[rows]
    said = []
    look = "look whether the cells there are in the right columns."
    short, long = rows[counts < width], rows[counts > width]
    if short.size:
        said.append(
            f"{_rows(short)} fewer cells than the usual {width} ({lines(records, short)}); "
            f"empty cells were added at the end, so {look}"
        )
    if long.size:
        extra = n_columns - width
        beyond = f"went to {_count(extra, 'extra column')}" if extra else "are empty and left out"
        said.append(
            f"{_rows(long)} more cells than the usual {width} ({lines(records, long)}); "
            f"the cells beyond {beyond}, so {look}"
        )
    return said


def _count(n: int, what: str) -> str:
    return f"{n} {what}{'' if n == 1 else 's'}"


def _rows(which: IntArray) -> str:
    return "1 row has" if which.size == 1 else f"{which.size} rows have"


def too_wide(records: Records, rows: IntArray, usual: int, file_name: str) -> str:
    """Say that a row is far longer than the others, or than the header."""
    counts = records.counts[rows]
    longest = int(np.argmax(counts))
    return (
        f"Line {records.lines[rows[longest]]} of “{file_name}” has {counts[longest]} cells where "
        f"{usual} are usual, so the columns cannot be told. Mend this line and open the file again."
    )


def quotes(records: Records, quote: str) -> list[str]:
    """Say where quotation marks do not follow the rules."""
    said = []
    if records.stray:
        said.append(
            f"Quotation marks ({quote}) are not where they belong on "
            f"{lines(records, records.stray)}; look whether the cells there are right."
        )
    if records.swallowed:
        said.append(
            f"A quoted cell that runs over several lines begins on "
            f"{lines(records, records.swallowed)}; if these are separate rows, a quotation mark is "
            "missing or too many there."
        )
    return said


def names(header: Sequence[str]) -> list[str]:
    """Say which names of columns repeat or are missing."""
    said = []
    repeated = [name for name, times in Counter(header).items() if times > 1 and name.strip()]
    if repeated:
        said.append(
            f"Several columns are called {', '.join(f'“{n}”' for n in repeated[:_SHOWN])}; "
            "on screen they are numbered."
        )
    empty = [str(j + 1) for j, name in enumerate(header) if not name.strip()]
    if empty:
        shown = ", ".join(empty[:_SHOWN]) + (", …" if len(empty) > _SHOWN else "")
        said.append(f"Column{'s' if len(empty) > 1 else ''} {shown} without a name.")
    return said


def repeated_header(header: Sequence[str], body: Body, records: Records) -> list[str]:
    """Say where the header occurs again among the rows."""
    import pyarrow.compute as pc

    same = None
    for name, cells in zip(header, body.columns, strict=False):
        equal = pc.equal(cells, name)
        same = equal if same is None else pc.and_(same, equal)
        if not pc.any(same).as_py():
            return []
    if same is None:
        return []
    rows = body.records[np.flatnonzero(same.to_numpy())]
    return [
        f"The header occurs again among the rows ({lines(records, rows)}); "
        "delete these lines in the file if they are not data."
    ]


def doubts(found: Sequence[Doubt], line_of_row: IntArray) -> list[str]:
    """Say what keeps columns from being read as numbers, and which numbers are not finite."""
    said = [_doubt(doubt, line_of_row) for doubt in found[:_MOST]]
    if len(found) > _MOST:
        said.append(f"{len(found) - _MOST} more columns have such doubts.")
    return said


def _doubt(doubt: Doubt, line_of_row: IntArray) -> str:
    name = f"“{doubt.name}”"
    if doubt.infinite:
        are = "number is" if doubt.infinite == 1 else "numbers are"
        return f"{name}: {doubt.infinite} {are} infinite or too large and treated as missing."
    where = f"“{doubt.cell}” on line {line_of_row[doubt.row]}"
    if doubt.grouped:
        return (
            f"{name} was left as text: {where} may have a thousands mark or a decimal comma, and "
            "that is not guessed. Write the numbers without thousands marks."
        )
    are = "1 cell is" if doubt.wrong == 1 else f"{doubt.wrong} cells are"
    return (
        f"{name} was left as text because {are} not a number (first {where}); "
        "mend or empty such cells in the file to use the column."
    )


def few_rows(n_rows: int) -> list[str]:
    """Say that one row is not enough to find groups."""
    return ["The table has only one row; groups need more."] if n_rows == 1 else []
