"""How unsure a row is, in colour: from quiet where it is certain to loud where it is not."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from gmmstudio.ui import theme
from gmmstudio.ui.stage import Shown
from gmmstudio.ui.views.points.colouring import LEVELS, Colouring, Rgb, premultiplied
from gmmstudio.ui.views.points.frame_colours import colouring_of
from gmmstudio.ui.views.points.points import Points

# Scales that change evenly in lightness and look alike to all kinds of sight, and the stretch of
# each from certain to uncertain: what is certain is quiet on its ground, what is not stands out.
_ON_LIGHT = ("crameri:lapaz", 0.8, 0.0)
_ON_DARK = ("cividis", 0.25, 1.0)


def most(n_components: int) -> float:
    """Return the largest uncertainty there can be with K components: 1 − 1/K."""
    return 1.0 - 1.0 / max(n_components, 1)


@lru_cache(maxsize=8)
def scale(n: int, dark: bool) -> tuple[Rgb, ...]:
    """Return n colours from certain to uncertain, on white or on dark."""
    from cmap import Colormap  # only here: it is not needed before the view is seen

    name, first, last = _ON_DARK if dark else _ON_LIGHT
    colours = Colormap(name)
    return tuple(
        (int(r), int(g), int(b))
        for r, g, b in (
            colours(float(place)).rgba8[:3] for place in np.linspace(first, last, max(n, 1))
        )
    )


def uncertainty_colouring(shown: Shown | None) -> tuple[Colouring, int]:
    """Return what colours the rows of a frame by 1 − max probability, and the rims of marks.

    It is the colouring of the scatter with the same colours for every cluster.
    """
    colouring, rim = colouring_of(shown, faded=True)
    k = colouring.n_components
    if not k:
        return colouring, rim
    colours = scale(LEVELS, theme.current().dark)
    if k == 1:  # every row belongs to it
        colours = colours[:1] * LEVELS
    levels = [premultiplied(rgb) for rgb in reversed(colours)]  # the least certain comes first
    words = [*colouring.palette[: -len(levels) * k - k], *levels * k, *[levels[0]] * k]
    return replace(colouring, palette=np.array(words, np.uint32)), rim


def uncertain_on_top(points: Points, shown: Shown) -> Points:
    """Return the same points in another order: the less certain a row, the later it is drawn."""
    probability = _probabilities(points, shown)
    # In 256 steps: bytes are sorted in no time, and rows as unsure as each other stay shuffled.
    steps = 255 - np.round(255 * np.clip(probability, 0, 1)).astype(np.uint8)
    order = np.argsort(steps, kind="stable")
    return Points(
        points.rows[order],
        points.x[order],
        points.y[order],
        points.x_frame,
        points.y_frame,
        points.x_values,
        points.y_values,
    )


def _probabilities(points: Points, shown: Shown) -> NDArray[np.floating]:
    """Return the largest probability of every point; 1 where there is none."""
    by_row = np.ones(points.n_rows, np.float32)
    labelled = shown.labels >= 0
    rows = np.flatnonzero(labelled) if shown.rows is None else shown.rows[labelled]
    by_row[rows] = shown.max_probability[labelled]
    return by_row[points.rows]
