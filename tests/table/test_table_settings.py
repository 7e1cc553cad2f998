"""What the user chooses about reading a table holds, and says what it was."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest
from table_helpers import headers, kinds, noticed, read_bytes, rows, write

from gmmstudio.table import Notice, ReadSettings, TableError, read, read_text


def chosen(text: str, **changes: Any) -> list[list[str]]:
    """Header and rows of a text read with these settings."""
    table = read_text(text, settings=ReadSettings(**changes))
    return [headers(table), *rows(table)]


@pytest.mark.parametrize(
    ("text", "changes", "expected"),
    [
        ("a;b,c\n1;2,3\n", {"delimiter": ";"}, [["a", "b,c"], ["1", "2,3"]]),
        ("a;b,c\n1;2,3\n", {"delimiter": ","}, [["a;b", "c"], ["1;2", "3"]]),
        ("a!b\n1!2\n", {"delimiter": "!"}, [["a", "b"], ["1", "2"]]),
        ('a, b\n1, "2, 3"\n', {"delimiter": ", "}, [["a", "b"], ["1", "2, 3"]]),
        ('a,b\n"1",2\n', {"quote": ""}, [["a", "b"], ['"1"', "2"]]),
        ('a,b\n"1\n3,4\n', {"quote": "", "delimiter": ","}, [["a", "b"], ['"1', ""], ["3", "4"]]),
        ("a,b\n*1,2*,3\n", {"quote": "*"}, [["a", "b"], ["1,2", "3"]]),
        ('a,b\n"1\\"2",3\n', {"escape": "\\"}, [["a", "b"], ['1"2', "3"]]),
        ('a,b\n"1\\\\",3\n', {"escape": "\\"}, [["a", "b"], ["1\\", "3"]]),
        ('a,b\n"1\\", ""x\n2",3\n', {"escape": "\\"}, [["a", "b"], ['1", "x\n2', "3"]]),
        ("x\ny,z\na,b\n1,2\n", {"skip_rows": 2}, [["a", "b"], ["1", "2"]]),
        ('"x\ny,z\na,b\n1,2\n', {"skip_rows": 2}, [["a", "b"], ["1", "2"]]),
        ("a,b\nx,y\n", {"header_rows": 0}, [["", ""], ["a", "b"], ["x", "y"]]),
        ("1,2\n3,4\n", {"header_rows": 1}, [["1", "2"], ["3", "4"]]),
        ("a,\nm,kg\n1,2\n", {"header_rows": 2}, [["a m", "kg"], ["1", "2"]]),
        ("%x,y\na,b\n%,\n1,2\n", {"comment": "%"}, [["a", "b"], ["1", "2"]]),
        ('a,b\n//"x\n1,2\n', {"comment": "//"}, [["a", "b"], ["1", "2"]]),
    ],
)
def test_what_is_chosen_holds(
    text: str, changes: dict[str, Any], expected: list[list[str]]
) -> None:
    assert chosen(text, **changes) == expected


def test_chosen_encoding(tmp_path: Path) -> None:
    path = write(tmp_path, "name,x\nMüller,1\nCafé,2\n".encode("latin-1"))
    table = read(path, ReadSettings(encoding="cp1252"))
    assert rows(table) == [["Müller", "1"], ["Café", "2"]]
    assert (table.settings.encoding, table.notices) == ("cp1252", ())
    wrong = read(path, ReadSettings(encoding="utf-8"))
    notice = next(n for n in wrong.notices if "do not fit" in n)
    assert (notice.lines, notice.doubt) == ((2, 3), True)
    with pytest.raises(TableError, match="no encoding called"):
        read(path, ReadSettings(encoding="klingon"))


def test_chosen_marks_and_missing_words() -> None:
    text = 'x;y;z\n1.234,5;-99;1\n2;3,5;x\n"1.000.000";2;2\n'
    table = read_text(text, settings=ReadSettings(thousands=".", missing=("-99",)))
    assert kinds(table) == ["number", "number", "text"]
    assert table.columns[0].values.tolist() == [1234.5, 2.0, 1e6]  # type: ignore[union-attr]
    assert math.isnan(table.columns[1].values[0])  # type: ignore[index]
    assert table.settings.decimal == ","
    assert (
        read_text("x,y\n1,NA\n2,3\n", settings=ReadSettings(missing=())).columns[1].values is None
    )


def test_chosen_types() -> None:
    text = "a,b,c\n1,2020-01-02,5\nx,2020-01-03,6\n3,2020-01-05,5\n"
    types = ((0, "number"), (1, "date"), (2, "text"))
    table = read_text(text, settings=ReadSettings(types=types))  # type: ignore[arg-type]
    assert kinds(table) == ["number", "date", "text"]
    assert table.columns[0].n_missing == 1
    assert table.columns[2].values is None
    notice = next(n for n in table.notices if "not a number" in n)
    assert notice.lines == (3,)
    assert rows(table)[1] == ["x", "2020-01-03", "6"]


@pytest.mark.parametrize(
    "text",
    [
        "a,b\n1,2.5\n3,4.5\n",
        "Title\n\na;b\n1,5;2\n3;4\n",
        "sep=;\na;b\n1;2\n",
        "  id    x\n   1  2.5\n  12  3.5   \n",
        'a,b\n"x\ny",2\n3,4\n',
        "x\n1.5\n\n2.5\n",
        "a,b\nr1,1,2.5\nr2,3,4.5\n",
    ],
)
def test_reading_again_with_what_was_used_gives_the_same_table(text: str, tmp_path: Path) -> None:
    first = read_bytes(tmp_path, text)
    again = read(tmp_path / "t.csv", first.settings)
    assert again.settings == first.settings
    assert (headers(again), rows(again), kinds(again)) == (
        headers(first),
        rows(first),
        kinds(first),
    )
    assert None not in (getattr(first.settings, name) for name in TEXT_FIELDS)
    assert all(isinstance(notice, Notice) for notice in first.notices)


TEXT_FIELDS = (
    *("encoding", "delimiter", "quote", "escape", "decimal", "thousands"),
    *("skip_rows", "header_rows", "comment", "missing"),
)


def test_notices_know_their_lines() -> None:
    table = read_text("a,b,c\n1,2,3\n4,5\n6,7,8,9\n")
    assert {notice.lines: notice.doubt for notice in table.notices if notice.lines} == {
        (3,): True,
        (4,): True,
    }
    assert noticed(table, "line 3")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"delimiter": "ab"}, "cannot separate"),
        ({"delimiter": "\n"}, "cannot separate"),
        ({"decimal": ",", "thousands": ","}, "the same"),
        ({"decimal": "x"}, "no decimal mark"),
        ({"thousands": "1"}, "cannot group"),
        ({"skip_rows": 9}, "Nothing is left"),
        ({"header_rows": 3}, "no rows below"),
    ],
)
def test_choices_that_cannot_be_followed(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(TableError, match=words):
        chosen("a,b\n1,2\n", **changes)
