"""Names as a report can show them: whatever a file calls its columns, the text stays readable."""

from __future__ import annotations

import unicodedata
from dataclasses import replace

from gmmstudio.document.assignment import Assignment
from gmmstudio.document.document import Document
from gmmstudio.table.table import Table

LONGEST = 80
LONGEST_NOTE = 600
_ISOLATE, _END = "\N{FIRST STRONG ISOLATE}", "\N{POP DIRECTIONAL ISOLATE}"
_DIRECTIONS = dict.fromkeys(
    map(ord, "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
)


def shown(name: str, longest: int | None = LONGEST) -> str:
    """Return a name on one line, without control characters, cut where it is very long.

    Marks that turn the direction of writing are left out, and a name written from the right is
    kept to itself, so that it cannot turn the sentence around it.
    """
    tidy = " ".join(name.translate(_DIRECTIONS).split())
    tidy = "".join("\N{REPLACEMENT CHARACTER}" if _unprintable(c) else c for c in tidy)
    if longest is not None and len(tidy) > longest:
        tidy = f"{tidy[: longest - 1].rstrip()}…"
    from_right = any(unicodedata.bidirectional(c) in ("R", "AL") for c in tidy)
    return f"{_ISOLATE}{tidy}{_END}" if from_right else tidy


def tidied(document: Document) -> Document:
    """Return the document with all names as a report can show them; nothing else differs."""
    table = document.table
    names = tuple((identity, shown(name)) for identity, name in document.names)
    tidy = replace(document, names=names)
    return tidy if table is None else replace(tidy, table=_tidied_table(table))


def tidied_rows(assignment: Assignment) -> Assignment:
    """Return what a fit says of its rows, with the names in it as a report can show them."""
    sample = assignment.sample
    names = tuple(shown(name) for name in sample.column_names)
    weights = sample.row_weights
    if weights is not None:
        weights = replace(weights, column=shown(weights.column))
    return replace(assignment, sample=replace(sample, column_names=names, row_weights=weights))


def _tidied_table(table: Table) -> Table:
    return replace(
        table,
        name=shown(table.name),
        columns=tuple(
            replace(
                column,
                name=shown(column.name),
                why_not=shown(column.why_not, LONGEST_NOTE),
                description=shown(column.description, LONGEST_NOTE),
            )
            for column in table.columns
        ),
    )


def _unprintable(letter: str) -> bool:
    return unicodedata.category(letter) in ("Cc", "Cs", "Co", "Cn")
