"""The figures of the report that show the rows themselves: a scatter, or a column's density."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gmmstudio.mixture.parameters import Parameters
from gmmstudio.mixture.projection import ellipse
from gmmstudio.report.apart import is_tiny
from gmmstudio.report.axes import padded
from gmmstudio.report.drawing import (
    BARS,
    INK,
    Drawing,
    Frame,
    base_line,
    crosses,
    drawing,
    marks,
    path,
    polyline,
    rectangle,
    x_axis,
    y_axis,
)
from gmmstudio.report.figures import WIDE, Look, badge, legend

Floats = NDArray[np.float64]
Ints = NDArray[np.integer]
Bools = NDArray[np.bool_]

MOST_MARKS = 3000
"""More rows than these are drawn as cells, darker where more rows lie."""

MOST_CROSSES = 250
"""Of more outliers only some are marked, evenly."""

_CELL = 6.0  # pixels
_LEVELS = 6
_FAR = 0.8  # of the range of the other rows: as far as outliers may widen the picture


@dataclass(frozen=True, eq=False)
class Rows:
    """The rows of a picture.

    Attributes
    ----------
    points : (n, 2) float64
    clusters : (n,) int
        Place of each row's cluster among the looks.
    clear : (n,) bool
        Whether the row belongs clearly to its cluster.
    outliers : (n,) bool
    """

    points: Floats
    clusters: Ints
    clear: Bools
    outliers: Bools


@dataclass(frozen=True)
class Scatter:
    """A picture of rows: how many lie outside it, and how many outliers it has, marked or not."""

    drawing: Drawing
    n_outside: int
    as_cells: bool
    n_crosses: int

    @property
    def some_outliers(self) -> bool:
        """Whether it marks only some of its outliers."""
        return self.n_crosses > MOST_CROSSES


def scatter(
    rows: Rows, parameters: Parameters, looks: Sequence[Look], names: tuple[str, str]
) -> Scatter:
    """Draw rows and the ellipses of 1 and 2 standard deviations of each cluster.

    Parameters
    ----------
    rows
        The rows in the two columns shown.
    parameters
        Of the same two columns, clusters in the order of the looks.
    looks
        Of the K clusters.
    names
        Of the columns.
    """
    key, below = legend(looks, 64, 12, WIDE - 84)
    x, y = (_range(rows, parameters, axis) for axis in (0, 1))
    frame = Frame(64, 12 + below, WIDE - 64 - 20, 360, x, y)
    inside = _within(rows.points, x, y)
    as_cells = int(np.count_nonzero(inside)) > MOST_MARKS
    parts = [key, x_axis(frame, names[0]), y_axis(frame, names[1]), base_line(frame)]
    pixels = frame.places(np.clip(rows.points, (x[0], y[0]), (x[1], y[1])))
    if as_cells:
        parts += _cells(pixels[inside], rows.clusters[inside], frame, looks)
    else:
        parts += _marks(pixels, rows, inside & ~rows.outliers, looks)
    for cluster, look in enumerate(looks):
        for sigma, width in ((1.0, 1.6), (2.0, 1.1)):
            around = ellipse(parameters.means[cluster], parameters.covariances[cluster], sigma)
            d = _clipped(frame.places(around), frame)
            parts.append(path(d, edge="#ffffff", width=3.0, opacity=0.6))
            parts.append(path(d, edge=look.color, width=width))
    parts.append(path(_crosses(pixels, rows.outliers & inside), edge=INK, width=1.1))
    for cluster, look in enumerate(looks):
        mean = parameters.means[cluster]
        if x[0] <= mean[0] <= x[1] and y[0] <= mean[1] <= y[1]:
            at = frame.places(mean[None])[0]
            parts.append(badge(at[0], at[1], look))
    n_outside = int(np.count_nonzero(~inside))
    made = drawing(WIDE, frame.bottom + 42, parts)
    return Scatter(made, n_outside, as_cells, int(np.count_nonzero(rows.outliers & inside)))


def density(
    values: Floats,
    outliers: Bools,
    parameters: Parameters,
    looks: Sequence[Look],
    name: str,
    weights: Floats | None = None,
) -> Scatter:
    """Draw one column: bars of rows, the curve of each cluster, and the curve of all together.

    Parameters
    ----------
    values : (n,)
    outliers : (n,)
    parameters
        Of the column, clusters in the order of the looks.
    looks
        Of the K clusters.
    name
        Of the column.
    weights : (n,), optional
        How often each row counts.
    """
    key, below = legend(looks, 64, 12, WIDE - 84)
    rows = Rows(
        np.column_stack([values, np.zeros(len(values))]), np.zeros(0, np.int64), outliers, outliers
    )
    flat = np.zeros((len(looks), 2, 2))
    flat[:, 0, 0] = parameters.covariances[:, 0, 0]
    means = np.column_stack([parameters.means[:, 0], np.zeros(len(looks))])
    low, high = _range(rows, Parameters.trusted(parameters.weights.copy(), means, flat), 0)
    inside = (values >= low) & (values <= high)
    edges = np.linspace(low, high, 41)
    counted = None if weights is None else weights[inside]
    counts, _ = np.histogram(values[inside], edges, weights=counted)
    total = float(len(values) if weights is None else weights.sum())
    bars = counts / (total * np.diff(edges))
    grid = np.linspace(low, high, 321)
    deviations = np.sqrt(parameters.covariances[:, 0, 0])
    z = (grid - parameters.means[:, :1]) / deviations[:, None]
    heights = parameters.weights / (deviations * np.sqrt(2 * np.pi))
    curves = heights[:, None] * np.exp(-0.5 * z**2)
    top = 1.06 * max(float(bars.max(initial=0.0)), float(curves.sum(axis=0).max()))
    frame = Frame(64, 12 + below, WIDE - 64 - 20, 260, (low, high), (0.0, top))
    parts = [key, x_axis(frame, name), y_axis(frame, "Density", most=4)]
    pixels = frame.across(edges)
    for a, b, bar in zip(pixels[:-1], pixels[1:], bars, strict=True):
        up = float(frame.up(bar))
        parts.append(rectangle(a + 0.5, up, b - a - 1, frame.bottom - up, "#e1e5eb"))
    parts.append(base_line(frame))
    whole = frame.places(np.column_stack([grid, curves.sum(axis=0)]))
    parts.append(path(polyline(whole), edge=BARS, width=2.0, dashes="5 3"))
    for look, curve in zip(looks, curves, strict=True):
        parts.append(
            path(polyline(frame.places(np.column_stack([grid, curve]))), edge=look.color, width=1.8)
        )
        peak = int(np.argmax(curve))
        at = frame.places(np.array([[grid[peak], curve[peak]]]))[0]
        parts.append(badge(at[0], at[1], look))
    at = np.column_stack([frame.across(values), np.full(len(values), frame.bottom - 6)])
    parts.append(path(_crosses(at, outliers & inside), edge=INK, width=1.1))
    n_outside = int(np.count_nonzero(~inside))
    made = drawing(WIDE, frame.bottom + 42, parts)
    return Scatter(made, n_outside, True, int(np.count_nonzero(outliers & inside)))


def _range(rows: Rows, parameters: Parameters, axis: int) -> tuple[float, float]:
    """Return what to show of an axis: ordinary rows, ellipses, and outliers that are not far.

    Clusters of a few rows are taken for outliers: else one far row would squeeze all others.
    """
    values = rows.points[:, axis]
    sizes = np.bincount(rows.clusters, minlength=len(parameters.weights))
    tiny = np.array([is_tiny(int(n), len(values)) for n in sizes])
    aside = rows.outliers | tiny[rows.clusters] if len(rows.clusters) else rows.outliers
    ordinary = values[~aside] if not aside.all() else values
    means, covariances = parameters.means[~tiny, axis], parameters.covariances[~tiny, axis, axis]
    spread = 2.0 * np.sqrt(covariances)
    low = min(float(ordinary.min()), float((means - spread).min(initial=np.inf)))
    high = max(float(ordinary.max()), float((means + spread).max(initial=-np.inf)))
    room = _FAR * (high - low)
    near = values[(values >= low - room) & (values <= high + room)]
    if near.size:
        low, high = min(low, float(near.min())), max(high, float(near.max()))
    return padded(low, high, 0.04)


def _within(points: Floats, x: tuple[float, float], y: tuple[float, float]) -> Bools:
    inside: Bools = (
        (points[:, 0] >= x[0])
        & (points[:, 0] <= x[1])
        & (points[:, 1] >= y[0])
        & (points[:, 1] <= y[1])
    )
    return inside


def _marks(pixels: Floats, rows: Rows, shown: Bools, looks: Sequence[Look]) -> list[str]:
    """Draw a symbol per row, hollow where it sits between clusters."""
    n = max(int(np.count_nonzero(shown)), 1)
    radius = float(np.clip(3.4 - 0.5 * np.log10(n / 200), 1.8, 3.4))
    parts = []
    for cluster, look in enumerate(looks):
        mine = shown & (rows.clusters == cluster)
        full = marks(pixels[mine & rows.clear], look.symbol, radius)
        parts.append(path(full, fill=look.color, opacity=0.72))
        hollow = marks(pixels[mine & ~rows.clear], look.symbol, radius)
        parts.append(path(hollow, fill="#ffffff", edge=look.color, width=1.1))
    return parts


def _cells(pixels: Floats, clusters: Ints, frame: Frame, looks: Sequence[Look]) -> list[str]:
    """Draw little squares, each in the colour of its most frequent cluster."""
    across, down = int(frame.width // _CELL) + 1, int(frame.height // _CELL) + 1
    column = ((pixels[:, 0] - frame.left) // _CELL).astype(np.int64).clip(0, across - 1)
    line = ((pixels[:, 1] - frame.top) // _CELL).astype(np.int64).clip(0, down - 1)
    k = len(looks)
    place = (line * across + column) * k + clusters
    counts = np.bincount(place, minlength=across * down * k).reshape(-1, k)
    n, winner = counts.sum(axis=1), counts.argmax(axis=1)
    level = np.ceil(_LEVELS * np.log1p(n) / np.log1p(max(int(n.max(initial=1)), 1)))
    parts = []
    for cluster, look in enumerate(looks):
        for step in range(1, _LEVELS + 1):
            cells = np.flatnonzero((n > 0) & (winner == cluster) & (level == step))
            lefts, tops = (
                frame.left + _CELL * (cells % across),
                frame.top + _CELL * (cells // across),
            )
            around = f"h{_CELL:g}v{_CELL:g}h-{_CELL:g}z"
            d = "".join(f"M{x:g},{y:g}{around}" for x, y in zip(lefts, tops, strict=True))
            parts.append(path(d, fill=look.color, opacity=0.14 + 0.76 * step / _LEVELS))
    return parts


def _crosses(pixels: Floats, which: Bools) -> str:
    """Return crosses at these rows: at some of them where they are very many."""
    places = pixels[which]
    return crosses(places[:: max(1, -(-len(places) // MOST_CROSSES))], 3.4)


def _clipped(pixels: Floats, frame: Frame) -> str:
    """Return a closed line, without what lies outside the frame."""
    x, y = pixels.T
    inside = (x >= frame.left) & (x <= frame.right) & (y >= frame.top) & (y <= frame.bottom)
    if inside.all():
        return polyline(pixels, closed=True)
    if not inside.any():
        return ""
    first = int(np.flatnonzero(~inside)[0])  # begin where nothing is cut in two
    inside, pixels = np.roll(inside, -first), np.roll(pixels, -first, axis=0)
    starts = np.flatnonzero(inside & ~np.roll(inside, 1))
    ends = np.flatnonzero(inside & ~np.roll(inside, -1))
    return "".join(polyline(pixels[a : b + 1]) for a, b in zip(starts, ends, strict=True) if b > a)
