"""Pictures to take away: how large the files are, how long the window waits for them.

Run as ``python -m tests.benchmarks.bench_pictures`` (``--quick`` up to 100 000 rows). Beside it
pyqtgraph's own SVG exporter, with its ScatterPlotItem, up to 10 000 points.
"""

import argparse
import os
import statistics
import tempfile
import time

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as the program itself does

import pyqtgraph as pg
from pyqtgraph.exporters import SVGExporter
from PySide6.QtCore import QSize

from gmmstudio import app
from gmmstudio.document.commands import AddFit, OpenTable
from gmmstudio.ui import theme
from gmmstudio.ui.main_window import MainWindow
from gmmstudio.ui.pictures import forms
from gmmstudio.ui.pictures.portrait import Wish, take
from tests.benchmarks import machine
from tests.benchmarks.bench_selection import fitted, table_of

SIZES = (1_000, 10_000, 100_000, 1_000_000)
BAR_MS = 50.0


def measure(application, n: int) -> None:
    """Print what the scatter of so many rows takes."""
    window = MainWindow()
    window.asks_before_closing = False
    window.resize(QSize(1440, 900))
    window.show()
    table = table_of(n)
    window.session.apply(OpenTable(table))
    document = window.session.document
    window.session.apply(AddFit(fitted(table), document.preparation, document.spec, (), 0.1))
    view = window.workspace.scatter
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and (
        window.stage.assignment is None or view.cloud.winners is None or view.cloud.winners.coarse
    ):
        app.settle(application, 0.1)
    app.settle(application, 1.0)
    waits = []
    for _ in range(5):
        start = time.thread_time()
        picture = take(view, Wish("white"), "Scatter", scale=3.2)
        waits.append(1000 * (time.thread_time() - start))
        app.settle(application, 0.1)
    print(f"{n:>9,} rows: the window waits {statistics.median(waits):.0f} ms", end="")
    print(f" (worst {max(waits):.0f}, bar {BAR_MS:.0f})")
    for name, make in (
        ("PNG 2×", lambda: forms.as_png(picture, 2)),
        ("SVG", lambda: forms.as_svg(picture)),
        ("PDF", lambda: forms.as_pdf(picture)),
    ):
        start = time.perf_counter()
        size = len(make())
        print(f"           {name:6} {size / 1e6:6.2f} MB in {time.perf_counter() - start:.2f} s")
    window.close()
    window.deleteLater()
    app.settle(application, 0.1)


def measure_pyqtgraph(n: int) -> None:
    """Print what pyqtgraph's exporter makes of as many points."""
    table = table_of(n)
    x, y = (table.columns[i].values for i in (0, 1))
    plot = pg.PlotItem()
    scene = pg.GraphicsView()
    scene.resize(862, 515)
    scene.setCentralItem(plot)
    plot.addItem(pg.ScatterPlotItem(x=x, y=y, size=5))
    start = time.perf_counter()
    data = SVGExporter(plot).export(toBytes=True)
    print(f"           pyqtgraph's SVG {len(data) / 1e6:.1f} MB in", end="")
    print(f" {time.perf_counter() - start:.1f} s, in the window's thread")
    scene.close()


def main(arguments: list[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    options = parser.parse_args(arguments)
    os.environ["GMMSTUDIO_SETTINGS_DIR"] = tempfile.mkdtemp()
    application = app.application()
    theme.choose("dark")  # so that a white picture has to borrow other colours
    print(machine.description())
    for n in SIZES[: 3 if options.quick else None]:
        measure(application, n)
        if n <= 10_000:  # above, pyqtgraph takes minutes
            measure_pyqtgraph(n)


if __name__ == "__main__":
    main()
