"""The pieces a profile is drawn of: marks by cluster, the places of its badges."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter, QPolygonF

from gmmstudio.ui.views.symbols import corners

Floats = NDArray[np.float64]


def draw_mark(painter: QPainter, centre: QPointF, identity: int, radius: float) -> None:
    """Draw a cluster's symbol with the pen and brush in use."""
    outline = corners(identity)
    if outline is None:
        painter.drawEllipse(centre, radius, radius)
    else:
        places = [QPointF(x, y) for x, y in radius * outline + (centre.x(), centre.y())]
        painter.drawPolygon(QPolygonF(places))


def spread_out(wanted: Sequence[float], gap: float, low: float, high: float) -> Floats:
    """Return places at least `gap` apart, as near to the wanted ones as that allows.

    Between `low` and `high`, in the order of the wanted ones; where they do not all fit, evenly.
    """
    n = len(wanted)
    order = np.argsort(wanted, kind="stable")
    places = np.empty(n)
    if n and gap * (n - 1) > high - low:
        places[order] = np.linspace(low, high, n)
        return places
    # Groups of neighbours that touch stand around the middle of what their members want.
    # Of each: the sum of what they want less their offset from the first, and how many they are.
    groups: list[list[float]] = []
    for index in order:
        groups.append([float(wanted[index]), 1])
        while len(groups) > 1 and _start(groups[-2], gap, low, high) + gap * groups[-2][1] > _start(
            groups[-1], gap, low, high
        ):
            last = groups.pop()
            before = groups[-1]
            before[0] += last[0] - gap * before[1] * last[1]
            before[1] += last[1]
    found: list[float] = []
    for group in groups:
        start = _start(group, gap, low, high)
        found += [start + gap * place for place in range(int(group[1]))]
    places[order] = found
    return places


def _start(group: list[float], gap: float, low: float, high: float) -> float:
    total, members = group
    start = total / members
    return min(max(start, low), high - gap * (members - 1))


def badge_grid(n: int, area: QRectF, size: float) -> list[QPointF]:
    """Return the centres of n badges of this width, column by column from the upper left."""
    lines = max(int(area.height() // size), 1)
    return [
        QPointF(
            area.left() + (place // lines + 0.5) * size, area.top() + (place % lines + 0.5) * size
        )
        for place in range(n)
    ]
