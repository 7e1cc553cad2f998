"""What the menus do with data and model, beyond one call of the run control."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtGui import QGuiApplication

from gmmstudio.document.commands import Command, ExcludeRows, IncludeRows, SetScale, TickColumns
from gmmstudio.document.errors import DocumentError
from gmmstudio.mixture.structures import ALL, SHAPES
from gmmstudio.table.errors import TableError
from gmmstudio.ui.clipboard_table import table_in
from gmmstudio.ui.dialogs import files
from gmmstudio.ui.dialogs.film import FilmDialog
from gmmstudio.ui.dialogs.find_k import FindKDialog
from gmmstudio.ui.panels.rows_used import GapCache
from gmmstudio.ui.project_state import is_project
from gmmstudio.ui.sweep_time import drawn_tries, start_note
from gmmstudio.ui.table_opening import dropped_file

if TYPE_CHECKING:
    from gmmstudio.ui.main_window import MainWindow


NO_FILM = (
    "The iterations of this fit were not kept, so there is nothing to make pictures of: "
    "press Fit, and save its run."
)


class Handlers(QObject):
    """Answers the actions of File, Edit, Data and Model."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._session = window.session
        self.find_dialog: FindKDialog | None = None
        self.film_dialog: FilmDialog | None = None
        self._last_shapes: dict[bool, tuple[str, ...]] = {}  # by whether there is one column

    # ---- File -------------------------------------------------------------------------

    @Slot()
    def new(self) -> None:
        if self._window.project_handlers.may_leave():
            self._window.opening.new()

    @Slot()
    def open(self) -> None:
        path = files.ask_open(self._window, self._window.preferences.folder)
        if path is not None:
            self.open_path(path)

    def open_path(self, path: Path) -> None:
        """Open a table or a project."""
        if not self._window.project_handlers.may_leave():
            return
        if is_project(path):
            self._window.opening.cancel()
            self._window.projects.open(path)
        else:
            self._window.opening_offers.open(path)

    def open_sample(self, key: str) -> None:
        if not self._window.project_handlers.may_leave():
            return
        try:
            self._window.opening.open_sample(key)
        except (TableError, FileNotFoundError) as error:
            self._window.messages.show(str(error))

    @Slot()
    def paste(self) -> None:
        """Open what is on the clipboard: a copied file, or text."""
        data = QGuiApplication.clipboard().mimeData()
        path = None if data is None or not data.hasUrls() else dropped_file(data)
        if path is not None:
            self.open_path(path)
        elif data is not None and (text := table_in(data)):
            if self._window.project_handlers.may_leave():
                self._window.opening.paste(text)
        else:
            self._window.status.say(
                "The clipboard holds no table: copy some cells with their header first."
            )

    @Slot()
    def save_film(self) -> None:
        """Ask what to make of the iterations, and make it."""
        window, document = self._window, self._session.document
        replayed = window.control.replayed
        if replayed is None:
            window.messages.show(NO_FILM)
            return
        if self.film_dialog is not None:
            self.film_dialog.raise_()
            return
        suggestion = window.exporting.suggestion()
        name = "run" if document.table is None else f"{document.table.name.replace('/', '-')}-run"
        dialog = FilmDialog(
            document, replayed, window.workspace.scatter, suggestion.with_name(name), window
        )
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.saved.connect(self._film_saved)
        dialog.finished.connect(self._forget_film)
        self.film_dialog = dialog
        dialog.open()

    @Slot(object, str)
    def _film_saved(self, path: Path, sentence: str) -> None:
        self._window.preferences.folder = str(path.absolute().parent)
        self._window.status.say(sentence)

    @Slot()
    def _forget_film(self) -> None:
        self.film_dialog = None

    # ---- Edit and Data ----------------------------------------------------------------

    @Slot()
    def undo(self) -> None:
        self._session.undo()

    @Slot()
    def redo(self) -> None:
        self._session.redo()

    @Slot()
    def default_columns(self) -> None:
        table = self._session.document.table
        if table is not None:
            self._apply(TickColumns(table.default_columns()))

    @Slot()
    def check_data(self) -> None:
        self._window.workspace.left.data.open_check()

    @Slot()
    def standardise(self) -> None:
        standard = self._session.document.preparation.scale == "standard"
        self._apply(SetScale("none" if standard else "standard"))

    @Slot()
    def exclude_outliers(self) -> None:
        stage = self._window.stage
        if stage.assignment is not None and stage.outliers is not None:
            rows = stage.assignment.rows[stage.outliers]
            self._apply(ExcludeRows(frozenset(rows.tolist())))

    @Slot()
    def include_all(self) -> None:
        self._apply(IncludeRows(None))

    # ---- Model ------------------------------------------------------------------------

    @Slot()
    def pause(self) -> None:
        control = self._window.control
        if self._window.stage.state == "paused":
            control.resume()
        else:
            control.pause()

    @Slot()
    def stop(self) -> None:
        """Stop whatever is under way."""
        self._window.opening.cancel()
        self._window.projects.cancel()
        self._window.project_handlers.finding.cancel()
        self._window.exporting.cancel()
        self._window.papers.cancel()
        self._window.pictures.cancel()
        self._window.control.cancel()

    @Slot()
    def find_k(self) -> None:
        document = self._session.document
        if document.table is None:
            return
        dialog = FindKDialog(
            len(document.preparation.columns),
            GapCache().count(document.table, document.preparation).used,
            drawn_tries(document.spec),
            self._window,
            structures=self._shapes_to_begin_with(),
            prior=document.spec.prior,
            note=start_note(document),
        )
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.chosen.connect(self._find_k)
        dialog.finished.connect(self._forget_dialog)
        self.find_dialog = dialog
        dialog.open()

    @Slot(object, object)
    def _find_k(self, components: tuple[int, ...], structures: tuple[str, ...]) -> None:
        self._last_shapes[self._has_one_column()] = structures
        self._window.control.find_best_k(components, structures)

    def _has_one_column(self) -> bool:
        return len(self._session.document.preparation.columns) == 1

    def _shapes_to_begin_with(self) -> tuple[str, ...]:
        """Return the shapes of the search before: those asked for last, else of the models."""
        one_column, sweep = self._has_one_column(), self._session.document.sweep
        if one_column in self._last_shapes:
            return self._last_shapes[one_column]
        if sweep is None or one_column or len(sweep.preparation.columns) == 1:
            return SHAPES
        found = {cell.structure for cell in sweep.cells}
        return tuple(name for name in ALL if name in found)

    @Slot()
    def _forget_dialog(self) -> None:
        self.find_dialog = None

    @Slot()
    def adjust(self) -> None:
        """Take the model in hand in the scatter, or put the tool away."""
        workspace = self._window.workspace
        workspace.tabs.setCurrentWidget(workspace.scatter)
        workspace.hands.toggle()

    @Slot()
    def keep_draft(self) -> None:
        self._window.workspace.hands.hands.keep()

    @Slot()
    def discard_draft(self) -> None:
        self._window.workspace.hands.hands.discard()

    def _apply(self, command: Command) -> None:
        try:
            self._session.apply(command)
        except DocumentError as error:
            self._window.messages.show(str(error))
