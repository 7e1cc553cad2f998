"""From the end of a lasso to all views lit: scatter, cards, outlier histogram, table and bar.

Run as ``python -m tests.benchmarks.bench_selection`` (``--quick`` with 100 000 rows). Opens the
real window, the table beside it in a window of its own so that both are seen. Works offscreen, and
in a real window where there is a display: set QT_QPA_PLATFORM=xcb.
"""

import argparse
import os
import tempfile
import time

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as the program itself does

import numpy as np
from PySide6.QtCore import QEvent, QObject, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication, QWidget

from gmmstudio import app
from gmmstudio.document.commands import AddFit, OpenTable
from gmmstudio.mixture.em import em
from gmmstudio.mixture.fit import Fit
from gmmstudio.mixture.spec import Spec
from gmmstudio.table.table import Column, Table
from gmmstudio.ui.main_window import MainWindow
from gmmstudio.ui.views.selecting.lasso import inside_polygon
from tests.benchmarks import machine

K, COLUMNS = 5, 4
BAR_MS = 100.0
CORNERS = 240  # of the lasso
LEFT, NONE = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton


def table_of(n: int) -> Table:
    """Five overlapping clusters in four columns; the cells are not needed, only their numbers."""
    import pyarrow as pa

    random = np.random.default_rng(0)
    centres = random.uniform(-4, 4, (K, COLUMNS))
    x = centres[random.integers(0, K, n)] + random.normal(size=(n, COLUMNS))
    cells = pa.chunked_array([pa.array(["0"] * n)])
    columns = tuple(
        Column(f"x{i}", f"x{i}", cells, np.ascontiguousarray(x[:, i]), "number", 0, n, tick=True)
        for i in range(COLUMNS)
    )
    return Table("bench", None, columns, n)


def fitted(table: Table) -> Fit:
    """A fit of a sample: only its parameters matter here."""
    x = np.column_stack([column.values for column in table.columns])
    run = em(x[:20_000], Spec(K, max_iter=8), x[:K])
    while True:
        try:
            next(run)
        except StopIteration as end:
            return end.value


class Painted(QObject):
    """Notes which of some widgets have been painted; all of them are once the event loop returns.

    A widget's own painting follows the event, so the time is taken after the loop.
    """

    def __init__(self, *widgets: QWidget) -> None:
        super().__init__()
        self._left: set[QWidget] = set()
        self._widgets = widgets
        for widget in widgets:
            widget.installEventFilter(self)

    def wait_for(self) -> None:
        """Begin anew."""
        self._left = set(self._widgets)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint:
            self._left.discard(watched)
        return False

    @property
    def all(self) -> bool:
        """Whether every one has been painted."""
        return not self._left


class Bench:
    """The window with its table, fitted, and a lasso in hand."""

    def __init__(self, n: int) -> None:
        self.qt = app.application()
        self.window = MainWindow()
        self.window.asks_before_closing = False
        self.window.control.replay_after_fit = False
        self.window.resize(1440, 900)
        self.window.show()
        session, stage = self.window.session, self.window.stage
        table = table_of(n)
        session.apply(OpenTable(table))
        session.apply(AddFit(fitted(table), session.document.preparation, Spec(K)))
        self.spin(60, lambda: stage.assignment is not None and stage.shown is not None)
        workspace = self.window.workspace
        self.scatter, self.table = workspace.scatter, workspace.table
        self.table.setParent(None)
        self.table.resize(900, 500)
        self.table.show()
        self.spin(3)
        self.scatter.tools.take("lasso")
        self.selection = stage.selection
        self.painted = Painted(
            self.scatter.plot.viewport(),
            workspace.reading.cards[0],
            workspace.left.outliers.histogram,
            self.table.grid.viewport(),
            workspace.selection_bar,
        )

    def spin(self, seconds: float, done=lambda: False) -> None:
        """Turn the event loop until done, or until the time is up."""
        end = time.perf_counter() + seconds
        while time.perf_counter() < end and not done():
            self.qt.processEvents()
            time.sleep(0.001)

    def mouse(self, kind: QEvent.Type, place: QPointF, button: Qt.MouseButton) -> None:
        """Send a mouse event to the plot, as the system does."""
        target = self.scatter.plot.viewport()
        held = NONE if kind == QEvent.Type.MouseButtonRelease else LEFT
        spot = QPointF(target.mapToGlobal(place.toPoint()))
        none = Qt.KeyboardModifier.NoModifier
        QApplication.sendEvent(target, QMouseEvent(kind, place, spot, button, held, none))

    def lasso(self, i: int) -> np.ndarray:
        """Draw a lasso, and return the milliseconds from letting go (4,).

        Until all was painted, and until the rows were known everywhere; by the clock, then of the
        window's own thread, which other programs do not lengthen.
        """
        box = self.scatter.plot.box
        width, height = box.size().width(), box.size().height()
        angle = np.linspace(0, 2 * np.pi, CORNERS, endpoint=False)
        x = width * (0.40 + 0.02 * (i % 5) + 0.30 * np.cos(angle) + 0.02 * np.sin(9 * angle))
        y = height * (0.50 + 0.34 * np.sin(angle))
        places = [box.mapToScene(QPointF(a, b)) for a, b in zip(x, y, strict=True)]
        self.mouse(QEvent.Type.MouseButtonPress, places[0], LEFT)
        for place in places[1:]:
            self.mouse(QEvent.Type.MouseMove, place, NONE)
            if not i % 7:
                self.qt.processEvents()
            time.sleep(0.0105)  # the plot takes no more than a hundred moves a second
        self.spin(0.3)
        self.painted.wait_for()
        began = np.array([time.perf_counter(), time.thread_time()])
        self.mouse(QEvent.Type.MouseButtonRelease, places[-1], LEFT)
        known = np.array([time.perf_counter(), time.thread_time()])
        while not self.painted.all and time.perf_counter() - began[0] < 5:
            self.qt.processEvents()
        done = np.array([time.perf_counter(), time.thread_time()])
        assert self.selection.n > 0, "the lasso caught nothing"
        assert self.painted.all, "something was not painted"
        return 1000 * np.concatenate([done - began, known - began])

    def close(self) -> None:
        """Leave nothing behind."""
        self.window.close()
        self.table.close()
        self.table.deleteLater()
        self.window.deleteLater()
        self.qt.processEvents()


def geometry(n: int) -> np.ndarray:
    """Milliseconds to find which of n rows a lasso holds."""
    x, y = np.random.default_rng(1).normal(size=(2, n))
    angle = np.linspace(0, 2 * np.pi, CORNERS, endpoint=False)
    corners = np.column_stack([2 * np.cos(angle) + 0.1 * np.sin(9 * angle), 2 * np.sin(angle)])
    taken = []
    for _ in range(9):
        began = time.perf_counter()
        inside_polygon(x, y, corners)
        taken.append(1000 * (time.perf_counter() - began))
    return np.array(taken[2:])


def main(arguments: list[str] | None = None) -> None:
    """Print one line per measurement."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--times", type=int, default=15)
    parser.add_argument("--quick", action="store_true", help="100 000 rows, fewer times")
    options = parser.parse_args(arguments)
    if options.quick:
        options.rows, options.times = min(options.rows, 100_000), 5
    n = options.rows
    print(f"bar: all views lit within {BAR_MS:.0f} ms; load {machine.load()}")
    with tempfile.TemporaryDirectory() as name:
        os.environ["GMMSTUDIO_SETTINGS_DIR"] = name
        bench = Bench(n)
        taken = np.array([bench.lasso(i) for i in range(options.times + 2)][2:])
        print(f"{n} x {COLUMNS}, K = {K}; {bench.selection.n} rows in the last lasso")
        report("lasso let go to all views lit", taken[:, 0])
        report("  of which the window's own work", taken[:, 1])
        report("  rows known everywhere", taken[:, 2])
        report("  of which the window's own work", taken[:, 3])
        bench.close()
    report("geometry alone", geometry(n))


def report(what: str, taken: np.ndarray) -> None:
    """Print median and worst."""
    print(f"{what:<36} median {np.median(taken):6.1f} ms   worst {taken.max():6.1f} ms", flush=True)


if __name__ == "__main__":
    main()
