"""Row weights: which rows count, and for how much."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gmmstudio.table import Preparation, Table, TableError, missing_note, prepare, read_text

SMALL = (
    "x,y,f,r,bad,none,name,e\n"
    "1.5,2,3,0.5,1,0,a,\n"
    "2.5,4,1,1.5,-2,0,b,\n"
    "4,8,0,2,-3,0,c,\n"
    "5.5,1,NA,1,4,0,d,\n"
    "7,3,2,0,5,0,e,\n"
)


@pytest.fixture(scope="module")
def table() -> Table:
    return read_text(SMALL, "small")


def with_weights(table: Table, name: str, **choices: object) -> Preparation:
    return Preparation((0, 1), weights=table.index(name), **choices)  # type: ignore[arg-type]


def test_whole_numbers_count_and_rows_without_a_weight_are_skipped(table: Table) -> None:
    preparation = with_weights(table, "f")
    found = prepare(table, preparation)
    assert found.rows.tolist() == [0, 1, 2, 4]
    assert found.skipped.tolist() == [3]
    assert missing_note(table, preparation, 3) == "missing value in f"
    assert found.row_weights is not None and found.weights is not None
    assert (found.row_weights.column, found.row_weights.are) == ("f", "counts")
    assert found.weights.tolist() == [3, 1, 0, 2]
    assert found.n_observations == 6
    assert found.row_weights.n_without == 1
    assert not found.weights.flags.writeable


def test_other_numbers_are_relative_and_add_up_to_the_rows_that_count(table: Table) -> None:
    found = prepare(table, with_weights(table, "r"))
    assert found.row_weights is not None and found.weights is not None
    assert found.row_weights.are == "relative"
    assert found.weights == pytest.approx(np.array([0.5, 1.5, 2, 1, 0]) * 4 / 5)
    assert found.n_observations == pytest.approx(4)


def test_the_user_may_know_better(table: Table) -> None:
    relative = prepare(table, with_weights(table, "f", weights_as="relative"))
    assert relative.n_observations == pytest.approx(3)
    counts = prepare(table, with_weights(table, "r", weights_as="counts"))
    assert counts.weights is not None
    assert counts.weights.tolist() == [0.5, 1.5, 2, 1, 0]
    assert counts.n_observations == 5


def test_without_weights_every_row_counts_once(table: Table) -> None:
    found = prepare(table, Preparation((0, 1)))
    assert found.weights is None
    assert found.n_observations == 5


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("bad", r"“bad” is -2 in row 2 \(2 rows have a negative one\).*correct it, or exclude"),
        ("none", "All weights in “none” are zero in the 5 rows"),
        ("name", "“name” holds text"),
        ("e", "“e” is empty"),
        ("x", "“x” cannot be both a column of the fit and its row weights"),
    ],
)
def test_weights_that_are_none(table: Table, name: str, words: str) -> None:
    with pytest.raises(TableError, match=words):
        prepare(table, with_weights(table, name))


def test_a_negative_weight_of_a_row_left_out_does_no_harm(table: Table) -> None:
    found = prepare(table, with_weights(table, "bad", excluded=frozenset({1, 2})))
    assert found.n_observations == 10


@pytest.mark.parametrize(
    ("cells", "how", "words"),
    [
        ("1,0,0", "auto", r"Only one row \(row 1\) has a weight"),
        ("NA,NA,NA", "auto", "“w” is empty"),
        ("1e300,1e300,2", "counts", "more than can be counted"),
        ("1,2,3", "guess", "“guess”"),
        ("5,0,5", "auto", "“x” is always 1"),
    ],
)
def test_weights_that_leave_nothing_to_fit(cells: str, how: str, words: str) -> None:
    rows = zip("121", cells.split(","), strict=True)
    table = read_text("x,w\n" + "".join(f"{x},{w}\n" for x, w in rows))
    preparation = Preparation((0,), weights=1, weights_as=how)  # type: ignore[arg-type]
    with pytest.raises(TableError, match=words):
        prepare(table, preparation)


def test_a_column_of_weights_with_most_gaps_is_named() -> None:
    table = read_text("x,w\n1,NA\n2,NA\nNA,3\n")
    with pytest.raises(TableError, match="the weight “w” is missing in 2 of 3 rows"):
        prepare(table, Preparation((0,), weights=1))


def test_huge_weights_are_relative_and_finite() -> None:
    table = read_text("x,w\n1.5,1e308\n2,1e308\n3,5e307\n")
    found = prepare(table, Preparation((0,), "standard", weights=1))
    assert found.weights == pytest.approx([1.2, 1.2, 0.6])
    assert np.isfinite(found.units).all()


@given(
    st.lists(
        st.tuples(st.integers(-50, 50), st.integers(0, 5)), min_size=2, max_size=20, unique=True
    ).filter(lambda rows: len({x for x, w in rows if w}) > 1)
)
def test_a_count_stands_for_so_many_rows(rows: list[tuple[int, int]]) -> None:
    """Units, constant columns and observations are those of the table with the rows repeated."""
    counted = read_text("x,w\n" + "".join(f"{x / 8},{w}\n" for x, w in rows))
    repeated = read_text("x,w\n" + "".join(f"{x / 8},{w}\n" * w for x, w in rows))
    short = prepare(counted, Preparation((0,), "standard", weights=1))
    long = prepare(repeated, Preparation((0,), "standard"))
    assert short.units == pytest.approx(long.units, rel=1e-12)
    assert short.n_observations == len(long.rows)
