"""One selection in the whole window: whoever chooses, all show the same rows."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolButton
from scipy.stats import multivariate_normal

from gmmstudio.document.commands import OpenTable, SetComponents, TickColumns
from gmmstudio.ui import theme
from gmmstudio.ui.changed_rows import changed_rows
from gmmstudio.ui.selection_bar import wordings
from gmmstudio.ui.views.planes.scatter_axes import Axes
from gmmstudio.ui.views.scatter.row_reading import read_row

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")
LEFT = Qt.MouseButton.LeftButton
PLAIN = Qt.KeyboardModifier.NoModifier
SHIFT, CTRL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier


def fit(window, until) -> None:
    window.control.fit()
    until(lambda: not window.control.is_running and window.stage.assignment is not None)


@pytest.fixture
def fitted(window, penguins, until):
    window.session.apply(OpenTable(penguins))
    fit(window, until)
    window.resize(1440, 900)
    window.activateWindow()
    window.grab()
    return window


def selection(window):
    return window.stage.selection


def bar(window):
    return window.workspace.selection_bar


def click(button) -> None:
    QTest.mouseClick(button, LEFT)


def cluster_rows(window, identity: int) -> np.ndarray:
    found, record = window.stage.assignment, window.session.document.record
    return found.rows[found.labels == record.identities.index(identity)]


# ---- who chooses ---------------------------------------------------------------------------


def test_a_click_on_a_card_selects_its_cluster(fitted):
    card = fitted.workspace.reading.cards[1]
    assert not bar(fitted).isVisible()
    QTest.mouseClick(card.size_label, LEFT)
    rows = cluster_rows(fitted, 1)
    assert selection(fitted).rows.tolist() == rows.tolist()
    assert card.size_label.text() == f"{len(rows)} of {len(rows)} selected"
    assert bar(fitted).isVisible()
    assert bar(fitted).words.text() == f"{len(rows)} rows selected (Cluster B)"
    other = fitted.workspace.reading.cards[0]
    assert "selected" not in other.size_label.text()
    QTest.mouseClick(other, LEFT, SHIFT, QPoint(other.width() - 4, other.height() - 4))
    both = sorted([*rows, *cluster_rows(fitted, 0)])
    assert selection(fitted).rows.tolist() == both
    QTest.mouseClick(card, LEFT, CTRL, QPoint(card.width() - 4, card.height() - 4))
    assert selection(fitted).rows.tolist() == cluster_rows(fitted, 0).tolist()


@pytest.mark.parametrize("numbers", [(2422, 200_152), (170_804, 400_380), (3, 9)])
def test_what_is_selected_leaves_the_name_of_a_card_whole(fitted, numbers):
    card = fitted.workspace.reading.cards[1]
    for width in range(200, 320, 8):
        card.resize(width, card.height())
        card.set_selected(*numbers)
        card.layout().activate()
        if card.size_label.text().endswith("selected"):
            assert card.name.text() == "Cluster B"


def test_the_name_and_the_disc_of_a_card_keep_their_own_meaning(fitted):
    card = fitted.workspace.reading.cards[0]
    QTest.mouseClick(card.name, LEFT)
    assert not card.name.isReadOnly()
    QTest.keyClick(card.name, Qt.Key.Key_Escape)
    assert not selection(fitted).n
    card.setFocus()
    QTest.keyClick(card, Qt.Key.Key_Return)
    assert selection(fitted).rows.tolist() == cluster_rows(fitted, 0).tolist()


def test_a_bar_of_the_histogram_selects_its_rows(fitted):
    histogram = fitted.workspace.left.outliers.histogram
    bars = histogram._bars
    tallest = int(np.argmax(bars.counts))
    left, right = histogram._span()
    at = QPoint(round(left + (tallest + 0.5) * (right - left) / len(bars.counts)), 30)
    rule = fitted.session.document.outlier_rule
    QTest.mouseClick(histogram, LEFT, PLAIN, at)
    found = fitted.stage.assignment
    density = found.log_density
    edges = bars.edges
    inside = (density >= edges[tallest]) & (density < edges[tallest + 1])
    assert selection(fitted).rows.tolist() == found.rows[inside].tolist()
    assert selection(fitted).n == bars.counts[tallest]
    assert fitted.session.document.outlier_rule is rule  # the line stays where it is
    assert histogram._selected[tallest] == bars.counts[tallest]
    assert histogram._selected.sum() == bars.counts[tallest]
    histogram.grab()
    assert "log-density" in selection(fitted).words


def test_several_bars_and_the_tail_are_dragged_over(fitted):
    histogram = fitted.workspace.left.outliers.histogram
    start, end = QPoint(histogram.width() - 12, 30), QPoint(histogram.width() - 60, 30)
    QTest.mousePress(histogram, LEFT, PLAIN, start)
    QTest.mouseMove(histogram, end)
    histogram.grab()
    QTest.mouseRelease(histogram, LEFT, PLAIN, end)
    first, last = histogram.bar_at(end.x()), histogram.bar_at(start.x())
    assert first < last
    assert selection(fitted).n == histogram._bars.counts[first : last + 1].sum()


def test_rows_of_the_table_are_selected_everywhere(fitted):
    table, tabs = fitted.workspace.table, fitted.workspace.tabs
    tabs.setCurrentWidget(table)
    grid = table.grid

    def at(place: int) -> QPoint:
        return grid.visualRect(table.model.index(place, 1)).center()

    QTest.mouseClick(grid.viewport(), LEFT, PLAIN, at(2))
    assert selection(fitted).rows.tolist() == [2]
    QTest.mouseClick(grid.viewport(), LEFT, SHIFT, at(5))
    assert selection(fitted).rows.tolist() == [2, 3, 4, 5]
    QTest.mouseClick(grid.viewport(), LEFT, SHIFT, at(3))  # the stretch is drawn out anew
    assert selection(fitted).rows.tolist() == [2, 3]
    QTest.mouseClick(grid.viewport(), LEFT, CTRL, at(7))
    assert selection(fitted).rows.tolist() == [2, 3, 7]
    QTest.mouseClick(grid.viewport(), LEFT, CTRL, at(2))
    assert selection(fitted).rows.tolist() == [3, 7]
    QTest.keyClick(grid, Qt.Key.Key_Down)
    assert selection(fitted).n == 1
    QTest.keyClick(grid, Qt.Key.Key_Down, SHIFT)
    assert selection(fitted).n == 2
    assert bar(fitted).words.text() == "2 rows selected"


def test_rows_selected_elsewhere_are_toggled_in_the_table(fitted):
    """Ctrl adds to what a lasso has caught and takes from it, scattered as it may be."""
    rows = np.arange(0, 300, 2)
    selection(fitted).choose(rows)
    table = fitted.workspace.table
    fitted.workspace.tabs.setCurrentWidget(table)
    grid = table.grid
    for place in (1, 2):
        spot = grid.visualRect(table.model.index(place, 1)).center()
        QTest.mouseClick(grid.viewport(), LEFT, CTRL, spot)
    assert set(selection(fitted).rows.tolist()) == (set(rows.tolist()) | {1}) - {2}


def test_the_table_scrolls_to_what_is_selected_elsewhere(fitted):
    table = fitted.workspace.table
    fitted.workspace.tabs.setCurrentWidget(table)
    rows = cluster_rows(fitted, 1)
    selection(fitted).choose(rows)
    first = table.grid.visualRect(table.model.index(int(rows[0]), 0))
    assert table.grid.viewport().rect().intersects(first)
    assert table.grid.is_selected(int(rows[0]))
    # Asleep, it does so once it is seen again.
    fitted.workspace.tabs.setCurrentIndex(0)
    selection(fitted).choose(np.array([3]))
    fitted.workspace.tabs.setCurrentWidget(table)
    first = table.grid.visualRect(table.model.index(3, 0))
    assert table.grid.viewport().rect().intersects(first)


def test_selected_rows_are_listed_first(fitted):
    table = fitted.workspace.table
    fitted.workspace.tabs.setCurrentWidget(table)
    table.choices[0].pick("selected first")
    rows = cluster_rows(fitted, 2)
    selection(fitted).choose(rows)
    listed = [table.model.table_row(place) for place in range(table.model.rowCount())]
    rest = [row for row in range(344) if row not in set(rows.tolist())]
    assert listed == [*rows.tolist(), *rest]
    spot = table.grid.visualRect(table.model.index(4, 1)).center()
    QTest.mouseClick(table.grid.viewport(), LEFT, PLAIN, spot)
    assert selection(fitted).rows.tolist() == [rows[4]]
    assert [table.model.table_row(place) for place in range(344)] == listed  # nothing jumps
    table.choices[0].pick("as sorted")
    assert [table.model.table_row(place) for place in range(344)] == list(range(344))


def test_a_dot_of_choose_k_selects_what_changed_cluster(fitted, until):
    fitted.control.find_best_k((2, 3, 4), ("VVV",))
    until(lambda: not fitted.control.is_running)
    before = fitted.session.document.record, fitted.stage.assignment
    view = fitted.workspace.choose_k
    cell = next(c for c in fitted.stage.cells if c.n_components == 4 and c.fit is not None)
    view._open(cell)
    until(
        lambda: (
            not fitted.control.is_running
            and fitted.stage.assignment is not None
            and fitted.stage.assignment is not before[1]
        )
    )
    record, found = fitted.session.document.record, fitted.stage.assignment
    assert record.fit.n_components == 4
    was = dict(zip(before[1].rows, np.array(before[0].identities)[before[1].labels], strict=True))
    now = dict(zip(found.rows, np.array(record.identities)[found.labels], strict=True))
    changed = [row for row in was if row in now and was[row] != now[row]]
    assert 0 < len(changed) < 344
    assert selection(fitted).rows.tolist() == changed
    assert "changed cluster since K = 3" in bar(fitted).words.text()
    view._open(cell)  # the one that is open: nothing happens
    assert selection(fitted).rows.tolist() == changed


def test_other_columns_do_not_count_as_a_change_of_cluster(fitted, until):
    fitted.control.find_best_k((2, 3), ("VVV",))
    until(lambda: not fitted.control.is_running)
    columns = fitted.session.document.preparation.columns
    fitted.session.apply(TickColumns(columns[:2]))
    fit(fitted, until)
    cell = next(c for c in fitted.stage.cells if c.n_components == 2)
    before = fitted.stage.assignment
    fitted.workspace.choose_k._open(cell)
    until(lambda: not fitted.control.is_running and fitted.stage.assignment not in (None, before))
    assert not selection(fitted).n


def test_rows_of_different_samples_are_compared_where_both_know_them(fitted, until):
    old, before = fitted.session.document.record, fitted.stage.assignment
    selection(fitted).choose(before.rows[:5])
    fitted.actions_["exclude_selected"].trigger()
    fit(fitted, until)
    new, after = fitted.session.document.record, fitted.stage.assignment
    rows = changed_rows(old, before, new, after)
    assert not set(rows.tolist()) & set(before.rows[:5].tolist())


# ---- what is done with them ----------------------------------------------------------------


def test_excluding_fitting_again_and_undoing(fitted, until):
    rows = cluster_rows(fitted, 1)
    selection(fitted).choose(rows, words="Cluster B")
    before = fitted.session.document.record
    click(bar(fitted).buttons["exclude_selected"])
    assert fitted.session.document.preparation.excluded == set(rows.tolist())
    assert selection(fitted).n == len(rows)  # and can be brought back at once
    assert "excluded" in bar(fitted).words.text()
    assert not bar(fitted).buttons["exclude_selected"].isVisible()
    assert fitted.session.document.is_out_of_date(before)
    fitted.session.apply(SetComponents(2))
    click(bar(fitted).buttons["fit"])
    until(
        lambda: (
            not fitted.control.is_running
            and fitted.session.document.record is not before
            and fitted.stage.assignment is not None
        )
    )
    assert fitted.stage.assignment.n_rows == 342 - len(rows)
    assert not bar(fitted).buttons["fit"].isVisible()
    assert selection(fitted).rows.tolist() == rows.tolist()  # it survives the fit
    while fitted.session.document.preparation.excluded:
        fitted.session.undo()
    assert fitted.session.document.record is before
    selection(fitted).choose(rows)
    click(bar(fitted).buttons["exclude_selected"])
    click(bar(fitted).buttons["include_selected"])
    assert not fitted.session.document.preparation.excluded


@pytest.mark.parametrize("left", [0, 1, 2])
def test_too_few_rows_are_refused_in_a_sentence(fitted, until, qtbot, left):
    told = []
    fitted.control.failed.connect(lambda sentence, details: told.append((sentence, details)))
    QTest.keyClick(fitted, Qt.Key.Key_A, CTRL)
    assert selection(fitted).n == 344
    if left:
        selection(fitted).choose(fitted.stage.assignment.rows[:left], "subtract")
    before = fitted.session.document.record
    fitted.actions_["exclude_selected"].trigger()
    assert len(fitted.session.document.preparation.excluded) == 344 - left
    fitted.grab()
    fitted.control.fit()
    until(lambda: bool(told) and not fitted.control.is_running)
    fitted.messages.close()
    sentence, details = told[0]
    assert sentence.endswith(".") and not details, told
    assert fitted.session.document.record is before
    fitted.grab()
    fitted.session.undo()
    assert not fitted.session.document.preparation.excluded
    fit(fitted, until)
    assert fitted.stage.assignment.n_rows == 342


def test_only_the_selected_rows_are_exported(fitted, qtbot, tmp_path: Path):
    whole, part = tmp_path / "whole.csv", tmp_path / "part.csv"
    fitted.exporting.write(whole)
    assert fitted.exporting.wait()
    assert fitted.exporting.files.hold_fit(fitted.session.document.record)
    rows = np.array([0, 3, 17, 200, 343])
    selection(fitted).choose(rows)
    click(bar(fitted).buttons["export_selected"])
    dialog = fitted.exporting.dialog
    assert dialog.path.text().endswith("penguins-selection.csv")
    assert dialog.rows.value() == "only the 5 rows selected"
    dialog.path.setText(str(part))
    qtbot.waitUntil(lambda: dialog.export.isEnabled())
    click(dialog.export)
    qtbot.waitUntil(lambda: fitted.exporting.dialog is None)
    assert fitted.exporting.wait()
    lines = whole.read_text(encoding="utf-8").splitlines()
    expected = [lines[0], *(lines[1 + row] for row in rows)]
    assert part.read_text(encoding="utf-8").splitlines() == expected
    assert "5 rows only" in fitted.status.notice.text()


def test_an_export_of_some_rows_is_not_the_export_of_the_fit(fitted, tmp_path: Path):
    mask = np.zeros(344, bool)
    mask[5] = True
    fitted.exporting.write(tmp_path / "part.csv", mask)
    assert fitted.exporting.wait()
    assert not fitted.exporting.files.hold_fit(fitted.session.document.record)


def test_copying_gives_the_rows_with_what_the_fit_says(fitted):
    selection(fitted).choose(np.array([7, 2]))
    click(bar(fitted).buttons["copy_selected"])
    rows = list(csv.reader(QApplication.clipboard().text().splitlines(), delimiter="\t"))
    assert rows[0][-5:] == ["cluster", "probability", "log-density", "outlier", "note"]
    assert len(rows) == 3
    table = fitted.session.document.table
    for line, row in zip(rows[1:], (2, 7), strict=True):
        assert line[: len(table.columns)] == [str(c.cells[row]) for c in table.columns]
        place = int(np.searchsorted(fitted.stage.assignment.rows, row))
        assert float(line[-3]) == fitted.stage.assignment.log_density[place]


def test_the_keys(fitted):
    view = fitted.workspace.scatter.plot
    view.setFocus()
    rows = np.array([4, 5])
    selection(fitted).choose(rows)
    QTest.keyClick(view, Qt.Key.Key_I, CTRL)
    assert selection(fitted).n == 342
    QTest.keyClick(view, Qt.Key.Key_I, CTRL)
    assert selection(fitted).rows.tolist() == [4, 5]
    QTest.keyClick(view, Qt.Key.Key_Delete)
    assert fitted.session.document.preparation.excluded == {4, 5}
    QTest.keyClick(view, Qt.Key.Key_Delete, SHIFT)
    assert not fitted.session.document.preparation.excluded
    QTest.keyClick(view, Qt.Key.Key_Escape)
    assert not selection(fitted).n
    assert not bar(fitted).isVisible()
    assert not fitted.actions_["exclude_selected"].isEnabled()
    listed = [entry for _menu, group in fitted.actions_.shortcuts() for entry in group]
    assert ("Invert", "Ctrl+I") in listed


def test_the_menu_selects_outliers(fitted):
    fitted.actions_["select_outliers"].trigger()
    found = fitted.stage.assignment
    assert selection(fitted).rows.tolist() == found.rows[fitted.stage.outliers].tolist()
    assert selection(fitted).words == "outliers"


# ---- how long it lasts -----------------------------------------------------------------------


def test_it_outlives_columns_and_fits_but_not_the_table(fitted, until, make_table):
    selection(fitted).choose(np.array([1, 2, 300]))
    columns = fitted.session.document.preparation.columns
    fitted.session.apply(TickColumns(columns[:2]))
    fit(fitted, until)
    assert selection(fitted).rows.tolist() == [1, 2, 300]
    fitted.workspace.tabs.setCurrentWidget(fitted.workspace.table)
    fitted.grab()
    fitted.session.apply(OpenTable(make_table(50)))
    assert not selection(fitted).n and not bar(fitted).isVisible()
    fitted.grab()
    selection(fitted).choose(np.array([49]))
    fitted.grab()
    fitted.handlers.new()
    until(lambda: fitted.session.document.table is None)
    assert not selection(fitted).n


def test_without_a_fit_rows_can_be_selected_and_excluded(window, penguins):
    window.session.apply(OpenTable(penguins))
    window.actions_["select_all"].trigger()
    assert selection(window).n == 344
    assert not bar(window).buttons["export_selected"].isVisible()
    window.actions_["invert_selection"].trigger()
    assert not selection(window).n
    selection(window).choose(np.array([3]))
    click(bar(window).buttons["exclude_selected"])
    assert window.session.document.preparation.excluded == {3}
    click(bar(window).clear)
    assert not selection(window).n


# ---- where it is said ------------------------------------------------------------------------


@pytest.mark.parametrize("zoom", [1.0, 1.5])
@pytest.mark.parametrize("width", [1280, 1920])
def test_the_bar_lies_within_its_view_and_moves_nothing(fitted, zoom, width):
    theme.set_zoom(zoom)
    fitted.resize(width, 720)
    for view in fitted.workspace.views:
        fitted.workspace.tabs.setCurrentWidget(view)
        fitted.grab()
        scatter = fitted.workspace.scatter.plot.box.geometry()
        before = view.geometry()
        selection(fitted).choose(cluster_rows(fitted, 1), words="Cluster B")
        fitted.grab()
        shown = bar(fitted)
        assert shown.isVisible()
        assert shown.parentWidget().rect().contains(shown.geometry())
        for button in shown.buttons.values():
            if button.isVisible():
                assert shown.rect().contains(button.geometry())
                assert button.width() >= button.sizeHint().width()
        assert view.geometry() == before
        assert fitted.workspace.scatter.plot.box.geometry() == scatter
        selection(fitted).clear()


@pytest.mark.parametrize("zoom", [1.0, 1.5])
def test_the_bar_lies_on_the_foot_of_the_scatter_where_there_is_room(fitted, zoom):
    theme.set_zoom(zoom)
    fitted.resize(1280, 720)
    scatter = fitted.workspace.scatter
    selection(fitted).choose(np.arange(60))
    QApplication.processEvents()
    fitted.grab()
    lies = bar(fitted).geometry()
    if zoom == 1.0:
        ticks = fitted.fontMetrics().height()
        assert lies.top() > scatter.plot.geometry().bottom() - ticks / 2
    for button in (scatter.tools, scatter._x_button):
        assert not lies.intersects(button.geometry())
    scatter.choose(Axes(5, 4))  # a longer name needs more of the room
    QApplication.processEvents()
    fitted.grab()
    for button in (scatter.tools, scatter._x_button):
        assert not bar(fitted).geometry().intersects(button.geometry())
    selection(fitted).clear()
    fitted.grab()
    assert scatter._note.isVisible()


def test_turning_to_another_view_hands_the_keyboard_to_no_button_of_the_selection(fitted):
    workspace = fitted.workspace
    fitted.resize(1280, 720)
    fitted.activateWindow()
    selection(fitted).choose(np.arange(60))
    fitted.grab()
    for view in workspace.views[1:]:
        workspace.tabs.setCurrentWidget(workspace.scatter)
        workspace._choices.all.setFocus()
        assert QApplication.focusWidget() is workspace._choices.all
        workspace.tabs.setCurrentWidget(view)
        holder = QApplication.focusWidget()
        assert not bar(fitted).isAncestorOf(holder)
        assert holder is workspace.tabs.tabBar() or workspace._choices.isAncestorOf(holder)


@pytest.mark.parametrize("zoom", [1.0, 1.5])
def test_the_choices_of_a_view_can_be_reached_in_the_smallest_window(fitted, zoom):
    theme.set_zoom(zoom)
    fitted.resize(1280, 720)
    QApplication.processEvents()
    for view in fitted.workspace.views:
        fitted.workspace.tabs.setCurrentWidget(view)
        QApplication.processEvents()
        choices = fitted.workspace._choices
        shown = [button for button in (choices.all, *choices.buttons) if button.isVisible()]
        assert bool(shown) == bool(view.choices)
        for button in shown:
            assert button.width() >= button.sizeHint().width()
            assert choices.rect().contains(button.geometry())
        tabs = fitted.workspace.tabs.tabBar()
        for arrow in tabs.findChildren(QToolButton):
            if arrow.isVisible() and shown:
                right = arrow.mapTo(fitted, arrow.rect().topRight()).x()
                assert right < shown[0].mapTo(fitted, QPoint(0, 0)).x()


def test_its_words():
    assert wordings(1, "", 0) == ("1 row selected", "1 row selected", "1 row")
    assert wordings(57, "Cluster A", 0)[0] == "57 rows selected (Cluster A)"
    assert wordings(57, "Cluster A", 57)[0] == "57 rows selected (Cluster A) · excluded"
    assert wordings(57, "", 3)[1] == "57 rows · 3 excluded"


# ---- one row -----------------------------------------------------------------------------------


def test_a_row_is_read_exactly_under_the_parameters_shown(fitted, until):
    """Against SciPy's densities, at the end and at an earlier iteration."""
    table = fitted.session.document.table
    fitted.control.show_iteration(2)
    until(lambda: fitted.stage.shown.iteration == 2)
    shown = fitted.stage.shown
    columns = shown.preparation.columns
    for row in (0, 77, 200, 343):
        x = np.array([table.columns[i].values[row] for i in columns])
        p = shown.parameters
        joint = np.array(
            [
                w * multivariate_normal(m, c).pdf(x)
                for w, m, c in zip(p.weights, p.means, p.covariances, strict=True)
            ]
        )
        found = read_row(table, shown, row)
        best = int(np.argmax(joint))
        assert found.component == best
        np.testing.assert_allclose(found.probabilities, joint / joint.sum(), atol=1e-9)
        assert found.log_density == pytest.approx(np.log(joint.sum()), rel=1e-9)
        off = x - p.means[best]
        squared = off @ np.linalg.solve(p.covariances[best], off)
        assert found.distance == pytest.approx(np.sqrt(squared), rel=1e-8)
        text = fitted.workspace.scatter.describe(row)
        assert f"Row {row + 1} · Cluster" in text
        assert "log-density −" in text and "Mahalanobis distance" in text
    assert read_row(table, shown, 3) is None  # a value is missing
