"""The mixture over the points: 1 σ, 2 σ ellipses and the means, in layers of their own.

A moving ellipse never touches the image of the points.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QBrush, QFont, QPainter, QPen, QPolygonF

from gmmstudio.mixture.parameters import Parameters
from gmmstudio.mixture.projection import ellipse
from gmmstudio.ui import theme
from gmmstudio.ui.pictures.paper import on_paper
from gmmstudio.ui.stage import Shown
from gmmstudio.ui.views.layers.badges import draw_badge
from gmmstudio.ui.views.layers.hairlines import Polygons, closed_normal, offsets, pen
from gmmstudio.ui.views.planes.planes import Plane
from gmmstudio.ui.views.plotting import Layer

Floats = NDArray[np.float64]
_CORNERS = 192  # of an ellipse: round even when zoomed in tenfold
_LARGE = 1000  # pixels across; half of the corners are round enough below
_FARTHEST = 1e5  # pixels; Qt draws no further


@dataclass(frozen=True, eq=False)
class Outline:
    """One component as it shows in the plane of two columns.

    Attributes
    ----------
    identity
        What gives its colour and letter.
    mean : (2,) float64
        Where its mean lies.
    curves : tuple of (192, 2) float64
        Its ellipses, from the innermost.
    """

    identity: int
    mean: Floats
    curves: tuple[Floats, ...]


def outlines(
    flat: Parameters, identities: tuple[int, ...], sigmas: tuple[float, ...]
) -> tuple[Outline, ...]:
    """Draw up the components of a mixture in two columns, as it shows in a plane."""
    all_around = ellipse((0.0, 0.0), flat.covariances, 1.0, _CORNERS)
    return tuple(
        Outline(identity, mean, tuple(mean + sigma * around for sigma in sigmas))
        for identity, mean, around in zip(identities, flat.means, all_around, strict=True)
    )


class Ellipses:
    """The three layers of the mixture: fills under the points, outlines and means over them.

    Where other colours than the clusters' are to be read, the ellipses are not `filled`.
    """

    def __init__(self, box: pg.ViewBox, *, filled: bool = True) -> None:
        self._layers = (_Fills(box, z=5), _Curves(box, z=15), _Means(box, z=20))
        self._layers[0].setVisible(filled)
        self._shown: tuple[Shown | None, Plane | None] = (None, None)
        self.sigmas: tuple[float, ...] = (1.0, 2.0)

    def show(self, shown: Shown | None, plane: Plane | None) -> None:
        """Show the components of a frame as they lie in a plane; nothing where they do not."""
        self._shown = shown, plane
        flat = None if shown is None or plane is None else plane.seen(shown)
        if shown is None or flat is None:
            self.draw(())
        else:
            self.draw(outlines(flat, shown.identities, self.sigmas))

    def set_sigmas(self, sigmas: tuple[float, ...]) -> None:
        """Draw the ellipses at so many standard deviations."""
        self.sigmas = sigmas
        self.show(*self._shown)

    def draw(self, shapes: tuple[Outline, ...]) -> None:
        """Draw these components and no others."""
        for layer in self._layers:
            layer.shapes = shapes
            layer.update()

    def set_share(self, share: float) -> None:
        """Draw the letters of the means at a share of their size, for a small plot."""
        means = self._layers[2]
        means.share = share
        means.update()

    def set_dense(self, dense: bool) -> None:
        """Draw the outlines so that they are seen on a ground of points of the same colour."""
        curves = self._layers[1]
        curves.cased = dense
        curves.update()

    @property
    def shapes(self) -> tuple[Outline, ...]:
        """What is shown."""
        return self._layers[0].shapes


class _Shapes(Layer):
    """A layer that draws outlines."""

    def __init__(self, box: pg.ViewBox, z: float) -> None:
        super().__init__(box, z)
        self.shapes: tuple[Outline, ...] = ()
        self.polygons = Polygons()

    def pixels(self) -> tuple[Floats, Floats]:
        """Return all curves on the screen, two of (components, curves, corners).

        All of them at once, since NumPy takes as long for one; all their corners only where fewer
        would show.
        """
        n_curves = len(self.shapes[0].curves) if self.shapes else 0
        stacked = np.array([shape.curves for shape in self.shapes], np.float64)
        curves = stacked.reshape(len(self.shapes), n_curves, _CORNERS, 2)
        x, y = self.to_pixels(curves[..., 0], curves[..., 1])
        widest = max(np.ptp(at, axis=-1).max(initial=0.0) for at in (x, y))
        step = 1 if widest > _LARGE else 2
        x, y = x[..., ::step], y[..., ::step]
        return np.clip(x, -_FARTHEST, _FARTHEST), np.clip(y, -_FARTHEST, _FARTHEST)


class _Fills(_Shapes):
    def draw(self, painter: QPainter) -> None:
        # So pale that nobody sees steps along an edge that lies under a smooth line; smooth edges
        # would take six times as long.
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on_paper())
        painter.setPen(Qt.PenStyle.NoPen)
        strength = 0.11 if theme.current().dark else 0.08
        polygons = iter(self.polygons.write(*self.pixels()))
        for shape in self.shapes:
            color = theme.cluster_color(shape.identity)
            color.setAlphaF(strength)
            painter.setBrush(QBrush(color))
            for polygon in islice(polygons, len(shape.curves)):
                painter.drawPolygon(polygon)


class _Stroke(NamedTuple):
    """One line of every component: an ellipse, or the pale line under one."""

    number: int  # of the ellipse, from the innermost
    width: float
    is_casing: bool
    offsets: list[float]  # of its hairlines


class _Curves(_Shapes):
    cased = False  # with a pale line on both sides, between dense points

    def draw(self, painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        x, y = self.pixels()
        scale = painter.deviceTransform().m11()
        strokes = [stroke for i in range(x.shape[1]) for stroke in self._strokes(i, scale)]
        polygons = iter(self._hairlines(x, y, strokes))
        for shape in self.shapes:
            for stroke in strokes:
                painter.setPen(self._pen(stroke, shape.identity))
                for polygon in islice(polygons, len(stroke.offsets)):
                    painter.drawPolygon(polygon)

    def _strokes(self, number: int, scale: float) -> list[_Stroke]:
        """Return the lines of an ellipse in the order they are drawn."""
        width = 1.8 if number == 0 else 1.0
        line = _Stroke(number, width, False, offsets(width, scale))
        if not self.cased:
            return [line]
        wide = width + 2.4
        return [_Stroke(number, wide, True, offsets(wide, scale, covered=width)), line]

    def _pen(self, stroke: _Stroke, identity: int) -> QPen:
        if stroke.is_casing:
            return pen(theme.color("window"), stroke.width)
        color = theme.cluster_color(identity)
        if not self.cased:
            color.setAlphaF((1.0, 0.62, 0.4)[min(stroke.number, 2)])
        return pen(color, stroke.width)

    def _hairlines(self, x: Floats, y: Floats, strokes: list[_Stroke]) -> list[QPolygonF]:
        """Return the hairlines of all strokes of the first component, of the second, and so on."""
        lines = [(stroke.number, offset) for stroke in strokes for offset in stroke.offsets]
        numbers = [number for number, _ in lines]
        beside = np.array([offset for _, offset in lines])[:, None]
        across, down = closed_normal(x, y)
        return self.polygons.write(
            x[:, numbers] + beside * across[:, numbers], y[:, numbers] + beside * down[:, numbers]
        )


class _Means(_Shapes):
    share = 1.0  # of the usual size

    def draw(self, painter: QPainter) -> None:
        font = theme.font(0.78 * self.share, QFont.Weight.Bold)
        for shape in self.shapes:
            x, y = self.to_pixels(shape.mean[0], shape.mean[1])
            if abs(x) < _FARTHEST and abs(y) < _FARTHEST:
                draw_badge(painter, QPointF(x, y), shape.identity, font, 10.0 * self.share)
