"""What a sight gives to draw: points or a histogram, and the range that shows all."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gmmstudio.report.axes import padded
from gmmstudio.table.table import Table
from gmmstudio.ui.views.layers.histogram import STRIP, Bars, bars, strip
from gmmstudio.ui.views.planes.sights import Sight
from gmmstudio.ui.views.points.points import Points, arrange, span

_LOOKED_AT = 10_000  # values that tell whether a column holds whole numbers


@dataclass(frozen=True, eq=False)
class Drawing:
    """A sight, ready to draw.

    Attributes
    ----------
    sight
        What is looked at.
    points
        The rows that have all values; a strip below the axis where there is a histogram.
    bars
        The histogram; None for two columns.
    home
        x_low, x_high, y_low, y_high that show everything.
    x_whole, y_whole
        What is shown are whole numbers only.
    x_dates, y_dates
        What is shown are dates, in days.
    """

    sight: Sight
    points: Points
    bars: Bars | None
    home: tuple[float, float, float, float]
    x_whole: bool
    y_whole: bool
    x_dates: bool = False
    y_dates: bool = False


def draw_up(table: Table, sight: Sight) -> Drawing:
    """Prepare the rows as they lie in a plane, or one column as a histogram."""
    if sight.plane is None:
        x = _values(table, sight.axes.x)
        counted = bars(x)
        points = arrange(x, strip(table.n_rows, counted.highest))
        x_low, x_high, _, _ = span(points)
        room = (STRIP[0] * 1.25 * counted.highest, 1.15 * counted.highest)
        home = (*padded(x_low, x_high), *room)
        are_dates = _are_dates(table, sight.axes.x)
        return Drawing(sight, points, counted, home, is_whole(x), False, are_dates)
    x, y = sight.plane.coordinates(table)
    points = arrange(x, y)
    x_low, x_high, y_low, y_high = span(points)
    home = (*padded(x_low, x_high), *padded(y_low, y_high))
    if sight.space is not None:  # the same range whichever way it is turned
        reach = 1.06 * sight.space.reach
        home = (-reach, reach, -reach, reach)
    shown = [sight.plane.column(side) for side in range(2)]
    whole = (shown[0] is not None and is_whole(x), shown[1] is not None and is_whole(y))
    days = (_are_dates(table, shown[0]), _are_dates(table, shown[1]))
    return Drawing(sight, points, None, home, *whole, *days)


def is_whole(values: NDArray[np.float64]) -> bool:
    """Tell whether the values that are there are whole numbers, judging by the first of them."""
    few = values[:_LOOKED_AT]
    few = few[np.isfinite(few)]
    return bool(len(few)) and bool((few == np.floor(few)).all())


def _are_dates(table: Table, column: int | None) -> bool:
    return column is not None and table.columns[column].kind == "date"


def _values(table: Table, column: int) -> NDArray[np.float64]:
    values = table.columns[column].values
    assert values is not None, "only numeric columns are offered"
    return values
