"""Taking hold of a model in the scatter: with the mouse, and by keys."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, Qt, Signal, Slot
from PySide6.QtGui import QCursor, QKeyEvent
from PySide6.QtWidgets import QMenu, QToolTip

from gmmstudio.document.document import Document
from gmmstudio.document.identities import letter
from gmmstudio.mixture import editing
from gmmstudio.mixture.structures import STRUCTURES
from gmmstudio.ui import hands_menu
from gmmstudio.ui.hands import Hands
from gmmstudio.ui.selection import Selection
from gmmstudio.ui.stage import Shown
from gmmstudio.ui.views.hands.handles import (
    MEAN,
    Frame,
    Handle,
    Handles,
    drawn_out,
    half_axes,
    rates,
    sigma_of,
)
from gmmstudio.ui.views.layers.ellipses import outlines
from gmmstudio.ui.views.planes.planes import Plane
from gmmstudio.ui.views.scatter.view import ScatterView
from gmmstudio.ui.views.tool_strip import MOVE
from gmmstudio.ui.widgets.tips import plain_tip

Floats = NDArray[np.float64]
ADJUST = "adjust"
WORDS = (
    "Adjust the model by hand: drag a cluster's letter, or the dots of its ellipse;\n"
    "double-click adds a cluster, right-click splits, merges or deletes one"
)
_STEP, _SMALL_STEP = 8.0, 1.0  # pixels that an arrow key moves a mean
_ARROWS = {
    Qt.Key.Key_Left: (-1.0, 0.0),
    Qt.Key.Key_Right: (1.0, 0.0),
    Qt.Key.Key_Up: (0.0, -1.0),
    Qt.Key.Key_Down: (0.0, 1.0),
}
_ALONG = (
    Qt.CursorShape.SizeHorCursor,
    Qt.CursorShape.SizeFDiagCursor,
    Qt.CursorShape.SizeVerCursor,
    Qt.CursorShape.SizeBDiagCursor,
)


@dataclass(frozen=True, eq=False)
class _Grip:
    """What the mouse holds, and how it lay when it was taken."""

    handle: Handle
    down: Floats  # where the button went down, in pixels
    start: Floats  # where the handle lay, in pixels from the mean
    covariance: Floats
    rate: Floats
    axes: Floats
    structure: str


class HandsTool(QObject):
    """The tool of the strip, and the overlay that shows what can be taken hold of.

    Attributes
    ----------
    usable_changed : Signal
        Whether the plane shown has ellipses to take hold of.
    """

    usable_changed = Signal()

    def __init__(
        self,
        scatter: ScatterView,
        hands: Hands,
        document: Callable[[], Document],
        selection: Selection,
    ) -> None:
        super().__init__(scatter)
        self._selection = selection
        self._scatter, self._hands, self._document = scatter, hands, document
        self._plot = scatter.plot
        self.handles = Handles(scatter.plot.box)
        self._shown: Shown | None = None
        self._plane: Plane | None = None
        self._grip: _Grip | None = None
        self._dragging = False  # the button is down, though the hand may have let go
        self.menu: QMenu | None = None
        scatter.tools.add(ADJUST, ADJUST, WORDS, self, shortcut="E")
        scatter.tools.chosen.connect(self._taken)
        scatter.overlays.append(self)
        self._plot.installEventFilter(self)
        hands.changed.connect(self.follow)

    def shutdown(self) -> None:
        """Let go."""
        self._grip = None
        if self.menu is not None:
            self.menu.close()

    @property
    def in_hand(self) -> bool:
        """Whether the tool is the one in use."""
        return self._scatter.tools.current == ADJUST

    @property
    def why_no_handles(self) -> str:
        """Why nothing can be taken hold of in this plane; empty if it can."""
        shown, plane = self._shown, self._plane
        if shown is None:
            return ""
        if plane is None:
            return "One column has no ellipses to take hold of: choose a second one."
        if plane.axes_in(shown.preparation.columns) is None:
            return "A column shown is not in the fit, so there is nothing here to take hold of."
        return ""

    # ---- an overlay of the scatter --------------------------------------------------------

    def show(self, shown: Shown | None, plane: Plane | None) -> None:
        """Follow a frame; while a hand is on the model, what it makes is what is drawn."""
        self._shown, self._plane = shown, plane
        self.follow()
        self.usable_changed.emit()

    @Slot()
    def follow(self) -> None:
        """Bring the handles, and the ellipses under a hand, to how things stand."""
        shown, plane, held = self._shown, self._plane, self._hands.held
        if held is None and self._grip is not None:
            self._grip = None  # it was taken out of the hand
        of = shown if held is None else held.base
        parameters = None if of is None else of.parameters if held is None else held.parameters
        flat = None
        if of is not None and plane is not None and parameters is not None:
            flat = plane.seen_of(parameters, of.preparation.columns)
        if of is None or flat is None or not self.in_hand:
            self.handles.show(None)
            return
        if held is not None:
            sigmas = self._scatter.ellipses.sigmas
            self._scatter.ellipses.draw(outlines(flat, of.identities, sigmas))
        sigma = sigma_of(self._scatter.ellipses.sigmas)
        self.handles.show(Frame(flat, of.identities, sigma))

    # ---- a tool of the strip --------------------------------------------------------------

    def dragged(self, event: Any) -> bool:
        """Move a mean, or draw an axis out; the ground moves the view as ever."""
        if event.button() != Qt.MouseButton.LeftButton:
            return False
        if event.isStart():
            handle = self.handles.at(event.buttonDownPos())
            self._dragging = handle is not None
            if handle is not None:
                self._take(handle, event.buttonDownPos())
        if not self._dragging:
            return False
        if self._grip is not None:
            self._pull(event.pos(), event.modifiers())
            if event.isFinish() and self._grip is not None:
                self._grip = None
                self._hands.release()
        if event.isFinish():
            self._dragging = False
        return True

    def clicked(self, event: Any) -> bool:
        """Choose a cluster, offer what can be done with it, or add one."""
        frame, place = self.handles.frame, event.pos()
        if frame is None:
            return False
        if event.button() == Qt.MouseButton.RightButton:
            self._offer(self.handles.cluster_at(place), place)
            return True
        if event.button() != Qt.MouseButton.LeftButton:
            return False
        handle = self.handles.at(place)
        if handle is not None:
            self.handles.choose(frame.identities[handle.component])
            return True
        if event.double():
            self._add(place)
            return True
        self.handles.choose(None)
        return False

    def hovered(self, place: QPointF) -> bool:
        """Show what would be taken hold of."""
        handle = self.handles.at(place)
        if self.handles.mark(handle):
            self._show_cursor(handle)
            self._explain(handle, place)
        return handle is not None

    # ---- by keys --------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return False
        return self.in_hand and self._pressed(event)

    def _pressed(self, event: QKeyEvent) -> bool:
        key, frame, chosen = Qt.Key(event.key()), self.handles.frame, self.handles.chosen
        if key == Qt.Key.Key_Escape:
            if self._hands.held is not None:
                self._grip = None
                self._hands.give_up()
            elif chosen is not None:
                self.handles.choose(None)
            elif self._selection.n:
                return False  # it is the selection that goes
            else:
                self._scatter.tools.take(MOVE)
            return True
        if frame is None:
            return False
        if key in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
            return self._next(1 if key == Qt.Key.Key_Tab else -1, frame)
        if chosen is None or self._hands.held is not None:
            return False
        if key in _ARROWS:
            small = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self._nudge(chosen, np.array(_ARROWS[key]) * (_SMALL_STEP if small else _STEP))
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self._hands.delete(chosen)
        elif key == Qt.Key.Key_S and not event.modifiers():
            self._hands.split(chosen)
        elif key in (Qt.Key.Key_Menu, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            component = self.handles.component(chosen)
            if component is not None:
                self._offer(chosen, QPointF(*self.handles.place(Handle(component, MEAN))))
        else:
            return False
        return True

    def _next(self, step: int, frame: Frame) -> bool:
        """Choose the next cluster by letter; after the last one the key leaves the plot."""
        known = sorted(frame.identities)
        chosen = self.handles.chosen
        if chosen is None:
            place = 0 if step > 0 else len(known) - 1
        else:
            place = known.index(chosen) + step
        there = 0 <= place < len(known)
        self.handles.choose(known[place] if there else None)
        return there

    def _nudge(self, identity: int, pixels: Floats) -> None:
        axes = self._axes()
        if axes is not None:
            self._hands.nudge(identity, axes, pixels / rates(self._plot.box))

    # ---- what the mouse does --------------------------------------------------------------

    def _take(self, handle: Handle, place: QPointF) -> None:
        frame, axes = self.handles.frame, self._axes()
        if frame is None or axes is None or self._shown is None:
            return
        identity = frame.identities[handle.component]
        name = f"cluster {letter(identity)}"
        words = f"Move {name}" if handle.end == MEAN else f"Reshape {name}"
        mean = self.handles.place(Handle(handle.component, MEAN))
        grip = _Grip(
            handle,
            np.array([place.x(), place.y()]),
            self.handles.place(handle) - mean,
            frame.flat.covariances[handle.component],
            rates(self._plot.box),
            axes,
            self._shown.structure,
        )
        self.handles.choose(identity)
        self.handles.mark(handle)
        if self._hands.grab(words):
            self._grip = grip

    def _pull(self, place: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        grip, frame = self._grip, self.handles.frame
        if grip is None or frame is None:
            return
        by = np.array([place.x(), place.y()]) - grip.down
        component = grip.handle.component
        if grip.handle.end == MEAN:
            step = by / grip.rate
            self._hands.place(
                lambda parameters, units: editing.move(
                    parameters, component, grip.axes, step, units
                )
            )
            return
        family = STRUCTURES[grip.structure]
        only_turn = bool(modifiers & Qt.KeyboardModifier.ControlModifier)
        only_stretch = bool(modifiers & Qt.KeyboardModifier.ShiftModifier)
        fixed = family.round or family.diagonal
        seen = drawn_out(
            grip.covariance,
            grip.rate,
            grip.handle.end,
            (grip.start + by) / frame.sigma,
            stretches=fixed or not only_turn,
            turns=not fixed and not only_stretch,
        )
        self._hands.place(
            lambda parameters, units: editing.reshape_within(
                parameters, grip.structure, component, grip.axes, seen, units
            )
        )

    def _add(self, place: QPointF) -> None:
        axes, plane = self._axes(), self._plane
        if axes is not None and plane is not None:
            at = np.array(self.handles.to_values(place)) + plane.centre @ plane.directions
            self._hands.add(axes, at)

    def _axes(self) -> Floats | None:
        shown, plane = self._shown, self._plane
        if shown is None or plane is None:
            return None
        return plane.axes_in(shown.preparation.columns)

    def _offer(self, identity: int | None, place: QPointF) -> None:
        """Open the menu of a cluster, or of the empty ground."""
        frame = self.handles.frame
        if frame is None:
            return
        menu = QMenu(self._plot)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if identity is not None:
            self.handles.choose(identity)
            hands_menu.fill(menu, self._hands, self._document(), frame.identities, identity)
            menu.addSeparator()
        added = menu.addAction("Add a cluster here")
        added.setEnabled(not self._hands.why_not)
        added.triggered.connect(lambda: self._add(place))
        self.remember(menu)
        menu.popup(self._on_screen(place))

    def remember(self, menu: QMenu) -> None:
        """Close a menu with the window."""
        menu.aboutToHide.connect(self._menu_gone)
        self.menu = menu

    @Slot()
    def _menu_gone(self) -> None:
        self.menu = None

    # ---- the look -------------------------------------------------------------------------

    @Slot(str)
    def _taken(self, key: str) -> None:
        if key == ADJUST:
            self._plot.setFocus(Qt.FocusReason.OtherFocusReason)
            self._plot.viewport().unsetCursor()
        elif self._hands.held is not None:
            self._hands.give_up()
        self.follow()
        self.usable_changed.emit()

    def _show_cursor(self, handle: Handle | None) -> None:
        viewport = self._plot.viewport()
        if handle is None:
            viewport.unsetCursor()
        elif handle.end == MEAN:
            viewport.setCursor(Qt.CursorShape.SizeAllCursor)
        else:
            viewport.setCursor(QCursor(self._along(handle)))

    def _along(self, handle: Handle) -> Qt.CursorShape:
        """Return the cursor whose arrows point along an axis."""
        frame = self.handles.frame
        assert frame is not None
        axes = half_axes(frame.flat.covariances[handle.component], rates(self._plot.box))
        x, y = axes[handle.end // 2]
        eighth = round(float(np.degrees(np.arctan2(y, x))) / 45.0) % 4
        return _ALONG[eighth]

    def _explain(self, handle: Handle | None, place: QPointF) -> None:
        frame, shown = self.handles.frame, self._shown
        if handle is None or frame is None or shown is None:
            QToolTip.hideText()
            return
        name = self._document().cluster_name(frame.identities[handle.component])
        words = plain_tip(handle_words(name, handle, shown))
        QToolTip.showText(self._on_screen(place), words, self._plot)

    def _on_screen(self, place: QPointF) -> QPoint:
        box = self._plot.box
        return self._plot.mapToGlobal(self._plot.mapFromScene(box.mapToScene(place)))


def handle_words(name: str, handle: Handle, shown: Shown) -> str:
    """Say what a handle does."""
    if handle.end == MEAN:
        return f"Drag to move {name}"
    family = STRUCTURES[shown.structure]
    if family.round:
        return f"Drag to make {name} larger or smaller: this shape is round"
    if family.diagonal:
        return f"Drag to stretch {name}: this shape has no tilt"
    return (
        f"Drag to stretch and turn {name};\nwith Shift it is only stretched, with Ctrl only turned"
    )
