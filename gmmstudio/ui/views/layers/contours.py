"""The density of the mixture in the plane shown, as contour lines or shaded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pyqtgraph as pg
from contourpy import contour_generator
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPainterPath, QPen

from gmmstudio.mixture.density import has_density, log_density_grid, moved, region_levels
from gmmstudio.mixture.parameters import Parameters
from gmmstudio.report.label_placing import Box
from gmmstudio.ui import theme
from gmmstudio.ui.pictures.paper import on_paper
from gmmstudio.ui.stage import Shown
from gmmstudio.ui.views.layers.label_drawing import draw_label
from gmmstudio.ui.views.planes.planes import Plane
from gmmstudio.ui.views.plotting import Layer
from gmmstudio.ui.views.view import Choice

Floats = NDArray[np.float64]
Mode = Literal["none", "contours", "shaded"]
SHARES = (0.25, 0.5, 0.75, 0.95)
_STEP = 4.0  # pixels between the nodes of the grid, fewer for a narrow component
_COARSEST = 8.0  # for many components in a large picture
_MOST = 400_000  # densities of components worked out for one picture, as far as these allow
_FLOOR = 20.0  # below the lowest level, in log-density; lower is as good as nothing
_BADGE = 11.0  # pixels around a mean that its letter takes
_TEXT = 0.78
_TIP = (
    "How dense the model is in this plane: the density of all clusters together, with the columns\n"
    "that are not shown integrated out. Each line bounds the smallest region that holds 25, 50,\n"
    "75 and 95 % of what the model expects; the shading is darkest where rows are likeliest."
)
FLAT = "No density is drawn: a cluster is flat in this plane."


@dataclass(frozen=True, eq=False)
class Contour:
    """A region that holds a share of the mixture.

    Attributes
    ----------
    share
        The share.
    pieces : tuple of (n, 2) float64
        Closed lines around it and around its holes, in pixels.
    """

    share: float
    pieces: tuple[Floats, ...]


def trace(flat: Parameters, width: float, height: float) -> tuple[Contour, ...]:
    """Trace the regions of highest density of a mixture, the largest share first.

    Parameters
    ----------
    flat
        In the pixels of the picture, y downwards.
    width, height
        Of the picture; the lines close outside of it.
    """
    narrowest = float(np.sqrt(np.linalg.eigvalsh(flat.covariances)[:, 0].clip(0.0)).min())
    finest = float(np.sqrt(width * height * flat.n_components / _MOST))
    step = min(max(min(narrowest / 2, _STEP), finest), _COARSEST)
    x = np.arange(-2, np.ceil(width / step) + 3) * step
    y = np.arange(-2, np.ceil(height / step) + 3) * step
    levels = region_levels(flat, SHARES)
    floor = levels[-1] - _FLOOR
    log_density = np.maximum(log_density_grid(flat, x, y), floor)
    log_density[[0, -1]] = floor
    log_density[:, [0, -1]] = floor
    lines: Any = contour_generator(x, y, log_density)  # typed for all its forms of lines at once
    contours = [
        Contour(share, tuple(lines.lines(level)))
        for share, level in zip(SHARES, levels, strict=True)
    ]
    return tuple(reversed(contours))


class Contours:
    """Two layers: the shading under the points, lines and their shares over them.

    Parameters
    ----------
    box
    avoid
        Returns the places where no share may be written, in pixels of the box.
    """

    def __init__(self, box: pg.ViewBox, avoid: Callable[[], list[Box]] = list) -> None:
        self.mode: Mode = "none"
        self.avoid = avoid
        self._box = box
        self._asked: tuple[Shown | None, Plane | None] = (None, None)
        self._flat: Parameters | None = None
        self._traced: tuple[tuple, tuple[Contour, ...], tuple[QPainterPath, ...]] | None = None
        self._layers = (_Shading(self, box), _Lines(self, box))

    def show(self, shown: Shown | None, plane: Plane | None) -> None:
        """Follow a frame; worked out once it is painted."""
        self._asked = shown, plane
        self._flat = self._traced = None
        if self.mode != "none" and shown is not None and plane is not None:
            self._flat = plane.seen(shown)
        self._update()

    def set_mode(self, mode: Mode) -> None:
        """Draw nothing, contours, or contours over a shading."""
        self.mode = mode
        self.show(*self._asked)

    def choice(self, picked: Callable[[], None]) -> Choice:
        """Offer the modes; `picked` is called once one was picked."""

        def pick(words: str) -> None:
            self.set_mode(words)  # type: ignore[arg-type]
            picked()

        return Choice("density", _TIP, ("none", "contours", "shaded"), self.mode, pick)

    @property
    def is_flat(self) -> bool:
        """Whether there is a model, but one without a density in this plane."""
        return self._flat is not None and not has_density(self._flat)

    def traced(self) -> tuple[tuple[Contour, ...], tuple[QPainterPath, ...]]:
        """Return the regions in the pixels of the box, and the same as paths; kept."""
        size = self._box.size()
        view = (*map(tuple, self._box.viewRange()), size.width(), size.height())
        if self._traced is None or self._traced[0] != view:
            found = () if self._flat is None or self.is_flat else self._trace(self._flat)
            self._traced = view, found, tuple(map(_path, found))
        return self._traced[1:]

    def means(self) -> Floats:
        """Return where the means lie (K, 2), in pixels."""
        return np.empty((0, 2)) if self._flat is None else self._in_pixels(self._flat).means

    def _in_pixels(self, flat: Parameters) -> Parameters:
        (x_low, x_high), (y_low, y_high) = self._box.viewRange()
        size = self._box.size()
        rate = np.array([size.width() / (x_high - x_low), -size.height() / (y_high - y_low)])
        return moved(flat, np.array([x_low, y_high]), rate)

    def _trace(self, flat: Parameters) -> tuple[Contour, ...]:
        size = self._box.size()
        if size.width() < 1 or size.height() < 1:
            return ()
        seen = self._in_pixels(flat)
        if not np.isfinite(seen.covariances).all() or not has_density(seen):
            return ()  # zoomed so far in or out that there is nothing to see
        return trace(seen, size.width(), size.height())

    def _update(self) -> None:
        for layer in self._layers:
            layer.update()


def _path(contour: Contour) -> QPainterPath:
    path = QPainterPath()
    path.setFillRule(Qt.FillRule.OddEvenFill)
    for piece in contour.pieces:
        path.addPolygon(pg.functions.arrayToQPolygonF(piece[:, 0], piece[:, 1]))
    return path


class _Shading(Layer):
    def __init__(self, contours: Contours, box: pg.ViewBox) -> None:
        super().__init__(box, z=3)
        self._contours = contours

    def draw(self, painter: QPainter) -> None:
        if self._contours.mode != "shaded":
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        color = QColor(theme.color("muted"))
        color.setAlphaF(0.14 if theme.current().dark else 0.11)
        painter.setBrush(color)
        for path in self._contours.traced()[1]:
            painter.drawPath(path)


class _Lines(Layer):
    def __init__(self, contours: Contours, box: pg.ViewBox) -> None:
        super().__init__(box, z=14)
        self._contours = contours

    def draw(self, painter: QPainter) -> None:
        shown = self._contours
        if shown.mode == "none":
            return
        if shown.is_flat:
            painter.setFont(theme.font(0.86))
            painter.setPen(theme.color("muted"))
            painter.drawText(QPointF(8, 18 * theme.zoom()), FLAT)
            return
        contours, paths = shown.traced()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        pen = QPen(theme.color("text"), 1.0)
        pen.setCosmetic(not on_paper())
        color = pen.color()
        for number, path in enumerate(paths):
            color.setAlphaF(0.4 + 0.1 * number)
            pen.setColor(color)
            painter.setPen(pen)
            painter.drawPath(path)
        self._draw_shares(painter, contours)

    def _draw_shares(self, painter: QPainter, contours: tuple[Contour, ...]) -> None:
        font = theme.font(_TEXT)
        metrics = QFontMetricsF(font)
        bounds = self.boundingRect()
        room = Box(2, 2, bounds.width() - 4, bounds.height() - 4)
        taken = [
            Box(x - _BADGE, y - _BADGE, 2 * _BADGE, 2 * _BADGE) for x, y in self._contours.means()
        ]
        taken += self._contours.avoid()
        painter.setFont(font)
        for contour in contours:
            text = f"{100 * contour.share:.0f} %"
            width, height = metrics.horizontalAdvance(text) + 6, metrics.height()
            box = place_on(contour.pieces, width, height, room, taken)
            if box is None:
                continue
            taken.append(box)
            draw_label(painter, text, box, 0.82)


def place_on(
    pieces: tuple[Floats, ...], width: float, height: float, room: Box, taken: list[Box]
) -> Box | None:
    """Return where a label can stand on a contour: high up on its longest piece; or None."""
    for piece in sorted(pieces, key=len, reverse=True):
        spots = piece[np.argsort(piece[:, 1], kind="stable")]
        for x, y in spots[:: max(1, len(spots) // 60)]:
            box = Box(x - width / 2, y - height / 2, width, height)
            if room.contains(box) and not any(box.overlaps(other) for other in taken):
                return box
    return None
