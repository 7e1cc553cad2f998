"""Numbers that can be read two ways are found, and nothing that the file itself tells."""

from __future__ import annotations

import pytest

from gmmstudio.table.ambiguity import find_ambiguity
from gmmstudio.table.reading import read_text
from gmmstudio.table.settings import ReadSettings

NONE = ReadSettings()


def table(*cells: str, delimiter: str = ";", settings: ReadSettings = NONE):
    quoted = [f'"{cell}"' if delimiter in cell else cell for cell in cells]
    lines = [f"name{i}{delimiter}{cell}" for i, cell in enumerate(quoted)]
    return read_text("\n".join([f"a{delimiter}b", *lines]) + "\n", "t", settings)


@pytest.mark.parametrize(
    ("cells", "ways"),
    [
        (("1.234", "12.500", "3.400"), {(".", ""), (",", ".")}),
        (("1,234", "12,500", "3,400"), {(".", ","), (",", "")}),
        (("1 234", "12 500", "345"), {(".", " "), (".", "")}),
        (("1'234.5", "12'500.5", "345.5"), {(".", "'"), (".", "")}),
    ],
)
def test_both_ways_are_offered_with_their_values(cells, ways) -> None:
    found = find_ambiguity(table(*cells))
    assert found is not None
    assert {(reading.decimal, reading.thousands) for reading in found.readings} == ways
    assert found.columns == ("b",)
    assert found.cells[0] == cells[0]
    assert len({reading.values for reading in found.readings}) == 2


@pytest.mark.parametrize(
    "cells",
    [
        ("1.5", "2.25", "3.125"),  # no thousands end after one digit
        ("0.234", "1.500", "3.400"),  # nor begin with a zero
        ("1,5", "2,25", "3,75"),
        ("1", "2", "30"),
        ("1234.567", "2000.125", "3.400"),
        ("1,234.5", "12,500.25", "3,400"),  # both marks are there
        ("1.234,5", "12.500,25", "3.400"),
        ("1,234,567", "12,500", "3,400"),  # no decimal mark stands there twice
        ("one.two", "1.234 eggs", "v1.234"),
        ("03/04/2020", "04/04/2020", "05/04/2020"),
    ],
)
def test_what_the_file_tells_is_not_asked(cells) -> None:
    assert find_ambiguity(table(*cells)) is None


def test_a_point_is_no_question_where_commas_part_cells() -> None:
    assert find_ambiguity(table("1.234", "12.500", "3.400", delimiter=",")) is None
    assert find_ambiguity(table("1,234", "12,500", "3,400", delimiter=",")) is not None


def test_another_column_may_tell() -> None:
    text = "a;b\n1.234;0.5\n12.500;1.5\n3.400;2.5\n"
    assert find_ambiguity(read_text(text)) is None
    text = "a;b\n1.234;0,5\n12.500;1,5\n3.400;2,5\n"
    found = find_ambiguity(read_text(text))
    assert found is not None  # the point is no decimal mark there: it groups, or stays as it is
    assert {(r.decimal, r.thousands) for r in found.readings} == {(",", "."), (",", "")}


@pytest.mark.parametrize(
    "cells", [("1.234", "12.500"), ("1,234", "12,500"), ("1 234,5", "12 500,5")]
)
def test_every_answer_gives_the_values_it_shows(cells) -> None:
    found = find_ambiguity(table(*cells))
    assert found is not None
    for reading in found.readings:
        settings = ReadSettings(decimal=reading.decimal, thousands=reading.thousands)
        again = table(*cells, settings=settings)
        values = again.column("b").values
        if reading.values[0] is None:
            assert values is None
        else:
            assert tuple(values) == reading.values
        assert find_ambiguity(again) == found  # the question stays while answers are tried


def test_a_column_that_is_to_be_text_is_not_asked_about() -> None:
    settings = ReadSettings(types=((1, "text"),))
    assert find_ambiguity(table("1.234", "12.500", settings=settings)) is None
