"""What engines are asked when they are compared, what they answer, and scikit-learn as a peer.

Every engine runs plain EM from the same parameters, so all of them need the same number of
iterations to the same log-likelihood. Peers are told that number, the cheapest way of stopping.
"""

import time
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Self

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.mixture import GaussianMixture

from gmmstudio.mixture import Parameters

SKLEARN = {"VII": "spherical", "VVI": "diag", "EEE": "tied", "VVV": "full"}

DISTANCE = 3.0
"""Between the two nearest clusters, in standard deviations: EM takes 10 to 100 iterations."""


@dataclass(frozen=True)
class Job:
    """Time so many M- and E-steps, best of several rounds; then perhaps a whole solution.

    Attributes
    ----------
    structure : str
    iterations, rounds : int
    solution : int
        Iterations of a whole solution, 0 for none.
    limit : float
        Seconds: a solution that would take longer is left out.
    patience : float
        Seconds after which no further round is begun.
    """

    structure: str
    iterations: int
    rounds: int
    solution: int = 0
    limit: float = 20.0
    patience: float = 4.0

    def wants_solution(self, iteration: float) -> bool:
        """Whether a whole solution is to be made, at so many seconds an iteration."""
        return self.solution > 0 and iteration * self.solution <= self.limit

    def each_round(self) -> Iterator[int]:
        """Count the rounds while patience lasts."""
        began = time.perf_counter()
        for number in range(self.rounds):
            if number and time.perf_counter() - began > self.patience:
                return
            yield number


@dataclass(frozen=True)
class Timed:
    """What an engine made of a job.

    Attributes
    ----------
    iteration : float
        Seconds an iteration, start-up and preparation left out.
    log_likelihood : float
        After the iterations asked for: engines that agree on it did the same.
    solution : float
        Seconds of a whole fit, start-up included; NaN where none was made.
    solution_log_likelihood : float
        Where that ended.
    """

    iteration: float
    log_likelihood: float
    solution: float = np.nan
    solution_log_likelihood: float = np.nan

    @classmethod
    def of(cls, numbers: Sequence[object]) -> Self:
        """From four numbers, or words for them."""
        return cls(*(float(str(number)) for number in numbers))


def overlapping(n: int, d: int, k: int) -> tuple[np.ndarray, Parameters]:
    """Rows from clusters that touch, and a start near the truth but not at it."""
    rng = np.random.default_rng(n + 10 * d + k)
    centres = rng.normal(size=(k, d))
    apart = np.linalg.norm(centres[:, None] - centres, axis=2)
    centres *= DISTANCE / apart[~np.eye(k, dtype=bool)].min(initial=np.inf)
    x = rng.normal(size=(n, d))
    x += centres[rng.integers(k, size=n)]
    covariances = np.tile(1.5 * np.eye(d), (k, 1, 1))
    return x, Parameters(
        np.full(k, 1.0 / k), centres + rng.normal(scale=0.3, size=(k, d)), covariances
    )


def scikit_learn(start: Parameters, structure: str, iterations: int) -> GaussianMixture:
    """Set scikit-learn up to run exactly that many iterations from this start."""
    return _Stamped(
        start.n_components, covariance_type=SKLEARN[structure], tol=0.0, reg_covar=0.0,
        max_iter=iterations, weights_init=start.weights, means_init=start.means,
        precisions_init=_precisions(start, structure), init_params="random",
    )  # fmt: skip


@contextmanager
def not_converged_is_meant() -> Iterator[None]:
    """Keep scikit-learn from warning that a fixed number of iterations did not converge."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        yield


def measure_scikit_learn(x: np.ndarray, start: Parameters, job: Job) -> Timed:
    """Time scikit-learn. Its bound lags by one M-step: it makes one more than the others."""
    n, best, whole, ended = len(x), np.inf, np.inf, np.nan
    with not_converged_is_meant():
        for _ in job.each_round():
            model = scikit_learn(start, job.structure, job.iterations + 1).fit(x)
            best = min(best, (model.stamps[-1] - model.stamps[0]) / job.iterations)
        log_likelihood = n * model.lower_bound_
        if not job.wants_solution(best):
            return Timed(best, log_likelihood)
        for _ in job.each_round():
            model = scikit_learn(start, job.structure, job.solution + 1)
            began = time.perf_counter()
            model.fit(x)
            whole, ended = min(whole, time.perf_counter() - began), n * model.lower_bound_
    return Timed(best, log_likelihood, whole, ended)


class _Stamped(GaussianMixture):
    """Notes when each M-step ended: from one to the next is an iteration."""

    def _m_step(self, *arguments: object, **named: object) -> None:
        super()._m_step(*arguments, **named)
        self.stamps = [*getattr(self, "stamps", []), time.perf_counter()]


def _precisions(start: Parameters, structure: str) -> np.ndarray:
    match structure:
        case "VVV":
            return np.linalg.inv(start.covariances)
        case "EEE":
            return np.linalg.inv(start.covariances[0])
        case "VVI":
            return 1.0 / np.einsum("kaa->ka", start.covariances)
        case _:
            return 1.0 / start.covariances[:, 0, 0]
