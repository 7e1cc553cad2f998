"""The points of a scatter on paper: shapes while they are few, an image when they are many."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QPolygonF

from gmmstudio.report.symbols import LARGE_ENOUGH as SYMBOLS_FROM
from gmmstudio.report.symbols import SYMBOL, corners
from gmmstudio.ui.views.points.colouring import Colouring
from gmmstudio.ui.views.points.lit import LARGE_ENOUGH, ON_TOP, Lit
from gmmstudio.ui.views.points.marks import (
    APART,
    LAYERS,
    NORMAL,
    OUTLIER,
    Flags,
    Ints,
    Marks,
    mark_size,
)
from gmmstudio.ui.views.points.mixing import Shading, mixed_raster
from gmmstudio.ui.views.points.picture import Picture as SeenPoints
from gmmstudio.ui.views.points.pixel_grid import PixelGrid
from gmmstudio.ui.views.points.points import Points, among
from gmmstudio.ui.views.points.winners import WinnerImage, find_winners

MOST_SHAPES = 5_000  # more of them make files slow to open, and hide each other anyway
_REACH = 6.0  # pixels; marks that far outside may still be seen


@dataclass(frozen=True, eq=False)
class PointsPart:
    """The points of a view as they are now.

    Attributes
    ----------
    points, kinds, colouring, rim
        As the screen draws them.
    grid
        The range shown and the size, at a scale of 1.
    lit
        The points selected.
    seen
        Which points the screen shows where.
    raster
        Whether very many points dissolve into a density raster.
    share
        How large marks are, 1 being as on the screen.
    """

    points: Points
    kinds: Flags | None
    colouring: Colouring
    rim: np.uint32
    grid: PixelGrid
    lit: Lit | None = None
    seen: WinnerImage | None = None
    raster: bool = True
    share: float = 1.0

    def draw(self, painter: QPainter, scale: float, *, as_shapes: bool) -> None:
        if as_shapes:
            rows, x, y = self._in_view()
            if len(rows) <= MOST_SHAPES:
                self._draw_shapes(painter, rows, x, y)
                return
        self._draw_image(painter, scale)

    def _in_view(self) -> tuple[Ints, NDArray, NDArray]:
        """Rows of the table in view, in drawing order, and where they lie."""
        grid, rows = self.grid, self.points.rows
        with np.errstate(over="ignore", invalid="ignore"):
            x = (self.points.x_values[rows] - grid.x_low) * (
                grid.width / (grid.x_high - grid.x_low)
            )
            y = (grid.y_high - self.points.y_values[rows]) * (
                grid.height / (grid.y_high - grid.y_low)
            )
            inside = (x > -_REACH) & (x < grid.width + _REACH)
            inside &= (y > -_REACH) & (y < grid.height + _REACH)
        return rows[inside], x[inside], y[inside]

    def _draw_shapes(self, painter: QPainter, rows: Ints, x: NDArray, y: NDArray) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        selected = None if self.lit is None else self.lit.mask[rows]
        colours = self.colouring.colours(rows, self.kinds, self.points.n_rows, selected=selected)
        kinds = np.full(len(rows), NORMAL) if self.kinds is None else self.kinds[rows]
        marks = Marks(mark_size(len(rows)) * self.share, 2)
        rim, ring = word_color(int(self.rim)), word_color(int(self.colouring.ring))
        layer = np.where(kinds >= SYMBOL, NORMAL, kinds)
        if marks.size < SYMBOLS_FROM * self.share:
            kinds = layer
        places = [(kind, np.flatnonzero(layer == kind), marks, rim) for kind in LAYERS]
        if selected is not None and np.count_nonzero(selected) <= ON_TOP:
            large = Marks(max(marks.size, LARGE_ENOUGH * self.share), 2)
            places += [
                (kind, np.flatnonzero((layer == kind) & selected), large, ring) for kind in LAYERS
            ]
        for _kind, chosen, size, around in places:
            described = (part[chosen].tolist() for part in (x, y, colours, kinds))
            for across, down, word, mark in zip(*described, strict=True):
                middle = QPointF(round(across, 2), round(down, 2))
                draw_mark(painter, middle, mark, size, word_color(word), around)

    def _draw_image(self, painter: QPainter, scale: float) -> None:
        g = self.grid
        grid = PixelGrid(g.x_low, g.x_high, g.y_low, g.y_high, g.width, g.height, scale)
        points, seen = self.points, self.seen
        known = self.colouring.rows if self.colouring.n_components else None
        partly = known is not None and len(known) < len(points)
        if partly and known is not None and seen is not None and seen.density is None:
            # Marks so large that what the screen does not show would be hidden here, too.
            points = among(points, known.astype(np.int64))
            winners = find_winners(points, grid, self.kinds, marks=self._shrunk(seen.marks))
        else:
            winners = find_winners(points, grid, self.kinds, raster=self.raster)
            if self.share < 1.0 and winners.marks.fineness > 1:
                marks = self._shrunk(winners.marks)
                winners = find_winners(points, grid, self.kinds, marks=marks)
        picture = SeenPoints(points, winners, self.kinds)
        # A copy of what is selected: the window's own keeps what the screen needs.
        lit = None if self.lit is None else Lit(self.lit.mask)
        mixed = self._mixed(points, winners)
        if mixed is not None:
            picture.put(mixed, self.colouring, lit)
        else:
            colouring = self.colouring
            if partly and seen is not None and seen.density is not None:
                colouring = with_neighbours(colouring, picture.rows(lit), points, seen)
            picture.colour(colouring, self.rim, lit)
        if picture.pixels is not None:
            draw_pixels(painter, picture.pixels, scale)

    def _mixed(self, points: Points, winners: WinnerImage) -> NDArray[np.uint32] | None:
        """Return the mean colours of a raster, if it is one and all labels are there."""
        colouring = self.colouring
        if winners.density is None or not colouring.n_components or colouring.rows is not None:
            return None
        mask = None if self.lit is None else self.lit.mask
        return mixed_raster(points, winners, Shading(colouring, self.kinds, mask))

    def _shrunk(self, marks: Marks) -> Marks:
        return replace(marks, size=max(1.0, marks.size * self.share))


def with_neighbours(
    colouring: Colouring, rows: Ints, points: Points, seen: WinnerImage
) -> Colouring:
    """Colour rows whose labels are not known like what is seen at their place.

    Of very many points the labels are known of those on the screen alone; an image with finer
    pixels shows others between them.

    Parameters
    ----------
    colouring
        Colours some rows.
    rows : (m,) int64
        Rows of the table to colour.
    points, seen
        All points, and those on the screen.
    """
    assert colouring.rows is not None
    place = np.full(points.n_rows, -1, np.int64)
    place[colouring.rows] = np.arange(len(colouring.rows))
    of_row = place[rows]
    unknown = np.flatnonzero(of_row < 0)
    g = seen.grid
    x, y = points.x_values[rows[unknown]], points.y_values[rows[unknown]]
    across = g.shift_x + (x - g.x_low) * (g.width * g.scale / (g.x_high - g.x_low))
    down = g.shift_y + (g.y_high - y) * (g.height * g.scale / (g.y_high - g.y_low))
    lines, columns = seen.slots.shape
    column = np.clip(across, 0, columns - 1).astype(np.int64)
    line = np.clip(down, 0, lines - 1).astype(np.int64)
    slot = seen.slots[line, column]
    found = place[seen.rows[np.maximum(slot - 1, 0)]]
    of_row[unknown] = np.where(slot > 0, found, -1)
    labels = np.where(of_row < 0, -1, colouring.labels[of_row])
    certainty = np.where(of_row < 0, 0.0, colouring.max_probability[of_row])
    return replace(
        colouring,
        rows=rows,
        labels=labels.astype(colouring.labels.dtype),
        max_probability=certainty.astype(colouring.max_probability.dtype),
    )


def draw_pixels(painter: QPainter, pixels: NDArray[np.uint32], scale: float) -> None:
    """Draw premultiplied ARGB (lines, columns), so many of them per pixel of the painter."""
    lines, columns = pixels.shape
    form = QImage.Format.Format_ARGB32_Premultiplied
    image = QImage(pixels.data, columns, lines, 4 * columns, form).copy()
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
    painter.drawImage(QRectF(0, 0, columns / scale, lines / scale), image, QRectF(image.rect()))


def draw_mark(
    painter: QPainter, middle: QPointF, kind: int, marks: Marks, color: QColor, rim: QColor
) -> None:
    """Draw the mark of a row of this kind."""
    if kind == OUTLIER:
        draw_cross(painter, middle, marks.cross, color, rim)
    elif kind >= SYMBOL:
        draw_symbol(painter, middle, kind - SYMBOL, marks.size, color, rim)
    else:
        draw_dot(painter, middle, marks.apart if kind == APART else marks.size, color, rim)


def draw_dot(painter: QPainter, middle: QPointF, size: float, color: QColor, rim: QColor) -> None:
    """Draw a disc with a rim that keeps it apart from its neighbours, as on the screen."""
    width = 0.55 if size >= 4 else 0.0
    painter.setBrush(color)
    painter.setPen(QPen(rim, width) if width else Qt.PenStyle.NoPen)
    radius = (size + width) / 2
    painter.drawEllipse(middle, radius, radius)


def draw_symbol(
    painter: QPainter, middle: QPointF, symbol: int, size: float, color: QColor, rim: QColor
) -> None:
    """Draw a cluster's symbol, as large as the dot."""
    outline = corners(symbol)
    if outline is None:
        draw_dot(painter, middle, size, color, rim)
        return
    width = 0.55 if size >= 4 else 0.0
    painter.setBrush(color)
    painter.setPen(QPen(rim, width) if width else Qt.PenStyle.NoPen)
    places = ((size + width) / 2 * outline).round(2).tolist()
    painter.drawPolygon(QPolygonF([middle + QPointF(x, y) for x, y in places]))


def draw_cross(painter: QPainter, middle: QPointF, size: float, color: QColor, rim: QColor) -> None:
    """Draw a diagonal cross with a pale line around it."""
    stroke, arm = 2 * max(0.5, size * 0.095), size / 2 * 0.86
    for pen in (QPen(rim, stroke + 1.8), QPen(color, stroke)):
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        painter.setPen(pen)
        x, y = middle.x(), middle.y()
        painter.drawLines(
            [
                QLineF(x - arm, y - arm, x + arm, y + arm),
                QLineF(x - arm, y + arm, x + arm, y - arm),
            ]
        )


def word_color(word: int) -> QColor:
    """Return the colour of a premultiplied word."""
    alpha = word >> 24
    if alpha == 0:
        return QColor(0, 0, 0, 0)
    red, green, blue = (min(((word >> at) & 255) * 255 // alpha, 255) for at in (16, 8, 0))
    return QColor(red, green, blue, alpha)
