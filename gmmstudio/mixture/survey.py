"""Many models on the same rows, each found the quick way: for choosing K and structure.

`search` runs every try to its end, for everybody to watch. A survey of a hundred models cannot. It
looks at each model quickly: a few starts, compared on a sample of the rows, and from the best of
them a short climb on all rows, with accelerated EM throughout. Models with the same K share their
starts, and each also begins from where those before it ended: what one structure has found the next
need not look for. Only the models that may be the best of all are then settled: with all the tries
asked for, and up to the maximum.
"""

from __future__ import annotations

import threading
from collections.abc import Generator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from gmmstudio.mixture.accelerated import Point, Summit, ascend
from gmmstudio.mixture.arrays import IntArray, frozen
from gmmstudio.mixture.coarsening import KINDS, coarsenings
from gmmstudio.mixture.em import Iteration, best_of
from gmmstudio.mixture.fit import FINISH, Attempt, Ended, Fit, Optimum
from gmmstudio.mixture.gaussians import Gaussians
from gmmstudio.mixture.hierarchical import Hierarchy
from gmmstudio.mixture.kernel import Statistics, hard_statistics
from gmmstudio.mixture.prepared import Prepared
from gmmstudio.mixture.problem import Beginning, Hard, Problem
from gmmstudio.mixture.search import first_labels
from gmmstudio.mixture.spec import Spec
from gmmstudio.mixture.starts import child_seeds
from gmmstudio.mixture.structures import resolve

SAMPLE_SIZES = (2_000, 5_000, 10_000)
"""Rows the starts are compared on, unless there are hardly more in all."""

ROWS_PER_PARAMETER = 10
"""What a sample must hold to tell the starts of a model apart."""

MERGED_ROWS = 1000
"""Rows of the sample that are merged, pair by pair, for the hierarchical start."""

QUICK_TRIES = 3
"""How many drawn starts a quick look takes, besides those from merging rows."""

SMALL_CLUSTERS = 40
"""To how many clusters rows are merged before these are, as each kind of covariance would."""

BRIEF, LONGER, NEAR_PASSES = 4, 30, 12
"""Passes for every start; for those that are left; and on all rows, where a look is quick."""

EXACT_ROWS = 3_000
"""No more rows than this are so quickly gone over that every model is climbed to its maximum."""

FINALISTS = 3
"""How many starts are left after the brief look, where a model is settled."""

LOOSE = 1e-6
"""To this starts are climbed from on a sample, and models looked at quickly; see `Spec.tol`."""

SPLIT = "one cluster fewer"
"""What a start is called that goes on from the same structure with one component fewer."""

SPLIT_PASSES = 2


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

    @property
    def rank(self) -> tuple[bool, float]:
        """What tells the better of two: a sound one before one that collapsed."""
        return self.summit.collapsed is None, self.summit.point.objective

    def on(self, problem: Problem, most: int) -> Candidate:
        """Climb on, for nobody to watch."""
        if self.summit.collapsed is not None:
            return self
        return replace(self, summit=drained(problem, self.summit.point.g, most))


class Survey:
    """Prepared rows, samples of them, and what models with the same K share.

    Parameters
    ----------
    prepared : Prepared
        All rows.
    specs : sequence of Spec
        The models that will be asked for, with starts that are looked for, not given. Those with
        the same structure may be asked for by one thread at a time, others at once.
    """

    def __init__(self, prepared: Prepared, specs: Sequence[Spec]) -> None:
        self._prepared = prepared
        self._sample = sample_for(prepared, specs)
        self._coarse: dict[Prepared, tuple[IntArray, list[dict[int, IntArray]]]] = {}
        self._drawn: dict[tuple[int, Prepared], list[tuple[str, Hard]]] = {}
        self._found: dict[tuple[str, int], Gaussians] = {}
        self._lock = threading.Lock()

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
        starts = self._starts(problem)[: len(KINDS) + QUICK_TRIES]
        candidates = [*self._splits(problem), *compare(problem, starts)]
        exact = self._prepared.n_rows <= EXACT_ROWS
        fit = yield from self._first_sound(problem, candidates, 1, exact=exact)
        if fit.collapsed is not None and sample is not self._prepared:
            problem = Problem(self._prepared, spec)
            candidates = [*self._splits(problem), *compare(problem, self._starts(problem)[:1])]
            fit = yield from self._first_sound(problem, candidates, 1, exact=exact)
        return fit

    def settle(self, spec: Spec, quick: Fit) -> Generator[Iteration, None, Fit]:
        """Take a model that was looked at quickly to the best maximum that all tries lead to.

        Parameters, iterations and errors are those of `quick`; its result is one of the starts.
        """
        problem = Problem(self._rows_for(spec), spec)
        [there] = problem.beginnings(quick.parameters)
        starts = self._starts(problem)
        looked = Candidate(quick.attempts[-1].start, "", Summit(Point.at(problem, there.g), False))
        chosen = finalists([looked, *compare(problem, starts, everywhere=True)], FINALISTS)
        fits: list[Fit] = []
        if problem.prepared is self._prepared:
            for candidate in chosen:
                fit, _ = yield from climb(
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
        return quick if best.collapsed is not None else best

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
        tol, most = (spec.tol, spec.max_iter + 1) if exact else (LOOSE, NEAR_PASSES)
        fits: list[Fit] = []
        for candidate in finalists(candidates, len(candidates)):
            if on_sample:
                candidate = candidate.on(problem, LONGER)
            number = first + len(fits)
            if candidate.summit.collapsed is None:
                fit, summit = yield from climb(everything, candidate, tol, most, number)
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

    def _starts(self, problem: Problem) -> list[tuple[str, Hard]]:
        """Return the starts that models with this K share: the hierarchical and the drawn ones."""
        sample, spec = problem.prepared, problem.spec
        key = (spec.n_components, sample)
        with self._lock:  # else two threads would do the same work
            if key not in self._drawn:
                self._drawn[key] = self._draw(problem)
            return self._drawn[key]

    def _draw(self, problem: Problem) -> list[tuple[str, Hard]]:
        spec = problem.spec
        seeds = child_seeds(spec.seed, spec.n_tries + 1)[1:]
        labels = [(spec.start, first_labels(problem, np.random.default_rng(s))) for s in seeds]
        if spec.n_components > 1 and spec.start != "hierarchical":
            labels = [*self._merged(problem), *labels]
        return [(str(name), problem.hard(each)) for name, each in labels]

    def _merged(self, problem: Problem) -> list[tuple[str, IntArray]]:
        """Return labels (n,) from rows merged pair by pair, by each kind of covariance."""
        k, sample = problem.spec.n_components, problem.prepared
        if sample not in self._coarse:
            self._coarse[sample] = self._coarsen(problem)
        small, coarse = self._coarse[sample]
        return [("hierarchical", labels[k][small]) for labels in coarse if k in labels]

    def _coarsen(self, problem: Problem) -> tuple[IntArray, list[dict[int, IntArray]]]:
        """Merge rows to a few dozen small clusters, and these on, as each kind would."""
        sample = problem.prepared
        rng = np.random.default_rng(child_seeds(problem.spec.seed, 1)[0])
        tree = Hierarchy.of(sample.in_units, rng, sample.rows, sample.weights, MERGED_ROWS)
        small = tree.labels(min(SMALL_CLUSTERS, sample.n_distinct(SMALL_CLUSTERS)))
        sums = hard_statistics(
            sample.in_units, small, int(small.max()) + 1, sample.rows, sample.weights
        )
        return small, [coarsenings(sums, kind, SMALL_CLUSTERS) for kind in KINDS.values()]

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


def halved(statistics: Statistics, k: int) -> Statistics:
    """Cut a component in two where it is widest: half a Gaussian each, next to one another.

    Half a normal variable of variance λ has mean ±√(2λ/π) and variance λ(1 − 2/π).
    """
    size, mean, scatter = statistics.sizes[k], statistics.means[k], statistics.scatters[k]
    values, vectors = np.linalg.eigh(scatter)
    axis, along = vectors[:, -1], max(values[-1], 0.0)
    move = np.sqrt(2.0 / np.pi * along / size) * axis
    half = 0.5 * (scatter - (2.0 / np.pi * along) * np.outer(axis, axis))
    others = np.arange(statistics.sizes.size) != k
    return Statistics(
        np.concatenate([statistics.sizes[others], [0.5 * size, 0.5 * size]]),
        np.concatenate([statistics.means[others], [mean + move, mean - move]]),
        np.concatenate([statistics.scatters[others], [half, half]]),
        np.nan,
        np.nan,
        0.0,
    )


def sample_for(rows: Prepared, specs: Sequence[Spec]) -> Prepared:
    """Return the rows on which starts are compared: all, or enough for the largest model."""
    d = rows.n_columns
    most = max(resolve(s.structure, d).n_parameters(s.n_components, d) for s in specs)
    wanted = ROWS_PER_PARAMETER * most
    size = next((size for size in SAMPLE_SIZES if size >= wanted), SAMPLE_SIZES[-1])
    if rows.n_rows <= 1.5 * size:
        return rows
    rng = np.random.default_rng(child_seeds(specs[0].seed, 1)[0])
    drawn = rng.choice(rows.n_rows, size, replace=False, shuffle=False)
    sample, k = rows.part(np.sort(drawn)), max(spec.n_components for spec in specs)
    return sample if sample.n_distinct(k) == k else rows


def compare(
    problem: Problem, starts: Sequence[tuple[str, Hard]], *, everywhere: bool = False
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
    if beginning.collapsed is None:
        summit = drained(problem, beginning.g, BRIEF)
    else:
        summit = Summit(Point.at(problem, beginning.g), False, beginning.collapsed)
    return Candidate(name, beginning.orientation, summit)


def drained(problem: Problem, g: Gaussians, most: int) -> Summit:
    """Climb on a sample, for nobody to watch."""
    ascent = ascend(problem, g, LOOSE, most)
    while True:
        try:
            next(ascent)
        except StopIteration as end:
            summit: Summit = end.value
            return summit


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


def climb(
    problem: Problem, candidate: Candidate, tol: float, most: int, number: int
) -> Generator[Iteration, None, tuple[Fit, Summit]]:
    """Climb on from a candidate, and show the way."""
    summit = candidate.summit
    rows, history = problem.prepared, list[float]()
    if summit.collapsed is None:
        ascent = ascend(problem, summit.point.g, tol, most)
        while True:
            try:
                point = next(ascent)
            except StopIteration as end:
                summit = end.value
                break
            history.append(point.statistics.log_likelihood - rows.log_volume)
            parameters = problem.restore(point.g)
            yield Iteration(len(history) - 1, parameters, history[-1], number, rows.n_rows)
    return fit_of(problem, replace(candidate, summit=summit), history, number), summit


def fit_of(problem: Problem, candidate: Candidate, history: Sequence[float], number: int) -> Fit:
    """Return where a candidate is as a fit."""
    rows, spec, summit = problem.prepared, problem.spec, candidate.summit
    statistics, g = summit.point.statistics, summit.point.g
    log_likelihood = statistics.log_likelihood - rows.log_volume
    parameters, n_iterations = problem.restore(g), max(len(history) - 1, 0)
    attempt = Attempt(
        number,
        log_likelihood,
        n_iterations,
        rows.n_rows,
        summit.collapsed,
        candidate.name,
        parameters,
        candidate.orientation,
        g.log_prior,
    )
    return Fit(
        parameters=parameters,
        log_likelihood=log_likelihood,
        structure=problem.structure.name,
        n_rows=rows.n_rows,
        n_columns=rows.n_columns,
        n_iterations=n_iterations,
        converged=summit.converged,
        ended=_ended(summit, n_iterations, spec),
        collapsed=summit.collapsed,
        history=frozen(np.array(history or [log_likelihood])),
        log_max_responsibility=statistics.log_max_responsibility,
        monotone=True,
        attempts=(attempt,),
        attempt=number,
        spec=spec,
        n_observations=rows.n_observations,
        log_prior=g.log_prior,
    )


def _ended(summit: Summit, n_iterations: int, spec: Spec) -> Ended:
    if summit.collapsed is not None:
        return "collapsed"
    if summit.converged:
        return "converged"
    return "max_iter" if n_iterations >= spec.max_iter else "near"
