"""A winner image and the coloured picture made of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter

from gmmstudio.ui.views.points.averaging import Averager
from gmmstudio.ui.views.points.colouring import Colouring, Places
from gmmstudio.ui.views.points.density import colour_raster
from gmmstudio.ui.views.points.lit import Lit, lay_over
from gmmstudio.ui.views.points.marks import Flags, Ints
from gmmstudio.ui.views.points.pixel_grid import PixelGrid
from gmmstudio.ui.views.points.points import Points
from gmmstudio.ui.views.points.winners import WinnerImage, averager_of, colour_image

_NEAR = 4.0  # a picture is drawn so much larger or smaller, until the right one is there


@dataclass(frozen=True, eq=False)
class _Fixed:
    """What of the colours of some rows stays while labels come for the same rows, frame by frame.

    Looking it up row by row at every frame took a quarter of the time of recolouring.
    """

    rows: Ints
    labelled: NDArray[np.integer] | None
    kinds: Flags | None
    places: Places


class Picture:
    """What is seen of some points in one view, and its colours, which may change.

    Attributes
    ----------
    points, winners, kinds
        The points, which of them is seen where, and their kinds when that was found.
    pixels : (lines, columns) uint32 or None
        The colours; None while they are to be worked out.
    """

    def __init__(self, points: Points, winners: WinnerImage, kinds: Flags | None) -> None:
        self.points, self.winners, self.kinds = points, winners, kinds
        self.pixels: NDArray[np.uint32] | None = None
        self._image: QImage | None = None
        self._rows: tuple[WinnerImage, Ints] | None = None
        self._fixed: _Fixed | None = None
        self._averager: Averager | None = None

    def forget_colours(self) -> None:
        """Have the colours worked out anew."""
        self._image = None
        self.pixels = None

    def rows(self, lit: Lit | None) -> Ints:
        """Return the rows seen, then those of the selected points that lie over them."""
        top = self._top(lit)
        if top is None:
            return self.winners.rows
        if self._rows is None or self._rows[0] is not top:
            self._rows = top, np.concatenate([self.winners.rows, top.rows])
        return self._rows[1]

    def _top(self, lit: Lit | None) -> WinnerImage | None:
        return None if lit is None else lit.top(self.points, self.winners, self.kinds)

    def colour(self, colouring: Colouring, rim: np.uint32, lit: Lit | None) -> None:
        """Work out the colours, of the point seen at each pixel."""
        winners, rows = self.winners, self.rows(lit)
        fixed = self._fixed
        if fixed is None or fixed.rows is not rows or fixed.labelled is not colouring.rows:
            kinds = None if self.kinds is None else self.kinds[rows]
            places = colouring.places(rows, self.points.n_rows)
            fixed = self._fixed = _Fixed(rows, colouring.rows, kinds, places)
        selected = None if lit is None else lit.selected(rows)
        words, codes = colouring.shades(
            rows,
            fixed.kinds,
            self.points.n_rows,
            crossed=winners.crossed,
            selected=selected,
            places=fixed.places,
        )
        n = len(winners.rows)
        if winners.density is not None:
            pixels = colour_raster(winners.density, winners.slots.shape, words, codes[:n])
        else:
            ring = np.uint32(colouring.ring)
            rims = rim if selected is None else np.where(selected[:n], ring, rim)
            colours = np.take(words, codes[:n])
            self._averager = self._averager or averager_of(winners)
            if self._averager is None:
                pixels = colour_image(winners, colours, rims)
            else:
                pixels = self._averager.image(colours, rims)
        self.put(pixels, colouring, lit, words[codes[n:]])

    def put(
        self,
        pixels: NDArray[np.uint32],
        colouring: Colouring,
        lit: Lit | None,
        lit_colours: NDArray[np.uint32] | None = None,
    ) -> None:
        """Take these colours, with the selected points over them."""
        top = self._top(lit)
        pixels = np.ascontiguousarray(pixels)
        if top is not None and top.pixels is not None:
            if lit_colours is None:
                lit_colours = colouring.colours(
                    top.rows, self.kinds, self.points.n_rows, crossed=self.winners.crossed
                )
            over = colour_image(top, lit_colours, np.uint32(colouring.ring))
            pixels = pixels.copy()  # else the next frame would begin with these
            lay_over(pixels, over, top.pixels)
        lines, columns = pixels.shape
        form = QImage.Format.Format_ARGB32_Premultiplied
        self._image = QImage(pixels.data, columns, lines, 4 * columns, form)
        self.pixels = pixels  # they live as long as the image that looks into them

    def is_near(self, grid: PixelGrid) -> bool:
        """Tell whether this picture, moved and stretched, does for another view a while."""
        own = self.winners.grid
        if (own.width, own.height, own.scale) != (grid.width, grid.height, grid.scale):
            return False
        across = own.x_rate / grid.x_rate
        up = own.y_rate / grid.y_rate
        if not (1 / _NEAR < across < _NEAR and 1 / _NEAR < up < _NEAR):
            return False
        left, right = max(own.x_low, grid.x_low), min(own.x_high, grid.x_high)
        low, high = max(own.y_low, grid.y_low), min(own.y_high, grid.y_high)
        return left < right and low < high

    def place_in(self, grid: PixelGrid) -> QRectF:
        """Return where this picture belongs in a view, in its logical pixels."""
        own = self.winners.grid
        x_stretch, y_stretch = grid.x_rate / own.x_rate, grid.y_rate / own.y_rate
        x = (own.x_low - grid.x_low) * grid.x_rate - own.shift_x * x_stretch
        y = (own.y_high - grid.y_high) * grid.y_rate - own.shift_y * y_stretch
        return QRectF(
            x / grid.scale,
            y / grid.scale,
            own.columns * x_stretch / grid.scale,
            own.lines * y_stretch / grid.scale,
        )

    def covers(self, grid: PixelGrid) -> tuple[float, float, float, float]:
        """Return left, top, right and bottom of this picture in a view, in its device pixels."""
        place = self.place_in(grid)
        left, top = place.left() * grid.scale + grid.shift_x, place.top() * grid.scale
        right, bottom = place.right() * grid.scale + grid.shift_x, place.bottom() * grid.scale
        return left, top + grid.shift_y, right, bottom + grid.shift_y

    def draw(self, painter: QPainter, grid: PixelGrid) -> None:
        """Draw the picture where it belongs in a view."""
        if self._image is None:
            return
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        if self.winners.grid == grid:
            target = QRectF(
                -grid.shift_x / grid.scale,
                -grid.shift_y / grid.scale,
                grid.columns / grid.scale,
                grid.lines / grid.scale,
            )
        else:
            target = self.place_in(grid)
        painter.drawImage(target, self._image, QRectF(self._image.rect()))
