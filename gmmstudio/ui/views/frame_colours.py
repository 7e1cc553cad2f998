"""The colours of a frame in the theme in use."""

from __future__ import annotations

from PySide6.QtGui import QColor

from gmmstudio.ui import theme
from gmmstudio.ui.stage import Shown
from gmmstudio.ui.views.colouring import Colouring, Rgb, make_palette, premultiplied


def colouring_of(shown: Shown | None, *, faded: bool) -> tuple[Colouring, int]:
    """Return what colours the rows of a frame, and the colour of the rims of marks.

    Parameters
    ----------
    shown
        The frame; None while there is no model.
    faded
        Whether uncertain rows fade towards the background.
    """
    background = _rgb(theme.color("window"))
    identities = () if shown is None else shown.identities
    palette = make_palette(
        [_rgb(theme.cluster_color(identity)) for identity in identities],
        background,
        neutral=_rgb(theme.color("muted")),
        apart=_rgb(theme.unlabelled_color()),
        faded=faded,
        text=_rgb(theme.color("text")),
    )
    rim = premultiplied(background, 0.75)
    ring = premultiplied(_rgb(theme.color("text")))
    if shown is None:
        return Colouring(palette, ring=ring), rim
    k = shown.parameters.n_components
    return Colouring(palette, k, shown.rows, shown.labels, shown.max_probability, ring), rim


def _rgb(color: QColor) -> Rgb:
    return color.red(), color.green(), color.blue()
