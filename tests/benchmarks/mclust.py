"""R's mclust as a peer: data go over as plain numbers, times are taken inside R.

Needs ``Rscript`` on the path (or named by GMMSTUDIO_RSCRIPT) with the package mclust; on Debian
``apt-get install r-base-core r-cran-mclust``.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import numpy as np

from tests.benchmarks.peers import Job, Timed

HERE = Path(__file__).parent

VERSION = 'suppressMessages(library(mclust)); cat(as.character(packageVersion("mclust")))'
ONE_COLUMN = {"EEE": "E"}


@cache
def rscript() -> str | None:
    """Where Rscript is."""
    return os.environ.get("GMMSTUDIO_RSCRIPT") or shutil.which("Rscript")


@cache
def version() -> str | None:
    """The version of mclust, None without it."""
    program = rscript()
    if program is None:
        return None
    done = subprocess.run([program, "-e", VERSION], capture_output=True, text=True)
    return done.stdout.split()[-1] if done.returncode == 0 and done.stdout else None


def run(script: str, arrays: Mapping[str, np.ndarray], *arguments: object) -> list[list[str]]:
    """Run one of the scripts beside this file in a fresh process; return its table, header first.

    An array is a file of numbers in column order, ``NAME.f64``, with its shape in ``NAME.shape``;
    the script is given their folder and the arguments, and writes ``result.tsv`` there.
    """
    program = rscript()
    if program is None:
        raise RuntimeError("there is no Rscript on the path")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for key, array in arrays.items():
            numbers = np.asarray(array, dtype=np.float64)
            numbers.ravel(order="F").tofile(folder / f"{key}.f64")
            (folder / f"{key}.shape").write_text(" ".join(map(str, numbers.shape)) + "\n")
        done = subprocess.run(
            [program, str(HERE / script), name, *map(str, arguments)],
            capture_output=True,
            text=True,
        )
        if done.returncode != 0:
            raise RuntimeError(f"{script}: {done.stderr.strip() or done.stdout.strip()}")
        lines = (folder / "result.tsv").read_text().splitlines()
    return [line.split("\t") for line in lines]


def measure(x: np.ndarray, z: np.ndarray, jobs: Sequence[Job]) -> dict[str, Timed]:
    """Time ``me`` from the responsibilities z (n, K) of the common start, data handed over once."""
    one_column = x.shape[1] == 1
    names = [ONE_COLUMN.get(j.structure, "V") if one_column else j.structure for j in jobs]
    words = [
        f"{name}:{job.iterations}:{job.rounds}:{job.solution}:{job.limit}:{job.patience}"
        for name, job in zip(names, jobs, strict=True)
    ]
    _, *rows = run("mclust_me.R", {"x": x, "z": z}, *words)
    return {job.structure: Timed.of(row[1:]) for job, row in zip(jobs, rows, strict=True)}
