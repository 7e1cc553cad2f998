"""Labels of some rows under several models, found beside the GUI thread."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QTimer, Signal, Slot

from gmmstudio.fitting.labeller import Latest
from gmmstudio.mixture.fit import Fit
from gmmstudio.table.preparation import Preparation
from gmmstudio.table.table import Table
from gmmstudio.ui.jobs import IntArray, RowLabels, SampleStore, ShouldStop, column_names
from gmmstudio.ui.stage import Shown

_POLL_MS = 15


@dataclass(frozen=True, eq=False)
class Labels:
    """What a fit says of rows.

    Attributes
    ----------
    fit, rows
        The fit, and the rows of the table (m,).
    labels, max_probability : (m,)
        Component, −1 outside the fit, and its probability.
    """

    fit: Fit
    rows: IntArray
    labels: NDArray[np.int32]
    max_probability: NDArray[np.float32]


class ShapeLabels(QObject):
    """Labels the rows wanted last under the fits wanted last; each is done once.

    Attributes
    ----------
    ready : Signal
        There are more labels.
    """

    ready = Signal()

    def __init__(self, store: SampleStore, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._held: tuple[Labels, ...] = ()
        self._asked: tuple[tuple[Fit, ...], IntArray] | None = None
        self._number = 0
        self._worker: Latest[tuple[Labels, ...]] = Latest("gmmstudio-shapes")
        self._timer = QTimer(self)
        self._timer.setInterval(_POLL_MS)
        self._timer.timeout.connect(self._poll)

    def of(self, fit: Fit, rows: IntArray) -> Labels | None:
        """Return the labels of rows under a fit; None while they are not there."""
        return next((h for h in self._held if h.fit is fit and h.rows is rows), None)

    def ask(
        self, table: Table, preparation: Preparation, fits: Sequence[Fit], rows: IntArray
    ) -> None:
        """Ask for the labels of rows under fits; those of others are let go."""
        self._held = tuple(h for h in self._held if h.rows is rows and h.fit in fits)
        missing = tuple(fit for fit in fits if self.of(fit, rows) is None)
        if self._asked is not None and self._timer.isActive():
            before, of = self._asked
            if of is rows and before == missing:
                return
        self._number += 1
        self._timer.stop()
        if not missing:
            return
        self._asked = missing, rows
        label = RowLabels(table, preparation, self._store)

        def work(should_stop: ShouldStop) -> tuple[Labels, ...]:
            return tuple(
                Labels(fit, rows, *label.label(fit.parameters, rows, should_stop))
                for fit in missing
            )

        self._worker.put(self._number, work)
        self._timer.start()

    def forget(self) -> None:
        """Let what was asked for never arrive."""
        self._number += 1
        self._timer.stop()

    def shut_down(self) -> None:
        """End timer and thread."""
        self.forget()
        self._worker.close()

    @Slot()
    def _poll(self) -> None:
        answer = self._worker.answer
        if answer is not None and answer.number == self._number:
            self._timer.stop()
            if answer.value is not None:  # else the points stay grey, and the log says why
                self._held += answer.value
                self.ready.emit()


def frame_of(
    table: Table, preparation: Preparation, labels: Labels, identities: tuple[int, ...]
) -> Shown:
    """Return a fit as the views show one."""
    fit = labels.fit
    return Shown(
        parameters=fit.parameters,
        structure=fit.structure,
        identities=identities,
        iteration=fit.n_iterations,
        last_iteration=fit.n_iterations,
        attempt=fit.attempt,
        n_attempts=len(fit.attempts),
        n_rows=fit.n_rows,
        log_likelihood=fit.log_likelihood,
        live=False,
        final=True,
        preparation=preparation,
        column_names=column_names(table, preparation),
        rows=labels.rows,
        labels=labels.labels,
        max_probability=labels.max_probability,
    )
