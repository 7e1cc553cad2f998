"""Small things the tests of the mixture share."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from gmmstudio.mixture import Fit, Parameters

SHAPES = ("VII", "VVI", "EEE", "VVV")
DATA = Path(__file__).parents[1] / "data"


@dataclass(frozen=True)
class Reference:
    """One of mclust's fits, from hard labels."""

    model: str
    n_components: int
    x: np.ndarray
    labels: np.ndarray
    log_likelihood: float
    n_parameters: int
    bic: float
    icl: float
    means: np.ndarray


@cache
def mclust(name: str) -> dict:
    return json.loads((DATA / f"mclust-{name}.json").read_text(encoding="utf-8"))


def table(name: str) -> np.ndarray:
    return np.array(mclust(name)["X"], dtype=float)


def references() -> list:
    found = []
    for name in ("faithful", "iris"):
        content = mclust(name)
        for f in content["fits"]:
            labels = np.array(content["starts"][str(f["G"])]) - 1
            reference = Reference(
                f["model"], f["G"], table(name), labels, f["loglik"], f["npar"], f["bic"],
                f["icl"], np.array(f["mean"]),
            )  # fmt: skip
            found.append((f"{name}-{f['model']}-{f['G']}", reference))
    return found


def clusters(n: int, d: int, k: int, seed: int = 0, spread: float = 3.0) -> np.ndarray:
    """Rows from k tilted Gaussians."""
    rng = np.random.default_rng(seed)
    tilts = rng.normal(size=(k, d, d)) / np.sqrt(d) + np.eye(d)
    centres = rng.normal(scale=spread, size=(k, d))
    which = rng.integers(k, size=n)
    return np.einsum("nab,nb->na", tilts[which], rng.normal(size=(n, d))) + centres[which]


def mixture(d: int, k: int, seed: int = 0) -> Parameters:
    """Sound parameters."""
    rng = np.random.default_rng(seed)
    roots = rng.normal(size=(k, d, d)) + 2.0 * np.eye(d)
    return Parameters(
        rng.dirichlet(np.full(k, 5.0)),
        rng.normal(scale=3.0, size=(k, d)),
        roots @ roots.transpose(0, 2, 1),
    )


def is_finite(fit: Fit) -> bool:
    p = fit.parameters
    return bool(
        np.isfinite(p.weights).all()
        and np.isfinite(p.means).all()
        and np.isfinite(p.covariances).all()
        and np.isfinite(fit.log_likelihood)
        and np.isfinite(fit.history).all()
        and np.isfinite(fit.icl)
    )


def equal(a: Parameters, b: Parameters) -> bool:
    """To the last bit."""
    return bool(
        np.array_equal(a.weights, b.weights)
        and np.array_equal(a.means, b.means)
        and np.array_equal(a.covariances, b.covariances)
    )
