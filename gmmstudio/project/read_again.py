"""The table that is open read in another way: the analysis goes on with what is still there."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from gmmstudio.document.command import Command
from gmmstudio.document.document import Document, FitRecord, fresh_table_id
from gmmstudio.document.errors import DocumentError
from gmmstudio.table.preparation import Preparation
from gmmstudio.table.table import Table


@dataclass(frozen=True, eq=False)
class ReadAgain(Command):
    """Put the table as it is read now in the place of the one there is.

    Columns are found again by their names. What was asked stays as far as its columns do; a fit
    stays if it has all of its, and is out of date. Columns that were ticked because the program
    thinks them sensible are chosen anew: that is often what the table is read again for. Rows left
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
            asked = replace(asked, columns=_without(self.table.default_columns(), asked.weights))
        start = document.start_column
        fits = tuple(fit for fit in map(moving.record, document.fits) if fit is not None)
        kept = [fit.id for fit in fits]
        sweep = document.sweep
        if sweep is not None:
            whole = moving.whole(sweep.preparation)
            sweep = None if whole is None else replace(sweep, preparation=whole)
        settled = (
            (kind, tuple(moving.place(column) for column in columns))
            for kind, columns in document.settled
        )
        return document.replace(
            table=self.table,
            table_id=self.table_id,
            preparation=asked,
            start_column=None if start is None else moving.place(start),
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

    def preparation(self, preparation: Preparation) -> Preparation:
        """Return what is left of a preparation."""
        weights = None if preparation.weights is None else self.place(preparation.weights)
        return replace(
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
        return replace(record, preparation=preparation, start_column=start)

    def _there(self, columns: tuple[int, ...]) -> tuple[int, ...]:
        places = [self.place(column) for column in columns]
        return tuple(place for place in places if place is not None)


def _without(columns: tuple[int, ...], weights: int | None) -> tuple[int, ...]:
    return tuple(column for column in columns if column != weights)
