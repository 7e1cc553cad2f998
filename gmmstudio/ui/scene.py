"""The active record on the stage: its own frame, the replay of its tries, the last sweep."""

from __future__ import annotations

from collections.abc import Callable

from gmmstudio.document.document import Document, FitRecord
from gmmstudio.document.draft import Draft
from gmmstudio.mixture.outliers import OutlierRule
from gmmstudio.table.table import Table
from gmmstudio.ui.draft_run import draft_source
from gmmstudio.ui.jobs import SampleStore
from gmmstudio.ui.placing import Placed, Placing
from gmmstudio.ui.replay import Replay, record_source
from gmmstudio.ui.scoring import Scoring
from gmmstudio.ui.stage import Shown, Stage

MANY_ROWS = 100_000  # from here on the last frame is shown before all rows are labelled


class Scene:
    """Follows the document while no fit is under way; ``tell`` hears of rows without labels."""

    def __init__(
        self, stage: Stage, store: SampleStore, tell: Callable[[Exception | None], None]
    ) -> None:
        self._stage = stage
        self._store = store
        self._scoring = Scoring(stage, store, tell)
        self.replay = Replay(stage, self._final, tell)
        self.placing = Placing(stage, store, self.replay.default_rows, tell)
        self._by_hand = False  # a draft is on the screen, not the record

    @property
    def busy(self) -> bool:
        """Whether there is anything to poll."""
        return self.replay.busy or self._scoring.busy or self.placing.busy

    def show_record(self, document: Document, replayed: bool) -> None:
        """Show the active record, at once or by replaying the try that won; a draft before it."""
        table, record = document.table, document.record
        self.placing.forget()
        self._by_hand = document.draft is not None
        if table is None or record is None:
            self._scoring.want(None, None, document.outlier_rule)
            self.replay.load(None)
            self.put_tracks()
            self._stage.put_shown(None)
            return
        if document.draft is not None:
            self._scoring.want(table, record, document.outlier_rule)
            self._show_draft(table, record, document.draft, replayed)
            return
        self.replay.load(record_source(table, record, self._store), record.fit.attempt)
        self._scoring.want(table, record, document.outlier_rule)
        self.put_tracks()
        track = self.replay.track
        if replayed and track is not None and track.last > track.first + 1:
            self.replay.play_whole()
        elif self._scoring.final is not None or table.n_rows <= MANY_ROWS or track is None:
            self._show_final()
        else:
            self.replay.show(track.last)

    def _show_draft(self, table: Table, record: FitRecord, draft: Draft, replayed: bool) -> None:
        """Show what EM has made of a draft, or the draft as it was placed."""
        if draft.fit is None or not draft.tracks:
            self.replay.load(None)
            made = draft.newest, draft.identities, draft.structure
            self.placing.want(Placed(table, record, *made, exact=True))
            return
        source = draft_source(table, record, draft, self._store)
        self.replay.load(source, draft.fit.attempt)
        self.put_tracks()
        track = self.replay.track
        if replayed and track is not None and track.last > track.first + 1:
            self.replay.play_whole()
        elif track is not None:
            self.replay.show(track.last)

    def place(self, placed: Placed) -> None:
        """Show a model while it is being placed, in the place of whatever is shown."""
        self.replay.load(None)
        self._by_hand = True
        self.placing.want(placed)

    def forget_table(self) -> None:
        """Show nothing of the table before: its rows are not those of the one to come."""
        self._scoring.want(None, None, OutlierRule())
        self._stage.put_shown(None)

    def leave(self) -> None:
        """Show nothing of one's own: a fit under way follows."""
        self.replay.load(None)
        self.placing.forget()

    def rewatch(self) -> None:
        """Label other rows: others are on the screen now."""
        self.replay.rewatch()
        self.placing.rewatch()

    def show_sweep(self, document: Document) -> None:
        """Show the document's sweep."""
        cells = () if document.sweep is None else document.sweep.cells
        self._stage.put_cells(cells, len(cells))

    def set_rule(self, rule: OutlierRule, at_rest: bool) -> None:
        """Mark the outliers by another rule."""
        if self._scoring.set_rule(rule) and at_rest and self._stands_on_final:
            self._show_final()

    def put_tracks(self) -> None:
        """Say which tries there are and which one is on the screen."""
        source = self.replay.source
        self._stage.put_tracks(() if source is None else source.tracks, self.replay.track)

    def poll(self, at_rest: bool) -> None:
        """Take what the threads have answered."""
        if self._scoring.poll() and at_rest and self._stands_on_final:
            self._show_final()
        self.replay.poll()
        self.placing.poll()

    @property
    def _stands_on_final(self) -> bool:
        return not self._by_hand and self.replay.stands_on_final

    def close(self) -> None:
        """End the threads."""
        self.replay.close()
        self.placing.close()
        self._scoring.close()

    def _final(self) -> Shown | None:
        return self._scoring.final

    def _show_final(self) -> None:
        self.replay.rest_at_end()
        if self._scoring.final is not None:
            self._stage.put_shown(self._scoring.final)
