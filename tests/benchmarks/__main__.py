"""All benchmarks, one after another: ``python -m tests.benchmarks`` (``--quick``, ``--full``).

The table beside scikit-learn, oneDAL and mclust comes first; every part also runs alone, as
``python -m tests.benchmarks.bench_em`` and so on. oneDAL takes part where ``import daal4py`` works,
here or in the interpreter named by GMMSTUDIO_ONEDAL_PYTHON, mclust where Rscript has it.
"""

import argparse
import subprocess
import sys
import time

PARTS = {
    "bench_em": "an iteration and a solution, beside scikit-learn, oneDAL and mclust",
    "bench_threads": "one thread against one, all against all, beside oneDAL",
    "bench_tries": "five tries on a million rows, beside one start of scikit-learn",
    "bench_sweep": "all structures, K = 1 to 9, beside mclustBIC",
    "bench_memory": "the memory of a large fit",
    "bench_reading": "a million rows of text into a table",
    "bench_window": "how alive the window stays",
    "bench_live": "a million rows live in the window, beside the same fit without one",
    "bench_scrub": "every iteration of a fit, by dragging the slider over them",
    "bench_selection": "from the end of a lasso to all views lit, a million rows",
    "bench_views": "the scatter, beside pyqtgraph's and datashader",
    "bench_pictures": "how long the window waits for a picture, and how large the files are",
    "bench_leaks": "whether memory stays flat",
}
FULL = {"bench_em", "bench_sweep"}


def main() -> None:
    """Run every part in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="small sizes only")
    parser.add_argument("--full", action="store_true", help="every solution, every detail")
    options = parser.parse_args()
    began = time.perf_counter()
    for name, what in PARTS.items():
        print(f"\n== {name}: {what} ==", flush=True)
        command = [sys.executable, "-m", f"tests.benchmarks.{name}"]
        command += ["--quick"] if options.quick else []
        command += ["--full"] if options.full and name in FULL else []
        part = time.perf_counter()
        done = subprocess.run(command)
        outcome = "" if done.returncode == 0 else f", failed with exit code {done.returncode}"
        print(f"-- {time.perf_counter() - part:.0f} s{outcome}", flush=True)
    print(f"\nall in {(time.perf_counter() - began) / 60:.1f} minutes")


if __name__ == "__main__":
    main()
