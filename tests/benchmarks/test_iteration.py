"""An EM iteration beside scikit-learn's, from the same start.

Timed with ``pytest tests/benchmarks --benchmark-enable --benchmark-group-by=group``; otherwise
each runs once and only the numbers are compared.
"""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from sklearn.exceptions import ConvergenceWarning
from sklearn.mixture import GaussianMixture

from gmmstudio.mixture import Fit, Parameters, fit

ITERATIONS = 10
CELLS = [(300, 2, 3), (300, 8, 3), (10_000, 8, 3)]


def problem(n: int, d: int, k: int) -> tuple[np.ndarray, Parameters]:
    """Overlapping clusters and a start that is not the optimum."""
    rng = np.random.default_rng(n + d)
    centres = rng.normal(scale=2.0, size=(k, d))
    x = rng.normal(size=(n, d)) + centres[rng.integers(k, size=n)]
    return x, Parameters(np.full(k, 1 / k), centres + 0.3, np.tile(1.5 * np.eye(d), (k, 1, 1)))


def ours(x: np.ndarray, start: Parameters) -> Fit:
    return fit(x, start.n_components, "VVV", start=start, tol=0, max_iter=ITERATIONS)


def theirs(x: np.ndarray, start: Parameters) -> GaussianMixture:
    model = GaussianMixture(
        start.n_components, tol=0.0, reg_covar=0.0, max_iter=ITERATIONS,
        weights_init=start.weights, means_init=start.means,
        precisions_init=np.linalg.inv(start.covariances), init_params="random",
    )  # fmt: skip
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return model.fit(x)


@pytest.mark.parametrize(("n", "d", "k"), CELLS)
def test_ours(benchmark, n: int, d: int, k: int) -> None:
    x, start = problem(n, d, k)
    benchmark.group = f"{n} x {d}, K = {k}"
    found = benchmark(ours, x, start)
    judge = theirs(x, start)
    assert found.n_iterations == ITERATIONS
    np.testing.assert_allclose(found.parameters.means, judge.means_, rtol=1e-7, atol=1e-9)


@pytest.mark.parametrize(("n", "d", "k"), CELLS)
def test_scikit_learn(benchmark, n: int, d: int, k: int) -> None:
    x, start = problem(n, d, k)
    benchmark.group = f"{n} x {d}, K = {k}"
    judge = benchmark(theirs, x, start)
    assert judge.n_iter_ == ITERATIONS
