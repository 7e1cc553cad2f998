"""How much memory a fit takes at its peak, against the size of the data.

Run as ``python -m tests.benchmarks.bench_memory`` (5 000 000 × 8, float64). Every fit runs in a
fresh process; what counts is its high-water mark less that of the same process before it had any
data, so the caller's own table is part of it. Bar: 2.5 × the data.
"""

import argparse
import subprocess
import sys
from collections.abc import Callable

import numpy as np

from gmmstudio.mixture import Fit, fit
from tests.benchmarks import machine

CLUSTERS, BAR = 8, 2.5

FITS: dict[str, Callable[[np.ndarray], Fit]] = {
    "k-means++, full": lambda x: fit(x, CLUSTERS, "VVV", tries=2, max_iter=5),
    "k-means++, spherical": lambda x: fit(x, CLUSTERS, "VII", tries=2, max_iter=5),
    "spherical, own units": lambda x: fit(
        x, CLUSTERS, "VII", start=x[:CLUSTERS], max_iter=5, units=np.arange(1.0, x.shape[1] + 1)
    ),
    "labels, full": lambda x: fit(
        x, CLUSTERS, "VVV", start=np.arange(len(x), dtype=np.int8) % CLUSTERS, max_iter=5
    ),
    "centres, full": lambda x: fit(x, CLUSTERS, "VVV", start=x[:CLUSTERS], max_iter=5),
}


def peak_bytes() -> int:
    """The most memory this process ever had resident."""
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else 1024 * peak


def rows_in_place(n: int, d: int) -> np.ndarray:
    """A table that was never held twice."""
    rng = np.random.default_rng(0)
    x = np.empty((n, d))
    for first in range(0, n, 10_000):
        block = x[first : first + 10_000]
        rng.standard_normal(out=block)
        block += rng.integers(0, 4, size=(len(block), 1))
    return x


def child(name: str, n: int, d: int) -> None:
    """Fit once small, so that every module is there, then for good; print both peaks."""
    FITS[name](rows_in_place(1000, d))
    before = peak_bytes()
    x = rows_in_place(n, d)
    with_data = peak_bytes()
    FITS[name](x)
    print(with_data - before, peak_bytes() - before)


def measure(name: str, n: int, d: int) -> tuple[int, int]:
    """Bytes above the interpreter's own in a fresh process: with the data only, and at the peak."""
    command = [sys.executable, "-m", __spec__.name, "--child", name]
    command += ["--rows", str(n), "--columns", str(d)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    with_data, peak = map(int, done.stdout.split())
    return with_data, peak


def main(arguments: list[str] | None = None) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=5_000_000)
    parser.add_argument("--columns", type=int, default=8)
    parser.add_argument("--quick", action="store_true", help="1 000 000 rows")
    parser.add_argument("--child", choices=list(FITS), help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.child:
        child(options.child, options.rows, options.columns)
        return
    n, d = min(options.rows, 1_000_000) if options.quick else options.rows, options.columns
    data = 8 * n * d
    print(f"{n} × {d} float64 = {data / 1e6:.0f} MB; bar {BAR} × the data")
    print("| fit                  | peak MB | × the data |")
    print("|---|---|---|")
    for name in FITS:
        _, peak = measure(name, n, d)
        print(f"| {name:<20} | {peak / 1e6:>7.0f} | {peak / data:>9.2f}× |", flush=True)
    print(machine.description())


if __name__ == "__main__":
    main()
