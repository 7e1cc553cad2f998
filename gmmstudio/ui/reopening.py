"""Opening another optimum of the starts: EM goes on from where one of them ended."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass

from gmmstudio.document.commands import AddFit
from gmmstudio.document.document import Document, FitRecord
from gmmstudio.fitting.trace import Track
from gmmstudio.mixture.em import Iteration
from gmmstudio.mixture.fit import Fit
from gmmstudio.mixture.search import reopen
from gmmstudio.table.table import Table
from gmmstudio.ui.jobs import FitJob, SampleStore, ShouldStop


@dataclass(frozen=True, eq=False)
class OpenOptimum(AddFit):
    """Show another optimum of the starts; what was asked on the left follows, as for any fit shown.

    Attributes
    ----------
    opened
        Number of the attempt that it goes on from.
    """

    opened: int = 0

    @property
    def label(self) -> str:
        """What the user did."""
        return f"Open the optimum of try {self.opened}"

    def apply(self, document: Document) -> Document:
        """Add the record, and ask again what it answers."""
        return (
            super()
            .apply(document)
            .replace(preparation=self.preparation, spec=self.spec, start_column=self.start_column)
        )


class ReopenJob(FitJob):
    """Another optimum of a fit as a job of the runner, on the same path as a fit."""

    def __init__(self, table: Table, record: FitRecord, attempt: int, store: SampleStore) -> None:
        super().__init__(
            table, record.table_id, record.preparation, record.spec, store, record.start_column
        )
        self.record, self.attempt = record, attempt
        self.words = f"the optimum of try {attempt}"

    @property
    def n_tries(self) -> int:
        """It is one attempt, whatever the fit had."""
        return 1

    def __call__(self, should_stop: ShouldStop) -> Generator[Iteration, None, Fit]:
        sample = self._store.get(self.table, self.preparation)
        return (
            yield from reopen(
                sample.x,
                self.record.fit,
                self.attempt,
                weights=sample.weights,
                units=sample.units,
                should_stop=should_stop,
            )
        )

    def answer(self, fit: Fit, tracks: tuple[Track, ...], seconds: float) -> AddFit:
        """Bring the fit into the document; the iterations of all other tries stay with it."""
        return OpenOptimum(
            fit,
            self.preparation,
            self.spec,
            (*self.record.tracks, *tracks),
            seconds,
            self.table_id,
            self.start_column,
            self.attempt,
        )
