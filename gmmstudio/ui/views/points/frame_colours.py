"""The colours of a frame in the theme in use."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor

from gmmstudio.report.symbols import N_SYMBOLS
from gmmstudio.ui import theme
from gmmstudio.ui.stage import Shown
from gmmstudio.ui.views.points.colouring import Colouring, Rgb, make_palette, premultiplied


def colouring_of(
    shown: Shown | None, *, faded: bool, symbols: bool = False
) -> tuple[Colouring, int]:
    """Return what colours the rows of a frame, and the colour of the rims of marks.

    Parameters
    ----------
    shown
        The frame; None while there is no model.
    faded
        Whether uncertain rows fade towards the background.
    symbols
        Whether each cluster has a symbol of its own.
    """
    background = _rgb(theme.color("window"))
    identities = () if shown is None else shown.identities
    palette = _palette(
        tuple(_rgb(theme.cluster_color(identity)) for identity in identities),
        background,
        _rgb(theme.color("muted")),
        _rgb(theme.unlabelled_color()),
        _rgb(theme.color("text")),
        faded,
    )
    rim = premultiplied(background, 0.75)
    ring = premultiplied(_rgb(theme.color("text")))
    if shown is None:
        return Colouring(palette, ring=ring), rim
    k = shown.parameters.n_components
    of_clusters = np.array(shown.identities) % N_SYMBOLS if symbols else None
    marks = None if of_clusters is None else of_clusters.astype(np.uint8)
    labelled = shown.rows, shown.labels, shown.max_probability
    return Colouring(palette, k, *labelled, ring, marks), rim


@lru_cache(maxsize=16)
def _palette(
    clusters: tuple[Rgb, ...], background: Rgb, neutral: Rgb, apart: Rgb, text: Rgb, faded: bool
) -> NDArray[np.uint32]:
    """Make the look-up table of colours, read-only: frame after frame has the same."""
    palette = make_palette(clusters, background, neutral, apart, faded=faded, text=text)
    palette.flags.writeable = False
    return palette


def _rgb(color: QColor) -> Rgb:
    return color.red(), color.green(), color.blue()
