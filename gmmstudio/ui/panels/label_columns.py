"""Columns whose values can be the labels that EM starts from, and why others cannot."""

from __future__ import annotations

from typing import NamedTuple

from gmmstudio.document.commands import StartFromColumn
from gmmstudio.document.document import Document
from gmmstudio.document.errors import DocumentError
from gmmstudio.table.table import Column
from gmmstudio.ui.panels.wording import count

MOST_LEVELS = 50
LOOKED_INTO = 20_000  # table rows up to which every column is tried before it is offered


class LabelChoice(NamedTuple):
    """A column as a start: its number of different values, or why it cannot be one."""

    column: int
    name: str
    n_levels: int
    short: str = ""  # why not, in two words
    why_not: str = ""  # and in a sentence


def label_choices(document: Document) -> tuple[LabelChoice, ...]:
    """Look at every column of the document's table.

    In a large table only at what is known of its columns; whatever else stands against a choice is
    said when it is made.
    """
    table = document.table
    if table is None:
        return ()
    found = []
    for index, column in enumerate(table.columns):
        short, why = _plainly_not(document, index, column)
        levels = column.n_distinct
        if not why and table.n_rows <= LOOKED_INTO:
            try:
                levels = StartFromColumn(index).apply(document).spec.n_components
            except DocumentError as error:
                short, why = "a value is missing" if column.n_missing else "cannot", str(error)
        found.append(LabelChoice(index, column.name, levels, short, why))
    return tuple(found)


def label_tooltip(choice: LabelChoice) -> str:
    """Explain what starting from a column means."""
    return (
        f"Start from {count(choice.n_levels, 'cluster')}, one for each value of {choice.name}.\n"
        f"K becomes {choice.n_levels}. EM may move rows from one cluster to another."
    )


def _plainly_not(document: Document, index: int, column: Column) -> tuple[str, str]:
    """Say why a column's values cannot be labels, shortly and in a sentence; empty if they can."""
    name, n = f"“{column.name}”", column.n_distinct
    if column.kind == "empty" or n == 0:
        return "empty", f"{name} is empty, so it names no groups."
    if n == 1:
        return "one value", f"{name} has the same value in every row, so it names one group only."
    if n > MOST_LEVELS:
        return (
            f"{count(n, 'value')}",
            f"{name} has {count(n, 'different value')}; at most {MOST_LEVELS} can be groups to "
            "start from.",
        )
    if index in document.preparation.columns:
        return "ticked", (
            f"{name} is ticked: a column that EM looks for groups in cannot be its start as well. "
            "Untick it first."
        )
    return "", ""
