"""Principal and separating planes, against scikit-learn and SciPy."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.linalg import eigh
from sklearn.decomposition import PCA
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

from gmmstudio.mixture import projection
from gmmstudio.mixture.errors import MixtureError
from gmmstudio.mixture.parameters import Parameters
from gmmstudio.mixture.projection import (
    leading_signs,
    moments,
    principal_directions,
    project,
    separating_directions,
)


def rows(seed: int, n: int = 400, d: int = 5) -> np.ndarray:
    random = np.random.default_rng(seed)
    scale = 10.0 ** random.uniform(-3, 3, d)
    return random.normal(size=(n, d)) @ random.normal(size=(d, d)) * scale + 100 * scale


def mixture(seed: int, k: int, d: int) -> Parameters:
    random = np.random.default_rng(seed)
    roots = random.normal(size=(k, d, d)) + 2 * np.eye(d)
    scale = 10.0 ** random.uniform(-3, 3, d)
    covariances = roots @ roots.transpose(0, 2, 1) * np.outer(scale, scale)
    means = random.normal(scale=4, size=(k, d)) * scale + 50 * scale
    return Parameters(random.dirichlet(np.full(k, 5.0)), means, covariances)


def same_up_to_sign(a: np.ndarray, b: np.ndarray, rtol: float = 1e-6) -> None:
    for one, other in zip(a.T, b.T, strict=True):
        np.testing.assert_allclose(one, other * np.sign(one @ other), rtol=rtol, atol=1e-9)


@pytest.mark.parametrize("seed", range(5))
def test_the_principal_plane_is_scikit_learns(seed, monkeypatch):
    monkeypatch.setattr(projection, "BLOCK_ROWS", 64)
    x = rows(seed)
    found = principal_directions(moments(list(x.T)))
    z = (x - x.mean(axis=0)) / x.std(axis=0)
    judge = PCA(2, svd_solver="full").fit(z)
    same_up_to_sign((x - found.centre) @ found.axes, judge.transform(z))
    np.testing.assert_allclose(found.shares, judge.explained_variance_ratio_)
    seen = (x - found.centre) @ found.axes
    for j in range(x.shape[1]):
        for side in range(2):
            expected = np.corrcoef(x[:, j], seen[:, side])[0, 1]
            assert found.loadings[j, side] == pytest.approx(expected, abs=1e-9)


def test_rows_left_out_and_weights_count_as_they_should():
    x = rows(3)
    used = np.arange(len(x)) % 3 > 0
    weights = np.where(np.arange(len(x)) % 2, 2.0, 1.0)
    twice = np.repeat(x[used], weights[used].astype(int), axis=0)
    x[~used] = np.nan
    one = moments(list(x.T), used, weights)
    other = moments(list(twice.T))
    for name in ("centre", "scale", "correlation"):
        np.testing.assert_allclose(getattr(one, name), getattr(other, name), rtol=1e-9, atol=1e-12)


def test_huge_ranges_offsets_and_columns_of_one_value():
    random = np.random.default_rng(0)
    x = random.normal(size=(300, 2))
    columns = [x[:, 0] * 1e300 / 6, 1e9 + x[:, 1], np.full(300, 7.0), x[:, 0] + 0.1 * x[:, 1]]
    found = principal_directions(moments(columns))
    seen = sum(
        np.outer(column - centre, axes)
        for column, centre, axes in zip(columns, found.centre, found.axes, strict=True)
    )
    assert np.isfinite(seen).all()
    np.testing.assert_allclose(found.axes[2], 0, atol=1e-12)
    np.testing.assert_allclose(seen.var(axis=0) / 3, found.shares, rtol=1e-6)


def test_nothing_but_constant_columns_is_no_fault():
    found = principal_directions(moments([np.full(9, 3.0), np.full(9, -1e300)]))
    np.testing.assert_array_equal(found.shares, 0)
    assert np.isfinite(found.axes).all()


def test_too_little_is_refused_in_words():
    with pytest.raises(MixtureError, match="at least two rows"):
        moments([np.ones(1), np.ones(1)])
    with pytest.raises(MixtureError, match="at least two columns"):
        principal_directions(moments([np.arange(4.0)]))


@pytest.mark.parametrize(
    ("seed", "k", "d"), [(0, 3, 2), (1, 3, 4), (2, 5, 6), (3, 50, 8), (4, 9, 60)]
)
def test_the_separating_plane_solves_its_definition(seed, k, d):
    p = mixture(seed, k, d)
    found = separating_directions(p)
    mean = p.weights @ p.means
    off = p.means - mean
    scale = np.sqrt(np.einsum("k,kii->i", p.weights, p.covariances))  # else eigh loses digits
    between = np.einsum("k,ki,kj->ij", p.weights, off / scale, off / scale)
    within = np.einsum("k,kij->ij", p.weights, p.covariances) / np.outer(scale, scale)
    values, vectors = eigh(between, within)
    same_up_to_sign(found.axes * scale[:, None], vectors[:, ::-1][:, :2])
    np.testing.assert_allclose(found.shares, values[::-1][:2] / values.sum())
    np.testing.assert_allclose(found.centre, mean)
    flat = project(p, found.axes)
    np.testing.assert_allclose(
        np.einsum("k,kij->ij", p.weights, flat.covariances), np.eye(2), atol=1e-9
    )


@pytest.mark.parametrize("seed", range(4))
def test_on_labelled_rows_it_is_scikit_learns_discriminant(seed):
    random = np.random.default_rng(seed)
    d, k = 4, 4
    labels = random.integers(k, size=600)
    x = random.normal(size=(600, d)) @ random.normal(size=(d, d))
    x += random.normal(scale=3, size=(k, d))[labels]
    groups = [x[labels == g] for g in range(k)]
    p = Parameters(
        np.array([len(g) / len(x) for g in groups]),
        np.stack([g.mean(axis=0) for g in groups]),
        np.stack([np.cov(g.T, ddof=0) for g in groups]),
    )
    judge = LinearDiscriminantAnalysis(solver="eigen", n_components=2).fit(x, labels)
    found = separating_directions(p)
    np.testing.assert_allclose(found.shares, judge.explained_variance_ratio_[:2], rtol=1e-6)
    for ours, theirs in zip(found.axes.T, judge.scalings_.T, strict=False):
        cosine = ours @ theirs / np.linalg.norm(ours) / np.linalg.norm(theirs)
        assert abs(cosine) == pytest.approx(1, abs=1e-9)


@pytest.mark.parametrize("d", [2, 3, 7])
def test_two_components_separate_along_one_direction_only(d):
    p = mixture(d, 2, d)
    found = separating_directions(p)
    np.testing.assert_allclose(found.shares, (1, 0))
    within = np.einsum("k,kij->ij", p.weights, p.covariances)
    np.testing.assert_allclose(found.axes.T @ within @ found.axes, np.eye(2), atol=1e-9)
    flat = project(p, found.axes)
    assert flat.means[0, 1] == pytest.approx(flat.means[1, 1])
    # No other direction uncorrelated with the first is wider, per unit of standardised columns.
    standard = within / np.outer(found.scale, found.scale)
    first, second = (found.axes * found.scale[:, None]).T
    widest = second @ standard @ second / (second @ second)
    random = np.random.default_rng(0)
    for u in random.normal(size=(200, d)):
        u -= first * (u @ standard @ first)
        assert u @ standard @ u / (u @ u) <= widest * (1 + 1e-9)


def test_nothing_separates_one_component_or_equal_means():
    p = mixture(0, 3, 3)
    assert separating_directions(mixture(0, 1, 3)) is None
    assert separating_directions(mixture(0, 3, 1)) is None
    same = Parameters(p.weights, np.repeat(p.means[:1], 3, axis=0), p.covariances)
    assert separating_directions(same) is None
    flat = p.covariances.copy()
    flat[:, 2] = flat[:, :, 2] = 0.0  # no spread at all within the components
    singular = Parameters.trusted(p.weights.copy(), p.means.copy(), flat)
    assert separating_directions(singular) is None


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10**6), exponent=st.sampled_from((-140, -20, 0, 20, 140)))
def test_units_change_nothing_that_is_seen(seed, exponent):
    p = mixture(seed, 3, 3)
    units = 10.0 ** np.array([exponent, 0.0, -exponent / 2])
    other = Parameters(p.weights, p.means * units, p.covariances * np.outer(units, units))
    one, two = separating_directions(p), separating_directions(other)
    seen = (p.means - one.centre) @ one.axes
    same_up_to_sign((other.means - two.centre) @ two.axes, seen)
    np.testing.assert_allclose(np.abs(two.loadings), np.abs(one.loadings), rtol=1e-6, atol=1e-8)


def test_signs_are_the_same_every_time():
    vectors = np.array([[-3.0, 0.5], [1.0, -0.5]])
    np.testing.assert_array_equal(leading_signs(vectors), [-1, 1])
    np.testing.assert_array_equal(leading_signs(-vectors), [1, -1])
    for found in (
        separating_directions(mixture(1, 4, 5)),
        principal_directions(moments(rows(1).T)),
    ):
        np.testing.assert_array_equal(leading_signs(found.loadings), 1)
