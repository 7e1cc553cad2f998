"""The selection in the panels: cards and the bars of the outlier histogram."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from gmmstudio.ui.panels.outlier_figures import BARS, OutlierFigures, bar_of, make_bars
from gmmstudio.ui.panels.outlier_step import range_words

VALUES = arrays(
    float,
    st.integers(1, 200),
    elements=st.one_of(
        st.floats(-1e6, 1e6), st.floats(-3, 3), st.just(np.nan), st.just(-np.inf), st.just(2.0)
    ),
)


@given(VALUES, st.booleans())
def test_every_row_is_in_the_bar_that_counts_it(values, right):
    if right:
        values = np.abs(values)
    known = np.sort(values[~np.isnan(values)])
    bars = make_bars(known, right=right)
    places = bar_of(values, bars)
    counts = np.bincount(places, minlength=BARS + 2)
    assert counts[:BARS].tolist() == bars.counts.tolist()
    assert counts[BARS] == bars.beyond
    assert counts[BARS + 1] == np.isnan(values).sum()
    edges = bars.edges
    for value, place in zip(values, places, strict=True):
        if place < BARS:
            assert edges[place] <= value <= edges[place + 1]


@pytest.mark.parametrize("kind", ["percentile", "chi2"])
def test_places_stay_in_the_order_of_the_rows(kind):
    random = np.random.default_rng(0)
    density, distance = random.normal(size=500), random.chisquare(2, 500)
    figures = OutlierFigures.of(density, distance, 2)
    values = distance if kind == "chi2" else density
    places = figures.places(kind)
    assert figures.places(kind) is places
    lower = np.flatnonzero(places == 3)
    bars = figures.bars(kind)
    inside = (values >= bars.edges[3]) & (values < bars.edges[4])
    assert lower.tolist() == np.flatnonzero(inside).tolist()


def test_a_range_is_said_in_words():
    bars = make_bars(np.linspace(0, 48, 49), right=False)
    assert range_words(bars, 0, 1) == "0.0 … 2.0"
    assert range_words(bars, -1, 1).startswith("below ")
    assert range_words(bars, 3, BARS).startswith("above ")
