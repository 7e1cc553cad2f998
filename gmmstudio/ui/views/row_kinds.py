"""Which rows of the table are in the fit, which are not, and which are outliers."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from gmmstudio.table.fitted import fitted_at_hand
from gmmstudio.table.preparation import Preparation
from gmmstudio.table.table import Table
from gmmstudio.ui.stage import Shown
from gmmstudio.ui.views.points.marks import APART, NORMAL, OUTLIER, Flags, Ints


class RowKinds:
    """Marks the rows that are not in a fit; remembers the last answer, which is often wanted."""

    def __init__(self) -> None:
        self._held: tuple[Table, tuple, Flags] | None = None

    def kinds(self, table: Table, fitted: Preparation, asked: Preparation) -> Flags:
        """Return NORMAL or APART for each row of the table, read-only.

        Apart are rows that lack a value of a fitted column, unless it is filled, and rows excluded
        by hand, from the fit shown or since then.
        """
        seen = fitted_at_hand(table, fitted)
        key = (fitted.columns, fitted.excluded, asked.excluded, seen)
        if self._held is None or self._held[0] is not table or self._held[1] != key:
            kinds = np.zeros(table.n_rows, np.uint8)
            for index in fitted.columns:
                column = seen.columns[index]
                if column.values is not None and column.n_missing:
                    kinds[~np.isfinite(column.values)] = APART
            kinds[np.fromiter(asked.excluded, np.int64, len(asked.excluded))] = APART
            if (excluded := fitted.excluded) is not asked.excluded:
                kinds[np.fromiter(excluded, np.int64, len(excluded))] = APART
            kinds.flags.writeable = False
            self._held = table, key, kinds
        return self._held[2]


def mark_outliers(kinds: Flags, shown: Shown | None) -> Flags | None:
    """Return the kinds with the outliers of a frame marked; None where all rows are normal."""
    if shown is not None and shown.outlier is not None and shown.outlier.any():
        marked = np.flatnonzero(shown.outlier)
        if shown.rows is not None:
            marked = shown.rows[marked]
        kinds = kinds.copy()
        kinds[marked[kinds[marked] == NORMAL]] = OUTLIER
    return kinds if kinds.any() else None


def count_among(chosen: Collection[int], rows: Ints, n_rows: int) -> int:
    """Count how many of the chosen rows are among `rows` of a table of `n_rows`."""
    if not chosen or len(rows) == n_rows:
        return len(chosen)
    return int(np.isin(np.fromiter(chosen, np.int64, len(chosen)), rows).sum())
