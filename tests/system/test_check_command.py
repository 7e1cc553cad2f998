"""``gmmstudio check``: what would be loaded, in words and as JSON, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gmmstudio.__main__ import main

KEYS = {
    *("file", "format", "error", "encoding", "bom", "delimiter", "quote", "escape", "decimal"),
    *("thousands", "skip_rows", "header_rows", "comment", "header", "n_rows", "n_columns"),
    *("sampled_from", "date_order", "mend"),
    *("columns", "notices", "findings"),
}


def check(folder: Path, data: bytes, *options: str) -> tuple[int, dict]:
    (folder / "t.csv").write_bytes(data)
    code = main(["check", str(folder / "t.csv"), "--json", str(folder / "t.json"), *options])
    return code, json.loads((folder / "t.json").read_text(encoding="utf-8"))


def test_a_table_in_words_and_as_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, found = check(tmp_path, "name;x\n가;1,5\n나;2,25\n다\n".encode(), "--cells")
    assert code == 0
    assert set(found) == KEYS | {"rows"}
    assert found["header"] == ["name", "x"]
    assert found["rows"] == [["가", "1,5"], ["나", "2,25"], ["다", ""]]
    assert (found["n_rows"], found["n_columns"]) == (3, 2)
    assert (found["delimiter"], found["decimal"], found["encoding"]) == (";", ",", "utf-8")
    assert [column["type"] for column in found["columns"]] == ["text", "number"]
    assert found["columns"][1] == {
        "name": "x",
        "header": "x",
        "type": "number",
        "missing": 1,
        "distinct": 2,
    }
    assert any(notice["lines"] == [4] and notice["doubt"] for notice in found["notices"])
    said = capsys.readouterr().out
    assert "3 rows, 2 columns" in said
    assert "semicolon" in said
    assert "Look: 1 row has fewer cells" in said


def test_dates_in_doubt_are_chosen_by_an_option(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = b"born;x\n03/04/2020;1.5\n05/06/2020;2.25\n"
    _, found = check(tmp_path, data)
    assert found["date_order"] == ""
    assert [notice["lines"] for notice in found["notices"] if notice["doubt"]] == [[2]]
    assert "--dates dmy (3 April 2020) or --dates mdy (March 4, 2020)" in capsys.readouterr().out
    _, found = check(tmp_path, data, "--dates", "mdy")
    assert found["date_order"] == "mdy"
    assert not any(notice["doubt"] for notice in found["notices"])
    assert "Choose:" not in capsys.readouterr().out


def test_broken_rows_can_be_left_as_they_stand(tmp_path: Path) -> None:
    rows = [f"n{i},2020-03-{i % 28 + 1:02d},{150 + i}.5" for i in range(40)]
    rows[7] = "n7;2020-03-08;157.5"
    data = "\n".join(["name,day,h", *rows, ""]).encode()
    for option, row in (
        ((), ["n7", "2020-03-08", "157.5"]),
        (("--no-mending",), [rows[7], "", ""]),
    ):
        _, found = check(tmp_path, data, "--cells", *option)
        assert found["mend"] is not bool(option)
        assert found["rows"][7] == row
        assert [notice["lines"] for notice in found["notices"] if notice["doubt"]] == [[9]]


def test_names_without_rows_are_said(tmp_path: Path) -> None:
    code, found = check(tmp_path, b"a,b,c\n", "--cells")
    assert (code, found["header"], found["rows"], found["n_rows"]) == (0, ["a", "b", "c"], [], 0)
    assert any(notice["doubt"] for notice in found["notices"])


@pytest.mark.parametrize("data", [b"", b"\n\n", b"a,b\n1,\0\n", b"PK\x03\x04"])
def test_what_cannot_be_loaded(
    data: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, found = check(tmp_path, data)
    sentence = capsys.readouterr().err.strip()
    assert code == 2
    assert found["error"] == sentence
    assert sentence.endswith(".")
    assert "\n" not in sentence
    assert set(found) == KEYS
    assert found["n_rows"] == 0


def test_the_table_itself_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("a\n1\n")
    assert main(["check", str(path), "--json", str(path)]) == 2
    assert main(["check", str(path), "--cells"]) == 2
    assert path.read_text() == "a\n1\n"


def test_the_data_check_is_told_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    values = [round((row * 37 % 41) * 1.3 + 0.5, 1) for row in range(40)]
    lines = [f"{v},{v * 2 + 1:.1f},{row * 17 % 43 + 0.25}" for row, v in enumerate(values)]
    _, found = check(tmp_path, b"a,twice,c\n" + "\n".join(lines).encode())
    (first, *_) = found["findings"]
    assert (first["kind"], first["severity"]) == ("duplicate", "serious")
    assert first["columns"] == ["a", "twice"] and first["rows"] == []
    assert "twice = 2 × a + 1" in first["text"]
    assert f"Data check (serious): {first['text']}" in capsys.readouterr().out
