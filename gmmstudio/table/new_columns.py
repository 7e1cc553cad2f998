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

MEANINGS: dict[NewColumn, str] = {
    "cluster": "The name of the cluster that the row most probably belongs to",
    "cluster_id": "The number of that cluster: 1 for the first, 2 for the second, …",
    "probabilities": "The probability that the row belongs to the cluster{cluster}",
    "uncertainty": "1 minus the largest probability: 0 is certain",
    "log_density": "How likely the model finds such a row (natural logarithm); low means unusual",
    "mahalanobis": "Mahalanobis distance to its own cluster: in standard deviations",
    "outlier": "Whether the rule for outliers marks the row",
    "note": "Why a row has no label: a missing value, or excluded by hand",
}


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
    caution
        What is to be known before anything is concluded from them; "" where nothing is.
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
    caution: str = ""

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
    wanted = [
        column if k is None else f"probability_{k + 1}"
        for column, k in new_columns_of(n_components, columns)
    ]
    taken = {header.strip() for header in headers}
    names = []
    for base in wanted:
        name, suffix = base, 2
        while name in taken:
            name, suffix = f"{base}_{suffix}", suffix + 1
        taken.add(name)
        names.append(name)
    return names


def new_columns_of(
    n_components: int, columns: Sequence[NewColumn] = ALL_NEW
) -> list[tuple[NewColumn, int | None]]:
    """Return the new columns as they stand, those of one cluster with its number from 0."""
    found: list[tuple[NewColumn, int | None]] = []
    for column in ALL_NEW:
        if column == "probabilities" and column in columns:
            found += ((column, k) for k in range(n_components))
        elif column in columns:
            found.append((column, None))
    return found


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
