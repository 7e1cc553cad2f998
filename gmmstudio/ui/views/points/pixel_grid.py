"""From the units of the columns to the pixels of a view, a block of points at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gmmstudio.table.errors import Stopped
from gmmstudio.ui.views.points.marks import Ints
from gmmstudio.ui.views.points.points import Frame, Points

Pixels = NDArray[np.floating]
_BLOCK = 1 << 19  # points at a time: what is worked out of them stays in the cache
_ROUNDING = 2e-7  # of single precision
_MARGIN = 8.0  # logical pixels beyond the view from which a mark may still reach in


@dataclass(frozen=True)
class PixelGrid:
    """The device pixels under a view, and which stretch of the data they show.

    `width` and `height` are the view's size in logical pixels; `scale` device pixels make one of
    them, and the view begins `shift_x`, `shift_y` (within [0, 1)) inside the first device pixel.
    """

    x_low: float
    x_high: float
    y_low: float
    y_high: float
    width: float
    height: float
    scale: float = 1.0
    shift_x: float = 0.0
    shift_y: float = 0.0

    @property
    def columns(self) -> int:
        return max(1, int(np.ceil(self.shift_x + self.width * self.scale)))

    @property
    def lines(self) -> int:
        return max(1, int(np.ceil(self.shift_y + self.height * self.scale)))

    @property
    def x_rate(self) -> float:
        """Device pixels for each unit across."""
        return self.width * self.scale / (self.x_high - self.x_low)

    @property
    def y_rate(self) -> float:
        """Device pixels for each unit up: negative, since lines count downwards."""
        return self.height * self.scale / (self.y_low - self.y_high)

    def place(self, x: Pixels, y: Pixels) -> tuple[Pixels, Pixels]:
        """Return where values lie, in double precision."""
        return (
            (x - self.x_low) * self.x_rate + self.shift_x,
            (y - self.y_high) * self.y_rate + self.shift_y,
        )

    def holds(self, px: Pixels, py: Pixels) -> NDArray[np.bool_]:
        """Tell which places lie in the view itself."""
        right = self.shift_x + self.width * self.scale
        bottom = self.shift_y + self.height * self.scale
        return (px >= self.shift_x) & (px < right) & (py >= self.shift_y) & (py < bottom)


@dataclass(frozen=True, eq=False)
class Placed:
    """Some points in view or just outside, rising in drawing order.

    Attributes
    ----------
    seen : (m,) int64
        Positions in drawing order.
    x, y : (m,) floats
        Their places in device pixels.
    n_inside : int
        How many lie in the view itself.
    """

    seen: Ints
    x: Pixels
    y: Pixels
    n_inside: int


@dataclass(frozen=True)
class Errand:
    """What may change about placing points while it is under way, or is known beforehand.

    Attributes
    ----------
    covered
        Left, top, right and bottom, in device pixels, of what needs no points.
    should_stop
        Asked now and then; what is under way ends with `Stopped` once it says so.
    """

    covered: tuple[float, float, float, float] | None = None
    should_stop: Callable[[], bool] = lambda: False


WHOLE = Errand()


def placed(
    points: Points,
    grid: PixelGrid,
    first: int,
    chosen: Ints | None,
    end: int | None = None,
    errand: Errand = WHOLE,
) -> Iterator[Placed]:
    """Place the points in view, block by block.

    Parameters
    ----------
    points, grid
        What is placed, and where.
    first
        Position in drawing order of the first point that counts.
    end
        The position where they end.
    chosen : (m,) int64, optional
        Positions of all points that can be in view, rising.
    errand
        What is left out, and whether to stop.
    """
    last = len(points) if end is None else end
    start = first
    if chosen is not None:
        start, last = (int(place) for place in np.searchsorted(chosen, (first, last)))
    for begin in range(start, last, _BLOCK):
        stop = min(begin + _BLOCK, last)
        if errand.should_stop():
            raise Stopped
        among = slice(begin, stop) if chosen is None else chosen[begin:stop]
        block = _place(points, grid, among, begin)
        yield block if errand.covered is None else _beside(block, errand.covered)


def _place(points: Points, grid: PixelGrid, among: slice | Ints, begin: int) -> Placed:
    x_rate, y_rate = grid.x_rate, grid.y_rate
    px: Pixels = _apply(points.x[among], points.x_frame, grid.x_low, x_rate, grid.shift_x)
    py: Pixels = _apply(points.y[among], points.y_frame, grid.y_high, y_rate, grid.shift_y)
    x_step = abs(x_rate) * points.x_frame.scale * _ROUNDING  # in pixels
    y_step = abs(y_rate) * points.y_frame.scale * _ROUNDING
    seen = _cull(px, py, grid, x_step, y_step)
    if len(seen) < len(px):
        px, py = px[seen], py[seen]
    if isinstance(among, slice):
        seen += begin
    else:
        seen = among[seen]
    if max(x_step, y_step) > 0.1:  # single precision falls short: take the columns themselves
        rows = points.rows[seen]
        px, py = grid.place(points.x_values[rows], points.y_values[rows])
        inside = _cull(px, py, grid, 0.0, 0.0)
        seen, px, py = seen[inside], px[inside], py[inside]
    return Placed(seen, px, py, int(np.count_nonzero(grid.holds(px, py))))


def _beside(block: Placed, covered: tuple[float, float, float, float]) -> Placed:
    """Leave out the points well within what is covered; they count all the same."""
    left, top, right, bottom = covered
    x, y = block.x, block.y
    outside = (
        (x < left + _MARGIN) | (x > right - _MARGIN) | (y < top + _MARGIN) | (y > bottom - _MARGIN)
    )
    return Placed(block.seen[outside], x[outside], y[outside], block.n_inside)


def _cull(px: Pixels, py: Pixels, grid: PixelGrid, x_slack: float, y_slack: float) -> Ints:
    """Keep what lies in view or so near that its mark may reach in."""
    margin = _MARGIN * grid.scale
    with np.errstate(over="ignore"):
        left, top = np.float32(margin + x_slack), np.float32(margin + y_slack)
    inside = (px >= -left) & (px < grid.columns + left) & (py >= -top) & (py < grid.lines + top)
    return np.arange(len(px)) if inside.all() else np.flatnonzero(inside)


def _apply(
    stored: NDArray[np.float32], frame: Frame, low: float, rate: float, shift: float
) -> NDArray[np.float32]:
    with np.errstate(over="ignore", invalid="ignore"):
        pixels = stored * np.float32(frame.scale * rate)
        pixels += np.float32((frame.centre - low) * rate + shift)
    return pixels


def count_seen(points: Points, painted: Ints, grid: PixelGrid) -> int:
    """Count those of some points (positions in drawing order) that lie in the view itself."""
    return sum(part.n_inside for part in placed(points, grid, 0, painted))
