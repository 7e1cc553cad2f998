"""How fast an iteration is, beside scikit-learn from the same start: ratios, no verdict.

Run as ``python -m tests.benchmarks.bench_em`` (``--quick`` leaves the million rows out).
"""

import sys
import time

import numpy as np

from gmmstudio.mixture import Parameters, Spec
from gmmstudio.mixture.em import iterate
from gmmstudio.mixture.problem import Problem
from gmmstudio.mixture.rows import default_threads, single_blas_thread
from tests.benchmarks.peers import not_converged_is_meant, overlapping, scikit_learn

CELLS = [
    (300, 2, 3, "VVV"),
    (300, 8, 3, "VVV"),
    (10_000, 8, 3, "VVV"),
    (100_000, 8, 8, "VII"),
    (100_000, 8, 8, "VVI"),
    (100_000, 8, 8, "EEE"),
    (100_000, 8, 8, "VVV"),
    (1_000_000, 2, 5, "VVV"),
    (1_000_000, 8, 8, "VVV"),
]


def ours(x: np.ndarray, start: Parameters, structure: str, iterations: int) -> float:
    """Seconds an iteration, data prepared."""
    spec = Spec(start.n_components, structure, start, tol=0.0, max_iter=iterations)
    with single_blas_thread(), Problem.of(x, spec, None, None, None) as problem:
        began = time.perf_counter()
        [beginning] = problem.beginnings(start)
        for _ in iterate(problem, beginning, "parameters", 1):
            pass
        return (time.perf_counter() - began) / (iterations + 1)


def theirs(x: np.ndarray, start: Parameters, structure: str, iterations: int) -> float:
    """Seconds scikit-learn takes for that many iterations and its start-up."""
    model = scikit_learn(start, structure, iterations)
    with not_converged_is_meant():
        began = time.perf_counter()
        model.fit(x)
        return time.perf_counter() - began


def compare(n: int, d: int, k: int, structure: str) -> tuple[float, float]:
    """Best of several runs of both, taken in turn."""
    x, start = overlapping(n, d, k)
    iterations = int(np.clip(3e6 / n, 3, 200))
    us, short, long = [], [], []
    for _ in range(7 if n <= 10_000 else 4):
        us.append(ours(x, start, structure, iterations))
        short.append(theirs(x, start, structure, 1))
        long.append(theirs(x, start, structure, iterations + 1))
    # a long fit less a short one, so that start-up drops out
    return min(us), (min(long) - min(short)) / iterations


def main(arguments: list[str]) -> None:
    print(f"{default_threads()} threads; milliseconds an iteration, best of several runs")
    print(f"{'n':>9} {'d':>3} {'K':>3} {'shape':>5} {'ours':>10} {'sklearn':>10} {'ratio':>7}")
    for n, d, k, structure in CELLS:
        if n >= 1_000_000 and "--quick" in arguments:
            continue
        us, them = compare(n, d, k, structure)
        print(
            f"{n:>9} {d:>3} {k:>3} {structure:>5} {1e3 * us:>10.3f} {1e3 * them:>10.3f} "
            f"{them / us:>6.1f}×",
            flush=True,
        )


if __name__ == "__main__":
    main(sys.argv[1:])
