"""A fit of a million rows, live in the window, beside the same fit without one.

Run as ``python -m tests.benchmarks.bench_live`` (``--quick`` with 100 000 rows). Works offscreen,
and in a real window where there is a display: set QT_QPA_PLATFORM=xcb. Scatter and Convergence are
seen. Bars: every iteration painted, up to 25 a second, never the same twice; a heartbeat's lateness
within 20 ms for 99 % and 80 ms for all; EM at most 1.25 times as slow as without a window.
"""

import argparse
import os
import tempfile
import time
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as the program itself does

import numpy as np

from gmmstudio.document.commands import SetComponents, SetStart, SetStopping
from gmmstudio.fitting.runner import Runner
from gmmstudio.ui.jobs import FitJob
from tests.benchmarks.bench_window import Bench, write_table

BAR_P99, BAR_MAX, BAR_FRAMES, BAR_SLOWER = 20.0, 80.0, 25.0, 1.25


class Painted:
    """Notes which iteration each painting of the points showed."""

    def __init__(self, bench: Bench) -> None:
        self._stage = bench.window.stage
        self._cloud = bench.window.workspace.scatter.cloud
        self._draw = self._cloud.draw
        self._cloud.draw = self._note
        self.numbers: list[int] = []

    def _note(self, painter) -> None:
        self._draw(painter)
        if self._stage.shown is not None:
            self.numbers.append(self._stage.shown.iteration)


def rows(n: int, d: int, k: int) -> np.ndarray:
    """Overlapping clusters, so that EM takes its time."""
    random = np.random.default_rng(0)
    centres = random.normal(scale=0.8, size=(k, d))
    return random.normal(size=(n, d)) + centres[random.integers(k, size=n)]


def without_window(bench: Bench, seconds: float) -> float:
    """Return iterations a second on all rows of what the window would fit, with nobody watching."""
    window = bench.window
    document = window.session.document
    runner: Runner = Runner()
    runner.start(FitJob.of(document, document.table, window.control.store))
    n_rows = document.table.n_rows

    def on_all_rows() -> bool:
        frame = runner.status.frame
        return frame is not None and frame.n_rows == n_rows

    while not on_all_rows():
        time.sleep(0.05)
    first, began = runner.status.frame.number, time.perf_counter()
    time.sleep(seconds)
    rate = (runner.status.frame.number - first) / (time.perf_counter() - began)
    runner.close(30)
    return rate


def measure(bench: Bench, folder: Path, options: argparse.Namespace) -> None:
    """Open the rows, fit them with and without the window, and print the figures."""
    path = folder / "rows.csv"
    write_table(path, rows(options.rows, options.columns, options.clusters))
    bench.open(path)
    window, stage = bench.window, bench.window.stage
    window.session.apply(SetComponents(options.clusters))
    window.session.apply(SetStart("random", 1))
    window.session.apply(SetStopping(1e-300, 100_000))  # longer than we look
    for attempt in range(1, options.rounds + 1):
        alone = without_window(bench, options.seconds / 2)
        window.control.fit()

        def on_all_rows() -> bool:
            shown = stage.shown
            return shown is not None and shown.live and shown.n_rows == options.rows

        bench.spin(240, on_all_rows)
        bench.spin(1.0)
        painted = Painted(bench)
        first = stage.shown.iteration
        bench.heart.start()
        seconds = bench.spin(options.seconds)
        numbers = np.array(painted.numbers)
        rate = (stage.shown.iteration - first) / seconds
        frames = len(np.unique(numbers)) / seconds
        print(f"round {attempt}: {options.rows} x {options.columns}, K = {options.clusters}")
        print(f"  iterations/s without a window {alone:.1f}, with it {rate:.1f}", end="")
        print(f": {alone / rate:.2f} x as slow (bar {BAR_SLOWER:.2f})")
        print(f"  iterations painted a second {frames:.1f} (bar {min(BAR_FRAMES, rate):.1f})")
        print(f"  painted again unchanged {len(numbers) - len(np.unique(numbers))} times")
        print(f"  heartbeat {bench.heart.lateness} (bars p99 {BAR_P99:.0f}, max {BAR_MAX:.0f} ms)")
        if not window.control.is_running:
            print("  the fit converged before its time was up: this round says nothing")
        window.control.cancel()
        bench.spin(30, lambda: not window.control.is_running)
        bench.spin(1.0)


def main(arguments: list[str] | None = None) -> None:
    """Print the figures of a few rounds."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--columns", type=int, default=4)
    parser.add_argument("--clusters", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=8.0, help="that a fit is watched")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--quick", action="store_true", help="100 000 rows, one round")
    options = parser.parse_args(arguments)
    if options.quick:
        options.rows, options.rounds = min(options.rows, 100_000), 1
    with tempfile.TemporaryDirectory() as name:
        os.environ["GMMSTUDIO_SETTINGS_DIR"] = name
        bench = Bench()
        measure(bench, Path(name), options)
        bench.close()


if __name__ == "__main__":
    main()
