"""NA among codes, numbers with signs, and which words for missing values there are."""

from __future__ import annotations

import pytest
from table_helpers import kinds, noticed

from gmmstudio.table import ReadSettings, Table, read_text
from gmmstudio.table.doubtful_words import find_doubtful_word
from gmmstudio.table.dressed import is_dressed
from gmmstudio.table.words_met import words_met

CODES = ("DE", "NA", "FR", "ZA", "NA")


def of_cells(*cells: str, **chosen) -> Table:
    text = "a\tx\n" + "".join(f"{cell}\t{i}.5\n" for i, cell in enumerate(cells))
    return read_text(text, settings=ReadSettings(**chosen))


def test_na_among_codes_of_two_letters_is_asked() -> None:
    table = of_cells(*CODES * 4)
    assert table.columns[0].n_missing == 8
    notice = next(n for n in table.notices if n.doubt)
    assert (notice.lines, "DE, FR, ZA" in notice) == ((3,), True)
    asked = find_doubtful_word(table)
    assert asked is not None
    assert asked.cells == ("NA", "DE", "FR", "ZA")
    assert not asked.answered_in(ReadSettings())
    choices = ReadSettings()
    for reading in (*asked.readings, asked.readings[0]):  # back and forth
        choices = reading.choose(choices)
        assert [one for one in asked.readings if one.chosen_in(choices)] == [reading]
        again = of_cells(*CODES * 4, missing_in=choices.missing_in, present_in=choices.present_in)
        assert again.columns[0].n_missing == (0 if reading.is_value else 8)
        assert again.columns[0].n_distinct == (4 if reading.is_value else 3)
        assert not any(n.doubt for n in again.notices)
        assert find_doubtful_word(again) == asked


@pytest.mark.parametrize(
    "cells", [("one", "NA", "two", "three"), ("DE", "NA", ""), ("DE", "FR", "ZA"), ("A", "NA", "B")]
)
def test_na_among_other_words_says_that_there_is_no_value(cells: tuple[str, ...]) -> None:
    table = of_cells(*cells * 5)
    assert find_doubtful_word(table) is None
    assert not any(n.doubt for n in table.notices)


@pytest.mark.parametrize(
    ("cells", "values"),
    [
        (["$ 10.00", "$3", "-$2.5"], [10.0, 3.0, -2.5]),
        (["10 €", "3€", "−2.5 €"], [10.0, 3.0, -2.5]),
        (["1.5%", "20 %", "0%"], [1.5, 20.0, 0.0]),
        (["(1.50)", "2", "( $3 )"], [-1.5, 2.0, -3.0]),
        (["−1", "−2.5", "−3"], [-1.0, -2.5, -3.0]),
        (["₩1200", "500원", "KRW 7"], [1200.0, 500.0, 7.0]),
    ],
)
def test_numbers_with_a_sign_are_doubted_and_read_when_they_are_to_be_numbers(
    cells: list[str], values: list[float]
) -> None:
    table = of_cells(*cells * 4)
    assert kinds(table) == ["text", "number"]
    assert [(n.lines, "sign" in n) for n in table.notices if n.doubt] == [((2,), True)]
    chosen = of_cells(*cells * 4, types=((0, "number"),))
    assert chosen.columns[0].values is not None
    assert chosen.columns[0].values.tolist() == values * 4
    assert chosen.columns[0].cells.to_pylist() == cells * 4
    assert not any(n.doubt for n in chosen.notices)


@pytest.mark.parametrize("text", ["10", "50 kg", "kr", "$", "(a)", "Room (2)", "12a%", "1-2"])
def test_what_is_no_number_with_a_sign(text: str) -> None:
    assert not is_dressed(text)


def test_a_few_numbers_with_the_other_mark_are_doubted() -> None:
    table = read_text("a;b\n" + "".join(f"{i}.{i};7\n" for i in range(24)) + "5,5;7\n" * 6)
    assert kinds(table)[0] == "text"
    assert noticed(table, "6 cells", "other decimal mark", "“5,5” on line 26")


def test_words_for_missing_are_counted_as_they_stand() -> None:
    text = "a,b,c\n" + "1,NA,x\n?,2.5,\n-999,na,y\n" * 3
    table = read_text(text, settings=ReadSettings(missing_in=((0, ("-999",)),)))
    assert dict(words_met(table)) == {"NA": 3, "?": 3, "na": 3, "-999": 3}
    assert words_met(read_text("a,b\n1,2\n,4\n")) == ()
