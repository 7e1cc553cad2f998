"""Tours: frames stay orthonormal, ways are the shortest, nothing spins."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.linalg import subspace_angles

from gmmstudio.mixture.touring import GrandTour, as_frame, geodesic, random_frame


def frames(seed: int, d: int) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    return random_frame(d, random), random_frame(d, random)


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10**6), d=st.integers(3, 12), t=st.floats(0, 1))
def test_a_way_is_a_geodesic(seed, d, t):
    start, end = frames(seed, d)
    way = geodesic(start, end)
    np.testing.assert_allclose(way.at(0), start, atol=1e-12)
    assert np.abs(subspace_angles(way.at(1), end)).max() < 1e-6
    frame = way.at(t)
    np.testing.assert_allclose(frame.T @ frame, np.eye(2), atol=1e-10)
    # as far from both ends as it should be: constant speed along the shortest way
    whole = np.linalg.norm(subspace_angles(start, end))
    assert way.length == pytest.approx(whole, abs=1e-6)
    assert np.linalg.norm(subspace_angles(start, frame)) == pytest.approx(t * whole, abs=1e-6)
    assert np.linalg.norm(subspace_angles(frame, end)) == pytest.approx((1 - t) * whole, abs=1e-6)
    # and nothing turns within the plane on the way
    moving = (way.at(t + 1e-6) - way.at(t - 1e-6)) / 2e-6
    np.testing.assert_allclose(frame.T @ moving, 0, atol=1e-6)


def test_a_way_to_the_plane_one_is_in_leads_nowhere():
    start, _ = frames(1, 5)
    turn = np.array([[0.6, -0.8], [0.8, 0.6]])
    way = geodesic(start, start @ turn)
    assert way.length == pytest.approx(0, abs=1e-7)
    np.testing.assert_allclose(way.at(0.7), start, atol=1e-7)


def test_planes_that_share_a_direction_turn_about_it():
    start, end = np.eye(4)[:, :2], np.eye(4)[:, [0, 2]]
    way = geodesic(start, end)
    np.testing.assert_allclose(sorted(way.angles), (0, np.pi / 2), atol=1e-12)
    np.testing.assert_allclose(way.at(0.5)[:, 0], np.eye(4)[0], atol=1e-12)


@pytest.mark.parametrize("d", [3, 4, 60])
def test_a_tour_goes_on_for_ever_at_one_speed(d):
    tour = GrandTour(np.eye(d)[:, :2])
    before = tour.frame
    for _ in range(2000):
        frame = tour.go(0.03)
        np.testing.assert_allclose(frame.T @ frame, np.eye(2), atol=1e-9)
        assert np.linalg.norm(frame - before) < 0.05  # no jump, nor at the corners
        before = frame
    again = GrandTour(np.eye(d)[:, :2])
    again.go(60.0)
    assert np.isfinite(again.frame).all()


def test_a_tour_is_the_same_every_time_and_sees_every_column():
    one, two = (GrandTour(np.eye(5)[:, :2], seed=3) for _ in range(2))
    seen = np.zeros(5)
    for _ in range(500):
        np.testing.assert_array_equal(one.go(0.05), two.go(0.05))
        seen = np.maximum(seen, np.linalg.norm(one.frame, axis=1))
    assert (seen > 0.8).all()


def test_a_frame_keeps_the_first_direction():
    directions = np.array([[2.0, 1.0], [0.0, 1.0], [0.0, 1.0]])
    frame = as_frame(directions)
    np.testing.assert_allclose(frame[:, 0], (1, 0, 0))
    np.testing.assert_allclose(frame.T @ frame, np.eye(2), atol=1e-12)
    assert frame[1, 1] > 0
