"""What is on the screen now: the one thing that views and panels read beside the session.

The stage holds no logic of its own. :class:`~gmmstudio.ui.run_control.RunControl` puts frozen
snapshots on it, everybody else looks at them; all of it happens in the GUI thread.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from gmmstudio.document.assignment import Assignment, Outliers
from gmmstudio.fitting.sweep import Cell
from gmmstudio.fitting.trace import Track
from gmmstudio.mixture.parameters import Parameters
from gmmstudio.table.preparation import Preparation
from gmmstudio.ui.selection import Selection
from gmmstudio.ui.throttle import Throttle

IntArray = NDArray[np.int64]
RunState = Literal["idle", "fitting", "paused", "sweeping"]


@dataclass(frozen=True, eq=False)
class Shown:
    """A frame on the screen: everything in it belongs to ONE set of parameters.

    Attributes
    ----------
    parameters
        The mixture, K components in d columns, original units.
    structure
        Its structure's letters.
    identities
        For each component its identity, which gives colour, letter and name.
    iteration, last_iteration
        Number of the iteration, and of the last one of its try so far.
    attempt, n_attempts
        Number of the try, from 1, and how many there are.
    n_rows
        Rows that ``log_likelihood`` is over (tries on many rows run on a sample of them).
    log_likelihood
        Of exactly these parameters, original units.
    live
        EM is still going (or paused) and this is its newest frame.
    final
        These are the parameters of the record itself, the last iteration of its best try.
    by_hand
        It is of a model changed by hand, which is not kept yet: as placed (iteration 0) or EM's.
    preparation, column_names
        The columns and rows it was made from.
    rows
        Table rows that the arrays below are for; None means every row of the table.
    labels
        int32: component, −1 where the row is not in the fit.
    max_probability
        float32: probability of that component; 0 where the row is not in the fit.
    outlier
        Which rows the outlier rule marks; None while that is not known.
    """

    parameters: Parameters
    structure: str
    identities: tuple[int, ...]
    iteration: int
    last_iteration: int
    attempt: int
    n_attempts: int
    n_rows: int
    log_likelihood: float
    live: bool
    final: bool
    preparation: Preparation
    column_names: tuple[str, ...]
    rows: IntArray | None
    labels: NDArray[np.int32]
    max_probability: NDArray[np.float32]
    outlier: NDArray[np.bool_] | None = None
    by_hand: bool = False


@dataclass(frozen=True)
class RunInfo:
    """What the machine is doing.

    Attributes
    ----------
    state
        "paused" means that a fit rests between two iterations.
    progress
        One short phrase for the screen, e.g. "try 3 of 10, iteration 17".
    fraction
        How much of the work is done, 0 to 1; None where nobody can know.
    seconds
        Time worked.
    seconds_left
        Estimate of the time left; None where nobody can know.
    """

    state: RunState = "idle"
    progress: str = ""
    fraction: float | None = None
    seconds: float = 0.0
    seconds_left: float | None = None


class Stage(QObject):
    """The screen's present contents, with a signal for each part that changes.

    Attributes
    ----------
    selection
        The rows selected, in all views at once.
    shown_changed, history_changed : Signal
        What is drawn follows these, at every frame.
    reading_changed : Signal
        What is read follows this: words and figures of the frame, the tries and the run. It comes
        at once for a single frame and where other things are to be said than before, and some
        times a second while frame follows frame; where they end, the last one is told of, too.
    """

    shown_changed = Signal()
    assignment_changed = Signal()
    outliers_changed = Signal()
    state_changed = Signal()
    history_changed = Signal()
    reading_changed = Signal()
    sweep_changed = Signal()
    playing_changed = Signal()
    watch_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.selection = Selection(self)
        self._shown: Shown | None = None
        self._assignment: Assignment | None = None
        self._outliers: Outliers | None = None
        self._run = RunInfo()
        self._tracks: tuple[Track, ...] = ()
        self._track: Track | None = None
        self._cells: tuple[Cell, ...] = ()
        self._sweep_total = 0
        self._watched: IntArray | None = None
        self._playing = False
        self._reading = Throttle(self)
        self._reading.due.connect(self.reading_changed)
        self._told_of: tuple[object, ...] = ()

    # ---- for views and panels -------------------------------------------------------

    @property
    def shown(self) -> Shown | None:
        """The frame on the screen; None where there is nothing to show yet."""
        return self._shown

    @property
    def assignment(self) -> Assignment | None:
        """Labels of every row under the active record; None until they are there."""
        return self._assignment

    @property
    def outliers(self) -> NDArray[np.bool_] | None:
        """Which of the assignment's rows (n,) the outlier rule marks; None without one."""
        return None if self._outliers is None else self._outliers.mask

    @property
    def outlier_summary(self) -> Outliers | None:
        """The same with threshold, count and share."""
        return self._outliers

    @property
    def run(self) -> RunInfo:
        """What the machine is doing."""
        return self._run

    @property
    def state(self) -> RunState:
        """Whether a fit or a sweep is under way."""
        return self._run.state

    @property
    def progress(self) -> str:
        """One short phrase about the work under way; empty if there is none."""
        return self._run.progress

    @property
    def tracks(self) -> tuple[Track, ...]:
        """The tries that can be looked at, in order."""
        return self._tracks

    @property
    def track(self) -> Track | None:
        """The try whose iterations the transport bar scrubs."""
        return self._track

    @property
    def history(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Numbers and log-likelihoods (m,) of all iterations of the try shown."""
        if self._track is None:
            return np.empty(0), np.empty(0)
        values = self._track.log_likelihoods
        return self._track.first + np.arange(len(values), dtype=float), values

    @property
    def cells(self) -> tuple[Cell, ...]:
        """The models of the sweep so far, live or from the document."""
        return self._cells

    @property
    def sweep_total(self) -> int:
        """How many models the sweep has in all; 0 without one."""
        return self._sweep_total

    @property
    def is_playing(self) -> bool:
        """Whether a replay is going."""
        return self._playing

    def watch(self, rows: IntArray) -> None:
        """Say which table rows (m,) the scatter has painted.

        A new ``shown`` follows whose ``rows`` are exactly this array, or None where the labels
        of every row are known.
        """
        self._watched = rows
        self.watch_changed.emit()

    @property
    def watched(self) -> IntArray | None:
        """The rows last given to :meth:`watch`."""
        return self._watched

    # ---- for the run control only ---------------------------------------------------

    def put_shown(self, shown: Shown | None) -> None:
        if shown is not self._shown:
            self._shown = shown
            self.shown_changed.emit()
            self._tell_readers(moving=self._picture_moves)

    def put_assignment(self, assignment: Assignment | None) -> None:
        if assignment is not self._assignment:
            self._assignment = assignment
            self.assignment_changed.emit()

    def put_outliers(self, outliers: Outliers | None) -> None:
        if outliers is not self._outliers:
            self._outliers = outliers
            self.outliers_changed.emit()

    def put_run(self, run: RunInfo) -> None:
        if run != self._run:
            before, self._run = self._run, run
            if run.state != before.state:
                self.state_changed.emit()
            self._tell_readers(moving=run.state in ("fitting", "sweeping"))

    def put_tracks(self, tracks: tuple[Track, ...], track: Track | None) -> None:
        if tracks != self._tracks or track is not self._track:
            self._tracks, self._track = tracks, track
            self.history_changed.emit()
            self._tell_readers(moving=self._picture_moves)

    def put_cells(self, cells: tuple[Cell, ...], total: int) -> None:
        if cells is not self._cells or total != self._sweep_total:
            self._cells, self._sweep_total = cells, total
            self.sweep_changed.emit()

    def put_playing(self, playing: bool) -> None:
        if playing != self._playing:
            self._playing = playing
            self.playing_changed.emit()
            self._tell_readers(moving=self._picture_moves)

    def forget_watch(self) -> None:
        """Drop the rows painted: they belonged to another table."""
        self._watched = None

    # ---- what is read ---------------------------------------------------------------

    @property
    def _picture_moves(self) -> bool:
        return self._playing or self.state == "fitting"

    def settle(self) -> None:
        """Have everything read that is still to come: nothing more is shown."""
        if self._reading.waits:
            self._reading.now()

    def _tell_readers(self, *, moving: bool) -> None:
        """Let what is read follow: at once where other things are to be said, else soon."""
        told_of, self._told_of = self._told_of, self._kind()
        if told_of == self._told_of:
            self._reading.soon(settles=not moving)
        else:
            self._reading.now()

    def _kind(self) -> tuple[object, ...]:
        """Return what is on the screen, apart from the figures that change from frame to frame."""
        shown, track = self._shown, self._track
        frame: object = shown
        if shown is not None and not shown.final:
            frame = shown.attempt, shown.live, shown.by_hand, shown.identities
        tries = None if track is None else (len(self._tracks), track.attempt, track.thinned)
        return self.state, self._playing, frame, tries
