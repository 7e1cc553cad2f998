"""The outlier histogram with its line to drag."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from gmmstudio.report import formats
from gmmstudio.report.outlier_figures import Bars
from gmmstudio.ui import theme
from gmmstudio.ui.selection import how_of
from gmmstudio.ui.widgets.painting import guarded, scaled_font, text_colour

TAIL = 46.0
EDGE = 7.0
BASE = 4.0
REACH = 8.0  # from the line, where the mouse takes hold of it


class Histogram(QWidget):
    """Bars, those of outliers red, and a red line that is dragged; bars are clicked at.

    ``dragged`` gives the place under the mouse in the units of the bars; the line itself moves
    only when the owner sets it, so that it always stands where the rule really is. ``picked``
    gives the first and the last bar that the mouse went over, and what becomes of the rows
    selected before; the tail counts as the bar after the last.
    """

    dragged = Signal(float)
    released = Signal()
    nudged = Signal(int, bool)  # steps to the right, fine
    picked = Signal(int, int, str)
    title = "Outliers"

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bars: Bars | None = None
        self._line = math.nan
        self._axis = ""
        self._dragging = False
        self._pressed_at = 0.0
        self._selected: NDArray[np.int64] | None = None
        self._picking: tuple[int, int] | None = None  # where the mouse went down, where it is
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAccessibleName("Histogram with the line that marks outliers")

    def sizeHint(self) -> QSize:
        return QSize(240, 60)

    def set_bars(self, bars: Bars) -> None:
        if bars is not self._bars:
            self._bars = bars
            self.update()

    def set_line(self, x: float) -> None:
        if x != self._line:
            self._line = x
            self.update()

    def set_axis(self, words: str) -> None:
        """Say what is counted, for pictures: the panel around says it on the screen."""
        self._axis = words

    def line(self) -> float:
        return self._line

    def set_selected(self, counts: NDArray[np.int64] | None) -> None:
        """Show how many of each bar's rows (BARS + 1,), the tail last, are selected."""
        if counts is not None or self._selected is not None:
            self._selected = counts
            self.update()

    def picture_size(self) -> QSize:
        """Return the size of its picture, which has the room that the panel lacks."""
        return QSize(480, 260)

    # Places -------------------------------------------------------------------------------------

    def _span(self) -> tuple[float, float]:
        """Left and right end of the bars in pixels."""
        left, right = EDGE, self.width() - EDGE
        if self._bars is not None and self._bars.beyond:
            if self._bars.right:
                right -= TAIL
            else:
                left += TAIL
        return left, max(right, left + 1.0)

    def to_pixel(self, x: float) -> float:
        """Return where a value stands; values of the tail stand in the tail's middle."""
        bars = self._bars
        if bars is None or math.isnan(x):
            return EDGE
        left, right = self._span()
        place = left + (x - bars.low) / (bars.high - bars.low) * (right - left)
        low = EDGE if bars.right or not bars.beyond else EDGE + TAIL / 2
        high = self.width() - EDGE if not bars.right or not bars.beyond else right + TAIL / 2
        return min(max(place, low), high)

    def to_value(self, pixel: float) -> float:
        """Return the value at a pixel; in the tail the scale simply goes on."""
        bars = self._bars
        if bars is None:
            return math.nan
        left, right = self._span()
        return bars.low + (pixel - left) / (right - left) * (bars.high - bars.low)

    def bar_at(self, pixel: float) -> int:
        """Return the bar at a pixel; the tail is the one after the last."""
        bars = self._bars
        if bars is None:
            return 0
        n, (left, right) = len(bars.counts), self._span()
        if bars.beyond and (pixel > right if bars.right else pixel < left):
            return n
        return min(max(int((pixel - left) / (right - left) * n), 0), n - 1)

    def _at_line(self, pixel: float) -> bool:
        return abs(self.to_pixel(self._line) - pixel) <= REACH

    # Mouse and keys -----------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton or self._bars is None:
            return
        x = event.position().x()
        if self._at_line(x):
            self._dragging = True
            self._pressed_at = self.to_pixel(self._line) - x  # the line does not jump
        else:
            self._picking = self.bar_at(x), self.bar_at(x)
        self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        x = event.position().x()
        if self._dragging:
            self.dragged.emit(self.to_value(x + self._pressed_at))
        elif self._picking is not None:
            self._picking = self._picking[0], self.bar_at(x)
            self.update()
        else:
            shape = Qt.CursorShape
            self.setCursor(shape.SizeHorCursor if self._at_line(x) else shape.PointingHandCursor)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._dragging and event.button() == Qt.MouseButton.LeftButton:
            self._dragging = False
            self.released.emit()
            self.update()
        elif self._picking is not None and event.button() == Qt.MouseButton.LeftButton:
            (first, last), self._picking = self._ordered(self._picking), None
            self.picked.emit(first, last, how_of(event.modifiers()))
            self.update()

    def _ordered(self, ends: tuple[int, int]) -> tuple[int, int]:
        """Return first and last bar; a tail at the left comes before all others."""
        bars = self._bars
        n = 0 if bars is None else len(bars.counts)
        if bars is not None and not bars.right and n in ends:
            return (-1, max((end for end in ends if end < n), default=-1))
        return min(ends), max(ends)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if step is None or self._bars is None:
            super().keyPressEvent(event)
            return
        fine = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        self.nudged.emit(step, fine)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right) and not event.isAutoRepeat():
            self.released.emit()
        super().keyReleaseEvent(event)

    # Picture ------------------------------------------------------------------------------------

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        if self._bars is not None:
            painter = QPainter(self)
            x = self._draw_bars(painter, self._bars, self.height() - BASE)
            self._draw_handle(painter, x)

    @guarded
    def draw_on_paper(self, painter: QPainter) -> None:
        """Draw it with the figures that stand around it on the screen, and without the handle."""
        bars = self._bars
        if bars is None:
            return
        painter.setFont(scaled_font(self.font(), 0.86))
        height = painter.fontMetrics().height()
        base = self.height() - BASE - 2 * height - 8
        x = self._draw_bars(painter, bars, base)
        painter.setFont(scaled_font(self.font(), 0.86))
        left, right = self._span()
        taken: list[tuple[float, float]] = []
        for place, value, role in (
            (x, self._line, "danger"),
            (left, bars.low, "muted"),
            (right, bars.high, "muted"),
        ):
            text = formats.measure(value)
            wide = painter.fontMetrics().horizontalAdvance(text)
            start = min(max(place - wide / 2, 0.0), self.width() - wide)
            if any(start < end + 8 and begin < start + wide + 8 for begin, end in taken):
                continue  # the figure at the line is the one that counts
            taken.append((start, start + wide))
            painter.setPen(text_colour(role))
            painter.drawText(QPointF(start, base + 4 + painter.fontMetrics().ascent()), text)
        side = "right" if bars.right else "left"
        painter.setPen(text_colour("muted"))
        words = f"{self._axis} · rows {side} of the line are outliers"
        foot = QRectF(0, base + 6 + height, self.width(), height)
        painter.drawText(foot, Qt.AlignmentFlag.AlignCenter, words)

    def _draw_bars(self, painter: QPainter, bars: Bars, base: float) -> float:
        """Draw bars and line on a base; return where the line stands."""
        now = theme.current()
        line = self.to_pixel(self._line)
        painter.setPen(Qt.PenStyle.NoPen)
        left, right = self._span()
        step = (right - left) / len(bars.counts)
        tallest = max(int(bars.counts.max()), 1)
        room = base - 4
        accent = QColor(now.accent)
        grey, red = QColor(now.bars), QColor(now.danger)
        self._draw_picking(painter, left, step, base)
        for place, n in enumerate(bars.counts.tolist()):
            if not n:
                continue
            height = max(2.0, room * n / tallest)
            start, end = left + place * step, left + (place + 1) * step - 1.0
            split = min(max(line, start), end)
            before, after = (grey, red) if bars.right else (red, grey)
            if split > start:
                painter.fillRect(QRectF(start, base - height, split - start, height), before)
            if end > split:
                painter.fillRect(QRectF(split, base - height, end - split, height), after)
            chosen = 0 if self._selected is None else int(self._selected[place])
            if chosen:
                height = max(2.0, room * chosen / tallest)
                painter.fillRect(QRectF(start, base - height, end - start, height), accent)
        painter.fillRect(QRectF(EDGE, base, self.width() - 2 * EDGE, 1.0), QColor(now.border))
        if bars.beyond:
            self._draw_tail(painter, bars, base)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(red, 2.0))
        painter.drawLine(QPointF(line, 1), QPointF(line, base + 3))
        return line

    def _draw_picking(self, painter: QPainter, left: float, step: float, base: float) -> None:
        """Mark the bars that the mouse has gone over since it went down."""
        bars = self._bars
        if self._picking is None or bars is None:
            return
        n = len(bars.counts)
        low, high = (left + min(max(end, 0), n - 1) * step for end in sorted(self._picking))
        end = high + step
        if n in self._picking:
            low, end = (low, self.width() - EDGE) if bars.right else (EDGE, low + step)
            if self._picking == (n, n):
                low, end = (left + n * step, end) if bars.right else (EDGE, left)
        painter.fillRect(QRectF(low, 0.0, end - low, base), QColor(theme.current().accent_soft))

    def _draw_tail(self, painter: QPainter, bars: Bars, base: float) -> None:
        text = (
            f"{formats.count(bars.beyond)}\nmore ›"
            if bars.right
            else f"{formats.count(bars.beyond)}\n‹ more"
        )
        left, right = self._span()
        area = (
            QRectF(right + 2, 0, TAIL - 2, base) if bars.right else QRectF(EDGE, 0, TAIL - 2, base)
        )
        painter.setFont(scaled_font(self.font(), 0.78))
        chosen = self._selected is not None and bool(self._selected[-1])
        painter.setPen(text_colour("accent" if chosen else "muted"))
        painter.drawText(area, Qt.AlignmentFlag.AlignCenter, text)
        edge = right + 1 if bars.right else left - 1
        painter.setPen(QPen(QColor(theme.current().border), 1.0, Qt.PenStyle.DashLine))
        painter.drawLine(QPointF(edge, 4), QPointF(edge, base))

    def _draw_handle(self, painter: QPainter, x: float) -> None:
        now = theme.current()
        red = QColor(now.danger)
        handle = QRectF(x - 5, self.height() * 0.5 - 7, 10, 14)
        painter.setBrush(red)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.drawRoundedRect(handle, 3, 3)
        painter.setPen(QPen(QColor(now.panel), 1.0))
        for offset in (-1.5, 1.5):
            painter.drawLine(
                QPointF(x + offset, handle.center().y() - 3),
                QPointF(x + offset, handle.center().y() + 3),
            )
        if self.hasFocus() or self._dragging:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(now.accent), 1.5))
            painter.drawRoundedRect(handle.adjusted(-2, -2, 2, 2), 4, 4)
