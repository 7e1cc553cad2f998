"""How fast the scatter recolours, repaints and pans, beside pyqtgraph's and datashader.

Run as ``python -m tests.benchmarks.bench_views`` (``--quick``: up to 100 000 points; ``--huge``:
ten million too). Works offscreen, and in a real window where there is a display: set
QT_QPA_PLATFORM=xcb. Up to a million points pyqtgraph's ScatterPlotItem draws the same in the same
run. From a million on datashader does, where the interpreter named by GMMSTUDIO_DATASHADER_PYTHON
has it; it is no dependency::

    python -m venv DIR && DIR/bin/pip install datashader
    GMMSTUDIO_DATASHADER_PYTHON=DIR/bin/python \\
        python -m tests.benchmarks.bench_views --huge

Beside the time that passes stands the processor time of the GUI thread, which others at work on the
machine change less. The bars are for a quiet machine.
"""

import argparse
import json
import os
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as the program itself does

import numpy as np
import pyqtgraph as pg
from PySide6.QtWidgets import QApplication

from gmmstudio.document.commands import AddFit, OpenTable
from gmmstudio.document.session import Session
from gmmstudio.mixture.em import em
from gmmstudio.mixture.fit import Fit
from gmmstudio.mixture.spec import Spec
from gmmstudio.table.table import Column, Table
from gmmstudio.ui import theme
from gmmstudio.ui.stage import Shown, Stage
from gmmstudio.ui.views.scatter.view import ScatterView
from gmmstudio.ui.views.table.view import TableView

K = 4
SIZE = (1000, 700)


def clusters(n: int) -> tuple[np.ndarray, np.ndarray]:
    """Four overlapping clusters in the plane and the cluster of each point."""
    random = np.random.default_rng(0)
    labels = random.integers(0, K, n).astype(np.int32)
    centres = np.array([[0, 0], [3, 1], [1, 4], [4, 4]], float)
    return centres[labels] + random.normal(size=(n, 2)), labels


def table_of(x: np.ndarray) -> Table:
    """A table whose cells are not needed, only its numbers."""
    import pyarrow as pa

    cells = pa.chunked_array([pa.array(["0"] * len(x))])
    columns = tuple(
        Column(name, name, cells, np.ascontiguousarray(x[:, i]), "number", 0, len(x), tick=True)
        for i, name in enumerate(("x", "y"))
    )
    return Table("bench", None, columns, len(x))


def fitted(x: np.ndarray) -> Fit:
    """A fit of a sample: only its parameters matter here."""
    run = em(x[:20_000], Spec(K, max_iter=5), x[:K])
    while True:
        try:
            next(run)
        except StopIteration as end:
            return end.value


def timed(work: Callable[[int], None], times: int = 12) -> np.ndarray:
    """Milliseconds of each call but the first two: passed, and worked by this thread (times, 2)."""
    taken = []
    for i in range(times + 2):
        began, worked = time.perf_counter(), time.thread_time()
        work(i)
        taken.append((time.perf_counter() - began, time.thread_time() - worked))
    return 1000 * np.array(taken[2:])


def settle(app: QApplication, milliseconds: int = 0) -> None:
    """Let timers and threads have their say."""
    end = time.perf_counter() + milliseconds / 1000
    while True:
        app.processEvents()
        if time.perf_counter() >= end:
            return
        time.sleep(0.002)


def wait_for(app: QApplication, what: Callable[[], bool], seconds: float = 120.0) -> None:
    """Let the window live until something is so."""
    end = time.perf_counter() + seconds
    while not what():
        if time.perf_counter() > end:
            raise TimeoutError
        app.processEvents()
        time.sleep(0.001)


def is_fine(view: ScatterView) -> bool:
    """Whether the points are there, and none is left out for the moment."""
    winners = view.cloud.winners
    return winners is not None and not winners.coarse


def of_ours(app: QApplication, n: int) -> dict[str, np.ndarray]:
    """Frames of the scatter as the window shows it, axes and ellipses included."""
    x, labels = clusters(n)
    session, stage = Session(), Stage()
    session.apply(OpenTable(table_of(x)))
    fit = fitted(x)
    preparation = session.document.preparation
    session.apply(AddFit(fit, preparation, Spec(K)))
    view = ScatterView(session, stage)
    view.resize(*SIZE)
    view.show()
    wait_for(app, lambda: is_fine(view))
    settle(app, 300)

    def frame(i: int, rows: np.ndarray | None) -> Shown:
        random = np.random.default_rng(i)
        found = (labels if rows is None else labels[rows] + i) % K
        certainty = random.uniform(0.3, 1, len(found)).astype(np.float32)
        return Shown(
            fit.parameters, "VVV", tuple(range(K)), i, 20, 1, 1, n, 0.0, True, False,
            preparation, ("x", "y"), rows, found.astype(np.int32), certainty,
        )  # fmt: skip

    whole = [frame(i, None) for i in range(14)]
    painted = [frame(i, stage.watched) for i in range(14)]

    def show(frames: list[Shown]) -> Callable[[int], None]:
        def put(i: int) -> None:
            stage.put_shown(frames[i])
            view.plot.viewport().repaint()

        return put

    def ellipses_only(_i: int) -> None:
        view.ellipses.draw(view.ellipses.shapes)
        view.plot.viewport().repaint()

    def pan(_i: int) -> None:
        view.plot.box.translateBy(x=0.02, y=0.01)
        view.plot.viewport().repaint()

    def home(_i: int) -> None:
        view.plot.go_home()
        view.plot.viewport().repaint()

    def zoom(i: int) -> None:
        view.plot.box.scaleBy((0.9, 0.9) if i % 2 else (1 / 0.9, 1 / 0.9))
        view.plot.viewport().repaint()

    def zoomed(i: int) -> None:
        view.plot.show_range(1.0 + 0.01 * i, 1.3 + 0.01 * i, 1.0, 1.3)
        view.plot.viewport().repaint()

    def until_fine() -> np.ndarray:
        began = time.perf_counter()
        wait_for(app, lambda: is_fine(view))
        return np.array([[1000 * (time.perf_counter() - began), np.nan]])

    result = {
        "recolour, painted rows": timed(show(painted)),
        "recolour, all rows": timed(show(whole)),
        "ellipses alone": timed(ellipses_only),
        "pan": timed(pan),
        "zoom": timed(zoom),
    }
    home(0)
    result["until the fine picture"] = until_fine()
    zoomed(0)
    until_fine()
    settle(app, 2500 if n > 1_000_000 else 300)  # the points are put into cells
    result["pan, zoomed in"] = timed(zoomed)
    result["until the fine picture, zoomed in"] = until_fine()
    view.shutdown()
    view.close()
    view.deleteLater()
    settle(app)
    return result


def of_pyqtgraph(app: QApplication, n: int) -> dict[str, np.ndarray]:
    """The same with one ScatterPlotItem, colours by point."""
    x, labels = clusters(n)
    plot = pg.PlotWidget()
    plot.resize(*SIZE)
    brushes = np.array([pg.mkBrush(theme.cluster_color(k)) for k in range(K)], object)
    item = pg.ScatterPlotItem(x[:, 0], x[:, 1], size=3, pen=None, brush=brushes[labels])
    plot.addItem(item)
    plot.show()
    settle(app, 100)

    def recolour(i: int) -> None:
        item.setBrush(brushes[(labels + i) % K])
        plot.viewport().repaint()

    def pan(_i: int) -> None:
        plot.getViewBox().translateBy(x=0.02, y=0.01)
        plot.viewport().repaint()

    few = 3 if n > 200_000 else 6
    result = {"recolour, all rows": timed(recolour, few), "pan": timed(pan, few)}
    plot.close()
    plot.deleteLater()
    settle(app)
    return result


def of_table(app: QApplication, n: int) -> dict[str, np.ndarray]:
    """Opening, scrolling and sorting the table."""
    x, _labels = clusters(n)
    session, stage = Session(), Stage()
    session.apply(OpenTable(table_of(x)))
    began = time.perf_counter()
    view = TableView(session, stage)
    view.resize(*SIZE)
    view.show()
    settle(app)
    opened = 1000 * (time.perf_counter() - began)
    bar = view.grid.verticalScrollBar()

    def scroll(i: int) -> None:
        bar.setValue((i * 7919) % max(bar.maximum(), 1))
        view.grid.viewport().repaint()

    frames = timed(scroll)
    began = time.perf_counter()
    view.grid.sortByColumn(1, view.grid.horizontalHeader().sortIndicatorOrder())
    longest = time.perf_counter() - began
    while view._sorter.waits:
        step = time.perf_counter()
        app.processEvents()
        longest = max(longest, time.perf_counter() - step)
    sorted_ = 1000 * (time.perf_counter() - began)
    view.shutdown()
    view.close()
    view.deleteLater()
    settle(app)
    return {
        "table: open": np.array([[opened, np.nan]]),
        "table: scroll frame": frames,
        "table: sort": np.array([[sorted_, np.nan]]),
        "table: longest stop while sorting": np.array([[1000 * longest, np.nan]]),
    }


def of_datashader(n: int) -> dict[str, np.ndarray]:
    """The same pictures by datashader, in the interpreter that has it; nothing without one."""
    program = os.environ.get("GMMSTUDIO_DATASHADER_PYTHON")
    if not program:
        return {}
    worker = Path(__file__).with_name("datashader_worker.py")
    done = subprocess.run([program, str(worker), str(n)], capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(f"datashader: {done.stderr.strip()}")
    return {what: np.array(taken) for what, taken in json.loads(done.stdout).items()}


def compared(ours: float, theirs: np.ndarray | None) -> str:
    """Their time, and how many times ours it is."""
    if theirs is None:
        return f"{'':>22}"
    other = float(np.median(theirs))
    return f"{other:>14.1f}{other / ours:>7.0f}×"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="leave out a million points")
    parser.add_argument("--huge", action="store_true", help="add ten million, without pyqtgraph")
    arguments = parser.parse_args()
    app = QApplication.instance() or QApplication([])
    theme.install(app)
    print(
        f"{'n':>10}  {'what':<34}{'median ms':>10}{'worst':>8}{'thread':>8}"
        f"{'pyqtgraph ms':>14}{'ratio':>8}{'datashader ms':>14}{'ratio':>8}"
    )
    sizes = [10_000, 100_000] + ([] if arguments.quick else [1_000_000])
    for n in sizes + ([10_000_000] if arguments.huge else []):
        ours = of_ours(app, n)
        ours.update(of_table(app, n))
        items = of_pyqtgraph(app, n) if n <= 1_000_000 else {}
        shaded = of_datashader(n) if n >= 1_000_000 else {}
        for peer in (items, shaded):
            if peer:
                peer["recolour, painted rows"] = peer["recolour, all rows"]
                peer["zoom"] = peer["pan"]
        for what, taken in ours.items():
            passed, worked = taken[:, 0], np.median(taken[:, 1])
            median = float(np.median(passed))
            line = f"{n:>10}  {what:<34}{median:>10.1f}{passed.max():>8.1f}"
            line += f"{worked:>8.1f}" if np.isfinite(worked) else f"{'':>8}"
            item = items.get(what)
            line += compared(median, None if item is None else item[:, 0])
            print(line + compared(median, shaded.get(what)), flush=True)


if __name__ == "__main__":
    main()
