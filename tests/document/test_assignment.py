"""What a fit says about each row, and the words with one meaning."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from gmmstudio.document import assign, outliers
from gmmstudio.document.assignment import (
    Assignment,
    mean_certainty,
    n_between,
    notes,
    share_clear,
    shares,
    sizes,
)
from gmmstudio.document.commands import (
    ExcludeRows,
    OpenTable,
    SetScale,
    SetWeights,
    TickColumns,
)
from gmmstudio.mixture.errors import MixtureError
from gmmstudio.mixture.outliers import OutlierRule
from gmmstudio.table import prepare, read_text


@pytest.fixture
def record(session, made):
    session.apply(ExcludeRows(frozenset({0, 1, 7})))
    session.apply(made(session.document))
    return session.document.record


def test_every_row_that_took_part_is_scored(table, record):
    assignment = assign(table, record)
    fit = record.fit
    x = np.column_stack([table.columns[i].values for i in (0, 1, 3)])[assignment.rows]
    assert assignment.n_rows == fit.n_rows == 56
    assert (assignment.labels == fit.labels(x)).all()
    assert assignment.log_density == pytest.approx(fit.log_density(x))
    assert assignment.squared_mahalanobis == pytest.approx(fit.squared_mahalanobis(x))
    assert assignment.max_probability == pytest.approx(fit.responsibilities(x).max(axis=1))
    assert assignment.log_density.sum() == pytest.approx(fit.log_likelihood)


def test_every_row_is_in_one_place(table, record):
    assignment = assign(table, record)
    parts = [assignment.rows, assignment.skipped, assignment.excluded]
    assert sorted(np.concatenate(parts).tolist()) == list(range(table.n_rows))
    assert assignment.skipped.tolist() == [11]
    assert assignment.excluded.tolist() == [0, 1, 7]


def test_the_fits_own_preparation_counts_not_the_documents(session, table, record):
    before = assign(table, record)
    session.apply(TickColumns((0,)))
    session.apply(SetScale("none"))
    after = assign(table, session.document.record)
    assert (after.labels == before.labels).all()


def test_a_sample_at_hand_is_used(table, record):
    sample = prepare(table, record.preparation)
    assert assign(table, record, sample=sample).sample is sample


def test_it_can_be_stopped(table, record):
    with pytest.raises(MixtureError):
        assign(table, record, should_stop=lambda: True)


def test_words_with_one_meaning(table, record):
    whole = assign(table, record)
    assignment = Assignment(
        whole.sample,
        np.array([0, 0, 2, 2, 2]),
        np.array([0.8, 0.7999, 1.0, 0.5, 0.9]),
        np.array([-1.0, -2.0, -3.0, -4.0, -5.0]),
        np.array([0.0, 20.0, 1.0, 2.0, 3.0]),
    )
    assert sizes(assignment, 4).tolist() == [2, 0, 3, 0]
    assert n_between(assignment) == 2
    assert mean_certainty(assignment) == pytest.approx(0.79998)
    marked = outliers(assignment, OutlierRule("percentile", 25))
    assert marked.mask.tolist() == [False, False, False, False, True]
    assert (marked.n, marked.share, marked.threshold) == (1, 0.2, -4.0)
    assert outliers(assignment, OutlierRule("density", -2.5)).n == 3
    distant = outliers(assignment, OutlierRule("chi2", 0.99))
    assert distant.mask.tolist() == [False, True, False, False, False]
    assert distant.threshold == pytest.approx(11.345, abs=1e-3)  # χ² with 3 degrees of freedom


def test_notes_say_why_a_row_has_no_label(session, made):
    rng = np.random.default_rng(0)
    lines = [f"{a:.3f},{b:.3f}" for a, b in rng.normal(size=(30, 2))]
    lines[3] = "NA,1.5"
    lines[4] = "NA,"
    lines[5] = "2.5,inf"
    lines[6] = "NA,0.25"
    table = read_text("\n".join(["p,q", *lines]) + "\n", "gaps")
    session.apply(OpenTable(table))
    session.apply(ExcludeRows(frozenset({8, 3})))
    session.apply(made(session.document, n_components=1))
    record = session.document.record
    said = notes(table, record, assign(table, record))
    assert sorted(said) == [3, 4, 5, 6, 8]
    assert said[3] == said[8] == "excluded"
    assert said[4] == "missing value in p, q"
    assert said[6] == "missing value in p"
    assert "q" in said[5]


def test_a_count_is_so_many_rows_in_every_figure(session, made):
    """The table with its rows written out as often as they count gives the same figures."""
    rng = np.random.default_rng(4)
    x = np.concatenate([rng.normal(0, 1, (25, 2)), rng.normal(4, 1, (25, 2))]).round(3)
    counts = rng.integers(0, 4, 50)
    lines = [f"{a},{b}" for a, b in x]
    short = [f"{line},{count}" for line, count in zip(lines, counts, strict=True)]
    long = [line for line, count in zip(lines, counts, strict=True) for _ in range(count)]
    session.apply(OpenTable(read_text("\n".join(["p,q", *long]) + "\n", "long")))
    session.apply(made(session.document, n_components=2))
    record = session.document.record
    written_out = assign(session.document.table, record)
    table = read_text("\n".join(["p,q,w", *short]) + "\n", "short")
    session.apply(OpenTable(table))
    session.apply(TickColumns((0, 1)))
    session.apply(SetWeights(2))
    weighted = assign(table, replace(record, preparation=session.document.preparation))
    assert weighted.n_rows == 50
    assert weighted.sample.n_observations == written_out.n_rows == counts.sum()
    assert shares(weighted, 2) == pytest.approx(shares(written_out, 2))
    assert sizes(weighted, 2).sum() == 50
    assert share_clear(weighted) == pytest.approx(share_clear(written_out))
    assert mean_certainty(weighted) == pytest.approx(mean_certainty(written_out))
    for rule in (OutlierRule("percentile", 7.5), OutlierRule("chi2", 0.9)):
        one, other = outliers(weighted, rule), outliers(written_out, rule)
        assert one.threshold == pytest.approx(other.threshold)
        assert one.share == pytest.approx(other.share)
        assert counts[one.mask].sum() == other.n
    assert notes(table, replace(record, preparation=session.document.preparation), weighted) == {}


def test_a_row_without_a_weight_has_no_label_and_the_note_says_so(session, made):
    lines = ["p,q,w", *(f"{i / 7},{i * i},{'' if i == 3 else i}" for i in range(12))]
    session.apply(OpenTable(read_text("\n".join(lines) + "\n", "gaps")))
    session.apply(TickColumns((0, 1)))
    session.apply(SetWeights(2))
    session.apply(made(session.document, n_components=1))
    record = session.document.record
    assignment = assign(session.document.table, record)
    assert notes(session.document.table, record, assignment) == {3: "missing value in w"}
    assert 0 in assignment.rows  # of weight zero: labelled, though it counts for nothing
