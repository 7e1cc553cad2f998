"""Where everything of the Choose K chart stands: pure geometry, no painting."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from gmmstudio.ui.views.evidence import Dot, Line, best_dot, value_range
from gmmstudio.ui.views.label_placing import Box, place_label, spread

POINT, ABOVE, GAP = "point", "above", "gap"  # on the scale, above its end, no model


@dataclass(frozen=True, eq=False)
class Spot:
    """One model on the chart: where it stands, and as what."""

    dot: Dot
    line: Line
    x: float
    y: float
    kind: str


@dataclass(frozen=True, eq=False)
class Layout:
    """The chart in pixels.

    Attributes
    ----------
    area
        Where the lines are drawn.
    low, high
        Values at its lower and upper edge.
    columns
        Pairs (K, x).
    spots
        All models.
    segments : (m, 4) float64
        All pieces of lines, ``x1, y1, x2, y2``.
    best
        The spot of the best model.
    best_label
        Where its label stands; None where no place is free.
    names
        Pairs (line, y): the name of each line, right of the area.
    is_clipped
        Some models lie above the upper edge.
    """

    area: Box
    low: float
    high: float
    columns: tuple[tuple[int, float], ...]
    spots: tuple[Spot, ...]
    segments: NDArray[np.float64]
    best: Spot | None
    best_label: Box | None
    names: tuple[tuple[Line, float], ...]
    is_clipped: bool

    def to_y(self, value: float) -> float:
        """Return the height of a value in pixels."""
        return _to_y(value, self.low, self.high, self.area)

    def nearest(self, x: float, y: float, reach: float = 14.0) -> Spot | None:
        """Return the model nearest to a place, of equals the best; None if all are far."""
        found: tuple[float, float, Spot] | None = None
        for spot in self.spots:
            distance = float(np.hypot(spot.x - x, spot.y - y))
            value = np.inf if spot.dot.value is None else spot.dot.value
            if distance <= reach and (found is None or (distance, value) < found[:2]):
                found = distance, value, spot
        return None if found is None else found[2]


def lay_out(
    lines: Sequence[Line],
    area: Box,
    label_size: tuple[float, float],
    name_height: float,
    dot_radius: float = 4.0,
    components: Sequence[int] = (),
) -> Layout:
    """Place lines, dots, names and the label of the best model.

    Parameters
    ----------
    lines
        The models by shape.
    area
        Where the lines may go.
    label_size
        Width and height of the best model's label.
    name_height
        Height of a line's name.
    dot_radius
        Half the size of a dot, for what the label must keep clear of.
    components
        The K along the axis, those to come included; by default those of `lines`.
    """
    low, high = value_range(lines)
    margin = 0.05 * (high - low) or 1.0
    bottom, top = low - 1.4 * margin, high + margin
    present = {dot.n_components for line in lines for dot in line.dots}
    columns = _columns(sorted(present | set(components)), area)
    xs = dict(columns)
    spots = [_spot(dot, line, xs, bottom, top, area) for line in lines for dot in line.dots]
    by_dot = {id(spot.dot): spot for spot in spots}
    segments = _segments(lines, xs, bottom, top, area)
    best = best_dot(lines)
    best_spot = None if best is None else by_dot[id(best)]
    label = None
    if best_spot is not None:
        obstacles = [_around(spot, dot_radius + (2 if spot is best_spot else 0)) for spot in spots]
        anchor = (best_spot.x, best_spot.y)
        room = Box(area.left, area.top, area.width - 6, area.height)  # the names begin there
        label = place_label(label_size, anchor, room, segments, obstacles, dot_radius + 2)
    return Layout(
        area,
        bottom,
        top,
        columns,
        tuple(spots),
        segments,
        best_spot,
        label,
        _names(lines, by_dot, name_height, area),
        any(spot.kind == ABOVE for spot in spots),
    )


def _columns(components: Sequence[int], area: Box) -> tuple[tuple[int, float], ...]:
    if not components:
        return ()
    first, last = components[0], components[-1]
    inset = min(14.0, area.width / 6)
    width = area.width - 2 * inset
    if last == first:
        return ((first, area.left + area.width / 2),)
    step = width / (last - first)
    return tuple((k, area.left + inset + (k - first) * step) for k in components)


def _to_y(value: float, low: float, high: float, area: Box) -> float:
    return area.bottom - (value - low) / (high - low) * area.height


def _spot(dot: Dot, line: Line, xs: dict[int, float], low: float, high: float, area: Box) -> Spot:
    x = xs[dot.n_components]
    if dot.value is None:
        return Spot(dot, line, x, area.top + 5.0, GAP)
    if dot.value > high:
        return Spot(dot, line, x, area.top + 5.0, ABOVE)
    return Spot(dot, line, x, _to_y(dot.value, low, high, area), POINT)


def _segments(
    lines: Sequence[Line], xs: dict[int, float], low: float, high: float, area: Box
) -> NDArray[np.float64]:
    pieces = []
    for line in lines:
        for run in line.runs():
            for one, other in pairwise(run):
                ends = [
                    (xs[dot.n_components], _to_y(dot.value or 0.0, low, high, area))
                    for dot in (one, other)
                ]
                pieces.append((*ends[0], *ends[1]))
    return np.array(pieces, float).reshape(-1, 4)


def _around(spot: Spot, radius: float) -> Box:
    return Box(spot.x - radius, spot.y - radius, 2 * radius, 2 * radius)


def _names(
    lines: Sequence[Line], by_dot: dict[int, Spot], height: float, area: Box
) -> tuple[tuple[Line, float], ...]:
    """Put each line's name beside its last dot, no two on top of each other."""
    named, wanted = [], []
    for line in lines:
        drawn = [dot for dot in line.dots if dot.value is not None]
        if drawn:
            named.append(line)
            wanted.append(by_dot[id(drawn[-1])].y)
    places = spread(wanted, height, area.top + height / 2, area.bottom - height / 2)
    return tuple(zip(named, places, strict=True))
