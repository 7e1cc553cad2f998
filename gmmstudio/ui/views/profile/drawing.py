"""The pieces a profile is drawn of: marks by cluster, the places of its badges."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter, QPolygonF

from gmmstudio.report.symbols import corners

Floats = NDArray[np.float64]


def draw_mark(painter: QPainter, centre: QPointF, identity: int, radius: float) -> None:
    """Draw a cluster's symbol with the pen and brush in use."""
    outline = corners(identity)
    if outline is None:
        painter.drawEllipse(centre, radius, radius)
    else:
        places = [QPointF(x, y) for x, y in radius * outline + (centre.x(), centre.y())]
        painter.drawPolygon(QPolygonF(places))


def badge_grid(n: int, area: QRectF, size: float) -> list[QPointF]:
    """Return the centres of n badges of this width, column by column from the upper left."""
    lines = max(int(area.height() // size), 1)
    return [
        QPointF(
            area.left() + (place // lines + 0.5) * size, area.top() + (place % lines + 0.5) * size
        )
        for place in range(n)
    ]
