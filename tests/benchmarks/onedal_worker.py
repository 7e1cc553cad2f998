"""Runs oneDAL's EM in whichever interpreter has daal4py: ``python onedal_worker.py FOLDER``.

Reads x, weights, means and covariances (``.npy``) and ``jobs.json`` from the folder, and writes
``result.json`` there. Imports NumPy and daal4py only.
"""

import json
import sys
import time
from pathlib import Path

import daal4py
import numpy as np


def run(x, weights, means, covariances, storage, iterations):
    """Wall seconds, processor seconds, iterations made, log-likelihood."""
    engine = daal4py.em_gmm(
        nComponents=len(means),
        maxIterations=iterations,
        accuracyThreshold=0.0,
        regularizationFactor=0.0,
        covarianceStorage=storage,
    )
    if storage == "diagonal":
        tables = [np.ascontiguousarray(np.diagonal(c))[None, :] for c in covariances]
    else:
        tables = [c.copy() for c in covariances]
    began, worked = time.perf_counter(), time.process_time()
    result = engine.compute(x, weights[None, :], means, tables)
    seconds, worked = time.perf_counter() - began, time.process_time() - worked
    made, found = np.ravel(result.nIterations)[0], np.ravel(result.goalFunction)[0]
    return seconds, worked, int(made), float(found)


def each_round(job):
    """Count the rounds while patience lasts."""
    began = time.perf_counter()
    for number in range(job["rounds"]):
        if number and time.perf_counter() - began > job["patience"]:
            return
        yield number


def measure(problem, job):
    """Seconds an iteration: a long run less a short one. The bound lags by one M-step."""
    short, long = [], []
    for _ in each_round(job):
        short.append(run(*problem, job["storage"], 1))
        long.append(run(*problem, job["storage"], job["iterations"] + 1))
    more = max(long[0][2] - short[0][2], 1)
    each, work = ((min(r[i] for r in long) - min(r[i] for r in short)) / more for i in (0, 1))
    answer = {"iteration": each, "processor": work, "log_likelihood": long[0][3]}
    if 0 < job["solution"] * each <= job["limit"]:
        whole = min(run(*problem, job["storage"], job["solution"] + 1) for _ in each_round(job))
        answer |= {"solution": whole[0], "solution_log_likelihood": whole[3]}
    return answer


def main(folder):
    """Do every job."""
    request = json.loads((folder / "jobs.json").read_text())
    if request["threads"]:
        daal4py.daalinit(request["threads"])
    names = ("x", "weights", "means", "covariances")
    problem = [np.load(folder / f"{name}.npy", allow_pickle=False) for name in names]
    answers = [measure(problem, job) for job in request["jobs"]]
    result = {"threads": daal4py.num_threads(), "answers": answers}
    (folder / "result.json").write_text(json.dumps(result))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
