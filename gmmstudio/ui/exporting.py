"""Writing the labelled table: where to, in the background, and whether it was done already."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QWidget

from gmmstudio.document.assignment import assign
from gmmstudio.document.document import Document, FitRecord
from gmmstudio.document.session import Session
from gmmstudio.mixture.fit import Fit
from gmmstudio.report.export import export_labelled
from gmmstudio.ui.background import OneTask
from gmmstudio.ui.dialogs import files
from gmmstudio.ui.jobs import SampleStore
from gmmstudio.ui.preferences import Preferences
from gmmstudio.ui.stage import Stage

BoolArray = NDArray[np.bool_]


class Exporting(OneTask):
    """Exports the active fit, one export at a time, and remembers which fits were exported."""

    exported = Signal(object, object)  # the path; how many rows, None if all

    def __init__(
        self,
        session: Session,
        stage: Stage,
        store: SampleStore,
        preferences: Preferences,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._stage = stage
        self._store = store
        self._preferences = preferences
        self._window = parent
        self._path = Path()
        self._record: FitRecord | None = None
        self._state: tuple[object, ...] = ()
        self._exported: list[Fit] = []  # undo and redo bring the very same ones back
        self._last_state: tuple[object, ...] = ()
        self._n_only: int | None = None

    @property
    def is_writing(self) -> bool:
        return self._task is not None

    @property
    def path(self) -> Path:
        """Where the last export went, or goes."""
        return self._path

    def was_exported(self, record: FitRecord) -> bool:
        """Whether this fit was ever exported."""
        return any(fit is record.fit for fit in self._exported)

    @property
    def needs_export(self) -> bool:
        """Whether there is a fit on the screen that was never exported."""
        record = self._session.document.record
        return record is not None and not self.was_exported(record)

    @property
    def is_current(self) -> bool:
        """Whether the last export says what the screen says, names and outliers included."""
        return bool(self._last_state) and _same(self._last_state, _state(self._session.document))

    @Slot()
    def ask(self) -> None:
        """Ask where to, and write every row."""
        self._ask(None, "labelled")

    def ask_only(self, rows: BoolArray) -> None:
        """Ask where to, and write these rows of the table (n,) alone.

        Whether the fit was exported is another question, which this leaves open.
        """
        self._ask(rows, "selection")

    def _ask(self, only: BoolArray | None, what: str) -> None:
        if self._session.document.record is None or self.is_writing:
            return
        path = files.ask_export(self._window, self.suggestion(what))
        if path is not None:
            self.write(path, only)

    def suggestion(self, what: str = "labelled") -> Path:
        """Return a path to suggest: beside the table, never the table itself."""
        table = self._session.document.table
        folder = Path(self._preferences.folder) if self._preferences.folder else Path.home()
        name = "table" if table is None else table.name.replace("/", "-")
        return folder / f"{name}-{what}.csv"

    def write(self, path: Path, only: BoolArray | None = None) -> None:
        """Write the labelled table of the active fit, or only some of its rows."""
        document = self._session.document
        table, record = document.table, document.record
        if table is None or record is None or self.is_writing:
            return
        ready = self._stage.assignment
        store, rule, names = self._store, document.outlier_rule, document.component_names(record)

        def work(progress, should_stop) -> None:
            assignment = ready
            if assignment is None:
                sample = store.get(table, record.preparation)
                assignment = assign(table, record, sample=sample, should_stop=should_stop)
            export_labelled(
                path,
                table,
                record,
                assignment,
                rule,
                names,
                only=only,
                progress=progress,
                should_stop=should_stop,
            )

        self._path, self._state = path, _state(document)
        self._record = record if only is None else None
        self._n_only = None if only is None else int(np.count_nonzero(only))
        self._begin(work, f"Writing {path.name}")

    @Slot(object)
    def _done(self, nothing: object) -> None:
        if self._record is not None:
            self._exported.append(self._record.fit)
            self._last_state = self._state
        self._preferences.folder = str(self._path.absolute().parent)
        self._ended()
        self.exported.emit(self._path, self._n_only)

    @Slot()
    def _ended(self) -> None:
        self._record = None
        super()._ended()


def _state(document: Document) -> tuple[object, ...]:
    record = document.record
    fit = None if record is None else record.fit
    return fit, document.outlier_rule, document.names


def _same(a: tuple[object, ...], b: tuple[object, ...]) -> bool:
    return a[0] is b[0] and a[1:] == b[1:]
