"""Picking: which row of the table is under the mouse."""

from __future__ import annotations

import numpy as np

from gmmstudio.ui.views.points.points import Points
from gmmstudio.ui.views.points.winners import WinnerImage


def point_at(
    points: Points, image: WinnerImage, column: float, line: float, reach: float = 2.0
) -> int | None:
    """Row of the table of the point seen at a place, or of the nearest one in reach.

    Parameters
    ----------
    points
        The points the image was made of.
    image
        The winner image.
    column, line
        The place in device pixels of the image.
    reach
        How far beside a mark still counts, in logical pixels.
    """
    grid = image.grid
    if not len(image.painted):
        return None
    reach *= grid.scale
    if image.pixels is None:
        return _nearest_winner(image, column, line, reach)
    x_rate = grid.width * grid.scale / (grid.x_high - grid.x_low)
    y_rate = grid.height * grid.scale / (grid.y_low - grid.y_high)
    dx = (points.x_values[image.rows] - grid.x_low) * x_rate + grid.shift_x - column
    dy = (points.y_values[image.rows] - grid.y_high) * y_rate + grid.shift_y - line
    distance = np.hypot(dx, dy)
    nearest = len(distance) - 1 - int(np.argmin(distance[::-1]))  # of equals the one on top
    if distance[nearest] > image.marks.size * grid.scale / 2 + reach:
        return None
    return int(image.rows[nearest])


def _nearest_winner(image: WinnerImage, column: float, line: float, reach: float) -> int | None:
    c, r, k = int(np.floor(column)), int(np.floor(line)), int(np.ceil(reach))
    top, left = max(r - k, 0), max(c - k, 0)
    part = image.slots[top : max(r + k + 1, 0), left : max(c + k + 1, 0)]
    lines, columns = np.nonzero(part)
    if not len(lines):
        return None
    distance = np.hypot(lines + (top - r), columns + (left - c))
    nearest = int(np.argmin(distance))
    if distance[nearest] > reach:
        return None
    return int(image.rows[part[lines[nearest], columns[nearest]] - 1])
