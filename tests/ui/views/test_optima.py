"""The map of the starts: every optimum in its place, told in words, opened by click or key."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from heading_parts import whole_parts
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QToolTip
from views_rig import Rig

from gmmstudio.document.commands import SetComponents, SetStart
from gmmstudio.mixture.errors import Collapse
from gmmstudio.mixture.fit import Attempt, Optimum
from gmmstudio.report.label_placing import Box
from gmmstudio.ui import theme
from gmmstudio.ui.stage import RunInfo
from gmmstudio.ui.starts import Starts
from gmmstudio.ui.views.convergence.optima import (
    SMALLEST,
    collapsed_reasons,
    describe,
    instead,
    lay_out,
    left_end,
    summary,
)
from gmmstudio.ui.views.convergence.view import ITERATIONS, STARTS, ConvergenceView

AREA = Box(50.0, 4.0, 270.0, 104.0)


def text_size(words: str) -> tuple[float, float]:
    return 6.5 * len(words), 14.0


def starts(rows, collapsed: int = 0, shown: int = 0, n_rows: int = 342) -> Starts:
    """Make starts of (log-likelihood, number of starts, agreement), the best first."""
    found = tuple(Optimum(v, n, a, place + 1, 342) for place, (v, n, a) in enumerate(rows))
    made = sum(n for _, n, _ in rows) + collapsed
    fault = Collapse(1, np.array([3, 4]), (0,), "ties", "VVV")
    gone = tuple(Attempt(50 + i, -6000.0, 3, 342, fault, "random", None) for i in range(collapsed))
    return Starts(found, made, gone, shown, n_rows)


FEW = starts([(-5150.69, 7, 1.0), (-5163.0, 2, 0.84), (-5190.4, 1, 0.41)])


def many(seed: int) -> Starts:
    random = np.random.default_rng(seed)
    n = int(random.integers(2, 25))
    values = -5150 - np.sort(np.concatenate([[0.0], random.exponential(30, n - 1)]))
    agreement = np.concatenate([[1.0], random.uniform(-0.05, 0.99, n - 1)])
    counts = random.integers(1, 12, n)
    return starts(
        list(zip(values.tolist(), counts.tolist(), agreement.tolist(), strict=True)),
        collapsed=int(random.integers(0, 4)),
        shown=int(random.integers(0, n)),
    )


# ---- geometry -------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(40))
def test_everything_lies_within_the_area(seed):
    drawn = lay_out(many(seed), AREA, text_size)
    for place in drawn.places:
        around = Box(
            place.x - place.radius, place.y - place.radius, 2 * place.radius, 2 * place.radius
        )
        assert AREA.contains(around)
        if place.box is not None:
            assert AREA.grown(10.0).contains(place.box)


@pytest.mark.parametrize("seed", range(40))
def test_right_is_agreement_and_up_is_likelihood(seed):
    drawn = lay_out(many(seed), AREA, text_size)
    for one, other in combinations(drawn.places, 2):
        if one.optimum.log_likelihood > other.optimum.log_likelihood:
            assert one.y <= other.y
        lowest = max(drawn.left, 0.0)
        if max(one.optimum.agreement, lowest) > max(other.optimum.agreement, lowest):
            assert one.x > other.x
    best = drawn.places[0]
    assert best.x == max(place.x for place in drawn.places)
    assert best.y == min(place.y for place in drawn.places)


@pytest.mark.parametrize("seed", range(40))
def test_area_goes_with_the_number_of_starts(seed):
    drawn = lay_out(many(seed), AREA, text_size)
    sized = [place for place in drawn.places if place.radius > SMALLEST]
    for one, other in combinations(sized, 2):
        share = (one.radius / other.radius) ** 2
        assert share == pytest.approx(one.optimum.n_starts / other.optimum.n_starts)


@pytest.mark.parametrize("seed", range(40))
def test_numbers_lie_on_no_other_dot_and_no_other_number(seed):
    drawn = lay_out(many(seed), AREA, text_size)
    written = [place for place in drawn.places if place.box is not None]
    for one, other in combinations(written, 2):
        assert not one.box.overlaps(other.box)
    for place in written:
        for other in drawn.places:
            if other is not place:
                r = other.radius * 0.7
                assert not place.box.overlaps(Box(other.x - r, other.y - r, 2 * r, 2 * r))


def test_the_best_is_usually_named():
    places = [lay_out(many(seed), AREA, text_size).places[0] for seed in range(60)]
    named = [place.box is not None and place.words.startswith("best") for place in places]
    assert np.mean(named) > 0.7


def test_the_axis_begins_nearer_where_all_agree_well():
    assert left_end([1.0, 0.97, 0.93]) == 0.9
    assert left_end([1.0, 0.7]) == 0.5
    assert left_end([1.0, 0.4]) == 0.0
    assert left_end([1.0, -0.03]) == 0.0
    assert left_end([1.0, float("nan")]) == 0.0


def test_the_dot_under_a_place_is_found():
    drawn = lay_out(FEW, AREA, text_size)
    for place in drawn.places:
        assert drawn.at(place.x, place.y) is place
        assert drawn.at(place.x + place.radius + 4, place.y) is place
    assert drawn.at(AREA.left, AREA.top) is None


def test_of_dots_on_each_other_the_smaller_is_reached():
    drawn = lay_out(
        starts([(-5000.0, 40, 1.0), (-5000.1, 1, 0.999), (-5300.0, 1, 0.2)]), AREA, text_size
    )
    big, small = drawn.places[:2]
    assert abs(big.x - small.x) < big.radius
    assert drawn.at(small.x, small.y) is small


# ---- words ----------------------------------------------------------------------------------


def plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def test_an_optimum_is_told_in_words():
    text = plain(describe(FEW, 1))
    assert text == (
        "Another optimum, reached by 2 of 10 starts\n"
        "log-likelihood −5163.00: 12.3 below the best\n"
        "84 % agreement with the best (adjusted Rand)\n"
        "Click to open it"
    )
    best = describe(FEW, 0)
    assert best.startswith("The best optimum, reached by 7 of 10 starts")
    assert best.endswith("Shown now")
    assert describe(FEW, 2, by_keyboard=True).endswith("Press Enter to open it")
    assert "open" not in describe(FEW, 1, enabled=False)


def test_optima_of_a_sample_say_that_opening_goes_on():
    sampled = starts([(-5150.0, 2, 1.0), (-5160.0, 1, 0.5)], n_rows=100_000)
    text = describe(sampled, 1)
    assert "on a sample of 342 rows" in text
    assert text.endswith("EM goes on from there with all rows")


def test_where_there_is_nothing_to_choose_from_words_say_so():
    one = [(-5150.0, 10, 1.0)]
    assert "Press Fit" in instead(None)
    assert instead(FEW) == ""
    assert instead(starts(one)).startswith("All 10 starts agree")
    assert instead(starts(one, collapsed=2)).startswith("10 of 12 starts")
    assert "the others collapsed" in instead(starts([(-5150.0, 1, 1.0)], collapsed=2))
    assert "One start was made" in instead(starts([(-5150.0, 1, 1.0)]), 3)
    assert "One cluster" in instead(starts([(-5150.0, 1, 1.0)]), 1)
    assert "all 3 collapsed" in instead(starts([], collapsed=3))
    assert "the only one collapsed" in instead(starts([], collapsed=1))
    stopped = Starts((), 2, (), None, 342)
    assert "stopped" in instead(stopped)


def test_collapsed_starts_say_why_in_the_users_names():
    text = collapsed_reasons(
        starts([(-5150.0, 1, 1.0)], collapsed=5), ("width",), np.arange(10, 99)
    )
    assert text.count("“width”") >= 3
    assert "Try 50: " in text and "13, 14" in text
    assert text.endswith("… and 2 more")


def test_readers_hear_the_map():
    text = plain(summary(starts([(-5150.0, 3, 1.0), (-5160.0, 1, 0.5)], collapsed=1)))
    assert text == (
        "5 starts: 3 at −5150.00, 100 % agreement; 1 at −5160.00, 50 % agreement; 1 collapsed"
    )


# ---- the view -------------------------------------------------------------------------------


@pytest.fixture
def view(rig: Rig, show) -> ConvergenceView:
    return show(ConvergenceView(rig.session, rig.stage, rig.control), 352, 186)


def fitted(rig: Rig, view: ConvergenceView) -> None:
    """Fit so that the starts come to several optima, and turn to their map."""
    rig.session.apply(SetComponents(6))
    rig.session.apply(SetStart("random", 8))
    rig.fit(tries=8)
    view.ask_starts()
    view.grab()
    assert view.starts.map_now is not None


def at(place) -> QPoint:
    return QPoint(round(place.x), round(place.y))


def test_it_begins_with_the_iterations(view: ConvergenceView, qtbot):
    assert view.pages.currentWidget() is view.area
    assert view.switch.current() == ITERATIONS
    qtbot.mouseClick(view.switch.buttons()[1], Qt.MouseButton.LeftButton)
    assert view.pages.currentWidget() is view.starts
    assert view.switch.current() == STARTS
    assert "Press Fit" in view.starts.instead
    for button in view.switch.buttons():
        assert button.toolTip() and button.accessibleName()


def test_a_click_opens_an_optimum_but_not_the_one_shown(view: ConvergenceView, rig: Rig, qtbot):
    fitted(rig, view)
    places = view.starts.map_now.places
    qtbot.mouseClick(view.starts, Qt.MouseButton.LeftButton, pos=at(places[0]))
    assert not [call for call in rig.control.calls if call[0] == "open_optimum"]
    last = places[-1]
    qtbot.mouseClick(view.starts, Qt.MouseButton.LeftButton, pos=at(last))
    assert rig.control.calls[-1] == ("open_optimum", last.optimum.attempt)


def test_keys_walk_to_an_optimum_and_open_it(view: ConvergenceView, rig: Rig, qtbot, monkeypatch):
    told: list[str] = []
    monkeypatch.setattr(QToolTip, "showText", lambda place, text, *rest: told.append(text))
    fitted(rig, view)
    places = view.starts.map_now.places
    qtbot.keyClick(view.starts, Qt.Key.Key_Return)
    assert not [call for call in rig.control.calls if call[0] == "open_optimum"]
    qtbot.keyClick(view.starts, Qt.Key.Key_Left)
    assert told[-1].endswith("Press Enter to open it")
    qtbot.keyClick(view.starts, Qt.Key.Key_Return)
    assert rig.control.calls[-1] == ("open_optimum", places[1].optimum.attempt)
    qtbot.keyClick(view.starts, Qt.Key.Key_End)
    qtbot.keyClick(view.starts, Qt.Key.Key_Return)
    assert rig.control.calls[-1] == ("open_optimum", places[-1].optimum.attempt)
    qtbot.keyClick(view.starts, Qt.Key.Key_Home)
    assert told[-1].endswith("Shown now")


def test_hovering_tells(view: ConvergenceView, rig: Rig, qtbot, monkeypatch):
    told: list[str] = []
    monkeypatch.setattr(QToolTip, "showText", lambda place, text, *rest: told.append(text))
    fitted(rig, view)
    place = view.starts.map_now.places[1]
    qtbot.mouseMove(view.starts, at(place))
    assert told and told[-1].startswith("Another optimum")
    view.grab()


def test_while_a_run_is_under_way_nothing_can_be_opened(view: ConvergenceView, rig: Rig, qtbot):
    fitted(rig, view)
    rig.stage.put_run(RunInfo("sweeping"))
    place = view.starts.map_now.places[-1]
    rig.control.calls.clear()
    qtbot.mouseClick(view.starts, Qt.MouseButton.LeftButton, pos=at(place))
    assert rig.control.calls == []
    assert "open" not in view.starts.describe(place)
    view.grab()
    rig.stage.put_run(RunInfo())
    qtbot.mouseClick(view.starts, Qt.MouseButton.LeftButton, pos=at(place))
    assert rig.control.calls[-1][0] == "open_optimum"


def test_the_first_run_says_what_will_come(view: ConvergenceView, rig: Rig):
    rig.stage.put_run(RunInfo("fitting"))
    view.ask_starts()
    assert "when the run is done" in view.starts.instead
    view.grab()


def test_one_optimum_is_said_and_drawn(view: ConvergenceView, rig: Rig):
    rig.session.apply(SetComponents(1))
    rig.fit(n_components=1)
    view.ask_starts()
    view.grab()
    assert view.starts.map_now is None
    assert "One cluster has one optimum" in view.starts.accessibleDescription()


@pytest.mark.parametrize("look", ["light", "dark"])
def test_many_optima_and_collapses_are_drawn(view: ConvergenceView, rig: Rig, look, caplog):
    theme.choose(look)
    view.ask_starts()
    for seed in range(6):
        made = many(seed)
        view.starts.show_starts(made, "why", instead(made), can_open=seed % 2 == 0)
        for width, height in ((352, 186), (210, 120), (900, 400)):
            view.resize(width, height)
            view.grab()
    theme.set_zoom(1.6)
    view.grab()
    assert not caplog.records


@pytest.mark.parametrize("zoom", [1.0, 1.5])
def test_nothing_that_means_something_is_cut_from_the_heading(view: ConvergenceView, zoom: float):
    theme.set_zoom(zoom)
    said = []
    for width in range(round(700 * zoom), 199, -10):
        view.resize(width, 186)
        said.append(view._sense.text())
        whole_parts(view, view._heading)
    assert list(dict.fromkeys(said))[:3] == [
        "– log-likelihood, higher is better",
        "– log-likelihood",
        "↑ better",
    ]


def test_a_new_fit_hides_the_old_map_but_opening_keeps_it(view: ConvergenceView, rig: Rig, qtbot):
    fitted(rig, view)
    rig.stage.put_run(RunInfo("fitting"))
    assert view.starts.map_now is None and "when the run is done" in view.starts.instead
    rig.stage.put_run(RunInfo())
    assert view.starts.map_now is not None
    place = view.starts.map_now.places[-1]
    qtbot.mouseClick(view.starts, Qt.MouseButton.LeftButton, pos=at(place))
    rig.stage.put_run(RunInfo("fitting"))
    assert view.starts.map_now is not None
    view.grab()
    rig.stage.put_run(RunInfo())
    rig.stage.put_run(RunInfo("fitting"))
    assert view.starts.map_now is None


@pytest.mark.parametrize("seed", range(40))
def test_words_stand_at_their_own_dot(seed):
    made = many(seed)
    for place in lay_out(made, AREA, text_size).places:
        box = place.box
        if box is not None:
            dx = max(box.left - place.x, 0.0, place.x - box.right)
            dy = max(box.top - place.y, 0.0, place.y - box.bottom)
            assert np.hypot(dx, dy) <= place.radius + 12.0
