"""The marks of a scatter: their size, and the sub-pixels each one covers."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from gmmstudio.report.symbols import SYMBOL, WIDEST, covers

Ints = NDArray[np.int64]
Flags = NDArray[np.uint8]

NORMAL, APART, OUTLIER = 0, 1, 2  # kinds of rows; "apart": not in the fit
LAYERS = (APART, NORMAL, OUTLIER)  # what is drawn later covers what was drawn before
FEW = 4_000  # so many are drawn at their finest even while the view moves
MANY = 100_000  # so many in view have round marks; beyond they dissolve into a density raster


@dataclass(frozen=True)
class Marks:
    """Size of the marks in logical pixels and how finely they are drawn.

    `fineness` is the number of sub-pixels per device pixel and direction; 1 draws hard pixels.
    """

    size: float
    fineness: int

    @property
    def apart(self) -> float:
        """Size of the marks of rows that are not in the fit."""
        return max(1.0, self.size * 0.72)

    @property
    def cross(self) -> float:
        """Size of the crosses of outliers: never so small that they cannot be told apart."""
        return max(3.0, self.size * 1.22)


def mark_size(n_visible: int) -> float:
    """Size of a mark in logical pixels: 7 for few points, 1 for a million."""
    return float(
        np.interp(np.log10(max(n_visible, 1)), (3.0, 3.3, 4.3, 5.0, 5.7, 6.0), (7, 7, 5, 3, 2, 1))
    )


def choose_marks(n_visible: int, scale: float, *, draft: bool = False, share: float = 1.0) -> Marks:
    """Choose size and fineness for so many points at so many device pixels per logical one.

    A small plot takes a ``share`` of the usual size.
    """
    size = max(mark_size(n_visible) * share, 1.0)
    if n_visible > MANY or draft:
        return Marks(max(1.0, float(round(size * scale))) / scale, 1)
    return Marks(size, 3 if n_visible <= 2_000 and scale < 1.25 else 2)


@dataclass(frozen=True, eq=False)
class Stamp:
    """The sub-pixels of a mark, relative to that of its centre.

    `middle` is how far the middle of the mark lies beyond the middle of that sub-pixel;
    `half_widths` are the rows of a mark without rim, by their reach to the left and right.
    """

    middle: float
    dx: Ints
    dy: Ints
    rim: NDArray[np.int32]
    half_widths: dict[tuple[int, int], list[int]] | None


@lru_cache(maxsize=64)
def stamp_of(kind: int, marks: Marks, scale: float) -> Stamp:
    """Return the sub-pixels of the mark of rows of this kind."""
    unit = scale * marks.fineness
    if kind == OUTLIER:
        return _cross(marks.cross * unit, halo=0.9 * unit if marks.fineness > 1 else 0.0)
    size = (marks.apart if kind == APART else marks.size) * unit
    rim = 0.55 * unit if marks.fineness > 1 and marks.size >= 4 else 0.0
    if kind > SYMBOL:  # the first symbol is the disc
        return _symbol(kind - SYMBOL, size, rim)
    return _disc(size, rim)


def _grid_around(diameter: float) -> tuple[float, Ints, Ints, NDArray, NDArray]:
    """Sub-pixel offsets of a square and their distances from the middle of the mark.

    A mark of an even number of sub-pixels has its middle between two of them.
    """
    n = max(1, round(diameter))
    steps = np.arange(n) - (n - 1) // 2
    dx, dy = (part.ravel() for part in np.meshgrid(steps, steps))
    middle = 0.5 if n % 2 == 0 else 0.0
    return middle, dx, dy, dx - middle, dy - middle


def _disc(diameter: float, rim: float) -> Stamp:
    middle, dx, dy, u, v = _grid_around(diameter + 2 * rim)
    outer = max(1, round(diameter + 2 * rim)) / 2
    distance = np.hypot(u, v)
    keep = distance <= outer if outer > 1 else distance <= 2
    dx, dy, distance = dx[keep], dy[keep], distance[keep]
    on_rim = (distance > diameter / 2).astype(np.int32) if rim else np.zeros(len(dx), np.int32)
    return Stamp(middle, dx, dy, on_rim, None if rim else _runs(dx, dy))


def _runs(dx: Ints, dy: Ints) -> dict[tuple[int, int], list[int]]:
    """Group the rows of a disc by their reach to the left and right, growing."""
    reach: dict[tuple[int, int], list[int]] = {}
    for row in np.unique(dy):
        inside = dx[dy == row]
        reach.setdefault((-int(inside.min()), int(inside.max())), []).append(int(row))
    return dict(sorted(reach.items()))


def _cross(size: float, halo: float) -> Stamp:
    """Make a diagonal cross; its rim keeps it readable on top of marks of its own colour."""
    stroke = max(0.5, size * 0.095)
    arm = size / 2 * 0.86
    middle, dx, dy, u, v = _grid_around(size + 2 * halo)
    along, across = (u + v) / np.sqrt(2), (u - v) / np.sqrt(2)
    far, near = np.maximum(abs(along), abs(across)), np.minimum(abs(along), abs(across))
    reach = arm * np.sqrt(2)
    core = (near <= stroke) & (far <= reach)
    around = (near <= stroke + halo) & (far <= reach + halo)
    keep = around if halo else core
    return Stamp(middle, dx[keep], dy[keep], (~core[keep]).astype(np.int32), None)


def _symbol(number: int, diameter: float, rim: float) -> Stamp:
    middle, dx, dy, u, v = _grid_around(WIDEST * diameter + 2 * rim)
    core = covers(number, diameter / 2, u, v)
    keep = covers(number, diameter / 2 + rim, u, v) if rim else core
    return Stamp(middle, dx[keep], dy[keep], (~core[keep]).astype(np.int32), None)


def margin(marks: Marks, unit: float) -> int:
    """Margin in sub-pixels: twice what the largest mark reaches."""
    return 2 * (int(np.ceil((max(marks.cross, WIDEST * marks.size) / 2 + 1) * unit)) + 1)
