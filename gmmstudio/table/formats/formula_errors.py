"""Errors of formulas (#N/A) in xls, xlsb and ods, of which the library gives empty cells.

Only as much of the formats is read as tells where they stand. What cannot be followed has none:
the library has opened the workbook already, and says what is wrong with it.

Records and their numbers are those of [MS-XLS], [MS-XLSB] and [MS-CFB].
"""

from __future__ import annotations

import re
import struct
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

from gmmstudio.table.errors import TableError
from gmmstudio.table.formats import zips

ERRORS = ("#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!", "#SPILL!", "#CALC!")
"""What a spreadsheet shows where a formula has no value."""

Errors = dict[tuple[int, int], str]
"""What is shown, by row and column from 1."""

MOST = 100_000
_TEXTS = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
}


def formula_errors(path: Path, kind: str, index: int) -> Errors:
    """Return the errors in a sheet, by its number from 0."""
    of_kind: dict[str, Callable[[Path, int], Iterator[tuple[int, int, str]]]] = {
        "xls": _of_xls,
        "xlsb": _of_xlsb,
        "ods": _of_ods,
    }
    found: Errors = {}
    if kind not in of_kind:
        return found
    try:
        for row, column, text in of_kind[kind](path, index):
            found[row + 1, column + 1] = text
            if len(found) >= MOST:
                break
    except (TableError, struct.error, LookupError, ValueError):
        pass  # what was found until then is there all the same
    return found


def _text(code: int) -> str:
    return _TEXTS.get(code, "#N/A")


# -- xlsb: records of an id, a length and bytes -------------------------------------------------

_ROW, _ERROR, _FORMULA_ERROR, _BUNDLE = 0, 3, 11, 156
_RELATION = re.compile(rb"<(?:\w+:)?Relationship\s[^>]*>")


def _of_xlsb(path: Path, index: int) -> Iterator[tuple[int, int, str]]:
    with zips.opened(path) as archive:
        sheets = [data for number, data in _records(_member(archive, "xl/workbook.bin"))
                  if number == _BUNDLE]  # fmt: skip
        (length,) = struct.unpack_from("<I", sheets[index], 8)
        identity = sheets[index][12 : 12 + 2 * length].decode("utf-16-le").encode()
        target = b""
        for relation in _RELATION.findall(_member(archive, "xl/_rels/workbook.bin.rels")):
            if b'Id="%s"' % identity in relation:
                target = re.search(rb'\bTarget="([^"]*)"', relation)[1]  # type: ignore[index]
        place = target.decode()
        sheet = _member(archive, place.lstrip("/") if place.startswith("/") else f"xl/{place}")
    row = 0
    for number, data in _records(sheet):
        if number == _ROW:
            (row,) = struct.unpack_from("<I", data)
        elif number in (_ERROR, _FORMULA_ERROR):
            yield row, struct.unpack_from("<I", data)[0], _text(data[8])


def _member(archive: zipfile.ZipFile, wanted: str) -> bytes:
    lower = {name.lower(): name for name in archive.namelist()}
    return archive.read(lower[wanted.lower()])


def _records(data: bytes) -> Iterator[tuple[int, bytes]]:
    at, end = 0, len(data)
    while at < end:
        number = data[at]
        at += 1
        if number & 128:
            number = number & 127 | data[at] << 7
            at += 1
        length = shift = 0
        while True:
            byte = data[at]
            at += 1
            length |= (byte & 127) << shift
            shift += 7
            if byte < 128 or shift > 21:
                break
        yield number, data[at : at + length]
        at += length


# -- xls: records in a stream of a compound file ------------------------------------------------

_FORMULA, _BOOL_OR_ERROR, _SHEET, _BEGIN, _END = 0x06, 0x205, 0x85, 0x809, 0x0A


def _of_xls(path: Path, index: int) -> Iterator[tuple[int, int, str]]:
    stream = _stream(path.read_bytes(), ("Workbook", "Book"))
    sheets = [data for number, data in _biff(stream, 0) if number == _SHEET]
    (start,) = struct.unpack_from("<I", sheets[index])
    for number, data in _biff(stream, start):
        if number == _BOOL_OR_ERROR and data[7]:
            code = data[6]
        elif number == _FORMULA and data[12:14] == b"\xff\xff" and data[6] == 2:
            code = data[8]
        else:
            continue
        yield *struct.unpack_from("<HH", data), _text(code)


def _biff(stream: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    """Give the records of one part of the stream, but not those of charts within it."""
    depth = 0
    while at + 4 <= len(stream):
        number, length = struct.unpack_from("<HH", stream, at)
        depth += (number == _BEGIN) - (number == _END)
        if depth <= 0:
            return
        if depth == 1:
            yield number, stream[at + 4 : at + 4 + length]
        at += 4 + length


_FREE = 0xFFFFFFFA
"""From this number on, what stands in a table of sectors is none."""


def _stream(data: bytes, names: tuple[str, ...]) -> bytes:
    """Return a stream of a compound file; of small ones those in the small sectors too."""
    if data[30] not in (9, 12) or data[32] != 6:
        raise ValueError("sectors of a size that no compound file has")
    size, small_size = 1 << data[30], 1 << data[32]
    first_entry, least, small_table = (struct.unpack_from("<I", data, at)[0] for at in (48, 56, 60))
    more, n_more = struct.unpack_from("<2I", data, 68)
    sectors = list(struct.unpack_from("<109I", data, 76))
    for _ in range(min(n_more, len(data) // size)):
        here = struct.unpack_from(f"<{size // 4}I", data, (more + 1) * size)
        sectors += here[:-1]
        more = here[-1]
    table: list[int] = []
    for sector in sectors:
        if sector < _FREE:
            table += struct.unpack_from(f"<{size // 4}I", data, (sector + 1) * size)

    def chain(first: int, links: list[int], source: bytes, width: int, skip: int) -> bytes:
        parts, sector = [], first
        while sector < _FREE:
            parts.append(source[(sector + skip) * width : (sector + skip + 1) * width])
            if len(parts) > len(links):
                raise ValueError("sectors that go round")
            sector = links[sector]
        return b"".join(parts)

    entries = chain(first_entry, table, data, size, 1)
    root = b""
    for at in range(0, len(entries), 128):
        entry = entries[at : at + 128]
        (n,) = struct.unpack_from("<H", entry, 64)
        first, length = struct.unpack_from("<2I", entry, 116)
        if entry[66] == 5:
            root = chain(first, table, data, size, 1)
        elif entry[: max(n - 2, 0)].decode("utf-16-le") in names:
            if length >= least:
                return chain(first, table, data, size, 1)[:length]
            links = chain(small_table, table, data, size, 1)
            small = list(struct.unpack(f"<{len(links) // 4}I", links))
            return chain(first, small, root, small_size, 0)[:length]
    raise KeyError(names[0])


# -- ods: text ------------------------------------------------------------------------------------

_MARK = b'calcext:value-type="error"'
_TAG = re.compile(rb"<(/?)table:(table|table-row|table-cell|covered-table-cell)(?=[\s/>])([^>]*)>")
_ROWS = re.compile(rb'table:number-rows-repeated="(\d{1,7})"')
_COLUMNS = re.compile(rb'table:number-columns-repeated="(\d{1,7})"')
_SHOWN = re.compile(rb"\s*<text:p[^>]*>([^<]{1,20})<")


def _of_ods(path: Path, index: int) -> Iterator[tuple[int, int, str]]:
    with zips.opened(path) as archive:
        content = _member(archive, "content.xml")
    if _MARK not in content:
        return
    sheet, depth, row, column, rows = -1, 0, 0, 0, 1
    for tag in _TAG.finditer(content):
        closes, what, about = tag.groups()
        if what == b"table":
            depth += -1 if closes else 1
            if depth == 1 and not closes:
                sheet, row = sheet + 1, 0
        elif depth != 1 or sheet != index:
            continue
        elif what == b"table-row":
            repeated = _ROWS.search(about)
            if not closes:
                rows, column = int(repeated[1]) if repeated else 1, 0
            if closes or about.endswith(b"/"):
                row += rows
        elif not closes:
            repeated = _COLUMNS.search(about)
            columns = int(repeated[1]) if repeated else 1
            if _MARK in about:
                shown = _SHOWN.match(content, tag.end())
                text = shown[1].decode("utf-8", "replace").strip() if shown else "#N/A"
                text = text if text in ERRORS else "#VALUE!"  # Err:502, or in another language
                for r in range(row, row + rows):
                    for c in range(column, column + columns):
                        yield r, c, text
            column += columns
