"""The winner image: which point is seen at each pixel.

Drawn points are opaque, so of all points on a pixel exactly one is seen: the last in drawing
order. Finding it once for each view makes everything else a look-up: new labels recolour an
image of pixels, not a million marks, and the row under the mouse is read off.

Pure NumPy, no Qt: a picture can be made in any thread.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gmmstudio.ui.views.points.averaging import Averager
from gmmstudio.ui.views.points.canvas import Canvas
from gmmstudio.ui.views.points.cells import CellGrid
from gmmstudio.ui.views.points.density import Density, measure, share_of_raster
from gmmstudio.ui.views.points.marks import (
    FEW,
    MANY,
    NORMAL,
    OUTLIER,
    Flags,
    Ints,
    Marks,
    choose_marks,
    stamp_of,
)
from gmmstudio.ui.views.points.pixel_grid import WHOLE, Errand, PixelGrid, Placed, placed
from gmmstudio.ui.views.points.points import Points
from gmmstudio.ui.views.points.stamping import Look, stamp_all, stamp_held

_COARSE = 200_000
_HELD = 1_500_000  # so many points in view are kept while they are drawn


@dataclass(frozen=True, eq=False)
class WinnerImage:
    """Which point is seen where, for one grid.

    Attributes
    ----------
    painted : (m,) int64
        The points seen, as positions in drawing order, rising.
    rows : (m,) int64
        Their rows of the table, in the same order.
    slots : (lines, columns) int32, or (fineness², p) int32
        Index into the m colours of the painted points plus one, 0 where nothing is seen. With
        sub-pixels: m more where it is the pale rim of a mark, and for those `p` pixels alone that
        have any mark.
    pixels : (p,) int64 or None
        Those pixels, as positions in the flattened image; None without sub-pixels.
    n_visible : int
        How many points lie within the view.
    coarse : bool
        Whether a finer picture of the same view can be had.
    crossed : bool
        Outliers are drawn as crosses on top; else as dots among the others.
    density : Density or None
        How many points the pixels hold, where there are very many.
    """

    grid: PixelGrid
    marks: Marks
    painted: Ints
    rows: Ints
    slots: NDArray[np.int32]
    pixels: Ints | None
    n_visible: int
    coarse: bool
    crossed: bool
    density: Density | None = None


def find_winners(
    points: Points,
    grid: PixelGrid,
    kinds: Flags | None = None,
    *,
    coarse: bool = False,
    marks: Marks | None = None,
    cells: CellGrid | None = None,
    raster: bool = True,
    share: float = 1.0,
    errand: Errand = WHOLE,
) -> WinnerImage:
    """Find the point that is seen at each pixel.

    Parameters
    ----------
    points
        The points in drawing order.
    grid
        The pixels and the stretch of the data they show.
    kinds : (rows of the table,) uint8, optional
        NORMAL, APART or OUTLIER for each row of the table; None: all are normal.
    coarse
        Draw quickly: more than 4 000 marks with hard edges, and the last 200 000 points only.
        Being drawn last, what they cover they cover in the whole picture too.
    marks
        Size and fineness of the marks; by default what suits the number of points in view.
    cells
        The points by cell: a small view of many points is found sooner with them.
    raster
        Whether very many points dissolve into a density raster.
    share
        Of the usual size of marks, for a small plot.
    errand
        What need not be drawn, and whether to stop, which raises `Stopped`.
    """
    chosen = _candidates(points, grid, cells, coarse)
    total = len(points) if chosen is None else len(chosen)
    n_drawn = min(_share_drawn(points, grid, cells, chosen), total) if coarse else total
    sampled = n_drawn < total
    first = 0
    if sampled:
        first = total - n_drawn if chosen is None else int(chosen[-n_drawn])
    factor = total / n_drawn if sampled else 1.0
    n_visible = 0
    blocks: list[Placed] | None = None
    n_likely = _likely(points, grid) if total > _HELD and not sampled else 0
    if n_likely <= _HELD:  # else so many that they are gone through once only
        blocks = list(placed(points, grid, first, chosen, errand=errand))
        n_inside = sum(block.n_inside for block in blocks)
        n_likely = round(n_inside * factor)
    draft = coarse and n_likely > FEW
    if marks is None:
        marks = choose_marks(n_likely, grid.scale, draft=draft, share=share)
    raster = raster and marks.fineness == 1 and share_of_raster(n_likely) > 0
    crossed = kinds is None or _leave_room(_count_outliers(points, kinds, blocks), marks, grid)
    look = Look(grid, marks, kinds, crossed, raster)
    if blocks is None:
        canvas, n_inside = stamp_all(points, look, chosen, errand)
    else:
        canvas = stamp_held(points, look, blocks)
    n_visible = round(n_inside * factor)
    if blocks is None:
        painted, slots, pixels = _collect(len(points), grid, marks, canvas)
    else:
        seen = np.concatenate([block.seen for block in blocks] or [np.empty(0, np.int64)])
        painted, slots, pixels = _collect(len(seen), grid, marks, canvas)
        painted = seen[painted]
    density = None
    if raster:
        counts = canvas.counts(stamp_of(NORMAL, marks, grid.scale))
        density = measure(counts, slots, n_visible, factor)
    is_coarse = (draft and (sampled or n_visible <= MANY)) or errand.covered is not None
    rows = points.rows[painted]
    return WinnerImage(
        grid, marks, painted, rows, slots, pixels, n_visible, is_coarse, crossed, density
    )


def is_sketch(points: Points, grid: PixelGrid, cells: CellGrid | None) -> bool:
    """Tell whether a quick picture leaves out points in view."""
    if len(points) <= _COARSE:
        return False
    return cells is None or cells.count(points, grid) > 2 * _COARSE


def _candidates(
    points: Points, grid: PixelGrid, cells: CellGrid | None, coarse: bool
) -> Ints | None:
    """Return the points that can be in view where that narrows them down well; None: all."""
    if cells is None:
        return None
    return cells.within(points, grid, 2 * _COARSE if coarse else len(points) // 6)


def _share_drawn(
    points: Points, grid: PixelGrid, cells: CellGrid | None, chosen: Ints | None
) -> int:
    """Return how many points, the last ones, make a quick picture: more in a small view."""
    if cells is None or chosen is not None:
        return _COARSE
    inside = max(cells.count(points, grid), 1)
    return int(np.clip(_COARSE * len(points) / inside, _COARSE, 3 * _COARSE))


def _likely(points: Points, grid: PixelGrid) -> int:
    """Return about how many points are in view, judging by the last of them."""
    first = max(0, len(points) - _COARSE)
    inside = sum(block.n_inside for block in placed(points, grid, first, None))
    return round(inside * len(points) / max(len(points) - first, 1))


def _count_outliers(points: Points, kinds: Flags, blocks: list[Placed] | None) -> int:
    """Count the outliers in view; where there are very many points, judging by the last ones."""
    if blocks is not None:
        parts = (kinds[points.rows[block.seen]] for block in blocks)
        return sum(int(np.count_nonzero(part == OUTLIER)) for part in parts)
    part = kinds[points.rows[-_COARSE:]]
    return round(np.count_nonzero(part == OUTLIER) * len(points) / len(part))


def _leave_room(n_outliers: int, marks: Marks, grid: PixelGrid) -> bool:
    """Tell whether crosses would leave enough of the picture to the other points.

    Among hundreds of thousands of dots they would hide everything else.
    """
    if marks.size >= 3:
        return True
    area = 5 * (marks.cross * grid.scale / 3) ** 2
    return n_outliers * area < 0.04 * grid.columns * grid.lines


def colour_image(
    image: WinnerImage, colours: NDArray[np.uint32], rim: np.uint32 | NDArray[np.uint32]
) -> NDArray[np.uint32]:
    """Colour a winner image.

    Parameters
    ----------
    image
        The winner image.
    colours : (m,) uint32
        Colour of each painted point, as premultiplied ARGB.
    rim : uint32 or (m,) uint32
        Colour of the rims of marks.

    Returns
    -------
    (lines, columns) uint32
        Premultiplied ARGB.
    """
    averager = averager_of(image)
    if averager is not None:
        return averager.image(colours, rim)
    table = np.zeros(len(colours) + 1, np.uint32)
    table[1:] = colours
    return np.take(table, image.slots, mode="clip")


def averager_of(image: WinnerImage) -> Averager | None:
    """Return what colours an image again and again; None where it has no sub-pixels."""
    if image.pixels is None:
        return None
    return Averager(image.slots, image.pixels, (image.grid.lines, image.grid.columns))


def _collect(
    n: int, grid: PixelGrid, marks: Marks, canvas: Canvas
) -> tuple[Ints, NDArray[np.int32], Ints | None]:
    """Give those of `n` points that are seen numbers, and the pixels that of the point there."""
    cells = canvas.inner()
    fine = marks.fineness
    taken = cells >= 0
    found = cells[taken] >> 1
    flags = np.zeros(n, np.bool_)
    flags[found] = True
    painted = np.flatnonzero(flags)
    number = np.empty(n, np.int32)  # of those that are seen, from 1; else nonsense
    number[painted] = np.arange(1, len(painted) + 1, dtype=np.int32)
    if fine == 1:
        slots = np.zeros(cells.shape, np.int32)
        slots[taken] = number[found]
        return painted, slots, None
    # What a cell holds, plus one, finds its slot here: nothing, a mark, its rim, a mark, …
    # Slots of rims come after all others: where there are none the look-up table stays small.
    slot = np.empty(2 * n + 1, np.int32)
    slot[0] = 0
    slot[1 + 2 * painted] = number[painted]
    slot[2 + 2 * painted] = len(painted) + number[painted]
    pixels = _pixels_with_marks(taken, fine)
    line, column = np.divmod(pixels, grid.columns)
    corner = (line * fine + canvas.pad) * canvas.width + (column * fine + canvas.pad)
    slots = np.empty((fine * fine, len(pixels)), np.int32)
    for sub in range(fine * fine):
        held = np.take(canvas.cells, corner + (sub // fine * canvas.width + sub % fine))
        held += 1
        np.take(slot, held, out=slots[sub], mode="clip")
    return painted, slots, pixels


def _pixels_with_marks(taken: NDArray[np.bool_], fine: int) -> Ints:
    """Flat positions of the pixels any of whose sub-pixels is taken."""
    lines = taken[::fine]
    for step in range(1, fine):
        lines = lines | taken[step::fine]
    flags = lines[:, ::fine]
    for step in range(1, fine):
        flags = flags | lines[:, step::fine]
    return np.flatnonzero(flags)
