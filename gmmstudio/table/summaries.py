"""What tells kinds of columns apart, of all columns of a stretch at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from gmmstudio.table.numbers import BoolArray, IntArray
from gmmstudio.table.stretches import Stretch
from gmmstudio.table.table import FloatArray


@dataclass(frozen=True, eq=False)
class Summary:
    """What the numbers of some columns are like.

    Attributes
    ----------
    present
        int64 (n_columns,): how many there are.
    distinct
        int64 (n_columns,): how many different ones; −0 and 0 are one.
    low, high
        float64 (n_columns,): the smallest and the largest, NaN where there is none.
    whole
        bool (n_columns,): whether all are whole numbers.
    """

    present: IntArray
    distinct: IntArray
    low: FloatArray
    high: FloatArray
    whole: BoolArray


def summarise(values: FloatArray) -> Summary:
    """Look at numbers (n_columns, n_rows), NaN where there is none."""
    n_columns, n_rows = values.shape
    gaps = np.isnan(values)
    present = n_rows - np.count_nonzero(gaps, axis=1)
    if not n_rows:
        none = np.full(n_columns, np.nan)
        return Summary(present, np.zeros_like(present), none, none, present == 0)
    rising = np.sort(values, axis=1)  # what is missing comes last
    steps = rising[:, 1:] > rising[:, :-1]
    distinct = np.count_nonzero(steps, axis=1) + (present > 0)
    high = rising[np.arange(n_columns), np.maximum(present - 1, 0)]
    whole = np.all((values == np.floor(values)) | gaps, axis=1)
    return Summary(present, distinct, rising[:, 0], high, whole)


def count_distinct_texts(text: Any, stretch: Stretch) -> IntArray:
    """Return how many different texts each column (n_columns,) holds; null is none.

    Parameters
    ----------
    text
        The cells of the stretch, null where missing (pyarrow, n_columns · n_rows).
    stretch
        The columns.
    """
    import pyarrow.compute as pc

    if stretch.n_columns == 1:
        return np.array([pc.count_distinct(text).as_py()])
    codes = pc.fill_null(pc.index_in(text, value_set=pc.unique(text.drop_null())), -1)
    rising = np.sort(stretch.by_column(np.asarray(codes)), axis=1)
    first = rising[:, :1] >= 0
    distinct: IntArray = np.count_nonzero(
        np.hstack([first, (rising[:, 1:] > rising[:, :-1])]), axis=1
    )
    return distinct
