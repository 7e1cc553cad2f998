"""The rows of a table made ready for EM, whatever the model."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np

from gmmstudio.mixture.arrays import (
    FloatArray,
    IntArray,
    ShouldStop,
    as_rows,
    as_units,
    as_weights,
    never,
)
from gmmstudio.mixture.kernel import Kernel
from gmmstudio.mixture.rows import Rows, check_threads
from gmmstudio.mixture.scaling import Coordinates, Standardised, relative_scale, standardise
from gmmstudio.mixture.starts import child_seeds, distinct_rows


class Prepared:
    """Standardised rows, weights and units; a context manager that owns the row threads.

    Parameters
    ----------
    data : Standardised
        Of the rows that count.
    units : FloatArray (d,)
        Length of a unit in each column.
    weights : FloatArray (n,) or None
        How often each row counts, more than never.
    should_stop : callable
    threads : int
    counted : IntArray (n,), optional
        Which of the rows given these are, where some count never.
    n_given : int, optional
        How many rows were given.

    Attributes
    ----------
    kernel : Kernel
        Passes over these rows.
    rows : Rows
        Their blocks.
    """

    def __init__(
        self,
        data: Standardised,
        units: FloatArray,
        weights: FloatArray | None,
        should_stop: ShouldStop,
        threads: int,
        counted: IntArray | None = None,
        n_given: int | None = None,
    ) -> None:
        self.data = data
        self.units = units
        self.weights = weights
        self.counted = counted
        self.n_given = data.n_rows if n_given is None else n_given
        self.rows = Rows(data.n_rows, threads, should_stop)
        self.kernel = Kernel(data.zt, self.rows, weights)
        self._should_stop, self._threads = should_stop, threads
        self._distinct = (0, 0)

    @classmethod
    def of(
        cls,
        x: Any,
        units: Any = None,
        weights: Any = None,
        should_stop: ShouldStop | None = None,
        threads: int | None = None,
    ) -> Prepared:
        """Check a table of numbers, with what comes with it, and prepare it.

        Weights that add to less than the rows are no counts: they are scaled to add to as many.

        Raises
        ------
        MixtureError
            Something is not what it must be.
        Cancelled
            `should_stop` said so.
        """
        rows = as_rows(x)
        n_given = len(rows)
        lengths, counts = as_units(units, rows.shape[1]), as_weights(weights, n_given)
        if counts is not None and counts.sum() < np.count_nonzero(counts):
            counts = counts * (np.count_nonzero(counts) / counts.sum())
        stop, workers = should_stop or never, check_threads(threads)
        counted: IntArray | None = None
        if counts is not None and not counts.all():
            counted = np.flatnonzero(counts)
            rows, counts = rows[counted], counts[counted]
        return cls(
            standardise(rows, stop, counts), lengths, counts, stop, workers, counted, n_given
        )

    def part(self, rows: IntArray) -> Prepared:
        """Return some of the rows that count, in the coordinates of all."""
        data = self.data
        some = Standardised(
            np.ascontiguousarray(data.zt[:, rows]), data.coordinates, data.correlation, data.noise
        )
        weights = None if self.weights is None else self.weights[rows]
        # So that a collapse names the rows that were given, not their places in this part.
        counted = rows if self.counted is None else self.counted[rows]
        return Prepared(some, self.units, weights, self._should_stop, self._threads, counted)

    def sample(self, size: int, seed: int, n_components: int) -> Prepared | None:
        """Draw rows for the starts of a model; None where they lack the different rows it needs.

        Rows that are too few themselves are not missed.
        """
        rng = np.random.default_rng(child_seeds(seed, 1)[0])
        some = self.part(np.sort(rng.choice(self.n_rows, size, replace=False, shuffle=False)))
        enough = some.n_distinct(n_components) == self.n_distinct(n_components)
        return some if enough else None

    def __enter__(self) -> Prepared:
        return self

    def __exit__(self, *exception: object) -> None:
        self.rows.close()

    @property
    def n_rows(self) -> int:
        """Number of rows that count, n."""
        return self.data.n_rows

    @property
    def n_columns(self) -> int:
        """Number of columns, d."""
        return self.data.n_columns

    @property
    def coordinates(self) -> Coordinates:
        """What takes x to z."""
        return self.data.coordinates

    @cached_property
    def n_observations(self) -> float:
        """Sum of the weights; the number of rows where there are none."""
        return float(self.n_rows if self.weights is None else self.weights.sum())

    @property
    def log_volume(self) -> float:
        """What the log-likelihood of z is above that of x."""
        return self.n_observations * self.coordinates.log_volume

    @cached_property
    def log_ratio(self) -> FloatArray:
        """Log of what takes z to the units chosen, up to a common factor (d,)."""
        return relative_scale(self.coordinates.scale, self.units)

    @cached_property
    def distance_scale(self) -> FloatArray | None:
        """What z is multiplied by (d,) to be `in_units`; None where that changes nothing."""
        scale: FloatArray = np.exp(self.log_ratio - self.log_ratio.max())
        return scale if self.log_ratio.any() else None

    @cached_property
    def in_units(self) -> FloatArray:
        """The data (d, n) in the units that distances are measured in, up to a common factor."""
        scale = self.distance_scale
        return self.data.zt if scale is None else self.data.zt * scale[:, None]

    def n_distinct(self, enough: int) -> int:
        """Count the different rows, no further than `enough`."""
        found, looked_for = self._distinct
        if found == looked_for < enough:  # else all rows have been gone through
            found, looked_for = distinct_rows(self.data.zt.T, enough, self.rows.check), enough
            self._distinct = found, looked_for
        return min(found, enough)
