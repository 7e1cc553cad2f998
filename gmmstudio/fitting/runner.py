"""Runs jobs on plain threads: start, pause, step, resume, cancel, and a status to poll.

The reader pulls. What a run shows is one slot, overwritten, never a queue; what it was is
in its `Trace`. The one lock is held for microseconds, never while computing.
"""

from __future__ import annotations

import time
from typing import Generic

from gmmstudio.fitting.run import F, Job, R, Run, State, Status
from gmmstudio.fitting.trace import Trace
from gmmstudio.fitting.watch import Watch, Watched, label_rows

__all__ = ["Job", "Runner", "State", "Status", "Watch", "Watched", "label_rows"]


class Runner(Generic[F, R]):
    """One job at a time, each on a thread of its own.

    All methods return at once (but `wait` and `close`) and are called from one thread,
    the one that reads `status`.
    """

    def __init__(self) -> None:
        self._run: Run[F, R] | None = None
        self._ended: list[Run[F, R]] = []
        self._n_runs = 0
        self._last_result: R | None = None
        self._closed = False

    def start(
        self, job: Job[F, R], *, budget: int | None = None, watch: Watch | None = None
    ) -> int:
        """Start a job and return the number of its run.

        A run still under way is cancelled and forgotten; who wants its last iteration
        cancels first and starts anew once `status` says so. A watch ends with its run.

        Parameters
        ----------
        job
            Given ``should_stop`` it returns a generator of frames.
        budget
            None runs freely, 0 starts paused, n makes n frames and pauses.

        Raises
        ------
        RuntimeError
            After `close`.
        """
        if self._closed:
            raise RuntimeError("the runner is closed")
        _check_budget(budget)
        if self._run is not None:
            self._last_result = self.last_result
            self._run.cancel()
            self._ended = [run for run in [*self._ended, self._run] if not run.join(0)]
        self._n_runs += 1
        self._run = Run(self._n_runs, job, budget, watch)
        return self._n_runs

    @property
    def status(self) -> Status[F, R]:
        """The present run, or the last one: its state, frame, labels and result.

        Reading it takes the frame out of the slot, which is what sets the pace of the
        labels: read it in one place and hand it on.
        """
        return Status() if self._run is None else self._run.status()

    @property
    def trace(self) -> Trace:
        """The iterations of the present run, or of the last one."""
        return Trace() if self._run is None else self._run.trace

    @property
    def last_result(self) -> R | None:
        """The last result any run gave: it stays when a later run fails."""
        result = None if self._run is None else self._run.result
        return self._last_result if result is None else result

    def pause(self) -> None:
        """Rest after the frame now in the making."""
        if self._run is not None:
            self._run.allow(0)

    def resume(self) -> None:
        """Run freely."""
        if self._run is not None:
            self._run.allow(None)

    def step(self, n: int = 1) -> None:
        """Make n frames more, then rest."""
        _check_budget(n)
        if self._run is not None:
            self._run.step(n)

    def cancel(self) -> None:
        """Ask the run to end; `status` says when it has, with its last iteration."""
        if self._run is not None:
            self._run.cancel()

    def watch(self, watch: Watch | None) -> None:
        """Say which rows the view painted; a paused run labels them at once."""
        if self._run is not None:
            self._run.watch(watch)

    def wait(self, timeout: float | None = None) -> bool:
        """Wait for the end of the present run; return whether it has ended."""
        return self._run is None or self._run.join(timeout)

    def close(self, timeout: float = 2.0) -> bool:
        """Cancel and wait for every thread; return whether all have ended.

        May be called again, for instance with 0 between two rounds of the event loop.
        """
        self._closed = True
        runs = self._ended if self._run is None else [*self._ended, self._run]
        for run in runs:
            run.cancel()
        deadline = time.monotonic() + timeout
        ended = [run.join(max(0.0, deadline - time.monotonic())) for run in runs]
        return all(ended)


def _check_budget(budget: int | None) -> None:
    if budget is not None and budget < 0:
        raise ValueError("a budget of frames cannot be negative")
