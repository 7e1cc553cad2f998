"""Where everything of the Choose K chart stands: pure geometry, no painting."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from gmmstudio.report.evidence import Dot, Line, best_dot, ranked, value_range
from gmmstudio.report.label_placing import Box, place_label, spread

BEST_RADIUS = 5.5  # of the dot that marks the best model
_EDGE = 1.5  # by which one may miss it
POINT, ABOVE, GAP = "point", "above", "gap"  # on the scale, above its end, no model
LANE = 12.0  # height of the strip at the top for what has no place on the scale
_MARK = 9.0  # width of a mark there
_ALWAYS_NAMED = 4  # lines that are named wherever their names are pushed
_PUSHED = 3.0  # heights by which a name of the others may stand off its line


@dataclass(frozen=True, eq=False)
class Spot:
    """One model on the chart: where it stands, and as what."""

    dot: Dot
    line: Line
    x: float
    y: float
    kind: str


@dataclass(frozen=True, eq=False)
class Pile:
    """Marks of one K that have no room side by side: drawn as one, with their number."""

    spots: tuple[Spot, ...]

    @property
    def x(self) -> float:
        return self.spots[0].x

    @property
    def y(self) -> float:
        return self.spots[0].y

    @property
    def kind(self) -> str:
        return self.spots[0].kind


@dataclass(frozen=True, eq=False)
class Layout:
    """The chart in pixels.

    Attributes
    ----------
    area
        Where the lines are drawn, below the strip of marks if there is one.
    low, high
        Values at its lower and upper edge.
    columns
        Pairs (K, x).
    spots
        All models.
    piles
        Those that are drawn together.
    segments : (m, 4) float64
        All pieces of lines, ``x1, y1, x2, y2``.
    best
        The spot of the best model.
    best_label
        Where its label stands; None where no place is free.
    names
        Pairs (line, y): the names for which there is room, right of the area.
    ends
        Pairs (line, (x, y)): the last model of each line that has one.
    is_clipped
        Some models lie above the upper edge.
    """

    area: Box
    low: float
    high: float
    columns: tuple[tuple[int, float], ...]
    spots: tuple[Spot, ...]
    piles: tuple[Pile, ...]
    segments: NDArray[np.float64]
    best: Spot | None
    best_label: Box | None
    names: tuple[tuple[Line, float], ...]
    ends: tuple[tuple[Line, tuple[float, float]], ...]
    is_clipped: bool

    def to_y(self, value: float) -> float:
        """Return the height of a value in pixels."""
        return _to_y(value, self.low, self.high, self.area)

    def nearest(
        self, x: float, y: float, reach: float = 14.0, of: Line | None = None
    ) -> Spot | None:
        """Return the model nearest to a place, of equals the best; None if all are far.

        With `of` only the models of that line count.
        """
        found: tuple[float, float, Spot] | None = None
        for spot in self.spots:
            if of is not None and spot.line is not of:
                continue
            distance = float(np.hypot(spot.x - x, spot.y - y))
            value = np.inf if spot.dot.value is None else spot.dot.value
            if distance <= reach and (found is None or (distance, value) < found[:2]):
                found = distance, value, spot
        return None if found is None else found[2]

    def best_at(self, x: float, y: float) -> Spot | None:
        """Return the best model where a place is on its dot, which covers others, or its label."""
        best, label = self.best, self.best_label
        if best is None:
            return None
        on_dot = float(np.hypot(best.x - x, best.y - y)) <= BEST_RADIUS + _EDGE
        on_label = (
            label is not None and label.left <= x <= label.right and label.top <= y <= label.bottom
        )
        return best if on_dot or on_label else None

    def pile_of(self, spot: Spot) -> Pile | None:
        """Return the pile a model is drawn in, if it is."""
        return next((pile for pile in self.piles if spot in pile.spots), None)

    def named(self, x: float, y: float, height: float) -> Line | None:
        """Return the line whose name stands at a place right of the area."""
        if x < self.area.right:
            return None
        return next((line for line, at in self.names if abs(at - y) <= height / 2), None)

    def end_of(self, line: Line) -> tuple[float, float] | None:
        """Return where a line's last model stands."""
        return next((end for other, end in self.ends if other is line), None)


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
    marked = {
        k: [(dot, line) for line in lines for dot in line.dots if _is_marked(dot, k, top)]
        for k, _ in columns
    }
    if any(marked.values()):
        area = Box(area.left, area.top + LANE, area.width, max(area.height - LANE, 1.0))
    xs = dict(columns)
    spots = [
        Spot(dot, line, xs[dot.n_components], _to_y(dot.value, bottom, top, area), POINT)
        for line in lines
        for dot in line.dots
        if dot.value is not None and dot.value <= top
    ]
    step = min((b - a for (_, a), (_, b) in pairwise(columns)), default=area.width)
    piles: list[Pile] = []
    for k, x in columns:
        placed, heaped = _marks(marked[k], x, area.top - LANE / 2, step)
        spots += placed
        piles += heaped
    by_dot = {id(spot.dot): spot for spot in spots}
    ordered = tuple(by_dot[id(dot)] for line in lines for dot in line.dots)
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
        ordered,
        tuple(piles),
        segments,
        best_spot,
        label,
        _names(lines, by_dot, name_height, area),
        _ends(lines, by_dot),
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


def _is_marked(dot: Dot, k: int, top: float) -> bool:
    """Whether a model of this K has no place on the scale."""
    return dot.n_components == k and (dot.value is None or dot.value > top)


def _marks(
    dots: Sequence[tuple[Dot, Line]], x: float, y: float, step: float
) -> tuple[list[Spot], list[Pile]]:
    """Put the marks of one K side by side, or on a pile of each kind where they are too many."""
    whole = sorted(dots, key=lambda pair: pair[0].value is None)
    above = [pair for pair in whole if pair[0].value is not None]
    gaps = [pair for pair in whole if pair[0].value is None]
    if _MARK * len(whole) <= step:
        groups = [[pair] for pair in whole]
    else:
        groups = [group for group in (above, gaps) if group]
    apart = _MARK if len(groups) == len(whole) else step / 2
    spots: list[Spot] = []
    piles: list[Pile] = []
    for place, group in enumerate(groups):
        at = x + apart * (place - (len(groups) - 1) / 2)
        kind = GAP if group[0][0].value is None else ABOVE
        mine = tuple(Spot(dot, line, at, y, kind) for dot, line in group)
        spots += mine
        if len(mine) > 1:
            piles.append(Pile(mine))
    return spots, piles


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


def _ends(
    lines: Sequence[Line], by_dot: dict[int, Spot]
) -> tuple[tuple[Line, tuple[float, float]], ...]:
    found = []
    for line in lines:
        drawn = [by_dot[id(dot)] for dot in line.dots if dot.value is not None]
        if drawn:
            found.append((line, (drawn[-1].x, drawn[-1].y)))
    return tuple(found)


def _names(
    lines: Sequence[Line], by_dot: dict[int, Spot], height: float, area: Box
) -> tuple[tuple[Line, float], ...]:
    """Put names beside the last dots, no two on top of each other.

    Of many lines those with the best models are named, as many as there is room for and none of
    them pushed far from its line.
    """
    wanted = {id(line): end[1] for line, end in _ends(lines, by_dot)}
    room = max(int(area.height / height), 1)
    named = list(ranked(lines)[:room])
    while True:
        at = [wanted[id(line)] for line in named]
        places = spread(at, height, area.top + height / 2, area.bottom - height / 2)
        pushed = max((abs(a - b) for a, b in zip(at, places, strict=True)), default=0.0)
        if len(named) <= _ALWAYS_NAMED or pushed <= _PUSHED * height:
            return tuple(zip(named, places, strict=True))
        named.pop()
