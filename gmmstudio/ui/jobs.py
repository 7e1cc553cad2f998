"""What the window asks of its worker threads: samples, fits, sweeps and labels of table rows.

Nothing here knows Qt; everything here may run in a worker.
"""

from __future__ import annotations

import importlib
import threading
from collections.abc import Callable, Generator, Sequence
from functools import cached_property, partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gmmstudio.document.assignment import Assignment, assign
from gmmstudio.document.commands import AddFit, Command
from gmmstudio.document.document import Document, FitRecord
from gmmstudio.document.errors import DocumentError
from gmmstudio.document.starting import with_start_column
from gmmstudio.fitting.elsewhere import FEWEST_ROWS, Elsewhere
from gmmstudio.fitting.sweep import Cell, SweepFrame, grid, sweep
from gmmstudio.fitting.trace import Track
from gmmstudio.mixture.em import Iteration
from gmmstudio.mixture.errors import MixtureError
from gmmstudio.mixture.fit import Fit
from gmmstudio.mixture.parameters import Parameters
from gmmstudio.mixture.scores import score
from gmmstudio.mixture.search import search
from gmmstudio.mixture.spec import Spec
from gmmstudio.mixture.structures import resolve
from gmmstudio.table.errors import TableError
from gmmstudio.table.fitted import column_names
from gmmstudio.table.preparation import Preparation, Sample, prepare
from gmmstudio.table.table import Table

IntArray = NDArray[np.int64]
HEAVY = ("pyarrow.csv", "pyarrow.compute", "scipy.optimize", "scipy.special", "cmap")
RowLabelArrays = tuple[NDArray[Any], NDArray[Any]]  # int32, float32
ShouldStop = Callable[[], bool]


class SampleStore:
    """Prepares samples and keeps the last few, for whoever asks from whichever thread."""

    def __init__(self, keep: int = 2) -> None:
        self._keep = keep
        self._lock = threading.Lock()
        self._held: list[tuple[Table, Preparation, Sample]] = []

    def get(self, table: Table, preparation: Preparation) -> Sample:
        """Return the sample; may take a while.

        Raises
        ------
        TableError
            As :func:`~gmmstudio.table.preparation.prepare`.
        """
        with self._lock:
            for held in self._held:
                if held[0] is table and held[1] == preparation:
                    return held[2]
            sample = prepare(table, preparation)
            self._held = [*self._held, (table, preparation, sample)][-self._keep :]
            return sample

    def get_to_fit(self, table: Table, preparation: Preparation) -> Sample:
        """Return the sample for a fit, which must be of all rows.

        Raises
        ------
        TableError
            As `get`, or the file of the table was not found.
        """
        if table.blank:
            raise TableError(
                f"The file of the table “{table.name}” was not found, and a fit needs its rows: "
                "find the file first."
            )
        return self.get(table, preparation)

    def held(self, table: Table | None, preparation: Preparation) -> Sample | None:
        """Return the sample, at once; None if it is not at hand."""
        if not self._lock.acquire(blocking=False):
            return None  # somebody is preparing one
        try:
            found = (h[2] for h in self._held if h[0] is table and h[1] == preparation)
            return next(found, None)
        finally:
            self._lock.release()

    def clear(self) -> None:
        """Let go of all samples."""
        with self._lock:
            self._held = []


class _Job:
    """A question about one table: what it is asked of, and with which settings."""

    def __init__(
        self,
        table: Table,
        table_id: int,
        preparation: Preparation,
        spec: Spec,
        store: SampleStore,
    ) -> None:
        self.table = table
        self.table_id = table_id
        self.preparation = preparation
        self.spec = spec
        self._store = store


class FitJob(_Job):
    """A fit as a job of the runner: prepares the sample, then searches.

    ``start_column`` is the column whose labels it starts from, if any; ``words`` name what it
    makes where that is not simply a fit.
    """

    words = ""
    by_hand = False  # whether it goes on from a model changed by hand
    elsewhere: Elsewhere | None = None  # where it climbs if there are many rows; else here

    def __init__(
        self,
        table: Table,
        table_id: int,
        preparation: Preparation,
        spec: Spec,
        store: SampleStore,
        start_column: int | None = None,
    ) -> None:
        super().__init__(table, table_id, preparation, spec, store)
        self.start_column = start_column

    @classmethod
    def of(cls, document: Document, table: Table, store: SampleStore) -> FitJob:
        """Ask what the document asks."""
        asked = document.table_id, document.preparation, document.spec
        return cls(table, *asked, store, document.start_column)

    @property
    def identities(self) -> tuple[int, ...] | None:
        """Identity of each component where that is known before; else they are matched."""
        return None

    @property
    def n_tries(self) -> int:
        """How many starts are asked for; a given one is the only one."""
        return self.spec.n_tries if self.start_column is None else 1

    def __call__(self, should_stop: ShouldStop) -> Generator[Iteration, None, Fit]:
        warm_up(should_stop)  # else the window would have to wait for it at the first frame
        sample = self._store.get_to_fit(self.table, self.preparation)
        spec = with_start_column(self.spec, self.table, self.start_column, sample.rows)
        return (yield from self.climb(sample, should_stop, search, spec))

    def climb(
        self,
        sample: Sample,
        should_stop: ShouldStop,
        method: Callable[..., Generator[Iteration, None, Fit]],
        *arguments: Any,
    ) -> Generator[Iteration, None, Fit]:
        """Do what ``method(x, *arguments, ...)`` does with a sample, where it disturbs least."""
        there = self.elsewhere if len(sample.x) >= FEWEST_ROWS else None
        how = method if there is None else partial(there.climb, method)
        return (
            yield from how(
                sample.x,
                *arguments,
                weights=sample.weights,
                units=sample.units,
                should_stop=should_stop,
            )
        )

    def begin(self) -> bool:
        """Let the next iteration be made elsewhere, while the last one is labelled here."""
        return self.elsewhere is not None and self.elsewhere.begin()

    def answer(self, fit: Fit, tracks: tuple[Track, ...], seconds: float) -> Command:
        """Return the command that brings the fit into the document."""
        asked = self.preparation, self.spec
        return AddFit(fit, *asked, tracks, seconds, self.table_id, self.start_column)

    @cached_property
    def labels(self) -> RowLabels:
        """Labels the rows that are watched, in the worker."""
        return RowLabels(self.table, self.preparation, self._store)

    @property
    def column_names(self) -> tuple[str, ...]:
        """Names of the columns that take part."""
        return column_names(self.table, self.preparation)

    @cached_property
    def structure(self) -> str:
        """The letters of the structure as they apply to these columns."""
        return resolve(self.spec.structure, len(self.preparation.columns)).name


class SweepJob(_Job):
    """A sweep over K and shapes as a job of the runner, but for models that are ``known``."""

    def __init__(
        self,
        table: Table,
        table_id: int,
        preparation: Preparation,
        spec: Spec,
        store: SampleStore,
        components: Sequence[int],
        structures: Sequence[str],
        known: tuple[Cell, ...] = (),
    ) -> None:
        super().__init__(table, table_id, preparation, spec, store)
        self.components = tuple(components)
        self.structures = tuple(structures)
        self.known = known
        self._shown: tuple[tuple[Cell, ...], tuple[Cell, ...]] = (), known

    @classmethod
    def of(
        cls,
        document: Document,
        table: Table,
        store: SampleStore,
        components: Sequence[int],
        structures: Sequence[str],
    ) -> SweepJob:
        """Ask for every K and shape of what the document asks."""
        asked = document.table_id, document.preparation, document.spec
        return cls(table, *asked, store, components, structures)

    @property
    def n_cells(self) -> int:
        """How many models it tries."""
        return len(self._specs(len(self.preparation.columns)))

    def with_known(self, cells: tuple[Cell, ...]) -> tuple[Cell, ...]:
        """Return the cells of a frame together with those known before."""
        if not self.known:
            return cells
        if cells is not self._shown[0]:
            self._shown = cells, (*self.known, *cells)
        return self._shown[1]

    def _specs(self, n_columns: int) -> tuple[Spec, ...]:
        specs = grid(self.spec, self.components, self.structures, n_columns)
        known = {(cell.structure, cell.n_components) for cell in self.known}
        return tuple(
            spec
            for spec in specs
            if (resolve(spec.structure, n_columns).name, spec.n_components) not in known
        )

    def __call__(self, should_stop: ShouldStop) -> Generator[SweepFrame, None, tuple[Cell, ...]]:
        sample = self._store.get_to_fit(self.table, self.preparation)
        specs = self._specs(sample.x.shape[1])
        return (
            yield from sweep(
                sample.x,
                specs,
                weights=sample.weights,
                units=sample.units,
                should_stop=should_stop,
            )
        )


class RowLabels:
    """Labels table rows under any parameters. For one thread only: it keeps what it gathered."""

    def __init__(self, table: Table, preparation: Preparation, store: SampleStore) -> None:
        self._table = table
        self._preparation = preparation
        self._store = store
        self._rows: IntArray | None = None
        self._inside: NDArray[np.bool_] = np.empty(0, dtype=bool)
        self._x: NDArray[np.float64] = np.empty((0, 0))

    def copy(self) -> RowLabels:
        """Return one of its own for another thread."""
        return RowLabels(self._table, self._preparation, self._store)

    def __call__(self, frame: Any, rows: Any, should_stop: ShouldStop) -> RowLabelArrays:
        """Label the rows for a frame of a fit, as a watch of the runner."""
        return self.label(frame.parameters, rows, should_stop)

    def label(
        self, parameters: Parameters, rows: IntArray, should_stop: ShouldStop
    ) -> RowLabelArrays:
        """Return the component (m,), −1 outside the fit, and its probability (m,)."""
        if rows is not self._rows:
            sample = self._store.get(self._table, self._preparation)
            positions, self._inside = locate(sample.rows, rows)
            self._x = sample.x[positions]
            self._rows = rows
        labels = np.full(len(rows), -1, dtype=np.int32)
        probability = np.zeros(len(rows), dtype=np.float32)
        if len(self._x):
            # One thread: what is painted beside it has the other processor.
            scores = score(self._x, parameters, should_stop=should_stop, threads=1)
            labels[self._inside] = scores.labels
            probability[self._inside] = scores.max_probability
        for array in (labels, probability):
            array.flags.writeable = False
        return labels, probability


def assigned(
    table: Table, record: FitRecord, store: SampleStore, should_stop: ShouldStop
) -> Assignment:
    """Label every row of a fit, for a worker that cannot wait for the window to do it."""
    sample = store.get(table, record.preparation)
    return assign(table, record, sample=sample, should_stop=should_stop)


def locate(sample_rows: IntArray, rows: IntArray) -> tuple[IntArray, NDArray[np.bool_]]:
    """Find table rows in a sample.

    Parameters
    ----------
    sample_rows
        The table row of each sample row (n,), rising.
    rows
        Table rows (m,).

    Returns
    -------
    positions (p,), inside (m,) bool
        Where those of the rows are that take part, and which they are.
    """
    if len(sample_rows) == 0:
        return np.empty(0, dtype=np.int64), np.zeros(len(rows), dtype=bool)
    positions = np.searchsorted(sample_rows, rows)
    positions = np.minimum(positions, len(sample_rows) - 1)
    inside = sample_rows[positions] == rows
    return positions[inside], inside


def warm_up(should_stop: ShouldStop) -> None:
    """Import what the first table, fit and view will need; it takes most of a second."""
    for name in HEAVY:
        if should_stop():
            return
        importlib.import_module(name)


def is_refusal(error: BaseException) -> bool:
    """Whether an error's message is a sentence for the user, not a fault of the program."""
    return isinstance(error, MixtureError | TableError | DocumentError)
