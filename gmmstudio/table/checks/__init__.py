"""A look at the data before a fit: what may mislead it, or keep it from being made.

Nothing is changed here, and nothing is kept from a fit: a `Finding` says what there is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from gmmstudio.table.checks.copies import copied_rows
from gmmstudio.table.checks.finding import SEVERITIES, Finding, counted, number, percent, rows_words
from gmmstudio.table.checks.sampling import BoolArray, Numbers, numbers_of, rows_looked_at
from gmmstudio.table.checks.single import check_column, labelled_codes
from gmmstudio.table.checks.together import check_together
from gmmstudio.table.errors import Stopped
from gmmstudio.table.fitted import fitted_table
from gmmstudio.table.logs import without_logarithm
from gmmstudio.table.preparation import Preparation
from gmmstudio.table.table import Column, Table

__all__ = ["Finding", "findings"]

_HANDLED = {
    "skip": ": left out of the fit.",
    "median": ": filled in with the medians of the columns.",
    "nearest": ": filled in from the nearest complete rows.",
}

MOST_COLUMNS = 1_000
"""So many columns are looked at; more are said to be, and not."""

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
    seen = fitted_table(table, replace(preparation, missing="skip"))
    looked_at = rows_looked_at(table.n_rows, kept)
    columns: list[Numbers] = []
    found: list[Finding] = []
    complete = np.ones(table.n_rows, dtype=bool) if kept is None else kept.copy()
    for index in preparation.columns[:MOST_COLUMNS]:
        if should_stop():
            raise Stopped
        column = seen.column(index)
        if column.values is None:
            continue
        numbers = numbers_of(index, column, column.values, kept, looked_at)
        columns.append(numbers)
        logged = index in preparation.log
        if logged:
            found += _without_logarithm(table.columns[index], index, kept)
        codes = labelled_codes(table.columns[index], index, kept)
        labelled = np.concatenate([np.empty(0, np.int64), *(code.rows for code in codes)])
        found += [*codes, *check_column(numbers, labelled, logged=logged)]
        if column.n_missing:
            complete &= np.isfinite(column.values)
    constant = {finding.columns[0] for finding in found if finding.kind == "constant"}
    if should_stop():
        raise Stopped
    varying = [numbers for numbers in columns if numbers.index not in constant]
    found += check_together(varying, complete)
    if len(preparation.columns) > MOST_COLUMNS:
        found.append(_not_all(len(preparation.columns)))
    if preparation.columns and (copies := copied_rows(table, kept)) is not None:
        found.append(copies)
    found += _missing(table, preparation, kept)
    return tuple(sorted(found, key=lambda f: (SEVERITIES.index(f.severity), f.columns)))


def _missing(table: Table, preparation: Preparation, kept: BoolArray | None) -> list[Finding]:
    """Count the rows without a value in some column of the fit, and say where."""
    lacks = np.zeros(table.n_rows, dtype=bool)
    gaps: list[tuple[int, int]] = []
    infinite = 0
    for index in preparation.columns:
        column = table.columns[index]
        if column.values is None or not column.n_missing:
            continue
        here = ~np.isfinite(column.values)
        if kept is not None:
            here &= kept
        if n := int(np.count_nonzero(here)):
            gaps.append((index, n))
            if n == column.n_missing:  # of which cells are infinite is known only in all
                infinite += column.n_infinite
            lacks |= here
    if not gaps:
        return []
    gaps.sort(key=lambda gap: -gap[1])
    lacking = np.flatnonzero(lacks)
    share = lacking.size / _n_kept(table, kept)
    where = [f"“{table.columns[index].name}” ({n})" for index, n in gaps[:5]]
    more = f" and {len(gaps) - 5} more columns" if len(gaps) > 5 else ""
    lack = "lacks" if lacking.size == 1 else "lack"
    is_many = share >= MANY_MISSING
    cells = "1 cell is" if infinite == 1 else f"{infinite} cells are"
    also = f" ({cells} infinite or too large)" if infinite else ""
    return [
        Finding(
            "missing",
            "look" if is_many and preparation.missing == "skip" else "note",
            tuple(index for index, _ in gaps),
            f"{rows_words(lacking.size)} ({percent(share)}) {lack} a value{also} in "
            f"{', '.join(where)}{more}{_HANDLED[preparation.missing]}",
            f"{rows_words(lacking.size)} with missing values",
            lacking,
        )
    ]


def _without_logarithm(column: Column, index: int, kept: BoolArray | None) -> list[Finding]:
    values = column.values
    assert values is not None, "only columns of numbers are looked at"
    rows = np.arange(len(values)) if kept is None else np.flatnonzero(kept)
    bad = without_logarithm(column, rows)
    if not bad.size:
        return []
    return [
        Finding(
            "no-logarithm",
            "serious",
            (index,),
            f"“{column.name}” is not above zero in {rows_words(bad.size)} (row {bad[0] + 1}: "
            f"{number(values[bad[0]])}), and only numbers above zero have a logarithm: leave "
            "those rows out, or fit the column as it is.",
            f"{column.name} has numbers without a logarithm",
            bad,
        )
    ]


def _not_all(n_columns: int) -> Finding:
    return Finding(
        "not-all",
        "note",
        (),
        f"Only the first {MOST_COLUMNS} of the {counted(n_columns)} columns ticked were looked at, "
        "and fewer compared with each other.",
        f"{MOST_COLUMNS} of {counted(n_columns)} columns were checked",
    )


def _n_kept(table: Table, kept: BoolArray | None) -> int:
    return table.n_rows if kept is None else int(np.count_nonzero(kept))
