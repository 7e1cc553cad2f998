"""Density in a plane against SciPy, regions of highest density by Monte Carlo."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import chi2, multivariate_normal

from gmmstudio.mixture.density import has_density, log_density_grid, moved, region_levels
from gmmstudio.mixture.parameters import Parameters
from gmmstudio.mixture.projection import project

SHARES = (0.25, 0.5, 0.75, 0.95)


def mixture(seed: int, k: int, d: int = 2) -> Parameters:
    random = np.random.default_rng(seed)
    roots = random.normal(size=(k, d, d)) + np.eye(d)
    return Parameters(
        random.dirichlet(np.full(k, 3.0)),
        random.normal(scale=4, size=(k, d)),
        roots @ roots.transpose(0, 2, 1) + 0.05 * np.eye(d),
    )


def density(p: Parameters, points: np.ndarray) -> np.ndarray:
    return sum(
        w * multivariate_normal(m, c).pdf(points)
        for w, m, c in zip(p.weights, p.means, p.covariances, strict=True)
    )


@pytest.mark.parametrize(("k", "d"), [(1, 2), (3, 2), (5, 4), (50, 3)])
def test_the_density_in_a_plane_is_scipys_of_the_projected_mixture(k, d):
    p = mixture(k, k, d)
    plane = np.random.default_rng(0).normal(size=(d, 2))
    flat = project(p, plane)
    x, y = np.linspace(-8, 8, 37), np.linspace(-6, 6, 23)
    places = np.stack(np.meshgrid(x, y), axis=-1)
    found, judge = log_density_grid(flat, x, y), density(flat, places)
    sizeable = judge > 1e-300
    np.testing.assert_allclose(found[sizeable], np.log(judge[sizeable]), atol=1e-8, rtol=1e-8)
    assert (found[~sizeable] < -690).all()


def test_it_is_the_marginal_of_the_whole_mixture():
    """Integrating what is not shown out of a mixture in three columns gives the same."""
    p = mixture(5, 2, 3)
    z = np.linspace(-30, 30, 4001)
    place = np.array([0.7, -1.2])
    along = np.column_stack([np.broadcast_to(place, (len(z), 2)), z])
    marginal = np.trapezoid(density(p, along), z)
    flat = project(p, np.eye(3)[:, :2])
    found = log_density_grid(flat, place[:1], place[1:])[0, 0]
    assert np.exp(found) == pytest.approx(marginal, rel=1e-6)


@pytest.mark.parametrize("covariance", [np.eye(2), [[4.0, 1.9], [1.9, 1.0]]])
def test_the_regions_of_one_gaussian_are_its_ellipses(covariance):
    p = Parameters([1.0], [[3.0, -1.0]], [covariance])
    peak = -np.log(2 * np.pi) - 0.5 * np.linalg.slogdet(np.asarray(covariance))[1]
    np.testing.assert_allclose(
        region_levels(p, SHARES), peak - 0.5 * chi2(2).ppf(SHARES), atol=2e-3
    )


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("k", [2, 5, 50])
def test_the_regions_hold_what_they_say(seed, k):
    p = mixture(seed, k)
    random = np.random.default_rng(99)
    groups = random.multinomial(200_000, p.weights)
    rows = np.concatenate(
        [
            random.multivariate_normal(m, c, n)
            for m, c, n in zip(p.means, p.covariances, groups, strict=True)
        ]
    )
    drawn = np.log(density(p, rows))
    for share, level in zip(SHARES, region_levels(p, SHARES), strict=True):
        assert (drawn > level).mean() == pytest.approx(share, abs=0.006)


def test_regions_do_not_depend_on_units_or_empty_components():
    p = mixture(1, 3)
    rate = np.array([1e120, 1e-60])
    other = moved(p, np.array([2.0, 1.0]), rate)
    np.testing.assert_allclose(
        region_levels(other, SHARES), region_levels(p, SHARES) - np.log(rate).sum(), atol=1e-6
    )
    with_empty = Parameters(
        np.append(p.weights, 0.0),
        np.vstack([p.means, [[1e6, 1e6]]]),
        np.concatenate([p.covariances, np.eye(2)[None] * 1e-12]),
    )
    np.testing.assert_allclose(region_levels(with_empty, SHARES), region_levels(p, SHARES))


def test_a_flat_component_has_no_density():
    p = mixture(1, 3, 3)
    assert has_density(project(p, np.eye(3)[:, :2]))
    assert not has_density(project(p, np.eye(3)[:, [0, 0]]))
    assert not has_density(project(p, np.column_stack([np.eye(3)[0], np.zeros(3)])))
