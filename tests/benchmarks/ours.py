"""Our engine under the clock, through the functions everybody calls."""

import time

import numpy as np

from gmmstudio.mixture import Parameters, Spec, em, fit
from tests.benchmarks.peers import Job, Timed

CLOSE = 1e-8
"""The same log-likelihood is one this near, relative, to the best found."""


def measure(x: np.ndarray, start: Parameters, job: Job, threads: int | None = None) -> Timed:
    """Time iterations as they stream past, and the whole fit of one that stops by itself."""
    spec = Spec(start.n_components, job.structure, start, tol=0.0, max_iter=job.iterations)
    best, whole, ended = np.inf, np.inf, np.nan
    for _ in job.each_round():
        stamps = []
        for frame in em(x, spec, start, threads=threads):
            stamps.append(time.perf_counter())
            last = frame.log_likelihood
        best = min(best, (stamps[-1] - stamps[0]) / job.iterations)
    if not job.solution:
        return Timed(best, last)
    for _ in job.each_round():
        began = time.perf_counter()
        found = fit(x, start.n_components, job.structure, start=start, threads=threads)
        whole, ended = min(whole, time.perf_counter() - began), found.log_likelihood
    return Timed(best, last, whole, ended)


def iterations_needed(
    x: np.ndarray, start: Parameters, structure: str, most: int
) -> tuple[int, float]:
    """How many iterations EM needs from here to within `CLOSE` of the best, and the best."""
    long = fit(x, start.n_components, structure, start=start, tol=1e-12, max_iter=most)
    best = float(long.history.max())
    return int(np.argmax(long.history >= best - CLOSE * abs(best))), best
