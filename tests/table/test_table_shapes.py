"""A fixed slice of the counts that ``python -m tests.reliability shapes`` makes in full."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import pytest
from table_helpers import headers, noticed, rows

from gmmstudio.table import ReadSettings, Table, read, read_text
from tests.reliability.corpus import figures
from tests.reliability.letters import cut_files, korean_files, other_files
from tests.reliability.plain_files import not_plain
from tests.reliability.scoring import score
from tests.reliability.shapes import damaged, fuzz_cells

TABLE = "id,name,x,y\n1,Ada,2.5,3.5\n2,Ben,2.25,4.5\n3,Cleo,1.5,0.5\n4,Dan,3.5,1.25\n"
ROWS = [line.split(",") for line in TABLE.splitlines()]


def doubts(table: Table) -> list[str]:
    return [str(notice) for notice in table.notices if notice.doubt]


def test_damaged_small_tables_are_right_or_flagged() -> None:
    counts, bad = score(islice(damaged(2), 7, None, 149))
    assert [(variant.kind, variant.name) for variant in bad] == []
    assert sum(n for (_, end), n in counts.items() if end == "right") >= 0.8 * counts.total()


def test_plainly_clean_files_raise_no_doubt(tmp_path: Path) -> None:
    assert not_plain(range(70), tmp_path) == ([], [])


def test_mutated_cells_are_those_of_the_csv_module_or_doubted(tmp_path: Path) -> None:
    counts, bad = fuzz_cells(range(5000, 5070), tmp_path)
    assert bad == [], "seeds"
    assert counts.total() == 70


def test_korean_is_right_in_every_encoding() -> None:
    short = (variant for variant in korean_files() if len(variant.data) < 300_000)
    counts, bad = score([*short, *cut_files()])
    assert bad == []
    assert {end for _, end in counts} == {"right"}


def test_other_letters_are_right_or_in_doubt() -> None:
    assert score(other_files())[1] == []


@pytest.mark.parametrize("mark", ["#", "//", "%", "--", "!"])
def test_comments_between_rows_are_left_out(mark: str) -> None:
    lines = TABLE.splitlines()
    noted = [*lines[:3], f"{mark} measured twice, by hand", *lines[3:], f"{mark}end"]
    table = read_text("\n".join(noted) + "\n")
    assert [headers(table), *rows(table)] == ROWS
    assert table.settings.comment == mark
    assert noticed(table, f"begin with {mark} were left out", "lines 4, 7")


def test_what_begins_with_a_mark_and_fits_is_no_comment() -> None:
    table = read_text("#id,name,x\n1,#1 Diner,2.5\n2,#2 Diner,3.5\n")
    assert headers(table) == ["#id", "name", "x"]
    assert table.settings.comment == ""
    table = read_text("name,x\n#1,2.5\n#2,3.5\n#3,1.5\n")
    assert rows(table)[0] == ["#1", "2.5"]


def test_words_that_may_be_a_comment_are_asked() -> None:
    table = read_text("word\n" + "plain\n" * 20 + "# maybe\n")
    assert len(rows(table)) == 21
    assert noticed(table, "Line 22 may be a comment")
    chosen = read_text("word\n" + "plain\n" * 20 + "# maybe\n", settings=ReadSettings(comment="#"))
    assert len(rows(chosen)) == 20


@pytest.mark.parametrize(
    "note", ["\nSource: own survey\n", "Source: own survey of 2019,,,\n", ",,,\nNote,,,\n"]
)
def test_a_note_below_the_table_is_left_out_and_listed(note: str) -> None:
    table = read_text(TABLE + note)
    assert [headers(table), *rows(table)] == ROWS
    assert noticed(table, "A note below the table was left out")


def test_a_last_row_that_may_be_a_note_is_kept_and_asked() -> None:
    text = "name,x,y\n" + "Ada,1.5,2.5\n" * 20 + "Ben,,\n"
    table = read_text(text)
    assert rows(table)[-1] == ["Ben", "", ""]
    assert noticed(table, "may be a note", "line 22")
    holes = "name,x,y\n" + "Ada,1.5,\nBen,,2.5\nCleo,,\n" * 10 + "Ben,,\n"
    assert doubts(read_text(holes)) == []


@pytest.mark.parametrize("delimiter", ["^", "~", ":", "\x1f"])
def test_a_seldom_delimiter_is_taken_where_it_splits_every_line(delimiter: str) -> None:
    table = read_text(TABLE.replace(",", delimiter))
    assert [headers(table), *rows(table)] == ROWS
    assert len(doubts(table)) == 1
    assert noticed(table, "seem to be separated by")


@pytest.mark.parametrize("delimiter", ["||", "\t\t", "::"])
def test_a_delimiter_written_twice(delimiter: str, tmp_path: Path) -> None:
    table = read_text(TABLE.replace(",", delimiter))
    assert [headers(table), *rows(table)] == ROWS
    assert noticed(table, "written twice")
    again = read_text(TABLE.replace(",", delimiter), settings=table.settings)
    assert [headers(again), *rows(again)] == ROWS


def test_one_column_that_could_be_split_is_asked() -> None:
    table = read_text("a\\tb\n1.5\\t2.5\n3.5\\t4.5\n")
    assert headers(table) == ["a\\tb"]
    assert noticed(table, "was read as one cell", "“\\”")
    assert doubts(read_text("time\n12:30\n13:45\n")) == []
    assert rows(read_text("12:30\n13:45\n15:00\n"))[0] == ["12:30"]


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("name     age   city\nAnn Lee   12   New York\nBob       13   Busan\n", "runs of spaces"),
        ('"a,b,c"\n"1,2,3"\n"4,5,6"\n', "“,”"),
        ("a，b\n1，2\n3，4\n", "“，”"),
    ],
)
def test_lines_left_whole_that_are_evenly_parted_are_doubted(text: str, sign: str) -> None:
    assert noticed(read_text(text), "was read as one cell", sign)


def test_rows_parted_otherwise_are_no_note() -> None:
    table = read_text("a,b\n1,2\n3,4\n5,6\n9,8\n5;6\n7;8\n")
    assert [row[0] for row in rows(table)[-2:]] == ["5;6", "7;8"]
    assert doubts(table)


def test_a_sum_below_the_rows_is_doubted() -> None:
    table = read_text(TABLE + "Total,,9.75,9.75\n")
    assert len(rows(table)) == 5
    assert noticed(table, "a note or a sum", "line 6")


def test_a_ruler_under_the_names_is_doubted() -> None:
    assert noticed(read_text("a|b\n---|---\nx|y\nz|w\n"), "Line 2 looks like a ruler")


def test_names_below_a_blank_line_are_doubted() -> None:
    table = read_text("Station,12\nOperator,Kim\n\nt,v\n1,2.5\n2,3.5\n3,1.5\n")
    assert noticed(table, "Names of columns seem to stand below", "line 4")


def test_a_title_above_years() -> None:
    table = read_text("Report,,,\n,,,\nland,2019,2020,2021\nKenya,1.5,2.5,3\nPeru,2,3.5,1\n")
    assert headers(table) == ["land", "2019", "2020", "2021"]


def test_names_that_are_missing_over_filled_columns_are_doubted() -> None:
    table = read_text("Report,,,\n2019,2020,2021,2022\n1.5,2.5,3.5,1\n2.5,3.5,1.5,2\n")
    assert noticed(table, "without a name")
    assert doubts(table)


def test_one_row_in_single_quotation_marks_is_doubted() -> None:
    table = read_text(TABLE.replace("3,Cleo", "3,'Cleo'"))
    assert rows(table)[2][1] == "'Cleo'"
    assert noticed(table, "single quotation marks", "line 4")


def test_the_first_row_of_a_table_of_words_without_names_is_doubted() -> None:
    table = read_text("Ada,Seoul\nBen,Busan\nAda,Jeju\nCleo,Seoul\n")
    assert noticed(table, "stands among the cells below")
    dates = read_text("2021-01-02,12:30,a\n2021-02-03,13:45,b\n2021-03-05,14:15,c\n")
    assert not dates.dialect.has_header


def test_a_first_cell_keeps_a_mark_of_byte_order(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("a,b\n\ufeffx,1.5\ny,2.5\n", encoding="utf-8")
    assert rows(read(tmp_path / "t.csv"))[0] == ["\ufeffx", "1.5"]


def test_spaces_after_delimiters_are_counted_in_spite_of_an_open_mark() -> None:
    text = '"a,b\n"x, y",1.5\n"z, w",2.5\n"v, u",3.5\n'
    assert rows(read_text(text))[0] == ["x, y", "1.5"]


def test_figures_for_a_folder_with_the_truth_beside(tmp_path: Path) -> None:
    for name in ("csv", "clean"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "same.csv").write_text(TABLE)
        (tmp_path / name / "row_7_wrong.csv").write_text(TABLE)
    (tmp_path / "csv" / "row_7_wrong.csv").write_text(TABLE.replace("Ada", "Eva"))
    text = "\n".join(figures(tmp_path))
    assert "| same | 1 | 1 | 0 | 0 | 0 | 0 |" in text
    assert "| row_…_wrong | 1 | 0 | 0 | 1 | 0 | 0 |" in text
    assert "50.0 %" in text


def test_csv_spectrum_is_right() -> None:
    folder = Path(__file__).parent.parent / "data" / "csv-spectrum"
    assert "| **all** | 12 | 12 | 0 | 0 | 0 | 0 |" in figures(folder)
