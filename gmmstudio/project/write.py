"""Saving a project file, wholly or not at all."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from gmmstudio import __version__
from gmmstudio.document.document import Document
from gmmstudio.document.interrupted import Interrupted
from gmmstudio.project.arrays import npy_pieces, npy_size
from gmmstudio.project.errors import ProjectError
from gmmstudio.project.limits import COMMAS, FREE, MEBI, MEMBERS, RATIO, TOTAL
from gmmstudio.project.linking import Link, relative_to
from gmmstudio.project.pack import Packed, pack
from gmmstudio.project.schema import (
    FORMAT,
    SCHEMA,
    FitUnderWayPart,
    LinkPart,
    ProjectPart,
    SweepUnderWayPart,
)
from gmmstudio.project.tables import text_size
from gmmstudio.table.atomic import Writer, atomic_writer
from gmmstudio.table.errors import Stopped
from gmmstudio.table.table import Table

SUFFIX = ".gmms"

EMBEDDED = 50 * 10**6
"""Up to so many bytes of text a table is kept in the project itself."""

Piece = bytes | memoryview
Progress = Callable[[float], None]
ShouldStop = Callable[[], bool]


@dataclass(frozen=True)
class Saved:
    """What was saved.

    Attributes
    ----------
    size
        Bytes of the file.
    embedded
        Whether the table is in it.
    """

    size: int
    embedded: bool


def is_embedded(document: Document, limit: int = EMBEDDED) -> bool:
    """Whether the table of a document goes into its project file.

    The user's choice decides, else its size. One that was pasted has no other place to stay, and
    one whose file was not found has no cells to keep.
    """
    table = document.table
    if table is None or table.path is None:
        return True
    if table.blank:
        return False
    return is_small(table, limit) if document.embedded is None else document.embedded


def is_small(table: Table, limit: int = EMBEDDED) -> bool:
    """Whether a table is kept in a project where nobody chose otherwise."""
    return text_size(table) <= limit


def write_project(
    path: str | Path,
    document: Document,
    *,
    layout: Mapping[str, str] | None = None,
    link: Link | None = None,
    picture: bytes = b"",
    compress: bool = True,
    under_way: Interrupted | None = None,
    should_stop: ShouldStop = lambda: False,
) -> Saved:
    """Save an analysis.

    If anything fails, the file of this name stays as it was and nothing else is left behind.

    Parameters
    ----------
    path
        Where to.
    document
        What to save.
    layout
        How the window looks: words by name.
    link
        The file the table was read from, if it is not to be embedded.
    picture
        A PNG of the window.
    compress
        Whether to take time for a smaller file.
    under_way
        A run that has not ended, for a copy in case of a crash.

    Raises
    ------
    ProjectError
        The analysis is too large for a project.
    TableError
        The file could not be written; says what was kept.
    """
    path = Path(path)
    packed = pack(document, embed=link is None, under_way=under_way)
    description = _description(packed, layout or {}, link, path)
    members: dict[str, tuple[int, Callable[[], Iterator[Piece]]]] = {
        "project.json": (len(description), lambda: iter([description]))
    }
    if picture:
        members["picture.png"] = (len(picture), lambda: iter([picture]))
    for name, pool in packed.pools.items():
        if pool.size:
            members[name] = (npy_size(pool), lambda pool=pool: npy_pieces(pool))  # type: ignore[misc]
    _check_sizes({name: size for name, (size, _) in members.items()}, description)
    with atomic_writer(path) as file:
        stream = _Stream(file, should_stop)
        with zipfile.ZipFile(stream, "w", compresslevel=1) as archive:  # type: ignore[call-overload]
            for name, (size, pieces) in members.items():
                _write_member(archive, name, size, pieces, compress=compress)
    return Saved(stream.size, link is None)


class _Stream:
    """What zipfile needs of a file that can only be written."""

    def __init__(self, file: Writer, should_stop: ShouldStop) -> None:
        self._file, self._should_stop, self.size = file, should_stop, 0

    def write(self, data: Piece) -> int:
        if self._should_stop():
            raise Stopped("Saving")
        self._file.write(data)
        self.size += len(data)
        return len(data)

    def flush(self) -> None:
        """Nothing is kept back here; the writer brings everything to the disk at the end."""


def _write_member(
    archive: zipfile.ZipFile,
    name: str,
    size: int,
    pieces: Callable[[], Iterator[Piece]],
    *,
    compress: bool,
) -> None:
    packs = compress and name != "picture.png" and not _packs_too_well(size, pieces)
    archive.compression = zipfile.ZIP_DEFLATED if packs else zipfile.ZIP_STORED
    with archive.open(name, "w") as member:
        for piece in pieces():
            member.write(piece)


def _packs_too_well(size: int, pieces: Callable[[], Iterator[Piece]]) -> bool:
    """Whether a member would look like a bomb: who opens it tells the two apart by the ratio."""
    if size <= FREE:
        return False
    packer, packed = zlib.compressobj(1, zlib.DEFLATED, -15), 0
    for piece in pieces():
        packed += len(packer.compress(piece))
        if 0.8 * RATIO * packed > size:
            return False
    packed += len(packer.flush())
    return size > 0.8 * RATIO * packed


def _description(packed: Packed, layout: Mapping[str, str], link: Link | None, path: Path) -> bytes:
    linked = None
    if link is not None:
        where, relative = relative_to(link.path, path.absolute().parent)
        linked = LinkPart(where, relative, link.size, link.sha256)
    run = packed.under_way
    part = ProjectPart(
        format=FORMAT,
        schema=SCHEMA,
        program=__version__,
        saved=datetime.now().astimezone().isoformat(timespec="seconds"),
        document=packed.document,
        link=linked,
        layout=dict(layout),
        fit_under_way=run if isinstance(run, FitUnderWayPart) else None,
        sweep_under_way=run if isinstance(run, SweepUnderWayPart) else None,
    )
    return msgspec.json.encode(part, enc_hook=_plain)


def _plain(value: object) -> Any:
    """Return a number of NumPy's as one of Python's."""
    if isinstance(value, np.generic):
        return value.item()
    raise NotImplementedError(f"a project cannot hold a {type(value).__name__}")


def _check_sizes(sizes: Mapping[str, int], description: bytes) -> None:
    commas = description.count(b",") + description.count(b"[") + description.count(b"{")
    too_long = any(size > MEMBERS[name] for name, size in sizes.items())
    if too_long or sum(sizes.values()) > TOTAL or commas > COMMAS:
        total = sum(sizes.values()) / MEBI
        raise ProjectError(
            f"The project was not saved: with {total:.0f} MB it is larger than one file may be "
            f"({TOTAL / MEBI:.0f} MB). Open the table from a file, so that it need not be in the "
            "project, or undo fits that you do not need."
        )
