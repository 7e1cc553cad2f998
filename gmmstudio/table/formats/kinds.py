"""What a file is, told by its content: names lie."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal

from gmmstudio.table.errors import TableError
from gmmstudio.table.formats import zips
from gmmstudio.table.settings import Notice

Kind = Literal[
    "text",
    "gzip",
    "zip",
    "xlsx",
    "xlsb",
    "xls",
    "ods",
    "parquet",
    "feather",
    "sav",
    "por",
    "dta",
    "sas7bdat",
    "xpt",
]

WORDS: dict[Kind, str] = {
    "text": "a text table",
    "gzip": "a file compressed with gzip",
    "zip": "a zip archive",
    "xlsx": "an Excel workbook (xlsx)",
    "xlsb": "a binary Excel workbook (xlsb)",
    "xls": "an old Excel workbook (xls)",
    "ods": "a LibreOffice workbook (ods)",
    "parquet": "a Parquet file",
    "feather": "a Feather (Arrow) file",
    "sav": "an SPSS file",
    "por": "a portable SPSS file",
    "dta": "a Stata file",
    "sas7bdat": "a SAS file",
    "xpt": "a SAS transport file",
}

ENDINGS: dict[Kind, tuple[str, ...]] = {
    "text": (".csv", ".tsv", ".tab", ".txt"),
    "gzip": (".gz",),
    "zip": (".zip",),
    "xlsx": (".xlsx", ".xlsm"),
    "xlsb": (".xlsb",),
    "xls": (".xls",),
    "ods": (".ods",),
    "parquet": (".parquet",),
    "feather": (".feather", ".arrow"),
    "sav": (".sav", ".zsav"),
    "por": (".por",),
    "dta": (".dta",),
    "sas7bdat": (".sas7bdat",),
    "xpt": (".xpt",),
}

WORKBOOKS: tuple[Kind, ...] = ("xlsx", "xlsb", "xls", "ods")
STATISTICS: tuple[Kind, ...] = ("sav", "por", "dta", "sas7bdat", "xpt")
COLUMNAR: tuple[Kind, ...] = ("parquet", "feather")

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SAS = bytes(12) + b"\xc2\xea\x81\x60\xb3\x14\x11\xcf\xbd\x92\x08\x00\x09\xc7\x31\x8c"
_MAGIC: tuple[tuple[bytes, Kind], ...] = (
    (b"\x1f\x8b", "gzip"),
    (b"PAR1", "parquet"),
    (b"ARROW1\0\0", "feather"),
    (b"FEA1", "feather"),
    (b"$FL2", "sav"),
    (b"$FL3", "sav"),
    (b"<stata_dta>", "dta"),
    (_SAS, "sas7bdat"),
    (b"HEADER RECORD*******LIB", "xpt"),
)
_OLD_STATA = re.compile(rb"[\x68-\x73][\x01\x02]\x01[\x00-\xff]", re.DOTALL)
_PAGE = re.compile(rb"(?i)\s*(?:<!doctype html|<html|<head|<table|<meta|<body)")
_XML_SHEET = b"urn:schemas-microsoft-com:office:spreadsheet"


def kind_of(path: Path) -> Kind:
    """Return what a file is by its first bytes; "text" also for what cannot be opened.

    Raises
    ------
    TableError
        For what is neither text nor a table in another format, with what to do.
    """
    try:
        if not path.is_file():
            return "text"  # whoever opens it as text says what is wrong
        with path.open("rb") as file:
            head = file.read(1024)
    except OSError:
        return "text"
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            return kind
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return zips.kind_of(path)
    if head.startswith(_OLE):
        return _of_ole(path)
    if _OLD_STATA.match(head) and b"\0" in head[:16]:
        return "dta"
    if b"SPSS PORT FILE" in head[:512].replace(b"\r", b"").replace(b"\n", b""):
        return "por"
    _refuse_page(path, head)
    return "text"


def named(path: Path) -> Kind | None:
    """Return the kind that the ending of a name promises; None if it promises none of them."""
    ending = path.suffix.lower()
    return next((kind for kind, endings in ENDINGS.items() if ending in endings), None)


def misnamed(path: Path, kind: Kind) -> list[Notice]:
    """Say where a file is not what its name says."""
    promised = named(path)
    if promised is None or promised == kind:
        return []
    return [
        Notice(
            f"“{path.name}” is called like {WORDS[promised]}, but its content is that of "
            f"{WORDS[kind]}, and so it was read."
        )
    ]


def _of_ole(path: Path) -> Kind:
    """Tell an old workbook from what else is kept in the same kind of container."""
    with path.open("rb") as file:
        content = file.read(1 << 22)
        tail = b""
        if path.stat().st_size > 1 << 22:
            file.seek(-(1 << 16), 2)
            tail = file.read()
    names = content + tail

    def has(name: str) -> bool:
        return name.encode("utf-16-le") in names

    if has("EncryptedPackage"):
        raise TableError(
            f"“{path.name}” is protected by a password. Open it in its own program, save a copy "
            "without password, and open that."
        )
    if has("WordDocument"):
        raise TableError(f"“{path.name}” is a Word document; copy its table and press Ctrl+V.")
    return "xls"


def _refuse_page(path: Path, head: bytes) -> None:
    is_sheet = head.lstrip(b"\xef\xbb\xbf \r\n").startswith(b"<?xml") and _XML_SHEET in head
    if is_sheet or _PAGE.match(head.removeprefix(b"\xef\xbb\xbf")):
        what = "a workbook of Excel 2003 in XML" if is_sheet else "a web page"
        raise TableError(
            f"“{path.name}” is {what}, whatever its name says. Open it in a spreadsheet program "
            "and save the table as xlsx or CSV."
        )
