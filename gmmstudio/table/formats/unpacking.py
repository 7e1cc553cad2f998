"""Text tables in gzip and zip: unpacked block by block, and never more than fits."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from zipfile import ZipInfo

from gmmstudio.table.decoding import Progress, ShouldStop
from gmmstudio.table.errors import Stopped, TableError
from gmmstudio.table.formats import zips
from gmmstudio.table.formats.kinds import ENDINGS, Kind
from gmmstudio.table.settings import Notice

_TABLES = (*ENDINGS["text"], ".dat", ".asc", ".data")
_OTHERS = tuple(ending for kind, endings in ENDINGS.items() if kind != "text" for ending in endings)

UNPACKED = 8.0
"""About how many bytes of a table one packed byte is: what progress is reckoned by."""


@dataclass(frozen=True)
class Packed:
    """A text table inside a packed file.

    Attributes
    ----------
    name
        What the table itself is called.
    member
        Name of the member of a zip archive; "" in gzip.
    size
        Bytes of the packed file or member.
    notices
        What was noticed in choosing it.
    blocks
        Called with should_stop: yields the bytes of the text, block by block, from the beginning.
    """

    name: str
    member: str
    size: int
    notices: tuple[Notice, ...]
    blocks: Callable[[ShouldStop], Iterator[bytes]]


def packed(path: Path, kind: Kind, member: str | None) -> Packed:
    """Find the text table in a gzip or zip file.

    Raises
    ------
    TableError
        If there is none, or it cannot be read.
    """
    if kind == "gzip":
        name = path.name[:-3] if path.suffix.lower() == ".gz" else path.name
        return Packed(name, "", path.stat().st_size, (), lambda stop: _gunzip(path, stop))
    return _in_zip(path, member)


def unpack(source: Packed, most: int, progress: Progress, should_stop: ShouldStop) -> bytes | None:
    """Return the whole text, or None where it is more than ``most`` bytes.

    Raises
    ------
    TableError
        If it is damaged, or unpacks without end.
    """
    parts: list[bytes] = []
    done = 0
    for block in source.blocks(should_stop):
        parts.append(block)
        done += len(block)
        if done > most:
            return None
        progress(min(done / max(UNPACKED * source.size, 1.0), 1.0))
    return b"".join(parts)


def members(path: Path) -> tuple[str, ...]:
    """Return the names of the members of a zip archive that may be tables, likeliest first."""
    with zips.opened(path) as archive:
        return tuple(info.filename for info in _candidates(archive.infolist()))


def _candidates(infos: list[ZipInfo]) -> list[ZipInfo]:
    found = [
        info
        for info in infos
        if not info.is_dir()
        and not info.filename.startswith("__MACOSX/")
        and not info.filename.replace("\\", "/").rsplit("/", 1)[-1].startswith(".")
    ]

    def rank(info: ZipInfo) -> int:
        ending = "." + info.filename.lower().rsplit(".", 1)[-1]
        return _TABLES.index(ending) if ending in _TABLES else len(_TABLES)

    tables = [info for info in found if rank(info) < len(_TABLES)]
    return sorted(tables or found, key=rank)


def _in_zip(path: Path, member: str | None) -> Packed:
    with zips.opened(path) as archive:
        infos = _candidates(archive.infolist())
        names = [info.filename for info in infos]
    if not infos:
        raise TableError(f"“{path.name}” is an archive without a file in it; choose another file.")
    if member is not None and member not in names:
        raise TableError(
            f"There is no “{member}” in “{path.name}”. It holds: {', '.join(names[:12])}."
        )
    info = infos[0 if member is None else names.index(member)]
    if info.flag_bits & 1:
        raise zips.protected(path.name)
    if info.filename.lower().endswith(_OTHERS):
        raise TableError(
            f"“{path.name}” holds “{info.filename}”, which is no text table. Unpack the archive "
            "with another program and open that file."
        )
    notices: tuple[Notice, ...] = ()
    if member is None and len(names) > 1:
        others = ", ".join(f"“{name}”" for name in names[1:6])
        more = f" and {len(names) - 6} more" if len(names) > 6 else ""
        notices = (
            Notice(
                f"The archive holds {len(names)} files; “{info.filename}” was read. "
                f"The others: {others}{more}.",
                doubt=True,
            ),
        )
    name = info.filename.replace("\\", "/").rsplit("/", 1)[-1] or path.name

    def blocks(stop: ShouldStop) -> Iterator[bytes]:
        return _unzip(path, info, stop)

    return Packed(name, info.filename, max(info.compress_size, 1), notices, blocks)


def _unzip(path: Path, info: ZipInfo, should_stop: ShouldStop) -> Iterator[bytes]:
    # What the directory says about sizes is not believed: the file itself is the measure.
    size = path.stat().st_size
    with zips.opened(path) as archive, archive.open(info) as file:
        done = 0
        while block := file.read(zips.BLOCK):
            if should_stop():
                raise Stopped
            done += len(block)
            if zips.too_much(min(size, info.compress_size), done):
                raise zips.bomb(path.name)
            yield block


def _gunzip(path: Path, should_stop: ShouldStop) -> Iterator[bytes]:
    """Unpack gzip, also several streams one after another, and NULs that pad its end."""
    taken = done = streams = 0
    rest = b""
    unpacker = None
    with path.open("rb") as file:
        while True:
            if not rest:
                rest = file.read(1 << 18)
                taken += len(rest)
            if unpacker is None:
                rest = rest.lstrip(b"\0") if streams else rest
                if not rest and taken < path.stat().st_size:
                    continue
                if not rest:
                    return
                unpacker = zlib.decompressobj(31)
                streams += 1
            if should_stop():
                raise Stopped
            at_end = not rest
            try:
                block = unpacker.decompress(rest, zips.BLOCK)
            except zlib.error:
                raise zips.damaged(path.name) from None
            rest = unpacker.unconsumed_tail
            if unpacker.eof:
                rest, unpacker = unpacker.unused_data, None
            elif at_end and not block:
                raise zips.damaged(path.name)
            done += len(block)
            if zips.too_much(taken, done):
                raise zips.bomb(path.name)
            if block:
                yield block
