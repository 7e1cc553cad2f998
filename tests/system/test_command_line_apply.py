"""``gmmstudio apply`` as a user types it; and the forms that ``fit`` and ``apply`` write."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from python_calamine import CalamineWorkbook

from gmmstudio import resources
from gmmstudio.__main__ import main
from gmmstudio.document import Session
from gmmstudio.document.commands import AddFit, OpenTable, RenameCluster
from gmmstudio.fitting import run_to_end
from gmmstudio.mixture.search import search
from gmmstudio.project import write_project
from gmmstudio.table import prepare, read

PENGUINS = resources.path("samples", "penguins.csv")


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8-sig") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def fitted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("fitted")
    words = ("fit", PENGUINS, "--k", "3", "--tries", "2", "--out", folder / "labelled.csv")
    assert main([*map(str, words), "--json", str(folder / "model.json")]) == 0
    return folder


def apply(*words: object) -> int:
    try:
        return main(["apply", *map(str, words)])
    except SystemExit as stop:  # argparse leaves this way
        return int(stop.code or 0)


def test_the_table_of_the_fit_comes_out_the_same(fitted: Path, tmp_path: Path) -> None:
    assert apply(fitted / "model.json", PENGUINS, "--out", tmp_path / "again.csv") == 0
    before, after = rows(fitted / "labelled.csv"), rows(tmp_path / "again.csv")
    assert list(before[0]) == list(after[0])
    exact = ("cluster", "cluster_id", "outlier", "note", *list(rows(PENGUINS)[0]))
    close = [name for name in before[0] if name not in exact]
    for old, new in zip(before, after, strict=True):
        assert {name: new[name] for name in exact} == {name: old[name] for name in exact}
        for name in close:
            assert bool(old[name]) == bool(new[name])
            if old[name]:
                assert float(new[name]) == pytest.approx(float(old[name]), rel=1e-9, abs=1e-12)


def test_new_rows_with_other_names_and_gaps(
    fitted: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    new = tmp_path / "new.csv"
    new.write_text(
        "Bill Length (mm);BILL_DEPTH_MM;flipper_length_mm;tag;mass\n"
        "39,1;18,7;181;=A1;3750\n46,1;13,2;211;b;4500\n99,0;1,5;400;c;1\n40,2;;190;d;3600\n",
        encoding="utf-8",
    )
    out = tmp_path / "out.csv"
    words = (fitted / "model.json", new, "--out", out)
    assert apply(*words) == 2
    said = capsys.readouterr().err
    assert "body_mass_g" in said and "--match" in said and not out.exists()
    assert apply(*words, "--match", "body_mass_g=mass") == 0
    said = capsys.readouterr()
    assert "column mass is taken for body_mass_g" in said.err
    assert "1 cell of text begins like a formula, first '=A1'" in said.err
    assert "3 of 4 rows have a label" in said.out
    assert "1 row is unlike anything" in said.out
    assert out.read_text("utf-8").splitlines()[1].startswith("39,1;18,7;181;=A1;3750;Cluster ")
    found = list(csv.DictReader(out.read_text("utf-8").splitlines(), delimiter=";"))
    assert [bool(row["cluster"]) for row in found] == [True, True, True, False]
    assert found[2]["note"].startswith("less likely than every row")
    assert found[3]["note"] == "missing value in BILL_DEPTH_MM"
    assert apply(*words, "--match", "body_mass_g=mass", "--formulas", "safe") == 0
    assert "formula" not in capsys.readouterr().err
    assert ';"\'=A1";' in out.read_text("utf-8")


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("nowhere.json", PENGUINS, "--out", "o.csv"), "cannot be read"),
        ((PENGUINS, PENGUINS, "--out", "o.csv"), "does not hold a fitted model"),
        (("model.json", "nowhere.csv", "--out", "o.csv"), "nowhere.csv"),
        (("model.json", PENGUINS, "--out", "o.xls"), "not written"),
        (("model.json", PENGUINS, "--out", "o.csv", "--format", "xlsx"), "ends? in .xlsx"),
        (("model.json", PENGUINS, "--out", "o.docx"), "do not expect"),
        (("model.json", PENGUINS, "--out", "o.csv", "--sheet", "A"), "no workbook"),
        (("model.json", PENGUINS, "--out", "o.csv", "--range", "A1:B9"), "no workbook"),
        (("model.json", PENGUINS, "--out", "missing/o.csv"), "folder"),
        (("model.json", PENGUINS, "--out", "model.json"), "is read"),
        (("model.json", PENGUINS, "--out", "o.csv", "--match", "x"), "not a pair"),
        (("model.json", PENGUINS, "--out", "o.csv", "--match", "x=year"), "no column “x”"),
        (
            ("model.json", PENGUINS, "--out", "o.csv", "--match", "body_mass_g=bill_depth_mm"),
            "two columns",
        ),
        (("model.json", PENGUINS, "--out", "o.csv", "--match", "body_mass_g=sex"), "text"),
        (("model.json", PENGUINS, "--out", "o.csv", "--outliers", "percentile:1"), "percentile"),
        (("model.json", PENGUINS), "--out"),
    ],
)
def test_misuse_is_told_in_a_sentence_and_nothing_is_written(
    words: tuple[object, ...],
    why: str,
    fitted: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "model.json").write_bytes((fitted / "model.json").read_bytes())
    monkeypatch.chdir(tmp_path)
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    assert apply(*words) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    assert re.search(why, said.err), said.err
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_workbook_and_parquet_by_their_endings(fitted: Path, tmp_path: Path) -> None:
    expected = rows(fitted / "labelled.csv")
    for name in ("o.xlsx", "o.parquet"):
        assert apply(fitted / "model.json", PENGUINS, "--out", tmp_path / name) == 0
    table = pq.read_table(tmp_path / "o.parquet").to_pylist()
    book = CalamineWorkbook.from_path(str(tmp_path / "o.xlsx")).get_sheet_by_index(0).to_python()
    assert book[0] == list(expected[0]) == list(table[0])
    place = book[0].index("cluster_id")
    ids = [int(row["cluster_id"]) if row["cluster_id"] else None for row in expected]
    assert [row["cluster_id"] for row in table] == ids
    assert [row[place] or None for row in book[1:]] == ids
    density = book[0].index("log_density")
    given = np.array([row[density] or np.nan for row in book[1:]], dtype=float)
    typed = np.array([row["log_density"] or np.nan for row in table], dtype=float)
    np.testing.assert_array_equal(given, typed)


def test_a_model_without_a_line_gives_no_column_of_outliers(
    fitted: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    numbers = json.loads((fitted / "model.json").read_text("utf-8"))
    for name in ("outliers", "lowest_log_density", "clusters"):
        del numbers[name]
    (tmp_path / "old.json").write_text(json.dumps(numbers), encoding="utf-8")
    assert apply(tmp_path / "old.json", PENGUINS, "--out", tmp_path / "o.csv") == 0
    assert "does not say where outliers begin" in capsys.readouterr().err
    assert "outlier" not in rows(tmp_path / "o.csv")[0]
    words = (tmp_path / "old.json", PENGUINS, "--out", tmp_path / "o.csv")
    assert apply(*words, "--outliers", "chi2:0.99") == 0
    assert {row["outlier"] for row in rows(tmp_path / "o.csv")} == {"true", "false", ""}


def test_csv_for_excel_from_fit(tmp_path: Path) -> None:
    out = tmp_path / "o.csv"
    words = ("fit", PENGUINS, "--k", "2", "--tries", "1", "--format", "excel", "--out", out)
    assert main([*map(str, words)]) == 0
    data = out.read_bytes()
    assert data.startswith(b"\xef\xbb\xbfspecies,") and data.count(b"\r\n") == 345


def test_a_project_is_applied(tmp_path: Path) -> None:
    session = Session()
    session.apply(OpenTable(read(PENGUINS)))
    document = session.document
    sample = prepare(document.table, document.preparation)
    spec = document.spec.replace(n_components=3, tries=1)
    found = run_to_end(search(sample.x, spec, units=sample.units))
    session.apply(AddFit(found, document.preparation, spec))
    session.apply(RenameCluster(0, "=large"))
    write_project(tmp_path / "a.gmms", session.document)
    assert apply(tmp_path / "a.gmms", PENGUINS, "--out", tmp_path / "o.csv") == 0
    labels = np.argsort(np.argsort(session.document.record.identities))[found.labels(sample.x)]
    out = rows(tmp_path / "o.csv")
    assert [int(out[row]["cluster_id"]) - 1 for row in sample.rows] == labels.tolist()
    assert "=large" in {row["cluster"] for row in out}
    write_project(tmp_path / "b.gmms", Session().document)
    assert apply(tmp_path / "b.gmms", PENGUINS, "--out", tmp_path / "p.csv") == 2
    assert not (tmp_path / "p.csv").exists()
