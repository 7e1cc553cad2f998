"""All benchmarks, one after another: ``python -m tests.benchmarks``."""

import subprocess
import sys

for name in ("bench_em", "bench_views", "bench_window"):
    print(f"\n== {name} ==", flush=True)
    subprocess.run([sys.executable, "-m", f"tests.benchmarks.{name}"], check=True)
