"""The cells of a sheet of a workbook, as text; runs in the process that may die of it."""

from __future__ import annotations

import datetime
import re
import zipfile
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO

from gmmstudio.table.errors import TableError
from gmmstudio.table.formats import extent, frames, zips
from gmmstudio.table.formats.extent import Extent
from gmmstudio.table.formats.formula_errors import formula_errors
from gmmstudio.table.formats.limits import LEAST_MEMORY, limit_memory, limit_time

_CELLS_AT_ONCE = 200_000
_PER_CELL = 80
"""Bytes that a cell of the rectangle takes in the library, and on its way out."""
_PER_BYTE = 4
"""Bytes that a byte of the unpacked workbook takes."""
_SPARSE = 2_000_000
_SPARSEST = 50
_ALWAYS_READ = re.compile(
    r"(?i)(?:xl/)?(?:sharedStrings|styles|workbook|content|meta)\.(?:xml|bin)"
)
_SHEET = re.compile(rb"<(?:\w+:)?sheet\s[^>]*>")
_RELATION = re.compile(rb"<(?:\w+:)?Relationship\s[^>]*>")
_ID = re.compile(rb'\b(?:\w+:)?id="([^"]*)"')
_OWN_ID = re.compile(rb'\bId="([^"]*)"')
_TARGET = re.compile(rb'\bTarget="([^"]*)"')
_MOST_BOOK = 4 << 20
_MOST_MERGED = 200
_FEW_CELLS, _TIMES, _MOST_LOOKED_AT = 8, 3, 20


def say_sheets(question: dict[str, Any], out: BinaryIO) -> None:
    """Say the names of the sheets, hidden ones too."""
    path = Path(question["path"])
    _look_at_archive(path, question, None)
    names = [sheet.name for sheet in _opened(path).sheets_metadata]
    frames.say(out, facts={"sheets": names})


def send_sheet(question: dict[str, Any], out: BinaryIO) -> None:
    """Send the cells of a sheet, and say where it begins, what is merged, and the other sheets."""
    path = Path(question["path"])
    _look_at_archive(path, question, None)
    book = _opened(path)
    metadata = book.sheets_metadata
    names = [sheet.name for sheet in metadata]
    visible = [str(sheet.visible).endswith("Visible") for sheet in metadata]
    is_table = [str(sheet.typ).endswith("WorkSheet") for sheet in metadata]
    index = _chosen(question.get("sheet"), names, visible, is_table, path.name)
    if question.get("sheet") is None:
        in_sight = [i for i in range(len(names)) if is_table[i] and visible[i]]
        index = _first_with_a_table(path, index, in_sight)
    reach = _look_at_archive(path, question, index)
    reach.errors |= formula_errors(path, question["kind"], index)
    frames.say(out, expect=limit_time(reach.n_cells, reach.size))
    if takes(reach) > int(question["memory"]):  # it may do all the same; if not, this is why
        frames.say(out, scarce=reach.n_rows)
    sheet = _guarded(lambda: book.get_sheet_by_index(index), path.name)
    if sheet.start is None:
        others = [n for i, n in enumerate(names) if i != index and is_table[i]]
        raise TableError(
            f"The sheet “{names[index]}” of “{path.name}” is empty. "
            + (f"The other sheets: {', '.join(others[:10])}." if others else "Choose another file.")
        )
    merged = _guarded(lambda: sheet.merged_cell_ranges, path.name) or []
    facts = {
        "sheet": names[index],
        "visible": [n for i, n in enumerate(names) if visible[i] and is_table[i]],
        "hidden": [n for i, n in enumerate(names) if not visible[i] and is_table[i]],
        "row": sheet.start[0] + 1,
        "column": sheet.start[1] + 1,
        "merged": [[*a, *b] for a, b in merged[:_MOST_MERGED]],
        "errors": len(reach.errors),
    }
    frames.say(out, facts=facts)
    _send_rows(sheet, reach, out)


def _opened(path: Path) -> Any:
    from python_calamine import CalamineWorkbook

    return _guarded(lambda: CalamineWorkbook.from_path(str(path)), path.name)


def _guarded(call: Any, name: str) -> Any:
    """Return what the library returns; its errors are sentences."""
    import python_calamine

    try:
        return call()
    except python_calamine.PasswordError as error:
        raise zips.protected(name) from error
    except (python_calamine.CalamineError, ValueError, OSError) as error:
        raise TableError(
            f"“{name}” is damaged or not complete, or of a kind that is not known here "
            f"({str(error)[:120] or type(error).__name__}). Open it in its own program and save "
            "it again, or save the table as CSV."
        ) from error


def _chosen(
    wanted: str | None,
    names: Sequence[str],
    visible: Sequence[bool],
    is_table: Sequence[bool],
    book: str,
) -> int:
    """Return the index of the sheet asked for, or of the first that is in sight."""
    if wanted is not None:
        if wanted not in names:
            raise TableError(
                f"There is no sheet “{wanted}” in “{book}”. It has: {', '.join(names[:12])}."
            )
        return names.index(wanted)
    tables = [i for i in range(len(names)) if is_table[i]]
    if not tables:
        raise TableError(f"There is no sheet with cells in “{book}”; choose another file.")
    return next((i for i in tables if visible[i]), tables[0])


def _first_with_a_table(path: Path, first: int, others: Sequence[int]) -> int:
    """Return the first sheet unless it holds a few cells, notes say, and a later one a table."""
    if len(others) < 2 or not zipfile.is_zipfile(path):
        return first
    with zips.opened(path) as archive:
        if not 0 < _reach(archive, first, path.name).n_cells <= _FEW_CELLS:
            return first
        for index in others[:_MOST_LOOKED_AT]:
            if _reach(archive, index, path.name).n_cells >= _TIMES * _FEW_CELLS:
                return index
    return first


# -- a look before anything is opened ---------------------------------------------------------


def _look_at_archive(path: Path, question: dict[str, Any], index: int | None) -> Extent:
    """Unpack what the library will read and throw it away, so that its size is known.

    Sets the limit of memory to what such a workbook takes.
    """
    if not zipfile.is_zipfile(path):
        reach = Extent(size=path.stat().st_size)
        _limit(question, LEAST_MEMORY + 8 * reach.size)
        return reach
    with zips.opened(path) as archive:
        always = [n for n in archive.namelist() if _ALWAYS_READ.fullmatch(n.replace("\\", "/"))]
        others = extent.unpacked_size(archive, always, path.name)
        reach = Extent()
        if index is not None:
            reach = _reach(archive, index, path.name)
            _refuse_sparse(reach, path.name)
        reach.size += others
    _limit(question, takes(reach))
    return reach


def _limit(question: dict[str, Any], most: int) -> None:
    limit_memory(min(int(question["memory"]), most))


def takes(reach: Extent) -> int:
    """Return the bytes of memory that an honest sheet takes at most."""
    return LEAST_MEMORY + _PER_BYTE * reach.size + _PER_CELL * reach.n_cells


def _reach(archive: zipfile.ZipFile, index: int, name: str) -> Extent:
    """Look through a sheet; where it cannot be told which member it is, at the sizes of all."""
    lower = {member.lower(): member for member in archive.namelist()}
    member = _member_of_sheet(archive, lower, index)
    if member is not None:
        return extent.of_sheet(archive, member, name)
    sheets = [real for low, real in lower.items() if re.match(r"xl/worksheets/[^/]*\.", low)]
    return Extent(size=extent.unpacked_size(archive, sheets, name))


def _member_of_sheet(archive: zipfile.ZipFile, lower: dict[str, str], index: int) -> str | None:
    book, relations = lower.get("xl/workbook.xml"), lower.get("xl/_rels/workbook.xml.rels")
    if book is None or relations is None:
        return None
    with archive.open(book) as file:
        sheets = _SHEET.findall(file.read(_MOST_BOOK))
    with archive.open(relations) as file:
        found = _RELATION.findall(file.read(_MOST_BOOK))
    targets: dict[bytes, bytes] = {}
    for relation in found:
        own, aim = _OWN_ID.search(relation), _TARGET.search(relation)
        if own and aim:
            targets[own[1]] = aim[1]
    wanted = _ID.search(sheets[index]) if index < len(sheets) else None
    target = targets.get(wanted[1]) if wanted else None
    if target is None:
        return None
    text = target.decode("utf-8", "replace")
    place = PurePosixPath(text.lstrip("/")) if text.startswith("/") else PurePosixPath("xl") / text
    return lower.get(str(place).lower())


def _refuse_sparse(reach: Extent, name: str) -> None:
    """Refuse a rectangle that is nearly all empty and large."""
    if reach.n_cells > max(_SPARSE, _SPARSEST * reach.n_filled):
        raise TableError(
            f"The filled cells of “{name}” lie so far apart ({reach.words}, of which "
            f"{reach.n_filled} are filled) that the table would be nearly all empty. Delete the "
            "stray cells beside it, or copy the table to a new workbook, and open that."
        )


# -- cells as text ----------------------------------------------------------------------------


def _send_rows(sheet: Any, reach: Extent, out: BinaryIO) -> None:
    width, height = sheet.width, sheet.height
    row, column = sheet.start[0] + 1, sheet.start[1] + 1
    errors: dict[int, list[tuple[int, str]]] = {}
    for (r, c), text in reach.errors.items():
        if row <= r and column <= c < column + width:
            errors.setdefault(r - row, []).append((c - column, text))
    at_once = max(1, _CELLS_AT_ONCE // max(width, 1))
    # The rows come from the top of the sheet, the columns from the first that is filled.
    rows: Iterator[list[Any]] = islice(sheet.iter_rows(), sheet.start[0], None)
    done = 0
    while part := list(islice(rows, at_once)):
        for r in errors.keys() & range(done, done + len(part)) if errors else ():
            for c, text in errors[r]:
                part[r - done][c] = text
        frames.send(out, [column_text(cells) for cells in zip(*part, strict=True)])
        done += len(part)
        frames.say(out, share=done / max(height, 1))


def column_text(cells: Sequence[Any]) -> Any:
    """Return cells of any type as a pyarrow array of strings.

    Numbers are in the fewest digits that give them back exactly, dates as ISO 8601 has them.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    types = set(map(type, cells))
    if types <= {str}:
        return pa.array(cells, pa.string())
    if types == {float}:
        return pc.cast(pa.array(cells, pa.float64()), pa.string())
    floats = pa.array([c if type(c) is float else None for c in cells], pa.float64())
    numbers = pc.cast(floats, pa.string()).to_pylist()
    return pa.array(
        [_text(c) if n is None else n for c, n in zip(cells, numbers, strict=True)], pa.string()
    )


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, datetime.datetime):
        return cell.isoformat(" ")
    if isinstance(cell, datetime.date | datetime.time):
        return cell.isoformat()
    if isinstance(cell, datetime.timedelta):
        return duration(cell)
    return str(cell)


def duration(span: datetime.timedelta) -> str:
    """Return a span of time as hours, minutes and seconds, as spreadsheets show it."""
    micro = round(span.total_seconds() * 1e6)
    sign, micro = ("-", -micro) if micro < 0 else ("", micro)
    seconds, micro = divmod(micro, 1_000_000)
    hours, rest = divmod(seconds, 3600)
    fraction = f".{micro:06d}".rstrip("0") if micro else ""
    return f"{sign}{hours:02d}:{rest // 60:02d}:{rest % 60:02d}{fraction}"
