"""How the chart of Choose K is painted: its lines, marks and names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen, QPolygonF

from gmmstudio.fitting.sweep import Cell
from gmmstudio.report.evidence import FEW, Line, ranked
from gmmstudio.ui import theme
from gmmstudio.ui.views.axes_frame import TICK_TEXT
from gmmstudio.ui.views.choose_k.layout import ABOVE, BEST_RADIUS, GAP, POINT, Layout, Pile, Spot
from gmmstudio.ui.views.choose_k.shape_colors import shape_color
from gmmstudio.ui.views.convergence.curve import decimals, fixed

_BEHIND = 0.16  # opacity of a line while another is in front
_UNNAMED = 0.45  # opacity of one that has no name beside it


def label_font() -> QFont:
    """Return the font of the best model's label."""
    return theme.font(TICK_TEXT, QFont.Weight.Bold)


@dataclass(frozen=True, eq=False)
class Picture:
    """What is painted.

    Attributes
    ----------
    lines, layout
        The models, and where they stand.
    front
        The line in front of the others, if one is.
    spot
        The model under the mouse or the keyboard's cursor.
    shown
        The model on the screen.
    best_text
        The label of the best model.
    """

    lines: Sequence[Line]
    layout: Layout
    front: Line | None
    spot: Spot | None
    shown: Cell | None
    best_text: str

    def paint(self, painter: QPainter) -> None:
        """Paint everything, what matters most last."""
        painter.setFont(theme.font(TICK_TEXT))
        self._axes(painter)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pieces = self._pieces()
        heaped = {id(spot) for pile in self.layout.piles for spot in pile.spots}
        by_line: dict[int, list[Spot]] = {}
        for spot in self.layout.spots:
            by_line.setdefault(id(spot.line), []).append(spot)
        for line in self._back_to_front():
            self._line(painter, line, pieces[id(line)])
            for spot in by_line.get(id(line), ()):
                if id(spot) not in heaped or line is self.front:
                    self._spot(painter, spot)
        for pile in self.layout.piles:
            if self.front is None or all(spot.line is not self.front for spot in pile.spots):
                self._pile(painter, pile)
        for spot in self.layout.spots:
            if spot.dot.cell is self.shown and id(spot) not in heaped:
                self._shown(painter, spot)
        if self.layout.best is not None:
            self._best(painter, self.layout.best)
        self._names(painter)

    def _pieces(self) -> dict[int, slice]:
        """Tell which of the layout's segments belong to which line."""
        found, start = {}, 0
        for line in self.lines:
            end = start + sum(len(run) - 1 for run in line.runs())
            found[id(line)] = slice(start, end)
            start = end
        return found

    def _back_to_front(self) -> list[Line]:
        order = list(reversed(ranked(self.lines)))
        order = [line for line in self.lines if line not in order] + order
        if self.front is not None:
            order.remove(self.front)
            order.append(self.front)
        return order

    def _color(self, line: Line) -> QColor:
        """Return a line's colour, faint where it is not what one looks at."""
        color = shape_color(line.structure)
        if self.front is not None:
            color.setAlphaF(1.0 if line is self.front else _BEHIND)
        elif len(self.lines) > FEW and all(line is not named for named, _ in self.layout.names):
            color.setAlphaF(_UNNAMED)
        return color

    # ---- axes ----------------------------------------------------------------------------

    def _axes(self, painter: QPainter) -> None:
        layout = self.layout
        area, metrics = layout.area, painter.fontMetrics()
        every = max(1, round(len(layout.columns) * 24 / max(area.width, 1)))
        for place, (k, x) in enumerate(layout.columns):
            painter.setPen(theme.color("grid"))
            painter.drawLine(QLineF(round(x), area.top, round(x), area.bottom))
            if place % every == 0:
                painter.setPen(theme.color("faint"))
                box = QRectF(x - 20, area.bottom + 4, 40, metrics.height())
                painter.drawText(box, Qt.AlignmentFlag.AlignCenter, str(k))
        values = [s.dot.value for s in layout.spots if s.kind == POINT and s.dot.value is not None]
        if not values:
            return
        painter.setPen(theme.color("faint"))
        digits = decimals(min(values), max(values))
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for value in {min(values), max(values)}:
            y = layout.to_y(value)
            box = QRectF(0, y - metrics.height() / 2, area.left - 6, metrics.height())
            painter.drawText(box, right, fixed(value, digits))

    # ---- lines and marks -----------------------------------------------------------------

    def _line(self, painter: QPainter, line: Line, pieces: slice) -> None:
        area = self.layout.area
        painter.save()
        painter.setClipRect(QRectF(area.left, area.top, area.width, area.height))
        width = 2.4 if line is self.front else 1.6 if len(self.lines) <= FEW else 1.3
        pen = QPen(self._color(line), width)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        for x1, y1, x2, y2 in self.layout.segments[pieces]:
            painter.drawLine(QLineF(x1, y1, x2, y2))
        painter.restore()

    def _spot(self, painter: QPainter, spot: Spot) -> None:
        color, place = self._color(spot.line), QPointF(spot.x, spot.y)
        size = 3.2 if len(self.lines) <= FEW or spot.line is self.front else 2.4
        size += 1.0 if spot is self.spot else 0.0
        painter.setBrush(theme.color("window"))
        painter.setPen(QPen(color, 1.5))
        if spot.kind == POINT:
            painter.drawEllipse(place, size, size)
        else:
            _mark(painter, spot.kind, place, max(size, 2.9))

    def _shown(self, painter: QPainter, spot: Spot) -> None:
        """Draw the model on the screen once more, over all others, with a ring around it."""
        if spot.kind == POINT:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.color("text"), 1.3))
            painter.drawEllipse(QPointF(spot.x, spot.y), 7.0, 7.0)
        self._spot(painter, spot)

    def _pile(self, painter: QPainter, pile: Pile) -> None:
        """Draw one mark with the number of models it stands for."""
        hovered = self.spot in pile.spots
        color = theme.color("muted" if self.front is None or hovered else "faint")
        metrics = QFontMetricsF(painter.font())
        words = str(len(pile.spots))
        wide = metrics.horizontalAdvance(words)
        left = pile.x - (8 + wide) / 2
        painter.setPen(QPen(color, 1.3))
        painter.setBrush(theme.color("window"))
        _mark(painter, pile.kind, QPointF(left + 2.5, pile.y), 2.9)
        box = QRectF(left + 8, pile.y - metrics.height() / 2, wide + 2, metrics.height())
        painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, words)

    def _best(self, painter: QPainter, spot: Spot) -> None:
        color = shape_color(spot.line.structure)
        painter.setPen(QPen(theme.color("window"), 1))
        painter.setBrush(color)
        painter.drawEllipse(QPointF(spot.x, spot.y), BEST_RADIUS, BEST_RADIUS)
        box = self.layout.best_label
        if box is not None:
            painter.setFont(label_font())
            painter.setPen(color)
            painter.drawText(
                QRectF(box.left, box.top, box.width, box.height),
                Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextDontClip,
                self.best_text,
            )
            painter.setFont(theme.font(TICK_TEXT))

    # ---- names ---------------------------------------------------------------------------

    def _names(self, painter: QPainter) -> None:
        for line, y in self.layout.names:
            if line is not self.front:
                self._name(painter, line, y)
        front = self.front
        end = None if front is None else self.layout.end_of(front)
        if front is None or end is None:
            return
        own = next((y for line, y in self.layout.names if line is front), None)
        painter.setFont(label_font())
        self._name(painter, front, end[1] if own is None else own, covers=own is None)
        painter.setFont(theme.font(TICK_TEXT))

    def _name(self, painter: QPainter, line: Line, y: float, *, covers: bool = False) -> None:
        self._leader(painter, line, y)
        metrics = QFontMetricsF(painter.font())
        height = metrics.height()
        left = self.layout.area.right - 2
        box = QRectF(left, y - height / 2, metrics.horizontalAdvance(line.label) + 4, height)
        if covers:
            painter.fillRect(box, theme.color("window"))
        painter.setPen(self._color(line))
        left_middle = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(box, left_middle | Qt.TextFlag.TextDontClip, line.label)

    def _leader(self, painter: QPainter, line: Line, y: float) -> None:
        """Lead from a line's end to its name, where that had to give way to others."""
        end, right = self.layout.end_of(line), self.layout.area.right - 4
        last = self.layout.columns[-1][1]
        if end is None or len(self.lines) <= FEW or (end[0] < last and line is not self.front):
            return
        color = self._color(line)
        color.setAlphaF(0.6 * color.alphaF())
        style = Qt.PenStyle.SolidLine if end[0] >= last else Qt.PenStyle.DotLine
        painter.setPen(QPen(color, 1, style))
        painter.drawLine(QLineF(end[0] + 4, end[1], right, y))


def _mark(painter: QPainter, kind: str, place: QPointF, size: float) -> None:
    """Draw the triangle of a model above the scale, or the cross of none."""
    if kind == ABOVE:
        corners = ((-size, size * 0.8), (size, size * 0.8), (0.0, -size))
        painter.drawPolygon(QPolygonF([place + QPointF(x, y) for x, y in corners]))
    elif kind == GAP:
        painter.drawLine(place + QPointF(-size, -size), place + QPointF(size, size))
        painter.drawLine(place + QPointF(-size, size), place + QPointF(size, -size))
