"""A drawing of a page of columns: as large as there is room, or a sentence instead."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QSizePolicy, QWidget

from gmmstudio.ui import theme
from gmmstudio.ui.views.keyboard_focus import KeyboardFocus

ARROWS = {
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
}
"""Where an arrow key leads: lines down, columns to the right."""


class PageArea(KeyboardFocus):
    """The area of a `PagedView`.

    Attributes
    ----------
    message
        What is said where nothing can be drawn.
    resized : Signal
        There may be room for more columns, or for fewer.
    """

    resized = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.message = ""
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(200, 120)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def sizeHint(self) -> QSize:
        return QSize(640, 400)

    def resizeEvent(self, event) -> None:
        super().resizeEvent(event)
        self.resized.emit()

    def restyle(self) -> None:
        """Draw everything in the colours of the look in use."""
        self.update()

    def draw_message(self, painter: QPainter) -> None:
        """Write why nothing is drawn."""
        painter.setPen(theme.color("muted"))
        room = QRectF(self.rect()).adjusted(24, 24, -24, -24)
        flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        painter.drawText(room, int(flags), self.message)
