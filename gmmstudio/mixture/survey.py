"""Many models on the same rows, each found the quick way: for choosing K and structure.

`search` runs every try to its end, for everybody to watch. A survey of a hundred models cannot. It
looks at each model quickly: a few starts, compared on a sample of the rows, and from the best of
them a short climb on all rows, with accelerated EM throughout. Models with the same K share their
starts, and each also begins from its own structure with one cluster fewer. Then they exchange what
they have found: every structure begins again from where the others with the same K ended. Only the
models that may be the best of all are settled at last: with all the tries asked for, and up to the
maximum.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import replace

from gmmstudio.mixture.accelerated import Point
from gmmstudio.mixture.climbing import (
    BRIEF,
    LOOSE,
    Candidate,
    Start,
    ascent_of,
    compare,
    drained,
    finalists,
    fit_of,
)
from gmmstudio.mixture.coarsening import KINDS, kinds_for
from gmmstudio.mixture.em import Iteration, best_of
from gmmstudio.mixture.fit import FINISH, Fit, Optimum
from gmmstudio.mixture.gaussians import Gaussians
from gmmstudio.mixture.kernel import Statistics
from gmmstudio.mixture.prepared import Prepared
from gmmstudio.mixture.problem import Problem
from gmmstudio.mixture.spec import Spec
from gmmstudio.mixture.starts import nearest_centre
from gmmstudio.mixture.survey_starts import Merged, drawn, halved, sample_for

QUICK_TRIES = 3
"""How many drawn starts a quick look takes, besides those from merging rows."""

LONGER, NEAR_PASSES = 30, 12
"""Passes over the sample for the starts that are left, and over all rows in a quick look."""

EXACT_ROWS = 3_000
"""No more rows than this are so quickly gone over that every model is climbed to its maximum."""

FINALISTS = 3
"""How many starts are left after the brief look, where a model is settled."""

OF_ALL_ROWS = ("constant", "duplicate", "collinear")
"""Causes of a collapse that a sample shares with all rows."""

SPLIT = "one cluster fewer"
"""What a start is called that goes on from the same structure with one component fewer."""

SPLIT_PASSES = 2

OTHER = "another shape"
"""What a start is called that goes on from where another structure ended."""


class Survey:
    """Prepared rows, a sample of them, and what the models have found on them.

    Parameters
    ----------
    prepared : Prepared
        All rows.
    specs : sequence of Spec
        The models that will be asked for, alike but for K and structure, with starts that are
        looked for, not given.
    """

    def __init__(self, prepared: Prepared, specs: Sequence[Spec]) -> None:
        self._prepared = prepared
        self._sample = sample_for(prepared, specs)
        self._merged: Merged | None = None
        self._drawn: dict[int, list[Start]] = {}
        self._found: dict[tuple[str, int], Gaussians] = {}
        self._before: dict[tuple[str, int], Gaussians] = {}
        self._statistics: dict[tuple[str, int], Statistics] = {}

    def __enter__(self) -> Survey:
        return self

    def __exit__(self, *exception: object) -> None:
        self._sample.rows.close()

    def quick(self, spec: Spec) -> Generator[Iteration, None, Fit]:
        """Look at a model quickly.

        Parameters
        ----------
        spec : Spec
            With a start that is looked for, not given.

        Yields
        ------
        Iteration
            On all rows, every one better than the last.

        Returns
        -------
        Fit
            Ended "converged", "collapsed" or "near" the maximum.

        Raises
        ------
        MixtureError
            The model cannot be had for these rows.
        Cancelled
            It was time to stop.
        """
        sample = self._rows_for(spec)
        problem = Problem(sample, spec)
        kinds = kinds_for(problem.structure)
        starts = self._starts(problem, kinds, QUICK_TRIES)
        candidates = [*self._splits(problem), *compare(problem, starts)]
        exact = self._prepared.n_rows <= EXACT_ROWS
        fit = yield from self._first_sound(problem, candidates, 1, exact=exact)
        if fit.collapsed is None or fit.collapsed.cause in OF_ALL_ROWS or sample is self._prepared:
            return fit
        rows, (name, hard) = self._prepared, starts[-1]
        labels = nearest_centre(rows.data.zt, hard.statistics.means, rows.rows)
        problem = Problem(rows, spec)
        candidates = compare(problem, [(name, problem.hard(labels))])
        return (yield from self._first_sound(problem, candidates, 1, exact=exact))

    def exchange(self, spec: Spec, quick: Fit) -> Generator[Iteration, None, Fit]:
        """Begin a model from where the other structures with as many components ended.

        To be asked once all models were looked at; parameters, iterations and errors are those of
        `quick`.

        Returns
        -------
        Fit
            The better one, which may be `quick` itself.
        """
        problem = Problem(self._rows_for(spec), spec)
        own = self._found.get((problem.structure.name, spec.n_components))
        if own is None or spec.n_components == 1:
            return quick
        here = Point.at(problem, own).objective
        tried = []
        for (name, k), other in self._before.items():
            if k != spec.n_components or name == problem.structure.name:
                continue
            g = problem.beginning_of(self._seen_by(name, other, problem), None)
            if g is not None:
                tried.append(Candidate(OTHER, "", drained(problem, g, 1)))
        for best in finalists(tried, 1):
            best = best.on(problem, BRIEF)
            if best.summit.collapsed is None and best.summit.point.objective > here:
                fit = yield from self._first_sound(
                    problem, [best], 1, exact=self._prepared.n_rows <= EXACT_ROWS
                )
                if fit.collapsed is None and fit.objective > quick.objective:
                    return fit
        return quick

    def end_of_first_look(self) -> None:
        """Remember where all models ended: what `exchange` goes by, whatever the order."""
        self._before = dict(sorted(self._found.items(), key=lambda item: item[0]))

    def _seen_by(self, name: str, g: Gaussians, problem: Problem) -> Statistics:
        """Return the statistics of another structure's mixture, tilts included."""
        key = (name, g.n_components)
        if key not in self._statistics:
            self._statistics[key] = problem.e_step(replace(g, diagonal=False))
        return self._statistics[key]

    def settle(self, spec: Spec, quick: Fit) -> Generator[Iteration, None, Fit]:
        """Take a model that was looked at quickly to the best maximum that all tries lead to.

        Parameters, iterations and errors are those of `quick`; its result is one of the starts.
        """
        problem = Problem(self._rows_for(spec), spec)
        [there] = problem.beginnings(quick.parameters)
        starts = self._starts(problem, tuple(KINDS), spec.n_tries)
        looked = Candidate.at(problem, quick.attempts[-1].start, there)
        chosen = finalists([looked, *compare(problem, starts, everywhere=True)], FINALISTS)
        fits: list[Fit] = []
        if problem.prepared is self._prepared:
            for candidate in chosen:
                fit, _ = yield from ascent_of(
                    problem, candidate, spec.tol, spec.max_iter + 1, len(fits) + 1
                )
                fits.append(fit)
            best = best_of(fits, problem)
        else:
            chosen = [candidate.on(problem, LONGER) for candidate in chosen]
            for candidate in chosen:
                fits.append(fit_of(problem, candidate, (), len(fits) + 1))
            compared = best_of(fits, problem)
            named = [replace(candidate, name=FINISH) for candidate in chosen]
            last = yield from self._first_sound(problem, named, len(fits) + 1, exact=True)
            attempts = (*compared.attempts, *last.attempts)
            best = replace(last, attempts=attempts, optima=compared.optima)
        if best.collapsed is None and best.objective >= quick.objective:
            return best
        # What is best on the sample need not be so on all rows.
        number = max(attempt.number for attempt in best.attempts) + 1
        everything = Problem(self._prepared, spec)
        [there] = everything.beginnings(quick.parameters)
        looked = Candidate.at(everything, FINISH, there)
        last, _ = yield from ascent_of(everything, looked, spec.tol, spec.max_iter + 1, number)
        return replace(last, attempts=(*best.attempts, *last.attempts), optima=best.optima)

    def _first_sound(
        self, problem: Problem, candidates: Sequence[Candidate], first: int, *, exact: bool
    ) -> Generator[Iteration, None, Fit]:
        """Climb on all rows from the best candidate; if it collapses, from the next best.

        Parameters
        ----------
        problem : Problem
            With the rows the candidates have climbed on.
        candidates : sequence of Candidate
        first : int
            Number of the first attempt.
        exact : bool
            Climb to the maximum, whatever it takes.
        """
        spec, on_sample = problem.spec, problem.prepared is not self._prepared
        everything = Problem(self._prepared, spec) if on_sample else problem
        most = spec.max_iter + 1 if exact else min(NEAR_PASSES, spec.max_iter + 1)
        tol = spec.tol if exact else LOOSE
        fits: list[Fit] = []
        for candidate in finalists(candidates, len(candidates)):
            if on_sample:
                candidate = candidate.on(problem, LONGER)
            number = first + len(fits)
            if candidate.summit.collapsed is None:
                fit, summit = yield from ascent_of(everything, candidate, tol, most, number)
            else:
                fit, summit = fit_of(problem, candidate, (), number), candidate.summit
            fits.append(fit)
            if fit.collapsed is None:
                self._found[problem.structure.name, spec.n_components] = summit.point.g
                break
        best = fits[-1] if fits[-1].collapsed is None else fits[0]
        optimum = Optimum(best.log_likelihood, 1, 1.0, best.attempt, best.n_rows)
        attempts = tuple(attempt for fit in fits for attempt in fit.attempts)
        return replace(best, attempts=attempts, optima=() if best.collapsed else (optimum,))

    def _rows_for(self, spec: Spec) -> Prepared:
        """Return the rows to look at first; one cluster needs no starts."""
        return self._sample if spec.n_components > 1 else self._prepared

    def _starts(self, problem: Problem, kinds: Sequence[str], tries: int) -> list[Start]:
        """Return labels to begin with: from merging rows, by each of the kinds, and drawn ones."""
        k = problem.spec.n_components
        if k == 1:
            return drawn(problem, None)
        if self._merged is None:
            self._merged = Merged(problem)
        if k not in self._drawn:
            self._drawn[k] = drawn(problem, self._merged.tree)
        merged = [self._merged.start(problem, kind) for kind in kinds]
        return [*merged, *self._drawn[k][:tries]]

    def _splits(self, problem: Problem) -> list[Candidate]:
        """Begin from the same structure with one component fewer, the best one of them in two."""
        fewer = self._found.get((problem.structure.name, problem.spec.n_components - 1))
        if fewer is None:
            return []
        statistics = problem.e_step(fewer)
        inner = fewer.inner if problem.structure.carries == "orientation" else None
        split = [
            problem.beginning_of(halved(statistics, k), inner) for k in range(fewer.n_components)
        ]
        tried = [Candidate(SPLIT, "", drained(problem, g, SPLIT_PASSES)) for g in split if g]
        return [best.on(problem, BRIEF) for best in finalists(tried, 1)]
