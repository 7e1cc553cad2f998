"""The menu's way from the active fit to another table with its labels."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Slot

from gmmstudio.document.applying import Applied
from gmmstudio.report.export import component_order
from gmmstudio.ui.applying import Meeting, Met
from gmmstudio.ui.dialogs import files
from gmmstudio.ui.dialogs.apply import ApplyDialog
from gmmstudio.ui.export_choices import Exportable
from gmmstudio.ui.importing.dialog import ImportDialog
from gmmstudio.ui.importing.outcome import Outcome
from gmmstudio.ui.importing.remembering import Remembered, digests, recall, remember

if TYPE_CHECKING:
    from gmmstudio.ui.main_window import MainWindow


class LabellingOthers(QObject):
    """Asks for a table, shows what the model says of it, and exports that."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self.meeting = Meeting(self)
        self.meeting.asked.connect(self._look)
        self.dialog: ApplyDialog | None = None
        self.importing: ImportDialog | None = None

    @Slot()
    def ask(self) -> None:
        """Ask which table to label."""
        folder = self._window.preferences.folder
        path = files.ask_table(self._window, folder, "Label another table")
        if path is not None:
            self.label(path)

    def label(self, path: Path) -> None:
        """Label a table with the active fit."""
        window, document = self._window, self._window.session.document
        record, table = document.record, document.table
        if record is None or table is None or self.dialog is not None:
            return
        identities = tuple(record.identities[c] for c in component_order(record))
        dialog = ApplyDialog(self.meeting, path, identities, window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.export_asked.connect(self._export)
        dialog.settings_asked.connect(self._look)
        dialog.finished.connect(self._forget)
        self.dialog = dialog
        dialog.open()
        store, stage = window.control.store, window.stage
        self.meeting.begin(
            document,
            stage.assignment,
            lambda: store.get(table, record.preparation),
            path,
            recall(window.preferences, path),
        )

    @Slot(object)
    def _look(self, outcome: Outcome) -> None:
        """Show how the other table was read, so that it can be read otherwise."""
        if self.dialog is None or self.importing is not None:
            return
        dialog = ImportDialog(self.meeting.source, outcome, self.dialog)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.imported.connect(self._imported)
        dialog.finished.connect(self._looked)
        self.importing = dialog
        dialog.open()

    @Slot(object)
    def _imported(self, outcome: Outcome) -> None:
        path = self.meeting.source.path
        if outcome.table is None or path is None or self.dialog is None:
            return
        self.dialog.start_over()
        settled = frozenset(digests(outcome.table.notices))
        remember(self._window.preferences, path, Remembered(outcome.choices, settled))
        self.meeting.meet(outcome.table, outcome.choices)

    @Slot(int)
    def _looked(self, code: int) -> None:
        """Label nothing where nobody said how the table is to be read."""
        self.importing = None
        if not code and self.dialog is not None and not self.dialog.has_table:
            self.dialog.reject()

    @Slot()
    def _forget(self) -> None:
        self.dialog = None

    @Slot(object, object)
    def _export(self, met: Met, applied: Applied) -> None:
        exporting = self._window.exporting
        if exporting.is_writing or exporting.dialog is not None:
            return
        exportable = Exportable(
            met.table,
            applied.labels.names,
            lambda what, ending: exporting.suggestion_for(met.table, what, ending),
            columns=met.model.new_columns,
            whats=("table",),
        )
        dialog = exporting.open_dialog(exportable)
        dialog.wanted.connect(
            lambda wanted: exporting.write_labels(wanted, met.table, applied.labels)
        )

    def close(self) -> None:
        """Let go of dialog and thread."""
        if self.importing is not None:
            self.importing.reject()
        if self.dialog is not None:
            self.dialog.close()
        self.meeting.close()
