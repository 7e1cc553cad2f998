"""How many clusters can be asked for, and why not more."""

from __future__ import annotations

import numpy as np

from gmmstudio.document.document import Document
from gmmstudio.mixture.structures import largest_components, resolve, why_largest
from gmmstudio.table.fitted import fitted_at_hand
from gmmstudio.table.preparation import Preparation
from gmmstudio.table.table import Table
from gmmstudio.ui.panels.rows_used import GapCache, excluded_rows

MOST_CLUSTERS = 50
FEW_ROWS = 5_000  # up to here the rows that differ are counted, not all


class MostClusters:
    """The largest K of a document; counts the rows of a choice of columns once."""

    def __init__(self, cache: GapCache) -> None:
        self._cache = cache
        self._known: tuple[Table, Preparation, int] | None = None

    def __call__(self, document: Document) -> tuple[int, str]:
        """Return the largest K worth asking for, and why in a sentence."""
        table, preparation = document.table, document.preparation
        n_columns = len(preparation.columns)
        if table is None or not n_columns:
            return MOST_CLUSTERS, "One more"
        structure = resolve(document.spec.structure, n_columns)
        rows = self._rows(table, preparation)
        # Asked first: the largest K of a million rows would be counted down to.
        if structure.least_rows_in_all(MOST_CLUSTERS, n_columns) <= rows:
            return (
                MOST_CLUSTERS,
                f"At most {MOST_CLUSTERS} clusters: more cannot be told apart on the screen.",
            )
        most = largest_components(structure, rows, n_columns)
        return min(most, MOST_CLUSTERS), why_largest(structure, rows, n_columns)

    def _rows(self, table: Table, preparation: Preparation) -> int:
        known = self._known
        if known is None or known[0] is not table or known[1] != preparation:
            used = self._cache.count(table, preparation).used
            rows = distinct_rows(table, preparation) if used <= FEW_ROWS else used
            self._known = known = (table, preparation, rows)
        return known[2]


def distinct_rows(table: Table, preparation: Preparation) -> int:
    """Count the different rows among those that take part and count for something."""
    seen = fitted_at_hand(table, preparation)
    columns = [seen.columns[index].values for index in preparation.columns]
    weights = None if preparation.weights is None else table.columns[preparation.weights].values
    keep = ~excluded_rows(table, preparation)
    for values in columns:
        if values is not None:
            keep &= np.isfinite(values)
    if weights is not None:
        keep &= np.isfinite(weights) & (weights > 0)
    x = np.column_stack([values[keep] for values in columns if values is not None])
    return len(np.unique(x, axis=0))
