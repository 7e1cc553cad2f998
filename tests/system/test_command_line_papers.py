"""``gmmstudio fit --report --script``: what is written for people."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
from pathlib import Path

import pytest

from gmmstudio import resources
from gmmstudio.__main__ import main

FAITHFUL = resources.path("samples", "old-faithful.csv")


def fit(tmp_path: Path, *words: object) -> int:
    out = tmp_path / "labelled.csv"
    return main(["fit", str(FAITHFUL), "--out", str(out), *map(str, words)])


def test_the_report_tells_of_the_search_and_of_the_same_labels(tmp_path, capsys) -> None:
    page = tmp_path / "report.html"
    assert fit(tmp_path, "--k", "1:3", "--shape", "full,tied", "--report", page) == 0
    text = page.read_text(encoding="utf-8")
    with (tmp_path / "labelled.csv").open(newline="", encoding="utf-8") as file:
        labels = [row["cluster"] for row in csv.DictReader(file)]
    for name in set(labels):
        assert f">{labels.count(name)}</td>" in text
    assert 'id="why-table-1"' in text and 'id="figure-models"' in text
    assert len(capsys.readouterr().out.splitlines()) == 1


def test_the_scripts_are_beside_the_labels_and_run(tmp_path, capsys) -> None:
    python, r = tmp_path / "again.py", tmp_path / "again.R"
    assert fit(tmp_path, "--k", 2, "--shape", "tied", "--script", r) == 0
    assert fit(tmp_path, "--k", 2, "--shape", "tied", "--script", python) == 0
    assert 'modelName = "EEE"' in r.read_text(encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    done = subprocess.run([sys.executable, python], capture_output=True, env=environment)
    assert done.returncode == 0, done.stderr
    assert b"labels: the same in every row" in done.stdout


def test_what_r_cannot_read_is_written_beside_the_script(tmp_path, capsys) -> None:
    book, out = tmp_path / "book.xlsx", tmp_path / "labelled.csv"
    assert main(["fit", str(FAITHFUL), "--k", "2", "--out", str(book)]) == 0
    words = ("--columns", "eruptions,waiting", "--k", "2", "--out", str(out))
    r, data = tmp_path / "again.R", tmp_path / "again-data.csv"
    assert main(["fit", str(book), *words, "--script", str(r)]) == 0
    assert "again.R reads again-data.csv beside it" in capsys.readouterr().err
    assert '"again-data.csv"' in r.read_text(encoding="utf-8") and data.exists()
    assert main(["fit", str(book), *words[:-1], str(data), "--script", str(r)]) == 2
    assert "name the same file" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--report", "report.pdf"), "does not end in .html"),
        (("--report", "labelled.csv"), "name the same file"),
        (("--report", "nowhere/report.html"), "does not exist"),
        (("--script", "script.txt"), "ends in neither .py nor .R"),
        (("--script", "labelled.csv"), "name the same file"),
    ],
)
def test_what_cannot_be_written_is_said_before_the_work(tmp_path, capsys, words, said) -> None:
    option, name = words
    assert fit(tmp_path, "--k", 2, option, tmp_path / name) == 2
    assert said in capsys.readouterr().err
    assert not list(tmp_path.iterdir())
