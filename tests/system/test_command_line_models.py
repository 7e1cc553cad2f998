"""``gmmstudio fit``: shapes, starts, row weights and the prior, asked for and refused."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gmmstudio import resources
from gmmstudio.__main__ import main
from gmmstudio.mixture import fit
from gmmstudio.mixture.structures import ALL, STRUCTURES
from gmmstudio.table import prepare, read
from gmmstudio.table.preparation import Preparation

PENGUINS = resources.path("samples", "penguins.csv")
FAITHFUL = resources.path("samples", "old-faithful.csv")
MEASURES = ("bill_length_mm", "bill_depth_mm", "flipper_length_mm", "body_mass_g")


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def fitted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Any:
    """Run a command that succeeds; return the numbers of its fit and what it said."""

    def run(*words: object) -> tuple[dict[str, Any], str, str]:
        out, numbers = tmp_path / "labelled.csv", tmp_path / "result.json"
        code = main(["fit", *map(str, words), "--out", str(out), "--json", str(numbers)])
        said = capsys.readouterr()
        assert code == 0, said.err
        return json.loads(numbers.read_text()), said.out, said.err

    return run


@pytest.fixture
def refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Any:
    """Run a command that is refused: one sentence, exit code 2, nothing written or changed."""

    def run(*words: object) -> str:
        def files() -> dict[Path, bytes]:
            return {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}

        before = files()
        asked = ["fit", *map(str, words)]
        try:
            code = main([*asked, "--out", str(tmp_path / "o.csv"), "--json", str(tmp_path / "o.j")])
        except SystemExit as stop:
            code = int(stop.code or 0)
        said = capsys.readouterr()
        assert (code, said.out) == (2, "")
        assert said.err.count("\n") == 1
        assert files() == before
        return said.err

    return run


@pytest.fixture
def bins(tmp_path: Path) -> Path:
    """A table with columns of weights, good and bad."""
    rng = np.random.default_rng(1)
    path = tmp_path / "bins.csv"
    with path.open("w", newline="") as file:
        write = csv.writer(file).writerow
        write(["x", "y", "times", "share", "negative", "zero", "word", "few", "odd"])
        for row in range(60):
            x, y = (rng.normal(7.0 * (row % 2), 1.0, 2)).round(3)
            times = int(rng.integers(0, 4))
            negative, few = (-2.5 if row == 7 else 1), "ab"[row % 2]
            write([x, y, times, times / 2, negative, 0, "w", few, "" if row == 4 else row])
    return path


# -- shapes ---------------------------------------------------------------------------------------


def test_all_fits_every_shape(fitted: Any) -> None:
    result, _, _ = fitted(FAITHFUL, "--k", 2, "--shape", "all", "--tries", 2)
    assert [cell["structure"] for cell in result["sweep"]] == list(ALL)
    assert all(cell["bic"] is not None for cell in result["sweep"])


def test_a_shape_goes_by_letters_or_words(fitted: Any) -> None:
    for name in ("vev", STRUCTURES["VEV"].words):
        result, _, _ = fitted(FAITHFUL, "--k", 2, "--shape", name, "--tries", 2)
        assert result["structure"] == "VEV"


def test_the_help_lists_every_shape_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["fit", "--help"])
    assert stop.value.code == 0
    said = capsys.readouterr().out
    for name in ALL:
        assert f"{name}  {STRUCTURES[name].words}" in said
    for option in ("--prior", "--weights COLUMN", "--weights-as", "hierarchical", "Aitken"):
        assert option in said


@pytest.mark.parametrize(("name", "nearest"), [("VVX", "(VV"), ("diagnoal", "diagonal")])
def test_a_misspelt_shape_names_the_nearest(refused: Any, name: str, nearest: str) -> None:
    assert nearest in refused(PENGUINS, "--k", 2, "--shape", name).partition("Choose")[0]


@pytest.mark.parametrize(
    ("words", "largest"),
    [
        (("--k", "100"), "At most 68 clusters"),
        (("--k", "69:80", "--shape", "full,VVV"), "At most 68 clusters"),
        (("--k", "200", "--shape", "full,VVI"), "At most 171 clusters"),
        (("--start", "labels:body_mass_g", "--columns", "bill_depth_mm"), "At most"),
    ],
)
def test_more_clusters_than_a_shape_can_estimate(
    refused: Any, words: tuple[str, ...], largest: str
) -> None:
    said = refused(PENGUINS, *words)
    assert largest in said
    assert "different rows" in said


def test_a_sweep_goes_as_far_as_it_can(tmp_path: Path, fitted: Any) -> None:
    source = tmp_path / "few.csv"
    rng = np.random.default_rng(5)
    source.write_text("x,y\n" + "".join(f"{x:.3f},{y:.3f}\n" for x, y in rng.normal(size=(9, 2))))
    result, _, _ = fitted(source, "--k", "1:4", "--tries", 2)
    assert [cell["bic"] is None for cell in result["sweep"]][-1]
    assert result["n_components"] == 1


# -- starts ---------------------------------------------------------------------------------------


def test_centres_of_a_file_are_the_start(tmp_path: Path, fitted: Any) -> None:
    centres = tmp_path / "centres.csv"
    centres.write_text("waiting,eruptions\n80,4.4\n54,2\n66,3.3\n")  # in another order of columns
    result, _, _ = fitted(FAITHFUL, "--start", f"centres:{centres}", "--shape", "tied")
    assert result["start"] == "centres"
    assert [attempt["start"] for attempt in result["attempts"]] == ["centres"]
    table = read(FAITHFUL)
    sample = prepare(table, Preparation(table.default_columns()))
    start = np.array([[4.4, 80], [2, 54], [3.3, 66]])
    direct = fit(sample.x, 3, "EEE", start=start, units=sample.units)
    assert result["log_likelihood"] == pytest.approx(direct.log_likelihood, rel=1e-12)
    np.testing.assert_allclose(result["means"], direct.parameters.means)  # in the order given


@pytest.mark.parametrize(
    ("content", "words", "says"),
    [
        ("eruptions,waiting\n2,54\n4,800\n", (), "Centre 2 .*“waiting” is 800, .* 43 to 96"),
        ("eruptions,waiting\n2,54\n4,80\n", ("--k", "3"), "centres fix .* at 2"),
        ("eruptions\n2\n4\n", (), "no column “waiting”"),
        ("eruptions,waiting,name\n2,54,a\n4,80,b\n", (), "“name”, which is not fitted"),
        ("eruptions,waiting\n2,54\n4,\n", (), "Centre 2 .* no number for “waiting”"),
        ("eruptions,waiting\n2,x\n4,y\n", (), "Centre 1 .* no number for “waiting”"),
        ("eruptions,waiting\n2,54\n3,70\n2,54\n", (), "Centres 1 and 3 are the same"),
        ("", (), "centres"),
    ],
)
def test_centres_that_are_none(
    tmp_path: Path, refused: Any, content: str, words: tuple[str, ...], says: str
) -> None:
    centres = tmp_path / "centres.csv"
    centres.write_text(content)
    said = refused(FAITHFUL, "--start", f"centres:{centres}", *words)
    assert re.search(says, said), said


def test_the_file_of_centres_is_not_overwritten(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    centres = tmp_path / "centres.csv"
    centres.write_text("eruptions,waiting\n2,54\n4,80\n")
    words = ["fit", str(FAITHFUL), "--start", f"centres:{centres}", "--out", str(centres)]
    assert main(words) == 2
    assert "holds the centres" in capsys.readouterr().err
    assert centres.read_text().startswith("eruptions")


@pytest.mark.parametrize(
    ("start", "says"),
    [
        ("kmeans++", "Did you mean k-means++?"),
        ("heirarchical", "Did you mean hierarchical?"),
        ("labels:odd", "no value in 1 of the 60 rows"),
        ("labels:word", "only one value, “w”"),
        ("labels:share2", "no column “share2”; did you mean “share”?"),
        ("labels:x", "cannot be both"),
        ("centres:nowhere.csv", "nowhere.csv"),
        ("labels:", "lacks a column's name"),
        ("centres:", "lacks a file"),
    ],
)
def test_starts_that_are_none(refused: Any, bins: Path, start: str, says: str) -> None:
    assert says in refused(bins, "--k", 2, "--columns", "x,y", "--start", start)


def test_more_labels_than_rows_allow(tmp_path: Path, refused: Any) -> None:
    source = tmp_path / "t.csv"
    source.write_text("x,y,name\n" + "".join(f"{i / 7},{i * i % 11},n{i}\n" for i in range(20)))
    said = refused(source, "--columns", "x,y", "--start", "labels:name")
    assert "20 different values in 20 rows: too many" in said


def test_a_hierarchical_start_is_the_same_whatever_the_seed(fitted: Any) -> None:
    found = [
        fitted(FAITHFUL, "--k", 3, "--start", "hierarchical", "--shape", "tied", "--seed", seed)[0]
        for seed in (0, 1)
    ]
    assert found[0]["log_likelihood"] == found[1]["log_likelihood"]
    assert [len(result["attempts"]) for result in found] == [1, 1]
    assert found[0]["start"] == "hierarchical"


# -- row weights ----------------------------------------------------------------------------------


def test_counts_are_rows_written_once(tmp_path: Path, bins: Path, fitted: Any) -> None:
    """The table with every row repeated as often as it counts gives the same numbers."""
    rows = rows_of(bins)
    long = tmp_path / "long.csv"
    long.write_text("x,y\n" + "".join(f"{r['x']},{r['y']}\n" * int(r["times"]) for r in rows))
    ask = ("--k", 2, "--columns", "x,y", "--scale", "standard", "--shape", "spherical")
    short, said, notes = fitted(bins, *ask, "--weights", "times", "--outliers", "percentile:10")
    written = rows_of(tmp_path / "labelled.csv")
    whole, _, _ = fitted(long, *ask, "--outliers", "percentile:10")
    for name in ("log_likelihood", "bic", "aic", "icl", "n_observations"):
        assert short[name] == pytest.approx(whole[name], rel=1e-9)
    np.testing.assert_allclose(short["means"], whole["means"], rtol=1e-6)
    total = sum(int(row["times"]) for row in rows)
    assert short["row_weights"] == {"column": "times", "as": "counts"}
    assert (short["n_rows"], short["n_observations"]) == (60, total)
    assert f"The 60 rows of bins ({total} observations by times) fall into 2 clusters" in said
    assert "times holds whole numbers and is taken as counts" in notes
    assert "have weight 0: they are labelled but do not count" in notes
    assert [row["times"] for row in written] == [row["times"] for row in rows]
    assert all(row["cluster"] for row in written)
    repeated = rows_of(tmp_path / "labelled.csv")
    marked = sum(int(r["times"]) for r in written if r["outlier"] == "true")
    assert marked == sum(row["outlier"] == "true" for row in repeated)


def test_relative_weights_add_up_to_the_rows(bins: Path, fitted: Any) -> None:
    ask = (bins, "--k", 2, "--columns", "x,y", "--weights")
    share, said, notes = fitted(*ask, "share")
    assert "(weighted by share)" in said
    assert "share holds numbers that are not whole and is taken as relative" in notes
    times, _, notes = fitted(*ask, "times", "--weights-as", "relative")
    assert "is taken as" not in notes
    assert share["n_observations"] == times["n_observations"] <= 60
    assert share["bic"] == pytest.approx(times["bic"])
    assert times["row_weights"] == {"column": "times", "as": "relative"}


def test_the_column_of_weights_is_not_fitted(bins: Path, fitted: Any) -> None:
    weighted, _, _ = fitted(bins, "--k", 1, "--weights", "share")
    plain, _, _ = fitted(bins, "--k", 1)
    assert set(plain["columns"]) - set(weighted["columns"]) == {"share"}


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--weights", "negative"), "“negative” is -2.5 in row 8, and weights cannot be negative"),
        (("--weights", "zero"), "All weights in “zero” are zero"),
        (("--weights", "word"), "“word” holds text, and weights are numbers"),
        (("--weights", "tmies"), "did you mean “times”?"),
        (("--weights", "x"), "'x' cannot be both a column of the fit and its row weights"),
        (("--weights-as", "counts"), "--weights-as needs --weights"),
        (("--weights", "times", "--weights-as", "sums"), "sums"),
    ],
)
def test_weights_that_are_none(refused: Any, bins: Path, words: tuple[str, ...], says: str) -> None:
    assert says in refused(bins, "--k", 2, "--columns", "x,y", *words)


# -- the prior ------------------------------------------------------------------------------------


def test_the_prior_holds_clusters_that_would_collapse(
    tmp_path: Path, fitted: Any, refused: Any
) -> None:
    source = tmp_path / "few.csv"
    rng = np.random.default_rng(5)
    source.write_text("x,y\n" + "".join(f"{x:.3f},{y:.3f}\n" for x, y in rng.normal(size=(9, 2))))
    ask = (source, "--k", 3, "--tries", 3)
    said = refused(*ask)
    assert "All 3 tries collapsed" in said
    assert "prior" in said
    result, out, _ = fitted(*ask, "--prior")
    assert result["prior"] is True
    assert result["monotone"] is True
    assert np.isfinite(result["log_prior"]) and result["log_prior"] != 0.0
    assert "held by a prior" in out


def test_a_shape_without_a_prior_says_which_have_one(refused: Any, fitted: Any) -> None:
    said = refused(FAITHFUL, "--k", 2, "--shape", "full,VVE", "--prior")
    assert "(VVE) has no conjugate prior" in said
    assert "tied spherical, spherical, tied diagonal, diagonal, tied, full" in said
    result, _, notes = fitted(FAITHFUL, "--k", 2, "--shape", "all", "--prior", "--tries", 2)
    assert [c["structure"] for c in result["sweep"]] == ["EII", "VII", "EEI", "VVI", "EEE", "VVV"]
    assert "left out: VEI, EVI, VEE, EVE, VVE, EEV, VEV, EVV" in notes


# -- what the numbers say -------------------------------------------------------------------------


def test_the_numbers_tell_the_optima_of_the_starts(fitted: Any) -> None:
    result, _, _ = fitted(PENGUINS, "--k", 4, "--scale", "standard", "--shape", "VVI", "--tries", 6)
    assert sum(optimum["n_starts"] for optimum in result["optima"]) == 6
    values = [optimum["log_likelihood"] for optimum in result["optima"]]
    assert values == sorted(values, reverse=True)
    assert result["log_likelihood"] == pytest.approx(values[0])
    assert len(result["attempts"]) == 6
    result, _, _ = fitted(PENGUINS, "--k", 2, "--shape", "VVE", "--tries", 2)
    assert {attempt["orientation"] for attempt in result["attempts"]} >= {"columns", "all rows"}


def test_gaps_are_filled_and_columns_logged_as_asked(fitted, tmp_path: Path) -> None:
    """Filled rows are labelled and say so; criteria in original units are those of log-normals."""
    given = rows_of(PENGUINS)
    masses = [row["body_mass_g"] for row in given if row["body_mass_g"] != "NA"]
    lines = PENGUINS.read_text().splitlines(keepends=True)
    at = lines[0].rstrip().split(",").index("bill_length_mm")
    for line in (1, 5, 200):
        cells = lines[line].split(",")
        cells[at] = "NA"
        lines[line] = ",".join(cells)
    table = tmp_path / "gaps.csv"
    table.write_text("".join(lines))
    ask = ("--k", 2, "--columns", "body_mass_g,bill_length_mm", "--shape", "diagonal")
    plain, _, skipped = fitted(table, *ask, "--scale", "robust")
    assert (plain["n_rows"], plain["missing"]["n_skipped_rows"], plain["log"]) == (339, 5, [])
    assert plain["original_units"] is None and plain["scale"] == "robust"
    assert "5 rows are skipped for a missing value" in skipped
    filled, _, said = fitted(table, *ask, "--missing", "median", "--log", "body_mass_g")
    counts = {"n_skipped_rows": 2, "n_filled_cells": 3, "n_filled_rows": 3}  # two have neither
    assert filled["missing"] == {"rule": "median", **counts} and filled["n_rows"] == 342
    assert "3 missing cells were filled in with the median" in said
    assert filled["columns"] == ["log body_mass_g", "bill_length_mm"]
    original, less = filled["original_units"], np.log(np.array(masses, float)).sum()
    assert original["log_likelihood"] == pytest.approx(filled["log_likelihood"] - less)
    for name in ("bic", "aic", "icl"):
        assert original[name] == pytest.approx(filled[name] + 2 * less)
    labelled = rows_of(tmp_path / "labelled.csv")
    noted = {row["note"] for row in labelled if row["note"]}
    assert noted == {
        "bill_length_mm filled in (median)",
        "missing value in body_mass_g, bill_length_mm",
    }
    assert [row["bill_length_mm"] for row in labelled] == [
        row["bill_length_mm"] for row in rows_of(table)
    ]
