"""The mixture as the cells of a matrix show it: exact marginals of one and of two columns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gmmstudio.mixture.projection import ellipse
from gmmstudio.ui.stage import Shown
from gmmstudio.ui.views.layers.histogram import Bell, bells_of
from gmmstudio.ui.views.matrix.layout import Layout

Floats = NDArray[np.float64]
_CORNERS = 48


@dataclass(frozen=True, eq=False)
class CellMixture:
    """The K components in the plane of one cell.

    Attributes
    ----------
    means : (K, 2) float64
    unit : (K, 48, 2) float64
        Their ellipses at 1 σ, relative to the means.
    """

    means: Floats
    unit: Floats


@dataclass(frozen=True, eq=False)
class PageMixture:
    """The mixture in all cells of a page, by cell (line, place)."""

    identities: tuple[int, ...] = ()
    cells: dict[tuple[int, int], CellMixture] | None = None
    bells: dict[tuple[int, int], tuple[Bell, ...]] | None = None


def page_mixture(shown: Shown, layout: Layout) -> PageMixture:
    """Return a frame's mixture as it shows in the cells of a page, exactly.

    Cells of columns that are not in the fit have none.
    """
    place_of = {column: j for j, column in enumerate(shown.preparation.columns)}
    bells: dict[tuple[int, int], tuple[Bell, ...]] = {}
    cells, pairs = [], []
    for line, up in enumerate(layout.up):
        for place, across in enumerate(layout.across):
            if across not in place_of or up not in place_of:
                continue
            if across == up:
                bells[line, place] = bells_of(shown, place_of[across])
            else:
                cells.append((line, place))
                pairs.append((place_of[across], place_of[up]))
    if not pairs:
        return PageMixture(shown.identities, {}, bells)
    both = np.array(pairs)
    means = shown.parameters.means[:, both].swapaxes(0, 1)
    covariances = shown.parameters.covariances[:, both[:, :, None], both[:, None, :]]
    unit = ellipse(np.zeros(2), covariances.swapaxes(0, 1), n=_CORNERS)
    found = {cell: CellMixture(m, u) for cell, m, u in zip(cells, means, unit, strict=True)}
    return PageMixture(shown.identities, found, bells)
