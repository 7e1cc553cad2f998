"""A drawing that shows where the keyboard is."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QWidget

from gmmstudio.ui import theme
from gmmstudio.ui.pictures.paper import on_paper
from gmmstudio.ui.views.plotting import KEYBOARD


class KeyboardFocus(QWidget):
    """Knows whether the focus came by the keyboard, and draws a frame if so."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._by_keyboard = False

    def draw_focus(self, painter: QPainter, below: float = 1.5) -> None:
        """Draw the frame, so far above the lower edge; nothing without the focus."""
        if self._by_keyboard and not on_paper():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.color("accent"), 1))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(2.5, 0.5, -2.5, -below), 5, 5)

    def focusInEvent(self, event) -> None:
        super().focusInEvent(event)
        self._by_keyboard = event.reason() in KEYBOARD
        self.update()

    def focusOutEvent(self, event) -> None:
        super().focusOutEvent(event)
        self._by_keyboard = False
        self.update()
