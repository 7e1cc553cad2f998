"""The plane a scatter shows: what is across and up, as combinations of the table's columns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gmmstudio.mixture.parameters import Parameters
from gmmstudio.mixture.projection import project
from gmmstudio.table.table import Table
from gmmstudio.ui.stage import Shown

Floats = NDArray[np.float64]
_BLOCK_ROWS = 65_536


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

    def axes_in(self, fitted: tuple[int, ...]) -> Floats | None:
        """Return the directions in the columns of a fit (d, 2); None if it lacks one of them."""
        place = {column: j for j, column in enumerate(fitted)}
        if any(column not in place for column in self.columns):
            return None
        axes = np.zeros((len(place), 2))
        for row, column in zip(self.directions, self.columns, strict=True):
            axes[place[column]] = row
        return axes

    def seen(self, shown: Shown) -> Parameters | None:
        """Return a frame's mixture as it shows in the plane, exactly; None if it cannot be.

        It cannot where a column of the plane is not in the fit.
        """
        return self.seen_of(shown.parameters, shown.preparation.columns)

    def seen_of(self, parameters: Parameters, fitted: tuple[int, ...]) -> Parameters | None:
        """Return any mixture in the columns of a fit as it shows in the plane, as `seen`."""
        axes = self.axes_in(fitted)
        if axes is None:
            return None
        centre = np.zeros(len(fitted))
        for middle, column in zip(self.centre, self.columns, strict=True):
            centre[fitted.index(column)] = middle
        flat = project(parameters, axes)
        means = (parameters.means - centre) @ axes  # in this order it costs no digits
        return Parameters.trusted(flat.weights, means, flat.covariances)

    def column(self, side: int) -> int | None:
        """Return the column that is shown across (0) or up (1) as it is; None for a mixture."""
        parts = np.flatnonzero(self.directions[:, side])
        if len(parts) != 1 or self.directions[parts[0], side] != 1 or self.centre[parts[0]] != 0:
            return None
        return self.columns[int(parts[0])]

    def coordinates(self, table: Table) -> tuple[Floats, Floats]:
        """Return what every row of the table has across and up (n,); NaN without all values."""
        x, y = (self.column(side) for side in range(2))
        if x is not None and y is not None:
            return _values(table, x), _values(table, y)
        columns = [_values(table, column) for column in self.columns]
        across, up = np.empty(table.n_rows), np.empty(table.n_rows)
        for first in range(0, table.n_rows, _BLOCK_ROWS):
            rows = slice(first, first + _BLOCK_ROWS)
            block = np.stack([column[rows] for column in columns], axis=1)
            with np.errstate(invalid="ignore", over="ignore"):  # infinite cells are drawn nowhere
                seen = self.place(block)
            across[rows], up[rows] = seen[:, 0], seen[:, 1]
        return across, up


def _values(table: Table, column: int) -> Floats:
    values = table.columns[column].values
    assert values is not None, "only numeric columns are offered"
    return values


def columns_plane(x: int, y: int) -> Plane:
    """Return the plane of two different columns of the table, in their own units."""
    return Plane((x, y), np.eye(2), np.zeros(2))
