"""Delimiters, headers, quotation marks, uneven rows, line ends: what is read and what is said."""

from __future__ import annotations

from pathlib import Path

import pytest
from table_helpers import headers, names, noticed, read_bytes, rows, write

from gmmstudio.table import Stopped, TableError, read, read_text, sample, samples

# ---------------------------------------------------------------- delimiters


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|", " "])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_delimiters_and_line_ends(delimiter: str, ending: str, tmp_path: Path) -> None:
    text = ending.join(delimiter.join(r) for r in (["a", "b"], ["1.5", "2"], ["3.5", "4"])) + ending
    table = read_bytes(tmp_path, text)
    assert rows(table) == [["1.5", "2"], ["3.5", "4"]]
    assert headers(table) == ["a", "b"]
    assert (table.dialect.delimiter, table.dialect.line_ending) == (delimiter, ending)
    assert table.notices == ()


@pytest.mark.parametrize("tail", ["", "\n", "\n\n\n", "\r\n\r\n", "\n  \n\n"])
def test_the_end_of_the_file_does_not_matter(tail: str) -> None:
    table = read_text("a,b\n1,2\n3,4" + tail)
    assert rows(table) == [["1", "2"], ["3", "4"]]
    assert table.notices == ()


def test_decimal_commas_do_not_make_columns() -> None:
    table = read_text("1,5;2,5\n3,5;4,5\n2,1;2,2")
    assert rows(table)[0] == ["1,5", "2,5"]


def test_quoted_delimiters_do_not_count() -> None:
    table = read_text('name;note\n"a, b, c";1\n"d, e, f";2\n')
    assert rows(table) == [["a, b, c", "1"], ["d, e, f", "2"]]


def test_one_column() -> None:
    table = read_text("x\n1.5\n\n2.5\n")
    assert rows(table) == [["1.5"], [""], ["2.5"]]
    assert noticed(table, "line 3", "empty cells")


def test_words_are_not_split_at_spaces() -> None:
    assert headers(read_text("name\nJohn Smith\nAnn Lee\n")) == ["name"]


def test_aligned_with_spaces() -> None:
    table = read_text("  id    x\n   1  2.5\n  12  3.5   \n")
    assert rows(table) == [["1", "2.5"], ["12", "3.5"]]
    assert noticed(table, "runs of spaces")


def test_a_declared_delimiter() -> None:
    table = read_text("sep=;\na;b\n1,5;2\n3,5;4\n")
    assert headers(table) == ["a", "b"]
    assert rows(table) == [["1,5", "2"], ["3,5", "4"]]
    assert noticed(table, "sep=")
    with pytest.raises(TableError, match="no rows below"):
        read_text("sep=;\n")


def test_uneven_text_is_one_column_and_said_so() -> None:
    table = read_text("text\none; two\nthree\nfour; five; six\nseven\neight\nnine\nten\neleven\n")
    assert len(table.columns) == 1
    assert noticed(table, "each is one cell")


# ------------------------------------------------------------------- headers


def test_no_header_over_numbers() -> None:
    table = read_text("1,2.5\n3,4.5\n5,6.5\n")
    assert not table.dialect.has_header
    assert names(table) == ["column 1", "column 2"]
    assert len(rows(table)) == 3
    assert noticed(table, "no names")


def test_no_header_over_mixed_columns() -> None:
    assert not read_text("Adelie,39.1\nGentoo,40.1\nAdelie,38.2\n").dialect.has_header


def test_years_may_be_names() -> None:
    table = read_text("country,2019,2020\nKR,1.5,2.5\nDE,2.5,3.5\n")
    assert headers(table) == ["country", "2019", "2020"]


def test_text_table_has_a_header() -> None:
    assert headers(read_text("a,b\nx,y\nz,w\n")) == ["a", "b"]


def test_repeated_and_empty_names() -> None:
    table = read_text("x,x,,x (2),x\n1,2,3,4,5\n2,3,4,5,7\n")
    assert names(table) == ["x", "x (3)", "column 3", "x (2)", "x (4)"]
    assert headers(table) == ["x", "x", "", "x (2)", "x"]
    assert noticed(table, "called “x”")
    assert noticed(table, "Column 3 without a name")


def test_columns_are_found_by_name_header_and_number() -> None:
    table = read_text("x,x,y \n1,2,3\n2,3,5\n")
    assert table.index("x (2)") == 1
    assert table.index("y") == table.index("y ") == table.index(2) == 2
    with pytest.raises(TableError, match=r"no column “z”. The table has: "):
        table.column("z")
    with pytest.raises(TableError, match="no column number 4"):
        table.column(3)


def test_row_names_of_r() -> None:
    table = read_text("a,b\nr1,1,2.5\nr2,3,4.5\n")
    assert headers(table) == ["", "a", "b"]
    assert noticed(table, "row names")


def test_delimiter_at_the_end_of_every_row() -> None:
    table = read_text("a,b,c\n1,2,3,\n4,5,6.5,\n")
    assert headers(table)[:3] == ["a", "b", "c"]
    assert [row[:3] for row in rows(table)] == [["1", "2", "3"], ["4", "5", "6.5"]]
    assert noticed(table, "header has 3 names", "4 cells")


@pytest.mark.parametrize("title", ["My title\n\n", "My title,,\n,,\n", "Of 2019,,\n\n"])
def test_a_title_above_the_table(title: str) -> None:
    table = read_text(title + "a,b,c\n1,2,3\n4,5,6.5\n")
    assert headers(table) == ["a", "b", "c"]
    assert rows(table) == [["1", "2", "3"], ["4", "5", "6.5"]]
    assert noticed(table, "begins on line 3")


def test_a_header_that_occurs_again() -> None:
    table = read_text("a,b\n1,2\na,b\n3,4\n")
    assert len(rows(table)) == 3
    assert noticed(table, "header occurs again", "line 3")


# --------------------------------------------------------------- uneven rows


def test_short_rows_are_filled_and_listed() -> None:
    table = read_text("a,b,c\n1,2,3\n4,5\n6,7,8\n9\n")
    assert rows(table) == [["1", "2", "3"], ["4", "5", ""], ["6", "7", "8"], ["9", "", ""]]
    assert noticed(table, "2 rows have fewer cells", "lines 3, 5")


def test_long_rows_lose_nothing_and_are_listed() -> None:
    table = read_text("a,b\n1,2\n3,4,5\n6,7\n")
    assert rows(table) == [["1", "2", ""], ["3", "4", "5"], ["6", "7", ""]]
    assert headers(table) == ["a", "b", ""]
    assert noticed(table, "1 row has more cells", "line 3", "1 extra column")


def test_empty_cells_beyond_make_no_column() -> None:
    table = read_text("a,b\n1,2\n3,4,\n6,7\n")
    assert rows(table) == [["1", "2"], ["3", "4"], ["6", "7"]]
    assert noticed(table, "line 3", "empty and left out")


def test_many_uneven_rows_are_counted() -> None:
    table = read_text("a,b\n" + "1,2\n" * 30 + "1\n" * 20)
    assert noticed(table, "20 rows have fewer", "lines 32, 33, 34, 35, 36 and 15 more")


def test_a_row_far_too_long_is_refused() -> None:
    with pytest.raises(TableError, match=r"Line 3 of .* 101 cells"):
        read_text("a,b\n1,2\n" + "x," * 100 + "\n3,4\n")


def test_blank_lines_between_rows_are_listed() -> None:
    table = read_text("a,b\n1,2\n\n3,4\n")
    assert rows(table) == [["1", "2"], ["3", "4"]]
    assert noticed(table, "Blank lines", "line 3")


def test_line_numbers_count_lines_within_cells() -> None:
    table = read_text('a,b\n"1\n1",2\n3\n')
    assert noticed(table, "fewer cells", "line 4")


# ----------------------------------------------------------- quotation marks


def test_quoted_cells() -> None:
    table = read_text('a,b\n"1, ""x""\n2",3\n"",""""\n')
    assert rows(table) == [['1, "x"\n2', "3"], ["", '"']]
    assert table.notices == ()


@pytest.mark.parametrize(
    ("line", "cells"),
    [
        ('"x, 1', ['"x', " 1"]),  # never closed
        ('5" pipe,2', ['5" pipe', "2"]),  # inches
        ('"he said "hi, you" and left",2', ['he said "hi, you" and left', "2"]),
        ('""x",2', ['"x', "2"]),
        ('"x"y,2', ['"x"y', "2"]),
        ('a "b",2', ['a "b"', "2"]),
        ('1, "b, c"', ["1", "b, c"]),
    ],
)
def test_stray_quotation_marks_stay_on_their_line(line: str, cells: list[str]) -> None:
    table = read_text(f"p,q\n1,2\n3,4\n{line}\n5,6\n7,8\n")
    assert rows(table) == [["1", "2"], ["3", "4"], cells, ["5", "6"], ["7", "8"]]
    assert noticed(table, "Quotation marks", "line 4")


def test_rows_swallowed_by_quotation_marks_are_noticed() -> None:
    table = read_text('p,q\n1,2\n3,"4\n5,6\n7,8"\n9,9\n')
    assert noticed(table, "line 3", "several lines")


def test_single_quotes() -> None:
    table = read_text("a,b\n'x, y',1\n'z',2\n")
    assert rows(table) == [["x, y", "1"], ["z", "2"]]
    assert noticed(table, "quoted with '")


def test_apostrophes_are_text() -> None:
    assert rows(read_text("a,b\nit's,1\nMen's,2\n")) == [["it's", "1"], ["Men's", "2"]]


# -------------------------------------------------------------------- limits


def test_a_very_long_line() -> None:
    table = read_text("a,b\n1," + "x" * 10_000_000 + "\n2,3\n")
    assert [len(row[1]) for row in rows(table)] == [10_000_000, 1]


def test_a_very_long_quoted_cell() -> None:
    table = read_text('a,b\n1,"' + "x\n," * 2_000_000 + '"\n2,3\n')
    assert [len(row[1]) for row in rows(table)] == [6_000_000, 1]


def test_many_columns() -> None:
    table = read_text(",".join(f"c{j}" for j in range(3000)) + "\n" + ",".join("1" * 3000) + "\n")
    assert len(table.columns) == 3000


# ---------------------------------------------------------------- bad input


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "is empty"),
        (b"\xef\xbb\xbf", "is empty"),
        (b"\n \r\n\n", "only blank lines"),
        (b"a,b,c\n", "no rows below"),
        (b"hello", "no rows below"),
        (b"PK\x03\x04rest", "damaged"),
        (b"\x89PNG\r\n\x1a\n\0\0", "picture"),
        (b"%PDF-1.7\n", "PDF"),
        (b"a,b\n1,\x00\x01\x02\n", "NUL byte on line 2"),
        (bytes(range(256)) * 20, "not a text table"),
        (b"\xff\xfe\0\0a\0\0\0", "UTF-32"),
    ],
)
def test_what_is_not_a_table_gets_a_sentence(data: bytes, words: str, tmp_path: Path) -> None:
    with pytest.raises(TableError, match=words) as caught:
        read_bytes(tmp_path, data)
    assert str(caught.value).endswith(".")


def test_missing_file_and_folder(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="does not exist"):
        read(tmp_path / "gone.csv")
    with pytest.raises(TableError, match="is a folder"):
        read(tmp_path)
    with pytest.raises(TableError, match="does not exist"):
        read(tmp_path / "gone" / "t.csv")


def test_unreadable_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path, "a\n1\n")

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(TableError, match="may not be read"):
        read(path)


def test_a_drive_that_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(Path, "open", fail)
    with pytest.raises(TableError, match="Input/output error"):
        read(tmp_path / "t.csv")


def test_one_row_is_read_and_noticed() -> None:
    table = read_text("a,b\n1,2\n")
    assert table.n_rows == 1
    assert noticed(table, "only one row")


def test_pasted_nothing() -> None:
    with pytest.raises(TableError, match="is empty"):
        read_text(" \n ")


# -------------------------------------------------------- progress and cancel


def test_progress_rises_to_one(tmp_path: Path) -> None:
    path = write(tmp_path, "a;b\n" + "1,5;2\n" * 1000)
    seen: list[float] = []
    read(path, progress=seen.append)
    assert seen == sorted(seen)
    assert seen[-1] == 1.0


@pytest.mark.parametrize("after", range(6))
def test_reading_can_be_stopped_anywhere(after: int, tmp_path: Path) -> None:
    path = write(tmp_path, 'a,b\n"1\n",2\n' * 10)
    asked = 0

    def stop() -> bool:
        nonlocal asked
        asked += 1
        return asked > after

    with pytest.raises(Stopped):
        read(path, should_stop=stop)


# ------------------------------------------------------------------- samples


@pytest.mark.parametrize("entry", samples(), ids=lambda entry: entry.key)
def test_samples_are_what_their_index_says(entry) -> None:  # type: ignore[no-untyped-def]
    table = read(entry.path)
    assert (table.n_rows, len(table.columns)) == (entry.n_rows, entry.n_columns)
    assert table.notices == ()
    assert len(table.default_columns()) >= 2
    assert entry.description.endswith(".")


def test_penguins_open_as_they_should() -> None:
    table = read(sample("penguins").path)
    ticked = [table.columns[i].name for i in table.default_columns()]
    assert ticked == ["bill_length_mm", "bill_depth_mm", "flipper_length_mm", "body_mass_g"]
    assert table.column("species").why_not == "text, 3 values"
    assert table.column("year").why_not == "years"
    assert table.column("sex").n_missing == 11


def test_unknown_sample() -> None:
    with pytest.raises(TableError, match="no sample table"):
        sample("nothing")
