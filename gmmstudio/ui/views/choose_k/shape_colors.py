"""The colour of each shape's line: its own, on white and on dark, whatever else is shown."""

from __future__ import annotations

from PySide6.QtGui import QColor

from gmmstudio.report.shape_colors import SHAPE_COLORS
from gmmstudio.ui import theme


def shape_color(structure: str) -> QColor:
    """Return the colour of a shape's line in the look in use."""
    if structure not in SHAPE_COLORS:
        return theme.color("accent")
    return QColor(SHAPE_COLORS[structure][theme.current().dark])
