"""A cluster's disc: its letter on its colour."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter

from gmmstudio.ui import theme
from gmmstudio.ui.widgets.painting import scaled_font


def draw_disc(painter: QPainter, area: QRectF, identity: int, font) -> None:
    """Draw a cluster's disc with its letter."""
    colour = theme.cluster_color(identity)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    side = min(area.width(), area.height())
    disc = QRectF(0, 0, side, side)
    disc.moveCenter(area.center())
    painter.drawEllipse(disc.adjusted(0.5, 0.5, -0.5, -0.5))
    letter = theme.cluster_letter(identity)
    painter.setFont(scaled_font(font, 0.82 if len(letter) == 1 else 0.66, bold=True))
    painter.setPen(letter_colour(colour))
    painter.drawText(area, Qt.AlignmentFlag.AlignCenter, letter)


def letter_colour(ground: QColor) -> QColor:
    """Return black or white, whichever reads better on a colour (by WCAG's luminance)."""

    def linear(part: float) -> float:
        return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4

    light = (
        0.2126 * linear(ground.redF())
        + 0.7152 * linear(ground.greenF())
        + 0.0722 * linear(ground.blueF())
    )
    return QColor("#ffffff") if light < 0.40 else QColor("#1f2430")
