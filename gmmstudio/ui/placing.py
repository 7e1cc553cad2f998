"""Frames of a model that is being placed by hand: labels and figures, off the GUI thread.

The latest question wins and the answer is polled, so that the picture follows the hand however
many rows there are.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gmmstudio.document.document import FitRecord
from gmmstudio.fitting.labeller import Latest
from gmmstudio.fitting.trace import Track
from gmmstudio.mixture.em import Iteration
from gmmstudio.mixture.errors import Cancelled
from gmmstudio.mixture.fit import Fit
from gmmstudio.mixture.parameters import Parameters
from gmmstudio.mixture.scores import score
from gmmstudio.table.fitted import column_names
from gmmstudio.table.preparation import Sample
from gmmstudio.table.table import Table
from gmmstudio.ui.jobs import (
    IntArray,
    RowLabelArrays,
    RowLabels,
    SampleStore,
    ShouldStop,
)
from gmmstudio.ui.stage import Shown, Stage

Floats = NDArray[np.float64]
QUICK_ROWS = 200_000
"""Of more rows than this, so many are looked at while the hand moves."""


@dataclass(frozen=True, eq=False)
class Placed:
    """A model as it was placed.

    Attributes
    ----------
    table, record
        Whose rows, and the fit it is compared with.
    parameters, identities, structure
        The model.
    exact
        Whether all rows count; else, of very many, a sample does.
    """

    table: Table
    record: FitRecord
    parameters: Parameters
    identities: tuple[int, ...]
    structure: str
    exact: bool


@dataclass(frozen=True, eq=False)
class Seen:
    """The answer: labels of the rows watched, log-likelihoods of as many rows as were looked at.

    ``before`` is that of the fit before, over the same rows.
    """

    arrays: RowLabelArrays
    log_likelihood: float
    before: float
    n_rows: int


class Placing:
    """Puts frames placed by hand on the stage; ``tell`` hears of rows that got no labels.

    Attributes
    ----------
    before
        Log-likelihood of the fit before over the rows of the newest frame, with that frame.
    """

    def __init__(
        self,
        stage: Stage,
        store: SampleStore,
        rows_of: Callable[[Table], IntArray],
        tell: Callable[[Exception | None], None],
    ) -> None:
        self._stage, self._store = stage, store
        self._rows_of, self._tell = rows_of, tell
        self._latest: Latest[Seen | None] = Latest("gmmstudio-placing")
        self._number = 0
        self._wanted = 0  # the question that has not been overtaken
        self._asked: dict[int, tuple[Placed, IntArray]] = {}
        self._shown_number = 0
        self._placed: Placed | None = None
        self._eye: _Eye | None = None
        self.before: tuple[Shown | None, float] = (None, np.nan)

    @property
    def busy(self) -> bool:
        """Whether there is anything to poll."""
        return self._placed is not None and self._shown_number < self._number

    def want(self, placed: Placed) -> None:
        """Show this model as soon as its rows are labelled."""
        rows = self._stage.watched
        if rows is None:
            rows = self._rows_of(placed.table)
        if self._eye is None or not self._eye.sees(placed):
            self._eye = _Eye(placed, self._store)
        eye = self._eye
        self._placed = placed
        self._number += 1
        self._asked[self._number] = placed, rows
        number = self._wanted = self._number

        def look(stop: ShouldStop) -> Seen | None:
            try:
                return eye.look(
                    placed, rows, lambda: stop() or (placed.exact and self._wanted != number)
                )
            except Cancelled:  # of very many rows: EM goes on from there, or the hand does
                return None

        self._latest.put(number, look)

    def rewatch(self) -> None:
        """Ask again: other rows are on the screen now."""
        if self._placed is not None:
            self.want(self._placed)

    def forget(self) -> None:
        """Show nothing of what was asked; other frames follow."""
        self._placed = None
        self._wanted = 0
        self._asked.clear()
        self._shown_number = self._number
        self._eye = None

    def poll(self) -> None:
        """Show the newest answer, though a newer question may be under way."""
        answer = self._latest.answer
        if answer is None or answer.number <= self._shown_number or self._placed is None:
            return
        placed, rows = self._asked[answer.number]
        self._shown_number = answer.number
        self._asked = {n: asked for n, asked in self._asked.items() if n > answer.number}
        if answer.value is None:
            if answer.error is not None:
                self._tell(answer.error)
            return
        self._put(placed, rows, answer.value)

    def close(self) -> None:
        """End the thread."""
        self.forget()
        self._latest.close()

    def _put(self, placed: Placed, rows: IntArray, seen: Seen) -> None:
        iteration = Iteration(0, placed.parameters, seen.log_likelihood, 1, seen.n_rows)
        shown = Shown(
            parameters=placed.parameters,
            structure=placed.structure,
            identities=placed.identities,
            iteration=0,
            last_iteration=0,
            attempt=1,
            n_attempts=1,
            n_rows=seen.n_rows,
            log_likelihood=seen.log_likelihood,
            live=False,
            final=False,
            preparation=placed.record.preparation,
            column_names=column_names(placed.table, placed.record.preparation),
            rows=rows,
            labels=seen.arrays[0],
            max_probability=seen.arrays[1],
            by_hand=True,
        )
        track = Track(1, seen.n_rows, (iteration,), np.array([seen.log_likelihood]), False)
        self.before = shown, seen.before
        self._stage.put_tracks((track,), track)
        self._stage.put_shown(shown)


class _Eye:
    """Looks at the rows of one fit, in the worker; keeps what it gathered."""

    def __init__(self, placed: Placed, store: SampleStore) -> None:
        self._table, self._record, self._store = placed.table, placed.record, store
        self._labels = RowLabels(placed.table, placed.record.preparation, store)
        self._some: IntArray | None = None
        self._before = np.nan

    def sees(self, placed: Placed) -> bool:
        """Whether a model is over the same rows, beside the same fit."""
        return placed.table is self._table and placed.record is self._record

    def look(self, placed: Placed, rows: IntArray, should_stop: ShouldStop) -> Seen:
        arrays = self._labels.label(placed.parameters, rows, should_stop)
        fit = self._record.fit
        sample = self._store.get(self._table, self._record.preparation)
        n = len(sample.x)
        if placed.exact or n <= QUICK_ROWS:
            here = log_likelihood(sample, fit, placed.parameters, None, should_stop)
            return Seen(arrays, here, fit.log_likelihood, n)
        if self._some is None:
            chosen = np.random.default_rng(0).choice(n, QUICK_ROWS, replace=False)
            self._some = np.sort(chosen)
            self._before = log_likelihood(sample, fit, fit.parameters, self._some, should_stop)
        here = log_likelihood(sample, fit, placed.parameters, self._some, should_stop)
        return Seen(arrays, here, self._before, len(self._some))


def log_likelihood(
    sample: Sample,
    fit: Fit,
    parameters: Parameters,
    some: IntArray | None,
    should_stop: ShouldStop,
) -> float:
    """Return Σ_i w_i log Σ_k π_k φ_k(x_i), with weights as a fit of these rows counts them.

    Parameters
    ----------
    sample
        The rows of the fit.
    fit
        Any fit of them: its observations are what the weights add up to.
    parameters
        The mixture.
    some
        Only these rows (m,); None means all.
    should_stop
        Asked between blocks of rows.
    """
    x = sample.x if some is None else sample.x[some]
    density = score(x, parameters, should_stop=should_stop).log_density
    weights = sample.weights
    if weights is None:
        return float(density.sum())
    counted = weights * (fit.n_observations / weights.sum())
    chosen = counted if some is None else counted[some]
    there = chosen > 0.0
    return float(chosen[there] @ density[there])
