"""The badge of a cluster: its letter in a disc with a ring of its colour."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QImage, QPainter, QPen

from gmmstudio.ui import theme
from gmmstudio.ui.pictures.paper import on_paper


def draw_badge(
    painter: QPainter, centre: QPointF, identity: int, font: QFont, size: float = 10.0
) -> None:
    """Draw a disc of this radius with a coloured ring and the cluster's letter.

    On a screen it is an image kept for the next frame and put on whole device pixels: to draw a
    ring and a letter anew takes ten times as long.
    """
    letter = theme.cluster_letter(identity)
    badge = _Badge(
        letter,
        theme.cluster_color(identity).rgb(),
        theme.cluster_ink(identity).rgb(),
        theme.color("window").rgb(),
        size * theme.zoom() + (2.5 if len(letter) > 1 else 0.0),
        0.2 * size,
        font.toString(),
    )
    if on_paper():
        badge.draw(painter, centre)
        return
    to_device = painter.deviceTransform()
    scale = to_device.m11()
    image = _image(badge, scale)
    middle, side = to_device.map(centre), image.width()
    aside = QPointF(
        (round(middle.x() - side / 2) - middle.x()) / scale,
        (round(middle.y() - side / 2) - middle.y()) / scale,
    )
    painter.drawImage(centre + aside, image)


@dataclass(frozen=True)
class _Badge:
    """All that tells one badge from another; colours as words, lengths in logical pixels."""

    letter: str
    color: int
    ink: int
    ground: int
    radius: float
    ring: float
    font: str

    def draw(self, painter: QPainter, centre: QPointF) -> None:
        radius = self.radius
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(self.color), self.ring))
        painter.setBrush(QBrush(QColor(self.ground)))
        painter.drawEllipse(centre, radius, radius)
        font = QFont()
        font.fromString(self.font)
        painter.setFont(font)
        text = QRectF(centre.x() - radius, centre.y() - radius, 2 * radius, 2 * radius)
        painter.setPen(QColor(self.ink))
        painter.drawText(text, Qt.AlignmentFlag.AlignCenter, self.letter)


@lru_cache(maxsize=256)
def _image(badge: _Badge, scale: float) -> QImage:
    """Draw a badge with its middle in the middle of an image of so many pixels per logical one."""
    side = 2 * math.ceil((badge.radius + badge.ring) * scale) + 1  # the middle of a pixel
    image = QImage(side, side, QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(scale)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    badge.draw(painter, QPointF(side / scale / 2, side / scale / 2))
    painter.end()
    return image
