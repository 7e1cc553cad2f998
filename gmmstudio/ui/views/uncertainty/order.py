"""Puts points in the order in which the least certain are drawn last, beside the GUI thread."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from gmmstudio.ui.beside import Beside
from gmmstudio.ui.stage import Shown
from gmmstudio.ui.views.points.points import Points
from gmmstudio.ui.views.uncertainty.colours import uncertain_on_top

AT_ONCE = 20_000  # so many points are put in order at every frame
_REST_MS = 150


class UncertainOrder(QObject):
    """One request at a time; a newer one replaces it.

    Few points are put in order at once. Of many only once the frames rest: a new order means a new
    picture of all points, and a frame should only recolour it.

    Attributes
    ----------
    ready : Signal
        The points asked for last, in order.
    """

    ready = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._wanted: tuple[Points, Shown] | None = None
        self._beside = Beside("gmmstudio-order", self)  # if it fails the order stays
        self._beside.answered.connect(self.ready)
        self._rest_timer = QTimer(self)
        self._rest_timer.setSingleShot(True)
        self._rest_timer.setInterval(_REST_MS)
        self._rest_timer.timeout.connect(self._begin)

    def ask(self, points: Points, shown: Shown) -> None:
        """Ask for these points in the order of a frame; asked twice, it is done once."""
        if self._wanted is not None:
            before, frame = self._wanted
            if before is points and frame is shown:
                return
        self.forget()
        self._wanted = points, shown
        if len(points) <= AT_ONCE:
            self.ready.emit(uncertain_on_top(points, shown))
        else:
            self._rest_timer.start()

    def forget(self) -> None:
        """Let what was asked for never arrive."""
        self._wanted = None
        self._rest_timer.stop()
        self._beside.forget()

    def shut_down(self) -> None:
        """End timers and thread."""
        self.forget()
        self._beside.shut_down()

    @Slot()
    def _begin(self) -> None:
        if self._wanted is not None:
            points, shown = self._wanted
            self._beside.ask(lambda _should_stop: uncertain_on_top(points, shown))
