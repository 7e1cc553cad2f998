"""A question whose answer may take longer than a frame: asked off the GUI thread, then polled."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QTimer, Slot

from gmmstudio.fitting.labeller import Latest

POLL_MS = 30


class Later(QObject):
    """Answers the latest question; an earlier one that is overtaken is forgotten."""

    def __init__(self, name: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._latest: Latest[Any] = Latest(name)
        self._number = 0
        self._receive: Callable[[Any], None] | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(POLL_MS)
        self._timer.timeout.connect(self._poll)

    @property
    def busy(self) -> bool:
        """Whether an answer is awaited."""
        return self._receive is not None

    def ask(
        self, question: Callable[[], Any], receive: Callable[[Any], None], *, at_once: bool
    ) -> None:
        """Have ``receive`` called with the answer, None if there is none; maybe at once."""
        self.forget()
        if at_once:
            receive(question())
            return
        self._number += 1
        self._receive = receive
        self._latest.put(self._number, lambda should_stop: question())
        self._timer.start()

    def forget(self) -> None:
        """Let the answer awaited go."""
        self._receive = None
        self._timer.stop()

    def close(self) -> None:
        """End thread and timer."""
        self.forget()
        self._latest.close()

    @Slot()
    def _poll(self) -> None:
        answer, receive = self._latest.answer, self._receive
        if answer is not None and answer.number == self._number and receive is not None:
            self.forget()
            receive(answer.value)
