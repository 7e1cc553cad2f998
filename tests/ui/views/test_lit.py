"""Selected points: they keep their colours and lie on top, the others step back."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication

from gmmstudio.ui import theme
from gmmstudio.ui.selection import Selection
from gmmstudio.ui.views.plotting import PlotView
from gmmstudio.ui.views.points.colouring import Colouring, make_palette, step_back
from gmmstudio.ui.views.points.density import LEVELS
from gmmstudio.ui.views.points.lit import ON_TOP, Lit, lay_over
from gmmstudio.ui.views.points.marks import OUTLIER, Marks
from gmmstudio.ui.views.points.pixel_grid import PixelGrid
from gmmstudio.ui.views.points.point_cloud import PointCloud
from gmmstudio.ui.views.points.points import among, arrange, span
from gmmstudio.ui.views.points.winners import colour_image, find_winners

PALETTE = make_palette(
    [(200, 30, 30), (20, 40, 220)], (255, 255, 255), (90, 90, 90), (180, 180, 180), faded=False
)
RING = 0xFF123456


@pytest.fixture
def cloud(qapp: QApplication, qtbot):
    theme.install(qapp)
    plot = PlotView()
    qtbot.addWidget(plot)
    made = PointCloud(plot.box, Colouring(PALETTE), 0)
    plot.resize(420, 300)
    plot.show()
    qtbot.waitExposed(plot)
    yield plot, made
    made.shut_down()
    plot.shut_down()


def filled(plot: PlotView, cloud: PointCloud, n: int):
    random = np.random.default_rng(0)
    points = arrange(random.normal(size=n), random.normal(size=n))
    plot.show_range(*span(points))
    cloud.set_points(points, None)
    labels = random.integers(0, 2, n).astype(np.int32)
    colouring = Colouring(PALETTE, 2, None, labels, np.ones(n, np.float32), RING)
    cloud.set_colouring(colouring, 0)
    return points, labels


def test_a_row_keeps_its_colour_if_and_only_if_it_is_selected():
    random = np.random.default_rng(1)
    labels = random.integers(-1, 2, 900).astype(np.int32)
    colouring = Colouring(PALETTE, 2, None, labels, np.ones(900, np.float32))
    rows, selected = random.permutation(900)[:400], random.random(400) < 0.3
    kinds = (random.random(900) < 0.1).astype(np.uint8) * OUTLIER
    plain = colouring.colours(rows, kinds, 900, crossed=False)
    lit = colouring.colours(rows, kinds, 900, crossed=False, selected=selected)
    np.testing.assert_array_equal(lit[selected], plain[selected])
    np.testing.assert_array_equal(lit[~selected], step_back(plain[~selected]))


def test_stepping_back_lets_the_ground_through_and_keeps_the_hue():
    word = np.array([0xFF6496C8], np.uint32)
    red, green, blue, alpha = (int(step_back(word, 0.5)[0]) >> s & 255 for s in (16, 8, 0, 24))
    assert (red, green, blue, alpha) == (50, 75, 100, 128)
    assert step_back(word, 1.0)[0] == word[0]


@pytest.mark.parametrize("n", [900, 9_000, 150_000])
def test_the_picture_is_that_of_a_look_up_row_by_row(cloud, n: int):
    plot, points_drawn = cloud
    points, labels = filled(plot, points_drawn, n)
    mask = points.x_values > 0.5
    assert n < 10_000 or mask.sum() > ON_TOP
    points_drawn.set_selection(mask)
    plot.grab()
    winners = points_drawn.winners
    cores = PALETTE[2 + 15 + 16 * labels[winners.rows]]
    inside = mask[winners.rows]
    colours = np.where(inside, cores, step_back(cores))
    expected = colour_image(winners, colours, np.where(inside, np.uint32(RING), np.uint32(0)))
    if winners.density is not None:
        flat = expected.reshape(-1)
        for pixel, level in zip(winners.density.pixels, winners.density.levels, strict=True):
            flat[pixel] = step_back(flat[pixel : pixel + 1], level / (LEVELS - 1))[0]
    if mask.sum() <= ON_TOP:
        chosen = among(points, np.flatnonzero(mask))
        marks = Marks(max(winners.marks.size, 4.5), max(winners.marks.fineness, 2))
        top = find_winners(chosen, winners.grid, None, marks=marks)
        over = colour_image(top, PALETTE[2 + 15 + 16 * labels[top.rows]], np.uint32(RING))
        lay_over(expected, over, top.pixels)
    np.testing.assert_array_equal(points_drawn._picture.pixels, expected)


def test_selecting_finds_no_winners_anew_and_clearing_brings_the_picture_back(cloud):
    plot, drawn = cloud
    points, _ = filled(plot, drawn, 150_000)
    plot.grab()
    before, winners = drawn._picture.pixels.copy(), drawn.winners
    drawn.set_selection(points.x_values > 0)
    plot.grab()
    assert drawn.winners is winners
    assert (drawn._picture.pixels != before).any()
    drawn.set_selection(None)
    plot.grab()
    np.testing.assert_array_equal(drawn._picture.pixels, before)


def test_a_single_selected_row_is_seen_among_many(cloud):
    plot, drawn = cloud
    points, _ = filled(plot, drawn, 300_000)
    row = int(points.rows[0])  # drawn first, so anything may lie over it
    mask = np.zeros(points.n_rows, bool)
    mask[row] = True
    drawn.set_selection(mask)
    plot.grab()
    alpha = drawn._picture.pixels >> np.uint32(24)
    assert np.count_nonzero(alpha == 255) >= 12  # the others let the ground through
    assert row in drawn.painted_rows()[-1:]


def test_a_selection_of_another_table_lights_nothing(cloud):
    plot, drawn = cloud
    filled(plot, drawn, 400)
    plot.grab()
    before = drawn._picture.pixels.copy()
    drawn.set_selection(np.ones(77, bool))
    plot.grab()
    np.testing.assert_array_equal(drawn._picture.pixels, before)


def test_a_cloud_follows_a_selection_until_it_is_shut_down(cloud):
    plot, drawn = cloud
    points, _ = filled(plot, drawn, 400)
    selection = Selection()
    selection.reset(400)
    drawn.follow(selection)
    plot.grab()
    before = drawn._picture.pixels.copy()
    selection.choose(np.arange(40))
    plot.grab()
    assert (drawn._picture.pixels != before).any()
    assert Lit(selection.mask).selected(points.rows).sum() == 40
    drawn.shut_down()
    selection.clear()  # nobody is there to hear it


def test_points_of_some_rows_lie_where_they_lay():
    random = np.random.default_rng(3)
    x, y = random.normal(size=50), random.normal(size=50)
    x[7] = np.nan
    points = arrange(x, y)
    some = among(points, np.array([3, 7, 20]))
    assert some.rows.tolist() == [3, 20]
    for row, px, py in zip(some.rows, some.x, some.y, strict=True):
        place = np.flatnonzero(points.rows == row)[0]
        assert (px, py) == (points.x[place], points.y[place])


def test_laying_over_is_source_over():
    below = np.full((2, 2), 0xFF0000FF, np.uint32)
    top = np.array([[0xFFFF0000, 0x80800000], [0, 0xFF00FF00]], np.uint32)
    lay_over(below, top, np.array([0, 1, 2]))
    assert below[0, 0] == 0xFFFF0000
    assert below[1, 0] == 0xFF0000FF and below[1, 1] == 0xFF0000FF
    assert [int(below[0, 1]) >> s & 255 for s in (24, 16, 0)] == [255, 128, 127]


def test_marks_of_the_top_are_large_enough_for_a_rim():
    points = arrange(np.array([0.0, 1.0]), np.array([0.0, 1.0]))
    below = find_winners(points, PixelGrid(-1, 2, -1, 2, 60, 60), marks=Marks(1.0, 1))
    top = Lit(np.array([True, False])).top(points, below, None)
    assert top.rows.tolist() == [0]
    assert (top.slots == 2).any()  # a rim
