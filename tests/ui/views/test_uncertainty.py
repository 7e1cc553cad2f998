"""Uncertainty: its colours are those of 1 − max probability, its list is the rows below 0.8."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from kinds_of_sight import SIGHTS, linear
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from scipy.stats import multivariate_normal
from views_rig import Rig, table_of

from gmmstudio.document.between import between
from gmmstudio.document.commands import ExcludeRows
from gmmstudio.table.preparation import prepare
from gmmstudio.ui import theme
from gmmstudio.ui.views.points.colouring import LEVELS
from gmmstudio.ui.views.scatter.view import ScatterView
from gmmstudio.ui.views.uncertainty.colours import most, scale, uncertainty_colouring
from gmmstudio.ui.views.uncertainty.view import UncertaintyView


def light_of(colour) -> np.ndarray:
    """Linear RGB of colours in 0 to 255."""
    return linear(np.asarray(colour, float) / 255)


def luminance(light: np.ndarray) -> np.ndarray:
    return np.clip(light, 0, 1) @ np.array([0.2126, 0.7152, 0.0722])


def scipy_responsibilities(x, parameters) -> np.ndarray:
    joint = np.column_stack(
        [
            w * multivariate_normal(m, c).pdf(x)
            for w, m, c in zip(
                parameters.weights, parameters.means, parameters.covariances, strict=True
            )
        ]
    )
    return joint / joint.sum(axis=1, keepdims=True)


@pytest.fixture
def views(rig: Rig, show, qtbot):
    """The view beside a scatter that nobody sees."""
    scatter = ScatterView(rig.session, rig.stage)
    qtbot.addWidget(scatter)
    view = UncertaintyView(rig.session, rig.stage, scatter)
    show(view, 702, 335)
    yield view, scatter
    scatter.shutdown()


def found(view: UncertaintyView, qtbot):
    qtbot.waitUntil(lambda: view.panel.found is not None, timeout=5000)
    return view.panel.found


# ---- the colours ---------------------------------------------------------------------------


@pytest.mark.parametrize("sight", SIGHTS)
@pytest.mark.parametrize("dark", [False, True])
def test_the_scale_changes_in_lightness_alone_for_every_kind_of_sight(sight, dark):
    seen = luminance(light_of(scale(LEVELS, dark)) @ SIGHTS[sight].T)
    steps = np.diff(seen)
    assert (steps > 0).all() if dark else (steps < 0).all()


@pytest.mark.parametrize("dark", [False, True])
def test_what_is_certain_is_quiet_and_what_is_not_stands_out(dark):
    ground = luminance(light_of((0x1A, 0x1D, 0x22) if dark else (255, 255, 255)))
    ends = luminance(light_of([scale(LEVELS, dark)[0], scale(LEVELS, dark)[-1]]))
    high, low = np.maximum(ends, ground) + 0.05, np.minimum(ends, ground) + 0.05
    certain, uncertain = high / low
    assert 1.5 < certain < 3  # seen, but no more than that
    assert uncertain > 7


def test_a_row_has_the_colour_of_one_minus_its_largest_probability(rig):
    rig.fit(n_components=3)
    shown, document = rig.stage.shown, rig.document
    sample = prepare(document.table, document.preparation)
    u = 1 - scipy_responsibilities(sample.x, shown.parameters).max(axis=1)
    np.testing.assert_allclose(1 - rig.stage.assignment.max_probability, u, atol=1e-9)
    words = uncertainty_colouring(shown)[0].colours(sample.rows, None, document.table.n_rows)
    got = np.column_stack([words >> 16 & 255, words >> 8 & 255, words & 255])
    fine = np.array(scale(1001, theme.current().dark), float)
    wanted = fine[np.rint(1000 * u / most(3)).astype(int)]
    step = abs(np.diff(np.array(scale(LEVELS, theme.current().dark), float), axis=0)).max()
    assert abs(got - wanted).max() <= 0.55 * step + 1  # half a step of the sixteen
    assert len(np.unique(words)) > 5


def test_the_least_certain_row_is_drawn_last(views, rig):
    view, _ = views
    rig.fit(n_components=3)
    points = view.plot.cloud._points
    p = rig.stage.shown.max_probability[points.rows]
    fitted = rig.stage.shown.labels[points.rows] >= 0
    assert (np.diff(np.round(255 * p[fitted].astype(float))) <= 0).all()
    assert set(points.rows) == set(view.plot.drawing.points.rows)
    at = np.argsort(points.rows)
    back = points.x_frame.centre + points.x_frame.scale * points.x[at].astype(float)
    np.testing.assert_allclose(back, points.x_values[points.rows[at]], rtol=1e-5)


def test_one_cluster_leaves_no_doubt(views, rig):
    view, _ = views
    rig.fit(n_components=1)
    rows = rig.stage.assignment.rows
    colouring, _ = uncertainty_colouring(rig.stage.shown)
    colours = colouring.colours(rows, None, rig.document.table.n_rows)
    assert len(np.unique(colours)) == 1
    assert not view.panel.scale.isVisible() and not view.panel.list.isVisible()


# ---- the list ------------------------------------------------------------------------------


def test_the_list_is_the_rows_below_four_fifths_the_least_certain_first(views, rig, qtbot):
    view, _ = views
    rig.fit(n_components=4)
    sample = prepare(rig.document.table, rig.document.preparation)
    r = scipy_responsibilities(sample.x, rig.document.record.fit.parameters)
    largest = r.max(axis=1)
    listed = found(view, qtbot)
    assert set(listed.rows) == set(sample.rows[largest < 0.8]) and len(listed.rows) > 3
    u = dict(zip(sample.rows, 1 - largest, strict=True))
    assert (np.diff([u[row] for row in listed.rows]) <= 1e-12).all()
    two = np.argsort(-r, axis=1)[:, :2]
    at = {row: place for place, row in enumerate(sample.rows)}
    for place, row in enumerate(listed.rows):
        assert listed.components[place].tolist() == two[at[row]].tolist()
        np.testing.assert_allclose(listed.probabilities[place], r[at[row], two[at[row]]], atol=1e-9)
    model = view.panel.list.model_
    assert model.rowCount() == len(listed.rows)
    assert model.index(0, 0).data() == str(listed.rows[0] + 1)
    letters = [
        theme.cluster_letter(rig.document.record.identities[c]) for c in two[at[listed.rows[0]]]
    ]
    assert [part[0] for part in model.index(0, 1).data().split(" · ")] == letters
    assert view.panel.sentence == f"{len(listed.rows)} of 342 rows sit between clusters."


def test_a_long_list_is_cut_but_all_rows_are_known(rig):
    rig.fit(n_components=4)
    whole = between(rig.stage.assignment, rig.document.record.fit.parameters)
    cut = between(rig.stage.assignment, rig.document.record.fit.parameters, 2)
    assert cut.n_listed == 2 and cut.rows.tolist() == whole.rows.tolist()
    np.testing.assert_array_equal(cut.probabilities, whole.probabilities[:2])


def test_a_probability_below_the_line_is_not_rounded_onto_it(views, rig, qtbot):
    view, _ = views
    rig.fit(n_components=4)
    listed = found(view, qtbot)
    for place in range(listed.n_listed):
        words = view.panel.list.model_.pair(place)[0][1]
        assert float(words.split("\u00a0")[0]) < 80


def test_long_row_numbers_leave_room_for_both_probabilities(views, rig, qtbot):
    view, _ = views
    rig.fit(n_components=4)
    listed, held = view.panel.list, found(view, qtbot)
    assert not listed.isColumnHidden(2)
    listed.show_rows(replace(held, rows=held.rows + 10_000_000), rig.document.record.identities)
    assert listed.isColumnHidden(2)  # it says what the first probability says
    assert listed.columnWidth(0) + listed.columnWidth(1) <= listed.viewport().width() + 1


def test_click_and_keys_select_in_all_views(views, rig, qtbot):
    view, _ = views
    rig.fit(n_components=4)
    rows = found(view, qtbot).rows
    QApplication.processEvents()
    listed, selection = view.panel.list, rig.stage.selection

    def click(place, modifier=Qt.KeyboardModifier.NoModifier):
        middle = listed.visualRect(listed.model_.index(place, 1)).center()
        QTest.mouseClick(listed.viewport(), Qt.MouseButton.LeftButton, modifier, middle)

    click(0)
    assert selection.rows.tolist() == [rows[0]]
    click(1, Qt.KeyboardModifier.ShiftModifier)
    assert selection.rows.tolist() == sorted(rows[:2])
    click(0, Qt.KeyboardModifier.ControlModifier)
    assert selection.rows.tolist() == [rows[1]]
    listed.setFocus()
    QTest.keyClick(listed, Qt.Key.Key_Home)
    QTest.keyClick(listed, Qt.Key.Key_Down)
    assert selection.rows.tolist() == [rows[1]]
    QTest.keyClick(listed, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert selection.rows.tolist() == sorted(rows[1:3])
    QTest.mouseClick(view.panel._all, Qt.MouseButton.LeftButton)
    assert selection.rows.tolist() == sorted(rows) and selection.words == "Between clusters"
    selection.choose(np.array([rows[-1]]))
    assert listed.currentIndex().row() == len(rows) - 1  # whoever selected it


def test_the_list_rests_while_a_fit_runs(views, rig, qtbot):
    view, _ = views
    rig.fit(n_components=3)
    found(view, qtbot)
    rig.show(iteration=2, live=True)
    assert "when it rests" in view.panel.sentence and not view.panel.list.isVisible()
    rig.show(iteration=2)
    assert "finished fit" in view.panel.sentence and view.panel.list.isVisible()
    rig.show()
    assert "finished" not in view.panel.sentence


# ---- awake and asleep, and what can go wrong ------------------------------------------------


def test_nothing_is_done_while_nobody_looks(views, rig, monkeypatch):
    view, _ = views
    view.hide()
    monkeypatch.setattr(view, "refresh", lambda: pytest.fail("it worked while hidden"))
    rig.fit(n_components=3)
    rig.show(iteration=1)
    rig.stage.selection.choose(np.array([3]))
    rig.session.apply(ExcludeRows((1, 2)))
    monkeypatch.undo()
    view.show()
    assert view.panel.scale.isVisible()


def test_it_shows_the_plane_of_the_scatter(views, rig):
    from gmmstudio.ui.views.planes.scatter_axes import Axes

    view, scatter = views
    rig.fit(n_components=3)
    a, b = rig.document.preparation.columns[:2]
    for axes in (Axes(b, a), Axes(a, None)):
        scatter.choose(axes)
        view.grab()
        assert view.plot.drawing is scatter.drawing and view.plot.home == scatter.plot.home
    assert view.plot.ellipses.shapes == ()
    scatter.choose(Axes(a, b))
    assert len(view.plot.ellipses.shapes) == 3


TEXTS = {
    "one value": "a,b\n" + "1,2\n" * 12,
    "huge": "a,b\n" + "".join(f"{x}e300,{y}e300\n" for x, y in [(1, -1), (-1, 1), (0, 0)] * 4),
    "no numbers": "a,b\nx,y\nz,w\n",
    "one column": "a\n" + "".join(f"{x / 7}\n" for x in range(30)),
    "zeros and ones": "a,b\n" + "0,1\n1,0\n1,1\n0,0\n" * 6,
    "sixty columns": ",".join(f"c{j}" for j in range(60)) + "\n" + "".join(
        ",".join(str((i * j) % 7 + i / 3) for j in range(60)) + "\n" for i in range(20)
    ),
}  # fmt: skip


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_odd_tables_give_a_picture_or_a_sentence(views, rig, text, caplog):
    view, _ = views
    rig.stage.put_shown(None)
    rig.stage.put_assignment(None)
    rig.open(table_of(text))
    view.grab()
    n_rows = rig.document.table.n_rows
    rig.session.apply(ExcludeRows(tuple(range(n_rows))))
    view.grab()
    assert view.panel._meaning.text() and not caplog.records


def test_fifty_clusters(views, rig, qtbot, caplog):
    view, _ = views
    rig.fit(n_components=50, structure="EII", tries=1, max_iter=20)
    found(view, qtbot)
    view.grab()
    assert view.panel.scale.marks[-1] == pytest.approx(0.98) and not caplog.records


def test_look_and_text_size_are_followed(views, rig, qtbot):
    view, _ = views
    rig.fit(n_components=3)
    found(view, qtbot)
    light = view.plot.cloud._colouring.palette.copy()
    theme.choose("dark")
    assert not np.array_equal(light, view.plot.cloud._colouring.palette)
    before = view.panel.sizeHint().width()
    theme.set_zoom(1.5)
    assert view.panel.sizeHint().width() > before


def test_everything_has_a_name(views):
    view, _ = views
    for widget in (view.plot, view.panel.list, view.panel.scale):
        assert widget.accessibleName()
