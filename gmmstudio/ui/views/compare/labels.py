"""Labels of some rows under several models, found beside the GUI thread."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal, Slot

from gmmstudio.mixture.fit import Fit
from gmmstudio.table.fitted import column_names
from gmmstudio.table.preparation import Preparation
from gmmstudio.table.table import Table
from gmmstudio.ui.beside import Beside
from gmmstudio.ui.jobs import IntArray, RowLabels, SampleStore, ShouldStop
from gmmstudio.ui.stage import Shown


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
        self._beside = Beside("gmmstudio-shapes", self)  # if it fails the points stay grey
        self._beside.answered.connect(self._take)

    def of(self, fit: Fit, rows: IntArray) -> Labels | None:
        """Return the labels of rows under a fit; None while they are not there."""
        return next((h for h in self._held if h.fit is fit and h.rows is rows), None)

    def ask(
        self, table: Table, preparation: Preparation, fits: Sequence[Fit], rows: IntArray
    ) -> None:
        """Ask for the labels of rows under fits; those of others are let go."""
        self._held = tuple(h for h in self._held if h.rows is rows and h.fit in fits)
        missing = tuple(fit for fit in fits if self.of(fit, rows) is None)
        if self._asked is not None and self._beside.waits:
            before, of = self._asked
            if of is rows and before == missing:
                return
        self.forget()
        if not missing:
            return
        self._asked = missing, rows
        label = RowLabels(table, preparation, self._store)

        def work(should_stop: ShouldStop) -> tuple[Labels, ...]:
            return tuple(
                Labels(fit, rows, *label.label(fit.parameters, rows, should_stop))
                for fit in missing
            )

        self._beside.ask(work)

    def forget(self) -> None:
        """Let what was asked for never arrive."""
        self._beside.forget()

    def shut_down(self) -> None:
        """End timer and thread."""
        self._beside.shut_down()

    @Slot(object)
    def _take(self, found: tuple[Labels, ...]) -> None:
        self._held += found
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
