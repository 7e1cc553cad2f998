from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QKeySequence

from gmmstudio.document.commands import (
    ExcludeRows,
    OpenTable,
    SetComponents,
    SetOutlierRule,
    SetScale,
    SetSeed,
    SetStart,
    SetStopping,
    SetStructure,
    TickColumns,
)
from gmmstudio.mixture.outliers import OutlierRule, flag
from gmmstudio.table.table import Column, Table
from gmmstudio.ui.importing.preview import Preview
from gmmstudio.ui.panels.left_panel import LeftPanel


@pytest.fixture
def panel(rig, shown) -> LeftPanel:
    return shown(LeftPanel(rig.session, rig.stage))


def row_centre(panel: LeftPanel, name: str) -> QPoint:
    view = panel.data.columns.view
    model = view.model()
    for row in range(model.rowCount()):
        index = model.index(row, 0)
        if index.data() == name:
            return view.visualRect(index).center()
    raise AssertionError(name)


def ticked_on_screen(panel: LeftPanel) -> set[str]:
    model = panel.data.columns.view.model()
    indices = [model.index(row, 0) for row in range(model.rowCount())]
    role = Qt.ItemDataRole.CheckStateRole
    return {i.data() for i in indices if Qt.CheckState(i.data(role)) == Qt.CheckState.Checked}


def names(rig) -> set[str]:
    return {rig.document.table.columns[i].name for i in rig.document.preparation.columns}


def test_counts_rows_and_columns(panel):
    assert panel.data.header.value() == "342 rows · 4 of 8 columns"
    assert panel.data.missing.value() == "Skip 2 rows"
    assert "body_mass_g (2)" in panel.data.missing.toolTip()


def test_a_click_on_a_column_ticks_it_and_undo_unticks_it(rig, panel, qtbot):
    view = panel.data.columns.view.viewport()
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=row_centre(panel, "body_mass_g"))
    assert "body_mass_g" not in names(rig)
    assert ticked_on_screen(panel) == names(rig)
    assert panel.data.header.value() == "342 rows · 3 of 8 columns"
    rig.session.undo()
    assert "body_mass_g" in names(rig)
    assert ticked_on_screen(panel) == names(rig)


def test_a_click_on_the_box_itself_ticks_once(rig, panel, qtbot):
    view = panel.data.columns.view
    centre = row_centre(panel, "year")
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(7, centre.y()))
    assert "year" in names(rig)


def test_a_text_column_cannot_be_ticked_and_says_why(rig, panel, qtbot, told):
    before = rig.document
    view = panel.data.columns.view
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=row_centre(panel, "species"))
    assert rig.document is before
    (tooltip,) = told
    assert tooltip.startswith("species: text · 3")
    assert "Cannot be used" in tooltip


def test_space_ticks_the_current_column(rig, panel, qtbot):
    view = panel.data.columns.view
    view.setFocus()
    view.setCurrentIndex(view.model().index(2, 0))
    qtbot.keyClick(view, Qt.Key.Key_Space)
    assert "bill_length_mm" not in names(rig)


def test_context_menu_ticks_all_and_none(rig, panel):
    everything, first, nothing = panel.data.columns.context_menu.actions()
    everything.trigger()
    assert names(rig) >= {"year", "body_mass_g"}
    nothing.trigger()
    assert names(rig) == set()
    assert panel.data.header.value().endswith("0 of 8 columns")
    first.trigger()
    assert len(names(rig)) == 4


def test_a_thousand_columns_have_a_filter(rig, panel, qtbot):
    values = np.arange(5.0)
    columns = tuple(
        Column(f"gene {j}", f"gene {j}", None, values, "number", 0, 5, tick=j < 3)
        for j in range(1000)
    )
    from gmmstudio.document.commands import OpenTable

    rig.session.apply(OpenTable(Table("genes", None, columns, 5)))
    shown_columns = panel.data.columns
    assert shown_columns.filter.isVisible()
    qtbot.keyClicks(shown_columns.filter, "gene 99")
    assert shown_columns.view.model().rowCount() == 11
    shown_columns.context_menu.actions()[0].trigger()
    assert len(rig.document.preparation.columns) == 14  # ticked before, and those found


def test_excluded_rows_can_be_included_again(rig, panel, qtbot):
    assert not panel.data.excluded.isVisible()
    rig.session.apply(ExcludeRows(frozenset({0, 1, 5})))
    assert panel.data.excluded.isVisible()
    assert panel.data.excluded_text.text() == "3 rows excluded by hand"
    assert panel.data.header.value().startswith("339 rows")
    qtbot.mouseClick(panel.data.include, Qt.MouseButton.LeftButton)
    assert not rig.document.preparation.excluded
    assert not panel.data.excluded.isVisible()


def test_scale_both_ways(rig, panel, qtbot):
    scale = panel.data.scale
    assert scale.value() == "Standardise"
    scale.menu().actions()[0].trigger()
    assert rig.document.preparation.scale == "none"
    assert scale.value() == "None"
    rig.session.apply(SetScale("standard"))
    assert scale.value() == "Standardise"
    scale.setFocus()
    qtbot.keyClick(scale, Qt.Key.Key_Up)
    assert rig.document.preparation.scale == "none"


def test_k_by_buttons_and_typing(rig, panel, qtbot):
    k = panel.model.k
    qtbot.mouseClick(k.more, Qt.MouseButton.LeftButton)
    assert rig.document.spec.n_components == 4
    k.box.selectAll()
    qtbot.keyClicks(k.box, "7")
    assert rig.document.spec.n_components == 4  # not before it is done with
    qtbot.keyClick(k.box, Qt.Key.Key_Return)
    assert rig.document.spec.n_components == 7
    rig.session.undo()
    assert k.value() == 4
    rig.session.apply(SetComponents(1))
    assert not k.less.isEnabled()


def test_k_stops_where_rows_are_too_few(rig, panel, qtbot):
    rows = frozenset(range(10, 344))  # ten rows are left, one of them incomplete
    rig.session.apply(ExcludeRows(rows))
    assert panel.model.k.most == 3  # never below what the document says
    rig.session.apply(SetComponents(1))
    assert panel.model.k.most == 1
    assert "needs 5 different rows" in panel.model.k.more.toolTip()
    rig.session.apply(SetStructure("VII"))  # a plainer shape needs fewer rows
    assert panel.model.k.most == 4


def test_shape_tiles_both_ways(rig, panel, qtbot):
    shapes = panel.model.shape.front
    assert shapes.current() == "VVV"
    qtbot.mouseClick(shapes.tile("EEE"), Qt.MouseButton.LeftButton)
    assert rig.document.spec.structure == "EEE"
    rig.session.undo()
    assert shapes.current() == "VVV"
    rig.session.apply(SetStructure("VII"))
    assert shapes.current() == "VII"
    shapes.tile("VII").setFocus()
    qtbot.keyClick(shapes.tile("VII"), Qt.Key.Key_Right)
    assert rig.document.spec.structure == "VVI"


def test_one_column_has_two_spreads(rig, panel, qtbot):
    rig.session.apply(TickColumns((2,)))
    shape = panel.model.shape
    assert shape.spreads.isVisible() and not shape.front.isVisible()
    assert panel.model.shape.spreads.current() == "VVV"
    qtbot.mouseClick(panel.model.shape.spreads.tile("EEE"), Qt.MouseButton.LeftButton)
    assert rig.document.spec.structure == "EEE"
    rig.session.apply(SetStructure("VII"))
    assert panel.model.shape.spreads.current() == "VVV"


def test_start_menu(rig, panel):
    start = panel.model.start
    assert start.value() == "k-means++ · 10 tries"
    actions = {action.text(): action for action in start.menu().actions()}
    actions["Random rows"].trigger()
    assert rig.document.spec.start == "random"
    actions = {action.text(): action for action in start.menu().actions()}
    actions["50 tries"].trigger()
    assert (rig.document.spec.start, rig.document.spec.tries) == ("random", 50)
    assert start.value() == "Random rows · 50 tries"
    rig.session.apply(SetStart(np.array([[39.0, 18, 190, 3700], [47.0, 15, 217, 5000]])))
    assert start.value() == "2 centres by hand"
    assert panel.model.k.value() == 2


def test_advanced_numbers_both_ways(rig, panel, qtbot):
    model = panel.model.advanced
    assert not model.seed.isVisible()
    qtbot.mouseClick(model.button, Qt.MouseButton.LeftButton)
    assert model.seed.isVisible()
    model.seed.edit.selectAll()
    qtbot.keyClicks(model.seed.edit, "42")
    qtbot.keyClick(model.seed.edit, Qt.Key.Key_Return)
    assert rig.document.spec.seed == 42
    model.tolerance.edit.selectAll()
    qtbot.keyClicks(model.tolerance.edit, "1e-5")
    qtbot.keyClick(model.tolerance.edit, Qt.Key.Key_Return)
    assert rig.document.spec.tol == 1e-5
    rig.session.apply(SetStopping(1e-6, 77))
    assert (model.tolerance.text(), model.most.text()) == ("1e-6", "77")
    rig.session.apply(SetSeed(3))
    assert model.seed.text() == "3"


def test_nonsense_in_a_number_field_brings_the_last_good_one_back(rig, panel, qtbot):
    model = panel.model.advanced
    before = rig.document
    model.button.setChecked(True)
    model.seed.edit.selectAll()
    qtbot.keyClicks(model.seed.edit, "plenty")
    qtbot.keyClick(model.seed.edit, Qt.Key.Key_Return)
    assert rig.document is before
    assert model.seed.text() == "0"
    assert panel.model.refusal.isVisible()
    assert "“plenty” is not a number" in panel.model.refusal.words.text()
    rig.session.apply(SetSeed(5))
    panel.model.k.more.click()
    assert not panel.model.refusal.isVisible()


def test_documents_do_not_come_back_as_commands(rig, panel):
    rig.commands.clear()
    rig.session.apply(SetComponents(5))
    rig.session.apply(SetStructure("VII"))
    rig.session.apply(SetOutlierRule(OutlierRule("chi2", 0.975)))
    rig.session.undo()
    rig.session.redo()
    assert len(rig.commands) == 5


def test_before_a_fit_a_sentence_stands_for_the_histogram(panel):
    assert panel.outliers.before.isVisible()
    assert not panel.outliers.histogram.isVisible()
    assert panel.outliers.header.value() == ""


def test_dragging_the_line_marks_what_the_rule_marks(rig, panel, qtbot):
    rig.fit()
    step, histogram = panel.outliers, panel.outliers.histogram
    assert step.header.value() == "18 rows · 5.3\u00a0%"
    histogram_y = histogram.height() // 2
    start = round(histogram.to_pixel(histogram.line()))
    undone = rig.document
    qtbot.mousePress(histogram, Qt.MouseButton.LeftButton, pos=QPoint(start, histogram_y), delay=-1)
    for x in range(start, start + 60, 6):
        qtbot.mouseMove(histogram, QPoint(x, histogram_y))
        # Where the machine is slow, the window follows the hand a moment later.
        qtbot.waitUntil(lambda: not step._rest.isActive())
        rule, assignment = rig.document.outlier_rule, rig.stage.assignment
        n = int(flag(rule, assignment.log_density, assignment.squared_mahalanobis, 4).sum())
        assert step.header.value().startswith(f"{n} rows")
    qtbot.mouseRelease(histogram, Qt.MouseButton.LeftButton, pos=QPoint(x, histogram_y))
    assert rig.document.outlier_rule.value > 15
    assert abs(histogram.to_pixel(histogram.line()) - x) < 8
    rig.session.undo()  # the whole drag
    assert rig.document is undone
    assert histogram.to_pixel(histogram.line()) == pytest.approx(start, abs=1)


@pytest.mark.parametrize("kind", ["percentile", "density", "chi2"])
def test_kinds_and_typed_values(rig, panel, qtbot, kind):
    rig.fit()
    step = panel.outliers
    qtbot.mouseClick(step.kinds.segment(kind), Qt.MouseButton.LeftButton)
    assert rig.document.outlier_rule.kind == kind
    typed = {"percentile": "10 %", "density": "-18,5", "chi2": "97.5"}[kind]
    value = {"percentile": 10.0, "density": -18.5, "chi2": 0.975}[kind]
    step.field.edit.selectAll()
    qtbot.keyClicks(step.field.edit, typed)
    qtbot.keyClick(step.field.edit, Qt.Key.Key_Return)
    assert rig.document.outlier_rule == OutlierRule(kind, value)
    rule, assignment = rig.document.outlier_rule, rig.stage.assignment
    n = int(flag(rule, assignment.log_density, assignment.squared_mahalanobis, 4).sum())
    assert step.header.value().startswith(f"{n} row")
    qtbot.keyClick(step.histogram, Qt.Key.Key_Left)
    moved = rig.document.outlier_rule
    assert moved.value < value


def test_a_value_out_of_range_is_forgotten(rig, panel, qtbot):
    rig.fit()
    step = panel.outliers
    step.field.edit.selectAll()
    qtbot.keyClicks(step.field.edit, "120")
    qtbot.keyClick(step.field.edit, Qt.Key.Key_Return)
    assert rig.document.outlier_rule == OutlierRule("percentile", 5.0)
    assert step.field.text() == "5\u00a0%"
    assert "between 0 and 100" in step.refusal.words.text()


def test_the_empty_window_has_a_panel_too(empty_rig, shown):
    panel = shown(LeftPanel(empty_rig.session, empty_rig.stage))
    assert panel.data.header.value() == ""
    panel.model.k.more.click()
    assert empty_rig.document.spec.n_components == 4


def test_a_rule_comes_back_with_its_value(rig, panel, qtbot):
    rig.fit()
    kinds = panel.outliers.kinds
    qtbot.mouseClick(kinds.segment("chi2"), Qt.MouseButton.LeftButton)
    assert rig.document.outlier_rule == OutlierRule("chi2", 0.99)
    qtbot.mouseClick(kinds.segment("density"), Qt.MouseButton.LeftButton)
    qtbot.mouseClick(kinds.segment("percentile"), Qt.MouseButton.LeftButton)
    assert rig.document.outlier_rule == OutlierRule("percentile", 5.0)
    rig.session.undo()
    assert rig.document.outlier_rule.kind == "density"
    assert kinds.current() == "density"


@pytest.mark.parametrize("field", ["model", "outliers"])
def test_undo_in_a_field_is_the_windows_until_something_is_typed(rig, panel, qtbot, field):
    """After K was typed, Ctrl+Z takes K back, not the digits of a field that is done with."""
    edit = panel.model.k.box if field == "model" else panel.outliers.field.edit
    undo = QAction(panel.window())
    undo.setShortcut(QKeySequence("Ctrl+Z"))
    panel.window().addAction(undo)
    panel.window().activateWindow()
    edit.setFocus()
    with qtbot.waitSignal(undo.triggered):
        qtbot.keyClick(edit, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    edit.selectAll()
    qtbot.keyClicks(edit, "4")
    with qtbot.assertNotEmitted(undo.triggered):
        qtbot.keyClick(edit, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    edit.selectAll()
    qtbot.keyClicks(edit, "6")
    qtbot.keyClick(edit, Qt.Key.Key_Return)
    with qtbot.waitSignal(undo.triggered):
        qtbot.keyClick(edit, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)


def test_stepping_leaves_no_selection_behind(panel, qtbot):
    qtbot.mouseClick(panel.model.k.more, Qt.MouseButton.LeftButton)
    assert panel.model.k.value() == 4
    assert not panel.model.k.box.lineEdit().hasSelectedText()


def test_too_large_a_k_is_refused_with_the_reason(rig, panel, qtbot):
    rows = frozenset(range(25, 344))
    rig.session.apply(ExcludeRows(rows))
    before, box = rig.document, panel.model.k.box
    box.selectAll()
    qtbot.keyClicks(box, "40")
    qtbot.keyClick(box, Qt.Key.Key_Return)
    assert rig.document is before
    assert panel.model.k.value() == 3
    said = panel.model.refusal.words.text()
    assert said.startswith("40 is too many. At most 4 clusters: ")
    qtbot.keyClick(box, Qt.Key.Key_Up)
    assert rig.document.spec.n_components == 4
    assert not panel.model.refusal.isVisible()
    for key in (Qt.Key.Key_Up, Qt.Key.Key_PageUp):
        qtbot.keyClick(box, key)
    assert rig.document.spec.n_components == 4
    panel.model.k.less.click()
    qtbot.keyClick(box, Qt.Key.Key_PageUp)
    assert rig.document.spec.n_components == 4


def test_what_the_file_says_of_a_column_stands_in_its_tooltips(rig, panel, qtbot):
    table = rig.document.table
    said = {"description": "Length of <b>the bill</b>", "value_labels": (("99", "refused"),)}
    columns = (replace(table.column("bill_length_mm"), **said), *table.columns)
    rig.session.apply(OpenTable(replace(table, columns=columns)))
    model = panel.data.columns.view.model()
    first, second = (model.index(row, 0).data(Qt.ItemDataRole.ToolTipRole) for row in (0, 1))
    assert "Length of <b>the bill</b>" in first and "99 means “refused”" in first
    assert "means" not in second and "By the file" not in second
    preview = Preview()
    qtbot.addWidget(preview)
    preview.rows.set_table(rig.document.table)
    assert "99 means “refused”" in preview.header._tip(0)
    assert "means" not in preview.header._tip(1)
