"""Workbooks, Parquet and CSV for Excel: read back by libraries that did not write them."""

from __future__ import annotations

import csv
import json
import re
import zipfile
from dataclasses import replace
from math import nan
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook
from table_helpers import labels_for, read_bytes, rows

from gmmstudio.table import (
    Outgoing,
    ReadSettings,
    Stopped,
    TableError,
    read,
    read_text,
    sample,
    write_labelled,
)
from gmmstudio.table.formulas import find_formulas, like_formulas
from gmmstudio.table.new_columns import ALL_NEW, new_cells, new_names
from gmmstudio.table.outgoing import form_for, refusal
from gmmstudio.table.workbook_cells import format_code, literals, written_numbers

NASTY = (
    "name,amount,when,note\n"
    '=SUM(A1:A9),1.50,2020-01-02,"two\nlines"\n'
    '"+HYPERLINK(""http://a.b"")",-3.5,007,http://example.org/x\n'
    "@cmd,12345678901234567890,mailto:a@b.c,_x0041_ and a tab\tend\n"
    "-1+2,0.1,+5,'quoted\n"
    "가나다,1e5,1.5e-10,internal:Sheet2!A1\n"
    "<r><t>x</t></r>,-0.0,1e-320,_x000D_ & <b>\n"
)


def sheet(path: Path) -> list[list[object]]:
    return CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()


def as_text(found: object, text: str) -> str:
    """The text of a cell read back: numbers as the source wrote them, if they are equal."""
    if isinstance(found, float | int) and not isinstance(found, bool):
        return text if float(text) == found else repr(found)
    return str(found)


def test_a_workbook_holds_every_cell_and_no_formula_or_link(tmp_path: Path) -> None:
    table = read_bytes(tmp_path, NASTY)
    path = tmp_path / "out.xlsx"
    write_labelled(path, table, labels_for(table, names=("=A1", "B")), Outgoing("xlsx"))
    head, *found = sheet(path)
    n = len(table.columns)
    assert head[:n] == [column.header for column in table.columns]
    for cells, source in zip(found, rows(table), strict=True):
        assert [as_text(c, t) for c, t in zip(cells[:n], source, strict=True)] == source
    with zipfile.ZipFile(path) as archive:
        body = archive.read("xl/worksheets/sheet1.xml").decode()
        assert ElementTree.fromstring(body).tag.endswith("worksheet")
        assert "<f>" not in body
        assert "<hyperlink" not in body.lower()
        assert not any(
            "hyperlink" in archive.read(name).decode("utf-8", "replace").lower()
            for name in archive.namelist()
            if name.endswith(".rels")
        )


def test_numbers_of_a_workbook_are_the_very_doubles(tmp_path: Path) -> None:
    table = read(sample("penguins").path)
    labels = labels_for(table, np.arange(3, 340))
    write_labelled(tmp_path / "out.xlsx", table, labels, Outgoing("xlsx"))
    head, *found = sheet(tmp_path / "out.xlsx")
    at = head.index("log_density")
    assert [row[at] for row in found[3:340]] == labels.log_density.tolist()
    assert [row[at] for row in found[:3]] == [""] * 3
    k = head.index("probability_1")
    assert [row[k] for row in found[3:340]] == labels.probabilities(0, 337)[:, 0].tolist()
    assert [row[head.index("outlier")] for row in found[3:340]] == labels.outlier.tolist()
    mass = table.column("body_mass_g")
    column = head.index("body_mass_g")
    for row, text in zip(found, mass.cells.to_pylist(), strict=True):
        assert row[column] == (float(text) if text != "NA" else "NA")


@pytest.mark.parametrize(
    ("text", "value", "digits", "shown"),
    [
        ("0", 0.0, "0", ""),
        ("-3", -3.0, "-3", ""),
        (" 2.50", 2.5, "2.50", "0.00"),
        ("2,50", 2.5, "2.50", "0.00"),
        ("123456789012", 123456789012.0, "123456789012", "0"),
        ("1.5e-10", 1.5e-10, "1.5e-10", "0.0E+00"),
        ("1.50E+03", 1500.0, "1.50E+03", "0.00E+00"),
        ("0.1234567890123456", 0.1234567890123456, "0.1234567890123456", ""),
        ("0.12345678901234567891", 0.12345678901234568, "0.12345678901234568", ""),
        ("+1", 1.0, "1", ""),
        (".5", 0.5, "0.5", "0.0"),
        ("1.234", 1234.0, "1234", "#,##0"),
        ("1.234", 1.234, "1.234", "0.000"),
        ("1.234.567", 1234567.0, "1234567", "#,##0"),
        ("-10.216,35", -10216.35, "-10216.35", "#,##0.00"),
        ("10,216.35", 10216.35, "10216.35", "#,##0.00"),
        ("10 216,3", 10216.3, "10216.3", "#,##0.0"),
        ("NA", nan, None, ""),
    ],
)
def test_numbers_are_shown_as_they_were_written(
    text: str, value: float, digits: str | None, shown: str
) -> None:
    pairs = written_numbers(pa.array([text]), np.array([value]))
    found, marks = literals(pairs.field("text"), pairs.field("value"))
    if digits is None:
        assert found.to_pylist() == [None]
        return
    assert float(found[0].as_py()) == value
    assert (found[0].as_py(), format_code(int(marks[0]))) == (digits, shown)


@settings(max_examples=300)
@given(
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from(["{}", "{:.3f}", "{:e}", "{:,.2f}", "{:+g}", "{:.25f}"]),
)
def test_every_double_however_written_is_itself(number: float, form: str) -> None:
    text = form.format(number)
    value = float(text.replace(",", ""))
    pairs = written_numbers(pa.array([text]), np.array([value]))
    found, marks = literals(pairs.field("text"), pairs.field("value"))
    assert float(found[0].as_py()) == value
    assert re.fullmatch(r"-?\d+(\.\d+)?([eE][+-]?\d+)?", found[0].as_py())
    format_code(int(marks[0]))


def test_a_column_of_numbers_is_wholly_of_numbers_in_a_workbook(tmp_path: Path) -> None:
    body = "".join(f"{i},5;{i % 7}.{i % 9}16,35;{i:05d};{i}\n" for i in range(1, 40))
    table = read_bytes(tmp_path, f"a;sum;zip;plus\n{body}99,25;17,10;00040;+40\n")
    write_labelled(tmp_path / "o.xlsx", table, labels_for(table), Outgoing("xlsx"))
    _, *found = sheet(tmp_path / "o.xlsx")
    for j in (0, 1, 3):
        assert [row[j] for row in found] == table.columns[j].values.tolist()  # type: ignore[union-attr]
    assert [row[2] for row in found] == table.columns[2].cells.to_pylist()
    with zipfile.ZipFile(tmp_path / "o.xlsx") as archive:
        assert archive.namelist()[0] == "[Content_Types].xml"  # by which others know the kind
        assert 'formatCode="#,##0.00"' in archive.read("xl/styles.xml").decode()


def test_a_cell_too_long_for_a_workbook_is_refused(tmp_path: Path) -> None:
    table = read_bytes(tmp_path, f"a,b\n{'x' * 32768},1\ny,2\n")
    with pytest.raises(TableError, match=r"32,767.*row 1 of “a”.*CSV or Parquet"):
        write_labelled(tmp_path / "out.xlsx", table, labels_for(table), Outgoing("xlsx"))
    assert not list(tmp_path.glob("*out*")) and not list(tmp_path.glob(".*"))


def test_what_a_sheet_cannot_hold_is_said_before(tmp_path: Path) -> None:
    assert "1,048,575 rows" in refusal("xlsx", 1_048_576, 3)
    assert "16,384 columns" in refusal("xlsx", 5, 16_385)
    assert refusal("xlsx", 1_048_575, 16_384) == refusal("parquet", 9**9, 9**9) == ""


def test_a_workbook_can_be_stopped_at_any_time(tmp_path: Path) -> None:
    table = read(sample("penguins").path)
    asked = 0

    def stop(after: int) -> bool:
        nonlocal asked
        asked += 1
        return asked > after

    write_labelled(
        tmp_path / "out.xlsx",
        table,
        labels_for(table),
        Outgoing("xlsx"),
        should_stop=lambda: stop(10**6),
    )
    whole = (tmp_path / "out.xlsx").read_bytes()
    for after in range(0, asked, 3):
        asked = 0
        with pytest.raises(Stopped):
            write_labelled(
                tmp_path / "out.xlsx",
                table,
                labels_for(table),
                Outgoing("xlsx"),
                should_stop=lambda after=after: stop(after),
            )
        assert (tmp_path / "out.xlsx").read_bytes() == whole
        assert [path.name for path in tmp_path.iterdir()] == ["out.xlsx"]


def test_parquet_has_types_and_exact_numbers(tmp_path: Path) -> None:
    table = read(sample("penguins").path)
    labels = labels_for(table, np.arange(3, 340))
    write_labelled(tmp_path / "out.parquet", table, labels, Outgoing("parquet"))
    found = pq.read_table(tmp_path / "out.parquet")
    assert pq.ParquetFile(tmp_path / "out.parquet").metadata.row_group(0).column(0).compression == (
        "ZSTD"
    )
    types = dict(zip(found.schema.names, found.schema.types, strict=True))
    assert types["species"] == pa.string()
    assert types["bill_length_mm"] == types["log_density"] == pa.float64()
    assert types["body_mass_g"] == types["cluster_id"] == pa.int64()
    assert types["outlier"] == pa.bool_()
    for column in table.columns:
        given = found.column(column.header).to_pylist()
        if column.values is None:
            assert given == column.cells.to_pylist()
        else:
            assert [np.nan if v is None else v for v in given] == pytest.approx(
                column.values.tolist(), nan_ok=True, abs=0, rel=0
            )
    assert found["log_density"].to_pylist()[3:340] == labels.log_density.tolist()
    assert found["note"].to_pylist()[:4] == ["excluded"] * 3 + [None]


def test_parquet_of_odd_names_and_infinite_cells(tmp_path: Path) -> None:
    table = read_text("x,x,\n1,2.0,a\n-inf,3.5,\n1e999,NA,c\n")
    write_labelled(tmp_path / "o.parquet", table, labels_for(table), Outgoing("parquet", ("note",)))
    found = pq.read_table(tmp_path / "o.parquet")
    assert found.schema.names == ["x", "x (2)", "column 3", "note"]
    assert found["x"].to_pylist() == [1.0, -np.inf, np.inf]
    assert found["x (2)"].to_pylist() == [2.0, 3.5, None]
    assert found["column 3"].to_pylist() == ["a", None, "c"]


def test_parquet_keeps_what_a_source_says_of_its_columns(tmp_path: Path) -> None:
    table = read_text("x,y\n1,2\n9,3\n2,4\n")
    x, y = table.columns
    said = replace(x, description="기분이 어때요?", value_labels=(("9", "무응답"),))
    table = replace(table, columns=(said, y))
    write_labelled(tmp_path / "o.parquet", table, labels_for(table), Outgoing("parquet"))
    field, *others = pq.read_schema(tmp_path / "o.parquet")
    assert field.metadata[b"description"].decode() == said.description
    assert json.loads(field.metadata[b"value_labels"]) == {"9": "무응답"}
    assert not any(b"description" in (other.metadata or {}) for other in others)


def test_csv_for_excel(tmp_path: Path) -> None:
    table = read_bytes(tmp_path, "a;b\n1,5;가\n3,5;é\n".encode("utf-16"))
    write_labelled(tmp_path / "o.csv", table, labels_for(table), Outgoing("excel", ("outlier",)))
    data = (tmp_path / "o.csv").read_bytes()
    assert data.startswith("\ufeffa;b;outlier\r\n1,5;가;".encode())
    assert data.count(b"\r\n") == 3 == data.count(b"\n")


def test_only_the_columns_asked_for(tmp_path: Path) -> None:
    table = read_text("x,cluster\n1,2\n3,4\n")
    labels = labels_for(table)
    write_labelled(tmp_path / "o.csv", table, labels, Outgoing(columns=("note", "cluster")))
    assert (tmp_path / "o.csv").read_text().splitlines()[0] == "x,cluster,cluster_2,note"
    for column in ALL_NEW:
        assert len(new_names([], 2, (column,))) == len(new_cells(labels, 0, 2, (column,)))


@pytest.mark.parametrize("cell", ["=1", "+a", "-x", "@a", "\tb", "\rc", "-2+3", "+82-10-1", "-NA"])
def test_text_that_begins_like_a_formula(cell: str) -> None:
    assert like_formulas(pa.array([cell])).to_pylist() == [True]


@pytest.mark.parametrize(
    "cell",
    ["-3.5", "+1", "-.5e-3", "-1.234,5", "-1 000", "-3 %", "-inf", "-", "--", "+", "", "a=b", "- "],
)
def test_numbers_and_lone_signs_are_no_formulas(cell: str) -> None:
    assert like_formulas(pa.array([cell])).to_pylist() == [False]


def test_formulas_are_kept_or_made_safe(tmp_path: Path) -> None:
    table = read_bytes(tmp_path, NASTY)
    found = find_formulas(table, ("=A", "B"))
    assert found is not None
    assert (found.n, found.example, found.where) == (5, "=A", "a cluster's name")
    labels = labels_for(table, names=("=A", "B"))
    for formulas, mark in (("keep", ""), ("safe", "'")):
        for form in ("source", "excel"):
            write_labelled(tmp_path / "o.csv", table, labels, Outgoing(form, formulas=formulas))
            with (tmp_path / "o.csv").open(encoding="utf-8-sig", newline="") as file:
                first, *lines = csv.reader(file)
            assert first[0] == "name"
            assert [line[0] for line in lines] == [
                f"{mark}=SUM(A1:A9)",
                f'{mark}+HYPERLINK("http://a.b")',
                f"{mark}@cmd",
                f"{mark}-1+2",
                "가나다",
                "<r><t>x</t></r>",
            ]
            assert lines[1][1] == "-3.5"
            assert {line[4] for line in lines} <= {f"{mark}=A", "B"}
    assert find_formulas(read_text("x,y\n-1,a\n-2,b\n")) is None


def test_the_name_of_a_file_says_its_form() -> None:
    assert form_for(Path("a.csv")) == form_for(Path("a.dat")) == "source"
    assert form_for(Path("a.XLSX")) == "xlsx"
    assert form_for(Path("a.parquet")) == "parquet"
    assert form_for(Path("a.csv"), "excel") == "excel"
    assert form_for(Path("a.csv.gz")) == form_for(Path("a.zip")) == "source"
    for name, chosen in (
        ("a.xls", None),
        ("a.csv.bz2", None),
        ("a.xlsx.gz", None),
        ("a.csv", "xlsx"),
        ("a.xlsx", "source"),
        ("a.xlsx", "parquet"),
    ):
        with pytest.raises(TableError):
            form_for(Path(name), chosen)


def test_empty_cells_between_spaces_are_not_lost(tmp_path: Path) -> None:
    table = read_bytes(tmp_path, "a  b   c\n1.5 2  3\n2.5 4  5\n3.5 6 7\n")
    write_labelled(tmp_path / "o.txt", table, labels_for(table, np.array([0, 2])))
    again = read(tmp_path / "o.txt")
    assert again.column("note").cells.to_pylist() == ["", "excluded", ""]
    assert [row[:3] for row in rows(again)] == rows(table)


@pytest.mark.parametrize("delimiter", ["^", "]", "-", "\\", "\x1f"])
def test_any_delimiter_can_be_written(tmp_path: Path, delimiter: str) -> None:
    table = read_text("a,b\n1,x^y]z-w\\vu\x1ft\n2,plain\n")
    odd = replace(table, dialect=replace(table.dialect, delimiter=delimiter))
    write_labelled(tmp_path / "o.csv", odd, labels_for(table), Outgoing(columns=("cluster_id",)))
    again = read(tmp_path / "o.csv", settings=ReadSettings(delimiter=delimiter))
    assert [row[:2] for row in rows(again)] == rows(table)


def test_dates_and_flags_of_a_file_with_types_stay_such(tmp_path: Path) -> None:
    from datetime import date, datetime, time

    days = [date(2020, 3, 1), None, date(1969, 7, 20)]
    moments = [datetime(2020, 3, 1, 12, 30, 1, 250_000), datetime(1999, 12, 31, 23, 59), None]
    columns = {
        "day": pa.array(days),
        "when": pa.array(moments, pa.timestamp("us")),
        "clock": pa.array([time(12, 1), None, time(0, 0, 5)], pa.time64("us")),
        "flag": [True, False, None],
        "early": pa.array([date(1899, 1, 1), date(1900, 5, 1), None]),
        "x": [1.5, 2.5, 3.5],
        "zip": ["00137", "01234", "99999"],
    }
    pq.write_table(pa.table(columns), tmp_path / "in.parquet")
    table = read(tmp_path / "in.parquet")
    labels = labels_for(table)
    write_labelled(tmp_path / "o.parquet", table, labels, Outgoing("parquet"))
    again = pq.read_table(tmp_path / "o.parquet")
    for name, column in pa.table(columns).select(list(columns)).to_pydict().items():
        assert again[name].to_pylist() == column, name
    write_labelled(tmp_path / "o.xlsx", table, labels, Outgoing("xlsx"))
    found = [list(row[:7]) for row in sheet(tmp_path / "o.xlsx")[1:]]
    assert found[0] == [
        days[0], moments[0], time(12, 1), True, "1899-01-01", 1.5, "00137",
    ]  # fmt: skip
    assert found[1] == ["", moments[1], "", False, "1900-05-01", 2.5, "01234"]
    assert found[2] == [days[2], "", time(0, 0, 5), "", "", 3.5, "99999"]
    text = read_bytes(tmp_path, "a,b\n2020-01-01,1\n2020-01-02,2\n")
    write_labelled(tmp_path / "o.xlsx", text, labels_for(text), Outgoing("xlsx"))
    assert sheet(tmp_path / "o.xlsx")[1][0] == "2020-01-01"
