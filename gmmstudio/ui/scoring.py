"""Labels of every row under the active fit, and its outliers: computed off the GUI thread."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from gmmstudio.document.assignment import Assignment, assign, outliers
from gmmstudio.document.document import FitRecord
from gmmstudio.fitting.labeller import Latest
from gmmstudio.mixture.outliers import OutlierRule
from gmmstudio.table.fitted import column_names
from gmmstudio.table.table import Table
from gmmstudio.ui.jobs import SampleStore
from gmmstudio.ui.stage import Shown, Stage

_KEPT = 3


class Scoring:
    """Keeps the stage's assignment and outliers those of the active record."""

    def __init__(
        self, stage: Stage, store: SampleStore, tell: Callable[[Exception | None], None]
    ) -> None:
        self._stage = stage
        self._tell = tell
        self._store = store
        self._latest: Latest[Assignment] = Latest("gmmstudio-assignment")
        self._number = 0
        self._asked: tuple[int, Table, FitRecord] | None = None
        self._held: list[tuple[Table, FitRecord, Assignment]] = []
        self._table: Table | None = None
        self._record: FitRecord | None = None
        self._rule = OutlierRule()
        self._final: Shown | None = None
        self._base: tuple[Assignment, Shown] | None = None  # the frame without its outliers

    @property
    def busy(self) -> bool:
        """Whether there is anything to poll."""
        return self._asked is not None

    @property
    def final(self) -> Shown | None:
        """The active record's own frame, labels of every row; None until they are there."""
        return self._final

    def want(self, table: Table | None, record: FitRecord | None, rule: OutlierRule) -> None:
        """Say which record is active, and which rule marks its outliers."""
        self._rule = rule
        self._asked = None
        self._final = None
        self._table, self._record = table, record
        if table is None or record is None:
            self._held, self._base = [], None
            self._put(None)
            return
        known = next((held for t, r, held in self._held if t is table and r is record), None)
        if known is not None:
            self._put(known)
            return
        self._put(None)
        self._number += 1
        self._asked = self._number, table, record
        self._latest.put(self._number, lambda stop: self._assign(table, record, stop))

    def set_rule(self, rule: OutlierRule) -> bool:
        """Apply another outlier rule; return whether there is a new final frame."""
        self._rule = rule
        if self._stage.assignment is None:
            return False
        self._put(self._stage.assignment)
        return True

    def poll(self) -> bool:
        """Take the answer; return whether the assignment has just arrived."""
        answer = self._latest.answer
        if self._asked is None or answer is None or answer.number != self._asked[0]:
            return False
        _, table, record = self._asked
        self._asked = None
        if answer.value is None:
            self._tell(answer.error)
            return False
        self._held = [*self._held, (table, record, answer.value)][-_KEPT:]
        self._put(answer.value)
        return True

    def close(self) -> None:
        """End the thread."""
        self._asked = None
        self._latest.close()

    def _assign(self, table: Table, record: FitRecord, stop) -> Assignment:
        sample = self._store.get(table, record.preparation)
        return assign(table, record, sample=sample, should_stop=stop)

    def _put(self, assignment: Assignment | None) -> None:
        table, record = self._table, self._record
        if assignment is None or table is None or record is None:
            self._stage.put_assignment(None)
            self._stage.put_outliers(None)
            return
        marked = outliers(assignment, self._rule)
        if self._base is None or self._base[0] is not assignment:
            self._base = assignment, _final(table, record, assignment)
        outlier = np.zeros(table.n_rows, dtype=bool)
        outlier[assignment.rows] = marked.mask
        outlier.flags.writeable = False
        self._final = replace(self._base[1], outlier=outlier)
        self._stage.put_assignment(assignment)
        self._stage.put_outliers(marked)


def _final(table: Table, record: FitRecord, assignment: Assignment) -> Shown:
    """Spread the sample's labels over all rows of the table."""
    labels = np.full(table.n_rows, -1, dtype=np.int32)
    probability = np.zeros(table.n_rows, dtype=np.float32)
    labels[assignment.rows] = assignment.labels
    probability[assignment.rows] = assignment.max_probability
    for array in (labels, probability):
        array.flags.writeable = False
    fit = record.fit
    attempts = [fit.attempt, *(track.attempt for track in record.tracks)]
    return Shown(
        parameters=fit.parameters,
        structure=fit.structure,
        identities=record.identities,
        iteration=fit.n_iterations,
        last_iteration=fit.n_iterations,
        attempt=fit.attempt,
        n_attempts=max(len(fit.attempts), *attempts),
        n_rows=fit.n_rows,
        log_likelihood=fit.log_likelihood,
        live=False,
        final=True,
        preparation=record.preparation,
        column_names=column_names(table, record.preparation),
        rows=None,
        labels=labels,
        max_probability=probability,
    )
