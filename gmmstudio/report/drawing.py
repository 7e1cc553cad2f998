"""Shapes and words as SVG, in the few elements that browsers and Qt's small renderer both know.

Everything is in pixels at 96 to the inch. A picture is a string made of strings: pure functions.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

import numpy as np
from numpy.typing import NDArray

from gmmstudio.report import axes
from gmmstudio.report.label_placing import Box
from gmmstudio.report.symbols import corners

Floats = NDArray[np.float64]

FONTS = (
    "Pretendard, 'Noto Sans KR', 'Noto Sans CJK KR', 'Malgun Gothic', 'Apple SD Gothic Neo', "
    "system-ui, sans-serif"
)
"""The program's own font first, then those with Hangul that systems bring along."""

INK, MUTED, FAINT = "#1c2430", "#5a6472", "#666e7b"
GRID, EDGE, BARS, ACCENT = "#e9ebef", "#c5cad3", "#b9c0cc", "#3b5bdb"
SIZE = 11.5
"""Pixels of the words in a figure."""


@dataclass(frozen=True)
class Drawing:
    """A finished figure: its width and height in pixels, and the elements it is made of."""

    width: float
    height: float
    elements: str

    def svg(self, *, name: str = "", hidden: bool = False) -> str:
        """Return it as an SVG element.

        Parameters
        ----------
        name
            What it shows, for those who cannot see it.
        hidden
            Words beside it say the same: it is nothing to be read out.
        """
        label = f" role='img' aria-label={quoteattr(name)}" if name else ""
        label = " aria-hidden='true'" if hidden else label
        size = f"width='{self.width:g}' height='{self.height:g}'"
        return (
            f"<svg xmlns='http://www.w3.org/2000/svg' {size} "
            f"viewBox='0 0 {self.width:g} {self.height:g}'{label} font-family=\"{FONTS}\" "
            f"font-size='{SIZE:g}'>{self.elements}</svg>"
        )


def drawing(width: float, height: float, elements: Iterable[str]) -> Drawing:
    """Put elements together, the lowest first."""
    return Drawing(width, height, "".join(elements))


def number(value: float) -> str:
    """Write a coordinate: two decimals at most.

    Examples
    --------
    >>> number(1.0), number(-0.001), number(2.346)
    ('1', '0', '2.35')
    """
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def line(x1: float, y1: float, x2: float, y2: float, color: str, width: float = 1.0) -> str:
    """Draw a straight line."""
    ends = f"x1='{number(x1)}' y1='{number(y1)}' x2='{number(x2)}' y2='{number(y2)}'"
    return f"<line {ends} stroke='{color}' stroke-width='{width:g}'/>"


def rectangle(
    x: float, y: float, width: float, height: float, fill: str, *, round_by: float = 0.0
) -> str:
    """Fill a rectangle."""
    corner = f" rx='{round_by:g}'" if round_by else ""
    size = f"width='{number(max(width, 0.0))}' height='{number(max(height, 0.0))}'"
    return f"<rect x='{number(x)}' y='{number(y)}' {size}{corner} fill='{fill}'/>"


def disc(x: float, y: float, radius: float, fill: str, edge: str = "", width: float = 1.0) -> str:
    """Draw a disc, with an edge where one is given."""
    stroke = f" stroke='{edge}' stroke-width='{width:g}'" if edge else ""
    return f"<circle cx='{number(x)}' cy='{number(y)}' r='{number(radius)}' fill='{fill}'{stroke}/>"


def path(
    d: str,
    *,
    fill: str = "none",
    edge: str = "none",
    width: float = 1.0,
    opacity: float = 1.0,
    dashes: str = "",
) -> str:
    """Draw a path."""
    if not d:
        return ""
    faded = f" opacity='{opacity:g}'" if opacity < 1 else ""
    dashed = f" stroke-dasharray='{dashes}'" if dashes else ""
    stroke = f" stroke='{edge}' stroke-width='{width:g}' stroke-linejoin='round'{dashed}"
    return f"<path d='{d}' fill='{fill}'{stroke if edge != 'none' else ''}{faded}/>"


def polyline(points: Floats | Sequence[tuple[float, float]], *, closed: bool = False) -> str:
    """Return the path through points (m, 2)."""
    places = [f"{number(x)},{number(y)}" for x, y in points]
    return f"M{'L'.join(places)}{'Z' if closed else ''}" if places else ""


def words(
    x: float,
    y: float,
    text: str,
    *,
    color: str = MUTED,
    size: float = SIZE,
    anchor: str = "start",
    bold: bool = False,
    upright: bool = False,
) -> str:
    """Write a text with its baseline at y.

    Parameters
    ----------
    x, y
        Where it begins, has its middle or ends, as `anchor` says: "start", "middle" or "end".
    text
        Escaped here.
    color, size, bold
        How it looks.
    upright
        Read from below to above.
    """
    turned = f" transform='rotate(-90 {number(x)} {number(y)})'" if upright else ""
    weight = " font-weight='600'" if bold else ""
    big = f" font-size='{size:g}'" if size != SIZE else ""
    place = f"x='{number(x)}' y='{number(y)}' fill='{color}' text-anchor='{anchor}'"
    return f"<text {place}{big}{weight}{turned}>{escape(text)}</text>"


def marks(points: Floats, symbol: int, radius: float) -> str:
    """Return the path of a symbol of the area of a disc of this radius at each point (m, 2)."""
    shape = corners(symbol)
    if shape is None:
        r = number(radius)
        turn = f"a{r},{r} 0 1 0 {number(2 * radius)},0a{r},{r} 0 1 0 {number(-2 * radius)},0z"
        return "".join(f"M{number(x - radius)},{number(y)}{turn}" for x, y in points)
    steps = np.diff(radius * shape, axis=0)
    around = "".join(f"l{number(dx)},{number(dy)}" for dx, dy in steps) + "z"
    first = radius * shape[0]
    return "".join(f"M{number(x + first[0])},{number(y + first[1])}{around}" for x, y in points)


def crosses(points: Floats, reach: float) -> str:
    """Return the path of a ✕ at each point (m, 2)."""
    r = number(2 * reach)
    return "".join(
        f"M{number(x - reach)},{number(y - reach)}l{r},{r}m0,-{r}l-{r},{r}" for x, y in points
    )


def width_of(text: str, size: float = SIZE) -> float:
    """Return about how wide a text is, on the safe side: nobody knows the reader's font."""
    return size * sum(map(_share, text))


def shortened(text: str, width: float, size: float = SIZE) -> str:
    """Cut a text that is wider than there is room, and show that it is cut."""
    if width_of(text, size) <= width:
        return text
    room = width / size - 1.0
    kept = 0
    for letter in text:
        room -= _share(letter)
        if room < 0:
            break
        kept += 1
    return f"{text[:kept].rstrip()}…"


def _share(letter: str) -> float:
    """Return the width of a letter in sizes of the font."""
    if unicodedata.east_asian_width(letter) in "WF":
        return 1.0
    if letter in "il.,:;'|!jI ":
        return 0.32
    if letter.isupper() or letter in "mwMW%@":
        return 0.74
    return 0.58


@dataclass(frozen=True)
class Frame(Box):
    """Where a plot lies in its figure, and which values lie at its edges.

    Attributes
    ----------
    left, top, width, height
        In pixels.
    x, y
        The values at left and right, and at the bottom and the top.
    """

    x: tuple[float, float]
    y: tuple[float, float]

    def across(self, values: Floats | float) -> Floats:
        """Turn values of x to pixels; halves first, since a range may be as wide as numbers go."""
        low, high = self.x
        share = (np.asarray(values) / 2 - low / 2) / (high / 2 - low / 2)
        return np.asarray(self.left + self.width * share, dtype=np.float64)

    def up(self, values: Floats | float) -> Floats:
        """Turn values of y to pixels."""
        low, high = self.y
        share = (np.asarray(values) / 2 - low / 2) / (high / 2 - low / 2)
        return np.asarray(self.bottom - self.height * share, dtype=np.float64)

    def places(self, points: Floats) -> Floats:
        """Turn points (m, 2) to pixels."""
        return np.column_stack([self.across(points[:, 0]), self.up(points[:, 1])])


def x_axis(frame: Frame, name: str, *, most: int = 7, whole: bool = False) -> str:
    """Draw round numbers under a frame, thin lines above them, and what they measure."""
    ticks = axes.ticks(*frame.x, most, whole=whole)
    parts = []
    for place, text in zip(ticks.places, ticks.texts, strict=True):
        x = float(frame.across(place))
        parts.append(line(x, frame.top, x, frame.bottom, GRID))
        parts.append(words(x, frame.bottom + 16, text, color=FAINT, anchor="middle"))
    title = shortened(f"{name} ({ticks.note})" if ticks.note else name, frame.width)
    middle = frame.left + frame.width / 2
    parts.append(words(middle, frame.bottom + 34, title, anchor="middle"))
    return "".join(parts)


def y_axis(frame: Frame, name: str, *, most: int = 6, whole: bool = False) -> str:
    """Draw round numbers beside a frame, thin lines to their right, and what they measure."""
    ticks = axes.ticks(*frame.y, most, whole=whole)
    parts = []
    for place, text in zip(ticks.places, ticks.texts, strict=True):
        y = float(frame.up(place))
        parts.append(line(frame.left, y, frame.right, y, GRID))
        parts.append(words(frame.left - 7, y + 4, text, color=FAINT, anchor="end"))
    title = shortened(f"{name} ({ticks.note})" if ticks.note else name, frame.height)
    x, middle = 13.0, frame.top + frame.height / 2
    parts.append(words(x, middle, title, anchor="middle", upright=True))
    return "".join(parts)


def base_line(frame: Frame) -> str:
    """Draw the lower edge of a frame."""
    return line(frame.left, frame.bottom, frame.right, frame.bottom, EDGE)
