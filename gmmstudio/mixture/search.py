"""From what was asked to one fit: several starts, the best of them kept."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from gmmstudio.mixture.arrays import IntArray, ShouldStop
from gmmstudio.mixture.climbing import Candidate, ascent_of
from gmmstudio.mixture.em import (
    Iteration,
    best_of,
    cancelled,
    climb,
    iterate,
    name_of,
    ranked,
    run_to_end,
)
from gmmstudio.mixture.errors import Cancelled, MixtureError
from gmmstudio.mixture.fit import FINISH, REOPENED, Attempt, Fit
from gmmstudio.mixture.hierarchical import hierarchical_labels
from gmmstudio.mixture.prepared import Prepared
from gmmstudio.mixture.problem import Beginning, Problem
from gmmstudio.mixture.rows import single_blas_thread
from gmmstudio.mixture.spec import Spec, Start
from gmmstudio.mixture.starts import child_seeds, kmeans_plus_plus, random_rows

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
    prior: bool = False,
    weights: Any = None,
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
        One of the fourteen by its letters ("VEV"), or in words: "full" (VVV), "diagonal" (VVI),
        "spherical" (VII), "tied" (EEE) and the others' `STRUCTURES[...].words`; "E" or "V" for one
        column.
    start : str, Parameters, labels (n,) or centres (K, d)
        "k-means++" and "random" make several tries; "hierarchical" and the others are one start.
    tries : int
        How many starts of the first two kinds.
    seed : int
        The same seed gives the same fit, whatever the number of threads.
    tol : float
        Stop when the log-likelihood will rise by less than ``tol`` of itself; 0 never stops early.
    max_iter : int
        Most E+M pairs.
    prior : bool
        Maximise the posterior under the conjugate prior instead of the likelihood.
    weights : array_like (n,), optional
        How often each row counts: a row of weight 2 counts as two rows. Weights that add to less
        than the rows are scaled to add to as many.
    units : array_like (d,), optional
        Length of a unit in each column, for the distances of k-means and for structures that
        depend on it.
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
    spec = Spec(n_components, structure, start, tries, seed, tol, max_iter, prior)
    return run_to_end(
        search(X, spec, weights=weights, units=units, should_stop=should_stop, threads=threads)
    )


def search(
    x: Any,
    spec: Spec,
    *,
    weights: Any = None,
    units: Any = None,
    should_stop: ShouldStop | None = None,
    threads: int | None = None,
) -> Generator[Iteration, None, Fit]:
    """Do what `spec` asks and show every iteration of every try.

    Parameters
    ----------
    x : array_like (n, d)
    spec : Spec
    weights, units, should_stop, threads
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
    with (
        single_blas_thread(),
        Prepared.of(x, units, weights, should_stop, threads) as prepared,
    ):
        problem = Problem(prepared, spec)
        if not isinstance(spec.start, str):
            fits = yield from climb(problem, spec.start, name_of(spec.start), 1)
            return best_of(fits, problem)
        sample = sample_of(prepared, spec)
        if sample is None:
            fits = yield from tries(problem)
            return best_of(fits, problem)
        some = Problem(sample, spec)
        with sample:
            fits = yield from tries(some)
            best = best_of(fits, some)
        if best.ended == "cancelled":
            return best
        return (yield from finish(problem, fits, best))


def sample_of(prepared: Prepared, spec: Spec) -> Prepared | None:
    """Draw the rows the tries run on; None where they run on all."""
    if prepared.n_rows <= SAMPLE_ABOVE or spec.n_components == 1:
        return None
    return prepared.sample(SAMPLE_ROWS, spec.seed, spec.n_components)


def tries(problem: Problem) -> Generator[Iteration, None, list[Fit]]:
    """Run every start of a kind; a cancelled one is the last.

    Where EM needs an orientation to begin with, every try takes another one, and then the labels
    of the best try are gone from with all the others.
    """
    spec = problem.spec
    name = str(spec.start)
    fits: list[Fit] = []
    started: list[IntArray] = []
    for turn, seed in enumerate(child_seeds(spec.seed, spec.n_tries + 1)[1:]):
        try:
            labels = first_labels(problem, np.random.default_rng(seed))
            [beginning] = problem.beginnings(labels, turn)
            done = yield from iterate(problem, beginning, name, turn + 1)
        except Cancelled:
            if not fits:
                raise
            fits[-1] = cancelled(fits[-1])
            return fits
        fits.append(done)
        started.append(labels)
        if done.ended == "cancelled":
            return fits
    if problem.structure.carries == "orientation" and spec.n_components > 1:
        best = ranked([f for f in fits if not f.collapsed] or fits)[0]
        labels, tried = started[best.attempt - 1], best.attempts[0].orientation
        try:
            fits += yield from climb(problem, labels, name, len(fits) + 1, skip=tried)
        except Cancelled:
            fits[-1] = cancelled(fits[-1])
    return fits


def first_labels(problem: Problem, rng: np.random.Generator) -> IntArray:
    """Return the hard labels (n,) a try starts from."""
    k, rows = problem.spec.n_components, problem.prepared
    if k == 1:
        return np.zeros(rows.n_rows, dtype=np.int64)
    if problem.spec.start == "hierarchical":
        return hierarchical_labels(rows.in_units, k, rng, rows.rows, rows.weights)
    label = random_rows if problem.spec.start == "random" else kmeans_plus_plus
    return label(rows.in_units, k, rng, rows.rows, rows.weights)


def finish(problem: Problem, fits: Sequence[Fit], best: Fit) -> Generator[Iteration, None, Fit]:
    """Go on from the best try on all rows; should that collapse there, from the next best.

    Parameters
    ----------
    problem : Problem
        With all rows.
    fits : sequence of Fit
        Of the tries on the sample.
    best : Fit
        The best of them, with the record of all.
    """
    candidates = ranked([f for f in fits if not f.collapsed]) or ranked(fits)[:1]
    attempts, done = best.attempts, best
    try:
        for candidate in candidates:
            [beginning] = problem.beginnings(candidate.parameters)
            done = yield from iterate(problem, beginning, FINISH, len(attempts) + 1)
            attempts = (*attempts, *done.attempts)
            if not done.collapsed:
                break
    except Cancelled:  # between two attempts: the last complete iteration is the last fit's
        done = cancelled(done)
    return replace(done, attempts=attempts, optima=best.optima)


def reopen(
    x: Any,
    fit: Fit,
    attempt: int,
    *,
    weights: Any = None,
    units: Any = None,
    should_stop: ShouldStop | None = None,
    threads: int | None = None,
) -> Generator[Iteration, None, Fit]:
    """Go on from where a start ended, on all rows.

    Parameters
    ----------
    x : array_like (n, d)
        What was fitted.
    fit : Fit
    attempt : int
        Number of one of its attempts: another one, to open its optimum, or the one it is the end
        of, to go on where it stopped short.
    weights, units, should_stop, threads
        As in `fit`.

    Yields
    ------
    Iteration

    Returns
    -------
    Fit
        With the attempts and optima of `fit`. Another optimum comes as one attempt more, which it
        is the end of; the fit's own goes on under its number.

    Raises
    ------
    MixtureError
        `fit` has no such attempt.
    Cancelled
        `should_stop` said so before the first iteration was complete.
    """
    chosen = next((a for a in fit.attempts if a.number == attempt), None)
    if chosen is None:
        raise MixtureError(f"The fit has no start number {attempt}.")
    with (
        single_blas_thread(),
        Prepared.of(x, units, weights, should_stop, threads) as prepared,
    ):
        problem = Problem(prepared, fit.spec)
        [beginning] = problem.beginnings(chosen.parameters)
        if attempt == fit.attempt:
            done = yield from (
                _finished(problem, beginning, chosen)
                if fit.ended == "near"
                else iterate(problem, beginning, chosen.start, attempt)
            )
            attempts = tuple(done.attempts[0] if a is chosen else a for a in fit.attempts)
            found = tuple(
                replace(optimum, log_likelihood=done.log_likelihood)
                if (optimum.attempt, optimum.n_rows) == (attempt, done.n_rows)
                else optimum
                for optimum in fit.optima
            )
            return replace(done, attempts=attempts, optima=found)
        number = max(a.number for a in fit.attempts) + 1
        done = yield from iterate(problem, beginning, REOPENED, number)
    return replace(done, attempts=(*fit.attempts, *done.attempts), optima=fit.optima)


def _finished(
    problem: Problem, beginning: Beginning, attempt: Attempt
) -> Generator[Iteration, None, Fit]:
    """Take the accelerated way, which a quick look has begun, to its end."""
    spec = problem.spec
    candidate = Candidate.at(problem, attempt.start, beginning, attempt.orientation)
    done, _ = yield from ascent_of(problem, candidate, spec.tol, spec.max_iter + 1, attempt.number)
    return done
