"""Running fits: one at a time on a thread, many in a sweep, labels for what is on screen."""

from gmmstudio.fitting.labeller import Labeller, Latest
from gmmstudio.fitting.runner import Runner, Status
from gmmstudio.fitting.sweep import Cell, SweepFrame, best, grid, ranked, sweep
from gmmstudio.fitting.trace import Trace, Track
from gmmstudio.fitting.watch import Watch, Watched, label_rows
from gmmstudio.mixture.em import run_to_end

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
