"""An EM iteration beside its peers', from the same start: the same numbers, and the quick table.

Speed is never judged here. ``pytest tests/benchmarks`` prints the table of the small problems, and
with ``--benchmark-enable --benchmark-group-by=group`` times ours and scikit-learn by its own means;
``python -m tests.benchmarks`` measures everything.
"""

from __future__ import annotations

import os

import numpy as np
import pytest
from sklearn.mixture import GaussianMixture

from gmmstudio.mixture import Fit, Parameters, fit
from tests.benchmarks import bench_em
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


@pytest.fixture(scope="module")
def table() -> list[bench_em.Row]:
    """The smallest cells; the peers outside Python take no part in the checks of a build."""
    alone = bool(os.environ.get("CI"))
    return [
        row
        for cell in ((300, 2, 3), (300, 8, 3), (2000, 1, 3))
        for row in bench_em.measure(*cell, other_processes=not alone, most_rounds=2)
    ]


def test_the_quick_table_is_printed(table: list[bench_em.Row], capsys) -> None:
    with capsys.disabled():
        print("", bench_em.who_takes_part(), bench_em.HEAD, *map(bench_em.line, table), sep="\n")


def test_peers_are_where_we_are_after_as_many_iterations(table: list[bench_em.Row]) -> None:
    for row in table:
        for name, peer in row.peers.items():
            assert peer.log_likelihood == pytest.approx(row.ours.log_likelihood, rel=1e-9), name


def test_ours_stops_by_itself_at_the_solution(table: list[bench_em.Row]) -> None:
    for row in table:
        short = (row.best - row.ours.solution_log_likelihood) / abs(row.best)
        assert short <= 2e-8, (row.structure, short)  # its default tolerance is an estimate
