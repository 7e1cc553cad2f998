"""EM that takes long steps: to the same maxima in fewer passes over the rows.

EM maps the statistics (N_k, Σ r x, Σ r x xᵀ) to those of the next pass. Near a maximum it closes a
fixed share of the distance each time, so the limit of two steps can be guessed: the squared
extrapolation of Varadhan & Roland 2008 (Scandinavian Journal of Statistics 35, 335-353), here made
on the statistics and not on the parameters. They live in a linear space, and whatever comes out
goes through the M-step of the structure, so every guess is a mixture of the family asked for. A
guess that is no better than the plain step before it is thrown away: the log-likelihood never
falls.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass

import numpy as np

from gmmstudio.mixture.arrays import FloatArray
from gmmstudio.mixture.collapse import Fault
from gmmstudio.mixture.errors import Collapse
from gmmstudio.mixture.gaussians import Gaussians
from gmmstudio.mixture.kernel import Statistics
from gmmstudio.mixture.problem import Problem

FIRST_STEP, GROWTH = 4.0, 4.0
"""The longest step, in plain ones, and by how much it grows where it was taken and was good."""


@dataclass(frozen=True, eq=False)
class Point:
    """Parameters and the pass over the rows they gave.

    Attributes
    ----------
    g : Gaussians
    statistics : Statistics
    objective : float
        What is maximised: log-likelihood, of the standardised columns, and log-prior.
    """

    g: Gaussians
    statistics: Statistics
    objective: float

    @classmethod
    def at(cls, problem: Problem, g: Gaussians) -> Point:
        """Make the pass."""
        statistics = problem.e_step(g)
        return cls(g, statistics, statistics.log_likelihood + g.log_prior)


@dataclass(frozen=True, eq=False)
class Summit:
    """Where a climb ended.

    Attributes
    ----------
    point : Point
        The last one.
    converged : bool
    collapsed : Collapse or None
    """

    point: Point
    converged: bool
    collapsed: Collapse | None = None


def ascend(problem: Problem, g: Gaussians, tol: float, most: int) -> Generator[Point, None, Summit]:
    """Climb from `g`, long steps between plain ones.

    Parameters
    ----------
    problem : Problem
    g : Gaussians
    tol : float
        Little is left to gain where the estimate of it is below ``tol * max(1, |ℓ|)``; the climb
        ends where that is so twice in a row.
    most : int
        Most passes over the rows.

    Yields
    ------
    Point
        Every better one, from `g` on.

    Raises
    ------
    Cancelled
        In mid-pass.
    """
    now = Point.at(problem, g)
    yield now
    passes, longest, in_a_row = 1, FIRST_STEP, 0
    behind: Statistics | None = None  # what the M-step made `now` from
    while passes < most:
        stepped = problem.m_step(now.statistics, now.g.inner)
        if isinstance(stepped, Fault):
            return Summit(now, False, problem.diagnose(stepped, now.g))
        after = Point.at(problem, stepped)
        passes += 1
        yield after
        if behind is None:
            behind, now = now.statistics, after
            continue
        steps = Steps.of(behind, now.statistics, after.statistics)
        little = gain_left(after.objective - now.objective, steps.rate)
        in_a_row = in_a_row + 1 if little < tol * max(1.0, abs(after.objective)) else 0
        if in_a_row >= 2:
            return Summit(after, True)
        behind, now = now.statistics, after
        length = min(steps.length, longest)
        if length <= 1.0 or passes >= most:
            continue
        statistics = steps.reach(length)
        guess = _point(problem, statistics, after.g)
        passes += guess is not None
        if guess is None or not guess.objective >= after.objective:
            longest = max(FIRST_STEP, length / GROWTH)
            continue
        yield guess
        longest = longest * GROWTH if length == longest else longest
        behind, now = statistics, guess
    return Summit(now, False)


def gain_left(gain: float, rate: float) -> float:
    """Estimate what is left to gain after a plain step.

    Each step leaves a share `rate` of the distance in the statistics. The gains are of second
    order, so they shrink by its square.
    """
    if gain <= 0.0:
        return 0.0
    return gain * rate * rate / (1.0 - rate * rate) if rate < 1.0 else np.inf


def _point(problem: Problem, statistics: Statistics, before: Gaussians) -> Point | None:
    """Make the M-step and the pass of guessed statistics; None where they are no mixture's."""
    if not (statistics.sizes > 0.0).all():
        return None
    if not np.linalg.eigvalsh(statistics.scatters)[:, 0].min() >= 0.0:
        return None
    stepped = problem.m_step(statistics, before.inner)
    return None if isinstance(stepped, Fault) else Point.at(problem, stepped)


@dataclass(frozen=True, eq=False)
class Steps:
    """Two plain steps of EM, seen in the space of statistics.

    Attributes
    ----------
    start, first, second : FloatArray (K, 1 + d + d²)
        N_k, Σ r (z − c_k) and Σ r (z − c_k)(z − c_k)ᵀ before, between and after the steps. Any
        c_k will do; the newest means keep the digits.
    centres : FloatArray (K, d)
        c_k.
    """

    start: FloatArray
    first: FloatArray
    second: FloatArray
    centres: FloatArray

    @classmethod
    def of(cls, start: Statistics, first: Statistics, second: Statistics) -> Steps:
        """Bring three statistics into one space."""
        c = second.means
        return cls(_moments(start, c), _moments(first, c), _moments(second, c), c)

    @property
    def rate(self) -> float:
        """How much longer the second step is than the first."""
        before = float(np.linalg.norm(self.first - self.start))
        return float(np.linalg.norm(self.second - self.first)) / before if before > 0.0 else 0.0

    @property
    def length(self) -> float:
        """How many plain steps to guess ahead: |r| / |v|, the third scheme of the source."""
        step = self.first - self.start
        bend = self.second - self.first - step
        size = float(np.linalg.norm(bend))
        return float(np.linalg.norm(step)) / size if size > 0.0 else 1.0

    def reach(self, length: float) -> Statistics:
        """Return the statistics guessed: start + 2 a r + a² v with a the length."""
        step = self.first - self.start
        bend = self.second - self.first - step
        return _statistics(self.start + 2.0 * length * step + length**2 * bend, self.centres)


def _moments(statistics: Statistics, centres: FloatArray) -> FloatArray:
    """Return N_k, Σ r (z − c_k) and Σ r (z − c_k)(z − c_k)ᵀ as (K, 1 + d + d²)."""
    sizes, offsets = statistics.sizes[:, None], statistics.means - centres
    k, d = offsets.shape
    squares = statistics.scatters + sizes[:, :, None] * offsets[:, :, None] * offsets[:, None, :]
    return np.concatenate([sizes, sizes * offsets, squares.reshape(k, d * d)], axis=1)


def _statistics(moments: FloatArray, centres: FloatArray) -> Statistics:
    """Turn `_moments` back; sizes may come out negative, and then nothing else means anything."""
    k, d = centres.shape
    sizes = moments[:, 0].copy()
    offsets = moments[:, 1 : 1 + d] / np.where(sizes > 0.0, sizes, 1.0)[:, None]
    squares = moments[:, 1 + d :].reshape(k, d, d)
    scatters = squares - sizes[:, None, None] * offsets[:, :, None] * offsets[:, None, :]
    return Statistics(sizes, centres + offsets, scatters, np.nan, np.nan, 0.0)
