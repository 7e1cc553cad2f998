"""Hands on the model: what is done to it becomes a draft, and EM goes on from there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QTimer, Signal, Slot

from gmmstudio.document.commands import Command, DropDraft, EditModel, KeepDraft
from gmmstudio.document.document import FitRecord
from gmmstudio.document.draft import lowest_free
from gmmstudio.document.errors import DocumentError
from gmmstudio.document.identities import letter
from gmmstudio.document.session import Change, Session
from gmmstudio.mixture import editing
from gmmstudio.mixture.errors import MixtureError
from gmmstudio.mixture.parameters import Parameters
from gmmstudio.table.table import Table
from gmmstudio.ui.hand_figures import Gain, gain
from gmmstudio.ui.placing import Placed
from gmmstudio.ui.run_control import RunControl
from gmmstudio.ui.stage import Shown, Stage

Floats = NDArray[np.float64]
REST_MS = 500  # after the last small step by a key EM goes on


@dataclass(frozen=True, eq=False)
class Held:
    """What a hand is doing: the frame it took hold of, in words, and the model as it is now.

    ``resumes`` says whether EM was going on, and does so where nothing was changed.
    """

    base: Shown
    words: str
    parameters: Parameters
    resumes: bool


class Hands(QObject):
    """Changes the model on the screen, step by step to be undone.

    Attributes
    ----------
    changed : Signal
        What is held, what was refused, or whether EM goes on by itself.
    """

    changed = Signal()

    def __init__(
        self, session: Session, stage: Stage, control: RunControl, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._session, self._stage, self._control = session, stage, control
        self.held: Held | None = None
        self.refused = ""
        self.goes_on_alone = True
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST_MS)
        self._rest.timeout.connect(self.go_on)
        self._unsubscribe = session.subscribe(self._document_changed)

    def shutdown(self) -> None:
        """Let go, end the timer."""
        self._unsubscribe()
        self._rest.stop()
        self.held = None

    # ---- how things stand -----------------------------------------------------------------

    @property
    def why_not(self) -> str:
        """Why nothing can be changed by hand now; empty if it can."""
        if self._stage.shown is None:
            return "There is no model yet: press Fit, then take it in hand."
        if self._stage.state == "sweeping":
            return "The best K is being searched for: wait for it, or cancel it below."
        if self._units(self._stage.shown) is None:
            return "The rows are still being prepared…"
        return ""

    @property
    def gain(self) -> Gain | None:
        """How the frame on the screen compares with the fit before."""
        return gain(self._session.document, self._stage.shown, self._control.hand.before)

    @property
    def can_keep(self) -> bool:
        """Whether EM has made something of what was placed that is worth keeping."""
        draft, state = self._session.document.draft, self._stage.state
        if draft is None or self.held is not None:
            return False
        shown = self._stage.shown
        under_way = state in ("fitting", "paused") and shown is not None and shown.by_hand
        if draft.fit is None:
            return under_way
        return draft.fit.collapsed is None

    @property
    def can_go_on(self) -> bool:
        """Whether EM has something to do."""
        draft = self._session.document.draft
        return draft is not None and not draft.is_done and self._stage.state in ("idle", "paused")

    def set_goes_on_alone(self, alone: bool) -> None:
        """Let EM go on by itself after every change, or wait to be asked."""
        self.goes_on_alone = alone
        if not alone:
            self._rest.stop()
        self.changed.emit()

    # ---- a hand on the picture ------------------------------------------------------------

    def grab(self, words: str) -> bool:
        """Take hold of the model on the screen; nothing moves it until it is let go."""
        base = self._stage.shown
        self._refuse(self.why_not)
        if base is None or self.refused:
            return False
        self._rest.stop()
        resumes = self._stage.state == "fitting"
        if self._session.document.record is None:
            self._control.end_run()  # a first fit under way: there must be one to compare with
            if self._session.document.record is None:
                self._refuse("There is no fit to change by hand yet: let EM find one first.")
                return False
        else:
            self._control.hand.take()
        self.held = Held(base, words, base.parameters, resumes)
        self.changed.emit()
        return True

    def place(self, make: Callable[[Parameters, Floats], Parameters]) -> None:
        """Show what the hand makes: ``make(parameters, units)`` of the model it took hold of."""
        held, of = self.held, self._placed_of()
        if held is None or of is None:
            return
        made = self._made(held.base, make)
        if made is None:
            return
        self.held = replace(held, parameters=made)
        identities, structure = held.base.identities, held.base.structure
        self._control.hand.place(Placed(*of, made, identities, structure, exact=False))
        self.changed.emit()

    def release(self) -> None:
        """Let go: what was placed is the model now."""
        held = self.held
        if held is None:
            return
        if held.parameters is held.base.parameters:
            self.give_up()
            return
        self.held = None
        self._apply(held.words, held.parameters, held.base.identities)

    def give_up(self) -> None:
        """Let go as if nothing had been touched."""
        held = self.held
        if held is not None:
            self.held = None
            self._control.hand.let_go()
            if held.resumes:
                self._control.resume()
            self.changed.emit()

    # ---- single changes -------------------------------------------------------------------

    def nudge(self, identity: int, axes: Floats, by: Floats) -> None:
        """Move a mean by a small step in a plane; EM goes on once the steps have ended."""
        self._change(
            f"Move cluster {letter(identity)}",
            lambda shown, units: editing.move(
                shown.parameters, shown.identities.index(identity), axes, by, units
            ),
            merges_as=f"move {identity}",
        )

    def split(self, identity: int) -> None:
        """Cut a cluster in two; the new half gets the lowest letter free."""
        self._change(
            f"Split cluster {letter(identity)}",
            lambda shown, units: editing.conform(
                editing.split(shown.parameters, shown.identities.index(identity), units),
                shown.structure,
                units,
            ),
            lambda known: (*known, lowest_free(known)),
        )

    def merge(self, kept: int, joined: int) -> None:
        """Make one cluster of two; the first keeps its letter."""
        self._change(
            f"Merge clusters {letter(kept)} and {letter(joined)}",
            lambda shown, units: editing.conform(
                editing.merge(
                    shown.parameters, shown.identities.index(kept), shown.identities.index(joined)
                ),
                shown.structure,
                units,
            ),
            lambda known: tuple(identity for identity in known if identity != joined),
        )

    def delete(self, identity: int) -> None:
        """Take a cluster away."""
        self._change(
            f"Delete cluster {letter(identity)}",
            lambda shown, units: editing.delete(shown.parameters, shown.identities.index(identity)),
            lambda known: tuple(other for other in known if other != identity),
        )

    def add(self, axes: Floats, at: Floats) -> None:
        """Put a new cluster where a plane shows a place (2,): at Pᵀx for P the axes (d, 2)."""
        shown = self._present()
        name = letter(lowest_free(() if shown is None else shown.identities))
        self._change(
            f"Add cluster {name}",
            lambda shown, units: editing.conform(
                editing.add(shown.parameters, axes, at), shown.structure, units
            ),
            lambda known: (*known, lowest_free(known)),
        )

    # ---- what becomes of it ---------------------------------------------------------------

    @Slot()
    def go_on(self) -> None:
        """Let EM go on from what was placed."""
        self._session.seal()
        if self._stage.state != "sweeping":
            self._control.go_on()

    @Slot()
    def keep(self) -> None:
        """Make a fit of it; EM under way ends where it is."""
        self._decide(KeepDraft())

    @Slot()
    def discard(self) -> None:
        """Go back to the fit before."""
        self._decide(DropDraft())

    # ---- inside ---------------------------------------------------------------------------

    def _change(
        self,
        words: str,
        make: Callable[[Shown, Floats], Parameters],
        letters: Callable[[tuple[int, ...]], tuple[int, ...]] = tuple,
        merges_as: str | None = None,
    ) -> None:
        shown = self._present()
        if self.held is not None:
            return
        self._refuse(self.why_not)
        if shown is None or self.refused:
            return
        made = self._made(shown, lambda _, units: make(shown, units))
        if made is not None:
            self._apply(words, made, letters(shown.identities), merges_as)

    def _present(self) -> Shown | None:
        """Return the model as it is, though its frame may still be on the way."""
        shown, document = self._stage.shown, self._session.document
        draft, record = document.draft, document.record
        if shown is None or draft is None or record is None or draft.fit is not None:
            return shown
        if self._stage.state != "idle":
            return shown
        return replace(
            shown,
            parameters=draft.parameters,
            identities=draft.identities,
            structure=draft.structure,
            preparation=record.preparation,
        )

    def _apply(
        self,
        words: str,
        parameters: Parameters,
        identities: tuple[int, ...],
        merges_as: str | None = None,
    ) -> None:
        """Make it the draft, and let EM go on."""
        if self._do(EditModel(words, parameters, identities, merges_as)) and self.goes_on_alone:
            if merges_as is None:
                self.go_on()
            else:
                self._rest.start()
        self.changed.emit()

    def _do(self, command: Command) -> bool:
        """End what runs, then carry out a command; a refusal is said."""
        self._rest.stop()
        self._control.end_run()
        try:
            return self._session.apply(command)
        except DocumentError as error:
            self._control.hand.let_go()
            self._refuse(str(error))
            return False

    def _decide(self, command: Command) -> None:
        self.held = None
        self._refuse("")
        self._do(command)
        self.changed.emit()

    def _made(
        self, shown: Shown, make: Callable[[Parameters, Floats], Parameters]
    ) -> Parameters | None:
        units = self._units(shown)
        if units is None:
            return None
        try:
            with np.errstate(all="ignore"):  # what is not finite is refused
                return make(shown.parameters, units)
        except (MixtureError, np.linalg.LinAlgError) as error:
            known = isinstance(error, MixtureError)
            self._refuse(str(error) if known else "The cluster cannot be drawn out any further.")
            return None

    def _refuse(self, sentence: str) -> None:
        if sentence != self.refused:
            self.refused = sentence
            self.changed.emit()

    def _units(self, shown: Shown) -> Floats | None:
        """Return the units (d,) in which the columns of a frame are measured; None if not known."""
        if shown.preparation.scale == "none":
            return np.ones(shown.parameters.n_columns)
        document, assignment = self._session.document, self._stage.assignment
        record = document.record
        if record is not None and record.preparation == shown.preparation and assignment:
            return assignment.sample.units
        sample = self._control.store.held(document.table, shown.preparation)
        return None if sample is None else sample.units

    def _placed_of(self) -> tuple[Table, FitRecord] | None:
        document = self._session.document
        if document.table is None or document.record is None:
            return None
        return document.table, document.record

    def _document_changed(self, change: Change) -> None:
        if "draft" in change.fields or "active" in change.fields or "table" in change.fields:
            record, held = change.new.record, self.held
            if held is not None and (
                "table" in change.fields
                or record is None
                or record.preparation != held.base.preparation
            ):
                self.held = None  # it was of other rows or columns
            if change.new.draft is None:
                self._rest.stop()
            self.refused = ""
            self.changed.emit()
