"""Cells of text that a spreadsheet would take for a formula."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from gmmstudio.table.table import Table

Formulas = Literal["keep", "safe"]
"""Whether such cells are written as they are, or with an apostrophe before them."""

# Excel, LibreOffice and Google Sheets run what begins so, also out of a CSV: see OWASP, "CSV
# Injection". A number with a sign is none, however its thousands and decimals are marked, nor is
# a sign alone, which stands for a missing value.
_BEGINNING = r"^[=+\-@\t\r]"
_NUMBER = (
    r"^[+-]?[\d.,' \x{a0}\x{202f}\x{2019}]*\d[\d.,' \x{a0}\x{202f}\x{2019}]*(?:[eE][+-]?\d+)?\s*%?$"
)
_INFINITE = r"^[+-](?i:inf|infinity)$"
_MORE_THAN_SIGNS = r"[^=+\-@\s]"


@dataclass(frozen=True)
class FormulaCells:
    """Cells that begin like a formula.

    Attributes
    ----------
    n
        How many there are, column names among them.
    example
        The text of the first.
    where
        Its place in words.
    """

    n: int
    example: str
    where: str


def like_formulas(cells: Any) -> Any:
    """Tell which cells (a pyarrow string array) begin like a formula: a pyarrow bool array."""
    import pyarrow.compute as pc

    begins = pc.fill_null(pc.match_substring_regex(cells, _BEGINNING), False)
    if not pc.any(begins).as_py():
        return begins
    harmless = pc.or_(
        pc.match_substring_regex(cells, _NUMBER), pc.match_substring_regex(cells, _INFINITE)
    )
    real = pc.and_not(pc.match_substring_regex(cells, _MORE_THAN_SIGNS), harmless)
    return pc.and_(begins, pc.fill_null(real, False))


def defused(cells: Any) -> Any:
    """Put an apostrophe before the cells that begin like a formula, so that they are text."""
    import pyarrow.compute as pc

    marked = like_formulas(cells)
    if not pc.any(marked).as_py():
        return cells
    return pc.if_else(marked, pc.binary_join_element_wise("'", cells, ""), cells)


def find_formulas(table: Table, names: Sequence[str] = ()) -> FormulaCells | None:
    """Count the cells that begin like a formula; None where there are none.

    Parameters
    ----------
    table
        Its cells and column names.
    names
        Of the clusters.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    n, example, where = 0, "", ""
    heads = [(column.header, "a column's name") for column in table.columns]
    heads += [(name, "a cluster's name") for name in names]
    for (text, place), marked in zip(
        heads, like_formulas(pa.array([text for text, _ in heads], pa.string())), strict=True
    ):
        if marked.as_py():
            n += 1
            if not example:
                example, where = text, place
    for column in table.columns:
        if column.is_number:
            continue  # numbers, and words for missing ones
        marked = like_formulas(column.cells)
        found = int(pc.sum(marked).as_py() or 0)
        if found and not example:
            row = int(pc.index(marked, True).as_py())
            example, where = column.cells[row].as_py(), f"row {row + 1} of “{column.name}”"
        n += found
    return FormulaCells(n, example, where) if n else None
