"""The import dialog: what it shows is what is opened, and clean files never see it."""

from __future__ import annotations

import gzip
import json
import os
import threading
import time
import zipfile
from itertools import product
from pathlib import Path

import numpy as np
import pytest
import xlsxwriter
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QPushButton

from gmmstudio.table.reading import read, read_text
from gmmstudio.table.settings import Notice, ReadSettings
from gmmstudio.ui.importing.dialog import AS_FILE
from gmmstudio.ui.importing.outcome import outcome_of
from gmmstudio.ui.importing.remembering import (
    MOST_FILES,
    Remembered,
    from_words,
    recall,
    remember,
    to_words,
)
from gmmstudio.ui.importing.rows import FOUND, PUT_BACK
from gmmstudio.ui.importing.words import join_words, split_words
from gmmstudio.ui.preferences import Preferences

pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints")

CLEAN = "height,width\n" + "".join(f"{i * 1.37:.2f},{i * i % 17 / 3:.2f}\n" for i in range(1, 40))
AMBIGUOUS = "city;price\n" + "".join(f"town {i};{i}.{i * 37 % 1000:03d}\n" for i in range(1, 30))
RAGGED = "a,b\n1.5,2.5\n3.5,4.5,5.5\n2.5,2.5\n5.5,1.5\n7.5\n"
HANGUL = "이름,키,몸무게\n" + "".join(f"김{i},{150 + i}.5,{50 + i}.25\n" for i in range(30))


def put(folder: Path, name: str, text: str, encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def start(window, path: Path, until):
    """Open a file; return the dialog, or None where there is none."""
    window.handlers.open_path(path)
    until(lambda: not window.opening.is_reading)
    return window.importing.dialog


def asked(window, path: Path, until):
    dialog = start(window, path, until)
    assert dialog is not None
    return dialog


def choose(dialog, until, **changes) -> None:
    """Choose as the rows do, and wait for what comes of it."""
    dialog.choices_panel.choose(dialog.choices.with_(**changes))
    until(lambda: dialog.outcome is not None)


def opened(window):
    return window.session.document.table


@pytest.mark.parametrize("text", [RAGGED, AMBIGUOUS])
def test_no_button_looks_as_if_return_pressed_it(window, until, tmp_path, text):
    dialog = asked(window, put(tmp_path, "a.csv", text), until)
    buttons = dialog.findChildren(QPushButton)
    assert buttons
    assert [b.text() for b in buttons if b.isDefault() or b.autoDefault()] == []


def same_table(one, other) -> None:
    assert [column.name for column in one.columns] == [column.name for column in other.columns]
    assert one.n_rows == other.n_rows
    for a, b in zip(one.columns, other.columns, strict=True):
        assert a.kind == b.kind
        assert a.cells.to_pylist() == b.cells.to_pylist()
        assert (a.values is None) == (b.values is None)
        if a.values is not None:
            np.testing.assert_array_equal(a.values, b.values)


def head_of(preview) -> list[list[str]]:
    model = preview.rows
    return [
        [model.index(row, column).data() for column in range(model.columnCount())]
        for row in range(model.rowCount())
    ]


# ---- who is asked ------------------------------------------------------------------------


def test_a_clean_file_is_opened_at_once_and_says_how_it_was_read(window, tmp_path, until) -> None:
    path = put(tmp_path, "clean.csv", CLEAN)
    assert start(window, path, until) is None
    same_table(opened(window), read(path))
    assert window.notices.isVisible()
    assert "Read as CSV, comma, UTF-8: 39 rows, 2 columns." in window.notices.text.text()
    assert [button.text() for button in window.notices.buttons] == ["Import settings…"]


@pytest.mark.parametrize("text", [AMBIGUOUS, RAGGED, "1,2\n3,4\n5,7\n"])
def test_what_is_in_doubt_is_asked_and_cancel_leaves_all_as_it_was(
    window, tmp_path, until, text
) -> None:
    start(window, put(tmp_path, "clean.csv", CLEAN), until)
    before = window.session.document
    dialog = asked(window, put(tmp_path, "doubt.csv", text), until)
    choose(dialog, until, header_rows=0)
    dialog.cancel.click()
    assert window.importing.dialog is None
    assert window.session.document is before
    assert recall(window.preferences, tmp_path / "doubt.csv") is None
    assert [path.name for path in window.preferences.recent] == ["clean.csv"]


def test_every_way_in_asks(window, tmp_path, until) -> None:
    path = put(tmp_path, "doubt.csv", RAGGED)
    window.menus.recent_picked.emit(path)
    until(lambda: window.importing.dialog is not None)
    window.importing.dialog.cancel.click()
    QGuiApplication.clipboard().setText(RAGGED.replace(",", "\t"))
    window.handlers.paste()
    until(lambda: window.importing.dialog is not None)
    dialog = window.importing.dialog
    assert "pasted" in dialog.windowTitle()
    dialog.accept_button.click()
    same_table(opened(window), read_text(RAGGED.replace(",", "\t")))
    assert "Read as TSV" in window.notices.text.text()
    window.handlers.open_sample("iris")
    until(lambda: opened(window).name == "iris")
    assert window.importing.dialog is None
    assert "import_settings" in {key.id for key in window.actions_.specs}
    assert window.actions_["import_settings"].isEnabled()


def test_an_error_that_choices_can_mend_is_shown_in_the_dialog(window, tmp_path, until) -> None:
    """The letters of a Western file are in no encoding that is recognised by rule."""
    text = "Straße;Größe\nÄrger;1,5\nÖl;2,5\nÜbung;3,25\n"
    path = put(tmp_path, "west.csv", text, "cp850")
    dialog = start(window, path, until)
    if dialog is None:  # recognised after all
        return
    choose(dialog, until, encoding="utf-16-le")
    assert dialog.outcome.table is None
    assert dialog.error.isVisibleTo(dialog)
    assert len(dialog.error_words.text()) > 20
    assert not dialog.accept_button.isEnabled()
    choose(dialog, until, encoding="cp850", delimiter=";")
    assert not dialog.error.isVisibleTo(dialog)
    assert dialog.choices.delimiter == ";"
    dialog.accept_button.click()
    assert opened(window).columns[0].cells.to_pylist() == ["Ärger", "Öl", "Übung"]


def test_what_no_choice_mends_is_a_message(window, tmp_path, until) -> None:
    (tmp_path / "empty.csv").write_bytes(b"")
    assert start(window, tmp_path / "empty.csv", until) is None
    assert "empty" in window.messages.box.text()


# ---- what is shown is what is opened -----------------------------------------------------


WAYS = [
    dict(zip(("delimiter", "header_rows", "decimal", "quote"), values, strict=True))
    for values in product((None, ";", ","), (None, 0, 2), (None, ","), (None, ""))
]


@pytest.mark.parametrize("seed", range(3))
def test_the_table_is_what_the_choices_give_and_the_preview_its_head(
    window, tmp_path, until, seed
) -> None:
    random = np.random.default_rng(seed)
    lines = ["a;b;c"] + [
        f"{random.integers(1, 99)},{random.integers(0, 9)};{'x' if i % 60 == 7 else i};'q{i}'"
        for i in range(250)
    ]
    path = put(tmp_path, "many.csv", "\n".join(lines) + "\n1,5\n")
    dialog = asked(window, path, until)
    for number in random.choice(len(WAYS), 4, replace=False):
        chosen = WAYS[int(number)] | {"types": ((0, "text"),) if number % 3 == 0 else ()}
        choose(dialog, until, **chosen)
        wanted = ReadSettings(**chosen)
        assert dialog.choices == wanted
        table = dialog.outcome.table
        if table is None:
            continue
        same_table(table, read(path, wanted))
        cells = [column.cells.to_pylist()[:200] for column in table.columns]
        assert head_of(dialog.preview) == [list(row) for row in zip(*cells, strict=True)]
    choose(dialog, until, delimiter=";", header_rows=None, decimal=",", quote=None, types=())
    dialog.accept_button.click()
    same_table(opened(window), read(path, ReadSettings(delimiter=";", decimal=",")))


def test_numbers_that_can_be_read_two_ways_are_asked(window, tmp_path, until, qtbot) -> None:
    path = put(tmp_path, "amb.csv", AMBIGUOUS)
    dialog = asked(window, path, until)
    assert dialog.question.isVisibleTo(dialog)
    assert not any(button.isChecked() for button in dialog.question.buttons)
    assert not dialog.accept_button.isEnabled()
    dialog.accept()
    assert opened(window) is None
    texts = [button.text() for button in dialog.question.buttons]
    assert "1.037 is 1.037" in texts[0]
    assert "1.037 is 1037" in texts[1]
    qtbot.mouseClick(dialog.question.buttons[1], Qt.MouseButton.LeftButton, pos=QPoint(8, 8))
    until(lambda: dialog.outcome is not None)
    assert dialog.question.buttons[1].isChecked()
    assert dialog.choices == ReadSettings(decimal=",", thousands=".")
    assert dialog.accept_button.isEnabled()
    dialog.accept_button.click()
    np.testing.assert_array_equal(
        opened(window).column("price").values, [1000 * i + i * 37 % 1000 for i in range(1, 30)]
    )


DATES = "born;height\n" + "".join(f"0{i % 9 + 1}/0{i % 8 + 2}/2020;{i * 1.5}\n" for i in range(30))


@pytest.mark.parametrize(("answer", "first"), [(0, 18293.0), (1, 18263.0), (2, None)])
def test_dates_that_can_be_read_two_ways_are_asked(
    window, tmp_path, until, qtbot, answer, first
) -> None:
    dialog = asked(window, put(tmp_path, "dates.csv", DATES), until)
    question = dialog.date_question
    assert question.isVisible()
    assert not dialog.question.isVisible()
    assert not dialog.accept_button.isEnabled()
    assert not any(button.isChecked() for button in question.buttons)
    words = [button.accessibleName() for button in question.buttons]
    assert "01/02/2020 is 1 February 2020" in words[0]
    assert "01/02/2020 is January 2, 2020" in words[1]
    qtbot.mouseClick(question.buttons[answer], Qt.MouseButton.LeftButton, pos=QPoint(8, 8))
    until(lambda: dialog.outcome is not None)
    assert [button.isChecked() for button in question.buttons].index(True) == answer
    dialog.accept_button.click()
    column = opened(window).column("born")
    assert column.cells[0].as_py() == "01/02/2020"
    assert (None if column.values is None else column.values[0]) == first
    assert not column.tick
    assert start(window, tmp_path / "dates.csv", until) is None  # it is remembered
    again = opened(window).column("born")
    assert (again.kind, again.values is None) == (column.kind, first is None)


def test_na_among_codes_is_asked(window, tmp_path, until, qtbot) -> None:
    codes = ("DE", "NA", "FR", "ZA")
    text = "country,x\n" + "".join(f"{codes[i % 4]},{i * 1.5}\n" for i in range(40))
    dialog = asked(window, put(tmp_path, "codes.csv", text), until)
    assert dialog.choices_panel.met.text() == "Of these, there are: NA (10)"
    assert not dialog.accept_button.isEnabled()
    value, _ = dialog.word_question.buttons
    assert "DE, FR, ZA" in value.accessibleName()
    qtbot.mouseClick(value, Qt.MouseButton.LeftButton, pos=QPoint(8, value.height() // 2))
    until(lambda: dialog.outcome is not None)
    assert dialog.choices_panel.met.text() == "None of these words is in it."
    dialog.accept_button.click()
    assert opened(window).column("country").n_missing == 0
    assert start(window, tmp_path / "codes.csv", until) is None


def test_broken_rows_are_mended_or_left_as_they_stand(window, tmp_path, until, qtbot) -> None:
    lines = [f"n{i},2020-03-{i % 28 + 1:02d},{150 + i * 0.5}" for i in range(40)]
    lines[7] = "n7;2020-03-08;153.5"
    text = "name,day,height\n" + "\n".join(lines) + "\n"
    dialog = asked(window, put(tmp_path, "broken.csv", text), until)
    box = dialog.choices_panel.rows["mend"].box
    assert box.isChecked()
    assert head_of(dialog.preview)[7] == ["n7", "2020-03-08", "153.5"]
    mended = next(notice for notice in dialog.noticed.notices if "mended" in notice)
    assert (mended.lines, mended.doubt) == ((9,), True)
    qtbot.mouseClick(box, Qt.MouseButton.LeftButton, pos=QPoint(8, box.height() // 2))
    until(lambda: dialog.outcome is not None)
    assert head_of(dialog.preview)[7] == ["n7;2020-03-08;153.5", "", ""]
    assert not any("mended" in notice for notice in dialog.noticed.notices)
    assert [notice.lines for notice in dialog.noticed.notices if "fewer" in notice] == [(9,)]
    dialog.accept_button.click()
    assert opened(window).settings.mend is False


def test_words_for_missing_with_commas_and_quotes_can_be_typed(
    window, tmp_path, until, qtbot
) -> None:
    odd = ("no, thanks", 'so-called "none"', "not asked")
    cells = [*odd, *(f"{i}.5" for i in range(40))]
    quoted = ['"' + cell.replace('"', '""') + '"' for cell in cells]
    text = "a,b\n" + "".join(f"{cell},{i * 1.25}\n" for i, cell in enumerate(quoted))
    dialog = asked(window, put(tmp_path, "words.csv", text + "1,2,3\n"), until)
    edit = dialog.choices_panel.rows["missing"].box.edit
    edit.setFocus()
    edit.clear()
    qtbot.keyClicks(edit, '"no, thanks", "so-called ""none""", not asked')
    until(lambda: dialog.outcome is not None and dialog.choices.missing == odd)
    until(lambda: dialog.outcome is not None)
    assert dialog.outcome.table.column("a").n_missing == 3
    assert dialog.outcome.table.column("a").values is not None
    assert split_words(join_words(odd)) == odd


def test_what_separates_cells_is_said_in_words(window, until, tmp_path: Path) -> None:
    twice = CLEAN.replace(",", "\t\t").replace("\n20.55", "\n% checked\n20.55", 1)
    dialog = asked(window, put(tmp_path, "twice.txt", twice), until)
    assert dialog.choices_panel.rows["delimiter"].box.value() == "tab twice"
    assert dialog.choices_panel.rows["comment"].box.value() == "%"
    dialog.reject()


def test_found_and_chosen_are_told_apart_and_can_be_put_back(window, tmp_path, until) -> None:
    dialog = asked(window, put(tmp_path, "doubt.csv", RAGGED), until)
    row = dialog.choices_panel.rows["delimiter"]
    assert (row.box.value(), row.mark.text()) == ("comma", FOUND)
    row.box.chosen.emit(";")
    until(lambda: dialog.outcome is not None)
    assert (row.box.value(), row.mark.text()) == ("semicolon", PUT_BACK)
    assert dialog.choices.delimiter == ";"
    row.mark.click()
    until(lambda: dialog.outcome is not None)
    assert (row.box.value(), row.mark.text()) == ("comma", FOUND)
    assert dialog.choices == ReadSettings()
    dialog.choices_panel.rows["header_rows"].box.more.click()
    until(lambda: dialog.outcome is not None)
    assert dialog.choices == ReadSettings(header_rows=2)
    dialog.choices_panel.all_back.click()
    until(lambda: dialog.outcome is not None)
    assert dialog.choices == ReadSettings()


def test_words_for_missing_values_and_types_are_chosen(window, tmp_path, until, qtbot) -> None:
    text = "a,b,c\n" + "".join(f"{i}.5,{i % 5},gone{i % 2}\n" for i in range(20)) + "oops,1\n"
    dialog = asked(window, put(tmp_path, "t.csv", text), until)
    row = dialog.choices_panel.rows["missing"]
    row.box.edit.setFocus()
    row.box.edit.clear()
    row.box.edit.textEdited.emit("oops, nil")
    until(lambda: dialog.outcome is not None)
    assert dialog.choices.missing == ("oops", "nil")
    assert dialog.outcome.table.columns[0].values is not None
    menu = dialog.preview.menu_of(1)
    next(action for action in menu.actions() if action.data() == "text").trigger()
    until(lambda: dialog.outcome is not None)
    assert dialog.choices.types == ((1, "text"),)
    assert dialog.outcome.table.columns[1].values is None
    menu = dialog.preview.menu_of(1)
    menu.actions()[0].trigger()
    until(lambda: dialog.outcome is not None)
    assert dialog.choices.types == ()


def test_a_notice_shows_its_line_in_the_file_and_the_next_one(window, tmp_path, until) -> None:
    dialog = asked(window, put(tmp_path, "doubt.csv", RAGGED), until)
    notices = dialog.noticed.notices
    assert [notice.doubt for notice in notices] == sorted(
        (notice.doubt for notice in notices), reverse=True
    )
    place = next(i for i, notice in enumerate(notices) if notice.lines == (3,))
    dialog.noticed.itemClicked.emit(dialog.noticed.item(place))
    lines = dialog.file_lines
    until(lambda: lines.currentIndex().isValid())
    assert dialog.shown.current() == AS_FILE
    assert lines.lines.first + lines.currentIndex().row() == 3
    assert lines.currentIndex().data() == "3.5,4.5,5.5"


def test_hangul_is_pre_set_and_shown(window, tmp_path, until) -> None:
    dialog = asked(window, put(tmp_path, "hangul.csv", HANGUL + "박\n", "cp949"), until)
    assert dialog.choices_panel.rows["encoding"].box.value() == "Korean (CP949)"
    assert dialog.preview.rows.table.columns[0].name == "이름"
    dialog.show_line(2)
    until(lambda: dialog.file_lines.currentIndex().isValid())
    assert dialog.file_lines.currentIndex().data() == "김0,150.5,50.25"


def test_the_last_choice_wins(window, tmp_path, until) -> None:
    path = put(tmp_path, "doubt.csv", RAGGED)
    dialog = asked(window, path, until)
    for rows in (0, 1, 2, 0, 1, 3):
        dialog.choices_panel.choose(dialog.choices.with_(header_rows=rows))
    dialog.accept_button.click()  # before it is read: it is imported as soon as it is
    until(lambda: window.importing.dialog is None)
    same_table(opened(window), read(path, ReadSettings(header_rows=3)))


# ---- the keyboard ------------------------------------------------------------------------


def test_the_keyboard_alone_answers_and_imports(window, tmp_path, until, qtbot) -> None:
    dialog = asked(window, put(tmp_path, "amb.csv", AMBIGUOUS), until)
    window.activateWindow()
    first, second = dialog.question.buttons
    assert dialog.focusWidget() is first
    second.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(second, Qt.Key.Key_Space)
    until(lambda: dialog.outcome is not None and second.isChecked())
    qtbot.keyClick(dialog.focusWidget(), Qt.Key.Key_Return)  # presses nothing
    assert window.importing.dialog is dialog
    qtbot.keyClick(dialog, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert opened(window).column("price").values[0] == 1037.0


def test_every_control_can_be_reached_and_has_a_name(window, tmp_path, until) -> None:
    dialog = asked(window, put(tmp_path, "amb.csv", AMBIGUOUS), until)
    reached, widget = set(), dialog.focusWidget()
    for _ in range(200):
        reached.add(widget)
        widget = widget.nextInFocusChain()
    policy = Qt.FocusPolicy.TabFocus
    stops = [
        part
        for part in reached
        if dialog.isAncestorOf(part) and part.isVisibleTo(dialog) and part.focusPolicy() & policy
    ]
    names = [part.accessibleName() or getattr(part, "text", str)() for part in stops]
    assert all(names)
    assert dialog.preview in stops
    assert sum(isinstance(part, QPushButton) for part in stops) > 2
    for field in ("encoding", "delimiter", "quote", "decimal", "thousands", "comment"):
        assert dialog.choices_panel.rows[field].box in stops


def test_escape_cancels_and_nothing_is_left(window, tmp_path, until, qtbot) -> None:
    dialog = asked(window, put(tmp_path, "doubt.csv", RAGGED), until)
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert window.importing.dialog is None
    assert opened(window) is None


def test_closing_the_window_with_the_dialog_open(window, tmp_path, until) -> None:
    dialog = asked(window, put(tmp_path, "doubt.csv", RAGGED), until)
    dialog.choices_panel.choose(ReadSettings(header_rows=0))
    assert window.close()
    assert window.importing.dialog is None


# ---- once more ---------------------------------------------------------------------------


def test_settings_are_remembered_for_the_file_and_said(window, tmp_path, until) -> None:
    path = put(tmp_path, "amb.csv", AMBIGUOUS)
    dialog = asked(window, path, until)
    choose(dialog, until, decimal=",", thousands=".")
    dialog.accept_button.click()
    first = opened(window)
    assert start(window, path, until) is None
    assert opened(window) is not first
    same_table(opened(window), first)
    assert "chose for this file before" in window.notices.text.text()
    path.write_text(AMBIGUOUS + "town 99;5.5\nx\n")  # it grew, and has a new doubt
    os.utime(path, (1, 1))
    assert start(window, path, until) is not None


def test_doubts_that_were_settled_are_not_asked_again(window, tmp_path, until) -> None:
    path = put(tmp_path, "doubt.csv", RAGGED)
    asked(window, path, until).accept_button.click()
    assert start(window, path, until) is None
    path.write_text("a,b\n9,9,9,9\n" + RAGGED)
    os.utime(path, (1, 1))
    assert start(window, path, until) is not None


def test_the_notice_and_the_menu_open_the_dialog_again(window, tmp_path, until) -> None:
    path = put(tmp_path, "clean.csv", CLEAN)
    start(window, path, until)
    window.notices.buttons[0].click()
    dialog = window.importing.dialog
    until(lambda: dialog.outcome is not None)
    same_table(dialog.outcome.table, opened(window))
    choose(dialog, until, header_rows=0)
    dialog.accept_button.click()
    same_table(opened(window), read(path, ReadSettings(header_rows=0)))
    window.actions_["import_settings"].trigger()
    dialog = window.importing.dialog
    assert dialog.choices == ReadSettings(header_rows=0)
    until(lambda: dialog.outcome is not None)
    dialog.cancel.click()
    window.handlers.undo()
    window.actions_["import_settings"].trigger()
    assert window.importing.dialog.choices == ReadSettings()


def test_choices_survive_being_written_down() -> None:
    for choices in (
        ReadSettings(),
        ReadSettings(encoding="cp949", delimiter="\t", quote="", thousands="\u202f"),
        ReadSettings(skip_rows=3, header_rows=0, missing=(), types=((2, "date"), (5, "text"))),
        ReadSettings(date_order="ymd", mend=False, missing_in=((1, ("-999", "a, b")), (4, ("9",)))),
        ReadSettings(sheet="한글", cells="B2:F9", comment="%", missing=("a, b", "\u2028")),
    ):
        assert from_words(json.loads(json.dumps(to_words(choices)))) == choices
    for bad in ({"encoding": 3}, {"types": [[0, "fish"]]}, {"skip_rows": "x"}):
        with pytest.raises((TypeError, ValueError)):
            from_words(bad)


def test_memory_is_bounded_and_a_spoilt_one_does_no_harm(tmp_path) -> None:
    preferences = Preferences()
    for i in range(MOST_FILES + 5):
        path = put(tmp_path, f"{i}.csv", CLEAN)
        remember(preferences, path, Remembered(ReadSettings(header_rows=i)))
    assert len(json.loads(preferences.imports)) == MOST_FILES
    assert recall(preferences, tmp_path / "0.csv") is None
    assert recall(preferences, path).choices.header_rows == MOST_FILES + 4
    put(tmp_path, path.name, "something else\n")
    assert recall(preferences, path) is None
    for spoilt in ("[", "3", '[{"path": 1}]', f'[{{"path": {json.dumps(str(path))}}}]'):
        preferences.imports = spoilt
        assert recall(preferences, path) is None


def test_only_new_doubts_are_new() -> None:
    known = [Notice("a", doubt=True), Notice("b")]
    settled = Remembered(ReadSettings(), frozenset())
    assert settled.settles([Notice("b")])
    assert not settled.settles(known)


def test_text_fits_when_it_is_large(window, tmp_path, until) -> None:
    from gmmstudio.ui import theme

    theme.set_zoom(1.5)
    dialog = asked(window, put(tmp_path, "amb.csv", AMBIGUOUS), until)
    QApplication.processEvents()
    for row in dialog.choices_panel.rows.values():
        if not row.isHidden():
            words = row.mark.fontMetrics().horizontalAdvance(PUT_BACK)
            assert row.mark.width() >= words
    for button in dialog.question.buttons:
        assert button.width() >= button.sizeHint().width()


def test_a_long_file_shows_its_first_rows_before_it_is_read(
    window, tmp_path, until, monkeypatch
) -> None:
    lines = [f"{i};{i * 37 % 1000 / 8:.3f};{'abcdefgh' * 8}" for i in range(15_000)]
    path = put(tmp_path, "long.csv", "a;b;c\n" + "\n".join(lines) + "\n1;2\n")
    dialog = asked(window, path, until)
    release = threading.Event()

    def slow(source, choices, progress=None, should_stop=None):
        while not (release.is_set() or should_stop()):
            time.sleep(0.01)
        return outcome_of(source, choices, progress, should_stop)

    monkeypatch.setattr("gmmstudio.ui.importing.rereading.outcome_of", slow)
    dialog.choices_panel.choose(ReadSettings(header_rows=0))
    until(lambda: dialog.preview.rows.table.columns[0].name == "column 1")
    assert dialog.outcome is None
    head = head_of(dialog.preview)
    until(lambda: dialog.bar.isVisibleTo(dialog))  # progress; Cancel is there all the time
    assert dialog.cancel.isEnabled()
    dialog.accept_button.click()
    assert window.importing.dialog is dialog
    release.set()
    until(lambda: window.importing.dialog is None)
    table = opened(window)
    same_table(table, read(path, ReadSettings(header_rows=0)))
    cells = [column.cells.to_pylist()[:200] for column in table.columns]
    assert head == [list(row) for row in zip(*cells, strict=True)]


def test_a_table_too_large_for_memory_is_offered_as_a_sample(
    window, tmp_path, until, monkeypatch
) -> None:
    path = put(tmp_path, "large.csv", "a,b\n" + "".join(f"{i}.5,{i % 7}.25\n" for i in range(5000)))
    assert start(window, path, until) is None
    monkeypatch.setattr("gmmstudio.table.formats.memory.most_text", lambda: 20_000)
    window.importing.reopen()
    dialog = window.importing.dialog
    until(lambda: dialog.outcome is not None)
    assert "5000 rows" in dialog.error_words.text()
    fits = dialog.outcome.fits
    assert f"{fits} rows" in dialog.sample_button.text().replace("\u2009", "")
    dialog.sample_button.click()
    until(lambda: dialog.outcome is not None)
    assert dialog.outcome.table.n_rows == fits
    assert "a sample of" in dialog.size_words.text()
    dialog.accept_button.click()
    assert opened(window).sampled_from == 5000
    assert "a sample of" in window.notices.text.text()


@pytest.mark.parametrize("packed", ["gz", "zip"])
def test_lines_of_packed_files_are_shown(window, tmp_path, until, packed) -> None:
    path = tmp_path / f"doubt.csv.{packed}"
    if packed == "gz":
        path.write_bytes(gzip.compress(RAGGED.encode()))
    else:
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("one.csv", RAGGED)
            archive.writestr("two.csv", CLEAN)
    dialog = asked(window, path, until)
    dialog.show_line(3)
    until(lambda: dialog.file_lines.currentIndex().isValid())
    assert dialog.file_lines.currentIndex().data() == "3.5,4.5,5.5"
    if packed == "zip":
        row = dialog.choices_panel.rows["sheet"]
        until(lambda: [option.text for option in row.options] == ["one.csv", "two.csv"])
        choose(dialog, until, sheet="two.csv")
        assert dialog.outcome.table.n_rows == 39
        dialog.accept_button.click()
        same_table(opened(window), read(path, ReadSettings(sheet="two.csv")))


def test_sheet_and_range_of_a_workbook(window, tmp_path, until) -> None:
    path = tmp_path / "book.xlsx"
    book = xlsxwriter.Workbook(str(path))
    for name, shift in (("first", 0), ("둘째", 100)):
        sheet = book.add_worksheet(name)
        sheet.write_row(0, 0, ["a", "b"])
        for i in range(1, 20):
            sheet.write_row(i, 0, [i + shift + 0.5, i * i])
    book.close()
    dialog = start(window, path, until)
    if dialog is None:
        window.importing.reopen()
        dialog = window.importing.dialog
    until(lambda: dialog.outcome is not None)
    rows = dialog.choices_panel.rows
    until(lambda: [option.text for option in rows["sheet"].options] == ["first", "둘째"])
    assert not rows["sheet"].isHidden()
    assert rows["delimiter"].isHidden()
    assert rows["encoding"].isHidden()
    choose(dialog, until, sheet="둘째", cells="A1:B5")
    dialog.accept_button.click()
    same_table(opened(window), read(path, ReadSettings(sheet="둘째", cells="A1:B5")))
    assert opened(window).n_rows == 4
    assert "Read as Excel workbook, “둘째”" in window.notices.text.text()
