"""How long a large text table takes to read, and how much memory at its peak.

Run as ``python -m tests.benchmarks.bench_reading`` (1 000 000 × 10, some 200 MB of text). Every
file is read in a fresh process; what counts is its high-water mark less that of the same process
after it has read a small one. Bars: 6 s, and 5 × the file + 300 MB.
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from gmmstudio.table import preview, read
from tests.benchmarks import machine
from tests.benchmarks.bench_memory import peak_bytes

SECONDS, TIMES, PLUS = 6.0, 5.0, 300e6


def write(path: Path, rows: int, kind: str) -> None:
    """Write ten columns: eight of numbers of some twenty characters, a code and a name."""
    rng = np.random.default_rng(0)
    delimiter, decimal = (";", ",") if kind == "decimal comma" else (",", ".")
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(delimiter.join([f"x{j}" for j in range(8)] + ["code", "name"]) + "\n")
        for first in range(0, rows, 50_000):
            n = min(50_000, rows - first)
            numbers = rng.normal(0, 1, (n, 8)) * 10.0 ** rng.integers(-2, 6, 8)
            lines = []
            for i, row in enumerate(numbers.tolist(), start=first):
                cells = [repr(value).replace(".", decimal) for value in row]
                name = f'"name, {i % 977}"' if kind == "quoted" else f"name {i % 977}"
                lines.append(delimiter.join([*cells, str(i % 7), name]) + "\n")
            file.write("".join(lines))


def child(path: Path, small: Path) -> None:
    """Read a small table, so that every module is there, then the large one."""
    read(small)
    before = peak_bytes()
    wall, processor = time.perf_counter(), time.process_time()
    table = read(path)
    wall, processor = time.perf_counter() - wall, time.process_time() - processor
    assert table.n_rows > 0
    print(wall, processor, peak_bytes() - before)


def main(arguments: list[str] | None = None) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--quick", action="store_true", help="100 000 rows")
    parser.add_argument("--child", type=Path, nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.child:
        child(*options.child)
        return
    rows = min(options.rows, 100_000) if options.quick else options.rows
    print(machine.description())
    print("| file | MB | seconds | processor | peak MB | bar MB | preview ms |")
    print("|---|---:|---:|---:|---:|---:|---:|")
    with tempfile.TemporaryDirectory() as folder:
        path, small = Path(folder, "t.csv"), Path(folder, "small.csv")
        write(small, 1000, "plain")
        for kind in ("plain", "quoted", "decimal comma"):
            write(path, rows, kind)
            command = [sys.executable, "-m", __spec__.name, "--child", str(path), str(small)]
            runs = [
                subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
                for _ in range(options.times)
            ]
            wall, processor, peak = (statistics.median(float(r[i]) for r in runs) for i in range(3))
            size = path.stat().st_size
            preview(path)
            start = time.perf_counter()
            preview(path)
            shown = 1000 * (time.perf_counter() - start)
            print(
                f"| {kind} | {size / 1e6:.0f} | {wall:.1f} | {processor:.1f} | {peak / 1e6:.0f} "
                f"| {(TIMES * size + PLUS) / 1e6:.0f} | {shown:.0f} |",
                flush=True,
            )
    print(f"Bars: {SECONDS:.0f} s; {TIMES:.0f} × the file + {PLUS / 1e6:.0f} MB; preview 50 ms.")


if __name__ == "__main__":
    main()
