"""Accelerated EM ends where EM does, in fewer passes, and never falls on the way."""

import numpy as np
import pytest

from gmmstudio.mixture import STRUCTURES, Spec
from gmmstudio.mixture.accelerated import Steps, Summit, ascend, gain_left
from gmmstudio.mixture.em import iterate
from gmmstudio.mixture.kernel import Statistics
from gmmstudio.mixture.prepared import Prepared
from gmmstudio.mixture.problem import Problem
from tests.mixture.mixture_cases import clusters


def problem_of(structure: str, k: int = 3, spread: float = 1.2) -> tuple[Problem, np.ndarray]:
    x = clusters(600, 1 if len(structure) == 1 else 3, 3, seed=5, spread=spread)
    labels = np.argsort(np.argsort(x[:, 0])) * k // len(x)
    return Problem(Prepared.of(x), Spec(k, structure, labels)), labels


def climbed(problem: Problem, g, tol: float = 1e-9, most: int = 5000) -> tuple[list[float], Summit]:
    values = []
    ascent = ascend(problem, g, tol, most)
    while True:
        try:
            values.append(next(ascent).objective)
        except StopIteration as end:
            return values, end.value


@pytest.mark.parametrize(
    ("structure", "prior"),
    [(name, False) for name in STRUCTURES]
    + [(s.name, True) for s in STRUCTURES.values() if s.has_prior],
)
def test_it_rises_to_a_fixed_point_of_em(structure, prior):
    problem, labels = problem_of(structure)
    problem = Problem(problem.prepared, problem.spec.replace(prior=prior))
    values, summit = climbed(problem, problem.beginnings(labels)[0].g)
    assert summit.converged
    assert np.diff(values).min() >= -1e-9 * abs(values[-1])
    point = summit.point
    stepped = problem.m_step(point.statistics, point.g.inner)
    gain = problem.e_step(stepped).log_likelihood + stepped.log_prior - point.objective
    assert abs(gain) < 1e-6 * abs(point.objective)


@pytest.mark.parametrize("structure", ["VVV", "EEE", "VVI"])
def test_it_needs_fewer_passes_than_em(structure):
    problem, labels = problem_of(structure, spread=0.7)
    [beginning] = problem.beginnings(labels)
    plain = len(list(iterate(problem, beginning, "labels", 1)))
    values, _ = climbed(problem, beginning.g, tol=problem.spec.tol)
    assert plain > 25, "EM is quick here: this tests nothing"
    assert len(values) <= 0.8 * plain


def test_a_geometric_approach_is_seen_through_at_once():
    rng = np.random.default_rng(2)
    scatters = np.tile(9 * np.eye(2), (2, 1, 1))
    limit = Statistics(np.array([70.0, 30.0]), rng.normal(size=(2, 2)), scatters, 0.0, 0.0, 0.0)
    centres = limit.means

    def at(t: int) -> Statistics:
        """N, S and Q all close the same share of their distance to the limit."""
        share = 0.9**t
        sizes = limit.sizes + share * np.array([5.0, -5.0])
        offsets = share * np.array([[1.0, 2.0], [-2.0, 1.0]]) / sizes[:, None]
        squares = limit.scatters + share * np.eye(2)
        scatters = squares - sizes[:, None, None] * offsets[:, :, None] * offsets[:, None, :]
        return Statistics(sizes, centres + offsets, scatters, 0.0, 0.0, 0.0)

    steps = Steps.of(at(0), at(1), at(2))
    assert steps.rate == pytest.approx(0.9)
    assert steps.length == pytest.approx(10.0)
    reached = steps.reach(steps.length)
    np.testing.assert_allclose(reached.sizes, limit.sizes)
    np.testing.assert_allclose(reached.means, limit.means, atol=1e-12)
    np.testing.assert_allclose(reached.scatters, limit.scatters, atol=1e-12)


def test_what_is_left_is_the_rest_of_the_series():
    gains = 3.0 * 0.8 ** (2.0 * np.arange(1, 200))
    assert gain_left(3.0, 0.8) == pytest.approx(gains.sum())
    assert gain_left(0.0, 0.9) == 0.0
    assert gain_left(1.0, 1.0) == np.inf


def test_a_collapse_ends_it():
    x = np.concatenate([clusters(60, 2, 1), np.full((8, 2), 50.0)])
    labels = (x[:, 0] > 40).astype(int)
    x[-1] += 1e-9
    problem = Problem(Prepared.of(x), Spec(2, "VVV", labels))
    [beginning] = problem.beginnings(labels)
    assert beginning.collapsed is not None
    half = (x[:, 0] > 0).astype(int)
    values, summit = climbed(problem, problem.beginnings(half)[0].g)
    assert np.isfinite(values).all()
    assert summit.collapsed is not None or summit.converged
