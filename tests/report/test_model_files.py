"""Parameters as files read back to the same doubles; the clusters as a table say what they are."""

from __future__ import annotations

import csv
import io
import json
import math

import numpy as np
import pytest
from python_calamine import CalamineWorkbook

from gmmstudio.document import DocumentError, Session, outliers
from gmmstudio.document.applying import model_of
from gmmstudio.document.commands import SetOutlierRule
from gmmstudio.mixture import OutlierRule
from gmmstudio.project import write_project
from gmmstudio.project.linking import link_to
from gmmstudio.report.export import component_order
from gmmstudio.report.model_files import model_from_numbers, parameter_table, read_model
from gmmstudio.report.result_json import result_json
from gmmstudio.report.summary_table import cluster_summary
from gmmstudio.table import TableError
from gmmstudio.table.plain_out import columns_text, write_columns


@pytest.fixture
def model(session, assignment):
    document = session.document
    names = document.component_names(document.record)
    return model_of(document.record, assignment, document.outlier_rule, names)


@pytest.fixture
def numbers(session, assignment, model):
    return json.loads(result_json(session.document.record, assignment.sample, model=model))


def same(a, b):
    for name in ("weights", "means", "covariances"):
        np.testing.assert_array_equal(getattr(a.parameters, name), getattr(b.parameters, name))
    assert (a.columns, a.names, a.rule) == (b.columns, b.names, b.rule)
    np.testing.assert_array_equal([a.line, a.lowest], [b.line, b.lowest])


def test_json_reads_back_to_the_same_doubles(model, numbers, tmp_path):
    path = tmp_path / "m.json"
    path.write_text(json.dumps(numbers), encoding="utf-8")
    same(read_model(path), model)
    assert model.names[0] == 'small; "thin"'


def test_an_older_file_lacks_what_it_does_not_say(numbers, model, tmp_path):
    for name in ("clusters", "outliers", "lowest_log_density"):
        del numbers[name]
    found = model_from_numbers(numbers, tmp_path / "m.json")
    assert found.names == ("Cluster A", "Cluster B", "Cluster C")
    assert math.isnan(found.line) and math.isnan(found.lowest)
    assert "outlier" not in found.new_columns


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"weights": None}, "no list of “weights”"),
        ({"columns": [1, 2, 3, 4]}, "not names"),
        ({"columns": ["a"]}, "1 columns"),
        ({"weights": [1, 2, 3]}, "add up to 1"),
        ({"weights": [10**400, 2, 3]}, "too large"),
        ({"means": [[1], [2, 3]]}, "inhomogeneous|array of numbers|sequence"),
        ({"covariances": [[[0.0] * 4] * 4] * 3}, "positive definite"),
        ({"outliers": {"rule": "nonsense"}}, "not an outlier rule"),
    ],
)
def test_what_is_no_model_is_refused_in_a_sentence(numbers, change, why, tmp_path):
    with pytest.raises(TableError, match=why) as error:
        model_from_numbers(numbers | change, tmp_path / "m.json")
    assert str(error.value).endswith(".")


@pytest.mark.parametrize("data", [b"", b"{", b"[1]", b"\xff\xfe\x00", b"[" * 100_000, b"null"])
def test_what_is_no_json_is_refused_in_a_sentence(data, tmp_path):
    path = tmp_path / "m.json"
    path.write_bytes(data)
    with pytest.raises(TableError, match="does not hold a fitted model"):
        read_model(path)
    with pytest.raises(TableError, match="cannot be read"):
        read_model(tmp_path / "nowhere.json")


def test_parameters_as_csv_read_back_to_the_same_doubles(model, tmp_path):
    write_columns(tmp_path / "p.csv", parameter_table(model))
    with (tmp_path / "p.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    k, d = model.parameters.means.shape
    weights, means, covariances = np.empty(k), np.empty((k, d)), np.full((k, d, d), np.nan)
    at = {column: j for j, column in enumerate(model.columns)}
    for row in rows:
        c, value = "ABC".index(row["cluster"]), float(row["value"])
        assert row["name"] == model.names[c]
        if row["parameter"] == "weight":
            weights[c] = value
        elif row["parameter"] == "mean":
            means[c, at[row["column"]]] = value
        else:
            i, j = at[row["column"]], at[row["with_column"]]
            covariances[c, i, j] = covariances[c, j, i] = value
    np.testing.assert_array_equal(weights, model.parameters.weights)
    np.testing.assert_array_equal(means, model.parameters.means)
    np.testing.assert_array_equal(covariances, model.parameters.covariances)
    assert len(rows) == k * (1 + d + d * (d + 1) // 2)


def test_the_summary_says_what_each_cluster_is(session, assignment, tmp_path):
    document = session.document
    record = document.record
    names = document.component_names(record)
    table = cluster_summary(record, assignment, names)
    write_columns(tmp_path / "s.csv", table)
    with (tmp_path / "s.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    parameters = record.fit.parameters
    assert [row["letter"] for row in rows] == ["A", "B", "C"]
    for row, c in zip(rows, component_order(record), strict=True):
        mine = assignment.labels == c
        assert row["name"] == names[c]
        assert int(row["size"]) == mine.sum()
        assert float(row["share"]) == mine.mean()
        assert float(row["weight"]) == parameters.weights[c]
        doubt = 1 - assignment.max_probability[mine]
        assert float(row["uncertainty"]) == pytest.approx(doubt.mean(), rel=1e-12)
        volume = math.sqrt(np.linalg.det(parameters.covariances[c]))
        assert float(row["volume"]) == pytest.approx(volume, rel=1e-9)
        for j, column in enumerate(assignment.sample.column_names):
            assert float(row[f"mean of {column}"]) == parameters.means[c, j]
            assert float(row[f"sd of {column}"]) == math.sqrt(parameters.covariances[c, j, j])
    assert sum(int(row["size"]) for row in rows) == assignment.n_rows
    copied = list(csv.DictReader(io.StringIO(columns_text(table)), delimiter="\t"))
    assert copied == rows
    write_columns(tmp_path / "s.xlsx", table, "xlsx")
    head, *cells = (
        CalamineWorkbook.from_path(str(tmp_path / "s.xlsx")).get_sheet_by_index(0).to_python()
    )
    assert head == list(rows[0])
    assert [[str(v) for v in row[:2]] for row in cells] == [[r["letter"], r["name"]] for r in rows]
    assert [row[2:] for row in cells] == [[float(v) for v in list(r.values())[2:]] for r in rows]


def test_the_summary_of_weighted_rows(weighted):
    session, assignment = weighted("times")
    table = cluster_summary(session.document.record, assignment)
    weights = assignment.weights
    order = component_order(session.document.record)
    expected = [weights[assignment.labels == c].sum() / weights.sum() for c in order]
    assert table["share"].to_pylist() == pytest.approx(expected)


def test_the_line_of_outliers_is_that_of_the_fit(session, assignment, model):
    assert model.line == outliers(assignment, session.document.outlier_rule).threshold
    assert model.lowest == assignment.log_density.min()


def test_a_project_gives_the_same_model(session, model, tmp_path):
    write_project(tmp_path / "p.gmms", session.document)
    same(read_model(tmp_path / "p.gmms"), model)
    write_project(tmp_path / "empty.gmms", Session().document)
    with pytest.raises(TableError, match="has no fit"):
        read_model(tmp_path / "empty.gmms")
    (tmp_path / "bad.gmms").write_bytes(b"PK\x03\x04")
    with pytest.raises(DocumentError):
        read_model(tmp_path / "bad.gmms")


def test_a_project_whose_table_is_elsewhere(session, model, penguins, tmp_path):
    source = tmp_path / "penguins.csv"
    source.write_bytes(penguins.path.read_bytes())
    path = tmp_path / "p.gmms"
    write_project(path, session.document, link=link_to(source))
    same(read_model(path), model)
    source.write_bytes(source.read_bytes() + b"\n")
    found = read_model(path)
    np.testing.assert_array_equal(found.parameters.means, model.parameters.means)
    assert (found.columns, found.names) == (model.columns, model.names)
    assert math.isnan(found.line) and math.isnan(found.lowest)
    session.apply(SetOutlierRule(OutlierRule("chi2", 0.99)))
    write_project(path, session.document, link=link_to(source))
    source.unlink()
    assert read_model(path).line == pytest.approx(13.2767, abs=1e-4)
