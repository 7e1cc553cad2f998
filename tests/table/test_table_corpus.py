"""The files of csv-spectrum, cell by cell."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from table_helpers import headers, labels_for, read_bytes, rows

from gmmstudio.table import read, write_labelled

FOLDER = Path(__file__).parent.parent / "data" / "csv-spectrum"
NAMES = sorted(path.stem for path in FOLDER.glob("*.csv"))


def content(name: str) -> bytes:
    data = (FOLDER / f"{name}.csv").read_bytes()
    return data.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n") if "_crlf" in name else data


def truth(name: str) -> list[dict[str, str]]:
    expected = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    if isinstance(expected, dict):
        expected = [expected | {"Contact Phone Number": "2095257564"}]
    return expected


@pytest.mark.parametrize("name", NAMES)
def test_cells_equal_the_truth(name: str, tmp_path: Path) -> None:
    table = read_bytes(tmp_path, content(name), f"{name}.csv")
    found = [dict(zip(headers(table), row, strict=True)) for row in rows(table)]
    assert found == truth(name)
    assert table.dialect.line_ending == ("\r\n" if "_crlf" in name else "\n")


@pytest.mark.parametrize("name", NAMES)
def test_cells_survive_the_export(name: str, tmp_path: Path) -> None:
    table = read_bytes(tmp_path, content(name), f"{name}.csv")
    write_labelled(tmp_path / "out.csv", table, labels_for(table))
    again = read(tmp_path / "out.csv")
    width = len(table.columns)
    assert headers(again)[:width] == headers(table)
    assert [row[:width] for row in rows(again)] == rows(table)


def test_lost_letters_are_noticed() -> None:
    table = read(FOLDER / "location_coordinates.csv")
    assert any("letters were lost" in notice and "Line 2" in notice for notice in table.notices)
