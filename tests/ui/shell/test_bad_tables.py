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
from PySide6 import QtGui
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QToolTip, QWidget

from gmmstudio.document.commands import ExcludeRows, IncludeRows, RenameCluster, TickColumns
from gmmstudio.ui.views.planes.scatter_axes import Axes

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


@pytest.mark.parametrize("name", [name for name in TABLES if name not in ("ranks", "far away")])
def test_every_view_of_a_bad_table_is_a_picture_or_a_sentence(hand, name: str) -> None:
    do, number = hand.do, list(TABLES).index(name)
    hand.open(TABLES[name]())
    if name in ("huge", "tiny and huge", "near 2^53"):
        columns = hand.session.document.table.columns
        hand.apply(TickColumns(tuple(i for i, c in enumerate(columns) if c.values is not None)))
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


def looks_like_html(words: str) -> bool:
    """Tell whether a name that is not escaped would be read as HTML."""
    raw = any(mark in words for mark in ("<b>odd", "<b>&amp;", "<i>first"))
    return raw and QtGui.Qt.mightBeRichText(words)


def test_names_are_never_taken_for_html(hand, monkeypatch: pytest.MonkeyPatch) -> None:
    tips: list[str] = []
    monkeypatch.setattr(QToolTip, "showText", lambda _place, words, *_more: tips.append(words))
    hand.open(TABLES["odd names"]())
    hand.apply(TickColumns((1, 2, 3)))
    hand.fit(3)
    hand.apply(RenameCluster(0, "<i>first</i>"))
    hand.work.scatter.choose(Axes(2, 1))
    hand.wait(0.1)
    window = hand.window
    for view in hand.work.views:
        hand.turn(view)
        hand.wait(0.05)
        for plot in hand.plots(view):
            surface = hand.surface(plot)
            wide, high = range(4, surface.width(), 30), range(4, surface.height(), 20)
            hand.hover(plot, [(x, y) for x in wide for y in high])
        for widget in window.findChildren(QWidget):
            assert not looks_like_html(widget.toolTip()), widget.toolTip()
            if isinstance(widget, QLabel) and widget.textFormat() != Qt.TextFormat.PlainText:
                assert not looks_like_html(widget.text()), widget.text()
    assert any("&lt;i&gt;first&lt;/i&gt;" in words for words in tips), "no tooltip was seen"
    assert not [words for words in tips if looks_like_html(words)]
    header = hand.work.table.model.headerData
    role, across = Qt.ItemDataRole.ToolTipRole, Qt.Orientation.Horizontal
    assert not any(looks_like_html(header(section, across, role)) for section in range(1, 6))


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
