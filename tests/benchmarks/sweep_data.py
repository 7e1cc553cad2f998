"""Tables of 10 000 × 4 for whole sweeps, each hard in its own way."""

from collections.abc import Callable

import numpy as np

ROWS, COLUMNS = 10_000, 4


def rotation(rng: np.random.Generator, d: int) -> np.ndarray:
    """A random orientation."""
    q, r = np.linalg.qr(rng.normal(size=(d, d)))
    return q * np.sign(np.diagonal(r))


def drawn(
    rng: np.random.Generator, centres: np.ndarray, factors: np.ndarray, shares: np.ndarray
) -> np.ndarray:
    """Rows of Gaussians with means ``centres`` (K, d) and covariances F_k F_kᵀ."""
    labels = rng.choice(len(centres), size=ROWS, p=shares)
    z = rng.normal(size=(ROWS, COLUMNS))
    return centres[labels] + np.einsum("nab,nb->na", factors[labels], z)


def separated() -> np.ndarray:
    """Four clusters far apart, each with a tilt and a size of its own."""
    rng = np.random.default_rng(1)
    factors = np.stack([rotation(rng, 4) * rng.uniform(0.5, 1.5, size=4) for _ in range(4)])
    centres = 6.0 * np.array([[0, 0, 0, 0], [1, 1, 0, 0], [0, 1, 1, -1], [-1, 0, 1, 1]])
    return drawn(rng, centres, factors, np.array([0.4, 0.3, 0.2, 0.1]))


def overlapping() -> np.ndarray:
    """Five clusters in one another."""
    rng = np.random.default_rng(2)
    factors = np.stack([rotation(rng, 4) * rng.uniform(0.5, 2.0, size=4) for _ in range(5)])
    centres = rng.normal(scale=1.5, size=(5, 4))
    return drawn(rng, centres, factors, np.array([0.3, 0.25, 0.2, 0.15, 0.1]))


def elongated() -> np.ndarray:
    """Four rods and plates of one orientation, thirty times as long as thick, side by side."""
    rng = np.random.default_rng(3)
    turn = rotation(rng, 4)
    lengths = np.array([[6, 3, 1, 0.2], [3, 6, 0.2, 1], [6, 0.2, 1, 3], [1, 3, 0.2, 6]])
    centres = rng.normal(scale=2.0, size=(4, 4))
    return drawn(rng, centres, turn * lengths[:, None, :], np.full(4, 0.25))


def unequal_columns() -> np.ndarray:
    """The clusters far apart once more, in columns whose spreads differ by 10 000."""
    return separated() * np.array([1.0, 100.0, 0.1, 0.01])


def heavy_tailed() -> np.ndarray:
    """Four clusters of Student's t with three degrees of freedom: no Gaussian fits them."""
    rng = np.random.default_rng(4)
    factors = np.stack([rotation(rng, 4) * rng.uniform(0.5, 1.5, size=4) for _ in range(4)])
    centres = rng.normal(scale=4.0, size=(4, 4))
    labels = rng.integers(4, size=ROWS)
    z = rng.normal(size=(ROWS, COLUMNS)) / np.sqrt(rng.chisquare(3, size=(ROWS, 1)) / 3)
    return centres[labels] + np.einsum("nab,nb->na", factors[labels], z)


DATA: dict[str, Callable[[], np.ndarray]] = {
    "separated": separated,
    "overlapping": overlapping,
    "elongated": elongated,
    "unequal-columns": unequal_columns,
    "heavy-tailed": heavy_tailed,
}
