"""The convergence plot shows the stage's history and scrubs it."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from views_rig import Rig

from gmmstudio.fitting.trace import Track
from gmmstudio.ui import theme
from gmmstudio.ui.views.convergence import view as convergence
from gmmstudio.ui.views.convergence.view import ConvergenceView


@pytest.fixture
def view(rig: Rig, show) -> ConvergenceView:
    return show(ConvergenceView(rig.session, rig.stage, rig.control), 420, 190)


def test_empty_it_says_what_will_come(view: ConvergenceView, qtbot):
    assert not len(view.area.values)
    qtbot.mouseClick(view.area, Qt.MouseButton.LeftButton)
    view.grab()


def test_what_will_come_is_read_whole_where_room_is_short(view: ConvergenceView, qtbot):
    """Nothing is painted in the outermost pixels: no line of it is cut."""
    theme.set_zoom(1.5)
    try:
        view.resize(220, 190)
        picture = view.area.grab().toImage()
        ground = picture.pixelColor(0, 0)
        edges = [picture.pixelColor(x, y) for x in (0, picture.width() - 1)
                 for y in range(picture.height())]  # fmt: skip
        assert all(color == ground for color in edges)
        inside = [picture.pixelColor(x, y) for x in range(0, picture.width(), 2)
                  for y in range(picture.height())]  # fmt: skip
        assert any(color != ground for color in inside)
    finally:
        theme.set_zoom(1.0)


def test_it_shows_the_try_and_the_iteration_of_the_stage(view: ConvergenceView, rig: Rig):
    rig.fit()
    assert len(view.area.values) == rig.document.record.fit.n_iterations + 1
    assert view.area.shown == rig.document.record.fit.n_iterations
    rig.show(iteration=2)
    assert view.area.shown == 2
    view.grab()


def test_clicking_and_dragging_scrubs(view: ConvergenceView, rig: Rig, qtbot):
    rig.fit()
    rect = view.area.plot_rect()
    middle = round(rect.center().y())
    qtbot.mousePress(view.area, Qt.MouseButton.LeftButton, pos=QPoint(round(rect.left()), middle))
    assert rig.control.calls[-1] == ("show_iteration", 0)
    last = rig.document.record.fit.n_iterations
    assert view.area.number_at(rect.right()) == last
    assert view.area.number_at(rect.right() + 500) == last
    view.area._scrub(rect.center().x())
    assert rig.control.calls[-1] == ("show_iteration", round(last / 2))


def test_keys_step(view: ConvergenceView, rig: Rig, qtbot):
    rig.fit()
    for key, name in (
        (Qt.Key.Key_Left, "back"),
        (Qt.Key.Key_Right, "forward"),
        (Qt.Key.Key_Home, "first"),
        (Qt.Key.Key_End, "last"),
    ):
        qtbot.keyClick(view.area, key)
        assert rig.control.calls[-1] == (name,)


def test_the_tooltip_says_value_and_gain(view: ConvergenceView, rig: Rig):
    rig.fit()
    text = view.area.describe(3)
    values = rig.stage.track.log_likelihoods
    assert text.startswith(f"Iteration 3: log-likelihood −{abs(values[3]):.3f}")
    assert f"+{values[3] - values[2]:.4f} since iteration 2" in text
    assert "since" not in view.area.describe(0)


def test_all_complete_rows_of_a_long_table_are_no_sample(
    view: ConvergenceView, rig: Rig, monkeypatch
):
    """Tries run on a sample of one size only; fewer rows are all there are without gaps."""
    monkeypatch.setattr(convergence, "SAMPLE_ABOVE", 100)
    rig.fit()
    assert rig.document.table.n_rows > 100
    assert rig.stage.track.n_rows < convergence.SAMPLE_ROWS
    assert view.area._note == ""


def test_a_try_on_a_sample_says_so(view: ConvergenceView, rig: Rig):
    rig.fit()
    track = rig.stage.track
    small = Track(1, 10_000, track.iterations, track.log_likelihoods, False)
    large = Track(2, 342_000, track.iterations, track.log_likelihoods, False)
    rig.stage.put_tracks((small, large), small)
    assert "sample of 10\u202f000 rows" in view.area._note
    rig.stage.put_tracks((small, large), large)
    assert view.area._note == ""


@pytest.mark.parametrize(
    "values",
    [
        np.array([-5.0]),
        np.array([-5.0, -5.0]),
        np.array([-1e300, -1.0, 0.5]),
        np.array([-np.inf, -3.0, -2.0]),
        -1.0 / np.arange(1, 20_001),
    ],
)
def test_any_history_is_drawn(view: ConvergenceView, values, caplog):
    numbers = np.arange(float(len(values)))
    view.area.show_curve(numbers, values, len(values) - 1)
    view.grab()
    for x in (0, 200, 419):
        number = view.area.number_at(x)
        assert number is not None
        view.area.describe(number)
    assert not caplog.records


def test_dark_and_large(view: ConvergenceView, rig: Rig):
    rig.fit()
    theme.choose("dark")
    theme.set_zoom(1.8)
    assert view.grab().toImage().pixelColor(2, 2).name() == theme.DARK.window


def test_the_number_of_the_only_iteration_stands_below_its_dot(view: ConvergenceView):
    """A fit that collapsed at once has no second one."""

    def ink() -> list[int]:
        picture = view.area.grab().toImage()
        ground, rect = picture.pixelColor(0, 0), view.area.plot_rect()
        rows = range(round(rect.bottom()) + 8, picture.height())
        return [x for x in range(round(rect.left()) - 4, picture.width())
                if any(picture.pixelColor(x, y) != ground for y in rows)]  # fmt: skip

    view.area.show_curve(np.array([0.0]), np.array([-321.5]), 0)
    digits, middle = ink(), view.area.plot_rect().center().x()
    assert digits
    assert abs((digits[0] + digits[-1]) / 2 - middle) < 3
    view.area.show_curve(np.array([0.0, 1.0]), np.array([-321.5, -300.0]), 0)
    assert ink()[0] < view.area.plot_rect().left() + 4
