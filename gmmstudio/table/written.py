"""What becomes of a table when it is written: how to read the file again, and what it says."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from gmmstudio import __version__
from gmmstudio.table import notices
from gmmstudio.table.errors import grouped
from gmmstudio.table.new_columns import MEANINGS, Labels, NewColumn, new_columns_of
from gmmstudio.table.outgoing import Outgoing, excel_dialect
from gmmstudio.table.settings import ReadSettings
from gmmstudio.table.table import Dialect, Table


@dataclass(frozen=True)
class Written:
    """What came of writing a table.

    Attributes
    ----------
    otherwise
        What turned out otherwise than in the source, in sentences.
    settings
        How the file is to be read, so that its cells are those that were written.
    """

    otherwise: tuple[str, ...] = ()
    settings: ReadSettings = field(default_factory=ReadSettings)


def settings_of(table: Table, outgoing: Outgoing, *, as_source: bool) -> ReadSettings:
    """Return how to read the text that was written of a table.

    Parameters
    ----------
    table
        The table.
    outgoing
        How it was written, as text.
    as_source
        Whether it has the very lines of the source.
    """
    used = table.settings.with_(sheet=None, cells=None, sample_rows=None)
    if as_source:
        # What parted nothing parts the new cells now.
        alone = {"delimiter": table.dialect.delimiter} if len(table.columns) == 1 else {}
        rows = max(1, used.header_rows or 0)
        return used.with_(header_rows=rows, quote=table.dialect.quote, **alone)
    dialect = table.dialect if outgoing.form == "source" else excel_dialect(table.dialect)
    return used.with_(
        encoding=dialect.encoding,
        delimiter=dialect.delimiter + dialect.padding,
        quote=dialect.quote,
        escape=dialect.escape,
        skip_rows=lines_above(dialect),
        header_rows=1,
        comment="",
    )


def lines_above(dialect: Dialect) -> int:
    """Return how many lines stand above a table that is laid out so."""
    return len(re.findall(r"\r\n|\r|\n", dialect.above))


def sample_words(table: Table) -> str:
    """Say that a table is a sample; "" where it is none."""
    return " ".join(notices.sampled(table.n_rows, table.sampled_from, table.settings.sample_seed))


def about(
    table: Table, labels: Labels, columns: Sequence[NewColumn], names: Sequence[str], n_rows: int
) -> list[tuple[str, str]]:
    """Return what a file says of itself where it has room for that: pairs of words.

    Parameters
    ----------
    table, labels
        What is written.
    columns
        Which new columns.
    names
        What these are called in the file.
    n_rows
        How many rows are written.
    """
    source = table.name if table.path is None else table.path.name
    said = [
        ("Table", f"{source}, with what a Gaussian mixture model says of its rows"),
        ("Rows", _rows(table, n_rows)),
        ("Written by", f"GMM Studio {__version__}"),
    ]
    if words := sample_words(table):
        said.insert(1, ("Sample", words))
    if labels.caution:
        said.insert(0, ("Caution", labels.caution))
    for name, (column, k) in zip(names, new_columns_of(labels.n_components, columns), strict=True):
        of = f" “{labels.names[k]}”" if k is not None else ""
        said.append((name, MEANINGS[column].format(cluster=of)))
    return said


def _rows(table: Table, n_rows: int) -> str:
    if n_rows == table.n_rows:
        return grouped(n_rows)
    return f"{grouped(n_rows)} selected of {grouped(table.n_rows)}"
