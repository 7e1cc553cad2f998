"""Which rows are in another cluster once a fit of Choose K is opened: they are selected."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Slot

from gmmstudio.document.assignment import Assignment
from gmmstudio.document.document import FitRecord
from gmmstudio.document.session import Session
from gmmstudio.ui.stage import Stage


class ChangedRows(QObject):
    """Compares the fit shown before with the one opened, when the rows of that are labelled."""

    def __init__(self, session: Session, stage: Stage, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session, self._stage = session, stage
        self._before: tuple[FitRecord, Assignment] | None = None
        self._opened = False
        stage.assignment_changed.connect(self._look)
        stage.state_changed.connect(self._look)

    def shutdown(self) -> None:
        """Let go of the stage."""
        self._stage.assignment_changed.disconnect(self._look)
        self._stage.state_changed.disconnect(self._look)

    @Slot()
    def remember(self) -> None:
        """Keep the fit on the screen: another one is about to be opened."""
        record, assignment = self._session.document.record, self._stage.assignment
        self._opened = False
        if self._before is None and record is not None and assignment is not None:
            self._before = record, assignment

    @Slot()
    def compare(self) -> None:
        """Compare with the fit that is open now, as soon as its rows are labelled."""
        record = self._session.document.record
        if self._before is not None and record is self._before[0]:
            self._before = None  # it was open already
        self._opened = True
        self._look()

    @Slot()
    def _look(self) -> None:
        record, assignment = self._session.document.record, self._stage.assignment
        if not self._opened or self._before is None or record is self._before[0]:
            return
        if record is None or not _comparable(self._before[0], record):
            self._before = None
            return
        if assignment is None or self._stage.state in ("fitting", "paused"):
            return  # one that was looked at quickly is being fitted to the end
        (old, old_assignment), self._before = self._before, None
        rows = changed_rows(old, old_assignment, record, assignment)
        since = f"changed cluster since K = {old.fit.n_components}"
        self._stage.selection.choose(rows, words=since)


def _comparable(old: FitRecord, new: FitRecord) -> bool:
    return (
        old.table_id == new.table_id
        and old.preparation.measures == new.preparation.measures
        and old.fit.collapsed is None
        and new.fit.collapsed is None
    )


def changed_rows(
    old: FitRecord, before: Assignment, new: FitRecord, after: Assignment
) -> NDArray[np.int64]:
    """Return the table rows that both fits know and put into clusters of different identity."""
    was = np.array(old.identities)[before.labels]
    now = np.array(new.identities)[after.labels]
    rows = after.rows
    if not np.array_equal(before.rows, rows):
        rows, at_before, at_after = np.intersect1d(
            before.rows, rows, assume_unique=True, return_indices=True
        )
        was, now = was[at_before], now[at_after]
    return rows[was != now]
