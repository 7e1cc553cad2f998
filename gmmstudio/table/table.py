"""The table as it was found: the original text of every cell beside the typed columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from gmmstudio.table.errors import TableError
from gmmstudio.table.settings import Notice, ReadSettings
from gmmstudio.table.value_labels import ValueLabels

FloatArray = NDArray[np.float64]
Quoted = Literal["needed", "text", "all"]
Kind = Literal["number", "text", "code", "year", "id", "date", "constant", "empty"]


@dataclass(frozen=True)
class Dialect:
    """How the text of a file is laid out: enough to write it the same way again.

    Attributes
    ----------
    delimiter
        What parts the cells.
    encoding
        A Python codec without a mark: utf-8, utf-16-le, utf-16-be, cp949.
    decimal
        The decimal mark.
    quote
        The quotation mark.
    has_header
        Whether a line names the columns.
    line_ending
        How the first line ends.
    bom
        Whether a byte-order mark comes first.
    escape
        What stands before a quotation mark inside quotes: itself, or a backslash.
    padding
        What follows every delimiter: a space, the delimiter once more, or nothing.
    quoted
        Which cells stand in quotation marks: those that must, or all text, or all.
    above
        The lines above the table, with their endings.
    ends
        Whether the last line ends as the others do.
    """

    delimiter: str = ","
    encoding: str = "utf-8"
    decimal: str = "."
    quote: str = '"'
    has_header: bool = True
    line_ending: str = "\n"
    bom: bool = False
    escape: str = '"'
    padding: str = ""
    quoted: Quoted = "needed"
    above: str = ""
    ends: bool = True


@dataclass(frozen=True, eq=False)
class Column:
    """One column.

    Attributes
    ----------
    name
        Unique name for the screen ("x (2)", "column 3").
    header
        Original text of the header; may repeat or be empty.
    cells
        pyarrow ChunkedArray of strings (n,): the original text of every cell, never null.
    values
        float64 (n,), NaN where missing or not finite; None where the column is not numeric. Of
        dates the days since the first of January 1970.
    kind
        What the column looks like.
    n_missing
        Number of cells that hold no value (empty, NA, …, or not finite).
    n_distinct
        Number of different values among the others (numbers compared as numbers, text as text).
    n_infinite
        Number of those missing cells that hold an infinite or too large number.
    tick
        Whether to use the column unless the user says otherwise.
    why_not
        Why it is not ticked, in a few words; empty if it is.
    description
        What it is in the words of its file, whose name for it is short; empty where it has none.
    value_labels
        What single values mean by the file, where the cells hold the values.
    """

    name: str
    header: str
    cells: Any
    values: FloatArray | None
    kind: Kind
    n_missing: int
    n_distinct: int
    n_infinite: int = 0
    tick: bool = False
    why_not: str = ""
    description: str = ""
    value_labels: ValueLabels = ()

    @property
    def is_number(self) -> bool:
        """Whether its cells are numbers as they stand in the file, and not dates."""
        return self.values is not None and self.kind != "date"


@dataclass(frozen=True, eq=False)
class Table:
    """Columns of one length, where they came from and what was noticed on the way in.

    Reading ``path`` again with ``settings`` gives the same table. ``sampled_from`` is the number of
    rows in the file where these are a sample of them.
    """

    name: str
    path: Path | None
    columns: tuple[Column, ...]
    n_rows: int
    dialect: Dialect = field(default_factory=Dialect)
    notices: tuple[Notice, ...] = ()
    settings: ReadSettings = field(default_factory=ReadSettings)
    format: str = "text"  # the kind of file, as its name ends: "text", "xlsx", "parquet" …
    sampled_from: int | None = None
    blank: bool = False  # its file was not found: no cell is known, and the numbers of some rows

    def column(self, which: str | int) -> Column:
        """Return the column of this screen name, header or index.

        Raises
        ------
        TableError
            If there is none, or several columns have this header.
        """
        return self.columns[self.index(which)]

    def index(self, which: str | int) -> int:
        """Return the index of the column of this screen name, header or index; see `column`."""
        if not isinstance(which, str):
            if not 0 <= which < len(self.columns):
                raise TableError(
                    f"There is no column number {which + 1}: "
                    f"the table “{self.name}” has {len(self.columns)} columns."
                )
            return which
        for index, column in enumerate(self.columns):
            if column.name == which:
                return index
        by_header = [i for i, column in enumerate(self.columns) if column.header == which]
        if len(by_header) == 1:
            return by_header[0]
        names = [column.name for column in self.columns]
        if near := get_close_matches(which, names, n=1, cutoff=0.4):
            raise TableError(f"There is no column “{which}”; did you mean “{near[0]}”?")
        more = ", …" if len(names) > 12 else ""
        raise TableError(
            f"There is no column “{which}”. The table has: {', '.join(names[:12])}{more}."
        )

    def default_columns(self) -> tuple[int, ...]:
        """Return the indices of the columns ticked by default."""
        return tuple(i for i, column in enumerate(self.columns) if column.tick)


def screen_names(headers: Sequence[str]) -> tuple[str, ...]:
    """Give every header a unique, non-empty name for the screen.

    Examples
    --------
    >>> screen_names(["x", "", "x"])
    ('x', 'column 2', 'x (2)')
    """
    tidy = [" ".join(header.split()) for header in headers]
    taken = set(tidy)
    times: dict[str, int] = {}
    names: list[str] = []
    for number, header in enumerate(tidy, start=1):
        base = header or f"column {number}"
        name = base
        while name in times or (name != header and name in taken):
            times[base] = times.get(base, 1) + 1
            name = f"{base} ({times[base]})"
        times.setdefault(name, 1)
        names.append(name)
    return tuple(names)
