"""Closed smooth lines as hairlines side by side.

Qt draws a hairline thirty times faster than a line of any other width. On paper a line has to be
one line, of its true width at any size.
"""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from gmmstudio.ui.pictures.paper import on_paper

Floats = NDArray[np.float64]


def offsets(width: float, scale: float, covered: float = 0.0) -> list[float]:
    """Return how far beside a line of this width its hairlines run, in logical pixels.

    Those are left out that a line as wide as `covered`, drawn next, hides. `scale` is the number
    of device pixels per logical one.
    """
    if on_paper():
        return [0.0]
    passes = max(1, round(width * scale))
    half = max(width * scale - 1, 0.0) / 2 / scale
    all_of_them = [half * (2 * n / (passes - 1) - 1) if passes > 1 else 0.0 for n in range(passes)]
    return [offset for offset in all_of_them if abs(offset) >= covered / 2]


def pen(color: QColor, width: float) -> QPen:
    """Return the pen for each of the hairlines of a line."""
    if on_paper():
        return QPen(color, width)
    thin = QPen(color, 1.0)
    thin.setCosmetic(True)
    return thin


def closed_normal(x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Return the unit normal at every corner of closed lines (…, corners)."""
    along_x = np.empty_like(x)
    along_y = np.empty_like(y)
    for along, at in ((along_x, x), (along_y, y)):
        np.subtract(at[..., 2:], at[..., :-2], out=along[..., 1:-1])
        along[..., 0], along[..., -1] = at[..., 1] - at[..., -1], at[..., 0] - at[..., -2]
    length = np.maximum(np.sqrt(along_x * along_x + along_y * along_y), 1e-9)
    return -along_y / length, along_x / length


def draw_closed_line(
    painter: QPainter,
    x: Floats,
    y: Floats,
    normal: tuple[Floats, Floats],
    color: QColor,
    width: float,
    covered: float = 0.0,
) -> None:
    """Draw one closed line; `covered` as for :func:`offsets`."""
    painter.setPen(pen(color, width))
    for offset in offsets(width, painter.deviceTransform().m11(), covered):
        beside = x + offset * normal[0], y + offset * normal[1]
        painter.drawPolygon(pg.functions.arrayToQPolygonF(*beside))


class Polygons:
    """As many polygons as a frame has, in the memory of those of the frame before.

    To make a QPolygonF and look into it takes ten times as long as to write its corners.
    """

    def __init__(self) -> None:
        self._polygons: list[QPolygonF] = []
        self._corners: list[Floats] = []  # of each of them, which they share

    def write(self, x: Floats, y: Floats) -> list[QPolygonF]:
        """Return polygons (…, corners), in order; the next call overwrites them."""
        m = x.shape[-1]
        x, y = x.reshape(-1, m), y.reshape(-1, m)
        n = len(x)
        if n != len(self._polygons) or any(len(each) != m for each in self._corners[:1]):
            self._polygons = [pg.functions.create_qpolygonf(m) for _ in range(n)]
            self._corners = [pg.functions.ndarray_from_qpolygonf(each) for each in self._polygons]
        for corners, across, down in zip(self._corners, x, y, strict=True):
            corners[:, 0] = across
            corners[:, 1] = down
        return self._polygons
