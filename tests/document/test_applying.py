"""A fitted model labels other tables: as itself, and as scikit-learn with the same parameters."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import multivariate_normal
from sklearn.mixture import GaussianMixture

from gmmstudio.document import FitRecord, assign, outliers
from gmmstudio.document.applying import UNLIKE, apply_model, match_columns, model_of
from gmmstudio.mixture import OutlierRule, fit
from gmmstudio.report.model_files import model_from_numbers
from gmmstudio.report.result_json import result_json
from gmmstudio.table import Preparation, TableError, prepare, read_text
from gmmstudio.table.new_columns import ALL_NEW


def text_of(x: np.ndarray, names: tuple[str, ...]) -> str:
    rows = [",".join(repr(float(v)) if np.isfinite(v) else "" for v in row) for row in x]
    return "\n".join([",".join(names), *rows]) + "\n"


@pytest.fixture(scope="module")
def made():
    rng = np.random.default_rng(5)
    centres = np.array([[0.0, 0.0, 5.0], [6.0, 1.0, 0.0], [2.0, 7.0, 0.0]])
    x = centres[rng.integers(0, 3, 400)] + rng.standard_normal((400, 3))
    table = read_text(text_of(x, ("a b", "b", "c")))
    found = fit(x, 3, "VVV", seed=1)
    record = FitRecord(1, found, Preparation((0, 1, 2)), found.spec, identities=(2, 0, 1))
    return table, record, x


RULES = (OutlierRule(), OutlierRule("chi2", 0.97), OutlierRule("density", -6.0))


@pytest.mark.parametrize("rule", RULES, ids=str)
def test_the_rows_of_the_fit_get_the_labels_they_have(made, rule):
    table, record, _ = made
    assignment = assign(table, record)
    model = model_of(record, assignment, rule, ("third", "first", "second"))
    assert model.names == ("first", "second", "third")
    applied = apply_model(model, table, (0, 1, 2))
    rank = np.array([2, 0, 1])  # of each component, by its letter
    np.testing.assert_array_equal(applied.labels.labels, rank[assignment.labels])
    np.testing.assert_allclose(applied.labels.log_density, assignment.log_density, rtol=1e-13)
    marked = outliers(assignment, rule)
    np.testing.assert_array_equal(applied.labels.outlier, marked.mask)
    assert applied.n_outliers == marked.n
    assert applied.n_unlike == 0
    assert applied.n_without == 0


def test_other_rows_as_the_engine_and_scikit_learn_say(made):
    table, record, x = made
    model = model_of(record, assign(table, record), OutlierRule())
    rng = np.random.default_rng(8)
    new = rng.uniform(-12, 14, (600, 3))
    new[::17, 1] = np.nan
    other = read_text(text_of(new[:, [2, 0, 1]], ("c", "A_B", "b")))
    columns = match_columns(model.columns, other)
    assert columns == (1, 2, 0)
    applied = apply_model(model, other, columns)
    whole = np.isfinite(new).all(axis=1)
    np.testing.assert_array_equal(applied.labels.rows, np.flatnonzero(whole))
    order = np.argsort(record.identities)
    rank = np.argsort(order)
    np.testing.assert_array_equal(applied.labels.labels, rank[record.fit.labels(new[whole])])
    judge = GaussianMixture(3, covariance_type="full")
    judge.weights_, judge.means_ = model.parameters.weights, model.parameters.means
    judge.covariances_ = model.parameters.covariances
    judge.precisions_cholesky_ = np.stack(
        [np.linalg.cholesky(np.linalg.inv(c)) for c in model.parameters.covariances]
    )
    expected = judge.predict_proba(new[whole])
    given = applied.labels.probabilities(0, applied.n_labelled)
    np.testing.assert_allclose(given, expected, atol=1e-10)
    np.testing.assert_array_equal(applied.labels.labels, judge.predict(new[whole]))
    np.testing.assert_allclose(
        applied.labels.log_density, judge.score_samples(new[whole]), rtol=1e-9
    )
    lowest = min(judge.score_samples(x))
    unlike = judge.score_samples(new[whole]) < lowest
    assert 0 < applied.n_unlike == np.count_nonzero(unlike) < whole.sum()
    noted = {row for row, note in applied.labels.notes.items() if note == UNLIKE}
    assert noted == set(np.flatnonzero(whole)[unlike].tolist())
    assert {applied.labels.notes[row] for row in np.flatnonzero(~whole)} == {"missing value in b"}
    assert applied.counts.sum() == applied.n_labelled == whole.sum()
    assert applied.n_without == (~whole).sum()
    densities = sum(
        w * multivariate_normal(m, c).pdf(new[whole])
        for w, m, c in zip(judge.weights_, judge.means_, judge.covariances_, strict=True)
    )
    line = np.percentile(judge.score_samples(x), 5)
    np.testing.assert_array_equal(applied.labels.outlier, np.log(densities) < line)


def test_names_are_matched_exactly_then_by_their_letters():
    table = read_text("x,X ,Body mass,t,x\n1,2,3,a,4\n2,3,4,b,5\n", "t")
    assert match_columns(("x", "X", "body_mass"), table) == (0, 1, 2)
    assert match_columns(("x (2)", "t", "mass"), table) == (4, None, None)
    assert match_columns(("X",), read_text("x,x \n1,2\n3,4\n")) == (None,)  # either might be
    assert match_columns(("b", "B"), read_text("B,c\n1,2\n3,4\n")) == (None, 0)


def test_what_cannot_be_is_said(made):
    table, record, _ = made
    model = model_of(record, assign(table, record), OutlierRule())
    other = read_text("a b,b,c\n1,x,2\n3,y,4\n")
    with pytest.raises(TableError, match=r"holds text.*stand for “b”"):
        apply_model(model, other, (0, 1, 2))
    with pytest.raises(TableError, match="a column of its own"):
        apply_model(model, table, (0, 1, 1))
    with pytest.raises(TableError, match="percentile"):
        model.with_rule(OutlierRule("percentile", 1.0))
    assert model.with_rule(OutlierRule("chi2", 0.5)).line == pytest.approx(2.366, abs=1e-3)
    assert model.new_columns == ALL_NEW


def test_a_table_without_any_complete_row_is_labelled_nowhere(made):
    table, record, _ = made
    model = model_of(record, assign(table, record), OutlierRule())
    other = read_text("a b,b,c\n1,NA,2\n,3,4\n2,,\n")
    applied = apply_model(model, other, (0, 1, 2))
    assert applied.n_labelled == 0
    assert applied.n_without == 3
    assert applied.counts.tolist() == [0, 0, 0]
    assert applied.labels.notes[2] == "missing value in b, c"


def test_a_model_of_logarithms_takes_them_of_the_other_table_too(made):
    _, _, x = made
    table = read_text(text_of(np.exp(x / 4), ("a", "b", "c")))
    preparation = Preparation((0, 1, 2), log=(0, 2))
    sample = prepare(table, preparation)
    found = fit(sample.x, 3, "VVV", seed=1)
    record = FitRecord(1, found, preparation, found.spec, identities=(0, 1, 2))
    assignment = assign(table, record)
    model = model_of(record, assignment, OutlierRule())
    assert model.columns == ("a", "b", "c") and model.measures == ("log a", "b", "log c")
    applied = apply_model(model, table, match_columns(model.columns, table))
    np.testing.assert_array_equal(applied.labels.labels, assignment.labels)
    np.testing.assert_allclose(applied.labels.log_density, assignment.log_density, rtol=1e-12)
    again = model_from_numbers(
        json.loads(result_json(record, sample, model=model)), Path("model.json")
    )
    assert (again.columns, again.logged) == (model.columns, model.logged)
    other = apply_model(model, read_text("a,b,c\n1,-2,3\n0,2,1\n5,1,-1\n"), (0, 1, 2))
    assert other.labels.rows.tolist() == [0]
    assert other.labels.notes[1] == "no logarithm of a"
    assert other.labels.notes[2] == "no logarithm of c"


def test_what_held_no_value_in_the_fit_holds_none_in_another_table(made):
    table, record, _ = made
    model = model_of(record, assign(table, record), OutlierRule())
    settings = table.settings.with_missing_in(0, ("-999",))
    model = model.reading_as(replace(table, settings=settings), record.preparation)
    other = read_text("a,b,c\n-999,1,2\n1,-999,3\n2,5,4\n")
    applied = apply_model(model, other, (0, 1, 2))
    assert applied.labels.rows.tolist() == [1, 2]
    assert applied.labels.notes[0] == "missing value in a"
