"""Tables nobody would make on purpose, and everything that can be done with them in the window."""

from __future__ import annotations

import csv
import io
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QGraphicsView, QWidget

from gmmstudio.document import commands
from gmmstudio.document.errors import DocumentError
from gmmstudio.mixture.structures import ALL
from gmmstudio.table.reading import read_text
from gmmstudio.table.table import Table
from gmmstudio.ui import theme
from gmmstudio.ui.pictures.choices import Choices
from gmmstudio.ui.views.hands.handles import Handle
from gmmstudio.ui.views.planes.scatter_axes import Axes, numeric_columns

if TYPE_CHECKING:
    from gmmstudio.ui.main_window import MainWindow

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
SHIFT, CTRL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
STEPS = ((60, 40), (200, 60), (320, 200), (240, 300), (120, 260), (60, 120))
LONG = "a column with a name of two hundred letters " * 5
ODD_NAMES = (LONG[:200], "펭귄의 무게", "<b>&amp;</b>", "two\nlines\tand a tab", "%s {0} \\n")


# ---- tables --------------------------------------------------------------------------------


def _table(names, columns, name: str) -> Table:
    """Make a table as it would be read from a file; None is an empty cell."""
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow(names)
    for row in zip(*columns, strict=True):
        writer.writerow(["" if cell is None else cell for cell in row])
    return read_text(written.getvalue(), name)


def _numbers(*columns) -> list[list[str]]:
    return [[repr(float(value)) for value in column] for column in columns]


def _clusters(n: int, d: int, k: int, seed: int = 0, spread: float = 12.0) -> np.ndarray:
    random = np.random.default_rng(seed)
    centres = random.uniform(-spread, spread, (k, d))
    return centres[np.arange(n) % k] + random.standard_normal((n, d))


def _huge() -> list[np.ndarray]:
    random = np.random.default_rng(1)
    sign = random.choice([-1.0, 1.0], 60)
    return [sign * 1e300, 1e300 * random.uniform(0.5, 1, 60), random.standard_normal(60)]


def _missing() -> Table:
    x = _clusters(60, 3, 2)
    columns = [[None if i % 3 == j else repr(float(x[i, j])) for i in range(60)] for j in range(3)]
    return _table("abc", columns, "missing")


def _made() -> dict[str, Callable[[], Table]]:
    one, good = np.full(40, 7.0), _clusters(60, 3, 3)
    tiny = np.random.default_rng(2).uniform(0.5, 1.5, (50, 2)) * 1e-300
    beside = np.stack([tiny[:, 0], 1e300 * tiny[:, 1] * 1e300], axis=1)
    bits = np.random.default_rng(3).integers(0, 2, (80, 3))
    large = 2**53 + np.random.default_rng(4).integers(-40, 40, (60, 2))
    few = np.array([[0.0, 1], [1, 0.5], [5, 5], [6, 5.5], [9, 0]])
    ranks = np.random.default_rng(5).permutation(50)
    far = np.where(np.arange(60) == 0, 1e15, good[:, 0])
    return {
        "one value": lambda: _table("ab", _numbers(one, one), "one value"),
        "one constant": lambda: _table(
            "abc", _numbers(good[:, 0], good[:, 1], 0 * good[:, 0]), "c"
        ),
        "huge": lambda: _table("abc", _numbers(*_huge()), "huge"),
        "tiny": lambda: _table("ab", _numbers(*tiny.T), "tiny"),
        "tiny and huge": lambda: _table("ab", _numbers(*beside.T), "tiny and huge"),
        "bits": lambda: _table("abc", bits.T.tolist(), "bits"),
        "one row": lambda: _table("ab", [["1.5"], ["2.5"]], "one row"),
        "two rows": lambda: _table("ab", [["1.5", "4"], ["2.5", "3"]], "two rows"),
        "no numbers": lambda: _table("ab", [list("xyzx"), list("ppqq")], "no numbers"),
        "one column": lambda: _table(
            ["a", "word"], [*_numbers(good[:, 0]), ["w"] * 60], "one column"
        ),
        "60 columns": lambda: _table(
            [f"column {i}" for i in range(60)], _numbers(*_clusters(150, 60, 3).T), "60 columns"
        ),
        "near 2^53": lambda: _table("ab", large.T.tolist(), "near 2^53"),
        "missing": _missing,
        "50 clusters": lambda: _table(
            "abc", _numbers(*_clusters(1000, 3, 50, spread=60.0).T), "50 clusters"
        ),
        "odd names": lambda: _table(
            ODD_NAMES, _numbers(*_clusters(60, 5, 3).T), "<b>odd</b> & 이름 %s"
        ),
        "5 rows": lambda: _table("ab", _numbers(*few.T), "5 rows"),
        "same lines": lambda: _table("ab", _numbers(good[:, 0], 2 * good[:, 0] + 1), "same lines"),
        "far away": lambda: _table("ab", _numbers(far, good[:, 1]), "far away"),
        "half empty": lambda: _table(
            "abc", [*_numbers(good[:, 0], good[:, 1]), [None] * 60], "half empty"
        ),
        "largest": lambda: _table(
            "ab", _numbers(1.7e308 * np.cos(one * ranks[:40]), ranks[:40]), "largest"
        ),
        "ranks": lambda: _table("ab", [sorted(ranks.tolist()), ranks.tolist()], "ranks"),
        "copies": lambda: _table("ab", _numbers(*np.tile(few[:2], (30, 1)).T), "copies"),
    }


TABLES = _made()


# ---- how long the window was away ----------------------------------------------------------


class Heart(QObject):
    """Beats in the event loop, and keeps the longest turn: what the GUI thread itself worked."""

    def __init__(self) -> None:
        super().__init__()
        self.worst, self.where, self.doing = 0.0, "", ""
        self._last = time.thread_time()
        self._timer = QTimer(self)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self.beat)
        self._timer.start()

    def beat(self) -> None:
        now = time.thread_time()
        if now - self._last > self.worst:
            self.worst, self.where = now - self._last, self.doing
        self._last = now

    def stop(self) -> None:
        self._timer.stop()


# ---- what can be done ----------------------------------------------------------------------


class Hand:
    """Does in a window what people do; nothing it does may go wrong.

    Parameters
    ----------
    window
        The whole window.
    folder
        Where pictures go.
    seed
        Of what is chosen at random.
    """

    def __init__(self, window: MainWindow, folder: Path, seed: int = 0) -> None:
        self.window, self.folder = window, folder
        self.random = np.random.default_rng(seed)
        self.heart = Heart()
        self.session, self.stage, self.control = window.session, window.stage, window.control
        self.work = window.workspace

    def close(self) -> None:
        self.heart.stop()

    def do(self, what, *arguments, **more):
        """Do something, and remember what it was, should the window be away meanwhile."""
        self.heart.doing = what.__name__
        value = what(*arguments, **more)
        self.heart.beat()
        return value

    def says_why(self) -> bool:
        """Tell whether the window says, anywhere, why there is no fit."""
        box, document = self.window.messages.box, self.session.document
        said = [
            "" if box is None else box.text(),
            self.work.reading.paragraph.text(),
            self.work.left.data.sentence() if hasattr(self.work.left.data, "sentence") else "",
            self.window.status.state.text() if not document.preparation.columns else "",
        ]
        return any(len(words) > 20 for words in said)

    def pick(self, among):
        among = list(among)
        return among[int(self.random.integers(len(among)))]

    def wait(self, seconds: float = 0.01) -> None:
        """Let the event loop turn."""
        end = time.monotonic() + seconds
        while True:
            QApplication.processEvents()
            self.heart.beat()
            if time.monotonic() >= end:
                return
            time.sleep(0.001)

    def rest(self, seconds: float = 60.0) -> None:
        """Wait until nothing runs."""
        end = time.monotonic() + seconds
        while self.is_busy:
            self.wait(0.01)
            if time.monotonic() > end:
                raise AssertionError("it does not come to rest")
        self.wait()

    @property
    def is_busy(self) -> bool:
        window, control = self.window, self.control
        return (
            (control.is_running and self.stage.state != "paused")
            or control._scene.busy
            or window.opening.is_reading
            or window.pictures.is_writing
        )

    # ---- data and model

    def open(self, table: Table) -> None:
        self.session.apply(commands.OpenTable(table))
        self.wait()

    def apply(self, command: commands.Command) -> bool:
        """Apply a command, or be told why not."""
        try:
            return bool(self.session.apply(command))
        except DocumentError as error:
            assert str(error).strip()
            return False

    def trigger(self, action: str) -> bool:
        """Do an action of the menus if it is offered."""
        offered = self.window.actions_[action]
        if offered.isEnabled():
            offered.trigger()
            self.wait(0.0)
        return bool(offered.isEnabled())

    def fit(self, k: int | None = None) -> None:
        """Fit, to the end or to the sentence why not."""
        if k is not None:
            self.apply(commands.SetComponents(k))
        self.trigger("fit")
        self.rest()

    def find_k(self, k: tuple[int, ...] = (1, 2, 3), shapes=("VVI", "VVV")) -> None:
        if self.window.actions_["find_k"].isEnabled():
            self.control.find_best_k(k, shapes)
            self.rest()

    def undo_all(self, most: int = 500) -> int:
        n = 0
        while self.session.undo_label and n < most:
            self.session.undo()
            self.wait(0.0)
            n += 1
        return n

    def redo_all(self, n: int) -> None:
        for _ in range(n):
            if self.session.redo_label:
                self.session.redo()
                self.wait(0.0)

    # ---- views

    def turn(self, view: QWidget) -> None:
        self.work.tabs.setCurrentWidget(view)
        self.wait()

    def choose_everything(self) -> int:
        """Take every choice of the view in front, and the first ones again."""
        view, n = self.work.tabs.currentWidget(), 0
        first = {choice.what: choice.current for choice in view.choices}
        for what in first:
            for words in next((c.entries for c in view.choices if c.what == what), ()):
                self.choose(what, words)
                n += 1
            self.choose(what, first[what])
        return n

    def choose(self, what: str, words: str) -> None:
        for choice in self.work.tabs.currentWidget().choices:
            if choice.what == what and words in choice.entries:
                choice.pick(words)
                self.wait()
                return

    def look_around(self) -> None:
        """Hover, zoom, move and go home in every plot of the view in front."""
        view = self.work.tabs.currentWidget()
        for plot in self.plots(view):
            self.hover(plot)
            middle = QPointF(plot.rect().center())
            for turns in (120, 120, -120):
                self.wheel(plot, middle, turns)
            self.drag(plot, [(100, 100), (150, 130), (90, 60)])
            for key in (Qt.Key.Key_Plus, Qt.Key.Key_Left, Qt.Key.Key_Minus, Qt.Key.Key_0):
                self.key(plot, key)

    def plots(self, view: QWidget) -> list[QWidget]:
        """Return what of a view answers to the mouse."""
        plots = [p for p in view.findChildren(QGraphicsView) if p.isVisible()]
        area = getattr(view, "area", None)
        grid = getattr(view, "grid", None)
        if isinstance(area, QWidget) and area.isVisible():
            plots.append(area)
        if isinstance(grid, QWidget) and grid.isVisible():
            plots.append(grid)
        return plots

    @staticmethod
    def surface(plot: QWidget) -> QWidget:
        return plot.viewport() if hasattr(plot, "viewport") else plot

    def hover(self, plot: QWidget, places=STEPS) -> None:
        surface = self.surface(plot)
        for x, y in (*places, (surface.width() // 2, surface.height() // 2)):
            self.mouse(surface, QEvent.Type.MouseMove, QPointF(x, y), Qt.MouseButton.NoButton)
            self.wait(0.0)
        QApplication.sendEvent(surface, QEvent(QEvent.Type.Leave))

    def mouse(self, surface, kind, place, button=LEFT, keys=NONE, held=None) -> None:
        held = button if held is None else held
        where = QPointF(surface.mapToGlobal(place.toPoint()))
        event = QMouseEvent(kind, place, where, button, held, keys)
        QApplication.sendEvent(surface, event)

    def drag(self, plot: QWidget, places, keys=NONE, button=LEFT) -> None:
        surface = self.surface(plot)
        start, *others = [QPoint(*place) for place in places]
        QTest.mousePress(surface, button, keys, start)
        for place in others:
            kind, no = QEvent.Type.MouseMove, Qt.MouseButton.NoButton
            self.mouse(surface, kind, QPointF(place), no, keys, button)
            self.wait(0.012)  # pyqtgraph looks at the mouse a hundred times a second
        QTest.mouseRelease(surface, button, keys, others[-1])
        self.wait(0.0)

    def wheel(self, plot: QWidget, place: QPointF, turns: int) -> None:
        surface = self.surface(plot)
        where = QPointF(surface.mapToGlobal(place.toPoint()))
        phase, no = Qt.ScrollPhase.NoScrollPhase, Qt.MouseButton.NoButton
        event = QWheelEvent(place, where, QPoint(), QPoint(0, turns), no, NONE, phase, False)
        QApplication.sendEvent(surface, event)
        self.wait(0.0)

    def key(self, plot: QWidget, key: Qt.Key, keys=NONE) -> None:
        QApplication.sendEvent(plot, QKeyEvent(QEvent.Type.KeyPress, key, keys))
        self.wait(0.0)

    def menu(self, plot: QWidget, place: QPoint) -> None:
        reason = QContextMenuEvent.Reason.Keyboard
        event = QContextMenuEvent(reason, place, plot.mapToGlobal(place))
        QApplication.sendEvent(plot, event)
        self.wait(0.0)
        self.put_away()

    def put_away(self) -> None:
        """Close menus and messages."""
        popup = QApplication.activePopupWidget()
        while popup is not None:
            popup.close()
            self.wait(0.0)
            again = QApplication.activePopupWidget()
            popup = None if again is popup else again
        if self.window.picturing.menu is not None:
            self.window.picturing.menu.close()
        self.window.messages.close()

    def look_from_all_sides(self) -> None:
        """Show columns, the histogram and every plane in the scatter."""
        scatter, table = self.work.scatter, self.session.document.table
        self.turn(scatter)
        columns = numeric_columns(table, self.session.document.preparation.columns)
        if columns:
            scatter.choose(Axes(columns[0], None))
            self.wait(0.02)
            scatter.choose(Axes(columns[0], columns[-1]))
            self.wait(0.02)
        for kind in ("principal", "separating", "tour", "columns"):
            scatter.choose_kind(kind)
            self.wait(0.08)

    # ---- selection, time, hands, pictures

    def select(self) -> None:
        """Select by mask, rectangle, lasso, click and from the menu."""
        selection, table = self.stage.selection, self.session.document.table
        scatter = self.work.scatter
        self.turn(scatter)
        selection.choose(np.arange(table.n_rows) % 2 == 0, "replace", "every other row")
        self.wait()
        for tool, keys in (("rectangle", NONE), ("lasso", SHIFT), ("lasso", CTRL)):
            scatter.tools.take(tool)
            self.drag(scatter.plot, STEPS, keys)
        scatter.tools.take("move")
        QTest.mouseClick(scatter.plot.viewport(), LEFT, NONE, QPoint(200, 200))
        for action in ("select_outliers", "invert_selection", "select_all", "copy_selected"):
            if action in {spec.id for spec in self.window.actions_.specs}:
                self.trigger(action)

    def scrub(self) -> None:
        """Go to the first and last iteration, and play a little."""
        for move in ("first", "forward", "back", "last", "play", "pause", "last"):
            getattr(self.control, move)()
            self.wait(0.01)
        self.rest()

    def adjust(self) -> None:
        """Move, split, merge, delete and add clusters by hand, then discard."""
        scatter, hands = self.work.scatter, self.work.hands.hands
        self.turn(scatter)
        scatter.tools.take("adjust")
        self.wait(0.05)
        self.drag(scatter.plot, STEPS[:3])
        for key in (Qt.Key.Key_Tab, Qt.Key.Key_Right, Qt.Key.Key_S):
            self.key(scatter.plot, key)
        self.rest()
        for change in (self._move, self._split, self._merge, self._delete, self._add):
            change()
            self.rest()
        scatter.tools.take("move")
        hands.discard()
        self.rest()

    def _letters(self) -> list[int]:
        return [] if self.stage.shown is None else list(self.stage.shown.identities)

    def _move(self) -> None:
        handles = self.work.hands.tool.handles
        if handles.frame is not None:
            x, y = handles.place(Handle(0, int(self.random.integers(-1, 4))))
            box, plot = self.work.scatter.plot.box, self.work.scatter.plot
            if np.isfinite([x, y]).all() and max(abs(x), abs(y)) < 1e6:
                spot = plot.mapFromScene(box.mapToScene(QPointF(x, y)))
                ways = [spot + QPoint(15 * i, -9 * i) for i in range(4)]
                self.drag(plot, [(way.x(), way.y()) for way in ways])

    def _split(self) -> None:
        if self._letters():
            self.work.hands.hands.split(self.pick(self._letters()))

    def _merge(self) -> None:
        letters = self._letters()
        if len(letters) > 1:
            self.work.hands.hands.merge(*self.random.permutation(letters)[:2].tolist())

    def _delete(self) -> None:
        if self._letters():
            self.work.hands.hands.delete(self.pick(self._letters()))

    def _add(self) -> None:
        spot = QPoint(self.work.scatter.plot.viewport().width() - 40, 40)
        QTest.mouseDClick(self.work.scatter.plot.viewport(), LEFT, NONE, spot)
        QTest.mouseRelease(self.work.scatter.plot.viewport(), LEFT, NONE, spot)

    def take_picture(self, view: QWidget, ending: str, **more) -> Path:
        path = self.folder / f"picture.{ending}"
        path.unlink(missing_ok=True)
        choices = replace(Choices(ending, scale=1), **more)
        self.window.pictures.save(view, path, choices, "title <b>&amp;")
        self.rest()
        assert path.stat().st_size > 500
        return path

    def film(self, **changes) -> Path | None:
        """Save the run, if there is one, as a small film."""
        if self.control.replayed is None:
            return None
        path = self.folder / "run.gif"
        path.unlink(missing_ok=True)
        self.window.handlers.save_film()
        dialog = self.window.handlers.film_dialog
        dialog.film = replace(dialog.film, width=640, height=480, most=3, **changes)
        dialog.make(path)
        end = time.monotonic() + 30
        while self.window.handlers.film_dialog is not None and time.monotonic() < end:
            self.wait(0.02)
            if dialog.filming is None:
                break
        if self.window.handlers.film_dialog is not None:
            raise AssertionError(f"no film: {dialog.sentence.text()}")
        return path

    def exclude(self, keep: int) -> None:
        """Leave out all rows but some, and fit again."""
        table = self.session.document.table
        if table is not None:
            self.apply(commands.ExcludeRows(frozenset(range(keep, table.n_rows))))
            self.wait()
            self.trigger("fit")
            self.rest()

    def restyle(self, name: str) -> None:
        theme.choose(name)
        self.wait()


STRUCTURES = ALL
