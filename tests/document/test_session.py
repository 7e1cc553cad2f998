"""Apply, undo, redo: nothing is lost, everyone is told, once and truly."""

from __future__ import annotations

import itertools
import threading
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gmmstudio.document import Document, DocumentError, Session
from gmmstudio.document.command import Command
from gmmstudio.document.commands import (
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
    SetWeights,
    ShowFit,
    StartFromColumn,
    TickColumns,
)
from gmmstudio.document.values import same_value
from gmmstudio.mixture.outliers import OutlierRule


def rule(value):
    return SetOutlierRule(OutlierRule("percentile", value))


def say_the_same(a: Document, b: Document) -> bool:
    small = (
        *("table_id", "preparation", "spec", "active", "outlier_rule", "names"),
        "start_column",
    )
    return (
        all(same_value(getattr(a, name), getattr(b, name)) for name in small)
        and a.table is b.table
        and len(a.fits) == len(b.fits)
        and all(
            x.fit is y.fit and (x.id, x.identities) == (y.id, y.identities)
            for x, y in zip(a.fits, b.fits, strict=True)
        )
        and a.sweep is b.sweep
    )


def test_undo_and_redo_give_back_the_very_documents(session):
    first = session.document
    session.apply(SetComponents(5))
    second = session.document
    assert session.undo()
    assert session.document is first
    assert session.redo()
    assert session.document is second
    assert not session.redo()


def test_labels_say_what_would_be_undone(session):
    session.apply(SetComponents(5))
    session.apply(SetSeed(7))
    assert session.undo_label == "Set the seed to 7"
    assert not session.can_redo
    assert session.redo_label == ""
    session.undo()
    assert (session.undo_label, session.redo_label) == ("Set K to 5", "Set the seed to 7")


def test_nothing_to_undo():
    session = Session()
    assert not session.can_undo
    assert session.undo_label == ""
    assert not session.undo()
    assert not session.redo()


def test_a_new_command_ends_the_future(session):
    session.apply(SetComponents(5))
    session.undo()
    session.apply(SetComponents(6))
    assert not session.can_redo


@pytest.mark.parametrize(
    "command",
    [
        SetComponents(3),
        SetStructure("full"),
        SetStructure("VVV"),
        SetScale("standard"),
        SetSeed(0),
        SetStart("k-means++", tries=10),
        SetStopping(1e-8, 1000),
        rule(5.0),
        IncludeRows(),
        ExcludeRows(frozenset()),
        RenameCluster(0, ""),
        RenameCluster(0, "Cluster A"),
        TickColumns((3, 1, 0)),
        SetPrior(False),
        SetWeights(None),
    ],
    ids=lambda c: c.label,
)
def test_a_command_that_changes_nothing_leaves_no_trace(session, command):
    before, told = session.document, []
    session.subscribe(told.append)
    label = session.undo_label
    assert not session.apply(command)
    assert session.document is before
    assert session.undo_label == label
    assert told == []


def test_a_refused_command_changes_nothing(session):
    session.apply(SetComponents(4))
    session.undo()
    before, told = session.document, []
    session.subscribe(told.append)
    with pytest.raises(DocumentError):
        session.apply(ShowFit(99))
    assert session.document is before
    assert session.can_redo
    assert told == []


def test_a_change_names_the_fields_that_are_not_the_same(session):
    told = []
    session.subscribe(told.append)
    session.apply(SetComponents(5))
    session.apply(rule(2.0))
    session.apply(TickColumns((0,)))
    assert [change.fields for change in told] == [{"spec"}, {"outlier_rule"}, {"preparation"}]
    session.undo()
    assert told[-1].fields == {"preparation"}
    assert told[-1].new is session.document
    assert told[-1].old is told[-2].new


def test_the_steps_of_a_drag_undo_as_one(session):
    start = session.document
    for value in (6.0, 7.0, 8.0):
        session.apply(rule(value))
    assert session.document.outlier_rule.value == 8.0
    session.undo()
    assert session.document is start
    session.redo()
    assert session.document.outlier_rule.value == 8.0


def test_a_seal_another_command_or_an_undo_ends_a_drag(session):
    session.apply(rule(6.0))
    session.seal()
    session.apply(rule(7.0))
    session.undo()
    assert session.document.outlier_rule.value == 6.0
    session.apply(rule(8.0))  # after undo a step of its own
    session.undo()
    assert session.document.outlier_rule.value == 6.0
    session.apply(SetComponents(4))
    session.apply(rule(9.0))
    session.undo()
    assert session.document.spec.n_components == 4


def test_another_kind_of_rule_is_another_step(session):
    session.apply(rule(6.0))
    session.apply(SetOutlierRule(OutlierRule("chi2", 0.99)))
    session.undo()
    assert session.document.outlier_rule == OutlierRule("percentile", 6.0)


def test_a_drag_back_to_where_it_began_leaves_nothing_to_undo(session):
    label = session.undo_label
    start = session.document
    for value in (6.0, 7.0, 5.0):
        session.apply(rule(value))
    assert session.document is start
    assert session.undo_label == label
    session.apply(rule(6.0))  # and the drag goes on
    session.undo()
    assert session.document is start


def test_unsubscribed_listeners_are_not_told(session):
    told = []
    end = session.subscribe(told.append)
    session.apply(SetComponents(5))
    end()
    end()
    session.apply(SetComponents(6))
    assert len(told) == 1


def test_a_broken_listener_does_not_keep_the_others_from_hearing(session):
    told = []

    def broken(change):
        raise RuntimeError("a view")

    session.subscribe(broken)
    session.subscribe(told.append)
    with pytest.raises(RuntimeError, match="a view"):
        session.apply(SetComponents(5))
    assert len(told) == 1
    assert session.document.spec.n_components == 5


def test_a_change_made_by_a_listener_is_told_after_the_first(session):
    told = []

    def react(change):
        if change.new.spec.n_components == 5:
            session.apply(SetComponents(6))

    session.subscribe(react)
    session.subscribe(told.append)
    session.apply(SetComponents(5))
    assert [c.new.spec.n_components for c in told] == [5, 6]
    assert told[0].new is told[1].old


def test_only_its_own_thread_may_change_the_document(session):
    errors = []

    def work():
        for action in (lambda: session.apply(SetComponents(5)), session.undo, session.redo):
            try:
                action()
            except RuntimeError as error:
                errors.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert len(errors) == 3


def test_commands_must_say_what_they_are():
    @dataclass(frozen=True)
    class Empty(Command):
        pass

    with pytest.raises(NotImplementedError):
        Empty().apply(Document())
    with pytest.raises(NotImplementedError):
        _ = Empty().label


COMMANDS = st.one_of(
    st.builds(SetComponents, st.integers(1, 5)),
    st.builds(SetStructure, st.sampled_from(["VII", "VVI", "EEE", "VVV", "VVE", "full"])),
    st.builds(SetScale, st.sampled_from(["none", "standard"])),
    st.builds(SetSeed, st.integers(0, 3)),
    st.builds(SetStart, st.sampled_from(["k-means++", "random"]), st.sampled_from([None, 2, 10])),
    st.builds(SetStopping, st.sampled_from([0.0, 1e-8]), st.sampled_from([10, 1000])),
    st.builds(rule, st.sampled_from([1.0, 5.0, 6.0])),
    st.builds(ExcludeRows, st.frozensets(st.integers(0, 59), max_size=3)),
    st.builds(IncludeRows, st.one_of(st.none(), st.frozensets(st.integers(0, 59), max_size=3))),
    st.builds(TickColumns, st.sampled_from([(0,), (0, 1), (1, 3), (0, 1, 3), ()])),
    st.builds(SetPrior, st.booleans()),
    st.builds(SetWeights, st.sampled_from([None, 4, 2]), st.sampled_from(["auto", "relative"])),
    st.builds(StartFromColumn, st.sampled_from([2, 0, 4])),
    st.builds(RenameCluster, st.integers(0, 3), st.sampled_from(["", "x", "y y", " z "])),
    st.sampled_from(["fit", "open", "show", "seal", "undo", "redo"]),
)


@given(st.lists(COMMANDS, max_size=30))
def test_undo_all_is_the_start_and_redo_all_the_end(table, other_table, made, commands):
    session = Session()
    start = session.document
    session.apply(OpenTable(table))
    seen = []
    session.subscribe(seen.append)
    for command in commands:
        before = session.document
        try:
            if command == "fit":
                if not before.preparation.columns:
                    continue
                command = made(before, n_components=min(before.spec.n_components, 3), seed=0)
            elif command == "open":
                command = OpenTable(other_table)
            elif command == "show":
                command = ShowFit(1)
            elif command in ("seal", "undo", "redo"):
                getattr(session, command)()
                continue
            pure = command.apply(before)
            session.apply(command)
        except DocumentError:
            assert session.document is before
            continue
        assert say_the_same(session.document, pure)  # pure: the same twice
    for earlier, later in itertools.pairwise(seen):
        assert earlier.new is later.old
    end = session.document
    while session.undo():
        pass
    assert session.document is start
    while session.redo():
        pass
    if commands and "undo" not in commands:
        assert session.document is end
