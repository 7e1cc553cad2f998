"""How a matrix of pairs is cut into pages and cells: plain arithmetic, no Qt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

MOST = 8  # columns on a page
_LEAST_WIDTH, _LEAST_HEIGHT = 60.0, 40.0  # of a cell, at normal text size
GAP = 4.0

Blocks = tuple[tuple[int, ...], ...]


def blocks(columns: Sequence[int], most: int) -> Blocks:
    """Cut columns into blocks of nearly equal length, each column in exactly one of them."""
    n = len(columns)
    n_blocks = -(-n // max(most, 1))
    return tuple(
        tuple(columns[n * i // n_blocks : n * (i + 1) // n_blocks]) for i in range(n_blocks)
    )


def most_columns(width: float, height: float, zoom: float = 1.0) -> int:
    """Return how many columns a page holds so that its cells can be read."""
    larger = zoom**0.5  # of a cell only the letters grow with the text
    fitting = min(width / (_LEAST_WIDTH * larger), height / (_LEAST_HEIGHT * larger))
    return int(min(max(fitting, 2), MOST))


@dataclass(frozen=True)
class Layout:
    """Where the cells of a page lie, in logical pixels.

    Attributes
    ----------
    across, up
        The columns of the table across (left to right) and up (top to bottom).
    left, top
        Corner of the first cell.
    width, height
        Size of a cell; all are alike.
    """

    across: tuple[int, ...]
    up: tuple[int, ...]
    left: float
    top: float
    width: float
    height: float

    @property
    def diagonal(self) -> bool:
        """The same columns across and up."""
        return self.across == self.up

    @property
    def right(self) -> float:
        return self.x(len(self.across)) - GAP

    @property
    def bottom(self) -> float:
        return self.y(len(self.up)) - GAP

    def x(self, place: int) -> float:
        """Left edge of a cell."""
        return self.left + place * (self.width + GAP)

    def y(self, place: int) -> float:
        """Upper edge of a cell."""
        return self.top + place * (self.height + GAP)

    def cell_at(self, x: float, y: float) -> tuple[int, int] | None:
        """Return (line, place) of the cell at a place; None beside all of them."""
        place, line = (x - self.left) // (self.width + GAP), (y - self.top) // (self.height + GAP)
        if not (0 <= place < len(self.across) and 0 <= line < len(self.up)):
            return None
        inside = x < self.x(int(place)) + self.width and y < self.y(int(line)) + self.height
        return (int(line), int(place)) if inside else None

    def shows_points(self, line: int, place: int) -> bool:
        """Tell whether a cell shows the rows: below the diagonal, or where there is none."""
        return not self.diagonal or place < line

    def is_histogram(self, line: int, place: int) -> bool:
        """Tell whether a cell lies on the diagonal."""
        return self.across[place] == self.up[line]


def lay_out(
    across: tuple[int, ...], up: tuple[int, ...], area: tuple[float, float, float, float]
) -> Layout:
    """Fill an area (left, top, right, bottom) with cells, whole pixels each."""
    left, top, right, bottom = area
    width = (right - left - GAP * (len(across) - 1)) // max(len(across), 1)
    height = (bottom - top - GAP * (len(up) - 1)) // max(len(up), 1)
    return Layout(across, up, left, top, max(width, 8.0), max(height, 8.0))
