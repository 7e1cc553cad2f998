"""The commands of hands on the model: change it, let EM go on, keep it or not.

A draft is dropped by whatever makes it mean something else: `Document.replace` sees to that.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from gmmstudio.document.answers import AddFit
from gmmstudio.document.command import Command
from gmmstudio.document.document import Document, FitRecord
from gmmstudio.document.draft import Draft
from gmmstudio.document.errors import DocumentError
from gmmstudio.fitting.trace import Track
from gmmstudio.mixture.fit import Fit
from gmmstudio.mixture.parameters import Parameters
from gmmstudio.mixture.spec import Spec


@dataclass(frozen=True, eq=False)
class EditModel(Command):
    """Change the model of the active fit by hand; the fit itself stays as it is.

    Attributes
    ----------
    words
        What was done, e.g. "Move cluster A".
    parameters, identities
        The model as placed.
    merges_as
        Consecutive changes of one key undo as one: the steps of a mean moved by keys.
    """

    words: str
    parameters: Parameters
    identities: tuple[int, ...]
    merges_as: str | None = None

    @property
    def label(self) -> str:
        """What the user did."""
        return self.words

    @property
    def merge_key(self) -> str | None:
        """Key of a run of small steps."""
        return self.merges_as

    def apply(self, document: Document) -> Document:
        """Put what was placed into a draft; EM has not seen it yet."""
        record = _compared(document)
        if self.parameters.n_columns != len(record.preparation.columns):
            raise DocumentError(
                "The model placed by hand has other columns than the fit shown; fit first."
            )
        identities = tuple(int(identity) for identity in self.identities)
        if len(set(identities)) != self.parameters.n_components:
            raise DocumentError("Every cluster placed by hand needs a letter of its own.")
        draft = Draft(record.id, self.parameters, identities, record.fit.structure, self.words)
        return document.replace(draft=draft)


@dataclass(frozen=True, eq=False)
class SetDraftFit(Command):
    """Remember what EM has made of a draft.

    Attributes
    ----------
    draft
        The draft when EM began.
    fit, tracks, seconds
        What the run gave.
    start
        Where EM began, so that the same start gives the same fit.
    """

    draft: Draft
    fit: Fit
    start: Parameters
    tracks: tuple[Track, ...] = ()
    seconds: float = 0.0

    @property
    def label(self) -> str:
        """What the user did."""
        return "Let EM go on"

    def apply(self, document: Document) -> Document:
        """Put the fit into the draft."""
        if document.draft is not self.draft:
            raise DocumentError("The model was changed while EM ran, so its result is dropped.")
        changed = replace(
            self.draft,
            parameters=self.start,
            fit=self.fit,
            tracks=self.tracks,
            seconds=self.seconds,
        )
        return document.replace(draft=changed)


@dataclass(frozen=True)
class KeepDraft(Command):
    """Make the draft a fit like any other; its clusters keep their letters."""

    @property
    def label(self) -> str:
        """What the user did."""
        return "Keep the changes"

    def apply(self, document: Document) -> Document:
        """Add the record, and ask on the left what it answers."""
        draft, record = document.draft, _compared(document)
        if draft is None:
            raise DocumentError("Nothing was changed by hand, so there is nothing to keep.")
        if draft.fit is None:
            raise DocumentError(
                "EM has not seen what was placed by hand, so it is no fit yet: let EM go on first."
            )
        spec = draft_spec(record, draft.parameters)
        added = AddFit(
            draft.fit,
            record.preparation,
            spec,
            draft.tracks,
            draft.seconds,
            identities=draft.identities,
        ).apply(document)
        return added.replace(preparation=record.preparation, spec=spec, start_column=None)


@dataclass(frozen=True)
class DropDraft(Command):
    """Go back to the fit before."""

    @property
    def label(self) -> str:
        """What the user did."""
        return "Discard the changes"

    def apply(self, document: Document) -> Document:
        """Drop the draft."""
        return document.replace(draft=None)


def draft_spec(record: FitRecord, start: Parameters) -> Spec:
    """Return what EM is asked that goes on from parameters placed by hand."""
    return record.spec.replace(n_components=start.n_components, start=start)


def _compared(document: Document) -> FitRecord:
    record = document.record
    if record is None:
        raise DocumentError("There is no fit to change by hand yet; press Fit first.")
    return record
