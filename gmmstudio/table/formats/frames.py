"""What the process that opens a file says to the program: JSON, and cells as Arrow IPC.

Never pickles: whoever took a hostile file apart may have been taken over by it.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Sequence
from typing import IO, Any

HEAD = struct.Struct("<cQ")
WORD, CELLS = b"J", b"A"
LONGEST_WORD = 16 << 20
LONGEST_CELLS = 1 << 31


def say(out: IO[bytes], **word: Any) -> None:
    """Send a message."""
    data = json.dumps(word).encode()
    out.write(HEAD.pack(WORD, len(data)))
    out.write(data)
    out.flush()


def send(out: IO[bytes], columns: Sequence[Any]) -> None:
    """Send some rows: one pyarrow array of strings per column."""
    import pyarrow as pa

    names = [str(j) for j in range(len(columns))]
    batch = pa.record_batch(list(columns), names=names)
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, batch.schema) as writer:
        writer.write_batch(batch)
    data = sink.getvalue()
    out.write(HEAD.pack(CELLS, data.size))
    out.write(memoryview(data))
    out.flush()


def read(source: IO[bytes]) -> tuple[bytes, bytes] | None:
    """Return the kind and the bytes of the next message; None at the end or for nonsense."""
    head = source.read(HEAD.size)
    if len(head) < HEAD.size:
        return None
    kind, length = HEAD.unpack(head)
    most = {WORD: LONGEST_WORD, CELLS: LONGEST_CELLS}.get(kind, 0)
    if length > most:
        return None
    data = source.read(length)
    return (kind, data) if len(data) == length else None


def columns_of(data: bytes) -> list[Any]:
    """Return the columns of rows that were sent, every offset in them checked.

    Raises
    ------
    ValueError
        If they are not what `send` sends.
    """
    import pyarrow as pa

    with pa.ipc.open_stream(pa.py_buffer(data)) as reader:
        table = reader.read_all()
    table.validate(full=True)
    if any(field.type != pa.string() for field in table.schema):
        raise ValueError("cells that are not text")
    if any(column.null_count for column in table.columns):
        raise ValueError("cells without text")
    return list(table.columns)
