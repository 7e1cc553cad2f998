"""Columns out as Parquet: typed, compressed."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

import numpy as np

from gmmstudio.table.atomic import Writer
from gmmstudio.table.column_types import (
    LARGEST_WHOLE,
    ColumnKind,
    column_kinds,
    is_whole,
    typed,
)
from gmmstudio.table.numbers import Rules, missing_words
from gmmstudio.table.packing import Stream
from gmmstudio.table.table import Column, Table


class ParquetSink:
    """Writes row groups of typed columns, compressed by Zstandard.

    What the file says ``about`` itself stands in its metadata, under "gmmstudio", as JSON. What the
    source says of a column, of the first which are ``originals``, stands in the metadata of its
    field: "description", and "value_labels" as JSON.
    """

    def __init__(
        self,
        file: Writer,
        names: Sequence[str],
        types: Sequence[Any],
        about: Sequence[tuple[str, str]] = (),
        originals: Sequence[Column] = (),
    ) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        fields = list(map(pa.field, names, types))
        for j, column in enumerate(originals):
            if told := _told(column):
                fields[j] = fields[j].with_metadata(told)
        self._schema = pa.schema(fields)
        if about:
            said = json.dumps(dict(about), ensure_ascii=False)
            self._schema = self._schema.with_metadata({"gmmstudio": said})
        self._file = pa.PythonFile(Stream(file), mode="w")
        self._writer = pq.ParquetWriter(self._file, self._schema, compression="zstd")

    def put(self, arrays: Sequence[Any]) -> None:
        """Append a row group."""
        import pyarrow as pa

        self._writer.write_table(pa.table(list(arrays), schema=self._schema))

    def close(self) -> None:
        """Write the footer."""
        self._writer.close()
        self._file.flush()


class TypedColumns:
    """The original columns with the type that was found: whole numbers, numbers, text.

    Numerals that are names, such as 00137, are text. Cells without a value are null; in a column of
    text only the empty ones are.
    """

    def __init__(self, table: Table) -> None:
        self._table = table
        used = table.settings
        words = missing_words(used.missing)
        self._rules = Rules(table.dialect.decimal, used.thousands or "", words)
        self._kinds = column_kinds(table)
        self._types = [
            _type(column, kind) for column, kind in zip(table.columns, self._kinds, strict=True)
        ]

    @property
    def types(self) -> list[Any]:
        """The pyarrow type of each."""
        return list(self._types)

    def cells(self, first: int, last: int) -> list[Any]:
        """Return the rows first to last as pyarrow arrays."""
        return [
            typed(column.cells.slice(first, last - first).combine_chunks(), kind)
            if kind != "number"
            else self._numbers(column, first, last, chosen)
            for column, kind, chosen in zip(
                self._table.columns, self._kinds, self._types, strict=True
            )
        ]

    def _numbers(self, column: Column, first: int, last: int, chosen: Any) -> Any:
        import pyarrow as pa

        assert column.values is not None
        values = column.values[first:last]
        if column.n_infinite:
            values = self._with_infinite(column, values.copy(), first)
        gaps = np.isnan(values)
        if pa.types.is_integer(chosen):
            return pa.array(np.where(gaps, 0.0, values).astype(np.int64), mask=gaps)
        return pa.array(values, pa.float64(), mask=gaps)

    def _with_infinite(self, column: Column, values: Any, first: int) -> Any:
        """Put back what is infinite, or too large for a double."""
        number = re.compile(self._rules.number(), re.ASCII)
        for place in np.flatnonzero(np.isnan(values)):
            text = column.cells[first + int(place)].as_py().strip()
            if text not in self._rules.missing and number.match(text):
                values[place] = self._rules.value(text)
        return values


def column_names(headers: Sequence[str], screen_names: Sequence[str]) -> list[str]:
    """Return the headers, but screen names for those that are empty or repeat."""
    repeats = {header for header in headers if headers.count(header) > 1}
    return [
        screen if not header.strip() or header in repeats else header
        for header, screen in zip(headers, screen_names, strict=True)
    ]


def _told(column: Column) -> dict[str, str]:
    """Return what the source says of a column and of its values."""
    told = {"description": column.description} if column.description else {}
    if column.value_labels:
        told["value_labels"] = json.dumps(dict(column.value_labels), ensure_ascii=False)
    return told


def _type(column: Column, kind: ColumnKind) -> Any:
    """Return the type of a column; whole numbers are such where all are written so."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if kind != "number":
        return typed(pa.array([], pa.string()), kind).type
    if not is_whole(column) or float(np.nanmax(np.abs(column.values))) > LARGEST_WHOLE:  # type: ignore[arg-type]
        return pa.float64()
    marked = pc.any(pc.match_substring_regex(column.cells, r"\d[.,eE]")).as_py()
    return pa.float64() if marked else pa.int64()
