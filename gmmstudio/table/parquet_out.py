"""Columns out as Parquet: typed, compressed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from gmmstudio.table.atomic import Writer
from gmmstudio.table.numbers import is_missing
from gmmstudio.table.packing import Stream
from gmmstudio.table.table import Column, Table

_LARGEST_WHOLE = 2.0**53


class ParquetSink:
    """Writes row groups of typed columns, compressed by Zstandard."""

    def __init__(self, file: Writer, names: Sequence[str], types: Sequence[Any]) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        self._schema = pa.schema(list(zip(names, types, strict=True)))
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

    Cells without a value are null; in a column of text only the empty ones are.
    """

    def __init__(self, table: Table) -> None:
        self._table = table
        self._whole = [_is_whole(column) for column in table.columns]

    @property
    def types(self) -> list[Any]:
        """The pyarrow type of each."""
        import pyarrow as pa

        return [
            pa.string() if column.values is None else pa.int64() if whole else pa.float64()
            for column, whole in zip(self._table.columns, self._whole, strict=True)
        ]

    def cells(self, first: int, last: int) -> list[Any]:
        """Return the rows first to last as pyarrow arrays."""
        return [
            self._typed(column, first, last, whole=whole)
            for column, whole in zip(self._table.columns, self._whole, strict=True)
        ]

    def _typed(self, column: Column, first: int, last: int, *, whole: bool) -> Any:
        import pyarrow as pa
        import pyarrow.compute as pc

        if column.values is None:
            text = column.cells.slice(first, last - first).combine_chunks()
            return pc.if_else(pc.equal(text, ""), pa.scalar(None, pa.string()), text)
        values = column.values[first:last]
        if column.n_infinite:
            values = self._with_infinite(column, values.copy(), first)
        gaps = np.isnan(values)
        if whole:
            return pa.array(np.where(gaps, 0.0, values).astype(np.int64), mask=gaps)
        return pa.array(values, pa.float64(), mask=gaps)

    def _with_infinite(self, column: Column, values: Any, first: int) -> Any:
        """Put back what is infinite, or too large for a double."""
        for place in np.flatnonzero(np.isnan(values)):
            text = column.cells[first + int(place)].as_py()
            if not is_missing(text):
                values[place] = float(text.strip().replace(self._table.dialect.decimal, "."))
        return values


def column_names(headers: Sequence[str], screen_names: Sequence[str]) -> list[str]:
    """Return the headers, but screen names for those that are empty or repeat."""
    repeats = {header for header in headers if headers.count(header) > 1}
    return [
        screen if not header.strip() or header in repeats else header
        for header, screen in zip(headers, screen_names, strict=True)
    ]


def _is_whole(column: Column) -> bool:
    """Whether all numbers of a column are written as whole ones and can be."""
    import pyarrow.compute as pc

    values = column.values
    if values is None or column.n_infinite or column.n_missing == len(values):
        return False
    known = values[~np.isnan(values)]
    if not (np.abs(known).max() <= _LARGEST_WHOLE and (known == np.rint(known)).all()):
        return False
    return not pc.any(pc.match_substring_regex(column.cells, r"\d[.,eE]")).as_py()
