"""The beginning of a table, read at once: what the import dialog shows while one chooses."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from gmmstudio.table.assembling import assemble
from gmmstudio.table.decoding import decode
from gmmstudio.table.formats import kinds, unpacking
from gmmstudio.table.reading import AS_FOUND, read, text_cells
from gmmstudio.table.settings import Notice, ReadSettings
from gmmstudio.table.sources import blocks_of
from gmmstudio.table.table import Kind, Table

_HEAD = 1 << 16
_LONGEST_HEAD = 1 << 20


@dataclass(frozen=True)
class Preview:
    """The first rows of a table.

    Attributes
    ----------
    header
        The names as they stand in the file, "" where there are none.
    rows
        The cells of the first rows as text.
    settings
        How they were read: what was chosen, and the rest as it was found.
    notices
        What was noticed in the rows looked at.
    types
        What each column looks like, by these rows.
    complete
        Whether these are all the rows.
    """

    header: list[str]
    rows: list[list[str]]
    settings: ReadSettings
    notices: tuple[Notice, ...]
    types: tuple[Kind, ...]
    complete: bool


def preview(
    source: str | Path | bytes, settings: ReadSettings = AS_FOUND, n_rows: int = 200
) -> Preview:
    """Read the first rows; of a text only its beginning, however long it is.

    Parameters
    ----------
    source
        A file, or the bytes of a text.
    settings
        What was chosen; the rest is found out.
    n_rows
        How many rows.

    Raises
    ------
    TableError
        A sentence saying what is wrong with the file, or with a choice.
    """
    table, whole = read_head(source, settings, n_rows)
    return _first(table, n_rows, whole=whole)


def read_head(
    source: str | Path | bytes, settings: ReadSettings = AS_FOUND, n_rows: int = 200
) -> tuple[Table, bool]:
    """Read the beginning of a text as a table, of other files all; return whether it is all.

    The table has at least ``n_rows`` rows where there are so many. See :func:`preview`.
    """
    if isinstance(source, bytes):
        name, head, whole = "pasted table", *_cut(source, n_rows)
    else:
        path = Path(source)
        kind = kinds.kind_of(path)
        if kind not in ("text", "gzip", "zip"):
            return read(path, settings, without_rows=True), True
        name, head, whole = _head(path, kind, settings, n_rows)
    text = decode(head, name, _never, settings.encoding)
    return assemble(text_cells(text, name, settings), name, None, _ignore, _never), whole


def _head(
    path: Path, kind: kinds.Kind, settings: ReadSettings, n_rows: int
) -> tuple[str, bytes, bool]:
    if kind == "text":
        name, blocks = path.name, blocks_of(path, 4 * _HEAD)
    else:
        packed = unpacking.packed(path, kind, settings.sheet)
        name, blocks = packed.name, packed.blocks
    data = b""
    for block in blocks(_never):
        data += block
        if len(data) > _LONGEST_HEAD or (len(data) > _HEAD and data.count(b"\n") > n_rows + 30):
            break
    return name, *_cut(data, n_rows)


def _cut(data: bytes, n_rows: int) -> tuple[bytes, bool]:
    """Return whole lines from the beginning, and whether that is everything."""
    limit = _HEAD
    if len(data) <= limit:
        return data, True
    if data.count(b"\n", 0, limit) < n_rows + 30:
        limit = _LONGEST_HEAD
        if len(data) <= limit:
            return data, True
    cut = max(data.rfind(b"\n", 0, limit), data.rfind(b"\r", 0, limit)) + 1 or limit
    if b"\0" in data[:limit]:
        cut += cut % 2  # both halves of a letter of UTF-16
    return data[:cut], False


def _first(table: Table, n_rows: int, *, whole: bool) -> Preview:
    columns = [column.cells.slice(0, n_rows).to_pylist() for column in table.columns]
    rows = [list(row) for row in zip(*columns, strict=True)]
    return Preview(
        [column.header for column in table.columns],
        rows,
        table.settings,
        table.notices,
        tuple(column.kind for column in table.columns),
        whole and len(rows) == table.n_rows,
    )


def _ignore(share: float) -> None:
    pass


def _never() -> bool:
    return False
