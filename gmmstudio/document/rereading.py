"""The open table read in another way, or a column of it: the analysis goes on with what is left."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

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


@dataclass(frozen=True, eq=False)
class ReadAgain(Command):
    """Put the table as it is read now in the place of the one there is.

    Columns are found again by their names. What was asked stays as far as its columns do; a fit
    stays if it has all of its, and is out of date. Columns that were ticked because the program
    thinks them sensible are chosen anew: that is often what the table is read again for. A search,
    and a start from given centres or labels, stay only where the numbers are the same. Rows left
    out by hand are known by their number, so they are in again where there are not as many rows.
    """

    table: Table
    table_id: int = field(default_factory=fresh_table_id, kw_only=True)

    @property
    def label(self) -> str:
        """What the user did."""
        return "Change the import settings"

    def apply(self, document: Document) -> Document:
        """Go on with this table."""
        old = document.table
        if old is None:
            raise DocumentError("There is no table that could be read again.")
        moving = _Moving(old, self.table)
        asked = moving.preparation(document.preparation)
        if document.preparation.columns == old.default_columns() or not asked.columns:
            asked = dataclasses.replace(
                asked, columns=_without(self.table.default_columns(), asked.weights)
            )
        start = None if document.start_column is None else moving.place(document.start_column)
        asks_same = len(asked.columns) == len(document.preparation.columns)
        asks_same = asks_same and moving.has_same_numbers(document.preparation)
        fits = tuple(fit for fit in map(moving.record, document.fits) if fit is not None)
        kept = [fit.id for fit in fits]
        sweep = document.sweep
        if sweep is not None:
            same = moving.has_same_numbers(sweep.preparation)
            whole = moving.whole(sweep.preparation) if same else None
            sweep = None if whole is None else dataclasses.replace(sweep, preparation=whole)
        settled = (
            (kind, tuple(moving.place(column) for column in columns))
            for kind, columns in document.settled
        )
        return document.replace(
            table=self.table,
            table_id=self.table_id,
            preparation=asked,
            spec=document.spec if asks_same else with_drawn_start(document.spec),
            start_column=None if start in asked.columns else start,
            fits=fits,
            active=document.active if document.active in kept else max(kept, default=None),
            sweep=sweep,
            settled=tuple(sorted(each for each in settled if None not in each[1])),
        )


class _Moving:
    """From the columns of one table to those of the same names in another."""

    def __init__(self, old: Table, new: Table) -> None:
        self._old, self._new = old, new
        self._places = {column.name: index for index, column in enumerate(new.columns)}
        self._as_long = old.n_rows == new.n_rows

    def place(self, column: int) -> int | None:
        """Return where a column is now; None where it is no more, or of another kind."""
        place = self._places.get(self._old.columns[column].name)
        if place is None or (
            self._old.columns[column].values is not None and self._new.columns[place].values is None
        ):
            return None
        return place

    def has_same_numbers(self, preparation: Preparation) -> bool:
        """Tell whether all columns of a preparation are there and hold the numbers they held."""
        for column in preparation.required:
            place = self.place(column)
            if place is None or not self._as_long:
                return False
            before, after = self._old.columns[column].values, self._new.columns[place].values
            if before is None or after is None or not np.array_equal(before, after, equal_nan=True):
                return False
        return True

    def preparation(self, preparation: Preparation) -> Preparation:
        """Return what is left of a preparation."""
        weights = None if preparation.weights is None else self.place(preparation.weights)
        return dataclasses.replace(
            preparation,
            columns=self._there(preparation.columns),
            log=self._there(preparation.log),
            weights=weights,
            excluded=preparation.excluded if self._as_long else frozenset(),
        )

    def whole(self, preparation: Preparation) -> Preparation | None:
        """Return a preparation if nothing of it is lost but rows left out by hand; else None."""
        after = self.preparation(preparation)
        same = (
            len(after.columns) == len(preparation.columns)
            and len(after.log) == len(preparation.log)
            and (after.weights is None) == (preparation.weights is None)
        )
        return after if same else None

    def record(self, record: FitRecord) -> FitRecord | None:
        """Return a fit if it has all of its columns; else None."""
        preparation = self.whole(record.preparation)
        start = None if record.start_column is None else self.place(record.start_column)
        if preparation is None or (start is None) != (record.start_column is None):
            return None
        return dataclasses.replace(record, preparation=preparation, start_column=start)

    def _there(self, columns: tuple[int, ...]) -> tuple[int, ...]:
        places = [self.place(column) for column in columns]
        return tuple(place for place in places if place is not None)


def _without(columns: tuple[int, ...], weights: int | None) -> tuple[int, ...]:
    return tuple(column for column in columns if column != weights)
