"""What a fit adds to the table on screen: cluster, probability, log-density, outlier, note."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from gmmstudio.document.assignment import Assignment, filled_notes
from gmmstudio.document.document import Document, FitRecord
from gmmstudio.table.preparation import missing_note
from gmmstudio.table.table import Table
from gmmstudio.ui.views.convergence.curve import fixed
from gmmstudio.ui.views.scatter.text import probability_text
from gmmstudio.ui.views.table.row_order import SortKey, as_numbers

CLUSTER, PROBABILITY, DENSITY, OUTLIER, NOTE = range(5)
HEADERS = ("cluster", "probability", "log-density", "outlier", "note")
TIPS = (
    "The cluster this row most probably belongs to",
    "How probably it belongs to that cluster, 100 % at most",
    "Logarithm of the mixture's density at this row, in the units of the columns:\n"
    "the lower, the more unusual the row",
    "Whether the rule of step 3 marks this row",
    "Why a row has no cluster, or which of its cells were filled in",
)
EXCLUDED = "excluded"


@dataclass(frozen=True, eq=False)
class FitColumns:
    """The answers of one fit for the rows of its table; empty cells until they are worked out."""

    document: Document
    record: FitRecord
    assignment: Assignment | None
    outliers: NDArray[np.bool_] | None

    def place(self, row: int) -> int | None:
        """Return where a table row stands among the fitted ones; None if it does not."""
        if self.assignment is None:
            return None
        rows = self.assignment.rows
        place = int(np.searchsorted(rows, row))
        return place if place < len(rows) and rows[place] == row else None

    def identity(self, row: int) -> int | None:
        """Return the identity of a row's cluster; None where it has none."""
        place = self.place(row)
        if place is None or self.assignment is None:
            return None
        return self.record.identities[int(self.assignment.labels[place])]

    def text(self, row: int, which: int) -> str:
        """Return what a cell shows."""
        if self.assignment is None:
            return "…"
        place = self.place(row)
        if which == NOTE:
            return self._filled.get(row, "") if place is not None else self._note(row)
        if place is None:
            return ""
        if which == CLUSTER:
            identity = self.record.identities[int(self.assignment.labels[place])]
            return self.document.cluster_name(identity)
        if which == PROBABILITY:
            return probability_text(float(self.assignment.max_probability[place]))
        if which == DENSITY:
            return fixed(float(self.assignment.log_density[place]), 3)
        return "✕ outlier" if self.is_outlier(place) else ""

    def copied(self, rows: NDArray[np.integer]) -> list[list[str]]:
        """Return what is copied of some rows, column by column: numbers in full."""
        found = self.assignment
        if found is None or not len(rows):
            return [[""] * len(rows) for _ in HEADERS]
        at = np.minimum(np.searchsorted(found.rows, rows), max(found.n_rows - 1, 0))
        there = found.rows[at] == rows if found.n_rows else np.zeros(len(rows), dtype=bool)
        at = at[there]
        names = [self.document.cluster_name(identity) for identity in self.record.identities]
        marked = np.zeros(len(at), dtype=bool) if self.outliers is None else self.outliers[at]
        answers = (
            [names[label] for label in found.labels[at].tolist()],
            [repr(value) for value in found.max_probability[at].tolist()],
            [repr(value) for value in found.log_density[at].tolist()],
            ["true" if mark else "false" for mark in marked.tolist()],
        )
        places = np.flatnonzero(there).tolist()
        columns = []
        for words in answers:
            column = [""] * len(rows)
            for place, word in zip(places, words, strict=True):
                column[place] = word
            columns.append(column)
        notes = [self._filled.get(row, "") for row in rows.tolist()]
        for place in np.flatnonzero(~there).tolist():
            notes[place] = self._note(int(rows[place]))
        return [*columns, notes]

    def is_outlier(self, place: int) -> bool:
        """Tell whether the fitted row at a place is marked."""
        return (
            self.outliers is not None and place < len(self.outliers) and bool(self.outliers[place])
        )

    @cached_property
    def _filled(self) -> dict[int, str]:
        table, found = self.document.table, self.assignment
        if table is None or found is None:
            return {}
        return filled_notes(table, self.record.preparation, found.sample)

    def _note(self, row: int) -> str:
        if row in self.record.preparation.excluded:
            return EXCLUDED
        table = self.document.table
        return "" if table is None else missing_note(table, self.record.preparation, row)

    def sort_key(self, table: Table, which: int) -> SortKey:
        """Return what sorts the rows by one of these columns."""
        found, n = self.assignment, table.n_rows
        if found is None:
            return SortKey()
        if which == CLUSTER:
            identities = np.array(self.record.identities, float)
            return SortKey(as_numbers(n, found.rows, identities[found.labels]))
        if which == PROBABILITY:
            return SortKey(as_numbers(n, found.rows, found.max_probability))
        if which == DENSITY:
            return SortKey(as_numbers(n, found.rows, found.log_density))
        if which == OUTLIER:
            marked = self.outliers
            if marked is None:
                return SortKey(np.full(n, np.nan))
            return SortKey(as_numbers(n, found.rows[marked], np.ones(int(marked.sum()))))
        noted = np.full(n, np.nan)
        noted[found.skipped] = 1.0
        noted[found.excluded] = 0.0
        return SortKey(noted)
