"""The rows and the model brought together: what the halves of EM need, prepared once."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from gmmstudio.mixture import collapse
from gmmstudio.mixture.arrays import FloatArray, IntArray, frozen
from gmmstudio.mixture.collapse import Fault
from gmmstudio.mixture.errors import Collapse, MixtureError
from gmmstudio.mixture.gaussians import Gaussians, is_diagonal
from gmmstudio.mixture.kernel import Statistics, hard_statistics
from gmmstudio.mixture.orientation import orientations
from gmmstudio.mixture.parameters import Parameters
from gmmstudio.mixture.prepared import Prepared
from gmmstudio.mixture.prior import Prior, default_prior, log_density, map_update
from gmmstudio.mixture.spec import Spec, Start
from gmmstudio.mixture.starts import check_distinct, nearest_centre
from gmmstudio.mixture.structures import resolve


@dataclass(frozen=True, eq=False)
class Beginning:
    """Iteration 0 of a run.

    Attributes
    ----------
    g : Gaussians
        Where the start is degenerate, finite parameters near it.
    collapsed : Collapse or None
        Why it is degenerate.
    orientation : str
        Where the common orientation begins, for structures that have one; else empty.
    given : Parameters or None
        The start itself, where it was given as parameters and not made by an M-step.
    """

    g: Gaussians
    collapsed: Collapse | None = None
    orientation: str = ""
    given: Parameters | None = None


@dataclass(frozen=True, eq=False)
class Hard:
    """Labels (n,) and what they sum up to; the same for every structure."""

    labels: IntArray
    statistics: Statistics


class Problem:
    """A model for prepared rows: what the two halves of EM need.

    Parameters
    ----------
    prepared : Prepared
    spec : Spec

    Raises
    ------
    MixtureError
        The model cannot be had for these rows.
    """

    def __init__(self, prepared: Prepared, spec: Spec) -> None:
        self.prepared = prepared
        self.spec = spec
        self.structure = resolve(spec.structure, prepared.n_columns)
        self.data = prepared.data
        check_distinct(prepared.n_distinct(spec.n_components), spec.n_components)
        self._factors = self._unit_factors()
        self._prior = self._make_prior()
        self._rank_deficient = collapse.rank_deficient(self.structure, self.data)

    @property
    def n_columns(self) -> int:
        """Number of columns, d."""
        return self.data.n_columns

    def beginnings(self, start: Start, turn: int | None = None) -> list[Beginning]:
        """Return iteration 0: one, or for a common orientation one for every place to begin.

        Parameters
        ----------
        start : Parameters, labels (n,) or centres (K, d)
        turn : int, optional
            Only this orientation, counted round and round.
        """
        if isinstance(start, Parameters):
            return [Beginning(self._from_parameters(start), given=start)]
        return self.beginnings_of(self.hard(self.labels_of(start)), turn)

    def hard(self, labels: IntArray) -> Hard:
        """Sum up what labels (n,) say."""
        rows = self.prepared
        statistics = hard_statistics(
            self.data.zt, labels, self.spec.n_components, rows.rows, rows.weights
        )
        return Hard(labels, statistics)

    def beginnings_of(self, hard: Hard, turn: int | None = None) -> list[Beginning]:
        """Return iteration 0 for labels, as `beginnings`."""
        if self.structure.carries != "orientation":
            return [self._from_hard(hard)]
        choices = orientations(self._in_units(hard.statistics.scatters))
        if self.spec.n_components == 1:  # one M-step is the maximum, from its own tilt only
            choices = [choice for choice in choices if choice[0] == "all rows"]
        if turn is not None:
            choices = [choices[turn % len(choices)]]
        return [replace(self._from_hard(hard, inner), orientation=name) for name, inner in choices]

    def beginning_of(self, statistics: Statistics, inner: FloatArray | None) -> Gaussians | None:
        """Return iteration 0 for statistics that were made up; None where they are degenerate."""
        outcome = self.m_step(statistics, inner)
        return outcome if isinstance(outcome, Gaussians) else None

    def _from_parameters(self, start: Parameters) -> Gaussians:
        if start.n_columns != self.n_columns:
            raise MixtureError(
                f"The start has {start.n_columns} columns but the data has {self.n_columns}: "
                "make the two agree."
            )
        weights, means, covariances = self.prepared.coordinates.standardise(start)
        g = Gaussians.of(
            np.maximum(weights, 1e-300),
            means,
            covariances,
            diagonal=self.structure.diagonal and is_diagonal(covariances),
            inner=self._inner_of(covariances),
        )
        return replace(g, log_prior=self._log_prior(means, covariances))

    def _inner_of(self, covariances: FloatArray) -> FloatArray | None:
        """Return what an iterative M-step goes on from; one component needs one M-step only."""
        if self.spec.n_components == 1:
            return None
        return self.structure.inner_of(self._in_units(covariances))

    def _from_hard(self, hard: Hard, inner: FloatArray | None = None) -> Beginning:
        statistics = hard.statistics
        outcome = self.m_step(statistics, inner)
        if isinstance(outcome, Gaussians):
            return Beginning(outcome)
        covariances, _ = self._ml_covariances(
            np.maximum(statistics.sizes, 1.0), statistics.scatters, inner
        )
        g = Gaussians.of(*collapse.floored(statistics, covariances), diagonal=False)
        return Beginning(g, self._collapse(outcome, hard.labels))

    def labels_of(self, start: Start) -> IntArray:
        """Return hard labels (n,) for a start given as labels or as centres."""
        if isinstance(start, str | Parameters):
            raise MixtureError("Give labels, centres or parameters to start EM from.")
        rows = self.prepared
        if start.ndim == 1:
            if start.size == rows.n_rows:
                return start
            if start.size != rows.n_given or rows.counted is None:
                raise MixtureError(
                    f"There are {start.size} labels for {rows.n_given} rows: give one per row."
                )
            counted: IntArray = start[rows.counted]
            return counted
        if start.shape[1] != self.n_columns:
            raise MixtureError(
                f"The centres have {start.shape[1]} columns but the data has {self.n_columns}: "
                "make the two agree."
            )
        centres = (start - rows.coordinates.centre) / rows.coordinates.scale
        return nearest_centre(self.data.zt, centres, rows.rows, rows.distance_scale)

    def e_step(self, g: Gaussians) -> Statistics:
        """E-step: sum up what the responsibilities under `g` say."""
        return self.prepared.kernel.e_step(g)

    def m_step(self, statistics: Statistics, inner: FloatArray | None) -> Gaussians | Fault:
        """M-step: weights N_k / n, means and covariances of the structure, if they are sound.

        Parameters
        ----------
        statistics : Statistics
        inner : FloatArray or None
            What an iterative M-step goes on from.
        """
        sizes = statistics.sizes
        small = self._too_small(sizes)
        if small is not None:
            return Fault(small, float(sizes[small]), None)
        if self._rank_deficient:
            return Fault(0, float(sizes[0]), None)
        log_prior = 0.0
        if self._prior is None:
            point = collapse.point_like(self.structure, sizes, statistics.scatters, self.data)
            if point is not None:
                return Fault(point, float(sizes[point]), np.ones(self.n_columns))
            means = statistics.means
            covariances, inner = self._ml_covariances(sizes, statistics.scatters, inner)
        else:
            means, covariances = self._map(statistics, self._prior)
            log_prior = self._log_prior(means, covariances)
        try:
            g = Gaussians.of(
                sizes / sizes.sum(),
                means,
                covariances,
                diagonal=self.structure.diagonal,
                inner=inner,
                log_prior=log_prior,
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
        return self._collapse(fault, self.prepared.kernel.labels(g))

    def labels(self, parameters: Parameters) -> IntArray:
        """Return the component (n,) every row that counts belongs to most."""
        return self.prepared.kernel.labels(self._from_parameters(parameters))

    def restore(self, g: Gaussians) -> Parameters:
        """Return the parameters in the units of the columns."""
        return self.prepared.coordinates.restore(g.weights, g.means, g.covariances)

    def _collapse(self, fault: Fault, labels: IntArray) -> Collapse:
        found = collapse.diagnose(fault, labels, self.structure, self.data)
        counted = self.prepared.counted
        return found if counted is None else replace(found, rows=frozen(counted[found.rows]))

    def _too_small(self, sizes: FloatArray) -> int | None:
        """Return the component that holds too few rows; with a prior only an empty one does."""
        if self._prior is not None:
            small = int(sizes.argmin())
            return small if sizes[small] < collapse.MIN_SIZE else None
        return collapse.too_small(self.structure, sizes, self.n_columns)

    def _ml_covariances(
        self, sizes: FloatArray, scatters: FloatArray, inner: FloatArray | None
    ) -> tuple[FloatArray, FloatArray | None]:
        """Let the structure see C W_k C, in the units chosen, and bring Σ_k back."""
        if self._factors is None:
            return self.structure.update(sizes, scatters, inner)
        covariances, inner = self.structure.update(sizes, self._in_units(scatters), inner)
        return covariances / np.outer(self._factors, self._factors), inner

    def _map(self, statistics: Statistics, prior: Prior) -> tuple[FloatArray, FloatArray]:
        """M-step under the prior, means included; the prior knows the units chosen only."""
        c = np.ones(self.n_columns) if self._factors is None else self._factors
        means, covariances = map_update(
            self.structure.name,
            statistics.sizes,
            statistics.means * c,
            self._in_units(statistics.scatters),
            prior,
        )
        return means / c, covariances / np.outer(c, c)

    def _log_prior(self, means: FloatArray, covariances: FloatArray) -> float:
        if self._prior is None:
            return 0.0
        c = np.ones(self.n_columns) if self._factors is None else self._factors
        return log_density(self.structure.name, means * c, self._in_units(covariances), self._prior)

    def _make_prior(self) -> Prior | None:
        if not self.spec.prior:
            return None
        if not self.structure.has_prior:
            raise MixtureError(
                f"There is no conjugate prior for {self.structure.name}: choose the full, tied, "
                "diagonal or spherical shape (VVV, EEE, VVI, VII), EEI or EII, or do without."
            )
        n = self.prepared.n_observations
        variance = self._in_units(self.data.correlation) * (n / max(n - 1.0, 1.0))
        return default_prior(np.zeros(self.n_columns), variance, self.spec.n_components)

    def _in_units(self, second_moments: FloatArray) -> FloatArray:
        """Return C M C (…, d, d), where C takes z to the units chosen."""
        if self._factors is None:
            return second_moments
        return second_moments * np.outer(self._factors, self._factors)

    def _unit_factors(self) -> FloatArray | None:
        """Return c (d,) for C = diag(c); None where what is estimated does not depend on C."""
        if self.structure.scale_free and not (self.spec.prior and self.structure.diagonal):
            return None
        log_ratio = self.prepared.log_ratio
        if not log_ratio.any():
            return None
        if np.ptp(log_ratio) > 138.0:  # e^138 = 1e60, and squares of squares are formed
            raise MixtureError(
                "The columns differ in spread by more than 60 orders of magnitude, which the "
                f"{self.structure.words} shape cannot weigh against each other: standardise the "
                "columns or choose another shape."
            )
        factors: FloatArray = np.exp(log_ratio)
        return factors
