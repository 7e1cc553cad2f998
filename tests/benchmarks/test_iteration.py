"""An EM iteration beside scikit-learn's, from the same start.

Timed with ``pytest tests/benchmarks --benchmark-enable --benchmark-group-by=group``; otherwise
each runs once and only the numbers are compared.
"""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.mixture import GaussianMixture

from gmmstudio.mixture import Fit, Parameters, fit
from tests.benchmarks.peers import not_converged_is_meant, overlapping, scikit_learn

ITERATIONS = 10
CELLS = [(300, 2, 3), (300, 8, 3), (10_000, 8, 3)]


def ours(x: np.ndarray, start: Parameters) -> Fit:
    return fit(x, start.n_components, "VVV", start=start, tol=0, max_iter=ITERATIONS)


def theirs(x: np.ndarray, start: Parameters) -> GaussianMixture:
    with not_converged_is_meant():
        return scikit_learn(start, "VVV", ITERATIONS).fit(x)


@pytest.mark.parametrize(("n", "d", "k"), CELLS)
def test_ours(benchmark, n: int, d: int, k: int) -> None:
    x, start = overlapping(n, d, k)
    benchmark.group = f"{n} x {d}, K = {k}"
    found = benchmark(ours, x, start)
    judge = theirs(x, start)
    assert found.n_iterations == ITERATIONS
    np.testing.assert_allclose(found.parameters.means, judge.means_, rtol=1e-7, atol=1e-9)


@pytest.mark.parametrize(("n", "d", "k"), CELLS)
def test_scikit_learn(benchmark, n: int, d: int, k: int) -> None:
    x, start = overlapping(n, d, k)
    benchmark.group = f"{n} x {d}, K = {k}"
    judge = benchmark(theirs, x, start)
    assert judge.n_iter_ == ITERATIONS
