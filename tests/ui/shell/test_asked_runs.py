"""What the left side asks reaches the run: labels, weights, prior, one of the ten shapes."""

from __future__ import annotations

import numpy as np
import pytest

from gmmstudio.document.commands import (
    ExcludeRows,
    OpenTable,
    SetComponents,
    SetPrior,
    SetStart,
    SetStopping,
    SetStructure,
    SetWeights,
    StartFromColumn,
    TickColumns,
)
from gmmstudio.table.reading import read_text
from gmmstudio.table.table import Table
from gmmstudio.ui.dialogs.find_k import MORE, FindKDialog
from gmmstudio.ui.main_window import MainWindow
from gmmstudio.ui.sweep_time import drawn_tries, expected_seconds, start_note, time_words


def sites() -> Table:
    random = np.random.default_rng(5)
    lines = ["a,b,times,site"]
    for i in range(90):
        a, b = random.normal((0, 6, 3)[i % 3], 1), random.normal((0, 0, 5)[i % 3], 1)
        lines.append(f"{a:.4f},{b:.4f},{1 + i % 4},{'xyz'[i % 3]}")
    return read_text("\n".join(lines) + "\n", "sites")


@pytest.fixture
def asked(desk):
    desk.session.apply(OpenTable(sites()))
    desk.session.apply(TickColumns((0, 1)))
    return desk


def fitted(desk, until):
    n = len(desk.session.document.fits)
    desk.control.fit()
    until(lambda: len(desk.session.document.fits) > n and not desk.control.is_running)
    until(lambda: desk.stage.assignment is not None)
    return desk.session.document.record


def test_labels_of_a_column_are_the_start(asked, until) -> None:
    asked.session.apply(StartFromColumn(3))
    record = fitted(asked, until)
    assert [attempt.start for attempt in record.fit.attempts] == ["labels"]
    assert record.start_column == 3
    assert not asked.session.document.is_out_of_date(record)
    first = record.tracks[0].iterations[0].parameters
    document = asked.session.document
    x = np.column_stack([document.table.columns[j].values for j in (0, 1)])
    means = np.array([x[i::3].mean(axis=0) for i in range(3)])
    np.testing.assert_allclose(first.means, means, rtol=1e-9)
    asked.session.apply(SetStart("k-means++"))
    assert asked.session.document.is_out_of_date(record)


def test_weights_reach_the_fit_and_the_sweep(asked, until) -> None:
    asked.session.apply(SetWeights(2))
    record = fitted(asked, until)
    total = asked.session.document.table.columns[2].values.sum()
    assert record.fit.n_observations == total
    asked.control.find_best_k((2,), ("VEV",))
    until(lambda: asked.session.document.sweep is not None and not asked.control.is_running)
    (cell,) = asked.session.document.sweep.cells
    assert cell.fit.n_observations == total


def test_the_prior_reaches_the_fit(asked, until) -> None:
    asked.session.apply(SetPrior(True))
    assert fitted(asked, until).fit.log_prior != 0.0


@pytest.mark.parametrize("structure", MORE)
def test_each_of_the_ten_runs_and_is_shown(asked, until, structure) -> None:
    asked.session.apply(SetStructure(structure))
    record = fitted(asked, until)
    assert record.fit.structure == structure
    assert asked.stage.shown.structure == structure
    live = [shown for shown in asked.seen if shown.live]
    assert all(shown.n_attempts >= shown.attempt for shown in live)


def test_another_start_column_ends_the_run(asked, until) -> None:
    asked.session.apply(SetStopping(tol=0.0, max_iter=1_000_000))
    asked.control.fit()
    until(lambda: asked.stage.shown is not None and asked.stage.shown.live)
    asked.session.apply(StartFromColumn(3))
    assert not asked.control.is_running
    assert asked.session.document.record.fit.ended == "cancelled"


def test_labels_that_no_longer_serve_are_said_in_a_sentence(asked, until) -> None:
    asked.session.apply(StartFromColumn(3))
    asked.session.apply(ExcludeRows(frozenset(range(0, 90, 3))))  # all of one site
    said: list[str] = []
    told = lambda sentence, details: said.append(sentence + details)  # noqa: E731
    asked.control.failed.connect(told)
    asked.control.fit()
    until(lambda: bool(said) and not asked.control.is_running)
    assert said[0].startswith("“site” has 2 different values in the rows used now, but K is 3")


# ---- what the search is announced as --------------------------------------------------------


def test_the_dialog_offers_all_shapes_behind_a_line(qtbot) -> None:
    dialog = FindKDialog(3, 100, 10)
    qtbot.addWidget(dialog)
    assert dialog.n_fits == 36
    assert "none ticked" in dialog.more.button.text()
    dialog.all_shapes.click()
    assert dialog.n_fits == 126 and dialog.all_shapes.isChecked()
    assert "126 models. Each is looked at" in dialog.sentence.text()
    dialog.shapes["EVE"].setChecked(False)
    assert "are settled from 10 tries." in dialog.sentence.text()
    assert dialog.n_fits == 117 and not dialog.all_shapes.isChecked()
    assert "9 ticked" in dialog.more.button.text()
    dialog.all_shapes.click()
    dialog.all_shapes.click()
    assert dialog.n_fits == 36


def test_with_a_prior_the_others_cannot_be_ticked(qtbot) -> None:
    dialog = FindKDialog(3, 100, 1, prior=True, structures=("VVV", "VEV"))
    qtbot.addWidget(dialog)
    assert dialog.structures == ("VVV",)
    assert not dialog.shapes["VEV"].isEnabled()
    assert "take that off" in dialog.shapes["VEV"].toolTip()
    dialog.all_shapes.click()
    assert dialog.n_shapes == 6 and "tries" not in dialog.sentence.text()


def test_one_column_has_two_spreads(qtbot) -> None:
    dialog = FindKDialog(1, 100, 10)
    qtbot.addWidget(dialog)
    assert [box.text().split(":")[0] for box in dialog.shapes.values()] == [
        "Same spread",
        "Own spread",
    ]
    assert dialog.n_fits == 18 and dialog.all_shapes.isHidden()


def test_models_that_the_rows_cannot_carry_are_counted(qtbot) -> None:
    dialog = FindKDialog(3, 12, 10, structures=("VVV",))
    qtbot.addWidget(dialog)
    assert dialog.n_hopeless == 6, "four rows for each cluster: K = 4 … 9 cannot be"
    assert "6 of them ask for more clusters than 12 rows can carry" in dialog.sentence.text()
    dialog.last.setValue(3)
    assert dialog.n_hopeless == 0 and "carry" not in dialog.sentence.text()


def test_the_time_grows_with_the_table_and_the_models(qtbot) -> None:
    base = expected_seconds(5_000, 4, range(1, 10), 4)
    assert base < expected_seconds(50_000, 4, range(1, 10), 4)
    assert base < expected_seconds(5_000, 8, range(1, 10), 4)
    assert expected_seconds(5_000, 4, range(1, 10), 14) == pytest.approx(3.5 * base)
    dialog = FindKDialog(4, 300, 10)
    qtbot.addWidget(dialog)
    assert "that takes a few seconds" in dialog.sentence.text()


def test_times_are_said_as_roughly_as_they_are_known() -> None:
    assert time_words(20) == "less than half a minute"
    assert time_words(59) == "less than a minute"
    assert time_words(61) == "about 1 minute"
    assert time_words(600) == "about 10 minutes"
    assert time_words(6000) == "about 2 hours"


def test_a_start_for_one_k_is_not_that_of_the_search(asked) -> None:
    document = asked.session.document
    assert start_note(document) == "" and drawn_tries(document.spec) == 10
    asked.session.apply(StartFromColumn(3))
    assert "labels of site serve one K only" in start_note(asked.session.document)
    asked.session.apply(SetStart("hierarchical"))
    assert drawn_tries(asked.session.document.spec) == 1
    asked.session.apply(SetStart(np.array([[0.0, 0.0], [5.0, 1.0]])))
    assert "k-means++" in start_note(asked.session.document)
    assert drawn_tries(asked.session.document.spec) == 10


@pytest.mark.qt_log_ignore("does not support propagateSizeHints")
def test_the_unfolded_shapes_are_remembered(window, qtbot) -> None:
    shape = window.workspace.left.model.shape
    assert not shape.more.button.isChecked()
    shape.more.button.click()
    window.asks_before_closing = False
    window.close()
    other = MainWindow(window.preferences)
    assert other.workspace.left.model.shape.more.button.isChecked()
    other.close()
    other.deleteLater()


@pytest.mark.qt_log_ignore("does not support propagateSizeHints")
def test_the_window_finds_the_best_k_over_all_shapes(window, until) -> None:
    window.session.apply(OpenTable(sites()))
    window.session.apply(TickColumns((0, 1)))
    window.session.apply(SetComponents(2))
    window.handlers.find_k()
    dialog = window.handlers.find_dialog
    dialog.first.setValue(2)
    dialog.last.setValue(3)
    dialog.all_shapes.click()
    dialog.accept()
    until(lambda: window.session.document.sweep is not None and not window.control.is_running)
    assert len(window.session.document.sweep.cells) == 28
    best = window.session.document.record
    assert best.fit.n_components == 3
