"""EM (Dempster, Laird & Rubin 1977) as a generator: every iteration can be looked at."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import Any

import numpy as np

from gmmstudio.mixture.arrays import ShouldStop, frozen
from gmmstudio.mixture.errors import Cancelled
from gmmstudio.mixture.fit import Attempt, Ended, Fit
from gmmstudio.mixture.gaussians import Gaussians
from gmmstudio.mixture.parameters import Parameters
from gmmstudio.mixture.problem import Problem
from gmmstudio.mixture.rows import single_blas_thread
from gmmstudio.mixture.spec import Spec, Start, check_start
from gmmstudio.mixture.stopping import Stopping


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
        Labels and centres begin with an M-step, whose result is iteration 0.
    units : array_like (d,), optional
        Length of a unit in each column, for distances and for the spherical shape; ones by default.
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
    with single_blas_thread(), Problem.of(x, spec, units, should_stop, threads) as problem:
        return (yield from iterate(problem, check_start(start, spec.n_components), 1))


def iterate(problem: Problem, start: Start, attempt: int) -> Generator[Iteration, None, Fit]:
    """Run EM on a prepared problem; see `em`."""
    spec, n = problem.spec, problem.n_rows
    g, collapsed = problem.begin(start)
    given = isinstance(start, Parameters)
    parameters = start if isinstance(start, Parameters) else problem.restore(g)
    stopping = Stopping(spec.tol)
    history: list[float] = []
    ended: Ended | None = None
    try:
        while ended is None:
            statistics = problem.e_step(g)
            shown, log_max = parameters, statistics.log_max_responsibility
            history.append(statistics.log_likelihood - problem.log_volume)
            yield Iteration(len(history) - 1, shown, history[-1], attempt, n)

            stopping.add(statistics.log_likelihood, statistics.rounding)
            if collapsed:
                ended = "collapsed"
            elif stopping.converged or is_maximum(spec, given, len(history)):
                ended = "converged"
            elif len(history) > spec.max_iter:
                ended = "max_iter"
            else:
                outcome = problem.m_step(statistics)
                if isinstance(outcome, Gaussians):
                    g, parameters = outcome, problem.restore(outcome)
                else:
                    collapsed, ended = problem.diagnose(outcome, g), "collapsed"
    except Cancelled:
        if not history:
            raise
        ended = "cancelled"

    return Fit(
        parameters=shown,
        log_likelihood=history[-1],
        structure=problem.structure.name,
        n_rows=n,
        n_columns=problem.n_columns,
        n_iterations=len(history) - 1,
        converged=ended == "converged",
        ended=ended,
        collapsed=collapsed,
        history=frozen(np.array(history)),
        log_max_responsibility=log_max,
        monotone=stopping.monotone,
        attempts=(Attempt(attempt, history[-1], len(history) - 1, n, collapsed, name_of(start)),),
        attempt=attempt,
        spec=spec,
    )


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
