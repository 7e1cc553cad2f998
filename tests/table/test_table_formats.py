"""Files that are no plain text: told by content, read whole, every cell as text."""

from __future__ import annotations

import datetime
import gzip
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pyreadstat
import pytest
import xlsxwriter

from gmmstudio.table import Preparation, Stopped, Table, TableError, read
from gmmstudio.table.checks import findings
from gmmstudio.table.errors import TooLarge
from gmmstudio.table.formats import frames, memory, outside, sampling, statistics
from gmmstudio.table.formats.foreign import sheets
from gmmstudio.table.formats.formula_errors import formula_errors
from gmmstudio.table.retyping import retyped
from gmmstudio.table.settings import ReadSettings
from gmmstudio.table.sources import blocks_of
from gmmstudio.table.value_labels import maybe_missing, means_no_value
from tests.table.table_helpers import headers, kinds, noticed, rows
from tests.table.workbook_bytes import Error, Rows, ods, xls, xlsb

CSV = b"x,y,name\n1,2.5,a\n2,3.5,b\n4,0.5,\xed\x95\x9c\n"
CELLS = [["1", "2.5", "a"], ["2", "3.5", "b"], ["4", "0.5", "한"]]


def workbook(path: Path, *tables: list[list[object]], names: tuple[str, ...] = ()) -> Path:
    book = xlsxwriter.Workbook(str(path), {"strings_to_formulas": False})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    for i, table in enumerate(tables):
        sheet = book.add_worksheet(names[i] if names else None)
        for r, row in enumerate(table):
            for c, cell in enumerate(row):
                if isinstance(cell, datetime.date):
                    sheet.write_datetime(r, c, cell, day)
                elif cell is not None:
                    sheet.write(r, c, cell)
    book.close()
    return path


def same_again(table: Table) -> bool:
    """Whether reading with the settings used gives the same table."""
    assert table.path is not None
    again = read(table.path, table.settings)
    return (
        rows(again) == rows(table)
        and again.settings == table.settings
        and headers(again) == headers(table)
    )


# -- packed text ------------------------------------------------------------------------------


def test_gzip_and_zip_hold_the_same_table(tmp_path: Path) -> None:
    packed = tmp_path / "t.csv.gz"
    packed.write_bytes(gzip.compress(CSV[:20]) + gzip.compress(CSV[20:]) + b"\0" * 10)
    with zipfile.ZipFile(tmp_path / "t.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("folder/t.csv", CSV)
    for path in (packed, tmp_path / "t.zip"):
        table = read(path)
        assert (headers(table), rows(table)) == (["x", "y", "name"], CELLS)
        assert table.name == "t" and not table.notices and same_again(table)


def test_of_several_tables_in_a_zip_one_is_read_and_the_others_are_named(tmp_path: Path) -> None:
    path = tmp_path / "t.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("__MACOSX/._a.csv", b"junk")
        archive.writestr("readme.txt", b"hello")
        archive.writestr("a.csv", CSV)
        archive.writestr("b.csv", b"u,v\n1,2\n3,4\n")
    table = read(path)
    assert rows(table) == CELLS
    assert [n.doubt for n in table.notices if "b.csv" in n and "readme.txt" in n] == [True]
    assert sheets(path) == ("a.csv", "b.csv", "readme.txt")
    other = read(path, ReadSettings(sheet="b.csv"))
    assert rows(other) == [["1", "2"], ["3", "4"]] and not noticed(other, "archive")
    with pytest.raises(TableError, match=r"There is no “c\.csv”"):
        read(path, ReadSettings(sheet="c.csv"))


@pytest.mark.parametrize("cut", [5, 12, 25])
def test_a_gzip_file_that_breaks_off_is_refused(cut: int, tmp_path: Path) -> None:
    path = tmp_path / "t.csv.gz"
    path.write_bytes(gzip.compress(CSV)[:cut])
    with pytest.raises(TableError, match="damaged or not complete"):
        read(path)


# -- workbooks --------------------------------------------------------------------------------


def test_every_kind_of_cell_becomes_text(tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(str(tmp_path / "t.xlsx"))
    sheet = book.add_worksheet()
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    clock = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
    sheet.write_row(0, 0, ["n", "d", "t", "yes", "bad", "text"])
    sheet.write_row(1, 0, [1, None, None, None, None, "a\nb"])
    sheet.write_row(2, 0, [0.1, None, None, None, 2, '"q"'])
    sheet.write_row(3, 0, [1e16])
    sheet.write_datetime(1, 1, datetime.datetime(2020, 3, 4), day)
    sheet.write_datetime(1, 2, datetime.datetime(2020, 3, 4, 5, 6, 7), clock)
    sheet.write_boolean(1, 3, True)
    sheet.write_formula(1, 4, "=1/0", None, "#DIV/0!")
    sheet.write_formula(3, 4, "=NA()", None, "#N/A")
    book.close()
    table = read(tmp_path / "t.xlsx")
    assert rows(table)[0] == ["1", "2020-03-04", "2020-03-04 05:06:07", "TRUE", "#DIV/0!", "a\nb"]
    assert rows(table)[1] == ["0.1", "", "", "", "2", '"q"']
    assert [row[0] for row in rows(table)] == ["1", "0.1", "1e+16"]
    assert table.column("bad").n_missing == 2 and table.column("bad").values is not None
    assert noticed(table, "2 cells", "error", "missing")
    assert table.dialect.delimiter == "," and table.dialect.encoding == "utf-8"
    assert same_again(table)


def test_random_doubles_come_back_exactly(tmp_path: Path) -> None:
    draw = np.random.default_rng(3)
    x = draw.normal(size=(200, 3)) * 10.0 ** draw.integers(-20, 20, size=(200, 3))
    written = [[float(f"{v:.16G}") for v in row] for row in x]  # XlsxWriter writes 16 digits
    table = read(workbook(tmp_path / "t.xlsx", [["a", "b", "c"], *written]))
    values = np.column_stack([column.values for column in table.columns])
    np.testing.assert_array_equal(values, written)
    assert [[float(cell) for cell in row] for row in rows(table)] == written


def test_titles_and_several_header_rows_and_empty_columns(tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(str(tmp_path / "t.xlsx"))
    sheet = book.add_worksheet()
    sheet.merge_range("C2:F2", "All my measurements")
    sheet.write("C4", "id")
    sheet.merge_range("D4:E4", "size")
    sheet.write("F4", "mass")
    sheet.write_row("D5", ["long", "wide", "kg"])
    for i in range(12):
        sheet.write_row(5 + i, 2, [f"r{i}", i + 0.5, 2 * i + 0.25, 3 * i])
    book.close()
    table = read(tmp_path / "t.xlsx")
    assert headers(table) == ["id", "size long", "size wide", "mass kg"]
    assert table.n_rows == 12 and kinds(table) == ["text", "number", "number", "number"]
    assert noticed(table, "begins on row 4", "All my measurements")
    assert noticed(table, "put together from rows 4, 5")
    assert same_again(table)


def test_a_range_and_a_sheet_can_be_chosen(tmp_path: Path) -> None:
    first = [["a", "b", "c"], [1, 2, 3], [4, 5, 6], [7, 8, 10]]
    path = workbook(tmp_path / "t.xlsx", first, [["u"], [1], [3]], names=("One", "Two"))
    assert sheets(path) == ("One", "Two")
    table = read(path)
    assert table.settings.sheet == "One" and table.settings.cells == ""
    assert [n.doubt for n in table.notices if "Two" in n] == [True]
    part = read(path, ReadSettings(sheet="One", cells="b1:C3"))
    assert (headers(part), rows(part)) == (["b", "c"], [["2", "3"], ["5", "6"]])
    assert not noticed(part, "Two")
    for wrong, words in (("A0-3", "no range"), ("K1:L5", "lies in A1:C4")):
        with pytest.raises(TableError, match=words):
            read(path, ReadSettings(cells=wrong))
    with pytest.raises(TableError, match="no sheet “Three”"):
        read(path, ReadSettings(sheet="Three"))


def test_a_sheet_of_notes_before_the_table_is_passed_over(tmp_path: Path) -> None:
    notes = [["Spring 2020"], ["by me"]]
    data = [["a", "b", "c"], *([i, 2 * i, i * i] for i in range(20))]
    path = workbook(tmp_path / "t.xlsx", notes, data, names=("Notes", "Data"))
    table = read(path)
    assert (table.settings.sheet, table.n_rows) == ("Data", 20)
    assert noticed(table, "2 sheets", "“Data” was read", "“Notes”")
    assert read(path, ReadSettings(sheet="Notes")).settings.sheet == "Notes"
    assert read(workbook(tmp_path / "u.xlsx", data, data)).settings.sheet == "Sheet1"
    assert read(workbook(tmp_path / "v.xlsx", data[:4], data)).settings.sheet == "Sheet1"


def test_a_hidden_sheet_is_not_read_unless_asked_for(tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(str(tmp_path / "t.xlsx"))
    hidden, seen = book.add_worksheet("Secret"), book.add_worksheet("Seen")
    hidden.write_column(0, 0, ["h", 1, 2])
    seen.write_column(0, 0, ["s", 1, 3])
    seen.activate()
    seen.set_first_sheet()
    hidden.hide()
    book.close()
    table = read(tmp_path / "t.xlsx")
    assert headers(table) == ["s"] and noticed(table, "hidden", "Secret")
    assert headers(read(tmp_path / "t.xlsx", ReadSettings(sheet="Secret"))) == ["h"]


def test_two_cells_in_opposite_corners_are_refused_with_a_sentence(tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(str(tmp_path / "t.xlsx"))
    sheet = book.add_worksheet()
    sheet.write(0, 0, 1)
    sheet.write(1048575, 16383, 1)
    book.close()
    with pytest.raises(TableError, match="A1:XFD1048576"):
        read(tmp_path / "t.xlsx")


# -- told by content --------------------------------------------------------------------------


def test_a_wrong_ending_is_noticed_and_does_not_matter(tmp_path: Path) -> None:
    book = workbook(tmp_path / "t.xlsx", [["a", "b"], [1, 2], [3, 5]])
    book = book.rename(tmp_path / "t.csv")
    table = read(book)
    assert rows(table) == [["1", "2"], ["3", "5"]]
    assert noticed(table, "called like a text table", "Excel workbook")
    (tmp_path / "u.xlsx").write_bytes(CSV)
    assert noticed(read(tmp_path / "u.xlsx"), "called like an Excel workbook", "text table")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"<html><table><tr><td>1</td></tr></table></html>", "web page"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "password"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 1000, "damaged"),
        (b"PAR1" + b"\0" * 100 + b"PAR1", "damaged"),
        (b"$FL2" + b"@(#)" * 100, "damaged"),
        (b"<stata_dta><header>", "damaged"),
    ],
)
def test_what_is_damaged_or_locked_is_said(data: bytes, words: str, tmp_path: Path) -> None:
    path = tmp_path / "t.xls"
    path.write_bytes(data)
    with pytest.raises(TableError, match=words) as caught:
        read(path)
    assert str(caught.value).endswith(".")


# -- Parquet, Feather, statistics files -------------------------------------------------------


def frame() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "x": [1.5, np.nan, 3.0, 1e16, 0.1],
            "i": pd.array([1, 2, None, 4, 9], dtype="Int64"),
            "b": [True, False, None, True, True],
            "c": pd.Categorical(["u", "v", "u", None, "v"]),
            "day": [datetime.date(2020, 1, i + 1) for i in range(5)],
        }
    )


def test_parquet_and_feather(tmp_path: Path) -> None:
    frame().to_parquet(tmp_path / "t.parquet")
    frame().to_feather(tmp_path / "t.feather")
    for name in ("t.parquet", "t.feather"):
        table = read(tmp_path / name)
        assert headers(table) == ["x", "i", "b", "c", "day"]
        assert rows(table)[0] == ["1.5", "1", "TRUE", "u", "2020-01-01"]
        assert rows(table)[1] == ["", "2", "FALSE", "v", "2020-01-02"]
        values = table.column("x").values
        assert values is not None
        np.testing.assert_array_equal(values, frame()["x"].to_numpy())
        assert table.column("c").n_missing == 1


def test_spss_keeps_labels_codes_and_why_values_are_missing(tmp_path: Path) -> None:
    data = pd.DataFrame(
        {"sex": [1.0, 2, 1, np.nan], "age": [20.5, 99, 31, 98], "note": ["a", "", "한글", "b"]}
    )
    for name, compress in (("t.sav", False), ("t.zsav", True)):
        pyreadstat.write_sav(
            data,
            str(tmp_path / name),
            compress=compress,
            variable_value_labels={"sex": {1: "male", 2: "female"}, "age": {99: "refused"}},
            missing_ranges={"age": [{"lo": 98, "hi": 99}]},
        )
        table = read(tmp_path / name)
        assert headers(table) == ["sex", "sex (code)", "age", "age (why missing)", "note"]
        assert table.column("sex").cells.to_pylist() == ["male", "female", "male", ""]
        assert table.column("sex (code)").cells.to_pylist() == ["1", "2", "1", ""]
        assert table.column("age").cells.to_pylist() == ["20.5", "", "31", ""]
        assert table.column("age (why missing)").cells.to_pylist() == ["", "refused", "", "98"]
        assert table.column("note").cells.to_pylist() == ["a", "", "한글", "b"]
        assert noticed(table, "2 cells", "missing", "2 in “age”")
        assert noticed(table, "labels", "sex", "codes")


def test_of_many_labelled_columns_some_are_named_and_all_are_counted(tmp_path: Path) -> None:
    names = [f"q{i}" for i in range(30)]
    data = pd.DataFrame({name: [1.0, 2.0, 1.0] for name in names})
    whole, partly = {1: "yes", 2: "no"}, {1: "yes"}
    labels = {name: partly if i < 28 else whole for i, name in enumerate(names)}
    pyreadstat.write_dta(data, str(tmp_path / "t.dta"), variable_value_labels=labels)
    table = read(tmp_path / "t.dta")
    assert noticed(table, "2 columns have labels for all their values (“q28”, “q29”)", "columns")
    assert noticed(table, "Only some values", "“q4” and 23 more")
    partly[1] = "refused"
    pyreadstat.write_dta(data, str(tmp_path / "t.dta"), variable_value_labels=labels)
    asked = [notice for notice in read(tmp_path / "t.dta").notices if notice.doubt]
    assert len(asked) == 6 and asked[-1].startswith("23 more columns")
    labels = dict.fromkeys(names, whole)
    pyreadstat.write_dta(data, str(tmp_path / "t.dta"), variable_value_labels=labels)
    assert noticed(read(tmp_path / "t.dta"), "30 columns", "“q4” and 25 more")


def survey(path: Path, labels: dict[int, str], values: list[float]) -> Table:
    """Read a column of answers back from a file of Stata or SPSS."""
    data = pd.DataFrame({"mood": values, "x": np.arange(len(values)) / 8})
    write = pyreadstat.write_dta if path.suffix == ".dta" else pyreadstat.write_sav
    said = {"mood": "How do you feel?"}
    write(data, str(path), column_labels=said, variable_value_labels={"mood": labels})
    return read(path)


@pytest.mark.parametrize("name", ["t.dta", "t.sav"])
def test_a_labelled_value_among_numbers_is_asked_about(name: str, tmp_path: Path) -> None:
    values = [1.0, 2, 3, 4, 5, 9] * 20
    table = survey(tmp_path / name, {1: "very bad", 9: "refused"}, values)
    mood = table.columns[0]
    assert headers(table) == ["mood", "x"] and mood.description == "How do you feel?"
    assert set(mood.value_labels) == {("1", "very bad"), ("9", "refused")}
    np.testing.assert_array_equal(mood.values, values)
    (asked,) = (notice for notice in table.notices if notice.doubt)
    assert asked.startswith("“mood”: 9 means “refused”; taken for") and "very bad" not in asked
    (code,) = (f for f in findings(table, Preparation((0,))) if f.kind == "missing-code")
    assert code.severity == "serious" and code.rows.tolist() == list(range(5, 120, 6))

    answered = table.settings.with_missing_in(0, ("9",))
    for again in (read(tmp_path / name, answered), retyped(table, 0, answered)):
        assert again.columns[0].n_missing == 20
        assert again.columns[0].value_labels == mood.value_labels
        assert again.columns[0].description == mood.description
        assert not [f for f in findings(again, Preparation((0,))) if f.kind == "missing-code"]
    assert not noticed(read(tmp_path / name, answered), "means “refused”")


def test_the_labels_at_the_ends_of_a_scale_are_no_question(tmp_path: Path) -> None:
    table = survey(tmp_path / "t.dta", {1: "very bad", 9: "very good"}, [*range(1, 10)] * 9)
    assert not any(notice.doubt for notice in table.notices)
    assert noticed(table, "Only some values have labels in “mood”")
    assert not [f for f in findings(table, Preparation((0,))) if f.kind == "missing-code"]


def test_codes_beside_their_labels_are_checked_too(tmp_path: Path) -> None:
    labels = {1: "bad", 2: "so so", 3: "good", 9: "weiß nicht"}
    table = survey(tmp_path / "t.dta", labels, [1, 2, 3, 9] * 9)
    assert headers(table) == ["mood", "mood (code)", "x"]
    assert [c.description for c in table.columns] == ["How do you feel?", "How do you feel?", ""]
    assert [len(c.value_labels) for c in table.columns] == [0, 4, 0]
    assert not any(notice.doubt for notice in table.notices)
    found = findings(table, Preparation((1,)))
    assert [f.title for f in found if f.kind == "missing-code"] == [
        "mood (code): 9 means “weiß nicht”"
    ]


def test_labels_of_very_many_columns_do_not_keep_a_file_from_being_read() -> None:
    columns = [statistics._Column(str(j), np.ones(1), description="x" * 200) for j in range(6000)]
    told = statistics._meanings([(column, True) for column in columns])
    n = statistics._MOST_LETTERS // 200
    assert told["descriptions"] == ["x" * 200] * n + [""] * (6000 - n)
    assert 6 * statistics._MOST_LETTERS < frames.LONGEST_WORD / 2  # a letter may take six bytes


@pytest.mark.parametrize(
    ("label", "is_none"),
    [
        ("Refused", True),
        ("Don't know", True),
        ("N/A", True),
        ("no answer", True),
        ("keine Angabe", True),
        ("Sans réponse", True),
        ("무응답", True),
        ("none", False),
        ("not at all", False),
        ("very good", False),
        ("Canada", False),
        ("no", False),
    ],
)
def test_which_labels_say_that_there_is_no_value(label: str, is_none: bool) -> None:
    assert means_no_value(label) == is_none
    assert maybe_missing([1.0, 2.0, 3.0], [("2", label)]) == ((("2", label),) if is_none else ())


def test_a_value_apart_is_asked_about_whatever_it_is_called() -> None:
    def asked(values: list[float], label: str = "other") -> list[str]:
        pairs = [(f"{value:.0f}", label) for value in values if value in (-1, 6, 9, 99)]
        return [text for text, _ in maybe_missing(values, pairs)]

    assert asked([1, 2, 3, 99]) == ["99"] and asked([-1, 0, 1, 2]) == ["-1"]
    assert asked([1, 2, 3, 6]) == []  # no sign that anybody uses for it
    assert asked([97, 98, 99]) == []  # the next step: “99 or more”
    assert asked([-3, -1, 0, 2]) == []
    assert asked([9]) == []


def test_letters_of_stata_are_missing_and_say_why(tmp_path: Path) -> None:
    data = pd.DataFrame({"mood": np.array([1.0, "a", 2.5, "b"], dtype=object), "x": range(4)})
    pyreadstat.write_dta(
        data,
        str(tmp_path / "t.dta"),
        missing_user_values={"mood": ["a", "b"]},
        variable_value_labels={"mood": {"a": "refused"}},
    )
    table = read(tmp_path / "t.dta")
    assert headers(table) == ["mood", "mood (why missing)", "x"]
    assert table.columns[1].cells.to_pylist() == ["", "refused", "", ".b"]
    np.testing.assert_array_equal(table.columns[0].values, [1.0, np.nan, 2.5, np.nan])
    assert noticed(table, "2 cells", "missing", "2 in “mood”")


def test_stata_sas_and_portable_files(tmp_path: Path) -> None:
    data = pd.DataFrame({"ID": [1.0, 2, 5, 7], "X": [0.5, np.nan, 1.25, 3], "T": list("abcd")})
    labels = {"ID": {1: "one", 2: "two", 5: "five", 7: "seven"}}
    pyreadstat.write_dta(data, str(tmp_path / "t.dta"), variable_value_labels=labels)
    pyreadstat.write_xport(data, str(tmp_path / "t.xpt"))
    pyreadstat.write_por(data, str(tmp_path / "t.por"))
    for name in ("t.xpt", "t.por"):
        table = read(tmp_path / name)
        assert rows(table) == [
            ["1", "0.5", "a"],
            ["2", "", "b"],
            ["5", "1.25", "c"],
            ["7", "3", "d"],
        ]
    table = read(tmp_path / "t.dta")
    assert rows(table)[3] == ["seven", "7", "3", "d"]


# -- the process ------------------------------------------------------------------------------


def test_cancelling_ends_the_process_at_once(tmp_path: Path) -> None:
    path = workbook(tmp_path / "t.xlsx", [["a", "b"], *[[i, i] for i in range(2000)]])
    began = time.monotonic()
    with pytest.raises(Stopped):
        read(path, should_stop=lambda: time.monotonic() - began > 0.1)
    assert time.monotonic() - began < 2.0


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("import os; os.abort()", "asked for more memory"),
        (
            "from gmmstudio.table.formats.frames import say; import os, sys\n"
            "say(sys.stdout.buffer, scarce=123456); os.abort()",
            "with its 123.456 rows does not fit in this computer's memory.*sample",
        ),
        ("import os; os._exit(9)", "broke off in the middle"),
        ("import sys; sys.stdout.buffer.write(b'J' + b'\\xff' * 100)", "broke off in the middle"),
        ("import time; time.sleep(60)", "was given up after"),
        (
            "from gmmstudio.table.formats.frames import *; import sys; o = sys.stdout.buffer\n"
            "o.write(HEAD.pack(b'A', 5) + b'hello'); o.flush()",
            "cannot be read",
        ),
    ],
)
def test_whatever_becomes_of_the_process_is_a_sentence(
    code: str, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = workbook(tmp_path / "t.xlsx", [["a", "b"], [1, 2], [3, 5]])
    monkeypatch.setattr(outside, "START", code)
    if "given up" in words:  # the others end by themselves, on a busy machine after a while
        monkeypatch.setattr(outside, "LEAST_SECONDS", 1.0)
    with pytest.raises(TableError, match=words):
        read(path)


# -- more than fits ---------------------------------------------------------------------------


def big_csv(path: Path, n: int = 3000) -> Path:
    lines = [f'{i},{i * i % 97}.5,"a\nb {i}"\n' for i in range(n)]
    path.write_text("A title\n\nid,x,note\n" + "".join(lines), encoding="utf-8")
    return path


def test_a_table_that_does_not_fit_is_offered_as_a_sample(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = big_csv(tmp_path / "t.csv")
    packed = tmp_path / "t.csv.gz"
    packed.write_bytes(gzip.compress(path.read_bytes()))
    whole = rows(read(path))
    monkeypatch.setattr(memory, "free_memory", lambda: 200_000)
    for file in (path, packed):
        with pytest.raises(TooLarge, match="3000 rows") as caught:
            read(file)
        assert caught.value.n_rows == 3000 and 200 < caught.value.fits < 3000
        table = read(file, ReadSettings(sample_rows=500, sample_seed=4))
        assert table.n_rows == 500 and table.sampled_from == 3000
        found = rows(table)
        assert all(row in whole for row in found) and len({row[0] for row in found}) == 500
        order = [int(row[0]) for row in found]
        assert order == sorted(order)
        assert rows(read(file, table.settings)) == found
        assert rows(read(file, ReadSettings(sample_rows=500, sample_seed=5))) != found


def test_a_sample_knows_the_lines_it_came_from(tmp_path: Path) -> None:
    lines = [f"{i},{i / 7}" for i in range(5000)]
    lines[4000] = "4000,oops"
    path = tmp_path / "t.csv"
    path.write_text("id,x\n" + "\n".join(lines), encoding="utf-8")
    table = read(path, ReadSettings(sample_rows=4999, sample_seed=1))
    assert noticed(table, "oops", "line 4002") and table.sampled_from == 5000


def test_the_progress_of_a_sample_is_the_share_of_the_file(tmp_path: Path) -> None:
    path = big_csv(tmp_path / "t.csv")
    blocks, size = blocks_of(path, 1000), path.stat().st_size
    seen: list[float] = []
    sampling.draw(blocks, size, 2, 10, 0, seen.append, lambda: False)
    assert len(seen) > 20 and seen == sorted(seen)
    assert seen[0] < 0.05 and seen[len(seen) // 2 - 1] == 0.5 and seen[-1] == 1.0


def test_every_row_is_as_likely_as_any_other(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("x,y\n" + "".join(f"{i},0.5\n" for i in range(40)), encoding="utf-8")
    times = np.zeros(40)
    for seed in range(200):
        table = read(path, ReadSettings(sample_rows=10, sample_seed=seed))
        times[[int(row[0]) for row in rows(table)]] += 1
    # A count is binomial (200, 1/4): mean 50, standard deviation 6.1.
    assert times.sum() == 2000 and np.abs(times - 50).max() < 4.5 * 6.2


def test_a_sample_of_a_parquet_file(tmp_path: Path) -> None:
    data = pd.DataFrame({"i": np.arange(10_000), "x": np.arange(10_000) / 3})
    data.to_parquet(tmp_path / "t.parquet", row_group_size=1000)
    table = read(tmp_path / "t.parquet", ReadSettings(sample_rows=100))
    assert table.n_rows == 100 and table.sampled_from == 10_000 and same_again(table)
    values = table.column("i").values
    assert values is not None and np.all(np.diff(values) > 0) and values[-1] > 5000


def test_a_sample_of_a_sheet_is_one_of_its_rows(tmp_path: Path) -> None:
    cells = [["a", "b"], *[[i, 2 * i] for i in range(300)]]
    path = workbook(tmp_path / "t.xlsx", [["Measured in May"], *cells])
    table = read(path, ReadSettings(sample_rows=40, sample_seed=3))
    assert table.n_rows == 40 and table.sampled_from == 300 and same_again(table)
    a, b = (column.values for column in table.columns)
    assert np.all(np.diff(a) > 0) and np.array_equal(b, 2 * a)
    other = read(path, ReadSettings(sample_rows=40, sample_seed=4))
    assert not np.array_equal(other.columns[0].values, a)
    whole = read(path, ReadSettings(sample_rows=300))
    assert whole.n_rows == 300 and whole.sampled_from is None


@pytest.mark.parametrize("make", [ods, xls, xlsb])
def test_the_other_three_kinds_of_workbook(make: Callable[[Rows], bytes], tmp_path: Path) -> None:
    cells: Rows = [["a", "b", "한글", "ok"], [1.5, 2.0, "x<&y", True], [0.1, 1e16, None, False]]
    path = tmp_path / f"t.{make.__name__}"
    path.write_bytes(make(cells))
    table = read(path)
    assert headers(table) == ["a", "b", "한글", "ok"] and table.format == make.__name__
    assert rows(table) == [["1.5", "2", "x<&y", "TRUE"], ["0.1", "1e+16", "", "FALSE"]]
    assert not table.notices and sheets(path) == ("S",)


@pytest.mark.parametrize("make", [ods, xls, xlsb])
def test_errors_of_formulas_are_missing_and_counted_in_all_kinds_of_workbook(
    make: Callable[[Rows], bytes], tmp_path: Path
) -> None:
    broken, divided = Error("#N/A"), Error("#DIV/0!")
    cells: Rows = [["a", "b", "c"], [1.5, broken, 2.0], [0.1, 4.0, divided], [2.5, 5.0, True]]
    path = tmp_path / f"t.{make.__name__}"
    path.write_bytes(make(cells))
    table = read(path)
    assert rows(table) == [["1.5", "#N/A", "2"], ["0.1", "4", "#DIV/0!"], ["2.5", "5", "TRUE"]]
    assert [column.n_missing for column in table.columns] == [0, 1, 1]
    assert table.columns[1].kind != "text"
    assert noticed(table, "2 cells of the sheet show an error")


@pytest.mark.parametrize("make", [ods, xls, xlsb])
def test_a_workbook_that_cannot_be_followed_has_no_errors(
    make: Callable[[Rows], bytes], tmp_path: Path
) -> None:
    path, rng = tmp_path / "t", np.random.default_rng(7)
    whole = make([["a", "b"], [1.5, Error("#N/A")], [Error("#DIV/0!"), 2.0]])
    path.write_bytes(whole)
    right = {(2, 2): "#N/A", (3, 1): "#DIV/0!"}
    assert formula_errors(path, make.__name__, 0) == right
    assert formula_errors(path, make.__name__, 1) == {}
    n_used = len(whole.rstrip(b"\0"))
    for _ in range(150):
        data = bytearray(whole)
        for at in rng.integers(0, n_used, 3):
            data[at] = rng.integers(0, 256)
        path.write_bytes(bytes(data[: rng.integers(1, 2 * n_used)]))
        found = formula_errors(path, make.__name__, 0)
        assert all(text.startswith("#") for text in found.values())


def test_repeated_cells_and_rows_of_an_opendocument_sheet_are_counted(tmp_path: Path) -> None:
    def cell(kind: str, shown: str, times: int = 1) -> str:
        mark = f' office:value="{shown}"' if kind == "float" else ""
        mark = ' calcext:value-type="error"' if "#" in shown else mark
        return (
            f'<table:table-cell table:number-columns-repeated="{times}" '
            f'office:value-type="{kind}"{mark}><text:p>{shown}</text:p></table:table-cell>'
        )

    names = "".join(cell("string", name) for name in "abc")
    body = f"<table:table-row>{names}</table:table-row>"
    body += '<table:table-row table:number-rows-repeated="2">'
    body += f"{cell('float', '1')}{cell('string', '#N/A')}{cell('string', '#NV')}</table:table-row>"
    body += f"<table:table-row>{cell('float', '3', 3)}</table:table-row>"
    path = tmp_path / "t.ods"
    path.write_bytes(ods([], body))
    table = read(path)
    assert rows(table) == [["1", "#N/A", "#VALUE!"]] * 2 + [["3"] * 3]  # “#NV” is German
    assert noticed(table, "4 cells of the sheet show an error")
