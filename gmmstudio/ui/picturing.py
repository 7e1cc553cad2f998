"""Pictures from the menus: of which view, how, and what is said afterwards."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPoint, Slot
from PySide6.QtGui import QAction, QContextMenuEvent
from PySide6.QtWidgets import QApplication, QMenu, QWidget

from gmmstudio.ui.dialogs.picture import PictureDialog
from gmmstudio.ui.pictures.choices import Choices
from gmmstudio.ui.views.view import View

if TYPE_CHECKING:
    from gmmstudio.ui.main_window import MainWindow
    from gmmstudio.ui.workspace import Workspace


class Picturing(QObject):
    """Answers "Copy picture" and "Save picture", from the File menu and over every view."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._lower: tuple[QWidget, ...] = ()
        self._views: tuple[QWidget, ...] = ()
        self.dialog: PictureDialog | None = None
        self.menu: QMenu | None = None
        window.pictures.copied.connect(self._copied)
        window.pictures.saved.connect(self._saved)

    def watch(self, workspace: Workspace) -> None:
        """Offer a menu over every view of the workspace."""
        histogram = workspace.left.outliers.histogram
        self._lower = (workspace.convergence, workspace.choose_k, histogram)
        self._views = (*workspace.views, *self._lower)
        for view in self._views:
            view.installEventFilter(self)
            if isinstance(view, View):
                view.picture_actions = partial(self.actions_for, view)

    def close(self) -> None:
        """Close what is open."""
        if self.dialog is not None:
            self.dialog.close()
        if self.menu is not None:
            self.menu.close()

    @property
    def view(self) -> QWidget:
        """The view that is meant: the lower plot with the focus, else the one in front."""
        focus = QApplication.focusWidget()
        for view in self._lower:
            if focus is not None and (view is focus or view.isAncestorOf(focus)):
                return view
        return self._window.workspace.tabs.currentWidget()

    # ---- what is asked -------------------------------------------------------------------

    @Slot()
    def copy(self) -> None:
        """Copy the picture of the view that is meant."""
        self.copy_view(self.view)

    @Slot()
    def ask(self) -> None:
        """Ask how to save the picture of the view that is meant."""
        self.ask_view(self.view)

    def copy_view(self, view: QWidget) -> None:
        """Copy the picture of a view as pictures were last wanted, as large as on the screen."""
        if not self._window.pictures.is_writing:
            self._window.pictures.copy(view)

    def ask_view(self, view: QWidget) -> None:
        """Ask how the picture of a view should be saved."""
        window = self._window
        if window.pictures.is_writing or self.dialog is not None:
            return
        can_list = window.session.document.record is not None
        dialog = PictureDialog(window.pictures, view, window, can_list=can_list)
        dialog.save_asked.connect(self._save)
        dialog.copy_asked.connect(self._copy)
        dialog.finished.connect(self._forget)
        self.dialog = dialog
        dialog.open()

    @Slot()
    def _forget(self) -> None:
        if self.dialog is not None:
            self.dialog.deleteLater()
            self.dialog = None

    @Slot(object, object, object, str)
    def _save(self, view: QWidget, path: Path, choices: Choices, title: str) -> None:
        self._window.pictures.save(view, path, choices, title)

    @Slot(object, object, str)
    def _copy(self, view: QWidget, choices: Choices, title: str) -> None:
        self._window.pictures.copy(view, choices, title)

    # ---- what is said --------------------------------------------------------------------

    @Slot(str)
    def _copied(self, title: str) -> None:
        self._window.status.say(f"The picture of {title} is on the clipboard.")

    @Slot(object)
    def _saved(self, path: Path) -> None:
        self._window.status.say(f"Saved the picture to {path}.")

    # ---- the menu over a view ------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if (
            isinstance(event, QContextMenuEvent)
            and event.type() == QEvent.Type.ContextMenu
            and isinstance(watched, QWidget)
            and self._window.session.document.table is not None
        ):
            self._open_menu(watched, event.globalPos())
            return True
        return False

    def _open_menu(self, view: QWidget, place: QPoint) -> None:
        menu = QMenu(view)
        for action in self.actions_for(view, menu):
            menu.addAction(action)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.destroyed.connect(self._menu_gone)
        self.menu = menu
        menu.popup(place)

    def actions_for(self, view: QWidget, parent: QObject) -> tuple[QAction, QAction]:
        """Return "Copy picture" and "Save picture…" of a view, for a menu."""
        copy, save = QAction("&Copy picture", parent), QAction("&Save picture…", parent)
        free = not self._window.pictures.is_writing
        for action, run in ((copy, self.copy_view), (save, self.ask_view)):
            action.setEnabled(free)
            action.triggered.connect(lambda _checked=False, run=run: run(view))
        return copy, save

    @Slot()
    def _menu_gone(self) -> None:
        self.menu = None
