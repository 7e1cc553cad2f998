"""Labels off the caller's thread: a one-slot request, the latest wins, the answer is polled."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from gmmstudio.fitting.watch import FloatArray, IntArray, ShouldStop, Watched
from gmmstudio.mixture.parameters import Parameters
from gmmstudio.mixture.scores import score

T = TypeVar("T")

log = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class Answer(Generic[T]):
    """What a request gave: a value, or the error it raised."""

    number: int
    value: T | None
    error: Exception | None = None


class Latest(Generic[T]):
    """One thread that answers the latest question.

    A question asked before the thread got to the previous one replaces it. A question
    being worked on is finished, not broken off: while a slider is dragged, whoever broke
    off would never answer at all. The thread starts with the first question.
    """

    def __init__(self, name: str = "gmmstudio-latest") -> None:
        self._name = name
        self._changed = threading.Condition(threading.Lock())
        self._request: tuple[int, Callable[[ShouldStop], T]] | None = None
        self._answer: Answer[T] | None = None
        self._busy = False
        self._closed = False
        self._thread: threading.Thread | None = None

    def put(self, number: int, question: Callable[[ShouldStop], T]) -> None:
        """Ask ``question(should_stop)``; returns at once."""
        with self._changed:
            if self._closed:
                return
            self._request = number, question
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name=self._name, daemon=True)
                self._thread.start()
            self._changed.notify_all()

    @property
    def answer(self) -> Answer[T] | None:
        """The newest answer, or None; its number says to which question."""
        return self._answer

    @property
    def busy(self) -> bool:
        """Whether a question waits or is worked on."""
        with self._changed:
            return self._busy or self._request is not None

    def close(self, timeout: float = 2.0) -> bool:
        """Break off and end the thread; return whether it has ended. May be called again."""
        with self._changed:
            self._closed = True
            self._request = None
            self._changed.notify_all()
        if self._thread is None:
            return True
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def _work(self) -> None:
        while True:
            with self._changed:
                self._busy = False
                while self._request is None and not self._closed:
                    self._changed.wait()
                if self._request is None:
                    return
                number, question = self._request
                self._request, self._busy = None, True
            answer = self._ask(number, question)
            del question  # it may hold on to a large table
            if answer is not None:
                self._answer = answer

    def _ask(self, number: int, question: Callable[[ShouldStop], T]) -> Answer[T] | None:
        try:
            return Answer(number, question(lambda: self._closed))
        except Exception as error:
            if self._closed:
                return None
            log.exception("The question could not be answered")
            return Answer(number, None, error.with_traceback(None))


class Labeller(Latest[Watched]):
    """Labels rows under any parameters: for replay, zooming and scrubbing."""

    def __init__(self) -> None:
        super().__init__("gmmstudio-labeller")
        self._gathered: tuple[FloatArray, IntArray, FloatArray] | None = None

    def ask(self, number: int, parameters: Parameters, x: FloatArray, rows: IntArray) -> None:
        """Ask for the labels of these rows.

        Parameters
        ----------
        number
            The caller's own number for this question; it comes back in the answer.
        parameters
            What to label with.
        x
            The sample (n, d), original units.
        rows
            Rows of the sample (m,); must not change afterwards.
        """
        self.put(number, lambda should_stop: self._label(number, parameters, x, rows, should_stop))

    def _label(
        self,
        number: int,
        parameters: Parameters,
        x: FloatArray,
        rows: IntArray,
        should_stop: ShouldStop,
    ) -> Watched:
        held = self._gathered
        if held is None or held[0] is not x or held[1] is not rows:
            held = self._gathered = x, rows, x[rows]
        scores = score(held[2], parameters, should_stop=should_stop)
        return Watched(number, rows, scores.labels, scores.max_probability)
