"""EM goes on from a model placed by hand: the job, and what of it can be replayed."""

from __future__ import annotations

from gmmstudio.document.commands import Command, SetDraftFit
from gmmstudio.document.document import Document, FitRecord
from gmmstudio.document.draft import Draft
from gmmstudio.document.drafting import draft_spec
from gmmstudio.fitting.trace import Track
from gmmstudio.mixture.fit import Fit
from gmmstudio.table.table import Table
from gmmstudio.ui.jobs import FitJob, RowLabels, SampleStore
from gmmstudio.ui.replay import Source


class DraftJob(FitJob):
    """EM from the clusters of a draft as a job of the runner, on the same path as a fit.

    ``anew`` starts where they were placed, though EM has been further already.
    """

    words = "from what you placed"
    by_hand = True

    def __init__(
        self,
        table: Table,
        record: FitRecord,
        draft: Draft,
        store: SampleStore,
        *,
        anew: bool = False,
    ) -> None:
        start = draft.parameters if anew or draft.is_done else draft.newest
        spec = draft_spec(record, start)
        super().__init__(table, record.table_id, record.preparation, spec, store)
        self.draft, self.begins = draft, start

    @property
    def identities(self) -> tuple[int, ...]:
        """Those of the draft: its clusters are known."""
        return self.draft.identities

    def answer(self, fit: Fit, tracks: tuple[Track, ...], seconds: float) -> Command:
        """Return the command that brings the fit into the draft."""
        return SetDraftFit(self.draft, fit, self.begins, tracks, seconds)


def draft_job(document: Document, store: SampleStore, *, anew: bool = False) -> DraftJob | None:
    """Return the job that lets EM go on from the document's draft; None without one."""
    record, table, draft = document.record, document.table, document.draft
    if record is None or table is None or draft is None:
        return None
    return DraftJob(table, record, draft, store, anew=anew)


def draft_source(table: Table, record: FitRecord, draft: Draft, store: SampleStore) -> Source:
    """Return what can be replayed of a draft that EM has gone on from."""
    attempt = 1 if draft.fit is None else draft.fit.attempt
    return Source(
        table,
        record.preparation,
        draft.structure,
        draft.tracks,
        1,
        RowLabels(table, record.preparation, store),
        {attempt: draft.identities},
        by_hand=True,
    )
