"""A model changed by hand: what it is compared with, what drops it, how it is kept and undone."""

from __future__ import annotations

import numpy as np
import pytest

from gmmstudio.document import Document, DocumentError
from gmmstudio.document.commands import (
    AddFit,
    DropDraft,
    EditModel,
    ExcludeRows,
    KeepDraft,
    OpenTable,
    RenameCluster,
    SetComponents,
    SetDraftFit,
    SetOutlierRule,
    ShowFit,
    TakeShape,
    TickColumns,
)
from gmmstudio.document.document import FitRecord
from gmmstudio.document.draft import lowest_free
from gmmstudio.document.drafting import draft_spec
from gmmstudio.mixture import editing
from gmmstudio.mixture.em import run_to_end
from gmmstudio.mixture.outliers import OutlierRule
from gmmstudio.mixture.search import search
from gmmstudio.table import prepare


@pytest.fixture
def fitted(session, made):
    session.apply(made(session.document))
    session.apply(RenameCluster(1, "long ones"))
    return session


def cut(document: Document, component: int = 0) -> EditModel:
    """Split a component of the fit shown."""
    record = document.record
    sample = prepare(document.table, record.preparation)
    parameters = editing.split(record.fit.parameters, component, sample.units)
    identities = (*record.identities, lowest_free(record.identities))
    return EditModel("Split cluster A", parameters, identities)


def climbed(document: Document) -> SetDraftFit:
    """What EM makes of the draft."""
    draft, record = document.draft, document.record
    sample = prepare(document.table, record.preparation)
    run = search(sample.x, draft_spec(record, draft.parameters), units=sample.units)
    return SetDraftFit(draft, run_to_end(run), draft.parameters)


def test_a_change_by_hand_is_beside_the_fit_not_in_its_place(fitted):
    before = fitted.document
    fitted.apply(cut(before))
    after = fitted.document
    assert after.record is before.record and after.fits is before.fits
    assert after.draft.base == before.record.id and after.draft.fit is None
    assert after.draft.parameters.n_components == before.record.fit.n_components + 1
    assert fitted.undo_label == "Split cluster A"
    fitted.undo()
    assert fitted.document.draft is None
    fitted.redo()
    assert fitted.document.draft is after.draft


def test_every_step_is_undone_and_done_again(fitted):
    seen = [fitted.document]
    for command in (cut, climbed, lambda document: KeepDraft()):
        fitted.apply(command(fitted.document))
        seen.append(fitted.document)
    assert fitted.undo_label == "Keep the changes"
    for document in reversed(seen[:-1]):
        fitted.undo()
        assert fitted.document is document
    for document in seen[1:]:
        fitted.redo()
        assert fitted.document is document


def test_what_is_kept_is_a_fit_that_its_spec_gives_again(fitted):
    base = fitted.document.record
    fitted.apply(cut(fitted.document))
    letters = fitted.document.draft.identities
    fitted.apply(climbed(fitted.document))
    fitted.apply(KeepDraft())
    document = fitted.document
    record = document.record
    assert document.draft is None and document.find(base.id) is base and record is not base
    assert record.identities == letters == (*base.identities, max(base.identities) + 1)
    assert document.cluster_name(1) == "long ones"
    assert not document.is_out_of_date(record)
    assert document.spec is record.spec and record.spec.n_components == len(letters)
    sample = prepare(document.table, record.preparation)
    again = run_to_end(search(sample.x, document.spec, units=sample.units))
    assert again.log_likelihood == record.fit.log_likelihood
    assert np.array_equal(again.parameters.means, record.fit.parameters.means)


def test_small_steps_of_one_key_are_one_step_to_undo(fitted):
    record = fitted.document.record
    plane = np.eye(3)[:, :2]
    parameters = record.fit.parameters
    for _ in range(5):
        parameters = editing.move(parameters, 1, plane, np.array([0.1, 0.0]), np.ones(3))
        fitted.apply(EditModel("Move cluster B", parameters, record.identities, "move 1"))
    fitted.undo()
    assert fitted.document.draft is None and fitted.document.record is record


@pytest.mark.parametrize(
    "command",
    [
        TickColumns((0, 1)),
        ExcludeRows(frozenset({3})),
        SetComponents(5),
        "table",
        "fit",
        "shown",
    ],
    ids=str,
)
def test_what_makes_a_draft_mean_something_else_drops_it_in_the_same_step(
    fitted, command, other_table, made
):
    if command == "table":
        command = OpenTable(other_table)
    elif command == "fit":
        command = made(fitted.document)
    elif command == "shown":
        fitted.apply(made(fitted.document, n_components=2))
        command = ShowFit(fitted.document.fits[0].id)
    fitted.apply(cut(fitted.document))
    draft = fitted.document.draft
    fitted.apply(command)
    assert fitted.document.draft is None
    fitted.undo()
    assert fitted.document.draft is draft


def shown_again(record: FitRecord) -> ShowFit:
    return ShowFit(record.id)


def taken_again(record: FitRecord) -> TakeShape:
    return TakeShape(record.fit, record.preparation, record.spec)


@pytest.mark.parametrize("again", [shown_again, taken_again])
def test_the_fit_before_is_shown_again_without_the_draft(fitted, again):
    fitted.apply(cut(fitted.document))
    assert fitted.apply(again(fitted.document.record))
    assert len(fitted.document.fits) == 1
    assert fitted.document.draft is None
    fitted.undo()
    assert fitted.document.draft is not None


def test_names_and_the_outlier_rule_leave_a_draft_alone(fitted):
    fitted.apply(cut(fitted.document))
    draft = fitted.document.draft
    fitted.apply(SetOutlierRule(OutlierRule("percentile", 2.0)))
    fitted.apply(RenameCluster(draft.identities[-1], "new ones"))
    assert fitted.document.draft is draft
    with pytest.raises(DocumentError, match="already called"):
        fitted.apply(RenameCluster(0, "new ones"))


def test_what_makes_no_sense_is_refused_in_a_sentence(session, fitted, made):
    with pytest.raises(DocumentError, match="press Fit first"):
        cut_of_nothing = cut(fitted.document)
        cut_of_nothing.apply(Document())
    with pytest.raises(DocumentError, match="nothing to keep"):
        fitted.apply(KeepDraft())
    fitted.apply(cut(fitted.document))
    with pytest.raises(DocumentError, match="let EM go on"):
        fitted.apply(KeepDraft())
    late = climbed(fitted.document)
    fitted.apply(cut(fitted.document, 1))
    with pytest.raises(DocumentError, match="changed while EM ran"):
        fitted.apply(late)
    record = fitted.document.record
    with pytest.raises(DocumentError, match="letter of its own"):
        fitted.apply(EditModel("Move cluster A", record.fit.parameters, (0, 0, 1)))


def test_discarding_goes_back_to_the_fit_before(fitted):
    before = fitted.document
    assert not fitted.apply(DropDraft())
    fitted.apply(cut(before))
    fitted.apply(DropDraft())
    assert fitted.document.draft is None and fitted.document.record is before.record
    fitted.undo()
    assert fitted.document.draft is not None


def test_a_fit_added_otherwise_is_matched_as_ever(fitted, made):
    added = made(fitted.document, n_components=2)
    assert isinstance(added, AddFit) and added.identities is None
    fitted.apply(added)
    assert len(set(fitted.document.record.identities)) == 2
