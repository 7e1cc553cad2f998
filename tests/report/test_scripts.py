"""The scripts find the same labels and the same log-likelihood, in processes of their own."""

from __future__ import annotations

import ast
import datetime
import gzip
import os
import re
import subprocess
import sys
import zipfile
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
from gmmstudio.report.script import SCIKIT_LEARN, data_csv, data_path, reads_source, script
from gmmstudio.table import Preparation, Table, prepare, read, read_text, sample
from gmmstudio.table.settings import ReadSettings
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
        "prior-weighted": document_of(hard, weighted, 3, "VVI", prior=True),
        "prior-relative": document_of(
            hard, replace(weighted, weights_as="relative"), 3, "EEE", prior=True
        ),
        "centres": document_of(faithful, Preparation(columns=(0, 1)), 2, "EEE",
                               start=np.array([[2.0, 55.0], [4.3, 80.0]])),
    }  # fmt: skip


GROUPS = 'first,"the, second",third,side,times'


def groups(n: int = 160) -> list[list[str]]:
    """Return rows of three groups: three numbers, a text and a count."""
    rng = np.random.default_rng(9)
    rows = []
    for row in range(n):
        a, b, c = (4.0 * (row % 3) + rng.normal(0, 1, 3) + 1000).round(3)
        side = ("l\u00e4nks", "r\u00e9chts")[row % 2]
        rows.append([f"{a}", f"{b}", f"{c}", side, f"{row % 4 + 1}"])
    rows[8][0] = rows[30][2] = ""
    return rows


def as_workbook(path: Path, rows: list[list[str]]) -> None:
    import xlsxwriter

    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("Daten")
        for i, row in enumerate([["A title", "", "", "", ""], ["a", "b", "c", "d", "e"], *rows]):
            for j, cell in enumerate(row):
                number = i > 1 and j != 3 and cell
                sheet.write(i, j, float(cell) if number else cell)


def as_parquet(path: Path, rows: list[list[str]]) -> None:
    import pyarrow as pa
    from pyarrow import parquet

    columns = list(zip(*rows, strict=True))
    arrays = [pa.array([float(c) if c else None for c in columns[j]]) for j in (0, 1, 2)]
    arrays += [pa.array(columns[3]), pa.array([int(c) for c in columns[4]])]
    parquet.write_table(pa.table(arrays, names=["a", "b", "c", "d", "e"]), path)


def as_spss(path: Path, rows: list[list[str]]) -> None:
    import pandas as pd
    import pyreadstat

    frame = pd.DataFrame(rows, columns=["a", "b", "c", "d", "e"])
    for name in "abce":
        frame[name] = pd.to_numeric(frame[name].replace("", None))
    labels = {"e": {1.0: "seldom", 4.0: "always"}}
    pyreadstat.write_sav(frame, str(path), variable_value_labels=labels)


def tables_of_every_kind(folder: Path) -> dict[str, Table]:
    """Tables that scripts read in all the ways there are."""
    rows = groups()
    lines = [GROUPS, *(",".join(row) for row in rows)]
    plain = "\n".join(lines) + "\n"
    as_workbook(folder / "book.xlsx", rows)
    as_parquet(folder / "columns.parquet", rows)
    with zipfile.ZipFile(folder / "packed.zip", "w") as pack:
        pack.writestr("inside.csv", plain)
    with gzip.open(folder / "packed.csv.gz", "wb") as pack:
        pack.write(plain.encode())
    german = "\r\n".join(["Titel", "", *(
        ";".join(f"{float(c):,.3f}".translate(str.maketrans(",.", ".,")) if j < 3 and c else c
                 for j, c in enumerate(row)) for row in [GROUPS.replace('"the, second"', "second")
                 .split(","), *rows][1:])])  # fmt: skip
    german = german.replace("Titel\r\n\r\n", "Titel\r\n\r\nfirst;second;third;side;times\r\n")
    (folder / "german.csv").write_bytes(german.encode("utf-16"))
    broken = [*lines[:20], lines[20] + ",", *lines[21:60], "# a remark", *lines[60:]]
    (folder / "broken.csv").write_text("\n".join(broken) + "\n", encoding="utf-8")
    (folder / "large.csv").write_text(plain, encoding="utf-8")
    as_spss(folder / "survey.sav", rows)
    asked = {
        "large.csv": ReadSettings(sample_rows=120, sample_seed=3),
        "broken.csv": ReadSettings(comment="#"),
    }
    names = ("book.xlsx", "columns.parquet", "packed.zip", "packed.csv.gz", "german.csv",
             "broken.csv", "large.csv", "survey.sav")  # fmt: skip
    found = {name: read(folder / name, asked.get(name, ReadSettings())) for name in names}
    return found | {"pasted": read_text(plain, "pasted/table")}


@pytest.fixture(scope="module")
def of_every_kind(tmp_path_factory):
    """A fit of each, with rows left out, filled cells, a log, weights and some of the columns."""
    tables = tables_of_every_kind(tmp_path_factory.mktemp("tables"))
    preparation = Preparation(
        (0, 2), "standard", frozenset({3, 50, 51}), weights=4, missing="median", log=(2,)
    )
    return {name: document_of(t, preparation, 3, "VVV") for name, t in tables.items()}


def write(document, folder: Path, name: str, language: str) -> Path:
    path = folder / f"{name}.{language}"
    assignment = assign(document.table, document.record)
    text = script(document, assignment, language, made=DAY, path=path)
    path.write_text(text, encoding="utf-8")
    if not reads_source(document.table, language):
        data_path(path).write_bytes(data_csv(document.table))
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


def test_the_python_scripts_do(documents, of_every_kind, tmp_path: Path):
    documents = documents | of_every_kind
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
def test_the_r_scripts_do(documents, of_every_kind, tmp_path: Path):
    documents = documents | of_every_kind
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
        check(name, said, document, 1 if name == "prior-relative" else 2)


@pytest.mark.skipif(mclust.version() is None, reason="there is no Rscript with mclust")
def test_r_refuses_a_table_that_is_another(documents, tmp_path: Path):
    path = write(documents["one-column"], tmp_path, "other", "R")
    other = tmp_path / "other.csv"
    text = documents["one-column"].table.path.read_text()
    other.write_text(text.replace("79", "78", 1))
    done = subprocess.run([str(mclust.rscript()), str(path), str(other)], capture_output=True)
    assert done.returncode != 0 and b"reads other numbers" in done.stderr


def test_a_script_says_which_data_it_needs(of_every_kind, tmp_path: Path):
    reads = {name for name, d in of_every_kind.items() if reads_source(d.table, "R")}
    assert reads == {"packed.csv.gz", "german.csv"}
    for name, document in of_every_kind.items():
        for language in ("py", "R"):
            text = write(document, tmp_path, "clusters", language).read_text(encoding="utf-8")
            own = reads_source(document.table, language)
            assert ("clusters-data.csv" in text) == (not own)
            assert ("File, Script" in text) == (not own), name


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
