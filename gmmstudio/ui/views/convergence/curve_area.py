"""The curve of the log-likelihood: painted, hovered, clicked and walked along."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QKeyEvent, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from gmmstudio.ui import theme
from gmmstudio.ui.views.axes_frame import TICK_TEXT
from gmmstudio.ui.views.convergence.curve import Scale, decimals, fixed, scale_of, thin
from gmmstudio.ui.views.keyboard_focus import KeyboardFocus
from gmmstudio.ui.widgets.painting import guarded

Floats = NDArray[np.float64]
_EMPTY = "Press Fit: each iteration adds a point,\nand the curve levels off when EM has converged."


class CurveArea(KeyboardFocus):
    """Draws the curve and turns the mouse and the keys into iterations."""

    scrubbed = Signal(int)
    stepped = Signal(str)  # "first", "back", "forward", "last"

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.numbers: Floats = np.empty(0)
        self.values: Floats = np.empty(0)
        self.shown: int | None = None
        self.scale = Scale(0.0, 1.0)
        self._hovered: int | None = None
        self._note = ""
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(120, 72)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Log-likelihood per iteration")

    def show_curve(
        self, numbers: Floats, values: Floats, shown: int | None, note: str = ""
    ) -> None:
        """Show a curve with a dot at one of its iterations."""
        if values is not self.values:
            self.numbers, self.values = numbers, values
            self.scale = scale_of(values)
            self._hovered = None
        self.shown = shown
        self._note = note
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(360, 140)

    # ---- geometry ------------------------------------------------------------------------

    def plot_rect(self) -> QRectF:
        """Where the curve lies, beside its numbers and above those of the iterations."""
        metrics = QFontMetricsF(theme.font(TICK_TEXT))
        wide = max((metrics.horizontalAdvance(text) for text in self._end_texts()), default=24.0)
        left = 4 * np.ceil((wide + 22) / 4)
        bottom = metrics.height() + 6
        return QRectF(
            left, 10, max(self.width() - left - 16, 1), max(self.height() - 14 - bottom, 1)
        )

    def _end_texts(self) -> tuple[str, ...]:
        if not len(self.values):
            return ()
        digits = decimals(self.scale.low, self.scale.high)
        if self.scale.high <= self.scale.low:
            return (fixed(self.scale.high, digits),)
        return fixed(self.scale.high, digits), fixed(self.scale.low, digits)

    def _to_pixels(self, numbers, values, rect: QRectF):
        first, last = float(self.numbers[0]), float(self.numbers[-1])
        share = (
            (np.asarray(numbers) - first) / (last - first)
            if last > first
            else np.full(np.shape(numbers), 0.5)
        )
        x = rect.left() + share * rect.width()
        return x, rect.bottom() - self.scale.height(values) * rect.height()

    def number_at(self, x: float) -> int | None:
        """Return the iteration at a place across; None without a curve."""
        if not len(self.numbers):
            return None
        rect = self.plot_rect()
        share = min(max((x - rect.left()) / rect.width(), 0.0), 1.0)
        first, last = self.numbers[0], self.numbers[-1]
        return round(float(first + share * (last - first)))

    # ---- drawing -------------------------------------------------------------------------

    @guarded
    def paintEvent(self, _event) -> None:
        painter = QPainter(self)
        painter.setFont(theme.font(TICK_TEXT))
        if not len(self.values):
            self._draw_hint(painter)
            return
        rect = self.plot_rect()
        self._draw_ends(painter, rect)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.color("grid"), 1))
        painter.drawLine(rect.bottomLeft() + QPointF(0, 4), rect.bottomRight() + QPointF(0, 4))
        self._draw_curve(painter, rect)
        if self._hovered is not None and self._hovered != self.shown:
            self._draw_dot(painter, rect, self._hovered, hollow=True)
        if self.shown is not None:
            self._draw_dot(painter, rect, self.shown, hollow=False)
        self.draw_focus(painter)

    def _draw_hint(self, painter: QPainter) -> None:
        painter.setPen(theme.color("faint"))
        wide = painter.fontMetrics().size(0, _EMPTY).width()
        hint = _EMPTY if wide <= self.width() else _EMPTY.replace("\n", " ")
        flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        painter.drawText(self.rect(), flags, hint)

    def _draw_ends(self, painter: QPainter, rect: QRectF) -> None:
        height = painter.fontMetrics().height()
        painter.setPen(theme.color("faint"))
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        texts = self._end_texts()
        places = (rect.center().y(),) if len(texts) == 1 else (rect.top(), rect.bottom())
        for y, text in zip(places, texts, strict=True):
            painter.drawText(QRectF(0, y - height / 2, rect.left() - 8, height), right, text)
        line = QRectF(rect.left() - 20, rect.bottom() + 6, rect.width() + 30, height)
        first, last = int(self.numbers[0]), int(self.numbers[-1])
        top = Qt.AlignmentFlag.AlignTop
        if last > first:
            left = Qt.AlignmentFlag.AlignLeft
            painter.drawText(line.adjusted(17, 0, 0, 0), left | top, str(first))
            painter.drawText(
                line.adjusted(0, 0, -6, 0), Qt.AlignmentFlag.AlignRight | top, str(last)
            )
        else:  # below the one dot there is
            middle = line.adjusted(20, 0, -10, 0)
            painter.drawText(middle, Qt.AlignmentFlag.AlignHCenter | top, str(first))
        notes = [self._note, "scale stretched at the top" if self.scale.is_stretched else ""]
        note = " · ".join(note for note in notes if note)
        corner = rect.adjusted(8, 0, 0, 0)  # a rising curve leaves this corner free
        painter.drawText(
            corner,
            right & ~Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignBottom,
            painter.fontMetrics().elidedText(
                note, Qt.TextElideMode.ElideRight, int(corner.width())
            ),
        )

    def _draw_curve(self, painter: QPainter, rect: QRectF) -> None:
        numbers, values = thin(self.numbers, self.values, max(4, int(rect.width())))
        finite = np.isfinite(values)
        x, y = self._to_pixels(numbers[finite], values[finite], rect)
        pen = QPen(theme.color("accent"), 1.8)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolyline(pg.functions.arrayToQPolygonF(x, y))

    def _draw_dot(self, painter: QPainter, rect: QRectF, number: int, *, hollow: bool) -> None:
        place = number - int(self.numbers[0])
        if not 0 <= place < len(self.values) or not np.isfinite(self.values[place]):
            return
        x, y = self._to_pixels(float(number), self.values[place], rect)
        painter.setPen(QPen(theme.color("accent"), 1.5) if hollow else Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("window") if hollow else theme.color("accent"))
        painter.drawEllipse(QPointF(float(x), float(y)), *((3.5, 3.5) if hollow else (4.5, 4.5)))

    # ---- mouse and keys ------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._scrub(event.position().x())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        x = event.position().x()
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._scrub(x)
            return
        number = self.number_at(x)
        if number != self._hovered:
            self._hovered = number
            self.update()
            if number is not None:
                QToolTip.showText(event.globalPosition().toPoint(), self.describe(number), self)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._hovered = None
        self.update()

    def _scrub(self, x: float) -> None:
        number = self.number_at(x)
        if number is not None and number != self.shown:
            self.scrubbed.emit(number)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {
            Qt.Key.Key_Left: "back",
            Qt.Key.Key_Right: "forward",
            Qt.Key.Key_Home: "first",
            Qt.Key.Key_End: "last",
        }.get(Qt.Key(event.key()))
        if step is None or not len(self.values):
            super().keyPressEvent(event)
        else:
            self.stepped.emit(step)

    def describe(self, number: int) -> str:
        """Say what one iteration reached and what it gained."""
        place = number - int(self.numbers[0])
        value = self.values[place]
        text = f"Iteration {number}: log-likelihood {fixed(value, 3)}"
        if place:
            gain = value - self.values[place - 1]
            text += f"\n{'+' if gain >= 0 else ''}{fixed(gain, 4)} since iteration {number - 1}"
        return f"{text}\nClick to see this iteration."
