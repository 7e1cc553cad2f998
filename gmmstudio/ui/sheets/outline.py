"""What Qt's PDF lacks: bookmarks, the language, and the title as that of the window.

They are written after the end of the file as an update, as PDF 1.7 (ISO 32000-1, 7.5.6) foresees:
what Qt wrote stays as it is, byte for byte.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_TRAILER = re.compile(
    rb"trailer\s*<<(?P<inside>.*?)>>\s*startxref\s+(?P<xref>\d+)\s+%%EOF\s*\Z", re.S
)
_ENTRY = re.compile(rb"(\d{10}) \d{5} n")


@dataclass(frozen=True)
class Bookmark:
    """A heading: its words, its level (0 is a chapter), its sheet from 0, and how high it stands.

    Attributes
    ----------
    top
        Points from the lower edge of the sheet.
    """

    words: str
    level: int
    sheet: int
    top: float


def with_bookmarks(data: bytes, bookmarks: Sequence[Bookmark], language: str) -> bytes:
    """Return a PDF of Qt's with bookmarks; as it is where it is not laid out as Qt's are.

    Parameters
    ----------
    data
        The file.
    bookmarks
        In the order of the sheets; the first is a chapter, and no level is left out.
    language
        Of the words, such as "en".
    """
    found = _TRAILER.search(data)
    if found is None or not bookmarks:
        return data
    trailer, table = found["inside"], int(found["xref"])
    offsets = {i: int(m[1]) for i, m in enumerate(_ENTRY.finditer(data, table), start=1)}
    size, root = _number(trailer, b"Size"), _number(trailer, b"Root")
    catalog = _object(data, offsets, root)
    pages = _object(data, offsets, _number(catalog, b"Pages"))
    kids = re.search(rb"/Kids\s*\[(.*?)\]", pages, re.S)
    sheets = [int(n) for n in re.findall(rb"(\d+) 0 R", kids[1])] if kids else []
    if not catalog or len(sheets) <= max(mark.sheet for mark in bookmarks):
        return data
    objects = _outline(bookmarks, sheets, size)
    objects[root] = (
        catalog + b"/Outlines %d 0 R /PageMode /UseOutlines /Lang (%s)\n"
        b"/ViewerPreferences << /DisplayDocTitle true >>\n" % (size, language.encode("ascii"))
    )
    return _updated(data, objects, trailer, table)


def _outline(bookmarks: Sequence[Bookmark], sheets: list[int], first: int) -> dict[int, bytes]:
    """Return the objects of an outline, numbered from `first`, which is its root."""
    parents, open_at = [], {-1: first}
    for place, mark in enumerate(bookmarks):
        parents.append(open_at[mark.level - 1])
        open_at[mark.level] = first + 1 + place
    children: dict[int, list[int]] = {}
    for place, parent in enumerate(parents):
        children.setdefault(parent, []).append(first + 1 + place)
    objects = {}
    for number in (first, *range(first + 1, first + 1 + len(bookmarks))):
        said = b"/Type /Outlines\n" if number == first else b""
        if number > first:
            mark, parent = bookmarks[number - first - 1], parents[number - first - 1]
            beside = children[parent]
            at = beside.index(number)
            title = b"\xfe\xff" + mark.words.encode("utf-16-be", "replace")
            said = b"/Title <%s>\n/Parent %d 0 R\n" % (title.hex().encode(), parent)
            said += b"/Dest [%d 0 R /XYZ 0 %d 0]\n" % (sheets[mark.sheet], round(mark.top))
            said += b"/Prev %d 0 R\n" % beside[at - 1] if at else b""
            said += b"/Next %d 0 R\n" % beside[at + 1] if at + 1 < len(beside) else b""
        if inside := children.get(number):
            # A count below zero is closed: the clusters show on a click.
            count = len(inside) if number == first else -len(inside)
            said += b"/First %d 0 R\n/Last %d 0 R\n/Count %d\n" % (inside[0], inside[-1], count)
        objects[number] = said
    return objects


def _updated(data: bytes, objects: dict[int, bytes], trailer: bytes, table: int) -> bytes:
    """Return the file with objects added or replaced by an update at its end."""
    out, lines = bytearray(data), []
    if not out.endswith(b"\n"):
        out += b"\n"
    for number, inside in sorted(objects.items()):
        lines.append(b"%d 1\n%010d 00000 n \n" % (number, len(out)))
        out += b"%d 0 obj\n<<\n%s>>\nendobj\n" % (number, inside)
    start = len(out)
    size = max(max(objects) + 1, _number(trailer, b"Size"))
    kept = re.sub(rb"/Size\s+\d+", b"/Size %d" % size, trailer)
    out += b"xref\n" + b"".join(lines)
    out += b"trailer\n<<%s/Prev %d\n>>\nstartxref\n%d\n%%%%EOF\n" % (kept, table, start)
    return bytes(out)


def _number(inside: bytes, key: bytes) -> int:
    found = re.search(rb"/" + key + rb"\s+(\d+)", inside)
    return int(found[1]) if found else -1


def _object(data: bytes, offsets: dict[int, int], number: int) -> bytes:
    """Return what stands between the brackets of a dictionary; empty where there is none."""
    pattern = re.compile(rb"%d 0 obj\s*<<(.*?)>>\s*endobj" % max(number, 0), re.S)
    found = pattern.match(data, offsets.get(number, 0))
    return found[1] if found and b"<<" not in found[1] else b""
