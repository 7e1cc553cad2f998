"""The whole job through the real window."""

from __future__ import annotations

import csv

from PySide6.QtGui import QImage

from gmmstudio.app import run_demo
from gmmstudio.table.sample_tables import sample
from gmmstudio.ui import theme


def test_demo_writes_a_table_and_two_pictures(qapp, tmp_path) -> None:
    folder = tmp_path / "new" / "folder"
    try:
        assert run_demo(folder) == 0
    finally:
        theme.choose("system")
    assert sorted(path.name for path in folder.iterdir()) == [
        "penguins-labelled.csv",
        "window-dark.png",
        "window-light.png",
    ]
    for look in ("light", "dark"):
        picture = QImage(str(folder / f"window-{look}.png"))
        assert (picture.width(), picture.height()) == (1440, 900)
    with sample("penguins").path.open(encoding="utf-8", newline="") as file:
        before = list(csv.reader(file))
    with (folder / "penguins-labelled.csv").open(encoding="utf-8", newline="") as file:
        after = list(csv.reader(file))
    assert [row[: len(before[0])] for row in after] == before


def test_demo_that_cannot_write_says_so(qapp, tmp_path, capsys) -> None:
    (tmp_path / "file").write_text("")
    assert run_demo(tmp_path / "file" / "folder") == 1
    assert "demo failed" in capsys.readouterr().err
