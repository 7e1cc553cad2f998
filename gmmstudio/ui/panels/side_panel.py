"""What both side panels are: a column of parts that scrolls."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from gmmstudio.ui import theme

WIDTH = 288
NARROWEST = 264


class SidePanel(QScrollArea):
    """A panel at the side that scrolls where the window is low."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setProperty("role", "panel")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.inner = QWidget()
        self.inner.setProperty("role", "panel")
        self.column = QVBoxLayout(self.inner)
        self.column.setContentsMargins(14, 10, 14, 8)
        self.column.setSpacing(10)
        self.setWidget(self.inner)
        self._fit_width()
        theme.signals().changed.connect(self._fit_width)

    @Slot()
    def _fit_width(self) -> None:
        """Ask for the room that the text needs; in a small window large text gives way."""
        self.setMinimumWidth(NARROWEST)
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        return QSize(round(WIDTH * max(1.0, theme.zoom())), 640)
