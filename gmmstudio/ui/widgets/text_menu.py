"""Plain words with a small triangle that open a menu."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPoint, QRectF, QSize, Qt
from PySide6.QtGui import QActionGroup, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QMenu, QSizePolicy, QWidget

from gmmstudio.ui.widgets.painting import box_fill, draw_chevron, guarded, text_colour


class TextMenuButton(QAbstractButton):
    """Words, a triangle, a menu that its owner fills each time it opens."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self._fill: Callable[[QMenu], None] | None = None
        self._menu = QMenu(self)
        self._menu.setToolTipsVisible(True)
        self._menu.aboutToShow.connect(self._refill)
        self.setAccessibleName(name)
        self.setToolTip(name)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.clicked.connect(self.open_menu)

    def set_text(self, text: str) -> None:
        if text != self.text():
            self.setText(text)
            self.setAccessibleName(f"{self._name}: {text}")
            self.updateGeometry()

    def set_filler(self, fill: Callable[[QMenu], None]) -> None:
        self._fill = fill

    def menu(self) -> QMenu:
        """Return the menu, filled as it would open now."""
        self._refill()
        return self._menu

    def open_menu(self) -> None:
        # Upward: the bar stands at the bottom of the window.
        size = self.menu().sizeHint()
        self._menu.popup(self.mapToGlobal(QPoint(self.width() - size.width(), -size.height())))

    def _refill(self) -> None:
        self._menu.clear()
        for group in self._menu.findChildren(QActionGroup):
            group.deleteLater()
        if self._fill is not None:
            self._fill(self._menu)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Down, Qt.Key.Key_Up):
            self.open_menu()
        else:
            super().keyPressEvent(event)

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        return QSize(metrics.horizontalAdvance(self.text()) + 26, metrics.height() + 10)

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        active = self.isEnabled() and (self.underMouse() or self.isDown())
        if active or self.hasFocus():
            painter.setBrush(box_fill(hover=active))
            painter.setPen(text_colour("accent") if self.hasFocus() else Qt.PenStyle.NoPen)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 5, 5)
        colour = text_colour("text" if active else "muted", enabled=self.isEnabled())
        painter.setPen(colour)
        painter.drawText(
            self.rect().adjusted(6, 0, -16, 0),
            Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft,
            self.text(),
        )
        draw_chevron(painter, QRectF(self.width() - 16, 0, 10, self.height()), colour)
