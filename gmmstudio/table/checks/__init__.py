"""A look at the data before a fit: what may mislead it, or keep it from being made.

Nothing is changed here, and nothing is kept from a fit: a `Finding` says what there is.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from gmmstudio.table.checks.finding import SEVERITIES, Finding, percent, rows_words
from gmmstudio.table.checks.sampling import BoolArray, Numbers, numbers_of, rows_looked_at
from gmmstudio.table.checks.single import check_column
from gmmstudio.table.checks.together import check_together
from gmmstudio.table.errors import Stopped
from gmmstudio.table.preparation import Preparation
from gmmstudio.table.table import Table

__all__ = ["Finding", "findings"]

MANY_MISSING = 0.05
"""From this share of the rows on, missing cells are worth a look; fewer are only counted."""


def findings(
    table: Table,
    preparation: Preparation,
    should_stop: Callable[[], bool] = lambda: False,
) -> tuple[Finding, ...]:
    """Look at the columns of a fit in the rows that are not left out by hand.

    Parameters
    ----------
    table
        The table.
    preparation
        Its columns, scale and rows.
    should_stop
        Asked between columns.

    Returns
    -------
    tuple of Finding
        The serious ones first, within a severity in the order of the table's columns.

    Raises
    ------
    Stopped
        ``should_stop`` said so.
    """
    kept = None
    if preparation.excluded:
        kept = np.ones(table.n_rows, dtype=bool)
        out = np.fromiter(preparation.excluded, np.int64, len(preparation.excluded))
        kept[out[(out >= 0) & (out < table.n_rows)]] = False
    looked_at = rows_looked_at(table.n_rows, kept)
    columns: list[Numbers] = []
    found: list[Finding] = []
    complete = np.ones(table.n_rows, dtype=bool) if kept is None else kept.copy()
    for index in preparation.columns:
        if should_stop():
            raise Stopped
        column = table.column(index)
        if column.values is None:
            continue
        numbers = numbers_of(index, column, column.values, kept, looked_at)
        columns.append(numbers)
        found += check_column(numbers)
        if column.n_missing:
            complete &= np.isfinite(column.values)
    constant = {finding.columns[0] for finding in found if finding.kind == "constant"}
    if should_stop():
        raise Stopped
    varying = [numbers for numbers in columns if numbers.index not in constant]
    found += check_together(varying, complete)
    found += _missing(table, columns, kept, complete)
    return tuple(sorted(found, key=lambda f: (SEVERITIES.index(f.severity), f.columns)))


def _missing(
    table: Table,
    columns: list[Numbers],
    kept: BoolArray | None,
    complete: BoolArray,
) -> list[Finding]:
    """Count the rows without a value in some column of the fit, and say where."""
    gaps = [(numbers, _n_kept(table, kept) - numbers.n_present) for numbers in columns]
    gaps = sorted((gap for gap in gaps if gap[1]), key=lambda gap: -gap[1])
    if not gaps:
        return []
    lacking = np.flatnonzero(~complete if kept is None else kept & ~complete)
    share = lacking.size / _n_kept(table, kept)
    where = [f"“{numbers.name}” ({n})" for numbers, n in gaps[:5]]
    more = f" and {len(gaps) - 5} more columns" if len(gaps) > 5 else ""
    lack = "lacks" if lacking.size == 1 else "lack"
    is_many = share >= MANY_MISSING
    infinite = sum(numbers.column.n_infinite for numbers in columns)
    also = f" ({infinite} of them infinite or too large)" if infinite else ""
    return [
        Finding(
            "missing",
            "look" if is_many else "note",
            tuple(numbers.index for numbers, _ in gaps),
            f"{rows_words(lacking.size)} ({percent(share)}) {lack} a value{also} in "
            f"{', '.join(where)}{more}.",
            f"{rows_words(lacking.size)} with missing values",
            lacking,
        )
    ]


def _n_kept(table: Table, kept: BoolArray | None) -> int:
    return table.n_rows if kept is None else int(np.count_nonzero(kept))
