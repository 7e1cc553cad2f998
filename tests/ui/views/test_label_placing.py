"""The label of the best model never lies on a line, a dot or another label."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from gmmstudio.report.label_placing import Box, crosses, place_label, spread

BOUNDS = Box(30.0, 6.0, 320.0, 118.0)
place = st.tuples(st.floats(30, 350), st.floats(6, 124))


def distance_to_segment(point, segment):
    start, end = np.array(segment[:2]), np.array(segment[2:])
    along = end - start
    length = float(along @ along)
    share = 0.0 if length == 0 else float(np.clip((point - start) @ along / length, 0, 1))
    return float(np.hypot(*(point - start - share * along)))


def touches(box, segments):
    """Slow and sure: walk along each segment in steps of a quarter pixel."""
    for x1, y1, x2, y2 in segments:
        steps = np.linspace(0, 1, 4 * int(np.hypot(x2 - x1, y2 - y1)) + 2)
        x, y = x1 + steps * (x2 - x1), y1 + steps * (y2 - y1)
        inside = (x > box.left) & (x < box.right) & (y > box.top) & (y < box.bottom)
        if inside.any():
            return True
    return False


@given(st.lists(st.tuples(place, place), max_size=40), place, st.floats(20, 140))
@settings(max_examples=150)
def test_a_label_touches_no_line_and_no_dot(pairs, anchor, width):
    segments = np.array([(*a, *b) for a, b in pairs], float).reshape(-1, 4)
    dots = [Box(x - 4, y - 4, 8, 8) for pair in pairs for x, y in pair]
    label = place_label((width, 14.0), anchor, BOUNDS, segments, dots)
    if label is None:
        return
    assert BOUNDS.contains(label)
    assert not touches(label, segments)
    assert not any(label.overlaps(dot) for dot in dots)


@given(
    st.lists(st.lists(st.floats(8, 122), min_size=9, max_size=9), min_size=1, max_size=4),
    st.integers(0, 8),
    st.integers(0, 3),
)
@settings(max_examples=150)
def test_four_lines_over_nine_k_leave_room_or_the_label_is_not_drawn(rows, k, line):
    xs = np.linspace(44, 336, 9)
    segments = np.array([(xs[i], row[i], xs[i + 1], row[i + 1]) for row in rows for i in range(8)])
    anchor = (xs[k], rows[line % len(rows)][k])
    label = place_label((96.0, 14.0), anchor, BOUNDS, segments)
    assert label is None or not touches(label, segments)


def test_a_free_place_beside_the_dot_is_taken():
    label = place_label((80.0, 14.0), (100.0, 60.0), BOUNDS, np.empty((0, 4)))
    assert label is not None
    assert label.left - 100 < 20 or 100 - label.right < 20


def test_where_all_is_full_there_is_no_label():
    y = np.arange(6, 124, 4.0)
    segments = np.column_stack([np.full(len(y), 30.0), y, np.full(len(y), 350.0), y])
    assert place_label((80.0, 14.0), (100.0, 60.0), BOUNDS, segments) is None


@given(st.lists(st.tuples(place, place), min_size=1, max_size=10), place)
def test_crossing_is_found_and_nothing_else(pairs, corner):
    box = Box(corner[0] - 20, corner[1] - 7, 40, 14)
    segments = np.array([(*a, *b) for a, b in pairs], float)
    if touches(box, segments):
        assert crosses(box, segments)
    elif not crosses(box, segments):
        for segment in segments:
            centre = np.array([box.left + 20, box.top + 7])
            assert distance_to_segment(centre, segment) >= 7 - 1e-6


@given(st.lists(st.floats(0, 100), max_size=8), st.floats(1, 20))
def test_names_keep_their_distance_and_their_order(wanted, gap):
    got = np.array(spread(wanted, gap, 0.0, 100.0))
    assert len(got) == len(wanted)
    if not len(got):
        return
    assert got.min() >= -1e-6 and got.max() <= 100 + 1e-6
    if (len(wanted) - 1) * gap < 100:
        assert (np.diff(np.sort(got)) >= gap - 1e-6).all()
    order = np.argsort(wanted, kind="stable")
    assert (np.diff(got[order]) >= -1e-9).all()


def test_names_that_have_room_stay():
    assert spread([10.0, 50.0, 90.0], 14.0, 0.0, 100.0) == (10.0, 50.0, 90.0)
