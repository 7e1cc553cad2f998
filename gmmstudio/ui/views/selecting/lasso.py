"""Which rows lie in a shape drawn by hand: rectangles and polygons. Pure, fit for any thread."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

_GRID = 512  # cells across and up that decide most rows at once
_FEW = 4_000  # rows that are better asked one by one
_BLOCK = 1 << 16
_OUT, _IN, _EDGE = 0, 1, 2


def inside_rectangle(
    x: Floats, y: Floats, x_low: float, x_high: float, y_low: float, y_high: float
) -> Bools:
    """Tell which rows (n,) lie in a rectangle, its edges included; NaN lies nowhere."""
    inside = x >= x_low
    for more in (x <= x_high, y >= y_low, y <= y_high):
        inside &= more
    return inside


def inside_polygon(x: Floats, y: Floats, corners: Floats) -> Bools:
    """Tell which rows lie in a polygon by the even-odd rule.

    A row is inside when a ray from it to the right meets an odd number of edges, so the parts
    that a crossing outline encloses twice are outside, and of two polygons with a common edge a
    row on that edge is in one.

    Parameters
    ----------
    x, y : (n,) float64
        The rows; NaN and infinite values lie nowhere.
    corners : (m, 2) float64
        Of the polygon, finite; the last is joined to the first. Fewer than three hold nothing.

    Returns
    -------
    (n,) bool
    """
    inside = np.zeros(len(x), dtype=bool)
    corners = np.asarray(corners, dtype=np.float64).reshape(-1, 2)
    if len(corners) < 3:
        return inside
    low, high = corners.min(axis=0), corners.max(axis=0)
    # By powers of two, which round nothing: products of the far ends of the scale would overflow.
    powers = _power(low[0], high[0]), _power(low[1], high[1])
    corners = np.column_stack([_scaled(corners[:, i], powers[i]) for i in range(2)])
    decide = _Cells(corners) if len(x) > _FEW else None
    unsure = []
    for first in range(0, len(x), _BLOCK):  # short enough to stay in the processor's cache
        block = slice(first, first + _BLOCK)
        near = np.flatnonzero(
            inside_rectangle(x[block], y[block], low[0], high[0], low[1], high[1])
        )
        if not len(near):
            continue
        near += first
        if decide is None or not decide.possible:
            unsure.append(near)
            continue
        kind = decide.kinds(_scaled(x[near], powers[0]), _scaled(y[near], powers[1]))
        inside[near] = kind == _IN
        unsure.append(near[kind == _EDGE])
    rows = np.concatenate(unsure) if unsure else np.empty(0, np.int64)
    inside[rows] = _by_edges(_scaled(x[rows], powers[0]), _scaled(y[rows], powers[1]), corners)
    return inside


def _scaled(values: Floats, power: int) -> Floats:
    return np.ldexp(values, -power) if power else values


def _power(low: float, high: float) -> int:
    """Return the power of two to take out; none unless the values are huge or tiny."""
    exponent = math.frexp(max(abs(low), abs(high)))[1]
    return exponent if abs(exponent) > 256 else 0


class _Cells:
    """Decides by the cell a row lies in, but where an edge passes near."""

    def __init__(self, corners: Floats) -> None:
        self._low = corners.min(axis=0)
        span = corners.max(axis=0) - self._low
        with np.errstate(divide="ignore", over="ignore"):
            self._rate = _GRID / span
        self.possible = bool(np.isfinite(self._rate).all())  # not for a line
        if self.possible:
            self._kinds = _cells((corners - self._low) * self._rate).ravel()

    def kinds(self, x: Floats, y: Floats) -> NDArray[np.uint8]:
        """Say of rows within the bounds of the polygon whether they are in it, as cells are."""
        place = self._cell(y, 1)
        place *= _GRID
        place += self._cell(x, 0)
        return self._kinds.take(place)

    def _cell(self, values: Floats, axis: int) -> NDArray[np.int32]:
        scaled = values - self._low[axis]
        scaled *= self._rate[axis]
        cell = scaled.astype(np.int32)
        return np.minimum(cell, _GRID - 1, out=cell)


def _cells(corners: Floats) -> NDArray[np.uint8]:
    """Say of each cell whether it is in the polygon, out of it, or near an edge.

    `corners` are in cells. A cell that no edge passes is in or out as a whole, as its middle is.
    """
    ends = np.roll(corners, -1, axis=0)
    x, dx = corners[:, 0], ends[:, 0] - corners[:, 0]
    y, dy = corners[:, 1], ends[:, 1] - corners[:, 1]

    # Where the edges cross the middle of each line of cells: the parity changes left of there.
    first = np.ceil(np.minimum(y, ends[:, 1]) - 0.5).astype(np.int64)
    last = np.ceil(np.maximum(y, ends[:, 1]) - 0.5).astype(np.int64)
    edge, step = _spread(last - first)
    line = first[edge] + step
    crossing = x[edge] + dx[edge] * ((line + 0.5 - y[edge]) / np.where(dy == 0, 1.0, dy)[edge])
    before = np.clip(np.ceil(crossing - 0.5).astype(np.int64), 0, _GRID)
    turns = np.bincount(line * (_GRID + 1) + before, minlength=_GRID * (_GRID + 1))
    right_of = turns.reshape(_GRID, _GRID + 1)[:, ::-1].cumsum(axis=1)[:, ::-1]
    cells = (right_of[:, 1:] & 1).astype(np.uint8)

    # Near an edge: points along it, half a cell apart at most, and the cells around each.
    edge, step = _spread(np.ceil(2 * np.maximum(abs(dx), abs(dy))).astype(np.int64) + 1)
    share = step / np.maximum(np.ceil(2 * np.maximum(abs(dx), abs(dy)))[edge], 1.0)
    column = np.minimum((x[edge] + share * dx[edge]).astype(np.int64), _GRID - 1)
    line = np.minimum((y[edge] + share * dy[edge]).astype(np.int64), _GRID - 1)
    met = np.zeros((_GRID + 2, _GRID + 2), dtype=bool)
    for right in range(3):
        for up in range(3):
            met[line + up, column + right] = True
    cells[met[1:-1, 1:-1]] = _EDGE
    return cells


def _spread(counts: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return for each of the sum of counts whose it is, and which of its own."""
    whose = np.repeat(np.arange(len(counts)), counts)
    return whose, np.arange(len(whose)) - np.repeat(np.cumsum(counts) - counts, counts)


def _by_edges(x: Floats, y: Floats, corners: Floats) -> Bools:
    """Ask every edge about the rows at its height."""
    order = np.argsort(y)
    x, y = x[order], y[order]
    ends = np.roll(corners, -1, axis=0)
    lower = np.where((corners[:, 1] <= ends[:, 1])[:, None], corners, ends)
    upper = np.where((corners[:, 1] <= ends[:, 1])[:, None], ends, corners)
    first = np.searchsorted(y, lower[:, 1])
    last = np.searchsorted(y, upper[:, 1])
    inside = np.zeros(len(x), dtype=bool)
    for edge in np.flatnonzero(last > first):
        at = slice(first[edge], last[edge])
        (ax, ay), (bx, by) = lower[edge], upper[edge]
        # The row lies left of the edge, seen from its lower end.
        inside[at] ^= (x[at] - ax) * (by - ay) < (y[at] - ay) * (bx - ax)
    result = np.empty_like(inside)
    result[order] = inside
    return result
