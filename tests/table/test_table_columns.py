"""Numbers, missing values, decimal marks, kinds and what is ticked."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from table_helpers import kinds, noticed, rows

from gmmstudio.table import Column, Table, read_text
from gmmstudio.table.numbers import MISSING, is_missing, is_number
from gmmstudio.table.ticking import MOST_TICKED


def column(*cells: str) -> Column:
    return table(*cells).columns[0]


def table(*cells: str) -> Table:
    """One column beside a tab, so that commas and spaces stay in the cells."""
    return read_text("x\ty\n" + "".join(f"{cell}\tend\n" for cell in cells))


# ------------------------------------------------------------------- numbers


def test_the_text_of_every_cell_stays() -> None:
    found = table("00123", " 1.50 ", "NA", "-0", "1e3", "+5")
    assert [row[0] for row in rows(found)] == ["00123", " 1.50 ", "NA", "-0", "1e3", "+5"]


def test_numbers_are_read() -> None:
    values = column("1", " 2.5 ", "-3e2", "+4", "5.", ".5", "1E-3", "\u00a07").values
    assert values is not None
    assert values.tolist() == [1, 2.5, -300, 4, 5, 0.5, 0.001, 7]
    assert not values.flags.writeable


@pytest.mark.parametrize("word", [m for m in MISSING if m] + ["na", "Null", "NONE", "  ", " NA "])
def test_words_for_missing(word: str) -> None:
    found = column("1.5", word, "2.5")
    assert found.kind == "number" or word == "Null"
    if found.values is not None:
        assert np.isnan(found.values[1])
        assert found.n_missing == 1


@pytest.mark.parametrize("cell", ["inf", "-Infinity", "1e999", "-1e999"])
def test_infinite_numbers_count_as_missing(cell: str) -> None:
    found = table("1.5", cell, "2.5")
    first = found.columns[0]
    assert first.values is not None
    assert np.isnan(first.values[1])
    assert (first.n_missing, first.n_infinite) == (1, 1)
    assert noticed(found, "1 number is infinite", "“x”")


@pytest.mark.parametrize("cell", ["0x10", "1_000", "1e", "1-2", "١", "$5", "5 kg", "12:30", "True"])
def test_what_is_not_a_number(cell: str) -> None:
    assert column("1.5", cell).values is None
    assert not is_number(cell)


def test_one_word_among_numbers_is_named_with_its_line() -> None:
    found = table(*[f"{i}.5" for i in range(40)], "oops", *[f"{i}.5" for i in range(40)])
    assert found.columns[0].kind == "text"
    assert [row[0] for row in rows(found)][40] == "oops"
    assert noticed(found, "“x”", "1 cell", "“oops”", "line 42")


def test_a_column_of_text_is_no_surprise() -> None:
    assert table("a", "b", "1").notices == ()


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=2, max_size=20))
def test_numbers_come_back_exactly(numbers: list[float]) -> None:
    values = column(*map(repr, numbers)).values
    assert values is not None
    assert values.tolist() == numbers


@given(st.text(max_size=8))
def test_missing_and_number_exclude_each_other(text: str) -> None:
    assert not (is_missing(text) and is_number(text))


# ------------------------------------------------------------- decimal marks


def test_decimal_comma() -> None:
    found = read_text("a;b\n1,5;2\n-3,25e1;4\n;5\n")
    assert found.dialect.decimal == ","
    assert found.columns[0].values is not None
    assert found.columns[0].values[:2].tolist() == [1.5, -32.5]
    assert noticed(found, "decimal comma")


def test_one_column_of_decimal_commas() -> None:
    assert read_text("x\n1,5\n2,5\n3,7\n").columns[0].kind == "number"


def test_quoted_decimal_commas_between_commas() -> None:
    found = read_text('a,b\n"1,5",x\n"2,75",y\n')
    assert found.columns[0].kind == "number"
    assert found.dialect.decimal == ","


def test_a_grouped_column_beside_decimal_commas_is_left_and_said() -> None:
    found = read_text("a;b\n1,5;1.234\n2,5;5.678\n")
    assert kinds(found) == ["number", "text"]
    assert noticed(found, "“b”", "thousands")


@pytest.mark.parametrize("cells", [("1,234", "5,678"), ("1 234", "5 678")])
def test_thousands_are_never_guessed(cells: tuple[str, str]) -> None:
    found = table(*cells)
    assert found.columns[0].kind == "text"
    assert found.dialect.decimal == "."
    assert noticed(found, "thousands", "line 2")


def test_points_that_may_group_are_doubted() -> None:
    assert noticed(read_text("a;b\n1.234;x\n5.678;y\n"), "“a”", "decimal point")
    assert read_text("a;b\n1.234;x\n5.67;y\n").notices == ()
    assert read_text("a,b\n1.234,x\n5.678,y\n").notices == ()


def test_both_marks_in_one_file() -> None:
    found = read_text("a;b;c\n1,5;1.5;2.5\n2,5;2.75;7.1\n")
    assert found.dialect.decimal == "."
    assert kinds(found) == ["text", "number", "number"]
    assert noticed(found, "decimal comma", "most a decimal point")


# --------------------------------------------------------------------- kinds


@pytest.mark.parametrize(
    ("cells", "kind", "why"),
    [
        (["1.5", "2.5", "2.5"], "number", ""),
        (["17", "12", "31", "19"], "number", ""),
        (["2007", "2008", "2007"], "year", "years"),
        (["1", "2", "3", "4"], "id", "row numbers: rising by one"),
        (["5", "6", "", "7"], "id", "row numbers: rising by one"),
        (["00123", "00124", "00200"], "id", "codes with leading zeros"),
        (["12345678901234567", "2", "9"], "id", "whole numbers too long to be exact"),
        (["4.2", "4.20", "4.2"], "constant", "always 4.2"),
        (["-0", "0", "0.0"], "constant", "always -0"),
        (["a", "a"], "constant", "text, always “a”"),
        (["", "NA", "?"], "empty", "empty"),
        (["a", "b", "a"], "text", "text, 2 values"),
        (["a", "b", "c"], "text", "text, every row different"),
    ],
)
def test_kinds_and_reasons(cells: list[str], kind: str, why: str) -> None:
    found = column(*cells)
    assert (found.kind, found.why_not) == (kind, why)
    assert found.tick == (kind == "number")


def test_a_code_beside_a_measurement() -> None:
    found = read_text("x,y\n" + "".join(f"{i % 3},{i}.5\n" for i in range(9))).columns[0]
    assert (found.kind, found.tick) == ("code", False)
    assert found.why_not == "a code: whole numbers with 3 values"


def test_few_rows_of_different_whole_numbers_are_no_code() -> None:
    assert column("180", "165", "172", "190", "168").tick


def test_codes_are_ticked_where_nothing_else_is() -> None:
    answers = "q1,q2,city\n" + "".join(f"{i % 5 + 1},{i % 3 + 1},Seoul\n" for i in range(30))
    found = read_text(answers)
    assert found.default_columns() == (0, 1)
    assert kinds(found)[:2] == ["code", "code"]
    assert noticed(found, "q1, q2", "ticked")


def numbered(n_columns: int) -> Table:
    rows = [[f"x{j}" for j in range(n_columns)], ["1.25"] * n_columns, ["2.5"] * n_columns]
    lines = (",".join([first, *row]) for first, row in zip("nab", rows, strict=True))
    return read_text("\n".join(lines))


def test_of_very_many_columns_the_first_are_ticked_and_that_is_said() -> None:
    many = numbered(150)
    assert many.default_columns() == tuple(range(1, MOST_TICKED + 1))
    assert noticed(many, "150 columns", f"first {MOST_TICKED}")
    assert many.columns[140].why_not
    few = numbered(MOST_TICKED)
    assert len(few.default_columns()) == MOST_TICKED
    assert not noticed(few, f"first {MOST_TICKED}")


def test_counts() -> None:
    found = column("1.5", "NA", "2.5", "1.50", "")
    assert (found.n_missing, found.n_distinct) == (2, 2)
