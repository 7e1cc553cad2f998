"""The problem that engines are compared on, and scikit-learn set up for the same start."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.mixture import GaussianMixture

from gmmstudio.mixture import Parameters

SKLEARN = {"VII": "spherical", "VVI": "diag", "EEE": "tied", "VVV": "full"}


def overlapping(n: int, d: int, k: int) -> tuple[np.ndarray, Parameters]:
    """Rows from overlapping clusters, and a start near the truth that takes long to converge."""
    rng = np.random.default_rng(n + 10 * d + k)
    centres = rng.normal(scale=2.0, size=(k, d))
    x = rng.normal(size=(n, d)) + centres[rng.integers(k, size=n)]
    covariances = np.tile(1.5 * np.eye(d), (k, 1, 1))
    return x, Parameters(np.full(k, 1.0 / k), centres + 0.3, covariances)


def scikit_learn(start: Parameters, structure: str, iterations: int) -> GaussianMixture:
    """Set scikit-learn up to run exactly that many iterations from this start."""
    precisions = {
        "VVV": np.linalg.inv(start.covariances),
        "EEE": np.linalg.inv(start.covariances[0]),
        "VVI": 1.0 / np.einsum("kaa->ka", start.covariances),
        "VII": 1.0 / start.covariances[:, 0, 0],
    }[structure]
    return GaussianMixture(
        start.n_components, covariance_type=SKLEARN[structure], tol=0.0, reg_covar=0.0,
        max_iter=iterations, weights_init=start.weights, means_init=start.means,
        precisions_init=precisions, init_params="random",
    )  # fmt: skip


@contextmanager
def not_converged_is_meant() -> Iterator[None]:
    """Keep scikit-learn from warning that a fixed number of iterations did not converge."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        yield
