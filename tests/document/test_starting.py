"""A start from a column or from centres, row weights and the prior, as the document has them."""

from __future__ import annotations

import numpy as np
import pytest

from gmmstudio.document import Document, DocumentError, Session, asked_spec
from gmmstudio.document.commands import (
    AddFit,
    ExcludeRows,
    IncludeRows,
    OpenTable,
    SetComponents,
    SetPrior,
    SetScale,
    SetSeed,
    SetStart,
    SetStructure,
    SetSweep,
    SetWeights,
    ShowCell,
    ShowFit,
    StartFromColumn,
    TickColumns,
)
from gmmstudio.document.document import same_question
from gmmstudio.fitting import grid, run_to_end, sweep
from gmmstudio.mixture import Spec, fit
from gmmstudio.table import prepare, read_text

KIND, ONE, ID, GAPS, COUNT, SHARE, BAD, ZERO = range(2, 10)


@pytest.fixture(scope="module")
def rich():
    """Two columns to fit, labels of several sorts and weights of several sorts."""
    rng = np.random.default_rng(3)
    lines = ["x,y,kind,one,id,gaps,count,share,bad,zero"]
    for row in range(40):
        x, y = rng.normal((row % 3) * 9.0, 1.0, 2).round(3)
        kind = ("10", "9.0", "9")[row % 3] if row % 2 else ("10", "9", "9.0")[row % 3]
        gap = "" if row in (4, 9) else "pq"[row % 2]
        bad = -1 if row == 6 else 1
        lines.append(f"{x},{y},{kind},same,{row},{gap},{row % 4},{row / 8},{bad},0")
    return read_text("\n".join(lines) + "\n", "rich")


@pytest.fixture
def session(rich):
    session = Session()
    session.apply(OpenTable(rich))
    session.apply(TickColumns((0, 1)))
    return session


def sample_of(document):
    return prepare(document.table, document.preparation)


def refused(session, command):
    before = session.document
    with pytest.raises(DocumentError) as refusal:
        session.apply(command)
    assert session.document is before
    said = str(refusal.value)
    assert said.endswith(".")
    return said


def run(session):
    """Fit what the document asks."""
    document = session.document
    sample, spec = sample_of(document), asked_spec(document, sample_of(document))
    found = fit(
        sample.x,
        spec.n_components,
        spec.structure,
        start=spec.start,
        tries=2,
        prior=spec.prior,
        weights=sample.weights,
        units=sample.units,
    )
    session.apply(
        AddFit(found, document.preparation, document.spec, start_column=document.start_column)
    )
    return session.document.record


# -- labels of a column ---------------------------------------------------------------------------


def test_a_columns_values_are_the_labels_in_rising_order(session):
    session.apply(StartFromColumn(KIND))
    document = session.document
    assert document.spec.n_components == 2  # 9 and 9.0 are one number
    assert document.spec.start == "k-means++"  # what the document asks stays a word
    asked = asked_spec(document, sample_of(document))
    numbers = document.table.columns[KIND].values
    assert asked.start.tolist() == (numbers == 10).astype(int).tolist()
    assert asked.replace(start="k-means++").n_components == 2


def test_without_a_start_column_the_spec_is_the_documents(session):
    document = session.document
    assert asked_spec(document, sample_of(document)) is document.spec
    with pytest.raises(DocumentError, match="open one first"):
        asked_spec(Document(), sample_of(document))


@pytest.mark.parametrize(
    ("column", "words"),
    [
        (0, "untick it first"),
        (99, "no column number 100"),
        (ONE, "only one value, “same”, in the 40 rows"),
        (ID, "40 different values in 40 rows: too many"),
        (GAPS, "no value in 2 of the 40 rows"),
    ],
)
def test_a_column_that_makes_no_labels_is_refused(session, column, words):
    assert words in refused(session, StartFromColumn(column))


def test_labels_need_columns_and_a_table(session):
    session.apply(TickColumns(()))
    assert "No column is ticked" in refused(session, StartFromColumn(KIND))
    with pytest.raises(DocumentError, match="open one first"):
        StartFromColumn(0).apply(Document())


def test_rows_left_out_need_no_label(session):
    session.apply(ExcludeRows(frozenset({4, 9})))
    session.apply(StartFromColumn(GAPS))
    assert len(asked_spec(session.document, sample_of(session.document)).start) == 38
    session.apply(IncludeRows())
    with pytest.raises(DocumentError, match="no value in 2 of the 40 rows"):
        asked_spec(session.document, sample_of(session.document))


def test_labels_that_lost_a_value_are_told_before_they_are_used(session):
    session.apply(StartFromColumn(KIND))
    numbers = session.document.table.columns[KIND].values
    session.apply(ExcludeRows(frozenset(np.flatnonzero(numbers == 10)[:-1].tolist())))
    assert asked_spec(session.document, sample_of(session.document)).start.sum() == 1
    session.apply(ExcludeRows(frozenset(np.flatnonzero(numbers == 10).tolist())))
    with pytest.raises(DocumentError, match="only one value, “9”"):
        asked_spec(session.document, sample_of(session.document))


def test_a_start_column_is_kept_until_another_k_start_or_table_is_asked(session, rich):
    session.apply(StartFromColumn(KIND))
    kept = (SetComponents(2), SetSeed(5), SetStructure("EEE"), SetScale("none"), TickColumns((0,)))
    for command in kept:
        session.apply(command)
        assert session.document.start_column == KIND
    dropping = (SetComponents(3), SetStart("random"), OpenTable(rich), TickColumns((0, KIND)))
    for command in dropping:
        session.apply(command)
        assert session.document.start_column is None
        session.undo()
        assert session.document.start_column == KIND


def test_another_start_column_is_another_question_but_seed_and_tries_are_not(session):
    session.apply(StartFromColumn(KIND))
    record = run(session)
    assert record.start_column == KIND
    assert record.fit.attempts[0].start == "labels"
    assert not session.document.is_out_of_date(record)
    session.apply(SetSeed(9))
    assert not session.document.is_out_of_date(record)
    session.apply(SetStart("random", tries=3))
    assert session.document.is_out_of_date(record)
    run(session)
    session.apply(ShowFit(1))
    assert session.document.start_column == KIND
    assert not session.document.is_out_of_date(session.document.record)


def test_a_sweep_does_not_start_from_the_column(session):
    document = session.document
    sample = sample_of(document)
    cells = run_to_end(
        sweep(
            sample.x, grid(document.spec.replace(tries=2), [1, 2], ["EEE"], 2), units=sample.units
        )
    )
    session.apply(SetStart("k-means++", tries=2))
    session.apply(SetSweep(cells, session.document.preparation, session.document.spec))
    session.apply(StartFromColumn(KIND))
    assert not session.document.is_out_of_date(session.document.sweep)
    session.apply(ShowCell("EEE", 1))
    assert session.document.start_column is None
    assert not session.document.is_out_of_date(session.document.record)


def test_a_hierarchical_start_makes_one_try():
    once, again = Spec(start="hierarchical"), Spec(start="hierarchical", tries=3)
    assert same_question(once, again, n_columns=2)
    assert not same_question(once, once.replace(seed=1), n_columns=2)  # it draws rows of many
    assert not same_question(once, Spec(), n_columns=2)


# -- centres --------------------------------------------------------------------------------------


def test_centres_outside_the_data_are_refused_with_their_place(session):
    x = sample_of(session.document).x
    inside = np.array([x.min(axis=0), x.max(axis=0)])
    session.apply(SetStart(inside))
    assert session.document.spec.n_components == 2
    outside = inside.copy()
    outside[1, 0] = 1000.5
    said = refused(session, SetStart(outside))
    low, high = x[:, 0].min(), x[:, 0].max()
    assert "Centre 2 lies outside the data: its “x” is 1000.5" in said
    assert f"the rows used run from {low:g} to {high:g};" in said
    rows = frozenset(np.flatnonzero(x[:, 0] > 12).tolist())
    session.apply(ExcludeRows(rows))
    assert "Centre 2" in refused(session, SetStart(inside))


def test_centres_that_do_not_fit_the_columns_or_agree_are_refused(session):
    assert "3 columns, and 2 are used (x, y)" in refused(session, SetStart(np.ones((2, 3))))
    twice = np.array([[1.0, 2], [3, 4], [1, 2]])
    assert "Centres 1 and 3 are the same point" in refused(session, SetStart(twice))
    with pytest.raises(DocumentError, match="open one first"):
        SetStart(np.ones((1, 2))).apply(Document())


# -- row weights ----------------------------------------------------------------------------------


def test_weights_are_set_kept_and_given_up(session):
    session.apply(SetWeights(COUNT))
    assert session.document.preparation.weights == COUNT
    assert session.undo_label == "Weight the rows"
    assert sample_of(session.document).n_observations == 60
    record = run(session)
    assert record.fit.n_observations == 60
    session.apply(TickColumns((0,)))
    assert session.document.preparation.weights == COUNT
    session.undo()
    assert not session.document.is_out_of_date(record)
    session.apply(SetWeights(COUNT, "relative"))
    assert session.document.is_out_of_date(record)
    assert sample_of(session.document).n_observations == pytest.approx(30)
    session.apply(SetWeights(None))
    assert session.document.preparation.weights is None
    session.apply(ShowFit(1))
    assert session.document.preparation.weights == COUNT


def test_weights_are_never_fitted(session):
    session.apply(TickColumns((0, 1, COUNT)))
    session.apply(SetWeights(COUNT))
    assert session.document.preparation.columns == (0, 1)
    assert "holds the row weights" in refused(session, TickColumns((0, COUNT)))
    session.apply(SetWeights(None))
    session.apply(TickColumns((COUNT,)))
    assert "only column ticked" in refused(session, SetWeights(COUNT))


@pytest.mark.parametrize("columns", [(0, 1), ()])
@pytest.mark.parametrize(
    ("command", "words"),
    [
        (SetWeights(BAD), "“bad” is -1 in row 7"),
        (SetWeights(ZERO), "All weights in “zero” are zero"),
        (SetWeights(ONE), "holds text"),
        (SetWeights(99), "no column number 100"),
        (SetWeights(COUNT, "sums"), "not as “sums”"),
    ],
)
def test_weights_that_are_none_are_refused(session, columns, command, words):
    session.apply(TickColumns(columns))
    assert words in refused(session, command)


def test_labels_given_for_the_rows_go_when_the_weights_may_leave_rows_out(session):
    session.apply(SetStart(np.arange(40) % 2))
    session.apply(SetWeights(COUNT))
    assert session.document.spec.start == "k-means++"


def test_another_table_has_no_weights_and_no_start_column(session, rich):
    session.apply(SetWeights(SHARE))
    session.apply(StartFromColumn(KIND))
    session.apply(OpenTable(rich))
    assert session.document.preparation.weights is None
    assert session.document.start_column is None


# -- the prior ------------------------------------------------------------------------------------


def test_the_prior_is_another_question(session):
    record = run(session)
    session.apply(SetPrior(True))
    assert session.document.spec.prior
    assert session.document.is_out_of_date(record)
    session.apply(SetPrior(False))
    assert not session.document.is_out_of_date(record)


def test_a_shape_without_a_prior_is_not_given_one(session):
    session.apply(SetStructure("VVE"))
    said = refused(session, SetPrior(True))
    assert "aligned shape has no conjugate prior" in said
    assert "spherical, tied diagonal, diagonal, tied, full" in said
    session.apply(SetStructure("full"))
    session.apply(SetPrior(True))
    session.apply(SetStructure("VEV"))
    assert not session.document.spec.prior
    session.apply(TickColumns((0,)))  # of one column there are two shapes, both with a prior
    session.apply(SetPrior(True))
    assert session.document.spec.prior
