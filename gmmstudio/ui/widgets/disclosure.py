"""A line with a triangle that folds the part below it away."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QVBoxLayout, QWidget

from gmmstudio.ui.widgets.painting import draw_chevron, guarded, scaled_font, text_colour

TEXT_FACTOR = 0.92


class DisclosureButton(QAbstractButton):
    """The line itself; checked means unfolded."""

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setText(text)
        self.setCheckable(True)
        self.setAccessibleName(text)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def set_text(self, text: str) -> None:
        self.setText(text)
        self.setAccessibleName(text)

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        return QSize(metrics.horizontalAdvance(self.text()) + 18, metrics.height() + 6)

    def minimumSizeHint(self) -> QSize:
        return QSize(40, self.sizeHint().height())

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        role = "text" if self.underMouse() or self.hasFocus() else "muted"
        colour = text_colour(role, enabled=self.isEnabled())
        if self.hasFocus():
            painter.setPen(text_colour("accent"))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
        draw_chevron(painter, QRectF(1, 0, 10, self.height()), colour, right=not self.isChecked())
        painter.setFont(scaled_font(self.font(), TEXT_FACTOR))
        painter.setPen(colour)
        area = self.rect().adjusted(14, 0, 0, 0)
        shown = painter.fontMetrics().elidedText(
            self.text(), Qt.TextElideMode.ElideRight, area.width()
        )
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown)


class Disclosure(QWidget):
    """A folded part: put things into ``body``."""

    def __init__(
        self, text: str, parent: QWidget | None = None, *, button: DisclosureButton | None = None
    ) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        self.button = button or DisclosureButton(text)
        self._content = QWidget()
        self.body = QVBoxLayout(self._content)
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(4)
        column.addWidget(self.button)
        column.addWidget(self._content)
        self._content.setVisible(False)
        self.button.toggled.connect(self._content.setVisible)
