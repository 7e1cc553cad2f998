"""Parquet and Feather files, their cells as text; runs in the process that may die of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

from gmmstudio.table.errors import TableError, TooLarge
from gmmstudio.table.formats import frames, zips
from gmmstudio.table.formats.choosing import Choice
from gmmstudio.table.formats.limits import LEAST_MEMORY, limit_memory, limit_time

_ROWS_AT_ONCE = 65_536
_CELLS_AT_ONCE = 1_000_000
_PER_CELL = 24
_LEAST_TEXT = 5
"""Bytes that the shortest cell takes as text."""
MOST_COLUMNS = 50_000
_PANDAS_INDEX = "__index_level_0__"
"""The column in which pandas keeps its row numbers."""


def send_file(question: dict[str, Any], out: BinaryIO) -> None:
    """Send the cells of a file, or of a sample of its rows."""
    path = Path(question["path"])
    limit_memory(min(int(question["memory"]), LEAST_MEMORY + 40 * path.stat().st_size))
    try:
        _send(path, question, out)
    except (OSError, ValueError, KeyError, NotImplementedError) as error:  # Arrow's are of these
        if isinstance(error, TableError):
            raise
        raise TableError(
            f"“{path.name}” is damaged or not complete, or of a kind that is not known here "
            f"({str(error)[:120]}). Save it again in the program it comes from, or as CSV."
        ) from error


def _send(path: Path, question: dict[str, Any], out: BinaryIO) -> None:
    schema, n_rows, batches = _opened(path, question["kind"])
    names = [str(name) for name in schema.names]
    if len(names) > MOST_COLUMNS or not names:
        raise TableError(f"“{path.name}” has {len(names)} columns, which is no table to fit.")
    nested = [field.name for field in schema if _is_nested(field.type)]
    cells = n_rows * len(names)
    size = path.stat().st_size
    if zips.too_much(size, _LEAST_TEXT * cells):
        raise zips.bomb(path.name)
    choice = Choice(n_rows, question.get("sample_rows"), question.get("sample_seed") or 0)
    _refuse_large(path.name, choice.n_wanted, len(names), question, n_rows)
    limit_memory(min(int(question["memory"]), LEAST_MEMORY + 40 * size + 48 * cells))
    frames.say(out, expect=limit_time(cells, size))
    frames.say(out, facts={"names": names, "rows": n_rows, "nested": nested[:20]})
    done = sent = 0
    for batch in batches(max(1, min(_ROWS_AT_ONCE, _CELLS_AT_ONCE // len(names)))):
        taken = choice.taken(done, done + batch.num_rows)
        done += batch.num_rows
        if taken is not None:
            batch = batch.take(taken)
        if batch.num_rows:
            texts = [text_of(column) for column in batch.columns]
            sent += sum(text.nbytes for text in texts)
            if zips.too_much(size, sent):
                raise zips.bomb(path.name)
            frames.send(out, texts)
        frames.say(out, share=done / max(n_rows, 1))


def _opened(path: Path, kind: str) -> tuple[Any, int, Callable[[int], Iterator[Any]]]:
    """Return the schema, the number of rows, and what yields the batches."""
    import pyarrow as pa

    if kind == "parquet":
        from pyarrow import parquet

        file = parquet.ParquetFile(path, memory_map=False)
        kept = [name for name in file.schema_arrow.names if name != _PANDAS_INDEX]
        schema = pa.schema([f for f in file.schema_arrow if f.name != _PANDAS_INDEX])
        columns = kept if len(kept) < len(file.schema_arrow.names) else None

        def of_parquet(rows: int) -> Iterator[Any]:
            return iter(file.iter_batches(batch_size=rows, columns=columns, use_threads=False))

        return schema, file.metadata.num_rows, of_parquet
    with path.open("rb") as file:
        is_first_version = file.read(4) == b"FEA1"
    if is_first_version:
        from pyarrow import feather

        table = feather.read_table(path, memory_map=False)
        return table.schema, table.num_rows, lambda rows: iter(table.to_batches(rows))
    reader = pa.ipc.open_file(pa.OSFile(str(path)))
    n_batches = reader.num_record_batches

    def of_feather(rows: int) -> Iterator[Any]:
        for i in range(n_batches):
            yield from pa.Table.from_batches([reader.get_batch(i)]).to_batches(rows)

    return reader.schema, sum(reader.get_batch(i).num_rows for i in range(n_batches)), of_feather


def _refuse_large(
    name: str, n_wanted: int, n_columns: int, question: dict[str, Any], n_rows: int
) -> None:
    if n_wanted * n_columns * _PER_CELL > int(question["memory"]):
        fits = int(question["memory"]) // (_PER_CELL * n_columns)
        raise TooLarge(name, n_rows, fits)


def _is_nested(kind: Any) -> bool:
    import pyarrow as pa

    return bool(
        pa.types.is_nested(kind) or pa.types.is_binary(kind) or pa.types.is_large_binary(kind)
    )


def text_of(column: Any) -> Any:
    """Return a pyarrow array of any type as strings, an empty one where there is no value."""
    import pyarrow as pa
    import pyarrow.compute as pc

    kind = column.type
    if pa.types.is_dictionary(kind):
        column = column.dictionary_decode()
        kind = column.type
    if pa.types.is_boolean(kind):
        words = pa.array(["FALSE", "TRUE"], pa.string())
        column = words.take(column.cast(pa.int8()))
    elif pa.types.is_floating(kind):
        wide = column.cast(pa.float32()) if pa.types.is_float16(kind) else column
        text = pc.cast(wide, pa.string())
        column = pc.if_else(pc.is_nan(wide), pa.scalar("", pa.string()), text)
    elif _is_nested(kind) or not _casts(kind):
        column = pa.array([None if v is None else str(v) for v in column.to_pylist()], pa.string())
    text = column if column.type == pa.string() else pc.cast(column, pa.string())
    return pc.fill_null(text, "")


def _casts(kind: Any) -> bool:
    import pyarrow as pa

    known = (
        pa.types.is_integer,
        pa.types.is_floating,
        pa.types.is_string,
        pa.types.is_large_string,
        pa.types.is_date,
        pa.types.is_timestamp,
        pa.types.is_time,
        pa.types.is_decimal,
    )
    return any(is_kind(kind) for is_kind in known)
