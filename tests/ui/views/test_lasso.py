"""Rows in a shape drawn by hand, beside fractions that round nothing."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gmmstudio.ui.views.selecting import lasso


def exactly_inside(px: float, py: float, corners) -> bool:
    """The even-odd rule in exact arithmetic."""
    px, py = Fraction(float(px)), Fraction(float(py))
    exact = [(Fraction(float(a)), Fraction(float(b))) for a, b in corners]
    inside = False
    for (ax, ay), (bx, by) in zip(exact, exact[1:] + exact[:1], strict=True):
        if (ay > py) != (by > py) and px < ax + (py - ay) * (bx - ax) / (by - ay):
            inside = not inside
    return inside


def scribble(m: int, seed: int) -> np.ndarray:
    """A closed line that wanders and crosses itself."""
    random = np.random.default_rng(seed)
    angle = np.linspace(0, 2 * np.pi, m, endpoint=False) + random.normal(0, 0.4, m)
    radius = random.uniform(0.2, 1.0, m)
    return np.column_stack([radius * np.cos(angle), radius * np.sin(angle)])


WHOLE = st.integers(-4, 4)


@given(
    st.lists(st.tuples(WHOLE, WHOLE), min_size=3, max_size=9),
    st.lists(st.tuples(WHOLE, WHOLE), min_size=1, max_size=30),
)
def test_rows_on_edges_and_corners_are_judged_exactly(corners, rows):
    x, y = np.array(rows, float).T
    found = lasso.inside_polygon(x, y, np.array(corners, float))
    assert found.tolist() == [exactly_inside(a, b, corners) for a, b in rows]


@settings(max_examples=30, deadline=None)
@given(st.integers(3, 40), st.integers(0, 10_000))
def test_the_quick_way_agrees_with_every_edge_asked(m, seed):
    random = np.random.default_rng(seed)
    x, y = random.uniform(-1.1, 1.1, (2, 20_000))
    corners = scribble(m, seed)
    found = lasso.inside_polygon(x, y, corners)
    near = (abs(x) <= 1) & (abs(y) <= 1)
    slow = np.zeros(len(x), bool)
    slow[near] = lasso._by_edges(x[near], y[near], corners)
    assert np.array_equal(found, slow)
    some = random.choice(len(x), 60)
    assert found[some].tolist() == [exactly_inside(x[i], y[i], corners) for i in some]


def test_whole_numbers_with_edges_along_them():
    """Rows that fill a lattice, corners on it: nothing but edges and corners."""
    x, y = (grid.ravel().astype(float) for grid in np.meshgrid(np.arange(100), np.arange(100)))
    corners = np.array([[10, 10], [80, 10], [80, 60], [40, 90], [10, 60]], float)
    found = lasso.inside_polygon(x, y, corners)
    expected = [exactly_inside(a, b, corners) for a, b in zip(x, y, strict=True)]
    assert found.tolist() == expected


def test_two_shapes_with_a_common_edge_share_no_row():
    x, y = np.random.default_rng(0).integers(0, 9, (2, 9_000)).astype(float)
    left = np.array([[0, 0], [4, 0], [5, 8], [0, 8]], float)
    right = np.array([[4, 0], [8, 0], [8, 8], [5, 8]], float)
    both = np.array([[0, 0], [4, 0], [8, 0], [8, 8], [5, 8], [0, 8]], float)
    a, b = lasso.inside_polygon(x, y, left), lasso.inside_polygon(x, y, right)
    assert not (a & b).any()
    assert np.array_equal(a | b, lasso.inside_polygon(x, y, both))


@pytest.mark.parametrize("scale", [1e300, 1.7e308, 1e-300, 1e-12, 1.0])
@pytest.mark.parametrize("n", [500, 20_000])
def test_any_scale_gives_the_same_rows(scale, n):
    x, y = np.random.default_rng(3).uniform(-1, 1, (2, n))
    corners = scribble(30, 7)
    plain = lasso.inside_polygon(x, y, corners)
    assert 0 < plain.sum() < n
    with np.errstate(all="raise", under="ignore"):
        found = lasso.inside_polygon(scale * x, y, corners * [scale, 1.0])
        assert np.count_nonzero(found != plain) <= 2  # the products round
        found = lasso.inside_polygon(x, scale * y, corners * [1.0, scale])
        assert np.count_nonzero(found != plain) <= 2


def test_missing_values_lie_nowhere():
    x = np.array([0.0, np.nan, 0.0, np.inf, -np.inf])
    y = np.array([0.0, 0.0, np.nan, 0.0, 0.0])
    square = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]], float)
    assert lasso.inside_polygon(x, y, square).tolist() == [True, False, False, False, False]
    rectangle = lasso.inside_rectangle(x, y, -1, 1, -1, 1)
    assert rectangle.tolist() == [True, False, False, False, False]
    assert lasso.inside_rectangle(x, y, 0, 0, 0, 0).tolist()[0]


@pytest.mark.parametrize("corners", [[], [[0, 0]], [[0, 0], [1, 1]], [[0, 0], [1, 0], [2, 0]]])
@pytest.mark.parametrize("n", [1, 9_000])
def test_what_is_no_shape_holds_nothing(corners, n):
    x = y = np.linspace(0, 1, n)
    assert not lasso.inside_polygon(x, y, np.array(corners, float)).any()
