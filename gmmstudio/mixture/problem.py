"""The rows and the model brought together: what the halves of EM need, prepared once."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np

from gmmstudio.mixture import collapse
from gmmstudio.mixture.arrays import (
    FloatArray,
    IntArray,
    ShouldStop,
    as_rows,
    as_units,
    never,
)
from gmmstudio.mixture.collapse import Fault
from gmmstudio.mixture.errors import Collapse, MixtureError
from gmmstudio.mixture.gaussians import Gaussians, is_diagonal
from gmmstudio.mixture.kernel import Kernel, Statistics, hard_statistics
from gmmstudio.mixture.parameters import Parameters
from gmmstudio.mixture.rows import Rows, check_threads
from gmmstudio.mixture.scaling import Standardised, relative_scale, standardise
from gmmstudio.mixture.spec import Spec, Start
from gmmstudio.mixture.starts import check_distinct, nearest_centre
from gmmstudio.mixture.structures import resolve


class Problem:
    """Standardised rows, structure and units; a context manager that owns the row threads.

    Parameters
    ----------
    x : FloatArray (n, d)
        Checked.
    spec : Spec
    units : FloatArray (d,)
    should_stop : callable
    threads : int
    """

    def __init__(
        self, x: FloatArray, spec: Spec, units: FloatArray, should_stop: ShouldStop, threads: int
    ) -> None:
        self.spec = spec
        self.structure = resolve(spec.structure, x.shape[1])
        check_distinct(x, spec.n_components)
        self.data: Standardised = standardise(x, should_stop)
        self.rows = Rows(x.shape[0], threads, should_stop)
        self._units = units
        self._coordinates = self.data.coordinates
        self._kernel = Kernel(self.data.zt, self.rows)
        self.log_volume = x.shape[0] * self._coordinates.log_volume
        self._to_units = self._scatter_factors()
        self._rank_deficient = collapse.rank_deficient(self.structure, self.data)

    @classmethod
    def of(
        cls, x: Any, spec: Spec, units: Any, should_stop: ShouldStop | None, threads: int | None
    ) -> Problem:
        """Check the input and prepare it."""
        rows = as_rows(x)
        return cls(
            rows, spec, as_units(units, rows.shape[1]), should_stop or never, check_threads(threads)
        )

    def __enter__(self) -> Problem:
        return self

    def __exit__(self, *exception: object) -> None:
        self.rows.close()

    @property
    def n_rows(self) -> int:
        """Number of rows, n."""
        return self.data.n_rows

    @property
    def n_columns(self) -> int:
        """Number of columns, d."""
        return self.data.n_columns

    @cached_property
    def in_units(self) -> FloatArray:
        """The data (d, n) in the units that distances are measured in, up to a common factor."""
        log_ratio = relative_scale(self._coordinates.scale, self._units)
        if not log_ratio.any():
            return self.data.zt
        scaled: FloatArray = self.data.zt * np.exp(log_ratio - log_ratio.max())[:, None]
        return scaled

    def begin(self, start: Start) -> tuple[Gaussians, Collapse | None]:
        """Return iteration 0; where that is degenerate, its collapse and finite parameters."""
        if isinstance(start, Parameters):
            if start.n_columns != self.n_columns:
                raise MixtureError(
                    f"The start has {start.n_columns} columns but the data has {self.n_columns}: "
                    "make the two agree."
                )
            weights, means, covariances = self._coordinates.standardise(start)
            diagonal = self.structure.diagonal and is_diagonal(covariances)
            weights = np.maximum(weights, 1e-300)
            return Gaussians.of(weights, means, covariances, diagonal=diagonal), None
        labels = self.labels_of(start)
        statistics = hard_statistics(self.data.zt, labels, self.spec.n_components, self.rows)
        outcome = self.m_step(statistics)
        if isinstance(outcome, Gaussians):
            return outcome, None
        covariances = self._covariances(np.maximum(statistics.sizes, 1.0), statistics.scatters)
        g = Gaussians.of(*collapse.floored(statistics, covariances), diagonal=False)
        return g, collapse.diagnose(outcome, labels, self.structure, self.data)

    def labels_of(self, start: Start) -> IntArray:
        """Return hard labels (n,) for a start given as labels or as centres."""
        if isinstance(start, str | Parameters):
            raise MixtureError("Give labels, centres or parameters to start EM from.")
        if start.ndim == 1:
            if start.size != self.n_rows:
                raise MixtureError(
                    f"There are {start.size} labels for {self.n_rows} rows: give one per row."
                )
            return start
        if start.shape[1] != self.n_columns:
            raise MixtureError(
                f"The centres have {start.shape[1]} columns but the data has {self.n_columns}: "
                "make the two agree."
            )
        log_ratio = relative_scale(self._coordinates.scale, self._units)
        standard = (start - self._coordinates.centre) / self._coordinates.scale
        centres = standard * np.exp(log_ratio - log_ratio.max())
        return nearest_centre(self.in_units, centres, self.rows)

    def e_step(self, g: Gaussians) -> Statistics:
        """E-step: sum up what the responsibilities under `g` say."""
        return self._kernel.e_step(g)

    def m_step(self, statistics: Statistics) -> Gaussians | Fault:
        """M-step: weights N_k / n, means m_k and the structure's covariances, if they are sound."""
        sizes = statistics.sizes
        small = collapse.too_small(self.structure, sizes, self.n_columns)
        if small is not None:
            return Fault(small, float(sizes[small]), None)
        if self._rank_deficient:
            return Fault(0, float(sizes[0]), None)
        covariances = self._covariances(sizes, statistics.scatters)
        try:
            g = Gaussians.of(
                sizes / sizes.sum(),
                statistics.means,
                covariances,
                diagonal=self.structure.diagonal,
            )
            if collapse.surely_sound(g, self.data.correlation):
                return g
            positive_definite = True
        except np.linalg.LinAlgError:
            positive_definite = False
        k, ratio, direction = collapse.thinnest(covariances, self.data)
        if positive_definite and ratio >= collapse.MIN_RATIO:
            return g
        return Fault(k, float(sizes[k]), direction)

    def diagnose(self, fault: Fault, g: Gaussians) -> Collapse:
        """Say why a component collapsed; `g` are the last sound parameters."""
        return collapse.diagnose(fault, self._kernel.labels(g), self.structure, self.data)

    def restore(self, g: Gaussians) -> Parameters:
        """Return the parameters in the units of the columns."""
        return self._coordinates.restore(g.weights, g.means, g.covariances)

    def _covariances(self, sizes: FloatArray, scatters: FloatArray) -> FloatArray:
        """Let the structure see C W_k C, in the units chosen, and bring Σ_k back."""
        if self._to_units is None:
            return self.structure.m_step(sizes, scatters)
        covariances = self.structure.m_step(sizes, scatters * self._to_units)
        covariances /= self._to_units
        return covariances

    def _scatter_factors(self) -> FloatArray | None:
        """Return c cᵀ (d, d) for C = diag(c); None where the structure does not depend on C."""
        if self.structure.scale_free:
            return None
        log_ratio = relative_scale(self._coordinates.scale, self._units)
        if np.ptp(log_ratio) > 138.0:  # e^138 = 1e60, and squares of squares are formed
            raise MixtureError(
                "The columns differ in spread by more than 60 orders of magnitude, which the "
                "spherical shape cannot weigh against each other: standardise the columns or "
                "choose another shape."
            )
        factors = np.exp(log_ratio)
        return np.outer(factors, factors)
