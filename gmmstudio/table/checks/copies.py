"""Rows that repeat others cell by cell, where a column that names the rows says that they do."""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from gmmstudio.table.checks.finding import Finding, rows_words
from gmmstudio.table.checks.sampling import BoolArray
from gmmstudio.table.table import Column, Table

NAMES_ROWS = 0.9
"""From so many different values per row on, a column may name the rows …"""

SPREAD = 1.5
"""… if its whole numbers are no farther apart than so many rows, or it is called an ID."""

MOST_KEYS = 20
_FEWEST_ROWS = 20
_CALLED = re.compile(r"(?i)(?:^|[^a-z])(?:id|nr|no|key|case|subject)(?:$|[^a-z])|ID$|Id$")


def copied_rows(table: Table, kept: BoolArray | None) -> Finding | None:
    """Find rows whose every cell is that of an earlier row.

    Without a column that names the rows, equal rows are equal measurements of different things.
    """
    if table.blank or table.n_rows < _FEWEST_ROWS or len(table.columns) < 2:
        return None
    keys = [column for column in table.columns if _may_name_rows(column, table.n_rows)]
    for key in keys[:MOST_KEYS]:
        earlier, later = _repeated(key, kept)
        for column in table.columns:
            if not later.size:
                break
            same = _equal_cells(column, earlier, later)
            earlier, later = earlier[same], later[same]
        if later.size:
            return _finding(np.sort(later), key)
    return None


def _may_name_rows(column: Column, n_rows: int) -> bool:
    n = n_rows - column.n_missing
    if column.kind not in ("id", "text", "number") or n < _FEWEST_ROWS:
        return False
    if not NAMES_ROWS * n <= column.n_distinct < n:
        return False
    if column.values is None or column.kind == "id":
        return True
    values = column.values[np.isfinite(column.values)]
    numbered = float(values.max() - values.min()) < SPREAD * n or _CALLED.search(column.name)
    return bool(numbered) and bool((values == np.floor(values)).all())


def _repeated(key: Column, kept: BoolArray | None) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return pairs of rows that have the same name: the first with it, and each later one."""
    import pyarrow.compute as pc

    codes = pc.index_in(key.cells, value_set=pc.unique(key.cells)).to_numpy().astype(np.int64)
    rows = np.arange(len(codes)) if kept is None else np.flatnonzero(kept)
    _, first, back = np.unique(codes[rows], return_index=True, return_inverse=True)
    earlier = rows[first[back]]
    later = earlier != rows
    return earlier[later], rows[later]


def _equal_cells(column: Column, a: NDArray[np.int64], b: NDArray[np.int64]) -> BoolArray:
    import pyarrow.compute as pc

    same: BoolArray = np.asarray(pc.equal(column.cells.take(a), column.cells.take(b)))
    return same


def _finding(rows: NDArray[np.int64], key: Column) -> Finding:
    repeat, each = ("repeats", "its") if rows.size == 1 else ("repeat", "their")
    return Finding(
        "copied-rows",
        "look",
        (),
        f"{rows_words(rows.size)} {repeat} an earlier row in every cell, {each} “{key.name}” too "
        f"(first row {rows[0] + 1}): what was measured once would be counted twice.",
        f"{rows_words(rows.size)} {repeat} others",
        rows,
    )
