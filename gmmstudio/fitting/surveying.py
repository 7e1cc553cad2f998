"""A survey of models driven cell by cell, on small tables by all processors at once."""

from __future__ import annotations

import threading
from collections import defaultdict, deque
from collections.abc import Callable, Generator
from contextlib import ExitStack

from gmmstudio.fitting.board import Board, SweepFrame
from gmmstudio.fitting.watch import ShouldStop
from gmmstudio.mixture.em import Iteration
from gmmstudio.mixture.errors import Cancelled, MixtureError
from gmmstudio.mixture.fit import Fit
from gmmstudio.mixture.prepared import Prepared
from gmmstudio.mixture.rows import single_blas_thread
from gmmstudio.mixture.survey import Survey

AT_ONCE_BELOW = 50_000
"""With fewer rows than this every thread takes models of its own; with more they share the rows."""

AHEAD = 2
"""How many models a thread may finish before the reader must have looked: then a pause holds."""

FRAME_SECONDS = 0.03

CLOSE = 10.0
"""A model whose BIC is no more above the best may be better than it looks, and is settled."""

Look = Generator[Iteration, None, Fit]
"""A fit under way."""

Ask = Callable[[int], Look | None]
"""Given the number of a cell, begins a fit for it; None where there is nothing to do."""

Prepare = Callable[[ShouldStop, int], Prepared]
"""Given ``should_stop`` and a number of threads, prepares the rows."""


def surveyed(
    board: Board, n_rows: int, prepare: Prepare, should_stop: ShouldStop, threads: int
) -> Generator[SweepFrame, None, None]:
    """Fill the board: look at all models quickly, then settle those that may be the best.

    Parameters
    ----------
    board
        With specs whose starts are looked for, not given.
    n_rows
        How many rows there are.
    prepare
        Prepares them.
    should_stop, threads
        As for `gmmstudio.mixture.search.search`.
    """
    closed = threading.Event()

    def stop() -> bool:
        return closed.is_set() or should_stop()

    apart = threads > 1 and n_rows < AT_ONCE_BELOW
    try:
        with ExitStack() as stack:
            stack.enter_context(single_blas_thread())
            prepared = stack.enter_context(prepare(stop, 1 if apart else threads))
            survey = stack.enter_context(Survey(prepared, board.specs))

            def look(index: int) -> Look | None:
                return survey.quick(board.specs[index])

            def exchange(index: int) -> Look | None:
                fit = board.fit_at(index)
                return None if fit is None else survey.exchange(board.specs[index], fit)

            for ask, again in ((look, False), (exchange, True)):
                crew = Crew(board, ask, stop, threads if apart else 1, again=again)
                yield from _by_a_crew(crew, closed) if apart else crew.alone()
                survey.end_of_first_look()
                if stop():
                    return
            yield from settled(board, survey, stop)
    except Cancelled:
        return
    except MixtureError as refusal:  # of the rows, so of every model
        board.refuse(refusal)


def settled(
    board: Board, survey: Survey, should_stop: ShouldStop
) -> Generator[SweepFrame, None, None]:
    """Settle the best model and those close to it, until none is left that could be better."""
    done: set[int] = set()
    margin = CLOSE
    while (index := board.best_but(done, margin)) is not None:
        done.add(index)
        quick = board.fit_at(index)
        assert quick is not None  # the best ones have one
        settling = survey.settle(board.specs[index], quick)
        if not (yield from board.fill(index, settling, should_stop, settling=True)):
            return
        exact = board.fit_at(index)
        if exact is not None:  # what this one has gained others may gain, too
            margin = max(margin, 2.0 * (quick.bic - exact.bic))


def _by_a_crew(crew: Crew, closed: threading.Event) -> Generator[SweepFrame, None, None]:
    crew.start()
    try:
        while crew.wait(FRAME_SECONDS):
            yield crew.frame()
            crew.go_on()
    except BaseException:
        closed.set()
        raise
    finally:
        crew.join()
    if crew.error is not None:
        raise crew.error


class Crew:
    """Threads that take models of a survey, each those of one structure, K rising.

    Parameters
    ----------
    board
        What they fill.
    ask
        What they ask for each cell.
    should_stop
        Asked within and between models.
    size
        How many threads.
    again
        Whether the cells are there already, to be made better.
    """

    def __init__(
        self, board: Board, ask: Ask, should_stop: ShouldStop, size: int, *, again: bool
    ) -> None:
        self.error: BaseException | None = None
        self._board, self._ask, self._should_stop = board, ask, should_stop
        self._again = again
        by_structure: dict[str, list[int]] = defaultdict(list)
        for index, spec in enumerate(board.specs):
            by_structure[spec.structure].append(index)
        self._shares = deque(by_structure.values())
        self._ahead = self._allowed = AHEAD * size
        self._begun = self._done = 0
        self._changed = threading.Condition()
        self._working = size
        self._threads = [
            threading.Thread(target=self._work, name=f"gmmstudio-survey-{i}", daemon=True)
            for i in range(size)
        ]

    def alone(self) -> Generator[SweepFrame, None, None]:
        """Do all the work in the reader's thread, a frame for every iteration."""
        for index in range(len(self._board.specs)):
            if not (yield from self._fill(index)):
                return

    def start(self) -> None:
        """Set the threads to work."""
        for thread in self._threads:
            thread.start()

    def frame(self) -> SweepFrame:
        """Return the sweep at this moment."""
        return self._board.frame(self._board.specs[-1], 0, settling=self._again)

    def wait(self, seconds: float) -> bool:
        """Wait until a model is done, or for so long; return whether there is more to come."""
        with self._changed:
            before = self._done
            self._changed.wait_for(lambda: self._done != before or not self._working, seconds)
            return self._working > 0

    def go_on(self) -> None:
        """Let the threads go on: what they have done was looked at."""
        with self._changed:
            self._allowed = self._done + self._ahead
            self._changed.notify_all()

    def join(self) -> None:
        """Wait for the threads to end, which they do when there is no more or it is time to."""
        with self._changed:
            self._allowed = len(self._board.specs)
            self._changed.notify_all()
        for thread in self._threads:
            thread.join()

    def _fill(self, index: int) -> Generator[SweepFrame, None, bool]:
        look = self._ask(index)
        if look is None:
            return True
        return (yield from self._board.fill(index, look, self._should_stop, settling=self._again))

    def _work(self) -> None:
        try:
            while self.error is None:
                try:
                    share = self._shares.popleft()
                except IndexError:
                    return
                for index in share:
                    if not self._may_begin():
                        return
                    for _ in self._fill(index):
                        pass
                    with self._changed:
                        self._done += 1
                        self._changed.notify_all()
        except BaseException as error:  # the reader's thread raises it
            self.error = error
        finally:
            with self._changed:
                self._working -= 1
                self._changed.notify_all()

    def _may_begin(self) -> bool:
        with self._changed:
            while self._begun >= self._allowed and not (self.error or self._should_stop()):
                self._changed.wait(FRAME_SECONDS)
            self._begun += 1
        return self.error is None and not self._should_stop()
