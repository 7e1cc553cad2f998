"""The very lines of the source, with the new columns at their ends."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gmmstudio.table.atomic import Writer
from gmmstudio.table.formulas import Formulas, like_formulas
from gmmstudio.table.source_lines import SourceLines
from gmmstudio.table.table import Dialect
from gmmstudio.table.text_out import MARKS, CellWriter, encoded, write_lines

_BESIDE = "GMM Studio"
"""Stands above or below new names where several lines name the columns: a blank could be taken for
one that belongs to the group before, or the line for no line of names."""


class SourceSink:
    """Writes the lines of the source, new cells after the old ones; what is between them stays.

    Where only some rows are wanted, the lines above the table and the names stay, and of what
    stands between the rows only their line endings.

    Parameters
    ----------
    file
        Where to.
    dialect
        Of the source.
    lines
        Of the source.
    names
        Of all columns, the new ones last.
    n_found
        How many of the columns are the source's.
    formulas
        Whether text that begins like a formula is kept.
    numbers
        Which columns hold numbers though they come as text.
    only : (n,) bool, optional
        Which rows are wanted, where it is not all.
    """

    def __init__(
        self,
        file: Writer,
        dialect: Dialect,
        lines: SourceLines,
        names: Sequence[str],
        n_found: int,
        formulas: Formulas = "keep",
        numbers: Collection[int] = (),
        only: NDArray[np.bool_] | None = None,
    ) -> None:
        import pyarrow as pa

        self._file, self._dialect, self._lines = file, dialect, lines
        self._n_found, self._formulas, self._numbers = n_found, formulas, numbers
        self._cells = CellWriter(dialect, formulas)
        self._whole = only is None
        n = lines.starts.size - lines.n_names
        self._rows = lines.n_names + (np.arange(n) if only is None else np.flatnonzero(only))
        self._at = 0
        gap = "" if dialect.delimiter != " " else '""'
        most = int(lines.lacking.max(initial=0))
        lacks = [(self._cells.between + gap) * k for k in range(most + 1)]
        self._lacks = pa.array(lacks, pa.string())
        if dialect.bom:
            file.write(MARKS[dialect.encoding])
        file.write(encoded(lines.above.decode(), dialect.encoding, "the table"))
        self._begin(list(names))

    def _begin(self, names: list[str]) -> None:
        """Write the names: the new ones in one of the records of names, and where that repeats."""
        import pyarrow as pa

        if not self._lines.n_names:
            cells = [self._cells.text(pa.array([name], pa.string())) for name in names]
            self._write(self._joined(cells), pa.array([self._dialect.line_ending], pa.string()))
            return
        named = self._lines.names
        # Names stand above units, but below what groups them.
        own = named[-1 if "" in named[0] else 0]
        new = [
            pa.array([name if cells == own else _BESIDE for cells in named], pa.string())
            for name in names[self._n_found :]
        ]
        old = [pa.array(column, pa.string()) for column in zip(*self._lines.names, strict=True)]
        self._put(np.arange(self._lines.n_names), [*old, *new])

    def put(self, arrays: Sequence[Any]) -> None:
        """Append the next rows that are wanted."""
        rows = self._rows[self._at : self._at + len(arrays[0])]
        self._at += rows.size
        self._put(rows, arrays)

    def close(self) -> None:
        """Nothing comes last: the last line ends as it did."""

    def _put(self, records: NDArray[np.int64], arrays: Sequence[Any]) -> None:
        import pyarrow as pa
        import pyarrow.compute as pc

        first, last = int(records[0]), int(records[-1]) + 1
        lines, follow = self._lines.between(first, last)
        if records.size < last - first:
            at = pa.array(records - first)
            lines, follow = lines.take(at), follow.take(at)
        lines, follow = lines.cast(pa.string()), follow.cast(pa.string())
        if not self._whole:
            follow = pc.replace_substring_regex(follow, r"(?s)^(\r\n|\r|\n|).*", r"\1")
        lacking = self._lines.lacking[records]
        if lacking.any():
            ends = self._lacks.take(pa.array(lacking))
            lines = pc.binary_join_element_wise(lines, ends, "")
        old = arrays[: self._n_found]
        changed = ~self._lines.kept[records]
        if self._formulas == "safe":
            for array in old:
                changed |= like_formulas(array).to_numpy(zero_copy_only=False)
        if changed.any():
            at = pa.array(np.flatnonzero(changed))
            cells = [
                self._cells.text(array.take(at), is_number=j in self._numbers)
                for j, array in enumerate(old)
            ]
            again = self._joined(cells)
            lines = pc.replace_with_mask(lines, pa.array(changed), again)
        new = [self._cells.text(array) for array in arrays[self._n_found :]]
        self._write(self._joined([lines, *new]), follow)

    def _joined(self, cells: Sequence[Any]) -> Any:
        import pyarrow.compute as pc

        return pc.binary_join_element_wise(*cells, self._cells.between)

    def _write(self, lines: Any, follow: Any) -> None:
        import pyarrow.compute as pc

        both = pc.binary_join_element_wise(lines, follow, "")
        write_lines(self._file, both, self._dialect.encoding)
