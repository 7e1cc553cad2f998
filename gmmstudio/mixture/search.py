"""From what was asked to one fit: several starts, the best of them kept."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from gmmstudio.mixture.arrays import FloatArray, IntArray, ShouldStop, as_rows, as_units, never
from gmmstudio.mixture.em import Iteration, iterate
from gmmstudio.mixture.errors import Cancelled
from gmmstudio.mixture.fit import Attempt, Fit
from gmmstudio.mixture.problem import Problem
from gmmstudio.mixture.rows import check_threads, single_blas_thread
from gmmstudio.mixture.spec import Spec, Start
from gmmstudio.mixture.starts import child_seeds, distinct_rows, kmeans_plus_plus, random_rows

SAMPLE_ABOVE = 20_000
"""With more rows than this the tries run on a sample."""

SAMPLE_ROWS = 10_000


def fit(
    X: Any,
    n_components: int,
    structure: str = "VVV",
    *,
    start: Start = "k-means++",
    tries: int = 10,
    seed: int = 0,
    tol: float = 1e-8,
    max_iter: int = 1000,
    units: Any = None,
    should_stop: ShouldStop | None = None,
    threads: int | None = None,
) -> Fit:
    """Fit a Gaussian mixture.

    Parameters
    ----------
    X : array_like (n, d)
        Finite numbers.
    n_components : int
        Number of components, K.
    structure : str
        "VVV" or "full", "VVI" or "diagonal", "VII" or "spherical", "EEE" or "tied"; "E" or "V" for
        one column.
    start : str, Parameters, labels (n,) or centres (K, d)
        "k-means++" and "random" make several tries; the others are one start on all rows.
    tries : int
        How many starts of the first two kinds.
    seed : int
        The same seed gives the same fit, whatever the number of threads.
    tol : float
        Stop when the log-likelihood will rise by less than ``tol`` of itself; 0 never stops early.
    max_iter : int
        Most E+M pairs.
    units : array_like (d,), optional
        Length of a unit in each column, for the distances of k-means and for the spherical shape.
    should_stop : callable, optional
        Asked between blocks of rows, from any thread.
    threads : int, optional

    Returns
    -------
    Fit
        Also when a component collapsed; then its `collapsed` says which and why.

    Raises
    ------
    MixtureError
        Invalid input.
    """
    spec = Spec(n_components, structure, start, tries, seed, tol, max_iter)
    run = search(X, spec, units=units, should_stop=should_stop, threads=threads)
    while True:
        try:
            next(run)
        except StopIteration as stop:
            result: Fit = stop.value
            return result


def search(
    x: Any,
    spec: Spec,
    *,
    units: Any = None,
    should_stop: ShouldStop | None = None,
    threads: int | None = None,
) -> Generator[Iteration, None, Fit]:
    """Do what `spec` asks and show every iteration of every try.

    Parameters
    ----------
    x : array_like (n, d)
    spec : Spec
    units, should_stop, threads
        As in `fit`.

    Yields
    ------
    Iteration

    Returns
    -------
    Fit
        The try with the largest log-likelihood among those that did not collapse, else among all;
        when cancelled, that of the last complete iteration.

    Raises
    ------
    MixtureError
        Invalid input; raised by the first ``next``.
    Cancelled
        `should_stop` said so before the first iteration was complete.
    """
    rows, stop = as_rows(x), should_stop or never
    lengths, workers = as_units(units, rows.shape[1]), check_threads(threads)

    def problem(part: FloatArray) -> Problem:
        return Problem(part, spec, lengths, stop, workers)

    with single_blas_thread():
        if not isinstance(spec.start, str):
            with problem(rows) as all_rows:
                return (yield from iterate(all_rows, spec.start, 1))
        part = rows
        if rows.shape[0] > SAMPLE_ABOVE and spec.n_components > 1:
            drawn = rows[sample_rows(rows.shape[0], spec.seed)]
            if distinct_rows(drawn, spec.n_components) == spec.n_components:
                part = drawn
        with problem(part) as sample:
            fits = yield from tries(sample)
        if part is rows:
            return with_attempts(fits)
        if fits[-1].ended != "cancelled":
            fits = yield from finish(lambda: problem(rows), fits)
        return with_attempts(fits, n_rows=rows.shape[0])


def tries(problem: Problem) -> Generator[Iteration, None, list[Fit]]:
    """Run every start of a kind; a cancelled one is the last."""
    spec = problem.spec
    # One component has one optimum.
    number = 1 if spec.n_components == 1 else spec.tries
    fits: list[Fit] = []
    for attempt, seed in enumerate(child_seeds(spec.seed, number + 1)[1:], start=1):
        try:
            labels = first_labels(problem, np.random.default_rng(seed))
            done = yield from iterate(problem, labels, attempt)
        except Cancelled:
            if not fits:
                raise
            fits[-1] = cancelled(fits[-1])
            break
        fits.append(renamed(done, str(spec.start)))
        if done.ended == "cancelled":
            break
    return fits


def first_labels(problem: Problem, rng: np.random.Generator) -> IntArray:
    """Return the hard labels (n,) a try starts from."""
    k = problem.spec.n_components
    if k == 1:
        return np.zeros(problem.n_rows, dtype=np.int64)
    label = random_rows if problem.spec.start == "random" else kmeans_plus_plus
    return label(problem.in_units, k, rng, problem.rows)


def finish(
    prepare: Callable[[], Problem], fits: list[Fit]
) -> Generator[Iteration, None, list[Fit]]:
    """Go on from the best try on all rows; should that collapse there, from the next best.

    Parameters
    ----------
    prepare : callable () -> Problem
        Prepares all rows.
    fits : list of Fit
        Of the tries on the sample.

    Returns
    -------
    fits : list of Fit
        With those on all rows behind them; a cancelled one is the last.
    """
    candidates = ranked([f for f in fits if not f.collapsed]) or ranked(fits)[:1]
    fits = list(fits)
    try:
        with prepare() as problem:
            for candidate in candidates:
                done = yield from iterate(problem, candidate.parameters, len(fits) + 1)
                fits.append(renamed(done, "best of the sample"))
                if not done.collapsed:
                    break
    except Cancelled:  # between two attempts: the last complete iteration is the last fit's
        fits[-1] = cancelled(fits[-1])
    return fits


def cancelled(done: Fit) -> Fit:
    """Return the fit as one that was cancelled after its last iteration."""
    return replace(done, ended="cancelled", converged=False)


def sample_rows(n: int, seed: int) -> IntArray:
    """Draw the rows the tries run on, in ascending order."""
    rng = np.random.default_rng(child_seeds(seed, 1)[0])
    return np.sort(rng.choice(n, SAMPLE_ROWS, replace=False, shuffle=False))


def ranked(fits: Sequence[Fit]) -> list[Fit]:
    """Return the fits from the largest log-likelihood down; of equals the first stays first."""
    return sorted(fits, key=lambda f: -f.log_likelihood)


def renamed(done: Fit, start: str) -> Fit:
    """Return the fit with its one attempt under the name of its start."""
    return replace(done, attempts=(replace(done.attempts[0], start=start),))


def with_attempts(fits: Sequence[Fit], n_rows: int | None = None) -> Fit:
    """Return the fit to keep, with the record of all attempts.

    Parameters
    ----------
    fits : sequence of Fit
        In order.
    n_rows : int, optional
        Only fits over this many rows can be kept.
    """
    attempts: tuple[Attempt, ...] = tuple(f.attempts[0] for f in fits)
    if fits[-1].ended == "cancelled":
        return replace(fits[-1], attempts=attempts)
    full = [f for f in fits if n_rows is None or f.n_rows == n_rows]
    sound = [f for f in full if not f.collapsed]
    return replace(ranked(sound or full)[0], attempts=attempts)
