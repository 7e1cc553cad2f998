"""Report and script: where to, and their making in the background."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QWidget

from gmmstudio.document.assignment import Assignment
from gmmstudio.document.document import Document
from gmmstudio.document.session import Session
from gmmstudio.table.atomic import write_bytes
from gmmstudio.table.outgoing import suggested_name
from gmmstudio.ui.background import OneTask, ShouldStop
from gmmstudio.ui.dialogs import files, messages
from gmmstudio.ui.jobs import SampleStore, assigned
from gmmstudio.ui.preferences import Preferences
from gmmstudio.ui.stage import Stage

Make = Callable[[Document, Assignment, ShouldStop], bytes]


class Papers(OneTask):
    """Writes what tells people of the active fit, one paper at a time.

    Attributes
    ----------
    saved : Signal
        A paper was written: a sentence.
    """

    saved = Signal(str)

    def __init__(
        self,
        session: Session,
        stage: Stage,
        store: SampleStore,
        preferences: Preferences,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._session, self._stage, self._store = session, stage, store
        self._preferences, self._window = preferences, parent
        self._path = Path()
        self._note = ""
        self.compared: Callable[[], int | None] = lambda: None

    @property
    def is_writing(self) -> bool:
        return self._task is not None

    @property
    def path(self) -> Path:
        """Where the last paper went, or goes."""
        return self._path

    @Slot()
    def ask_report(self) -> None:
        """Ask where to, and write the report; the name says whether as HTML or as PDF."""
        if self._session.document.record is None or self.is_writing:
            return
        path = files.ask_report(self._window, self.suggestion("report", ".html"))
        if path is not None:
            self.write_report(path)

    def suggestion(self, what: str, ending: str) -> Path:
        """Return a path to suggest: in the folder used last, named after the table."""
        table = self._session.document.table
        return self._preferences.folder_to_suggest / suggested_name(table, what, ending)

    def write_report(self, path: Path) -> None:
        """Write the report, as a PDF where the name ends so, else as a page of HTML."""
        compared, today = self.compared(), datetime.date.today()
        as_pdf = path.suffix.lower() == ".pdf"

        def make(document: Document, assignment: Assignment, should_stop: ShouldStop) -> bytes:
            # Imported beside the window: its start would be a tenth of a second later.
            from gmmstudio.report.page import page
            from gmmstudio.report.whole import report
            from gmmstudio.ui.sheets.pdf import pdf

            written = report(document, assignment, made=today, compare_with=compared)
            return pdf(written, should_stop) if as_pdf else page(written).encode()

        self._write(path, make)

    @Slot()
    def ask_script(self) -> None:
        """Ask where to, and write the script; the name says whether in Python or in R."""
        if self._session.document.record is None or self.is_writing:
            return
        path = files.ask_script(self._window, self.suggestion("clusters", ".py"))
        if path is not None:
            self.write_script(path)

    def write_script(self, path: Path) -> None:
        """Write the script, in R where the name ends so, else in Python.

        Where it cannot read the table's own file, its data are offered beside it.
        """
        from gmmstudio.report.script import (
            LANGUAGES,
            data_csv,
            data_path,
            reads_source,
            script,
        )

        today, table = datetime.date.today(), self._session.document.table
        language = LANGUAGES.get(path.suffix.lower(), "py")
        data, answer, note = data_path(path), "leave", ""
        if table is not None and not reads_source(table, language):
            source = "" if table.path is None else table.path.name
            answer = messages.ask_for_data(self._window, language, source, data)
            if answer == "cancel":
                return
            note = f" It reads {data.name}, which was not written."
            if answer == "save":
                note = f" Its data are in {data.name} beside it."

        def make(document: Document, assignment: Assignment, _stop: ShouldStop) -> bytes:
            text = script(document, assignment, language, made=today, path=path)
            if answer == "save" and document.table is not None:
                write_bytes(data, data_csv(document.table))
            return text.encode()

        self._write(path, make, note)

    def _write(self, path: Path, make: Make, note: str = "") -> None:
        document = self._session.document
        table, record = document.table, document.record
        if table is None or record is None or self.is_writing:
            return
        ready, store = self._stage.assignment, self._store

        def work(_progress, should_stop) -> None:
            assignment = assigned(table, record, store, should_stop) if ready is None else ready
            write_bytes(path, make(document, assignment, should_stop))

        self._path, self._note = path, note
        self._begin(work, f"Writing {path.name}")

    @Slot(object)
    def _done(self, nothing: object) -> None:
        self._preferences.folder = str(self._path.absolute().parent)
        self._ended()
        self.saved.emit(f"Saved to {self._path}.{self._note}")
