"""How alive the window stays: start-up, heartbeat while a million rows stream, cancel to idle.

Run as ``python -m tests.benchmarks.bench_window`` (``--rows 100000`` for a quick look). Works
offscreen, and in a real window where there is a display: set QT_QPA_PLATFORM=xcb.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

BEAT_MS = 10

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


def first_window() -> float:
    """Seconds from the start of a fresh process to a painted window."""
    began = time.time()
    done = subprocess.run(
        [sys.executable, "-c", FIRST_WINDOW], capture_output=True, text=True, check=True
    )
    return float(done.stdout.split()[-1]) - began


def write_table(path: Path, n: int, d: int, k: int) -> None:
    """Overlapping clusters, so that EM takes its time."""
    import pyarrow as pa
    from pyarrow import csv

    rng = np.random.default_rng(0)
    x = rng.normal(size=(n, d)) + rng.normal(scale=0.8, size=(k, d))[rng.integers(k, size=n)]
    csv.write_csv(pa.table({f"x{a}": x[:, a].round(5) for a in range(d)}), path)


def percentiles(late: list[float]) -> str:
    """Lateness of the beats in milliseconds."""
    p50, p99 = np.percentile(late, [50, 99])
    return f"p50 {p50:5.1f} ms   p99 {p99:5.1f} ms   max {max(late):5.1f} ms   ({len(late)} beats)"


def main() -> None:
    """Print one line per measurement."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--columns", type=int, default=8)
    parser.add_argument("--clusters", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=10.0)
    options = parser.parse_args()

    starts = sorted(first_window() for _ in range(5))
    print(f"first window, fresh process          median {starts[2]:.2f} s of 5")

    from PySide6.QtCore import QObject, Qt, QTimer, Slot

    from gmmstudio import app
    from gmmstudio.document.commands import SetComponents, SetStart, SetStopping
    from gmmstudio.ui.main_window import MainWindow

    class Heartbeat(QObject):
        """Notes how late each beat of a precise timer comes."""

        def __init__(self) -> None:
            super().__init__()
            self.late: list[float] = []
            self._due = 0.0
            self._timer = QTimer(self, timerType=Qt.TimerType.PreciseTimer)
            self._timer.timeout.connect(self._beat)

        def start(self) -> None:
            self.late.clear()
            self._due = time.perf_counter() + BEAT_MS / 1000
            self._timer.start(BEAT_MS)

        def stop(self) -> None:
            self._timer.stop()

        @Slot()
        def _beat(self) -> None:
            now = time.perf_counter()
            self.late.append(max(0.0, 1000 * (now - self._due)))
            self._due = now + BEAT_MS / 1000

    sys.setswitchinterval(0.001)
    qt = app.application()
    heart = Heartbeat()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["GMMSTUDIO_SETTINGS_DIR"] = folder
        path = Path(folder) / "rows.csv"
        write_table(path, options.rows, options.columns, options.clusters)
        window = MainWindow()
        window.asks_before_closing = False
        window.control.replay_after_fit = False
        window.resize(1440, 900)
        window.show()

        def spin(until: float, done=lambda: False) -> None:
            while time.perf_counter() < until and not done():
                qt.processEvents()
                time.sleep(0.0005)

        heart.start()
        began = time.perf_counter()
        window.handlers.open_path(path)
        spin(began + 120, lambda: window.session.document.table is not None)
        print(
            f"opening {path.stat().st_size / 1e6:.0f} MB took {time.perf_counter() - began:.1f} s"
        )
        print(f"heartbeat while opening              {percentiles(heart.late)}")
        spin(time.perf_counter() + 2)

        shape = f"{options.rows} x {options.columns}, K = {options.clusters}"
        window.session.apply(SetComponents(options.clusters))
        window.session.apply(SetStart("random", 1))
        window.session.apply(SetStopping(1e-13, 100_000))  # longer than we look
        window.control.fit()
        # The try on a sample first; then wait until all rows stream.
        spin(
            time.perf_counter() + 240,
            lambda: (shown := window.stage.shown) is not None and shown.n_rows == options.rows,
        )
        first, began = window.stage.shown.iteration, time.perf_counter()
        frames = 0
        seen = None

        def count() -> bool:
            nonlocal frames, seen
            shown = window.stage.shown
            if shown is not seen:
                frames, seen = frames + 1, shown
            return False

        heart.start()
        spin(began + options.seconds, count)
        took = time.perf_counter() - began
        iterations = window.stage.shown.iteration - first
        print(f"heartbeat while {shape} streams  {percentiles(heart.late)}")
        print(f"  {iterations / took:.1f} iterations/s, {frames / took:.1f} frames/s")
        if not window.control.is_running:
            print("the fit converged before its time was up: what follows says nothing")
        heart.start()
        began = time.perf_counter()
        window.control.cancel()
        spin(began + 10, lambda: not window.control.is_running)
        print(f"cancel to idle                       {1000 * (time.perf_counter() - began):.0f} ms")
        spin(time.perf_counter() + 3)
        print(f"heartbeat after cancelling           {percentiles(heart.late)}")
        heart.stop()
        window.close()
        window.deleteLater()
        qt.processEvents()


if __name__ == "__main__":
    main()
