"""The tour between planes."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from views_rig import Rig, table_of

from gmmstudio.document.commands import TickColumns
from gmmstudio.mixture.projection import moments
from gmmstudio.ui.views.planes import tour, tour_space
from gmmstudio.ui.views.scatter.view import ScatterView


@pytest.fixture
def view(rig: Rig, show) -> ScatterView:
    view = show(ScatterView(rig.session, rig.stage))
    rig.fit()
    return view


def steps(view: ScatterView, n: int) -> None:
    """Let the tour go on by n frames of 40 ms, without waiting for them."""
    for _ in range(n):
        view.tour._last -= 0.04
        view.tour._step()


def note(view: ScatterView) -> str:
    return view._note.text()


def test_it_begins_when_chosen_in_the_principal_plane_and_moves(view, rig: Rig):
    view.choose_kind("principal")
    principal = view.plane
    view.choose_kind("tour")
    assert view.tour.is_playing and view.tour.bar.isVisible()
    np.testing.assert_allclose(view.plane.directions, principal.directions)
    home = view.plot.box.viewRange()
    before = view.plane
    for _ in range(20):
        steps(view, 5)
        assert not np.allclose(view.plane.directions, before.directions)
        before = view.plane
        view.grab()
        frame = view.plane.directions * view.sight.space.moments.scale[:, None]
        np.testing.assert_allclose(frame.T @ frame, np.eye(2), atol=1e-9)
    assert view.plot.box.viewRange() == home  # the picture turns, its frame does not
    assert note(view) == "On tour; all rows move"


def test_points_and_ellipses_move_as_one(view, rig: Rig):
    view.choose_kind("tour")
    for _ in range(4):
        steps(view, 9)
        points = view._points
        x, y = view.plane.coordinates(rig.document.table)
        for stored, frame, values in (
            (points.x, points.x_frame, x),
            (points.y, points.y_frame, y),
        ):
            drawn = frame.centre + frame.scale * stored
            np.testing.assert_allclose(drawn, values[points.rows], atol=1e-5)
        flat = view.plane.seen(rig.stage.shown)
        for shape, mean in zip(view.ellipses.shapes, flat.means, strict=True):
            np.testing.assert_allclose(shape.mean, mean)


def test_rows_are_told_to_the_stage_once_not_at_every_frame(view, rig: Rig, qtbot):
    view.choose_kind("tour")
    told = []
    rig.stage.watch_changed.connect(lambda: told.append(1))
    for _ in range(30):
        steps(view, 1)
        view.grab()
        qtbot.wait(1)
    assert len(told) <= 1


def test_at_rest_it_is_a_plane_like_others(view, rig: Rig):
    view.choose_kind("tour")
    told = []
    view.axes_changed.connect(lambda: told.append(view.plane))
    steps(view, 25)
    assert not told  # others are not made to follow every frame
    view.tour.pause()
    assert told == [view.plane] and not view.tour.is_playing
    assert view.drawing.sight.plane is view.plane
    assert note(view) == "342 of 344 rows drawn, 2 have no value here"
    assert "tour direction 1" in view._x_button.text()
    before = view.plane
    view.tour.play()
    steps(view, 1)
    assert (
        np.abs(view.plane.directions - before.directions).max()
        < 0.1 * np.abs(before.directions).max()
    )  # from where it was


def test_it_rests_when_dragged_zoomed_hidden_or_left(view, rig: Rig, qtbot):
    view.choose_kind("tour")
    qtbot.mousePress(view.plot.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(200, 150))
    assert not view.tour.is_playing
    qtbot.mouseRelease(view.plot.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(200, 150))
    view.tour.play()
    qtbot.keyClick(view.plot, Qt.Key.Key_Plus)
    assert not view.tour.is_playing
    view.tour.play()
    view.hide()
    view.tour._step()
    assert not view.tour.is_playing
    view.show()
    view.tour.play()
    view.choose_kind("principal")
    assert not view.tour.is_playing and not view.tour.bar.isVisible()
    view.choose_kind("tour")
    rig.open(table_of("a,b\n" + "\n".join(f"{i * 0.5},{i % 7 + 0.5}" for i in range(40))))
    assert not view.tour.is_playing and not view.tour.bar.isVisible()


def test_its_bar_works_by_keyboard_and_says_what_it_does(view, qtbot):
    view.choose_kind("tour")
    bar = view.tour.bar
    assert bar.button.accessibleName() == "Pause the tour"
    bar.button.setFocus()
    qtbot.keyClick(bar.button, Qt.Key.Key_Space)
    assert not view.tour.is_playing
    assert bar.button.accessibleName() == "Play the tour"
    slow = next(a for a in bar.speed.menu().actions() if a.isChecked())
    assert slow.text() == "slow"
    bar.speed.menu().actions()[-1].trigger()
    assert view.tour.speed == "fast" and "fast" in bar.speed.text()
    assert bar.geometry().right() <= view.plot.width()
    view.resize(500, 300)
    assert bar.geometry().right() <= view.plot.width()


def test_hovering_waits_until_it_rests(view):
    view.choose_kind("tour")
    steps(view, 3)
    view.grab()
    place = view.plot.box.rect().center()
    found = [view._row_at(place)]
    assert found == [None]


def test_large_tables_move_a_sample_and_rest_with_all_rows(rig: Rig, show, monkeypatch):
    monkeypatch.setattr(tour_space, "SAMPLE", 50)
    view = show(ScatterView(rig.session, rig.stage))
    view.choose_kind("tour")
    steps(view, 2)
    assert note(view) == "On tour; 50 of 342 rows move"
    assert len(view.cloud.painted_rows()) == 50
    view.grab()
    view.tour.pause()
    assert len(view.cloud.painted_rows()) == 342


def test_it_is_offered_from_three_columns_on(view, rig: Rig):
    rig.session.apply(TickColumns((2, 3)))
    rig.fit()
    plane = next(choice for choice in view.choices if choice.what == "plane")
    assert "tour" not in plane.entries


@pytest.mark.parametrize("scale", [1.0, 1e300, 1e-200])
def test_a_space_holds_any_range(scale):
    random = np.random.default_rng(0)
    rows = "\n".join(
        ",".join(repr(float(v)) for v in row * (scale, 1.0, 1.0) / (1.7, 1.0, 1.0))
        for row in random.normal(size=(60, 3)).clip(-1.7, 1.7)
    )
    table = table_of(f"a,b,c\n{rows}")
    values = [column.values for column in table.columns]
    space = tour_space.tour_space(table, (0, 1, 2), moments(values))
    frame = np.linalg.qr(random.normal(size=(3, 2)))[0]
    points = space.points(frame, known=True)
    assert np.abs(points.x).max() <= 1 and np.isfinite(points.y).all()
    x, _ = space.plane(frame).coordinates(table)
    np.testing.assert_allclose(points.x_values[points.rows], x[points.rows], atol=1e-5)


def test_the_timer_keeps_twenty_five_frames(view):
    assert tour.FRAME_MS == 40
    view.choose_kind("tour")
    assert view.tour._timer.interval() == 40
