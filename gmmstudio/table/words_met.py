"""Which of the words that stand for missing values there are in a table, and how often."""

from __future__ import annotations

from collections import Counter

from gmmstudio.table.all_columns import rules_of
from gmmstudio.table.table import Table

LOOKED_AT = 100_000
"""Rows that are looked at."""


def words_met(table: Table) -> tuple[tuple[str, int], ...]:
    """Return the words, as they stand there, and how many cells of the first rows hold them.

    The most frequent come first; empty cells are no words.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    met: Counter[str] = Counter()
    for index, column in enumerate(table.columns):
        if not column.n_missing:
            continue
        words = pa.array(sorted(rules_of(table.settings, index).missing - {""}), pa.string())
        text = pc.utf8_trim_whitespace(column.cells.slice(0, LOOKED_AT))
        found = pc.value_counts(text.filter(pc.is_in(text, value_set=words)))
        met.update({str(one["values"]): int(one["counts"]) for one in found.to_pylist()})
    return tuple(met.most_common())
