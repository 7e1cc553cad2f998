"""From a table to a sample."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gmmstudio.table import Preparation, TableError, missing_note, prepare, read, read_text, sample

SMALL = "x,y,c,name,e\n1.5,2,7,a,\n2.5,,7,b,\n4,8,7,c,\n5.5,1,7,d,\n1e999,3,7,e,\n"


def test_rows_with_missing_or_infinite_cells_are_skipped_and_listed() -> None:
    table = read_text(SMALL)
    found = prepare(table, Preparation((0, 1)))
    assert found.x.tolist() == [[1.5, 2], [4, 8], [5.5, 1]]
    assert found.rows.tolist() == [0, 2, 3]
    assert found.skipped.tolist() == [1, 4]
    assert found.units.tolist() == [1, 1]
    assert found.column_names == ("x", "y")
    assert not found.x.flags.writeable
    assert missing_note(table, Preparation((0, 1)), 1) == "missing value in y"
    assert missing_note(table, Preparation((0, 1)), 4) == "missing value in x"
    assert missing_note(table, Preparation((0, 1)), 0) == ""


def test_excluded_rows_are_not_also_skipped() -> None:
    found = prepare(read_text(SMALL), Preparation((0, 1), excluded=frozenset({0, 1})))
    assert found.rows.tolist() == [2, 3]
    assert (found.excluded.tolist(), found.skipped.tolist()) == ([0, 1], [4])


def test_standard_units_are_those_of_the_rows_used() -> None:
    found = prepare(read_text(SMALL), Preparation((1, 0), scale="standard"))
    assert np.allclose(found.units, found.x.std(axis=0))
    assert found.column_names == ("y", "x")


@pytest.mark.parametrize(
    ("preparation", "words"),
    [
        (Preparation(()), "No column is ticked"),
        (Preparation((0, 2)), "“c” is always 7 in all 4 rows used.*untick"),
        (Preparation((3,)), "“name” holds text"),
        (Preparation((4,)), "“e” is empty"),
        (Preparation((0, 0)), "chosen twice"),
        (Preparation((9,)), "no column number 10"),
        (Preparation((0, 1), excluded=frozenset(range(5))), "Every row is excluded"),
        (Preparation((0, 1), excluded=frozenset({0, 2, 3})), "No row has a value.*“x”|“y”"),
        (Preparation((0, 1), excluded=frozenset({2, 3})), "Only one row"),
        (Preparation((0,), excluded=frozenset({7})), "Row 8 cannot be excluded"),
        (Preparation((0,), excluded=frozenset({-1})), "cannot be excluded"),
    ],
)
def test_what_cannot_be_prepared(preparation: Preparation, words: str) -> None:
    with pytest.raises(TableError, match=words):
        prepare(read_text(SMALL), preparation)


def test_a_table_without_numbers() -> None:
    with pytest.raises(TableError, match="no column of numbers"):
        prepare(read_text("a,b\nx,y\nz,w\n"), Preparation(()))


def test_penguins() -> None:
    table = read(sample("penguins").path)
    found = prepare(table, Preparation(table.default_columns(), "standard"))
    assert found.x.shape == (342, 4)
    assert found.skipped.tolist() == [3, 271]


@given(
    st.lists(st.floats(-1e300, 1e300, allow_subnormal=False), min_size=2, max_size=30, unique=True)
)
def test_units_are_finite_and_positive(numbers: list[float]) -> None:
    table = read_text("x\ty\n" + "".join(f"{number!r}\tz\n" for number in numbers))
    found = prepare(table, Preparation((0,), "standard"))
    assert np.isfinite(found.units).all()
    assert (found.units > 0).all()
