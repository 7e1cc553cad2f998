"""The convergence curve's scale and line."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from gmmstudio.ui.views.convergence.curve import FLAT, decimals, fixed, scale_of, thin


@given(st.lists(st.floats(-1e9, 1e9), min_size=1, max_size=200))
def test_heights_rise_with_the_values_from_0_to_1(values):
    values = np.sort(np.array(values))
    heights = scale_of(values).height(values)
    assert (np.diff(heights) >= -1e-12).all()
    assert heights.min() >= 0 and heights.max() <= 1
    if values[-1] - values[0] >= FLAT:
        assert heights[0] == 0 and heights[-1] == 1


def test_a_gentle_curve_is_drawn_as_it_is():
    values = -100 + 50 * (1 - 0.85 ** np.arange(30))
    scale = scale_of(values)
    assert not scale.is_stretched
    np.testing.assert_allclose(scale.height(-75.0), (-75 + 100) / (values[-1] + 100))


def test_a_first_leap_does_not_flatten_the_rest():
    values = np.concatenate([[-1e6], -1000 - 50 * 0.8 ** np.arange(40)])
    scale = scale_of(values)
    assert scale.is_stretched
    heights = scale.height(values)
    assert 0.6 < heights[20] < 0.75
    assert heights[-1] - heights[-2] < 0.1  # and it still levels off


def test_a_rise_of_nothing_lies_flat_and_has_one_end():
    scale = scale_of(np.array([-40_343.7121981, -40_343.7121980, -40_343.7121980]))
    assert scale.low == scale.high
    assert decimals(scale.low, scale.high) == 2
    np.testing.assert_array_equal(scale.height(np.array([-40_343.7121981, -40_343.0])), 0.5)


def test_thinning_keeps_ends_and_extremes():
    values = np.random.default_rng(0).normal(size=10_000).cumsum()
    numbers = np.arange(10_000.0)
    x, y = thin(numbers, values, 800)
    assert len(x) <= 802
    assert x[0] == 0 and x[-1] == 9_999
    assert y.min() == values.min() and y.max() == values.max()
    assert (np.diff(x) > 0).all()
    np.testing.assert_array_equal(values[x.astype(int)], y)


def test_short_curves_are_not_thinned():
    x, y = thin(np.arange(3.0), np.array([1.0, 2.0, 3.0]), 100)
    assert len(x) == len(y) == 3


def test_ends_are_told_apart():
    assert decimals(-5163.2, -5150.7) == 0
    assert decimals(-1148.4432, -1148.4401) >= 3
    assert fixed(-12345.678, 1) == "−12\u2009345.7"
    assert fixed(float("nan"), 1) == "–"
