"""The images in the cells of a matrix."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor, QImage

from gmmstudio.ui import theme
from gmmstudio.ui.views.points.winners import WinnerImage, colour_image

_FORM = QImage.Format.Format_ARGB32_Premultiplied


def point_image(
    winners: WinnerImage, colours: NDArray[np.uint32], rims: NDArray[np.uint32]
) -> tuple[QImage, NDArray]:
    """Return a cell's points in the colours (m,) of the rows drawn, and the image's buffer."""
    return _image(colour_image(winners, colours[winners.rows], rims[winners.rows]))


def density_image(levels: NDArray[np.uint8]) -> tuple[QImage, NDArray]:
    """Return a cell's density in grey, and the image's buffer."""
    return _image(_shades(theme.color("muted"), 0.55)[levels])


def _shades(color: QColor, strength: float) -> NDArray[np.uint32]:
    """Return 256 shades of a colour, premultiplied, from nothing to its strongest."""
    alpha = np.linspace(0.0, strength, 256)
    parts = (255, color.red(), color.green(), color.blue())
    words = np.zeros(256, np.uint32)
    for part in parts:
        words = (words << np.uint32(8)) | np.round(alpha * part).astype(np.uint32)
    return words


def _image(pixels: NDArray[np.uint32]) -> tuple[QImage, NDArray]:
    pixels = np.ascontiguousarray(pixels)
    lines, columns = pixels.shape
    return QImage(pixels.data, columns, lines, 4 * columns, _FORM), pixels
