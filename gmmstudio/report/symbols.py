"""A symbol for each cluster, so that clusters are told apart without colour, too."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
SYMBOL = 16  # kinds of rows from here on: rows in the fit, drawn with their cluster's symbol
LARGE_ENOUGH = 4.5  # logical pixels; smaller marks are round, since nobody could tell

_ARM = 0.42  # half the width of a plus, in its half height


def _regular(corners: int, turn: float) -> Floats:
    angles = turn + 2 * np.pi * np.arange(corners) / corners
    return np.column_stack([np.cos(angles), np.sin(angles)])


def _star() -> Floats:
    angles = -np.pi / 2 + np.pi * np.arange(10) / 5
    reach = np.where(np.arange(10) % 2 == 0, 1.0, 0.48)
    return np.column_stack([reach * np.cos(angles), reach * np.sin(angles)])


def _plus() -> Floats:
    a = _ARM
    quarter = [(1.0, -a), (1.0, a), (a, a)]
    turns = [((1, 0), (0, 1)), ((0, -1), (1, 0)), ((-1, 0), (0, -1)), ((0, 1), (-1, 0))]
    return np.vstack([np.array(quarter) @ np.array(turn, float).T for turn in turns])


# In the order of the clusters. Lines count downwards, so -y is up.
_SHAPES: tuple[Floats | None, ...] = (
    None,  # a disc
    _regular(4, np.pi / 4),
    _regular(3, -np.pi / 2),
    _regular(4, 0.0),
    _regular(3, np.pi / 2),
    _plus(),
    _star(),
    np.array([(-1.2, -0.5), (1.2, -0.5), (1.2, 0.5), (-1.2, 0.5)]),  # a bar
)
N_SYMBOLS = len(_SHAPES)
WIDEST = 1.6  # no symbol reaches further than so many radii of the disc of its area


def corners(symbol: int) -> Floats | None:
    """Return the corners (m, 2) of a symbol of the area of a disc of radius 1; None: the disc."""
    shape = _SHAPES[symbol % N_SYMBOLS]
    if shape is None:
        return None
    x, y = shape.T
    area = abs(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))) / 2
    around: Floats = shape * np.sqrt(np.pi / area)
    return around


def covers(symbol: int, radius: float, u: Floats, v: Floats) -> NDArray[np.bool_]:
    """Tell which places, from its middle, a symbol of the area of a disc of this radius covers."""
    shape = corners(symbol)
    if shape is None:
        return np.hypot(u, v) <= radius
    inside = np.zeros(u.shape, bool)
    ends = radius * shape
    for (ax, ay), (bx, by) in zip(ends, np.roll(ends, -1, axis=0), strict=True):
        if ay == by:
            continue
        crosses = (ay > v) != (by > v)  # an edge to the right of the place turns it over
        inside ^= crosses & (u < ax + (v - ay) * ((bx - ax) / (by - ay)))
    return inside
