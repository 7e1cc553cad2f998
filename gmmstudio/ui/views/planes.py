"""The plane a scatter shows: what is across and up, as combinations of the table's columns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gmmstudio.mixture.parameters import Parameters
from gmmstudio.mixture.projection import project
from gmmstudio.ui.stage import Shown

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Plane:
    """Two directions in some of the table's columns: shown = (row − centre) @ directions.

    Attributes
    ----------
    columns
        Columns of the table.
    directions : (d, 2) float64
        Across and up, in the units of those columns.
    centre : (d,) float64
        What lies at the origin; zeros for two columns as they are.
    """

    columns: tuple[int, ...]
    directions: Floats
    centre: Floats

    def place(self, values: Floats) -> Floats:
        """Return where rows (m, d), or one of them (d,), lie in the plane: (m, 2) or (2,)."""
        return (values - self.centre) @ self.directions

    def seen(self, shown: Shown) -> Parameters | None:
        """Return a frame's mixture as it shows in the plane, exactly; None if it cannot be.

        It cannot where a column of the plane is not in the fit.
        """
        place = {column: j for j, column in enumerate(shown.preparation.columns)}
        if any(column not in place for column in self.columns):
            return None
        axes = np.zeros((len(place), 2))
        for row, column in zip(self.directions, self.columns, strict=True):
            axes[place[column]] = row
        flat = project(shown.parameters, axes)
        return Parameters.trusted(
            flat.weights, flat.means - self.centre @ self.directions, flat.covariances
        )


def columns_plane(x: int, y: int) -> Plane:
    """Return the plane of two different columns of the table, in their own units."""
    return Plane((x, y), np.eye(2), np.zeros(2))
