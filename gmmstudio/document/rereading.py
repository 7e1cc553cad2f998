"""A column of the open table read in another way: its table takes the place of the one before."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass, field

from gmmstudio.document.command import Command
from gmmstudio.document.document import Document, FitRecord, fresh_table_id
from gmmstudio.document.errors import DocumentError
from gmmstudio.document.preparing import with_drawn_start
from gmmstudio.table.preparation import Preparation
from gmmstudio.table.retyping import retyped
from gmmstudio.table.settings import ReadSettings
from gmmstudio.table.table import Table


@dataclass(frozen=True)
class Rereading:
    """Reads a column anew, which may take a while, and gives the command that puts it in place.

    Attributes
    ----------
    table
        The open table.
    column
        Which of its columns.
    settings
        How to read it.
    label
        What the user does.
    """

    table: Table
    column: int
    settings: ReadSettings
    label: str

    def __call__(self, should_stop: Callable[[], bool] = lambda: False) -> PutReading:
        """Read it.

        Raises
        ------
        TableError
            The cells are not there.
        """
        after = retyped(self.table, self.column, self.settings)
        return PutReading(self.table, after, self.column, self.label)


@dataclass(frozen=True, eq=False)
class PutReading(Command):
    """Put a table in the place of the same one, of which one column was read otherwise.

    A fit that used the column is one of other numbers, and out of date from now on; where the
    column holds no numbers any more nothing can be said of it, and it goes.
    """

    before: Table
    after: Table
    column: int
    what: str
    other_id: int = field(default_factory=fresh_table_id, kw_only=True)

    @property
    def label(self) -> str:
        """What the user did."""
        return self.what

    def apply(self, document: Document) -> Document:
        """Put the table in its place."""
        if document.table is not self.before:
            raise DocumentError("Another table is open by now, so nothing was read again.")
        is_number = self.after.columns[self.column].values is not None
        used = self._is_in(document.preparation)
        sweep = document.sweep
        fits = tuple(self._kept(r) for r in document.fits if is_number or not self._needs(r))
        active = document.active
        return document.replace(
            table=self.after,
            preparation=document.preparation if is_number else self._without(document.preparation),
            spec=with_drawn_start(document.spec) if used else document.spec,
            fits=fits,
            active=active if any(record.id == active for record in fits) else None,
            sweep=None if sweep is not None and self._is_in(sweep.preparation) else sweep,
        )

    def _is_in(self, preparation: Preparation) -> bool:
        return self.column in preparation.required

    def _needs(self, record: FitRecord) -> bool:
        return self._is_in(record.preparation)

    def _kept(self, record: FitRecord) -> FitRecord:
        if not self._needs(record) and record.start_column != self.column:
            return record
        return dataclasses.replace(record, table_id=self.other_id)

    def _without(self, preparation: Preparation) -> Preparation:
        weights = preparation.weights
        return dataclasses.replace(
            preparation,
            columns=tuple(index for index in preparation.columns if index != self.column),
            weights=None if weights == self.column else weights,
            log=tuple(index for index in preparation.log if index != self.column),
        )
