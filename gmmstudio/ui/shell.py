"""What the menus do with the window itself: look, text size, layout, help."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtWidgets import QDialog

from gmmstudio.ui import theme
from gmmstudio.ui.dialogs.help import AboutDialog, GlossaryDialog, ShortcutsDialog
from gmmstudio.ui.keys_elsewhere import KEYS_ELSEWHERE
from gmmstudio.ui.preferences import logs_folder

if TYPE_CHECKING:
    from gmmstudio.ui.main_window import MainWindow

_ZOOM_STEP = 0.1


class Shell(QObject):
    """Answers the actions of View and Help."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self.dialog: QDialog | None = None

    @Slot()
    def theme_system(self) -> None:
        self._choose("system")

    @Slot()
    def theme_light(self) -> None:
        self._choose("light")

    @Slot()
    def theme_dark(self) -> None:
        self._choose("dark")

    def _choose(self, choice: theme.Choice) -> None:
        self._window.preferences.theme = choice
        theme.choose(choice)
        self._window.refresh()

    @Slot()
    def larger(self) -> None:
        self._zoom(theme.zoom() + _ZOOM_STEP)

    @Slot()
    def smaller(self) -> None:
        self._zoom(theme.zoom() - _ZOOM_STEP)

    @Slot()
    def normal_text(self) -> None:
        self._zoom(1.0)

    def _zoom(self, zoom: float) -> None:
        self._window.preferences.zoom = theme.set_zoom(zoom)

    @Slot()
    def toggle_replay(self) -> None:
        on = not self._window.control.replay_after_fit
        self._window.control.replay_after_fit = on
        self._window.preferences.replay_after_fit = on
        self._window.refresh()

    @Slot()
    def reset_layout(self) -> None:
        self._window.preferences.forget_layout()
        self._window.workspace.reset_layout()

    @Slot()
    def glossary(self) -> None:
        self._show(GlossaryDialog(self._window))

    @Slot()
    def shortcuts(self) -> None:
        groups = [*self._window.actions_.shortcuts(), *KEYS_ELSEWHERE]
        self._show(ShortcutsDialog(groups, self._window))

    @Slot()
    def about(self) -> None:
        self._show(AboutDialog(logs_folder(), self._window))

    def close(self) -> None:
        """Close the help that is open."""
        if self.dialog is not None:
            self.dialog.close()

    def _show(self, dialog: QDialog) -> None:
        self.close()
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.finished.connect(self._forget)
        self.dialog = dialog
        dialog.show()

    @Slot()
    def _forget(self) -> None:
        if self.sender() is self.dialog:
            self.dialog = None
