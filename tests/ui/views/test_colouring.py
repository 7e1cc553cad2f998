"""Colours of rows: by label and certainty, the same whichever way the labels come."""

from __future__ import annotations

import numpy as np

from gmmstudio.ui.views.points.colouring import LEVELS, Colouring, make_palette, mix, premultiplied
from gmmstudio.ui.views.points.marks import APART, OUTLIER

WHITE, GREY, PALE = (255, 255, 255), (100, 100, 100), (200, 200, 200)
CLUSTERS = [(0, 114, 178), (230, 159, 0), (0, 158, 115)]


def palette(faded=True):
    return make_palette(CLUSTERS, WHITE, GREY, PALE, faded=faded)


def labels(n=500, seed=0):
    random = np.random.default_rng(seed)
    return random.integers(-1, 3, n).astype(np.int32), random.uniform(1 / 3, 1, n).astype(
        np.float32
    )


def test_certain_rows_have_their_clusters_colour():
    colouring = Colouring(palette(), 3, None, np.array([0, 1, 2]), np.ones(3, np.float32))
    got = colouring.colours(np.arange(3), None, 3)
    assert got.tolist() == [premultiplied(rgb) for rgb in CLUSTERS]


def test_uncertainty_fades_towards_the_background():
    certainty = np.linspace(1 / 3, 1, 40).astype(np.float32)
    colouring = Colouring(palette(), 3, None, np.zeros(40, np.int32), certainty)
    red = colouring.colours(np.arange(40), None, 40) >> np.uint32(16) & np.uint32(255)
    assert (np.diff(red.astype(int)) <= 0).all()  # red falls from white's to the blue's
    assert red[0] > red[-1] + 100
    plain = Colouring(palette(faded=False), 3, None, np.zeros(40, np.int32), certainty)
    assert len(set(plain.colours(np.arange(40), None, 40).tolist())) == 1


def test_rows_of_a_single_cluster_are_certain():
    one = make_palette(CLUSTERS[:1], WHITE, GREY, PALE, faded=True)
    colouring = Colouring(one, 1, None, np.zeros(3, np.int32), np.ones(3, np.float32))
    assert set(colouring.colours(np.arange(3), None, 3).tolist()) == {premultiplied(CLUSTERS[0])}


def test_labels_of_all_rows_of_the_painted_rows_and_of_others_agree():
    label, certainty = labels()
    rows = np.random.default_rng(1).permutation(500)[:120]
    whole = Colouring(palette(), 3, None, label, certainty)
    exact = Colouring(palette(), 3, rows, label[rows], certainty[rows])
    more = np.concatenate([rows, np.setdiff1d(np.arange(500), rows)[:50]])
    other = Colouring(palette(), 3, more, label[more], certainty[more])
    expected = whole.colours(rows, None, 500)
    np.testing.assert_array_equal(exact.colours(rows, None, 500), expected)
    np.testing.assert_array_equal(exact.colours(rows.copy(), None, 500), expected)
    np.testing.assert_array_equal(other.colours(rows, None, 500), expected)


def test_rows_that_the_frame_does_not_know_are_neutral():
    colouring = Colouring(palette(), 3, np.array([4]), np.array([1]), np.ones(1, np.float32))
    got = colouring.colours(np.array([3, 4]), None, 9)
    assert got.tolist() == [premultiplied(GREY), premultiplied(CLUSTERS[1])]
    before = Colouring(palette()).colours(np.arange(3), None, 3)
    assert set(before.tolist()) == {premultiplied(GREY)}


def test_rows_apart_are_pale_whatever_their_label():
    kinds = np.array([0, APART, 0], np.uint8)
    label = np.array([0, 1, -1], np.int32)
    colouring = Colouring(palette(), 3, None, label, np.ones(3, np.float32))
    got = colouring.colours(np.arange(3), kinds, 3).tolist()
    assert got == [premultiplied(CLUSTERS[0]), premultiplied(PALE), premultiplied(PALE)]


def test_one_component_and_odd_probabilities_stay_in_the_palette():
    one = make_palette(CLUSTERS[:1], WHITE, GREY, PALE, faded=True)
    assert len(one) == 2 + LEVELS + 1
    certainty = np.array([0.0, 1.0, 1.0000001], np.float32)
    colouring = Colouring(one, 1, None, np.zeros(3, np.int32), certainty)
    assert colouring.codes(np.arange(3), 3).max() == len(one) - 2


def test_mixing_and_premultiplying():
    assert mix((0, 0, 0), (255, 255, 255), 0.5) == (128, 128, 128)
    assert premultiplied((255, 0, 0), 0.5) == (128 << 24) | (128 << 16)


def test_outliers_that_are_no_crosses_are_darker():
    kinds = np.array([0, OUTLIER, APART], np.uint8)
    colouring = Colouring(palette(), 3, None, np.zeros(3, np.int32), np.ones(3, np.float32))
    crossed = colouring.colours(np.arange(3), kinds, 3).tolist()
    assert crossed == [premultiplied(CLUSTERS[0])] * 2 + [premultiplied(PALE)]
    dots = colouring.colours(np.arange(3), kinds, 3, crossed=False).tolist()
    assert dots[0] == crossed[0] and dots[2] == crossed[2]
    assert dots[1] == premultiplied(mix(CLUSTERS[0], (0, 0, 0), 0.5))
