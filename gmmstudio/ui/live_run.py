"""A run under way and what it puts on the stage: its newest frame, its tries, how far it is."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QCoreApplication, QEventLoop

from gmmstudio.document.document import Document, same_question
from gmmstudio.fitting.runner import Runner, Status, Watch
from gmmstudio.fitting.sweep import SweepFrame
from gmmstudio.fitting.trace import Track
from gmmstudio.mixture.em import Iteration
from gmmstudio.ui.jobs import FitJob, IntArray, SweepJob
from gmmstudio.ui.replay import Source
from gmmstudio.ui.stage import RunInfo, RunState, Shown, Stage
from gmmstudio.ui.under_way import UnderWay

WATCHED_SECONDS = 1.0  # letters that stood so long on the screen are known


class LiveRun:
    """At most one job on a runner; nobody else reads the runner's status."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._runner: Runner[Any, Any] = Runner()
        self._number = 0
        self._watch_number = 0
        self._frame: tuple[object, object] = (None, None)
        self._identities: dict[int, tuple[int, ...]] = {}
        self._since: dict[int, float] = {}  # when a try was first on the screen
        self._document = Document()
        self.job: FitJob | SweepJob | None = None
        self.was_paused = False
        self.looking_back = False  # an earlier iteration of the fit at rest is on the screen

    @property
    def fit_job(self) -> FitJob | None:
        return self.job if isinstance(self.job, FitJob) else None

    @property
    def sweep_job(self) -> SweepJob | None:
        return self.job if isinstance(self.job, SweepJob) else None

    @property
    def tracks(self) -> tuple[Track, ...]:
        return self._runner.trace.tracks

    @property
    def under_way(self) -> UnderWay | None:
        """How far the run is, to be worked out elsewhere; None where nothing runs."""
        if self.job is None:
            return None
        cells = self._stage.cells if isinstance(self.job, SweepJob) else ()
        letters = dict(self._identities)
        return UnderWay(self.job, self._runner.trace, self._document, letters, cells)

    def start(
        self, job: FitJob | SweepJob, budget: int | None, document: Document, rows: IntArray
    ) -> None:
        """Start a job; ``rows`` are the table rows to label."""
        self.job = job
        self.was_paused = budget is not None
        self.looking_back = False
        self._document = document
        self._identities, self._since = {}, {}
        self._frame = (None, None)
        watch = self._watch(job, rows) if isinstance(job, FitJob) else None
        self._number = self._runner.start(job, budget=budget, watch=watch)

    def pause(self) -> None:
        self.was_paused = True
        self._runner.pause()

    def resume(self) -> None:
        self.look_at_newest()
        self._runner.resume()

    def step(self) -> None:
        self.was_paused = True
        self.look_at_newest()
        self._runner.step(1)

    def cancel(self) -> None:
        self._runner.cancel()

    def watch(self, rows: IntArray) -> None:
        """Label other rows from now on."""
        if isinstance(self.job, FitJob):
            self._runner.watch(self._watch(self.job, rows))

    def abandon(self) -> None:
        """Let the run go; what it gives is not wanted."""
        self._runner.cancel()
        self.job = None
        self.looking_back = False
        self._stage.put_run(RunInfo())

    def end(self, seconds: float) -> Status[Any, Any] | None:
        """Cancel, wait, and return the last status; None if it did not end in time."""
        self._runner.cancel()
        if not self._runner.wait(0.05):
            # Blocking for long could deadlock with a worker that collects garbage: pump events.
            deadline = time.monotonic() + seconds
            quiet = QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents
            while not self._runner.wait(0.01):
                if time.monotonic() > deadline:
                    return None
                QCoreApplication.processEvents(quiet)
        return self.poll()

    def poll(self) -> Status[Any, Any] | None:
        """Put what is new on the stage; return the status once the run is over."""
        if self.job is None:
            return None
        status = self._runner.status
        if status.run != self._number:
            return None
        if isinstance(self.job, FitJob):
            self._show(status, self.job)
        elif isinstance(status.frame, SweepFrame):
            frame = status.frame
            n_all = len(self.job.known) + frame.n_total
            self._stage.put_cells(self.job.with_known(frame.cells), n_all)
            self._stage.put_run(sweep_info(status))
        return None if status.active else status

    def finish(self) -> None:
        """Note that the run is over."""
        self.job = None
        self.looking_back = False
        self._stage.put_run(RunInfo())

    def close(self) -> None:
        self.job = None
        self._runner.close()

    def watched(self, attempt: int) -> tuple[int, ...] | None:
        """Return the identities by which the user has come to know the clusters of a try.

        None where it went by at once, and where there is a fit before: its clusters keep theirs.
        """
        since = self._since.get(attempt)
        if since is None or self._document.continued is not None:
            return None
        known = self.was_paused or time.monotonic() - since > WATCHED_SECONDS
        return self._identities.get(attempt) if known else None

    # ---- looking back at a fit under way ----------------------------------------------

    def source(self) -> Source | None:
        """Lend the tries of the fit under way, which rests from now on."""
        shown = self._stage.shown
        if not isinstance(self.job, FitJob) or shown is None or not shown.live:
            return None
        self.pause()
        for track in self.tracks:
            self._identities_of(self.job, track.iterations[0])
        self.looking_back = True
        return Source(
            self.job.table,
            self.job.preparation,
            self.job.structure,
            self.tracks,
            shown.n_attempts,
            self.job.labels.copy(),
            dict(self._identities),
            by_hand=self.job.by_hand,
        )

    def look_at_newest(self) -> None:
        """Leave the earlier iterations: what follows is live again."""
        self.looking_back = False
        self._frame = (None, None)

    # ---- inside -----------------------------------------------------------------------

    def _watch(self, job: FitJob, rows: IntArray) -> Watch:
        self._watch_number += 1
        return Watch(self._watch_number, rows, job.labels)

    def _show(self, status: Status[Any, Any], job: FitJob) -> None:
        frame, watched = status.frame, status.watched
        if isinstance(frame, Iteration) and watched is not None and not self.looking_back:
            # Labelled by RowLabels: int32 and float32, of table rows.
            self._put_frame(job, frame, watched)
        if status.active:
            self._stage.put_run(fit_info(status, job, self.tracks))

    def _put_frame(self, job: FitJob, frame: Iteration, arrays: Any) -> None:
        """Put an iteration and its labels on the stage, unless they are there."""
        if (frame, arrays) == self._frame:
            return
        self._frame = (frame, arrays)
        self._since.setdefault(frame.attempt, time.monotonic())
        tracks = self.tracks
        track = next((track for track in tracks if track.attempt == frame.attempt), None)
        self._stage.put_tracks(tracks, track)
        self._stage.put_shown(
            Shown(
                parameters=frame.parameters,
                structure=job.structure,
                identities=self._identities_of(job, frame),
                iteration=frame.number,
                last_iteration=frame.number,
                attempt=frame.attempt,
                n_attempts=max(frame.attempt, job.n_tries),
                n_rows=frame.n_rows,
                log_likelihood=frame.log_likelihood,
                live=True,
                final=False,
                preparation=job.preparation,
                column_names=job.column_names,
                rows=arrays.rows,
                labels=arrays.labels,
                max_probability=arrays.max_probability,
                by_hand=job.by_hand,
            )
        )

    def _identities_of(self, job: FitJob, iteration: Iteration) -> tuple[int, ...]:
        """Return the identities of a frame's components, chosen at the first one of its try."""
        attempt = iteration.attempt
        if attempt not in self._identities:
            known = job.identities
            if known is None:
                measures = job.preparation.measures
                known = self._document.identities_for(iteration.parameters, measures)
            self._identities[attempt] = known
        return self._identities[attempt]


def makes_untrue(job: FitJob | SweepJob, old: Document, new: Document) -> bool:
    """Tell whether a change means that what is under way is not what is wanted any more."""
    if new.table is not old.table or new.preparation is not old.preparation:
        return True
    if isinstance(job, FitJob):
        asked = new.spec is not old.spec or new.start_column != old.start_column
        return asked or new.active != old.active or new.draft is not old.draft
    columns = len(job.preparation.columns)
    return not same_question(new.spec, job.spec, n_columns=columns, any_model=True)


def fit_info(status: Status[Any, Any], job: FitJob, tracks: Sequence[Track]) -> RunInfo:
    """Say how far a fit is. Nobody knows how many iterations EM will need: no fraction."""
    state: RunState = "paused" if status.state == "paused" else "fitting"
    frame = status.frame
    if not isinstance(frame, Iteration):
        return RunInfo(state, "preparing the rows", None, round(status.seconds, 1))
    tries = job.n_tries
    on_all = bool(tracks) and frame.n_rows > tracks[0].iterations[0].n_rows
    if job.words:
        progress = f"{job.words}, iteration {frame.number}"
    elif on_all:
        best = f"best of {tries} tries" if tries > 1 else "the start"
        progress = f"{best} on all rows, iteration {frame.number}"
    elif frame.attempt > tries:  # the best labels again, with the clusters tilted otherwise
        progress = f"another tilt at the start, try {frame.attempt}, iteration {frame.number}"
    elif tries == 1:
        progress = f"iteration {frame.number}"
    else:
        progress = f"try {frame.attempt} of {tries}, iteration {frame.number}"
    return RunInfo(state, progress, None, round(status.seconds, 1))


def sweep_info(status: Status[Any, Any]) -> RunInfo:
    """Say how far a sweep is, and how long the rest may take."""
    frame = status.frame
    if not isinstance(frame, SweepFrame):
        return RunInfo("sweeping", "preparing the rows", 0.0, round(status.seconds, 1))
    fraction = frame.n_done / max(frame.n_total, 1)
    left = None
    if frame.n_done >= 3 and not frame.settling:
        # Larger K come later and take longer, so the rest takes more than its share.
        left = float(round(status.seconds * (1.0 / fraction**1.3 - 1.0)))
    progress = f"{frame.n_done} of {frame.n_total} models"
    return RunInfo(
        "sweeping",
        f"{progress}, making the best exact" if frame.settling else progress,
        fraction,
        round(status.seconds, 1),
        left,
    )
