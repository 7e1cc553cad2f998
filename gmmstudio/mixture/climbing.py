"""Starts compared and climbed from: what a survey does with each of its models."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass, replace

from gmmstudio.mixture.accelerated import Point, Summit, ascend
from gmmstudio.mixture.em import Iteration, fit_of_one, run_to_end
from gmmstudio.mixture.fit import Attempt, Ended, Fit
from gmmstudio.mixture.gaussians import Gaussians
from gmmstudio.mixture.problem import Beginning, Hard, Problem
from gmmstudio.mixture.stopping import Stopping

BRIEF = 4
"""Passes over a sample for every start."""

LOOSE = 1e-6
"""To this starts are climbed from on a sample, and models looked at quickly; see `Spec.tol`."""

Start = tuple[str, Hard]
"""What a start is called, and the labels it begins with."""


@dataclass(frozen=True, eq=False)
class Candidate:
    """A start, and how far it has climbed on the sample.

    Attributes
    ----------
    name : str
        What the start is called.
    orientation : str
        See `fit.Attempt`.
    summit : Summit
    """

    name: str
    orientation: str
    summit: Summit

    @classmethod
    def at(cls, problem: Problem, name: str, there: Beginning, orientation: str = "") -> Candidate:
        """Return a start that has climbed nowhere yet."""
        summit = Summit(Point.at(problem, there.g), False, there.collapsed)
        return cls(name, orientation, summit)

    @property
    def rank(self) -> tuple[bool, float]:
        """What tells the better of two: a sound one before one that collapsed."""
        return self.summit.collapsed is None, self.summit.point.objective

    def on(self, problem: Problem, most: int) -> Candidate:
        """Climb on, for nobody to watch."""
        if self.summit.collapsed is not None:
            return self
        return replace(self, summit=drained(problem, self.summit.point.g, most))


def compare(
    problem: Problem, starts: Sequence[Start], *, everywhere: bool = False
) -> list[Candidate]:
    """Look at every start briefly.

    A common orientation begins at another place in every start, and if it is to begin
    `everywhere`, at all of them in the best one.
    """
    seen = [
        brief(problem, name, problem.beginnings_of(hard, turn)[0])
        for turn, (name, hard) in enumerate(starts)
    ]
    if not everywhere or problem.structure.carries != "orientation":
        return seen
    best = max(range(len(seen)), key=lambda turn: seen[turn].rank)
    name, hard = starts[best]
    return seen + [
        brief(problem, name, beginning)
        for beginning in problem.beginnings_of(hard)
        if beginning.orientation != seen[best].orientation
    ]


def brief(problem: Problem, name: str, beginning: Beginning) -> Candidate:
    """Climb a few passes from one start."""
    if beginning.collapsed is not None:
        return Candidate.at(problem, name, beginning, beginning.orientation)
    return Candidate(name, beginning.orientation, drained(problem, beginning.g, BRIEF))


def drained(problem: Problem, g: Gaussians, most: int) -> Summit:
    """Climb on a sample, for nobody to watch."""
    return run_to_end(ascend(problem, g, LOOSE, most))


def finalists(candidates: Sequence[Candidate], number: int) -> list[Candidate]:
    """Return the best starts that are not the same; where all collapsed, the best of those."""
    sound = [c for c in candidates if c.summit.collapsed is None]
    order = sorted(sound or candidates, key=lambda candidate: candidate.rank, reverse=True)
    kept: list[Candidate] = []
    for candidate in order:
        value = candidate.summit.point.objective
        if all(abs(value - other.summit.point.objective) > LOOSE * abs(value) for other in kept):
            kept.append(candidate)
    return kept[: number if sound else 1]


def ascent_of(
    problem: Problem, candidate: Candidate, tol: float, most: int, number: int
) -> Generator[Iteration, None, tuple[Fit, Summit]]:
    """Climb on from a candidate, and show the way; at `most` passes it ends near the maximum."""
    summit, watch = candidate.summit, Stopping(tol)
    rows, history = problem.prepared, list[float]()
    if summit.collapsed is None:
        ascent = ascend(problem, summit.point.g, tol, most)
        while True:
            try:
                point = next(ascent)
            except StopIteration as end:
                summit = end.value
                break
            watch.add(point.objective, point.statistics.rounding)
            history.append(point.statistics.log_likelihood - rows.log_volume)
            parameters = problem.restore(point.g)
            yield Iteration(len(history) - 1, parameters, history[-1], number, rows.n_rows)
    fit = fit_of(problem, replace(candidate, summit=summit), history, number)
    limit = not summit.converged and most > problem.spec.max_iter
    ended: Ended = "max_iter" if limit and fit.ended == "near" else fit.ended
    return replace(fit, monotone=watch.monotone, ended=ended), summit


def fit_of(problem: Problem, candidate: Candidate, history: Sequence[float], number: int) -> Fit:
    """Return where a candidate is as a fit."""
    rows, summit = problem.prepared, candidate.summit
    statistics, g = summit.point.statistics, summit.point.g
    log_likelihood = statistics.log_likelihood - rows.log_volume
    attempt = Attempt(
        number,
        log_likelihood,
        max(len(history) - 1, 0),
        rows.n_rows,
        summit.collapsed,
        candidate.name,
        problem.restore(g),
        candidate.orientation,
        g.log_prior,
    )
    return fit_of_one(
        problem,
        attempt,
        _ended(summit),
        history or [log_likelihood],
        statistics.log_max_responsibility,
        monotone=True,
    )


def _ended(summit: Summit) -> Ended:
    if summit.collapsed is not None:
        return "collapsed"
    return "converged" if summit.converged else "near"
