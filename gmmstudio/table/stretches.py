"""Columns laid end to end, so that one call into Arrow looks at many short ones.

A call costs some microseconds however few cells it is for, and to type a column takes dozens:
of a table of 20 000 columns and three rows that would be all there is to do.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

MOST_CELLS = 1 << 14
MOST_BYTES = 1 << 24


@dataclass(frozen=True, eq=False)
class Stretch:
    """Some columns of a table that stand side by side; a long one is a stretch of its own.

    Attributes
    ----------
    cells
        pyarrow ChunkedArray of strings (n_columns · n_rows,), one column after the other.
    first
        Index of the first column in the table.
    n_columns, n_rows
        How many there are, and how long they are.
    """

    cells: Any
    first: int
    n_columns: int
    n_rows: int

    @property
    def columns(self) -> range:
        """The indices of the columns in the table."""
        return range(self.first, self.first + self.n_columns)

    def holds(self, mark: str) -> bool:
        """Tell whether this mark stands in some cell."""
        import pyarrow.compute as pc

        return bool(pc.any(pc.match_substring(self.cells, mark)).as_py())

    def by_column(self, cells: NDArray[Any]) -> NDArray[Any]:
        """Return what is known of every cell as a view (n_columns, n_rows)."""
        return cells.reshape(self.n_columns, self.n_rows)

    def count(self, cells: NDArray[np.bool_]) -> NDArray[np.int64]:
        """Return of how many cells of each column (n_columns,) something is true."""
        counts: NDArray[np.int64] = np.count_nonzero(self.by_column(cells), axis=1)
        return counts

    def column(self, cells: Any, j: int) -> Any:
        """Return the part of pyarrow cells that belongs to the column number ``j`` of these."""
        return cells.slice(j * self.n_rows, self.n_rows)


def stretches(columns: Sequence[Any]) -> Iterator[Stretch]:
    """Lay columns of one length, pyarrow ChunkedArrays of strings, end to end.

    No stretch has more than some thousands of cells, or megabytes, unless a single column has.
    """
    import pyarrow as pa

    n_rows = len(columns[0]) if columns else 0
    most = max(1, MOST_CELLS // max(n_rows, 1))
    first = 0
    while first < len(columns):
        last = first + 1
        size = columns[first].nbytes
        while last < min(first + most, len(columns)):
            size += columns[last].nbytes
            if size > MOST_BYTES:
                break
            last += 1
        cells = columns[first]
        if last > first + 1:
            chunks = [chunk for column in columns[first:last] for chunk in column.chunks]
            cells = pa.chunked_array([pa.concat_arrays(chunks)] if chunks else [], pa.string())
        yield Stretch(cells, first, last - first, n_rows)
        first = last
