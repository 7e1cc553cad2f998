"""Selecting in a plot: a rectangle, a lasso, a click on a point."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QColor, QFontMetricsF, QKeyEvent, QPainter, QPen, QPolygonF

from gmmstudio.fitting.labeller import Latest
from gmmstudio.report.formats import count
from gmmstudio.ui import theme
from gmmstudio.ui.selection import How, Selection, how_of
from gmmstudio.ui.views.plotting import Layer, PlotBox, PlotView
from gmmstudio.ui.views.points.point_cloud import PointCloud
from gmmstudio.ui.views.points.points import Points
from gmmstudio.ui.views.selecting.lasso import Bools, inside_polygon, inside_rectangle
from gmmstudio.ui.views.tool_strip import MOVE, ToolStrip

RECTANGLE, LASSO = "rectangle", "lasso"
_COUNTED_AT_ONCE = 200_000  # rows in the shape are counted with every move of the mouse
_CHOSEN_AT_ONCE = 2_000_000
_POLL_MS = 15
_STEP = 2.0  # pixels between the corners of a lasso
_HOW: dict[How, str] = {"replace": "", "add": "+ ", "subtract": "− ", "intersect": "∩ "}
_MODIFIERS = "with Shift added, with Ctrl taken away, with both only what is in both stays"


@dataclass(frozen=True, eq=False)
class Shape:
    """A shape drawn over a plot, in the values of its axes.

    Attributes
    ----------
    kind
        "rectangle", "lasso", or "range" of the horizontal axis alone.
    corners : (m, 2) float64
        Where the mouse has been; of the other two kinds the first and the last corner count.
    """

    kind: str
    corners: NDArray[np.float64]

    def rows(self, points: Points) -> Bools:
        """Tell which rows of the table (n,) are drawn within the shape."""
        x, y = points.x_values, points.y_values
        if self.kind == LASSO:
            return inside_polygon(x, y, self.corners)
        ends = self.corners[[0, -1]]
        (x_low, y_low), (x_high, y_high) = ends.min(axis=0), ends.max(axis=0)
        if self.kind == RECTANGLE:
            return inside_rectangle(x, y, x_low, x_high, y_low, y_high)
        return inside_rectangle(x, y, x_low, x_high, -np.inf, np.inf)


class PlotSelecting(QObject):
    """Puts the tools that select into a plot's strip; a click on a point works with any tool.

    Parameters
    ----------
    plot, tools, cloud
        Of the view.
    selection
        What is selected in all views.
    points
        Gives the points drawn; None while there are none.
    is_range
        Tells whether the horizontal axis alone means something, as in a histogram.

    Attributes
    ----------
    drawing_changed : Signal
        A shape is begun (True), or done with (False).
    """

    drawing_changed = Signal(bool)

    def __init__(
        self,
        plot: PlotView,
        tools: ToolStrip,
        cloud: PointCloud,
        selection: Selection,
        points: Callable[[], Points | None],
        is_range: Callable[[], bool],
    ) -> None:
        super().__init__(plot)
        self._plot, self._cloud, self._selection = plot, cloud, selection
        self._points, self._is_range = points, is_range
        self._layer = _ShapeLayer(plot.box)
        self._shape: Shape | None = None
        self._of: Points | None = None  # whom the shape was begun over
        self._wanted: tuple[int, How] | None = None  # the request to select, and how
        self._request = 0
        self._worker: Latest[tuple[int, Bools | None]] = Latest("gmmstudio-lasso")
        self._timer = QTimer(self)
        self._timer.setInterval(_POLL_MS)
        self._timer.timeout.connect(self._poll)
        for key, letter, what in (
            (RECTANGLE, "R", "Select rows in a rectangle: drag it over them"),
            (LASSO, "L", "Select rows with a lasso: draw a line around them"),
        ):
            words = f"{what};\n{_MODIFIERS}"
            tools.add(key, key, words, _ShapeTool(self, key), shortcut=letter)
        tools.always.append(_PointTool(self))
        tools.take(tools.current)
        tools.chosen.connect(self._taken)
        plot.installEventFilter(self)

    def shut_down(self) -> None:
        """End timer and thread."""
        self._timer.stop()
        self._worker.close()

    @property
    def is_drawing(self) -> bool:
        """Whether a shape is under way."""
        return self._shape is not None

    @property
    def busy(self) -> bool:
        """Whether rows are still being counted or selected."""
        return self._timer.isActive()

    # ---- what the mouse does -------------------------------------------------------------

    def dragged(self, kind: str, event: Any) -> bool:
        """Draw a shape with the left button; the others move the view as ever."""
        if event.button() != Qt.MouseButton.LeftButton:
            return False
        if event.isStart():
            self._begin("range" if self._is_range() else kind, event.buttonDownPos())
        if self._shape is None:
            return True  # given up by Escape, with the button still down
        how = how_of(event.modifiers())
        if self._points() is not self._of:  # other columns, or another table
            self._end()
        elif event.isFinish():
            self._extend(event.pos(), always=True)
            self._choose(how)
        else:
            self._extend(event.pos())
            self._count(how)
        return True

    def clicked(self, event: Any, *, clears: bool) -> bool:
        """Select the row of the point under the mouse."""
        if event.button() != Qt.MouseButton.LeftButton or event.double():
            return False
        row, how = self._cloud.row_at(event.pos()), how_of(event.modifiers())
        if row is not None:
            self._selection.choose_row(row, how)
        elif clears and how == "replace":
            self._selection.clear()
        return row is not None or clears

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if not (self.is_drawing and event.type() == QEvent.Type.KeyPress):
            return False
        escaped = isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape
        if escaped:
            self._end()
        return escaped

    @Slot(str)
    def _taken(self, key: str) -> None:
        self._end()
        viewport = self._plot.viewport()
        if key in (RECTANGLE, LASSO):
            viewport.setCursor(Qt.CursorShape.CrossCursor)
        elif key == MOVE:
            viewport.unsetCursor()

    # ---- the shape -----------------------------------------------------------------------

    def _begin(self, kind: str, place: QPointF) -> None:
        self._of = self._points()
        if self._of is None:
            return
        self._shape = Shape(kind, np.array([self._layer.to_values(place)]))
        self.drawing_changed.emit(True)

    def _extend(self, place: QPointF, *, always: bool = False) -> None:
        """Let the shape reach to a place."""
        shape = self._shape
        assert shape is not None
        here = np.array([self._layer.to_values(place)])
        if shape.kind != LASSO:
            self._shape = replace(shape, corners=np.vstack([shape.corners[:1], here]))
            return
        x, y = self._layer.to_pixels(*shape.corners[-1])
        if always or np.hypot(x - place.x(), y - place.y()) >= _STEP:
            self._shape = replace(shape, corners=np.vstack([shape.corners, here]))

    def _end(self) -> None:
        """Put the shape away."""
        self._request += 1
        self._wanted = None
        self._timer.stop()
        self._layer.show(None, "")
        if self._shape is not None:
            self._shape = self._of = None
            self.drawing_changed.emit(False)

    def _count(self, how: How) -> None:
        """Say how many rows are in the shape so far."""
        shape, points = self._shape, self._of
        assert shape is not None and points is not None
        self._layer.show(shape, self._layer.words, how)
        if len(points) <= _COUNTED_AT_ONCE:
            self._say(int(np.count_nonzero(shape.rows(points))))
        else:
            self._ask(shape, points, counted_only=True)

    def _choose(self, how: How) -> None:
        """Select the rows in the shape."""
        shape, points = self._shape, self._of
        assert shape is not None and points is not None
        if len(points) <= _CHOSEN_AT_ONCE:
            rows = shape.rows(points)
            self._end()
            self._selection.choose(rows, how)
        else:
            self._layer.show(shape, "selecting…", how)
            self._wanted = self._ask(shape, points, counted_only=False), how

    def _ask(self, shape: Shape, points: Points, *, counted_only: bool) -> int:
        self._request += 1
        self._worker.put(
            self._request, lambda _should_stop: _found(shape, points, counted_only=counted_only)
        )
        self._timer.start()
        return self._request

    @Slot()
    def _poll(self) -> None:
        busy = self._worker.busy  # before the answer, which may come in between and be lost
        answer = self._worker.answer
        if answer is not None and answer.value is not None and self._of is self._points():
            n, rows = answer.value
            if self._wanted is not None and answer.number == self._wanted[0] and rows is not None:
                how = self._wanted[1]
                self._end()
                self._selection.choose(rows, how)
                return
            if self._wanted is None and self._shape is not None:
                self._say(n)
        if not busy:
            self._timer.stop()
            if self._wanted is not None:  # other points meanwhile, or it could not be done
                self._end()

    def _say(self, n: int) -> None:
        self._layer.say("1 row" if n == 1 else f"{count(n)} rows")


def _found(shape: Shape, points: Points, *, counted_only: bool) -> tuple[int, Bools | None]:
    rows = shape.rows(points)
    return int(np.count_nonzero(rows)), None if counted_only else rows


class _ShapeTool:
    """A tool of the strip that draws one kind of shape."""

    def __init__(self, selecting: PlotSelecting, kind: str) -> None:
        self._selecting = selecting
        self.dragged = partial(selecting.dragged, kind)
        self.clicked = partial(selecting.clicked, clears=True)

    def hovered(self, place: QPointF) -> bool:
        return False  # rows are named as ever


class _PointTool:
    """Selects the row clicked at, whatever tool is in hand."""

    def __init__(self, selecting: PlotSelecting) -> None:
        self.clicked = partial(selecting.clicked, clears=False)

    def dragged(self, event: Any) -> bool:
        return False

    def hovered(self, place: QPointF) -> bool:
        return False


class _ShapeLayer(Layer):
    """The shape under way and how many rows are in it, over everything."""

    def __init__(self, box: PlotBox) -> None:
        super().__init__(box, z=60)
        self.words = ""
        self._shape: Shape | None = None
        self._how: How = "replace"

    def show(self, shape: Shape | None, words: str, how: How = "replace") -> None:
        self._shape, self.words, self._how = shape, words, how
        self.update()

    def say(self, words: str) -> None:
        self.words = words
        self.update()

    def draw(self, painter: QPainter) -> None:
        if self._shape is None or len(self._shape.corners) < 2:
            return
        accent = theme.color("accent")
        soft = QColor(accent)
        soft.setAlphaF(0.12)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(accent, 1.2, Qt.PenStyle.DashLine))
        painter.setBrush(soft)
        x, y = self.to_pixels(*self._shape.corners.T)
        if self._shape.kind == LASSO:
            corners = [QPointF(*place) for place in zip(x.tolist(), y.tolist(), strict=True)]
            painter.drawPolygon(QPolygonF(corners), Qt.FillRule.OddEvenFill)
        else:
            area = QRectF(QPointF(x[0], y[0]), QPointF(x[-1], y[-1])).normalized()
            if self._shape.kind == "range":
                area.setTop(0.0)
                area.setBottom(self.boundingRect().height())
            painter.drawRect(area)
        self._write(painter, QPointF(x[-1], y[-1]))

    def _write(self, painter: QPainter, place: QPointF) -> None:
        """Write the count beside the mouse, within the plot."""
        if not self.words:
            return
        words = _HOW[self._how] + self.words
        font = theme.font(0.92)
        metrics = QFontMetricsF(font)
        width, height = metrics.horizontalAdvance(words) + 16, metrics.height() + 8
        bounds = self.boundingRect()
        left = min(place.x() + 14, bounds.width() - width - 4)
        top = min(max(place.y() + 14, 4.0), bounds.height() - height - 4)
        box = QRectF(max(left, 4.0), top, width, height)
        painter.setPen(QPen(theme.color("border"), 1))
        painter.setBrush(theme.color("panel"))
        painter.drawRoundedRect(box, 5, 5)
        painter.setPen(theme.color("text"))
        painter.setFont(font)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, words)
