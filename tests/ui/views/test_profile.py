"""The profile: its lines are the components, its unit is all rows, its clicks select clusters."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from sklearn.preprocessing import StandardScaler
from views_rig import Rig, table_of

from gmmstudio.document.commands import OpenTable, RenameCluster
from gmmstudio.mixture.parameters import Parameters
from gmmstudio.report.label_placing import spread
from gmmstudio.table.preparation import Preparation, prepare
from gmmstudio.ui import theme
from gmmstudio.ui.views.profile import view as profile_module
from gmmstudio.ui.views.profile.drawing import badge_grid
from gmmstudio.ui.views.profile.values import (
    average,
    moments,
    profile,
    rows_of,
    separation,
)
from gmmstudio.ui.views.profile.view import FAULT, NOTHING, ORDERS, ProfileView


@pytest.fixture
def view(rig: Rig, show, qtbot) -> ProfileView:
    return shown(rig, show, qtbot)


def shown(rig: Rig, show, qtbot, **spec) -> ProfileView:
    rig.fit(**spec)
    return ready(show(ProfileView(rig.session, rig.stage, rig.control), 704, 330), qtbot)


def ready(view: ProfileView, qtbot) -> ProfileView:
    qtbot.waitUntil(lambda: not view._beside.waits)
    view.grab()
    return view


def wide_table(n_columns: int, n_rows: int = 90):
    random = np.random.default_rng(3)
    names = [f"measure_{i}" for i in range(n_columns)]
    centres = random.normal(0, 4, (3, n_columns))
    x = random.normal(size=(n_rows, n_columns)) + centres[np.arange(n_rows) % 3]
    lines = [",".join(f"{value:.3f}" for value in row) for row in x]
    return table_of("\n".join([",".join(names), *lines]) + "\n")


def mark(view: ProfileView, k: int, column: int) -> QPointF:
    """Where the mark of a cluster in a column lies."""
    rect, lines = view.area.plot_rect(), view.area.lines
    y = float(view.area.y_of(lines.means[k, column], rect))
    return QPointF(view.area.x_of(column, rect), y)


# ---- the numbers -------------------------------------------------------------------------------


def test_the_unit_is_the_standard_deviation_of_all_fitted_rows(penguins, rig: Rig):
    sample = prepare(penguins, rig.document.preparation)
    found = moments(sample)
    judge = StandardScaler().fit(sample.x)
    np.testing.assert_allclose(found.mean, judge.mean_, rtol=1e-12)
    np.testing.assert_allclose(found.deviation, judge.scale_, rtol=1e-12)


def test_rows_count_by_their_weights():
    table = table_of("a,b,w\n1,2,1\n3,5,2\n4,1,3\n")
    weighted = moments(prepare(table, Preparation((0, 1), weights=2, weights_as="counts")))
    repeated = np.repeat([[1.0, 2], [3, 5], [4, 1]], [1, 2, 3], axis=0)
    np.testing.assert_allclose(weighted.mean, repeated.mean(axis=0))
    np.testing.assert_allclose(weighted.deviation, repeated.std(axis=0))


def test_large_numbers_do_not_overflow():
    table = table_of("a,b\n1e152,1\n-1e152,2\n3e152,4\n")
    found = moments(prepare(table, Preparation((0, 1))))
    x = np.array([1.0, -1, 3])
    assert found.deviation[0] / 1e152 == pytest.approx(x.std())


def test_lines_are_the_standardised_components(view: ProfileView, rig: Rig, penguins):
    parameters = rig.document.record.fit.parameters
    judge = StandardScaler().fit(prepare(penguins, rig.document.preparation).x)
    letters = np.argsort(rig.stage.shown.identities)
    lines = view.area.lines
    np.testing.assert_allclose(lines.means, judge.transform(parameters.means)[letters])
    deviations = np.sqrt(np.diagonal(parameters.covariances, axis1=1, axis2=2))
    np.testing.assert_allclose(lines.deviations, (deviations / judge.scale_)[letters])
    assert lines.identities == (0, 1, 2)
    assert lines.low <= (lines.means - lines.deviations).min()
    assert lines.high >= (lines.means + lines.deviations).max()


def test_weighted_means_of_a_converged_fit_lie_on_the_average(view: ProfileView, rig: Rig):
    weights = rig.document.record.fit.parameters.weights
    found = profile(rig.document.record.fit.parameters, view._known[1].of_all)
    np.testing.assert_allclose(weights @ found.means, 0.0, atol=1e-6)  # as EM's M-step has it


def test_separation_is_the_share_of_variance_between_components():
    random = np.random.default_rng(5)
    labels = random.integers(0, 3, 3000)
    x = np.column_stack([labels * 9.0, random.normal(size=3000), labels * 0.5]) + random.normal(
        size=(3000, 3)
    )
    table = table_of("a,b,c\n" + "\n".join(",".join(map(str, row)) for row in x.tolist()) + "\n")
    sample = prepare(table, Preparation((0, 1, 2)))
    groups = [x[labels == k] for k in range(3)]
    parameters = Parameters.trusted(
        np.array([len(group) / 3000 for group in groups]),
        np.array([group.mean(axis=0) for group in groups]),
        np.array([np.cov(group.T, ddof=0) for group in groups]),
    )
    between = sum(len(group) * (group.mean(axis=0) - x.mean(axis=0)) ** 2 for group in groups) / (
        3000 * x.var(axis=0)
    )
    np.testing.assert_allclose(separation(parameters, moments(sample)), between, rtol=1e-9)


@given(
    wanted=st.lists(st.floats(-50, 350), min_size=1, max_size=30),
    gap=st.floats(1, 30),
)
def test_badges_keep_apart_and_in_order(wanted: list[float], gap: float):
    places = np.array(spread(wanted, gap, 0.0, 300.0))
    order = np.argsort(wanted, kind="stable")
    steps = np.diff(places[order])
    least = min(gap, 300 / max(len(wanted) - 1, 1))
    assert (steps >= least - 1e-6).all()
    assert places.min() >= -1e-6 and places.max() <= 300 + 1e-6
    inside = np.clip(wanted, 0, 300)
    if (np.diff(np.sort(inside)) >= gap).all():
        np.testing.assert_allclose(places, inside, atol=1e-6)  # nobody moves without need


@given(n=st.integers(1, 60), height=st.floats(30, 500))
def test_badges_in_a_grid_never_overlap(n: int, height: float):
    places = badge_grid(n, QRectF(0, 0, 200, height), 20.0)
    assert len({(place.x(), place.y()) for place in places}) == n == len(places)
    assert all(place.y() <= max(height, 20) for place in places)


# ---- following ---------------------------------------------------------------------------------


def test_it_follows_every_frame(view: ProfileView, rig: Rig):
    for number in (0, 2, None):
        frame = rig.show(iteration=number)
        letters = np.argsort(frame.identities)
        expected = profile(frame.parameters, view._known[1].of_all).means[letters]
        np.testing.assert_array_equal(view.area.lines.means, expected)


def test_hidden_it_does_nothing(view: ProfileView, rig: Rig, monkeypatch):
    view.hide()
    calls = []

    def noted(*arguments):
        calls.append(arguments)
        return profile(*arguments)

    monkeypatch.setattr(profile_module, "profile", noted)
    number = view._beside._number
    frame = rig.show(iteration=0)
    rig.stage.selection.choose(np.array([1, 2]))
    rig.stage.selection.clear()
    assert not calls and view._beside._number == number
    view.show()
    assert len(calls) == 1
    assert view.area.lines.words[0][0].startswith("Cluster A, bill_length_mm")
    assert frame is rig.stage.shown


def test_before_a_fit_it_says_what_to_do(rig: Rig, show, qtbot):
    view = show(ProfileView(rig.session, rig.stage, rig.control))
    assert view.area.message == NOTHING and view.area.lines is None
    view.area.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(view.area, Qt.Key.Key_Right)
    qtbot.mouseClick(view.area, Qt.MouseButton.LeftButton)
    assert rig.stage.selection.mask is None


# ---- pointing and choosing ---------------------------------------------------------------------


def test_where_nothing_can_be_fitted_it_does_not_ask_for_a_fit(view: ProfileView, rig: Rig):
    rig.open(table_of("who,what\nann,tea\nbob,milk\n"))
    assert view.area.message == "No column of numbers to fit."


def test_pointing_names_cluster_column_and_values(view: ProfileView, rig: Rig, qtbot):
    qtbot.mouseMove(view.area, mark(view, 1, 2).toPoint())
    assert view.area.at == (1, 2)
    words = view.note.text()
    assert words.startswith("Cluster B, flipper_length_mm: 217.2 ± 6.5 · ")
    assert words.endswith("s.d. above average")
    qtbot.mouseMove(view.area, QPoint(2, 2))
    assert view.area.at is None and "standard deviations" in view.note.text()


@pytest.mark.parametrize("by_badge", [False, True])
def test_a_click_selects_the_clusters_rows(view: ProfileView, rig: Rig, qtbot, by_badge: bool):
    for k, identity in enumerate(view.area.lines.identities):
        component = rig.stage.shown.identities.index(identity)
        spot = mark(view, k, 0)
        if by_badge:
            spot = view.area.badge_places(view.area.plot_rect())[k]
        qtbot.mouseClick(view.area, Qt.MouseButton.LeftButton, pos=spot.toPoint())
        np.testing.assert_array_equal(
            rig.stage.selection.rows, np.flatnonzero(rig.stage.shown.labels == component)
        )
        assert rig.stage.selection.words == f"Cluster {'ABC'[k]}"
    ready(view, qtbot)


def test_modifier_keys_join_clusters(view: ProfileView, rig: Rig, qtbot):
    left = Qt.MouseButton.LeftButton
    qtbot.mouseClick(view.area, left, pos=mark(view, 0, 0).toPoint())
    n = rig.stage.selection.n
    shift, control = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
    qtbot.mouseClick(view.area, left, shift, pos=mark(view, 1, 0).toPoint())
    assert rig.stage.selection.n > n
    qtbot.mouseClick(view.area, left, control, pos=mark(view, 1, 0).toPoint())
    assert rig.stage.selection.n == n
    ready(view, qtbot)


def test_the_keyboard_walks_clusters_and_columns(view: ProfileView, rig: Rig, qtbot):
    view.area.setFocus(Qt.FocusReason.TabFocusReason)
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Down):
        qtbot.keyClick(view.area, key)
    assert view.area.at == (1, 1)
    assert view.area.accessibleDescription().startswith("Cluster B, bill_depth_mm")
    qtbot.keyClick(view.area, Qt.Key.Key_Return)
    assert rig.stage.selection.words == "Cluster B"
    ready(view, qtbot)
    qtbot.keyClick(view.area, Qt.Key.Key_Escape)
    assert view.area.at is None


def test_rows_of_a_frame_for_some_rows_are_those_rows(rig: Rig):
    rig.fit()
    rows = np.array([40, 3, 200, 7])
    frame = rig.show(rows=rows, live=True)
    for component in range(3):
        assert set(rows_of(frame, component)) == set(rows[frame.labels == component])


def test_selected_rows_have_a_line_of_their_own(view: ProfileView, rig: Rig, penguins, qtbot):
    assert view.area.lines.selected is None
    rows = np.array([0, 3, 10, 20])  # row 3 lacks its values
    rig.stage.selection.choose(rows)
    ready(view, qtbot)
    sample = prepare(penguins, rig.document.preparation)
    chosen = np.isin(sample.rows, rows)
    expected = StandardScaler().fit(sample.x).transform(sample.x[chosen]).mean(axis=0)
    np.testing.assert_allclose(view.area.lines.selected, expected)
    np.testing.assert_allclose(average(sample, chosen), sample.x[chosen].mean(axis=0))
    assert view.note.text().startswith("Dashed: mean of 3 selected rows")
    rig.stage.selection.clear()
    ready(view, qtbot)
    assert view.area.lines.selected is None


def test_only_rows_outside_the_fit_selected_have_no_line(view: ProfileView, rig: Rig, qtbot):
    rig.stage.selection.choose(np.array([3]))
    ready(view, qtbot)
    assert view.area.lines.selected is None


def test_a_new_name_is_used(view: ProfileView, rig: Rig):
    rig.session.apply(RenameCluster(1, "Gentoo"))
    assert view.area.lines.words[1][0].startswith("Gentoo, ")


# ---- order and pages ---------------------------------------------------------------------------


def test_the_columns_that_separate_most_can_come_first(view: ProfileView, rig: Rig):
    assert view.area.lines.columns == rig.stage.shown.column_names
    (choice,) = view.choices
    choice.pick(ORDERS[1])
    worth = separation(rig.stage.shown.parameters, view._known[1].of_all)
    names = rig.stage.shown.column_names
    assert view.area.lines.columns == tuple(names[j] for j in np.argsort(-worth))
    view.choices[0].pick(ORDERS[0])
    assert view.area.lines.columns == names


def test_a_live_fit_keeps_the_order(view: ProfileView, rig: Rig):
    view.choices[0].pick(ORDERS[1])
    before = view.area.lines.columns
    rig.show(iteration=0, live=True)
    assert view.area.lines.columns == before


def test_sixty_columns_are_paged_each_once(rig: Rig, show, qtbot):
    rig.open(wide_table(60))
    view = shown(rig, show, qtbot, structure="EII")
    seen: list[str] = []
    for _ in view._blocks:
        seen += view.area.lines.columns
        qtbot.mouseClick(view.pager.forward, Qt.MouseButton.LeftButton)
        view.grab()
    assert seen == list(rig.stage.shown.column_names)
    view.area._point((0, 0))
    qtbot.keyClick(view.area, Qt.Key.Key_Left)
    assert view.pager.current == len(view._blocks) - 2
    assert view.area.at == (0, len(view.area.lines.columns) - 1)
    low = view.area.lines.low
    qtbot.keyClick(view.area, Qt.Key.Key_PageUp)
    assert view.area.lines.low == low  # one range for all pages


# ---- what can go wrong -------------------------------------------------------------------------


def test_fifty_clusters_each_have_a_badge_inside(rig: Rig, show, qtbot, caplog):
    view = shown(rig, show, qtbot, n_components=50, structure="VII", tries=1)
    places = view.area.badge_places(view.area.plot_rect())
    assert len(places) == 50 and all(view.area.rect().contains(p.toPoint()) for p in places)
    assert view.area.plot_rect().width() > 300
    qtbot.mouseMove(view.area, places[17].toPoint())
    assert view.area.at is not None and view.area.at[0] == 17
    view.grab()
    assert not caplog.records


@pytest.mark.parametrize(
    "text",
    [
        "a,b\n" + "0,1\n1,0\n1,1\n" * 30,
        "a\n" + "\n".join(str(i % 7 + 20 * (i % 2)) for i in range(60)) + "\n",
        "a,b\n" + "\n".join(f"{(i % 2) * 1e150 + i},{i % 3}" for i in range(40)) + "\n",
    ],
)
def test_odd_tables_have_a_profile(text: str, rig: Rig, show, qtbot, caplog):
    rig.open(table_of(text))
    view = shown(rig, show, qtbot, n_components=2, structure="VVI" if "," in text else "V")
    assert view.area.lines is not None and np.isfinite(view.area.lines.means).all()
    assert not caplog.records


def test_a_fault_is_said_and_stays_said(rig: Rig, show, qtbot, monkeypatch, caplog):
    def broken(*_arguments):
        raise ZeroDivisionError

    monkeypatch.setattr(profile_module, "moments", broken)
    view = shown(rig, show, qtbot)
    assert view.area.message == FAULT
    rig.show(iteration=0)
    assert view.area.message == FAULT
    caplog.clear()


def test_another_table_leaves_no_old_line(view: ProfileView, rig: Rig):
    rig.session.apply(OpenTable(wide_table(3)))
    assert view.area.lines is None and view.area.message == NOTHING


def test_it_is_drawn_in_dark_and_with_large_text(view: ProfileView, qtbot, caplog):
    theme.choose("dark")
    theme.set_zoom(1.5)
    ready(view, qtbot)
    rect = view.area.plot_rect()
    assert rect.width() > 300 and rect.height() > 120
    assert not caplog.records
