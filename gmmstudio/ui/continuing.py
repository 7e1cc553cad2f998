"""What was under way when the program ended: offered after a restore, and gone on with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from gmmstudio.document.commands import GoOn
from gmmstudio.document.interrupted import Interrupted, InterruptedFit, InterruptedSweep
from gmmstudio.document.session import Change
from gmmstudio.fitting.trace import Track
from gmmstudio.mixture.fit import Fit
from gmmstudio.table.table import Table
from gmmstudio.ui.jobs import FitJob, SampleStore, SweepJob
from gmmstudio.ui.notice_bar import Offer

if TYPE_CHECKING:
    from gmmstudio.ui.main_window import MainWindow


class ContinuedFit(FitJob):
    """EM from where a fit was when the program ended."""

    words = "from where it was"

    def __init__(
        self, table: Table, table_id: int, interrupted: InterruptedFit, store: SampleStore
    ) -> None:
        spec = interrupted.spec_to_go_on
        super().__init__(table, table_id, interrupted.preparation, spec, store)
        self._identities = interrupted.identities

    @property
    def identities(self) -> tuple[int, ...]:
        """Those that its clusters had."""
        return self._identities

    def answer(self, fit: Fit, tracks: tuple[Track, ...], seconds: float) -> GoOn:
        """Return the command that brings the fit into the document."""
        asked = self.preparation, self.spec, tracks, seconds, self.table_id
        return GoOn(fit, *asked, identities=self.identities)


class Continuing(QObject):
    """Offers to go on with what was under way, until that or something else is done."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._interrupted: Interrupted | None = None
        self._unsubscribe = window.session.subscribe(self._document_changed)
        window.stage.state_changed.connect(self._look)

    @property
    def interrupted(self) -> Interrupted | None:
        """What can be gone on with."""
        return self._interrupted

    def close(self) -> None:
        """Let go of the session."""
        self._unsubscribe()
        self._window.stage.state_changed.disconnect(self._look)

    def take(self, interrupted: Interrupted | None) -> None:
        """Remember what was under way in the analysis on the screen."""
        self._interrupted = interrupted

    def words(self) -> tuple[list[str], tuple[Offer, ...]]:
        """Return what to say of it, and what can be done."""
        run = self._interrupted
        if run is None:
            return [], ()
        if isinstance(run, InterruptedFit):
            tip = "Let EM go on, live, from the clusters as they were then"
            offer = Offer("Continue the fit", tip, self.go_on)
            return [f"{run.words} when the program ended."], (offer,)
        rest = self._rest(run)
        n, all_ = len(run.cells), len(run.cells) + rest.n_cells
        said = f"A search for the best K was under way when the program ended: {n} of {all_} models"
        if not rest.n_cells:
            return [f"{said} were there, and are in “Choose K”."], ()
        tip = "Fit the models that are not there yet"
        return [f"{said} were there."], (Offer("Continue the search", tip, self.go_on),)

    @Slot()
    def go_on(self) -> None:
        """Go on with it."""
        run, document = self._interrupted, self._window.session.document
        if run is None or document.table is None:
            return
        if document.table.blank:  # what failed could not be offered again
            self._window.messages.show(
                "The file of the table was not found, and a fit needs its rows: find that first."
            )
            return
        self._window.notices.clear()
        store = self._window.control.store
        if isinstance(run, InterruptedFit):
            self._window.control.run(ContinuedFit(document.table, document.table_id, run, store))
        else:
            self._window.control.run(self._rest(run))

    def _rest(self, run: InterruptedSweep) -> SweepJob:
        document = self._window.session.document
        assert document.table is not None, "it was restored"
        asked = document.table_id, run.preparation, run.spec, self._window.control.store
        return SweepJob(document.table, *asked, run.components, run.structures, run.cells)

    @Slot()
    def _look(self) -> None:
        if self._window.stage.state != "idle":
            self._interrupted = None  # something runs: from now on that is what may be lost

    def _document_changed(self, change: Change) -> None:
        if change.old.table_id != change.new.table_id:
            self._interrupted = None
