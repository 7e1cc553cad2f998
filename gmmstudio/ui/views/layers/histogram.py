"""One column by itself: a histogram, the density of each component, and the rows as a strip."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetricsF, QPainter, QPen

from gmmstudio.ui import theme
from gmmstudio.ui.stage import Shown
from gmmstudio.ui.views.layers.badges import draw_badge
from gmmstudio.ui.views.plotting import Layer

Floats = NDArray[np.float64]
ToPixels = Callable[[Any, Any], tuple[Any, Any]]
_KEY = 0.82  # size of the words that say what the lines are
_MOST_KEY = 0.4  # of the width of a plot that they may take
_HIGHEST = 3.0  # a curve is shown up to so many times the height of the bars
STRIP = (-0.15, -0.03)  # where the strip of rows lies, in heights of the highest bar


@dataclass(frozen=True, eq=False)
class Bars:
    """A histogram of n values as a density: the bars' areas sum to one."""

    edges: Floats
    heights: Floats
    n: int

    @property
    def highest(self) -> float:
        return float(self.heights.max()) if len(self.heights) else 1.0


@dataclass(frozen=True)
class Bell:
    """One component as it shows in one column: its share, mean and standard deviation."""

    identity: int
    weight: float
    mean: float
    deviation: float

    def density(self, x: Floats) -> Floats:
        """Share times normal density."""
        z = (x - self.mean) / self.deviation
        peak = self.weight / (self.deviation * np.sqrt(2 * np.pi))
        return peak * np.exp(-0.5 * np.minimum(z * z, 1400.0))


def bars(values: Floats) -> Bars:
    """Count finite values in 8 to 80 bins.

    As many as Freedman and Diaconis ask for, but at least √n: their rule is made for one bell and
    too coarse for several.
    """
    values = values[np.isfinite(values)]
    if not len(values):
        return Bars(np.array([0.0, 1.0]), np.array([0.0]), 0)
    low, high = float(values.min()), float(values.max())
    if not high > low:
        room = max(abs(low) * 1e-6, 0.5)
        return Bars(np.array([low - room, low + room]), np.array([1 / (2 * room)]), len(values))
    # Halves throughout: differences of the largest numbers are too large, halving rounds nothing.
    low, high = low / 2, high / 2
    sample = values[:: max(1, len(values) // 100_000)] / 2
    lower, upper = np.percentile(sample, (25, 75))
    quarter = (upper - lower) / len(values) ** (1 / 3)
    wanted = (high / quarter - low / quarter) / 2 if quarter > 0 else 0.0
    n = int(np.clip(max(wanted, np.sqrt(len(values))), 8, 80))
    edges = 2 * np.linspace(low, high, n + 1)
    counts, edges = np.histogram(values, edges)
    return Bars(edges, counts / len(values) / np.diff(edges), len(values))


def strip(n: int, highest: float) -> Floats:
    """Return heights below the axis for n rows, scattered so that they do not hide each other."""
    return highest * np.random.default_rng(0).uniform(*STRIP, n)


def bells_of(shown: Shown, column: int) -> tuple[Bell, ...]:
    """Return each component as it shows in one column of the fit, exactly."""
    parameters = shown.parameters
    deviations = np.sqrt(parameters.covariances[:, column, column])
    return tuple(
        Bell(identity, float(weight), float(mean[column]), float(deviation))
        for identity, weight, mean, deviation in zip(
            shown.identities, parameters.weights, parameters.means, deviations, strict=True
        )
    )


def draw_bars(painter: QPainter, bars: Bars, to_pixels: ToPixels) -> None:
    """Draw a histogram; `to_pixels` turns values and densities into pixels."""
    color = QColor(theme.color("bars"))
    color.setAlphaF(0.5)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QBrush(color))
    x, _ = to_pixels(bars.edges, 0.0)
    _, y = to_pixels(0.0, bars.heights)
    _, floor = to_pixels(0.0, 0.0)
    for left, right, top in zip(x[:-1], x[1:], y, strict=True):
        gap = 1.0 if right - left > 4 else 0.0
        painter.drawRect(QRectF(left, top, right - left - gap, floor - top))


def draw_bells(
    painter: QPainter, bells: tuple[Bell, ...], x: Floats, to_pixels: ToPixels, width: float
) -> None:
    """Draw the density of each component at `x`, and that of the whole mixture, dashed."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    curves = [bell.density(x) for bell in bells]
    painter.setPen(QPen(theme.color("muted"), width / 1.5, Qt.PenStyle.DashLine))
    _draw_curve(painter, *to_pixels(x, np.sum(curves, axis=0)))
    for bell, curve in zip(bells, curves, strict=True):
        painter.setPen(QPen(theme.cluster_color(bell.identity), width))
        _draw_curve(painter, *to_pixels(x, curve))


def _draw_curve(painter: QPainter, x: Floats, y: Floats) -> None:
    painter.drawPolyline(pg.functions.arrayToQPolygonF(x, np.clip(y, -1e5, 1e5)))


def bells_in(shown: Shown | None, column: int) -> tuple[Bell, ...]:
    """Return the components as they show in a column of the table; none where it is not fitted."""
    if shown is None or column not in shown.preparation.columns:
        return ()
    return bells_of(shown, shown.preparation.columns.index(column))


def room_for(
    home: tuple[float, float, float, float], bells: tuple[Bell, ...]
) -> tuple[float, float, float, float]:
    """Return a range high enough for the density of a mixture, as far as bars stay readable."""
    if not bells:
        return home
    x = np.concatenate([np.linspace(home[0], home[1], 400), [bell.mean for bell in bells]])
    peak = float(np.sum([bell.density(x) for bell in bells], axis=0).max())
    return (*home[:3], max(home[3], min(1.08 * peak, _HIGHEST * home[3])))


class HistogramLayer(Layer):
    """The bars, below everything."""

    def __init__(self, box: pg.ViewBox) -> None:
        super().__init__(box, z=4)
        self.bars: Bars | None = None

    def show(self, shown: Bars | None) -> None:
        self.bars = shown
        self.update()

    def draw(self, painter: QPainter) -> None:
        if self.bars is None:
            return
        draw_bars(painter, self.bars, self.to_pixels)
        _, floor = self.to_pixels(0.0, 0.0)
        painter.setPen(QPen(theme.color("border"), 1))
        painter.drawLine(QPointF(0, floor), QPointF(self.boundingRect().width(), floor))


class DensityLayer(Layer):
    """The density of each component and of the whole mixture, over the bars."""

    def __init__(self, box: pg.ViewBox) -> None:
        super().__init__(box, z=16)
        self.bells: tuple[Bell, ...] = ()

    def show(self, bells: tuple[Bell, ...]) -> None:
        self.bells = bells
        self.update()

    def draw(self, painter: QPainter) -> None:
        if not self.bells:
            return
        (low, high), _ = self.box.viewRange()
        x = np.linspace(low, high, max(2, int(self.boundingRect().width())))
        draw_bells(painter, self.bells, x, self.to_pixels, 1.8)
        font = theme.font(0.78, QFont.Weight.Bold)
        for bell in self.bells:
            top = float(bell.density(np.array([bell.mean]))[0])
            px, py = self.to_pixels(bell.mean, top)
            draw_badge(painter, QPointF(px, max(py, 12.0)), bell.identity, font)
        self._draw_key(painter, x)

    def _draw_key(self, painter: QPainter, x: Floats) -> None:
        """Say what the lines are, on the side where they are lower."""
        font = theme.font(_KEY)
        metrics = QFontMetricsF(font)
        total = np.sum([bell.density(x) for bell in self.bells], axis=0)
        part = max(1, len(x) // 3)
        on_left = total[:part].max() <= total[-part:].max()
        lines = [
            ("all clusters together", Qt.PenStyle.DashLine),
            ("each cluster", Qt.PenStyle.SolidLine),
        ]
        if len(self.bells) == 1:
            lines = [("the model", Qt.PenStyle.SolidLine)]
        width = max(metrics.horizontalAdvance(words) for words, _ in lines) + 42
        if width > _MOST_KEY * self.boundingRect().width():
            return  # it would lie over curves and letters
        height = metrics.height() + 2
        left = 8.0 if on_left else self.boundingRect().width() - width - 8
        ground = QColor(theme.color("window"))
        ground.setAlphaF(0.8)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ground)
        painter.drawRoundedRect(QRectF(left, 4, width, height * len(lines) + 6), 3, 3)
        painter.setFont(font)
        for number, (words, style) in enumerate(lines):
            y = 7 + height * (number + 0.5)
            dashed = style == Qt.PenStyle.DashLine
            painter.setPen(QPen(theme.color("muted"), 1.2 if dashed else 1.8, style))
            painter.drawLine(QPointF(left + 6, y), QPointF(left + 30, y))
            painter.setPen(theme.color("muted"))
            box = QRectF(left + 36, y - height / 2, width - 38, height)
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, words)
