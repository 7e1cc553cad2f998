"""The selection in the panels: cards and the bars of the outlier histogram."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from gmmstudio.document.assignment import Assignment
from gmmstudio.mixture.parameters import Parameters
from gmmstudio.report.outlier_figures import BARS, OutlierFigures, bar_of, make_bars
from gmmstudio.table.preparation import Preparation
from gmmstudio.ui.panels import cluster_figures
from gmmstudio.ui.panels.outlier_step import range_words
from gmmstudio.ui.stage import Shown

VALUES = arrays(
    float,
    st.integers(1, 200),
    elements=st.one_of(
        st.floats(-1e6, 1e6), st.floats(-3, 3), st.just(np.nan), st.just(-np.inf), st.just(2.0)
    ),
)


@given(VALUES, st.booleans())
@example(np.array([5e-324, 0.0]), False)
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


def frame(labels: np.ndarray, rows: np.ndarray | None = None, *, final: bool = False) -> Shown:
    """A frame of three clusters C, A and B, in this order."""
    parameters = Parameters(np.full(3, 1 / 3), np.zeros((3, 1)), np.ones((3, 1, 1)))
    certainty = np.ones(len(labels), np.float32)
    return Shown(
        parameters, "VVV", (2, 0, 1), 3, 9, 1, 1, len(labels), 0.0, not final, final,
        Preparation((0,)), ("x",), rows, labels, certainty,
    )  # fmt: skip


LABELS = np.array([0, 1, 2, -1, 1, 1, 0], np.int32)
MASK = np.array([True, True, False, True, False, True, False])


def test_under_way_the_labels_of_the_frame_count():
    shown = frame(LABELS)
    assert cluster_figures.selected_in(shown, None, MASK).tolist() == [1, 2, 0]
    assert cluster_figures.sizes_of(shown, None).tolist() == [2, 3, 1]
    assert cluster_figures.rows_in(shown, None, 0).tolist() == [1, 4, 5]
    assert cluster_figures.rows_in(shown, None, 7) is None
    assert cluster_figures.selected_in(shown, None, None) is None


def test_a_frame_that_knows_some_rows_only_says_nothing():
    shown = frame(LABELS[:3], np.array([4, 0, 2]))
    assert cluster_figures.selected_in(shown, None, MASK) is None
    assert cluster_figures.rows_in(shown, None, 0) is None


def test_at_the_end_the_assignment_counts():
    shown = frame(LABELS, final=True)
    sample = SimpleNamespace(rows=np.array([0, 1, 2, 4, 5, 6]))
    found = Assignment(sample, LABELS[LABELS >= 0], *[np.zeros(6)] * 3)
    assert cluster_figures.selected_in(shown, found, MASK).tolist() == [1, 2, 0]
    assert cluster_figures.rows_in(shown, found, 2).tolist() == [0, 6]
    assert cluster_figures.sizes_of(shown, found).tolist() == [2, 3, 1]
