"""The selected points: they keep their colour and get a rim, few of them lie above all others."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gmmstudio.ui.views.points.marks import Flags, Ints, Marks
from gmmstudio.ui.views.points.points import Points, among
from gmmstudio.ui.views.points.winners import WinnerImage, find_winners

Mask = NDArray[np.bool_]
ON_TOP = 5_000  # so many selected points are drawn once more, over the others
LARGE_ENOUGH = 4.5  # marks of this size show their rim


class Lit:
    """Which points of a cloud are selected; everything is a look-up on its winner image.

    Parameters
    ----------
    mask : (rows of the table,) bool
        Whether each row is selected.
    """

    def __init__(self, mask: Mask) -> None:
        self.mask = mask
        few = np.count_nonzero(mask) <= ON_TOP
        self._rows: Ints | None = np.flatnonzero(mask) if few else None
        self._points: tuple[Points, Points] | None = None  # of whom, the selected ones
        self._image: tuple[WinnerImage, Flags | None, WinnerImage] | None = None
        self._selected: tuple[Ints, Mask] | None = None

    def selected(self, rows: Ints) -> Mask:
        """Tell of each of these rows of the table whether it is selected; kept for the next."""
        if self._selected is None or self._selected[0] is not rows:
            self._selected = rows, self.mask[rows]
        return self._selected[1]

    def top(self, points: Points, below: WinnerImage, kinds: Flags | None) -> WinnerImage | None:
        """Return the picture of the selected points alone that lies over `below`; None: too many.

        It is found anew only when the view or the points change.
        """
        if self._rows is None:
            return None
        if self._points is None or self._points[0] is not points:
            self._points = points, among(points, self._rows)
            self._image = None
        if self._image is None or self._image[0] is not below or self._image[1] is not kinds:
            marks = Marks(max(below.marks.size, LARGE_ENOUGH), max(below.marks.fineness, 2))
            found = find_winners(self._points[1], below.grid, kinds, marks=marks)
            self._image = below, kinds, found
        return self._image[2]


def lay_over(below: NDArray[np.uint32], top: NDArray[np.uint32], pixels: Ints) -> None:
    """Draw some pixels of a picture over those of another, both premultiplied ARGB."""
    flat, over = below.reshape(-1), top.reshape(-1)[pixels]
    under = flat[pixels].view(np.uint8).reshape(-1, 4).astype(np.uint32)
    through = 255 - (over >> np.uint32(24))
    rest = ((under * through[:, None] + 127) // 255).astype(np.uint8)
    flat[pixels] = over + np.ascontiguousarray(rest).view(np.uint32).ravel()
