"""Rows in order: numbers as numbers, text as text, missing last, equals as they were."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gmmstudio.ui.views.table.row_order import SortKey, as_numbers, order_rows


@given(st.lists(st.one_of(st.floats(-5, 5).map(round), st.just(float("nan"))), max_size=60))
def test_numbers(values):
    values = np.array(values, float)
    for descending in (False, True):
        order = order_rows(SortKey(values), len(values), descending=descending)
        assert sorted(order.tolist()) == list(range(len(values)))
        there = values[order]
        n = int(np.isfinite(there).sum())
        assert np.isnan(there[n:]).all()
        steps = np.diff(there[:n])
        assert ((steps <= 0) if descending else (steps >= 0)).all()
        same = steps == 0
        assert (np.diff(order[:n])[same] > 0).all()  # stable
        assert (np.diff(order[n:]) > 0).all()


@pytest.mark.parametrize("descending", [False, True])
def test_texts(descending):
    cells = ["b", "", "A", " a", "10", "9", "가", "b", " NA "]
    texts = pa.chunked_array([cells[:4], cells[4:]], type=pa.string())
    order = order_rows(SortKey(texts=texts), len(cells), descending=descending)
    there = [cells[i] for i in order]
    assert there[-2:] == ["", " NA "]
    expected = sorted(
        (c for c in cells if c.strip() not in ("", "NA")), key=lambda c: c.strip().lower()
    )
    if descending:
        keys = [c.strip().lower() for c in there[:-2]]
        assert keys == sorted(keys, reverse=True)
    else:
        assert there[:-2] == expected
    equal = [int(i) for i in order if cells[i] == "b"]
    assert equal == [0, 7]


def test_without_a_key_the_table_has_its_own_order():
    assert order_rows(SortKey(), 3, descending=False) is None
    assert order_rows(SortKey(), 3, descending=True).tolist() == [2, 1, 0]


def test_values_of_some_rows():
    numbers = as_numbers(5, np.array([1, 3]), np.array([7.0, 8.0]))
    np.testing.assert_array_equal(numbers, [np.nan, 7, np.nan, 8, np.nan])
