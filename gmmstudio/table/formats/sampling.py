"""A simple random sample of the rows of a text that does not fit in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gmmstudio.table.decoding import Progress, ShouldStop
from gmmstudio.table.errors import Stopped, TableError
from gmmstudio.table.formats.choosing import Choice

Blocks = Callable[[ShouldStop], Iterator[bytes]]
CountBytes = Callable[[int], None]
"""Told how many bytes are done."""
IntArray = NDArray[np.int64]

HEAD = 1 << 20
"""Bytes from the beginning, in which the header must be."""

_LONGEST = 1 << 24
"""A record longer than this comes of a quotation mark that is never closed."""


@dataclass(frozen=True, eq=False)
class Sampled:
    """What a sample of a text is.

    Attributes
    ----------
    data
        The lines before the rows, then the rows drawn, in their order.
    lines
        int64 (m,): number in the file of every line of ``data``, from 1.
    n_rows
        Number of rows in the file, blank lines left out.
    """

    data: bytes
    lines: IntArray
    n_rows: int


@dataclass(frozen=True, eq=False)
class _Piece:
    """Whole records of a text.

    Attributes
    ----------
    data
        Their bytes.
    starts, stops
        int64 (k,): of each record that is not blank, its line end included.
    lines
        int64 (k,): the line on which each begins, from 0 in the text.
    """

    data: bytes
    starts: IntArray
    stops: IntArray
    lines: IntArray


def refuse_wide(head: bytes, name: str) -> None:
    """Refuse UTF-16, in which lines cannot be told without decoding all of it.

    Raises
    ------
    TableError
        If the text is UTF-16 or UTF-32.
    """
    if head.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in head[:4096]:
        raise TableError(
            f"“{name}” is UTF-16 and too large for memory; no sample is drawn from such a file. "
            "Save it as CSV UTF-8 first."
        )


def head_of(blocks: Blocks, stop: ShouldStop) -> bytes:
    """Return whole lines from the beginning."""
    head = b""
    for block in blocks(stop):
        head += block
        if len(head) >= HEAD:
            break
    cut = max(head.rfind(b"\n", 0, HEAD), head.rfind(b"\r", 0, HEAD)) + 1
    return head[: cut or HEAD] if len(head) > HEAD else head


def count_rows(
    blocks: Blocks, size: float, first_line: int, progress: Progress, stop: ShouldStop
) -> tuple[int, int]:
    """Return the number of records that are not blank from a line (from 1) on, and of bytes.

    Parameters
    ----------
    blocks, size, first_line
        See `draw`.
    """
    for quoted in (True, False):
        counted = 0

        def counting(stop: ShouldStop) -> Iterator[bytes]:
            nonlocal counted
            for block in blocks(stop):
                counted += len(block)
                yield block

        try:
            return _count(counting, first_line, quoted, _of(size, progress), stop), counted
        except _Unclosed:
            continue
    raise AssertionError("lines are always closed")


def draw(
    blocks: Blocks,
    size: float,
    first_line: int,
    n_wanted: int,
    seed: int,
    progress: Progress,
    stop: ShouldStop,
) -> Sampled:
    """Draw rows without replacement, each as likely as any other.

    Parameters
    ----------
    blocks
        Gives the text from its beginning; called twice.
    size
        About how many bytes that is; only the progress is reckoned by it.
    first_line
        The line, from 1, on which the first row begins.
    n_wanted
        How many rows.
    seed
        Of the draw.
    """
    for quoted in (True, False):
        try:
            n_rows = _count(
                blocks, first_line, quoted, _of(size, lambda share: progress(share / 2)), stop
            )
            choice = Choice(n_rows, n_wanted, seed)
            later = _of(size, lambda share: progress(0.5 + share / 2))
            return _collect(blocks, first_line, quoted, choice, n_rows, later, stop)
        except _Unclosed:
            continue
    raise AssertionError("lines are always closed")


def _of(size: float, progress: Progress) -> CountBytes:
    return lambda done: progress(min(done / max(size, 1.0), 1.0))


class _Unclosed(Exception):  # noqa: N818  (a reason to look again)
    """A quotation mark is never closed."""


def _count(
    blocks: Blocks, first_line: int, quoted: bool, count: CountBytes, stop: ShouldStop
) -> int:
    n = 0
    for piece in _pieces(blocks, quoted, count, stop):
        n += int(np.count_nonzero(piece.lines >= first_line - 1))
    return n


def _collect(
    blocks: Blocks,
    first_line: int,
    quoted: bool,
    choice: Choice,
    n_rows: int,
    count: CountBytes,
    stop: ShouldStop,
) -> Sampled:
    before: list[bytes] = []
    parts: list[bytes] = []
    lines: list[int] = []
    done = 0
    for piece in _pieces(blocks, quoted, count, stop):
        if piece.lines.size and piece.lines[0] < first_line - 1 and not before:
            head = _first_lines(piece.data, first_line - 1)
            before.append(head)
            lines += range(1, first_line)
        rows = np.flatnonzero(piece.lines >= first_line - 1)
        taken = choice.taken(done, done + rows.size)
        done += rows.size
        for row in rows if taken is None else rows[taken]:
            record = piece.data[piece.starts[row] : piece.stops[row]]
            parts.append(record if record[-1:] in (b"\n", b"\r") else record + b"\n")
            first = int(piece.lines[row]) + 1
            lines += range(first, first + max(_ends(parts[-1]), 1))
    data = b"".join([*before, *parts])
    return Sampled(data, np.array(lines, dtype=np.int64), n_rows)


def _ends(record: bytes) -> int:
    return record.count(b"\n") or record.count(b"\r")


def _first_lines(data: bytes, n: int) -> bytes:
    end = b"\n" if b"\n" in data else b"\r"
    at = 0
    for _ in range(n):
        at = data.index(end, at) + 1
    return data[:at]


def _pieces(blocks: Blocks, quoted: bool, count: CountBytes, stop: ShouldStop) -> Iterator[_Piece]:
    """Cut a text into pieces of whole records."""
    carried = b""
    line = done = 0
    end = 0
    for block in blocks(stop):
        if stop():
            raise Stopped
        done += len(block)
        data = carried + block
        if not end:
            end = 10 if b"\n" in data else 13 if b"\r" in data else 0
        ends, n_lines = _record_ends(data, end, quoted)
        if not ends.size:
            carried = data
            if len(carried) > _LONGEST:
                if quoted:
                    raise _Unclosed
                raise TableError("A line of the file is too long; it is no table.")
            continue
        cut = int(ends[-1]) + 1
        if quoted and len(data) - cut > _LONGEST:
            raise _Unclosed
        yield _piece(data[:cut], ends, n_lines, line)
        line += int(n_lines[-1]) + 1
        carried = data[cut:]
        count(done)
    if carried:
        if quoted and carried.count(b'"') % 2:
            raise _Unclosed
        ends = np.array([len(carried) - 1], dtype=np.int64)
        yield _piece(carried, ends, np.zeros(1, dtype=np.int64), line)


def _record_ends(data: bytes, end: int, quoted: bool) -> tuple[IntArray, IntArray]:
    """Return where records end, and how many lines have ended before each end."""
    array = np.frombuffer(data, dtype=np.uint8)
    hits = array == end
    all_ends = np.flatnonzero(hits)
    if not (quoted and b'"' in data):
        return all_ends, np.arange(all_ends.size)
    inside = np.cumsum(array == 34, dtype=np.uint8) & 1  # wraps around, which leaves it even or odd
    outside = np.flatnonzero(inside[all_ends] == 0)
    return all_ends[outside], outside


def _piece(data: bytes, ends: IntArray, n_lines: IntArray, line: int) -> _Piece:
    starts = np.concatenate([np.zeros(1, dtype=np.int64), ends[:-1] + 1])
    first_lines = line + np.concatenate([np.zeros(1, dtype=np.int64), n_lines[:-1] + 1])
    stops = ends + 1
    array = np.frombuffer(data, dtype=np.uint8)
    length = stops - starts
    first = array[starts]
    ends_line = (first == 10) | (first == 13)
    blank = (ends_line & (length == 1)) | ((first == 13) & (length == 2))
    keep = ~blank
    return _Piece(data, starts[keep], stops[keep], first_lines[keep])
