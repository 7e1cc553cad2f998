"""One run: a job driven on a thread of its own, under a budget of frames."""

from __future__ import annotations

import logging
import threading
import time
import traceback
from collections import deque
from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Any, Generic, Literal, TypeVar

from gmmstudio.fitting.priority import give_way
from gmmstudio.fitting.trace import Trace
from gmmstudio.fitting.watch import ShouldStop, Watch, Watched
from gmmstudio.mixture.em import Iteration
from gmmstudio.mixture.errors import MixtureError

F = TypeVar("F")
R = TypeVar("R")

#: Something to run: given ``should_stop`` it returns a generator of frames; what that
#: returns is the run's result. It should end soon once ``should_stop()`` is true.
#: A job that makes its frames elsewhere may have a method ``begin()``, called where the next
#: frame may be made by now: it is made while the one before is labelled. It says whether.
Job = Callable[[ShouldStop], Generator[F, None, R]]
State = Literal["idle", "running", "paused", "finished", "cancelled", "failed"]

#: Frames that take longer than this, on the average of the last few, are all shown.
SEEN_SECONDS = 1.0 / 30.0

#: Frames a cancelled job may still give before it is closed without a result.
FRAMES_AFTER_CANCEL = 8

log = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class Status(Generic[F, R]):
    """A run at one moment.

    Attributes
    ----------
    run
        Number of the run, from 1; 0 before the first.
    state
        "paused" means at rest: the frame is the newest, its labels are there.
    frame
        The frame to show, or None before the first.
    n_frames
        Frames the job has given so far, shown or not.
    watched
        Labels of the watched rows for exactly ``frame``; None if nobody watches or they
        are not to be had.
    result
        What the job returned; None while it runs, when it failed, or was cancelled too
        early to have any.
    error, error_details
        What the job raised, and the text of its traceback.
    seconds
        Time worked, pauses not counted.
    """

    run: int = 0
    state: State = "idle"
    frame: F | None = None
    n_frames: int = 0
    watched: Watched | None = None
    result: R | None = None
    error: BaseException | None = None
    error_details: str = ""
    seconds: float = 0.0

    @property
    def active(self) -> bool:
        """Whether the job is still under way, running or paused."""
        return self.state in ("running", "paused")


class Run(Generic[F, R]):
    """What the worker and its reader share, guarded by one condition.

    The worker takes one unit of the budget *before* each frame. So a pause that arrives
    in the middle of a frame sets the budget to 0 and nothing is taken from it afterwards:
    it cannot fall below zero, which would mean running for ever.
    """

    def __init__(
        self, number: int, job: Job[F, R], budget: int | None, watch: Watch | None
    ) -> None:
        self.trace = Trace()
        self._number = number
        self._changed = threading.Condition(threading.Lock())
        self._budget = budget
        self._stop = False
        self._stop_seen = False
        self._frames_left = FRAMES_AFTER_CANCEL
        self._at_rest = False
        self._begun = False
        self._made: deque[float] = deque(maxlen=4)
        self._end: State | None = None
        self._watch = watch
        # The slot: what is shown, whether the reader has seen it, and what came since.
        self._frame: F | None = None
        self._watched: Watched | None = None
        self._labelled_for: Watch | None = None
        self._taken = True
        self._newest: F | None = None
        self._n_frames = 0
        self._result: R | None = None
        self._error: BaseException | None = None
        self._error_details = ""
        self._seconds = 0.0
        self._working_since: float | None = time.perf_counter()
        self._thread = threading.Thread(
            target=self._work, args=(job,), name=f"gmmstudio-run-{number}", daemon=True
        )
        self._thread.start()

    # ---- for the reader -------------------------------------------------------------

    def status(self) -> Status[F, R]:
        """Take the frame shown and everything that belongs to it."""
        with self._changed:
            self._taken = True
            self._changed.notify_all()
            return Status(
                run=self._number,
                state=self._state(),
                frame=self._frame,
                n_frames=self._n_frames,
                watched=self._watched,
                result=self._result,
                error=self._error,
                error_details=self._error_details,
                seconds=self._time_worked(),
            )

    @property
    def result(self) -> R | None:
        """What the job returned, if it has."""
        return self._result

    def allow(self, budget: int | None) -> None:
        """Set the budget of frames: None free, 0 pause."""
        with self._changed:
            self._budget = budget
            self._changed.notify_all()

    def step(self, n: int) -> None:
        """Allow n frames more and pause after them; a free run is tied to n more."""
        with self._changed:
            self._budget = n + (self._budget or 0)
            self._changed.notify_all()

    def watch(self, watch: Watch | None) -> None:
        """Change what the view wants labelled."""
        with self._changed:
            self._watch = watch
            self._taken = True  # whatever waits in the slot was not made for this wish
            self._changed.notify_all()

    def cancel(self) -> None:
        """Ask the job to stop, paused or not."""
        with self._changed:
            self._stop = True
            self._changed.notify_all()

    def join(self, timeout: float | None) -> bool:
        """Wait for the thread; return whether it has ended."""
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def _state(self) -> State:
        if self._end is not None:
            return self._end
        return "paused" if self._at_rest and self._budget == 0 and not self._stop else "running"

    def _time_worked(self) -> float:
        since = self._working_since
        return self._seconds + (0.0 if since is None else time.perf_counter() - since)

    # ---- the worker -----------------------------------------------------------------

    def _should_stop(self) -> bool:
        if self._stop:
            self._stop_seen = True
        return self._stop

    def _work(self, job: Job[F, R]) -> None:
        give_way()
        result: R | None = None
        error: BaseException | None = None
        details = ""
        end: State = "finished"
        try:
            result, complete = self._drive(job(self._should_stop), getattr(job, "begin", None))
            if self._stop_seen or not complete:
                end = "cancelled"
        except MixtureError as refusal:
            # A job stopped before it had anything to give says so by raising.
            end, error = ("cancelled", None) if self._stop_seen else ("failed", refusal)
            details = "" if error is None else traceback.format_exc()
        except BaseException as failure:  # the thread's last line of defence: nothing is lost
            end, error, details = "failed", failure, traceback.format_exc()
        if error is not None:
            # The text is kept; the traceback would keep every local array alive with it.
            error = error.with_traceback(None)
        with self._changed:
            self._result, self._error, self._error_details = result, error, details
            if self._frame is not self._newest:
                self._show(self._newest, None)
            self._rest()
            self._end = end
            self._watch = self._labelled_for = None
            self._changed.notify_all()

    def _drive(
        self, frames: Generator[F, None, R], begin: Callable[[], bool] | None
    ) -> tuple[R | None, bool]:
        """Take frames while the budget lasts; return the result and whether there is one."""
        try:
            while self._take_turn():
                try:
                    frame = next(frames)
                except StopIteration as end:
                    return end.value, True
                if begin is not None:
                    self._take_turn_ahead(begin)
                self._publish(frame)
            return None, False
        finally:
            frames.close()

    def _take_turn_ahead(self, begin: Callable[[], bool]) -> None:
        """Let the next frame be begun at once, if it may be made by now."""
        with self._changed:
            if self._stop or self._budget == 0 or not begin():
                return
            if self._budget is not None:
                self._budget -= 1
            self._begun = True

    def _take_turn(self) -> bool:
        """Wait until the next frame may be made; False means that no more may."""
        while True:
            with self._changed:
                if self._begun and not self._stop:  # in the making: a pause comes after it
                    self._begun = False
                    return True
                while not (self._stop or self._budget != 0 or self._needs_labels()):
                    self._rest()
                    self._at_rest = True
                    self._changed.wait()
                if self._stop:
                    self._frames_left -= 1
                    self._start_work()
                    return self._frames_left >= 0
                if self._budget != 0:
                    if self._budget is not None:
                        self._budget -= 1
                    self._start_work()
                    return True
                watch, newest = self._watch, self._newest
            # Going to rest: the newest frame is shown, whether or not the one before was read.
            self._show_labelled(newest, watch)

    def _needs_labels(self) -> bool:
        """Whether the newest frame is not yet shown as the view wants it."""
        if self._newest is None:
            return False
        return self._frame is not self._newest or self._labelled_for is not self._watch

    def _publish(self, frame: F) -> None:
        if isinstance(frame, Iteration):
            self.trace.append(frame)
        with self._changed:
            self._let_the_reader_follow()
            self._newest = frame
            self._n_frames += 1
            watch = self._watch
            if watch is None:
                self._show(frame, None)
                return
            if not self._taken:
                # A labelled frame waits for its reader. Overwriting it would mean labelling
                # at the pace of EM, or frames without colours: so labels keep the reader's pace.
                return
        self._show_labelled(frame, watch)

    def _let_the_reader_follow(self) -> None:
        """Let no frame be missed where all can be seen. The lock is held.

        Of frames that take their time one may still come right after another, when labels or the
        reader were late: it waits for its turn, while the next one is made elsewhere.
        """
        self._made.append(time.perf_counter())
        slow = self._made[-1] - self._made[0] > (len(self._made) - 1) * SEEN_SECONDS
        if self._begun and slow:
            self._changed.wait_for(lambda: self._taken or self._stop, timeout=SEEN_SECONDS)

    def _show_labelled(self, frame: F | None, watch: Watch | None) -> None:
        watched = None if watch is None else self._labels(frame, watch)
        with self._changed:
            self._show(frame, watched)
            self._labelled_for = watch
            if watch is not self._watch:
                self._taken = True  # the view moved on meanwhile: the next frame is for it

    def _show(self, frame: F | None, watched: Watched | None) -> None:
        """Overwrite the slot. The lock is held."""
        self._frame, self._watched, self._taken = frame, watched, False

    def _labels(self, frame: Any, watch: Watch) -> Watched | None:
        try:
            labels, max_probability = watch.label(frame, watch.rows, lambda: self._stop)
        except MixtureError:
            if not self._stop:
                log.exception("The watched rows could not be labelled")
            return None
        except Exception:
            # Painting must not cost the user the fit.
            log.exception("The watched rows could not be labelled")
            return None
        return Watched(watch.number, watch.rows, labels, max_probability)

    def _rest(self) -> None:
        self._seconds = self._time_worked()
        self._working_since = None

    def _start_work(self) -> None:
        self._at_rest = False
        if self._working_since is None:
            self._working_since = time.perf_counter()
