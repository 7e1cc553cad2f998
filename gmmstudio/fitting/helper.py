"""The process that climbs for :class:`~gmmstudio.fitting.elsewhere.Elsewhere`.

It talks over its standard input and output, in pickles of the program's own objects: nothing that
a user opens comes this way. It ends with the pipe, so it cannot outlive the program.
"""

from __future__ import annotations

import os
import pickle
import queue
import signal
import sys
import threading
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, BinaryIO, Literal

from gmmstudio.fitting.priority import give_way
from gmmstudio.mixture.arrays import FloatArray
from gmmstudio.mixture.errors import MixtureError
from gmmstudio.mixture.fit import Fit

Word = Literal["go", "stop"]
"""What the program says while a question is worked on: one iteration more; no more."""


@dataclass(frozen=True, eq=False)
class Question:
    """Something to climb.

    Attributes
    ----------
    method
        :func:`~gmmstudio.mixture.search.search` or another that takes x and these arguments.
    x
        The sample (n, d); None for that of the question before.
    arguments
        What comes after x.
    weights, units
        As the method takes them.
    """

    method: Callable[..., Any]
    x: FloatArray | None
    arguments: tuple[Any, ...]
    weights: FloatArray | None
    units: FloatArray | None


@dataclass(frozen=True, eq=False)
class Done:
    """A question was answered."""

    fit: Fit


@dataclass(frozen=True, eq=False)
class Refused:
    """A question was refused with a sentence for the user, or failed, with its traceback."""

    error: Exception
    details: str = ""


@dataclass(eq=False)
class _Task:
    """A question and what has been said about it since."""

    question: Question
    turns: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    stopped: bool = False

    def hear(self, word: Word) -> None:
        if word == "stop":
            self.stopped = True
        self.turns.release()

    def wait_for_turn(self) -> None:
        if not self.stopped:
            self.turns.acquire()


class Answering:
    """Climbs one question after another, an iteration for every turn it is given."""

    def __init__(self, requests: BinaryIO, answers: BinaryIO) -> None:
        self._requests, self._answers = requests, answers
        self._tasks: queue.SimpleQueue[_Task] = queue.SimpleQueue()
        self._x: FloatArray | None = None

    def serve(self) -> None:
        """Answer until the pipe is closed."""
        threading.Thread(target=self._hear, daemon=True).start()
        while True:
            task = self._tasks.get()
            try:
                answer: Done | Refused = Done(self._climb(task))
            except MixtureError as refusal:
                answer = Refused(refusal.with_traceback(None))
            except Exception as failure:
                details = traceback.format_exc()
                answer = Refused(failure.with_traceback(None), details)
            self._say(answer)

    def _hear(self) -> None:
        task: _Task | None = None
        try:
            while True:
                message = pickle.load(self._requests)
                if isinstance(message, Question):
                    task = _Task(message)
                    self._tasks.put(task)
                elif task is not None:
                    task.hear(message)
        except (EOFError, OSError):
            pass
        # Nobody is there any more to give the answer to, however far it is.
        os._exit(0)

    def _climb(self, task: _Task) -> Fit:
        question = task.question
        if question.x is not None:
            self._x = question.x
        frames = question.method(
            self._x,
            *question.arguments,
            weights=question.weights,
            units=question.units,
            should_stop=lambda: task.stopped,
        )
        while True:
            task.wait_for_turn()
            try:
                frame = next(frames)
            except StopIteration as end:
                fit: Fit = end.value
                return fit
            self._say(frame)

    def _say(self, message: object) -> None:
        pickle.dump(message, self._answers, protocol=pickle.HIGHEST_PROTOCOL)
        self._answers.flush()


def main() -> None:
    """Serve the program that started this process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the program ends us, not its terminal
    give_way()
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # whoever prints must not be taken for us
    Answering(sys.stdin.buffer, answers).serve()
