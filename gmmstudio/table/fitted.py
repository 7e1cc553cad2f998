"""The table as a fit sees it: logarithms in the columns that are logged, gaps filled if asked.

A logged column is a column of its own, "log income", with the logarithm's numbers and unit: axes,
means, covariances, densities and criteria are all of it. Cells keep their text.
"""

from __future__ import annotations

import threading
from collections.abc import Hashable
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from gmmstudio.table.errors import TableError
from gmmstudio.table.filling import filled_by_median, filled_from_nearest
from gmmstudio.table.logs import logarithms, logged_name
from gmmstudio.table.table import Column, FloatArray, Table
from gmmstudio.table.weights import weights_values

if TYPE_CHECKING:
    from gmmstudio.table.preparation import Preparation

QUICK = {"skip": 0, "median": 100_000, "nearest": 20_000}
"""So many cells of a fit are filled while somebody waits for a picture."""

_KEPT = 3
_held: WeakKeyDictionary[Table, list[tuple[Hashable, Table]]] = WeakKeyDictionary()
_lock = threading.Lock()


def fitted_table(table: Table, preparation: Preparation) -> Table:
    """Return the table with the numbers that a fit is made of.

    The table itself where nothing is logged or filled; else one of the same cells, in which the
    columns concerned have other values, and logged ones another name. The last few are kept, so
    that asking again costs nothing.

    Raises
    ------
    TableError
        There is nothing to fill from.
    """
    return _remembered(table, _key(preparation)) or _made(table, preparation)


def fitted_at_hand(table: Table, preparation: Preparation) -> Table:
    """Return `fitted_table` if it is known or quickly made; else one without the filled cells."""
    known = _remembered(table, _key(preparation))
    if known is not None:
        return known
    if table.n_rows * len(preparation.columns) <= QUICK[preparation.missing]:
        with suppress(TableError):  # which the fit will say
            return fitted_table(table, preparation)
    return fitted_table(table, replace(preparation, missing="skip"))


def filled_value(table: Table, seen: Table, column: int, row: int) -> float | None:
    """Return what a cell was filled with, in the column's own unit; None if it was not.

    Parameters
    ----------
    table
        The table as it was read.
    seen
        Its `fitted_table`.
    column, row
        Which cell.
    """
    given, made = table.columns[column], seen.columns[column]
    if made is given or given.values is None or made.values is None:
        return None
    if np.isfinite(given.values[row]) or not np.isfinite(made.values[row]):
        return None
    value = float(made.values[row])
    return float(np.exp(value)) if made.name != given.name else value


def column_names(table: Table, preparation: Preparation) -> tuple[str, ...]:
    """Return the names of the columns of a fit, as its numbers are called."""
    return tuple(
        logged_name(table.columns[index].name)
        if index in preparation.log
        else table.columns[index].name
        for index in preparation.columns
    )


def in_play(table: Table, preparation: Preparation) -> NDArray[np.bool_]:
    """Tell of each row (n,) whether it is not left out by hand and has a weight if it needs one."""
    kept = np.ones(table.n_rows, dtype=bool)
    excluded = np.fromiter(preparation.excluded, np.int64, len(preparation.excluded))
    kept[excluded[(excluded >= 0) & (excluded < table.n_rows)]] = False
    if preparation.weights is not None:
        kept &= np.isfinite(weights_values(table, preparation.weights, preparation.columns))
    return kept


def _key(preparation: Preparation) -> Hashable:
    if preparation.missing == "skip":
        return preparation.log
    return (
        preparation.log,
        preparation.missing,
        preparation.columns,
        preparation.excluded,
        preparation.weights,
    )


def _remembered(table: Table, key: Hashable) -> Table | None:
    if key == ():
        return table
    with _lock:
        return next((made for known, made in _held.get(table, ()) if known == key), None)


def _made(table: Table, preparation: Preparation) -> Table:
    columns = list(table.columns)
    for index in preparation.log:
        column = columns[index]
        if column.values is not None:
            columns[index] = _with_values(
                column, logarithms(column.values), logged_name(column.name)
            )
    if preparation.missing != "skip":
        logged = replace(table, columns=tuple(columns))
        for index, values in _filled(logged, table, preparation).items():
            columns[index] = _with_values(columns[index], values, columns[index].name)
    made = replace(table, columns=tuple(columns))
    with _lock:
        _held[table] = [*_held.get(table, ()), (_key(preparation), made)][-_KEPT:]
    return made


def _with_values(column: Column, values: FloatArray, name: str) -> Column:
    return replace(
        column, values=values, name=name, n_missing=int(np.count_nonzero(np.isnan(values)))
    )


def _filled(logged: Table, table: Table, preparation: Preparation) -> dict[int, FloatArray]:
    """Return the filled values of the columns of the fit that have gaps.

    A row that has no value in any column of the fit stays empty: there is nothing of it to keep.
    """
    columns = [(index, logged.columns[index].values) for index in preparation.columns]
    given = [(index, values) for index, values in columns if values is not None]
    if not given:
        return {}
    kept = in_play(table, preparation)
    present = np.zeros(table.n_rows, dtype=bool)
    gaps = np.zeros(table.n_rows, dtype=bool)
    for _, values in given:
        here = np.isfinite(values)
        present |= here
        gaps |= ~here
    rows = np.flatnonzero(kept & present)
    if not (gaps & kept & present).any():
        return {}
    x = np.column_stack([np.where(np.isfinite(v[rows]), v[rows], np.nan) for _, v in given])
    names = tuple(logged.columns[index].name for index, _ in given)
    empty = np.flatnonzero(np.isnan(x).all(axis=0))
    if empty.size:
        raise TableError(
            f"The column “{names[empty[0]]}” has no value in any row used, so there is nothing to "
            "fill it with; untick it."
        )
    if preparation.missing == "nearest":
        filled = filled_from_nearest(x, names)
    else:
        weights = None
        if preparation.weights is not None:
            weights = weights_values(table, preparation.weights, preparation.columns)[rows]
            weights = np.maximum(weights, 0.0)
            weights = weights if (weights > 0.0).any() else None
        filled = filled_by_median(x, weights)
    found = {}
    for place, (index, values) in enumerate(given):
        if np.isnan(x[:, place]).any():
            whole = values.copy()
            whole[rows] = filled[:, place]
            whole.flags.writeable = False
            found[index] = whole
    return found
