"""A grid of cells over the points: who can be in a small view is known without looking at all."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gmmstudio.ui.views.points.marks import Ints
from gmmstudio.ui.views.points.pixel_grid import PixelGrid
from gmmstudio.ui.views.points.points import Frame, Points

_SIDE = 256  # cells across and up
_BINS = 1 << 14  # even steps that cells are made of
_SAMPLE = 100_000
_SLACK = 1e-6  # of single precision, in the units of stored values
_BLOCK = 1 << 20

Lookup = NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class CellGrid:
    """The points by cell.

    Attributes
    ----------
    across, up : (bins,) uint8
        The cell that an even step of the stored values belongs to, rising.
    starts : (256² + 1,) int64
        Where each cell, row after row, begins in `order`.
    order : (n,) int32
        Positions in drawing order, by cell, rising within each.
    """

    across: Lookup
    up: Lookup
    starts: Ints
    order: NDArray[np.int32]

    def runs(self, points: Points, grid: PixelGrid) -> tuple[Ints, Ints]:
        """Return where the stretches of `order` begin and end that a view may show."""
        x_margin, y_margin = 10.0 / abs(grid.x_rate), 10.0 / abs(grid.y_rate)
        margin = grid.scale
        left, right = _reach(
            points.x_frame, grid.x_low - margin * x_margin, grid.x_high + margin * x_margin
        )
        low, high = _reach(
            points.y_frame, grid.y_low - margin * y_margin, grid.y_high + margin * y_margin
        )
        rows = np.arange(int(self.up[low]), int(self.up[high]) + 1) * _SIDE
        return self.starts[rows + int(self.across[left])], self.starts[
            rows + int(self.across[right]) + 1
        ]

    def count(self, points: Points, grid: PixelGrid) -> int:
        """Return how many points a view may show."""
        begins, ends = self.runs(points, grid)
        return int((ends - begins).sum())

    def within(self, points: Points, grid: PixelGrid, most: int) -> Ints | None:
        """Return the positions, rising, of all points that a view may show; None if too many."""
        if self.count(points, grid) > most:
            return None
        begins, ends = self.runs(points, grid)
        pieces = [self.order[b:e] for b, e in zip(begins, ends, strict=True) if e > b]
        if not pieces:
            return np.empty(0, np.int64)
        found = np.concatenate(pieces)
        found.sort()
        return found.astype(np.int64)


def arrange_cells(points: Points) -> CellGrid:
    """Sort the points into cells that hold about as many across as up."""
    across, up = _lookup(points.x), _lookup(points.y)
    cells = np.empty(len(points), np.uint16)
    for begin in range(0, len(points), _BLOCK):
        block = slice(begin, begin + _BLOCK)
        of_row = up[_bins(points.y[block])].astype(np.uint16)
        cells[block] = of_row * np.uint16(_SIDE) + across[_bins(points.x[block])]
    order = np.argsort(cells, kind="stable").astype(np.int32)
    starts = np.zeros(_SIDE * _SIDE + 1, np.int64)
    np.cumsum(np.bincount(cells, minlength=_SIDE * _SIDE), out=starts[1:])
    return CellGrid(across, up, starts, order)


def _lookup(stored: NDArray[np.float32]) -> Lookup:
    """Cut an axis where a sample of its values says that as many lie on either side."""
    sample = _bins(stored[:_SAMPLE])
    below = np.cumsum(np.bincount(sample, minlength=_BINS))
    cell = (below - np.bincount(sample, minlength=_BINS)) * _SIDE // max(len(sample), 1)
    return np.minimum(cell, _SIDE - 1).astype(np.uint8)


def _bins(stored: NDArray[np.float32]) -> NDArray[np.int32]:
    return _bin(stored).astype(np.int32)


def _bin(stored):
    """Return the even step of stored values, which lie within [-1, 1]."""
    return np.clip((stored + np.float32(1)) * np.float32(_BINS / 2), 0, _BINS - 1)


def _reach(frame: Frame, low: float, high: float) -> tuple[int, int]:
    """Return the even steps that a stretch of values lies in."""
    ends = np.clip(
        [(low - frame.centre) / frame.scale - _SLACK, (high - frame.centre) / frame.scale + _SLACK],
        -1.0,
        1.0,
    ).astype(np.float32)
    first, last = _bins(ends)
    return max(int(first) - 1, 0), min(int(last) + 1, _BINS - 1)
