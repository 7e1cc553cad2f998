"""An EM iteration, and a whole solution, beside scikit-learn, oneDAL and mclust: one table.

Run as ``python -m tests.benchmarks.bench_em``. Everybody starts from the same parameters, on the
same rows, in the same run; oneDAL and mclust take part where they are found (see `onedal` and
`mclust`), each as it comes: all processors for ours, scikit-learn and oneDAL, one for mclust.

* *ms an iteration*: an E-step and an M-step, preparation left out, best of several rounds.
* *solution*: seconds of a whole fit, preparation included, to within 1e-8 (relative) of the best
  log-likelihood found from that start. Ours stops by itself; peers are told how many iterations it
  takes. "≈" stands where a peer would take too long: iterations times its time for one.

``×`` is how many times as long a peer takes. ``≠`` after a figure: its log-likelihood is not the
one it should be. ``--quick`` leaves out 100 000 rows and more, ``--full`` makes every solution.
"""

import argparse
from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from gmmstudio.mixture import Parameters, responsibilities
from tests.benchmarks import machine, mclust, onedal, ours
from tests.benchmarks.peers import Job, Timed, measure_scikit_learn, overlapping

SHAPES = ("VII", "VVI", "EEE", "VVV")
CELLS = (
    (300, 2, 3),
    (300, 8, 3),
    (10_000, 1, 3),
    (10_000, 2, 3),
    (10_000, 8, 3),
    (10_000, 32, 3),
    (100_000, 2, 8),
    (100_000, 8, 8),
    (100_000, 32, 8),
    (1_000_000, 2, 5),
    (1_000_000, 8, 8),
)
LARGEST = CELLS[-1]

SOLVED = 1e7
"""Up to this n d K there is a time to solution."""

SAME = 1e-9
PEERS = ("scikit-learn", "oneDAL", "mclust")


@dataclass(frozen=True)
class Row:
    """A line of the table: what everybody made of one problem in one shape."""

    n: int
    d: int
    k: int
    structure: str
    ours: Timed
    peers: dict[str, Timed]
    needed: int
    best: float
    load: str


def jobs_of(
    x: np.ndarray, start: Parameters, structures: Iterable[str], full: bool, most_rounds: int
) -> dict[str, tuple[Job, float]]:
    """What to ask for every shape, and the best log-likelihood from this start."""
    (n, d), k = x.shape, start.n_components
    iterations = int(np.clip(1e6 / n, 3, 200))
    rounds = min(most_rounds, 9 if n < 10_000 else 4 if n < 1e6 else 2)
    jobs = {}
    for structure in structures:
        needed, best, limit = 0, np.nan, np.inf if full else 20.0
        largest = (n, d, k) == LARGEST
        if n * d * k <= SOLVED or (largest and (full or structure == "VVV")):
            needed, best = ours.iterations_needed(x, start, structure, 3000 if n < 1e6 else 200)
            limit = max(limit, 100.0) if largest else limit
        jobs[structure] = Job(structure, iterations, rounds, needed, limit), best
    return jobs


def measure(
    n: int,
    d: int,
    k: int,
    structures: Iterable[str] = SHAPES,
    *,
    full: bool = False,
    other_processes: bool = True,
    most_rounds: int = 9,
) -> list[Row]:
    """Everybody on one problem, in turn; perhaps without those that need processes of their own."""
    x, start = overlapping(n, d, k)
    asked = jobs_of(x, start, structures, full, most_rounds)
    jobs = [job for job, _ in asked.values()]
    load = machine.load()
    first = {job.structure: ours.measure(x, start, job) for job in jobs}
    found: dict[str, dict[str, Timed]] = {name: {} for name in PEERS}
    for job in jobs:
        found["scikit-learn"][job.structure] = measure_scikit_learn(x, start, job)
    if other_processes and onedal.version():
        found["oneDAL"] = dict(onedal.measure(x, start, jobs))
    if other_processes and mclust.version():
        found["mclust"] = mclust.measure(x, responsibilities(x, start), jobs)
    rows = []
    for structure, (job, best) in asked.items():
        # once more, so that a busy moment hits nobody alone
        mine = quicker(first[structure], ours.measure(x, start, job))
        peers = {name: found[name][structure] for name in PEERS if structure in found[name]}
        rows.append(Row(n, d, k, structure, mine, peers, job.solution, best, load))
    return rows


def quicker(one: Timed, other: Timed) -> Timed:
    """The better of two measurements, figure by figure."""
    return replace(
        one,
        iteration=min(one.iteration, other.iteration),
        solution=min(one.solution, other.solution),
    )


def differs(one: float, other: float, allowed: float) -> str:
    """A mark where two log-likelihoods are not the same."""
    return "≠" if abs(one - other) > allowed * abs(other) else ""


def falls_short(log_likelihood: float, best: float) -> str:
    """A mark where a solution is further below the best than it may be."""
    return "≠" if best - log_likelihood > 1.01 * ours.CLOSE * abs(best) else ""


def iteration_cell(row: Row, name: str) -> str:
    """A peer's milliseconds and their ratio to ours."""
    if name not in row.peers:
        return ""
    peer = row.peers[name]
    mark = differs(peer.log_likelihood, row.ours.log_likelihood, SAME)
    return f"{1e3 * peer.iteration:.3g} {peer.iteration / row.ours.iteration:5.1f}×{mark}"


def solution_cell(row: Row, name: str) -> str:
    """A peer's seconds to the solution and their ratio to ours."""
    if name not in row.peers or not row.needed:
        return ""
    peer = row.peers[name]
    if np.isnan(peer.solution):
        seconds = peer.iteration * row.needed
        return f"≈{seconds:.3g} {seconds / row.ours.solution:5.1f}×"
    mark = falls_short(peer.solution_log_likelihood, row.best)
    return f"{peer.solution:.3g} {peer.solution / row.ours.solution:5.1f}×{mark}"


def line(row: Row) -> str:
    """One line of the table."""
    solved = ""
    if row.needed:
        mark = falls_short(row.ours.solution_log_likelihood, row.best)
        solved = f"{row.ours.solution:.3g}{mark}"
    cells = [
        f"{row.n} × {row.d}, {row.k}".ljust(14),
        row.structure,
        f"{1e3 * row.ours.iteration:.3g}".rjust(8),
        *(iteration_cell(row, name).rjust(13) for name in PEERS),
        (str(row.needed) if row.needed else "").rjust(4),
        solved.rjust(7),
        *(solution_cell(row, name).rjust(13) for name in PEERS),
        row.load.rjust(4),
    ]
    return "| " + " | ".join(cells) + " |"


HEAD = """\
| n × d, K       |     | ours, ms |  scikit-learn |        oneDAL |        mclust | its. \
| ours, s |  scikit-learn |        oneDAL |        mclust | load |
|---|---|---|---|---|---|---|---|---|---|---|---|"""


def who_takes_part() -> str:
    """The machine, and which peers were found."""
    return (
        f"{machine.description()}\n"
        f"oneDAL: {onedal.version() or 'not found (GMMSTUDIO_ONEDAL_PYTHON names an interpreter)'};"
        f" mclust: {mclust.version() or 'not found'}\n"
        "milliseconds an iteration, then the iterations and seconds to the solution"
    )


def main(arguments: list[str] | None = None) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="only up to 10 000 rows")
    parser.add_argument("--full", action="store_true", help="every solution, however long")
    parser.add_argument("--rows", type=int, action="append", help="only cells with so many rows")
    parser.add_argument("--columns", type=int, action="append", help="and so many columns")
    options = parser.parse_args(arguments)
    print(who_takes_part(), HEAD, sep="\n", flush=True)
    for n, d, k in CELLS:
        if options.quick and n > 10_000:
            continue
        if n not in (options.rows or [n]) or d not in (options.columns or [d]):
            continue
        for row in measure(n, d, k, full=options.full):
            print(line(row), flush=True)


if __name__ == "__main__":
    main()
