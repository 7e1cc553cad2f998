"""Row weights: a row of weight w is w rows."""

import numpy as np
import pytest

from gmmstudio.mixture import STRUCTURES, MixtureError, OutlierRule, fit
from gmmstudio.mixture.outliers import threshold
from tests.mixture.mixture_cases import clusters


def counted(n: int = 150, d: int = 3, seed: int = 3) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Rows, how often each counts, and labels to start from."""
    x = clusters(n, d, 3, seed)
    weights = np.random.default_rng(seed).integers(1, 5, n)
    return x, weights, np.arange(n) % 3 if d == 1 else (x[:, 0] > 0).astype(int) + (x[:, 1] > 0)


@pytest.mark.parametrize(
    ("structure", "prior"),
    [(name, False) for name in STRUCTURES]
    + [(s.name, True) for s in STRUCTURES.values() if s.has_prior],
)
def test_counts_are_repeated_rows(structure, prior):
    d = 1 if len(structure) == 1 else 3
    x, weights, labels = counted(d=d)
    weighted = fit(x, 3, structure, start=labels, weights=weights, prior=prior)
    repeated = fit(
        np.repeat(x, weights, axis=0), 3, structure, start=np.repeat(labels, weights), prior=prior
    )
    assert weighted.log_likelihood == pytest.approx(repeated.log_likelihood, rel=1e-9)
    assert weighted.n_observations == repeated.n_rows == weights.sum()
    assert weighted.n_rows == len(x)
    for criterion in ("bic", "aic", "icl"):
        ours, theirs = getattr(weighted, criterion), getattr(repeated, criterion)
        assert ours == pytest.approx(theirs, rel=1e-6)
    np.testing.assert_allclose(
        weighted.parameters.means, repeated.parameters.means, rtol=1e-5, atol=1e-6
    )


def test_weights_of_one_are_none():
    x, _, labels = counted()
    plain = fit(x, 3, start=labels)
    weighted = fit(x, 3, start=labels, weights=np.ones(len(x)))
    assert weighted.log_likelihood == plain.log_likelihood


@pytest.mark.parametrize("factor", [3.0, 1e-3, 1e-12])
def test_a_common_factor_only_scales_the_log_likelihood(factor):
    """And what adds to less than the rows is scaled to add to as many."""
    x, weights, labels = counted()
    one = fit(x, 3, start=labels, weights=weights, tol=1e-12)
    other = fit(x, 3, start=labels, weights=weights * factor, tol=1e-12)
    scale = max(factor, len(x) / weights.sum())
    assert other.log_likelihood == pytest.approx(one.log_likelihood * scale, rel=1e-8)
    assert other.n_observations == pytest.approx(weights.sum() * scale)
    np.testing.assert_allclose(
        one.parameters.covariances, other.parameters.covariances, rtol=1e-4, atol=1e-6
    )


@pytest.mark.parametrize("start", ["k-means++", "random", "hierarchical"])
def test_rows_of_weight_zero_do_not_count(start):
    x, weights, _ = counted()
    strangers = np.full((7, 3), 1e6) + np.arange(21.0).reshape(7, 3)
    everything = np.concatenate([strangers, x])
    with_zeros = np.concatenate([np.zeros(7), weights])
    a = fit(x, 3, start=start, tries=3, weights=weights)
    b = fit(everything, 3, start=start, tries=3, weights=with_zeros)
    assert b.log_likelihood == pytest.approx(a.log_likelihood, rel=1e-9)
    assert b.n_rows == len(x)
    assert len(b.labels(everything)) == len(everything)


def test_labels_may_come_for_rows_of_weight_zero_too():
    x, weights, labels = counted()
    weights = weights * (np.arange(len(x)) % 4 > 0)
    counts = weights > 0
    a = fit(x, 3, start=labels, weights=weights)
    b = fit(x[counts], 3, start=labels[counts], weights=weights[counts])
    assert a.log_likelihood == b.log_likelihood


def test_a_collapse_names_rows_of_the_table():
    rng = np.random.default_rng(0)
    x = np.concatenate([rng.normal(size=(40, 2)), np.full((6, 2), 9.0)])
    weights = np.ones(46)
    weights[::10] = 0.0
    labels = (x[:, 0] > 8).astype(int)
    found = fit(x, 2, start=labels, weights=weights).collapsed
    assert found is not None
    assert set(found.rows) == {41, 42, 43, 44, 45}


@pytest.mark.parametrize(
    ("weights", "word"),
    [
        (np.full(150, -1.0), "row 1 is -1"),
        (np.zeros(150), "zero"),
        (np.array(["a"] * 150), "numbers"),
        (np.ones(3), "3 row weights for 150 rows"),
        (np.full(150, np.nan), "nan"),
        (np.full(150, np.inf), "inf"),
    ],
)
def test_weights_that_are_none_are_refused(weights, word):
    x, _, _ = counted()
    with pytest.raises(MixtureError, match=word):
        fit(x, 2, weights=weights)


@pytest.mark.parametrize("percentage", [0.0, 1.0, 5.0, 37.5, 50.0, 99.0, 100.0])
def test_the_percentile_is_that_of_repeated_values(percentage):
    rng = np.random.default_rng(1)
    values, counts = rng.normal(size=60), rng.integers(0, 6, 60)
    rule = OutlierRule("percentile", percentage)
    line = threshold(rule, values, 2, counts.astype(float))
    assert line == pytest.approx(np.percentile(np.repeat(values, counts), percentage), rel=1e-12)
