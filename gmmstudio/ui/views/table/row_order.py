"""In which order the rows of a table are listed. Pure, and fit for any thread."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gmmstudio.table.numbers import MISSING

Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class SortKey:
    """What rows are sorted by: numbers with NaN for missing, or Arrow strings.

    Exactly one of the two is given; neither means the order of the table.
    """

    numbers: NDArray[np.floating] | None = None
    texts: Any = None


def order_rows(key: SortKey, n_rows: int, *, descending: bool) -> Ints | None:
    """Return the rows in order; None for the table's own order.

    Equal rows keep the table's order, missing ones come last either way. Numbers are compared as
    numbers, text by its letters without regard to case.
    """
    if key.numbers is not None:
        return _by_number(key.numbers, descending)
    if key.texts is not None:
        return _by_text(key.texts, descending)
    return np.arange(n_rows - 1, -1, -1) if descending else None


def selected_first(order: Ints | None, mask: NDArray[np.bool_] | None) -> Ints | None:
    """Return an order of all rows with those first that a mask (n,) tells of.

    Among themselves both parts keep the order given, where None is the table's own.
    """
    if mask is None:
        return order
    if order is None:
        return np.concatenate([np.flatnonzero(mask), np.flatnonzero(~mask)])
    first = mask[order]
    return np.concatenate([order[first], order[~first]])


def _by_number(numbers: NDArray[np.floating], descending: bool) -> Ints:
    # NaN stays NaN under a minus, and NumPy puts it last.
    return np.argsort(-numbers if descending else numbers, kind="stable")


def _by_text(texts: Any, descending: bool) -> Ints:
    import pyarrow as pa  # only here: slow to import
    import pyarrow.compute as pc

    folded = pc.utf8_lower(pc.utf8_trim_whitespace(texts))
    missing = pc.is_in(folded, value_set=pa.array(sorted({word.lower() for word in MISSING})))
    keys = pa.table(
        {
            "text": pc.if_else(missing, None, folded),
            "row": pa.array(np.arange(len(texts))),  # Arrow's sort alone is not stable
        }
    )
    direction = "descending" if descending else "ascending"
    order = pc.sort_indices(keys, sort_keys=[("text", direction), ("row", "ascending")])
    return order.to_numpy().astype(np.int64)


def as_numbers(n_rows: int, rows: NDArray[np.integer], values: NDArray) -> NDArray[np.float64]:
    """Spread values of some rows over the whole table, NaN elsewhere."""
    numbers = np.full(n_rows, np.nan)
    numbers[rows] = values
    return numbers
