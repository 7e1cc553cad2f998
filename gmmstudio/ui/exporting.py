"""Writing the labelled table: where to, in the background, and whether it was done already."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from gmmstudio.document.assignment import assign
from gmmstudio.document.document import Document, FitRecord
from gmmstudio.document.session import Session
from gmmstudio.report.export import export_labelled
from gmmstudio.ui.background import Task
from gmmstudio.ui.dialogs import files
from gmmstudio.ui.jobs import SampleStore
from gmmstudio.ui.preferences import Preferences
from gmmstudio.ui.stage import Stage


class Exporting(QObject):
    """Exports the active fit, one export at a time, and remembers which fits were exported."""

    changed = Signal()  # an export began, went on or ended
    exported = Signal(object)  # the path
    failed = Signal(str, str)  # a sentence, details

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
        self._task: Task | None = None
        self._path = Path()
        self._record: FitRecord | None = None
        self._state: tuple[object, ...] = ()
        self._exported: set[int] = set()  # identities of exported fits: undo and redo keep them
        self._fits: list[object] = []  # holds them, so that no other object gets their identity
        self._last_state: tuple[object, ...] = ()

    @property
    def is_writing(self) -> bool:
        return self._task is not None

    @property
    def share(self) -> float:
        """How much has been written, 0 to 1."""
        return 0.0 if self._task is None else self._task.share

    @property
    def path(self) -> Path:
        """Where the last export went, or goes."""
        return self._path

    def was_exported(self, record: FitRecord) -> bool:
        """Whether this fit was ever exported."""
        return id(record.fit) in self._exported

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
        """Ask where to, and write."""
        if self._session.document.record is None or self.is_writing:
            return
        path = files.ask_export(self._window, self.suggestion())
        if path is not None:
            self.write(path)

    def suggestion(self) -> Path:
        """Return a path to suggest: beside the table, never the table itself."""
        table = self._session.document.table
        folder = Path(self._preferences.folder) if self._preferences.folder else Path.home()
        name = "table" if table is None else table.name.replace("/", "-")
        return folder / f"{name}-labelled.csv"

    def write(self, path: Path) -> None:
        """Write the labelled table of the active fit."""
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
                progress=progress,
                should_stop=should_stop,
            )

        self._path, self._record, self._state = path, record, _state(document)
        task = Task(work, f"Writing {path.name}", self)
        task.progressed.connect(self._went_on)
        task.done.connect(self._done)
        task.failed.connect(self._failed)
        task.cancelled.connect(self._ended)
        self._task = task
        task.start()
        self.changed.emit()

    @Slot()
    def cancel(self) -> None:
        """Stop writing; nothing is left behind."""
        if self._task is not None:
            self._task.cancel()

    def wait(self, seconds: float = 60.0) -> bool:
        """Wait until the export is over; return whether it is."""
        return self._task is None or self._task.wait(seconds)

    def close(self) -> None:
        """Stop writing and tell nobody."""
        if self._task is not None:
            self._task.close()
            self._task.deleteLater()
            self._task = None

    @Slot(float)
    def _went_on(self, share: float) -> None:
        self.changed.emit()

    @Slot(object)
    def _done(self, nothing: object) -> None:
        if self._record is not None:
            self._exported.add(id(self._record.fit))
            self._fits.append(self._record.fit)
            self._last_state = self._state
        self._preferences.folder = str(self._path.absolute().parent)
        self._ended()
        self.exported.emit(self._path)

    @Slot(str, str)
    def _failed(self, sentence: str, details: str) -> None:
        self._ended()
        self.failed.emit(sentence, details)

    @Slot()
    def _ended(self) -> None:
        if self._task is not None:
            self._task.deleteLater()
            self._task = None
        self._record = None
        self.changed.emit()


def _state(document: Document) -> tuple[object, ...]:
    record = document.record
    fit = None if record is None else record.fit
    return fit, document.outlier_rule, document.names


def _same(a: tuple[object, ...], b: tuple[object, ...]) -> bool:
    return a[0] is b[0] and a[1:] == b[1:]
