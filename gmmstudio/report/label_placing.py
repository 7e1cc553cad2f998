"""Where a label can stand without touching a line, a dot or another label."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
_GAP = 4.0
_STEP = 6.0
_AT_ONCE = 64


@dataclass(frozen=True)
class Box:
    """A rectangle, y downwards."""

    left: float
    top: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """The right edge."""
        return self.left + self.width

    @property
    def bottom(self) -> float:
        """The lower edge."""
        return self.top + self.height

    def grown(self, by: float) -> Box:
        """Return the box with a margin around it."""
        return Box(self.left - by, self.top - by, self.width + 2 * by, self.height + 2 * by)

    def overlaps(self, other: Box) -> bool:
        """Tell whether two boxes share any area."""
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )

    def contains(self, other: Box) -> bool:
        """Tell whether the other box lies within this one."""
        return (
            self.left <= other.left
            and other.right <= self.right
            and self.top <= other.top
            and other.bottom <= self.bottom
        )


def crosses(box: Box, segments: Floats) -> bool:
    """Tell whether any segment touches a box.

    Parameters
    ----------
    box
        The rectangle, border included.
    segments : (m, 4) float64
        ``x1, y1, x2, y2`` of each segment.
    """
    return bool(_crossed(_edges([box]), segments)[0])


def _edges(boxes: Sequence[Box]) -> Floats:
    """Return the edges (m, 4) of boxes: left, top, right, bottom."""
    rows = [(box.left, box.top, box.right, box.bottom) for box in boxes]
    return np.array(rows, float).reshape(-1, 4)


def _crossed(boxes: Floats, segments: Floats) -> Bools:
    """Tell which boxes (c, 4) any segment (m, 4) touches: Liang and Barsky's clipping."""
    x1, y1, x2, y2 = segments.T
    left, top, right, bottom = boxes.T[:, :, None]
    enter_x, leave_x = _stay(x1, x2 - x1, left, right)
    enter_y, leave_y = _stay(y1, y2 - y1, top, bottom)
    enter = np.maximum(np.maximum(enter_x, enter_y), 0.0)
    leave = np.minimum(np.minimum(leave_x, leave_y), 1.0)
    touched: Bools = np.any(enter <= leave, axis=1)
    return touched


def _stay(start: Floats, direction: Floats, near: Floats, far: Floats) -> tuple[Floats, Floats]:
    """Return from where to where, as shares of its length, each segment lies between two lines."""
    flat = np.abs(direction) < 1e-12
    step = np.where(flat, 1.0, direction)
    one, other = (near - start) / step, (far - start) / step
    inside = (near <= start) & (start <= far)
    enter = np.where(flat, np.where(inside, 0.0, 2.0), np.minimum(one, other))
    leave = np.where(flat, np.where(inside, 1.0, -1.0), np.maximum(one, other))
    return enter, leave


def _overlapped(boxes: Floats, others: Floats) -> Bools:
    """Tell which boxes (c, 4) share any area with any of the others (m, 4)."""
    left, top, right, bottom = boxes.T[:, :, None]
    other_left, other_top, other_right, other_bottom = others.T
    across = (left < other_right) & (other_left < right)
    shared: Bools = (across & (top < other_bottom) & (other_top < bottom)).any(axis=1)
    return shared


def place_label(
    size: tuple[float, float],
    anchor: tuple[float, float],
    bounds: Box,
    segments: Floats,
    obstacles: Sequence[Box] = (),
    reach: float = 8.0,
) -> Box | None:
    """Find the place nearest to a dot where a label touches nothing.

    Parameters
    ----------
    size
        Width and height of the label.
    anchor
        The middle of the dot it belongs to.
    bounds
        What it must stay within.
    segments : (m, 4) float64
        The lines.
    obstacles
        Dots and other labels.
    reach
        Radius of the dot.

    Returns
    -------
    Box or None
        None if there is no free place: then the label must not be drawn here.
    """
    width, height = size
    corners = _candidates(size, anchor, bounds, reach)
    boxes = np.hstack([corners, np.add(corners, (width, height))])
    within = (boxes[:, 0] >= bounds.left) & (boxes[:, 2] <= bounds.right)
    within &= (boxes[:, 1] >= bounds.top) & (boxes[:, 3] <= bounds.bottom)
    boxes = boxes[within]
    boxes = boxes[np.argsort(_distances(boxes, anchor), kind="stable")]
    taken = _edges(obstacles)
    for start in range(0, len(boxes), _AT_ONCE):  # the nearest first: most are never looked at
        some = boxes[start : start + _AT_ONCE]
        free = some + np.array([-1, -1, 1, 1]) * (_GAP / 2)
        good = np.flatnonzero(~(_overlapped(free, taken) | _crossed(free, segments)))
        if len(good):
            left, top = some[good[0], :2].tolist()
            return Box(left, top, width, height)
    return None


def _candidates(
    size: tuple[float, float], anchor: tuple[float, float], bounds: Box, reach: float
) -> Floats:
    """Return corners (c, 2): beside the dot first, then a grid over the whole area."""
    width, height = size
    x, y = anchor
    near = reach + _GAP
    around = [
        (x + near, y - height / 2),
        (x - near - width, y - height / 2),
        (x - width / 2, y + near),
        (x - width / 2, y - near - height),
        (x + near, y - near - height),
        (x + near, y + near),
        (x - near - width, y - near - height),
        (x - near - width, y + near),
    ]
    across = np.arange(bounds.left, bounds.right - width + 1e-9, _STEP)
    down = np.arange(bounds.top, bounds.bottom - height + 1e-9, _STEP / 2)
    grid = np.stack(np.meshgrid(across, down), axis=-1).reshape(-1, 2)
    return np.vstack([around, grid])


def _distances(boxes: Floats, anchor: tuple[float, float]) -> Floats:
    """From the anchor to the nearest point of each box (c, 4); up and down count double."""
    left, top, right, bottom = boxes.T
    dx = np.maximum(np.maximum(left - anchor[0], anchor[0] - right), 0.0)
    dy = np.maximum(np.maximum(top - anchor[1], anchor[1] - bottom), 0.0)
    middle = np.abs((left + right) / 2 - anchor[0]) / 1000
    distances: Floats = np.hypot(dx, 2 * dy) + middle
    return distances


def spread(wanted: Sequence[float], gap: float, low: float, high: float) -> tuple[float, ...]:
    """Move numbers as little as needed so that neighbours keep a gap and all stay in a range.

    Where the range is too short for that, they are spaced evenly over it.
    """
    n = len(wanted)
    if not n:
        return ()
    if (n - 1) * gap >= high - low:
        steps = np.linspace(low, high, n) if n > 1 else np.array([low / 2 + high / 2])
        order = np.argsort(wanted, kind="stable")
        result = np.empty(n)
        result[order] = steps
        return tuple(result.tolist())
    order = np.argsort(wanted, kind="stable")
    # Without the gaps they need only rise: pool neighbours that would cross.
    targets = np.asarray(wanted, float)[order] - gap * np.arange(n)
    pools: list[tuple[float, int]] = []
    for target in targets:
        pools.append((float(target), 1))
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            (b, m), (a, k) = pools.pop(), pools.pop()
            pools.append(((a * k + b * m) / (k + m), k + m))
    level = np.concatenate([np.full(m, a) for a, m in pools])
    level = np.clip(level, low, high - gap * (n - 1)) + gap * np.arange(n)
    result = np.empty(n)
    result[order] = level
    return tuple(result.tolist())
