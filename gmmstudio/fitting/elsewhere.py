"""Climbing in a process of its own, for tables so large that the window is felt.

The window and EM's threads share one interpreter, and a frame on the screen is Python for the most
part: while it is painted, the threads wait for the interpreter at each of the thousand NumPy calls
of an iteration. With a process of its own EM loses to the window no more than the processor's time.
"""

from __future__ import annotations

import logging
import pickle
import queue
import threading
import weakref
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from gmmstudio import own_process
from gmmstudio.fitting.helper import Done, Question, Refused, Word
from gmmstudio.mixture.arrays import FloatArray, ShouldStop
from gmmstudio.mixture.em import Iteration
from gmmstudio.mixture.errors import Cancelled, MixtureError
from gmmstudio.mixture.fit import Fit

FEWEST_ROWS = 100_000
"""Below this an iteration is over before a message about it would be."""

ASK_AGAIN = 0.02
"""Seconds after which it is looked whether to stop."""

PATIENCE = 2.0
"""Seconds that a process has to end what it was told to stop."""

START = "from gmmstudio.fitting.helper import main; main()"

log = logging.getLogger(__name__)

Answer = Iteration | Done | Refused | None


class Elsewhere:
    """A process that climbs for one run at a time; started when it is first needed.

    `climb` and `begin` are for the run's thread, the other methods for any.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._turn = threading.Lock()
        self._process: _Process | None = None
        self._climbing: _Process | None = None
        self._begun = False
        self._closed = False

    def warm_up(self) -> None:
        """Start the process, so that it has imported what it needs when it is asked."""
        with self._lock:
            if self._process is None and not self._closed:
                with suppress(OSError):
                    self._process = _Process()

    def rest(self) -> None:
        """End the process, with the rows it holds; it starts again when it is needed."""
        with self._lock:
            process, self._process = self._process, None
        if process is not None:
            process.end()

    def close(self) -> None:
        """End the process for good. May be called again."""
        self._closed = True
        self.rest()

    def begin(self) -> bool:
        """Let the next iteration of the climb under way be made; return whether there is one."""
        process = self._climbing
        if process is None:
            return False
        if not self._begun:
            self._begun = True
            process.say("go")
        return True

    def climb(
        self,
        method: Callable[..., Generator[Iteration, None, Fit]],
        x: FloatArray,
        *arguments: Any,
        weights: FloatArray | None,
        units: FloatArray | None,
        should_stop: ShouldStop,
    ) -> Generator[Iteration, None, Fit]:
        """Do what ``method(x, *arguments, ...)`` does, in the process.

        Yields
        ------
        Iteration

        Returns
        -------
        Fit

        Raises
        ------
        MixtureError
            As the method, or since the process was ended by the system.
        """
        with self._turn_of(should_stop):
            process = self._started()
            if process is None:
                there = method(x, *arguments, weights=weights, units=units, should_stop=should_stop)
                return (yield from there)
            complete = self._begun = False
            self._climbing = process
            try:
                process.ask(method, x, arguments, weights, units)
                while True:
                    answer = self._next(process, should_stop)
                    if isinstance(answer, Iteration):
                        yield answer
                    elif isinstance(answer, Done):
                        complete = True
                        return answer.fit
                    elif isinstance(answer, Refused):
                        complete = True
                        if answer.details:
                            log.error("In the process that fits: %s", answer.details)
                        raise answer.error
                    else:
                        raise _vanished(should_stop)
            finally:
                self._climbing = None
                if not complete:  # left in the middle: what it is at is of no use to anybody
                    self.rest()

    @contextmanager
    def _turn_of(self, should_stop: ShouldStop) -> Iterator[None]:
        """Wait until the run before, which is being cancelled, has let go."""
        while not self._turn.acquire(timeout=ASK_AGAIN):
            if should_stop():
                raise Cancelled("Cancelled before the first iteration.")
        try:
            yield
        finally:
            self._turn.release()

    def _started(self) -> _Process | None:
        """Return the process; None where the system does not let us have one."""
        with self._lock:
            if self._closed:
                raise Cancelled("Cancelled before the first iteration.")
            if self._process is None or not self._process.is_alive:
                if self._process is not None:
                    self._process.end()
                self._process = None
                try:
                    self._process = _Process()
                except OSError:
                    log.exception("No process could be started to fit in")
            return self._process

    def _next(self, process: _Process, should_stop: ShouldStop) -> Answer:
        """Let the next iteration be made, and wait for it."""
        told = should_stop()
        if told:  # before its turn, or it would make a whole iteration first
            process.say("stop")
        if not self._begun:
            process.say("go")
        self._begun = False
        left = PATIENCE
        while True:
            try:
                return process.answers.get(timeout=ASK_AGAIN)
            except queue.Empty:
                pass
            if told:
                left -= ASK_AGAIN
                if left < 0.0:
                    return None
            elif should_stop():
                told = True
                process.say("stop")


def _vanished(should_stop: ShouldStop) -> MixtureError:
    if should_stop():
        return Cancelled("Cancelled before the first iteration.")
    return MixtureError(
        "The fit was broken off: the system ended the process it was made in, most likely because "
        "memory ran out. The fits before are kept. Close other programs, or leave out rows or "
        "columns, and fit again."
    )


class _Process:
    """The process, and the thread that reads what it says."""

    def __init__(self) -> None:
        self._process = own_process.start(START)
        self.answers: queue.SimpleQueue[Answer] = queue.SimpleQueue()
        self._saying = threading.Lock()
        self._sent: weakref.ref[FloatArray] | None = None  # the rows it holds
        self._reader = threading.Thread(target=self._read, name="gmmstudio-elsewhere", daemon=True)
        self._reader.start()

    @property
    def is_alive(self) -> bool:
        return self._process.poll() is None

    def ask(
        self,
        method: Callable[..., Any],
        x: FloatArray,
        arguments: tuple[Any, ...],
        weights: FloatArray | None,
        units: FloatArray | None,
    ) -> None:
        """Send a question, with its rows where they are not those of the question before."""
        known = self._sent is not None and self._sent() is x
        self._sent = weakref.ref(x)
        self.say(Question(method, None if known else x, arguments, weights, units))

    def say(self, message: Question | Word) -> None:
        """Send a message; one that cannot be sent is answered by the end of the process."""
        assert self._process.stdin is not None
        with self._saying, suppress(OSError, ValueError):  # gone, or closed by `end`
            pickle.dump(message, self._process.stdin, protocol=pickle.HIGHEST_PROTOCOL)
            self._process.stdin.flush()

    def end(self) -> None:
        """Kill the process."""
        own_process.end(self._process, self._reader)

    def _read(self) -> None:
        assert self._process.stdout is not None
        try:
            while True:
                self.answers.put(pickle.load(self._process.stdout))
        except (EOFError, OSError, MemoryError, pickle.UnpicklingError):
            self.answers.put(None)
