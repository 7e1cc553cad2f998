"""The commands that bring in what came out: fits and sweeps."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypeGuard

from gmmstudio.document.asking import shape_words
from gmmstudio.document.command import Command
from gmmstudio.document.document import Document, FitRecord, SweepRecord, same_question
from gmmstudio.document.errors import DocumentError
from gmmstudio.document.values import same_value
from gmmstudio.fitting.sweep import Cell
from gmmstudio.fitting.trace import Track
from gmmstudio.mixture.fit import Fit
from gmmstudio.mixture.spec import Spec
from gmmstudio.table.preparation import Preparation


@dataclass(frozen=True, eq=False)
class AddFit(Command):
    """Remember a fit and show it.

    Attributes
    ----------
    fit
        What the run gave.
    preparation, spec
        What was asked when the run began, not what the document asks now.
    tracks, seconds
        The iterations for replay, and the time it took.
    table_id
        The document's table when the run began; None trusts that it is still the same.
    start_column
        The column whose labels it started from, as the document asked then.
    identities
        Identity of each component where that is known; else they are matched.
    """

    fit: Fit
    preparation: Preparation
    spec: Spec
    tracks: tuple[Track, ...] = ()
    seconds: float = 0.0
    table_id: int | None = None
    start_column: int | None = None
    identities: tuple[int, ...] | None = None

    @property
    def label(self) -> str:
        """What the user did."""
        return "Fit"

    def apply(self, document: Document) -> Document:
        """Add the record; its clusters are matched to those shown before."""
        _same_table(document, self.table_id)
        identities = self.identities
        if identities is None:
            identities = document.identities_for(self.fit.parameters, self.preparation.measures)
        record = FitRecord(
            id=1 + max((earlier.id for earlier in document.fits), default=0),
            fit=self.fit,
            preparation=self.preparation,
            spec=self.spec,
            identities=identities,
            tracks=self.tracks,
            seconds=self.seconds,
            table_id=document.table_id,
            start_column=self.start_column,
        )
        return document.replace(fits=(*document.fits, record), active=record.id)


@dataclass(frozen=True, eq=False)
class GoOn(AddFit):
    """Show what came of going on from somewhere; what was asked on the left follows."""

    @property
    def label(self) -> str:
        """What the user did."""
        return "Continue the fit"

    def apply(self, document: Document) -> Document:
        """Add the record, and ask again what it answers."""
        return (
            super()
            .apply(document)
            .replace(preparation=self.preparation, spec=self.spec, start_column=self.start_column)
        )


@dataclass(frozen=True, eq=False)
class OpenOptimum(GoOn):
    """Show another optimum of the starts.

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


@dataclass(frozen=True, eq=False)
class Finish(OpenOptimum):
    """Show a model of a sweep at its maximum, and keep it in the sweep instead of the quick look.

    Attributes
    ----------
    looked
        What the quick look had found.
    """

    looked: Fit | None = None

    @property
    def label(self) -> str:
        """What the user did."""
        return "Finish the fit"

    def apply(self, document: Document) -> Document:
        """Add the record, and put the fit into its cell."""
        document = super().apply(document)
        sweep = document.sweep
        if sweep is None:
            return document
        cells = tuple(
            replace(cell, fit=self.fit, tracks=self.tracks) if cell.fit is self.looked else cell
            for cell in sweep.cells
        )
        return document.replace(sweep=replace(sweep, cells=cells))


@dataclass(frozen=True, eq=False)
class SetSweep(Command):
    """Remember a sweep, whole or cut short; what it was made from as for `AddFit`.

    One cut short completes the one before with what it tried, if both asked the same.
    """

    cells: tuple[Cell, ...]
    preparation: Preparation
    spec: Spec
    table_id: int | None = None
    complete: bool = True

    @property
    def label(self) -> str:
        """What the user did."""
        return "Find the best K"

    def apply(self, document: Document) -> Document:
        """Replace the sweep, or complete it."""
        _same_table(document, self.table_id)
        tried = {(cell.structure, cell.n_components) for cell in self.cells}
        older = document.sweep.cells if self._completes(document.sweep) else ()
        kept = [cell for cell in older if (cell.structure, cell.n_components) not in tried]
        cells = sorted((*self.cells, *kept), key=lambda cell: cell.n_components)
        return document.replace(sweep=SweepRecord(tuple(cells), self.preparation, self.spec))

    def _completes(self, sweep: SweepRecord | None) -> TypeGuard[SweepRecord]:
        return (
            sweep is not None
            and not self.complete
            and same_value(sweep.preparation, self.preparation)
            and same_question(
                sweep.spec, self.spec, n_columns=len(self.preparation.columns), any_model=True
            )
        )


@dataclass(frozen=True)
class ShowFit(Command):
    """Show an earlier fit, and what was asked for it."""

    id: int

    @property
    def label(self) -> str:
        """What the user did."""
        return f"Show fit {self.id}"

    def apply(self, document: Document) -> Document:
        """Make it the active fit; preparation and model follow, so that the left side agrees."""
        record = document.find(self.id)
        if record is None:
            raise DocumentError(f"There is no fit number {self.id}.")
        return document.replace(
            active=record.id,
            preparation=record.preparation,
            spec=record.spec,
            start_column=record.start_column,
            draft=None,
        )


@dataclass(frozen=True, eq=False)
class TakeShape(OpenOptimum):
    """Show a fit of the comparison as the active one; shape and K on the left follow."""

    @property
    def label(self) -> str:
        """What the user did."""
        return f"Take the {shape_words(self.fit.structure)} shape"

    def apply(self, document: Document) -> Document:
        """Open it; one that is in the document is shown again, not added twice."""
        known = next((record for record in document.fits if record.fit is self.fit), None)
        if known is None:
            return super().apply(document)
        return ShowFit(known.id).apply(document)


@dataclass(frozen=True)
class ShowCell(Command):
    """Show a model of the sweep as the active fit; K and shape on the left follow."""

    structure: str
    n_components: int

    @property
    def label(self) -> str:
        """What the user did."""
        return f"Show {shape_words(self.structure)}, K = {self.n_components}"

    def apply(self, document: Document) -> Document:
        """Open the cell; one opened before is shown again, not added twice."""
        sweep = document.sweep
        cell = next((cell for cell in sweep.cells if self._is(cell)), None) if sweep else None
        if sweep is None or cell is None:
            raise DocumentError(f"{self._what()} was not tried; find the best K first.")
        if cell.fit is None:
            raise DocumentError(f"{self._what()} has no fit to show. {cell.reason}".rstrip())
        spec = document.spec.replace(
            n_components=cell.spec.n_components,
            structure=cell.spec.structure,
            start=document.spec.start if _draws(document.spec) else cell.spec.start,
        )
        known = next((record for record in document.fits if record.fit is cell.fit), None)
        if known is not None:
            start_column = known.start_column
            return document.replace(
                active=known.id, spec=spec, start_column=start_column, draft=None
            )
        opened = AddFit(cell.fit, sweep.preparation, cell.spec, cell.tracks, cell.seconds)
        return opened.apply(document).replace(spec=spec, start_column=None)

    def _is(self, cell: Cell) -> bool:
        return cell.structure == self.structure and cell.n_components == self.n_components

    def _what(self) -> str:
        return f"The {shape_words(self.structure)} shape with K = {self.n_components}"


def _draws(spec: Spec) -> bool:
    return isinstance(spec.start, str)


def _same_table(document: Document, table_id: int | None) -> None:
    if document.table is None or table_id not in (None, document.table_id):
        raise DocumentError("The table was changed while the fit ran, so its result is dropped.")
