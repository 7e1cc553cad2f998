"""Intel's oneDAL (``daal4py.em_gmm``) as a peer, in a process of its own, timed inside it.

daal4py comes with ``pip install scikit-learn-intelex``: into the interpreter that runs the
benchmarks, or into any other named by GMMSTUDIO_ONEDAL_PYTHON. oneDAL knows full and diagonal
covariances only.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from gmmstudio.mixture import Parameters
from tests.benchmarks.peers import Job, Timed

WORKER = Path(__file__).with_name("onedal_worker.py")
STORAGE = {"VVV": "full", "VVI": "diagonal"}

VERSION = """
import daal4py
from importlib.metadata import version
print(version("scikit-learn-intelex"))
"""


@dataclass(frozen=True)
class Answer(Timed):
    """With the seconds of processor time an iteration, all threads together."""

    processor: float = np.nan


@cache
def interpreter() -> str | None:
    """The Python that has daal4py, None if there is none."""
    named = os.environ.get("GMMSTUDIO_ONEDAL_PYTHON")
    if named:
        return named
    return sys.executable if find_spec("daal4py") is not None else None


@cache
def version() -> str | None:
    """The version of scikit-learn-intelex, None without daal4py."""
    program = interpreter()
    if program is None:
        return None
    done = subprocess.run([program, "-c", VERSION], capture_output=True, text=True)
    return done.stdout.split()[-1] if done.returncode == 0 and done.stdout else None


def measure(
    x: np.ndarray, start: Parameters, jobs: Sequence[Job], threads: int = 0
) -> dict[str, Answer]:
    """Time the jobs whose structure oneDAL has, data handed over once; 0 threads: all."""
    known = [job for job in jobs if job.structure in STORAGE]
    program = interpreter()
    if program is None or not known:
        return {}
    environment = dict(os.environ)
    if threads:
        environment |= {f"{name}_NUM_THREADS": str(threads) for name in ("OMP", "MKL", "OPENBLAS")}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        arrays = {"x": x, "weights": start.weights, "means": start.means}
        for key, array in {**arrays, "covariances": start.covariances}.items():
            np.save(folder / f"{key}.npy", array, allow_pickle=False)
        wanted = [{**asdict(job), "storage": STORAGE[job.structure]} for job in known]
        request = {"threads": threads, "jobs": wanted}
        (folder / "jobs.json").write_text(json.dumps(request))
        done = subprocess.run(
            [program, str(WORKER), name], capture_output=True, text=True, env=environment
        )
        if done.returncode != 0:
            raise RuntimeError(f"oneDAL: {done.stderr.strip()}")
        result = json.loads((folder / "result.json").read_text())
    return {
        job.structure: Answer(**answer)
        for job, answer in zip(known, result["answers"], strict=True)
    }
