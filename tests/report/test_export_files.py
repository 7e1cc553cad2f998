"""The files of a fit: every cell as it was, every number as it is, never NaN in JSON."""

from __future__ import annotations

import csv
import json
from dataclasses import replace

import numpy as np
import pytest

from gmmstudio.document import outliers
from gmmstudio.document.commands import ExcludeRows
from gmmstudio.mixture.errors import Collapse
from gmmstudio.report.export import component_order, export_labelled, labels_of
from gmmstudio.report.result_json import finite, result_json
from gmmstudio.table import Stopped


@pytest.fixture
def rows(session, assignment, tmp_path):
    document = session.document
    path = tmp_path / "labelled.csv"
    names = document.component_names(document.record)
    export_labelled(path, document.table, document.record, assignment, document.outlier_rule, names)
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_original_cells_are_untouched_in_row_order(session, rows):
    table = session.document.table
    with table.path.open(newline="", encoding="utf-8") as file:
        original = list(csv.DictReader(file))
    assert len(rows) == len(original) == table.n_rows
    for before, after in zip(original, rows, strict=True):
        assert {name: after[name] for name in before} == before


def test_new_columns_say_what_the_fit_says(session, assignment, rows):
    document = session.document
    record = document.record
    names = document.component_names(record)
    order = component_order(record)
    marked = outliers(assignment, document.outlier_rule).mask
    for place, row in enumerate(assignment.rows):
        written = rows[row]
        component = assignment.labels[place]
        assert written["cluster"] == names[component]
        assert int(written["cluster_id"]) == 1 + list(order).index(component)
        probabilities = [float(written[f"probability_{k}"]) for k in (1, 2, 3)]
        assert sum(probabilities) == pytest.approx(1)
        assert 1 + int(np.argmax(probabilities)) == int(written["cluster_id"])
        assert float(written["uncertainty"]) == pytest.approx(1 - max(probabilities), abs=1e-12)
        assert float(written["log_density"]) == assignment.log_density[place]
        assert written["outlier"] == str(bool(marked[place])).lower()
        assert written["note"] == ""


def test_clusters_come_in_the_order_of_their_letters(session, assignment, rows):
    assert {row["cluster"] for row in rows if row["cluster_id"] == "1"} == {'small; "thin"'}
    assert {row["cluster"] for row in rows if row["cluster_id"] == "2"} == {"Cluster B"}


def test_rows_without_a_label_say_why(session, penguins, rows, tmp_path, assignment):
    for row in assignment.skipped:
        assert rows[row]["cluster"] == rows[row]["probability_1"] == ""
        assert rows[row]["note"].startswith("missing value in bill_length_mm")
    assert sum(row["note"] != "" for row in rows) == 2


def test_names_have_a_default(session, assignment):
    document = session.document
    labels = labels_of(document.table, document.record, assignment, document.outlier_rule)
    assert labels.names == ("Cluster A", "Cluster B", "Cluster C")


def test_a_stopped_export_leaves_nothing(session, assignment, tmp_path):
    document = session.document
    with pytest.raises(Stopped):
        export_labelled(
            tmp_path / "x.csv",
            document.table,
            document.record,
            assignment,
            document.outlier_rule,
            should_stop=lambda: True,
        )
    assert list(tmp_path.iterdir()) == []


def test_an_outdated_fit_is_exported_with_its_own_rows(session, assignment, tmp_path):
    session.apply(ExcludeRows(frozenset({0})))
    document = session.document
    labels = labels_of(document.table, document.record, assignment, document.outlier_rule)
    assert 0 in labels.rows


def strict(text):
    def refuse(word):
        raise AssertionError(f"{word} is not JSON")

    return json.loads(text, parse_constant=refuse)


def test_json_holds_the_fit_and_the_sweep(session, assignment, fitted):
    record = session.document.record
    result = strict(result_json(record, assignment.sample, fitted[1]))
    fit = record.fit
    assert {
        "structure": "VVV",
        "n_components": 3,
        "n_rows": 342,
        "n_columns": 4,
        "log_likelihood": fit.log_likelihood,
        "n_parameters": 44,
        "bic": fit.bic,
        "aic": fit.aic,
        "icl": fit.icl,
        "n_iterations": fit.n_iterations,
        "converged": True,
        "seed": 0,
    }.items() <= result.items()
    order = component_order(record)
    assert result["weights"] == fit.parameters.weights[order].tolist()
    assert result["means"] == fit.parameters.means[order].tolist()
    assert result["covariances"] == fit.parameters.covariances[order].tolist()
    assert [(c["structure"], c["n_components"]) for c in result["sweep"]] == [
        ("EEE", 1),
        ("VVV", 1),
        ("EEE", 3),
        ("VVV", 3),
        ("EEE", 4),
        ("VVV", 4),
    ]
    assert result["sweep"][4]["bic"] == fitted[1][4].fit.bic


def test_json_says_how_the_fit_was_come_by(session, assignment, fitted, weighted):
    fit = session.document.record.fit
    result = strict(result_json(session.document.record, assignment.sample))
    assert result["columns"] == list(assignment.sample.column_names)
    assert result["n_observations"] == 342
    assert result["row_weights"] is None
    assert (result["prior"], result["log_prior"], result["monotone"]) == (False, 0, True)
    assert result["start"] == "k-means++"
    assert [a["number"] for a in result["attempts"]] == [1, 2, 3]
    assert {a["start"] for a in result["attempts"]} == {"k-means++"}
    assert result["attempts"][0]["collapsed"] is None
    best, *others = result["optima"]
    assert best["log_likelihood"] == fit.optima[0].log_likelihood
    assert best["agreement"] == 1
    assert best["n_starts"] + sum(other["n_starts"] for other in others) == 3
    assert best["attempt"] == result["attempt"] == fit.attempt
    lost = Collapse(0, np.array([3]), (1,), "few-rows")
    fit = replace(fit, attempts=(replace(fit.attempts[0], collapsed=lost), *fit.attempts[1:]))
    result = strict(result_json(replace(session.document.record, fit=fit), assignment.sample))
    assert "1 row (row 5)" in result["attempts"][0]["collapsed"]
    session, assignment = weighted("share", prior=True)
    result = strict(result_json(session.document.record, assignment.sample))
    assert result["row_weights"] == {"column": "share", "as": "relative"}
    assert result["n_rows"] == 60
    assert result["n_observations"] == pytest.approx(assignment.sample.n_observations)
    assert result["prior"] is True
    assert result["log_prior"] == session.document.record.fit.log_prior


def test_a_single_fit_has_no_sweep(session, assignment, fitted):
    record, sample = session.document.record, assignment.sample
    assert "sweep" not in strict(result_json(record, sample))
    assert "sweep" not in strict(result_json(record, sample, fitted[1][:1]))


def test_a_gap_is_null_with_its_reason_in_the_words_of_the_table(session, assignment, fitted):
    cells = fitted[1]
    lost = Collapse(0, np.array([2, 3]), (1,), "ties")
    gaps = [
        replace(cells[0], fit=None, reason="K is too large."),
        replace(cells[2], fit=None, collapsed=lost, n_collapsed=3),
    ]
    record, sample = session.document.record, assignment.sample
    refused, collapsed = strict(result_json(record, sample, gaps))["sweep"]
    assert refused["bic"] is None
    assert (refused["structure"], refused["n_components"]) == ("EEE", 1)
    assert refused["reason"].endswith("could not be fitted. K is too large.")
    assert collapsed["n_collapsed"] == 3
    # row 4 of the table has no measurements: the fourth row of the sample is its fifth
    assert "2 rows (3, 5) are tied in “bill_depth_mm”" in collapsed["reason"]


def test_json_never_holds_nan(session):
    assert finite({"a": [float("nan"), 1.0, {"b": float("-inf")}]}) == {
        "a": [None, 1.0, {"b": None}]
    }
