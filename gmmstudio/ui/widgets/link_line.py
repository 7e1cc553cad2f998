"""A row of two texts whose figure is a link: a click shows more."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from gmmstudio.ui.widgets.enter_button import EnterButton
from gmmstudio.ui.widgets.painting import guarded, scaled_font, text_colour

_NAME, _VALUE = 0.94, 0.96  # sizes of the texts, as in Line


class LinkLine(EnterButton):
    """What it is at the left, its figure at the right in the accent's colour."""

    def __init__(self, name: str, explanation: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self.setToolTip(explanation)
        self.setAccessibleName(name)
        self.setAccessibleDescription(explanation)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def set(self, value: str) -> None:
        """Show a figure."""
        if value != self.text():
            self.setText(value)
            self.setAccessibleName(f"{self._name}: {value}")
            self.updateGeometry()

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        width = metrics.horizontalAdvance(self._name + self.text()) + 12
        return QSize(width, metrics.height() + 2)

    def minimumSizeHint(self) -> QSize:
        return QSize(60, self.sizeHint().height())

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.setFont(scaled_font(self.font(), _NAME))
        painter.setPen(text_colour("muted", enabled=self.isEnabled()))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignLeft | middle, self._name)
        font = scaled_font(self.font(), _VALUE)
        font.setUnderline(self.underMouse() or self.hasFocus())
        painter.setFont(font)
        painter.setPen(text_colour("accent", enabled=self.isEnabled()))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignRight | middle, self.text())
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            wide = painter.fontMetrics().horizontalAdvance(self.text()) + 8
            box = QRectF(self.width() - wide, 0.5, wide - 0.5, self.height() - 1)
            painter.drawRoundedRect(box, 4, 4)
