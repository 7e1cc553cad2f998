"""EM against other people's programs: SciPy's densities, scikit-learn, R's mclust."""

import warnings

import numpy as np
import pytest
from mixture_cases import SHAPES, clusters, mclust, mixture, references, table
from scipy.special import logsumexp
from scipy.stats import multivariate_normal
from sklearn.exceptions import ConvergenceWarning
from sklearn.mixture import GaussianMixture

from gmmstudio.mixture import Parameters, fit, responsibilities, score

SKLEARN = {"VII": "spherical", "VVI": "diag", "EEE": "tied", "VVV": "full"}


def log_joint(x, p):
    return np.stack(
        [
            np.log(w) + multivariate_normal(m, c).logpdf(x).reshape(len(x))
            for w, m, c in zip(p.weights, p.means, p.covariances, strict=True)
        ],
        axis=1,
    )


# 24 columns and more take the direct form of the kernel
@pytest.mark.parametrize(("d", "k"), [(1, 2), (2, 3), (7, 4), (23, 3), (24, 3), (30, 2)])
def test_scores_are_scipys(d, k):
    p = mixture(d, k)
    x = clusters(3000, d, k)
    joint = log_joint(x, p)
    density = logsumexp(joint, axis=1)
    labels = joint.argmax(axis=1)
    s = score(x, p)
    np.testing.assert_allclose(s.log_density, density, rtol=1e-9, atol=1e-9)
    np.testing.assert_array_equal(s.labels, labels)
    np.testing.assert_allclose(s.max_probability, np.exp(joint.max(axis=1) - density), rtol=1e-8)
    deviations = x - p.means[labels]
    distance = np.einsum(
        "na,nab,nb->n", deviations, np.linalg.inv(p.covariances)[labels], deviations
    )
    np.testing.assert_allclose(s.squared_mahalanobis, distance, rtol=1e-7, atol=1e-7)
    r = responsibilities(x, p)
    np.testing.assert_allclose(r, np.exp(joint - density[:, None]), rtol=1e-7, atol=1e-12)
    np.testing.assert_allclose(r.sum(axis=1), 1.0, rtol=1e-13)


@pytest.mark.parametrize("d", [1, 3, 26])
def test_log_likelihood_is_that_of_its_own_parameters(d):
    x = clusters(400, d, 2) * 10.0 + 1000.0
    f = fit(x, 2, "VVI", tries=1, max_iter=7, tol=0.0)
    p = f.parameters
    joint = log_joint(x, p)
    density = logsumexp(joint, axis=1)
    assert f.log_likelihood == pytest.approx(density.sum(), rel=1e-11)
    assert f.log_density(x).sum() == pytest.approx(f.log_likelihood, rel=1e-11)
    assert f.log_max_responsibility == pytest.approx(
        np.sum(joint.max(axis=1) - density), rel=1e-8, abs=1e-8
    )


@pytest.mark.parametrize("structure", SHAPES)
@pytest.mark.parametrize(("d", "iterations"), [(3, 1), (3, 12), (25, 5)])
def test_same_start_same_path_as_scikit_learn(structure, d, iterations):
    k = 3
    x = clusters(900, d, k, seed=4)
    shared = np.cov(x.T)
    full = np.tile(
        {"VII": np.eye(d), "VVI": np.diag(np.diag(shared))}.get(structure, shared), (k, 1, 1)
    )
    start = Parameters(np.array([0.5, 0.3, 0.2]), x[:k], full)
    precisions = {
        "VII": np.ones(k),
        "VVI": 1.0 / np.tile(np.diag(shared), (k, 1)),
        "EEE": np.linalg.inv(shared),
        "VVV": np.linalg.inv(full),
    }[structure]
    theirs = GaussianMixture(
        k, covariance_type=SKLEARN[structure], tol=0.0, reg_covar=0.0, max_iter=iterations,
        weights_init=start.weights, means_init=start.means, precisions_init=precisions,
        init_params="random",
    )  # fmt: skip
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        theirs.fit(x)
    ours = fit(x, k, structure, start=start, tol=0.0, max_iter=iterations)
    assert ours.n_iterations == iterations
    np.testing.assert_allclose(ours.parameters.weights, theirs.weights_, rtol=1e-8)
    np.testing.assert_allclose(ours.parameters.means, theirs.means_, rtol=1e-7, atol=1e-9)
    assert ours.log_likelihood == pytest.approx(theirs.score(x) * len(x), rel=1e-10)


@pytest.mark.parametrize("r", [pytest.param(r, id=i) for i, r in references()])
def test_mclust(r):
    f = fit(r.x, r.n_components, r.model, start=r.labels, tol=1e-12, max_iter=20_000)
    assert f.converged
    assert f.monotone
    assert f.n_parameters == r.n_parameters
    assert len(f.attempts) == (r.n_components + 2 if r.model in ("EVE", "VVE") else 1)
    # mclust stops at a relative tolerance of 1e-10, so a little above it is right, below is not
    assert f.log_likelihood >= r.log_likelihood - 1e-6 * abs(r.log_likelihood)
    if r.model == "VVE":
        # what mclust does to the orientation is not the maximum, and the maximum is nowhere near
        assert f.log_likelihood > r.log_likelihood + 0.05
        return
    assert f.log_likelihood == pytest.approx(r.log_likelihood, abs=1e-4)
    assert f.bic == pytest.approx(-r.bic, abs=2e-4)
    assert f.icl == pytest.approx(-r.icl, abs=0.1)
    np.testing.assert_allclose(f.parameters.means, r.means, rtol=1e-3, atol=1e-2)


def test_published_figures_of_iris_and_old_faithful():
    """The BIC that R's mclust prints for models it picks itself, run out, in its own sign."""
    iris, faithful = table("iris"), table("faithful")
    labels = {r: np.array(mclust(r)["starts"]["3"]) - 1 for r in ("iris", "faithful")}
    two = np.array(mclust("iris")["starts"]["2"]) - 1
    assert -fit(iris, 2, "VEV", start=two).bic == pytest.approx(-561.7285, abs=1e-3)
    assert -fit(iris, 3, "VVV", start=labels["iris"]).bic == pytest.approx(-580.8389, abs=1e-3)
    best = fit(faithful, 3, "EEE", start=labels["faithful"])
    assert -best.bic == pytest.approx(-2314.2957, abs=1e-3)


@pytest.mark.parametrize("seed", [0, 1])
def test_old_faithful_has_three_tied_clusters(seed):
    x = table("faithful")
    cells = [fit(x, k, s, tries=5, seed=seed) for k in range(1, 7) for s in SHAPES]
    best = min((f for f in cells if not f.collapsed), key=lambda f: f.bic)
    assert (best.structure, best.n_components) == ("EEE", 3)
    assert best.log_likelihood == pytest.approx(-1126.316, abs=0.005)
    assert best.bic == pytest.approx(2314.30, abs=0.01)


def test_old_faithful_ties_are_recognised_and_do_not_win():
    x = table("faithful")
    tries = [fit(x, 5, "VVI", tries=10, seed=seed) for seed in range(4)]
    collapsed = [a for f in tries for a in f.attempts if a.collapsed]
    assert collapsed, "no start ran into the tied values"
    assert all(not f.collapsed for f in tries)
    assert all(f.log_likelihood < -1090.0 for f in tries)
    for attempt in collapsed:
        assert attempt.collapsed.cause in ("ties", "few-rows")
        values = x[attempt.collapsed.rows][:, list(attempt.collapsed.columns)]
        if attempt.collapsed.cause == "ties":
            assert np.ptp(values, axis=0).min() == 0.0
