"""Hierarchical clustering: against a plain agglomeration, and what must not change it."""

import itertools
from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mixture_cases import clusters, table
from scipy.special import multigammaln
from sklearn.metrics import adjusted_rand_score

from gmmstudio.mixture import Cancelled, MixtureError, fit
from gmmstudio.mixture.agglomeration import KAPPA, MOST_CLUSTERS, SHARES, prior_rows
from gmmstudio.mixture.hierarchical import (
    MOST_ROWS,
    Hierarchy,
    agglomerate,
    cut,
    hierarchical_labels,
)
from gmmstudio.mixture.rows import Rows
from gmmstudio.mixture.starts import kmeans_plus_plus


def hierarchy(x, weights=None, seed=0):
    rng = np.random.default_rng(seed)
    return Hierarchy.of(np.ascontiguousarray(x.T), rng, Rows(len(x)), weights)


def same(a, b):
    """The same partition, whatever the clusters are called."""
    return adjusted_rand_score(a, b) == 1.0


def sticks(n, seed=0):
    """Three thin clusters in a triangle, and which of them each row is of."""
    rng = np.random.default_rng(seed)
    which = rng.integers(3, size=n)
    x = rng.uniform(-1.0, 1.0, size=(n, 2)) * [3.5, 0.2] + [0.0, 2.5]
    angle = 2.0 * np.pi * which / 3.0
    turned = [
        np.cos(angle) * x[:, 0] - np.sin(angle) * x[:, 1],
        np.sin(angle) * x[:, 0] + np.cos(angle) * x[:, 1],
    ]
    return np.stack(turned, axis=1), which


def levelled(x, weights):
    z = x - np.average(x, axis=0, weights=weights)
    z /= np.sqrt(np.average(z**2, axis=0, weights=weights))
    _, deviations, directions = np.linalg.svd(z * np.sqrt(weights)[:, None], full_matrices=False)
    z = (z @ directions.T / np.sqrt(deviations))[:, : int(np.sqrt(len(x)))]
    return z / np.sqrt(np.average(z**2, axis=0, weights=weights).mean())


def plain(x, weights, share):
    """Agglomeration as one would write it down: the clusters for every K, and the least cost."""
    z, w = levelled(x, weights), weights / weights.mean()
    n, d = z.shape
    s = prior_rows(d)
    nu, scale = d + s, s * share * np.eye(d)

    @cache
    def cost(rows):
        rows = list(rows)
        size = w[rows].sum()
        off = z[rows] - np.average(z[rows], axis=0, weights=w[rows])
        scatter = (off.T * w[rows]) @ off
        return (
            (nu + size) * np.linalg.slogdet(scale + scatter)[1]
            - nu * np.linalg.slogdet(scale)[1]
            - 2.0 * (multigammaln((nu + size) / 2.0, d) - multigammaln(nu / 2.0, d))
            + d * np.log(1.0 + size / KAPPA)
        )

    left = [(row,) for row in range(n)]
    trees, costs = {}, {}
    while True:
        labels = np.empty(n, dtype=int)
        for k, rows in enumerate(left):
            labels[list(rows)] = k
        trees[len(left)], costs[len(left)] = labels, sum(map(cost, left))
        if len(left) == 1:
            return trees, min(costs[k] for k in range(1, MOST_CLUSTERS + 1))
        pairs = itertools.combinations(left, 2)
        a, b = min(pairs, key=lambda pair: cost(pair[0] + pair[1]) - cost(pair[0]) - cost(pair[1]))
        left = [*(rows for rows in left if rows not in (a, b)), a + b]


@pytest.mark.parametrize("d", [1, 2, 3, 9])
@pytest.mark.parametrize("weighted", [False, True])
def test_it_is_the_plain_agglomeration(d, weighted):
    x = clusters(26, d, 3, seed=d)
    weights = np.random.default_rng(d).uniform(0.2, 3.0, 26) if weighted else np.ones(26)
    trees, _ = min((plain(x, weights, share) for share in SHARES), key=lambda tree: tree[1])
    merges = agglomerate(x.T, weights=weights if weighted else None)
    for k in range(1, 26):
        assert same(cut(merges, 26, k), trees[k])


def test_thin_clusters_that_k_means_breaks():
    x, which = sticks(400)
    rows = Rows(400)
    for seed in range(5):
        broken = kmeans_plus_plus(x.T, 3, np.random.default_rng(seed), rows)
        assert adjusted_rand_score(which, broken) < 0.8
    assert adjusted_rand_score(which, hierarchy(x).labels(3)) > 0.95


@pytest.mark.parametrize(("n", "d"), [(100, 12), (300, 20)])
def test_few_columns_that_tell_among_many(n, d):
    rng = np.random.default_rng(d)
    which = rng.integers(3, size=n)
    x = rng.normal(size=(n, d))
    x[:, :6] += 4.0 * rng.normal(size=(3, 6))[which]
    assert adjusted_rand_score(which, hierarchy(x).labels(3)) > 0.9


def test_many_tight_clusters():
    rng = np.random.default_rng(1)
    which = rng.integers(12, size=500)
    x = 0.1 * rng.normal(size=(500, 2)) @ [[1.0, 0.9], [0.0, 0.2]]
    x += np.stack([which % 4, which // 4], axis=1)
    assert adjusted_rand_score(which, hierarchy(x).labels(12)) > 0.95


@pytest.mark.parametrize(
    ("name", "k", "log_likelihood"),
    [
        ("faithful", 2, -1130.2640),
        ("faithful", 3, -1127.0717),
        ("iris", 2, -214.3547),
        ("iris", 3, -180.1855),
    ],
)
def test_em_goes_as_high_as_from_mclusts_hierarchy(name, k, log_likelihood):
    # R, mclust 6.0.0: Mclust(iris[, 1:4], 3, "VVV", control = emControl(tol = 1e-12))$loglik
    x = table(name)
    f = fit(x, k, "VVV", start=hierarchy(x).labels(k))
    assert f.log_likelihood > log_likelihood - 1e-3


@given(st.integers(0, 1000), st.integers(1, 5))
def test_neither_the_order_of_the_rows_nor_the_units_matter(seed, d):
    rng = np.random.default_rng(seed)
    x = clusters(70, d, 3, seed=seed)
    labels = cut(agglomerate(x.T), 70, 4)
    order = rng.permutation(70)
    assert same(cut(agglomerate(x[order].T), 70, 4), labels[order])
    units = rng.choice([-1.0, 1.0], size=d) * 10.0 ** rng.integers(-3, 4, size=d)
    assert same(cut(agglomerate((x * units + 100.0 * units).T), 70, 4), labels)
    assert same(cut(agglomerate(x[:, ::-1].T), 70, 4), labels)


def test_units_of_any_size():
    x = clusters(60, 3, 3)
    labels = cut(agglomerate(x.T), 60, 3)
    assert same(cut(agglomerate((x * [1e-140, 1.0, 1e140]).T), 60, 3), labels)


@given(st.integers(0, 1000))
def test_a_weight_is_a_number_of_equal_rows(seed):
    x = clusters(40, 2, 3, seed=seed)
    times = np.random.default_rng(seed).integers(1, 4, size=40)
    weighted = hierarchy(x, times.astype(float)).labels(4)
    np.testing.assert_array_equal(
        cut(agglomerate(x.T, weights=7.0 * times), 40, 4),
        cut(agglomerate(x.T, weights=times), 40, 4),
    )
    assert same(hierarchy(np.repeat(x, times, axis=0)).labels(4), np.repeat(weighted, times))


def test_rows_of_weight_zero_are_labelled_and_change_nothing():
    x = clusters(90, 2, 3)
    weights = np.ones(90)
    weights[::3] = 0.0
    labels = hierarchy(x, weights).labels(3)
    assert same(labels[weights > 0], hierarchy(x[weights > 0]).labels(3))
    assert set(labels[::3]) <= {0, 1, 2}


@pytest.mark.parametrize(
    "x",
    [
        np.zeros((1, 3)),
        np.array([[0.0, 1.0], [2.0, 1.0]]),
        np.full((6, 2), 3.0),
        np.arange(12.0)[:, None],
        np.repeat(np.arange(4.0), 5)[:, None],
        np.c_[clusters(30, 2, 2), np.full(30, 7.0)],
        np.c_[clusters(30, 2, 2), clusters(30, 2, 2).sum(axis=1)],
        np.round(clusters(80, 2, 3) / 3.0),
        clusters(8, 20, 2),
        clusters(50, 2, 2) + 1e9,
        np.r_[clusters(40, 2, 2), [[1e12, -1e12]]],
    ],
    ids=[
        "one row", "two rows", "one value", "grid", "ties", "constant column", "collinear columns",
        "rounded", "more columns than rows", "far away", "outlier",
    ],
)  # fmt: skip
def test_every_number_of_clusters_can_be_cut(x):
    n, distinct = len(x), len(np.unique(x, axis=0))
    tree = hierarchy(x)
    for k in range(distinct, 0, -1):
        labels = tree.labels(k)
        sizes = np.bincount(labels)
        assert sizes.size == k
        assert sizes.min() > 0
        assert np.all(np.diff(sizes) <= 0)  # the largest first
    with pytest.raises(MixtureError, match="choose at most"):
        tree.labels(distinct + 1)
    merges = agglomerate(x.T)
    assert merges.shape == (n - 1, 2)
    finer = np.arange(n)
    for k in range(n, 0, -1):
        labels = cut(merges, n, k)
        assert set(labels) == set(range(k))
        assert len(set(zip(finer, labels, strict=True))) == len(set(finer))  # none torn apart
        finer = labels


def test_equal_rows_stay_together():
    rng = np.random.default_rng(0)
    values = clusters(30, 2, 3)
    which = rng.integers(30, size=20_000)
    labels = hierarchy(values[which]).labels(5)
    assert len(set(zip(which, labels, strict=True))) == 30


def test_of_many_rows_a_sample_is_agglomerated():
    n = MOST_ROWS + 3000
    x, which = sticks(n)
    tree = hierarchy(x)
    assert tree.merges.shape == (MOST_ROWS - 1, 2)
    labels = tree.labels(3)
    assert labels.shape == (n,)
    assert adjusted_rand_score(which, labels) > 0.95
    np.testing.assert_array_equal(hierarchy(x).labels(3), labels)
    assert hierarchy(x).labels(40).max() == 39


def test_one_call_is_one_cut():
    x = clusters(60, 2, 3)
    labels = hierarchical_labels(x.T, 3, np.random.default_rng(0), Rows(60))
    np.testing.assert_array_equal(labels, hierarchy(x).labels(3))


@pytest.mark.parametrize("after", [0, 1, 5, 40])
def test_it_stops_when_asked(after):
    asked = itertools.count()
    with pytest.raises(Cancelled):
        agglomerate(clusters(100, 2, 2).T, should_stop=lambda: next(asked) >= after)
    assert next(asked) == after + 1


def test_strays_are_no_clusters():
    x, which = sticks(300)
    far = np.array([[40.0, 40.0], [-40.0, 35.0], [0.0, -60.0]])
    labels = hierarchy(np.r_[x, far]).labels(3)
    assert adjusted_rand_score(which, labels[:300]) > 0.95
    assert np.bincount(labels).min() > 50
