"""The lines of a profile, painted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import (
    QBrush,
    QColor,
    QFont,
    QFontMetricsF,
    QPainter,
    QPen,
)
from PySide6.QtWidgets import QWidget

from gmmstudio.report.axes import ticks
from gmmstudio.report.label_placing import spread
from gmmstudio.report.symbols import N_SYMBOLS
from gmmstudio.ui import theme
from gmmstudio.ui.views.axes_frame import TICK_TEXT
from gmmstudio.ui.views.layers.badges import draw_badge
from gmmstudio.ui.views.pages.area import PageArea
from gmmstudio.ui.views.profile.drawing import badge_grid, draw_mark
from gmmstudio.ui.widgets.painting import guarded

Floats = NDArray[np.float64]
_FEW = 8  # clusters; the bands of more would hide each other
_SLANT = 32.0  # degrees
_LONGEST = 120.0  # of a slanted name, at normal text size
_BADGE = 8.0  # radius
_AVERAGE = "average"
_FARTHEST = 1e4


@dataclass(frozen=True, eq=False)
class Lines:
    """What is drawn: K clusters over the m columns of a page.

    Attributes
    ----------
    columns : (m,)
        Names of the columns.
    identities : (K,)
        What gives each cluster colour, letter and mark; in the order of the letters.
    words : (K,)
        For each cluster and column what pointing at it says.
    means, deviations : (K, m) float64
        In standard deviations from the average of all rows.
    low, high
        The range shown.
    selected : (m,) float64 or None
        The mean of the selected rows.
    """

    columns: tuple[str, ...]
    identities: tuple[int, ...]
    words: tuple[tuple[str, ...], ...]
    means: Floats
    deviations: Floats
    low: float
    high: float
    selected: Floats | None = None


class ProfileLines(PageArea):
    """Draws a line for each cluster, with bands, badges and axes.

    Attributes
    ----------
    lines
        What is drawn; None where there is only a message.
    at
        The cluster and column pointed at, which stand out.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.lines: Lines | None = None
        self.at: tuple[int, int] | None = None

    # ---- geometry ------------------------------------------------------------------------

    def most_columns(self) -> int:
        """Return how many columns a page holds so that their names can be read."""
        return max(2, int((self.width() - 110) / (44 * theme.zoom())))

    def _slanted(self, wide: float) -> bool:
        """Tell whether the names do not fit side by side."""
        lines = self.lines
        if lines is None:
            return False
        advance = QFontMetricsF(theme.font(0.9)).horizontalAdvance
        longest = max(map(advance, lines.columns), default=0.0)
        return longest + 12 > wide / max(len(lines.columns), 1)

    def _grid_columns(self, height: float) -> int:
        """Return in how many columns the badges stand at the right."""
        n = 0 if self.lines is None else len(self.lines.identities)
        return max(1, -(-n // max(int(height // self._badge_size()), 1)))

    def _badge_size(self) -> float:
        identities = () if self.lines is None else self.lines.identities
        longest = max((len(theme.cluster_letter(identity)) for identity in identities), default=1)
        return 2 * _BADGE * theme.zoom() + (4 if longest == 1 else 9)

    def plot_rect(self) -> QRectF:
        """Where the lines lie."""
        metrics, names = QFontMetricsF(theme.font(TICK_TEXT)), QFontMetricsF(theme.font(0.9))
        left = metrics.horizontalAdvance(_AVERAGE) + 22
        foot = names.height() + 10
        right = self._badge_size() + 30
        if self._slanted(self.width() - left - right):
            advance = [names.horizontalAdvance(name) for name in self.lines.columns]  # type: ignore[union-attr]
            longest = min(max(advance), _LONGEST * theme.zoom())
            foot = longest * np.sin(np.radians(_SLANT)) + names.height() + 10
        height = max(self.height() - 12 - foot, 1.0)
        right += (self._grid_columns(height) - 1) * (self._badge_size() + 2)
        return QRectF(left, 12, max(self.width() - left - right, 1.0), height)

    def x_of(self, column: int, rect: QRectF) -> float:
        """Where a column lies."""
        n = 1 if self.lines is None else len(self.lines.columns)
        return rect.left() + (column + 0.5) * rect.width() / n

    def y_of(self, values, rect: QRectF):
        """Where values lie, in standard deviations."""
        lines = self.lines
        assert lines is not None
        rate = rect.height() / (lines.high - lines.low)
        return np.clip(rect.top() + (lines.high - values) * rate, -_FARTHEST, _FARTHEST)

    def badge_places(self, rect: QRectF) -> list[QPointF]:
        """Return the centre of each cluster's badge, beside the end of its line where it can."""
        lines = self.lines
        if lines is None:
            return []
        size, x = self._badge_size(), rect.right() + 20
        if self._grid_columns(rect.height()) > 1:
            area = QRectF(x, rect.top(), self.width() - x, rect.height())
            return badge_grid(len(lines.identities), area, size)
        ends = [float(y) for y in self.y_of(lines.means[:, -1], rect)]
        low, high = rect.top() + size / 2, rect.bottom() - size / 2
        return [QPointF(x + size / 2, y) for y in spread(ends, size, low, high)]

    # ---- drawing -------------------------------------------------------------------------

    @guarded
    def paintEvent(self, _event) -> None:
        painter = QPainter(self)
        lines = self.lines
        if lines is None:
            self.draw_message(painter)
            self.draw_focus(painter)
            return
        rect = self.plot_rect()
        self._draw_axes(painter, lines, rect)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pointed = None if self.at is None else self.at[0]
        x = np.array([self.x_of(column, rect) for column in range(len(lines.columns))])
        places = self.badge_places(rect)
        order = [k for k in range(len(lines.identities)) if k != pointed]
        order += [] if pointed is None else [pointed]
        few = len(order) <= _FEW
        painter.save()
        painter.setClipRect(rect.adjusted(0, -4, 0, 4))
        for k in order:
            if k == pointed or (few and pointed is None):
                self._draw_band(painter, lines, rect, x, k, 0.2 if k == pointed else 0.1)
        painter.restore()
        for k in order:
            quiet = pointed is not None and k != pointed
            self._draw_line(painter, lines, rect, x, k, places, quiet)
        if lines.selected is not None:
            self._draw_selected(painter, lines.selected, rect, x)
        for k in order:
            painter.setOpacity(0.3 if pointed is not None and k != pointed else 1.0)
            font = theme.font(0.66, QFont.Weight.Bold)
            draw_badge(painter, places[k], lines.identities[k], font, _BADGE)
        painter.setOpacity(1.0)
        self.draw_focus(painter)

    def _draw_axes(self, painter: QPainter, lines: Lines, rect: QRectF) -> None:
        font = theme.font(TICK_TEXT)
        height = QFontMetricsF(font).height()
        painter.setFont(font)
        most = max(2, int(rect.height() / max(height * 2.4, 36.0)))
        marks = ticks(lines.low, lines.high, most)
        side = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        average = False
        for value, text in zip(marks.places, marks.texts, strict=True):
            y = float(self.y_of(value, rect))
            zero = abs(value) < 1e-9
            average |= zero
            painter.setPen(QPen(theme.color("faint" if zero else "grid"), 1))
            painter.drawLine(QPointF(rect.left(), y), QPointF(rect.right(), y))
            painter.setPen(theme.color("muted" if zero else "faint"))
            text = _AVERAGE if zero else text if value < 0 else f"+{text}"
            painter.drawText(QRectF(0, y - height / 2, rect.left() - 8, height), side, text)
        painter.setPen(QPen(theme.color("grid"), 1))
        for column in range(len(lines.columns)):
            x = self.x_of(column, rect)
            painter.drawLine(QPointF(x, rect.top()), QPointF(x, rect.bottom() + 4))
        self._draw_names(painter, lines, rect)

    def _draw_names(self, painter: QPainter, lines: Lines, rect: QRectF) -> None:
        font = theme.font(0.9)
        metrics = QFontMetricsF(font)
        painter.setFont(font)
        slanted = self._slanted(rect.width())
        elide = Qt.TextElideMode.ElideMiddle
        for column, name in enumerate(lines.columns):
            x, top = self.x_of(column, rect), rect.bottom() + 6
            here = self.at is not None and self.at[1] == column
            painter.setPen(theme.color("text" if here or not slanted else "muted"))
            if not slanted:
                box = QRectF(x - rect.width() / 2, top, rect.width(), metrics.height())
                painter.drawText(box, Qt.AlignmentFlag.AlignHCenter, name)
                continue
            room = min(_LONGEST * theme.zoom(), (x - 2) / np.cos(np.radians(_SLANT)))
            painter.save()
            painter.translate(x + metrics.height() / 4, top)
            painter.rotate(-_SLANT)
            box = QRectF(-room, 0, room, metrics.height())
            text = metrics.elidedText(name, elide, room)
            painter.drawText(box, Qt.AlignmentFlag.AlignRight, text)
            painter.restore()

    def _draw_band(
        self, painter: QPainter, lines: Lines, rect: QRectF, x: Floats, k: int, strength: float
    ) -> None:
        upper = self.y_of(lines.means[k] + lines.deviations[k], rect)
        lower = self.y_of(lines.means[k] - lines.deviations[k], rect)
        xs = x if len(x) > 1 else np.array([x[0] - 16, x[0] + 16])
        upper, lower = (np.broadcast_to(part, xs.shape) for part in (upper, lower))
        color = QColor(theme.cluster_color(lines.identities[k]))
        color.setAlphaF(strength)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QBrush(color))
        around = np.concatenate([xs, xs[::-1]]), np.concatenate([upper, lower[::-1]])
        painter.drawPolygon(pg.functions.arrayToQPolygonF(*around))

    def _draw_line(
        self,
        painter: QPainter,
        lines: Lines,
        rect: QRectF,
        x: Floats,
        k: int,
        places: list[QPointF],
        quiet: bool,
    ) -> None:
        identity = lines.identities[k]
        color = QColor(theme.cluster_color(identity))
        many = len(lines.identities) > _FEW
        color.setAlphaF(0.16 if quiet else 0.75 if many and self.at is None else 1.0)
        y = self.y_of(lines.means[k], rect)
        style = Qt.PenStyle.SolidLine if identity < N_SYMBOLS else Qt.PenStyle.DashLine
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if self._grid_columns(rect.height()) == 1:
            leader = QColor(color)
            leader.setAlphaF(color.alphaF() * 0.4)
            painter.setPen(QPen(leader, 1))
            painter.drawLine(QPointF(x[-1], y[-1]), places[k] - QPointF(_BADGE, 0))
        width = 2.6 if self.at is not None and not quiet else 1.2 if many else 1.8
        painter.setPen(QPen(color, width, style))
        painter.drawPolyline(pg.functions.arrayToQPolygonF(x, np.asarray(y)))
        painter.setPen(QPen(theme.color("window"), 1))
        painter.setBrush(QBrush(color))
        radius = (3.0 if many else 4.0) * max(1.0, theme.zoom() ** 0.5)
        for column in range(len(x)):
            pointed = self.at == (k, column)
            draw_mark(painter, QPointF(x[column], y[column]), identity, radius + 2 * pointed)

    def _draw_selected(self, painter: QPainter, selected: Floats, rect: QRectF, x: Floats) -> None:
        color = theme.color("text")
        y = np.asarray(self.y_of(selected, rect))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(color, 1.8, Qt.PenStyle.DashLine))
        painter.drawPolyline(pg.functions.arrayToQPolygonF(x, y))
        painter.setPen(QPen(color, 1.4))
        painter.setBrush(QBrush(theme.color("window")))
        for place in zip(x, y, strict=True):
            painter.drawEllipse(QPointF(*place), 3.0, 3.0)
