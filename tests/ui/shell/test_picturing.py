"""Copy picture and Save picture: of which view, how, and what is said."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication, QImage
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from gmmstudio.ui import theme
from gmmstudio.ui.dialogs import files
from gmmstudio.ui.main_window import MainWindow
from gmmstudio.ui.pictures.choices import Choices, read, suggestion
from gmmstudio.ui.pictures.forms import as_svg

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture
def fitted(window: MainWindow, until) -> MainWindow:
    window.handlers.open_sample("penguins")
    until(lambda: window.session.document.table is not None)
    window.control.fit()
    until(lambda: window.stage.assignment is not None and not window.control.is_running)
    until(lambda: window.workspace.scatter.cloud.winners is not None)
    return window


def copied(window: MainWindow) -> QImage:
    window.pictures.wait()
    QApplication.processEvents()
    return QGuiApplication.clipboard().image()


def test_pictures_wait_for_a_table(window: MainWindow):
    assert not window.actions_["copy_picture"].isEnabled()
    assert not window.actions_["save_picture"].isEnabled()


def test_copy_takes_the_view_in_front(fitted: MainWindow):
    view = fitted.workspace.scatter
    fitted.actions_["copy_picture"].trigger()
    image = copied(fitted)
    assert image.size() == 2 * view.size()
    formats = QGuiApplication.clipboard().mimeData().formats()
    assert {"image/png", "image/svg+xml"} <= set(formats)
    assert fitted.status.notice.text() == "The picture of Scatter is on the clipboard."


def test_copy_takes_the_lower_plot_with_the_focus(fitted: MainWindow):
    view = fitted.workspace.convergence
    view.area.setFocus()
    if QApplication.focusWidget() is None:
        pytest.skip("the platform gives no focus")
    fitted.picturing.copy()
    assert copied(fitted).size() == 2 * view.size()


def test_every_tab_has_a_picture(fitted: MainWindow, until, qtbot: QtBot):
    tabs = fitted.workspace.tabs
    for place in range(tabs.count()):
        tabs.setCurrentIndex(place)
        qtbot.wait(50)
        view = tabs.currentWidget()
        fitted.picturing.copy()
        image = copied(fitted)
        assert image.size() == 2 * view.size(), view.title
        colours = {image.pixel(x, y) for x in range(0, image.width(), 3) for y in (40, 200, 400)}
        assert len(colours) > 3, f"{view.title} is blank"
    fitted.picturing.copy_view(fitted.workspace.left.outliers.histogram)
    assert not copied(fitted).isNull()
    fitted.picturing.copy_view(fitted)
    assert copied(fitted).size() == 2 * fitted.size()


def test_a_white_picture_of_the_dark_window_leaves_it_dark(fitted: MainWindow, qtbot: QtBot):
    theme.choose("dark")
    qtbot.wait(150)
    before = fitted.grab().toImage()
    fitted.pictures.copy(fitted, Choices(scale=1, ground="white"))
    image = copied(fitted)
    assert image.pixelColor(2, image.height() // 2).lightness() > 240
    fitted.status.clear_notice()
    qtbot.wait(150)
    assert fitted.grab().toImage() == before
    assert theme.current().dark


def test_the_menu_over_a_view_offers_both(fitted: MainWindow, qtbot: QtBot):
    view = fitted.workspace.convergence
    place = view.mapToGlobal(QPoint(30, 30))
    reason = QContextMenuEvent.Reason.Keyboard
    QApplication.sendEvent(view.area, QContextMenuEvent(reason, QPoint(30, 30), place))
    menu = fitted.picturing.menu
    assert menu is not None
    assert [action.text() for action in menu.actions()] == ["&Copy picture", "&Save picture…"]
    menu.actions()[0].trigger()
    assert copied(fitted).size() == 2 * view.size()
    menu.close()
    qtbot.wait(10)
    assert fitted.picturing.menu is None


def test_a_right_click_in_a_plot_opens_the_menu(fitted: MainWindow, qtbot: QtBot):
    plot = fitted.workspace.scatter.plot
    place = plot.rect().center()
    range_before = plot.box.viewRange()
    qtbot.mouseClick(plot.viewport(), Qt.MouseButton.RightButton, pos=place)
    assert fitted.picturing.menu is not None
    assert plot.box.viewRange() == range_before
    fitted.picturing.menu.close()
    qtbot.wait(10)


def test_the_dialog_remembers_and_saves(
    fitted: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
):
    asked: list[Path] = []

    def ask(_parent, suggested: Path, _name: str, ending: str) -> Path:
        asked.append(suggested)
        return tmp_path / f"mine.{ending}"

    monkeypatch.setattr(files, "ask_picture", ask)
    fitted.actions_["save_picture"].trigger()
    dialog = fitted.picturing.dialog
    assert dialog is not None
    qtbot.waitUntil(lambda: dialog.preview.image is not None, timeout=10_000)
    dialog.form.segment("svg").click()
    dialog.size_.setCurrentIndex(dialog.size_.findData("column"))
    dialog.legend.setChecked(True)
    dialog.headline.setText("펭귄")
    assert not dialog.scale.isEnabled()
    qtbot.waitUntil(lambda: dialog.facts.text().startswith("85 × "), timeout=10_000)
    dialog.save_button.click()
    fitted.pictures.wait()
    assert asked[0].name == "penguins-scatter.svg"
    said = (tmp_path / "mine.svg").read_text(encoding="utf-8")
    assert 'width="85.' in said or 'width="84.' in said
    assert "펭귄" in said
    assert fitted.status.notice.text() == f"Saved the picture to {tmp_path / 'mine.svg'}."
    assert fitted.preferences.folder == str(tmp_path)
    assert fitted.pictures.choices == Choices(ending="svg", size="column", legend=True)
    assert fitted.picturing.dialog is None or not fitted.picturing.dialog.isVisible()


def test_the_dialog_can_be_closed_at_any_time(fitted: MainWindow):
    fitted.picturing.ask()
    assert fitted.picturing.dialog is not None
    fitted.picturing.dialog.subject.setCurrentIndex(1)
    fitted.picturing.dialog.reject()


def test_no_size_is_told_that_is_not_the_pictures(fitted: MainWindow):
    fitted.picturing.ask()
    dialog = fitted.picturing.dialog
    assert dialog is not None
    assert dialog.size_.currentIndex() == 0  # as on the screen
    for spin in (dialog.across, dialog.down):
        assert not spin.isEnabled()
        assert not any(letter.isdigit() for letter in spin.text())
    dialog.size_.setCurrentIndex(dialog.size_.count() - 1)
    assert all(spin.isEnabled() and float(spin.text()) > 0 for spin in (dialog.across, dialog.down))
    dialog.reject()


def test_own_sizes_in_inches(fitted: MainWindow):
    fitted.picturing.ask()
    dialog = fitted.picturing.dialog
    assert dialog is not None
    dialog.size_.setCurrentIndex(dialog.size_.findData("slide"))
    dialog.unit.setCurrentIndex(1)
    assert dialog.across.value() == pytest.approx(13.33)
    assert dialog.down.value() == pytest.approx(7.5)
    assert dialog.choices.size == "slide"
    dialog.across.setValue(4.0)
    assert dialog.choices.size == "own"
    assert dialog.choices.pixels is not None
    assert dialog.choices.pixels.width() == 4 * dialog.preview.logicalDpiX()
    dialog.form.segment("pdf").click()
    assert not dialog.ground.segment("none").isEnabled()
    dialog.reject()


@pytest.mark.skipif(sys.platform == "win32", reason="rights of folders")
def test_what_cannot_be_written_is_said(fitted: MainWindow, tmp_path: Path):
    fitted.pictures.save(fitted.workspace.scatter, tmp_path / "no" / "x.png", Choices())
    fitted.pictures.wait()
    box = fitted.messages.box
    assert box is not None and "does not exist" in box.text()
    fitted.messages.close()
    if os.geteuid() != 0:
        tmp_path.chmod(0o500)
        fitted.pictures.save(fitted.workspace.scatter, tmp_path / "x.png", Choices())
        fitted.pictures.wait()
        tmp_path.chmod(0o700)
        assert "protected" in fitted.messages.box.text()


def test_a_full_drive_keeps_the_file_there_was(
    fitted: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    path = tmp_path / "x.png"
    path.write_bytes(b"before")

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    fitted.pictures.save(fitted.workspace.scatter, path, Choices())
    fitted.pictures.wait()
    assert "the drive is full" in fitted.messages.box.text()
    assert path.read_bytes() == b"before" and len(list(tmp_path.iterdir())) == 1


def test_choices_that_make_no_sense_are_as_at_first():
    assert read("") == read("[1]") == read("{") == Choices()
    chosen = Choices("pdf", 3, "shown", True, "own", 100.0, 80.0, True)
    assert read(chosen.as_words()) == chosen
    odd = '{"ending": "exe", "scale": 9, "ground": 1, "legend": 1, "width": 1e9, "height": NaN}'
    assert read(odd) == Choices()


def test_a_name_is_suggested_that_any_system_takes(tmp_path: Path):
    path = suggestion(str(tmp_path), 'a/b:c "d"', "choose-k", "pdf")
    assert path == tmp_path / "a-b-c--d--choose-k.pdf"
    assert suggestion("", "", "window", "png").name == "window.png"


def test_the_table_s_own_menu_offers_them_too(fitted: MainWindow, qtbot: QtBot):
    table = fitted.workspace.table
    fitted.workspace.tabs.setCurrentWidget(table)
    table._show_menu(QPoint(10, 10))
    menu = next(menu for menu in table.findChildren(QMenu) if menu.isVisible())
    assert [action.text() for action in menu.actions()][-2:] == ["&Copy picture", "&Save picture…"]
    menu.actions()[-2].trigger()
    assert copied(fitted).size() == 2 * table.size()
    menu.close()
    qtbot.wait(10)


def test_what_is_there_to_be_used_is_not_in_the_picture(fitted: MainWindow, qtbot: QtBot):
    view = fitted.workspace.scatter
    view.tools.take("adjust")
    fitted.stage.selection.choose(np.arange(0, 344, 9), "replace", "every ninth row")
    qtbot.wait(50)
    said = as_svg(fitted.pictures.picture(view, Choices("svg"))).decode()
    assert "bill_length_mm" in said
    assert "Drag a cluster" not in said and "39 rows selected" not in said
