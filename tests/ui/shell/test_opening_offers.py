"""Before a table is opened: a sample of one too large, a file that broke the last session."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import xlsxwriter

from gmmstudio.table.formats import memory
from gmmstudio.ui.preferences import Preferences

pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints")


def big_csv(folder: Path) -> Path:
    path = folder / "big.csv"
    path.write_text("x,y\n" + "".join(f"{i}.5,{i * i % 97}\n" for i in range(4000)))
    return path


def test_a_table_too_large_is_offered_as_a_sample(
    window, tmp_path: Path, until, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory, "free_memory", lambda: 100_000)
    window.handlers.open_path(big_csv(tmp_path))
    until(lambda: len(window.notices.buttons) == 1)
    assert "4000 rows" in window.notices.text.text()
    assert window.session.document.table is None and window.messages.box is None
    (button,) = window.notices.buttons
    assert button.text().startswith("Read a sample of 1")
    button.click()
    until(lambda: window.session.document.table is not None)
    table = window.session.document.table
    assert table.sampled_from == 4000 and 0 < table.n_rows < 4000
    assert "sample" in window.notices.text.text()
    assert not any("sample" in button.text() for button in window.notices.buttons)
    window.control.fit()
    until(lambda: window.stage.assignment is not None and not window.control.is_running)
    assert "a sample of its 4000 rows" in window.status.file.text()


def test_a_workbook_opens_in_the_window(window, tmp_path: Path, until) -> None:
    book = xlsxwriter.Workbook(str(tmp_path / "t.xlsx"))
    sheet = book.add_worksheet("Data")
    sheet.write_row(0, 0, ["x", "y"])
    for i in range(30):
        sheet.write_row(i + 1, 0, [i % 7 + 0.5, i * i % 11 + 0.25])
    book.close()
    window.handlers.open_path(tmp_path / "t.xlsx")
    until(lambda: window.session.document.table is not None)
    assert window.session.document.table.n_rows == 30
    assert window.session.document.table.settings.sheet == "Data"


def test_closing_while_a_workbook_is_read_ends_the_process(window, tmp_path: Path, until) -> None:
    book = xlsxwriter.Workbook(str(tmp_path / "t.xlsx"))
    sheet = book.add_worksheet()
    for i in range(20_000):
        sheet.write_row(i, 0, [i, i + 1, i + 2])
    book.close()
    window.handlers.open_path(tmp_path / "t.xlsx")
    until(lambda: window.opening.is_reading)
    window.close()
    assert not window.opening.is_reading
    assert Preferences().broke_by(tmp_path / "t.xlsx") is False


def left_by_a_program_that_ended(path: Path) -> None:
    """Leave the note that reading a file was begun, as another process that then ends."""
    code = (
        "from gmmstudio.ui.preferences import Preferences; from pathlib import Path; import sys\n"
        "Preferences().note_opening(Path(sys.argv[1]))"
    )
    subprocess.run([sys.executable, "-c", code, str(path)], check=True)


def test_a_file_that_broke_the_last_session_is_not_opened_again_by_itself(
    window, tmp_path: Path, until
) -> None:
    path = tmp_path / "t.csv"
    path.write_text("x,y\n1,2\n3,5\n4,4\n")
    left_by_a_program_that_ended(path)
    preferences = Preferences()
    assert preferences.broke_by(path) and not preferences.broke_by(tmp_path / "u.csv")
    window.preferences._settings.sync()
    window.handlers.open_path(path)
    assert not window.opening.is_reading
    assert "ended unexpectedly" in window.notices.text.text()
    (button,) = window.notices.buttons
    button.click()
    until(lambda: window.session.document.table is not None)
    assert not Preferences().broke_by(path)


def test_a_file_that_is_refused_broke_nothing(window, tmp_path: Path, until) -> None:
    path = tmp_path / "t.xlsx"
    path.write_bytes(b"PK\x03\x04 no archive")
    window.handlers.open_path(path)
    until(lambda: window.messages.box is not None)
    assert "damaged" in window.messages.box.text()
    assert not Preferences().broke_by(path)
