"""The ends of an ellipse's axes: where they lie, and what drawing them out makes of it."""

from __future__ import annotations

import numpy as np
import pytest

from gmmstudio.ui.views.hands.handles import drawn_out, half_axes

RATE = np.array([40.0, -0.3])  # pixels per unit: columns of very different units


def covariance(seed: int) -> np.ndarray:
    random = np.random.default_rng(seed)
    root = random.standard_normal((2, 3)) / np.abs(RATE)[:, None] * 30
    return root @ root.T


def in_pixels(sigma: np.ndarray) -> np.ndarray:
    return sigma * np.outer(RATE, RATE)


@pytest.mark.parametrize("seed", range(5))
def test_half_axes_are_those_of_the_ellipse_as_it_is_seen(seed: int) -> None:
    sigma = covariance(seed)
    axes = half_axes(sigma, RATE)
    np.testing.assert_allclose(axes.T @ axes, in_pixels(sigma), rtol=1e-9, atol=1e-9)
    assert abs(axes[0] @ axes[1]) < 1e-6 * np.hypot(*axes[0]) * np.hypot(*axes[1])
    assert np.hypot(*axes[0]) >= np.hypot(*axes[1])


@pytest.mark.parametrize("end", range(4))
def test_drawn_straight_out_only_that_axis_grows(end: int) -> None:
    sigma = covariance(1)
    axes = half_axes(sigma, RATE)
    way = axes[end // 2] * (1 if end % 2 == 0 else -1)
    after = half_axes(drawn_out(sigma, RATE, end, 1.6 * way), RATE)
    lengths = sorted([1.6 * np.hypot(*axes[end // 2]), np.hypot(*axes[1 - end // 2])])
    np.testing.assert_allclose(sorted(np.hypot(*after.T)), lengths, rtol=1e-9)
    unturned = in_pixels(drawn_out(sigma, RATE, end, 1.6 * way))
    # Both axes of before are still axes.
    assert abs(axes[0] @ unturned @ axes[1]) < 1e-6 * np.abs(unturned).max() * 900


def test_drawn_around_it_turns_and_keeps_its_size() -> None:
    sigma = covariance(2)
    start = half_axes(sigma, RATE)[0]
    angle = 0.7
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    seen = in_pixels(drawn_out(sigma, RATE, 0, turn @ start))
    np.testing.assert_allclose(seen, turn @ in_pixels(sigma) @ turn.T, rtol=1e-9, atol=1e-7)


def test_only_stretched_or_only_turned_where_that_is_asked() -> None:
    sigma = covariance(3)
    axes = half_axes(sigma, RATE)
    to = 1.3 * axes[0] + 0.8 * axes[1]
    stretched = in_pixels(drawn_out(sigma, RATE, 0, to, turns=False))
    np.testing.assert_allclose(
        stretched, 1.3**2 * np.outer(axes[0], axes[0]) + np.outer(axes[1], axes[1]), rtol=1e-9
    )
    turned = drawn_out(sigma, RATE, 0, to, stretches=False)
    assert np.linalg.det(turned) == pytest.approx(np.linalg.det(sigma))
    held = half_axes(turned, RATE)[0]
    assert abs(held[0] * to[1] - held[1] * to[0]) < 1e-6 * np.hypot(*held) * np.hypot(*to)


def test_an_axis_is_never_drawn_to_nothing() -> None:
    sigma = covariance(4)
    axes = half_axes(sigma, RATE)
    for to in (np.zeros(2), -5 * axes[0]):
        np.linalg.cholesky(drawn_out(sigma, RATE, 0, to, turns=False))
