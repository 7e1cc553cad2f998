"""The cells of a matrix: painted, hovered, clicked and walked along."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QBrush,
    QColor,
    QFont,
    QHelpEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPen,
)
from PySide6.QtWidgets import QToolTip, QWidget

from gmmstudio.ui import theme
from gmmstudio.ui.pictures.cell_points import CellPoints
from gmmstudio.ui.pictures.paper import Part, on_paper
from gmmstudio.ui.views.layers.badges import draw_badge
from gmmstudio.ui.views.layers.hairlines import closed_normal, draw_closed_line
from gmmstudio.ui.views.layers.histogram import draw_bars, draw_bells
from gmmstudio.ui.views.matrix.edges import Edges
from gmmstudio.ui.views.matrix.images import density_image, point_image
from gmmstudio.ui.views.matrix.layout import Layout, lay_out
from gmmstudio.ui.views.matrix.mixture import CellMixture, PageMixture
from gmmstudio.ui.views.matrix.picture import Picture, Place, Sheet
from gmmstudio.ui.views.pages.area import ARROWS, PageArea
from gmmstudio.ui.views.points.winners import WinnerImage
from gmmstudio.ui.widgets.painting import guarded
from gmmstudio.ui.widgets.tips import plain_tip

ALL, BELOW, ABOVE = "all", "below", "above"  # of the points
_FARTHEST = 1e5  # pixels; Qt draws no further
_MANY = 12  # components; of more the outlines alone are drawn, above the diagonal
_BADGE_CELL = 44.0  # height of a cell that holds letters


class MatrixArea(PageArea):
    """Draws a page of cells.

    Attributes
    ----------
    asked
        The page asked for last, which pictures are drawn from.
    chosen : Signal
        (line, place) of the cell that is to be opened.
    left_page : Signal
        The keyboard goes on beyond the page: (lines, places).
    """

    chosen = Signal(int, int)
    left_page = Signal(int, int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.names: dict[int, str] = {}
        self.across: tuple[int, ...] = ()
        self.up: tuple[int, ...] = ()
        self.picture: Picture | None = None
        self.mixture = PageMixture()
        self.sigmas: tuple[float, ...] = (1.0, 2.0)
        self.asked: Callable[[], Sheet | None] = lambda: None
        self.focused: Place = (0, 0)
        self._hovered: Place | None = None
        self._colours: dict[bool, NDArray[np.uint32]] = {}
        self._rims: NDArray[np.uint32] = np.empty(0, np.uint32)
        self._images: dict[Place, tuple[QImage, NDArray]] = {}  # with the buffer it looks into
        self._grounds: dict[Place, tuple[QImage, NDArray]] = {}
        self.setAccessibleName("Matrix of all pairs of columns")

    # ---- what is drawn -------------------------------------------------------------------

    def set_page(self, across: tuple[int, ...], up: tuple[int, ...], names: dict[int, str]) -> None:
        """Show these columns across and up."""
        self.names = names
        if (across, up) != (self.across, self.up):
            self.across, self.up = across, up
            self._hovered = None
            self.focus_cell(*self.focused)
        self.update()

    def set_picture(self, picture: Picture | None) -> None:
        """Show what the rows give."""
        self.picture = picture
        self._images, self._grounds = {}, {}
        self.update()

    def set_colours(self, crossed: NDArray, plain: NDArray, rims: NDArray) -> None:
        """Colour the rows drawn (m,) and the rims of their marks.

        `plain` are for cells whose outliers are no crosses.
        """
        self._colours = {True: crossed, False: plain}
        self._rims = rims
        self._images = {}
        self.update()

    def set_mixture(self, mixture: PageMixture) -> None:
        """Show this mixture."""
        self.mixture = mixture
        self.update()

    def restyle(self) -> None:
        self._images, self._grounds = {}, {}
        super().restyle()

    @property
    def layout_now(self) -> Layout:
        """Where the cells lie."""
        return lay_out(self.across, self.up, self._edges().inner(self.up))

    def _edges(self) -> Edges:
        return Edges(float(self.width()), float(self.height()), self.names)

    def cell_rect(self, line: int, place: int) -> QRectF:
        """Where a cell lies."""
        layout = self.layout_now
        return QRectF(layout.x(place), layout.y(line), layout.width, layout.height)

    # ---- drawing -------------------------------------------------------------------------

    @guarded
    def paintEvent(self, _event) -> None:
        self._paint(QPainter(self), ALL)

    def paper_layers(self) -> tuple[Callable[[QPainter], None] | Part, ...]:
        """Return what lies under the points, the points in any resolution, what lies over them."""
        layout, asked = self.layout_now, self.asked()
        if (
            self.message
            or self.picture is None
            or asked is None
            or not self._colours
            or (asked.layout.across, asked.layout.up) != (layout.across, layout.up)
        ):
            return (partial(self._paint, which=ALL),)
        points = CellPoints(replace(asked, layout=layout), dict(self._colours), self._rims)
        return partial(self._paint, which=BELOW), points, partial(self._paint, which=ABOVE)

    @guarded
    def _paint(self, painter: QPainter, which: str) -> None:
        """Draw everything, or on paper what lies below the points or above them."""
        if self.message:
            self.draw_message(painter)
            return
        layout = self.layout_now
        picture = self.picture
        if picture is not None:
            made_for = picture.layout
            if (made_for.across, made_for.up) != (layout.across, layout.up):
                picture = None
        for line in range(len(layout.up)):
            for place in range(len(layout.across)):
                area = QRectF(layout.x(place), layout.y(line), layout.width, layout.height)
                self._draw_cell(painter, area, layout, picture, (line, place), which)
        if picture is not None and which != BELOW:
            self._edges().draw(painter, layout, picture.columns)

    def _draw_cell(
        self,
        painter: QPainter,
        area: QRectF,
        layout: Layout,
        picture: Picture | None,
        cell: Place,
        which: str,
    ) -> None:
        painter.save()
        painter.setClipRect(area, Qt.ClipOperation.IntersectClip)
        if picture is not None:
            if not layout.is_histogram(*cell):
                self._draw_pair(painter, area, layout, picture, cell, which)
            elif which != ABOVE:
                self._draw_histogram(painter, area, layout, picture, cell)
        painter.restore()
        if which == BELOW:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(theme.color("border"), 1))
        focused = self._by_keyboard and cell == self.focused
        if (focused or cell == self._hovered) and not on_paper():
            painter.setPen(QPen(theme.color("accent" if focused else "muted"), 2 if focused else 1))
        painter.drawRect(area.adjusted(0, 0, -1, -1))

    def _draw_histogram(
        self, painter: QPainter, area: QRectF, layout: Layout, picture: Picture, cell: Place
    ) -> None:
        column = picture.columns[layout.across[cell[1]]]
        bells = (self.mixture.bells or {}).get(cell, ())
        x = np.linspace(column.low, column.high, max(int(area.width()), 2))
        highest = column.bars.highest
        if bells:
            highest = max(highest, float(np.sum([bell.density(x) for bell in bells], axis=0).max()))
        rate = area.height() / (1.12 * highest) if highest > 0 else 0.0

        def to_pixels(values, heights):
            share = (values - column.low) / (column.high - column.low)
            return area.left() + share * area.width(), area.bottom() - 1 - heights * rate

        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        draw_bars(painter, column.bars, to_pixels)
        if bells:
            draw_bells(painter, bells, x, to_pixels, 1.4 if len(bells) <= _MANY else 1.0)

    def _draw_pair(
        self,
        painter: QPainter,
        area: QRectF,
        layout: Layout,
        picture: Picture,
        cell: Place,
        which: str,
    ) -> None:
        winners = picture.winners.get(cell)
        mixture = (self.mixture.cells or {}).get(cell)
        many = len(self.mixture.identities) > _MANY
        dense = winners is not None and winners.marks.fineness == 1
        if winners is not None and (many or (dense and layout.diagonal)):
            mixture = None  # they would hide the points, and lie above the diagonal anyway
        curves = None
        if mixture is not None:
            x, y = picture.columns[layout.across[cell[1]]], picture.columns[layout.up[cell[0]]]
            rates = np.array([area.width() / (x.high - x.low), area.height() / (y.low - y.high)])
            corner = np.array([x.low, y.high])
            middle = (mixture.means - corner) * rates + (area.left(), area.top())
            curves = CellMixture(middle, mixture.unit * rates)
        if winners is None and cell in picture.densities and which != ABOVE:
            self._draw_image(painter, area, self._ground(picture, cell), smooth=True)
        if curves is not None and not many and which != ABOVE:
            self._draw_fills(painter, curves)
        if winners is not None and which == ALL:
            grid = winners.grid
            target = QRectF(
                area.left() - grid.shift_x / grid.scale,
                area.top() - grid.shift_y / grid.scale,
                grid.columns / grid.scale * area.width() / grid.width,
                grid.lines / grid.scale * area.height() / grid.height,
            )
            self._draw_image(painter, target, self._points(winners, cell), smooth=False)
        if curves is None or which == BELOW:
            return
        self._draw_curves(painter, curves, many, dense)
        if winners is None:
            self._draw_means(painter, curves.means, area.height())

    def _draw_image(self, painter: QPainter, target: QRectF, image: QImage | None, smooth) -> None:
        if image is not None:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smooth)
            painter.drawImage(target, image, QRectF(image.rect()))

    def _points(self, winners: WinnerImage, cell: Place) -> QImage | None:
        if not self._colours:
            return None
        if cell not in self._images:
            colours = self._colours[winners.crossed]
            self._images[cell] = point_image(winners, colours, self._rims)
        return self._images[cell][0]

    def _ground(self, picture: Picture, cell: Place) -> QImage:
        if cell not in self._grounds:
            self._grounds[cell] = density_image(picture.densities[cell])
        return self._grounds[cell][0]

    def _draw_fills(self, painter: QPainter, curves: CellMixture) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)  # the outline hides the edge
        painter.setPen(Qt.PenStyle.NoPen)
        for identity, mean, unit in zip(
            self.mixture.identities, curves.means, curves.unit, strict=True
        ):
            color = QColor(theme.cluster_color(identity))
            color.setAlphaF(0.14 if theme.current().dark else 0.11)
            painter.setBrush(QBrush(color))
            for sigma in self.sigmas:
                painter.drawPolygon(_polygon(mean + sigma * unit))

    def _draw_curves(self, painter: QPainter, curves: CellMixture, many: bool, dense: bool) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for identity, mean, unit in zip(
            self.mixture.identities, curves.means, curves.unit, strict=True
        ):
            for number, sigma in enumerate(self.sigmas[: 1 if many else None]):
                color = QColor(theme.cluster_color(identity))
                curve = np.clip(mean + sigma * unit, -_FARTHEST, _FARTHEST)
                x, y = curve[:, 0], curve[:, 1]
                if dense:  # on a ground of points of the same colour
                    normal = closed_normal(x, y)
                    ground = theme.color("window")
                    draw_closed_line(painter, x, y, normal, ground, 3.0, covered=1.0)
                else:
                    color.setAlphaF((1.0, 0.62, 0.4)[min(number, 2)])
                pen = QPen(color, 1.0)
                pen.setCosmetic(not on_paper())
                painter.setPen(pen)
                painter.drawPolygon(pg.functions.arrayToQPolygonF(x, y))

    def _draw_means(self, painter: QPainter, means: NDArray, height: float) -> None:
        lettered = height >= _BADGE_CELL * theme.zoom() and len(means) <= _MANY
        font = theme.font(0.6, QFont.Weight.Bold)
        for identity, (x, y) in zip(self.mixture.identities, means, strict=True):
            if not (abs(x) < _FARTHEST and abs(y) < _FARTHEST):
                continue
            if lettered:
                draw_badge(painter, QPointF(x, y), identity, font, 7.0)
            else:
                painter.setPen(QPen(theme.color("window"), 1))
                painter.setBrush(QBrush(theme.cluster_color(identity)))
                painter.drawEllipse(QPointF(x, y), 3.0, 3.0)

    # ---- mouse and keys ------------------------------------------------------------------

    def words(self, line: int, place: int) -> str:
        """Say what a cell shows and what a click on it does."""
        across, up = self.names[self.across[place]], self.names[self.up[line]]
        what = f"{across}, by itself" if across == up else f"{across} across, {up} up"
        return f"{what}\nClick it, or press Enter, to open it in Scatter."

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            self._show_tip(event.globalPos(), self._cell(QPointF(event.pos())))
            return True
        return super().event(event)

    def _show_tip(self, spot: QPoint, cell: Place | None) -> None:
        if cell is None:
            QToolTip.hideText()
        else:
            where = self.cell_rect(*cell).toRect()
            QToolTip.showText(spot, plain_tip(self.words(*cell)), self, where)

    def _cell(self, place: QPointF) -> Place | None:
        return None if self.message else self.layout_now.cell_at(place.x(), place.y())

    def _hover(self, cell: Place | None) -> None:
        if cell != self._hovered:
            self._hovered = cell
            hand = Qt.CursorShape.ArrowCursor if cell is None else Qt.CursorShape.PointingHandCursor
            self.setCursor(hand)
            self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hover(self._cell(event.position()))

    def leaveEvent(self, event) -> None:
        super().leaveEvent(event)
        self._hover(None)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        cell = self._cell(event.position())
        if event.button() == Qt.MouseButton.LeftButton and cell is not None:
            self.focus_cell(*cell)
            self.chosen.emit(*cell)

    def focus_cell(self, line: int, place: int) -> None:
        """Put the keyboard on a cell, or on the nearest there is."""
        lines, places = len(self.up), len(self.across)
        self.focused = min(max(line, 0), max(lines - 1, 0)), min(max(place, 0), max(places - 1, 0))
        if self.across and self.up:
            self.setAccessibleDescription(self.words(*self.focused))
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, (line, place) = event.key(), self.focused
        if self.message or not self.across:
            super().keyPressEvent(event)
        elif key in ARROWS:
            lines, places = ARROWS[Qt.Key(key)]
            self._by_keyboard = True
            there = line + lines, place + places
            if 0 <= there[0] < len(self.up) and 0 <= there[1] < len(self.across):
                self.focus_cell(*there)
            else:
                self.left_page.emit(lines, places)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.chosen.emit(line, place)
        elif key in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
            step = 1 if key == Qt.Key.Key_PageDown else -1
            self.left_page.emit(step, step)
        else:
            super().keyPressEvent(event)


def _polygon(curve: NDArray):
    return pg.functions.arrayToQPolygonF(*np.clip(curve, -_FARTHEST, _FARTHEST).T)
