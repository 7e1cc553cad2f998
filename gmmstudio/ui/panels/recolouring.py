"""Giving clusters other colours: the swatches, the dialog behind them, the command."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QColorDialog, QWidget

from gmmstudio.document import colors
from gmmstudio.document.commands import RecolourCluster
from gmmstudio.document.errors import DocumentError
from gmmstudio.document.session import Session
from gmmstudio.ui.panels.colour_popup import ColourPopup


class Recolouring(QObject):
    """Asks for the colour of one cluster at a time.

    Attributes
    ----------
    refused : Signal
        Why a colour could not be given, in a sentence; "" when one was.
    """

    refused = Signal(str)

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self._session, self._window = session, parent
        self._identity = 0
        self.popup: ColourPopup | None = None
        self.dialog: QColorDialog | None = None

    @Slot(int, object)
    def ask(self, identity: int, disc: QWidget) -> None:
        """Show the swatches under a cluster's disc."""
        self.close()
        self.popup = ColourPopup(self._session.document, identity, disc)
        self.popup.chosen.connect(self._give)
        self.popup.other_asked.connect(self._ask_other)
        self.popup.destroyed.connect(self._forget_popup)
        self.popup.open_under(disc)

    def close(self) -> None:
        """Close what is open."""
        for window in (self.popup, self.dialog):
            if window is not None:
                window.close()

    @Slot(int)
    def _ask_other(self, identity: int) -> None:
        """Let any colour be picked; the dialog is the program's own on every system."""
        document = self._session.document
        self._identity = identity
        for place, (color, _) in enumerate(colors.NAMED):
            QColorDialog.setCustomColor(place, QColor(color))
        dialog = self.dialog = QColorDialog(self._window)
        dialog.setOption(QColorDialog.ColorDialogOption.DontUseNativeDialog)
        dialog.setCurrentColor(QColor(document.cluster_color(identity)))
        dialog.setWindowTitle(f"Colour of {document.cluster_name(identity)}")
        dialog.colorSelected.connect(self._picked)
        dialog.finished.connect(self._forget_dialog)
        dialog.open()

    @Slot(QColor)
    def _picked(self, color: QColor) -> None:
        self._give(self._identity, color.name())

    @Slot(int, object)
    def _give(self, identity: int, color: str | None) -> None:
        try:
            self._session.apply(RecolourCluster(identity, color))
        except DocumentError as error:
            self.refused.emit(str(error))
        else:
            self.refused.emit("")

    @Slot()
    def _forget_popup(self) -> None:
        self.popup = None

    @Slot()
    def _forget_dialog(self) -> None:
        if self.dialog is not None:
            self.dialog.deleteLater()
            self.dialog = None
