"""The points in the cells of a matrix on paper: shapes while they are few, images when many."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter

from gmmstudio.ui.pictures.points_part import MOST_SHAPES, draw_mark, draw_pixels, word_color
from gmmstudio.ui.views.matrix.picture import (
    Column,
    Picture,
    PictureMaker,
    Place,
    Sheet,
    cell_marks,
    lift,
)
from gmmstudio.ui.views.points.marks import LAYERS, NORMAL
from gmmstudio.ui.views.points.points import arrange
from gmmstudio.ui.views.points.winners import colour_image


@dataclass(frozen=True, eq=False)
class CellPoints:
    """The points of a page of cells as they are now.

    Attributes
    ----------
    sheet
        The page.
    colours
        Of the rows drawn (m,), by whether outliers are crosses.
    rims : (m,) uint32
        Of their marks.
    """

    sheet: Sheet
    colours: dict[bool, NDArray[np.uint32]]
    rims: NDArray[np.uint32]

    def draw(self, painter: QPainter, scale: float, *, as_shapes: bool) -> None:
        layout = self.sheet.layout
        picture = PictureMaker().make(replace(self.sheet, scale=scale))
        few = len(picture.winners) * len(self.sheet.rows) <= MOST_SHAPES
        for cell in picture.winners:
            area = QRectF(layout.x(cell[1]), layout.y(cell[0]), layout.width, layout.height)
            painter.save()
            painter.setClipRect(area, Qt.ClipOperation.IntersectClip)
            painter.translate(area.topLeft())
            if as_shapes and few:
                self._draw_shapes(painter, picture, cell)
            else:
                self._draw_image(painter, picture, cell, scale)
            painter.restore()

    def _draw_image(self, painter: QPainter, picture: Picture, cell: Place, scale: float) -> None:
        winners = picture.winners[cell]
        colours = self.colours[winners.crossed]
        pixels = colour_image(winners, colours[winners.rows], self.rims[winners.rows])
        grid = winners.grid
        painter.translate(-grid.shift_x / scale, -grid.shift_y / scale)
        draw_pixels(painter, np.ascontiguousarray(pixels), scale)

    def _draw_shapes(self, painter: QPainter, picture: Picture, cell: Place) -> None:
        layout, sheet = self.sheet.layout, self.sheet
        across: Column = picture.columns[layout.across[cell[1]]]
        up: Column = picture.columns[layout.up[cell[0]]]
        points = arrange(across.drawn, up.drawn)
        if sheet.selected is not None:
            points = lift(points, sheet.selected[sheet.rows])
        marks = cell_marks(points, layout, 1.0)
        x = (points.x_values[points.rows] - across.low) * (
            layout.width / (across.high - across.low)
        )
        y = (up.high - points.y_values[points.rows]) * (layout.height / (up.high - up.low))
        kinds = np.full(len(points), NORMAL)
        if sheet.kinds is not None:
            kinds = sheet.kinds[sheet.rows][points.rows]
        colours, rims = self.colours[True][points.rows], self.rims[points.rows]
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for kind in LAYERS:
            for i in np.flatnonzero(kinds == kind).tolist():
                middle = QPointF(round(float(x[i]), 2), round(float(y[i]), 2))
                color, rim = word_color(int(colours[i])), word_color(int(rims[i]))
                draw_mark(painter, middle, kind, marks, color, rim)
