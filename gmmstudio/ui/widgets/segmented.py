"""A row of segments of which exactly one is chosen."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QHBoxLayout, QSizePolicy, QWidget

from gmmstudio.ui import theme
from gmmstudio.ui.widgets.choice_box import Option
from gmmstudio.ui.widgets.painting import (
    RADIUS,
    box_fill,
    guarded,
    scaled_font,
    tab_to,
    text_colour,
)


class Segment(QAbstractButton):
    """One segment; knows whether it stands at an end, to round the right corners."""

    def __init__(self, option: Option, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.key = option.key
        self.first = self.last = False
        self.setText(option.text)
        self.setCheckable(True)
        self.setToolTip(option.tooltip)
        self.setAccessibleName(option.text)
        self.setAccessibleDescription(option.tooltip)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        return QSize(metrics.horizontalAdvance(self.text()) + 10, metrics.height() + 10)

    def minimumSizeHint(self) -> QSize:
        return QSize(40, self.sizeHint().height())

    def _outline(self) -> QPainterPath:
        area = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5 if self.last else 0.5, -0.5)
        path = QPainterPath()
        path.addRoundedRect(area, RADIUS, RADIUS)
        square = QPainterPath()
        if not self.first:
            square.addRect(QRectF(area.left(), area.top(), RADIUS * 2, area.height()))
        if not self.last:
            square.addRect(QRectF(area.right() - RADIUS * 2, area.top(), RADIUS * 2, area.height()))
        return path.united(square).simplified()

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        now = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(scaled_font(self.font(), 0.94, bold=self.isChecked()))
        chosen = self.isChecked() and self.isEnabled()
        painter.setPen(QPen(QColor(now.accent if chosen else now.border), 1.0))
        painter.setBrush(QColor(now.accent) if chosen else box_fill(hover=self.underMouse()))
        painter.drawPath(self._outline())
        if self.hasFocus():
            inner = QRectF(self.rect()).adjusted(3, 3, -3, -3)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(now.accent_text if chosen else now.accent), 1.0))
            painter.drawRoundedRect(inner, 3, 3)
        painter.setPen(QColor(now.accent_text) if chosen else text_colour(enabled=self.isEnabled()))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.text())


class SegmentedControl(QWidget):
    """Radio buttons drawn as one bar; the arrow keys move within it."""

    chosen = Signal(object)

    def __init__(self, name: str, options: Sequence[Option], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        self._group = QButtonGroup(self)
        self.segments = [Segment(option) for option in options]
        for place, segment in enumerate(self.segments):
            segment.first, segment.last = place == 0, place == len(self.segments) - 1
            self._group.addButton(segment, place)
            row.addWidget(segment, max(1, len(segment.text())))
        # idClicked also tells of the arrow keys, and never of set_current.
        self._group.idClicked.connect(self._on_clicked)

    def current(self) -> object:
        place = self._group.checkedId()
        return self.segments[place].key if place >= 0 else None

    def set_current(self, key: object) -> None:
        for segment in self.segments:
            if segment.key == key:
                segment.setChecked(True)
                tab_to(segment, self.segments)

    def segment(self, key: object) -> Segment:
        return next(segment for segment in self.segments if segment.key == key)

    def _on_clicked(self, place: int) -> None:
        self.chosen.emit(self.segments[place].key)
