"""Running fits: one at a time on a thread, many in a sweep, labels for what is on screen."""

from collections.abc import Generator
from typing import Any, TypeVar

from gmmstudio.fitting.labeller import Labeller, Latest
from gmmstudio.fitting.runner import Runner, Status
from gmmstudio.fitting.sweep import Cell, SweepFrame, best, grid, ranked, sweep
from gmmstudio.fitting.trace import Trace, Track
from gmmstudio.fitting.watch import Watch, Watched, label_rows

R = TypeVar("R")

__all__ = [
    "Cell",
    "Labeller",
    "Latest",
    "Runner",
    "Status",
    "SweepFrame",
    "Trace",
    "Track",
    "Watch",
    "Watched",
    "best",
    "grid",
    "label_rows",
    "ranked",
    "run_to_end",
    "sweep",
]


def run_to_end(frames: Generator[Any, None, R]) -> R:
    """Run a job to its end in the caller's thread, frames unseen, and return its result."""
    while True:
        try:
            next(frames)
        except StopIteration as end:
            result: R = end.value
            return result
