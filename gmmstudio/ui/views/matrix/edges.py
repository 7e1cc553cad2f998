"""What stands along the edges of a matrix: names and ticks, at the left and below."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPen

from gmmstudio.report.axes import Ticks, ticks
from gmmstudio.ui import theme
from gmmstudio.ui.views.matrix.layout import Layout, lay_out
from gmmstudio.ui.views.matrix.picture import Column

_TICK = 3.0  # length of a tick mark
_NAMES = 0.16  # of the width, at most, for names beside the lines


class Edges:
    """Measures and draws the edges of a matrix of this size."""

    def __init__(self, width: float, height: float, names: dict[int, str]) -> None:
        self._width, self._height, self._names = width, height, names
        self.font, self.name_font = theme.font(0.78), theme.font(0.86)
        self._metrics = QFontMetricsF(self.font)
        self._name_metrics = QFontMetricsF(self.name_font)

    def inner(self, up: tuple[int, ...]) -> tuple[float, float, float, float]:
        """Return left, top, right, bottom of what is left for cells with these columns up."""
        bottom = self._metrics.height() + self._name_metrics.height() + _TICK + 8
        left = self._tick_width() + self._name_width(up, 6.0, self._height - bottom) + _TICK + 12
        return math.ceil(left), 6.0, self._width - 12.0, self._height - math.ceil(bottom)

    def _tick_width(self) -> float:
        return self._metrics.horizontalAdvance("000000")

    def _upright(self, up: tuple[int, ...], height: float) -> bool:
        """Tell whether the names at the left are read from below: where more of them fits so."""
        longest = self._longest(up)
        return height >= min(longest, self._most_beside())

    def _longest(self, columns: tuple[int, ...]) -> float:
        advance = self._name_metrics.horizontalAdvance
        return max((advance(self._names.get(c, "")) for c in columns), default=0.0) + 2

    def _most_beside(self) -> float:
        return max(_NAMES * self._width, 60.0)

    def _name_width(self, up: tuple[int, ...], top: float, bottom: float) -> float:
        height = lay_out(up, up, (0, top, 100, bottom)).height
        if self._upright(up, height):
            return self._name_metrics.height()
        return min(self._longest(up), self._most_beside())

    # ---- drawing -------------------------------------------------------------------------

    def draw(self, painter: QPainter, layout: Layout, columns: dict[int, Column]) -> None:
        """Draw names and ticks around the cells of a page."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        upright = self._upright(layout.up, layout.height)
        marks = [self._marks_left(layout, line, columns[i]) for line, i in enumerate(layout.up)]
        texts = [text for one in marks for text in one.texts]
        widest = max(map(self._metrics.horizontalAdvance, texts), default=0.0)
        right = layout.left - widest - _TICK - 10
        for place, index in enumerate(layout.across):
            self._draw_below(painter, layout, place, index, columns[index])
        for line, index in enumerate(layout.up):
            self._draw_left(painter, layout, line, columns[index], marks[line])
            self._draw_name_left(painter, layout, line, index, marks[line].note, right, upright)

    def _draw_below(
        self, painter: QPainter, layout: Layout, place: int, index: int, column: Column
    ) -> None:
        left, bottom = layout.x(place), layout.bottom
        room = self._metrics.horizontalAdvance("0") * 5 + 14
        marks = _marks(column, int(layout.width / room))
        rate = layout.width / (column.high - column.low)
        painter.setFont(self.font)
        for value, text in zip(marks.places, marks.texts, strict=True):
            x = left + (value - column.low) * rate
            painter.setPen(QPen(theme.color("faint"), 1))
            painter.drawLine(QPointF(x, bottom), QPointF(x, bottom + _TICK))
            wide = self._metrics.horizontalAdvance(text)
            x = min(max(x - wide / 2, left), left + layout.width - wide)
            painter.drawText(QPointF(x, bottom + _TICK + 1 + self._metrics.ascent()), text)
        top = bottom + _TICK + self._metrics.height() + 2
        box = QRectF(left, top, layout.width, self._name_metrics.height())
        self._draw_name(painter, box, index, marks.note, Qt.AlignmentFlag.AlignCenter)

    def _marks_left(self, layout: Layout, line: int, column: Column) -> Ticks:
        marks = _marks(column, int(layout.height / (self._metrics.height() * 1.9)))
        if layout.diagonal and line == 0:
            return Ticks((), (), marks.note)  # the cell beside it counts rows
        return marks

    def _draw_left(
        self, painter: QPainter, layout: Layout, line: int, column: Column, marks: Ticks
    ) -> None:
        top, edge = layout.y(line), layout.left
        height = self._metrics.height()
        rate = layout.height / (column.high - column.low)
        painter.setFont(self.font)
        for value, text in zip(marks.places, marks.texts, strict=True):
            y = top + (column.high - value) * rate
            painter.setPen(QPen(theme.color("faint"), 1))
            painter.drawLine(QPointF(edge - _TICK - 1, y), QPointF(edge - 1, y))
            y = min(max(y - height / 2, top), top + layout.height - height)
            box = QRectF(edge - _TICK - 4 - 200, y, 200, height)
            painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)

    def _draw_name_left(
        self,
        painter: QPainter,
        layout: Layout,
        line: int,
        index: int,
        note: str,
        right: float,
        upright: bool,
    ) -> None:
        top, size = layout.y(line), self._name_metrics.height()
        if upright:
            painter.save()
            painter.translate(right, top + layout.height)
            painter.rotate(-90)
            box = QRectF(0, -size, layout.height, size)
            self._draw_name(painter, box, index, note, Qt.AlignmentFlag.AlignCenter)
            painter.restore()
        else:
            box = QRectF(4, top, right - 4, layout.height)
            side = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            self._draw_name(painter, box, index, note, side)

    def _draw_name(
        self, painter: QPainter, box: QRectF, index: int, note: str, align: Qt.AlignmentFlag
    ) -> None:
        painter.setFont(self.name_font)
        painter.setPen(theme.color("text"))
        name = f"{self._names.get(index, '')} {note}".strip()
        middle = Qt.TextElideMode.ElideMiddle
        painter.drawText(box, align, self._name_metrics.elidedText(name, middle, box.width()))


def _marks(column: Column, most: int) -> Ticks:
    return ticks(column.low, column.high, min(max(most, 1), 4), whole=column.whole)
