"""The clusters against a column, and the adjusted Rand index against an independent judge."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gmmstudio.report import crosstab
from gmmstudio.report.crosstab import CrossTable, MeansTable
from gmmstudio.table import read_text

LABELS = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 5)), min_size=1, max_size=80)


@given(LABELS)
def test_adjusted_rand_is_scikit_learns(pairs):
    metrics = pytest.importorskip("sklearn.metrics")
    a, b = np.array(pairs).T
    ours = crosstab.adjusted_rand(crosstab.contingency(a, b, 5, 6))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert ours == pytest.approx(metrics.adjusted_rand_score(a, b), abs=1e-12)


@given(LABELS, st.permutations(range(5)))
def test_adjusted_rand_does_not_care_for_names_nor_direction(pairs, order):
    a, b = np.array(pairs).T
    index = crosstab.adjusted_rand(crosstab.contingency(a, b, 5, 6))
    assert crosstab.adjusted_rand(crosstab.contingency(b, a, 6, 5)) == pytest.approx(index)
    renamed = np.array(order)[a]
    assert crosstab.adjusted_rand(crosstab.contingency(renamed, b, 5, 6)) == pytest.approx(index)
    assert crosstab.adjusted_rand(crosstab.contingency(a, a, 5, 5)) == 1.0


def test_adjusted_rand_of_nothing_and_of_very_much():
    assert np.isnan(crosstab.adjusted_rand(np.zeros((2, 2), dtype=np.int64)))
    assert crosstab.adjusted_rand(np.array([[10**9, 0], [0, 10**9]])) == pytest.approx(1.0)


def test_penguins_by_species(session, assignment):
    document = session.document
    names = document.component_names(document.record)
    table = crosstab.compare(document.table, "species", document.record, assignment, names)
    assert isinstance(table, CrossTable)
    assert table.values == ("Adelie", "Gentoo", "Chinstrap")
    assert table.clusters[0] == 'small; "thin"'  # in the order of the letters
    assert table.counts.sum() == 342
    assert table.counts.sum(axis=0).tolist() == [151, 123, 68]
    assert np.allclose(table.row_shares.sum(axis=1), 1)
    assert table.adjusted_rand > 0.7
    assert table.n_missing == 0


def test_missing_values_are_counted_not_shown(session, assignment):
    document = session.document
    table = crosstab.compare(document.table, "sex", document.record, assignment, "ABC")
    assert table.values == ("male", "female")
    assert table.n_missing == 9
    assert "rows without a value\t9" in crosstab.to_tsv(table)


def test_years_are_categories_and_measurements_have_means(session, assignment):
    document = session.document
    years = crosstab.compare(document.table, "year", document.record, assignment, "ABC")
    assert isinstance(years, CrossTable)
    assert set(years.values) == {"2007", "2008", "2009"}
    mass = crosstab.compare(document.table, "body_mass_g", document.record, assignment, "ABC")
    assert isinstance(mass, MeansTable)
    values = document.table.column("body_mass_g").values[assignment.rows]
    identities = document.record.identities
    for place in range(3):
        own = values[assignment.labels == identities.index(place)]
        assert mass.n[place] == len(own)
        assert mass.means[place] == pytest.approx(own.mean())
        assert mass.deviations[place] == pytest.approx(own.std(ddof=1))


def test_columns_to_compare_with_are_those_not_used(session):
    document = session.document
    columns = crosstab.comparable_columns(document.table, document.record)
    assert [document.table.columns[i].name for i in columns] == ["species", "island", "sex", "year"]


def test_means_far_from_zero_keep_their_spread():
    rng = np.random.default_rng(0)
    values = 1e9 + rng.normal(size=1000)
    table = crosstab.means_table("x", ("A", "B"), np.zeros(1000, dtype=int), values)
    assert table.deviations[0] == pytest.approx(values.std(ddof=1))
    assert np.isnan(table.means[1])
    assert np.isnan(table.deviations[1])


def test_rare_values_are_put_together_but_the_index_counts_all():
    codes = np.arange(200) % 100
    labels = codes % 2
    values = [f"v{i:02}" for i in range(100)]
    table = crosstab.cross_table("x", ("A", "B"), labels, codes, values)
    assert len(table.values) == crosstab.MOST_VALUES
    assert table.values[-1] == "71 other values"
    assert table.n_other_values == 71
    assert table.counts.sum() == 200
    whole = crosstab.adjusted_rand(crosstab.contingency(labels, codes, 2, 100))
    assert table.adjusted_rand == whole


def test_values_that_differ_in_spaces_are_one_and_missing_ones_none():
    table = read_text("x,g\n1,a\n2, a \n3,\n4,NA\n5,b  c\n6,b c\n", "t")
    codes, values = crosstab.coded(table.column("g"), np.arange(6))
    assert values == ("a", "b c")
    assert codes.tolist() == [0, 0, -1, -1, 1, 1]


def test_tsv_can_be_pasted():
    counts = np.array([[3, 1], [0, 0]])
    table = CrossTable("x", ("A\tone", "B"), ("p", "q"), counts, 0, 0, 0.25)
    assert crosstab.to_tsv(table) == (
        "cluster\tp\tq\tp %\tq %\n"
        "A one\t3\t1\t75.0\t25.0\n"
        "B\t0\t0\t\t\n"
        "adjusted Rand index\t0.2500\n"
    )
    means = MeansTable(
        "x", ("A", "B"), np.array([2, 0]), np.array([1.5, np.nan]), np.array([0.5, np.nan]), 3
    )
    assert crosstab.to_tsv(means) == (
        "cluster\trows\tmean of x\tstandard deviation\nA\t2\t1.5\t0.5\nB\t0\t\t\n"
        "rows without a value\t3\n"
    )


def test_rows_that_are_counted_are_counted_as_often_as_that(weighted, counted):
    """The same as of the table with its rows written out."""
    session, assignment = weighted("times")
    record = session.document.record
    colours = crosstab.compare(counted, "colour", record, assignment, "AB")
    times = counted.column("times").values.astype(int)
    labels = np.repeat(assignment.labels, times)
    ranks = np.array(record.identities)[labels]
    cells = np.repeat(np.array(counted.column("colour").cells.to_pylist()), times)
    for row in range(2):
        for value, text in enumerate(colours.values):
            assert colours.counts[row, value] == ((ranks == row) & (cells == text)).sum()
    assert colours.counts.dtype.kind == "i"
    assert colours.n_missing == (np.array(counted.column("colour").cells.to_pylist()) == "").sum()
    known = cells != ""
    codes = np.unique(cells[known], return_inverse=True)[1]
    index = crosstab.adjusted_rand(crosstab.contingency(ranks[known], codes, 2, 2))
    assert colours.adjusted_rand == pytest.approx(index)
    heights = crosstab.compare(counted, "height", record, assignment, "AB")
    long = np.repeat(counted.column("height").values, times)
    for row in range(2):
        assert heights.n[row] == (ranks == row).sum()
        assert heights.means[row] == pytest.approx(long[ranks == row].mean())
        assert heights.deviations[row] == pytest.approx(long[ranks == row].std(ddof=1))
    for compared in (colours, heights):
        assert compared.counted == "Each row counts as often as “times” says."
        assert crosstab.to_tsv(compared).endswith("as “times” says.\n")
    shown = crosstab.comparable_columns(counted, record)
    assert [counted.columns[i].name for i in shown] == ["share", "colour", "height"]


def test_other_weights_are_not_counted_and_that_is_said(weighted, counted):
    session, assignment = weighted("share")
    record = session.document.record
    colours = crosstab.compare(counted, "colour", record, assignment, "AB")
    assert colours.counts.sum() + colours.n_missing == 60
    assert colours.counted == "Every row counts once here, without its weight “share”."
    session, assignment = weighted(None)
    assert crosstab.compare(counted, "colour", record, assignment, "AB").counted == ""


def test_counts_that_are_not_whole_are_kept(weighted, counted):
    session, assignment = weighted("share", "counts")
    record = session.document.record
    heights = crosstab.compare(counted, "height", record, assignment, "AB")
    assert heights.n.sum() == counted.column("share").values.sum()
    assert f"\t{heights.n[0]:g}\t" in crosstab.to_tsv(heights)
