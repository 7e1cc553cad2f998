"""What the model says in new columns: which there are, what they are called, their cells."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from gmmstudio.table.table import FloatArray

NewColumn = Literal[
    "cluster",
    "cluster_id",
    "probabilities",
    "uncertainty",
    "log_density",
    "mahalanobis",
    "outlier",
    "note",
]

ALL_NEW: tuple[NewColumn, ...] = get_args(NewColumn)
"""Every new column, in the order in which they stand; "probabilities" is one per cluster."""


@dataclass(frozen=True, eq=False)
class Labels:
    """What the model says about the rows it knows.

    Attributes
    ----------
    n_components
        K.
    names
        K names of clusters.
    rows
        int (n,): table rows that have a label, rising.
    labels
        int (n,): component of each, from 0.
    max_probability, log_density, squared_mahalanobis
        float64 (n,).
    outlier
        bool (n,).
    probabilities
        Called with a, b: gives the probabilities (b − a, K) of the labelled rows a to b.
    notes
        What else is to be said of a table row, as a rule why it has no label: by table row (a
        mapping, or a sequence as long as the table).
    """

    n_components: int
    names: tuple[str, ...]
    rows: NDArray[np.integer[Any]]
    labels: NDArray[np.integer[Any]]
    max_probability: FloatArray
    log_density: FloatArray
    squared_mahalanobis: FloatArray
    outlier: NDArray[np.bool_]
    probabilities: Callable[[int, int], FloatArray]
    notes: Mapping[int, str] | Sequence[str] | NDArray[Any] = field(default_factory=dict)

    @cached_property
    def noted(self) -> NDArray[np.int64]:
        """The table rows with a note, rising."""
        if isinstance(self.notes, Mapping):
            return np.sort(np.fromiter(self.notes, dtype=np.int64, count=len(self.notes)))
        return np.array([row for row, note in enumerate(self.notes) if note], dtype=np.int64)


def new_names(
    headers: Sequence[str], n_components: int, columns: Sequence[NewColumn] = ALL_NEW
) -> list[str]:
    """Return the names of the new columns; one that is taken gets a suffix (``note_2``)."""
    wanted: list[str] = []
    for column in ALL_NEW:
        if column not in columns:
            continue
        if column == "probabilities":
            wanted += (f"probability_{k}" for k in range(1, n_components + 1))
        else:
            wanted.append(column)
    taken = {header.strip() for header in headers}
    names = []
    for base in wanted:
        name, suffix = base, 2
        while name in taken:
            name, suffix = f"{base}_{suffix}", suffix + 1
        taken.add(name)
        names.append(name)
    return names


def new_cells(
    labels: Labels, first: int, last: int, columns: Sequence[NewColumn] = ALL_NEW
) -> list[Any]:
    """Return the new columns of the table rows first to last as pyarrow arrays.

    Text is string, numbers of clusters int64, marks bool, all else float64; null where the row
    has none.
    """
    import pyarrow as pa

    n = last - first
    a, b = (int(place) for place in np.searchsorted(labels.rows, (first, last)))
    at = labels.rows[a:b] - first
    unknown = np.ones(n, dtype=bool)
    unknown[at] = False

    def spread(values: NDArray[Any]) -> Any:
        full = np.zeros(n, dtype=values.dtype)
        full[at] = values
        missing = unknown if full.dtype.kind != "f" else unknown | np.isnan(full)
        return pa.array(full, mask=missing)

    own = np.asarray(labels.labels[a:b], dtype=np.int64)
    cells: list[Any] = []
    for column in ALL_NEW:
        if column not in columns:
            continue
        if column == "cluster":
            cells.append(pa.array(labels.names, pa.string()).take(spread(own)))
        elif column == "cluster_id":
            cells.append(spread(own + 1))
        elif column == "probabilities":
            given = labels.probabilities(a, b) if b > a else np.empty((0, labels.n_components))
            cells += (spread(given[:, k]) for k in range(labels.n_components))
        elif column == "uncertainty":
            cells.append(spread(1.0 - labels.max_probability[a:b]))
        elif column == "log_density":
            cells.append(spread(labels.log_density[a:b]))
        elif column == "mahalanobis":
            cells.append(spread(np.sqrt(labels.squared_mahalanobis[a:b])))
        elif column == "outlier":
            cells.append(spread(labels.outlier[a:b]))
        else:
            cells.append(_notes(labels, first, last))
    return cells


def _notes(labels: Labels, first: int, last: int) -> Any:
    import pyarrow as pa

    notes: list[str | None] = [None] * (last - first)
    a, b = np.searchsorted(labels.noted, (first, last))
    for row in labels.noted[a:b].tolist():
        notes[row - first] = str(labels.notes[row])
    return pa.array(notes, pa.string())
