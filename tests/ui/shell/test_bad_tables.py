"""Every view, tool and choice of the window over tables nobody would make on purpose.

A sensible picture or a sentence is right; an exception, a warning of Qt, an error in the log, a
window that is away for long, or a thread that stays behind is not. What slots and threads raise,
what Qt warns of and what outlives the window fails a test by itself.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest
from bad_tables import TABLES, Hand

from gmmstudio.document.commands import ExcludeRows, IncludeRows, TickColumns

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")

LONGEST = 1.5  # seconds of work in one turn of the event loop
FORMS = ("svg", "png", "pdf")


@pytest.fixture
def hand(window, tmp_path, caplog: pytest.LogCaptureFixture) -> Iterator[Hand]:
    caplog.set_level(logging.WARNING)
    window.resize(1280, 720)
    made = Hand(window, tmp_path)
    yield made
    made.close()
    window.close()
    said = [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]
    assert not said, said
    assert made.heart.worst < LONGEST, f"away for {made.heart.worst:.2f} s in {made.heart.doing}"


@pytest.mark.parametrize("name", TABLES)
def test_every_view_of_a_bad_table_is_a_picture_or_a_sentence(hand, name: str) -> None:
    do, number = hand.do, list(TABLES).index(name)
    hand.open(TABLES[name]())
    do(hand.fit, 50 if name == "50 clusters" else None)
    has_model = hand.stage.shown is not None
    assert has_model or hand.says_why(), "neither a model nor a sentence"
    do(hand.look_from_all_sides)
    for place, view in enumerate(hand.work.views):
        do(hand.turn, view)
        turn = (place + number) % 3  # all of it for each table would take minutes
        if turn == 0:
            do(hand.choose_everything)
        elif turn == 1:
            do(hand.look_around)
        elif place % 2:
            do(hand.take_picture, view, FORMS[(place // 2 + number) % 3], legend=has_model)
    do(hand.select)
    do(hand.scrub)
    if number % 3 == 0:
        do(hand.find_k, (1, 2))
    if number % 3 == 1:
        do(hand.adjust)
    if number % 9 == 2:
        do(hand.film)
    do(hand.exclude, number % 2)
    done = do(hand.undo_all)
    assert hand.session.document.table is None
    do(hand.redo_all, done)
    assert hand.session.document.table is not None


@pytest.mark.parametrize("view", range(6))
def test_another_table_comes_while_a_view_is_in_front(hand, view: int) -> None:
    hand.turn(hand.work.views[view])
    names = ["bits", "one row", "odd names", "huge", "no numbers", "one column", "bits"]
    for name in names:
        hand.do(hand.open, TABLES[name]())
        hand.trigger("fit")
        hand.wait(0.05)
    hand.undo_all()


def test_fewer_rows_than_clusters_are_a_sentence_and_all_rows_again_a_fit(hand) -> None:
    hand.open(TABLES["one constant"]())
    hand.apply(TickColumns((0, 1)))
    hand.fit(4)
    before = hand.session.document.record
    assert before is not None
    n_rows = hand.session.document.table.n_rows
    for keep in (3, 0):
        hand.apply(ExcludeRows(frozenset(range(keep, n_rows))))
        hand.trigger("fit")
        hand.rest()
        assert hand.says_why()
        assert hand.session.document.record is before, "the fit there was is kept"
        hand.put_away()
        hand.apply(IncludeRows())
    hand.fit()
    assert hand.session.document.record.fit.converged
