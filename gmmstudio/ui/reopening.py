"""EM goes on from where a start ended: to open another optimum, or to finish a quick look."""

from __future__ import annotations

from collections.abc import Generator

from gmmstudio.document.commands import AddFit, Finish, OpenOptimum
from gmmstudio.document.document import Document, FitRecord
from gmmstudio.fitting.trace import Track
from gmmstudio.mixture.em import Iteration
from gmmstudio.mixture.fit import Fit
from gmmstudio.mixture.search import reopen
from gmmstudio.table.table import Table
from gmmstudio.ui.jobs import FitJob, SampleStore, ShouldStop


class ReopenJob(FitJob):
    """Another optimum of a fit as a job of the runner, on the same path as a fit."""

    def __init__(self, table: Table, record: FitRecord, attempt: int, store: SampleStore) -> None:
        super().__init__(
            table, record.table_id, record.preparation, record.spec, store, record.start_column
        )
        self.record, self.attempt = record, attempt
        self._finishes = attempt == record.fit.attempt
        self.words = "the way to the maximum" if self._finishes else f"the optimum of try {attempt}"

    @property
    def n_tries(self) -> int:
        """It is one attempt, whatever the fit had."""
        return 1

    def __call__(self, should_stop: ShouldStop) -> Generator[Iteration, None, Fit]:
        sample = self._store.get_to_fit(self.table, self.preparation)
        asked = self.record.fit, self.attempt
        return (yield from self.climb(sample, should_stop, reopen, *asked))

    def answer(self, fit: Fit, tracks: tuple[Track, ...], seconds: float) -> AddFit:
        """Bring the fit into the document; the iterations of all other tries stay with it."""
        kept = [track for track in self.record.tracks if track.attempt != fit.attempt]
        asked = self.preparation, self.spec, (*kept, *tracks), seconds, self.table_id
        if self._finishes:
            looked = self.record.fit
            return Finish(fit, *asked, self.start_column, opened=self.attempt, looked=looked)
        return OpenOptimum(fit, *asked, self.start_column, opened=self.attempt)


def finishing(document: Document, store: SampleStore) -> ReopenJob | None:
    """Return the job that climbs on from a quick look; None where the fit shown is none."""
    record, table = document.record, document.table
    if record is None or table is None or record.fit.ended != "near":
        return None
    if document.is_out_of_date(record):
        return None
    return ReopenJob(table, record, record.fit.attempt, store)
