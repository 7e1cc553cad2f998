"""Short ways to make and look at tables."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from gmmstudio.table import Labels, Table, read


def write(folder: Path, text: str | bytes, name: str = "t.csv") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
    return path


def read_bytes(folder: Path, text: str | bytes, name: str = "t.csv") -> Table:
    return read(write(folder, text, name))


def headers(table: Table) -> list[str]:
    return [column.header for column in table.columns]


def names(table: Table) -> list[str]:
    return [column.name for column in table.columns]


def rows(table: Table) -> list[list[str]]:
    """The original cells, row by row."""
    return [list(row) for row in zip(*[c.cells.to_pylist() for c in table.columns], strict=True)]


def kinds(table: Table) -> list[str]:
    return [column.kind for column in table.columns]


def noticed(table: Table, *words: str) -> bool:
    """Whether one notice has all these words."""
    return any(all(word in notice for word in words) for notice in table.notices)


def labels_for(
    table: Table,
    which: np.ndarray | None = None,
    names: tuple[str, ...] = ("Cluster A", "Cluster B"),
) -> Labels:
    """Made-up labels for some rows (all if None); the others are noted as excluded."""
    known = np.arange(table.n_rows) if which is None else np.asarray(which)
    n, k = known.size, len(names)
    rng = np.random.default_rng(1)
    p = rng.dirichlet(np.ones(k), n)
    missing = set(range(table.n_rows)) - set(known.tolist())
    return Labels(
        n_components=k,
        names=names,
        rows=known,
        labels=p.argmax(axis=1),
        max_probability=p.max(axis=1),
        log_density=rng.normal(-5, 1, n),
        squared_mahalanobis=rng.chisquare(2, n),
        outlier=rng.random(n) < 0.3,
        probabilities=lambda a, b: p[a:b],
        notes=dict.fromkeys(missing, "excluded"),
    )
