"""The transport bar: live or replay, time is the same bar."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QSignalBlocker, QSize, Qt, Signal, Slot
from PySide6.QtGui import QAction, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QSlider, QToolButton, QWidget

from gmmstudio.document.document import FitRecord
from gmmstudio.document.session import Change, Session
from gmmstudio.fitting.trace import Track
from gmmstudio.report import formats
from gmmstudio.table.fitted import column_names
from gmmstudio.ui import theme
from gmmstudio.ui.icons import icon
from gmmstudio.ui.panels.tries import agreement, try_lines, try_words
from gmmstudio.ui.panels.wording import count
from gmmstudio.ui.stage import Stage
from gmmstudio.ui.widgets.choice_box import Option, add_options
from gmmstudio.ui.widgets.folding import folded
from gmmstudio.ui.widgets.labels import ElidedLabel
from gmmstudio.ui.widgets.text_menu import TextMenuButton

if TYPE_CHECKING:
    from gmmstudio.ui.run_control import RunControl

SPEEDS = (
    Option(0.25, "¼×"),
    Option(0.5, "½×"),
    Option(1.0, "1×"),
    Option(2.0, "2×"),
    Option(4.0, "4×"),
    Option(16.0, "Fastest", "As fast as it can be drawn"),
)
NOTHING = "Nothing to play yet: press Fit, and every iteration can be looked at again here."
COMING = "The first iteration is on its way…"
NOT_KEPT = "The iterations of this fit were not kept: press Fit to see it converge again."


class TimeSlider(QSlider):
    """A slider that goes where it is clicked."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setAccessibleName("Iteration")
        self.setToolTip("Drag to look at any iteration; arrow keys go one by one")

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.maximum() > self.minimum():
            handle = 12
            share = (event.position().x() - handle / 2) / max(1, self.width() - handle)
            span = self.maximum() - self.minimum()
            self.setValue(self.minimum() + round(min(max(share, 0.0), 1.0) * span))
        super().mousePressEvent(event)


class Transport(QFrame):
    """First, back, play or pause, forward, last; the iterations; speed; the try shown.

    Attributes
    ----------
    starts_asked : Signal
        Where the starts ended is to be shown.
    """

    starts_asked = Signal()

    def __init__(
        self, session: Session, stage: Stage, control: RunControl, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._session, self._stage, self._control = session, stage, control
        self.setProperty("role", "transport")
        self.setAccessibleName("Iterations")
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 0, 14, 0)
        row.setSpacing(4)
        self._icons: dict[QToolButton, str] = {}
        self.first = self._button("first", "First iteration (Home)", control.first)
        self.back = self._button("back", "One iteration back (Left)", control.back)
        self.play = self._button("play", "Play (Space)", self.toggle)
        self.forward = self._button("forward", "One iteration forward (Right)", control.forward)
        self.last = self._button("last", "Last iteration (End)", control.last)
        for button in (self.first, self.back, self.play, self.forward, self.last):
            row.addWidget(button)
        self.caption = ElidedLabel("Iteration", role="muted")
        self.number = ElidedLabel(bold=True, align=Qt.AlignmentFlag.AlignRight, equal_digits=True)
        self.total = ElidedLabel(role="muted", equal_digits=True)
        self.slider = TimeSlider()
        self.hint = ElidedLabel(NOTHING, role="muted")
        self.speed = TextMenuButton("Speed of the replay")
        self.attempt = TextMenuButton("Which try is shown")
        row.addSpacing(6)
        for label in (self.caption, self.number, self.total):
            row.addWidget(label)
        row.addSpacing(8)
        row.addWidget(self.slider, 1)
        row.addWidget(self.hint, 1)
        row.addSpacing(4)
        row.addWidget(self.speed)
        row.addWidget(self.attempt)
        self.speed.set_filler(self._fill_speed)
        self.attempt.set_filler(self._fill_tries)
        self.slider.valueChanged.connect(self._scrub)
        stage.shown_changed.connect(self._show_place)
        stage.reading_changed.connect(self.refresh)
        theme.signals().changed.connect(self._recolour)
        self._unsubscribe = session.subscribe(self._on_change)
        self._recolour()
        self.refresh()

    def sizeHint(self) -> QSize:
        return QSize(800, 58)

    def shutdown(self) -> None:
        """Stop listening to session and theme."""
        self._unsubscribe()
        theme.signals().changed.disconnect(self._recolour)

    # What is shown ------------------------------------------------------------------------------

    @Slot()
    def refresh(self) -> None:
        """Say how things stand."""
        stage = self._stage
        shown, track = stage.shown, stage.track
        there = shown is not None and track is not None
        for part in (self.caption, self.number, self.total, self.slider, self.attempt, self.speed):
            part.setVisible(there)
        self.hint.setVisible(not there)
        running = stage.state == "fitting"
        self.hint.set_text(COMING if running else NOTHING if shown is None else NOT_KEPT)
        under_way = stage.state in ("fitting", "paused")
        several = track is not None and len(track.iterations) > 1
        self._show_play(running or stage.is_playing, under_way or (there and several))
        self._show_place()
        if track is not None and there:
            self.total.set_explanation(thinned_words(track) if track.thinned else "")
            self._show_try()
            self._show_speed()

    @Slot()
    def _show_place(self) -> None:
        """Say which iteration the picture is of, and where on the way it is."""
        stage = self._stage
        shown, track = stage.shown, stage.track
        if shown is None or track is None:
            for button in (self.first, self.back, self.forward, self.last):
                button.setEnabled(False)
            return
        number, last = shown.iteration, max(shown.last_iteration, track.last)
        if shown.live and stage.state == "fitting":
            last = number  # the worker is ahead of the picture: the bar ends where the picture is
        with QSignalBlocker(self.slider):
            self.slider.setRange(track.first, last)
            if not self.slider.isSliderDown():
                self.slider.setValue(number)
        self.slider.setPageStep(max(1, (last - track.first) // 10))
        for button in (self.first, self.back):
            button.setEnabled(number > track.first)
        self.forward.setEnabled(number < last or stage.state == "paused")
        self.last.setEnabled(number < last)
        self.number.set_text(formats.count(number))
        self.total.set_text(f"/ {formats.count(last)}" + (" · thinned" if track.thinned else ""))
        self.number.setMinimumWidth(self.number.width_of(formats.count(last)))  # no jumps

    def _show_play(self, moving: bool, possible: bool) -> None:
        name = "pause" if moving else "play"
        if self._icons[self.play] != name:
            self._icons[self.play] = name
            self.play.setIcon(icon(name))
        if self._stage.state == "fitting":
            words = "Pause the fit (Space)"
        elif self._stage.state == "paused":
            words = "Go on with the fit (Space)"
        else:
            words = "Pause (Space)" if moving else "Play the fit again (Space)"
        self.play.setToolTip(words if possible else NOTHING)
        self.play.setAccessibleName(words)
        self.play.setEnabled(possible)

    def _record(self) -> FitRecord | None:
        """Return the record whose tries are on the bar; None during a run, or of a draft."""
        shown = self._stage.shown
        if self._stage.state in ("fitting", "paused") or (shown is not None and shown.by_hand):
            return None
        return self._session.document.record

    def _show_try(self) -> None:
        shown = self._stage.shown
        if shown is None:
            return
        record = self._record()
        self.attempt.set_text(try_words(shown.attempt, shown.n_attempts, record))
        self.attempt.setToolTip(
            agreement(record.fit) if record is not None else "Which try is shown"
        )
        self.attempt.setEnabled(len(self._stage.tracks) > 1 or record is not None)

    def _show_speed(self) -> None:
        speed = self._control.speed
        named = {option.key: option.text for option in SPEEDS}
        self.speed.set_text(named.get(speed, f"{speed:g}×"))
        self.speed.setEnabled(self._stage.state not in ("fitting", "paused"))

    # What is asked ------------------------------------------------------------------------------

    @Slot()
    def toggle(self) -> None:
        """Pause what moves, or set it going again."""
        state = self._stage.state
        if state == "fitting":
            self._control.pause()
        elif state == "paused":
            self._control.resume()
        elif self._stage.is_playing:
            self._control.pause_play()
        else:
            self._control.play()

    def _scrub(self, number: int) -> None:
        self._control.show_iteration(number)

    def _fill_speed(self, menu: QMenu) -> None:
        add_options(menu, SPEEDS, self._control.speed, self._on_speed)

    def _on_speed(self, action: QAction) -> None:
        self._control.set_speed(action.data())
        self._show_speed()

    def _fill_tries(self, menu: QMenu) -> None:
        record, shown = self._record(), self._stage.shown
        lines = try_lines(record, self._stage.tracks, *self._user_names(record))
        options = [Option(line.number, line.text, folded(line.tooltip)) for line in lines]
        current = shown.attempt if shown is not None else None
        group = add_options(menu, options, current, self._on_try)
        for action, line in zip(group.actions(), lines, strict=True):
            action.setEnabled(line.kept)
        if record is not None:
            menu.addSeparator()
            note = menu.addAction(agreement(record.fit))
            note.setEnabled(False)
            show = menu.addAction("Show where the tries ended")
            show.setToolTip("How good, how alike, how many: a map from which any can be opened")
            show.triggered.connect(self.starts_asked)

    def _user_names(
        self, record: FitRecord | None
    ) -> tuple[tuple[str, ...], NDArray[np.int64] | None]:
        """Return what the user calls the columns and rows of a fit."""
        table, assignment = self._session.document.table, self._stage.assignment
        if record is None or table is None:
            return (), None
        rows = None if assignment is None else assignment.rows + 1
        return column_names(table, record.preparation), rows

    def _on_try(self, action: QAction) -> None:
        self._control.show_attempt(action.data())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        actions = {
            Qt.Key.Key_Space: self.play,
            Qt.Key.Key_Left: self.back,
            Qt.Key.Key_Right: self.forward,
            Qt.Key.Key_Home: self.first,
            Qt.Key.Key_End: self.last,
        }
        button = actions.get(Qt.Key(event.key()))
        if button is None:
            super().keyPressEvent(event)
        elif button.isEnabled():
            button.click()

    # The rest -----------------------------------------------------------------------------------

    def _button(self, name: str, words: str, run) -> QToolButton:
        button = QToolButton()
        button.setProperty("role", "tool")
        button.setToolTip(words)
        button.setAccessibleName(words)
        button.setIconSize(QSize(16, 16))
        button.setAutoRepeat(name in ("back", "forward"))
        button.clicked.connect(run)
        self._icons[button] = name
        return button

    @Slot()
    def _recolour(self) -> None:
        for button, name in self._icons.items():
            button.setIcon(icon(name))

    def _on_change(self, change: Change) -> None:
        if change.fields & {"active", "fits"}:
            self.refresh()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.updateGeometry()


def thinned_words(track: Track) -> str:
    """Explain that of a long try not every iteration is kept."""
    made = count(len(track.log_likelihoods), "iteration")
    return (
        f"Thinned: of {made} {formats.count(len(track.iterations))} are kept to look back at, "
        "to save memory.\nThe fit itself is not affected."
    )
