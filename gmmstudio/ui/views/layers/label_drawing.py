"""A short text over a plot, on a ground that lets it be read."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter

from gmmstudio.report.label_placing import Box
from gmmstudio.ui import theme


def draw_label(painter: QPainter, text: str, box: Box, ground: float) -> None:
    """Draw a text in a box in the font in use; `ground` is how opaque the box is."""
    color = QColor(theme.color("window"))
    color.setAlphaF(ground)
    rect = QRectF(box.left, box.top, box.width, box.height)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    painter.drawRoundedRect(rect, 3, 3)
    painter.setPen(theme.color("text"))
    painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, text)
