"""The axes around a plot: a quiet grid, and the numbers left of it and below."""

from __future__ import annotations

import math

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QImage, QPainter, QPen, QTransform
from PySide6.QtWidgets import QGraphicsItem, QWidget

from gmmstudio.report import axes
from gmmstudio.report.date_axes import date_ticks
from gmmstudio.ui import theme
from gmmstudio.ui.pictures.paper import on_paper
from gmmstudio.ui.widgets.painting import guarded

TICK_TEXT = 0.86  # size of the numbers along the axes, relative to normal text


class Frame(QGraphicsItem):
    """Grid and tick texts around a view box, below everything."""

    def __init__(self, box: pg.ViewBox) -> None:
        super().__init__()
        self.box = box
        self.setZValue(-1000)
        self._size = QRectF(0, 0, 1, 1)
        self._x = self._y = axes.Ticks((), ())
        self.y_least: float | None = None  # no ticks below this
        self.x_whole = self.y_whole = False  # ticks at whole numbers only
        self.x_dates = self.y_dates = False  # the numbers are days since 1970
        self.y_written = True  # the numbers up are; else another plot beside has them
        self._font = theme.font(TICK_TEXT)
        self._metrics = QFontMetricsF(self._font)
        self._kept: tuple[QTransform, QImage] | None = None

    def restyle(self) -> None:
        self._font = theme.font(TICK_TEXT)
        self._metrics = QFontMetricsF(self._font)
        self._redraw()

    def _redraw(self) -> None:
        self._kept = None
        self.update()

    def left_margin(self) -> float:
        """Room for the longest text of the vertical axis, in steps of 4 pixels."""
        self._choose_y()
        if not self.y_written:
            return 8.0
        longest = max((self._metrics.horizontalAdvance(text) for text in self._y.texts), default=0)
        return max(44.0, 4 * math.ceil((longest + 16) / 4))

    def top_margin(self) -> float:
        return 4 * math.ceil((self._metrics.height() if self._y.note else 10.0) / 4)

    def bottom_margin(self) -> float:
        return 4 * math.ceil((self._metrics.height() + 8) / 4)

    def refresh(self, width: float, height: float) -> None:
        """Choose ticks for the range shown."""
        if (width, height) != (self._size.width(), self._size.height()):
            self.prepareGeometryChange()
            self._size = QRectF(0, 0, width, height)
        self._choose_y()
        (low, high), _ = self.box.viewRange()
        room = self._metrics.horizontalAdvance("0") * 9 + 24
        most = max(2, int(self.box.size().width() / max(room, 88)))
        self._x = (
            date_ticks(low, high, most)
            if self.x_dates
            else axes.ticks(low, high, most, whole=self.x_whole)
        )
        self._redraw()

    def _choose_y(self) -> None:
        _, (low, high) = self.box.viewRange()
        room = max(self._metrics.height() * 2.6, 48.0)
        most = max(2, int(self.box.size().height() / room))
        self._y = (
            date_ticks(low, high, most)
            if self.y_dates
            else axes.ticks(low, high, most, whole=self.y_whole)
        )

    def boundingRect(self) -> QRectF:
        return QRectF(self._size)

    @guarded
    def paint(self, painter: QPainter, _option: object, _widget: QWidget | None = None) -> None:
        """Draw the axes; most frames have those of the one before, kept as an image.

        To draw lines and texts anew takes five times as long.
        """
        if on_paper():
            self._draw(painter)
            return
        to_device = painter.deviceTransform()
        if self._kept is None or self._kept[0] != to_device:
            self._kept = to_device, self._image(to_device)
        scale, x, y = to_device.m11(), to_device.dx(), to_device.dy()
        corner = QPointF((math.floor(x) - x) / scale, (math.floor(y) - y) / scale)
        painter.drawImage(corner, self._kept[1])

    def _image(self, to_device: QTransform) -> QImage:
        """Draw the axes on the device pixels they will lie on."""
        scale, x, y = to_device.m11(), to_device.dx() % 1.0, to_device.dy() % 1.0
        width, height = self._size.width() * scale + x, self._size.height() * scale + y
        image = QImage(
            math.ceil(width), math.ceil(height), QImage.Format.Format_ARGB32_Premultiplied
        )
        image.fill(Qt.GlobalColor.transparent)
        painter = QPainter(image)
        painter.setTransform(QTransform(scale, 0.0, 0.0, scale, x, y))
        self._draw(painter)
        painter.end()
        image.setDevicePixelRatio(scale)
        return image

    def _draw(self, painter: QPainter) -> None:
        area = self.box.geometry()
        (x_low, x_high), (y_low, y_high) = self.box.viewRange()
        x_rate, y_rate = area.width() / (x_high - x_low), area.height() / (y_high - y_low)
        grid_pen = QPen(theme.color("grid"))
        grid_pen.setCosmetic(not on_paper())
        text_color = theme.color("faint")
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setFont(self._font)
        height = self._metrics.height()
        for place, text in zip(self._x.places, self._x.texts, strict=True):
            x = area.left() + (place - x_low) * x_rate
            painter.setPen(grid_pen)
            painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))
            painter.setPen(text_color)
            box = QRectF(x - 80, area.bottom() + 6, 160, height)
            painter.drawText(box, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop, text)
        for place, text in zip(self._y.places, self._y.texts, strict=True):
            if self.y_least is not None and place < self.y_least:
                continue
            y = area.top() + (y_high - place) * y_rate
            painter.setPen(grid_pen)
            painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
            if not self.y_written:
                continue
            painter.setPen(text_color)
            box = QRectF(0, y - height / 2, area.left() - 8, height)
            painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)
        self._draw_notes(painter, area, height)

    def _draw_notes(self, painter: QPainter, area: QRectF, height: float) -> None:
        painter.setPen(theme.color("muted"))
        if self._y.note and self.y_written:
            box = QRectF(4, 0, area.width(), height)
            painter.drawText(box, Qt.AlignmentFlag.AlignLeft, self._y.note)
        if self._x.note:
            box = QRectF(area.left(), area.bottom() - height - 2, area.width(), height)
            painter.drawText(box, Qt.AlignmentFlag.AlignRight, self._x.note)
