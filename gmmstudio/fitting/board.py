"""The cells of a sweep as they fill."""

from __future__ import annotations

import time
from collections.abc import Container, Generator, Sequence
from dataclasses import dataclass, replace

from gmmstudio.fitting.trace import LIMIT, Trace, Track
from gmmstudio.fitting.watch import ShouldStop
from gmmstudio.mixture.em import Iteration
from gmmstudio.mixture.errors import Collapse, MixtureError
from gmmstudio.mixture.fit import Fit
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

    Every frame holds all finished cells, so none is lost where frames are overwritten. Where it is
    settling, all cells are there, and those that may be the best are being made exact.
    """

    cells: tuple[Cell, ...]
    n_total: int
    spec: Spec
    attempt: int
    settling: bool = False

    @property
    def n_done(self) -> int:
        """Number of finished cells."""
        return len(self.cells)


class Board:
    """The cells of a sweep as they fill.

    Parameters
    ----------
    specs
        One per cell.
    n_columns
        Number of columns of the sample.

    Attributes
    ----------
    cells
        Those there are, in the order of the specs; kept, since every iteration shows them.
    """

    def __init__(self, specs: Sequence[Spec], n_columns: int) -> None:
        self.specs = specs
        self._n_columns = n_columns
        self._cells: dict[int, Cell] = {}
        self.cells: tuple[Cell, ...] = ()

    def fit_at(self, index: int) -> Fit | None:
        """Return the fit of a cell, if it has one."""
        cell = self._cells.get(index)
        return None if cell is None else cell.fit

    def best_but(self, indices: Container[int], within: float) -> int | None:
        """Return the cell of lowest BIC that is none of these; None where the best is far below."""
        bics = {index: cell.fit.bic for index, cell in self._cells.items() if cell.fit is not None}
        left = [index for index in bics if index not in indices]
        index = min(left, key=bics.__getitem__, default=None)
        return index if index is not None and bics[index] <= min(bics.values()) + within else None

    def refuse(self, refusal: MixtureError) -> None:
        """Make a gap of every cell that is not there."""
        for index in range(len(self.specs)):
            if index not in self._cells:
                self._put(index, refusal, Trace(0), 0.0)

    def frame(self, spec: Spec, attempt: int, *, settling: bool = False) -> SweepFrame:
        """Return the sweep at this moment."""
        return SweepFrame(self.cells, len(self.specs), spec, attempt, settling)

    def fill(
        self,
        index: int,
        iterations: Generator[Iteration, None, Fit],
        should_stop: ShouldStop,
        *,
        settling: bool = False,
    ) -> Generator[SweepFrame, None, bool]:
        """Run a fit and put what it gives into its cell; return whether it came to its end."""
        spec = self.specs[index]
        yield self.frame(spec, 0, settling=settling)
        trace = Trace(LIMIT // len(self.specs))
        began = time.perf_counter()
        outcome: Fit | MixtureError
        try:
            while True:
                try:
                    iteration = next(iterations)
                except StopIteration as end:
                    outcome = end.value
                    break
                trace.append(iteration)
                yield self.frame(spec, iteration.attempt, settling=settling)
        except MixtureError as refusal:
            outcome = refusal
        if _was_stopped(outcome, should_stop):
            return False
        self._put(index, outcome, trace, time.perf_counter() - began)
        return True

    def _put(self, index: int, outcome: Fit | MixtureError, trace: Trace, seconds: float) -> None:
        spec, before = self.specs[index], self._cells.get(index)
        seconds += 0.0 if before is None else before.seconds
        structure = resolve(spec.structure, self._n_columns).name
        if before is not None and before.fit is outcome:  # nothing better was found
            cell = replace(before, seconds=seconds)
        else:
            cell = _cell(spec, structure, outcome, trace, seconds)
        self._cells[index] = cell
        self.cells = tuple(self._cells[place] for place in sorted(self._cells))


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
