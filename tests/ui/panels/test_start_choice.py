"""Where EM starts from: the menu, labels of a column, centres by hand."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QMenu

from gmmstudio.document.commands import (
    ExcludeRows,
    OpenTable,
    SetComponents,
    SetStart,
    TickColumns,
)
from gmmstudio.mixture.spec import DRAWN
from gmmstudio.table.reading import read_text
from gmmstudio.ui.dialogs.centres import CentresDialog
from gmmstudio.ui.dialogs.pasting import grid_of
from gmmstudio.ui.panels import label_columns
from gmmstudio.ui.panels.first_centres import first_centres
from gmmstudio.ui.panels.label_columns import label_choices
from gmmstudio.ui.panels.left_panel import LeftPanel

pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints")


@pytest.fixture
def panel(rig, shown) -> LeftPanel:
    return shown(LeftPanel(rig.session, rig.stage), height=1200)


@pytest.fixture
def dialog(panel) -> CentresDialog:
    panel.model.ask_for_centres()
    return panel.model.centres_dialog


def action(menu: QMenu, text: str):
    return next(entry for entry in menu.actions() if entry.text() == text)


def labels_menu(panel: LeftPanel) -> QMenu:
    menu = action(panel.model.start.menu(), "Labels of a column").menu()
    assert isinstance(menu, QMenu)
    return menu


def words_of(dialog: CentresDialog) -> list[list[str]]:
    rows, columns = dialog.grid.rowCount(), dialog.grid.columnCount()
    return [[dialog.grid.cell_text(r, c) for c in range(columns)] for r in range(rows)]


def test_hierarchical_is_one_start(rig, panel):
    action(panel.model.start.menu(), "Hierarchical").trigger()
    assert rig.document.spec.start == "hierarchical"
    assert panel.model.start.value() == "Hierarchical"
    menu = panel.model.start.menu()
    assert not action(menu, "20 tries").isEnabled()
    assert "one try" in action(menu, "20 tries").toolTip()
    assert action(menu, "Hierarchical").isChecked()
    rig.fit()
    assert len(rig.document.record.fit.attempts) == 1


@pytest.mark.parametrize("word", DRAWN)
def test_drawn_starts_have_tries(rig, panel, word):
    rig.session.apply(SetStart(word))
    menu = panel.model.start.menu()
    assert action(menu, "20 tries").isEnabled()
    assert action(menu, "10 tries").isChecked()


def test_labels_of_a_column_bring_their_k(rig, panel):
    rig.session.apply(SetComponents(5))
    action(labels_menu(panel), "species · K = 3").trigger()
    assert rig.document.start_column == rig.document.table.index("species")
    assert panel.model.start.value() == "labels of species · K = 3"
    assert panel.model.k.value() == 3
    assert not action(panel.model.start.menu(), "10 tries").isEnabled()
    assert action(panel.model.start.menu(), "Labels of a column").isChecked()
    panel.model.k.more.click()
    assert panel.model.start.value() == "k-means++ · 10 tries", "another K needs other labels"
    rig.session.undo()
    assert panel.model.start.value() == "labels of species · K = 3"


def test_columns_that_are_no_labels_say_why(rig, panel):
    menu = labels_menu(panel)
    words = {entry.text(): entry for entry in menu.actions() if entry.text()}
    ticked = words["bill_length_mm · 164 values"]
    assert not ticked.isEnabled() and "at most 50" in ticked.toolTip()
    gaps = words["sex · a value is missing"]
    assert not gaps.isEnabled() and "no value in" in gaps.toolTip()
    assert words["year · K = 3"].isEnabled()
    rig.session.apply(TickColumns((2, rig.document.table.index("year"))))
    assert any(entry.text() == "year · ticked" for entry in labels_menu(panel).actions())


def test_what_is_offered_is_accepted(rig, panel):
    """In a large table a column is not looked into before it is chosen: then it may be refused."""
    for choice in label_choices(rig.document):
        if not choice.why_not:
            panel.model.start._on_column(action(labels_menu(panel), f"{choice.name} · K = 3"))
            assert rig.document.spec.n_components == choice.n_levels


def test_a_large_table_refuses_when_it_is_chosen(rig, panel, monkeypatch):
    monkeypatch.setattr(label_columns, "LOOKED_INTO", 10)
    before = rig.document
    action(labels_menu(panel), "sex · K = 2").trigger()
    assert rig.document is before
    assert "“sex” has no value in" in panel.model.refusal.words.text()


def test_many_columns_that_cannot_be_labels_are_counted(rig, panel):
    header = ",".join(f"c{j}" for j in range(60))
    rows = "\n".join(",".join(str(100 * i + j + 0.5) for j in range(60)) for i in range(60))
    rig.session.apply(OpenTable(read_text(f"{header}\n{rows}\n", "wide")))
    entries = [entry.text() for entry in labels_menu(panel).actions()]
    assert len(entries) == 21
    assert entries[-1] == "… and 40 columns more that cannot"


# ---- centres by hand ------------------------------------------------------------------------


def test_the_menu_opens_the_table_of_centres(panel):
    action(panel.model.start.menu(), "Centres by hand…").trigger()
    assert panel.model.centres_dialog.isVisible()
    panel.model.shutdown()
    assert panel.model.centres_dialog is None


def test_before_a_fit_the_centres_are_spread_within_the_data(rig, dialog):
    centres = dialog.centres
    assert centres.shape == (3, 4)
    SetStart(centres).apply(rig.document)
    assert (np.diff(centres, axis=0) > 0).all()
    assert "spread" in dialog.origin.text()


def test_after_a_fit_they_are_its_means(rig, panel):
    rig.fit()
    panel.model.ask_for_centres()
    dialog = panel.model.centres_dialog
    assert "means of the fit" in dialog.origin.text()
    np.testing.assert_allclose(dialog.centres, rig.document.record.fit.parameters.means, rtol=1e-5)


def test_centres_set_before_come_back(rig, panel, dialog):
    dialog.grid.item(0, 0).setText("40.5")
    dialog.accept()
    assert panel.model.start.value() == "3 centres by hand"
    assert panel.model.centres_dialog is None
    centres, origin = first_centres(rig.document)
    assert centres[0, 0] == 40.5 and "set before" in origin
    rig.fit()
    assert rig.document.record.fit.attempts[0].start == "centres"


def test_rows_come_and_go_with_k(rig, dialog, qtbot):
    qtbot.mouseClick(dialog.add, Qt.MouseButton.LeftButton)
    assert dialog.grid.rowCount() == 4 and "K = 4" in dialog.use.text()
    assert words_of(dialog)[1] == [""] * 4
    dialog.accept()
    assert "empty" in dialog.refusal.words.text()
    for column, text in enumerate(words_of(dialog)[0]):
        dialog.grid.item(1, column).setText(text)
    dialog.accept()
    assert "same point" in dialog.refusal.words.text(), "a copy of a row is no centre of its own"
    dialog.grid.item(1, 0).setText("42.0")
    dialog.accept()
    assert rig.document.spec.n_components == 4
    rig.session.undo()
    assert rig.document.spec.n_components == 3


def test_one_row_is_the_least(dialog):
    for _ in range(5):
        dialog.remove.click()
    assert dialog.grid.rowCount() == 1
    assert not dialog.remove.isEnabled()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "empty"),
        ("many", "“many” in row 2, bill_depth_mm is not a number"),
        ("nan", "not a finite number"),
        ("1e400", "not a finite number"),
        ("99", "lies outside the data: its “bill_depth_mm” is 99"),
    ],
)
def test_what_cannot_be_a_centre_is_said_before_the_table_closes(rig, dialog, text, said):
    before = rig.document
    dialog.grid.item(1, 1).setText(text)
    dialog.accept()
    assert dialog.isVisible() and rig.document is before
    assert dialog.refusal.isVisible() and said in dialog.refusal.words.text()
    dialog.grid.item(1, 1).setText("17,5")
    assert not dialog.refusal.isVisible()
    dialog.accept()
    assert rig.document.spec.start[1, 1] == 17.5, "either decimal mark will do"


def test_a_whole_table_is_pasted_with_its_rows(dialog, qtbot):
    block = "39\t18\t190\t3700\n47\t15\t217\t5000\n"
    QApplication.clipboard().setText(block)
    dialog.grid.setCurrentCell(1, 2)
    qtbot.keyClick(dialog.grid, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert words_of(dialog) == [["39", "18", "190", "3700"], ["47", "15", "217", "5000"]]
    assert "K = 2" in dialog.use.text()
    assert dialog.origin.isVisible()
    assert dialog.origin.text() == "Pasted: 2 centres now, 3 before."
    dialog.paste(block)
    assert not dialog.origin.isVisible(), "as many as before"


def test_where_the_numbers_came_from_is_said_until_they_change(dialog):
    assert dialog.origin.isVisible() and "Filled in" in dialog.origin.text()
    dialog.grid.item(0, 0).setText("41.5")
    assert not dialog.origin.isVisible()


def test_a_part_is_pasted_where_the_cursor_is(dialog):
    before = words_of(dialog)
    dialog.grid.setCurrentCell(2, 1)
    dialog.paste("18\n19\n")
    after = words_of(dialog)
    assert after[2][1] == "18" and after[3][1] == "19"
    assert after[2][0] == before[2][0] and after[3][0] == ""
    dialog.accept()
    assert "row 4, bill_length_mm is empty" in dialog.refusal.words.text()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no cells"),
        ("1\t2\t3\t4\t5", "holds 5 columns"),
        ("\n".join(["1\t2\t3\t4"] * 120), "holds 120 rows"),
    ],
)
def test_what_does_not_fit_is_not_pasted(dialog, text, said):
    before = words_of(dialog)
    dialog.paste(text)
    assert words_of(dialog) == before
    assert said in dialog.refusal.words.text()


def test_cells_are_copied_as_a_spreadsheet_takes_them(dialog, qtbot):
    dialog.grid.selectAll()
    qtbot.keyClick(dialog.grid, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert grid_of(QApplication.clipboard().text()) == words_of(dialog)


def test_headers_put_pasted_columns_in_order():
    names = ("bill", "mass")
    assert grid_of("mass\tbill\n3700\t39,1\n", names) == [["39,1", "3700"]]
    assert grid_of("other;names\n1;2", names) == [["1", "2"]]
    assert grid_of("1 2\r\n3 4\r\n") == [["1", "2"], ["3", "4"]]


def test_other_columns_close_the_table_of_centres(rig, panel, dialog):
    rig.session.apply(TickColumns((2, 3)))
    assert panel.model.centres_dialog is None
    assert rig.document.preparation.columns == (2, 3)


def test_without_a_column_there_is_nothing_to_place(rig, panel):
    rig.session.apply(TickColumns(()))
    assert not action(panel.model.start.menu(), "Centres by hand…").isEnabled()
    panel.model.ask_for_centres()
    assert panel.model.centres_dialog is None
    assert "Tick a column" in panel.model.refusal.words.text()


def test_every_control_of_the_dialog_is_named_and_explained(dialog):
    assert dialog.grid.accessibleName()
    for part in (dialog.grid, dialog.add, dialog.remove, dialog.use):
        assert part.toolTip()
    for column in range(4):
        assert "the data go from" in dialog.grid.horizontalHeaderItem(column).toolTip()


def test_excluded_rows_do_not_count_for_the_spread(rig, panel):
    values = rig.document.table.columns[2].values
    rig.session.apply(ExcludeRows(frozenset(np.flatnonzero(values > 40).tolist())))
    centres, _ = first_centres(rig.document)
    assert centres[:, 0].max() <= 40
