"""Singular data ends in a sentence and finite numbers, never in an exception."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mixture_cases import clusters, is_finite

from gmmstudio.mixture import Collapse, MixtureError, Parameters, Spec, fit
from gmmstudio.mixture.arrays import as_rows
from gmmstudio.mixture.structures import ALL, STRUCTURES

BASE = clusters(120, 3, 2, seed=11)
POOLED = [s for s in ALL if STRUCTURES[s].needs == "pooled"]
OTHERS = [s for s in ALL if s not in POOLED]
TILTED = [s for s in ALL if STRUCTURES[s].dense]


def collapsed(x, k, structure, **options):
    f = fit(x, k, structure, tries=3, **options)
    assert is_finite(f)
    assert f.labels(x).shape == (len(x),)
    return f.collapsed


@pytest.mark.parametrize("k", [1, 2, 3])
@pytest.mark.parametrize("structure", ALL)
def test_constant_column(structure, k):
    found = collapsed(np.c_[BASE, np.full(120, 7.5)], k, structure)
    if STRUCTURES[structure].round:
        assert found is None
    else:
        assert (found.cause, found.columns) == ("constant", (3,))
        assert "column 4" in found.reason
        assert "leave “weight” out" in found.reason_with(["a", "b", "c", "weight"])


@pytest.mark.parametrize("k", [1, 2])
@pytest.mark.parametrize("structure", ALL)
@pytest.mark.parametrize(
    ("extra", "cause", "columns"),
    [
        (BASE[:, 1], "duplicate", (1, 3)),
        (5e8 - 3.0 * BASE[:, 1], "duplicate", (1, 3)),
        (BASE[:, 0] + BASE[:, 2], "collinear", (0, 2, 3)),
    ],
)
def test_dependent_columns(structure, k, extra, cause, columns):
    found = collapsed(np.c_[BASE, extra], k, structure)
    if structure not in TILTED:
        assert found is None
    else:
        assert (found.cause, found.columns) == (cause, columns)


@pytest.mark.parametrize("structure", ["EEE", "VEE", "EVV", "VVV"])
def test_nearly_dependent_columns_are_no_collapse(structure):
    noise = np.random.default_rng(0).normal(size=120)
    near = fit(np.c_[BASE, BASE[:, 1] + 1e-4 * noise], 2, structure, tries=3)
    free = fit(
        np.c_[BASE, noise],
        2,
        structure,
        tries=3,
        start=near.labels(np.c_[BASE, BASE[:, 1] + 1e-4 * noise]),
    )
    assert not near.collapsed
    # the map between the two has determinant 1e-4, and the family does not see it
    again = fit(
        np.c_[BASE, BASE[:, 1] + 1e-4 * noise], 2, structure,
        start=near.labels(np.c_[BASE, BASE[:, 1] + 1e-4 * noise]),
    )  # fmt: skip
    assert again.log_likelihood == pytest.approx(free.log_likelihood - 120 * np.log(1e-4), abs=1e-4)


@pytest.mark.parametrize("structure", OTHERS)
def test_ties_name_their_rows(structure):
    x = np.concatenate([BASE, np.full((20, 3), 30.0)])
    found = collapsed(x, 3, structure)
    assert (found.cause, found.columns) == ("ties", (0, 1, 2))
    assert not found.everywhere
    assert set(found.rows) == set(range(120, 140))
    assert "its 20 rows (121, 122, 123, 124, 125, …) are tied in column 1" in found.reason
    assert "in this order: choose fewer clusters; choose the tied shape" in found.reason
    assert ("use the conjugate prior" in found.reason) == STRUCTURES[structure].has_prior


@pytest.mark.parametrize("structure", POOLED)
def test_clusters_that_share_their_covariance_live_with_a_point(structure):
    x = np.concatenate([BASE, np.full((20, 3), 30.0)])
    assert fit(x, 3, structure, tries=3).collapsed is None


# Two clusters that lie flat in the third column, in all but one of which no spread is left.
FLAT = np.c_[BASE[:, :2], np.repeat([0.0, 9.0], 60)]
FLAT_LABELS = np.repeat([0, 1], 60)


@pytest.mark.parametrize("structure", ALL)
def test_ties_in_one_column_are_told_by_what_the_structure_shares(structure):
    found = collapsed(FLAT, 2, structure, start=FLAT_LABELS)
    if STRUCTURES[structure].round:
        assert found is None
        return
    assert (found.cause, found.columns) == ("ties", (2,))
    assert set(found.rows) == set(np.flatnonzero(found.component == FLAT_LABELS))
    shared = structure in ("EEI", "VEI", "EEE", "VEE", "EEV", "VEV")
    assert found.everywhere == shared
    assert ("so are those of the other clusters" in found.reason) == shared
    assert ("choose the tied shape" in found.reason) != shared


@pytest.mark.parametrize("structure", ALL)
def test_ties_of_one_cluster_in_one_column_harm_whom_they_must(structure):
    x = FLAT.copy()
    x[:60, 2] += np.random.default_rng(0).normal(size=60)
    found = collapsed(x, 2, structure, start=FLAT_LABELS)
    if STRUCTURES[structure].needs in ("pooled", "spread"):
        assert found is None
        return
    assert (found.component, found.cause, found.columns) == (1, "ties", (2,))
    assert not found.everywhere
    assert set(found.rows) == set(range(60, 120))


def test_axes_of_their_own_make_a_line_of_points_harmless_or_fatal():
    """Rows on a slanted line have no spread across it, but some along every column."""
    x = np.concatenate([BASE[:, :2], np.c_[np.arange(20.0), 2.0 * np.arange(20.0)] + 40.0])
    labels = np.repeat([0, 1], [120, 20])
    for structure in ALL:
        f = fit(x, 2, structure, start=labels)
        found = [a.collapsed for a in f.attempts if a.collapsed]
        if structure in ("EVV", "VVV"):
            assert f.collapsed is found[0]
        else:
            # a common D may lie across the line, or may not
            assert bool(found) == (structure in ("EVE", "VVE"))
            assert f.collapsed is None or structure in ("EVE", "VVE")
        for one in found:
            assert (one.component, one.cause, one.columns) == (1, "ties", (0, 1))


def test_tied_clusters_of_repeated_rows_are_tied_however_many_rows_there_are():
    x = np.repeat([[0.0, 0.0], [1.0, 3.0], [5.0, 2.0]], 50, axis=0)
    found = fit(x, 2, "EEE", tries=3).collapsed
    assert found.cause == "ties"
    assert found.rows.size >= 50
    assert "tied shape" not in found.reason, "it is chosen already"


@pytest.mark.parametrize("structure", ALL)
def test_one_row_is_too_few(structure):
    assert collapsed([[1.0, 2.0]], 1, structure).cause == "few-rows"


@pytest.mark.parametrize("structure", ALL)
def test_more_columns_than_rows(structure):
    x = np.random.default_rng(1).normal(size=(9, 20))
    found = collapsed(x, 1, structure)
    if structure not in TILTED:
        assert found is None
    else:
        assert found.cause == "few-rows"
        assert "in this order: choose the diagonal or the spherical shape;" in found.reason
        assert "fewer clusters" not in found.reason


def test_a_reason_names_a_few_columns_and_counts_the_rest():
    found = collapsed(np.random.default_rng(1).normal(size=(21, 20)), 2, "VVV")
    assert found.cause == "few-rows"
    assert "“c” and 15 more columns" not in found.reason_with(("a", "b", "c"))
    assert "“a”, “b”, “c”, column 4, column 5 and 15 more columns." in found.reason_with(
        ("a", "b", "c")
    )


@pytest.mark.parametrize("structure", ALL)
@pytest.mark.parametrize("n", [1, 2, 5])
def test_as_many_components_as_rows(structure, n):
    x = np.random.default_rng(n).normal(size=(n, 2))
    found = collapsed(x, n, structure)
    assert found is not None
    assert found.cause in ("few-rows", "constant")


@pytest.mark.parametrize("structure", ALL)
def test_empty_cluster(structure):
    found = collapsed(BASE, 3, structure, start=np.arange(120) % 2)
    assert (found.component, found.cause, found.rows.size) == (2, "empty", 0)


@pytest.mark.parametrize("structure", ALL)
def test_all_rows_equal(structure):
    found = collapsed(np.full((6, 2), 3.25), 1, structure)
    assert (found.cause, found.columns) == ("constant", (0, 1))


@pytest.mark.parametrize("structure", ALL)
def test_a_component_needs_more_rows_than_columns_where_it_stands_alone(structure):
    x = np.concatenate([BASE, np.eye(3) + 40.0])
    f = fit(x, 2, structure, start=np.repeat([0, 1], [120, 3]))
    found = [a.collapsed for a in f.attempts if a.collapsed]
    assert (f.collapsed is None) == (structure not in ("VVV", "EVV"))
    # three rows span a plane: where a common D lies across it, all their spread is gone
    assert bool(found) == (structure in ("VVV", "EVV", "VVE", "EVE"))
    for one in found:
        assert (one.component, one.cause) == (1, "few-rows")
        assert "it holds 3 rows (121, 122, 123)" in one.reason
        assert "choose the tied, the diagonal or the spherical shape" in one.reason


@pytest.mark.parametrize("structure", ALL)
def test_a_single_row_is_asked_whether_it_is_an_outlier(structure):
    x = np.concatenate([BASE, [[40.0, 41.0, 42.0]]])
    found = collapsed(x, 2, structure, start=np.repeat([0, 1], [120, 1]))
    if structure in POOLED:
        assert found is None
        return
    assert (found.component, found.cause, tuple(found.rows)) == (1, "few-rows", (120,))
    assert "in this order: see whether that row is an outlier" in found.reason
    assert ("use the conjugate prior" in found.reason) == STRUCTURES[structure].has_prior
    words = {s.words for s in STRUCTURES.values()}
    advised = found.reason.split("choose the ")[1].split(" shape")[0].replace("the ", "")
    assert set(advised.replace(" or ", ", ").split(", ")) <= words
    assert STRUCTURES[structure].words not in advised.replace(" or ", ", ").split(", ")


def test_one_column_is_advised_in_its_own_words():
    x = np.concatenate([BASE[:, 0], [40.0] * 5])
    found = collapsed(x, 2, "V", start=np.repeat([0, 1], [120, 5]))
    assert found.cause == "ties"
    assert "choose the same variance for all; use the conjugate prior" in found.reason
    assert "shape" not in found.reason
    assert fit(x, 2, "E", start=np.repeat([0, 1], [120, 5])).collapsed is None


def test_what_is_collapsed_under_a_prior_is_not():
    x = np.concatenate([BASE, np.full((20, 3), 30.0)])
    for structure in ALL:
        if STRUCTURES[structure].has_prior:
            assert fit(x, 3, structure, tries=3, prior=True).collapsed is None


def test_parameters_are_those_of_the_last_sound_iteration():
    x = np.concatenate([BASE, np.full((12, 3), 6.0)])
    start = Parameters(
        [0.5, 0.5], [[0.0, 0.0, 0.0], [6.0, 6.0, 6.0]], [9.0 * np.eye(3), 0.02 * np.eye(3)]
    )
    f = fit(x, 2, "VVV", start=start, max_iter=500)
    assert f.ended == "collapsed"
    assert not f.converged
    again = fit(x, 2, "VVV", start=f.parameters, max_iter=0)
    assert again.log_likelihood == f.log_likelihood == f.history[-1]


def test_the_best_sound_try_wins():
    x = np.concatenate([BASE, np.full((4, 3), 12.0)])
    f = fit(x, 3, "VVI", tries=12, start="random")
    n_collapsed = sum(a.collapsed is not None for a in f.attempts)
    assert 0 < n_collapsed < 12
    assert f.collapsed is None
    sound = [a.log_likelihood for a in f.attempts if a.collapsed is None]
    assert f.log_likelihood == max(sound)


grids = st.integers(0, 2**32 - 1).map(np.random.default_rng)


@given(grids, st.integers(1, 30), st.integers(1, 4), st.integers(1, 4), st.sampled_from(ALL))
def test_coarse_tables_always_end_in_a_fit_or_a_sentence(rng, n, d, k, structure):
    x = rng.integers(0, rng.integers(1, 6) + 1, size=(n, d)).astype(float)
    x *= 10.0 ** rng.integers(-8, 9, size=d)
    x += rng.choice([0.0, 1e6, -1e9], size=d)
    try:
        f = fit(x, k, structure, tries=2, max_iter=50)
    except MixtureError as error:
        assert len(np.unique(x, axis=0)) < k
        assert str(error).endswith(".")
        return
    assert is_finite(f)
    assert f.monotone
    r = f.responsibilities(x)
    np.testing.assert_allclose(r.sum(axis=1), 1.0, rtol=1e-12)
    if f.collapsed:
        assert f.ended == "collapsed"
        assert isinstance(f.collapsed, Collapse)
        assert f.collapsed.reason.count(".") >= 2


@pytest.mark.parametrize(
    ("x", "says"),
    [
        ([[1.0, np.nan], [2.0, 3.0]], "Row 1, column 2 is nan"),
        ([[1.0, 2.0], [np.inf, 3.0]], "Row 2, column 1 is inf"),
        ([[1e160, 2.0], [0.0, 3.0]], "too large to be squared"),
        ([[1e-160, 2.0], [0.0, 3.0]], "too little"),
        ([[1e301, 2.0], [0.0, 3.0]], "too large to compute with"),
        (np.zeros((0, 2)), "0 rows"),
        (np.zeros((2, 0)), "0 columns"),
        (np.zeros((2, 2, 2)), "3 dimensions"),
        ([["a", "b"]], "real numbers"),
        ([[1.0 + 2j]], "real numbers"),
        (np.array([["2020-01-01"]], dtype="datetime64[D]"), "real numbers"),
        (np.ma.masked_array([[1.0, 2.0], [3.0, 4.0]], [[0, 0], [1, 0]]), "Row 2, column 1 is nan"),
        ([[1.0], [1.0], [1.0]], "at most|1 component"),
    ],
)
def test_bad_data_is_a_sentence(x, says):
    with pytest.raises(MixtureError, match=says):
        fit(x, 2)


def test_covariances_beyond_all_numbers_are_a_sentence():
    rng = np.random.default_rng(11)
    x = rng.normal(size=(60, 3)) * (1e150, 1e-3, 1.0)
    x[:20] += 4e150, 0.0, 3.0
    x[:2] *= 30.0
    with pytest.raises(MixtureError, match="divide column 1 by a constant"):
        fit(x, 2, "EVV", seed=11)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"n_components": 0}, "at least 1"),
        ({"n_components": 2.5}, "whole number"),
        ({"structure": "VVX"}, "Did you mean"),
        ({"structure": "fulll"}, "full"),
        ({"structure": "V"}, "one column"),
        ({"structure": 3}, "no shape"),
        ({"tol": -1e-3}, "tolerance"),
        ({"tol": float("nan")}, "tolerance"),
        ({"tol": "small"}, "tolerance"),
        ({"max_iter": -1}, "at least 0"),
        ({"tries": 0}, "at least 1"),
        ({"seed": -1}, "seed"),
        ({"start": "k-meens"}, "k-means"),
        ({"start": np.full(120, -1)}, "Labels"),
        ({"start": np.full(120, 5)}, "6 clusters"),
        ({"start": np.zeros(7, dtype=int)}, "7 labels for 120 rows"),
        ({"start": np.zeros(120)}, "whole numbers"),
        ({"start": np.zeros((2, 5))}, "5 columns"),
        ({"start": np.zeros((3, 3))}, "3 centres"),
        ({"start": [[np.nan, 0, 0], [0, 0, 0]]}, "finite"),
        ({"start": None}, "start"),
        ({"start": Parameters([1.0], [[0.0] * 3], [np.eye(3)])}, "1 components"),
        ({"start": Parameters([0.5, 0.5], np.zeros((2, 2)), [np.eye(2)] * 2)}, "2 columns"),
        ({"units": [1.0, 2.0]}, "3 units"),
        ({"units": [1.0, 0.0, 2.0]}, "above zero"),
        ({"threads": 0}, "threads"),
    ],
)
def test_bad_options_are_a_sentence(options, says):
    with pytest.raises(MixtureError, match=says):
        fit(BASE, **{"n_components": 2, **options})


@pytest.mark.parametrize(
    ("weights", "means", "covariances", "says"),
    [
        ([0.5, 0.6], np.zeros((2, 1)), np.ones((2, 1, 1)), "add up to 1"),
        ([1.5, -0.5], np.zeros((2, 1)), np.ones((2, 1, 1)), "negative"),
        ([1.0], [[0.0, 0.0]], [[[1.0, 2.0], [2.0, 1.0]]], "positive definite"),
        ([1.0], [[0.0, 0.0]], [[[1.0, 0.5], [0.2, 1.0]]], "symmetric"),
        ([1.0], [[0.0, np.nan]], [np.eye(2)], "finite"),
        ([1.0], [[0.0, 0.0]], [np.eye(3)], "shapes"),
        ([1.0], [0.0, 0.0], [np.eye(2)], "dimensions"),
        (["a"], [[0.0]], [[[1.0]]], "numbers"),
    ],
)
def test_bad_parameters_are_a_sentence(weights, means, covariances, says):
    with pytest.raises(MixtureError, match=says):
        Parameters(weights, means, covariances)


def test_parameters_and_specs_keep_their_own_read_only_arrays():
    means = np.zeros((1, 2))
    p = Parameters([1.0], means, [np.eye(2)])
    means[0, 0] = 5.0
    assert p.means[0, 0] == 0.0
    with pytest.raises(ValueError, match="read-only"):
        p.means[0, 0] = 1.0
    labels = np.zeros(4, dtype=int)
    spec = Spec(1, "full", labels)
    labels[0] = 1
    assert spec.start[0] == 0
    assert spec.structure == "VVV"
    assert spec.replace(seed=3).seed == 3
    f = fit(BASE, 2, tries=1)
    with pytest.raises(ValueError, match="read-only"):
        f.parameters.means[0, 0] = 1.0


def test_rows_are_not_copied_when_they_need_not_be():
    assert as_rows(BASE) is BASE
