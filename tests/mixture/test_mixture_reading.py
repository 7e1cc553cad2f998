"""What is read off a fit: criteria, outliers, projections, matched components."""

import subprocess
import sys
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mixture_cases import clusters, mixture
from scipy.stats import chi2

from gmmstudio.mixture import MixtureError, OutlierRule, Parameters, fit, resolve, score
from gmmstudio.mixture import criteria as c
from gmmstudio.mixture.matching import bhattacharyya, match
from gmmstudio.mixture.outliers import flag, threshold
from gmmstudio.mixture.projection import columns_plane, ellipse, project

seeds = st.integers(0, 10_000)


def test_criteria_by_hand():
    assert c.bic(-100.0, 7, 50) == pytest.approx(200.0 + 7 * np.log(50))
    assert c.aic(-100.0, 7) == 214.0
    assert c.aicc(-100.0, 7, 50) == pytest.approx(214.0 + 2 * 7 * 8 / 42)
    assert c.aicc(-100.0, 7, 8) == np.inf
    assert c.sabic(-100.0, 7, 50) == pytest.approx(200.0 + 7 * np.log(52 / 24))
    assert c.icl(-100.0, 7, 50, -3.0) == pytest.approx(c.bic(-100.0, 7, 50) + 6.0)


def test_icl_is_bic_plus_the_cost_of_overlap():
    x = clusters(300, 2, 3)
    f = fit(x, 3, tries=2)
    r = f.responsibilities(x)
    assert f.icl == pytest.approx(f.bic - 2.0 * np.log(r.max(axis=1)).sum(), rel=1e-10)
    assert f.icl >= f.bic


@pytest.mark.parametrize(("name", "count"), [("VII", 3), ("VVI", 9), ("EEE", 6), ("VVV", 18)])
def test_numbers_of_parameters(name, count):
    structure = resolve(name, 3)
    assert structure.n_covariance_parameters(3, 3) == count
    assert structure.n_parameters(3, 3) == count + 9 + 2


@pytest.mark.parametrize("word", ["VVV", "vvv", "full", "Full", " full "])
def test_shapes_by_letters_and_words(word):
    assert resolve(word, 2).name == "VVV"


@given(seeds, st.floats(0.0, 100.0))
def test_percentile_rule(seed, percent):
    density = np.random.default_rng(seed).normal(size=57)
    rule = OutlierRule("percentile", percent)
    line = np.quantile(density, percent / 100.0)
    assert threshold(rule, density, 2) == pytest.approx(line, abs=1e-12)
    np.testing.assert_array_equal(flag(rule, density, density, 2), density < line)


@pytest.mark.parametrize("probability", [0.5, 0.95, 0.99, 0.9999])
@pytest.mark.parametrize("d", [1, 2, 8, 40])
def test_chi2_rule(d, probability):
    rule = OutlierRule("chi2", probability)
    line = chi2(d).ppf(probability)
    distance = line * np.array([0.0, 0.999999, 1.000001, 5.0, np.nan])
    assert threshold(rule, -distance, d) == pytest.approx(line, rel=1e-10)
    expected = [False, False, True, True, False]
    np.testing.assert_array_equal(flag(rule, -distance, distance, d), expected)


def test_density_rule_is_strict_and_never_flags_nan():
    density = np.array([-3.0, -2.0, np.nan, -1.0])
    rule = OutlierRule("density", -2.0)
    assert flag(rule, density, density, 2).tolist() == [True, False, False, False]
    percentile = flag(OutlierRule("percentile", 60.0), density, density, 2)
    assert percentile.tolist() == [True, True, False, False]
    nothing = np.full(3, np.nan)
    assert not flag(OutlierRule(), nothing, nothing, 2).any()


def test_rules_are_read_and_written():
    assert OutlierRule() == OutlierRule("percentile", 5.0)
    for rule in (OutlierRule("chi2", 0.99), OutlierRule("density", -12.5), OutlierRule()):
        assert OutlierRule.parse(str(rule)) == rule
    for text in ("percentile", "percentile:", "percentile:101", "chi2:1", "chi:0.9", "density:inf"):
        with pytest.raises(MixtureError):
            OutlierRule.parse(text)


@given(seeds, st.integers(2, 6))
def test_projection_is_the_matrix_product(seed, d):
    p = mixture(d, 3, seed)
    plane = np.linalg.qr(np.random.default_rng(seed).normal(size=(d, 2)))[0]
    q = project(p, plane)
    for k in range(3):
        np.testing.assert_allclose(q.covariances[k], plane.T @ p.covariances[k] @ plane, rtol=1e-9)
        np.testing.assert_allclose(q.means[k], plane.T @ p.means[k], rtol=1e-9, atol=1e-12)
    pair = project(p, columns_plane(d, 1, 0))
    np.testing.assert_array_equal(pair.means, p.means[:, [1, 0]])
    np.testing.assert_allclose(pair.covariances, p.covariances[:, [1, 0]][:, :, [1, 0]])


def test_projected_density_is_the_marginal():
    p = mixture(3, 2)
    rng = np.random.default_rng(0)
    which = rng.choice(2, p=p.weights, size=200_000)
    roots = np.linalg.cholesky(p.covariances)
    x = p.means[which] + np.einsum("nab,nb->na", roots[which], rng.normal(size=(200_000, 3)))
    q = project(p, columns_plane(3, 0, 2))
    shown = x[:, [0, 2]]
    distance = score(shown, Parameters([1.0], q.means[:1], q.covariances[:1])).squared_mahalanobis
    share = np.mean(distance[which == 0] < chi2(2).ppf(0.9))
    assert share == pytest.approx(0.9, abs=0.005)


@given(seeds, st.floats(0.5, 4.0))
def test_ellipse_lies_at_its_distance(seed, sigma):
    p = mixture(2, 1, seed)
    points = ellipse(p.means[0], p.covariances[0], sigma, n=50)
    assert points.shape == (50, 2)
    distance = score(points, p).squared_mahalanobis
    np.testing.assert_allclose(distance, sigma**2, rtol=1e-6)
    line = ellipse([0.0, 0.0], [[1.0, 1.0], [1.0, 1.0]])
    np.testing.assert_allclose(line[:, 0], line[:, 1], atol=1e-7)


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_a_permuted_mixture_is_matched_back(order):
    p = mixture(4, 3, seed=2)
    order = list(order)
    shuffled = Parameters(p.weights[order], p.means[order] + 0.01, p.covariances[order])
    assert match(p, shuffled, np.ones(4)) == tuple(order)


def test_matching_more_and_fewer_components():
    p = mixture(2, 4, seed=3)
    first_two = Parameters([0.5, 0.5], p.means[:2], p.covariances[:2])
    assert match(p, first_two) == (0, 1)
    more = match(first_two, p)
    assert more[:2] == (0, 1)
    assert more[2:] == (-1, -1)
    assert match(p, mixture(3, 2)) == (-1, -1)


def test_matching_when_nothing_overlaps_goes_by_distance():
    tight = np.tile(1e-6 * np.eye(2), (2, 1, 1))
    old = Parameters([0.5, 0.5], [[0.0, 0.0], [100.0, 0.0]], tight)
    new = Parameters([0.5, 0.5], [[90.0, 5.0], [10.0, 5.0]], tight)
    assert match(old, new, np.array([1.0, 1.0])) == (1, 0)


def test_overlap_of_a_component_with_itself_is_one():
    p = mixture(3, 4)
    overlap = bhattacharyya(p, p, np.array([1e5, 1.0, 1e-5]))
    np.testing.assert_allclose(np.diag(overlap), 1.0, rtol=1e-9)
    np.testing.assert_allclose(overlap, overlap.T, rtol=1e-9)
    assert (overlap <= 1.0).all()


def test_rows_very_far_away_have_a_finite_score():
    p = mixture(2, 2)
    s = score([[1e200, -1e250], [0.0, 0.0]], p)
    assert np.isfinite(s.log_density).all()
    assert s.max_probability[0] <= 1.0
    assert flag(OutlierRule("chi2", 0.999), s.log_density, s.squared_mahalanobis, 2)[0]


@pytest.mark.parametrize("x", [[[1.0]], [[np.nan, 1.0]], [["a", "b"]]])
def test_scoring_what_does_not_fit_is_a_sentence(x):
    with pytest.raises(MixtureError):
        score(x, mixture(2, 2))


def test_importing_the_mathematics_is_cheap():
    code = (
        "import sys, gmmstudio.mixture\n"
        "heavy = ['scipy.stats', 'scipy.linalg', 'scipy.optimize', 'scipy.special', 'pandas',"
        " 'PySide6', 'sklearn']\n"
        "print([name for name in heavy if name in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
