"""A look at a zip archive before anything in it is opened: number, sizes and kinds of members."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from gmmstudio.table.errors import TableError

if TYPE_CHECKING:
    from gmmstudio.table.formats.kinds import Kind

MOST_MEMBERS = 10_000
MOST_DIRECTORY = 16 << 20
MOST_RATIO = 200
"""Bytes that come out of one, where it is much; tables give 3 to 30."""
MUCH = 64 << 20

BLOCK = 1 << 20

_END = b"PK\x05\x06"


def damaged(name: str) -> TableError:
    """Return the refusal of an archive that does not hold together."""
    return TableError(
        f"“{name}” is damaged or not complete: what it is packed in cannot be read to its end. "
        "Get the file again from where it came from."
    )


def bomb(name: str) -> TableError:
    """Return the refusal of what unpacks to far more than a table would."""
    return TableError(
        f"“{name}” unpacks to more than {MOST_RATIO} times its size, which no ordinary table does, "
        "so it was not opened. If you trust it, unpack it with another program first."
    )


def protected(name: str) -> TableError:
    """Return the refusal of an archive with a password."""
    return TableError(
        f"“{name}” is protected by a password. Unpack it with another program first, or save a "
        "copy without password."
    )


@contextmanager
def opened(path: Path) -> Iterator[zipfile.ZipFile]:
    """Open an archive whose directory is of sensible size; what breaks inside is a sentence.

    Raises
    ------
    TableError
        If it is damaged, protected or has too many members.
    """
    _check_directory(path)
    try:
        with zipfile.ZipFile(path) as archive:
            yield archive
    except TableError:
        raise
    except (zipfile.BadZipFile, EOFError, NotImplementedError, ValueError, IndexError) as error:
        raise damaged(path.name) from error
    except RuntimeError as error:  # so says zipfile that there is a password
        raise protected(path.name) from error
    except Exception as error:  # zlib, lzma and struct each have their own
        if isinstance(error, OSError) and error.errno is not None:
            raise TableError(
                f"“{path}” could not be read ({error.strerror or error}). "
                "Check the drive or the connection and try again."
            ) from error
        if isinstance(error, (MemoryError, KeyboardInterrupt)):
            raise
        if type(error).__module__ not in ("zlib", "_lzma", "struct", "builtins", "bz2"):
            raise
        raise damaged(path.name) from error


def _check_directory(path: Path) -> None:
    """Look at the end of the file, where it says how large its directory is."""
    size = path.stat().st_size
    with path.open("rb") as file:
        file.seek(max(0, size - (1 << 16) - 22))
        tail = file.read()
    at = tail.rfind(_END)
    if at < 0 or len(tail) - at < 22:
        raise damaged(path.name)
    members, length = struct.unpack_from("<HL", tail, at + 10)
    # Of 65 535 members or more, and of 4 GiB or more, it says no number here.
    if members > MOST_MEMBERS or length > MOST_DIRECTORY:
        raise TableError(
            f"“{path.name}” is an archive of more than {MOST_MEMBERS} files, so it is no table. "
            "Unpack it with another program and open the table in it."
        )


def kind_of(path: Path) -> Kind:
    """Tell a workbook from an archive by what is in it.

    Raises
    ------
    TableError
        If it is damaged, or a document of another program.
    """
    with opened(path) as archive:
        names = set(archive.namelist())
        lower = {name.lower().replace("\\", "/") for name in names}
        if "xl/workbook.bin" in lower:
            return "xlsb"
        if any(name.startswith("xl/") and name.endswith(".xml") for name in lower):
            return "xlsx"
        if "content.xml" in names and "mimetype" in names:
            with archive.open("mimetype") as file:
                mime = file.read(200)
            if b"opendocument.spreadsheet" in mime:
                return "ods"
            raise _document(path.name)
        if "word/document.xml" in names or "ppt/presentation.xml" in names:
            raise _document(path.name)
        if "index/tables/" in lower or any(name.endswith(".iwa") for name in lower):
            raise TableError(
                f"“{path.name}” is a Numbers workbook; export it from Numbers as Excel or CSV."
            )
        return "zip"


def _document(name: str) -> TableError:
    return TableError(
        f"“{name}” is a document, not a workbook. Open it, copy the table, and press Ctrl+V here."
    )


def too_much(packed: int, unpacked: int) -> bool:
    """Tell whether so much has come out of so little that it is meant to fill the memory."""
    return unpacked > MUCH and unpacked > MOST_RATIO * max(packed, 1)
