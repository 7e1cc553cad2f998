"""The look all plots share: a view with round ticks, a quiet grid and no frame."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QCoreApplication, QPointF, QRectF, Qt, Signal, Slot
from PySide6.QtGui import (
    QContextMenuEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QResizeEvent,
)
from PySide6.QtWidgets import QGraphicsView, QWidget

from gmmstudio.ui import theme
from gmmstudio.ui.views.axes_frame import Frame
from gmmstudio.ui.views.ranges import can_be_shown, made_showable
from gmmstudio.ui.widgets.painting import guarded

HEADER_HEIGHT = 28  # of the headings over the lower plots, at normal text size
# Focus is framed where it came by a key; a click shows by itself where it went.
KEYBOARD = (
    Qt.FocusReason.TabFocusReason,
    Qt.FocusReason.BacktabFocusReason,
    Qt.FocusReason.ShortcutFocusReason,
)


class Layer(pg.GraphicsObject):
    """Something drawn over a whole view, in the view's own pixels.

    Being a child of the view box itself, it moves nothing and is cached by nobody; it asks the
    box for the range shown when it draws. Subclasses override :meth:`draw`.
    """

    def __init__(self, box: pg.ViewBox, z: float) -> None:
        super().__init__()
        self.box = box
        self._bounds = QRectF(0, 0, box.size().width(), box.size().height())
        self.setParentItem(box)
        self.setZValue(z)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        box.sigResized.connect(self._resized)
        box.sigRangeChanged.connect(self._range_changed)

    @Slot(object)
    def _resized(self, _box: object) -> None:
        self.prepareGeometryChange()
        self._bounds = QRectF(0, 0, self.box.size().width(), self.box.size().height())
        self.update()

    def _range_changed(self, *_arguments: object) -> None:
        self.update()

    def boundingRect(self) -> QRectF:
        return QRectF(self._bounds)

    @guarded
    def paint(self, painter: QPainter, _option: object, _widget: QWidget | None = None) -> None:
        if self._bounds.width() >= 1 and self._bounds.height() >= 1:
            self.draw(painter)

    def draw(self, painter: QPainter) -> None:
        raise NotImplementedError

    def to_values(self, place: QPointF) -> tuple[float, float]:
        """Turn a place in the pixels of this layer into values."""
        (x_low, x_high), (y_low, y_high) = self.box.viewRange()
        return (
            x_low + place.x() * ((x_high - x_low) / self._bounds.width()),
            y_high - place.y() * ((y_high - y_low) / self._bounds.height()),
        )

    def to_pixels(self, x, y):
        """Turn values (numbers or arrays) into the pixels of this layer."""
        (x_low, x_high), (y_low, y_high) = self.box.viewRange()
        with np.errstate(over="ignore"):  # far outside is outside
            return (
                (x - x_low) * (self._bounds.width() / (x_high - x_low)),
                (y_high - y) * (self._bounds.height() / (y_high - y_low)),
            )


class Tool(Protocol):
    """What the mouse does in a plot, in place of moving the view.

    Events are pyqtgraph's; whoever returns True has taken one. Places are in the box's pixels.
    """

    def dragged(self, event: Any) -> bool: ...

    def clicked(self, event: Any) -> bool: ...

    def hovered(self, place: QPointF) -> bool: ...


class PlotBox(pg.ViewBox):
    """A view box that is dragged and zoomed, and goes home on a double click.

    Attributes
    ----------
    tools
        Asked in order whether they want what the mouse does; what none of them takes moves the
        view.
    """

    went_home = Signal()
    moved_by_hand = Signal()
    menu_asked = Signal(QPointF)  # where on the screen

    def __init__(self) -> None:
        super().__init__(enableMenu=False)
        self.tools: list[Tool] = []
        self.disableAutoRange()
        self.sigRangeChangedManually.connect(self._moved)

    @guarded
    def mouseDragEvent(self, event, axis=None) -> None:
        if any(tool.dragged(event) for tool in self.tools):
            event.accept()
        else:
            self._move(event)

    @guarded
    def mouseClickEvent(self, event) -> None:
        if any(tool.clicked(event) for tool in self.tools):
            event.accept()
        elif event.double() and event.button() == Qt.MouseButton.LeftButton:
            event.accept()
            self.went_home.emit()
        elif event.button() == Qt.MouseButton.RightButton:
            event.accept()
            self.menu_asked.emit(event.screenPos())

    @guarded
    def wheelEvent(self, event, axis=None) -> None:
        center = self._values_at(event.pos())
        self.scaleBy((1.02 ** (event.delta() * self.state["wheelScaleFactor"]),) * 2, center)
        event.accept()
        self.moved_by_hand.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        event.ignore()  # the view knows its keys

    # pyqtgraph turns pixels into values by inverting a transform, whose determinant is nothing
    # or infinite where values are 1e±300; plain proportions are right for all that is shown.

    def _move(self, event: Any) -> None:
        """Let a drag move the range shown, or zoom it with the right button."""
        event.accept()
        (x_low, x_high), (y_low, y_high) = self.viewRange()
        if event.button() == Qt.MouseButton.RightButton:
            by = event.screenPos() - event.lastScreenPos()
            center = self._values_at(event.buttonDownPos(Qt.MouseButton.RightButton))
            self.scaleBy((1.02 ** -by.x(), 1.02 ** by.y()), center)
        else:
            by = event.pos() - event.lastPos()
            x = by.x() / max(self.width(), 1.0) * (x_high - x_low)
            y = by.y() / max(self.height(), 1.0) * (y_high - y_low)
            self.translateBy(x=-x, y=y)
        self.moved_by_hand.emit()

    def _values_at(self, place: QPointF) -> tuple[float, float]:
        (x_low, x_high), (y_low, y_high) = self.viewRange()
        return (
            x_low + place.x() / max(self.width(), 1.0) * (x_high - x_low),
            y_high - place.y() / max(self.height(), 1.0) * (y_high - y_low),
        )

    def scaleBy(self, s=None, center=None, x=None, y=None) -> None:
        """Scale the range shown about a place in values; the middle where none is given."""
        across, up = (x or 1.0, y or 1.0) if s is None else s
        (x_low, x_high), (y_low, y_high) = self.viewRange()
        x, y = center or (x_low / 2 + x_high / 2, y_low / 2 + y_high / 2)
        self.setRange(
            xRange=(x + (x_low - x) * across, x + (x_high - x) * across),
            yRange=(y + (y_low - y) * up, y + (y_high - y) * up),
            padding=0,
        )

    def setRange(self, rect=None, xRange=None, yRange=None, **more) -> None:
        """Show a range; one that numbers of this precision cannot tell apart is not shown."""
        if rect is not None:
            xRange, yRange = (rect.left(), rect.right()), (rect.top(), rect.bottom())
        asked = [ends for ends in (xRange, yRange) if ends is not None]
        if all(can_be_shown(*ends) for ends in asked):
            super().setRange(xRange=xRange, yRange=yRange, **more)

    @Slot(object)
    def _moved(self, _enabled: object) -> None:
        self.moved_by_hand.emit()


class PlotView(pg.GraphicsView):
    """A plot: a view box with its ticks written left of it and below.

    Attributes
    ----------
    box
        The view box; layers are its children.
    """

    hovered = Signal(QPointF)  # in the pixels of the box
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, background=None)
        self.setObjectName("plot")
        self.box = PlotBox()
        self.scene().addItem(self.box)
        self.frame = Frame(self.box)
        self.scene().addItem(self.frame)
        self.home: tuple[float, float, float, float] = (0.0, 1.0, 0.0, 1.0)
        self._left_margin = 0.0
        self.box.went_home.connect(self.go_home)
        self.box.menu_asked.connect(self._ask_menu)
        self.box.sigRangeChanged.connect(self._range_changed)
        self.setMouseTracking(True)
        self.restyle()

    # ---- the range shown -----------------------------------------------------------------

    def set_home(self, x_low: float, x_high: float, y_low: float, y_high: float) -> None:
        """Set the range that a double click goes back to."""
        self.home = (x_low, x_high, y_low, y_high)

    @Slot()
    def go_home(self) -> None:
        x_low, x_high, y_low, y_high = self.home
        self.show_range(x_low, x_high, y_low, y_high)

    def show_range(self, x_low: float, x_high: float, y_low: float, y_high: float) -> None:
        across, up = made_showable(x_low, x_high), made_showable(y_low, y_high)
        self.box.setRange(xRange=across, yRange=up, padding=0)
        self._place()  # the same range may want other ticks: at whole numbers, none below nothing

    # ---- layout and look -----------------------------------------------------------------

    def restyle(self) -> None:
        """Take colours and text size from the theme."""
        self.setBackground(theme.color("window"))
        self.frame.restyle()
        self._place()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        if hasattr(self, "frame"):
            self._place()

    def _range_changed(self, *_arguments: object) -> None:
        self._place()

    def _place(self) -> None:
        """Give the box what the texts leave; its left edge moves in steps, not with every digit."""
        width, height = float(self.width()), float(self.height())
        wanted = self.frame.left_margin()
        if wanted > self._left_margin or wanted < self._left_margin - 24:
            self._left_margin = wanted
        rect = QRectF(
            self._left_margin,
            self.frame.top_margin(),
            max(width - self._left_margin - 14, 1.0),
            max(height - self.frame.top_margin() - self.frame.bottom_margin(), 1.0),
        )
        if rect != self.box.geometry():
            self.box.setGeometry(rect)
        self.frame.refresh(width, height)

    # ---- mouse and keys ------------------------------------------------------------------

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        if not event.buttons():
            place = self.box.mapFromScene(self.mapToScene(event.position().toPoint()))
            if not any(tool.hovered(place) for tool in self.box.tools):
                self.hovered.emit(place)

    @Slot(QPointF)
    def _ask_menu(self, place: QPointF) -> None:
        """Ask those around for a menu, once a click with the right button proved to be no drag."""
        where = self.mapFromGlobal(place.toPoint())
        reason = QContextMenuEvent.Reason.Other
        around = self.parentWidget()
        if around is not None:
            asked = QContextMenuEvent(reason, self.mapTo(around, where), place.toPoint())
            QCoreApplication.sendEvent(around, asked)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if event.reason() == QContextMenuEvent.Reason.Mouse:
            event.accept()  # a drag with the right button begins so, too: it zooms
        else:
            event.ignore()

    def leaveEvent(self, event) -> None:
        super().leaveEvent(event)
        self.left.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        steps = {
            Qt.Key.Key_Left: (-0.1, 0.0),
            Qt.Key.Key_Right: (0.1, 0.0),
            Qt.Key.Key_Up: (0.0, 0.1),
            Qt.Key.Key_Down: (0.0, -0.1),
        }
        (x_low, x_high), (y_low, y_high) = self.box.viewRange()
        if key in steps:
            x, y = steps[Qt.Key(key)]
            self.box.translateBy(x=x * (x_high - x_low), y=y * (y_high - y_low))
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.box.scaleBy((0.8, 0.8))
        elif key == Qt.Key.Key_Minus:
            self.box.scaleBy((1.25, 1.25))
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_0):
            self.go_home()
        else:
            event.ignore()
            return
        self.box.moved_by_hand.emit()
        event.accept()

    def close(self) -> bool:
        """Close like any widget: pyqtgraph's own takes the view apart and may crash."""
        return QGraphicsView.close(self)

    def shut_down(self) -> None:
        """Take the view box off pyqtgraph's list of all views."""
        self.box.close()
