"""Selecting with the mouse in the scatter: rectangle, lasso, a click, and the keys beside them."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from views_rig import Rig, table_of

from gmmstudio.ui.views.planes.scatter_axes import Axes
from gmmstudio.ui.views.scatter.view import ScatterView
from gmmstudio.ui.views.selecting import tools as select_tools
from gmmstudio.ui.views.selecting.lasso import inside_polygon
from gmmstudio.ui.views.selecting.tools import LASSO, RECTANGLE

LEFT = Qt.MouseButton.LeftButton
KEYS = Qt.KeyboardModifier
PLAIN, SHIFT, CTRL = KEYS.NoModifier, KEYS.ShiftModifier, KEYS.ControlModifier
THROTTLE_MS = 15  # the plot takes no more than a hundred moves a second


@pytest.fixture
def view(rig: Rig, show) -> ScatterView:
    made = show(ScatterView(rig.session, rig.stage))
    made.choose(Axes(2, 3))
    made.plot.show_range(30, 60, 12, 22)
    made.grab()
    QApplication.processEvents()
    made.activateWindow()
    made.plot.setFocus()
    return made


def pixel(view: ScatterView, x: float, y: float) -> QPoint:
    """Where a pair of values is drawn, in the pixels of the viewport."""
    place = QPointF(*view.cloud.to_pixels(x, y))
    return view.plot.mapFromScene(view.plot.box.mapToScene(place))


def drag(view: ScatterView, places, keys=PLAIN, *, let_go: bool = True) -> None:
    """Press, move through the places, and let go."""
    target = view.plot.viewport()
    pixels = [pixel(view, *place) for place in places]
    QTest.mousePress(target, LEFT, keys, pixels[0])
    for here in pixels[1:]:
        QTest.qWait(THROTTLE_MS)
        send_move(view, here, keys)
    if let_go:
        QTest.qWait(THROTTLE_MS)
        QTest.mouseRelease(target, LEFT, keys, pixels[-1])


def send_move(view: ScatterView, here: QPoint, keys=PLAIN, button=LEFT) -> None:
    """Move with a button down: QTest's own move knows no buttons offscreen."""
    target, none = view.plot.viewport(), Qt.MouseButton.NoButton
    spot = QPointF(target.mapToGlobal(here))
    event = QMouseEvent(QEvent.Type.MouseMove, QPointF(here), spot, none, button, keys)
    QApplication.sendEvent(target, event)


def within(view: ScatterView, x_low, x_high, y_low, y_high) -> np.ndarray:
    x, y = view._points.x_values, view._points.y_values
    return np.flatnonzero((x >= x_low) & (x <= x_high) & (y >= y_low) & (y <= y_high))


def test_a_rectangle_selects_what_is_in_it(view: ScatterView, rig: Rig):
    view.tools.buttons[RECTANGLE].click()
    before = view.plot.box.viewRange()
    drag(view, [(38.02, 21.01), (41, 18), (45.03, 16.52)])
    # What is selected are the rows between the pixels pressed, not between the values meant.
    low, high = (view.cloud.to_values(p) for p in corner_places(view, (38.02, 21.01, 45.03, 16.52)))
    expected = within(view, low[0], high[0], high[1], low[1])
    assert len(expected) > 30
    assert rig.stage.selection.rows.tolist() == expected.tolist()
    assert view.plot.box.viewRange() == before  # the view itself did not move


def corner_places(view: ScatterView, corners):
    x1, y1, x2, y2 = corners
    for x, y in ((x1, y1), (x2, y2)):
        scene = view.plot.mapToScene(pixel(view, x, y))
        yield view.plot.box.mapFromScene(scene)


def test_a_lasso_selects_what_it_encloses(view: ScatterView, rig: Rig):
    QTest.keyClick(view.plot, Qt.Key.Key_L)
    assert view.tools.current == LASSO
    around = [(40, 20), (46, 21), (52, 19), (48, 17), (44, 14), (41, 16)]
    drag(view, around)
    corners = []
    for x, y in around:
        scene = view.plot.mapToScene(pixel(view, x, y))
        corners.append(view.cloud.to_values(view.plot.box.mapFromScene(scene)))
    points = view._points
    expected = inside_polygon(points.x_values, points.y_values, np.array(corners))
    assert 20 < expected.sum() < 342
    assert rig.stage.selection.rows.tolist() == np.flatnonzero(expected).tolist()


def test_the_keys_add_take_away_and_intersect(view: ScatterView, rig: Rig):
    QTest.keyClick(view.plot, Qt.Key.Key_R)
    one, two = [(34.0, 21.0), (44.0, 16.0)], [(40.0, 19.0), (52.0, 14.0)]
    drag(view, one)
    first = set(rig.stage.selection.rows.tolist())
    drag(view, two)
    second = set(rig.stage.selection.rows.tolist())
    assert first & second and first - second and second - first
    drag(view, one, SHIFT)
    assert set(rig.stage.selection.rows.tolist()) == first | second
    drag(view, two, CTRL)
    assert set(rig.stage.selection.rows.tolist()) == first - second
    drag(view, one)
    drag(view, two, SHIFT | CTRL)
    assert set(rig.stage.selection.rows.tolist()) == first & second


def test_the_count_is_said_while_dragging(view: ScatterView, rig: Rig):
    view.tools.take(RECTANGLE)
    told = []
    view.selecting.drawing_changed.connect(told.append)
    drag(view, [(38, 21), (41, 18), (45, 16.5)], let_go=False)
    words = view.selecting._layer.words
    assert view.selecting.is_drawing and told == [True]
    assert not rig.stage.selection.n
    view.grab()
    QTest.mouseRelease(view.plot.viewport(), LEFT, PLAIN, pixel(view, 45, 16.5))
    assert words == f"{rig.stage.selection.n} rows"
    assert told == [True, False]


def test_escape_gives_up_the_shape_and_keeps_what_was_selected(view: ScatterView, rig: Rig):
    rig.stage.selection.choose(np.array([3]))
    view.tools.take(LASSO)
    drag(view, [(38, 21), (45, 21), (45, 16)], let_go=False)
    QTest.keyClick(view.plot, Qt.Key.Key_Escape)
    assert not view.selecting.is_drawing
    send_move(view, pixel(view, 38, 14))
    QTest.mouseRelease(view.plot.viewport(), LEFT, PLAIN, pixel(view, 38, 14))
    assert rig.stage.selection.rows.tolist() == [3]


def click(view: ScatterView, x: float, y: float, keys=PLAIN) -> None:
    QTest.mouseClick(view.plot.viewport(), LEFT, keys, pixel(view, x, y))
    QTest.qWait(THROTTLE_MS)


@pytest.mark.parametrize("tool", ["move", RECTANGLE, LASSO])
def test_a_click_on_a_point_selects_its_row(view: ScatterView, rig: Rig, tool):
    view.tools.take(tool)
    x, y = view._points.x_values, view._points.y_values
    one, two = 0, int(np.nanargmax(x))
    click(view, x[one], y[one])
    row = rig.stage.selection.rows.tolist()
    assert len(row) == 1 and (x[row[0]], y[row[0]]) == (x[one], y[one])
    click(view, x[two], y[two], SHIFT)
    assert rig.stage.selection.rows.tolist() == sorted([*row, two])
    click(view, x[two], y[two], CTRL)
    assert rig.stage.selection.rows.tolist() == row
    click(view, 58.5, 21.5)  # nothing is there
    assert rig.stage.selection.n == (1 if tool == "move" else 0)


def test_other_buttons_move_the_view_as_ever(view: ScatterView, rig: Rig):
    view.tools.take(RECTANGLE)
    target, keys = view.plot.viewport(), PLAIN
    assert target.cursor().shape() == Qt.CursorShape.CrossCursor
    start, end = pixel(view, 40, 18), pixel(view, 50, 16)
    middle = Qt.MouseButton.MiddleButton
    QTest.mousePress(target, middle, keys, start)
    for here in (QPoint(start.x() + 20, start.y()), end):
        QTest.qWait(THROTTLE_MS)
        send_move(view, here, button=middle)
    QTest.mouseRelease(target, middle, keys, end)
    assert view.plot.box.viewRange()[0][0] < 29
    assert not rig.stage.selection.n
    QTest.keyClick(view.plot, Qt.Key.Key_V)
    assert target.cursor().shape() != Qt.CursorShape.CrossCursor


@pytest.mark.parametrize("tool", [RECTANGLE, LASSO])
def test_in_the_histogram_a_stretch_of_the_axis_is_selected(view: ScatterView, rig: Rig, tool):
    view.choose(Axes(2, None))
    view.grab()
    QApplication.processEvents()
    view.tools.take(tool)
    (_, _), (low, high) = view.plot.box.viewRange()
    drag(view, [(38, low + 0.8 * (high - low)), (41, low + 0.7 * (high - low)), (45, low + 0.6)])
    x = view._points.x_values[rig.stage.selection.rows]
    left, right = (view.cloud.to_values(p)[0] for p in corner_places(view, (38, 0, 45, 0)))
    assert len(x) == np.count_nonzero(
        (view._points.x_values >= left) & (view._points.x_values <= right)
    )
    assert len(x) > 50


def test_many_rows_are_found_beside_the_window(view: ScatterView, rig: Rig, qtbot, monkeypatch):
    view.tools.take(LASSO)
    around = [(40, 20), (46, 21), (52, 19), (48, 17), (44, 14), (41, 16)]
    drag(view, around)
    expected = rig.stage.selection.rows.tolist()
    rig.stage.selection.clear()
    monkeypatch.setattr(select_tools, "_COUNTED_AT_ONCE", 10)
    monkeypatch.setattr(select_tools, "_CHOSEN_AT_ONCE", 10)
    drag(view, around, let_go=False)
    qtbot.waitUntil(lambda: view.selecting._layer.words == f"{len(expected)} rows", timeout=3000)
    QTest.mouseRelease(view.plot.viewport(), LEFT, PLAIN, pixel(view, *around[-1]))
    qtbot.waitUntil(lambda: rig.stage.selection.n > 0, timeout=3000)
    assert rig.stage.selection.rows.tolist() == expected
    assert not view.selecting.is_drawing


def test_another_table_takes_the_shape_with_it(view: ScatterView, rig: Rig):
    view.tools.take(RECTANGLE)
    drag(view, [(38, 21), (45, 16)], let_go=False)
    rig.open(table_of("a,b\n1,2.5\n3,4\n2,2\n"))
    send_move(view, QPoint(200, 200))
    QTest.mouseRelease(view.plot.viewport(), LEFT, PLAIN, QPoint(200, 200))
    assert not view.selecting.is_drawing and not rig.stage.selection.n


def test_the_tools_say_what_they_do(view: ScatterView):
    for key, letter in (("move", "V"), (RECTANGLE, "R"), (LASSO, "L")):
        button = view.tools.buttons[key]
        assert button.toolTip().endswith(f"({letter})")
        assert button.accessibleName()
