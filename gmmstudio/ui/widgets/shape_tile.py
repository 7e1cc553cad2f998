"""Picture tiles for the shape of the clusters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QHBoxLayout, QSizePolicy, QWidget

from gmmstudio.ui import theme
from gmmstudio.ui.widgets.painting import box_fill, guarded, scaled_font, tab_to, text_colour


class Blob(NamedTuple):
    """One ellipse of a picture, in a box of 40 × 24: centre, half axes, tilt in degrees."""

    x: float
    y: float
    a: float
    b: float
    tilt: float = 0.0


class Shape(NamedTuple):
    """What a tile offers: the structure's letters, its name, its explanation, its picture."""

    key: str
    name: str
    tooltip: str
    blobs: tuple[Blob, ...] = ()
    curves: tuple[Blob, ...] = ()  # bell curves for one column: x = centre, a = spread, b = height


SHAPES = (
    Shape(
        "VII",
        "Spherical",
        "Spherical — round, any size.\nEach cluster spreads alike in all columns.\nΣ_k = λ_k I",
        (Blob(13, 13.5, 7.5, 7.5), Blob(27, 12, 10, 10)),
    ),
    Shape(
        "VVI",
        "Diagonal",
        "Diagonal — upright, any size.\nWithin a cluster the columns vary independently.\n"
        "Σ_k = diag(σ²_k1 … σ²_kd)",
        (Blob(12, 12.5, 11, 6.5), Blob(32, 12.5, 5.5, 11.5)),
    ),
    Shape(
        "EEE",
        "Tied",
        "Tied — any tilt, but the same for all clusters.\nThe fewest figures to estimate, so good "
        "for small tables.\nΣ_k = Σ",
        (Blob(13.5, 13.5, 11.5, 6.5, -42), Blob(27, 11, 11.5, 6.5, -42)),
    ),
    Shape(
        "VVV",
        "Full",
        "Full — any tilt, any size.\nEach cluster has a shape of its own.\nΣ_k free",
        (Blob(13, 14.5, 11, 6, -38), Blob(29, 11, 11, 7.5, -68)),
    ),
)

SPREADS = (
    Shape(
        "EEE",
        "Same spread",
        "Same spread — every cluster is equally wide.\nσ²_k = σ²",
        curves=(Blob(13, 21, 4.5, 16), Blob(28, 21, 4.5, 16)),
    ),
    Shape(
        "VVV",
        "Own spread",
        "Own spread — each cluster has its own width.\nσ²_k free",
        curves=(Blob(11, 21, 3, 19), Blob(27, 21, 6.5, 10)),
    ),
)


class ShapeTile(QAbstractButton):
    """One tile: a picture of two clusters and a word."""

    def __init__(self, shape: Shape, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.shape_ = shape
        self.setCheckable(True)
        self.setText(shape.name)
        self.setToolTip(shape.tooltip)
        self.setAccessibleName(shape.name)
        self.setAccessibleDescription(shape.tooltip)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(60, 34 + self.fontMetrics().height() + 10)

    def minimumSizeHint(self) -> QSize:
        return QSize(48, self.sizeHint().height())

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        now = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        chosen = self.isChecked()
        width = 2.0 if chosen else 1.0
        half = width / 2
        painter.setPen(QPen(QColor(now.accent if chosen else now.border), width))
        painter.setBrush(QColor(now.accent_soft) if chosen else box_fill(hover=self.underMouse()))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(half, half, -half, -half), 6, 6)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(now.accent), 1.0, Qt.PenStyle.DotLine))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(3.5, 3.5, -3.5, -3.5), 4, 4)
        painter.setFont(self._text_font(chosen))
        text_height = painter.fontMetrics().height()
        painter.setPen(QColor(now.accent if chosen else now.muted))
        self._draw_picture(painter, QRectF(0, 7, self.width(), self.height() - text_height - 15))
        painter.setPen(text_colour())
        below = self.rect().adjusted(1, self.height() - text_height - 6, -1, -4)
        painter.drawText(below, Qt.AlignmentFlag.AlignCenter, self.text())

    def _text_font(self, chosen: bool) -> QFont:
        """Return the font of the name, smaller where large text meets a narrow panel."""
        font = scaled_font(self.font(), 0.85, bold=chosen)
        needed = QFontMetrics(font).horizontalAdvance(self.text())
        room = self.width() - 6
        return font if needed <= room else scaled_font(font, max(0.5, room / needed))

    def _draw_picture(self, painter: QPainter, area: QRectF) -> None:
        painter.save()
        scale = min(area.width() / 44, area.height() / 25)
        pen = painter.pen()
        pen.setWidthF(1.4 / scale)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.translate(area.center())
        painter.scale(scale, scale)
        painter.translate(-20, -12.5)
        for blob in self.shape_.blobs:
            painter.save()
            painter.translate(blob.x, blob.y)
            painter.rotate(blob.tilt)
            painter.drawEllipse(QPointF(0, 0), blob.a, blob.b)
            painter.restore()
        for curve in self.shape_.curves:
            x = np.linspace(-3, 3, 41)
            y = curve.y - curve.b * np.exp(-(x**2) / 2)
            points = [QPointF(curve.x + curve.a * u, v) for u, v in zip(x, y, strict=True)]
            painter.drawPolyline(QPolygonF(points))
        painter.restore()


class ShapePicker(QWidget):
    """The tiles as one radio group; arrow keys move within it."""

    chosen = Signal(str)

    def __init__(self, shapes: Sequence[Shape], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Shape of the clusters")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        self._group = QButtonGroup(self)
        self.tiles = [ShapeTile(shape) for shape in shapes]
        for place, tile in enumerate(self.tiles):
            self._group.addButton(tile, place)
            row.addWidget(tile, 1)
        self._group.idClicked.connect(self._on_clicked)

    def current(self) -> str | None:
        place = self._group.checkedId()
        return self.tiles[place].shape_.key if place >= 0 else None

    def set_current(self, key: str) -> None:
        for tile in self.tiles:
            if tile.shape_.key == key:
                tile.setChecked(True)
                tab_to(tile, self.tiles)

    def tile(self, key: str) -> ShapeTile:
        return next(tile for tile in self.tiles if tile.shape_.key == key)

    def _on_clicked(self, place: int) -> None:
        self.chosen.emit(self.tiles[place].shape_.key)
