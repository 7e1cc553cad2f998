"""Where marks are stamped: which point is on top at each sub-pixel, and how many lie under it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gmmstudio.ui.views.points.marks import Ints, Stamp
from gmmstudio.ui.views.points.pixel_grid import Pixels

Cells = NDArray[np.int32]


class Canvas:
    """Sub-pixels with a margin, so that marks half outside need no care.

    Holds ``2 * position`` of the point that is seen, one more on the rim of its mark, or -1.
    """

    def __init__(self, columns: int, lines: int, pad: int) -> None:
        self.columns, self.lines, self.pad = columns, lines, pad
        self.width, self.height = columns + 2 * pad, lines + 2 * pad
        self.cells: Cells = np.full(self.height * self.width, -1, np.int32)
        self._centres: Cells | None = None  # how many points have their centre there

    def stamp(
        self, seen: Ints, px: Pixels, py: Pixels, stamp: Stamp, *, counted: bool = False
    ) -> None:
        """Put a mark on each point, later ones over earlier ones; count them where asked."""
        reach = self.pad // 2  # no mark reaches further
        px, py = px + (self.pad - stamp.middle), py + (self.pad - stamp.middle)
        inside = (
            (px >= reach) & (px < self.width - reach) & (py >= reach) & (py < self.height - reach)
        )
        if not inside.all():
            seen, px, py = seen[inside], px[inside], py[inside]
        column, centres = px.astype(np.int64), py.astype(np.int64)
        centres *= self.width
        centres += column
        if counted:
            if self._centres is None:
                self._centres = np.zeros(self.cells.size, np.int32)
            self._centres += np.bincount(centres, minlength=self.cells.size)
        if len(stamp.dx) == 1:
            self.cells[centres] = 2 * seen
        elif stamp.half_widths and len(seen) * len(stamp.dx) > 3 * self.cells.size:
            self._spread(seen, centres, stamp.half_widths)
        else:
            # Point after point, and of equal places the last one assigned stays.
            offsets = stamp.dy * self.width + stamp.dx
            cells = (centres[:, None] + offsets).ravel()
            self.cells[cells] = ((2 * seen).astype(np.int32)[:, None] + stamp.rim).ravel()

    def stamp_in_order(self, seen: Ints, px: Pixels, py: Pixels, stamp: Stamp) -> None:
        """Put a mark on each point, over all that come before it, whoever was stamped first."""
        column = np.floor(px + (self.pad - stamp.middle)).astype(np.int64)
        line = np.floor(py + (self.pad - stamp.middle)).astype(np.int64)
        reach = self.pad // 2
        inside = (column >= reach) & (column < self.width - reach)
        inside &= (line >= reach) & (line < self.height - reach)
        centres = (line * self.width + column)[inside]
        cells = (centres[:, None] + (stamp.dy * self.width + stamp.dx)).ravel()
        marks = ((2 * seen[inside]).astype(np.int32)[:, None] + stamp.rim).ravel()
        np.maximum.at(self.cells, cells, marks)

    def _spread(
        self, seen: Ints, centres: Ints, half_widths: dict[tuple[int, int], list[int]]
    ) -> None:
        """Do the same for many points: the latest of the centres within a mark's reach."""
        flat = np.full(self.cells.size, -1, np.int32)
        flat[centres] = 2 * seen
        layer = flat.reshape(-1, self.width)
        flat = _over_marks(layer, half_widths, np.maximum, -1).ravel()
        np.copyto(self.cells, flat, where=flat >= 0)

    def lay(self, over: Canvas) -> None:
        """Put what another canvas of this size shows over this one, and add its counts."""
        np.copyto(self.cells, over.cells, where=over.cells >= 0)
        if over._centres is not None and self._centres is not None:
            self._centres += over._centres
        elif over._centres is not None:
            self._centres = over._centres

    def counts(self, stamp: Stamp) -> Cells:
        """Return of each pixel (lines, columns) how many of the marks counted cover it."""
        if self._centres is None:
            return np.zeros((self.lines, self.columns), np.int32)
        return self._inside(spread(self._centres.reshape(-1, self.width), stamp))

    def inner(self) -> Cells:
        return self._inside(self.cells.reshape(-1, self.width))

    def _inside(self, cells: Cells) -> Cells:
        return cells[self.pad : self.pad + self.lines, self.pad : self.pad + self.columns]


def spread(layer: NDArray, stamp: Stamp) -> NDArray:
    """Add up, at each place, what lies at the centres of all marks that reach it."""
    if len(stamp.dx) == 1 or not stamp.half_widths:
        return layer
    return _over_marks(layer, stamp.half_widths, np.add, 0)


def _over_marks(
    layer: NDArray, half_widths: dict[tuple[int, int], list[int]], join: np.ufunc, nothing: int
) -> NDArray:
    """Join, at each place, what lies at the centres of all marks that reach it."""
    result = np.full_like(layer, nothing)
    wide = layer.copy()
    left, right = 0, 0
    for (to_left, to_right), dys in half_widths.items():
        while left < to_left:  # runs come in growing width
            left += 1
            join(wide[:, :-left], layer[:, left:], out=wide[:, :-left])
        while right < to_right:
            right += 1
            join(wide[:, right:], layer[:, :-right], out=wide[:, right:])
        for dy in dys:
            into, source = _shifted(result, dy), _shifted(wide, -dy)
            join(into, source, out=into)
    return result


def _shifted(cells: NDArray, dy: int) -> NDArray:
    """Rows of `cells` without the first `dy` (or, if negative, the last -dy)."""
    return cells[dy:] if dy >= 0 else cells[:dy]
