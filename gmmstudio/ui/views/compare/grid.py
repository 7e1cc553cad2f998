"""The tiles of the comparison side by side, all plots of one size."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from gmmstudio.ui.views.compare.tile import ComparedTile

_GAP = 8
_BELOW = 24  # the numbers across
_LEAST = 8.0  # left of a plot without numbers


def n_columns(width: float, height: float, n: int, words: float) -> int:
    """Return in how many columns the plots of n tiles become the largest.

    Parameters
    ----------
    width, height
        Of all of them.
    n
        How many there are.
    words
        How high the words over each plot are.
    """

    def narrower_side(columns: int) -> float:
        rows = -(-n // columns)
        across = (width - (columns - 1) * _GAP) / columns
        return min(across, (height - (rows - 1) * _GAP) / rows - words - _BELOW)

    choices = {n, -(-n // 2)}
    return max(choices, key=lambda columns: (narrower_side(columns), columns))


class ComparedGrid(QWidget):
    """Places tiles in one row or two; the first of a row alone has numbers up, and room for them.

    Attributes
    ----------
    tiles
        The tiles, in order.
    columns
        How many stand in a row.
    """

    def __init__(self, tiles: Sequence[ComparedTile], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.tiles = tuple(tiles)
        self.columns = max(len(self.tiles), 1)
        for tile in self.tiles:
            tile.setParent(self)

    def shown(self) -> list[ComparedTile]:
        """Return the tiles that are not hidden."""
        return [tile for tile in self.tiles if not tile.isHidden()]

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.place()

    def place(self) -> None:
        """Give every tile its place."""
        tiles = self.shown()
        if not tiles:
            return
        n, words = len(tiles), max(tile.words_height() for tile in tiles)
        self.columns = n_columns(self.width(), self.height(), n, words)
        rows = -(-n // self.columns)
        for place, tile in enumerate(tiles):
            frame = tile.plot.frame
            written = place % self.columns == 0
            if frame.y_written != written:
                frame.y_written = written
                tile.plot.restyle()
        first = tiles[:: self.columns]
        extra = max(tile.plot.frame.left_margin() for tile in first) - _LEAST
        wide = (self.width() - extra - (self.columns - 1) * _GAP) / self.columns
        high = (self.height() - (rows - 1) * _GAP) / rows
        for place, tile in enumerate(tiles):
            row, column = divmod(place, self.columns)
            left = column * (wide + _GAP) + (extra if column else 0.0)
            right = left + wide + (0.0 if column else extra)
            top = row * (high + _GAP)
            tile.make_room(high)
            tile.setGeometry(
                round(left), round(top), round(right) - round(left), round(top + high) - round(top)
            )
