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


@pytest.mark.parametrize("scale", ["none", "standard"])
@pytest.mark.parametrize(
    ("factor", "words"),
    [
        (1e-300, "“far” has a standard deviation of 1e-300, too small .* multiply"),
        (1e300, "“far” has a standard deviation of 1e\\+300, too large .* divide"),
        (1e-150, None),
        (1e150, None),
    ],
)
def test_a_column_that_cannot_be_squared_is_named(factor: float, scale, words) -> None:
    cells = (f"{i},{(-1) ** i * factor!r}" for i in range(6))
    table = read_text("near,far\n" + "\n".join(cells) + "\n")
    if words is None:
        assert prepare(table, Preparation((0, 1), scale)).x.shape == (6, 2)
    else:
        with pytest.raises(TableError, match=words):
            prepare(table, Preparation((0, 1), scale))


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
def test_units_are_standard_deviations_that_can_be_squared(numbers: list[float]) -> None:
    table = read_text("x\ty\n" + "".join(f"{number!r}\tz\n" for number in numbers))
    largest = max(abs(number) for number in numbers)
    deviation = largest * (np.array(numbers) / largest).std()
    try:
        found = prepare(table, Preparation((0,), "standard"))
    except TableError:
        assert not 1.01e-151 < deviation < 0.99e153
    else:
        assert 0.99e-151 < deviation < 1.01e153
        assert np.allclose(found.units, deviation, rtol=1e-9, atol=0)
