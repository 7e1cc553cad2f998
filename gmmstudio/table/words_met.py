"""Which of the words that stand for missing values there are in a table, and how often."""

from __future__ import annotations

from collections import Counter
from typing import Any

from gmmstudio.table.all_columns import own_missing, rules_of
from gmmstudio.table.stretches import stretches
from gmmstudio.table.table import Table

LOOKED_AT = 100_000
"""Rows that are looked at."""


def words_met(table: Table) -> tuple[tuple[str, int], ...]:
    """Return the words, as they stand there, and how many cells of the first rows hold them.

    The most frequent come first; empty cells are no words.
    """
    met: Counter[str] = Counter()
    own = own_missing(table.settings)
    gaps = [index for index, column in enumerate(table.columns) if column.n_missing]
    alike = [table.columns[index].cells.slice(0, LOOKED_AT) for index in gaps if index not in own]
    for part in stretches(alike):
        met.update(_count(part.cells, rules_of(table.settings).missing))
    for index in own.intersection(gaps):
        cells = table.columns[index].cells.slice(0, LOOKED_AT)
        met.update(_count(cells, rules_of(table.settings, index).missing))
    return tuple(met.most_common())


def _count(cells: Any, missing: frozenset[str]) -> dict[str, int]:
    import pyarrow as pa
    import pyarrow.compute as pc

    words = pa.array(sorted(missing - {""}), pa.string())
    text = pc.utf8_trim_whitespace(cells)
    found = pc.value_counts(text.filter(pc.is_in(text, value_set=words)))
    return {str(one["values"]): int(one["counts"]) for one in found.to_pylist()}
