"""The full sweep, 14 structures × K = 1..9 on 10 000 × 4, beside mclust's ``mclustBIC``.

Run as ``python -m tests.benchmarks.bench_sweep``. Bars: at most a tenth of mclust's time, and a
BIC no worse (relative 1e-4) in at least 95 % of the cells that both can fit; the rest is listed.
``--data separated`` takes one data set, ``--quick`` two, ``--details`` prints time, work and BIC
of every cell (an iteration count with "!": not run to convergence), ``--without-r`` leaves mclust
out. A sweep of ours is stopped after ``--limit`` seconds. What R found is kept in the temporary
folder, so that only the first run waits for it; ``--fresh`` measures it again.
"""

import argparse
import hashlib
import json
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from gmmstudio.fitting import Cell, grid, run_to_end, sweep
from gmmstudio.mixture import Spec
from gmmstudio.mixture.structures import ALL
from tests.benchmarks import machine, mclust
from tests.benchmarks.sweep_data import DATA

MOST_CLUSTERS = 9
WORSE = 1e-4
SEED = 1

Key = tuple[str, int]


@dataclass(frozen=True)
class Theirs:
    """What mclust made of a table: seconds by the clock and of processor time, and the BICs."""

    seconds: float
    work: float
    bic: dict[Key, float]
    load: str


def ours(
    x: np.ndarray, structures: tuple[str, ...], threads: int | None, limit: float
) -> tuple[float, float, tuple[Cell, ...], int]:
    """Seconds by the clock and of processor time, the cells within the limit, how many to do."""
    specs = grid(Spec(), range(1, MOST_CLUSTERS + 1), structures, x.shape[1])
    began, worked = time.perf_counter(), time.process_time()

    def too_long() -> bool:
        return time.perf_counter() - began > limit

    cells = run_to_end(sweep(x, specs, threads=threads, should_stop=too_long))
    seconds, work = time.perf_counter() - began, time.process_time() - worked
    return seconds, work, cells, len(specs)


def theirs(x: np.ndarray, fresh: bool) -> Theirs:
    """What mclust makes of it in a fresh process, or what it made of it the last time."""
    script = (mclust.HERE / "mclust_bic.R").read_bytes()
    key = hashlib.sha256(script + str(mclust.version()).encode() + x.tobytes()).hexdigest()[:16]
    kept = Path(tempfile.gettempdir()) / "gmmstudio-benchmarks" / f"mclust-bic-{key}.json"
    if fresh or not kept.exists():
        load = machine.load()
        _, clock, work, *rows = mclust.run("mclust_bic.R", {"x": x}, MOST_CLUSTERS, SEED)
        kept.parent.mkdir(exist_ok=True)
        result = {"seconds": float(clock[2]), "work": float(work[2]), "load": load, "rows": rows}
        kept.write_text(json.dumps(result))
    found = json.loads(kept.read_text())
    bic = {(name, int(k)): float(value) for name, k, value in found["rows"] if value != "NA"}
    return Theirs(found["seconds"], found["work"], bic, found["load"])


def passes(cell: Cell) -> float:
    """E-steps of all tries, in passes over all rows."""
    if cell.fit is None:
        return np.nan
    n = cell.fit.n_rows
    return sum((a.n_iterations + 1) * a.n_rows / n for a in cell.fit.attempts)


def ended(cell: Cell) -> str:
    """Iterations of the fit that is kept, marked where they were not enough."""
    if cell.fit is None:
        return "gap"
    return f"{cell.fit.n_iterations}{'' if cell.fit.converged else '!'}"


def print_grid(title: str, cells: dict[Key, Cell], show: Callable[[Cell], str]) -> None:
    """One figure of every cell, K down and structures across."""
    across = list(dict.fromkeys(name for name, _ in cells))
    print(f"{title:<17}" + "".join(f"{name:>8}" for name in across))
    for k in sorted({k for _, k in cells}):
        line = "".join(f"{show(cells[name, k]):>8}" for name in across)
        print(f"{f'K = {k}':<17}{line}")


def print_details(cells: dict[Key, Cell], judge: Theirs | None) -> None:
    """Where the time goes, and how every cell compares."""
    print_grid("ms", cells, lambda c: f"{1e3 * c.seconds:.0f}")
    print_grid("passes over rows", cells, lambda c: f"{passes(c):.0f}")
    print_grid("tries", cells, lambda c: f"{len(c.fit.attempts)}" if c.fit else "gap")
    print_grid("best's iterations", cells, ended)
    if judge is None:
        return

    def against(cell: Cell) -> str:
        theirs = judge.bic.get((cell.structure, cell.n_components))
        if cell.fit is None or theirs is None:
            return ("gap" if cell.fit is None else "") + ("" if theirs is not None else "no R")
        return f"{1e4 * (cell.fit.bic - theirs) / abs(theirs):.2f}"

    print_grid("ΔBIC / 1e-4", cells, against)


def worse_cells(cells: dict[Key, Cell], judge: Theirs) -> tuple[int, list[str]]:
    """How many cells both could fit, and a line for each whose BIC is worse than it may be."""
    both = [key for key, cell in cells.items() if cell.fit and key in judge.bic]
    lines = []
    for key in both:
        bic, bar = cells[key].fit.bic, judge.bic[key]
        relative = (bic - bar) / abs(bar)
        if relative > WORSE:
            lines.append(f"{key[0]},{key[1]}: {bic:.1f}, mclust {bar:.1f} ({relative:+.1e})")
    return len(both), lines


def report(name: str, options: argparse.Namespace) -> None:
    """One data set: a line of figures, the cells that are worse or gaps."""
    x = DATA[name]()
    load = machine.load()
    seconds, work, found, asked = ours(x, options.structures, options.threads, options.limit)
    cells = {(cell.structure, cell.n_components): cell for cell in found}
    judge = None
    if not options.without_r and mclust.version():
        judge = theirs(x, options.fresh)
    line = f"{name:<16} {len(cells):>5} {seconds:>8.2f} {work:>7.2f} {load:>5}"
    if judge:
        both, worse = worse_cells(cells, judge)
        better = sum(
            c.fit is not None and key in judge.bic and
            c.fit.bic < judge.bic[key] - WORSE * abs(judge.bic[key])
            for key, c in cells.items()
        )  # fmt: skip
        whole = len(cells) == asked and options.structures == ALL
        ratio = f"{judge.seconds / seconds:.1f}×" if whole else "(part)"
        not_worse = both - len(worse)
        line += (
            f" {judge.seconds:>9.2f} {judge.work:>7.2f} {judge.load:>5} {ratio:>7}"
            f" {f'{not_worse}/{both}':>10} {not_worse / max(both, 1):>6.1%} {better:>7}"
        )
    print(line, flush=True)
    if judge:
        print("".join(f"    worse  {line}\n" for line in worse), end="")
    for (letters, k), cell in cells.items():
        if cell.fit is None:
            print(f"    gap    {letters},{k}: {cell.reason}")
    if options.details:
        print_details(cells, judge)


def main(arguments: list[str] | None = None) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", choices=list(DATA), action="append", help="only this one")
    parser.add_argument("--structures", type=lambda s: tuple(s.split(",")), default=ALL)
    parser.add_argument("--threads", type=int)
    parser.add_argument("--limit", type=float, default=240.0, help="seconds for one data set")
    parser.add_argument("--quick", action="store_true", help="two data sets")
    parser.add_argument("--full", action="store_true", help="with the details")
    parser.add_argument("--details", action="store_true", help="figures of every cell")
    parser.add_argument("--without-r", action="store_true", help="leave mclust out")
    parser.add_argument("--fresh", action="store_true", help="measure mclust again")
    options = parser.parse_args(arguments)
    options.details |= options.full
    print(machine.description())
    print(f"mclust {found}" if (found := mclust.version()) else "no mclust here")
    print("seconds by the clock and, as work, of processor time; not worse: bar 95 %, ratio: 10×")
    print(
        f"{'data':<16} {'cells':>5} {'ours s':>8} {'work s':>7} {'load':>5} {'mclust s':>9} "
        f"{'work s':>7} {'load':>5} {'ratio':>7} {'not worse':>10} {'':>6} {'better':>7}"
    )
    # scipy's modules and the threads' libraries are looked up once, as R's library is
    run_to_end(sweep(DATA["separated"]()[:200], grid(Spec(tries=1), [2], ["VVV"], 4)))
    for name in options.data or (["separated", "overlapping"] if options.quick else DATA):
        report(name, options)


if __name__ == "__main__":
    main()
