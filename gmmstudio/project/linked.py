"""The table of a project that is not in it: found, read again, or done without."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from gmmstudio.document.command import Command
from gmmstudio.document.document import Document, FitRecord, fresh_table_id
from gmmstudio.document.errors import DocumentError
from gmmstudio.document.preparing import with_drawn_start
from gmmstudio.project.errors import ProjectError
from gmmstudio.project.linking import Link, link_to
from gmmstudio.table.errors import TableError
from gmmstudio.table.preparation import Preparation
from gmmstudio.table.reading import read
from gmmstudio.table.table import Table

_MOST_BLANK_ROWS = 10_000_000

ShouldStop = Callable[[], bool]
Progress = Callable[[float], None]


def read_linked(path: Path, known: Table, *, progress: Progress, should_stop: ShouldStop) -> Table:
    """Read the file of a linked table as it was read before.

    Parameters
    ----------
    path
        Where it lies now.
    known
        What the project knows of it.
    """
    return read(path, known.settings, progress=progress, should_stop=should_stop)


def refuse_without_rows(table: Table, path: Path) -> None:
    """Refuse to go on without the file of a table so long that even its empty rows take memory.

    Raises
    ------
    ProjectError
        Says where the file is looked for.
    """
    if table.blank and table.n_rows > _MOST_BLANK_ROWS:
        raise ProjectError(
            f"The table of this project has {table.n_rows} rows and lies in a file of its own, "
            f"“{path}”, which was not found as it was. Put it there, and open the project again."
        )


def same_cells(a: Table, b: Table) -> bool:
    """Whether two tables have the same columns with the same text in every cell."""
    return [column.header for column in a.columns] == [column.header for column in b.columns] and (
        all(one.cells.equals(other.cells) for one, other in zip(a.columns, b.columns, strict=True))
    )


def checked_link(
    table: Table, *, progress: Progress = lambda share: None, should_stop: ShouldStop
) -> Link | None:
    """Return the link to the file of a table; None if the file is not what was read any more."""
    if table.path is None:
        return None
    try:
        link = link_to(table.path, should_stop)
        again = read_linked(table.path, table, progress=progress, should_stop=should_stop)
    except TableError:
        return None
    return link if same_cells(table, again) else None


@dataclass(frozen=True, eq=False)
class GiveTable(Command):
    """Give a project the table that it only knows the columns of.

    Attributes
    ----------
    table
        As read from its file.
    same
        Whether the file is the very same: else the fits are those of another table, and out of
        date; a search, a draft and a start from given labels or centres go.
    table_id
        The number that the table gets if it is another.
    """

    table: Table
    same: bool
    table_id: int = field(default_factory=fresh_table_id, kw_only=True)

    @property
    def label(self) -> str:
        """What the user did."""
        return f"Use {self.table.name}"

    def apply(self, document: Document) -> Document:
        """Put the table in its place; columns are found again by their names.

        Raises
        ------
        DocumentError
            It lacks a column that is used.
        """
        if document.table is None:
            raise DocumentError("There is no project whose table could be found.")
        if self.same:
            return dataclasses.replace(document, table=self.table)
        return _moved(document, self.table, self.table_id)


def _moved(document: Document, table: Table, table_id: int) -> Document:
    assert document.table is not None
    old, places = document.table.columns, {c.name: i for i, c in enumerate(table.columns)}

    def place(index: int) -> int:
        name = old[index].name
        if name not in places:
            raise DocumentError(
                f"“{table.name}” has no column “{name}”, which the project uses; choose another "
                "file."
            )
        if old[index].values is not None and table.columns[places[name]].values is None:
            raise DocumentError(
                f"The column “{name}” of “{table.name}” holds no numbers any more; choose another "
                "file."
            )
        return places[name]

    def moved(preparation: Preparation) -> Preparation:
        weights = preparation.weights
        return dataclasses.replace(
            preparation,
            columns=tuple(map(place, preparation.columns)),
            excluded=frozenset(row for row in preparation.excluded if row < table.n_rows),
            weights=None if weights is None else place(weights),
            log=tuple(map(place, preparation.log)),
        )

    def column(index: int | None) -> int | None:
        return None if index is None else place(index)

    settled = sorted(
        (kind, tuple(places[old[index].name] for index in columns))
        for kind, columns in document.settled
        if all(old[index].name in places for index in columns)
    )
    return document.replace(
        table=table,
        table_id=table_id,
        preparation=moved(document.preparation),
        spec=with_drawn_start(document.spec),
        start_column=column(document.start_column),
        settled=tuple(settled),
        fits=tuple(
            dataclasses.replace(
                record,
                preparation=moved(record.preparation),
                start_column=column(record.start_column),
            )
            for record in document.fits
        ),
        sweep=None,
    )


@dataclass(frozen=True, eq=False)
class OpenProject(Command):
    """Open the analysis of a project file.

    Attributes
    ----------
    document
        As it was saved.
    name
        What the project is called.
    table_id
        The number that its table gets here.
    """

    document: Document
    name: str
    table_id: int = field(default_factory=fresh_table_id, kw_only=True)

    @property
    def label(self) -> str:
        """What the user did."""
        return f"Open {self.name}"

    def apply(self, document: Document) -> Document:
        """Put it in the place of what is open."""
        return renumbered(self.document, self.table_id)


def renumbered(document: Document, table_id: int) -> Document:
    """Return the document with numbers of tables that are none of this program's yet.

    Fits of the document's table get its new number, those of others one that no table has.
    """
    others: dict[int, int] = {}

    def number(old: int) -> int:
        if old == document.table_id:
            return table_id
        return others.setdefault(old, fresh_table_id())

    records: list[FitRecord] = [
        dataclasses.replace(record, table_id=number(record.table_id)) for record in document.fits
    ]
    return dataclasses.replace(document, table_id=table_id, fits=tuple(records))
