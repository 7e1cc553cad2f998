"""Every point in view gets its mark, layer upon layer."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from gmmstudio.report.symbols import LARGE_ENOUGH, SYMBOL
from gmmstudio.ui.views.points.canvas import Canvas
from gmmstudio.ui.views.points.marks import (
    LAYERS,
    NORMAL,
    OUTLIER,
    Flags,
    Ints,
    Marks,
    margin,
    stamp_of,
)
from gmmstudio.ui.views.points.pixel_grid import Errand, PixelGrid, Placed, placed
from gmmstudio.ui.views.points.points import Points

Split = dict[int, Ints | None]  # which points of a block are of each kind; None: all


@dataclass(frozen=True, eq=False)
class Look:
    """How points are drawn.

    Attributes
    ----------
    grid, marks
        Where, and with which marks.
    kinds
        As for :func:`~gmmstudio.ui.views.points.winners.find_winners`.
    crossed
        Whether outliers are crosses; else they are dots like others.
    counted
        Whether to count the dots.
    """

    grid: PixelGrid
    marks: Marks
    kinds: Flags | None
    crossed: bool
    counted: bool


def stamp_held(points: Points, look: Look, blocks: list[Placed]) -> Canvas:
    """Put a mark on every point of some blocks, layer after layer on one canvas.

    There the points are numbered as they stand in the blocks, one block after the other.
    """
    canvas = _blank(look)
    ends = np.cumsum([len(block.seen) for block in blocks])
    parts = [
        (block, _by_kind(points, look, block), np.arange(end - len(block.seen), end))
        for block, end in zip(blocks, ends, strict=True)
    ]
    for kind in LAYERS:
        for block, split, numbers in parts:
            if kind in split:
                _put(canvas, look, kind, block, numbers, split[kind])
        if kind == NORMAL and any(other >= SYMBOL for _, split, _ in parts for other in split):
            canvas.lay(_with_symbols(look, parts))
    return canvas


def _with_symbols(look: Look, parts: list[tuple[Placed, Split, Ints]]) -> Canvas:
    """Put its cluster's symbol on each point, in the order of drawing whatever the cluster."""
    canvas = _blank(look)
    fine = look.marks.fineness
    for block, split, numbers in parts:
        for kind, which in split.items():
            if kind >= SYMBOL and which is not None:
                x, y = block.x[which] * fine, block.y[which] * fine
                stamp = stamp_of(kind, look.marks, look.grid.scale)
                canvas.stamp_in_order(numbers[which], x, y, stamp)
    return canvas


def stamp_all(
    points: Points, look: Look, chosen: Ints | None, errand: Errand
) -> tuple[Canvas, int]:
    """Put a mark on every point, going through them once, in two threads.

    `chosen` are the positions of all points that can be in view; None: all. Returns the canvas
    and how many points lie in the view itself.
    """
    n = len(points)
    halves = ((0, n // 2), (n // 2, n))
    with ThreadPoolExecutor(len(halves), "gmmstudio-marks") as pool:
        common = points, look, chosen, errand
        work = [pool.submit(_stamp_stretch, *common, *half) for half in halves]
        (canvases, n_inside), *others = (part.result() for part in work)
    for more, n_more in others:  # later in drawing order, so over what came before
        n_inside += n_more
        for kind, canvas in more.items():
            if kind in canvases:
                canvases[kind].lay(canvas)
            else:
                canvases[kind] = canvas
    ordered = [canvases[kind] for kind in LAYERS if kind in canvases] or [_blank(look)]
    for canvas in ordered[1:]:
        ordered[0].lay(canvas)
    return ordered[0], n_inside


def _stamp_stretch(
    points: Points, look: Look, chosen: Ints | None, errand: Errand, begin: int, end: int
) -> tuple[dict[int, Canvas], int]:
    """Put marks on a stretch of the points, each layer on a canvas of its own."""
    canvases: dict[int, Canvas] = {}
    n_inside = 0
    for block in placed(points, look.grid, begin, chosen, end, errand):
        n_inside += block.n_inside
        for kind, which in _by_kind(points, look, block).items():
            if kind not in canvases:
                canvases[kind] = _blank(look)
            _put(canvases[kind], look, kind, block, block.seen, which)
    return canvases, n_inside


def _put(
    canvas: Canvas, look: Look, kind: int, block: Placed, numbers: Ints, which: Ints | None
) -> None:
    x, y = block.x, block.y
    if which is not None:
        numbers, x, y = numbers[which], x[which], y[which]
    if look.marks.fineness > 1:
        x, y = x * look.marks.fineness, y * look.marks.fineness
    stamp = stamp_of(kind, look.marks, look.grid.scale)
    canvas.stamp(numbers, x, y, stamp, counted=look.counted and kind == NORMAL)


def _blank(look: Look) -> Canvas:
    fine, grid = look.marks.fineness, look.grid
    return Canvas(grid.columns * fine, grid.lines * fine, margin(look.marks, grid.scale * fine))


def _by_kind(points: Points, look: Look, block: Placed) -> Split:
    if look.kinds is None:
        return {NORMAL: None}
    of_block = look.kinds[points.rows[block.seen]]
    if not look.crossed:
        of_block[of_block == OUTLIER] = NORMAL
    if look.marks.size < LARGE_ENOUGH or look.marks.fineness == 1:
        of_block[of_block >= SYMBOL] = NORMAL
    if not of_block.any():
        return {NORMAL: None}
    symbols = np.unique(of_block[of_block >= SYMBOL]).tolist()
    found = {kind: np.flatnonzero(of_block == kind) for kind in (*LAYERS, *symbols)}
    return {kind: which for kind, which in found.items() if len(which)}
