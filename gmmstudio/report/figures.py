"""The figures of the report: models compared, bars with a line, and a cluster's profile.

Pure functions from numbers to drawings; the pictures of the rows are in `figures_rows`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from gmmstudio.document import colors
from gmmstudio.fitting.sweep import Cell
from gmmstudio.report import evidence, formats
from gmmstudio.report.axes import padded
from gmmstudio.report.drawing import (
    ACCENT,
    BARS,
    EDGE,
    FAINT,
    INK,
    MUTED,
    SIZE,
    Drawing,
    Frame,
    base_line,
    disc,
    drawing,
    line,
    marks,
    path,
    polyline,
    rectangle,
    shortened,
    width_of,
    words,
    x_axis,
    y_axis,
)
from gmmstudio.report.label_placing import spread
from gmmstudio.report.shape_colors import SHAPE_COLORS

Floats = NDArray[np.float64]
WIDE = 640.0
"""Pixels across the text of a page of A4."""

_SMALL = 9.0  # pixels of the numbers under a bar
_LABELS = 128.0  # pixels for the names of shapes beside their lines, at most


@dataclass(frozen=True)
class Look:
    """How a cluster is drawn: its letter, name, colour on white, and number of its symbol."""

    letter: str
    name: str
    color: str
    symbol: int


def models(cells: Iterable[Cell], shown: tuple[str, int]) -> Drawing:
    """Draw BIC against K, a line per shape, the best model and the one of the report marked.

    Parameters
    ----------
    cells
        Of the sweep.
    shown
        Structure and K of the fit that the report is about.
    """
    shapes = evidence.ranked(evidence.lines(cells, "BIC"))
    ks = sorted({dot.n_components for shape in shapes for dot in shape.dots})
    low, high = evidence.value_range(shapes)
    sides = (ks[0] - 0.3, ks[-1] + 0.12) if ks else (0.0, 1.0)
    names = {shape.structure: evidence.short_name(shape.structure) for shape in shapes}
    labels = min(max((width_of(name) + 18 for name in names.values()), default=0.0), _LABELS)
    frame = Frame(64, 14, WIDE - 64 - labels, 220, sides, padded(low, high, 0.08))
    parts = [
        x_axis(frame, "Number of clusters, K", most=12, whole=True),
        y_axis(frame, "BIC (lower is better)", most=5),
        base_line(frame),
    ]
    best = evidence.best_dot(shapes)
    ends: list[tuple[float, float, str, str]] = []
    for shape in reversed(shapes):
        color = SHAPE_COLORS[shape.structure][0] if shape.structure in SHAPE_COLORS else ACCENT
        inside: list[tuple[float, float]] = []
        for run in shape.runs():
            points = np.array([(dot.n_components, dot.value) for dot in run])
            pixels = frame.places(points)
            parts.append(path(_above_cut(pixels, frame.top), edge=color, width=1.6))
            inside += [(x, y) for x, y in pixels if y >= frame.top - 0.5]
        parts += [disc(x, y, 2.6, color) for x, y in inside]
        if inside:
            ends.append((*inside[-1], names[shape.structure], color))
    for shape in shapes:
        for dot in shape.dots:
            if dot.value is None or (dot is not best and shown != _key(dot)):
                continue
            x, y = frame.places(np.array([[dot.n_components, dot.value]]))[0]
            if y >= frame.top - 0.5:
                edge = INK if dot is best else MUTED
                parts.append(disc(x, y, 6.0, "none", edge, 1.6 if dot is best else 1.2))
    places = spread([end[1] for end in ends], 13.0, frame.top + 4, frame.bottom)
    for place, (x, y, name, color) in zip(places, ends, strict=True):
        if x < frame.right - 40:  # a line that ends early is led to its name
            parts.append(path(f"M{x + 4:.1f},{y:.1f}L{frame.right + 9:.1f},{place:.1f}",
                              edge=color, width=0.8, dashes="2 3"))  # fmt: skip
        elif abs(place - y) > 2:
            parts.append(line(frame.right + 2, y, frame.right + 9, place, color, 0.8))
        text = shortened(name, _LABELS - 16)
        parts.append(words(frame.right + 12, place + 4, text, color=INK))
    return drawing(WIDE, frame.bottom + 42, parts)


def _key(dot: evidence.Dot) -> tuple[str, int]:
    return dot.cell.structure, dot.n_components


def _above_cut(pixels: Floats, top: float) -> str:
    """Return the path of a line, without what lies above the frame."""
    d = ""
    for (x1, y1), (x2, y2) in pairwise(pixels):
        if max(y1, y2) < top:
            continue
        a, b = (x1, y1), (x2, y2)
        if y1 < top:
            a = (x1 + (x2 - x1) * (top - y1) / (y2 - y1), top)
        if y2 < top:
            b = (x1 + (x2 - x1) * (top - y1) / (y2 - y1), top)
        d += polyline([a, b])
    return d


@dataclass(frozen=True)
class Limit:
    """A line across bars: where it stands, what lies before and after it, which side is marked."""

    at: float
    before: str
    after: str
    right: bool = False


def histogram(
    edges: Floats,
    counts: Sequence[int] | NDArray[np.int64],
    name: str,
    limit: Limit | None = None,
    *,
    color: str = BARS,
    marked: str = "#d9822b",
    counted: bool = False,
    height: float = 150.0,
) -> Drawing:
    """Draw bars of numbers of rows.

    Parameters
    ----------
    edges, counts
        Edges (m + 1,), rising, and rows (m,) of the bars.
    name
        What is measured across.
    limit
        A line; the bars of its marked side have another colour.
    color, marked
        Of the bars.
    counted
        Write the number of rows above each bar that has any.
    height
        Of the plot in pixels.
    """
    most = max(int(np.max(counts, initial=0)), 1)
    top = 1.15 * most if counted else 1.04 * most
    sides = float(edges[0]), float(edges[-1])
    frame = Frame(64, 24 if limit else 10, WIDE - 64 - 20, height, sides, (0.0, top))
    parts = [x_axis(frame, name), y_axis(frame, "Rows", most=4, whole=True)]
    pixels = frame.across(edges)
    for a, b, first, last, n in zip(
        pixels[:-1], pixels[1:], edges[:-1], edges[1:], counts, strict=True
    ):
        if not n:
            continue
        y = float(frame.up(float(n)))
        gap = min(1.0, 0.1 * (b - a))
        at = np.inf if limit is None else limit.at
        beyond = limit is not None and (first >= at if limit.right else last <= at)
        split = float(frame.across(at)) if first < at < last else None
        fill = marked if beyond else color
        parts.append(rectangle(a + gap, y, b - a - 2 * gap, frame.bottom - y, fill))
        if split is not None and limit is not None:
            left, right = (split, b - gap) if limit.right else (a + gap, split)
            parts.append(rectangle(left, y, right - left, frame.bottom - y, marked))
        if counted:
            middle = (a + b) / 2
            parts.append(words(middle, y - 4, formats.count(int(n)), size=10, anchor="middle"))
    parts.append(base_line(frame))
    if limit is not None and sides[0] <= limit.at <= sides[1]:
        x = float(frame.across(limit.at))
        parts.append(line(x, frame.top - 6, x, frame.bottom, INK, 1.2))
        y = frame.top - 2
        if x - 6 - width_of(limit.before) >= frame.left:
            parts.append(words(x - 6, y, limit.before, anchor="end"))
        if x + 6 + width_of(limit.after) <= frame.right:
            parts.append(words(x + 6, y, limit.after))
    return drawing(WIDE, frame.bottom + 42, parts)


@dataclass(frozen=True)
class Strip:
    """One column in a profile: its name, where rows lie, and mean and s.d. of every cluster.

    Attributes
    ----------
    name
        Of the column.
    low, high
        Between which nearly all rows lie.
    means, deviations
        Of the K clusters.
    """

    name: str
    low: float
    high: float
    means: tuple[float, ...]
    deviations: tuple[float, ...]


def profile(strips: Sequence[Strip], looks: Sequence[Look], cluster: int) -> Drawing:
    """Draw a cluster's mean ± s.d. in every column, among the means of the others."""
    look = looks[cluster]
    said = [
        formats.mean_and_deviation(strip.means[cluster], strip.deviations[cluster])
        for strip in strips
    ]
    room = max(width_of(text) for text in said)
    left, right, apart = 172.0, WIDE - max(120.0, room + 18.0), 34.0 if len(strips) < 9 else 29.0
    parts: list[str] = []
    for row, (strip, written) in enumerate(zip(strips, said, strict=True)):
        y = 18 + apart * row
        frame = Frame(left, y, right - left, 1.0, padded(*_reach(strip, cluster), 0.04), (0, 1))
        parts.append(words(left - 14, y + 4, shortened(strip.name, left - 18), anchor="end"))
        parts.append(line(left, y, right, y, EDGE, 1.0))
        low, high = (float(frame.across(value)) for value in (strip.low, strip.high))
        parts.append(rectangle(low, y - 2.5, high - low, 5, "#e4e7ec", round_by=2.5))
        mean, deviation = strip.means[cluster], strip.deviations[cluster]
        a, b = (float(frame.across(mean + sign * deviation)) for sign in (-1, 1))
        parts.append(rectangle(a, y - 4.5, b - a, 9, _pale(look.color), round_by=4.5))
        for other, value in enumerate(strip.means):
            if other != cluster:
                at = np.array([[float(frame.across(value)), y]])
                symbol = marks(at, looks[other].symbol, 3.4)
                parts.append(path(symbol, fill="#ffffff", edge="#8d95a3", width=1.2))
        at = np.array([[float(frame.across(mean)), y]])
        parts.append(path(marks(at, look.symbol, 5.2), fill=look.color, edge="#ffffff"))
        parts += _ends(strip, low, high, y + 15, (left + right) / 2)
        parts.append(words(right + 14, y + 4, written, color=INK))
    return drawing(WIDE, 18 + apart * len(strips) - apart + 24, parts)


def _ends(strip: Strip, low: float, high: float, y: float, middle: float) -> list[str]:
    """Write both ends of the grey bar under them; in one where there is no room for two."""
    spread = (strip.high - strip.low) / 4 or None
    first, last = (formats.measure(value, spread) for value in (strip.low, strip.high))
    if high - low >= width_of(first, _SMALL) + width_of(last, _SMALL) + 8:
        return [
            words(low, y, first, color=FAINT, size=_SMALL),
            words(high, y, last, color=FAINT, size=_SMALL, anchor="end"),
        ]
    both = first if first == last else f"{first} to {last}"
    if low < middle:
        return [words(low, y, both, color=FAINT, size=_SMALL)]
    return [words(high, y, both, color=FAINT, size=_SMALL, anchor="end")]


def _reach(strip: Strip, cluster: int) -> tuple[float, float]:
    mean, deviation = strip.means[cluster], strip.deviations[cluster]
    places = (strip.low, strip.high, mean - deviation, mean + deviation, *strip.means)
    return min(places), max(places)


def _pale(color: str) -> str:
    """Return a colour mixed with much white."""
    parts = (int(color[i : i + 2], 16) for i in (1, 3, 5))
    return "#" + "".join(f"{round(255 - 0.38 * (255 - part)):02x}" for part in parts)


def badge(x: float, y: float, look: Look, radius: float = 9.0) -> str:
    """Draw a cluster's letter on a disc of its colour."""
    dark, light = colors.contrast(look.color, INK), colors.contrast(look.color, "#ffffff")
    ink = "#ffffff" if light >= 2.8 or light > dark else INK
    size = SIZE if len(look.letter) == 1 else 9.0
    return disc(x, y, radius, look.color, "#ffffff", 1.5) + words(
        x, y + 0.36 * size, look.letter, color=ink, size=size, anchor="middle", bold=True
    )


def legend(looks: Sequence[Look], left: float, top: float, width: float) -> tuple[str, float]:
    """List clusters in lines; return the elements and how high they are."""
    parts: list[str] = []
    x, y = left, top
    for look in looks:
        name = shortened(look.name, 190)
        room = 16 + width_of(name) + 14
        if x > left and x + room > left + width:
            x, y = left, y + 18
        at = np.array([[x + 5, y]])
        parts.append(path(marks(at, look.symbol, 4.6), fill=look.color))
        parts.append(words(x + 16, y + 4, name, color=INK))
        x += room
    return "".join(parts), y - top + 18


def sign(look: Look) -> Drawing:
    """Draw a cluster's symbol in its colour, to stand before its name."""
    middle = np.array([[7.0, 7.0]])
    return drawing(14, 14, [path(marks(middle, look.symbol, 5.0), fill=look.color)])
