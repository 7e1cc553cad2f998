"""The table view: every original cell, what the fit says, rows in and out."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from views_rig import Rig, table_of

from gmmstudio.document.commands import (
    ExcludeRows,
    OpenTable,
    RenameCluster,
    SetMissing,
    TickColumns,
)
from gmmstudio.ui import theme
from gmmstudio.ui.views.table import view as table_view
from gmmstudio.ui.views.table.columns import NOTE
from gmmstudio.ui.views.table.model import IDENTITY_ROLE
from gmmstudio.ui.views.table.view import TableView
from gmmstudio.ui.views.table.widths import AT_ONCE, WIDEST_NOTE

UP, DOWN = Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder


@pytest.fixture
def view(rig: Rig, show) -> TableView:
    return show(TableView(rig.session, rig.stage), 900, 420)


def text(view: TableView, row: int, column: int) -> str:
    return view.model.data(view.model.index(row, column))


def heads(view: TableView) -> list[str]:
    model = view.model
    return [model.headerData(i, Qt.Orientation.Horizontal) for i in range(model.columnCount())]


def column(view: TableView, name: str) -> list[str]:
    where = heads(view).index(name)
    return [text(view, row, where) for row in range(view.model.rowCount())]


def test_every_cell_is_the_tables_own_text(view: TableView, penguins):
    assert heads(view) == ["row", *(c.name for c in penguins.columns)]
    assert view.model.rowCount() == penguins.n_rows
    for number, original in enumerate(penguins.columns, 1):
        shown = [text(view, row, number) for row in range(penguins.n_rows)]
        assert shown == original.cells.to_pylist()


def test_a_fit_adds_its_answers(view: TableView, rig: Rig):
    rig.fit()
    names = heads(view)[-5:]
    assert names == ["cluster", "probability", "log-density", "outlier", "note"]
    assignment, record = rig.stage.assignment, rig.document.record
    clusters, notes = column(view, "cluster"), column(view, "note")
    for place, row in enumerate(assignment.rows[:50]):
        identity = record.identities[assignment.labels[place]]
        assert clusters[row] == f"Cluster {'ABC'[identity]}"
        assert notes[row] == ""
    for row in assignment.skipped:
        assert clusters[row] == ""
        assert notes[row].startswith("missing value in bill_length_mm")
    marked = [i for i, word in enumerate(column(view, "outlier")) if word]
    assert marked == assignment.rows[rig.stage.outliers].tolist()
    rig.session.apply(RenameCluster(0, "Adélie"))
    assert "Adélie" in column(view, "cluster")
    index = view.model.index(0, heads(view).index("cluster"))
    assert view.model.data(index, IDENTITY_ROLE) in record.identities
    view.grab()
    rig.session.undo()
    rig.session.undo()
    assert "cluster" not in heads(view)


def test_the_note_is_as_wide_as_its_words(view: TableView, rig: Rig):
    rig.fit()
    where = heads(view).index("note")
    row = int(rig.stage.assignment.skipped[0])
    words = text(view, row, where)
    width = view.grid.fontMetrics().horizontalAdvance(words)
    assert view.grid.columnWidth(where) >= min(width, WIDEST_NOTE)
    tip = view.model.data(view.model.index(row, where), Qt.ItemDataRole.ToolTipRole)
    assert tip == words


def test_of_many_columns_those_in_sight_are_measured(rig: Rig, show):
    names = [f"{'a much longer name ' * (j % 3 == 0)}{j}" for j in range(300)]
    wide = table_of("\n".join(",".join(row) for row in (names, ["1.5"] * 300, ["2.5"] * 300)))
    rig.open(wide)
    view = show(TableView(rig.session, rig.stage), 900, 420)
    header = view.grid.horizontalHeader()
    sizes = [header.sectionSize(j) for j in range(header.count())]
    assert len(set(sizes[1 : AT_ONCE - 1])) > 1
    assert len(set(sizes[AT_ONCE:-1])) == 1
    bar = view.grid.horizontalScrollBar()
    bar.setValue(bar.maximum() // 2)
    first, last = view.grid.columnAt(0), view.grid.columnAt(view.grid.viewport().width() - 1)
    assert AT_ONCE < first < last
    for column in range(first, last + 1):
        assert header.sectionSize(column) == view._widths._needed(column)
    assert header.sectionSize(AT_ONCE) == sizes[AT_ONCE]


def test_numbers_sort_as_numbers_and_missing_come_last(view: TableView, penguins):
    where = heads(view).index("body_mass_g")
    values = penguins.columns[where - 1].values
    for order in (UP, DOWN):
        view.grid.sortByColumn(where, order)
        rows = np.array([int(text(view, row, 0)) - 1 for row in range(344)])
        there = values[rows]
        assert np.isnan(there[-2:]).all()
        steps = np.diff(there[:-2])
        assert (steps >= 0).all() if order == UP else (steps <= 0).all()
    view.grid.sortByColumn(0, UP)
    assert [text(view, row, 0) for row in range(344)] == [str(i + 1) for i in range(344)]


def test_texts_sort_as_texts(view: TableView):
    view.grid.sortByColumn(heads(view).index("island"), DOWN)
    islands = column(view, "island")
    assert islands == sorted(islands, reverse=True)


@pytest.mark.parametrize("name", ["cluster", "probability", "log-density", "outlier", "note"])
def test_answers_sort_too(view: TableView, rig: Rig, name):
    rig.fit()
    view.grid.sortByColumn(heads(view).index(name), DOWN)
    words = column(view, name)
    filled = [bool(word) for word in words]
    assert filled == sorted(filled, reverse=True)
    if name in ("cluster", "note"):
        present = [word for word in words if word]
        assert present == sorted(present, reverse=True)


def test_a_sorted_answer_follows_the_next_fit(view: TableView, rig: Rig):
    rig.fit()
    view.grid.sortByColumn(heads(view).index("log-density"), UP)
    rig.fit(n_components=2)
    found = rig.stage.assignment
    lowest = found.rows[np.argmin(found.log_density)]
    assert text(view, 0, 0) == str(lowest + 1)


def test_the_selection_follows_its_rows(view: TableView):
    view.grid.selectRow(10)
    assert view.selected_rows().tolist() == [10]
    view.grid.sortByColumn(heads(view).index("body_mass_g"), DOWN)
    assert view.selected_rows().tolist() == [10]


def test_the_selection_stays_when_answers_come_and_go(view: TableView, rig: Rig, qtbot):
    rig.fit()
    where = view.model.columnCount() - 1  # a cell that goes with the fit
    view.grid.setCurrentIndex(view.model.index(3, where))
    view._stage.selection.choose(np.arange(50, 100))
    rig.session.undo()
    assert view.model.columnCount() == view.model.n_own_columns
    assert view.selected_rows().tolist() == list(range(50, 100))
    rig.session.redo()
    assert view.selected_rows().tolist() == list(range(50, 100))


def test_rows_are_drawn_out_in_another_table(view: TableView, rig: Rig, qtbot):
    control, shift = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
    click(view, qtbot, 4)
    click(view, qtbot, 4, control)
    assert not view.n_selected()  # nothing is selected, and nothing changes with another table
    rig.open(table_of("a,b\n" + "\n".join(f"{i},{2 * i}" for i in range(40))))
    click(view, qtbot, 2, shift)
    assert len(rig.stage.selection.mask) == 40
    click(view, qtbot, 5, shift)
    assert view.selected_rows().tolist() == [2, 3, 4, 5]


def click(view: TableView, qtbot, place: int, modifier=Qt.KeyboardModifier.NoModifier) -> None:
    where = view.grid.visualRect(view.model.index(place, 1)).center()
    qtbot.mouseClick(view.grid.viewport(), Qt.MouseButton.LeftButton, modifier, where)


def test_rows_are_excluded_and_included_again(view: TableView, rig: Rig, qtbot):
    view._stage.selection.choose(np.array([4, 5, 9]))
    assert view.n_selected() == 3
    qtbot.keyClick(view.grid, Qt.Key.Key_Delete)
    assert rig.document.preparation.excluded == {4, 5, 9}
    grey = view.model.data(view.model.index(4, 1), Qt.ItemDataRole.ForegroundRole)
    assert grey is not None
    assert view.model.data(view.model.index(6, 1), Qt.ItemDataRole.ForegroundRole) is None
    assert "3 excluded" in view._foot.text()
    view._stage.selection.choose(np.array([5, 6]))
    view.include()
    assert rig.document.preparation.excluded == {4, 9}
    rig.session.undo()
    assert rig.document.preparation.excluded == {4, 5, 9}


def test_excluding_nothing_does_nothing(view: TableView, rig: Rig):
    view.exclude()
    view.include()
    assert not rig.document.preparation.excluded
    assert rig.session.undo_label.startswith("Open")


def test_rows_are_copied_with_a_header_and_full_numbers(view: TableView, rig: Rig, qtbot):
    rig.fit()
    view._stage.selection.choose(np.array([3, 0]))
    qtbot.keyClick(view.grid, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    lines = QApplication.clipboard().text().splitlines()
    assert lines[0].startswith("species\tisland\tbill_length_mm")
    assert lines[0].endswith("cluster\tprobability\tlog-density\toutlier\tnote")
    assert lines[1].startswith("Adelie\tTorgersen\t39.1\t18.7\t181\t3750\tmale\t2007\tCluster ")
    probability = lines[1].split("\t")[9]
    assert float(probability) == rig.stage.assignment.max_probability[0]
    assert lines[2].startswith("Adelie\tTorgersen\tNA\tNA")
    assert "missing value in" in lines[2]
    assert len(lines) == 3


def test_cells_with_tabs_and_quotes_are_quoted(rig: Rig, view: TableView):
    rig.open(table_of('a,b\n"x ""y""",1\n"two\nlines",2\n'))
    assert view.model.as_text([0, 1]) == 'a\tb\n"x ""y"""\t1\n"two\nlines"\t2\n'


def test_large_tables_sort_beside_the_window(rig: Rig, view: TableView, qtbot, monkeypatch):
    monkeypatch.setattr(table_view, "_AT_ONCE", 10)
    view.grid.sortByColumn(heads(view).index("body_mass_g"), UP)
    assert view._sorter.waits
    qtbot.waitUntil(lambda: not view._sorter.waits, timeout=5000)
    assert text(view, 0, heads(view).index("body_mass_g")) == "2700"
    view.grid.selectAll()
    view.copy()
    qtbot.waitUntil(lambda: not view._copier.waits, timeout=5000)
    assert len(QApplication.clipboard().text().splitlines()) == 345


def test_another_table_while_sorting(rig: Rig, view: TableView, qtbot, monkeypatch):
    monkeypatch.setattr(table_view, "_AT_ONCE", 10)
    view.grid.sortByColumn(3, UP)
    rig.open(table_of("a,b\n1,2\n3,4\n"))
    qtbot.waitUntil(lambda: not view._sorter.busy, timeout=5000)
    qtbot.wait(50)
    assert [text(view, row, 1) for row in range(2)] == ["1", "3"]


def test_the_menu_offers_what_makes_sense(view: TableView, rig: Rig, qtbot):
    rig.session.apply(ExcludeRows(frozenset({2})))
    view._stage.selection.choose(np.array([2]))
    view._show_menu(view.grid.rect().center())
    assert not view.exclude_action.isEnabled()
    assert view.include_action.isEnabled()
    popup = QApplication.activePopupWidget()
    assert popup is not None
    popup.close()
    qtbot.waitUntil(view.exclude_action.isEnabled)


def test_an_empty_window_has_an_empty_table(qapp, show):
    rig = Rig(None)
    view = show(TableView(rig.session, rig.stage))
    assert view.model.rowCount() == 0
    view.copy()
    view.exclude()


def test_the_last_row_number_has_room(rig: Rig, view: TableView):
    rig.session.apply(OpenTable(table_of("a\n" + "1.5\n2.5\n" * 75_000)))
    needed = view.grid.fontMetrics().horizontalAdvance("150000")
    assert view.grid.columnWidth(0) > needed + 16


def test_cells_that_are_filled_show_it_and_are_copied_as_they_stand(rig: Rig, view: TableView):
    rig.session.apply(TickColumns((2, 3, 4, 5, 7)))
    row, mass = 3, 1 + 5
    assert (text(view, row, mass), rig.document.table.columns[5].cells[row].as_py()) == ("NA", "NA")
    rig.session.apply(SetMissing("median"))
    median = np.nanmedian(rig.document.table.columns[5].values)
    assert text(view, row, mass) == f"≈ {median:.6g}"
    index = view.model.index(row, mass)
    tip = index.data(Qt.ItemDataRole.ToolTipRole)
    assert "filled in for the fit" in tip and "The file has NA here" in tip
    assert index.data(Qt.ItemDataRole.ForegroundRole) == theme.color("accent")
    assert view.model.as_text([row]).splitlines()[1].split("\t")[5] == "NA"
    rig.fit()
    notes = 1 + len(rig.document.table.columns) + NOTE
    assert text(view, row, notes).endswith("body_mass_g filled in (median)")
    rig.session.undo()
    rig.session.undo()
    assert text(view, row, mass) == "NA"


@pytest.mark.parametrize("n_columns", [1, 3, 4])
def test_another_table_of_as_many_rows_takes_the_place_of_a_fitted_one(
    rig: Rig, show, caplog, n_columns
):
    """The stage, which is told before the view, empties itself at once."""
    first = "".join(f"{i * 1.1:.1f},{i * 7 % 13 if i % 6 else ''},{i % 7}.5\n" for i in range(30))
    rig.session.subscribe(lambda change: rig.stage.put_assignment(None))
    view = show(TableView(rig.session, rig.stage), 900, 420)
    rig.open(table_of("p,q,r\n" + first))
    rig.session.apply(SetMissing("median"))
    rig.fit(n_components=2)
    assert column(view, "q")[0].startswith("≈")
    same: list[bool] = []  # whether cells that are told to be others are those of the table
    view.model.dataChanged.connect(lambda *_: same.append(view.model.table is rig.document.table))
    cells = [[f"{i}.{k}" for k in range(n_columns)] for i in range(30)]
    rig.open(table_of("\n".join(map(",".join, [list("abcd"[:n_columns]), *cells])) + "\n"))
    view.grab()
    assert column(view, "a") == [row[0] for row in cells]
    assert all(same)
    assert not caplog.records


def test_numbers_stand_side_by_side_however_few_there_are(rig: Rig, show):
    view = show(TableView(rig.session, rig.stage), 900, 420)
    rig.open(table_of("p,q,r\n" + "".join(f"{i}.5,{i * i % 7}.25,{i % 5}\n" for i in range(30))))
    last = view.model.columnCount() - 1
    assert max(map(view.grid.columnWidth, range(last + 1))) < 120
    rig.fit(n_components=2)
    note = view.model.columnCount() - 1
    widths = list(map(view.grid.columnWidth, range(note + 1)))
    assert sum(widths) >= view.grid.viewport().width()  # the note takes what is left
    assert max(widths[1 : last + 1]) < 120
    rig.session.undo()
    assert max(map(view.grid.columnWidth, range(last + 1))) < 120
