"""Hands on the model in the real window: mouse and keys, EM from there, figures, undo."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from scipy.stats import multivariate_normal

from gmmstudio.document.commands import (
    OpenTable,
    SetComponents,
    SetStopping,
    SetStructure,
    SetWeights,
    ShowFit,
)
from gmmstudio.mixture.structures import STRUCTURES
from gmmstudio.report import formats
from gmmstudio.table.preparation import prepare
from gmmstudio.table.reading import read_text
from gmmstudio.ui import placing
from gmmstudio.ui.hand_figures import change_words
from gmmstudio.ui.placing import log_likelihood
from gmmstudio.ui.views.hands.handles import MEAN, Handle, half_axes, rates
from gmmstudio.ui.views.hands.tool import ADJUST, handle_words
from gmmstudio.ui.views.planes.scatter_axes import Axes

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")

LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
NONE = Qt.KeyboardModifier.NoModifier


class Hand:
    """The window with a fit and the tool in hand."""

    def __init__(self, window, until) -> None:
        self.window, self.until = window, until
        self.view = window.workspace.hands
        self.hands, self.tool, self.bar = self.view.hands, self.view.tool, self.view.bar
        self.scatter, self.session, self.stage = (
            window.workspace.scatter,
            window.session,
            window.stage,
        )
        self.viewport = self.scatter.plot.viewport()

    def open(self, table, *commands) -> None:
        self.session.apply(OpenTable(table))
        for command in commands:
            self.session.apply(command)
        self.window.control.fit()
        self.settle()
        self.scatter.tools.take(ADJUST)
        QTest.qWait(20)  # the bar finds its place
        self.until(lambda: self.scatter.cloud.winners is not None, 20)

    def settle(self) -> None:
        """Wait until EM and the picture have come to rest."""
        scene = self.window.control._scene
        self.until(
            lambda: (
                not self.window.control.is_running
                and not scene.busy
                and self.stage.assignment is not None
                and not self.hands._rest.isActive()
            )
        )

    @property
    def draft(self):
        return self.session.document.draft

    @property
    def record(self):
        return self.session.document.record

    def spot(self, place) -> QPoint:
        box = self.scatter.plot.box
        return self.scatter.plot.mapFromScene(box.mapToScene(QPointF(*place)))

    def at(self, identity: int, end: int = MEAN) -> QPoint:
        component = self.tool.handles.component(identity)
        return self.spot(self.tool.handles.place(Handle(component, end)))

    def move(self, to: QPoint, keys=NONE) -> None:
        event = QMouseEvent(
            QEvent.Type.MouseMove,
            QPointF(to),
            QPointF(self.viewport.mapToGlobal(to)),
            Qt.MouseButton.NoButton,
            LEFT,
            keys,
        )
        QApplication.sendEvent(self.viewport, event)

    def drag(self, spot: QPoint, by: tuple[int, int], keys=NONE, *, release: bool = True) -> None:
        QTest.mousePress(self.viewport, LEFT, keys, spot)
        for step in (1, 2, 3):
            QTest.qWait(12)  # pyqtgraph looks at the mouse a hundred times a second
            self.move(spot + QPoint(*by) * step / 3, keys)
        if release:
            QTest.mouseRelease(self.viewport, LEFT, keys, spot + QPoint(*by))

    def key(self, key: Qt.Key, keys=NONE) -> None:
        QApplication.sendEvent(self.scatter.plot, QKeyEvent(QEvent.Type.KeyPress, key, keys))


@pytest.fixture
def hand(window, until, table):
    made = Hand(window, until)
    made.open(table)
    return made


def scipy_log_likelihood(x, parameters, weights=None) -> float:
    density = sum(
        w * multivariate_normal(m, s).pdf(x)
        for w, m, s in zip(
            parameters.weights, parameters.means, parameters.covariances, strict=True
        )
    )
    return float((np.log(density) * (1 if weights is None else weights)).sum())


def test_a_mean_dragged_by_pixels_moves_by_exactly_as_much(hand) -> None:
    hand.hands.set_goes_on_alone(False)
    before, rate = hand.record.fit.parameters, rates(hand.scatter.plot.box)
    identity = hand.record.identities[1]
    hand.drag(hand.at(identity), (60, -40))
    after = hand.draft.parameters
    np.testing.assert_allclose(after.means[1] - before.means[1], np.array([60, -40]) / rate)
    assert np.array_equal(np.delete(after.means, 1, 0), np.delete(before.means, 1, 0))
    assert np.array_equal(after.covariances, before.covariances)
    assert hand.draft.fit is None and hand.draft.identities == hand.record.identities
    assert hand.session.undo_label.startswith("Move cluster")
    assert "as you placed it" in hand.bar.words.text()


def test_the_gain_is_what_scipy_and_the_formula_say(hand) -> None:
    record = hand.record
    x = prepare(hand.session.document.table, record.preparation).x
    hand.hands.split(0)
    hand.settle()
    draft, gain = hand.draft, hand.hands.gain
    assert draft.fit.converged and draft.fit.n_components == 4
    here, before = (
        scipy_log_likelihood(x, of) for of in (draft.fit.parameters, record.fit.parameters)
    )
    assert gain.log_likelihood == pytest.approx(here - before, abs=1e-6)
    free = 4 * 2 + 4 * 3 + 3 - (3 * 2 + 3 * 3 + 2)
    assert gain.bic == pytest.approx(-2 * (here - before) + free * np.log(len(x)), abs=1e-6)
    words = hand.bar.figures["log-likelihood"].text()
    assert f"+{formats.fixed(gain.log_likelihood)} better" in words
    assert "worse" in hand.bar.figures["BIC"].text()
    assert hand.stage.shown.log_likelihood == pytest.approx(here)


def test_a_mean_put_elsewhere_climbs_on_live_and_is_kept(hand) -> None:
    control = hand.window.control
    control.replay_after_fit = True  # EM of few rows is over before it can be looked at
    seen = []
    hand.stage.shown_changed.connect(lambda: seen.append(hand.stage.shown))
    base = hand.record
    hand.drag(hand.at(0), (120, 30))
    hand.settle()
    assert {shown.by_hand for shown in seen if shown is not None} == {True}
    hand.until(lambda: not control.is_playing and hand.stage.shown.iteration > 0)
    numbers = [shown.iteration for shown in seen if shown is not None]
    assert numbers[-1] == hand.draft.fit.n_iterations and len(set(numbers)) > 3
    assert not control.is_running
    control.replay_after_fit = False
    assert hand.draft.fit.ended == "converged"
    assert hand.record is base
    assert hand.bar.keep.isEnabled()
    hand.bar.keep.click()
    hand.settle()
    kept = hand.record
    assert hand.draft is None and kept is not base and kept.identities == base.identities
    assert not hand.session.document.is_out_of_date(kept)
    assert hand.stage.shown.final
    # The same start gives the same fit, by the button that anybody would press.
    control.fit()
    hand.settle()
    again = hand.record
    assert again is not kept
    assert again.fit.log_likelihood == kept.fit.log_likelihood
    assert again.identities == kept.identities


def test_the_plot_never_jumps_under_the_hand(hand) -> None:
    place = hand.scatter.plot.geometry()
    hand.drag(hand.at(0), (120, 30), release=False)
    hand.until(lambda: hand.stage.shown.by_hand)
    assert hand.scatter.plot.geometry() == place
    hand.hands.release()
    hand.settle()
    QTest.qWait(20)
    assert hand.scatter.plot.geometry() == place
    hand.bar.discard.click()
    hand.settle()
    QTest.qWait(20)
    assert hand.scatter.plot.geometry() == place
    assert hand.draft is None and hand.stage.shown.final


def test_every_step_is_undone_and_done_again(hand) -> None:
    base = hand.record
    hand.drag(hand.at(0), (90, 30))
    hand.settle()
    placed_and_climbed = hand.draft
    hand.hands.keep()
    hand.settle()
    kept = hand.record
    labels = []
    while hand.record is not base or hand.draft is not None:
        labels.append(hand.session.undo_label)
        hand.session.undo()
    assert labels == ["Keep the changes", "Let EM go on", "Move cluster A"]
    hand.settle()
    assert hand.stage.shown.final and not hand.bar.keep.isVisible()
    hand.session.redo()
    hand.settle()
    assert hand.draft.fit is None and hand.stage.shown.by_hand and hand.stage.shown.iteration == 0
    assert not hand.window.control.is_running  # looking back starts nothing
    hand.session.redo()
    hand.settle()
    assert hand.draft is placed_and_climbed
    assert hand.stage.shown.parameters is placed_and_climbed.fit.parameters
    hand.session.redo()
    assert hand.record is kept


def test_an_axis_drawn_out_stretches_and_turned_it_turns(hand) -> None:
    hand.hands.set_goes_on_alone(False)
    identity = 1
    component = hand.tool.handles.component(identity)
    before = hand.record.fit.parameters.covariances[component]
    rate = rates(hand.scatter.plot.box)
    axes = half_axes(before, rate)
    out = axes[0] / np.hypot(*axes[0]) * 40
    by = QPoint(*np.rint(out).astype(int).tolist())
    hand.drag(hand.at(identity, 0), (by.x(), by.y()), Qt.KeyboardModifier.ShiftModifier)
    after = half_axes(hand.draft.parameters.covariances[component], rate)
    grown = np.hypot(*axes[0]) + (np.array([by.x(), by.y()]) @ axes[0]) / np.hypot(*axes[0]) / 2
    np.testing.assert_allclose(np.hypot(*after[0]), grown, rtol=1e-9)
    np.testing.assert_allclose(np.hypot(*after[1]), np.hypot(*axes[1]), rtol=1e-9)
    assert hand.session.undo_label == "Reshape cluster B"
    hand.settle()
    size = np.linalg.det(hand.draft.parameters.covariances[component])
    hand.drag(hand.at(identity, 0), (-20, 50), Qt.KeyboardModifier.ControlModifier)
    turned = hand.draft.parameters.covariances[component]
    assert np.linalg.det(turned) == pytest.approx(size)
    assert not np.allclose(half_axes(turned, rate)[0], after[0], rtol=1e-2)


def test_escape_gives_up_and_nothing_has_changed(hand) -> None:
    before = hand.session.document
    hand.drag(hand.at(2), (70, 50), release=False)
    assert hand.hands.held is not None
    hand.until(lambda: hand.stage.shown.by_hand)
    assert "as you place it" in hand.bar.words.text()
    assert hand.window.status.state.text() == "Changing the model by hand"
    hand.key(Qt.Key.Key_Escape)
    assert hand.hands.held is None
    QTest.mouseRelease(hand.viewport, LEFT, NONE, hand.at(2))
    hand.settle()
    assert hand.session.document is before and hand.stage.shown.final
    hand.key(Qt.Key.Key_Escape)
    hand.key(Qt.Key.Key_Escape)
    assert not hand.tool.in_hand and not hand.bar.isVisible()


def test_ellipses_move_at_once_and_colours_follow(hand) -> None:
    home = hand.stage.shown
    hand.drag(hand.at(0), (150, 60), release=False)
    drawn = hand.scatter.ellipses.shapes
    held = hand.hands.held.parameters
    component = home.identities.index(0)
    np.testing.assert_allclose(drawn[component].mean, held.means[component])
    hand.until(lambda: hand.stage.shown.parameters is held)
    shown = hand.stage.shown
    assert shown.rows is not None and len(shown.labels) == len(shown.rows)
    sample = prepare(hand.session.document.table, shown.preparation)
    assert shown.log_likelihood == pytest.approx(scipy_log_likelihood(sample.x, held))
    hand.hands.give_up()


def test_clusters_are_split_merged_deleted_and_added_by_keys_and_clicks(hand) -> None:
    hand.hands.set_goes_on_alone(False)
    hand.key(Qt.Key.Key_Tab)
    hand.key(Qt.Key.Key_Tab)
    assert hand.tool.handles.chosen == 1
    hand.key(Qt.Key.Key_S)
    assert hand.draft.identities == (*hand.record.identities, 3)
    assert hand.session.undo_label == "Split cluster B"
    hand.settle()
    hand.key(Qt.Key.Key_Delete)
    assert 1 not in hand.draft.identities and hand.draft.parameters.n_components == 3
    hand.settle()
    kept, joined = hand.draft.identities[:2]
    hand.hands.merge(kept, joined)
    assert hand.draft.parameters.n_components == 2 and kept in hand.draft.identities
    hand.settle()
    # On empty ground: the lowest free letter, where the mouse is.
    spot = QPoint(hand.viewport.width() - 60, 60)
    QTest.mouseDClick(hand.viewport, LEFT, NONE, spot)
    QTest.mouseRelease(hand.viewport, LEFT, NONE, spot)
    hand.until(lambda: hand.draft.parameters.n_components == 3)
    box = hand.scatter.plot.box
    place = box.mapFromScene(hand.scatter.plot.mapToScene(spot))
    np.testing.assert_allclose(
        hand.draft.parameters.means[-1], hand.tool.handles.to_values(place), rtol=1e-9
    )
    assert hand.draft.identities[-1] == min(set(range(5)) - set(hand.draft.identities[:-1]))


def test_small_steps_by_keys_are_one_change_and_em_waits_for_their_end(hand) -> None:
    hand.key(Qt.Key.Key_Tab)
    before, rate = hand.record.fit.parameters, rates(hand.scatter.plot.box)
    component = hand.record.identities.index(0)
    for _ in range(3):
        hand.key(Qt.Key.Key_Right)
    hand.key(Qt.Key.Key_Up, Qt.KeyboardModifier.ShiftModifier)
    moved = hand.draft.parameters.means[component] - before.means[component]
    np.testing.assert_allclose(moved, np.array([24.0, -1.0]) / rate)
    assert not hand.window.control.is_running
    hand.settle()
    assert hand.draft.fit is not None
    hand.session.undo()
    hand.session.undo()
    assert hand.draft is None


def test_without_em_by_itself_step_and_fit_run_it_by_hand(hand) -> None:
    hand.bar.alone.setChecked(False)
    hand.drag(hand.at(0), (100, 40))
    hand.settle()
    assert hand.draft.fit is None and not hand.bar.keep.isEnabled()
    assert hand.bar.go_on.isEnabled()
    hand.window.control.step()
    hand.until(lambda: hand.stage.state == "paused")
    assert hand.stage.shown.by_hand and hand.stage.shown.live
    hand.window.control.step()
    hand.until(lambda: hand.stage.shown.iteration >= 1)
    assert hand.bar.keep.isEnabled()
    hand.window.control.fit()
    hand.settle()
    assert hand.draft.fit.converged


def test_keeping_under_way_keeps_the_last_iteration(hand) -> None:
    hand.bar.alone.setChecked(False)
    hand.drag(hand.at(0), (100, 40))
    hand.window.control.step()
    hand.until(lambda: hand.stage.state == "paused")
    hand.bar.keep.click()
    hand.settle()
    assert hand.draft is None and hand.record.fit.ended == "cancelled"
    assert hand.record.spec.start.n_components == 3


def test_a_model_under_way_is_taken_in_hand_where_it_is(window, until, table) -> None:
    hand = Hand(window, until)
    hand.session.apply(OpenTable(table))
    window.control.step()
    until(lambda: hand.stage.state == "paused" and hand.stage.shown is not None)
    hand.scatter.tools.take(ADJUST)
    until(lambda: hand.tool.handles.frame is not None)
    hand.hands.set_goes_on_alone(False)
    hand.drag(hand.at(0), (50, 20))
    assert hand.record is not None and hand.record.fit.ended == "cancelled"
    assert hand.draft.base == hand.record.id
    hand.settle()
    assert hand.stage.shown.by_hand


def test_a_shape_that_is_shared_changes_for_all(window, until, table) -> None:
    hand = Hand(window, until)
    hand.open(table, SetStructure("EEE"))
    hand.hands.set_goes_on_alone(False)
    hand.drag(hand.at(0, 0), (30, 10))
    covariances = hand.draft.parameters.covariances
    for other in covariances[1:]:
        np.testing.assert_allclose(other, covariances[0], rtol=1e-6)
    assert not np.allclose(covariances, hand.record.fit.parameters.covariances, rtol=1e-3)


@pytest.mark.parametrize("structure", ["VII", "VVI"])
def test_a_shape_without_tilt_is_only_stretched(window, until, table, structure) -> None:
    hand = Hand(window, until)
    hand.open(table, SetStructure(structure))
    hand.hands.set_goes_on_alone(False)
    hand.drag(hand.at(0, 0), (40, 40))
    covariances = hand.draft.parameters.covariances
    assert np.abs(covariances[:, 0, 1]).max() == 0.0
    assert "tilt" in handle_words("A", Handle(0, 0), hand.stage.shown) or structure == "VII"


def test_why_nothing_can_be_taken_hold_of_is_said(window, until, penguins) -> None:
    hand = Hand(window, until)
    hand.session.apply(OpenTable(penguins))
    hand.scatter.tools.take(ADJUST)
    assert "press Fit" in hand.bar.words.text()
    window.control.fit()
    hand.settle()
    names = [column.name for column in penguins.columns]
    x, year = names.index("bill_length_mm"), names.index("year")
    hand.scatter.choose(Axes(x, year))
    assert hand.tool.handles.frame is None
    assert "not in the fit" in hand.bar.words.text()
    hand.scatter.choose(Axes(x, None))
    assert "second one" in hand.bar.words.text()
    window.control.find_best_k([1, 2, 3, 4, 5, 6], ["VVV", "EEE"])
    assert "searched" in hand.hands.why_not
    hand.hands.split(0)
    assert hand.draft is None and "searched" in hand.bar.words.text()
    window.control.end_run()


def test_one_cluster_stays_and_em_says_why_it_cannot(window, until) -> None:
    hand = Hand(window, until)
    text = "a,b\n" + "\n".join(f"{i * i % 7},{i * i * i % 11}" for i in range(5))
    hand.open(read_text(text + "\n", "few"), SetComponents(1))
    hand.hands.delete(0)
    assert "only cluster" in hand.bar.words.text() and hand.draft is None
    for _ in range(3):
        hand.hands.split(hand.stage.shown.identities[0])
        hand.settle()
    said = window.messages.text.text() if hasattr(window.messages, "text") else ""
    fit = hand.draft.fit
    assert fit is None or fit.collapsed is not None or said
    assert not hand.hands.can_keep
    if fit is not None:
        assert "collapsed" in hand.bar.words.text()


def test_weighted_rows_count_as_in_the_fit(window, until) -> None:
    random = np.random.default_rng(4)
    x = np.concatenate([random.normal(0, 1, (40, 2)), random.normal(5, 1, (40, 2))])
    lines = [f"{a:.5f},{b:.5f},{w}" for (a, b), w in zip(x, 1 + np.arange(80) % 4, strict=True)]
    hand = Hand(window, until)
    hand.open(
        read_text("a,b,times\n" + "\n".join(lines) + "\n", "weighted"),
        SetWeights(2),
        SetComponents(2),
    )
    record = hand.record
    sample = prepare(hand.session.document.table, record.preparation)
    for parameters in (record.fit.parameters,):
        value = log_likelihood(sample, record.fit, parameters, None, lambda: False)
        assert value == pytest.approx(record.fit.log_likelihood, rel=1e-12)
    hand.hands.split(0)
    hand.settle()
    gain = hand.hands.gain
    free = STRUCTURES["VVV"].n_parameters(3, 2) - record.fit.n_parameters
    expected = -2 * gain.log_likelihood + free * np.log(sample.n_observations)
    assert gain.bic == pytest.approx(expected)
    assert gain.bic == pytest.approx(hand.draft.fit.bic - record.fit.bic)


def test_of_many_rows_the_preview_is_an_estimate_and_says_so(hand, monkeypatch) -> None:
    monkeypatch.setattr(placing, "QUICK_ROWS", 100)
    hand.hands.set_goes_on_alone(False)
    hand.drag(hand.at(0), (40, 20), release=False)
    hand.until(lambda: hand.stage.shown.by_hand and hand.hands.gain is not None)
    hand.until(lambda: hand.stage.shown.parameters is hand.hands.held.parameters)
    gain = hand.hands.gain
    assert gain.estimated and gain.n_rows == 100
    assert "≈" in hand.bar.figures["BIC"].text()
    held = hand.hands.held.parameters
    hand.hands.release()
    hand.settle()
    exact = hand.hands.gain
    x = prepare(hand.session.document.table, hand.record.preparation).x
    wanted = scipy_log_likelihood(x, held) - scipy_log_likelihood(x, hand.record.fit.parameters)
    assert not exact.estimated
    assert exact.log_likelihood == pytest.approx(wanted)
    assert gain.log_likelihood == pytest.approx(wanted, rel=0.6)


def test_the_menu_of_a_cluster_offers_what_can_be_done(hand) -> None:
    hand.hands.set_goes_on_alone(False)
    QTest.mouseClick(hand.viewport, RIGHT, NONE, hand.at(1))
    hand.until(lambda: hand.tool.menu is not None)
    menu = hand.tool.menu
    texts = [action.text() for action in menu.actions() if not action.isSeparator()]
    assert texts == [
        "Split Cluster B in two",
        "Merge with",
        "Delete Cluster B",
        "Add a cluster here",
    ]
    others = menu.actions()[1].menu()
    assert [action.text() for action in others.actions()] == ["Cluster A", "Cluster C"]
    others.actions()[1].trigger()
    menu.close()
    assert hand.session.undo_label == "Merge clusters B and C"
    assert set(hand.draft.identities) == {0, 1}


def test_another_fit_shown_drops_the_draft_and_lets_go(hand) -> None:
    first = hand.record.id
    hand.hands.split(0)
    hand.settle()
    hand.hands.keep()
    hand.settle()
    hand.drag(hand.at(1), (30, 30))
    hand.settle()
    assert hand.draft is not None
    hand.session.apply(ShowFit(first))
    hand.settle()
    assert hand.draft is None and hand.stage.shown.final
    assert not hand.bar.keep.isVisible()


@pytest.mark.parametrize("moment", ["drag", "em", "keys"])
def test_the_window_closes_in_the_middle_of_it(hand, moment) -> None:
    if moment == "drag":
        hand.drag(hand.at(0), (80, 10), release=False)
    elif moment == "em":
        hand.hands.split(0)
    else:
        hand.key(Qt.Key.Key_Tab)
        hand.key(Qt.Key.Key_Right)
    hand.window.close()


def test_a_card_offers_the_same_menu(hand) -> None:
    card = next(card for card in hand.window.workspace.reading.cards if card.isVisible())
    place = card.rect().center()
    reason = QContextMenuEvent.Reason.Mouse
    QApplication.sendEvent(card, QContextMenuEvent(reason, place, card.mapToGlobal(place)))
    menu = hand.tool.menu
    assert menu is not None
    assert menu.actions()[0].text() == "Split Cluster A in two"
    menu.actions()[0].trigger()
    menu.close()
    hand.settle()
    assert hand.draft.fit.n_components == 4
    assert hand.bar.isVisible()


def test_in_any_plane_a_mean_follows_the_mouse_and_the_rest_moves_least(
    window, until, penguins
) -> None:
    hand = Hand(window, until)
    hand.open(penguins)
    hand.scatter.choose_kind("principal")
    until(lambda: hand.scatter.plane is not None and len(hand.scatter.plane.columns) == 4)
    until(lambda: not hand.window.control._scene.busy and hand.tool.handles.frame is not None)
    QTest.qWait(50)
    hand.hands.set_goes_on_alone(False)
    plane, rate = hand.scatter.plane, rates(hand.scatter.plot.box)
    before = hand.record.fit.parameters
    component = hand.record.identities.index(0)
    hand.drag(hand.at(0), (64, -48))
    moved = hand.draft.parameters.means[component] - before.means[component]
    axes = plane.axes_in(hand.record.preparation.columns)
    np.testing.assert_allclose(moved @ axes, np.array([64, -48]) / rate, rtol=1e-8)
    hand.settle()
    # Its ellipse is drawn out here; what does not show keeps its distribution given what shows.
    old = hand.draft.parameters.covariances[component]
    hand.drag(hand.at(0, 0), (25, -10))
    new = hand.draft.parameters.covariances[component]
    assert not np.allclose(new, old, rtol=1e-2)
    rest = []
    for sigma in (old, new):
        seen = axes.T @ sigma @ axes
        rest.append(sigma - sigma @ axes @ np.linalg.solve(seen, axes.T @ sigma))
    widths = np.sqrt(np.diagonal(old))
    np.testing.assert_allclose(
        rest[0] / np.outer(widths, widths), rest[1] / np.outer(widths, widths), atol=1e-9
    )


def test_em_that_was_going_on_goes_on_where_nothing_was_changed(hand) -> None:
    hand.session.apply(SetStopping(0.0, 10_000_000))
    hand.window.control.fit()
    hand.until(lambda: hand.stage.state == "fitting" and hand.stage.shown.live)
    at = hand.at(0)
    QTest.mousePress(hand.viewport, LEFT, NONE, at)
    hand.move(at + QPoint(12, 0))
    assert (
        hand.hands.held is not None and hand.stage.state != "fitting"
    ) or hand.hands.held.resumes
    hand.key(Qt.Key.Key_Escape)
    QTest.mouseRelease(hand.viewport, LEFT, NONE, at)
    number = hand.stage.shown.iteration
    hand.until(lambda: hand.stage.shown.live and hand.stage.shown.iteration > number)
    assert hand.stage.state == "fitting" and hand.draft is None
    hand.window.control.end_run()


@pytest.mark.parametrize(
    ("value", "lower", "unsure", "words"),
    [
        (3.214, False, 0.0, ("+3.21 better", "good")),
        (-3.214, False, 0.0, ("−3.21 worse", "warning")),
        (-12.4, True, 0.0, ("−12.40 better", "good")),
        (12.4, True, 0.0, ("+12.40 worse", "warning")),
        (-0.01, False, 0.02, ("−0.01 as good", "muted")),
        (0.001, True, 0.0, ("0.00 the same", "muted")),
    ],
)
def test_better_and_worse_are_said_in_words(value, lower, unsure, words) -> None:
    assert change_words(value, lower_is_better=lower, unsure=unsure) == words


def test_the_words_around_the_picture_are_true_of_a_draft(hand) -> None:
    reading, status = hand.window.workspace.reading, hand.window.status
    hand.hands.set_goes_on_alone(False)
    hand.drag(hand.at(0), (60, 20))
    hand.settle()
    hand.until(lambda: "as you place it" in reading.paragraph.text())
    assert "Changed by hand, not kept" in status.state.text()
    assert reading.quality["iterations"].value.text().endswith("by hand")
    hand.hands.go_on()
    hand.settle()
    n = hand.draft.fit.n_iterations
    hand.until(lambda: f"converged after {n} iterations" in reading.paragraph.text())
    assert formats.log_likelihood(hand.draft.fit.log_likelihood) in (
        reading.quality["log_likelihood"].value.text()
    )
    assert formats.log_likelihood(hand.draft.fit.bic) in reading.quality["bic_aic"].value.text()
    hand.window.control.first()
    hand.until(lambda: hand.stage.shown.iteration == 0)
    hand.until(lambda: "on its way" in reading.paragraph.text())
    assert f"iteration 0 of {n}" in hand.bar.words.text()


@pytest.mark.parametrize(
    "text",
    [
        "a,b\n" + "\n".join(f"{i % 2},{(i // 2) % 2}" for i in range(40)),
        "a,b\n" + "\n".join(f"{(i % 7) * 1e150},{(i * i % 11) * 1e150}" for i in range(40)),
        "a,b\n" + "\n".join(f"{i % 7 * 1e-150},{i * i % 11}" for i in range(40)),
        "a\n" + "\n".join(f"{i * i % 13}" for i in range(30)),
    ],
    ids=["zeros and ones", "huge", "tiny", "one column"],
)
def test_bad_tables_end_in_a_sentence_or_a_model(window, until, text) -> None:
    hand = Hand(window, until)
    hand.session.apply(OpenTable(read_text(text + "\n", "bad")))
    hand.session.apply(SetComponents(2))
    window.control.fit()
    until(lambda: not window.control.is_running)
    if hand.record is None:
        hand.scatter.tools.take(ADJUST)
        assert "press Fit" in hand.bar.words.text()
        return
    hand.settle()
    hand.scatter.tools.take(ADJUST)
    QTest.qWait(30)
    if hand.tool.handles.frame is not None:
        hand.drag(hand.at(0), (40, 10))
        hand.settle()
        hand.drag(hand.at(0, 0), (20, 10))
        hand.settle()
    for do in (hand.hands.split, hand.hands.delete):
        do(hand.stage.shown.identities[0])
        hand.settle()
    assert hand.draft is not None or hand.bar.words.text()


def test_fifty_clusters_are_taken_hold_of_one_by_one(window, until, make_table) -> None:
    hand = Hand(window, until)
    hand.open(make_table(400), SetComponents(50), SetStructure("EII"))
    QTest.mouseMove(hand.viewport, hand.at(7))
    component = hand.tool.handles.component(7)
    assert (
        hand.tool.handles.at(QPointF(*hand.tool.handles.place(Handle(component, MEAN)))) is not None
    )
    hand.hands.set_goes_on_alone(False)
    hand.drag(hand.at(7), (30, 30))

    assert hand.draft is not None and hand.draft.parameters.n_components == 50


def test_another_table_in_the_middle_of_a_drag_takes_it_out_of_the_hand(hand, make_table) -> None:
    hand.drag(hand.at(0), (50, 20), release=False)
    hand.session.apply(OpenTable(make_table(60, 3)))
    assert hand.hands.held is None
    QTest.mouseRelease(hand.viewport, LEFT, NONE, QPoint(150, 150))
    assert hand.draft is None and hand.record is None


def test_undo_in_the_middle_of_a_drag_leaves_a_model_that_can_be_gone_on_from(hand) -> None:
    hand.hands.split(0)
    hand.settle()
    hand.drag(hand.at(1), (40, 20), release=False)
    hand.session.undo()
    hand.session.undo()
    hand.move(hand.spot((200, 150)))
    QTest.mouseRelease(hand.viewport, LEFT, NONE, QPoint(200, 150))
    hand.settle()
    assert hand.draft is None or hand.draft.fit is not None
    assert hand.hands.held is None


def test_keys_mean_the_cluster_chosen_before_the_rows_selected(hand) -> None:
    hand.hands.set_goes_on_alone(False)
    hand.stage.selection.choose(np.arange(5), "replace", "five rows")
    hand.key(Qt.Key.Key_Tab)
    hand.key(Qt.Key.Key_Delete)
    assert hand.draft.parameters.n_components == 2
    assert not hand.session.document.preparation.excluded
    hand.settle()
    hand.key(Qt.Key.Key_Escape)  # the cluster chosen is gone, so the rows are meant
    assert hand.stage.selection.n == 0 and hand.tool.in_hand
    hand.key(Qt.Key.Key_Escape)
    assert not hand.tool.in_hand
