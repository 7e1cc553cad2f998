"""What the cells of a matrix show of the rows: which point is seen where, how dense they lie.

Pure NumPy, no Qt: made in a thread. Colours are put on later, by look-up.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from gmmstudio.report.axes import padded
from gmmstudio.table.table import Table
from gmmstudio.ui.views.layers.histogram import Bars, bars
from gmmstudio.ui.views.matrix.layout import Layout
from gmmstudio.ui.views.planes.drawing import is_whole
from gmmstudio.ui.views.points.marks import Flags, Ints, Marks
from gmmstudio.ui.views.points.pixel_grid import PixelGrid
from gmmstudio.ui.views.points.points import Points, arrange, shuffled
from gmmstudio.ui.views.points.winners import WinnerImage, find_winners

Floats = NDArray[np.float64]
ALL_DRAWN = 50_000  # so many rows are drawn, of more a sample
SAMPLE = 20_000
_COUNTED = 500_000  # rows that tell how dense the others lie
_LEVELS = 255
_FEW = 2_000  # so many rows have a round mark each in the smallest cell
Place = tuple[int, int]


def drawn_rows(n_rows: int) -> Ints:
    """Return the rows of a table that the cells draw: all, or the same fair sample in each."""
    rows = np.arange(n_rows) if n_rows <= ALL_DRAWN else np.sort(shuffled(n_rows)[:SAMPLE])
    rows.flags.writeable = False
    return rows


@dataclass(frozen=True, eq=False)
class Column:
    """A column as all its cells show it.

    Attributes
    ----------
    low, high
        The range shown: every value, and a little room.
    bars
        Its histogram, over every row that has a value.
    whole
        It holds whole numbers only.
    drawn : (m,) float64
        Its values in the rows drawn.
    counted : float64
        Its values in the rows that tell the density.
    """

    low: float
    high: float
    bars: Bars
    whole: bool
    drawn: Floats
    counted: Floats


@dataclass(frozen=True, eq=False)
class Sheet:
    """A page as it is asked for.

    Attributes
    ----------
    rows : (m,) int64
        The rows drawn.
    kinds : (rows of the table,) uint8 or None
        Kind of each row of the table.
    scale
        Device pixels per logical one.
    selected : (rows of the table,) bool or None
        Which rows lie above all others, being selected.
    """

    table: Table
    layout: Layout
    rows: Ints
    kinds: Flags | None
    scale: float
    selected: NDArray[np.bool_] | None = None


@dataclass(frozen=True, eq=False)
class Picture:
    """A page ready to be coloured.

    Attributes
    ----------
    columns
        By column of the table.
    winners
        By cell (line, place), of the cells that show points; `rows` of each are positions among
        the rows drawn.
    densities : (lines, columns) uint8
        By cell, of those above the diagonal: how dense the rows lie, 255 where most do.
    """

    layout: Layout
    columns: dict[int, Column] = field(default_factory=dict)
    winners: dict[Place, WinnerImage] = field(default_factory=dict)
    densities: dict[Place, NDArray[np.uint8]] = field(default_factory=dict)


class PictureMaker:
    """Makes pictures, for one thread; keeps what the columns of the last table gave."""

    def __init__(self) -> None:
        self._table: Table | None = None
        self._columns: dict[int, Column] = {}

    def make(self, sheet: Sheet, should_stop: Callable[[], bool] = lambda: False) -> Picture:
        """Make the picture of a page."""
        if sheet.table is not self._table:
            self._table, self._columns = sheet.table, {}
        layout = sheet.layout
        picture = Picture(layout)  # which outlives the table
        for index in dict.fromkeys((*layout.across, *layout.up)):
            if should_stop():
                return picture
            if index not in self._columns:
                self._columns[index] = look_at(sheet.table, index, sheet.rows)
            picture.columns[index] = self._columns[index]
        kinds = None if sheet.kinds is None else sheet.kinds[sheet.rows]
        selected = None if sheet.selected is None else sheet.selected[sheet.rows]
        for line, up in enumerate(layout.up):
            for place, across in enumerate(layout.across):
                if should_stop():
                    return picture
                if layout.is_histogram(line, place):
                    continue
                x, y = self._columns[across], self._columns[up]
                if layout.shows_points(line, place):
                    grid = cell_grid(layout, line, place, x, y, sheet.scale)
                    points = arrange(x.drawn, y.drawn)
                    if selected is not None:
                        points = lift(points, selected)
                    marks = cell_marks(points, layout, sheet.scale)
                    picture.winners[line, place] = find_winners(points, grid, kinds, marks=marks)
                else:
                    picture.densities[line, place] = density(x, y, layout.width, layout.height)
        return picture


def look_at(table: Table, index: int, rows: Ints) -> Column:
    """Find out about a numeric column what its cells need."""
    values = table.columns[index].values
    assert values is not None, "only numeric columns are offered"
    finite = values[np.isfinite(values)]
    low, high = (float(finite.min()), float(finite.max())) if len(finite) else (0.0, 1.0)
    counted = values[:: max(1, -(-len(values) // _COUNTED))].copy()
    return Column(*padded(low, high), bars(values), is_whole(values), values[rows], counted)


def cell_grid(
    layout: Layout, line: int, place: int, x: Column, y: Column, scale: float
) -> PixelGrid:
    """Describe the device pixels of a cell."""
    return PixelGrid(
        x.low,
        x.high,
        y.low,
        y.high,
        layout.width,
        layout.height,
        scale,
        layout.x(place) * scale % 1.0,
        layout.y(line) * scale % 1.0,
    )


def cell_marks(points: Points, layout: Layout, scale: float) -> Marks:
    """Choose marks so small that many points still leave a cell its shape."""
    n = max(len(points), 1)
    size = float(np.sqrt(0.5 * layout.width * layout.height / n))
    if n <= _FEW:
        size = max(size, 2.0)
    if size < 1.7:
        return Marks(max(1.0, float(round(scale))) / scale, 1)
    return Marks(min(size, 4.0), 3 if n <= _FEW and scale < 1.25 else 2)


def lift(points: Points, selected: NDArray[np.bool_]) -> Points:
    """Draw the selected rows last, so that no other covers them."""
    order = np.argsort(selected[points.rows], kind="stable")
    return replace(points, rows=points.rows[order], x=points.x[order], y=points.y[order])


def density(x: Column, y: Column, width: float, height: float) -> NDArray[np.uint8]:
    """Return how dense the rows lie in a cell, smoothed: a picture of half its pixels.

    Counts over a normal kernel (Scott's rule, of the spread of the middle half); square roots,
    so that a small group is seen beside a large one.
    """
    across, down = max(int(width / 2), 8), max(int(height / 2), 8)
    inside = np.isfinite(x.counted) & np.isfinite(y.counted)
    n = int(np.count_nonzero(inside))
    if not n:
        return np.zeros((down, across), np.uint8)
    column = _bins(x.counted[inside], x, across)
    line = down - 1 - _bins(y.counted[inside], y, down)
    counts = np.bincount(line * across + column, minlength=down * across)
    picture = counts.reshape(down, across).astype(float)
    for axis, places in ((1, column), (0, line)):
        width_ = min(_kernel_width(places, n), picture.shape[axis] / 6)
        picture = _blur(picture, max(width_, 0.6), axis)
    return np.round(np.sqrt(picture / picture.max()) * _LEVELS).astype(np.uint8)


def _bins(values: Floats, column: Column, n: int) -> Ints:
    # Halves, since the span of ±1e307 is hardly a number.
    share = (values / 2 - column.low / 2) / (column.high / 2 - column.low / 2)
    return np.clip((share * n).astype(np.int64), 0, n - 1)


def _kernel_width(places: Ints, n: int) -> float:
    lower, upper = np.percentile(places[:: max(1, n // 20_000)], (25, 75))
    return float((upper - lower) / 1.349 * n ** (-1 / 6) * 0.6)


def _blur(picture: Floats, width: float, axis: int) -> Floats:
    n = picture.shape[axis]
    steps = np.arange(n)
    kernel = np.exp(-0.5 * ((steps[:, None] - steps) / width) ** 2)
    return picture @ kernel if axis == 1 else kernel @ picture
