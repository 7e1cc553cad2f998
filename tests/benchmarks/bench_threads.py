"""One thread against one thread, and all against all: our iteration beside oneDAL's.

Run as ``python -m tests.benchmarks.bench_threads``: milliseconds an iteration by the clock, and of
processor time, which counts on a busy machine (and shows that one thread was one). Bars: ahead on
one thread where n ≥ 100 000 and d ≤ 16; on all processors within 1.5 × there and ahead at
1 000 000. Below 100 000 rows *fixed* says what an iteration of ours costs whatever the rows: its
time on as few as there may be. ``--quick`` leaves the million out.
"""

import argparse
import time

import numpy as np

from gmmstudio.mixture import Parameters, Spec, em
from tests.benchmarks import machine, onedal, ours
from tests.benchmarks.peers import Job, overlapping

STRUCTURES = ("VVI", "VVV")
CELLS = (
    (300, 2, 3),
    (300, 8, 3),
    (10_000, 2, 3),
    (10_000, 8, 3),
    (10_000, 32, 3),
    (100_000, 2, 8),
    (100_000, 8, 8),
    (100_000, 16, 8),
    (100_000, 32, 8),
    (1_000_000, 2, 5),
    (1_000_000, 8, 8),
)
MANY_ROWS = 100_000

HEAD = """\
| n × d, K        |     | threads | ours, ms |   oneDAL |  ratio | work, ms |   oneDAL |  ratio \
|  fixed | load |
|---|---|---|---|---|---|---|---|---|---|---|"""


def fixed_cost(x: np.ndarray, start: Parameters, structure: str) -> float:
    """Seconds an iteration on a handful of rows: all that is not work on rows."""
    rows = 4 * start.n_components * (start.n_columns + 1)
    return ours.measure(x[:rows], start, Job(structure, 50, 9), threads=1).iteration


def of_ours(x: np.ndarray, start: Parameters, job: Job, threads: int) -> tuple[float, float]:
    """Seconds an iteration by the clock, and of all threads' processor time; best of the rounds."""
    spec = Spec(start.n_components, job.structure, start, tol=0.0, max_iter=job.iterations)
    clock, work = np.inf, np.inf
    for _ in job.each_round():
        stamps = [
            (time.perf_counter(), time.process_time()) for _ in em(x, spec, start, threads=threads)
        ]
        seconds, worked = np.subtract(stamps[-1], stamps[0]) / job.iterations
        clock, work = min(clock, seconds), min(work, worked)
    return float(clock), float(work)


def compare(n: int, d: int, k: int, threads: int) -> None:
    """A line for each of the two shapes that oneDAL has."""
    x, start = overlapping(n, d, k)
    iterations = int(np.clip(1e6 / n, 5, 300))
    rounds = 9 if n < MANY_ROWS else 5
    jobs = [Job(structure, iterations, rounds, patience=2.0) for structure in STRUCTURES]
    load = machine.load()
    first = {job.structure: of_ours(x, start, job, threads) for job in jobs}
    theirs = onedal.measure(x, start, jobs, threads)
    for job in jobs:
        again = of_ours(x, start, job, threads)  # a busy moment hits nobody alone
        us, work = np.minimum(first[job.structure], again)
        them = theirs[job.structure]
        few = n < MANY_ROWS
        fixed = f"{1e3 * fixed_cost(x, start, job.structure):.3f}" if few else ""
        print(
            f"| {f'{n} × {d}, {k}':<15} | {job.structure} | {threads:>7} | {1e3 * us:>8.3f} "
            f"| {1e3 * them.iteration:>8.3f} | {them.iteration / us:>5.2f}× "
            f"| {1e3 * work:>8.3f} | {1e3 * them.processor:>8.3f} | {them.processor / work:>5.2f}× "
            f"| {fixed:>6} | {load:>4} |",
            flush=True,
        )


def main(arguments: list[str] | None = None) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="leave the million rows out")
    parser.add_argument("--rows", type=int, action="append", help="only cells with so many rows")
    options = parser.parse_args(arguments)
    if onedal.version() is None:
        print("no daal4py here: GMMSTUDIO_ONEDAL_PYTHON names an interpreter that has it")
        return
    print(machine.description(), f"oneDAL of scikit-learn-intelex {onedal.version()}", sep="\n")
    print(HEAD, flush=True)
    for threads in dict.fromkeys((1, machine.processors())):
        for n, d, k in CELLS:
            if (options.quick and n > MANY_ROWS) or (options.rows and n not in options.rows):
                continue
            compare(n, d, k, threads)


if __name__ == "__main__":
    main()
