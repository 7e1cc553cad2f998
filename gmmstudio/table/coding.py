"""Columns as codes: the different values of a column, and which of them each row has."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from gmmstudio.table.numbers import is_missing
from gmmstudio.table.table import Column


def coded(
    column: Column, rows: NDArray[np.integer[Any]]
) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    """Return the code (n,) of each of these rows, −1 where missing, and the values coded."""
    import pyarrow as pa

    cells = column.cells.take(pa.array(rows))
    if isinstance(cells, pa.ChunkedArray):
        cells = cells.combine_chunks()
    encoded = cells.dictionary_encode()
    texts = [" ".join(text.split()) for text in encoded.dictionary.to_pylist()]
    values = sorted({text for text in texts if not is_missing(text)})
    code_of = {value: code for code, value in enumerate(values)}
    # Texts that differ in spaces only are one value.
    recode = np.array([code_of.get(text, -1) for text in texts], dtype=np.int64)
    return recode[encoded.indices.to_numpy()], tuple(values)


def levels(
    column: Column, rows: NDArray[np.integer[Any]]
) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    """Return `coded`, but numbers by their value: 1 and 1.0 are one, and 2 comes before 10."""
    if column.values is None or not column.is_number:
        return coded(column, rows)
    values = column.values[rows]
    known = np.isfinite(values)
    different, codes = np.unique(values[known], return_inverse=True)
    all_codes = np.full(len(rows), -1, dtype=np.int64)
    all_codes[known] = codes
    return all_codes, tuple(f"{value:.15g}" for value in different)
