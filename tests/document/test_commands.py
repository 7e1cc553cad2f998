"""What each command does, what it refuses, and what it drags along."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from pathlib import Path

import numpy as np
import pytest

from gmmstudio.document import Document, DocumentError, Session
from gmmstudio.document.commands import (
    AddFit,
    ExcludeRows,
    IncludeRows,
    OpenTable,
    RenameCluster,
    SetComponents,
    SetOutlierRule,
    SetPrior,
    SetScale,
    SetSeed,
    SetStart,
    SetStopping,
    SetStructure,
    SetSweep,
    SetWeights,
    ShowCell,
    ShowFit,
    StartFromColumn,
    TickColumns,
)
from gmmstudio.fitting import grid, run_to_end, sweep
from gmmstudio.mixture.outliers import OutlierRule
from gmmstudio.mixture.parameters import Parameters
from gmmstudio.mixture.spec import Spec
from gmmstudio.table import prepare

TWO = Parameters(np.array([0.5, 0.5]), np.zeros((2, 3)), np.tile(np.eye(3), (2, 1, 1)))


def swept(document, components=(1, 2, 3), shapes=("EEE", "VVV")):
    sample = prepare(document.table, document.preparation)
    specs = grid(document.spec.replace(tries=2), components, shapes, sample.x.shape[1])
    cells = run_to_end(sweep(sample.x, specs, units=sample.units))
    return SetSweep(cells, document.preparation, document.spec)


def test_a_table_opens_with_its_sensible_columns_standardised(session, table):
    document = session.document
    assert document.table is table
    assert document.preparation.columns == table.default_columns() == (0, 1, 3)
    assert document.preparation.scale == "standard"
    assert document.preparation.excluded == frozenset()
    assert session.undo_label == "Open things"


def test_the_window_begins_with_full_three_ten_tries_seed_zero(session):
    spec = session.document.spec
    assert (spec.structure, spec.n_components, spec.start, spec.tries, spec.seed) == (
        "VVV",
        3,
        "k-means++",
        10,
        0,
    )
    assert str(session.document.outlier_rule) == "percentile:5.0"


def test_another_table_begins_anew(session, other_table, made):
    session.apply(SetComponents(2))
    session.apply(SetOutlierRule(OutlierRule("chi2", 0.99)))
    session.apply(made(session.document))
    session.apply(swept(session.document))
    session.apply(RenameCluster(0, "small"))
    session.apply(OpenTable(other_table))
    document = session.document
    assert (document.fits, document.active, document.sweep, document.names) == ((), None, None, ())
    assert document.spec.n_components == 3
    assert document.outlier_rule == OutlierRule()
    assert document.record is None


def test_a_search_cut_short_completes_the_one_before(session):
    whole = swept(session.document)
    session.apply(whole)
    part = replace(swept(session.document, components=(2, 4)), complete=False)
    session.apply(part)
    cells = {(cell.structure, cell.n_components): cell for cell in session.document.sweep.cells}
    assert set(cells) == {(shape, k) for shape in ("EEE", "VVV") for k in (1, 2, 3, 4)}
    assert all(any(cell is new for new in part.cells) for (_, k), cell in cells.items() if k == 2)
    session.apply(SetScale("none"))  # another question: nothing is kept of the answers before
    session.apply(replace(swept(session.document, components=(2,)), complete=False))
    assert {cell.n_components for cell in session.document.sweep.cells} == {2}
    session.apply(swept(session.document, components=(1,)))
    assert {cell.n_components for cell in session.document.sweep.cells} == {1}


def test_opening_the_same_table_again_starts_afresh(session, table):
    session.apply(TickColumns((0,)))
    session.apply(OpenTable(table))
    assert session.document.preparation.columns == (0, 1, 3)


def test_columns_are_ticked_in_the_tables_order(session):
    session.apply(TickColumns((3, 0, 3)))
    assert session.document.preparation.columns == (0, 3)
    session.apply(TickColumns(()))
    assert session.document.preparation.columns == ()


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (TickColumns((2,)), "“kind” holds no numbers"),
        (TickColumns((9,)), "no column number 10"),
        (TickColumns((-1,)), "no column number 0"),
        (ExcludeRows(frozenset({60})), "has 60 rows"),
        (ExcludeRows(frozenset({-1})), "has 60 rows"),
        (SetComponents(0), "at least 1"),
        (SetStructure("fill"), "full"),
        (SetScale("log"), "log"),
        (SetSeed(-1), "seed"),
        (SetStart("k-menas"), "k-menas"),
        (SetStart("random", tries=0), "tries"),
        (SetStopping(-1.0, 10), "tolerance"),
        (ShowFit(1), "no fit number 1"),
        (ShowCell("VVV", 3), "find the best K first"),
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)
def test_what_makes_no_sense_is_refused_in_a_sentence(session, command, words):
    with pytest.raises(DocumentError, match=words) as refusal:
        session.apply(command)
    assert str(refusal.value)[0].isupper()
    assert str(refusal.value).endswith(".")


@pytest.mark.parametrize("command", [TickColumns((0,)), ExcludeRows(frozenset({0}))])
def test_without_a_table_there_is_nothing_to_choose(command):
    with pytest.raises(DocumentError, match="open one first"):
        command.apply(Document())


def test_rows_are_excluded_and_included(session):
    session.apply(ExcludeRows(frozenset({1, 2})))
    session.apply(ExcludeRows(frozenset(np.array([2, 5]))))
    assert session.document.preparation.excluded == {1, 2, 5}
    assert all(type(row) is int for row in session.document.preparation.excluded)
    session.apply(IncludeRows(frozenset({2, 40})))
    assert session.document.preparation.excluded == {1, 5}
    session.apply(IncludeRows())
    assert session.document.preparation.excluded == frozenset()


def test_a_given_start_brings_its_k(session):
    session.apply(SetStart(TWO))
    assert session.document.spec.n_components == 2
    session.apply(SetStart(np.zeros((4, 3)) + np.arange(4)[:, None]))
    assert session.document.spec.n_components == 4
    session.apply(SetStart(np.arange(58) % 5))
    assert session.document.spec.n_components == 5


@pytest.mark.parametrize("start", [TWO, np.arange(58) % 2, np.array([[0.0, 0, 0], [9, 9, 9]])])
def test_a_given_start_goes_with_its_k_and_columns(session, other_table, start):
    for command in (SetComponents(3), TickColumns((0,)), OpenTable(other_table)):
        session.apply(SetStart(start))
        assert not isinstance(session.document.spec.start, str)
        session.apply(command)
        assert session.document.spec.start == "k-means++"
        session.undo()
        assert not isinstance(session.document.spec.start, str)
        session.undo()


def test_labels_go_with_their_rows_but_parameters_stay(session):
    session.apply(SetStart(np.arange(58) % 2))
    session.apply(ExcludeRows(frozenset({3})))
    assert session.document.spec.start == "k-means++"
    session.apply(SetStart(TWO))
    session.apply(IncludeRows())
    assert session.document.spec.start is TWO


def test_names_are_trimmed_given_back_and_never_shared(session, made):
    session.apply(made(session.document))
    session.apply(RenameCluster(1, "  long \n ones "))
    document = session.document
    assert document.cluster_name(1) == "long ones"
    assert document.cluster_name(0) == "Cluster A"
    with pytest.raises(DocumentError, match="already called"):
        session.apply(RenameCluster(0, "long ones"))
    with pytest.raises(DocumentError, match="already called"):
        session.apply(RenameCluster(0, "Cluster C"))
    session.apply(RenameCluster(1, ""))
    assert session.document.cluster_name(1) == "Cluster B"
    assert session.document.names == ()


def test_a_fit_is_added_shown_and_knows_what_it_was_made_from(session, made):
    command = made(session.document)
    session.apply(command)
    record = session.document.record
    assert (record.id, record.fit, record.seconds) == (1, command.fit, 0.5)
    assert record.preparation is command.preparation
    assert not session.document.is_out_of_date(record)
    session.apply(made(session.document, seed=1))
    assert session.document.active == 2
    assert len(session.document.fits) == 2


def test_a_shape_found_for_one_column_is_asked_of_several_as_its_kin(session):
    """A search over one column calls its shapes E and V, which several columns do not have."""
    document = session.document
    several = document.preparation.columns
    assert len(several) > 1
    for letters, kin in (("V", "VVV"), ("E", "EEE")):
        session.apply(TickColumns(several[:1]))
        session.apply(SetStructure(letters))
        assert session.document.spec.structure == letters
        session.apply(TickColumns(several))
        assert session.document.spec.structure == kin
        session.undo()
        assert session.document.spec.structure == letters
        session.apply(TickColumns(()))
        assert session.document.spec.structure == kin


def test_a_table_opened_after_undo_is_not_taken_for_the_one_before(table, other_table):
    session = Session()
    session.apply(OpenTable(table))
    first = session.document.table_id
    session.undo()
    session.apply(OpenTable(other_table))
    assert session.document.table_id not in (first, Document().table_id)
    session.undo()
    session.redo()
    assert session.document.table is other_table


def test_a_fit_of_another_table_is_dropped(session, other_table, made):
    command = made(session.document)
    asked = command.fit, command.preparation, command.spec
    late = AddFit(*asked, table_id=session.document.table_id)
    assert late.apply(session.document).active == 1
    session.apply(OpenTable(other_table))
    with pytest.raises(DocumentError, match="table was changed"):
        session.apply(late)
    with pytest.raises(DocumentError):
        command.apply(Document())


@pytest.mark.parametrize(
    "command",
    [
        SetComponents(4),
        SetStructure("EEE"),
        SetScale("none"),
        SetSeed(4),
        SetStart("random"),
        SetStart("k-means++", tries=3),
        SetStopping(1e-6, 1000),
        SetStopping(1e-8, 50),
        TickColumns((0, 1)),
        ExcludeRows(frozenset({4})),
        SetWeights(4),
        SetPrior(True),
        StartFromColumn(2),
    ],
    ids=lambda c: c.label,
)
def test_every_change_of_the_question_makes_the_fit_out_of_date_until_undone(
    session, made, command
):
    session.apply(made(session.document))
    session.apply(swept(session.document, (1, 2), ("EEE",)))
    record, found = session.document.record, session.document.sweep
    session.apply(command)
    assert session.document.record is record
    assert session.document.is_out_of_date(record)
    of_the_sweep = not isinstance(command, SetComponents | SetStructure | StartFromColumn)
    assert session.document.is_out_of_date(found) == of_the_sweep
    session.undo()
    assert not session.document.is_out_of_date(record)
    assert not session.document.is_out_of_date(found)


def test_names_and_rules_apply_at_once(session, made):
    session.apply(made(session.document))
    session.apply(RenameCluster(0, "x"))
    assert not session.document.is_out_of_date(session.document.record)


def test_what_makes_no_difference_does_not_make_a_fit_out_of_date(session, made):
    session.apply(SetStart(np.arange(58) % 3))
    session.apply(made(session.document))
    record = session.document.record
    session.apply(SetSeed(9))  # nothing is drawn
    assert not session.document.is_out_of_date(record)
    session.apply(SetStart(np.arange(58) % 3))
    assert not session.document.is_out_of_date(record)
    session.apply(SetStart((np.arange(58) + 1) % 3))
    assert session.document.is_out_of_date(record)


def test_of_one_column_full_and_diagonal_are_the_same(session, made):
    session.apply(TickColumns((0,)))
    session.apply(made(session.document, n_components=2))
    session.apply(SetComponents(2))
    session.apply(SetStructure("VVI"))
    assert not session.document.is_out_of_date(session.document.record)
    session.apply(SetStructure("EEE"))
    assert session.document.is_out_of_date(session.document.record)


def test_an_earlier_fit_is_shown_with_its_question(session, made):
    session.apply(made(session.document))
    session.apply(TickColumns((0, 1)))
    session.apply(SetComponents(2))
    session.apply(made(session.document))
    session.apply(ShowFit(1))
    document = session.document
    assert document.active == 1
    assert document.preparation.columns == (0, 1, 3)
    assert document.spec.n_components == 3
    assert not document.is_out_of_date(document.record)
    session.undo()
    assert session.document.active == 2


def test_a_cell_of_the_sweep_is_opened_once(session, made):
    session.apply(made(session.document))
    session.apply(swept(session.document))
    session.apply(ShowCell("EEE", 2))
    document = session.document
    cell = next(c for c in document.sweep.cells if (c.structure, c.n_components) == ("EEE", 2))
    assert document.record.fit is cell.fit
    assert document.record.tracks == cell.tracks
    assert (document.spec.structure, document.spec.n_components) == ("EEE", 2)
    assert session.undo_label == "Show tied, K = 2"
    session.apply(ShowFit(1))
    session.apply(ShowCell("EEE", 2))
    assert len(session.document.fits) == 2
    assert session.document.active == 2
    with pytest.raises(DocumentError, match="not tried"):
        session.apply(ShowCell("VII", 2))


def test_an_up_to_date_sweeps_cell_is_up_to_date(session):
    command = swept(session.document)
    session.apply(SetStart("k-means++", tries=2))
    session.apply(SetSweep(command.cells, session.document.preparation, session.document.spec))
    session.apply(ShowCell("VVV", 2))
    assert not session.document.is_out_of_date(session.document.record)
    session.apply(SetSeed(5))
    session.apply(ShowCell("VVV", 3))
    assert session.document.is_out_of_date(session.document.record)


def test_a_gap_is_not_shown(session):
    session.apply(ExcludeRows(frozenset(range(8, 60))))
    session.apply(swept(session.document, (1, 7), ("VVV",)))
    with pytest.raises(DocumentError, match="no fit to show"):
        session.apply(ShowCell("VVV", 7))


def test_commands_share_nothing_with_the_old_document(session, made):
    """Pure: applied to the same document twice, the same comes out and nothing else moved."""
    session.apply(made(session.document))
    before = session.document
    held = {name: getattr(before, name) for name in before.__dataclass_fields__}
    for command in (SetComponents(5), TickColumns((0,)), RenameCluster(0, "q"), ShowFit(1)):
        command.apply(before)
        command.apply(before)
    assert all(getattr(before, name) is value for name, value in held.items())


def test_a_document_is_plain_data(session, made):
    """Nothing that could not be written to a file: no functions, threads, Qt or class objects."""
    session.apply(made(session.document))
    session.apply(swept(session.document, (1, 2), ("VVV",)))
    session.apply(RenameCluster(0, "q"))
    plain = (str, int, float, bool, type(None), np.ndarray, Path)
    seen, todo = set(), [session.document]
    while todo:
        value = todo.pop()
        if isinstance(value, plain) or id(value) in seen:
            continue
        seen.add(id(value))
        if is_dataclass(value):
            assert type(value).__module__.startswith("gmmstudio.")
            todo += [getattr(value, field.name) for field in fields(value)]
        elif isinstance(value, tuple | frozenset):
            todo += value
        else:
            assert type(value).__module__.startswith("pyarrow"), value


def test_a_session_can_be_made_from_a_document_alone(session):
    assert Session(session.document).document is session.document
    assert isinstance(session.document.spec, Spec)
