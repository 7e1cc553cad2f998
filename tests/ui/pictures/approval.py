"""Pictures that somebody has looked at and approved, and whether today's are like them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

APPROVED = Path(__file__).parent / "approved"
TILE = 16  # pixels: a word, a mark or a line fills a good part of it
TOLERANCE = 10.0  # mean difference of a tile, of 255, that rounding and antialiasing may make
MOST = 0.002  # share of the tiles that may differ by more


@dataclass(frozen=True)
class Comparison:
    """How two pictures differ: share of differing tiles, and where the worst one is."""

    share: float
    worst: float
    place: tuple[int, int]

    @property
    def alike(self) -> bool:
        return self.share <= MOST


def portrait(widget: QWidget) -> QImage:
    """Return a widget in the device pixels of its screen."""
    image = widget.grab().toImage()
    image.setDevicePixelRatio(1.0)
    return image.convertToFormat(QImage.Format.Format_RGB888)


def pixels(image: QImage) -> NDArray[np.uint8]:
    """Return a picture as (lines, columns, 3)."""
    image = image.convertToFormat(QImage.Format.Format_RGB888)
    lines = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1)
    # A copy: the image goes at the end of this function, and its bits with it.
    return lines[:, : 3 * image.width()].reshape(image.height(), image.width(), 3).copy()


def compare(approved: NDArray[np.uint8], today: NDArray[np.uint8]) -> Comparison:
    """Compare two pictures tile by tile.

    A moved pixel of antialiasing changes a tile little; a word that is gone, another colour or a
    line elsewhere changes its tiles much.
    """
    if approved.shape != today.shape:
        return Comparison(1.0, 255.0, (0, 0))
    difference = np.abs(approved.astype(np.int16) - today).max(axis=2)
    lines, columns = (-(-size // TILE) for size in difference.shape)
    padded = np.zeros((lines * TILE, columns * TILE))
    padded[: difference.shape[0], : difference.shape[1]] = difference
    tiles = padded.reshape(lines, TILE, columns, TILE).mean(axis=(1, 3))
    line, column = np.unravel_index(int(tiles.argmax()), tiles.shape)
    return Comparison(
        float((tiles > TOLERANCE).mean()),
        float(tiles.max()),
        (int(column) * TILE, int(line) * TILE),
    )


def save(image: QImage, path: Path) -> None:
    """Write a picture in 64 steps of each colour: smaller by a quarter, and as good to compare."""
    path.parent.mkdir(parents=True, exist_ok=True)
    coarse = np.round(pixels(image) * (63 / 255)) * (255 / 63)
    words = np.ascontiguousarray(coarse.round().astype(np.uint8))
    lines, columns, _ = words.shape
    form = QImage.Format.Format_RGB888
    if not QImage(words.data, columns, lines, 3 * columns, form).save(str(path), "PNG", 0):
        raise OSError(f"{path} could not be written")
