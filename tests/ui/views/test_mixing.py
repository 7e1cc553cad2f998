"""The colours of a raster at rest: the mean of the points on each pixel."""

from __future__ import annotations

import numpy as np
import pytest

from gmmstudio.table.errors import Stopped
from gmmstudio.ui.views.points import mixing
from gmmstudio.ui.views.points.cells import arrange_cells
from gmmstudio.ui.views.points.colouring import Colouring, make_palette, step_back
from gmmstudio.ui.views.points.density import LEVELS
from gmmstudio.ui.views.points.marks import APART, NORMAL, OUTLIER, Marks
from gmmstudio.ui.views.points.mixing import Shading, mixed_raster
from gmmstudio.ui.views.points.pixel_grid import Errand, PixelGrid
from gmmstudio.ui.views.points.points import arrange
from gmmstudio.ui.views.points.winners import find_winners

CLUSTERS = [(0, 114, 178), (230, 159, 0), (0, 158, 115)]
PALETTE = make_palette(CLUSTERS, (255, 255, 255), (90, 90, 90), (180, 180, 180), faded=False)
GRID = PixelGrid(0.0, 30.0, 0.0, 20.0, 30.0, 20.0)
N = 450_000  # all is raster


def on_pixels():
    random = np.random.default_rng(0)
    x, y = np.floor(30 * random.beta(1, 3, N)) + 0.5, np.floor(20 * random.beta(1, 3, N)) + 0.5
    return arrange(x, y)


def by_hand(points, image, colours, counted):
    """The mean colour of each pixel, times its strength."""
    column = np.floor(points.x_values).astype(int)
    line = 19 - np.floor(points.y_values).astype(int)
    place = (line * 30 + column)[counted]
    channels = colours[counted].view(np.uint8).reshape(-1, 4).astype(float)
    held = np.bincount(place, minlength=600)
    mean = [np.bincount(place, channels[:, i], 600) / np.maximum(held, 1) for i in range(4)]
    expected = np.zeros((600, 4))
    strong = image.density.levels / (LEVELS - 1)
    for i in range(4):
        expected[image.density.pixels, i] = mean[i][image.density.pixels] * strong
    return expected, held


@pytest.mark.parametrize("selected", [False, True])
def test_a_pixel_shows_the_mean_of_its_points(selected):
    points = on_pixels()
    random = np.random.default_rng(1)
    labels = random.integers(0, 3, N).astype(np.int32)
    kinds = random.choice([NORMAL, APART], N, p=[0.8, 0.2]).astype(np.uint8)
    mask = random.random(N) < 0.3 if selected else None
    image = find_winners(points, GRID, kinds, marks=Marks(1.0, 1))
    colouring = Colouring(PALETTE, 3, None, labels, np.ones(N, np.float32))
    colours = colouring.colours(np.arange(N), kinds, N, selected=mask)
    drawn = mixed_raster(points, image, Shading(colouring, kinds, mask))
    expected, held = by_hand(points, image, colours, kinds == NORMAL)
    got = drawn.view(np.uint8).reshape(600, 4).astype(float)
    assert (held > 0).sum() > 300
    assert np.abs(got - expected)[held > 0].max() <= 1


def test_a_pixel_of_one_cluster_alone_is_as_if_only_one_point_were_asked():
    points = on_pixels()
    labels = (points.x_values > 10).astype(np.int32)
    image = find_winners(points, GRID, marks=Marks(1.0, 1))
    colouring = Colouring(PALETTE, 3, None, labels, np.ones(N, np.float32))
    drawn = mixed_raster(points, image, Shading(colouring, None, None))
    words = colouring.colours(image.rows, None, N)[image.density.slots]
    exact = np.empty(len(words), np.uint32)
    for level in range(LEVELS):
        here = image.density.levels == level
        exact[here] = step_back(words[here], level / (LEVELS - 1))
    got = drawn.ravel()[image.density.pixels].view(np.uint8).astype(int)
    assert np.abs(got - exact.view(np.uint8).astype(int)).max() <= 1


def test_crosses_and_rows_apart_keep_their_colour():
    points = on_pixels()
    kinds = np.full(N, APART, np.uint8)
    kinds[points.rows[:200_000]] = NORMAL
    kinds[[5, 9]] = OUTLIER
    image = find_winners(points, GRID, kinds, marks=Marks(1.0, 1))
    colouring = Colouring(PALETTE, 3, None, np.zeros(N, np.int32), np.ones(N, np.float32))
    drawn = mixed_raster(points, image, Shading(colouring, kinds, None)).ravel()
    words = colouring.colours(image.rows, kinds, N)
    alone = image.density.pixels[image.density.counts.ravel()[image.density.pixels] == 0]
    slots = image.slots.ravel()[alone] - 1
    np.testing.assert_array_equal(drawn[alone], words[slots])


def test_a_sample_mixes_about_as_all_points_do(monkeypatch):
    points = on_pixels()
    labels = np.random.default_rng(2).integers(0, 3, N).astype(np.int32)
    colouring = Colouring(PALETTE, 3, None, labels, np.ones(N, np.float32))
    image = find_winners(points, GRID, marks=Marks(1.0, 1))
    whole = mixed_raster(points, image, Shading(colouring, None, None))
    monkeypatch.setattr(mixing, "_ENOUGH", 200_000)
    part = mixed_raster(points, image, Shading(colouring, None, None))
    busy = image.density.counts.ravel() > 2000
    assert busy.sum() > 40
    difference = whole.view(np.uint8).astype(int) - part.view(np.uint8).astype(int)
    assert np.abs(difference.reshape(600, 4)[busy]).max() < 15


def test_cells_change_nothing_and_it_stops_when_told():
    points = on_pixels()
    labels = np.random.default_rng(2).integers(0, 3, N).astype(np.int32)
    colouring = Colouring(PALETTE, 3, None, labels, np.ones(N, np.float32))
    near = PixelGrid(4.0, 6.0, 4.0, 6.0, 30.0, 20.0)
    image = find_winners(on_pixels(), near, marks=Marks(1.0, 1))
    assert mixed_raster(points, image, Shading(colouring, None, None)) is None  # all are points
    image = find_winners(points, GRID, marks=Marks(2.0, 1))
    shading = Shading(colouring, None, None)
    one = mixed_raster(points, image, shading)
    np.testing.assert_array_equal(mixed_raster(points, image, shading, arrange_cells(points)), one)
    with pytest.raises(Stopped):
        mixed_raster(points, image, shading, None, Errand(should_stop=lambda: True))
