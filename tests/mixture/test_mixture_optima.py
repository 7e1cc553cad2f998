"""The optima that starts come to, and opening one of them again."""

from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score

from gmmstudio.mixture import Fit, MixtureError, Spec, fit, reopen
from gmmstudio.mixture.optima import adjusted_rand, agreement
from tests.mixture.mixture_cases import clusters, table


def to_end(run) -> Fit:
    while True:
        try:
            next(run)
        except StopIteration as end:
            return end.value


@pytest.fixture(scope="module")
def many() -> Fit:
    return fit(table("iris"), 4, "VVV", tries=12, start="random", seed=3)


def test_agreement_is_the_adjusted_rand_index():
    rng = np.random.default_rng(0)
    a, b = rng.integers(0, 4, 300), rng.integers(0, 3, 300)
    b[:200] = a[:200] % 3
    assert agreement(a, b) == pytest.approx(adjusted_rand_score(a, b), abs=1e-12)
    assert agreement(a, (a + 1) % 4) == 1.0
    weights = rng.integers(0, 4, 300)
    repeated = adjusted_rand_score(np.repeat(a, weights), np.repeat(b, weights))
    assert agreement(a, b, weights.astype(float)) == pytest.approx(repeated, abs=1e-12)
    assert np.isnan(adjusted_rand(np.zeros((2, 2))))


def test_every_sound_start_is_in_one_optimum(many):
    sound = [a for a in many.attempts if a.collapsed is None]
    assert sum(o.n_starts for o in many.optima) == len(sound)
    assert len(many.optima) > 1, "the starts all agree: this tests nothing"


def test_the_best_comes_first_and_agrees_with_itself(many):
    values = [o.log_likelihood for o in many.optima]
    assert values == sorted(values, reverse=True)
    assert values[0] == many.log_likelihood
    assert many.optima[0].agreement == 1.0
    assert many.optima[0].attempt == many.attempt
    assert all(-1.0 <= o.agreement <= 1.0 for o in many.optima)


def test_agreement_with_the_best_is_that_of_the_labels(many):
    x = table("iris")
    best = many.labels(x)
    by_number = {a.number: a for a in many.attempts}
    for optimum in many.optima[1:]:
        from gmmstudio.mixture import score

        labels = score(x, by_number[optimum.attempt].parameters).labels
        assert optimum.agreement == pytest.approx(adjusted_rand_score(best, labels), abs=1e-12)


def test_any_optimum_can_be_opened_again(many):
    x = table("iris")
    other = many.optima[-1]
    opened = to_end(reopen(x, many, other.attempt))
    assert opened.log_likelihood == pytest.approx(other.log_likelihood, rel=1e-6)
    assert opened.log_likelihood >= other.log_likelihood - 1e-9 * abs(other.log_likelihood)
    assert opened.spec is many.spec
    assert opened.optima == many.optima
    assert opened.attempts[:-1] == many.attempts
    assert opened.attempts[-1].start == "optimum"
    assert opened.attempt == opened.attempts[-1].number == len(many.attempts) + 1
    again = to_end(reopen(x, opened, many.attempt))
    assert again.attempt == opened.attempt + 1


def test_an_optimum_of_a_sample_is_opened_on_all_rows():
    x = clusters(25_000, 2, 3)
    sampled = fit(x, 4, "VVI", tries=4)
    assert sampled.optima[0].n_rows < len(x)
    opened = to_end(reopen(x, sampled, sampled.optima[-1].attempt))
    assert opened.n_rows == len(x)


def test_there_is_no_such_start(many):
    with pytest.raises(MixtureError, match="no start number 99"):
        next(reopen(table("iris"), many, 99))


def test_one_start_has_one_optimum():
    one = fit(table("iris"), 2, "VVV", start="hierarchical")
    assert [(o.n_starts, o.agreement) for o in one.optima] == [(1, 1.0)]
    assert fit(table("iris"), 1).optima[0].n_starts == 1


def test_a_common_orientation_is_begun_with_from_several_places():
    x = table("iris")
    labels = (x[:, 2] > 2.5).astype(int) + (x[:, 2] > 4.9)
    found = fit(x, 3, "VVE", start=labels)
    assert [a.orientation for a in found.attempts] == [
        "columns", "all rows", "cluster 1", "cluster 2", "cluster 3",
    ]  # fmt: skip
    assert found.log_likelihood == max(a.log_likelihood for a in found.attempts)
    drawn = fit(x, 3, "EVE", tries=4)
    assert {a.orientation for a in drawn.attempts} == {a.orientation for a in found.attempts}
    assert Spec(3, "EVE", tries=4).n_tries == 4


def test_a_fit_that_stopped_short_goes_on():
    x = table("iris")
    short = fit(x, 3, "VVV", tries=3, max_iter=4)
    assert short.ended == "max_iter"
    spec = short.spec.replace(max_iter=1000)
    on = to_end(reopen(x, replace(short, spec=spec), short.attempt))
    assert on.converged
    assert on.log_likelihood > short.log_likelihood
    assert on.attempt == short.attempt
    assert sorted(a.number for a in on.attempts) == [a.number for a in short.attempts]
