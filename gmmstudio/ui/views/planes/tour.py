"""A slow tour between planes: play, pause, how fast."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QPoint, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QAction, QActionGroup, QPalette
from PySide6.QtWidgets import QHBoxLayout, QMenu, QToolButton, QWidget

from gmmstudio.mixture.touring import GrandTour
from gmmstudio.ui.icons import icon
from gmmstudio.ui.views.planes.sights import Sight, tour_sight
from gmmstudio.ui.views.plotting import PlotView
from gmmstudio.ui.views.points.points import Points

FRAME_MS = 40
SPEEDS = {"slow": 0.2, "medium": 0.45, "fast": 1.0}  # radians a second
_LONGEST_STEP = 0.1  # seconds; after a pause of the machine the tour does not jump
_NAMED_EVERY = 12  # frames
_CLOSEST = 0.02  # of the whole: the tour goes not on in a picture enlarged more than that


class Tour(QObject):
    """Moves a scatter from plane to plane while it is seen.

    Attributes
    ----------
    playing_changed : Signal
        It moves, or does so no more.
    """

    playing_changed = Signal()

    def __init__(
        self,
        plot: PlotView,
        turn: Callable[[Sight, Points], None],
        settle: Callable[[Sight], None],
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._view, self._plot, self._turn, self._settle = parent, plot, turn, settle
        self._sight: Sight | None = None  # the one the tour goes on from
        self._grand: GrandTour | None = None
        self._space: object = None
        self._speed = "slow"
        self._last = 0.0
        self._steps = 0
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(FRAME_MS)
        self._timer.timeout.connect(self._step)
        self.bar = _Bar(self, plot)
        self.bar.hide()
        plot.box.moved_by_hand.connect(self.pause)
        plot.viewport().installEventFilter(self)

    @property
    def is_playing(self) -> bool:
        """Whether it moves."""
        return self._timer.isActive()

    @property
    def speed(self) -> str:
        """How fast it goes, one of `SPEEDS`."""
        return self._speed

    def set_speed(self, words: str) -> None:
        """Go so fast."""
        self._speed = words
        self.bar.refresh()

    def follow(self, sight: Sight | None, *, begin: bool = False) -> None:
        """Go on from this sight; None, or one that is not of a tour: there is nothing to move."""
        if sight is None or sight.space is None or sight.frame is None:
            self._stop()
            self._sight = self._grand = self._space = None
            self.bar.hide()
            return
        if sight.space is not self._space:
            self._stop()
            self._space = sight.space
            self._grand = GrandTour(sight.frame)
        self._sight = sight
        self.bar.show()
        self.bar.refresh()
        if begin:
            self.play()

    @Slot()
    def play(self) -> None:
        """Let it move."""
        if self._grand is None or self.is_playing:
            return
        x_low, x_high, y_low, y_high = self._plot.home
        whole = (x_high - x_low, y_high - y_low)
        shown = (high - low for low, high in self._plot.box.viewRange())
        if any(part < _CLOSEST * all_ for part, all_ in zip(shown, whole, strict=True)):
            self._plot.go_home()
        self._last = time.monotonic()
        self._timer.start()
        self.bar.refresh()
        self.playing_changed.emit()

    @Slot()
    def pause(self) -> None:
        """Let it rest where it is; all rows are drawn there."""
        if self.is_playing:
            self._stop()
            sight = self._sight
            if sight is not None and sight.space is not None and sight.frame is not None:
                points = sight.space.points(sight.frame, known=True)
                self._sight = named = tour_sight(sight, sight.frame)
                self._turn(named, points)
                self._settle(named)

    @Slot()
    def toggle(self) -> None:
        """Move or rest."""
        if self.is_playing:
            self.pause()
        else:
            self.play()

    def shut_down(self) -> None:
        """End the timer."""
        self._timer.stop()
        self._plot.viewport().removeEventFilter(self)

    def _stop(self) -> None:
        if self.is_playing:
            self._timer.stop()
            self.bar.refresh()
            self.playing_changed.emit()

    @Slot()
    def _step(self) -> None:
        if not self._view.isVisible() or self._view.window().isMinimized():
            self.pause()
            return
        sight = self._sight
        if self._grand is None or sight is None or sight.space is None:
            return
        now = time.monotonic()
        gone, self._last = min(now - self._last, _LONGEST_STEP), now
        frame = self._grand.go(gone * SPEEDS[self._speed])
        self._steps += 1
        named = self._steps % _NAMED_EVERY == 0
        self._sight = tour_sight(sight, frame, named=named)
        self._turn(self._sight, sight.space.points(frame))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind == QEvent.Type.Resize:
            self.bar.place()
        elif kind in (QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonDblClick):
            self.pause()
        return False


class _Bar(QWidget):
    """Play or pause, and how fast, in the upper right corner of the plot."""

    not_on_paper = True

    def __init__(self, tour: Tour, plot: PlotView) -> None:
        super().__init__(plot)
        self.setObjectName("tourbar")
        self.setBackgroundRole(QPalette.ColorRole.Base)
        self.setAutoFillBackground(True)
        self._tour, self._plot = tour, plot
        self.button = QToolButton(self)
        self.button.setProperty("role", "tool")
        self.button.setIconSize(QSize(16, 16))
        self.button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.button.clicked.connect(tour.toggle)
        self.speed = QToolButton(self)
        self.speed.setProperty("role", "flat")
        self.speed.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.speed.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.speed.setToolTip("How fast the tour goes from plane to plane")
        menu = QMenu(self.speed)
        group = QActionGroup(menu)
        for words in SPEEDS:
            action = menu.addAction(words)
            action.setCheckable(True)
            group.addAction(action)
        menu.triggered.connect(self._pick)
        self.speed.setMenu(menu)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        row.addWidget(self.button)
        row.addWidget(self.speed)

    def refresh(self) -> None:
        """Show whether it moves, and how fast."""
        moving = self._tour.is_playing
        words = (
            "Pause the tour: all rows are drawn where it stops"
            if moving
            else "Play the tour: a slow flight from plane to plane through all columns of the fit"
        )
        self.button.setToolTip(words)
        self.button.setAccessibleName(words.split(":")[0])
        self.button.setIcon(icon("pause" if moving else "play"))
        self.speed.setText(f"tour: {self._tour.speed} ▾")
        self.speed.setAccessibleName(f"Speed of the tour: {self._tour.speed}")
        for action in self.speed.menu().actions():
            action.setChecked(action.text() == self._tour.speed)
        self.place()

    def place(self) -> None:
        """Stand in the corner."""
        self.adjustSize()
        self.move(QPoint(self._plot.width() - self.width() - 14, 6))

    def showEvent(self, event) -> None:
        super().showEvent(event)
        self.place()

    @Slot(QAction)
    def _pick(self, action: QAction) -> None:
        self._tour.set_speed(action.text())
