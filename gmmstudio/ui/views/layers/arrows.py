"""Where the columns point in a plane through many of them: the arrows of a biplot."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPen, QPolygonF

from gmmstudio.report.label_placing import Box
from gmmstudio.ui import theme
from gmmstudio.ui.views.layers.label_drawing import draw_label
from gmmstudio.ui.views.planes.sights import Sight
from gmmstudio.ui.views.plotting import Layer
from gmmstudio.ui.views.view import Choice

Floats = NDArray[np.float64]
MOST = 8  # arrows
_LENGTH = 0.34  # of the longest, in heights of the plot
_SHORTEST = 12.0  # pixels
_HEAD = 7.0
_TEXT = 0.82
_WIDEST = 150.0
_TIP = (
    "An arrow for each column (Gabriel's biplot): rows with a higher value in the column lie\n"
    "farther along its arrow. Long arrows stand for columns that this plane shows well; at most\n"
    "the eight longest are drawn, all enlarged alike."
)


@dataclass(frozen=True)
class Arrow:
    """The tip (x, y) of a column's arrow, in pixels from where all begin, y downwards."""

    name: str
    x: float
    y: float

    @property
    def length(self) -> float:
        """In pixels."""
        return math.hypot(self.x, self.y)


def arrows(
    steps: Floats,
    names: tuple[str, ...],
    x_rate: float,
    y_rate: float,
    reach: float,
    *,
    fixed: bool,
) -> tuple[Arrow, ...]:
    """Return the longest arrows, the longest first.

    Parameters
    ----------
    steps : (d, 2) float64
        Where a row moves when a column rises by one standard deviation.
    names
        Of the d columns.
    x_rate, y_rate
        Pixels per unit across and up.
    reach
        Length of the longest arrow, in pixels.
    fixed
        The steps are a frame's, no longer than one: a step of one is given the whole length, so
        that arrows grow and shrink as a tour turns. Else it is given to the longest there is.
    """
    places = steps * (x_rate, -y_rate)
    lengths = np.hypot(places[:, 0], places[:, 1])
    longest = min(x_rate, y_rate) if fixed else float(lengths.max())
    if not (longest > 0 and math.isfinite(longest)):
        return ()
    places = places * (reach / longest)
    order = np.argsort(-lengths, kind="stable")[:MOST]
    found = (Arrow(names[j], float(places[j, 0]), float(places[j, 1])) for j in order)
    return tuple(arrow for arrow in found if arrow.length >= _SHORTEST)


class Arrows(Layer):
    """The arrows over the points, from the middle of the rows."""

    def __init__(self, box: pg.ViewBox) -> None:
        super().__init__(box, z=17)
        self.shown = True
        self._sight: Sight | None = None

    def follow(self, sight: Sight | None) -> None:
        """Show the columns of this sight; two columns by themselves have no arrows."""
        if sight is not self._sight:
            self._sight = sight
            self.update()

    def choice(self, picked: Callable[[], None]) -> tuple[Choice, ...]:
        """Offer to show or hide them, where there are any; `picked` is called afterwards."""
        if self._sight is None or self._sight.steps is None:
            return ()

        def pick(words: str) -> None:
            self.shown = words == "shown"
            self.update()
            picked()

        current = "shown" if self.shown else "hidden"
        return (Choice("arrows", _TIP, ("shown", "hidden"), current, pick),)

    def current(self) -> tuple[Arrow, ...]:
        """Return what is drawn now."""
        sight = self._sight
        if not self.shown or sight is None or sight.steps is None:
            return ()
        bounds = self.boundingRect()
        (x_low, x_high), (y_low, y_high) = self.box.viewRange()
        return arrows(
            sight.steps,
            sight.names,
            bounds.width() / (x_high - x_low),
            bounds.height() / (y_high - y_low),
            _LENGTH * bounds.height(),
            fixed=sight.space is not None,
        )

    def names(self) -> tuple[tuple[str, Box], ...]:
        """Return the names that are written, and where, in the pixels of the layer."""
        found = self.current()
        if not found:
            return ()
        metrics = QFontMetricsF(theme.font(_TEXT))
        bounds, start = self.boundingRect(), self._start()
        written: list[tuple[str, Box]] = []
        for arrow, text in zip(found, short_names(found, metrics), strict=True):
            width, height = metrics.horizontalAdvance(text) + 6, metrics.height()
            wanted = beside(start.x() + arrow.x, start.y() + arrow.y, arrow, width, height)
            taken = [box for _, box in written]
            box = free_place(wanted, bounds.width(), bounds.height(), taken)
            if box is not None:
                written.append((text, box))
        return tuple(written)

    def boxes(self) -> list[Box]:
        """Return the places that names take."""
        return [box for _, box in self.names()]

    def _start(self) -> QPointF:
        """Return where all arrows begin: the middle of the rows, or of the plot if that is away."""
        bounds = self.boundingRect()
        start = QPointF(*self.to_pixels(0.0, 0.0))
        return start if bounds.adjusted(8, 8, -8, -8).contains(start) else bounds.center()

    def draw(self, painter: QPainter) -> None:
        found = self.current()
        if not found:
            return
        start = self._start()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for color, extra in ((theme.color("window"), 2.4), (theme.color("text"), 0.0)):
            painter.setPen(QPen(color, 1.3 + extra, c=Qt.PenCapStyle.RoundCap))
            painter.setBrush(color)
            for arrow in found:
                _draw_arrow(painter, start, arrow)
        painter.setFont(theme.font(_TEXT))
        for text, box in self.names():
            draw_label(painter, text, box, 0.85)


def short_names(found: tuple[Arrow, ...], metrics: QFontMetricsF) -> list[str]:
    """Shorten long names where they still differ: in the middle, at the end or at the start."""
    modes = Qt.TextElideMode.ElideMiddle, Qt.TextElideMode.ElideRight, Qt.TextElideMode.ElideLeft
    tried = [[metrics.elidedText(arrow.name, mode, _WIDEST) for arrow in found] for mode in modes]
    return max(tried, key=lambda names: len(set(names)))


def beside(x: float, y: float, arrow: Arrow, width: float, height: float) -> Box:
    """Return where a name stands beyond the tip at (x, y) of its arrow."""
    across, down = arrow.x / arrow.length, arrow.y / arrow.length
    centre_x = x + across * (width / 2 + 4)
    centre_y = y + down * (height / 2 + 4)
    return Box(centre_x - width / 2, centre_y - height / 2, width, height)


def free_place(wanted: Box, width: float, height: float, taken: list[Box]) -> Box | None:
    """Return the place for a name inside the plot nearest to the one wanted; None: all taken."""
    left = min(max(wanted.left, 2.0), max(width - wanted.width - 2, 2.0))
    for lines in (0, 1, -1, 2, -2):
        top = wanted.top + lines * wanted.height
        top = min(max(top, 2.0), max(height - wanted.height - 2, 2.0))
        box = Box(left, top, wanted.width, wanted.height)
        if not any(box.overlaps(other) for other in taken):
            return box
    return None


def _draw_arrow(painter: QPainter, start: QPointF, arrow: Arrow) -> None:
    tip = start + QPointF(arrow.x, arrow.y)
    across, down = arrow.x / arrow.length, arrow.y / arrow.length
    base = tip - QPointF(across, down) * _HEAD
    side = QPointF(-down, across) * (0.42 * _HEAD)
    painter.drawLine(start, base)
    painter.drawPolygon(QPolygonF([tip, base + side, base - side]))
