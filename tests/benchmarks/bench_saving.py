"""How alive the window stays while a project is saved, kept aside for a crash, and opened again.

Run as ``python -m tests.benchmarks.bench_saving`` (1 000 000 × 10; ``--quick`` with 100 000 rows).
What counts is how late the beats of a timer of the window's thread come while the work is done
beside it; "own" is the most time of its own that the thread took in one go, whatever else the
machine did, and so is the time for the snapshot and the picture.
Bars: no beat later than 50 ms; snapshot and picture within 16 ms.
"""

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from gmmstudio.document.commands import KeepTable, SetComponents, SetStart
from gmmstudio.ui.autosaving import picture_of
from tests.benchmarks import machine
from tests.benchmarks.bench_reading import write
from tests.benchmarks.bench_window import Bench

BAR, BAR_SNAPSHOT = 50.0, 16.0


def own_time(work: Callable[[], object], times: int = 15) -> str:
    """Return the median and the worst time of this thread that something takes."""
    took = []
    for _ in range(times):
        before = time.thread_time()
        work()
        took.append(1e3 * (time.thread_time() - before))
    return f"median {np.median(took):.1f} ms   worst {max(took):.1f} ms"


class Saving(Bench):
    """The window with a table and a fit, saved in every way."""

    longest_turn = 0.0

    def spin(self, seconds: float, done: Callable[[], bool] = lambda: False) -> float:
        """Turn the event loop, and note the most time of its own that a single turn took."""
        began = time.perf_counter()
        while time.perf_counter() - began < seconds and not done():
            before = time.thread_time()
            self.qt.processEvents()
            self.longest_turn = max(self.longest_turn, 1e3 * (time.thread_time() - before))
            time.sleep(0.0005)
        return time.perf_counter() - began

    def beaten(self, what: str, begin: Callable[[], None], done: Callable[[], bool]) -> None:
        """Print how long something took and how late the beats were."""
        self.heart.start()
        self.longest_turn = 0.0
        began = time.perf_counter()
        begin()
        self.spin(300.0, done)
        seconds = time.perf_counter() - began
        self.spin(0.5)
        self.heart.stop()
        own = f"own {self.longest_turn:5.1f} ms"
        print(f"{what:32} {seconds:5.1f} s   {own}   {self.heart.lateness}", flush=True)

    def not_busy(self) -> bool:
        """Whether nothing is being saved or opened."""
        return not self.window.projects.is_busy and self.window.autosaving._task is None

    def saved(self, what: str, path: Path) -> None:
        """Save, and say how long that took."""
        self.beaten(what, lambda: self.window.projects.save_as(path), self.not_busy)

    def opened(self, what: str, path: Path) -> None:
        """Open again, until the rows are labelled."""
        self.window.handlers.new()
        self.spin(0.5)
        self.beaten(
            what,
            lambda: self.window.handlers.open_path(path),
            lambda: self.not_busy() and self.window.stage.assignment is not None,
        )


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="100 000 rows")
    n = 100_000 if parser.parse_args().quick else 1_000_000
    print(machine.description())
    bench = Saving()
    window = bench.window
    with tempfile.TemporaryDirectory() as folder:
        table = Path(folder) / "t.csv"
        write(table, n, "plain")
        print(f"{n} × 10, {table.stat().st_size / 1e6:.0f} MB of text")
        window.handlers.open_path(table)
        bench.spin(120.0, lambda: window.session.document.table is not None)
        window.session.apply(SetComponents(3))
        window.session.apply(SetStart("k-means++", 1))
        window.control.fit()
        bench.spin(300.0, lambda: window.stage.assignment is not None)
        window.control.end_run()
        bench.spin(2.0)
        for width, height in ((1440, 900), (1920, 1080)):
            window.resize(width, height)
            bench.spin(0.5)
            print(f"picture at {width} × {height:4}  {own_time(lambda: picture_of(window))}")
        print(
            f"snapshot and picture  {own_time(window.autosaving._work)}   (bar {BAR_SNAPSHOT} ms)"
        )
        window.autosaving._timer.setInterval(10**9)
        window.autosaving.start()
        bench.beaten("kept aside, the first time", window.autosaving.look, bench.not_busy)
        window.session.apply(SetComponents(4))
        bench.beaten("kept aside again", window.autosaving.look, bench.not_busy)
        bench.saved("saved, linked, the first time", Path(folder) / "linked.gmms")
        window.session.apply(SetComponents(5))
        bench.beaten("saved again, linked", window.projects.save, bench.not_busy)
        window.session.apply(KeepTable(True))
        bench.saved("saved with the table inside", Path(folder) / "inside.gmms")
        bench.opened("opened, linked", Path(folder) / "linked.gmms")
        bench.opened("opened with the table inside", Path(folder) / "inside.gmms")
        window.close()


if __name__ == "__main__":
    main()
