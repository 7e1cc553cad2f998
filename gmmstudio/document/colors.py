"""The colours of clusters, as "#rrggbb": their own ones, and how alike two are.

Okabe and Ito's eight come first, Glasbey's after them. Their black would vanish on a dark ground
and their yellow nearly does on a white one: black turns pale on dark, yellow is a shade deeper on
white, though never so deep that people who see no green would take it for the orange.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from functools import lru_cache

Rgb = tuple[float, float, float]
GROUNDS = {False: "#ffffff", True: "#1a1d22"}
"""Behind plots and tables, by whether the look is dark."""

NAMED = (
    ("#0072b2", "Blue"),
    ("#e69f00", "Orange"),
    ("#009e73", "Bluish green"),
    ("#cc79a7", "Reddish purple"),
    ("#56b4e9", "Sky blue"),
    ("#d55e00", "Vermilion"),
    ("#f0e442", "Yellow"),
    ("#333333", "Black"),
)
"""Okabe and Ito's colours in the order of the clusters A to H, with their names."""

SEEN = {False: 1.45, True: 2.4}
"""Contrast that marks and lines need to be seen at all on each ground."""

_OWN_SHADES = {(6, False): "#e6d800", (7, True): "#d5d5d5"}
_ALIKE = 6.0  # CIE 1976 colour difference; half of it is just seen side by side
_APART = 12.0  # of Glasbey's colours from Okabe and Ito's
_GREY = 9.0  # chroma below which nobody names a hue
_HUES = (  # up to which angle in a*b*
    (20, "pink"),
    (50, "red"),
    (75, "orange"),
    (112, "yellow"),
    (165, "green"),
    (215, "teal"),
    (307, "blue"),
    (325, "violet"),
    (350, "purple"),
    (361, "pink"),
)
_HEX = re.compile(r"#[0-9a-f]{6}")


def is_color(text: str) -> bool:
    """Whether a text is a colour as written here, e.g. "#0072b2"."""
    return _HEX.fullmatch(text) is not None


def own_color(identity: int, *, dark: bool = False) -> str:
    """Return the colour of a cluster that was given none, as drawn on white or on dark."""
    if identity < len(NAMED):
        return _OWN_SHADES.get((identity, dark), NAMED[identity][0])
    more = glasbey()
    return more[(identity - len(NAMED)) % len(more)]


def color_of(identity: int, given: Mapping[int, str], *, dark: bool = False) -> str:
    """Return the colour of a cluster where some were given one, as drawn on white or on dark.

    A cluster without one whose own colour was given to another takes that one's own instead.
    """
    if identity in given:
        return drawn(given[identity], dark=dark)
    holder, passed = identity, {identity}
    while given:
        taker = next((i for i in given if i not in passed and takes(given[i], holder)), None)
        if taker is None:
            break
        holder = taker
        passed.add(taker)
    return own_color(holder, dark=dark)


def drawn(color: str, *, dark: bool) -> str:
    """Return a colour as it is drawn: if it would hardly be seen on the ground, a shade off it."""
    return with_contrast(color, GROUNDS[dark], SEEN[dark])


def alike(one: str, other: str) -> bool:
    """Whether two colours as drawn can hardly be told apart."""
    return difference(one, other) < _ALIKE


@lru_cache(maxsize=4096)
def takes(given: str, identity: int) -> bool:
    """Whether a colour given to a cluster looks like another one's own, on white or on dark."""
    return any(alike(drawn(given, dark=dark), own_color(identity, dark=dark)) for dark in GROUNDS)


@lru_cache(maxsize=512)
def with_contrast(color: str, ground: str, least: float) -> str:
    """Return a colour mixed with black, or with white on a dark ground, until it stands out."""
    pole = 0.0 if luminance(ground) > 0.18 else 1.0
    parts = _parts(color)
    for step in range(101):
        share = step / 100
        red, green, blue = (part + (pole - part) * share for part in parts)
        mixed = _hex((red, green, blue)) if step else color
        if contrast(mixed, ground) >= least:
            return mixed
    return mixed


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, 1 to 21 (WCAG 2.2)."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def luminance(color: str) -> float:
    """Return the relative luminance, 0 to 1 (WCAG 2.2)."""
    red, green, blue = map(_linear, _parts(color))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def difference(one: str, other: str) -> float:
    """Return how far apart two colours are: the CIE 1976 difference in L*a*b* (D65)."""
    squares = ((a - b) ** 2 for a, b in zip(_lab(one), _lab(other), strict=True))
    return float(sum(squares) ** 0.5)


@lru_cache(maxsize=1)
def glasbey() -> tuple[str, ...]:
    """Return Glasbey's colours that are seen on white as well as on dark, and are new."""
    from cmap import Colormap  # only here: few fits have more than eight clusters

    found: list[str] = []
    taken = [own_color(i, dark=dark) for i in range(len(NAMED)) for dark in GROUNDS]
    for stop in Colormap("glasbey").color_stops.colors:
        shade = stop.hex[:7].lower()
        seen = (
            contrast(shade, GROUNDS[False]) >= 1.9 and contrast(shade, GROUNDS[True]) >= SEEN[True]
        )
        if seen and all(difference(shade, other) > _APART for other in taken):
            found.append(shade)
    return tuple(found)


def _parts(color: str) -> Rgb:
    red, green, blue = (int(color[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return red, green, blue


def _hex(parts: Rgb) -> str:
    return "#" + "".join(f"{round(255 * part):02x}" for part in parts)


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)


def _lab(color: str) -> Rgb:
    """Turn sRGB to L*a*b* under D65 (IEC 61966-2-1, CIE 15)."""
    red, green, blue = map(_linear, _parts(color))
    x = (0.4124564 * red + 0.3575761 * green + 0.1804375 * blue) / 0.95047
    y = 0.2126729 * red + 0.7151522 * green + 0.0721750 * blue
    z = (0.0193339 * red + 0.1191920 * green + 0.9503041 * blue) / 1.08883
    x, y, z = (t ** (1 / 3) if t > 216 / 24389 else (24389 / 27 * t + 16) / 116 for t in (x, y, z))
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def words(color: str) -> str:
    """Return what people would call a colour, roughly: "Blue", "Dark green", "Pale pink"."""
    known = dict(NAMED).get(color)
    if known is not None:
        return known
    lightness, a, b = _lab(color)
    chroma, hue = math.hypot(a, b), math.degrees(math.atan2(b, a)) % 360
    if chroma < _GREY:
        name = "grey"
        if lightness < 10 or lightness > 95:
            return "Black" if lightness < 10 else "White"
    else:
        name = next(name for end, name in _HUES if hue < end)
    shade = "Dark " if lightness < 40 else "Pale " if lightness > 75 else ""
    return f"{shade}{name}".capitalize()
