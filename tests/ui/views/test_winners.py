"""The winner image: what is seen at a pixel is the last point whose mark covers it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gmmstudio.ui.views.points.marks import APART, NORMAL, OUTLIER, Marks, choose_marks, stamp_of
from gmmstudio.ui.views.points.picking import point_at
from gmmstudio.ui.views.points.pixel_grid import PixelGrid
from gmmstudio.ui.views.points.points import arrange, span
from gmmstudio.ui.views.points.winners import colour_image, find_winners

RIM = np.uint32(0x7F7F7F7F)


def cloud(n, seed=0, offset=0.0, scale=1.0):
    random = np.random.default_rng(seed)
    x = offset + scale * random.normal(size=n)
    return arrange(x, scale * random.normal(size=n))


def whole(points, width=60.0, height=40.0, scale=1.0, shift=(0.0, 0.0)):
    return PixelGrid(*span(points), width, height, scale, *shift)


def exact_pixels(points, grid):
    """Device pixels of every point, in double precision."""
    rate_x = grid.width * grid.scale / (grid.x_high - grid.x_low)
    rate_y = grid.height * grid.scale / (grid.y_high - grid.y_low)
    x = (points.x_values[points.rows] - grid.x_low) * rate_x + grid.shift_x
    y = (grid.y_high - points.y_values[points.rows]) * rate_y + grid.shift_y
    return x, y


def winners_by_pixel(image):
    """Position in drawing order at each sub-pixel, -1 where nothing is seen."""
    fine = image.marks.fineness
    if image.pixels is None:
        found = np.where(image.slots > 0, image.painted[np.maximum(image.slots, 1) - 1], -1)
        return found
    result = np.full((image.grid.lines * fine, image.grid.columns * fine), -1)
    line, column = np.divmod(image.pixels, image.grid.columns)
    for sub, slots in enumerate(image.slots):
        number = np.where(
            slots > 0, image.painted[np.maximum(slots - 1, 0) % len(image.painted)], -1
        )
        result[line * fine + sub // fine, column * fine + sub % fine] = number
    return result


def by_hand(points, grid, marks, kinds=None):
    """Put one mark after the other, as slowly as it is obvious."""
    fine = marks.fineness
    image = np.full((grid.lines * fine, grid.columns * fine), -1)
    x, y = exact_pixels(points, grid)
    of_point = np.zeros(len(points), int) if kinds is None else kinds[points.rows]
    for kind in (APART, NORMAL, OUTLIER):
        stamp = stamp_of(kind, marks, grid.scale)
        for i in np.flatnonzero(of_point == kind):
            column = int(np.floor(x[i] * fine - stamp.middle)) + stamp.dx
            line = int(np.floor(y[i] * fine - stamp.middle)) + stamp.dy
            inside = (column >= 0) & (line >= 0)
            inside &= (column < image.shape[1]) & (line < image.shape[0])
            image[line[inside], column[inside]] = i
    return image


@pytest.mark.parametrize("scale", [1.0, 1.5, 2.0])
@pytest.mark.parametrize("shift", [(0.0, 0.0), (0.3, 0.75)])
def test_each_pixel_shows_the_last_of_its_points(scale, shift):
    points = cloud(3000)
    grid = whole(points, scale=scale, shift=shift)
    image = find_winners(points, grid, marks=Marks(1 / scale, 1))
    x, y = exact_pixels(points, grid)
    at = winners_by_pixel(image)
    assert at.shape == (grid.lines, grid.columns)
    line, column = np.nonzero(at >= 0)
    winner = at[line, column]
    error = np.maximum(np.abs(x[winner] - column - 0.5), np.abs(y[winner] - line - 0.5))
    assert error.max() <= 0.5 + 1e-3
    # No later point lies on that pixel, and no pixel with a point is empty.
    last = np.full(at.shape, -1)
    inside = (x >= 0) & (y >= 0) & (x < grid.columns) & (y < grid.lines)
    order = np.flatnonzero(inside)
    last[y[order].astype(int), x[order].astype(int)] = order
    border = np.minimum(np.abs(x - np.round(x)), np.abs(y - np.round(y))) < 1e-3
    certain = (last == at) | (border[np.maximum(last, 0)]) | (border[np.maximum(at, 0)])
    assert certain.all()


@given(
    n=st.integers(1, 300),
    seed=st.integers(0, 50),
    size=st.sampled_from([1, 2, 3, 4, 5, 7]),
    fineness=st.sampled_from([1, 2, 3]),
    scale=st.sampled_from([1.0, 1.5, 2.0]),
)
def test_marks_lie_over_each_other_in_order(n, seed, size, fineness, scale):
    points = cloud(n, seed)
    grid = PixelGrid(-1.4, 1.2, -1.1, 1.3, 23, 17, scale, 0.25, 0.5)
    marks = Marks(size / scale, fineness)
    kinds = np.random.default_rng(seed).integers(0, 3, n).astype(np.uint8)
    image = find_winners(points, grid, kinds, marks=marks)
    if not image.crossed:  # so many that they are dots like the others
        kinds[kinds == OUTLIER] = NORMAL
    np.testing.assert_array_equal(winners_by_pixel(image), by_hand(points, grid, marks, kinds))


@pytest.mark.parametrize("size", [2, 3, 5])
def test_many_marks_are_spread_as_if_put_one_by_one(size):
    points = cloud(4000)
    grid = whole(points, 30, 20)
    marks = Marks(float(size), 1)
    image = find_winners(points, grid, marks=marks)
    np.testing.assert_array_equal(winners_by_pixel(image), by_hand(points, grid, marks))


def test_offset_columns_keep_their_precision():
    near = cloud(2000, offset=0.0)
    far = arrange(near.x_values + 1e8, near.y_values)
    grid = whole(near)
    moved = PixelGrid(grid.x_low + 1e8, grid.x_high + 1e8, grid.y_low, grid.y_high, 60, 40)
    one = find_winners(near, grid, marks=Marks(1.0, 1))
    other = find_winners(far, moved, marks=Marks(1.0, 1))
    differ = (winners_by_pixel(one) != winners_by_pixel(other)).mean()
    assert differ < 1e-3  # 1e8 itself rounds the values at 1e-8


def test_narrow_views_fall_back_to_double_precision():
    points = cloud(2000)
    x, y = points.x_values[7], points.y_values[7]
    grid = PixelGrid(x - 1e-9, x + 1e-9, y - 1e-9, y + 1e-9, 60, 40)
    image = find_winners(points, grid)
    assert image.rows.tolist() == [7]
    assert point_at(points, image, 30, 20) == 7


def test_a_sample_is_part_of_the_whole_picture():
    points = cloud(600_000)
    grid = whole(points, 300, 200)
    marks = Marks(1.0, 1)
    coarse = winners_by_pixel(find_winners(points, grid, coarse=True, marks=marks))
    full = winners_by_pixel(find_winners(points, grid, marks=marks))
    seen = coarse >= 0
    assert seen.any()
    np.testing.assert_array_equal(coarse[seen], full[seen])
    assert (full >= 0).sum() > seen.sum()


def test_colours_are_those_of_the_labels():
    points = cloud(5000)
    for marks in (Marks(1.0, 1), Marks(5.0, 2), Marks(7.0, 3)):
        image = find_winners(points, whole(points, 90, 70), marks=marks)
        colours = np.random.default_rng(1).integers(0, 2**24, len(image.painted)).astype(np.uint32)
        colours |= np.uint32(0xFF000000)
        drawn = colour_image(image, colours, RIM)
        expected = np.zeros((*drawn.shape, 4))
        fine = marks.fineness
        words = np.concatenate([[0], colours]) if image.pixels is None else None
        if words is not None:
            np.testing.assert_array_equal(drawn, words[image.slots])
            continue
        table = np.zeros(2 * len(colours) + 1, np.uint32)
        table[1 : 1 + len(colours)], table[1 + len(colours) :] = colours, RIM
        line, column = np.divmod(image.pixels, image.grid.columns)
        channels = table[image.slots].view(np.uint8).reshape(fine * fine, -1, 4)
        expected[line, column] = channels.astype(float).mean(axis=0)
        got = drawn.view(np.uint8).reshape(*drawn.shape, 4)
        assert np.abs(got - expected).max() <= 1


def test_nothing_and_one_point():
    nothing = arrange(np.array([np.nan, 1.0]), np.array([1.0, np.inf]))
    assert len(nothing) == 0
    image = find_winners(nothing, PixelGrid(0, 1, 0, 1, 10, 10))
    assert not len(image.painted)
    assert not colour_image(image, np.empty(0, np.uint32), RIM).any()
    assert point_at(nothing, image, 5, 5) is None
    one = arrange(np.array([3.0]), np.array([4.0]))
    image = find_winners(one, PixelGrid(2, 4, 3, 5, 10, 10))
    assert image.rows.tolist() == [0]


def test_huge_values_do_not_overflow():
    x = np.array([-1e307, 1e307, 0.0])
    points = arrange(x, x[::-1].copy())
    image = find_winners(points, PixelGrid(-1e307, 1e307, -1e307, 1e307, 100, 100))
    assert set(image.rows.tolist()) == {0, 1, 2}


@pytest.mark.parametrize("n", [300, 5_000, 150_000])
def test_picking_finds_the_row_on_top(n):
    points = cloud(n)
    grid = whole(points, 300, 200, scale=1.5, shift=(0.25, 0.5))
    image = find_winners(points, grid)
    x, y = exact_pixels(points, grid)
    for i in image.painted[:: max(1, len(image.painted) // 40)]:
        row = point_at(points, image, x[i], y[i])
        assert row is not None
        there = int(np.flatnonzero(points.rows == row)[0])
        assert np.hypot(x[there] - x[i], y[there] - y[i]) <= 2.0 * grid.scale


def test_picking_beside_the_marks_finds_nothing():
    points = arrange(np.array([0.0, 1.0]), np.array([0.0, 1.0]))
    image = find_winners(points, PixelGrid(-1, 2, -1, 2, 300, 300))
    assert point_at(points, image, 150, 150) is None
    assert point_at(points, image, 100, 200) == 0


def test_marks_shrink_with_the_number_of_points():
    sizes = [choose_marks(n, 1.0).size for n in (10, 2_000, 20_000, 100_000, 500_000, 1_000_000)]
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[0] == 7 and sizes[-1] == 1
    assert choose_marks(10**7, 2.0).size * 2 >= 1  # never less than a device pixel


def test_the_shuffle_is_fair_and_fixed():
    points = cloud(10_000)
    again = cloud(10_000)
    np.testing.assert_array_equal(points.rows, again.rows)
    assert sorted(points.rows.tolist()) == list(range(10_000))
    assert abs(points.rows[:1000].mean() - 4999.5) < 300


def test_crosses_never_hide_a_large_cloud():
    points = cloud(300_000)
    kinds = np.zeros(300_000, np.uint8)
    kinds[:15_000] = OUTLIER
    grid = whole(points, 300, 200)
    assert not find_winners(points, grid, kinds).crossed
    kinds[100:] = NORMAL
    assert find_winners(points, grid, kinds).crossed
    few = cloud(300)
    assert find_winners(few, whole(few, 300, 200), np.full(300, OUTLIER, np.uint8)).crossed
