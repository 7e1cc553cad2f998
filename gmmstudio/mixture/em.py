"""EM (Dempster, Laird & Rubin 1977) as a generator: every iteration can be looked at."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import numpy as np

from gmmstudio.mixture.arrays import ShouldStop, frozen
from gmmstudio.mixture.errors import Cancelled
from gmmstudio.mixture.fit import Attempt, Ended, Fit, Optimum
from gmmstudio.mixture.gaussians import Gaussians
from gmmstudio.mixture.optima import optima
from gmmstudio.mixture.parameters import Parameters
from gmmstudio.mixture.prepared import Prepared
from gmmstudio.mixture.problem import Beginning, Problem
from gmmstudio.mixture.rows import single_blas_thread
from gmmstudio.mixture.spec import Spec, Start, check_start
from gmmstudio.mixture.stopping import Stopping

R = TypeVar("R")

ONE_ROW = np.zeros(1, dtype=np.int64)
"""The labels of a single start, which agrees with itself."""


@dataclass(frozen=True, eq=False)
class Iteration:
    """One frame of a fit.

    Attributes
    ----------
    number : int
        0 is the start itself.
    parameters : Parameters
    log_likelihood : float
        Of exactly these parameters, in the units of the columns.
    attempt : int
        Which try this belongs to, from 1.
    n_rows : int
        The rows the log-likelihood is over: fewer than all while tries run on a sample.
    """

    number: int
    parameters: Parameters
    log_likelihood: float
    attempt: int
    n_rows: int


def em(
    x: Any,
    spec: Spec,
    start: Start,
    *,
    weights: Any = None,
    units: Any = None,
    should_stop: ShouldStop | None = None,
    threads: int | None = None,
) -> Generator[Iteration, None, Fit]:
    """Run EM from one start.

    Parameters
    ----------
    x : array_like (n, d)
        In the units of the columns.
    spec : Spec
        Its own start, tries and seed are not looked at.
    start : Parameters, whole-number labels (n,) or centres (K, d)
        Labels and centres begin with an M-step, whose result is iteration 0. Structures with a
        common orientation (EVE, VVE) climb to different optima from different orientations: for
        them EM is run from each in turn, as attempts of their own, and the best is kept.
    weights : array_like (n,), optional
        How often each row counts: a row of weight 2 counts as two rows. Weights that add to less
        than the rows are scaled to add to as many.
    units : array_like (d,), optional
        Length of a unit in each column, for distances and for structures that depend on it; ones
        by default.
    should_stop : callable, optional
        Asked between blocks of rows, from any thread.
    threads : int, optional

    Yields
    ------
    Iteration
        From number 0 to the last.

    Returns
    -------
    Fit

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
        start = check_start(start, spec.n_components)
        fits = yield from climb(problem, start, name_of(start), 1)
        return best_of(fits, problem)


def climb(
    problem: Problem, start: Start, name: str, first: int, skip: str | None = None
) -> Generator[Iteration, None, list[Fit]]:
    """Run EM from a start, for a common orientation from every orientation it may begin with.

    Parameters
    ----------
    problem : Problem
    start : Parameters, labels (n,) or centres (K, d)
    name : str
        What the start is called.
    first : int
        Number of the first attempt.
    skip : str, optional
        An orientation that was gone from before.

    Returns
    -------
    list of Fit
        One per attempt; a cancelled one is the last.
    """
    fits: list[Fit] = []
    for beginning in problem.beginnings(start):
        if skip is not None and beginning.orientation == skip:
            continue
        try:
            done = yield from iterate(problem, beginning, name, first + len(fits))
        except Cancelled:
            if not fits:
                raise
            fits[-1] = cancelled(fits[-1])
            break
        fits.append(done)
        if done.ended == "cancelled":
            break
    return fits


def iterate(
    problem: Problem, beginning: Beginning, name: str, attempt: int
) -> Generator[Iteration, None, Fit]:
    """Run EM on a prepared problem from one iteration 0; see `em`."""
    spec, rows, n = problem.spec, problem.prepared, problem.prepared.n_rows
    g, collapsed = beginning.g, beginning.collapsed
    parameters = beginning.given or problem.restore(g)
    stopping = Stopping(spec.tol)
    history: list[float] = []
    ended: Ended | None = None
    try:
        while ended is None:
            statistics = problem.e_step(g)
            shown, log_prior = parameters, g.log_prior
            log_max = statistics.log_max_responsibility
            history.append(statistics.log_likelihood - rows.log_volume)
            yield Iteration(len(history) - 1, shown, history[-1], attempt, n)

            stopping.add(statistics.log_likelihood + log_prior, statistics.rounding)
            if collapsed:
                ended = "collapsed"
            elif stopping.converged or is_maximum(spec, beginning.given is not None, len(history)):
                ended = "converged"
            elif len(history) > spec.max_iter:
                ended = "max_iter"
            else:
                outcome = problem.m_step(statistics, g.inner)
                if isinstance(outcome, Gaussians):
                    g, parameters = outcome, problem.restore(outcome)
                else:
                    collapsed, ended = problem.diagnose(outcome, g), "collapsed"
    except Cancelled:
        if not history:
            raise
        ended = "cancelled"

    this = Attempt(
        attempt,
        history[-1],
        len(history) - 1,
        n,
        collapsed,
        name,
        shown,
        beginning.orientation,
        log_prior,
    )
    return fit_of_one(problem, this, ended, history, log_max, monotone=stopping.monotone)


def fit_of_one(
    problem: Problem,
    attempt: Attempt,
    ended: Ended,
    history: Sequence[float],
    log_max_responsibility: float,
    *,
    monotone: bool,
) -> Fit:
    """Return a fit that was attempted once."""
    return Fit(
        parameters=attempt.parameters,
        log_likelihood=attempt.log_likelihood,
        structure=problem.structure.name,
        n_rows=attempt.n_rows,
        n_columns=problem.n_columns,
        n_iterations=attempt.n_iterations,
        converged=ended == "converged",
        ended=ended,
        collapsed=attempt.collapsed,
        history=frozen(np.array(history)),
        log_max_responsibility=log_max_responsibility,
        monotone=monotone,
        attempts=(attempt,),
        attempt=attempt.number,
        spec=problem.spec,
        n_observations=problem.prepared.n_observations,
        log_prior=attempt.log_prior,
    )


def run_to_end(frames: Generator[Any, None, R]) -> R:
    """Run a generator to its end, what it yields unseen, and return its result."""
    while True:
        try:
            next(frames)
        except StopIteration as end:
            result: R = end.value
            return result


def best_of(fits: Sequence[Fit], problem: Problem) -> Fit:
    """Return the fit to keep, with the record of all attempts and of the optima they came to.

    Parameters
    ----------
    fits : sequence of Fit
        Over the rows of the problem, in order, one per attempt.
    problem : Problem
    """
    attempts: tuple[Attempt, ...] = tuple(f.attempts[0] for f in fits)
    if fits[-1].ended == "cancelled":
        return replace(fits[-1], attempts=attempts)
    kept = ranked([f for f in fits if not f.collapsed] or fits)[0]
    return replace(kept, attempts=attempts, optima=found_optima(fits, problem))


def found_optima(fits: Sequence[Fit], problem: Problem) -> tuple[Optimum, ...]:
    """Return the optima that fits over the rows of the problem came to; none when cancelled."""
    try:
        labels = [problem.labels(f.parameters) for f in fits] if len(fits) > 1 else [ONE_ROW]
    except Cancelled:
        return ()
    return optima(fits, labels, problem.prepared.weights if len(fits) > 1 else None)


def ranked(fits: Sequence[Fit]) -> list[Fit]:
    """Return the fits from the best down; of equals the first stays first."""
    return sorted(fits, key=lambda f: -f.objective)


def cancelled(done: Fit) -> Fit:
    """Return the fit as one that was cancelled after its last iteration."""
    return replace(done, ended="cancelled", converged=False)


def is_maximum(spec: Spec, given: bool, n_computed: int) -> bool:
    """Whether the iteration is the maximum because there is one component and an M-step was made.

    Parameters
    ----------
    spec : Spec
    given : bool
        Iteration 0 was given as parameters, not made by an M-step.
    n_computed : int
        Iterations so far, iteration 0 included.
    """
    return spec.n_components == 1 and spec.tol > 0.0 and n_computed > given


def name_of(start: Start) -> str:
    """Return what a start is called."""
    if isinstance(start, str):
        return start
    if isinstance(start, Parameters):
        return "parameters"
    return "labels" if start.ndim == 1 else "centres"
