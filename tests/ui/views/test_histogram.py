"""One column by itself: what the tooltip says, how high the picture is."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPointF
from scipy.stats import norm
from views_rig import Rig, table_of

from gmmstudio.document.commands import TickColumns
from gmmstudio.ui.views.layers import histogram
from gmmstudio.ui.views.layers.histogram import Bell, bars, room_for
from gmmstudio.ui.views.scatter.bar_text import bar_text, expected, probabilities
from gmmstudio.ui.views.scatter.view import ScatterView

BELLS = (Bell(0, 0.3, 0.0, 1.0), Bell(1, 0.7, 4.0, 0.5))


@pytest.fixture
def view(rig: Rig, show) -> ScatterView:
    view = show(ScatterView(rig.session, rig.stage))
    rig.session.apply(TickColumns((rig.document.table.index("body_mass_g"),)))
    rig.fit(n_components=2)
    return view


@pytest.mark.parametrize(("low", "high"), [(-1, 0.5), (3, 9), (-40, 40), (30, 31)])
def test_the_share_expected_is_the_normal_distributions(low, high):
    judge = sum(
        b.weight * (norm.cdf(high, b.mean, b.deviation) - norm.cdf(low, b.mean, b.deviation))
        for b in BELLS
    )
    assert expected(BELLS, low, high) == pytest.approx(judge, abs=1e-12)


@pytest.mark.parametrize("x", [-3.0, 1.0, 2.4, 8.0])
def test_probabilities_are_shares_of_the_density(x):
    parts = np.array([float(bell.density(np.array([x]))[0]) for bell in BELLS])
    np.testing.assert_allclose(probabilities(BELLS, x), parts / parts.sum(), atol=1e-12)


def test_probabilities_far_out_are_still_probabilities():
    assert probabilities(BELLS, 1e4) == [1.0, 0.0]
    assert probabilities((), 0.0) == []


def test_a_bar_says_what_it_stands_for(view, rig: Rig):
    document = rig.document
    values = document.table.columns[document.preparation.columns[0]].values
    shown = view._column.histogram.bars
    place = int(np.argmax(shown.heights))
    middle = shown.edges[place : place + 2].mean()
    n = int(((values >= shown.edges[place]) & (values < shown.edges[place + 1])).sum())
    text = bar_text(document, shown, view._column.densities.bells, middle)
    assert f": {n} of 342 rows ({100 * n / 342:.1f} %), " in text
    assert "% expected by the model\nAt " in text and "Cluster A" in text
    assert bar_text(document, shown, (), shown.edges[0] - 1e6) == ""
    assert " of 342 rows" in bar_text(document, shown, (), shown.edges[-1])


def test_the_tooltip_is_the_bars_where_there_is_no_row(view, qtbot):
    width, height = view.plot.box.size().width(), view.plot.box.size().height()
    view._tip.point(QPointF(width / 3, height / 3))
    assert view._tip.row is None and "of 342 rows" in view._tip._text
    view._tip.point(QPointF(-5, 5))
    assert view._tip._text == ""


def test_a_curve_higher_than_the_bars_is_seen_whole(view, rig: Rig):
    home = (0.0, 8.0, -0.1, 0.3)
    assert room_for(home, ()) == home
    peak = 0.7 / 0.5 / np.sqrt(2 * np.pi)
    assert room_for(home, BELLS) == pytest.approx((0.0, 8.0, -0.1, 1.08 * peak), rel=1e-3)
    narrow = (Bell(0, 1.0, 3.0, 1e-6),)
    assert room_for(home, narrow)[3] == pytest.approx(0.9)  # bars stay readable
    x = np.linspace(*view._column.histogram.bars.edges[[0, -1]], 2000)
    total = sum(bell.density(x) for bell in view._column.densities.bells)
    assert view.plot.home[3] >= total.max()


def test_a_range_of_ones_own_stays(view, rig: Rig):
    view.plot.box.setRange(xRange=(3000, 4000), yRange=(0, 0.0001), padding=0)
    view.plot.box.moved_by_hand.emit()
    rig.fit(n_components=5)
    np.testing.assert_allclose(view.plot.box.viewRange(), ((3000, 4000), (0, 0.0001)))


@pytest.mark.parametrize("k", [1, 2, 3])
def test_the_lines_are_explained(view, rig: Rig, k, caplog):
    rig.fit(n_components=k)
    view.grab()
    assert not caplog.records


@pytest.mark.parametrize(("width", "there"), [(700, True), (260, False)])
def test_the_words_on_the_lines_lie_over_no_curve(view, monkeypatch, width, there):
    view.resize(width, 360)
    view.grab()
    shown = view.plot.grab().toImage()
    monkeypatch.setattr(histogram, "_MOST_KEY", 0.0)  # never
    view.plot.viewport().update()
    assert (shown != view.plot.grab().toImage()) == there


@pytest.mark.parametrize(
    "text", ["x\n1\n1\n1\n", "x\n1e300\n-1e300\n2\n", "x\n5.5\n", "x\n\n1\n\n"]
)
def test_odd_columns(rig: Rig, show, text, caplog):
    view = show(ScatterView(rig.session, rig.stage))
    rig.open(table_of(text))
    view.grab()
    if view._column.histogram.bars is not None:
        x, _ = view._column.densities.to_values(QPointF(100, 100))
        assert isinstance(bar_text(rig.document, view._column.histogram.bars, (), x), str)
    assert not caplog.records


def test_bars_count_all_values():
    values = np.array([1.0, 2.0, 2.5, np.nan, 7.0])
    found = bars(values)
    assert found.n == 4
    np.testing.assert_allclose((found.heights * np.diff(found.edges)).sum(), 1)


def test_the_largest_numbers_are_counted_as_others_are():
    values = np.cos(np.arange(40.0))
    small, large = bars(values), bars(values * 1.7e308)
    np.testing.assert_allclose(large.edges / 1.7e308, small.edges, rtol=1e-12, atol=1e-15)
    assert np.isfinite(large.edges).all() and large.highest > 0
