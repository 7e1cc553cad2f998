"""Fit, pause, step, restart, cancel, find the best K, replay: every button ends up here.

The one timer of the runs lives here. It polls the run, the replay and the assignment, and rests
when there is nothing to poll. Nothing is ever pushed from a thread.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot

from gmmstudio.document.commands import Command, ShowCell, ShowFit
from gmmstudio.document.document import Document
from gmmstudio.document.errors import DocumentError
from gmmstudio.document.session import Change, Session
from gmmstudio.fitting.elsewhere import FEWEST_ROWS, Elsewhere
from gmmstudio.fitting.runner import Status
from gmmstudio.fitting.trace import Track
from gmmstudio.mixture.fit import Fit
from gmmstudio.table.preparation import Preparation
from gmmstudio.table.table import Table
from gmmstudio.ui import outcomes
from gmmstudio.ui.draft_run import draft_job
from gmmstudio.ui.hand_hold import HandHold
from gmmstudio.ui.jobs import FitJob, IntArray, SampleStore, SweepJob
from gmmstudio.ui.live_run import LiveRun, makes_untrue
from gmmstudio.ui.live_session import LiveSession
from gmmstudio.ui.paced_timer import PacedTimer
from gmmstudio.ui.reopening import ReopenJob, finishing
from gmmstudio.ui.replay import SPEEDS, Source
from gmmstudio.ui.scene import Scene
from gmmstudio.ui.stage import RunInfo, Stage
from gmmstudio.ui.starts import opened_before
from gmmstudio.ui.under_way import UnderWay

WAIT_SECONDS = 3.0
REPLAYED_SECONDS = 1.0  # a fit that was over sooner is replayed

_log = logging.getLogger(__name__)


class RunControl(QObject):
    """Runs fits and sweeps of the session's document and shows them on the stage."""

    SPEEDS = SPEEDS
    failed = Signal(str, str)  # a sentence, details ("" if the sentence says it all)
    ended = Signal()  # a run is over and what it gave is in the document

    def __init__(self, session: Session, stage: Stage, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.stage = stage
        self.replay_after_fit = True
        self.store = SampleStore()
        self._elsewhere = Elsewhere()
        self._run = LiveRun(stage)
        self._scene = Scene(stage, self.store, self._could_not_label)
        self._replay = self._scene.replay
        self.hand = HandHold(
            self._run, self._scene, self.pause, self._show_own_record, self._keep_polling
        )
        self._replay_next = False
        self._closed = False
        self._timer = PacedTimer(self)
        self._timer.timeout.connect(self._poll)
        stage.watch_changed.connect(self._rewatch)
        self._unsubscribe: Callable[[], None] = session.subscribe(self._document_changed)
        if isinstance(session, LiveSession):
            session.before_change = self._before_change
        table = session.document.table
        stage.selection.reset(0 if table is None else table.n_rows)
        self._show_document()

    # ---- what is going on -----------------------------------------------------------

    @property
    def is_running(self) -> bool:
        """Whether a fit or a sweep is under way, at rest or not."""
        return self._run.job is not None

    @property
    def is_playing(self) -> bool:
        """Whether the screen moves by itself: a live fit or a replay."""
        return self._replay.playing or self.stage.state == "fitting"

    @property
    def speed(self) -> float:
        """How fast a replay plays, 1 being normal."""
        return self._replay.speed

    @property
    def replayed(self) -> tuple[Source, Track] | None:
        """The try on the screen, for whoever makes something else of it; None under way."""
        source, track = self._replay.source, self._replay.track
        if source is None or track is None or self._run.fit_job is not None:
            return None
        return source, track

    def set_speed(self, speed: float) -> None:
        self._replay.set_speed(speed)

    @property
    def under_way(self) -> UnderWay | None:
        """How far the run is, for a copy in case of a crash; None where nothing runs."""
        return self._run.under_way

    # ---- runs -----------------------------------------------------------------------

    @Slot()
    def fit(self) -> None:
        """Fit what the document asks; go on if a fit rests; a sweep ends first."""
        if self.stage.state == "paused":
            self.resume()
        elif self.stage.state != "fitting":
            self._start_fit(None)

    @Slot()
    def pause(self) -> None:
        """Rest after the iteration now in the making; a replay rests too."""
        if self._run.fit_job is not None:
            self._run.pause()
        self._replay.pause()
        self._tell_playing()

    @Slot()
    def resume(self) -> None:
        """Go on with the fit that rests."""
        if self._run.fit_job is not None:
            self._replay.load(None)
            self._run.resume()
            self._keep_polling()

    @Slot()
    def step(self) -> None:
        """Make one iteration and rest; without a run go forward, or begin one at its start."""
        if self._run.fit_job is not None:
            self._replay.load(None)
            self._run.step()
            self._keep_polling()
        elif not self._replay.at_end:
            self.forward()
        else:
            self._start_fit(1)

    @Slot()
    def go_on(self) -> None:
        """Let EM go on from what was placed by hand, live."""
        if self.stage.state == "paused":
            self.resume()
        elif self.session.document.draft is not None and self.stage.state != "fitting":
            self._start_fit(None)

    @Slot()
    def restart(self) -> None:
        """Begin the fit again from its start, at rest if it rested; the broken one is dropped."""
        rested = self.stage.state == "paused"
        if self._run.fit_job is not None:
            self._run.abandon()
        self._start_fit(1 if rested else None, anew=True)

    @Slot()
    def cancel(self) -> None:
        """Ask the run to end; its last iteration is kept."""
        if self.is_running:
            self._run.cancel()
            self._timer.reset()  # the end is to be seen soon
            self._keep_polling()
        self._replay.pause()
        self._tell_playing()

    def find_best_k(self, components: Sequence[int], structures: Sequence[str]) -> None:
        """Fit every K with every shape in the background."""
        self.end_run()
        document = self.session.document
        if self._closed or document.table is None:
            return
        self.run(SweepJob.of(document, document.table, self.store, components, structures))

    def run(self, job: FitJob | SweepJob) -> None:
        """Run a job in the place of what is under way."""
        self.end_run()
        if self._closed:
            return
        if isinstance(job, FitJob):
            self._start(job, None)
            return
        self._run.start(job, None, self.session.document, self._rows(job.table))
        self.stage.put_cells(job.known, 0)
        self.stage.put_run(RunInfo("sweeping", "preparing the rows", 0.0))
        self._keep_polling()

    def open_cell(self, structure: str, n_components: int) -> None:
        """Show a model of the sweep, of one under way too.

        Raises
        ------
        DocumentError
            If it was not tried or has no fit.
        """
        job = self._run.sweep_job
        if job is not None:
            outcomes.keep_sweep(self.session, job, self.stage.cells)
        self.session.apply(ShowCell(structure, n_components))
        self._finish_fit()

    def open_optimum(self, attempt: int) -> None:
        """Go on from where another start of the fit shown ended, or show it if that was done."""
        document = self.session.document
        known = opened_before(document, attempt)
        if self.is_running or self._closed or document.record is None:
            return
        if known is not None:
            self.session.apply(ShowFit(known.id))
        elif document.table is not None:
            self._start(ReopenJob(document.table, document.record, attempt, self.store), None)

    def _finish_fit(self) -> None:
        """Climb to the maximum where the fit shown is from a quick look."""
        job = finishing(self.session.document, self.store)
        if job is not None and not self.is_running and not self._closed:
            self._start(job, None)

    def sample_rows(self, preparation: Preparation) -> IntArray | None:
        """Return the table rows of a sample; None where it is not at hand."""
        sample = self.store.held(self.session.document.table, preparation)
        return None if sample is None else sample.rows

    def end_run(self) -> None:
        """End the run under way, if any, and keep its last iteration."""
        if not self.is_running:
            return
        self._timer.stop()
        status = self._run.end(WAIT_SECONDS)
        if status is not None:
            self._finish(status)
        elif self.is_running:
            _log.warning("A run did not end in time and was left behind.")
            self._run.abandon()
        self._keep_polling()

    def close(self) -> None:
        """End everything: run, timer, threads. May be called again."""
        if self._closed:
            return
        self.end_run()
        self._closed = True
        self._timer.stop()
        if isinstance(self.session, LiveSession):
            self.session.before_change = None
        self._unsubscribe()
        self._scene.close()
        self._run.close()
        self._elsewhere.close()
        self.store.clear()
        self._tell_playing()
        self.stage.settle()

    # ---- replay ---------------------------------------------------------------------

    @Slot()
    def play(self) -> None:
        """Go on with a fit that rests, or replay from where we are."""
        if self._run.fit_job is not None:
            self.resume()
        else:
            self._replay.play()
            self._tell_playing()
            self._keep_polling()

    pause_play = pause  # live or replay, the same button lets the screen rest

    def show_iteration(self, number: int) -> None:
        """Show an iteration of the try on the screen; a running fit rests first."""
        if self._look_back():
            self._replay.show(number)
            self._keep_polling()

    @Slot()
    def first(self) -> None:
        if self._look_back() and self._replay.track is not None:
            self._replay.show(self._replay.track.first)
            self._keep_polling()

    @Slot()
    def last(self) -> None:
        if self._look_back() and self._replay.track is not None:
            self._replay.show(self._replay.track.last)
            self._keep_polling()

    @Slot()
    def back(self) -> None:
        if self._look_back():
            self._replay.move(-1)
            self._keep_polling()

    @Slot()
    def forward(self) -> None:
        """Show the next iteration; at the newest one of a fit under way, make one."""
        if self._run.fit_job is not None and (not self._run.looking_back or self._replay.at_end):
            self.step()
        elif self._look_back():
            self._replay.move(1)
            self._keep_polling()

    def show_attempt(self, number: int) -> None:
        """Look at another try, at its end."""
        if self._look_back():
            self._replay.choose(number)
            self._scene.put_tracks()
            self._keep_polling()

    def _look_back(self) -> bool:
        """Make sure there is something to replay; a fit under way rests and lends its tries."""
        if self._run.fit_job is not None and not self._run.looking_back:
            shown, source = self.stage.shown, self._run.source()
            if source is None or shown is None:
                return False
            self._replay.load(source, shown.attempt)
            self._replay.show(shown.iteration)
        self._replay.pause()
        self._tell_playing()
        self._keep_polling()
        return self._replay.track is not None

    # ---- starting and ending ----------------------------------------------------------

    def _rows(self, table: Table) -> IntArray:
        """Return the table rows whose labels the screen needs."""
        watched = self.stage.watched
        return self._replay.default_rows(table) if watched is None else watched

    def _start_fit(self, budget: int | None, *, anew: bool = False) -> None:
        """Go on from a draft that EM can go on from, else fit what the document asks."""
        self.end_run()
        document = self.session.document
        if self._closed or document.table is None:
            return
        draft = document.draft
        done = draft is not None and draft.is_done and budget is None and not anew
        job = None if done else draft_job(document, self.store, anew=anew)
        self._start(job or FitJob.of(document, document.table, self.store), budget)

    def _start(self, job: FitJob, budget: int | None) -> None:
        self._scene.leave()
        job.elsewhere = self._elsewhere
        self._run.start(job, budget, self.session.document, self._rows(job.table))
        self.stage.put_run(RunInfo("fitting", "preparing the rows"))
        self._tell_playing()
        self._keep_polling()

    def _finish(self, status: Status[Any, Any]) -> None:
        job, tracks, result = self._run.job, self._run.tracks, status.result
        quick = status.state == "finished" and status.seconds < REPLAYED_SECONDS
        quick &= not isinstance(job, ReopenJob)  # it did not begin with a start
        self._replay_next = self.replay_after_fit and quick and not self._run.was_paused
        self._run.finish()
        try:
            if isinstance(job, FitJob) and isinstance(result, Fit):
                watched = self._run.watched(result.attempt)
                outcomes.keep_fit(self.session, job, result, tracks, status.seconds, watched)
            elif isinstance(job, SweepJob) and result:
                outcomes.keep_sweep(self.session, job, result)
                outcomes.show_best_if_nothing(self.session, result)
            else:
                self._show_document()
        except DocumentError as error:
            self._show_document()
            self.failed.emit(str(error), "")
        finally:
            self._replay_next = False
        if status.state == "failed" and status.error is not None:
            self.failed.emit(*outcomes.failure(status.error, status.error_details))
        if isinstance(job, SweepJob) and status.state == "finished":
            self._finish_fit()
        self._tell_playing()
        self.ended.emit()

    # ---- following the document -------------------------------------------------------

    def _before_change(self, command: Command | None) -> None:
        """End a run that the change to come would make untrue."""
        job, old = self._run.job, self.session.document
        if job is not None and (command is None or makes_untrue(job, old, command.apply(old))):
            self.end_run()

    def _document_changed(self, change: Change) -> None:
        fields = change.fields
        model = {"table", "preparation", "spec", "start_column"}
        if fields & model and self._run.fit_job is not None:
            # A plain session does not warn before; what is under way is ended afterwards.
            self.cancel()
        if "table" in fields:
            self._run.abandon()
            self.stage.forget_watch()
            self._scene.forget_table()
            n_rows = 0 if change.new.table is None else change.new.table.n_rows
            self.stage.selection.reset(n_rows)
            self.store.clear()
            self._elsewhere.rest()
            if n_rows >= FEWEST_ROWS:
                self._elsewhere.warm_up()
        if change.old.record is not change.new.record or fields & {"table", "draft"}:
            if self._run.fit_job is None:
                self._show_record(change.new)
        elif "outlier_rule" in fields:
            self._scene.set_rule(change.new.outlier_rule, self._run.fit_job is None)
        if "sweep" in fields and self._run.sweep_job is None:
            self._scene.show_sweep(change.new)

    def _show_document(self) -> None:
        self._show_own_record()
        if self._run.sweep_job is None:
            self._scene.show_sweep(self.session.document)

    def _show_record(self, document: Document) -> None:
        self._scene.show_record(document, self._replay_next)
        self._tell_playing()
        self._keep_polling()

    def _show_own_record(self) -> None:
        self._show_record(self.session.document)

    @Slot()
    def _rewatch(self) -> None:
        rows = self.stage.watched
        if rows is None or self._closed:
            return
        if self._run.fit_job is not None and not self._run.looking_back:
            self._run.watch(rows)
        elif self.stage.shown is not None and self.stage.shown.rows is not None:
            self._scene.rewatch()
            self._keep_polling()

    def _could_not_label(self, error: Exception | None) -> None:
        self.failed.emit(*outcomes.labelling_failure(error))

    def _tell_playing(self) -> None:
        self.stage.put_playing(self.is_playing and not self._closed)

    # ---- the timer --------------------------------------------------------------------

    def _keep_polling(self) -> None:
        if not self._closed:
            self._timer.keep_on(hurried=self._hurries)

    @property
    def _hurries(self) -> bool:
        """Whether somebody waits for an answer that takes no longer than a frame."""
        return self._replay.waiting and self.stage.state != "fitting"

    @Slot()
    def _poll(self) -> None:
        began = time.monotonic()
        status = self._run.poll()
        if status is not None:
            self._finish(status)
        self._scene.poll(self._run.fit_job is None)
        self._tell_playing()
        if self.is_running or self._scene.busy:
            self._timer.pace(began, hurried=self._hurries)
        else:
            self._timer.stop()
