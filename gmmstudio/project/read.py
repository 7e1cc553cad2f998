"""Opening a project file: looked at first, then read, then checked."""

from __future__ import annotations

import stat
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from gmmstudio.document.document import Document
from gmmstudio.document.interrupted import Interrupted
from gmmstudio.project.arrays import DTYPES, fill, read_npy
from gmmstudio.project.errors import ProjectError, damaged
from gmmstudio.project.limits import COMMAS, directory
from gmmstudio.project.linking import Link, found_from
from gmmstudio.project.migrate import migrate, refuse_future
from gmmstudio.project.schema import SCHEMA, Head, ProjectPart
from gmmstudio.project.unpack import unpack, unpack_under_way
from gmmstudio.table.table import Table

ShouldStop = Callable[[], bool]


@dataclass(frozen=True, eq=False)
class Project:
    """What a project file holds.

    Attributes
    ----------
    document
        The analysis as it was saved. Of a table that is only linked it has the columns, and no
        value in them: see `gmmstudio.project.linked`.
    layout
        How the window looked: words by name.
    saved
        When it was saved, ISO 8601 with the zone.
    program
        The version that saved it.
    link
        The file of a table that is not in the project; None where it is.
    """

    document: Document
    layout: Mapping[str, str] = field(default_factory=dict)
    saved: str = ""
    program: str = ""
    link: Link | None = None


def read_project(path: str | Path, *, should_stop: ShouldStop = lambda: False) -> Project:
    """Read a project file.

    Limits are checked before anything is read, nothing in the file is ever run, and no name in it
    becomes a path to write to.

    Raises
    ------
    ProjectError
        It is no project, damaged, too large or of a newer program.
    """
    path = Path(path)
    with _opened(path) as archive:
        return _read(archive, path.absolute().parent, should_stop)


def read_outline(path: str | Path) -> tuple[str, Mapping[str, str]]:
    """Return when a project was saved and how the window looked, without reading any array.

    Raises
    ------
    ProjectError
        As `read_project`, as far as that can be told from the description alone.
    """
    with _opened(Path(path)) as archive:
        part = _description(_member(archive, "project.json"))
        return part.saved, part.layout


def read_picture(path: str | Path) -> bytes:
    """Return the PNG of the window stored in a project; empty if it has none or is not sound."""
    try:
        with _opened(Path(path)) as archive:
            return _member(archive, "picture.png") if _has_picture(archive) else b""
    except ProjectError:
        return b""


def read_under_way(path: str | Path, table: Table) -> Interrupted | None:
    """Read the run that was under way, from a copy for a crash.

    Parameters
    ----------
    path
        Of the copy of the run.
    table
        The table that it was a run of.

    Raises
    ------
    ProjectError
        As `read_project`, or it is no run of this table.
    """
    with _opened(Path(path)) as archive:
        part = _description(_member(archive, "project.json"))
        arrays = {name: read_npy(archive, name, lambda: False) for name in DTYPES}
        return unpack_under_way(part, arrays, table)


@contextmanager
def _opened(path: Path) -> Iterator[zipfile.ZipFile]:
    """Open the zip of a project; whatever is wrong with it comes as a `ProjectError`."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):  # a pipe might keep us waiting for ever
            raise ProjectError(f"“{path}” is no file. Nothing was opened.")
        with path.open("rb") as file, directory(file) as archive:
            yield archive
    except OSError as error:
        raise ProjectError(
            f"“{path}” cannot be read ({error.strerror or error}). Nothing was opened."
        ) from error
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
        raise damaged("a part of it is not what was written") from error


def _has_picture(archive: zipfile.ZipFile) -> bool:
    return "picture.png" in archive.namelist()


def _read(archive: zipfile.ZipFile, folder: Path, should_stop: ShouldStop) -> Project:
    part = _description(_member(archive, "project.json"))
    arrays = {name: read_npy(archive, name, should_stop) for name in DTYPES}
    document = unpack(part.document, arrays)
    link = None
    if part.link is not None:
        if document.table is None:
            raise damaged("it links to a table that it does not have")
        place = found_from(part.link.path, part.link.relative, folder)
        link = Link(place, part.link.size, part.link.sha256)
    return Project(document, part.layout, part.saved, part.program, link)


def _member(archive: zipfile.ZipFile, name: str) -> bytes:
    memory = bytearray(archive.getinfo(name).file_size)
    with archive.open(name) as file:
        fill(file, memoryview(memory), name, lambda: False)
        if file.read(1):
            raise damaged(f"“{name}” is longer than it says")
    return bytes(memory)


def _description(data: bytes) -> ProjectPart:
    """Decode ``project.json``, of whatever form."""
    if data.count(b",") + data.count(b"[") + data.count(b"{") > COMMAS:
        raise damaged("its description has far too many parts")
    try:
        head = msgspec.json.decode(data, type=Head)
        refuse_future(head.schema)
        if head.schema == SCHEMA:
            return msgspec.json.decode(data, type=ProjectPart)
        plain: dict[str, Any] = msgspec.json.decode(data, type=dict[str, Any])
        return msgspec.convert(migrate(plain), type=ProjectPart)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise damaged(f"its description does not say what it must ({error})") from error
    except RecursionError:
        raise damaged("its description is nested too deep") from None
