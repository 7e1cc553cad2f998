"""Words and figures of the panels: pure functions without Qt."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from gmmstudio.document.document import Document
from gmmstudio.report import formats
from gmmstudio.table.date_words import day_words
from gmmstudio.table.table import Column
from gmmstudio.table.value_labels import in_words

_TIP_WIDTH = 80
"""Letters in a line of a tooltip, which Qt itself does not break where it is plain text."""

SPOKEN_KINDS = {
    "id": "identifier",
    "year": "year",
    "date": "date",
    "constant": "constant",
    "empty": "empty",
}


def count(n: int, noun: str, plural: str = "") -> str:
    """Say a number of things: ``"1 row"``, ``"1234 rows"``.

    Examples
    --------
    >>> count(1234, "row"), count(1, "try", "tries")
    ('1234 rows', '1 try')
    """
    return f"{formats.count(n)} {noun if n == 1 else plural or noun + 's'}"


def kind_words(column: Column) -> str:
    """Say in a word what a column holds: ``"number"``, ``"text · 3"``, ``"code · 3 values"``."""
    if column.kind == "text":
        return f"text · {formats.count(column.n_distinct)}"
    if column.kind == "code":
        return f"code · {count(column.n_distinct, 'value')}"
    if column.kind == "id" and column.why_not.startswith("row numbers"):
        return "row number"
    return SPOKEN_KINDS.get(column.kind, "number")


def nothing_to_fit(document: Document) -> str:
    """Say what keeps a fit from being possible; empty if one is."""
    if document.table is None or document.preparation.columns:
        return ""
    if any(can_tick(column) for column in document.table.columns):
        return "Tick a column of numbers first"
    return "No column of numbers to fit"


def can_tick(column: Column) -> bool:
    """Tell whether a model can use the column at all."""
    return column.values is not None and column.kind not in ("constant", "empty")


def column_tooltip(column: Column, low: float | None, high: float | None) -> str:
    """Explain a column: what it holds, its range, what is missing, why it is left out."""
    parts = [f"{column.name}: {kind_words(column)}", *meaning_lines(column)]
    if low is not None and high is not None and not column.is_number:
        parts.append(f"from {day_words(low)} to {day_words(high)}")
        parts.append("Groups would be looked for in days since the first of January 1970")
    elif low is not None and high is not None:
        parts.append(f"from {low:.6g} to {high:.6g}".replace("-", formats.MINUS))
    if column.values is not None and column.n_distinct > 1:
        parts.append(count(column.n_distinct, "different value"))
    if column.n_missing:
        parts.append(f"{count(column.n_missing, 'cell')} missing")
    if not can_tick(column):
        reason = column.why_not or "it holds no numbers that differ"
        parts.append(f"Cannot be used to find groups: {reason}")
    elif column.why_not:
        parts.append(f"Not ticked at first: {column.why_not}")
    return "\n".join(parts)


def meaning_lines(column: Column) -> list[str]:
    """Return what the file of a column says it is, and what its values mean; often nothing."""
    lines = [column.description] if column.description else []
    if column.value_labels:
        lines.append(f"By the file {in_words(column.value_labels)}")
    return [part for line in lines for part in textwrap.wrap(line, _TIP_WIDTH)]


def listed(items: Sequence[str], most: int = 5) -> str:
    """Join names in words: ``"a, b and c"``, ``"a, b, c, d, e and 7 more"``."""
    if len(items) <= 1:
        return "".join(items)
    if len(items) <= most:
        return f"{', '.join(items[:-1])} and {items[-1]}"
    return f"{', '.join(items[:most])} and {len(items) - most} more"


def and_more(n: int) -> str:
    """Say that some columns which cannot serve are not listed."""
    return f"… and {count(n, 'column')} more that cannot"
