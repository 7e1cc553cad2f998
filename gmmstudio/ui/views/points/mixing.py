"""The colours of a density raster once labels rest: of all points on a pixel, not of one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gmmstudio.ui.views.points.canvas import spread
from gmmstudio.ui.views.points.cells import CellGrid
from gmmstudio.ui.views.points.colouring import Colouring
from gmmstudio.ui.views.points.density import LEVELS
from gmmstudio.ui.views.points.marks import APART, NORMAL, OUTLIER, Flags, margin, stamp_of
from gmmstudio.ui.views.points.pixel_grid import WHOLE, Errand, placed
from gmmstudio.ui.views.points.points import Points
from gmmstudio.ui.views.points.winners import WinnerImage

Mask = NDArray[np.bool_]
_ENOUGH = 2_000_000  # so many points, a fair sample, tell how clusters are mixed


@dataclass(frozen=True, eq=False)
class Shading:
    """What colours a picture: labels and certainty, kinds of rows, rows selected.

    Attributes
    ----------
    colouring
        Labels and palette.
    kinds : (rows of the table,) uint8 or None
        As for :func:`~gmmstudio.ui.views.points.winners.find_winners`.
    mask : (rows of the table,) bool or None
        Which rows are selected.
    """

    colouring: Colouring
    kinds: Flags | None
    mask: Mask | None


def mixed_raster(
    points: Points,
    image: WinnerImage,
    shading: Shading,
    cells: CellGrid | None = None,
    errand: Errand = WHOLE,
) -> NDArray[np.uint32] | None:
    """Colour a raster with the mean colour of the points on each pixel.

    In pixels that none of the points looked at lies on the colour stays that of the point seen.

    Returns
    -------
    (lines, columns) uint32
        Premultiplied ARGB; None where the picture is no raster.
    """
    density, grid, marks = image.density, image.grid, image.marks
    if density is None:
        return None
    chosen = None if cells is None else cells.within(points, grid, len(points) // 6)
    total = len(points) if chosen is None else len(chosen)
    first = 0
    if total > _ENOUGH:
        first = total - _ENOUGH if chosen is None else int(chosen[-_ENOUGH])
    pad = margin(marks, grid.scale)
    stamp = stamp_of(NORMAL, marks, grid.scale)
    width, height = grid.columns + 2 * pad, grid.lines + 2 * pad
    n_channels = 3 if shading.mask is None else 4  # nothing is transparent unless some step back
    sums = np.zeros((n_channels + 1, height * width), np.float32)
    words = shading.colouring.shades(np.empty(0, np.int64), None, points.n_rows)[0]
    for block in placed(points, grid, first, chosen, errand=errand):
        rows = points.rows[block.seen]
        words, codes = _codes(shading, rows, points.n_rows, image.crossed)
        column = np.floor(block.x + (pad - stamp.middle)).astype(np.int64)
        line = np.floor(block.y + (pad - stamp.middle)).astype(np.int64)
        counted = (column >= 0) & (column < width) & (line >= 0) & (line < height)
        if shading.kinds is not None:
            kinds = shading.kinds[rows]
            counted &= kinds != APART
            if image.crossed:
                counted &= kinds != OUTLIER
        places = (line * width + column)[counted]
        channels = words.view(np.uint8).reshape(-1, 4)[codes[counted]]
        sums[0] += np.bincount(places, minlength=height * width)
        for i in range(n_channels):
            sums[1 + i] += np.bincount(places, channels[:, i], height * width)
    inner = slice(pad, pad + grid.lines), slice(pad, pad + grid.columns)
    held, *totals = (spread(part.reshape(height, width), stamp)[inner].ravel() for part in sums)
    return _blend(image, totals, held, _seen(points, image, shading))


def _codes(shading: Shading, rows: NDArray, n_rows: int, crossed: bool):
    selected = None if shading.mask is None else shading.mask[rows]
    kinds = None if shading.kinds is None else shading.kinds[rows]
    return shading.colouring.shades(rows, kinds, n_rows, crossed=crossed, selected=selected)


def _seen(points: Points, image: WinnerImage, shading: Shading) -> NDArray[np.uint32]:
    words, codes = _codes(shading, image.rows, points.n_rows, image.crossed)
    return words[codes]


def _blend(
    image: WinnerImage, totals: list[NDArray], held: NDArray, colours: NDArray[np.uint32]
) -> NDArray[np.uint32]:
    """Go over from the colour of the point seen to the mean as far as all is raster."""
    density = image.density
    assert density is not None
    pixels = density.pixels
    known = np.rint(held[pixels]) > 0
    share = np.where(known & (density.counts.ravel()[pixels] > 0), density.share, 0.0)
    strong = density.levels / (LEVELS - 1)
    seen = colours[density.slots].view(np.uint8).reshape(-1, 4)
    out = np.empty((len(pixels), 4), np.uint8)
    for i in range(4):
        mean = seen[:, i]
        if i < len(totals):
            mean = totals[i][pixels] / np.maximum(held[pixels], 1)
        mixed = seen[:, i] + (mean - seen[:, i].astype(np.float32)) * share
        out[:, i] = np.rint(np.clip(mixed * strong, 0, 255))
    drawn = np.zeros(image.slots.size, np.uint32)
    drawn[pixels] = out.view(np.uint32).ravel()
    return drawn.reshape(image.slots.shape)
