"""The numbers that a check looks at: columns less the rows left out, and a sample of the rows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gmmstudio.table.table import Column, FloatArray

BoolArray = NDArray[np.bool_]
IntArray = NDArray[np.int64]

SAMPLE_ROWS = 50_000
"""Statistics are of so many rows at most; what they point at is then sought in all."""

_SEED = 20_240_229


@dataclass(frozen=True, eq=False)
class Numbers:
    """A column of the fit.

    Attributes
    ----------
    index
        Its number in the table.
    column
        The column.
    values
        float64 (n,), NaN where there is none; not finite numbers count as none.
    kept
        bool (n,) of the rows not left out by hand; None where all are kept.
    sample
        float64 (m,): values that are there, of the rows looked at; all of them where they are few.
    n_present
        How many values there are in the rows kept.
    """

    index: int
    column: Column
    values: FloatArray
    kept: BoolArray | None
    sample: FloatArray
    n_present: int

    @property
    def name(self) -> str:
        """The column's name on the screen."""
        return self.column.name

    @property
    def sampled(self) -> int:
        """How many values were looked at; 0 where it was all of them."""
        return 0 if self.sample.size == self.n_present else int(self.sample.size)

    @property
    def smallest(self) -> float:
        """The least value in the rows kept, of which there must be one."""
        values = self.values if self.kept is None else self.values[self.kept]
        return float(np.nanmin(values))

    def where(self, found: BoolArray) -> IntArray:
        """Return the table rows kept of which ``found`` (n,) is true."""
        return np.flatnonzero(found if self.kept is None else found & self.kept)

    def rows_of(self, value: float) -> IntArray:
        """Return the table rows kept that hold exactly this value."""
        return self.where(self.values == value)


def numbers_of(
    index: int, column: Column, values: FloatArray, kept: BoolArray | None, looked_at: IntArray
) -> Numbers:
    """Collect what is checked of a column.

    Parameters
    ----------
    index, column
        The column, and its number in the table.
    values
        Its numbers (n,).
    kept
        Which rows are not left out by hand (n,), None for all.
    looked_at
        The rows of the sample, rising, all of them kept.
    """
    present = np.isfinite(values)
    if kept is not None:
        present &= kept
    n_present = int(np.count_nonzero(present))
    if n_present <= SAMPLE_ROWS:  # a sample of a long column with few values may hold none of them
        sample = values[present]
    else:
        sample = values[looked_at]
        sample = sample[np.isfinite(sample)]
    return Numbers(index, column, values, kept, sample, n_present)


def rows_looked_at(n_rows: int, kept: BoolArray | None) -> IntArray:
    """Return the rows (m,) of which statistics are made: all, or a random sample in their order.

    The sample is the same each time, so that a finding does not come and go.
    """
    n_kept = n_rows if kept is None else int(np.count_nonzero(kept))
    if n_kept <= SAMPLE_ROWS:
        return np.arange(n_rows) if kept is None else np.flatnonzero(kept)
    # One row at random from each of so many runs of rows: no shuffle of a million numbers.
    edges = np.linspace(0, n_kept, SAMPLE_ROWS + 1).astype(np.int64)
    within = np.random.default_rng(_SEED).random(SAMPLE_ROWS) * np.diff(edges)
    places = edges[:-1] + within.astype(np.int64)
    return places if kept is None else np.flatnonzero(kept)[places]
