"""Many models on the same rows: every number of clusters with every shape."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterable, Sequence
from dataclasses import dataclass

from gmmstudio.fitting.trace import LIMIT, Trace, Track
from gmmstudio.fitting.watch import FloatArray, ShouldStop
from gmmstudio.mixture.errors import Collapse, MixtureError
from gmmstudio.mixture.fit import Fit
from gmmstudio.mixture.search import search
from gmmstudio.mixture.spec import Spec
from gmmstudio.mixture.structures import resolve


@dataclass(frozen=True, eq=False)
class Cell:
    """One model of a sweep.

    Attributes
    ----------
    spec
        What was asked.
    structure
        The structure's letters as they apply to the sample ("V" for one column).
    n_components
        Number of components.
    fit
        The best try that did not collapse; None where there is a gap.
    reason
        Why there is a gap, one sentence; empty if there is none.
    n_collapsed
        How many tries collapsed.
    seconds
        Time the cell took.
    collapsed
        How the tries collapsed, where all of them did.
    tracks
        The iterations of the try that won, for replay.
    """

    spec: Spec
    structure: str
    n_components: int
    fit: Fit | None
    reason: str = ""
    n_collapsed: int = 0
    seconds: float = 0.0
    collapsed: Collapse | None = None
    tracks: tuple[Track, ...] = ()


@dataclass(frozen=True, eq=False)
class SweepFrame:
    """A sweep at one moment: the cells finished so far, and the one under way.

    Every frame holds all finished cells, so none is lost where frames are overwritten.
    """

    cells: tuple[Cell, ...]
    n_total: int
    spec: Spec
    attempt: int

    @property
    def n_done(self) -> int:
        """Number of finished cells."""
        return len(self.cells)


def grid(
    spec: Spec, components: Iterable[int], structures: Iterable[str], n_columns: int
) -> tuple[Spec, ...]:
    """Return the specs of a sweep, K rising, so that the plot fills from the left.

    A start made for one K (labels, centres, parameters) cannot serve the others:
    k-means++ takes its place. Names that mean the same (for one column all but tied) are
    taken once.

    Raises
    ------
    MixtureError
        For a structure nobody knows or a K below 1.
    """
    start = spec.start if isinstance(spec.start, str) else "k-means++"
    letters = dict.fromkeys(resolve(name, n_columns).name for name in structures)
    return tuple(
        spec.replace(n_components=k, structure=structure, start=start)
        for k in sorted(set(components))
        for structure in letters
    )


def sweep(
    x: FloatArray,
    specs: Sequence[Spec],
    *,
    weights: FloatArray | None = None,
    units: FloatArray | None = None,
    should_stop: ShouldStop | None = None,
    threads: int | None = None,
) -> Generator[SweepFrame, None, tuple[Cell, ...]]:
    """Fit every spec; a cell that cannot be fitted is a gap with a reason, not an error.

    Yields after every iteration, so that a sweep can be paused within a cell, and returns
    the cells. Once ``should_stop()`` is true it returns the cells finished until then.

    Parameters
    ----------
    x
        The sample (n, d), original units.
    specs
        The models, for instance of `grid`.
    weights, units, should_stop, threads
        As for `gmmstudio.mixture.search.search`.
    """
    cells: tuple[Cell, ...] = ()
    for spec in specs:
        yield SweepFrame(cells, len(specs), spec, attempt=0)
        trace = Trace(LIMIT // len(specs))
        began = time.perf_counter()
        outcome: Fit | MixtureError
        try:
            iterations = search(
                x, spec, weights=weights, units=units, should_stop=should_stop, threads=threads
            )
            while True:
                try:
                    iteration = next(iterations)
                except StopIteration as end:
                    outcome = end.value
                    break
                trace.append(iteration)
                yield SweepFrame(cells, len(specs), spec, iteration.attempt)
        except MixtureError as refusal:
            outcome = refusal
        if _was_stopped(outcome, should_stop):
            return cells
        structure = resolve(spec.structure, x.shape[1]).name
        seconds = time.perf_counter() - began
        cells = (*cells, _cell(spec, structure, outcome, trace, seconds))
    if specs:
        yield SweepFrame(cells, len(specs), specs[-1], attempt=0)
    return cells


def best(cells: Iterable[Cell]) -> Cell | None:
    """Return the cell of lowest BIC; None if there are only gaps."""
    return next(iter(ranked(cells)), None)


def ranked(cells: Iterable[Cell]) -> tuple[Cell, ...]:
    """Return the cells that are no gaps, the lowest BIC first."""
    fitted = [(cell.fit.bic, index, cell) for index, cell in enumerate(cells) if cell.fit]
    return tuple(cell for _, _, cell in sorted(fitted, key=lambda entry: entry[:2]))


def _was_stopped(outcome: Fit | MixtureError, should_stop: ShouldStop | None) -> bool:
    """Whether the cell was broken off: a fit that ended by itself counts even so."""
    if isinstance(outcome, Fit):
        return outcome.ended == "cancelled"
    return should_stop is not None and should_stop()


def _cell(
    spec: Spec, structure: str, outcome: Fit | MixtureError, trace: Trace, seconds: float
) -> Cell:
    k = spec.n_components
    if isinstance(outcome, MixtureError):
        return Cell(spec, structure, k, None, str(outcome), seconds=seconds)
    n_collapsed = sum(attempt.collapsed is not None for attempt in outcome.attempts)
    if outcome.collapsed is not None:
        reason = outcome.collapsed.reason
        return Cell(spec, structure, k, None, reason, n_collapsed, seconds, outcome.collapsed)
    tracks = tuple(track for track in trace.tracks if track.attempt == outcome.attempt)
    return Cell(spec, structure, k, outcome, "", n_collapsed, seconds, None, tracks)
