"""Something worked out beside the GUI thread: whatever was asked for last."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from gmmstudio.fitting.labeller import Latest
from gmmstudio.fitting.priority import give_way
from gmmstudio.mixture.errors import Cancelled
from gmmstudio.table.errors import Stopped

ShouldStop = Callable[[], bool]
_POLL_MS = 10


class Beside(QObject):
    """One question at a time; a newer one replaces it, and what is forgotten never arrives.

    Attributes
    ----------
    answered : Signal
        What the work asked for last gave.
    failed : Signal
        The work asked for last met a fault, which the thread has logged.
    """

    answered = Signal(object)
    failed = Signal()

    def __init__(
        self, name: str, parent: QObject | None = None, *, gives_way: bool = False
    ) -> None:
        super().__init__(parent)
        self._number = 0
        self._gives_way = gives_way
        self._worker: Latest[Any] = Latest(name)
        self._timer = QTimer(self)
        self._timer.setInterval(_POLL_MS)
        self._timer.timeout.connect(self._poll)

    @property
    def busy(self) -> bool:
        """Whether anything is being worked out, wanted or not."""
        return self._worker.busy

    @property
    def waits(self) -> bool:
        """Whether an answer is still wanted."""
        return self._timer.isActive()

    def ask(self, work: Callable[[ShouldStop], Any]) -> None:
        """Ask for what some work gives; ``answered`` follows, or ``failed``.

        The work asks now and then whether it should stop: nobody waits for it any more. It may
        end with `Stopped` or `Cancelled`.
        """
        self._number += 1
        number = self._number
        gives_way = self._gives_way

        def question(should_stop: ShouldStop) -> Any:
            if gives_way:
                give_way()
            with suppress(Stopped, Cancelled):
                return work(lambda: number != self._number or should_stop())
            return None

        self._worker.put(number, question)
        self._timer.start()

    def forget(self) -> None:
        """Let what was asked for never arrive."""
        self._number += 1
        self._timer.stop()

    @Slot()
    def _poll(self) -> None:
        busy = self._worker.busy  # before the answer, which may come in between and be lost
        answer = self._worker.answer
        if answer is not None and answer.number == self._number:
            self._timer.stop()
            if answer.error is not None:
                self.failed.emit()
            elif answer.value is not None:
                self.answered.emit(answer.value)
        elif not busy:
            self._timer.stop()

    def shut_down(self) -> None:
        """End timer and thread."""
        self._timer.stop()
        self._worker.close()
