"""Letters, names and colours survive a rerun, another K and other columns."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gmmstudio.document.commands import RenameCluster, SetComponents, TickColumns
from gmmstudio.document.identities import by_weight, carry_over, letter, marginal, spread
from gmmstudio.mixture.errors import Collapse
from gmmstudio.mixture.parameters import Parameters


def mixture(means, weights=None, variance=1.0):
    means = np.atleast_2d(np.asarray(means, dtype=float))
    k, d = means.shape
    weights = np.full(k, 1 / k) if weights is None else np.asarray(weights)
    return Parameters(weights, means, np.tile(np.eye(d) * variance, (k, 1, 1)))


def test_letters_go_on_after_z():
    assert [letter(i) for i in (0, 1, 25, 26, 27, 701, 702)] == [
        "A",
        "B",
        "Z",
        "AA",
        "AB",
        "ZZ",
        "AAA",
    ]
    assert len({letter(i) for i in range(2000)}) == 2000


def test_the_heaviest_of_a_first_fit_is_a():
    assert by_weight(mixture([[0], [1], [2]], [0.2, 0.5, 0.3])) == (2, 0, 1)


@given(st.permutations(range(5)), st.permutations(range(5)))
def test_a_rerun_in_another_order_changes_nothing(order, identities):
    means = np.arange(10.0).reshape(5, 2) * 7
    old, new = mixture(means), mixture(means[order])
    kept = carry_over(old, (0, 1), tuple(identities), new, (0, 1))
    assert kept == tuple(identities[i] for i in order)


@given(st.integers(1, 6), st.integers(1, 6), st.integers(0, 5))
def test_every_component_has_its_own_identity_and_new_ones_the_lowest_free(k_old, k_new, seed):
    rng = np.random.default_rng(seed)
    old = mixture(rng.normal(0, 5, (k_old, 2)))
    new = mixture(rng.normal(0, 5, (k_new, 2)))
    before = tuple(int(i) for i in rng.permutation(k_old + 2)[:k_old])
    after = carry_over(old, (0, 1), before, new, (0, 1))
    assert len(set(after)) == k_new
    fresh = set(after) - set(before)
    assert len(set(after) & set(before)) >= min(k_old, k_new)
    for identity in fresh:
        assert all(lower in after for lower in range(identity))


def test_other_columns_are_compared_by_those_they_share():
    old = mixture([[0, 0], [50, 5], [100, 9]])
    new = mixture([[9, 1], [5, 2], [0, 3]])  # columns 1 and 2 now
    assert carry_over(old, (0, 1), (2, 0, 1), new, (1, 2)) == (1, 0, 2)


def test_late_letters_are_kept_only_for_clusters_with_names():
    many = mixture([[10.0 * k, 0.0] for k in range(12)])
    few = Parameters(np.full(3, 1 / 3), many.means[[1, 9, 11]], many.covariances[[1, 9, 11]])
    before = tuple(range(12))
    assert carry_over(many, (0, 1), before, few, (0, 1)) == (1, 0, 2)
    assert carry_over(many, (0, 1), before, few, (0, 1), named={11: "far"}) == (1, 0, 11)


def test_nothing_is_carried_over_from_a_collapsed_fit(session, made):
    session.apply(made(session.document, n_components=3))
    first = session.document.record.identities
    assert sorted(first) == [0, 1, 2]
    session.apply(SetComponents(9))
    command = made(session.document)
    lost = Collapse(0, np.array([1]), (0,), "ties")
    session.apply(replace(command, fit=replace(command.fit, collapsed=lost)))
    session.apply(SetComponents(2))
    session.apply(made(session.document))
    assert sorted(session.document.record.identities) == [0, 1]


def test_without_a_shared_column_weight_decides():
    old = mixture([[0], [1]], [0.9, 0.1])
    new = mixture([[0], [1]], [0.1, 0.9])
    assert carry_over(old, (0,), (0, 1), new, (1,)) == (1, 0)


def test_marginal_and_spread_are_those_of_the_mixture():
    rng = np.random.default_rng(0)
    means = rng.normal(0, 3, (3, 4))
    roots = rng.normal(size=(3, 4, 4))
    full = Parameters(np.array([0.2, 0.3, 0.5]), means, roots @ roots.transpose(0, 2, 1))
    part = marginal(full, [3, 1])
    assert (part.means == means[:, [3, 1]]).all()
    assert (part.covariances[1] == full.covariances[1][np.ix_([3, 1], [3, 1])]).all()
    assert marginal(full, [0, 1, 2, 3]) is full
    labels = rng.choice(3, 200_000, p=full.weights)
    draws = np.empty((200_000, 4))
    for k in range(3):
        rows = labels == k
        draws[rows] = rng.multivariate_normal(means[k], full.covariances[k], rows.sum())
    assert spread(full) == pytest.approx(draws.std(axis=0), rel=0.02)


def test_names_survive_a_rerun_and_changes_of_k(session, made):
    session.apply(made(session.document, n_components=3))
    for identity, name in enumerate(("first", "second", "third")):
        session.apply(RenameCluster(identity, name))

    def where():
        record = session.document.record
        names = session.document.component_names(record)
        means = record.fit.parameters.means[:, 0]
        return {name: round(float(mean)) for name, mean in zip(names, means, strict=True)}

    before = where()
    session.apply(made(session.document, n_components=3, seed=5))
    assert where() == before
    session.apply(SetComponents(2))
    session.apply(made(session.document))
    assert set(where()) <= set(before)
    session.apply(SetComponents(3))
    session.apply(made(session.document, seed=2))
    assert set(where()) == set(before)
    session.apply(TickColumns((0, 1)))
    kept = where()
    session.apply(made(session.document))
    assert where() == kept
