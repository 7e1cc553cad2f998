"""The grid of cells: who can be in a small view is among those it names."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gmmstudio.ui.views.points.cells import arrange_cells
from gmmstudio.ui.views.points.pixel_grid import PixelGrid, placed
from gmmstudio.ui.views.points.points import arrange
from gmmstudio.ui.views.points.winners import find_winners

RANDOM = np.random.default_rng(0)
TABLES = {
    "normal": RANDOM.normal(size=(20_000, 2)),
    "long tails": RANDOM.standard_t(3, size=(20_000, 2)),
    "no variance": RANDOM.standard_cauchy(size=(20_000, 2)),
    "whole numbers": RANDOM.integers(0, 5, (20_000, 2)).astype(float),
    "one value": np.full((20_000, 2), 7.0),
    "one column": np.c_[np.full(20_000, 7.0), RANDOM.normal(size=20_000)],
    "far away": 1e8 + RANDOM.normal(size=(20_000, 2)),
    "huge": 1e300 * RANDOM.uniform(-1, 1, (20_000, 2)),
    "one point": np.array([[2.0, 3.0]]),
    "none": np.empty((0, 2)),
}
POINTS = {name: arrange(x[:, 0].copy(), x[:, 1].copy()) for name, x in TABLES.items()}
CELLS = {name: arrange_cells(points) for name, points in POINTS.items()}


@given(
    name=st.sampled_from(sorted(TABLES)),
    centre=st.tuples(st.floats(0, 1), st.floats(0, 1)),
    zoom=st.floats(-6, 0),
)
def test_nobody_in_view_is_missing(name, centre, zoom):
    points, x = POINTS[name], TABLES[name]
    if len(x):
        (x_mid, y_mid) = (np.quantile(x[:, i], centre[i]) for i in (0, 1))
        x_half, y_half = (max(np.ptp(x[:, i] / 2), 1e-3) * 10**zoom for i in (0, 1))
        x_half, y_half = x_half + abs(x_mid) * 1e-13, y_half + abs(y_mid) * 1e-13
    else:
        x_mid, y_mid, x_half, y_half = 0.0, 0.0, 1.0, 1.0
    grid = PixelGrid(x_mid - x_half, x_mid + x_half, y_mid - y_half, y_mid + y_half, 300, 200, 1.5)
    found = CELLS[name].within(points, grid, len(points))
    assert (np.diff(found) > 0).all()
    assert len(found) == CELLS[name].count(points, grid)
    seen = np.concatenate([b.seen for b in placed(points, grid, 0, None)] or [np.empty(0, int)])
    assert np.isin(seen, found).all()


def test_small_views_look_at_few():
    points = POINTS["long tails"]
    grid = PixelGrid(-0.1, 0.1, -0.1, 0.1, 300, 200)
    found = CELLS["long tails"].within(points, grid, len(points))
    inside = (abs(points.x_values) < 0.1) & (abs(points.y_values) < 0.1)
    assert inside.sum() <= len(found) < inside.sum() + 0.02 * len(points)
    assert CELLS["long tails"].within(points, grid, len(found) - 1) is None


@pytest.mark.parametrize("coarse", [False, True])
def test_the_picture_is_the_same_with_and_without(coarse):
    random = np.random.default_rng(2)
    points = arrange(random.normal(size=150_000), random.normal(size=150_000))
    cells = arrange_cells(points)
    for half in (0.3, 0.05, 0.001):
        grid = PixelGrid(-half, half, 0.1 - half, 0.1 + half, 200, 150, 2.0, 0.5, 0.25)
        one = find_winners(points, grid, coarse=coarse)
        other = find_winners(points, grid, coarse=coarse, cells=cells)
        np.testing.assert_array_equal(one.rows, other.rows)
        np.testing.assert_array_equal(one.slots, other.slots)
        assert one.n_visible == other.n_visible
