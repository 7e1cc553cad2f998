"""Edits by hand: what they promise of moments, planes and structures, on random mixtures."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import multivariate_normal

from gmmstudio.mixture import editing
from gmmstudio.mixture.errors import MixtureError
from gmmstudio.mixture.parameters import Parameters
from gmmstudio.mixture.structures import ALL


def mixture(seed: int, k: int = 3, d: int = 4, spread: float = 1.0) -> Parameters:
    """A random mixture whose columns differ in scale by orders of magnitude."""
    random = np.random.default_rng(seed)
    scale = 10.0 ** random.uniform(-3, 3, d)
    roots = random.standard_normal((k, d, d + 2))
    covariances = roots @ roots.transpose(0, 2, 1) * np.outer(scale, scale)
    means = spread * 3 * random.standard_normal((k, d)) * scale
    return Parameters(random.dirichlet(np.full(k, 4.0)), means, covariances)


def moments(p: Parameters, of: list[int]) -> tuple[float, np.ndarray, np.ndarray]:
    """Weight, mean and covariance of some components together."""
    w = p.weights[of]
    mean = w @ p.means[of] / w.sum()
    apart = p.means[of] - mean
    spread = p.covariances[of] + apart[:, :, None] * apart[:, None, :]
    return w.sum(), mean, np.tensordot(w, spread, 1) / w.sum()


def planes(seed: int, p: Parameters) -> list[np.ndarray]:
    """Two columns as they are, and any directions in columns made comparable."""
    d = p.n_columns
    columns = np.zeros((d, 2))
    columns[2, 0] = columns[0, 1] = 1.0
    widths = np.sqrt(np.einsum("kaa->a", p.covariances))
    return [columns, np.random.default_rng(seed).standard_normal((d, 2)) / widths[:, None]]


def relative(a: np.ndarray, b: np.ndarray, scale: np.ndarray) -> float:
    return float(np.abs((a - b) / scale).max())


@pytest.mark.parametrize("seed", range(5))
def test_a_move_shows_as_asked_and_touches_one_mean_only(seed: int) -> None:
    p, units = mixture(seed), np.random.default_rng(seed).uniform(0.1, 9, 4)
    for plane in planes(seed, p):
        by = np.array([0.7, -1.9])
        moved = editing.move(p, 1, plane, by, units)
        np.testing.assert_allclose((moved.means[1] - p.means[1]) @ plane, by, rtol=1e-6)
        assert np.array_equal(np.delete(moved.means, 1, 0), np.delete(p.means, 1, 0))
        assert np.array_equal(moved.covariances, p.covariances)
        # No other way that shows the same is shorter.
        way = (moved.means[1] - p.means[1]) / units
        away = np.linalg.svd(plane.T * units)[2][2:]  # what does not show
        assert np.abs(away @ way).max() <= 1e-9 * np.abs(way).max() + 1e-9


def test_in_two_columns_a_move_changes_nothing_but_these_two() -> None:
    p = mixture(3)
    moved = editing.move(p, 0, planes(0, p)[0], np.array([2.5, -1.25]), np.full(4, 7.0))
    np.testing.assert_allclose(
        moved.means[0] - p.means[0], [-1.25, 0, 2.5, 0], rtol=1e-9, atol=1e-12
    )
    assert moved.means[0, 1] == p.means[0, 1] and moved.means[0, 3] == p.means[0, 3]


@pytest.mark.parametrize("seed", range(8))
def test_a_reshaped_component_shows_as_asked_and_keeps_the_rest_given_the_plane(seed: int) -> None:
    p = mixture(seed)
    random = np.random.default_rng(100 + seed)
    for plane in planes(seed, p):
        before = plane.T @ p.covariances[2] @ plane
        root = np.linalg.cholesky(before) @ random.standard_normal((2, 2))
        wanted = root @ root.T + 0.05 * before
        after = editing.reshape(p, 2, plane, wanted)
        seen = plane.T @ after.covariances[2] @ plane
        deviations = np.sqrt(np.diagonal(wanted))
        assert relative(seen, wanted, np.outer(deviations, deviations)) < 1e-8
        # The distribution given the plane: its regression and what the regression leaves over.
        scale, widths = np.sqrt(np.diagonal(p.covariances[2])), np.sqrt(np.diagonal(before))
        regressions, left_over = [], []
        for sigma in (p.covariances[2], after.covariances[2]):
            a = sigma @ plane @ np.linalg.inv(plane.T @ sigma @ plane)
            regressions.append(a)
            left_over.append(sigma - a @ (plane.T @ sigma @ plane) @ a.T)
        assert relative(regressions[0], regressions[1], scale[:, None] / widths) < 1e-6
        assert relative(left_over[0], left_over[1], np.outer(scale, scale)) < 1e-6
        np.linalg.cholesky(after.covariances[2])


def test_a_component_seen_as_a_line_is_not_reshaped() -> None:
    p = mixture(1)
    twice = np.zeros((4, 2))
    twice[1] = 1.0
    with pytest.raises(MixtureError, match="line"):
        editing.reshape(p, 0, twice, np.eye(2))
    with pytest.raises(MixtureError, match="positive definite"):
        editing.reshape(p, 0, planes(0, p)[0], np.zeros((2, 2)))


@pytest.mark.parametrize("seed", range(6))
def test_two_halves_have_the_moments_of_the_whole(seed: int) -> None:
    p = mixture(seed)
    units = np.sqrt(np.einsum("kaa->a", p.covariances))
    cut = editing.split(p, 1, units)
    assert cut.n_components == 4
    for a, b in zip(moments(p, [1]), moments(cut, [1, 3]), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-12 * np.abs(a).max())
    assert cut.weights[1] == cut.weights[3]
    # They lie apart along the longest axis, each as wide there as half a Gaussian is.
    _, vectors = np.linalg.eigh(p.covariances[1] / np.outer(units, units))
    way = (cut.means[3] - cut.means[1]) / units
    assert abs(vectors[:, -1] @ way) == pytest.approx(np.linalg.norm(way))
    axis = vectors[:, -1] / units
    before, after = axis @ p.covariances[1] @ axis, axis @ cut.covariances[1] @ axis
    assert after / before == pytest.approx(1 - 2 / np.pi)
    for a, b in zip(moments(p, [0, 2]), moments(cut, [0, 2]), strict=True):
        np.testing.assert_allclose(a, b)


@pytest.mark.parametrize("seed", range(4))
def test_merging_keeps_moments_and_undoes_a_split(seed: int) -> None:
    p = mixture(seed, k=4)
    one = editing.merge(p, 3, 1)
    assert one.n_components == 3
    for a, b in zip(moments(p, [1, 3]), moments(one, [2]), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-9)
    for a, b in zip(moments(p, [0, 1, 2, 3]), moments(one, [0, 1, 2]), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-9 * np.abs(a).max())
    again = editing.merge(editing.split(p, 2, np.ones(4)), 2, 4)
    np.testing.assert_allclose(again.means, p.means, rtol=1e-9)
    np.testing.assert_allclose(again.covariances, p.covariances, rtol=1e-7)
    with pytest.raises(MixtureError, match="itself"):
        editing.merge(p, 1, 1)


def test_deleting_spreads_the_weight_and_keeps_one() -> None:
    p = mixture(2)
    left = editing.delete(p, 1)
    np.testing.assert_allclose(left.weights, p.weights[[0, 2]] / p.weights[[0, 2]].sum())
    assert np.array_equal(left.means, p.means[[0, 2]])
    with pytest.raises(MixtureError, match="only cluster"):
        editing.delete(editing.delete(left, 0), 0)


@pytest.mark.parametrize("seed", range(4))
def test_a_new_component_lies_where_it_shows_and_elsewhere_where_the_mixture_expects_it(
    seed: int,
) -> None:
    p = mixture(seed, d=3, spread=0.4)
    for plane in planes(seed, p):
        at = p.weights @ p.means @ plane + 0.5 * np.sqrt(
            np.diagonal(plane.T @ p.covariances[0] @ plane)
        )
        more = editing.add(p, plane, at)
        np.testing.assert_allclose(more.means[3] @ plane, at, rtol=1e-6)
        assert more.weights[3] == pytest.approx(0.25)
        np.testing.assert_allclose(more.weights[:3], 0.75 * p.weights)
        pooled = np.tensordot(p.weights, p.covariances, 1)
        np.testing.assert_allclose(more.covariances[3], editing.NEW_SHARE * pooled)
        # Along the one direction that does not show, by summing the density itself.
        hidden = np.linalg.svd(plane.T)[2][2]
        base = plane @ np.linalg.solve(plane.T @ plane, at)
        width = np.sqrt(max(hidden @ s @ hidden for s in p.covariances))
        middle = float((p.means @ hidden).mean() - base @ hidden)
        t = np.linspace(middle - 30 * width, middle + 30 * width, 40001)
        line = base + t[:, None] * hidden
        width_of = np.sqrt(np.diagonal(pooled))  # SciPy takes badly scaled ones for singular
        scaled = line / width_of
        density = sum(
            w * multivariate_normal(m / width_of, s / np.outer(width_of, width_of)).pdf(scaled)
            for w, m, s in zip(p.weights, p.means, p.covariances, strict=True)
        )
        expected = (density * t).sum() / density.sum()
        assert (more.means[3] - base) @ hidden == pytest.approx(expected, abs=2e-4 * width)


def test_far_from_everything_a_new_component_still_has_a_place() -> None:
    p = mixture(0)
    at = np.array([1e9, -1e9])
    assert np.isfinite(editing.add(p, planes(0, p)[0], at).means).all()


@pytest.mark.parametrize("structure", ALL)
def test_conforming_covariances_belong_to_the_structure_and_stay_there(structure: str) -> None:
    p = mixture(5)
    units = np.sqrt(np.einsum("kaa->a", p.covariances))
    once = editing.conform(p, structure, units, leader=1)
    twice = editing.conform(once, structure, units)
    scale = np.sqrt(np.einsum("kaa->ka", once.covariances))
    bounds = scale[:, :, None] * scale[:, None, :]
    assert relative(once.covariances, twice.covariances, bounds) < 1e-5
    z = once.covariances / np.outer(units, units)
    volumes = np.linalg.det(z)
    shapes = np.sort(np.linalg.eigvalsh(z), axis=1) / volumes[:, None] ** 0.25
    if structure[0] == "E":
        np.testing.assert_allclose(volumes, volumes[0], rtol=1e-5)
    if structure[1] == "E":
        np.testing.assert_allclose(shapes, shapes[[0, 0, 0]], rtol=1e-4)
    if structure[1] == "I":
        np.testing.assert_allclose(shapes, 1.0, rtol=1e-9)
    if structure[2] == "I":
        off = z - np.stack([np.diag(np.diagonal(c)) for c in z])
        assert np.abs(off).max() == 0.0
    if structure[2] == "E":
        np.testing.assert_allclose(z[0] @ z[1], z[1] @ z[0], atol=1e-4 * np.abs(z).max() ** 2)


@pytest.mark.parametrize("structure", ["EEE", "EEV", "EVV", "VVV", "VEE", "VVE", "EVE", "VEV"])
def test_the_component_in_hand_leads_where_a_shape_is_shared(structure: str) -> None:
    p = mixture(6)
    led = editing.conform(p, structure, np.ones(4), leader=2)
    scale = np.sqrt(np.diagonal(p.covariances[2]))
    assert relative(led.covariances[2], p.covariances[2], np.outer(scale, scale)) < 1e-5
