"""Scrubbing: every iteration of a fit, by dragging the slider over them.

Run as ``python -m tests.benchmarks.bench_scrub`` (``--quick`` with a tenth of the rows). Works
offscreen, and in a real window where there is a display: set QT_QPA_PLATFORM=xcb. A position is
drawn when the scatter has painted its labels; one that the hand had left before it could be drawn
counts as skipped. Bar: every position drawn within 50 ms of its mouse event.
"""

import argparse
import os
import tempfile
import time
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as the program itself does

import numpy as np
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication, QWidget

from gmmstudio.document.commands import SetComponents, SetStart, SetStopping
from tests.benchmarks import machine
from tests.benchmarks.bench_window import Bench, write_table

N_ITERATIONS = 500
BAR = 50.0  # milliseconds
PACES = {
    "one by one, 60 events a second": (1, 1 / 60),
    "in two seconds, 125 a second": (2, 1 / 125),
}


def mouse(widget: QWidget, kind: QEvent.Type, x: float) -> None:
    """Press, move or release the left button at a place of a slider or a curve."""
    place = QPointF(x, widget.height() / 2)
    held = Qt.MouseButton.NoButton if kind == QEvent.Type.MouseButtonRelease else _LEFT
    button = Qt.MouseButton.NoButton if kind == QEvent.Type.MouseMove else _LEFT
    where = QPointF(widget.mapToGlobal(place.toPoint()))
    none = Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(widget, QMouseEvent(kind, place, where, button, held, none))


_LEFT = Qt.MouseButton.LeftButton


class Scrub:
    """Notes when each iteration was asked for, and when it was painted."""

    def __init__(self, bench: Bench) -> None:
        self.bench, self.stage = bench, bench.window.stage
        self.asked: dict[int, float] = {}
        self.painted: dict[int, float] = {}
        cloud = bench.window.workspace.scatter.cloud
        draw = cloud.draw

        def noted(painter) -> None:
            draw(painter)
            if self.stage.shown is not None:
                self.painted.setdefault(self.stage.shown.iteration, time.perf_counter())

        cloud.draw = noted

    def drag(self, widget: QWidget, places: dict[int, float], step: int, pace: float) -> None:
        """Drag over the places of the iterations, so many a second, and say how that went."""
        numbers = sorted(places)[::step]
        mouse(widget, QEvent.Type.MouseButtonPress, places[numbers[0]])
        self.bench.spin(0.5)
        self.asked.clear()
        self.painted.clear()
        began, worked, all_ = time.perf_counter(), time.thread_time(), time.process_time()
        self.bench.heart.start()
        for turn, number in enumerate(numbers[1:], 1):
            self.bench.spin(max(0.0, began + turn * pace - time.perf_counter()))
            self.asked[number] = time.perf_counter()
            mouse(widget, QEvent.Type.MouseMove, places[number])
        self.bench.spin(1.0, lambda: numbers[-1] in self.painted)
        mouse(widget, QEvent.Type.MouseButtonRelease, places[numbers[-1]])
        worked, all_ = time.thread_time() - worked, time.process_time() - all_
        late = [
            1000 * (self.painted[number] - asked)
            for number, asked in self.asked.items()
            if number in self.painted
        ]
        skipped = len(self.asked) - len(late)
        median, p95 = np.percentile(late, [50, 95])
        print(
            f"  {len(self.asked)} positions: median {median:5.1f} ms   95 % within {p95:5.1f} ms"
            f"   worst {max(late):5.1f} ms   {skipped} skipped"
            f"   over {BAR:.0f} ms: {sum(ms > BAR for ms in late)}"
        )
        frames = len(self.painted)
        print(
            f"  {frames} frames: {1000 * worked / frames:.1f} ms of processor each in the window's "
            f"thread, {1000 * (all_ - worked) / frames:.1f} ms beside it"
        )
        print(f"  heartbeat: {self.bench.heart.lateness}")


def slider_places(bench: Bench) -> dict[int, float]:
    """Where on the slider each iteration is, found by asking it."""
    slider = bench.window.workspace.transport.slider
    span = slider.maximum() - slider.minimum()
    width = slider.width()
    handle = 12
    return {
        number: handle / 2 + (number - slider.minimum()) / span * (width - handle)
        for number in range(slider.minimum(), slider.maximum() + 1)
    }


def curve_places(bench: Bench) -> dict[int, float]:
    """Where on the convergence curve each iteration is: at least a pixel apart."""
    area = bench.window.workspace.convergence.area
    found: dict[int, float] = {}
    for x in range(area.width()):
        number = area.number_at(float(x))
        if number is not None:
            found.setdefault(number, float(x))
    return found


def main() -> None:
    """Fit 500 iterations, then drag over them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--quick", action="store_true", help="a tenth of the rows")
    options = parser.parse_args()
    n, d, k = options.rows // (10 if options.quick else 1), 4, 5
    print(f"{machine.processor_name()}, {machine.processors()} processors, load {machine.load()}")
    rng = np.random.default_rng(0)  # overlapping clusters, so that EM takes its time
    x = rng.normal(size=(n, d)) + rng.normal(scale=0.8, size=(k, d))[rng.integers(k, size=n)]
    bench = Bench()
    window = bench.window
    with tempfile.TemporaryDirectory() as folder:
        write_table(Path(folder) / "rows.csv", x)
        bench.open(Path(folder) / "rows.csv")
    window.session.apply(SetComponents(k))
    window.session.apply(SetStart("random", 1))
    window.session.apply(SetStopping(1e-300, N_ITERATIONS))
    window.control.fit()
    bench.spin(300, lambda: window.stage.assignment is not None and not window.control.is_running)
    bench.spin(1)
    track = window.stage.track
    print(f"{n} x {d}, K = {k}: {len(track.iterations)} iterations kept of {track.last}")
    scrub = Scrub(bench)
    transport = window.workspace.transport
    for words, (step, pace) in PACES.items():
        print(f"the slider, {words}")
        scrub.drag(transport.slider, slider_places(bench), step, pace)
    print("the cursor of Convergence, 60 events a second")
    scrub.drag(window.workspace.convergence.area, curve_places(bench), 1, 1 / 60)
    bench.close()


if __name__ == "__main__":
    main()
