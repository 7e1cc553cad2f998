"""The density raster: its counts are exact, and points dissolve into it without a jump."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gmmstudio.ui.views.points import winners as winners_module
from gmmstudio.ui.views.points.canvas import Canvas
from gmmstudio.ui.views.points.density import (
    LEVELS,
    colour_raster,
    share_of_raster,
    strength,
    top_of,
)
from gmmstudio.ui.views.points.marks import APART, MANY, NORMAL, OUTLIER, Marks, stamp_of
from gmmstudio.ui.views.points.pixel_grid import Errand, PixelGrid, count_seen
from gmmstudio.ui.views.points.points import arrange, span
from gmmstudio.ui.views.points.winners import find_winners

GRID = PixelGrid(0.0, 60.0, 0.0, 40.0, 60.0, 40.0)


def on_pixels(n, seed=0):
    """Points in the middle of pixels, crowded to the left and the bottom."""
    random = np.random.default_rng(seed)
    x = np.floor(60 * random.beta(1, 3, n)) + 0.5
    y = np.floor(40 * random.beta(1, 3, n)) + 0.5
    return arrange(x, y)


def cloud(n, seed=0):
    random = np.random.default_rng(seed)
    return arrange(random.normal(size=n), random.normal(size=n))


def test_counts_are_those_of_a_histogram():
    points = on_pixels(130_000)
    image = find_winners(points, GRID, marks=Marks(1.0, 1))
    expected, _, _ = np.histogram2d(
        points.x_values, points.y_values, bins=(60, 40), range=((0, 60), (0, 40))
    )
    np.testing.assert_array_equal(image.density.counts, expected.T[::-1])
    assert image.n_visible == 130_000


def test_rows_that_are_not_in_the_fit_are_not_counted():
    points = on_pixels(130_000)
    kinds = np.random.default_rng(1).integers(0, 2, 130_000).astype(np.uint8) * APART
    image = find_winners(points, GRID, kinds, marks=Marks(1.0, 1))
    inside = kinds == NORMAL
    expected, _, _ = np.histogram2d(
        points.x_values[inside], points.y_values[inside], bins=(60, 40), range=((0, 60), (0, 40))
    )
    np.testing.assert_array_equal(image.density.counts, expected.T[::-1])
    flat = image.density.counts.ravel()[image.density.pixels]
    assert (image.density.levels[flat == 0] == LEVELS - 1).all()


@given(
    size=st.sampled_from([1, 2, 3, 4, 5, 6, 7]),
    n=st.integers(1, 200),
    seed=st.integers(0, 50),
)
def test_larger_marks_are_counted_wherever_they_reach(size, n, seed):
    random = np.random.default_rng(seed)
    marks = Marks(float(size), 1)
    stamp = stamp_of(NORMAL, marks, 1.0)
    canvas = Canvas(23, 17, 20)
    x, y = random.uniform(-5, 28, n), random.uniform(-5, 22, n)
    canvas.stamp(np.arange(n), x, y, stamp, counted=True)
    expected = np.zeros((17, 23), int)
    for px, py in zip(x, y, strict=True):
        column = int(np.floor(px - stamp.middle)) + stamp.dx
        line = int(np.floor(py - stamp.middle)) + stamp.dy
        inside = (column >= 0) & (line >= 0) & (column < 23) & (line < 17)
        expected[line[inside], column[inside]] += 1
    np.testing.assert_array_equal(canvas.counts(stamp), expected)


def test_strength_rises_with_the_count_and_is_full_at_the_top():
    for share in (0.0, 0.3, 1.0):
        strong = strength(np.arange(1, 500), 300.0, share)
        assert (np.diff(strong) >= 0).all()
        assert strong[300:].min() == pytest.approx(1.0)
        assert strong[0] > 0.4  # a single point is still seen


@given(n=st.integers(1, 10**7), more=st.integers(0, 10**7), count=st.integers(1, 1000))
def test_points_dissolve_steadily(n, more, count):
    fewer, many = share_of_raster(n), share_of_raster(n + more)
    assert 0 <= fewer <= many <= 1
    held = np.array([count])
    assert strength(held, 1000.0, fewer)[0] >= strength(held, 1000.0, many)[0]
    assert abs(share_of_raster(n + n // 100) - fewer) < 0.01  # one step of the wheel is no jump


def test_points_are_points_up_to_the_threshold():
    assert share_of_raster(MANY) == 0 < share_of_raster(MANY + 1000)
    assert strength(np.array([1]), 50.0, 0.0)[0] == 1
    few = cloud(90_000)
    assert find_winners(few, PixelGrid(*span(few), 300, 200)).density is None
    many = cloud(110_000)
    raster = find_winners(many, PixelGrid(*span(many), 300, 200)).density
    assert raster.levels.min() >= 0.95 * (LEVELS - 1)  # hardly begun


def test_a_pixel_of_one_cluster_has_the_hue_of_that_cluster():
    points = on_pixels(500_000)
    image = find_winners(points, GRID, marks=Marks(1.0, 1))
    words = np.array([0xFF0072B2, 0xFFE69F00], np.uint32)
    for code in (0, 1):
        codes = np.full(len(image.painted), code)
        drawn = colour_raster(image.density, image.slots.shape, words, codes)
        channels = drawn.view(np.uint8).reshape(-1, 4)[image.density.pixels].astype(float)
        alpha = channels[:, 3]
        assert alpha.min() > 90 and alpha.max() == 255
        hue = channels[:, :3] / alpha[:, None] * 255
        exact = words[code : code + 1].view(np.uint8)[:3].astype(float)
        assert np.abs(hue - exact).max() < 3


def test_fuller_pixels_are_stronger():
    image = find_winners(on_pixels(500_000), GRID, marks=Marks(1.0, 1))
    held = image.density.counts.ravel()[image.density.pixels]
    order = np.argsort(held, kind="stable")
    assert (np.diff(image.density.levels[order]) >= 0).all()
    assert len(np.unique(image.density.levels)) > 10


@pytest.mark.parametrize("with_kinds", [False, True])
def test_going_through_the_points_once_gives_the_same_picture(monkeypatch, with_kinds):
    points = cloud(700_000)
    grid = PixelGrid(-1.0, 2.5, -2.0, 2.0, 200, 130, 1.25, 0.25, 0.5)
    kinds = None
    if with_kinds:
        kinds = np.zeros(700_000, np.uint8)
        kinds[::3], kinds[5::2000] = APART, OUTLIER
    held = find_winners(points, grid, kinds, marks=Marks(1.6, 1))
    monkeypatch.setattr(winners_module, "_HELD", 1000)
    once = find_winners(points, grid, kinds, marks=Marks(1.6, 1))
    np.testing.assert_array_equal(once.rows, held.rows)
    np.testing.assert_array_equal(once.slots, held.slots)
    np.testing.assert_array_equal(once.density.counts, held.density.counts)
    np.testing.assert_array_equal(once.density.levels, held.density.levels)
    assert (once.n_visible, once.crossed) == (held.n_visible, held.crossed)


def test_a_quick_picture_is_about_as_strong_as_the_whole_one():
    points = cloud(1_000_000)
    grid = PixelGrid(*span(points), 60, 40)
    marks = Marks(1.0, 1)
    quick = find_winners(points, grid, coarse=True, marks=marks)
    whole = find_winners(points, grid, marks=marks)
    strong = [np.zeros(60 * 40), np.zeros(60 * 40)]
    for image, into in zip((quick, whole), strong, strict=True):
        into[image.density.pixels] = image.density.levels
    busy = whole.density.counts.ravel() > 200
    assert busy.sum() > 300
    assert np.abs(strong[0] - strong[1])[busy].max() <= 3


def test_the_top_is_sturdy():
    assert top_of(np.empty(0, int)) == top_of(np.ones(100, int)) == 8
    counts = np.r_[np.full(9_999, 100), 10**6]
    assert top_of(counts) == 100  # one full pixel does not make all others pale


def test_points_seen_are_counted_in_the_view_alone():
    points = cloud(3000)
    grid = PixelGrid(-1.0, 1.0, -1.0, 1.0, 300, 200)
    image = find_winners(points, grid)
    x, y = points.x_values[image.rows], points.y_values[image.rows]
    inside = (abs(x) < 1) & (abs(y) < 1)
    assert count_seen(points, image.painted, grid) == inside.sum() <= image.n_visible
    assert image.n_visible == ((abs(points.x_values) < 1) & (abs(points.y_values) < 1)).sum()


def test_a_pile_on_one_pixel():
    points = arrange(np.full(300_000, 3.0), np.full(300_000, -2.0))
    image = find_winners(points, PixelGrid(2, 4, -3, -1, 100, 100))
    assert image.density.counts.max() == 300_000
    assert image.rows.tolist() == [int(points.rows[-1])]
    assert (image.density.levels == LEVELS - 1).all()


def test_a_sketch_draws_only_what_is_not_covered():
    points = cloud(700_000)
    grid = PixelGrid(-2.0, 2.0, -2.0, 2.0, 200, 130)
    covered = (0.0, 0.0, 150.0, 130.0)
    whole = find_winners(points, grid, coarse=True)
    beside = find_winners(points, grid, coarse=True, errand=Errand(covered))
    assert beside.coarse and beside.n_visible == whole.n_visible
    shown = [
        image.rows[image.slots[:, 150:] - 1] * (image.slots[:, 150:] > 0)
        for image in (whole, beside)
    ]
    np.testing.assert_array_equal(*shown)
    assert not beside.slots[10:-10, 10:130].any()
