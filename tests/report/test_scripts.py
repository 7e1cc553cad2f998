"""The scripts find the same labels and the same log-likelihood, in processes of their own."""

from __future__ import annotations

import ast
import datetime
import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gmmstudio.document import Session, assign
from gmmstudio.document.commands import AddFit, OpenTable, RenameCluster
from gmmstudio.fitting import run_to_end
from gmmstudio.mixture.search import search
from gmmstudio.report import literals
from gmmstudio.report.script import SCIKIT_LEARN, script
from gmmstudio.table import Preparation, prepare, read, read_text, sample
from tests.benchmarks import mclust

DAY = datetime.date(2026, 3, 9)
ROOT = Path(__file__).parents[2]
HARD = "quo\"ted 'both' \\back", "이름 한글", "new\nline", "#{{ hash }}", "weight"

RUN_ALL = """
import runpy, sys
for path in sys.argv[1:]:
    print("@", path)
    sys.argv = [path]
    try:
        runpy.run_path(path, run_name="__main__")
    except SystemExit as stop:
        print("exit", stop.code)
"""


def hard_table(folder: Path):
    """Koreans' own encoding, semicolons, decimal commas, names of every kind, gaps and weights."""
    rng = np.random.default_rng(5)
    lines = [";".join('"' + name.replace('"', '""') + '"' for name in HARD)]
    for row in range(150):
        a, b, c, d = (4.0 * (row % 3) + rng.normal(0, 1, 4)).round(3)
        cells = [f"{a}", f"{b}", f"{abs(c) + 0.5:.3f}", f"{d}", f"{row % 4 + 1}"]
        if row % 20 == 7:
            cells[row % 3] = "NA"
        lines.append(";".join(cell.replace(".", ",") for cell in cells))
    path = folder / "표 '하나'.csv"
    path.write_bytes(("\r\n".join(lines) + "\r\n").encode("cp949"))
    return read(path)


def document_of(table, preparation: Preparation, k: int, structure: str, **asked):
    session = Session()
    session.apply(OpenTable(table))
    rows = prepare(table, preparation)
    spec = session.document.spec.replace(n_components=k, structure=structure, tries=3, **asked)
    fit = run_to_end(search(rows.x, spec, weights=rows.weights, units=rows.units))
    session.apply(AddFit(fit, preparation, spec))
    session.apply(RenameCluster(0, 'a "b" \\ 다'))
    return session.document


@pytest.fixture(scope="module")
def documents(tmp_path_factory):
    """Fits of every kind that a script must do again."""
    penguins = read(sample("penguins").path)
    faithful = read(sample("old-faithful").path)
    hard = hard_table(tmp_path_factory.mktemp("표 폴더"))
    four = penguins.default_columns()
    full = Preparation(columns=four, scale="standard", excluded=frozenset({0, 1, 2, 9}))
    weighted = Preparation(columns=(0, 1, 3), weights=4)
    return {
        "full": document_of(penguins, full, 3, "VVV"),
        "tied": document_of(penguins, Preparation(columns=four), 3, "EEE"),
        "diagonal": document_of(penguins, Preparation(columns=four), 2, "VVI"),
        "spherical": document_of(penguins, replace(full, excluded=frozenset()), 3, "VII"),
        "one-column": document_of(faithful, Preparation(columns=(1,)), 2, "V"),
        "scaled": document_of(hard, Preparation(columns=(0, 1, 3), scale="robust"), 3, "VEI"),
        "weighted": document_of(hard, weighted, 3, "VVV"),
        "filled": document_of(hard, Preparation((0, 1, 2), missing="median", log=(2,)), 3, "EEE"),
        "prior": document_of(hard, Preparation(columns=(0, 1)), 3, "VVV", prior=True),
        "centres": document_of(faithful, Preparation(columns=(0, 1)), 2, "EEE",
                               start=np.array([[2.0, 55.0], [4.3, 80.0]])),
    }  # fmt: skip


def write(document, folder: Path, name: str, language: str) -> Path:
    path = folder / f"{name}.{language}"
    assignment = assign(document.table, document.record)
    text = script(document, assignment, language, made=DAY, folder=folder)
    path.write_text(text, encoding="utf-8")
    return path


def check(name: str, said: str, document, n_ways: int) -> None:
    """Read what a script printed: everything the same, in so many ways."""
    n = len(assign(document.table, document.record).labels)
    assert "labels: the same in every row" in said, (name, said)
    differences = [float(d) for d in re.findall(r"difference (\S+)", said)]
    assert len(differences) == n_ways, (name, said)
    size = abs(document.record.fit.log_likelihood)
    assert abs(differences[0]) <= 1e-10 * size, (name, said)
    assert max(map(abs, differences)) <= 1e-5 * size, (name, said)
    same = [(int(a), int(b)) for a, b in re.findall(r"labels: (\d+) of (\d+) the same", said)]
    assert len(same) == n_ways - 1
    assert all(b == n and a >= 0.99 * n for a, b in same), (name, said)


def test_the_python_scripts_do(documents, tmp_path: Path):
    paths = {name: write(d, tmp_path, name, "py") for name, d in documents.items()}
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"}
    command = [sys.executable, "-W", "error", "-c", RUN_ALL, *map(str, paths.values())]
    done = subprocess.run(command, capture_output=True, env=environment, check=False)
    assert done.returncode == 0, done.stderr.decode()
    parts = done.stdout.decode().split("@ ")[1:]
    assert len(parts) == len(documents)
    for (name, document), said in zip(documents.items(), parts, strict=True):
        fit = document.record.fit
        by_sklearn = fit.structure in SCIKIT_LEARN and not fit.spec.prior
        check(name, said, document, 4 if by_sklearn else 3)
        assert said.rstrip().endswith("exit 0")


@pytest.mark.skipif(mclust.version() is None, reason="there is no Rscript with mclust")
def test_the_r_scripts_do(documents, tmp_path: Path):
    folder = tmp_path / "the folder"  # whose space Rscript writes in a way of its own
    folder.mkdir()
    for name, document in documents.items():
        # Cells and names need no locale that knows them; only the name of the file does.
        plain = str(document.table.path).isascii()
        environment = {**os.environ, "LC_ALL": "C" if plain else "C.UTF-8"}
        path = write(document, folder, name, "R")
        command = [str(mclust.rscript()), str(path)]
        done = subprocess.run(command, capture_output=True, env=environment, check=False)
        said = done.stdout.decode("utf-8", "replace")
        assert done.returncode == 0, (name, said, done.stderr.decode("utf-8", "replace"))
        check(name, said, document, 2)


@pytest.mark.skipif(mclust.version() is None, reason="there is no Rscript with mclust")
def test_r_refuses_a_table_that_is_another(documents, tmp_path: Path):
    path = write(documents["one-column"], tmp_path, "other", "R")
    other = tmp_path / "other.csv"
    text = documents["one-column"].table.path.read_text()
    other.write_text(text.replace("79", "78", 1))
    done = subprocess.run([str(mclust.rscript()), str(path), str(other)], capture_output=True)
    assert done.returncode != 0 and b"reads other numbers" in done.stderr


def test_a_table_from_the_clipboard_is_asked_for_as_csv(tmp_path: Path):
    table = read_text("a,b\n" + "".join(f"{i % 7},{i * i % 11}\n" for i in range(40)), "my/table")
    document = document_of(table, Preparation(columns=(0, 1)), 2, "VII")
    for language in ("py", "R"):
        text = write(document, tmp_path, "pasted", language).read_text(encoding="utf-8")
        assert "my-table-labelled.csv" in text and "export it as CSV" in text


@given(st.text(max_size=60))
def test_any_text_is_one_string_in_python(text: str):
    written = literals.python(text)
    assert ast.literal_eval(written) == text
    assert "\n" not in written
    assert "\n" not in literals.comment(text) and '"""' not in literals.comment(text)


@given(st.text(max_size=60))
def test_any_text_is_one_string_in_r(text: str):
    written = literals.r(text)
    assert written.isascii() and written.isprintable()
    inside = re.sub(r'\\(?:[\\"nrt]|ufffd|u\{[0-9a-f]{4}\}|U\{[0-9a-f]{8}\})', "", written[1:-1])
    assert written[0] == written[-1] == '"' and '"' not in inside and "\\" not in inside


@given(st.lists(st.floats(allow_nan=False), min_size=1, max_size=30))
def test_numbers_keep_every_bit(values: list[float]):
    array = np.array(values)
    code = literals.python_rows(array)
    assert max(map(len, code.splitlines())) <= 100
    read_back = eval(code, {"np": np, "float": float})
    assert np.array_equal(read_back, array)


@given(st.sets(st.integers(1, 60), min_size=1))
def test_runs_of_rows_are_written_as_ranges(rows: set[int]):
    written = literals.r_whole_numbers(sorted(rows))
    found = re.findall(r"(\d+):(\d+)|(\d+)", written)
    back = [n for a, b, c in found for n in (range(int(a), int(b) + 1) if a else [int(c)])]
    assert back == sorted(rows)
