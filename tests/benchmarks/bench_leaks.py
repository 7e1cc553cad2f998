"""Whether memory stays flat: 2 000 repaints of the scatter, and 200 times opening and closing it.

Run as ``python -m tests.benchmarks.bench_leaks`` (``--quick``: a tenth of it). Works offscreen, and
in a real window where there is a display: set QT_QPA_PLATFORM=xcb. The bars are 64 bytes a frame
and 20 kB an opening, by the slope of a straight line through what the process holds after the first
fifth, garbage collected and given back before each look; offscreen and on X alike.
"""

import argparse
import ctypes
import gc
import os
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as the program itself does

import numpy as np
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication

from gmmstudio.document.commands import AddFit, OpenTable
from gmmstudio.document.session import Session
from gmmstudio.mixture.spec import Spec
from gmmstudio.ui import theme
from gmmstudio.ui.stage import Shown, Stage
from gmmstudio.ui.views.scatter.view import ScatterView
from tests.benchmarks.bench_views import SIZE, K, clusters, fitted, is_fine, table_of, wait_for

FRAMES, OPENINGS = 2_000, 200
BARS = {"repaint": 64, "opening": 20_000}


def held() -> int:
    """Bytes the process holds, what is free given back first."""
    gc.collect()
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)
    resident = int(Path("/proc/self/statm").read_text().split()[1])
    return resident * os.sysconf("SC_PAGE_SIZE")


def slope(work: Callable[[int], None], times: int, looks: int = 40) -> tuple[float, float]:
    """Bytes that each time adds after the first fifth, and what it adds in all."""
    begin, step = times // 5, max(1, times // looks)
    at, bytes_held = [], []
    for i in range(times):
        work(i)
        if i >= begin and i % step == 0:
            at.append(i)
            bytes_held.append(held())
    return float(np.polyfit(at, bytes_held, 1)[0]), float(bytes_held[-1] - bytes_held[0])


class Bench:
    """A table with a fit, and frames of it."""

    def __init__(self, app: QApplication, n: int) -> None:
        self.app = app
        x, self.labels = clusters(n)
        self.session, self.stage = Session(), Stage()
        self.session.apply(OpenTable(table_of(x)))
        self.stage.selection.reset(n)
        self.fit = fitted(x)
        self.preparation = self.session.document.preparation
        self.session.apply(AddFit(self.fit, self.preparation, Spec(K)))
        self.n = n

    def open(self) -> ScatterView:
        view = ScatterView(self.session, self.stage)
        view.resize(*SIZE)
        view.show()
        wait_for(self.app, lambda: is_fine(view))
        return view

    def close(self, view: ScatterView) -> None:
        view.shutdown()
        view.close()
        view.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        self.app.processEvents()

    def show(self, i: int) -> None:
        """Put a frame on the stage, with other labels and another mixture."""
        rows = self.stage.watched
        found = (self.labels if rows is None else self.labels[rows]) + i
        parameters = self.fit.parameters
        if i % 2:
            parameters = replace(parameters, means=parameters.means + 0.1)
        certainty = np.full(len(found), 0.5 + 0.4 * (i % 2), np.float32)
        self.stage.put_shown(
            Shown(
                parameters, "VVV", tuple(range(K)), i, i, 1, 1, self.n, -1.0 * i, True, False,
                self.preparation, ("x", "y"), rows, (found % K).astype(np.int32), certainty,
            )
        )  # fmt: skip


def repaints(app: QApplication, n: int, times: int) -> tuple[float, float]:
    """Each frame has other labels; every tenth another view, every hundredth a selection."""
    bench = Bench(app, n)
    view = bench.open()
    viewport = view.plot.viewport()

    def frame(i: int) -> None:
        bench.show(i)
        if i % 10 == 0:
            view.plot.box.translateBy(x=0.05 * (-1) ** (i // 10))
        if i % 100 == 0:
            bench.stage.selection.choose(np.arange(100 + i % 7))
        viewport.repaint()
        app.processEvents()

    result = slope(frame, times)
    bench.close(view)
    return result


def openings(app: QApplication, n: int, times: int) -> tuple[float, float]:
    """Open the scatter, draw a frame, close it."""
    bench = Bench(app, n)

    def once(i: int) -> None:
        view = bench.open()
        bench.show(i)
        view.plot.viewport().repaint()
        bench.close(view)

    return slope(once, times)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="a tenth of it: too few to judge by")
    arguments = parser.parse_args()
    app = QApplication.instance() or QApplication([])
    theme.install(app)
    share = 10 if arguments.quick else 1
    print(f"{'what':<10}{'rows':>10}{'times':>8}{'bytes each':>12}{'in all, kB':>12}{'bar':>8}")
    for what, work, times in (("repaint", repaints, FRAMES), ("opening", openings, OPENINGS)):
        for n in (5_000, 300_000):
            each, total = work(app, n, times // share)
            line = f"{what:<10}{n:>10}{times // share:>8}{each:>12.0f}{total / 1000:>12.0f}"
            print(f"{line}{BARS[what]:>8}", flush=True)
    left = [thread.name for thread in threading.enumerate() if thread.name.startswith("gmmstudio")]
    print(f"threads left: {', '.join(left) or 'none'}")


if __name__ == "__main__":
    main()
