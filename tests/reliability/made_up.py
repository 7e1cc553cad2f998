"""Labels for any table, made up; and its cells as text."""

from __future__ import annotations

import numpy as np

from gmmstudio.table import Labels, Table


def labels_for(table: Table, seed: int) -> Labels:
    """Made-up labels for most rows; their columns are judged elsewhere."""
    rng = np.random.default_rng(seed)
    rows = np.flatnonzero(rng.random(table.n_rows) < 0.9)
    p = rng.dirichlet(np.ones(3), rows.size)
    return Labels(
        n_components=3,
        names=("Cluster A", "B, too", 'the "third"'),
        rows=rows,
        labels=p.argmax(axis=1),
        max_probability=p.max(axis=1) if rows.size else np.empty(0),
        log_density=rng.normal(-5, 1, rows.size),
        squared_mahalanobis=rng.chisquare(2, rows.size),
        outlier=rng.random(rows.size) < 0.3,
        probabilities=lambda a, b: p[a:b],
        notes=dict.fromkeys(set(range(table.n_rows)) - set(rows.tolist()), "excluded"),
    )


def cells_of(table: Table, n_columns: int) -> list[list[str]]:
    """Return the text of the first columns, row by row."""
    columns = [column.cells.to_pylist() for column in table.columns[:n_columns]]
    return [list(row) for row in zip(*columns, strict=True)]
