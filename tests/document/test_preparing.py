"""The commands about missing cells, scale and logarithms."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from gmmstudio.document import DocumentError, assign
from gmmstudio.document.assignment import notes
from gmmstudio.document.commands import (
    ExcludeRows,
    SetLog,
    SetMissing,
    SetScale,
    SetStart,
    TickColumns,
)
from gmmstudio.document.identities import by_weight
from gmmstudio.mixture import Parameters
from gmmstudio.report import markup, sentences
from gmmstudio.table import prepare


@pytest.mark.parametrize(
    ("command", "label"),
    [
        (SetMissing("median"), "Fill by the median"),
        (SetMissing("nearest"), "Fill from the nearest rows"),
        (SetScale("robust"), "Scale by the middle half"),
        (SetLog((4,)), "Choose logarithms"),
    ],
)
def test_each_is_one_step_that_can_be_undone(session, command, label) -> None:
    if isinstance(command, SetLog):
        session.apply(SetMissing("skip"))
        rows = np.flatnonzero(session.document.table.columns[4].values <= 0)
        with pytest.raises(DocumentError, match="only numbers above zero"):
            session.apply(command)
        session.apply(ExcludeRows(frozenset(rows.tolist())))
    before = session.document
    assert session.apply(command) and not session.apply(command)
    assert (session.undo_label, session.document.preparation == before.preparation) == (
        label,
        False,
    )
    session.undo()
    assert session.document is before


@pytest.mark.parametrize("command", [SetMissing("mean"), SetScale("rank"), SetLog((2,))])
def test_what_makes_no_sense_is_refused(session, command) -> None:
    before = session.document
    with pytest.raises(DocumentError):
        session.apply(command)
    assert session.document is before


def test_logarithms_are_other_numbers_so_that_clusters_are_not_matched_by_them(
    session, made
) -> None:
    session.apply(TickColumns((0, 1)))
    session.apply(made(session.document, n_components=2))
    document = session.document
    found = document.record.fit.parameters
    assert abs(found.weights[0] - found.weights[1]) > 0.1
    swapped = Parameters(found.weights[::-1].copy(), found.means, found.covariances)
    assert document.identities_for(swapped, (0, 1)) == document.record.identities
    assert document.identities_for(swapped, (-1, -2)) == by_weight(swapped)
    assert by_weight(swapped) != document.record.identities
    assert dataclasses.replace(document.preparation, log=(1,)).measures == (0, -2)


def test_centres_lie_among_the_numbers_fitted(session) -> None:
    session.apply(TickColumns((3,)))
    rows = np.flatnonzero(~(session.document.table.columns[3].values > 0))
    session.apply(ExcludeRows(frozenset(rows.tolist())))
    session.apply(SetStart(np.array([[0.1], [10.0]])))
    assert isinstance(session.document.spec.start, np.ndarray)
    session.apply(SetLog((3,)))
    assert session.document.spec.start == "k-means++"  # those centres were not of logarithms
    with pytest.raises(DocumentError, match=r"“log weight” is 10"):
        session.apply(SetStart(np.array([[0.1], [10.0]])))
    session.apply(SetStart(np.array([[0.1], [2.0]])))


def test_filled_cells_are_told_of_in_notes_and_words(session, made) -> None:
    session.apply(TickColumns((0, 1, 3)))
    session.apply(made(session.document))
    skipping = assign(session.document.table, session.document.record)
    assert sorted(skipping.skipped.tolist()) == [7, 11]
    session.apply(SetMissing("nearest"))
    assert session.document.is_out_of_date(session.document.record)
    session.apply(made(session.document))
    document = session.document
    assignment = assign(document.table, document.record)
    assert assignment.skipped.size == 0 and assignment.n_rows == document.table.n_rows
    said = notes(document.table, document.record, assignment)
    assert said == dict.fromkeys((7, 11), "weight filled in (nearest rows)")
    words = markup.plain(sentences.left_out(document.table, document.record, assignment))
    assert "2 missing cells were filled in with the mean of the nearest complete rows" in words
    sample = prepare(document.table, document.preparation)
    assert sample.filled is not None and sample.filled.n_rows == 2
