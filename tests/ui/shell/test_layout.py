"""How the workspace looks, in words: brought back as it was, and harmless whatever they say."""

from __future__ import annotations

import base64
import zlib

import numpy as np
import pytest
from window_steps import fitted

from gmmstudio.document.commands import OpenTable
from gmmstudio.table.reading import read_text
from gmmstudio.ui.layout import layout_words, restore_layout
from gmmstudio.ui.selection_words import MOST_ROWS, mask_of, words_of

pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints")


@pytest.fixture
def penguins_open(window, until):
    window.handlers.open_sample("penguins")
    until(lambda: window.session.document.table is not None)
    fitted(window, until)
    return window


def drawn(window, until) -> None:
    until(lambda: window.workspace.scatter.drawing is not None)


def test_what_was_looked_at_is_there_again(penguins_open, until) -> None:
    window, workspace = penguins_open, penguins_open.workspace
    table = window.session.document.table
    scatter = workspace.scatter
    drawn(window, until)
    plain = layout_words(workspace)
    assert "zoom" not in plain
    home = scatter.plot.home
    scatter.plot.box.scaleBy((0.5, 0.25))
    scatter.plot.box.moved_by_hand.emit()
    workspace.left.model.advanced.button.setChecked(True)
    workspace.table.sort_by(2, True)
    rows = np.array([3, 4, 5, 343])
    workspace.selection.choose(rows)
    words = layout_words(workspace)
    seen = scatter.plot.box.viewRange()
    listed = [workspace.table.model.table_row(place) for place in range(344)]

    restore_layout(workspace, plain, table)
    scatter.plot.go_home()
    scatter.plot.box.went_home.emit()
    workspace.selection.clear()
    assert not workspace.left.model.advanced.button.isChecked()
    assert scatter.zooms.chosen is None
    assert layout_words(workspace) == plain

    restore_layout(workspace, words, table)
    assert np.allclose(scatter.plot.box.viewRange(), seen)
    assert scatter.plot.home == home
    assert workspace.left.model.advanced.button.isChecked()
    assert [workspace.table.model.table_row(place) for place in range(344)] == listed
    assert workspace.selection.rows.tolist() == rows.tolist()
    assert layout_words(workspace) == words


def test_a_zoom_waits_for_what_it_is_of(penguins_open, until) -> None:
    """A table that was just opened is drawn a moment later."""
    window, scatter = penguins_open, penguins_open.workspace.scatter
    drawn(window, until)
    scatter.plot.box.scaleBy((0.5, 0.5))
    scatter.plot.box.moved_by_hand.emit()
    words, seen = layout_words(window.workspace), scatter.plot.box.viewRange()
    window.handlers.new()
    window.session.undo()
    window.workspace.scatter.zooms._ranges.clear()
    restore_layout(window.workspace, words, window.session.document.table)
    drawn(window, until)
    assert np.allclose(scatter.plot.box.viewRange(), seen)


HUGE = base64.b64encode(zlib.compress(bytes(50_000_000))).decode()


STRANGE = [
    {"zoom": "nan nan nan nan", "sorted": "-1 upwards", "selected rows": "%"},
    {"zoom": "5 1 5 1", "sorted": "999999 downwards", "selected rows": "AAAA"},
    {"zoom": "1e300 2e300 0 1", "sorted": "", "selected rows": HUGE},
    {"zoom": "-inf inf 0 1", "sorted": "x", "selected rows": HUGE[:40]},
    {"zoom": "1 2 3", "sorted": "0", "selected rows": "é", "advanced": "", "plot": "?"},
    {"zoom": "0 1 " * 1000, "criterion": "🐧", "tab": "", "axes": "9 9", "sizes/rows": "0 0"},
    {"compared": "no such column", "all clusters": "shown", "choice/Scatter/colour": "none"},
]


def test_words_that_mean_nothing_are_passed_over(penguins_open, until, caplog) -> None:
    window, workspace = penguins_open, penguins_open.workspace
    drawn(window, until)
    before, seen = layout_words(workspace), workspace.scatter.plot.box.viewRange()
    for strange in STRANGE:
        restore_layout(workspace, strange, window.session.document.table)
        window.grab()
        assert not workspace.selection.n
        assert workspace.scatter.plot.box.viewRange() == seen
        after = layout_words(workspace)
        for folded in ("advanced", "all clusters"):  # these are what they were told to be
            after[folded] = before[folded]
        assert after == before, strange
    assert not caplog.records


@pytest.mark.parametrize("n_rows", [1, 7, 8, 9, 344, 100_001])
def test_a_selection_is_the_same_in_words(n_rows) -> None:
    random = np.random.default_rng(n_rows)
    for share in (0.001, 0.5, 1.0):
        mask = random.random(n_rows) < share
        found = mask_of(words_of(mask), n_rows)
        assert found is not None
        assert np.array_equal(found, mask)
        for other in (n_rows + 8, n_rows - 8):
            assert other < 1 or mask_of(words_of(mask), other) is None
    assert words_of(None) == ""
    assert mask_of("", n_rows) is None


def test_a_selection_of_too_many_rows_has_no_words() -> None:
    assert words_of(np.ones(MOST_ROWS + 1, bool)) == ""
    assert mask_of(words_of(np.ones(8, bool)), MOST_ROWS + 1) is None


def test_a_table_without_numbers_shows_no_axes_of_the_one_before(penguins_open, until) -> None:
    window, scatter = penguins_open, penguins_open.workspace.scatter
    drawn(window, until)
    assert scatter.plot.frame.isVisible()
    window.session.apply(OpenTable(read_text("who,what\nann,tea\nbob,milk\n")))
    until(lambda: scatter._empty.isVisible())
    assert not scatter.plot.frame.isVisible()
    window.session.undo()
    drawn(window, until)
    assert scatter.plot.frame.isVisible()
