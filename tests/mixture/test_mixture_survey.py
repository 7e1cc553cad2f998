"""A survey finds what a search finds, and its parts do what they say."""

import numpy as np
import pytest
from scipy.stats import norm

from gmmstudio.mixture import STRUCTURES, Spec, fit
from gmmstudio.mixture.coarsening import KINDS, coarsenings, kinds_for
from gmmstudio.mixture.kernel import hard_statistics
from gmmstudio.mixture.optima import agreement
from gmmstudio.mixture.prepared import Prepared
from gmmstudio.mixture.rows import Rows
from gmmstudio.mixture.survey import Survey
from gmmstudio.mixture.survey_starts import halved
from tests.mixture.mixture_cases import clusters

SEVERAL = [name for name in STRUCTURES if len(name) == 3]


def ended(run):
    while True:
        try:
            next(run)
        except StopIteration as end:
            return end.value


def separated(n: int, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    centres = 9.0 * np.array([[0, 0, 0], [1, 0, 1], [0, 1, -1], [1, 1, 0]])
    scale = np.array([[1, 2, 1], [2, 1, 1], [1, 1, 1], [0.5, 1, 2]])
    which = rng.integers(4, size=n)
    return centres[which] + rng.normal(size=(n, 3)) * scale[which]


@pytest.mark.parametrize("n", [600, 8_000])
@pytest.mark.parametrize("structure", SEVERAL)
def test_a_quick_look_sees_clear_clusters(structure, n):
    x = separated(n)
    specs = [Spec(k, structure, tries=3) for k in (3, 4)]
    survey = Survey(Prepared.of(x), specs)
    quick = [ended(survey.quick(spec)) for spec in specs]
    found = quick[1]
    assert found.bic < quick[0].bic
    exact = fit(x, 4, structure, tries=8)
    assert found.log_likelihood >= exact.log_likelihood - 1e-4 * abs(exact.log_likelihood)
    settled = ended(survey.settle(found.spec, found))
    assert settled.converged
    assert settled.log_likelihood >= found.log_likelihood - 1e-9 * abs(found.log_likelihood)


def test_figures_are_those_of_the_parameters():
    x = separated(8_000)
    spec = Spec(4, "VEV", tries=2)
    found = ended(Survey(Prepared.of(x), [spec]).quick(spec))
    assert found.log_density(x).sum() == pytest.approx(found.log_likelihood, rel=1e-10)
    numbers = [attempt.number for attempt in found.attempts]
    assert len(set(numbers)) == len(numbers)
    assert found.attempt in numbers
    assert {optimum.attempt for optimum in found.optima} <= set(numbers)


def test_an_exchange_never_loses():
    x = clusters(6_000, 3, 5, seed=8, spread=1.5)
    specs = [Spec(5, structure, tries=2) for structure in SEVERAL]
    survey = Survey(Prepared.of(x), specs)
    quick = [ended(survey.quick(spec)) for spec in specs]
    survey.end_of_first_look()
    better = [ended(survey.exchange(f.spec, f)) for f in quick]
    assert all(b.log_likelihood >= a.log_likelihood for a, b in zip(quick, better, strict=True))
    assert any(b is not a for a, b in zip(quick, better, strict=True)), "nothing was exchanged"


@pytest.mark.parametrize("structure", ["VVV", "EEE", "VII"])
def test_one_component_is_its_closed_form(structure):
    x = separated(5_000)
    spec = Spec(1, structure)
    found = ended(Survey(Prepared.of(x), [spec]).quick(spec))
    assert found.converged
    assert found.log_likelihood == pytest.approx(fit(x, 1, structure).log_likelihood, rel=1e-12)


def test_a_prior_and_other_starts_are_heeded():
    x = separated(500)
    for spec in (
        Spec(4, "VVV", prior=True),
        Spec(4, "VVI", "random"),
        Spec(4, start="hierarchical"),
    ):
        survey = Survey(Prepared.of(x), [spec])
        settled = ended(survey.settle(spec, ended(survey.quick(spec))))
        exact = fit(x, 4, spec.structure, start=spec.start, prior=spec.prior)
        assert settled.objective >= exact.objective - 1e-6 * abs(exact.objective)
        assert (settled.log_prior != 0.0) == spec.prior


@pytest.mark.parametrize("kind", KINDS)
def test_clear_clusters_are_joined_whole(kind):
    x = separated(800)
    truth = fit(x, 4, "VVV").labels(x)
    rng = np.random.default_rng(1)
    small = truth * 5 + rng.integers(5, size=len(x))
    sums = hard_statistics(np.ascontiguousarray(x.T), small, 20, Rows(len(x)))
    joined = coarsenings(sums, kind, 20)
    assert sorted(joined) == list(range(1, 21))
    for k, labels in joined.items():
        assert set(labels) == set(range(k))
    assert agreement(truth.astype(np.int64), joined[4][small]) == pytest.approx(1.0)
    for k in range(1, 20):  # each is the one before with two clusters joined
        assert agreement(joined[k], joined[k + 1]) >= 0.0
        pairs = set(zip(joined[k + 1].tolist(), joined[k].tolist(), strict=True))
        assert len(pairs) == k + 1


def test_every_structure_has_kinds_to_begin_with():
    for structure in STRUCTURES.values():
        kinds = kinds_for(structure)
        assert kinds
        assert set(kinds) <= set(KINDS)


def test_a_halved_component_keeps_what_it_sums_up_to():
    x = clusters(400, 3, 2, seed=3)
    sums = hard_statistics(np.ascontiguousarray(x.T), (x[:, 0] > 0).astype(np.int64), 2, Rows(400))
    split = halved(sums, 0)
    assert split.sizes.size == 3
    assert split.sizes.sum() == pytest.approx(400)

    def moments(s, rows):
        n, m, w = s.sizes[rows], s.means[rows], s.scatters[rows]
        second = w + n[:, None, None] * m[:, :, None] * m[:, None, :]
        return n.sum(), (n[:, None] * m).sum(axis=0), second.sum(axis=0)

    for a, b in zip(moments(split, [1, 2]), moments(sums, [0]), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-6)
    axis = split.means[2] - split.means[1]
    share = (
        np.linalg.norm(axis) / 2 / np.sqrt(np.linalg.eigvalsh(sums.scatters[0] / sums.sizes[0])[-1])
    )
    assert share == pytest.approx(norm.expect(abs), rel=1e-6)  # E|z| = √(2/π)
