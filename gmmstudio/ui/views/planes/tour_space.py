"""What a tour goes through: the standardised rows, and how they are seen from any plane."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gmmstudio.mixture.projection import Directions, Moments
from gmmstudio.mixture.touring import as_frame, random_frame
from gmmstudio.table.table import Table
from gmmstudio.ui.views.planes.planes import Plane
from gmmstudio.ui.views.points.points import Frame, Points, shuffled

Floats = NDArray[np.float64]
SAMPLE = 100_000  # rows that move
_LOOKS = 24  # planes that tell how far the rows reach


@dataclass(frozen=True, eq=False)
class TourSpace:
    """The columns of a fit, standardised, and a fair sample of the rows that have them all.

    Attributes
    ----------
    columns, names
        Columns of the table.
    moments
        Their centre, scale and correlation.
    rows : (m,) int64
        Rows of the table, in drawing order.
    zt : (d, m) float32
        The same rows, standardised.
    n_rows, n_complete
        Rows of the table, and how many of them have all values.
    reach
        How far from the middle rows are seen, in standard deviations.
    """

    columns: tuple[int, ...]
    names: tuple[str, ...]
    moments: Moments
    rows: NDArray[np.int64]
    zt: NDArray[np.float32]
    n_rows: int
    n_complete: int
    reach: float

    def plane(self, frame: Floats) -> Plane:
        """Return the plane of a frame (d, 2) of the standardised columns."""
        return Plane(self.columns, frame / self.moments.scale[:, None], self.moments.centre)

    def points(self, frame: Floats, *, known: bool = False) -> Points:
        """Return where the rows lie in the plane of a frame, in single precision.

        The values of the rows are `known` only where that is asked for: a moving picture has no
        use for them.
        """
        size = float(np.sqrt(len(frame))) * self.reach or 1.0
        places = np.clip((frame.T / size).astype(np.float32) @ self.zt, -1.0, 1.0)
        shown = Frame(0.0, size)
        x = y = np.broadcast_to(np.nan, self.n_rows)
        if known:
            x, y = np.full(self.n_rows, np.nan), np.full(self.n_rows, np.nan)
            x[self.rows], y[self.rows] = size * places
        return Points(self.rows, places[0], places[1], shown, shown, x, y)

    def directions(self, frame: Floats) -> Directions:
        """Return what a frame shows: loadings, and shares of the variance."""
        covered = self.moments.correlation @ frame
        variances = np.maximum(np.einsum("ji,ji->i", frame, covered), 1e-300)
        whole = float(np.trace(self.moments.correlation)) or 1.0
        scale = self.moments.scale
        return Directions(
            frame / scale[:, None],
            self.moments.centre,
            scale,
            np.clip(covered / np.sqrt(variances), -1.0, 1.0),
            variances / whole,
        )


def tour_space(table: Table, columns: tuple[int, ...], moments: Moments) -> TourSpace:
    """Standardise a fair sample of the rows; may take a while."""
    values = [table.columns[column].values for column in columns]
    complete = np.ones(table.n_rows, bool)
    for column in values:
        assert column is not None, "only numeric columns are fitted"
        complete &= np.isfinite(column)
    order = shuffled(table.n_rows)
    rows = order[complete[order]][:SAMPLE]
    rows.flags.writeable = False
    zt = np.empty((len(columns), len(rows)), np.float32)
    for place, (column, centre, scale) in enumerate(
        zip(values, moments.centre, moments.scale, strict=True)
    ):
        assert column is not None
        with np.errstate(over="ignore"):
            zt[place] = np.clip((column[rows] - centre) / scale, -1e30, 1e30)
    names = tuple(table.columns[column].name for column in columns)
    return TourSpace(
        columns, names, moments, rows, zt, table.n_rows, int(complete.sum()), _reach(zt)
    )


def _reach(zt: NDArray[np.float32]) -> float:
    if not zt.size:
        return 1.0
    random = np.random.default_rng(0)
    frames = [random_frame(len(zt), random) for _ in range(_LOOKS)]
    sides = np.hstack(frames).T.astype(np.float32)
    return float(np.abs(sides @ zt).max()) or 1.0


def first_frame(directions: Directions) -> Floats:
    """Return the frame of the standardised columns in which a plane's directions lie."""
    return as_frame(directions.axes * directions.scale[:, None])
