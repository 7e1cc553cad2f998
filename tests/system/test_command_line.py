"""``gmmstudio fit`` as a user types it."""

from __future__ import annotations

import csv
import errno
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pytest
from scipy.stats import chi2, multivariate_normal

from gmmstudio import resources
from gmmstudio.__main__ import main
from gmmstudio.mixture import fit
from gmmstudio.table import atomic

PENGUINS = resources.path("samples", "penguins.csv")
FAITHFUL = resources.path("samples", "old-faithful.csv")
MEASURES = ("bill_length_mm", "bill_depth_mm", "flipper_length_mm", "body_mass_g")


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def run(*words: object) -> int:
    return main(["fit", *map(str, words)])


def _files(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def refused(capsys: pytest.CaptureFixture[str], folder: Path, *words: object) -> str:
    """The one sentence with which a command is refused; nothing may be left in ``folder``."""
    before = _files(folder)
    try:
        code = run(*words)
    except SystemExit as stop:  # argparse leaves this way
        code = int(stop.code or 0)
    said = capsys.readouterr()
    assert code == 2
    assert said.out == ""
    assert _files(folder) == before
    assert said.err.count("\n") == 1  # nor any note: what is said is why
    assert len(said.err.split()) >= 4
    return said.err


def test_old_faithful_has_three_tied_clusters(tmp_path: Path) -> None:
    """A diagonal K = 5 reaches a higher log-likelihood by collapsing on ties: it may not win."""
    out, numbers = tmp_path / "labelled.csv", tmp_path / "result.json"
    shapes = "spherical,diagonal,tied,full"
    words = ("--k", "1:6", "--shape", shapes, "--scale", "none", "--out", out, "--json", numbers)
    assert run(FAITHFUL, *words) == 0
    result = json.loads(numbers.read_text())
    assert (result["structure"], result["n_components"]) == ("EEE", 3)
    assert result["log_likelihood"] == pytest.approx(-1126.316, abs=0.005)
    assert result["bic"] == pytest.approx(2314.30, abs=0.005)
    assert len(result["sweep"]) == 24
    ranked = [cell["bic"] for cell in result["sweep"] if cell.get("bic") is not None]
    assert min(ranked) == result["bic"]


def test_the_table_comes_back_untouched_with_labels(tmp_path: Path) -> None:
    out, numbers = tmp_path / "labelled.csv", tmp_path / "result.json"
    assert run(PENGUINS, "--k", 3, "--out", out, "--json", numbers) == 0
    before, after = rows(PENGUINS), rows(out)
    assert len(after) == len(before) == 344
    for old, new in zip(before, after, strict=True):
        assert {name: new[name] for name in old} == old
    result = json.loads(numbers.read_text())
    labelled = [row for row in after if row["cluster_id"]]
    assert len(labelled) == result["n_rows"] == 342
    assert all("missing" in row["note"] for row in after if not row["cluster_id"])
    # Every number again, from the parameters in the JSON and SciPy's densities.
    x = np.array([[float(row[name]) for name in MEASURES] for row in labelled])
    joint = np.array(
        [
            np.log(weight) + multivariate_normal(mean, cov).logpdf(x)
            for weight, mean, cov in zip(
                result["weights"], result["means"], result["covariances"], strict=True
            )
        ]
    )
    density = np.logaddexp.reduce(joint)
    assert density.sum() == pytest.approx(result["log_likelihood"], abs=1e-6)
    probability = np.exp(joint - density).T
    given = np.array([[float(row[f"probability_{k}"]) for k in (1, 2, 3)] for row in labelled])
    np.testing.assert_allclose(given, probability, atol=1e-9)
    ids = np.array([int(row["cluster_id"]) for row in labelled])
    np.testing.assert_array_equal(ids, 1 + probability.argmax(axis=1))
    written = np.array([float(row["log_density"]) for row in labelled])
    np.testing.assert_allclose(written, density, atol=1e-9)
    flags = np.array([row["outlier"] == "true" for row in labelled])
    np.testing.assert_array_equal(flags, written < np.quantile(written, 0.05))


def test_starting_labels_fix_the_clusters(tmp_path: Path) -> None:
    out, numbers = tmp_path / "labelled.csv", tmp_path / "result.json"
    words = ("--columns", ",".join(MEASURES), "--start", "labels:species", "--tol", 0)
    assert run(PENGUINS, *words, "--max-iter", 7, "--out", out, "--json", numbers) == 0
    result = json.loads(numbers.read_text())
    assert result["n_components"] == 3
    assert result["n_iterations"] == 7
    complete = [row for row in rows(PENGUINS) if row["body_mass_g"] != "NA"]
    x = np.array([[float(row[name]) for name in MEASURES] for row in complete])
    levels = sorted({row["species"] for row in complete})
    labels = np.array([levels.index(row["species"]) for row in complete])
    direct = fit(x, 3, "VVV", start=labels, tol=0, max_iter=7)
    assert result["log_likelihood"] == pytest.approx(direct.log_likelihood, rel=1e-12)


def test_one_column_is_called_e_or_v(tmp_path: Path) -> None:
    out, numbers = tmp_path / "labelled.csv", tmp_path / "result.json"
    words = ("--columns", "waiting", "--k", "1:3", "--shape", "tied,full,VII")
    assert run(FAITHFUL, *words, "--out", out, "--json", numbers) == 0
    result = json.loads(numbers.read_text())
    assert {cell["structure"] for cell in result["sweep"]} == {"E", "V"}
    assert np.shape(result["covariances"])[1:] == (1, 1)


def test_the_scale_counts_for_distances_only(tmp_path: Path) -> None:
    """Standardised, the spherical shape is another model; its numbers stay in the own units."""
    out, numbers = tmp_path / "labelled.csv", tmp_path / "result.json"
    complete = [row for row in rows(PENGUINS) if row["body_mass_g"] != "NA"]
    x = np.array([[float(row[name]) for name in MEASURES] for row in complete])
    words = (PENGUINS, "--k", 2, "--shape", "spherical", "--start", "random", "--seed", 4)
    for scale, units in (("none", None), ("standard", x.std(axis=0))):
        assert run(*words, "--scale", scale, "--tries", 3, "--out", out, "--json", numbers) == 0
        result = json.loads(numbers.read_text())
        direct = fit(x, 2, "VII", start="random", tries=3, seed=4, units=units)
        assert result["log_likelihood"] == pytest.approx(direct.log_likelihood, rel=1e-10)
        assert result["seed"] == 4


@pytest.mark.parametrize(
    ("rule", "marks"),
    [
        ("chi2:0.9", lambda row: float(row["mahalanobis"]) ** 2 > chi2(4).ppf(0.9)),
        ("density:-16.5", lambda row: float(row["log_density"]) < -16.5),
    ],
)
def test_outliers_by_the_other_rules(
    rule: str, marks: Callable[[dict[str, str]], bool], tmp_path: Path
) -> None:
    out = tmp_path / "labelled.csv"
    assert run(PENGUINS, "--k", 3, "--outliers", rule, "--out", out) == 0
    labelled = [row for row in rows(out) if row["cluster_id"]]
    expected = [marks(row) for row in labelled]
    assert [row["outlier"] == "true" for row in labelled] == expected
    assert 0 < sum(expected) < len(expected)


def test_success_is_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(PENGUINS, "--k", 3, "--out", tmp_path / "labelled.csv") == 0
    said = capsys.readouterr()
    assert said.out.count("\n") == 1
    assert "342" in said.out
    assert "labelled.csv" in said.out


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--k", "0"), "0"),
        (("--k", "3:1"), "3:1"),
        (("--k", "many"), "many"),
        (("--k", "3", "--shape", "fulll"), "full"),
        (("--k", "3", "--columns", "bill_lenght_mm"), "bill_length_mm"),
        (("--k", "3", "--columns", "bill_length_mm,bill_length_mm"), "twice"),
        (("--k", "3", "--columns", "species"), "species"),
        (("--k", "3", "--outliers", "percentile:200"), "200"),
        (("--k", "3", "--outliers", "odd"), "odd"),
        (("--k", "3", "--start", "labels:specie"), "species"),
        (("--k", "4", "--start", "labels:species"), "3"),
        (("--k", "3", "--start", "psychic"), "psychic"),
        (("--k", "3", "--tol", "-1"), "-1"),
        (("--k", "3", "--tries", "0"), "tries"),
        (("--k", "3", "--max-iter", "-5"), "iter"),
        (("--k", "3", "--scale", "huge"), "huge"),
        (("--k", "3", "--frobnicate"), "frobnicate"),
        (("--k", "3", "--columns", ""), "--columns"),
        (("--k", "3", "--columns", "bill_length_mm,"), "--columns"),
        (("--k", "3", "--columns", "bill_length_mm\nno such"), "no such"),
        (("--k", "3", "--columns", f'"{"x" * 200_000}"'), "--columns"),
        (("--k", "3", "--shape", ""), "--shape"),
        (("--k", "3:"), "3:"),
        (("--k", "3", "--seed", "-1"), "seed"),
        (("--k", "3", "--seed", "1.5"), "1.5"),
        ((), "--k"),
    ],
)
def test_bad_options_are_refused_in_a_sentence(
    words: tuple[str, ...], says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert says in refused(capsys, tmp_path, PENGUINS, *words, "--out", tmp_path / "out.csv")


@pytest.mark.parametrize(
    ("content", "k", "columns"),
    [
        (b"", "2", None),
        (b"a,b\n", "2", None),
        (b"a,b\n1.5,2.5\n", "2", None),
        (b"name,town\nKim,Seoul\nLee,Busan\n", "2", None),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "2", None),
        (b"a,b\n1,\xff\xfe\x00\x81\n2,3\n", "2", None),
        (b"a,b\n1.5,7\n2.5,7\n3.25,7\n", "1", "a,b"),
        (b"a,b\n1.5,2\n1.5,2\n2.5,3.5\n1.5,2\n", "3", "a,b"),
        (b"a,b\nNaN,1\n2,inf\n", "1", "a,b"),
        (b"a,b,c\n1.5,2.5,3\n2.5,1,9.5\n", "2", "a,b,c"),
    ],
    ids=[
        *("empty", "header-only", "one-row", "text-only", "binary", "wrong-encoding"),
        *("constant", "k-above-distinct", "all-missing", "d-above-n"),
    ],
)
def test_bad_tables_are_refused_in_a_sentence(
    content: bytes,
    k: str,
    columns: str | None,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    source = tmp_path / "table.csv"
    source.write_bytes(content)
    words = ["--k", k, "--out", str(tmp_path / "out.csv"), "--json", str(tmp_path / "out.json")]
    refused(capsys, tmp_path, source, *words, *(["--columns", columns] if columns else []))


def test_a_missing_file_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = refused(capsys, tmp_path, tmp_path / "gone.csv", "--k", 2, "--out", tmp_path / "o.csv")
    assert "gone.csv" in said


def test_outputs_that_cannot_be_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = tmp_path / "table.csv"
    source.write_bytes(FAITHFUL.read_bytes())
    out = tmp_path / "out.csv"
    refused(capsys, tmp_path, source, "--k", 2, "--out", source)
    refused(capsys, tmp_path, source, "--k", 2, "--out", tmp_path / "no" / "out.csv")
    refused(capsys, tmp_path, source, "--k", 2, "--out", tmp_path)
    refused(capsys, tmp_path, source, "--k", 2, "--out", out, "--json", out)
    refused(capsys, tmp_path, source, "--k", 2, "--out", out, "--json", tmp_path / "no" / "r.json")


def test_a_constant_column_is_left_out_with_a_note(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source, numbers = tmp_path / "table.csv", tmp_path / "result.json"
    lines = FAITHFUL.read_text().splitlines()
    source.write_text("\n".join([lines[0] + ",site", *(line + ",7" for line in lines[1:])]))
    words = ("--k", 2, "--out", tmp_path / "out.csv", "--json", numbers)
    assert run(source, *words) == 0
    said = capsys.readouterr()
    assert "site" in said.err + said.out
    assert json.loads(numbers.read_text())["n_columns"] == 2


def test_labels_are_as_many_as_the_values_there_are(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A word for a missing value is no label, and spaces make no other."""
    source, numbers = tmp_path / "table.csv", tmp_path / "result.json"
    lines = FAITHFUL.read_text().splitlines()
    groups = ["group", *(("a", "b", " a ")[i % 3] for i in range(len(lines) - 1))]
    source.write_text("\n".join(map(",".join, zip(lines, groups, strict=True))))
    words = (source, "--start", "labels:group", "--out", tmp_path / "out.csv", "--json", numbers)
    assert run(*words) == 0
    assert json.loads(numbers.read_text())["n_components"] == 2
    capsys.readouterr()
    source.write_text(source.read_text().replace(", a ", ",NA"))
    assert "no value in 90 of the 272 rows" in refused(capsys, tmp_path, *words)


def test_a_table_is_not_overwritten_by_a_detour(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source, link, out = tmp_path / "table.csv", tmp_path / "link.csv", tmp_path / "out.csv"
    source.write_bytes(FAITHFUL.read_bytes())
    link.symlink_to(source)
    (tmp_path / "again").symlink_to(tmp_path, target_is_directory=True)
    outs = (tmp_path / "again" / "table.csv", link)
    for path in outs:
        for words in (("--out", path), ("--out", out, "--json", path)):
            assert "table" in refused(capsys, tmp_path, source, "--k", 2, *words)
    same = ("--out", out, "--json", tmp_path / "again" / "out.csv")
    assert "same file" in refused(capsys, tmp_path, source, "--k", 2, *same)


def test_numbers_that_do_not_fit_on_the_disk_leave_no_table(tmp_path: Path) -> None:
    """The JSON is the larger file here: the table alone would still have fitted."""
    resource = pytest.importorskip("resource")
    rng = np.random.default_rng(0)
    source, folder = tmp_path / "table.csv", tmp_path / "results"
    folder.mkdir()
    x = np.round(rng.normal(size=(12, 8)) + 9.0 * (np.arange(12)[:, None] % 2), 2)
    source.write_text("\n".join([",".join("abcdefgh"), *(",".join(map(str, row)) for row in x)]))
    out, numbers = folder / "out.csv", folder / "result.json"
    words = [sys.executable, "-m", "gmmstudio", "fit", source, "--k", "2", "--shape", "diagonal"]
    words += ["--out", out, "--json", numbers]
    free = subprocess.run(words, capture_output=True, text=True)
    assert free.returncode == 0, free.stderr
    between = (out.stat().st_size + numbers.stat().st_size) // 2
    assert out.stat().st_size < between < 8192
    for path in folder.iterdir():
        path.unlink()
    limited = subprocess.run(
        words,
        capture_output=True,
        text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (between, between)),
    )
    assert limited.returncode == 2
    assert "full" in limited.stderr
    assert limited.stdout == ""
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("at", ["out.csv", "result.json"])
def test_a_folder_that_may_not_be_written_stays_as_it_is(
    at: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    closed, create = tmp_path / "closed", atomic._create
    closed.mkdir()

    def may_not(temporary: Path) -> BinaryIO:  # to root nothing is closed
        if temporary.parent == closed:
            raise PermissionError(errno.EACCES, "Permission denied")
        return create(temporary)

    monkeypatch.setattr(atomic, "_create", may_not)
    paths = {name: tmp_path / name for name in ("out.csv", "result.json")} | {at: closed / at}
    words = ("--k", 2, "--out", paths["out.csv"], "--json", paths["result.json"])
    said = refused(capsys, tmp_path, FAITHFUL, *words)
    assert "protected" in said
    assert list(closed.iterdir()) == []


def test_without_a_sensible_column_it_says_which_there_are(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = tmp_path / "table.csv"
    source.write_text("\n".join(["row,site", *(f"{i},7" for i in range(1, 30))]))
    said = refused(capsys, tmp_path, source, "--k", 2, "--out", tmp_path / "out.csv")
    assert "--columns" in said
    assert "row: row numbers" in said


def test_names_the_terminal_cannot_show_do_not_stop_it(tmp_path: Path) -> None:
    source = tmp_path / "펭귄.csv"
    source.write_bytes(FAITHFUL.read_bytes())
    done = subprocess.run(
        [sys.executable, "-m", "gmmstudio", "fit", source, "--k", "1", "--out", tmp_path / "o.csv"],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
    )
    assert done.returncode == 0, done.stderr
    assert "\\ud3ad" in done.stdout


def test_it_runs_as_a_module_and_says_its_version() -> None:
    words = [sys.executable, "-m", "gmmstudio", "--version"]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("GMM Studio 0.")
