"""The kernel against extended precision: wherever the clusters lie, the digits stay."""

import threading

import numpy as np
import pytest
from mixture_cases import clusters

from gmmstudio.mixture.errors import Cancelled
from gmmstudio.mixture.forms import DirectForm, MonomialForm, choose_form
from gmmstudio.mixture.gaussians import Gaussians
from gmmstudio.mixture.kernel import Kernel, hard_statistics, largest
from gmmstudio.mixture.prepared import Prepared
from gmmstudio.mixture.problem import Problem
from gmmstudio.mixture.rows import Rows, single_blas_thread
from gmmstudio.mixture.spec import Spec

EPSILON = np.finfo(float).eps


def exact_e_step(zt, g):
    """N, means, scatters and log-likelihood in extended precision, by the textbook."""
    z = zt.T.astype(np.longdouble)
    d = g.n_columns
    joint = []
    for weight, mean, covariance in zip(g.weights, g.means, g.covariances, strict=True):
        lower = np.zeros((d, d), np.longdouble)
        white = np.zeros(z.shape, np.longdouble)
        for i in range(d):
            for j in range(i + 1):
                rest = covariance[i, j] - lower[i, :j] @ lower[j, :j]
                lower[i, j] = np.sqrt(rest) if i == j else rest / lower[j, j]
            white[:, i] = (z[:, i] - mean[i] - white[:, :i] @ lower[i, :i]) / lower[i, i]
        log_volume = np.log(np.diag(lower)).sum() + 0.5 * d * np.log(2.0 * np.pi)
        joint.append(np.log(weight) - 0.5 * (white**2).sum(axis=1) - log_volume)
    joint = np.stack(joint)
    top = joint.max(axis=0)
    r = np.exp(joint - top)
    total = r.sum(axis=0)
    r /= total
    sizes = r.sum(axis=1)
    means = r @ z / sizes[:, None]
    scatters = np.stack(
        [((z - m) * r_k[:, None]).T @ (z - m) for m, r_k in zip(means, r, strict=True)]
    )
    return sizes, means, scatters, float((top + np.log(total)).sum())


def two_clusters(d, deviation, seed=0):
    """Rows (d, n) at distance one from the origin, and Gaussians near their truth."""
    rng = np.random.default_rng(seed)
    centres = np.array([np.full(d, 1.0), np.full(d, -1.0)])
    which = rng.integers(2, size=600)
    zt = np.ascontiguousarray((centres[which] + deviation * rng.normal(size=(600, d))).T)
    roots = rng.normal(size=(2, d, d)) / d + np.eye(d)
    covariances = deviation**2 * roots @ roots.transpose(0, 2, 1)
    weights = np.array([0.4, 0.6])
    return zt, Gaussians.of(weights, centres + 0.3 * deviation, covariances, diagonal=False)


@pytest.mark.parametrize("deviation", [1.0, 1e-2, 1e-4, 1e-7])
@pytest.mark.parametrize("d", [1, 5, 25])
def test_tight_clusters_far_from_the_origin_keep_their_digits(d, deviation):
    zt, g = two_clusters(d, deviation)
    found = Kernel(zt, Rows(zt.shape[1])).e_step(g)
    sizes, means, scatters, log_likelihood = exact_e_step(zt, g)
    assert found.log_likelihood == pytest.approx(log_likelihood, rel=1e-9)
    assert abs(found.log_likelihood - log_likelihood) <= found.rounding
    np.testing.assert_allclose(found.sizes, sizes.astype(float), rtol=1e-8)
    np.testing.assert_allclose((found.means - means) / deviation, 0.0, atol=1e-8)
    np.testing.assert_allclose((found.scatters - scatters) / deviation**2 / 600, 0.0, atol=1e-9)


@pytest.mark.parametrize("deviation", [1.0, 0.1, 1e-3])
def test_both_forms_agree_within_their_rounding(deviation):
    zt, g = two_clusters(4, deviation)
    kernel = Kernel(zt, Rows(zt.shape[1]))
    results = []
    for form in (MonomialForm(g), DirectForm(g)):
        total, log_likelihood, log_max = kernel._pass(form)
        results.append((*form.collect(total), log_likelihood, log_max, form.rounding))
    (n1, m1, w1, l1, _, chi), (n2, m2, w2, l2, _, chi_direct) = results
    assert chi_direct < chi
    assert abs(l1 - l2) < 2.0 * zt.shape[1] * EPSILON * chi + 1e-9
    np.testing.assert_allclose(n1, n2, rtol=100 * EPSILON * chi)
    np.testing.assert_allclose(m1, m2, atol=100 * EPSILON * chi * deviation)
    np.testing.assert_allclose(w1, w2, rtol=0, atol=100 * EPSILON * chi * np.abs(w2).max())


def test_the_form_follows_from_columns_and_precision():
    assert isinstance(choose_form(two_clusters(3, 1.0)[1]), MonomialForm)
    assert isinstance(choose_form(two_clusters(3, 1e-4)[1]), DirectForm)
    assert isinstance(choose_form(two_clusters(24, 1.0)[1]), DirectForm)


def test_collinear_columns_are_seen_by_the_condition():
    covariance = np.array([[[1.0, 1.0 - 1e-9], [1.0 - 1e-9, 1.0]]])
    g = Gaussians.of(np.ones(1), np.array([[0.7, -0.7]]), covariance, diagonal=False)
    assert g.condition(centred=False) > 1e8
    assert isinstance(choose_form(g), DirectForm)


def test_a_mean_that_jumps_far_is_summed_again():
    zt, _ = two_clusters(2, 1e-5)
    g = Gaussians.of(np.ones(1), np.array([[50.0, 50.0]]), 1e-4 * np.eye(2)[None], diagonal=False)
    zt = np.ascontiguousarray(zt[:, zt[0] > 0.0])  # one tight cluster, 5 000 deviations away
    found = Kernel(zt, Rows(zt.shape[1])).e_step(g)
    _, means, scatters, _ = exact_e_step(zt, g)
    np.testing.assert_allclose(found.means, means.astype(float), rtol=1e-12)
    np.testing.assert_allclose(found.scatters, scatters.astype(float), rtol=1e-9)


def test_diagonal_moments_are_the_diagonal_of_all_moments():
    zt = np.ascontiguousarray(clusters(500, 4, 2).T)
    variances = np.array([[1.0, 2.0, 3.0, 4.0], [2.0, 1.0, 1.0, 2.0]])
    covariances = variances[:, :, None] * np.eye(4)
    weights, means = np.array([0.5, 0.5]), np.array([[0.0] * 4, [1.0] * 4])
    kernel = Kernel(zt, Rows(500))
    full, short = (
        kernel.e_step(Gaussians.of(weights, means, covariances, diagonal=flag))
        for flag in (False, True)
    )
    assert short.log_likelihood == pytest.approx(full.log_likelihood, rel=1e-13)
    np.testing.assert_allclose(short.means, full.means, atol=1e-12)
    diagonal = full.scatters * np.eye(4)
    np.testing.assert_allclose(short.scatters, diagonal, rtol=1e-10)


def test_hard_statistics_are_those_of_each_cluster():
    x = clusters(200, 3, 2)
    labels = np.random.default_rng(0).integers(3, size=200)
    s = hard_statistics(np.ascontiguousarray(x.T), labels, 4, Rows(200))
    for k in range(3):
        mine = x[labels == k]
        assert s.sizes[k] == len(mine)
        np.testing.assert_allclose(s.means[k], mine.mean(axis=0), rtol=1e-12)
        np.testing.assert_allclose(
            s.scatters[k], np.cov(mine.T, bias=True) * len(mine), rtol=1e-10, atol=1e-10
        )
    assert (s.sizes[3], s.means[3].any(), s.scatters[3].any()) == (0.0, False, False)


@pytest.mark.parametrize("threads", [1, 2, 5])
@pytest.mark.parametrize("n", [1, 1023, 2049, 40_001])
def test_every_row_is_visited_once(n, threads):
    seen = np.zeros(n, dtype=int)

    def work(block, _):
        seen[block] += 1
        return block.start

    with Rows(n, threads) as rows:
        starts = rows.each_block(work, lambda: None, rows.block_rows(5000))
    assert (seen == 1).all()
    assert starts == sorted(starts)


def test_a_stop_or_an_error_in_a_thread_arrives_and_no_thread_stays():
    before = threading.active_count()

    def broken(block, _):
        raise ZeroDivisionError

    with Rows(50_000, 3) as rows, pytest.raises(ZeroDivisionError):
        rows.each_block(broken, lambda: None, 1024)
    with Rows(50_000, 3, lambda: True) as rows, pytest.raises(Cancelled):
        rows.each_block(lambda block, _: block, lambda: None, 1024)
    assert threading.active_count() == before


def test_blas_gets_its_threads_back():
    from threadpoolctl import threadpool_info

    def limits():
        return [pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"]

    before = limits()
    with single_blas_thread():
        with single_blas_thread():
            pass
        # the inner one must not give them back while the outer one counts on it
        inside = limits()
    assert 1 in inside
    assert limits() == before


@pytest.mark.parametrize(("n", "d", "k"), [(9_999, 8, 9), (40_001, 2, 12)])
def test_labels_in_between_change_no_pass(n, d, k):
    """Blocks of unequal size share arrays; the monomials that are kept are nobody's to write to."""
    x = clusters(n, d, 3)
    prepared = Prepared.of(x, threads=1)
    rng = np.random.default_rng(0)
    problem = Problem(prepared, Spec(k, "VVV", rng.integers(0, k, n)))
    g = problem.beginnings(problem.spec.start)[0].g
    before = prepared.kernel.e_step(g)
    prepared.kernel.labels(g)
    after = prepared.kernel.e_step(g)
    assert after.log_likelihood == before.log_likelihood
    assert np.array_equal(after.scatters, before.scatters)


@pytest.mark.parametrize("k", [1, 2, 5, 255, 256, 300])
def test_the_largest_is_the_first_of_equals(k):
    joint = np.random.default_rng(k).integers(0, 4, size=(k, 1000)).astype(float)
    top, labels = np.empty(1000), np.empty(1000, dtype=np.int32)
    largest(joint, top, labels)
    assert np.array_equal(top, joint.max(axis=0))
    assert np.array_equal(labels, joint.argmax(axis=0))
