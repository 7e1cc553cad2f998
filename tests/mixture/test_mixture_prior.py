"""The conjugate prior against SciPy's densities, against a search for the maximum, against R."""

import json
from functools import cache

import numpy as np
import pytest
from mixture_cases import DATA, clusters, is_finite, table
from mixture_cases import mclust as plain_mclust
from scipy.special import logsumexp
from scipy.stats import invgamma, invwishart, multivariate_normal

from gmmstudio.mixture import STRUCTURES, MixtureError, Parameters, Spec, fit, search
from gmmstudio.mixture.prior import Prior, default_prior, log_density, map_update

WITH_PRIOR = ("VVV", "EEE", "VVI", "EEI", "VII", "EII")
CASES = [(s, d) for s in WITH_PRIOR for d in (2, 4)] + [("V", 1), ("E", 1)]
UNLIKE_R = ("EEI", "EII")
"""What R's mclust returns for these is not where its penalised log-likelihood is largest."""

FLAT = "faithful-V-3"
"""EM creeps here for thousands of iterations, and R stops a little before we do."""


def statistics(d, k, seed=0, n=60):
    """N, means and scatters of soft responsibilities, and the prior of the rows."""
    x = clusters(n, d, k, seed)
    r = np.random.default_rng(seed).dirichlet(np.full(k, 0.3), size=n)
    prior = default_prior(x.mean(axis=0) + 1.0, np.cov(x.T).reshape(d, d), k)
    return *summed(x, r), prior


def summed(x, r):
    N = r.sum(axis=0)
    means = r.T @ x / N[:, None]
    away = x[None] - means[:, None]
    return N, means, np.einsum("nk,kna,knb->kab", r, away, away)


def expected(N, means, W, at_means, at_covariances):
    """Σ_i r_ik log N(x_i; μ_k, Σ_k): what the M-step maximises where there is no prior."""
    total = 0.0
    for n_k, x_k, W_k, m, C in zip(N, means, W, at_means, at_covariances, strict=True):
        scatter = W_k + n_k * np.outer(x_k - m, x_k - m)
        _, log_determinant = np.linalg.slogdet(2.0 * np.pi * C)
        total -= 0.5 * (n_k * log_determinant + np.trace(np.linalg.solve(C, scatter)))
    return total


def sound(d, k, seed=1):
    rng = np.random.default_rng(seed)
    roots = rng.normal(size=(k, d, d)) + 2.0 * np.eye(d)
    return rng.normal(size=(k, d)), roots @ roots.transpose(0, 2, 1)


def of_structure(structure, covariances):
    """The nearest thing to these covariances that belongs to the structure."""
    d = covariances.shape[1]
    if structure[0] == "E":
        covariances = np.repeat(covariances.mean(axis=0, keepdims=True), len(covariances), axis=0)
    if structure[1:] == "VI" or structure == "EEI":
        covariances = covariances * np.eye(d)
    if structure[1:] == "II":
        covariances = np.einsum("kaa->k", covariances)[:, None, None] / d * np.eye(d)
    return covariances


def nearby(structure, means, covariances, rng, size):
    """Other parameters of the same structure, a small step away."""
    d = means.shape[1]
    shape = (1 if structure[0] == "E" else len(means), d, d)
    if structure in ("VII", "EII"):
        step = rng.normal(size=(*shape[:1], 1, 1)) * np.eye(d)
    elif structure in ("VVI", "EEI"):
        step = rng.normal(size=shape) * np.eye(d)
    else:
        step = rng.normal(size=shape)
    factor = np.eye(d) + size * step
    return means + size * rng.normal(size=means.shape), factor @ covariances @ factor.swapaxes(1, 2)


@pytest.mark.parametrize(("structure", "d"), CASES)
@pytest.mark.parametrize("k", [1, 3])
def test_the_update_is_the_maximum(structure, d, k):
    N, means, W, prior = statistics(d, k)

    def penalised(at):
        return expected(N, means, W, *at) + log_density(structure, *at, prior)

    best = map_update(structure, N, means, W, prior)
    np.testing.assert_allclose(best[1], of_structure(structure, best[1]), rtol=1e-12, atol=1e-14)
    top = penalised(best)
    rng = np.random.default_rng(2)
    for size in (1e-3, 1e-2, 0.1, 0.5):
        assert max(penalised(nearby(structure, *best, rng, size)) for _ in range(40)) < top
    # and its slope is zero: one step and the opposite step lose alike
    for _ in range(10):
        seed = int(rng.integers(2**31))
        there, back = (
            penalised(nearby(structure, *best, np.random.default_rng(seed), size))
            for size in (1e-4, -1e-4)
        )
        assert abs(there - back) < 1e-3 * abs(there + back - 2.0 * top) + 1e-8


@pytest.mark.parametrize(("structure", "d"), CASES)
def test_log_density_is_scipys(structure, d):
    k = 3
    prior = statistics(d, k)[-1]
    means, covariances = sound(d, k)
    covariances = of_structure(structure, covariances)
    log_p = sum(
        multivariate_normal(prior.mean, C / prior.kappa).logpdf(m)
        for m, C in zip(means, covariances, strict=True)
    )
    free = covariances[:1] if structure[0] == "E" else covariances
    wishart = invwishart(df=prior.dof, scale=prior.scale)
    gamma = invgamma(prior.dof / 2.0, scale=prior.variance / 2.0)
    if structure in ("VVI", "EEI"):
        log_p += sum(gamma.logpdf(np.diagonal(C)).sum() for C in free)
    elif structure in ("VII", "EII"):
        log_p += sum(gamma.logpdf(C[0, 0]) for C in free)
    else:
        log_p += sum(float(wishart.logpdf(C)) for C in free)
    assert log_density(structure, means, covariances, prior) == pytest.approx(log_p, rel=1e-12)


@pytest.mark.parametrize(("structure", "d"), CASES)
def test_many_rows_outweigh_it(structure, d):
    N, means, W, prior = statistics(d, 3)
    rows = 1e12
    plain = W.sum(axis=0) / N.sum() if structure[0] == "E" else W / N[:, None, None]
    plain = of_structure(structure, np.broadcast_to(plain, W.shape))
    got_means, got = map_update(structure, rows * N, means, rows * W, prior)
    np.testing.assert_allclose(got_means, means, rtol=1e-10, atol=1e-10)
    np.testing.assert_allclose(got, plain, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize(("structure", "d"), CASES)
def test_a_component_without_rows_is_where_the_prior_alone_puts_it(structure, d):
    N, means, W, prior = statistics(d, 3)
    N[1], means[1], W[1] = 0.0, 1e9, 0.0
    got, covariances = map_update(structure, N, means, W, prior)
    np.testing.assert_array_equal(got[1], prior.mean)
    assert np.isfinite(log_density(structure, got, covariances, prior))
    if structure in ("VVV", "V"):
        expect = prior.scale / (prior.dof + d + 2.0)
        np.testing.assert_allclose(covariances[1], expect, rtol=1e-12)
    N[:], W[:] = 0.0, 0.0
    got, covariances = map_update(structure, N, means, W, prior)
    np.testing.assert_array_equal(got, np.tile(prior.mean, (3, 1)))
    assert np.linalg.eigvalsh(covariances).min() > 0.0


@pytest.mark.parametrize("scale", [1e-280, 1e-100, 1.0, 1e100, 1e280])
@pytest.mark.parametrize(("structure", "d"), CASES)
def test_any_magnitude(structure, d, scale):
    N, means, W, prior = statistics(d, 2)
    root = np.sqrt(scale)
    there = Prior(
        prior.mean * root, prior.kappa, prior.dof, prior.scale * scale, prior.variance * scale
    )
    with np.errstate(divide="raise", over="raise", invalid="raise"):
        got = map_update(structure, N, means * root, W * scale, there)
        log_p = log_density(structure, *got, there)
    at_one = map_update(structure, N, means, W, prior)
    np.testing.assert_allclose(got[0], at_one[0] * root, rtol=1e-10)
    np.testing.assert_allclose(got[1] / scale, at_one[1], rtol=1e-9, atol=1e-12)
    assert np.isfinite(log_p)


@pytest.mark.parametrize(("structure", "d"), CASES)
@pytest.mark.parametrize("scale", [0.0, 1.0])
def test_a_singular_prior_is_no_error(structure, d, scale):
    """Of constant columns Λ is 0, of identical columns all its entries are equal."""
    prior = default_prior(np.zeros(d), np.full((d, d), scale), 2)
    N, means, W = np.array([3.0, 0.0]), np.zeros((2, d)), np.zeros((2, d, d))
    got, covariances = map_update(structure, N, means, W, prior)
    assert np.isfinite(got).all()
    assert np.isfinite(covariances).all()
    log_p = log_density(structure, got, covariances, prior)
    if scale == 0.0:
        assert log_p == -np.inf
    elif structure in (*UNLIKE_R, "VVI", "VII", "V", "E"):
        assert np.isfinite(log_p)
    else:
        assert not np.isnan(log_p)


def test_defaults_are_those_of_the_article():
    x = clusters(40, 3, 2)
    prior = default_prior(x.mean(axis=0), np.cov(x.T), 4)
    assert (prior.kappa, prior.dof, prior.n_columns) == (0.01, 5.0, 3)
    np.testing.assert_allclose(prior.mean, x.mean(axis=0))
    np.testing.assert_allclose(prior.scale, np.cov(x.T) / 4.0 ** (2.0 / 3.0))
    assert prior.variance == pytest.approx(x.var(axis=0, ddof=1).mean() / 4.0 ** (2.0 / 3.0))
    with pytest.raises(ValueError, match="read-only"):
        prior.scale[0, 0] = 1.0


@cache
def mclust():
    fits = json.loads((DATA / "mclust-prior.json").read_text(encoding="utf-8"))["fits"]
    return {f"{f['data']}-{f['model']}-{f['G']}": f for f in fits}


def starts(f):
    return np.array(plain_mclust(f["data"])["starts"][str(f["G"])]) - 1


def log_joint(x, weights, means, covariances):
    return np.stack(
        [
            np.log(w) + multivariate_normal(m, C).logpdf(x)
            for w, m, C in zip(weights, means, covariances, strict=True)
        ],
        axis=1,
    )


@pytest.mark.parametrize("name", sorted(mclust()))
def test_r_stands_still_under_the_update(name):
    """One E-step and one update from the parameters at which R's EM ended."""
    f = mclust()[name]
    x = table(f["data"])[:, f["columns"]]
    d = x.shape[1]
    weights, means, covariances = (np.array(f[part]) for part in ("pro", "mean", "sigma"))
    joint = log_joint(x, weights, means, covariances)
    density = logsumexp(joint, axis=1)
    assert density.sum() == pytest.approx(f["loglik"], rel=1e-8)
    prior = default_prior(x.mean(axis=0), np.cov(x.T).reshape(d, d), f["G"])
    sums = summed(x, np.exp(joint - density[:, None]))
    updated = map_update(f["model"], *sums, prior)
    if f["model"] in UNLIKE_R:
        at_r = expected(*sums, means, covariances) + log_density(
            f["model"], means, covariances, prior
        )
        at_ours = expected(*sums, *updated) + log_density(f["model"], *updated, prior)
        assert at_ours > at_r + 1e-3
        np.testing.assert_allclose(updated[1], covariances, rtol=0.04)
    else:
        np.testing.assert_allclose(updated[0], means, rtol=1e-5, atol=1e-4)
        np.testing.assert_allclose(updated[1], covariances, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("name", sorted(mclust()))
def test_fit_reaches_rs_mode(name):
    f = mclust()[name]
    x = table(f["data"])[:, f["columns"]]
    ours = fit(
        x, f["G"], f["model"], start=starts(f), prior=True, tol=1e-11, max_iter=20_000
    )  # fmt: skip
    assert ours.converged
    assert ours.monotone
    theirs = fit(
        x, f["G"], f["model"], prior=True, max_iter=0,
        start=Parameters(f["pro"], f["mean"], f["sigma"]),
    )  # fmt: skip
    assert theirs.log_likelihood == pytest.approx(f["loglik"], rel=1e-8)
    if f["model"] in UNLIKE_R:
        assert ours.objective > theirs.objective + 1e-3
        assert ours.log_likelihood == pytest.approx(f["loglik"], rel=1e-3)
        return
    assert ours.objective == pytest.approx(theirs.objective, abs=1e-6)
    assert ours.log_likelihood == pytest.approx(f["loglik"], rel=1e-5 if name == FLAT else 1e-6)
    rtol = 0.01 if name == FLAT else 1e-4
    np.testing.assert_allclose(ours.parameters.means, f["mean"], rtol=rtol)
    np.testing.assert_allclose(ours.parameters.covariances, f["sigma"], rtol=rtol, atol=1e-5)


def where_the_likelihood_collapses():
    """Rows, K and start: EM without a prior ends in a collapse."""
    base = clusters(60, 3, 2, seed=11)
    rng = np.random.default_rng(5)
    return {
        "ties": (np.r_[base, np.full((8, 3), 30.0)], 3, np.repeat([0, 1, 2], [30, 30, 8])),
        "few rows": (np.r_[base, rng.normal(size=(3, 3)) + 40.0], 2, np.repeat([0, 1], [60, 3])),
        "one row": (np.r_[base, [[90.0, -90.0, 90.0]]], 2, np.repeat([0, 1], [60, 1])),
        "as many as rows": (rng.normal(size=(6, 3)), 6, np.arange(6)),
    }


@pytest.mark.parametrize("structure", WITH_PRIOR)
@pytest.mark.parametrize("case", where_the_likelihood_collapses())
def test_no_collapse_where_the_likelihood_collapses(structure, case):
    x, k, labels = where_the_likelihood_collapses()[case]
    if structure == "VVV":
        assert fit(x, k, structure, start=labels).collapsed is not None
    f = fit(x, k, structure, start=labels, prior=True)
    assert f.collapsed is None
    assert is_finite(f)
    assert f.monotone
    assert np.isfinite(f.log_prior)
    assert np.linalg.eigvalsh(f.parameters.covariances).min() > 0.0


@pytest.mark.parametrize("structure", WITH_PRIOR)
@pytest.mark.parametrize("start", ["k-means++", "random"])
def test_the_penalised_log_likelihood_never_falls(structure, start):
    x = clusters(90, 3, 3, seed=4)
    run = search(x, Spec(3, structure, start, tries=3, max_iter=80, prior=True))
    frames = []
    while True:
        try:
            frames.append(next(run))
        except StopIteration as stop:
            f = stop.value
            break
    assert f.monotone
    prior = default_prior(x.mean(axis=0), np.cov(x.T), 3)
    for attempt in f.attempts:
        mine = [frame for frame in frames if frame.attempt == attempt.number]
        penalised = [
            frame.log_likelihood
            + log_density(structure, frame.parameters.means, frame.parameters.covariances, prior)
            for frame in mine
        ]
        assert np.all(np.diff(penalised) >= -1e-9 * np.abs(penalised[1:]))
    best = max(f.attempts, key=lambda a: a.objective)
    assert f.attempt == best.number
    assert f.objective == best.objective == f.log_likelihood + f.log_prior


@pytest.mark.parametrize("structure", WITH_PRIOR)
def test_log_prior_is_the_density_up_to_a_constant(structure):
    x = clusters(80, 3, 2, seed=6) * [1.0, 5.0, 0.2] + 100.0
    prior = default_prior(x.mean(axis=0), np.cov(x.T), 2)
    constants = []
    for iterations in (0, 1, 9):
        f = fit(x, 2, structure, prior=True, tries=1, tol=0.0, max_iter=iterations)
        p = f.parameters
        constants.append(f.log_prior - log_density(structure, p.means, p.covariances, prior))
    np.testing.assert_allclose(constants, constants[0], rtol=1e-9)
    assert fit(x, 2, structure, tries=1).log_prior == 0.0


@pytest.mark.parametrize("structure", WITH_PRIOR)
def test_of_many_rows_the_fit_is_that_without_it(structure):
    x = clusters(15_000, 2, 2, seed=3, spread=8.0)
    with_it, without = (
        fit(x, 2, structure, prior=prior, tries=2, tol=1e-10) for prior in (True, False)
    )
    assert with_it.log_likelihood == pytest.approx(without.log_likelihood, rel=1e-4)
    assert with_it.log_likelihood <= without.log_likelihood
    np.testing.assert_allclose(with_it.parameters.means, without.parameters.means, atol=1e-3)


@pytest.mark.parametrize("structure", WITH_PRIOR)
def test_with_units_the_prior_is_that_of_the_units(structure):
    x = table("iris") * [1.0, 10.0, 1.0, 0.1]
    labels, units = np.arange(150) // 50, x.std(axis=0)
    asked = fit(x, 3, structure, start=labels, prior=True, units=units)
    by_hand = fit(x / units, 3, structure, start=labels, prior=True)
    expected = by_hand.log_likelihood - 150 * np.log(units).sum()
    assert asked.log_likelihood == pytest.approx(expected, rel=1e-9)
    np.testing.assert_allclose(
        asked.parameters.means, by_hand.parameters.means * units, rtol=1e-6
    )  # fmt: skip


@pytest.mark.parametrize("structure", ["VVV", "EEE"])
def test_dependent_columns_are_named_with_a_prior_too(structure):
    x = clusters(40, 3, 2)
    found = fit(np.c_[x, x[:, 1]], 2, structure, prior=True, tries=2).collapsed
    assert (found.cause, found.columns) == ("duplicate", (1, 3))


@pytest.mark.parametrize("structure", sorted(set(STRUCTURES) - {*WITH_PRIOR, "E", "V"}))
def test_a_structure_without_a_prior_says_so(structure):
    with pytest.raises(MixtureError, match=rf"no conjugate prior for {structure}.*choose"):
        fit(table("iris"), 2, structure, prior=True)
