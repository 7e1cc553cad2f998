"""With one cluster nothing is shared: structures that differ only between clusters agree."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import multivariate_normal

from gmmstudio.mixture import fit
from gmmstudio.mixture.structures import ALL


def data(seed: int = 0) -> np.ndarray:
    random = np.random.default_rng(seed)
    return random.normal(size=(200, 3)) @ random.normal(size=(3, 3)) + 5.0


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("structure", ALL)
def test_one_cluster_is_one_gaussian_of_its_family(structure: str, seed: int) -> None:
    x = data(seed)
    covariance = np.cov(x.T, bias=True)
    if structure[1:] == "II":
        covariance = np.trace(covariance) / 3 * np.eye(3)
    elif structure[2] == "I":
        covariance = np.diag(np.diag(covariance))
    expected = multivariate_normal(x.mean(axis=0), covariance).logpdf(x).sum()
    for start in ("k-means++", np.zeros(200, dtype=np.int64)):
        found = fit(x, 1, structure, start=start, tries=3)
        assert found.log_likelihood == pytest.approx(expected, rel=1e-9)
        assert found.converged
