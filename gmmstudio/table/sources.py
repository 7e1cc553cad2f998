"""The text of a table, wherever it is packed, or a sample of its rows where it is too large."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from gmmstudio.table.decoding import BLOCK, Progress, ShouldStop, Text, decode, load
from gmmstudio.table.errors import TooLarge
from gmmstudio.table.formats import memory, sampling, unpacking
from gmmstudio.table.formats.kinds import Kind
from gmmstudio.table.settings import Notice, ReadSettings

FindFirstLine = Callable[[Text, str], int]
"""Given the beginning of a text and its name, finds the line on which the rows begin."""


@dataclass(frozen=True, eq=False)
class Source:
    """A text and where it came from.

    Attributes
    ----------
    text
        The text.
    name
        What it is called: the file, or the file in the archive.
    member
        The member of an archive; None elsewhere.
    sampled_from
        Number of rows of which the text holds a sample; None where it holds all.
    """

    text: Text
    name: str
    member: str | None = None
    sampled_from: int | None = None


def load_text(
    path: Path,
    kind: Kind,
    settings: ReadSettings,
    find_first_line: FindFirstLine,
    progress: Progress,
    stop: ShouldStop,
) -> Source:
    """Bring a text into memory, unpacked; a sample of its rows if the settings want one.

    Raises
    ------
    TableError
        What is wrong with the file.
    TooLarge
        If it does not fit in memory and no sample was asked for.
    """
    most = memory.most_text()
    member: str | None
    data: bytes | None
    said: tuple[Notice, ...] = ()
    if kind == "text":
        blocks, name, member = blocks_of(path), path.name, None
        size: float = path.stat().st_size if path.is_file() else 0
        data = None
        if settings.sample_rows is None and size <= most:
            data = load(path, progress, stop)
    else:
        packed = unpacking.packed(path, kind, settings.sheet)
        blocks, name, member, said = (
            packed.blocks,
            packed.name,
            packed.member or None,
            packed.notices,
        )
        size = unpacking.UNPACKED * packed.size
        data = None
        if settings.sample_rows is None:
            data = unpacking.unpack(packed, most, progress, stop)
    if data is not None:
        text = decode(data, name, stop, settings.encoding)
        return Source(replace(text, notices=(*said, *text.notices)), name, member)
    return _sampled(
        blocks, size, name, member, said, most, settings, find_first_line, progress, stop
    )


def _sampled(
    blocks: sampling.Blocks,
    size: float,
    name: str,
    member: str | None,
    said: tuple[Notice, ...],
    most: int,
    settings: ReadSettings,
    find_first_line: FindFirstLine,
    progress: Progress,
    stop: ShouldStop,
) -> Source:
    head = sampling.head_of(blocks, stop)
    sampling.refuse_wide(head, name)
    first = find_first_line(decode(head, name, stop, settings.encoding), name)
    if settings.sample_rows is None:
        n_rows, n_bytes = sampling.count_rows(blocks, size, first, progress, stop)
        raise TooLarge(name, n_rows, int(most / max(n_bytes / max(n_rows, 1), 1.0)))
    drawn = sampling.draw(
        blocks, size, first, settings.sample_rows, settings.sample_seed, progress, stop
    )
    text = decode(drawn.data, name, stop, settings.encoding)
    text = replace(text, notices=(*said, *text.notices), lines=drawn.lines)
    sampled = drawn.n_rows if drawn.n_rows > settings.sample_rows else None
    return Source(text, name, member, sampled)


def blocks_of(path: Path, size: int = BLOCK) -> sampling.Blocks:
    """Return what yields the bytes of a file, block by block, from the beginning."""

    def blocks(stop: ShouldStop) -> Iterator[bytes]:
        with path.open("rb") as file:
            while block := file.read(size):
                yield block

    return blocks
