"""Pictures of the covariance structures, drawn from their letters: two clusters in a small box."""

from __future__ import annotations

from math import cos, hypot, radians, sin, sqrt
from typing import NamedTuple


class Blob(NamedTuple):
    """One ellipse in a box of 40 × 24: centre, half axes, tilt in degrees, y downwards.

    For one column it is a bell curve: x its centre, y its foot, a its spread and b its height.
    """

    x: float
    y: float
    a: float
    b: float
    tilt: float = 0.0


_WIDTH, _HEIGHT = 40.0, 24.0

# What the letters say about the two ellipses: √(ab), a/b and the tilt.
_RADII = {"E": (7.8, 7.8), "V": (6.2, 8.8)}
_ELONGATIONS = {"I": (1.0, 1.0), "E": (1.8, 1.8), "V": (2.5, 1.3)}
_UPRIGHT = (1.7, 0.55)  # varying shapes along the axes: one lies, one stands
_TILTS = {"I": (0.0, 0.0), "E": (-40.0, -40.0), "V": (-62.0, 36.0)}
_OVERLAP = {"I": 2.5, "E": 6.0, "V": 2.0}

_CURVES = {
    "E": (Blob(13, 21, 4.5, 16), Blob(28, 21, 4.5, 16)),
    "V": (Blob(11, 21, 3, 19), Blob(27, 21, 6.5, 10)),
}


def picture(letters: str) -> tuple[Blob, ...]:
    """Return two clusters as the structure with those letters allows them to be.

    Volume, shape and orientation are equal where the letter is E and differ where it is V;
    without a shape of their own (I) the clusters are round, without an orientation upright.
    """
    if len(letters) == 1:
        return _CURVES[letters]
    volume, shape, orientation = tuple(letters)
    elongations = _UPRIGHT if letters[1:] == "VI" else _ELONGATIONS[shape]
    tilts = _TILTS[orientation]
    axes = [(r * sqrt(e), r / sqrt(e)) for r, e in zip(_RADII[volume], elongations, strict=True)]
    half_widths = [_half_width(a, b, t) for (a, b), t in zip(axes, tilts, strict=True)]
    left = (_WIDTH + _OVERLAP[orientation]) / 2 - sum(half_widths)
    centres = (left + half_widths[0], _WIDTH - left - half_widths[1])
    return tuple(
        Blob(round(x, 2), _HEIGHT / 2 + drop, round(a, 2), round(b, 2), tilt)
        for x, drop, (a, b), tilt in zip(centres, (1.0, 0.0), axes, tilts, strict=True)
    )


def _half_width(a: float, b: float, tilt: float) -> float:
    """Return how far a tilted ellipse reaches to the right of its centre."""
    return hypot(a * cos(radians(tilt)), b * sin(radians(tilt)))
