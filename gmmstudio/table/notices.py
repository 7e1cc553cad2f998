"""Sentences about what is odd in a file, with line numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from gmmstudio.table.cells import Body
from gmmstudio.table.errors import grouped
from gmmstudio.table.footers import Foot
from gmmstudio.table.records import IntArray, Records
from gmmstudio.table.settings import Notice

_SHOWN = 5
_LISTED = 1000


def lines(records: Records, which: Sequence[int] | IntArray) -> str:
    """Return ``line 7`` or ``lines 7, 9, 12 and 40 more``."""
    numbers = [str(int(records.lines[record])) for record in which[:_SHOWN]]
    more = f" and {len(which) - _SHOWN} more" if len(which) > _SHOWN else ""
    return f"{records.unit}{'s' if len(which) > 1 else ''} {', '.join(numbers)}{more}"


def about(
    text: str, records: Records, which: Sequence[int] | IntArray, *, doubt: bool = True
) -> Notice:
    """Return a notice about these records."""
    listed = np.asarray(which[:_LISTED], dtype=np.int64)
    return Notice(text, lines=tuple(records.lines[listed].tolist()), doubt=doubt)


def title(head: list[list[str]], records: Records, used: IntArray, first: int) -> list[Notice]:
    """Say which lines before the header do not belong to the table."""
    if first <= 0:
        return []
    text = " ".join(" ".join(cells) for cells in head[:first]).strip()
    said = (
        f"The table begins on {records.unit} {records.lines[used[first]]}; what stands before it "
        f"was left out: “{text[:80]}{'…' if len(text) > 80 else ''}”."
    )
    return [about(said, records, used[:first])]


def no_header(line: int, unit: str = "line") -> Notice:
    """Say that the first line was taken for data."""
    where = f"The first {unit}" if line == 1 else f"{unit.capitalize()} {line}"
    return Notice(
        f"{where} looks like data, so the columns have no names.", lines=(line,), doubt=True
    )


def maybe_no_header(names: Sequence[str], line: int) -> Notice:
    """Say that the first line was taken for names, though it may be data."""
    return Notice(
        f"Line {line} was taken for the names of the columns, but “{names[0]}” stands among the "
        "cells below, too; look whether that line is a row.",
        lines=(line,),
        doubt=True,
    )


def foot(records: Records, found: Foot) -> list[Notice]:
    """Say which lines below the rows look like a note, and what was done with them."""
    if not found.records.size:
        return []
    text = f"“{found.text[:80]}{'…' if len(found.text) > 80 else ''}”"
    where = lines(records, found.records)
    said = (
        f"A note below the table was left out ({where}): {text}."
        if found.clear
        else f"The last row may be a note or a sum below the table ({where}): {text}."
    )
    return [about(said, records, found.records)]


def rows_of_names(records: Records, names: IntArray) -> list[Notice]:
    """Say that several lines name the columns."""
    if names.size < 2:
        return []
    said = (
        f"{lines(records, names).capitalize()} name the columns together; their words were joined."
    )
    return [about(said, records, names)]


def comments(records: Records, mark: str, *, chosen: bool) -> list[Notice]:
    """Say which lines were left out as comments."""
    if not records.comments or chosen:
        return []
    where = lines(records, records.comments)
    said = f"{records.unit.capitalize()}s that begin with {mark} were left out ({where})."
    return [about(said, records, records.comments)]


def maybe_comments(records: Records, which: IntArray) -> list[Notice]:
    """Say which rows look like comments but fit the table."""
    if not which.size:
        return []
    where = lines(records, which).capitalize()
    one = which.size == 1
    said = (
        f"{where} may be {'a comment, and was read as a row' if one else 'comments'}"
        f"{'' if one else ', and were read as rows'}; if so, choose the comment mark."
    )
    return [about(said, records, which)]


def ruler(records: Records, record: int) -> Notice:
    """Say that a line of dashes was read as a row."""
    which = np.array([record])
    where = lines(records, which).capitalize()
    said = f"{where} looks like a ruler, and was read as a row; leave it out in the file."
    return about(said, records, which)


def blank(
    records: Records, rows: IntArray, *, single: bool, named: IntArray | None = None
) -> list[Notice]:
    """Say which blank lines between rows were left out.

    ``named`` are rows below a blank line that look like names of columns: another table, in doubt.
    """
    if not rows.size:
        return []
    first, last = int(rows[0]), int(rows[-1])
    between = np.flatnonzero(records.blank[first:last]) + first
    between = np.setdiff1d(between, records.comments)
    if between.size == 0:
        return []
    did = "were read as empty cells" if single else "between rows were left out"
    said = f"Blank {records.unit}s {did} ({lines(records, between)})."
    if named is not None and named.size:
        said += f" Names of columns seem to stand below ({lines(records, named)})."
    return [about(said, records, between, doubt=single or (named is not None and named.size > 0))]


def row_names(line: int) -> Notice:
    """Say that the header lacks a name over the first column."""
    return Notice(
        "The header has one name less than the rows have cells; the first column was taken for row "
        "names without a name; look whether the names stand over the right columns.",
        lines=(line,),
        doubt=True,
    )


def header_width(header: int, width: int, line: int) -> Notice:
    """Say that the header does not fit the rows."""
    return Notice(
        f"The header has {_count(header, 'name')} and the rows have {_count(width, 'cell')}; "
        "look whether the names stand over the right columns.",
        lines=(line,),
        doubt=True,
    )


def ragged(records: Records, rows: IntArray, width: int, n_columns: int) -> list[Notice]:
    """Say which rows have fewer or more cells than the others."""
    counts = records.counts[rows]
    said = []
    look = "look whether the cells there are in the right columns."
    short, long = rows[counts < width], rows[counts > width]
    if short.size:
        fewer = (
            f"{_rows(short)} fewer cells than the usual {width} ({lines(records, short)}); "
            f"empty cells were added at the end, so {look}"
        )
        said.append(about(fewer, records, short))
    if long.size:
        extra = n_columns - width
        beyond = f"went to {_count(extra, 'extra column')}" if extra else "are empty and left out"
        more = (
            f"{_rows(long)} more cells than the usual {width} ({lines(records, long)}); "
            f"the cells beyond {beyond}, so {look}"
        )
        said.append(about(more, records, long))
    return said


_MENDED = {
    "missing": "a delimiter seems to be missing there, and the cells were told apart by what "
    "stands in their columns",
    "empty": "an empty cell too many was left out where the others then stand in their columns",
    "unquoted": "a cell holds the delimiter without quotation marks, and its parts were joined",
    "other": "another character separates the cells there",
}


def mended(records: Records, how: Mapping[int, str]) -> list[Notice]:
    """Say which rows were mended, and how."""
    said = []
    for kind, words in _MENDED.items():
        which = [record for record, way in how.items() if way == kind]
        if which:
            were = "1 row was" if len(which) == 1 else f"{len(which)} rows were"
            text = f"{were} mended ({lines(records, which)}): {words}; look whether it is right."
            said.append(about(text, records, which))
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


def quotes(records: Records, quote: str) -> list[Notice]:
    """Say where quotation marks do not follow the rules."""
    said = []
    if records.stray:
        stray = (
            f"Quotation marks ({quote}) are not where they belong on "
            f"{lines(records, records.stray)}; look whether the cells there are right."
        )
        said.append(about(stray, records, records.stray))
    if records.swallowed:
        swallowed = (
            f"A quoted cell that runs over several lines begins on "
            f"{lines(records, records.swallowed)}; if these are separate rows, a quotation mark is "
            "missing or too many there."
        )
        said.append(about(swallowed, records, records.swallowed))
    return said


def otherwise_quoted(records: Records, which: IntArray) -> list[Notice]:
    """Say where cells stand in quotation marks that are not the file's."""
    if not which.size:
        return []
    said = (
        f"Cells stand in single quotation marks on {lines(records, which)}; they were kept as "
        "part of the cells, so look whether they belong there."
    )
    return [about(said, records, which)]


def names(header: Sequence[str], columns: Sequence[Any] = ()) -> list[Notice]:
    """Say which names of columns repeat or are missing.

    It is a doubt where most are missing of the columns (pyarrow) that hold something.
    """
    said = []
    repeated = [name for name, times in Counter(header).items() if times > 1 and name.strip()]
    if repeated:
        shown = ", ".join(f"“{n}”" for n in repeated[:_SHOWN])
        said.append(Notice(f"Several columns are called {shown}; on screen they are numbered."))
    empty = [str(j + 1) for j, name in enumerate(header) if not name.strip()]
    if empty:
        shown = ", ".join(empty[:_SHOWN]) + (", …" if len(empty) > _SHOWN else "")
        nameless = f"Column{'s' if len(empty) > 1 else ''} {shown} without a name."
        filled = [j for j, cells in enumerate(columns) if not _all_empty(cells)]
        missing = sum(j >= len(header) or not header[j].strip() for j in filled)
        said.append(Notice(nameless, doubt=bool(header) and 2 * missing > len(filled)))
    return said


def _all_empty(cells: Any) -> bool:
    import pyarrow.compute as pc

    return pc.max(pc.binary_length(cells)).as_py() in (0, None)


def repeated_header(header: Sequence[str], body: Body, records: Records) -> list[Notice]:
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
    again = (
        f"The header occurs again among the rows ({lines(records, rows)}); "
        f"delete these {records.unit}s in the file if they are not data."
    )
    return [about(again, records, rows)]


def few_rows(n_rows: int) -> list[Notice]:
    """Say that one row is not enough to find groups."""
    if n_rows > 1:
        return []
    has = "only one row" if n_rows else "names but no rows below them"
    return [Notice(f"The table has {has}; groups need more.", doubt=n_rows == 0)]


def sampled(n_rows: int, n_all: int | None, seed: int) -> list[Notice]:
    """Say that these are not all rows."""
    if n_all is None:
        return []
    return [
        Notice(
            f"This is a sample: {grouped(n_rows)} of {grouped(n_all)} rows, drawn at random (seed "
            f"{seed}); the others were not read."
        )
    ]


def too_many_columns(file_name: str, width: int, most: int) -> str:
    """Say that a text falls into more columns than a table has."""
    return (
        f"“{file_name}” falls into {grouped(width)} columns, and no more than {grouped(most)} "
        "are read. If something else separates its cells or its lines, choose that, or save it "
        "again."
    )
