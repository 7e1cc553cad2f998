"""Time to solution with five tries, beside one fit of scikit-learn at tol 1e-6.

Run as ``python -m tests.benchmarks.bench_tries`` (1 000 000 × 8, K = 8; ``--rows`` for fewer). Both
find their own starts. Bar: at least 15 × as fast, and a log-likelihood at least as good.
"""

import argparse
import time
import warnings
from collections.abc import Callable

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.mixture import GaussianMixture

from gmmstudio.mixture import fit
from tests.benchmarks import machine
from tests.benchmarks.peers import overlapping

COLUMNS, CLUSTERS, TRIES = 8, 8, 5


def touching(n: int) -> np.ndarray:
    """Round clusters three standard deviations apart: EM takes its time."""
    return overlapping(n, COLUMNS, CLUSTERS)[0]


def tilted(n: int) -> np.ndarray:
    """Clusters further apart, each with a tilt, a size and a share of its own."""
    rng = np.random.default_rng(5)
    factors = rng.normal(size=(CLUSTERS, COLUMNS, COLUMNS)) / np.sqrt(COLUMNS)
    centres = rng.normal(scale=2.0, size=(CLUSTERS, COLUMNS))
    labels = rng.choice(CLUSTERS, size=n, p=rng.dirichlet(np.full(CLUSTERS, 10.0)))
    x = np.empty((n, COLUMNS))
    for k in range(CLUSTERS):
        members = np.flatnonzero(labels == k)
        x[members] = rng.normal(size=(members.size, COLUMNS)) @ factors[k].T + centres[k]
    return x


DATA: dict[str, Callable[[int], np.ndarray]] = {"touching": touching, "tilted": tilted}


def of_ours(x: np.ndarray) -> tuple[float, float, str]:
    """Seconds, log-likelihood, and how it ended."""
    began = time.perf_counter()
    found = fit(x, CLUSTERS, "VVV", tries=TRIES)
    seconds = time.perf_counter() - began
    on_sample = sum(a.n_iterations for a in found.attempts if a.n_rows < len(x))
    on_all = sum(a.n_iterations for a in found.attempts if a.n_rows == len(x))
    return seconds, found.log_likelihood, f"{on_sample} on a sample, {on_all} on all, {found.ended}"


def of_scikit_learn(x: np.ndarray) -> tuple[float, float, str]:
    """The same of one start with its k-means."""
    model = GaussianMixture(CLUSTERS, tol=1e-6, max_iter=1000, random_state=0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        began = time.perf_counter()
        model.fit(x)
        seconds = time.perf_counter() - began
    ended = "converged" if model.converged_ else "max_iter"
    return seconds, len(x) * model.score(x), f"{model.n_iter_}, {ended}"


def main(arguments: list[str] | None = None) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--data", choices=list(DATA), action="append", help="only this one")
    parser.add_argument("--quick", action="store_true", help="100 000 rows")
    options = parser.parse_args(arguments)
    n = min(options.rows, 100_000) if options.quick else options.rows
    print(machine.description())
    print(f"{n} × {COLUMNS}, K = {CLUSTERS}, full")
    for name in options.data or DATA:
        x, load = DATA[name](n), machine.load()
        us, ell, path = min(of_ours(x) for _ in range(2))
        them, bar, their_path = of_scikit_learn(x)
        print(f"{name}, load {load}: {them / us:.1f}× (bar 15×), Δℓ {ell - bar:+.3f}")
        print(f"  ours, {TRIES} tries    {us:8.2f} s   ℓ {ell:.3f}   iterations: {path}")
        print(f"  scikit-learn, 1   {them:8.2f} s   ℓ {bar:.3f}   iterations: {their_path}")


if __name__ == "__main__":
    main()
