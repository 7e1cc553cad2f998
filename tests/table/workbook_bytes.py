"""The smallest workbooks of four kinds, byte by byte: no library writes all of them."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Sequence
from xml.sax.saxutils import escape


class Error(str):
    """What is shown where a formula has no value."""


NOT_AVAILABLE = Error("#N/A")
_ERROR_CODES = {"#N/A": 0x2A, "#DIV/0!": 0x07}

Cell = float | str | bool | Error | None
Rows = Sequence[Sequence[Cell]]

_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def zipped(members: dict[str, bytes | str]) -> bytes:
    """Pack members; one called mimetype stays unpacked, as OpenDocument wants it."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            how = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            archive.writestr(name, data, how)
    return out.getvalue()


def xlsx_members(sheet: str | bytes) -> dict[str, bytes | str]:
    """Return the members of a workbook of one sheet with this XML."""
    return {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"/>',
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"/>',
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}"><sheets>'
        '<sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_RELATIONS}/worksheet" Target="worksheets/sheet1.xml"/>'
        "</Relationships>",
        "xl/worksheets/sheet1.xml": sheet,
    }


def sheet_xml(cells: str, dimension: str = "A1:B3") -> str:
    """Return the XML of a sheet around its rows."""
    return (
        f'<worksheet xmlns="{_MAIN}"><dimension ref="{dimension}"/>'
        f"<sheetData>{cells}</sheetData></worksheet>"
    )


def ods(rows: Rows, cells: str = "") -> bytes:
    """Make an OpenDocument workbook; ``cells`` is XML in the place of the rows."""
    text = "urn:oasis:names:tc:opendocument:xmlns:"
    body = cells or "".join(
        "<table:table-row>" + "".join(map(_ods_cell, row)) + "</table:table-row>" for row in rows
    )
    content = (
        f'<office:document-content xmlns:office="{text}office:1.0" '
        f'xmlns:table="{text}table:1.0" xmlns:text="{text}text:1.0" '
        'xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0">'
        "<office:body>"
        f'<office:spreadsheet><table:table table:name="S">{body}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    mime = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = f'<manifest:manifest xmlns:manifest="{text}manifest:1.0"/>'
    return zipped({"mimetype": mime, "content.xml": content, "META-INF/manifest.xml": manifest})


def _ods_cell(cell: Cell) -> str:
    if cell is None:
        return "<table:table-cell/>"
    if isinstance(cell, Error):
        return (
            '<table:table-cell office:value-type="string" office:string-value="" '
            f'calcext:value-type="error"><text:p>{cell}</text:p></table:table-cell>'
        )
    if isinstance(cell, bool):
        value = str(cell).lower()
        return f'<table:table-cell office:value-type="boolean" office:boolean-value="{value}"/>'
    if isinstance(cell, str):
        text = f"<text:p>{escape(cell)}</text:p>"
        return f'<table:table-cell office:value-type="string">{text}</table:table-cell>'
    return f'<table:table-cell office:value-type="float" office:value="{cell!r}"/>'


# -- xlsb: records of an id, a length and bytes -------------------------------------------------


def xlsb(rows: Rows, *, at: tuple[int, int] = (0, 0)) -> bytes:
    """Make a binary workbook whose first cell is ``at`` row and column, from 0."""
    top, left = at
    width = max(map(len, rows))
    dimension = struct.pack("<4I", top, top + len(rows) - 1, left, left + width - 1)
    sheet = _record(129) + _record(148, dimension) + _record(145)
    for r, row in enumerate(rows):
        sheet += _record(0, struct.pack("<I", top + r) + bytes(13))
        sheet += b"".join(_xlsb_cell(left + c, cell) for c, cell in enumerate(row))
    sheet += _record(146) + _record(130)
    bundle = struct.pack("<II", 0, 1) + _wide("rId1") + _wide("S")
    book = _record(131) + _record(143) + _record(156, bundle) + _record(144) + _record(132)
    members = xlsx_members("")
    relations = members.pop("xl/_rels/workbook.xml.rels")
    del members["xl/workbook.xml"], members["xl/worksheets/sheet1.xml"]
    return zipped(
        {
            **members,
            "xl/workbook.bin": book,
            "xl/_rels/workbook.bin.rels": str(relations).replace("sheet1.xml", "sheet1.bin"),
            "xl/worksheets/sheet1.bin": sheet,
        }
    )


def _record(number: int, data: bytes = b"") -> bytes:
    head = bytes([number]) if number < 128 else bytes([number & 127 | 128, number >> 7])
    length, rest = bytearray(), len(data)
    while True:
        rest, low = rest >> 7, rest & 127
        length.append(low | (128 if rest else 0))
        if not rest:
            return head + bytes(length) + data


def _wide(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def _xlsb_cell(column: int, cell: Cell) -> bytes:
    place = struct.pack("<II", column, 0)
    if cell is None:
        return _record(1, place)
    if isinstance(cell, bool):
        return _record(4, place + bytes([cell]))
    if isinstance(cell, Error):  # of a formula without its tokens
        return _record(11, place + bytes([_ERROR_CODES[cell]]) + bytes(10))
    if isinstance(cell, str):
        return _record(6, place + _wide(cell))
    return _record(5, place + struct.pack("<d", cell))


# -- xls: records in a stream of a compound file ------------------------------------------------


def xls(rows: Rows) -> bytes:
    """Make a workbook of Excel 97 to 2003."""
    width = max(map(len, rows))
    sheet = _biff(0x809, struct.pack("<HHHHII", 0x600, 0x10, 0, 0, 0, 0))
    sheet += _biff(0x200, struct.pack("<IIHHH", 0, len(rows), 0, width, 0))
    for r, row in enumerate(rows):
        sheet += b"".join(_xls_cell(r, c, cell) for c, cell in enumerate(row))
    sheet += _biff(0x0A)
    globals_ = _biff(0x809, struct.pack("<HHHHII", 0x600, 5, 0, 0, 0, 0))
    globals_ += _biff(0x42, struct.pack("<H", 1200))
    start = len(globals_) + 4 + 9 + 4
    globals_ += _biff(0x85, struct.pack("<IBBBB", start, 0, 0, 1, 0) + b"S") + _biff(0x0A)
    assert len(globals_) == start
    return compound({"Workbook": globals_ + sheet})


def _biff(number: int, data: bytes = b"") -> bytes:
    return struct.pack("<HH", number, len(data)) + data


def _xls_cell(row: int, column: int, cell: Cell) -> bytes:
    place = struct.pack("<HHH", row, column, 0)
    if cell is None:
        return b""
    if isinstance(cell, bool):
        return _biff(0x205, place + bytes([cell, 0]))
    if cell == NOT_AVAILABLE:
        return _biff(0x205, place + bytes([_ERROR_CODES[cell], 1]))
    if isinstance(cell, Error):
        value = bytes([2, 0, _ERROR_CODES[cell], 0, 0, 0, 255, 255])
        return _biff(0x06, place + value + bytes(6) + struct.pack("<H", 1) + b"\x17")
    if isinstance(cell, str):
        text = cell.encode("utf-16-le")
        return _biff(0x204, place + struct.pack("<HB", len(cell), 1) + text)
    return _biff(0x203, place + struct.pack("<d", cell))


def compound(streams: dict[str, bytes]) -> bytes:
    """Pack streams into a compound file (OLE), each of at least 4096 bytes."""
    end, fat_sector, free = 0xFFFFFFFE, 0xFFFFFFFD, 0xFFFFFFFF
    table, sectors = [fat_sector, end], b""
    entries = [_entry("Root Entry", 5, end, 0, child=1)]
    for i, (name, data) in enumerate(streams.items()):
        size = max(len(data), 4096)
        padded = data.ljust(-(-size // 512) * 512, b"\0")
        first, n = len(table), len(padded) // 512
        table += [*range(first + 1, first + n), end]
        sectors += padded
        entries.append(_entry(name, 2, first, size, right=i + 2 if i + 1 < len(streams) else free))
    entries += [bytes(128)] * (-len(entries) % 4)
    assert len(table) <= 128 and len(entries) == 4
    header = (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
        + bytes(16)
        + struct.pack(
            "<HHHHH6xIIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, 4096, end, 0, end, 0, 0
        )
        + struct.pack("<I", free) * 108
    )
    fat = struct.pack(f"<{len(table)}I", *table) + struct.pack("<I", free) * (128 - len(table))
    return header + fat + b"".join(entries) + sectors


def _entry(
    name: str, kind: int, first: int, size: int, child: int = 0xFFFFFFFF, right: int = 0xFFFFFFFF
) -> bytes:
    text = (name + "\0").encode("utf-16-le")
    return (
        text.ljust(64, b"\0")
        + struct.pack("<HBBIII", len(text), kind, 1, 0xFFFFFFFF, right, child)
        + bytes(36)
        + struct.pack("<IQ", first, size)
    )
