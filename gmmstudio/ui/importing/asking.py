"""When the import dialog comes up, and what becomes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Slot

from gmmstudio.table.table import Table
from gmmstudio.ui.importing.dialog import ImportDialog
from gmmstudio.ui.importing.outcome import Outcome
from gmmstudio.ui.importing.source import Source
from gmmstudio.ui.notice_bar import Offer

if TYPE_CHECKING:
    from gmmstudio.ui.main_window import MainWindow


class ImportAsking(QObject):
    """Opens the dialog for what is in doubt, and again for the table that is open."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._source: Source | None = None
        self._again: Table | None = None  # the table that is open, where it is read again
        self.dialog: ImportDialog | None = None
        window.opening.asked.connect(self.ask)

    @property
    def can_reopen(self) -> bool:
        """Whether the table that is open can be read in another way."""
        table = self._window.session.document.table
        return table is not None and self._window.opening.has_origin(table)

    def offers(self) -> tuple[Offer, ...]:
        """Return the button for a notice about how a table was read."""
        if not self.can_reopen:
            return ()
        tip = "See how the file was read, and read it in another way"
        return (Offer("Import settings…", tip, self.reopen),)

    @Slot(object, object)
    def ask(self, source: Source, first: Outcome) -> None:
        """Show the dialog, in the place of one that is open."""
        self.close()
        dialog = ImportDialog(source, first, self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.imported.connect(self._imported)
        dialog.finished.connect(self._forget)
        self._source, self.dialog = source, dialog
        dialog.open()

    @Slot()
    def reopen(self) -> None:
        """Show the dialog for the table that is open."""
        table = self._window.session.document.table
        if table is not None and self.can_reopen:
            origin = self._window.opening.origin_of(table)
            self.ask(origin.source, Outcome(origin.choices))
            self._again = table

    @Slot(object)
    def _imported(self, outcome: Outcome) -> None:
        if self._source is not None:
            self._window.opening.take(self._source, outcome, confirmed=True, again=self._again)

    @Slot()
    def _forget(self) -> None:
        self._source = self._again = self.dialog = None

    def close(self) -> None:
        """Take the dialog away; nothing is opened."""
        if self.dialog is not None:
            self.dialog.reject()
