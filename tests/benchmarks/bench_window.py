"""How alive the window stays: start-up, opening, a million rows streaming, cancelling, a sweep.

Run as ``python -m tests.benchmarks.bench_window`` (``--quick`` with 100 000 rows; ``--only sweep``
for one part). Works offscreen, and in a real window where there is a display: set
QT_QPA_PLATFORM=xcb. Bars of a heartbeat's lateness: 99 % within 35 ms, all within 120 ms.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as the program itself does

import numpy as np
from PySide6.QtCore import QObject, Qt, QTimer, Slot

from gmmstudio import app
from gmmstudio.document.commands import SetComponents, SetStart, SetStopping
from gmmstudio.mixture.structures import ALL
from gmmstudio.ui.main_window import MainWindow
from tests.benchmarks import machine, sweep_data

BEAT_MS = 10
BAR_P99, BAR_MAX = 35.0, 120.0

FIRST_WINDOW = """
import sys, time
from pathlib import Path
from gmmstudio import app
from gmmstudio.ui.main_window import MainWindow
qt = app.application()
window = MainWindow()
window.asks_before_closing = False
window.show()
while not window.windowHandle().isExposed():
    qt.processEvents()
window.grab()
print(time.time())
window.close()
"""


class Heartbeat(QObject):
    """Notes how late each beat of a precise timer comes."""

    def __init__(self) -> None:
        super().__init__()
        self.late: list[float] = []
        self._due = 0.0
        self._timer = QTimer(self, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._beat)

    def start(self) -> None:
        """Begin to note, from nothing."""
        self.late.clear()
        self._due = time.perf_counter() + BEAT_MS / 1000
        self._timer.start(BEAT_MS)

    def stop(self) -> None:
        """Beat no more."""
        self._timer.stop()

    @Slot()
    def _beat(self) -> None:
        now = time.perf_counter()
        self.late.append(max(0.0, 1000 * (now - self._due)))
        self._due = now + BEAT_MS / 1000

    @property
    def lateness(self) -> str:
        """How late the beats were, in milliseconds."""
        p50, p99 = np.percentile(self.late, [50, 99])
        return (
            f"p50 {p50:5.1f} ms   p99 {p99:5.1f} ms   max {max(self.late):5.1f} ms"
            f"   ({len(self.late)} beats, load {machine.load()})"
        )


class Bench:
    """A window as a user has it, its heartbeat, and a loop that does nothing else."""

    def __init__(self) -> None:
        sys.setswitchinterval(0.001)
        self.qt = app.application()
        self.heart = Heartbeat()
        self.window = MainWindow()
        self.window.asks_before_closing = False
        self.window.control.replay_after_fit = False
        self.window.resize(1440, 900)
        self.window.show()

    def spin(self, seconds: float, done: Callable[[], bool] = lambda: False) -> float:
        """Turn the event loop until done, or until the time is up; return the seconds."""
        began = time.perf_counter()
        while time.perf_counter() - began < seconds and not done():
            self.qt.processEvents()
            time.sleep(0.0005)
        return time.perf_counter() - began

    def open(self, path: Path) -> None:
        """Open a table, and say how long that took and how alive the window was."""
        before = self.window.session.document.table_id
        self.heart.start()
        self.window.handlers.open_path(path)
        seconds = self.spin(120, lambda: self.window.session.document.table_id != before)
        print(f"opening {path.stat().st_size / 1e6:.0f} MB took {seconds:.1f} s")
        print(f"heartbeat while opening              {self.heart.lateness}")
        self.spin(2)

    def cancel(self) -> None:
        """End the run under way, and say how long that took."""
        self.heart.start()
        self.window.control.cancel()
        seconds = self.spin(10, lambda: not self.window.control.is_running)
        print(f"cancel to idle                       {1000 * seconds:.0f} ms")
        self.spin(3)
        print(f"heartbeat after cancelling           {self.heart.lateness}")

    def close(self) -> None:
        """Leave nothing behind."""
        self.heart.stop()
        self.window.close()
        self.window.deleteLater()
        self.qt.processEvents()


def first_window() -> float:
    """Seconds from the start of a fresh process to a painted window."""
    began = time.time()
    done = subprocess.run(
        [sys.executable, "-c", FIRST_WINDOW], capture_output=True, text=True, check=True
    )
    return float(done.stdout.split()[-1]) - began


def write_table(path: Path, x: np.ndarray) -> None:
    """Write the rows as a CSV file."""
    import pyarrow as pa
    from pyarrow import csv

    csv.write_csv(pa.table({f"x{a}": column.round(5) for a, column in enumerate(x.T)}), path)


def measure_fit(bench: Bench, folder: Path, options: argparse.Namespace) -> None:
    """A fit streams over many rows, then is cancelled."""
    n, d, k = options.rows, options.columns, options.clusters
    rng = np.random.default_rng(0)  # overlapping clusters, so that EM takes its time
    x = rng.normal(size=(n, d)) + rng.normal(scale=0.8, size=(k, d))[rng.integers(k, size=n)]
    write_table(folder / "rows.csv", x)
    bench.open(folder / "rows.csv")
    window, stage = bench.window, bench.window.stage
    window.session.apply(SetComponents(k))
    window.session.apply(SetStart("random", 1))
    window.session.apply(SetStopping(1e-13, 100_000))  # longer than we look
    window.control.fit()
    # The try on a sample first; then wait until all rows stream.
    bench.spin(240, lambda: stage.shown is not None and stage.shown.n_rows == n)
    first, frames, seen = stage.shown.iteration, 0, None

    def count() -> bool:
        nonlocal frames, seen
        if stage.shown is not seen:
            frames, seen = frames + 1, stage.shown
        return False

    bench.heart.start()
    seconds = bench.spin(options.seconds, count)
    print(f"heartbeat while {n} x {d}, K = {k} streams  {bench.heart.lateness}")
    iterations = stage.shown.iteration - first
    print(f"  {iterations / seconds:.1f} iterations/s, {frames / seconds:.1f} frames/s")
    if not window.control.is_running:
        print("the fit converged before its time was up: what follows says nothing")
    bench.cancel()


def measure_sweep(bench: Bench, folder: Path, options: argparse.Namespace) -> None:
    """All structures with K = 1 to 9 on 10 000 × 4, the chart growing beside it."""
    write_table(folder / "sweep.csv", sweep_data.overlapping())
    bench.open(folder / "sweep.csv")
    window = bench.window
    bench.heart.start()
    window.control.find_best_k(range(1, 10), ALL)
    bench.spin(1, lambda: window.control.is_running)
    seconds = bench.spin(options.sweep_seconds, lambda: not window.control.is_running)
    cells, total = len(window.stage.cells), 9 * len(ALL)
    print(f"heartbeat while a sweep runs         {bench.heart.lateness}")
    print(f"  {cells} of {total} models in {seconds:.1f} s")
    if window.control.is_running:
        bench.cancel()


PARTS = {"fit": measure_fit, "sweep": measure_sweep}


def main(arguments: list[str] | None = None) -> None:
    """Print one line per measurement."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--columns", type=int, default=8)
    parser.add_argument("--clusters", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=10.0, help="that a fit streams")
    parser.add_argument("--sweep-seconds", type=float, default=60.0, help="most for the sweep")
    parser.add_argument("--quick", action="store_true", help="100 000 rows, one start-up")
    parser.add_argument("--only", choices=list(PARTS), help="one part")
    options = parser.parse_args(arguments)
    if options.quick:
        options.rows = min(options.rows, 100_000)
    if options.only is None:
        starts = sorted(first_window() for _ in range(1 if options.quick else 5))
        print(f"first window, fresh process          median {starts[len(starts) // 2]:.2f} s")
    print(f"bars of the heartbeat: p99 {BAR_P99:.0f} ms, max {BAR_MAX:.0f} ms")
    with tempfile.TemporaryDirectory() as name:
        os.environ["GMMSTUDIO_SETTINGS_DIR"] = name
        bench = Bench()
        for part, measure in PARTS.items():
            if options.only in (None, part):
                measure(bench, Path(name), options)
        bench.close()


if __name__ == "__main__":
    main()
