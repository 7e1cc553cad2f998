"""The points of a scatter in drawing order: shuffled once, centred, in single precision."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
SEED = 20_240_229


@dataclass(frozen=True)
class Frame:
    """How one axis was brought into single precision: ``value = centre + scale * stored``."""

    centre: float
    scale: float


@dataclass(frozen=True, eq=False)
class Points:
    """The drawable rows of a table for one pair of columns.

    Attributes
    ----------
    rows : (n,) int64
        Row of the table of each point, shuffled: any stretch of it is a fair sample.
    x, y : (n,) float32
        Coordinates in drawing order, within [-1, 1] (see `x_frame`, `y_frame`).
    x_frame, y_frame : Frame
        What brings `x` and `y` back to the units of the columns.
    x_values, y_values : (rows of the table,) float64
        The columns themselves, for views so narrow that single precision falls short.
    """

    rows: NDArray[np.int64]
    x: NDArray[np.float32]
    y: NDArray[np.float32]
    x_frame: Frame
    y_frame: Frame
    x_values: Floats
    y_values: Floats

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def n_rows(self) -> int:
        """Rows of the table, drawable or not."""
        return len(self.x_values)


def arrange(x: Floats, y: Floats) -> Points:
    """Shuffle the rows that have both values (always the same way) and centre them."""
    order = shuffled(len(x))
    drawable = np.isfinite(x) & np.isfinite(y)
    rows = order if drawable.all() else order[drawable[order]]
    x_stored, x_frame = _store(x[rows])
    y_stored, y_frame = _store(y[rows])
    return Points(rows, x_stored, y_stored, x_frame, y_frame, x, y)


def among(points: Points, rows: NDArray[np.int64]) -> Points:
    """Return the points of these rows of the table alone, stored like the others."""
    x, y = points.x_values[rows], points.y_values[rows]
    drawable = np.isfinite(x) & np.isfinite(y)
    if not drawable.all():
        rows, x, y = rows[drawable], x[drawable], y[drawable]
    stored = []
    for values, frame in ((x, points.x_frame), (y, points.y_frame)):
        stored.append(((values - frame.centre) / frame.scale).astype(np.float32))
    return replace(points, rows=rows, x=stored[0], y=stored[1])


@lru_cache(maxsize=2)
def shuffled(n: int) -> NDArray[np.int64]:
    """Return n rows in the order they are always drawn in, read-only."""
    order = np.random.default_rng(SEED).permutation(n)
    order.flags.writeable = False
    return order


def _store(values: Floats) -> tuple[NDArray[np.float32], Frame]:
    """Centre before rounding: 1e8 ± 1 would lose all its digits in single precision."""
    if not len(values):
        return np.empty(0, np.float32), Frame(0.0, 1.0)
    low, high = float(values.min()), float(values.max())
    centre = low / 2 + high / 2  # the sum could overflow
    scale = (high / 2 - low / 2) or 1.0
    stored = (values - centre) / scale
    return stored.astype(np.float32), Frame(centre, scale)


def span(points: Points) -> tuple[float, float, float, float]:
    """Return ``(x_low, x_high, y_low, y_high)`` of the points."""
    return (*_limits(points.x, points.x_frame), *_limits(points.y, points.y_frame))


def _limits(stored: NDArray[np.float32], frame: Frame) -> tuple[float, float]:
    if not len(stored):
        return 0.0, 1.0
    return (
        frame.centre + frame.scale * float(stored.min()),
        frame.centre + frame.scale * float(stored.max()),
    )
