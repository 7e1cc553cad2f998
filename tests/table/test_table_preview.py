"""The preview shows what reading the file gives, and takes no time however long the file is."""

from __future__ import annotations

import gzip
import time
from pathlib import Path

import pytest
from table_helpers import headers, kinds, rows, write

from gmmstudio.table import ReadSettings, TableError, preview, read, sample

BIG = "day;x;y;name\n" + "".join(
    f"2020-01-{1 + i % 28:02d};{i % 97},5;{i % 11}{i % 7};name {i}\n" for i in range(60_000)
)


def test_the_preview_is_the_beginning_of_the_table() -> None:
    path = sample("penguins").path
    shown, table = preview(path), read(path)
    assert shown.header == headers(table)
    assert shown.rows == rows(table)[:200]
    assert shown.types == tuple(kinds(table))
    assert shown.settings == table.settings
    assert not shown.complete


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le", "cp949"])
def test_a_long_file_is_previewed_at_once(encoding: str, tmp_path: Path) -> None:
    path = write(tmp_path, BIG.replace("name ", "이름 ").encode(encoding))
    preview(path)
    times = []
    for _ in range(5):
        start = time.thread_time()
        shown = preview(path)
        times.append(time.thread_time() - start)
    assert min(times) < 0.05
    assert shown.rows == rows(read(path))[:200]
    assert (shown.settings.delimiter, shown.settings.decimal) == (";", ",")
    assert shown.notices == tuple(n for n in shown.notices if not n.doubt)


def test_choices_hold_in_the_preview(tmp_path: Path) -> None:
    path = write(tmp_path, BIG)
    shown = preview(path, ReadSettings(delimiter=",", header_rows=0), n_rows=7)
    assert len(shown.rows) == 7
    assert shown.rows[1] == ["2020-01-01;0", "5;00;name 0"]


def test_packed_and_pasted(tmp_path: Path) -> None:
    (tmp_path / "t.csv.gz").write_bytes(gzip.compress(BIG.encode()))
    packed, pasted = preview(tmp_path / "t.csv.gz"), preview(BIG.encode())
    assert packed.rows == pasted.rows
    assert not pasted.complete
    assert preview(b"a,b\n1,2\n").complete


def test_what_is_no_table() -> None:
    with pytest.raises(TableError, match="blank lines"):
        preview(b"\n\n")
