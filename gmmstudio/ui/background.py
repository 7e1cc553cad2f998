"""A function on a thread of its own, its progress and outcome polled by a timer."""

from __future__ import annotations

import logging
import threading
import time
import traceback
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QCoreApplication, QEventLoop, QObject, QTimer, Signal, Slot

from gmmstudio.fitting.priority import give_way
from gmmstudio.table.errors import Stopped
from gmmstudio.ui.jobs import is_refusal

POLL_MS = 40

Progress = Callable[[float], None]
ShouldStop = Callable[[], bool]
Work = Callable[[Progress, ShouldStop], Any]

_log = logging.getLogger(__name__)


class Task(QObject):
    """Runs ``work(progress, should_stop)`` beside the window.

    The worker touches nothing of Qt: it leaves a number and at last an outcome, the timer looks at
    them in the GUI thread. After :meth:`close` nothing arrives any more.
    """

    progressed = Signal(float)
    done = Signal(object)
    failed = Signal(str, str)  # a sentence, details ("" if the sentence says it all)
    cancelled = Signal()

    def __init__(self, work: Work, what: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.what = what  # for a sentence: "Reading penguins.csv"
        self._work = work
        self._share = 0.0
        self._told = -1.0
        self._stop = False
        self._outcome: tuple[str, Any, str] | None = None
        self._thread = threading.Thread(target=self._run, name="gmmstudio-task", daemon=True)
        self._timer = QTimer(self)
        self._timer.setInterval(POLL_MS)
        self._timer.timeout.connect(self._poll)

    @property
    def share(self) -> float:
        """How much is done, 0 to 1."""
        return self._share

    @property
    def is_cancelled(self) -> bool:
        """Whether it was asked to stop; it may end well all the same."""
        return self._stop

    def start(self) -> None:
        """Begin; call once."""
        self._timer.start()
        self._thread.start()

    @Slot()
    def cancel(self) -> None:
        """Ask the work to stop; ``cancelled`` says when it has."""
        self._stop = True

    def wait(self, seconds: float = 30.0) -> bool:
        """Wait for the end with the window alive, and tell its outcome; return whether it came."""
        deadline = time.monotonic() + seconds
        quiet = QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents
        while self._timer.isActive() and time.monotonic() < deadline:
            self._thread.join(0.01)
            QCoreApplication.processEvents(quiet)
        return not self._timer.isActive()

    def dismiss(self) -> None:
        """Cancel and tell nobody, without waiting for the thread."""
        self._stop = True
        self._timer.stop()

    def close(self, seconds: float = 3.0) -> None:
        """Cancel, wait, and tell nobody."""
        self.dismiss()
        if self.is_alive:
            self._thread.join(seconds)

    @property
    def is_alive(self) -> bool:
        """Whether the thread is still at work, told of or not."""
        return self._thread.is_alive()

    def _run(self) -> None:
        give_way()
        try:
            self._outcome = "done", self._work(self._progress, lambda: self._stop), ""
        except Stopped:
            self._outcome = "cancelled", None, ""
        except Exception as error:
            if self._stop:
                self._outcome = "cancelled", None, ""
                return
            details = "" if is_refusal(error) else traceback.format_exc()
            self._outcome = "failed", error.with_traceback(None), details

    def _progress(self, share: float) -> None:
        self._share = share

    @Slot()
    def _poll(self) -> None:
        outcome = self._outcome
        if outcome is None:
            if self._share != self._told:
                self._told = self._share
                self.progressed.emit(self._share)
            return
        self._timer.stop()
        self._thread.join()
        self._outcome = None
        how, value, details = outcome
        if how == "done":
            self.done.emit(value)
        elif how == "cancelled":
            self.cancelled.emit()
        elif details:
            _log.error("%s failed:\n%s", self.what, details)
            self.failed.emit(f"{self.what} failed because of a fault in the program.", details)
        else:
            self.failed.emit(str(value), "")


class OneTask(QObject):
    """Does one task at a time beside the window. Subclasses say which, and what follows."""

    changed = Signal()  # a task began, went on or ended
    failed = Signal(str, str)  # a sentence, details

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._task: Task | None = None
        self._dismissed: list[Task] = []  # their threads may not have noticed yet

    @property
    def share(self) -> float:
        """How much is done, 0 to 1."""
        return 0.0 if self._task is None else self._task.share

    @Slot()
    def cancel(self) -> None:
        """Stop; what there was before stays."""
        if self._task is not None:
            self._task.cancel()

    def wait(self, seconds: float = 60.0) -> bool:
        """Wait until it is over, with the window alive; return whether it is."""
        return self._task is None or self._task.wait(seconds)

    def close(self) -> None:
        """Stop and tell nobody."""
        self._dismiss()
        for task in self._dismissed:
            task.close()
            task.deleteLater()
        self._dismissed = []

    def _begin(self, work: Work, what: str) -> None:
        """Start a task in the place of the one there is."""
        self._dismiss()
        for task in [task for task in self._dismissed if not task.is_alive]:
            self._dismissed.remove(task)
            task.deleteLater()
        task = Task(work, what, self)
        task.progressed.connect(self._went_on)
        task.done.connect(self._done)
        task.failed.connect(self._failed)
        task.cancelled.connect(self._ended)
        self._task = task
        task.start()
        self.changed.emit()

    def _dismiss(self) -> None:
        if self._task is not None:
            self._task.dismiss()
            self._dismissed.append(self._task)
            self._task = None

    @Slot(float)
    def _went_on(self, share: float) -> None:
        self.changed.emit()

    @Slot(object)
    def _done(self, value: Any) -> None:
        self._ended()

    @Slot(str, str)
    def _failed(self, sentence: str, details: str) -> None:
        self._ended()
        self.failed.emit(sentence, details)

    @Slot()
    def _ended(self) -> None:
        if self._task is not None:
            self._task.deleteLater()
            self._task = None
        self.changed.emit()
