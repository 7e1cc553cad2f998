"""The window as a whole: opening, fitting, exporting, closing, and what is enabled when."""

from __future__ import annotations

import csv
import threading

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, QSize, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtWidgets import QAbstractButton, QAbstractSpinBox, QLineEdit, QToolButton

from gmmstudio.document.commands import (
    RecolourCluster,
    RenameCluster,
    SetComponents,
    SetStopping,
    TickColumns,
)
from gmmstudio.table.reading import read
from gmmstudio.ui import theme
from gmmstudio.ui.dialogs import messages
from gmmstudio.ui.dialogs.find_k import FindKDialog
from gmmstudio.ui.dialogs.help import AboutDialog, GlossaryDialog, ShortcutsDialog
from gmmstudio.ui.empty_state import RecentFile
from gmmstudio.ui.views.points.frame_colours import colouring_of

# The offscreen platform says so of every dialog; it is no fault of ours.
pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints")


def opened(window, path, until) -> None:
    window.handlers.open_path(path)
    until(lambda: not window.opening.is_reading)


def fitted(window, until) -> None:
    window.control.fit()
    until(lambda: window.stage.assignment is not None and not window.control.is_running)


def enabled(window) -> set[str]:
    return {spec.id for spec in window.actions_.specs if window.actions_[spec.id].isEnabled()}


def test_empty_window_offers_what_can_be_done(window) -> None:
    assert window.pages.currentWidget() is window.empty
    assert window.windowTitle() == "GMM Studio"
    assert not enabled(window) & {"new", "export", "fit", "pause", "step", "restart", "find_k"}
    assert not enabled(window) & {"undo", "redo", "stop"}
    assert {"open", "paste", "glossary", "about"} <= enabled(window)
    assert len(window.empty.cards) == 5


def test_sample_card_opens_the_sample(window, qtbot, until) -> None:
    qtbot.mouseClick(window.empty.cards[0], Qt.MouseButton.LeftButton)
    until(lambda: window.session.document.table is not None)
    assert window.windowTitle() == "penguins — GMM Studio"
    assert window.pages.currentWidget() is window.workspace
    assert {"fit", "step", "find_k", "new", "undo"} <= enabled(window)
    assert "Open penguins" in window.actions_["undo"].text()
    assert not enabled(window) & {"pause", "restart", "export", "redo"}
    assert window.preferences.recent == ()


def test_actions_are_true_during_a_run_and_after(window, csv_file, until) -> None:
    opened(window, csv_file, until)
    window.session.apply(SetStopping(0.0, 1_000_000))
    window.control.fit()
    until(lambda: window.stage.shown is not None)
    assert {"pause", "stop", "step", "restart", "undo"} <= enabled(window)
    assert not enabled(window) & {"fit", "find_k", "export", "redo"}
    window.handlers.pause()
    until(lambda: window.stage.state == "paused")
    assert {"fit", "pause"} <= enabled(window)
    assert "Resume" in window.actions_["pause"].text().replace("&", "")
    window.handlers.stop()
    until(lambda: window.stage.state == "idle" and window.stage.assignment is not None)
    assert {"export", "restart", "fit", "find_k", "exclude_outliers"} <= enabled(window)
    assert "stop" not in enabled(window)
    window.session.apply(TickColumns(()))
    assert not enabled(window) & {"fit", "step", "restart", "find_k"}


def test_open_fit_export(window, csv_file, tmp_path, until) -> None:
    opened(window, csv_file, until)
    assert window.preferences.recent == (csv_file,)
    fitted(window, until)
    assert "not exported" in window.status.file.text()
    window.session.apply(RenameCluster(0, "tall"))
    target = tmp_path / "out.csv"
    window.exporting.write(target)
    until(lambda: not window.exporting.is_writing)
    with target.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    assert rows[0][:3] == ["height", "width", "cluster"]
    assert len(rows) == 121
    assert "tall" in {row[2] for row in rows}
    assert str(target) in window.status.notice.text()
    assert window.status.file.text().endswith("· exported")
    window.session.apply(RenameCluster(0, "short"))
    assert window.status.file.text().endswith("changed since the export")


def test_out_of_date_is_said(window, csv_file, tmp_path, until) -> None:
    opened(window, csv_file, until)
    fitted(window, until)
    assert "Converged" in window.status.state.text()
    window.session.apply(SetComponents(2))
    assert "Out of date" in window.status.state.text()
    window.exporting.write(tmp_path / "old.csv")
    until(lambda: not window.exporting.is_writing)
    assert "before your last changes" in window.status.notice.text()


def test_unwritable_export_is_a_message_and_nothing_is_left(
    window, csv_file, tmp_path, until
) -> None:
    opened(window, csv_file, until)
    fitted(window, until)
    window.exporting.write(tmp_path / "nowhere" / "out.csv")
    until(lambda: not window.exporting.is_writing)
    assert window.messages.box is not None
    assert not window.exporting.files.hold_fit(window.session.document.record)
    assert not (tmp_path / "nowhere").exists()


def test_bad_file_is_a_message_and_the_table_stays(window, csv_file, tmp_path, until) -> None:
    opened(window, csv_file, until)
    bad = tmp_path / "bad.csv"
    bad.write_bytes(b"")
    opened(window, bad, until)
    assert window.session.document.table.name == "garden"
    assert "empty" in window.messages.box.text()
    opened(window, tmp_path / "gone.csv", until)
    assert window.session.document.table.name == "garden"
    assert tmp_path / "gone.csv" not in window.preferences.recent


def test_a_shorter_table_with_missing_cells_replaces_a_fitted_one(
    window, csv_file, tmp_path, until
) -> None:
    """The stage lets go of the old fit while the scatter still holds the old rows."""
    opened(window, csv_file, until)
    fitted(window, until)
    short = tmp_path / "short.csv"
    short.write_text("a,b\n" + "".join(f"{i}.5,{i * i % 7}.25\n" for i in range(20)) + ",3.5\n")
    opened(window, short, until)
    assert window.session.document.table.name == "short"
    window.handlers.undo()
    assert window.session.document.table.name == "garden"


def test_a_file_that_is_gone_leaves_the_list_of_the_empty_window(window, tmp_path, until) -> None:
    window.preferences.add_recent(tmp_path / "gone.csv")
    window.empty.show_recent(window.preferences.recent)

    def offered() -> bool:
        return any(link.isVisible() for link in window.empty.findChildren(RecentFile))

    until(offered)
    opened(window, tmp_path / "gone.csv", until)
    until(lambda: not offered())


def test_table_without_numbers_says_what_to_do(window, tmp_path, until) -> None:
    words = tmp_path / "words.csv"
    words.write_text("a,b\nx,y\nz,w\n")
    opened(window, words, until)
    assert window.status.state.text() == "No column of numbers to fit"
    until(lambda: "No column of numbers" in window.workspace.reading.paragraph.text())
    assert "fit" not in enabled(window)


def test_paste_opens_what_was_copied(window, until) -> None:
    QGuiApplication.clipboard().setText("a\tb\n1\t2\n3\t5\n4\t4\n")
    window.handlers.paste()
    until(lambda: window.session.document.table is not None)
    table = window.session.document.table
    assert [column.name for column in table.columns] == ["a", "b"]
    assert table.n_rows == 3


def test_a_table_of_a_web_page_can_be_pasted(window, until) -> None:
    data = QMimeData()
    data.setHtml(
        "<p>Prices</p><table><tr><th colspan=1>a<th>b<br>c</tr><tr><td>1<td>x\ty</tr>"
        "<tr><td>3.5<td><b>4</b></tr></table><table><tr><td>no</table>"
    )
    QGuiApplication.clipboard().setMimeData(data)
    window.handlers.paste()
    until(lambda: window.session.document.table is not None)
    table = window.session.document.table
    assert [column.name for column in table.columns] == ["a", "b c"]
    assert [column.cells.to_pylist() for column in table.columns] == [["1", "3.5"], ["x y", "4"]]


def test_paste_of_nothing_says_so(window) -> None:
    QGuiApplication.clipboard().setText("   ")
    window.handlers.paste()
    assert "clipboard" in window.status.notice.text()
    assert not window.opening.is_reading


def mime(*paths) -> QMimeData:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return data


def drag(window, data) -> QDragEnterEvent:
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    event = QDragEnterEvent(QPoint(20, 20), Qt.DropAction.CopyAction, data, buttons, keys)
    window.dragEnterEvent(event)
    return event


def drop(window, data) -> None:
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    window.dropEvent(QDropEvent(QPointF(20, 20), Qt.DropAction.CopyAction, data, buttons, keys))


def test_drop_shows_a_hint_and_opens(window, csv_file, until) -> None:
    data = mime(csv_file)
    assert drag(window, data).isAccepted()
    assert window.drop_hint.isVisible()
    assert "garden.csv" in window.drop_hint.text.text()
    drop(window, data)
    assert not window.drop_hint.isVisible()
    until(lambda: window.session.document.table is not None)


def test_two_files_are_refused_in_words(window, csv_file, tmp_path) -> None:
    data = mime(csv_file, tmp_path / "other.csv")
    drag(window, data)
    assert "One file" in window.drop_hint.text.text()
    drop(window, data)
    assert not window.opening.is_reading
    assert "one file" in window.status.notice.text()


def test_dragged_text_is_not_for_us(window) -> None:
    data = QMimeData()
    data.setText("hello")
    assert not drag(window, data).isAccepted()
    assert not window.drop_hint.isVisible()


@pytest.mark.parametrize("lines", [1, 3])
def test_the_sign_of_a_notice_stands_beside_its_first_line(window, lines, until) -> None:
    from gmmstudio.ui.notice_bar import Offer

    bar = window.notices
    bar.say(["The table was read with decimal commas."] * lines,
            [Offer("Import settings…", "", lambda: None)])  # fmt: skip
    until(lambda: bar.isVisible() and bar.height() > 0)
    window.layout().activate()
    bar.layout().activate()
    line = bar.text.fontMetrics().height()
    first = bar.text.y() + bar.text.contentsMargins().top() + line / 2
    sign, button = bar._picture.geometry(), bar.buttons[0].geometry()
    for middle in (sign.y() + sign.height() / 2, button.y() + button.height() / 2):
        assert abs(middle - first) <= 1.5


def test_notices_can_be_dismissed(window, tmp_path, until) -> None:
    odd = tmp_path / "odd.csv"
    odd.write_text("a,b\n1,2\n3,4,5\n2,2\n5,1\n")
    opened(window, odd, until)
    window.importing.dialog.accept_button.click()
    assert window.session.document.table.notices
    assert window.notices.isVisible()
    window.notices.dismiss.click()
    assert not window.notices.isVisible()


def test_new_puts_the_table_away_and_undo_brings_it_back(window, csv_file, until) -> None:
    opened(window, csv_file, until)
    fitted(window, until)
    window.handlers.new()
    assert window.pages.currentWidget() is window.empty
    assert window.stage.shown is None
    window.handlers.undo()
    until(lambda: window.stage.shown is not None)
    assert window.stage.shown.final


def test_space_plays_from_anywhere(window, csv_file, until, qtbot) -> None:
    opened(window, csv_file, until)
    fitted(window, until)
    window.control.first()
    until(lambda: window.stage.shown.iteration == 0)
    window.workspace.scatter.setFocus()
    qtbot.keyClick(window, Qt.Key.Key_Space)
    assert window.control.is_playing
    qtbot.keyClick(window, Qt.Key.Key_Space)
    assert not window.control.is_playing


def test_exclude_outliers_and_use_them_again(window, csv_file, until) -> None:
    opened(window, csv_file, until)
    fitted(window, until)
    n = window.stage.outlier_summary.n
    assert f"{n} outlier" in window.actions_["exclude_outliers"].text()
    window.handlers.exclude_outliers()
    assert len(window.session.document.preparation.excluded) == n
    fitted(window, until)
    window.handlers.include_all()
    assert not window.session.document.preparation.excluded


@pytest.fixture
def answers(window, monkeypatch) -> list[str]:
    """Answers to give to the question before closing; what is left was not asked for."""
    prepared: list[str] = []
    monkeypatch.setattr(messages, "ask_before_leaving", lambda *what, **how: prepared.pop(0))
    window.asks_before_closing = True
    return prepared


def test_closing_asks_once_about_a_fit_never_saved(window, csv_file, until, answers) -> None:
    opened(window, csv_file, until)
    fitted(window, until)
    answers += ["cancel", "leave", "never asked"]
    assert not window.close()
    assert window.isVisible()
    assert window.close()
    assert answers == ["never asked"]
    assert window.close()


def test_closing_asks_nothing_without_a_fit_or_after_an_export(
    window, csv_file, tmp_path, until, answers
) -> None:
    opened(window, csv_file, until)
    fitted(window, until)
    window.exporting.write(tmp_path / "out.csv")
    until(lambda: not window.exporting.is_writing)
    assert window.close()


def test_closing_in_mid_run_leaves_nothing(window, csv_file, until) -> None:
    opened(window, csv_file, until)
    window.session.apply(SetStopping(0.0, 1_000_000))
    window.control.fit()
    until(lambda: window.stage.shown is not None)
    assert window.close()
    names = {thread.name for thread in threading.enumerate()}
    assert not any(name.startswith("gmmstudio") for name in names)
    assert window.session.document.record.fit.ended == "cancelled"


def test_closing_while_reading(window, csv_file) -> None:
    window.handlers.open_path(csv_file)
    assert window.close()
    assert not window.opening.is_reading


def test_cancelled_reading_opens_nothing(window, csv_file, until) -> None:
    window.handlers.open_path(csv_file)
    window.handlers.stop()
    until(lambda: not window.opening.is_reading)
    assert window.session.document.table is None
    QGuiApplication.clipboard().setText("a,b\n1,2\n3,4\n")
    window.handlers.paste()
    window.handlers.stop()
    until(lambda: not window.opening.is_reading)
    assert window.session.document.table is None
    assert window.messages.box is None


def test_another_file_does_not_wait_for_the_one_before(
    window, csv_file, tmp_path, until, monkeypatch
) -> None:
    release = threading.Event()

    def slow(path, **options):
        if path.name == "slow.csv":
            release.wait(20)
        return read(path, **options)

    monkeypatch.setattr("gmmstudio.ui.importing.source.read", slow)
    slow_file = tmp_path / "slow.csv"
    slow_file.write_text("a,b\n1,2\n3,4\n")
    window.handlers.open_path(slow_file)
    opened(window, csv_file, until)
    assert not release.is_set()
    release.set()
    window.opening.close()
    QGuiApplication.processEvents()
    assert window.session.document.table.name == "garden"


def test_opening_another_file_in_mid_run(window, csv_file, until) -> None:
    opened(window, csv_file, until)
    window.session.apply(SetStopping(0.0, 1_000_000))
    window.control.fit()
    until(lambda: window.stage.shown is not None)
    window.handlers.open_sample("iris")
    until(lambda: window.session.document.table.name == "iris")
    assert not window.control.is_running
    assert window.windowTitle().startswith("iris")


def test_find_k_dialog_counts_and_starts(window, csv_file, until) -> None:
    opened(window, csv_file, until)
    window.handlers.find_k()
    dialog = window.handlers.find_dialog
    assert dialog.n_fits == 36 and "36 models" in dialog.sentence.text()
    dialog.last.setValue(3)
    dialog.shapes["VVV"].setChecked(False)
    assert dialog.n_fits == 9
    dialog.first.setValue(5)
    assert dialog.last.value() == 5
    for box in dialog.shapes.values():
        box.setChecked(False)
    assert not dialog.find_button.isEnabled()
    dialog.shapes["EEE"].setChecked(True)
    dialog.accept()
    until(lambda: window.session.document.sweep is not None)
    assert [cell.n_components for cell in window.session.document.sweep.cells] == [5]


def test_one_column_makes_fewer_models(qtbot) -> None:
    dialog = FindKDialog(1, 100, 10)
    qtbot.addWidget(dialog)
    assert dialog.n_fits == 18


def test_theme_and_zoom_are_chosen_and_remembered(window) -> None:
    window.actions_["theme_dark"].trigger()
    assert theme.current().dark and window.actions_["theme_dark"].isChecked()
    window.actions_["larger"].trigger()
    window.actions_["larger"].trigger()
    assert theme.zoom() == pytest.approx(1.2)
    assert window.preferences.theme == "dark"
    assert window.preferences.zoom == pytest.approx(1.2)
    window.actions_["normal"].trigger()
    window.actions_["theme_system"].trigger()
    assert theme.zoom() == 1.0 and theme.choice() == "system"


def test_replay_choice_is_remembered(window) -> None:
    window.control.replay_after_fit = True
    window.actions_["replay"].trigger()
    assert not window.control.replay_after_fit
    assert not window.preferences.replay_after_fit
    assert not window.actions_["replay"].isChecked()


def test_help(window) -> None:
    window.shell.glossary()
    glossary = window.shell.dialog
    assert isinstance(glossary, GlossaryDialog)
    glossary.search.setText("bic")
    assert "BIC" in glossary.text.toPlainText()
    glossary.search.setText("zzzz")
    assert "No term" in glossary.text.toPlainText()
    window.shell.shortcuts()
    assert isinstance(window.shell.dialog, ShortcutsDialog)
    window.shell.about()
    assert isinstance(window.shell.dialog, AboutDialog)
    assert "numpy" in window.shell.dialog.versions.text()


def test_shortcuts_are_unique(window) -> None:
    keys = [key for spec in window.actions_.specs for key in spec.keys]
    assert len(keys) == len(set(keys))


def test_layout_is_remembered_and_reset(window, qtbot) -> None:
    from gmmstudio.ui.main_window import MainWindow
    from gmmstudio.ui.preferences import Preferences

    window.pages.setCurrentWidget(window.workspace)
    window.resize(1400, 800)
    columns = window.workspace.columns
    columns.setSizes([340, 760, 300])
    kept = columns.sizes()
    window.close()
    again = MainWindow(Preferences())
    qtbot.addWidget(again)
    again.resize(1400, 800)
    again.show()
    again.pages.setCurrentWidget(again.workspace)
    assert again.workspace.columns.sizes()[0] == pytest.approx(kept[0], abs=8)
    again.shell.reset_layout()
    assert again.workspace.columns.sizes()[0] == pytest.approx(288, abs=8)
    again.close()


def test_narrow_window_keeps_its_words_readable(window, csv_file, until, qtbot) -> None:
    opened(window, csv_file, until)
    for width, zoom in ((1280, 1.0), (960, 1.0), (1280, 1.6), (1440, 1.0)):
        theme.set_zoom(zoom)
        window.resize(width, 720)
        qtbot.wait(20)
        assert window.width() == width
        for button in window.tools.findChildren(QAbstractButton):
            assert button.width() >= button.sizeHint().width(), (width, zoom, button.text())
        bar = window.workspace.tabs.tabBar()
        if zoom == 1.0:
            assert bar.width() >= bar.sizeHint().width()
        elif bar.width() < bar.sizeHint().width():  # then arrows lead to those out of sight
            assert sum(button.isVisible() for button in bar.findChildren(QToolButton)) == 2


def test_every_control_has_a_name(window, csv_file, until) -> None:
    opened(window, csv_file, until)
    fitted(window, until)
    nameless = [
        widget
        for kind in (QAbstractButton, QAbstractSpinBox, QLineEdit)
        for widget in window.findChildren(kind)
        if widget.isVisible()
        and widget.focusPolicy() != Qt.FocusPolicy.NoFocus
        and not (widget.accessibleName() or (hasattr(widget, "text") and widget.text()))
        and widget.parent().objectName() != "qt_spinbox_lineedit"
        and widget.objectName() not in ("qt_spinbox_lineedit", "qt_toolbar_ext_button")
    ]
    assert not nameless


def test_larger_text_asks_for_a_larger_window(window, csv_file, until, monkeypatch) -> None:
    """Else the parts side by side would lie over each other."""
    monkeypatch.setattr("gmmstudio.ui.main_window.FRAME", QSize(-2000, -2000))  # a large screen
    smallest = QSize(500, 300)
    monkeypatch.setattr("gmmstudio.ui.main_window.SMALLEST", smallest)
    opened(window, csv_file, until)
    theme.set_zoom(1.8)
    needed = window.workspace.columns.minimumSizeHint()
    assert window.minimumWidth() >= needed.width() > smallest.width()
    assert window.minimumHeight() >= needed.height()
    theme.set_zoom(1.0)
    assert window.minimumSize() == smallest


def test_the_focus_leaves_a_button_that_is_disabled_for_nothing_that_a_key_presses(
    window, csv_file, until, qtbot
) -> None:
    opened(window, csv_file, until)
    window.activateWindow()
    fit = window.tools.fit
    fit.setFocus()
    qtbot.mouseClick(fit, Qt.MouseButton.LeftButton)
    until(lambda: window.stage.assignment is not None and not window.control.is_running)
    assert window.focusWidget() is window.workspace.scatter
    record = window.session.document.record
    qtbot.keyClick(window.focusWidget(), Qt.Key.Key_Space)
    window.control.pause_play()
    assert record is not None and window.session.document.record is record
    assert window.stage.state == "idle"
    find = next(b for b in window.tools._buttons if b.accessibleName() == "Find the best K")
    window.workspace.tabs.setCurrentWidget(window.workspace.table)
    find.setFocus()
    qtbot.mouseClick(find, Qt.MouseButton.LeftButton)
    window.handlers.find_dialog.last.setValue(2)
    window.handlers.find_dialog.accept()
    until(lambda: window.session.document.sweep is not None and not window.control.is_running)
    assert window.focusWidget() is window.workspace.table
    qtbot.keyClick(window.focusWidget(), Qt.Key.Key_Space)
    window.control.pause_play()
    assert window.session.document.sweep is not None
    assert window.stage.state == "idle"


def test_undo_to_the_empty_window_leaves_the_focus_on_it(window, csv_file, until, qtbot) -> None:
    opened(window, csv_file, until)
    undo = next(b for b in window.tools._buttons if b.accessibleName().startswith("Undo"))
    undo.setFocus()
    while window.actions_["undo"].isEnabled():
        qtbot.keyClick(undo, Qt.Key.Key_Space)
    assert window.pages.currentWidget() is window.empty
    assert window.focusWidget() is window.empty


def test_find_k_dialog_begins_with_the_shapes_of_the_search_before(window, csv_file, until) -> None:
    opened(window, csv_file, until)
    window.handlers.find_k()
    dialog = window.handlers.find_dialog
    dialog.last.setValue(1)
    dialog.all_shapes.click()
    dialog.accept()
    until(lambda: window.session.document.sweep is not None and not window.control.is_running)
    window.handlers.find_k()
    dialog = window.handlers.find_dialog
    assert dialog.all_shapes.isChecked() and len(dialog.structures) == 14
    dialog.reject()
    window.handlers._last_shapes.clear()
    assert len(window.handlers._shapes_to_begin_with()) == 14


def test_a_cluster_s_new_colour_is_everywhere_and_goes_with_the_window(window, until) -> None:
    window.handlers.open_sample("penguins")
    until(lambda: window.session.document.table is not None)
    window.control.fit()
    until(lambda: window.stage.assignment is not None and not window.control.is_running)
    window.session.apply(RecolourCluster(0, "#d55e00"))
    assert theme.cluster_color(0).name() == "#d55e00"
    shown = window.stage.shown
    colouring, _ = colouring_of(shown, faded=False)
    first = shown.identities.index(0)
    assert colouring.palette[2 + 16 * first] == 0xFFD55E00
    window.session.undo()
    assert theme.cluster_color(0).name() == "#0072b2"
    window.session.redo()
    window.close()
    assert theme.cluster_color(0).name() == "#0072b2"
