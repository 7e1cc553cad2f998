from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gmmstudio.mixture.outliers import OutlierRule, flag, threshold
from gmmstudio.report.outlier_figures import (
    OutlierFigures,
    make_bars,
    round_probability,
    sorted_percentile,
    value_words,
)
from gmmstudio.ui.panels.histogram import Histogram
from gmmstudio.ui.panels.outlier_step import nudged, read_rule

numbers = st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=60)


def figures(values, d: int = 3) -> OutlierFigures:
    density = np.asarray(values, float)
    return OutlierFigures.of(density, np.abs(density), d)


@given(values=numbers, percentile=st.floats(0, 100))
def test_percentile_is_numpys_to_the_last_bit(values, percentile):
    ordered = np.sort(np.asarray(values))
    assert sorted_percentile(ordered, percentile) == np.percentile(ordered, percentile)


@given(
    values=numbers,
    rule=st.one_of(
        st.builds(OutlierRule, st.just("percentile"), st.floats(0, 100)),
        st.builds(OutlierRule, st.just("density"), st.floats(-1e6, 1e6)),
        st.builds(OutlierRule, st.just("chi2"), st.floats(0.01, 0.9999)),
    ),
)
def test_line_and_count_are_those_of_the_rule(values, rule):
    density = np.asarray(values)
    ours = figures(values)
    assert ours.threshold(rule) == threshold(rule, density, 3)
    assert ours.n_outliers(rule) == int(flag(rule, density, np.abs(density), 3).sum())


def test_nan_stands_for_rows_not_fitted():
    ours = OutlierFigures.of(np.array([1.0, np.nan, 3.0]), np.array([1.0, np.nan, 2.0]), 1)
    assert ours.n == 2


@pytest.mark.parametrize("right", [False, True])
def test_bars_hold_every_row_once(right):
    rng = np.random.default_rng(0)
    values = np.sort(rng.normal(size=5000))
    bars = make_bars(values**2 if right else values, right=right)
    bars = make_bars(np.sort(values**2), right=True) if right else bars
    assert int(bars.counts.sum()) + bars.beyond == 5000


def test_one_far_row_does_not_squeeze_the_others():
    values = np.sort(np.append(np.random.default_rng(0).normal(size=500), -1e6))
    bars = make_bars(values, right=False)
    assert bars.beyond == 1
    assert (bars.counts > 0).sum() > 12


def test_equal_values_and_none_at_all():
    assert make_bars(np.full(7, 2.5), right=False).counts.sum() == 7
    assert make_bars(np.empty(0), right=True).counts.sum() == 0


@given(values=st.lists(st.floats(-50, 50), min_size=20, max_size=60, unique=True))
def test_a_percentile_under_the_hand_is_round_and_near(values):
    ours = figures(values)
    x = float(ours.log_density[len(values) // 2])
    rule = ours.rule_at("percentile", x)
    assert rule.value == round(rule.value, 1)
    assert abs(ours.n_outliers(rule) - len(values) // 2) <= 1


@pytest.mark.parametrize(
    ("p", "rounded"), [(0.98734, 0.987), (0.9, 0.9), (0.999137, 0.99914), (0.5, 0.5), (1.0, 1)]
)
def test_probabilities_keep_two_figures_of_the_rest(p, rounded):
    assert round_probability(p) == pytest.approx(rounded, abs=1e-11)


def test_values_as_they_are_read_and_written():
    assert value_words(OutlierRule("percentile", 5.0)) == "5\u00a0%"
    assert value_words(OutlierRule("chi2", 0.975)) == "97.5\u00a0%"
    assert value_words(OutlierRule("density", -12.25)) == "−12.25"
    assert read_rule("chi2", "0.99") == read_rule("chi2", "99") == OutlierRule("chi2", 0.99)
    assert read_rule("density", "−12.25").value == -12.25
    with pytest.raises(ValueError):
        read_rule("percentile", "many")


@pytest.mark.parametrize("kind", ["percentile", "density", "chi2"])
def test_steps_go_both_ways_and_never_out_of_range(kind):
    rule = OutlierRule(kind, {"percentile": 5.0, "density": -10.0, "chi2": 0.99}[kind])
    assert nudged(rule, 1, False, 40.0).value > rule.value > nudged(rule, -1, True, 40.0).value
    for _ in range(300):
        rule = nudged(rule, 1, False, 40.0)


@pytest.mark.parametrize("right", [False, True])
def test_places_of_the_histogram_go_there_and_back(qtbot, qapp, right):
    values = np.sort(np.random.default_rng(0).normal(size=900) ** 2)
    values = np.append(values, 1e4) if right else np.append(-1e4, -values[::-1])
    histogram = Histogram()
    qtbot.addWidget(histogram)
    histogram.resize(260, 72)
    histogram.set_bars(make_bars(values, right=right))
    histogram.set_line(float(values[450]))
    histogram.grab()
    x = float(np.median(values))
    assert histogram.to_value(histogram.to_pixel(x)) == pytest.approx(x)
    far = histogram.to_pixel(float(values[-1] if right else values[0]))
    assert 0 < far < 260
    assert (far > histogram.to_pixel(x)) == right


@pytest.mark.parametrize("rule", [OutlierRule("percentile", 7.3), OutlierRule("chi2", 0.9)])
def test_weighted_rows_are_marked_as_the_rule_marks_them(rule):
    """The line is that of rows written out; the share is of the weight."""
    rng = np.random.default_rng(3)
    density, weights = rng.normal(size=80), rng.integers(1, 6, 80).astype(float)
    distance = rng.chisquare(2, 80)
    ours = OutlierFigures.of(density, distance, 2, weights)
    line = threshold(rule, np.repeat(density, weights.astype(int)), 2)
    assert ours.threshold(rule) == pytest.approx(line, rel=1e-12)
    mask = flag(rule, density, distance, 2, weights)
    assert ours.n_outliers(rule) == mask.sum()
    assert ours.share(rule) == pytest.approx(weights[mask].sum() / weights.sum())
