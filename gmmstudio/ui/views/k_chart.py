"""The chart of Choose K: a line per shape, the best model marked and named."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QLineF, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPen,
    QPolygonF,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from gmmstudio.fitting.sweep import Cell
from gmmstudio.ui import theme
from gmmstudio.ui.views.curve import decimals, fixed
from gmmstudio.ui.views.evidence import Line, best_dot, describe, name
from gmmstudio.ui.views.k_layout import ABOVE, GAP, POINT, Layout, Spot, lay_out
from gmmstudio.ui.views.label_placing import Box
from gmmstudio.ui.views.plotting import KEYBOARD, TICK_TEXT
from gmmstudio.ui.widgets.painting import guarded

# Colours of shapes, apart from those of clusters A to D; full and V follow the accent.
_COLORS = {"VII": "#8a919e", "VVI": "#4dabf7", "EEE": "#e8590c", "E": "#e8590c"}
_SPARE = ("#9c36b5", "#2b8a3e", "#c2255c", "#846358", "#5f3dc4", "#0b7285")


def shape_color(structure: str, place: int = 0) -> QColor:
    """Return the colour of a shape's line."""
    if structure in ("VVV", "V"):
        return theme.color("accent")
    return QColor(_COLORS.get(structure, _SPARE[place % len(_SPARE)]))


class KChart(QWidget):
    """Draws the models of a sweep and turns clicks and keys into models.

    Attributes
    ----------
    opened : Signal
        A model was chosen: its cell.
    laid_out : Signal
        Sizes or models have changed.
    """

    opened = Signal(object)
    laid_out = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lines: tuple[Line, ...] = ()
        self._criterion = "BIC"
        self._components: tuple[int, ...] = ()
        self._column_names: Sequence[str] = ()
        self._shown: Cell | None = None
        self._complete = True
        self._layout: Layout | None = None
        self._hovered: Spot | None = None
        self._cursor: Cell | None = None  # of the keyboard
        self._by_keyboard = False
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(160, 84)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def sizeHint(self) -> QSize:
        return QSize(360, 140)

    def show_models(
        self,
        lines: tuple[Line, ...],
        criterion: str,
        components: Sequence[int],
        column_names: Sequence[str],
        shown: Cell | None,
        *,
        complete: bool,
    ) -> None:
        """Show these models; `components` are the K of the axis, `shown` the model on screen."""
        self._lines, self._criterion = lines, criterion
        self._components, self._column_names = tuple(components), column_names
        self._shown, self._complete = shown, complete
        self.relayout()

    def relayout(self) -> None:
        """Place everything anew: other models, another size, another text size."""
        self._hovered = None
        self._layout = None
        if self._lines and self.width() > 40 and self.height() > 40:
            metrics = QFontMetricsF(self._label_font())
            label = (metrics.horizontalAdvance(self.best_text()) + 2, metrics.height())
            height = QFontMetricsF(theme.font(TICK_TEXT)).height()
            self._layout = lay_out(
                self._lines, self._area(), label, height, components=self._components
            )
        self._name_for_readers()
        self.update()
        self.laid_out.emit()

    @property
    def layout_now(self) -> Layout | None:
        """Where everything stands; None without models."""
        return self._layout

    def best_text(self) -> str:
        """Return the label of the best model."""
        best = self._best_cell()
        if best is None:
            return ""
        return f"best{'' if self._complete else ' so far'}: {name(best)}"

    def _best_cell(self) -> Cell | None:
        best = best_dot(self._lines)
        return None if best is None else best.cell

    def _name_for_readers(self) -> None:
        self.setAccessibleName(f"{self._criterion} against the number of clusters")
        self.setAccessibleDescription(self.best_text())

    def _label_font(self) -> QFont:
        return theme.font(TICK_TEXT, QFont.Weight.Bold)

    def _area(self) -> Box:
        metrics = QFontMetricsF(theme.font(TICK_TEXT))
        names = max((metrics.horizontalAdvance(line.words) for line in self._lines), default=0.0)
        values = [dot.value for line in self._lines for dot in line.dots if dot.value is not None]
        numbers = max(
            (
                metrics.horizontalAdvance(fixed(v, decimals(min(values), max(values))))
                for v in values
            ),
            default=20.0,
        )
        left, bottom = numbers + 14, metrics.height() + 6
        return Box(
            left,
            6.0,
            max(self.width() - left - names - 8, 20.0),
            max(self.height() - 8 - bottom, 20.0),
        )

    # ---- drawing -------------------------------------------------------------------------

    @guarded
    def paintEvent(self, _event) -> None:
        layout = self._layout
        if layout is None:
            return
        painter = QPainter(self)
        painter.setFont(theme.font(TICK_TEXT))
        self._draw_axes(painter, layout)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._draw_lines(painter, layout)
        for spot in layout.spots:
            self._draw_spot(painter, layout, spot)
        if layout.best is not None:
            self._draw_best(painter, layout, layout.best)
        self._draw_names(painter, layout)
        if self._by_keyboard:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.color("accent"), 1))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(2.5, 0.5, -2.5, -0.5), 5, 5)

    def _color(self, line: Line) -> QColor:
        return shape_color(line.structure, self._lines.index(line))

    def _draw_axes(self, painter: QPainter, layout: Layout) -> None:
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

    def _draw_lines(self, painter: QPainter, layout: Layout) -> None:
        area = layout.area
        painter.save()
        painter.setClipRect(QRectF(area.left, area.top, area.width, area.height))
        start = 0
        for line in self._lines:
            pieces = sum(len(run) - 1 for run in line.runs())
            pen = QPen(self._color(line), 1.6)
            pen.setCapStyle(Qt.PenCapStyle.RoundCap)
            painter.setPen(pen)
            for x1, y1, x2, y2 in layout.segments[start : start + pieces]:
                painter.drawLine(QLineF(x1, y1, x2, y2))
            start += pieces
        painter.restore()

    def _draw_spot(self, painter: QPainter, layout: Layout, spot: Spot) -> None:
        color, place = self._color(spot.line), QPointF(spot.x, spot.y)
        hovered = spot is self._hovered or (self._by_keyboard and spot.dot.cell is self._cursor)
        painter.setBrush(theme.color("window"))
        painter.setPen(QPen(color, 1.5))
        size = 4.2 if hovered else 3.2
        if spot.kind == POINT:
            if spot.dot.cell is self._shown:
                painter.setPen(QPen(theme.color("text"), 1.3))
                painter.drawEllipse(place, 7.0, 7.0)
                painter.setPen(QPen(color, 1.5))
            painter.drawEllipse(place, size, size)
        elif spot.kind == ABOVE:
            corners = ((-size, size * 0.8), (size, size * 0.8), (0.0, -size))
            painter.drawPolygon(QPolygonF([place + QPointF(x, y) for x, y in corners]))
        elif spot.kind == GAP:
            place += QPointF(self._shift(layout, spot), 0)
            size *= 0.9
            painter.drawLine(place + QPointF(-size, -size), place + QPointF(size, size))
            painter.drawLine(place + QPointF(-size, size), place + QPointF(size, -size))

    def _shift(self, layout: Layout, spot: Spot) -> float:
        """Put the crosses of several shapes at one K side by side."""
        same = [s for s in layout.spots if s.kind == GAP and s.x == spot.x]
        return 9.0 * (same.index(spot) - (len(same) - 1) / 2)

    def _draw_best(self, painter: QPainter, layout: Layout, spot: Spot) -> None:
        color = self._color(spot.line)
        painter.setPen(QPen(theme.color("window"), 1))
        painter.setBrush(color)
        painter.drawEllipse(QPointF(spot.x, spot.y), 5.5, 5.5)
        if layout.best_label is not None:
            box = layout.best_label
            painter.setFont(self._label_font())
            painter.setPen(color)
            painter.drawText(
                QRectF(box.left, box.top, box.width, box.height),
                Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextDontClip,
                self.best_text(),
            )
            painter.setFont(theme.font(TICK_TEXT))

    def _draw_names(self, painter: QPainter, layout: Layout) -> None:
        height = painter.fontMetrics().height()
        for line, y in layout.names:
            painter.setPen(self._color(line))
            box = QRectF(layout.area.right - 2, y - height / 2, 200, height)
            painter.drawText(
                box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, line.words
            )

    # ---- mouse and keys ------------------------------------------------------------------

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        place = event.position()
        spot = None if self._layout is None else self._layout.nearest(place.x(), place.y())
        if spot is self._hovered:
            return
        self._hovered = spot
        openable = spot is not None and spot.dot.value is not None
        self.setCursor(
            Qt.CursorShape.PointingHandCursor if openable else Qt.CursorShape.ArrowCursor
        )
        self.update()
        if spot is None:
            QToolTip.hideText()
        else:
            QToolTip.showText(event.globalPosition().toPoint(), self.describe(spot), self)

    def describe(self, spot: Spot, *, by_keyboard: bool = False) -> str:
        """Say all figures of a model, and how to open it from where the user is."""
        best = None if self._layout is None or self._layout.best is None else self._layout.best.dot
        return describe(
            spot.dot,
            best,
            self._criterion,
            self._column_names,
            shown=spot.dot.cell is self._shown,
            by_keyboard=by_keyboard,
        )

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._hovered = None
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton or self._layout is None:
            return
        place = event.position()
        self._open(self._layout.nearest(place.x(), place.y()))

    def _open(self, spot: Spot | None) -> None:
        if spot is not None and spot.dot.value is not None:
            self._cursor = spot.dot.cell
            self.opened.emit(spot.dot.cell)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        layout = self._layout
        steps = {
            Qt.Key.Key_Left: (-1, 0),
            Qt.Key.Key_Right: (1, 0),
            Qt.Key.Key_Up: (0, -1),
            Qt.Key.Key_Down: (0, 1),
        }
        key = Qt.Key(event.key())
        if layout is None or not layout.spots:
            super().keyPressEvent(event)
        elif key in steps:
            self._move_cursor(layout, *steps[key])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._open(self._cursor_spot(layout))
        else:
            super().keyPressEvent(event)

    def _cursor_spot(self, layout: Layout) -> Spot | None:
        for wanted in (self._cursor, self._shown):
            for spot in layout.spots:
                if wanted is not None and spot.dot.cell is wanted:
                    return spot
        return layout.best

    def _move_cursor(self, layout: Layout, right: int, down: int) -> None:
        now = self._cursor_spot(layout)
        if now is None:
            return
        if right:
            row = [s for s in layout.spots if s.line is now.line]
            row.sort(key=lambda s: s.dot.n_components)
        else:
            row = [s for s in layout.spots if s.dot.n_components == now.dot.n_components]
            row.sort(key=lambda s: s.y)
        place = min(max(row.index(now) + right + down, 0), len(row) - 1)
        spot = row[place]
        self._cursor = spot.dot.cell
        self.update()
        where = self.mapToGlobal(QPointF(spot.x, spot.y).toPoint())
        QToolTip.showText(where, self.describe(spot, by_keyboard=True), self)

    # ---- size and focus ------------------------------------------------------------------

    def resizeEvent(self, event) -> None:
        super().resizeEvent(event)
        self.relayout()

    def focusInEvent(self, event) -> None:
        super().focusInEvent(event)
        self._by_keyboard = event.reason() in KEYBOARD
        self.update()

    def focusOutEvent(self, event) -> None:
        super().focusOutEvent(event)
        self._by_keyboard = False
        self.update()
