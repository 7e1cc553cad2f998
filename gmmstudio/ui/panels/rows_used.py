"""How many rows a choice of columns leaves, counted without making the sample."""

from __future__ import annotations

from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from gmmstudio.table.preparation import Preparation
from gmmstudio.table.table import Column, Table


@dataclass(frozen=True)
class RowsUsed:
    """Rows used, skipped for missing cells (and where), left out by hand; cells filled in."""

    used: int
    skipped: int
    excluded: int
    gaps: tuple[tuple[str, int], ...]  # column name and its missing cells among rows not excluded
    filled: int = 0


class GapCache:
    """Remembers the rows with a gap of each column, so that a tick costs one column."""

    def __init__(self) -> None:
        self._gaps: WeakKeyDictionary[Column, NDArray[np.int64]] = WeakKeyDictionary()
        self._ranges: WeakKeyDictionary[Column, tuple[float, float]] = WeakKeyDictionary()

    def gaps(self, column: Column) -> NDArray[np.int64]:
        """Return the rows (m,) in which the column has no finite value."""
        found = self._gaps.get(column)
        if found is None:
            if column.values is None or column.n_missing == 0:
                found = np.empty(0, dtype=np.int64)
            else:
                found = np.flatnonzero(~np.isfinite(column.values))
            self._gaps[column] = found
        return found

    def range(self, column: Column) -> tuple[float, float] | None:
        """Return the smallest and the largest value, None where there are none."""
        if column.values is None or column.n_missing == len(column.values):
            return None
        found = self._ranges.get(column)
        if found is None:
            found = (float(np.nanmin(column.values)), float(np.nanmax(column.values)))
            self._ranges[column] = found
        return found

    def count(self, table: Table, preparation: Preparation) -> RowsUsed:
        """Count the rows that a preparation uses and leaves out."""
        out = excluded_rows(table, preparation)
        n_excluded = int(out.sum())
        filling = preparation.missing != "skip"
        lacking = np.zeros(table.n_rows, dtype=np.int64)  # cells of the fit, by row
        skipped = np.zeros(table.n_rows, dtype=bool)
        names = []
        for index in preparation.required:
            column = table.columns[index]
            rows = self.gaps(column)
            if rows.size:
                here = int(np.count_nonzero(~out[rows]))
                if here:
                    names.append((column.name, here))
                if filling and index != preparation.weights:
                    lacking[rows] += 1
                else:
                    skipped[rows] = True
        skipped |= lacking == max(len(preparation.columns), 1)  # nothing of the row to keep
        skipped &= ~out
        filled = int(lacking[~out & ~skipped].sum())
        n_skipped = int(skipped.sum())
        used = table.n_rows - n_excluded - n_skipped
        return RowsUsed(used, n_skipped, n_excluded, tuple(names), filled)

    def lacking(self, table: Table, preparation: Preparation) -> NDArray[np.int64]:
        """Return the rows (m,) not excluded that lack a value in some column needed."""
        lacks = np.zeros(table.n_rows, dtype=bool)
        for index in preparation.required:
            lacks[self.gaps(table.columns[index])] = True
        return np.flatnonzero(lacks & ~excluded_rows(table, preparation))


def excluded_rows(table: Table, preparation: Preparation) -> NDArray[np.bool_]:
    """Tell of each row of the table (n,) whether it is left out by hand."""
    out = np.zeros(table.n_rows, dtype=bool)
    rows = np.fromiter(preparation.excluded, np.int64, len(preparation.excluded))
    out[rows[(rows >= 0) & (rows < table.n_rows)]] = True
    return out
