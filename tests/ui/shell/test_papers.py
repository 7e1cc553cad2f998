"""Report and script from the menu: a page or sheets of paper, Python or R."""

from __future__ import annotations

import datetime
import re
import shutil
import subprocess
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtWidgets import QFileDialog, QMessageBox

from gmmstudio.document.assignment import assign
from gmmstudio.report import script
from gmmstudio.report.blocks import Grid, Heading, Paragraph, Report, Section
from gmmstudio.report.markup import plain, text
from gmmstudio.report.whole import report
from gmmstudio.table import read
from gmmstudio.ui.dialogs import files, messages
from gmmstudio.ui.main_window import MainWindow
from gmmstudio.ui.sheets import pdf as sheets
from gmmstudio.ui.sheets.outline import Bookmark, with_bookmarks
from gmmstudio.ui.sheets.pdf import BOTTOM, HEIGHT, TOP, pdf
from gmmstudio.ui.sheets.tables import column_widths

DAY = datetime.date(2026, 3, 9)


@pytest.fixture
def fitted(window: MainWindow, until) -> MainWindow:
    window.handlers.open_sample("penguins")
    until(lambda: window.session.document.table is not None)
    window.control.fit()
    until(lambda: window.stage.assignment is not None and not window.control.is_running)
    return window


@pytest.fixture
def written(fitted: MainWindow) -> Report:
    document = fitted.session.document
    return report(document, assign(document.table, document.record), made=DAY)


def test_there_is_nothing_to_report_before_a_fit(window: MainWindow):
    assert not window.actions_["report"].isEnabled()


@pytest.mark.parametrize(("ending", "begins"), [("html", b"<!DOCTYPE html>"), ("pdf", b"%PDF-")])
def test_the_name_says_what_is_written(
    fitted: MainWindow, until, tmp_path: Path, monkeypatch, ending: str, begins: bytes
):
    path = tmp_path / f"penguins.{ending}"
    monkeypatch.setattr(files, "ask_report", lambda *_: path)
    assert fitted.actions_["report"].isEnabled()
    fitted.actions_["report"].trigger()
    assert fitted.papers.is_writing and fitted.facts().writing
    until(lambda: not fitted.papers.is_writing)
    assert path.read_bytes().startswith(begins)
    assert fitted.status.notice.text() == f"Saved to {path}."


@pytest.mark.parametrize(("ending", "begins"), [("py", "#!/usr"), ("R", "# The clusters")])
def test_the_script_is_in_the_language_of_its_name(
    fitted: MainWindow, until, tmp_path: Path, monkeypatch, ending: str, begins: str
):
    path = tmp_path / f"penguins.{ending}"
    monkeypatch.setattr(files, "ask_script", lambda *_: path)
    fitted.actions_["script"].trigger()
    until(lambda: not fitted.papers.is_writing)
    assert path.read_text(encoding="utf-8").startswith(begins)
    assert fitted.status.notice.text() == f"Saved to {path}."


@pytest.mark.parametrize(("answer", "n_files"), [("save", 2), ("leave", 1), ("cancel", 0)])
def test_data_that_r_cannot_read_are_offered_beside_the_script(
    fitted: MainWindow, until, tmp_path: Path, monkeypatch, answer: str, n_files: int
):
    table = fitted.session.document.table
    monkeypatch.setattr(script, "reads_source", lambda table, language: language == "py")
    asked = []
    monkeypatch.setattr(messages, "ask_for_data", lambda *words: asked.append(words) or answer)
    fitted.papers.write_script(tmp_path / "again.R")
    until(lambda: not fitted.papers.is_writing)
    assert asked == [(fitted, "R", table.path.name, tmp_path / "again-data.csv")]
    assert len(list(tmp_path.iterdir())) == n_files
    said = fitted.status.notice.text()
    if answer == "save":
        assert "again-data.csv beside it" in said
        numbers = read(tmp_path / "again-data.csv").column(2).values
        assert np.array_equal(numbers, table.column(2).values, equal_nan=True)
    elif answer == "leave":
        assert "was not written" in said
    fitted.papers.write_script(tmp_path / "again.py")
    until(lambda: not fitted.papers.is_writing)
    assert len(asked) == 1


@pytest.mark.parametrize("button", ["Write both", "Script only", "Cancel"])
def test_the_question_about_data_says_what_is_written(window, tmp_path, monkeypatch, button):
    """In words, with a default that loses nothing."""
    seen = []

    def exec_(box):
        seen.append((box.text(), box.informativeText(), box.defaultButton().text()))
        next(b for b in box.buttons() if b.text() == button).click()

    monkeypatch.setattr(QMessageBox, "exec", exec_)
    path = tmp_path / "x-data.csv"
    path.touch()
    answer = messages.ask_for_data(window, "R", "book.xlsx", path)
    assert answer == {"Write both": "save", "Script only": "leave", "Cancel": "cancel"}[button]
    assert seen == [("R does not read “book.xlsx” as this program does.",
                     "Write the data as “x-data.csv” beside the script, too? It replaces the file "
                     "that is there.", "Write both")]  # fmt: skip


@pytest.mark.parametrize("name", ["창.R", "x.r", "y.PY"])
def test_a_name_with_an_ending_decides_the_language(window, monkeypatch, tmp_path, name):
    answer = (str(tmp_path / name), "Python script (*.py)")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_, **__: answer)
    assert files.ask_script(window, tmp_path / "x.py") == tmp_path / name


def test_the_report_speaks_of_the_column_compared_with(fitted: MainWindow, until, tmp_path: Path):
    fitted.workspace.reading.compare.choose("species")
    path = tmp_path / "penguins.html"
    fitted.papers.write_report(path)
    until(lambda: not fitted.papers.is_writing)
    assert "Compared with species" in path.read_text(encoding="utf-8")


def test_a_report_that_cannot_be_written_says_why(fitted: MainWindow, until, tmp_path: Path):
    said = []
    fitted.papers.failed.disconnect(fitted._tell)
    fitted.papers.failed.connect(lambda sentence, details: said.append((sentence, details)))
    fitted.papers.write_report(tmp_path / "nowhere" / "report.pdf")
    until(lambda: bool(said))
    assert "does not exist" in said[0][0] and not said[0][1]


def test_the_kind_chosen_gives_the_ending(window: MainWindow, monkeypatch, tmp_path: Path):
    answer = (str(tmp_path / "a.b"), "PDF document (*.pdf)")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_, **__: answer)
    assert files.ask_report(window, tmp_path / "x.html") == tmp_path / "a.b.pdf"


@pytest.mark.parametrize("answer", [True, False])
def test_a_file_that_only_the_ending_hits_is_asked_about(
    window: MainWindow, monkeypatch, tmp_path: Path, answer
):
    chosen = (str(tmp_path / "a"), "PDF document (*.pdf)")
    asked = []
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_, **__: chosen)
    monkeypatch.setattr(
        messages, "ask_before_overwriting", lambda _, name: asked.append(name) or answer
    )
    report, table = tmp_path / "a.pdf", tmp_path / "a.csv"
    assert files.ask_report(window, tmp_path / "x.html") == report
    assert files.ask_export(window, tmp_path / "x.csv", "Export", "CSV", ".csv") == table
    assert asked == []  # the system has seen that there is no such file
    report.touch()
    table.touch()
    assert files.ask_report(window, tmp_path / "x.html") == (report if answer else None)
    found = files.ask_export(window, tmp_path / "x.csv", "Export", "CSV", ".csv")
    assert found == (table if answer else None)
    assert asked == ["a.pdf", "a.csv"]


def test_a_pdf_has_words_and_shapes_and_its_own_fonts(written: Report):
    data = pdf(written)
    n_sheets = len(re.findall(rb"/Type /Page\b", data))
    assert 4 <= n_sheets <= 10
    assert b"/FontFile" in data and b"Pretendard" in data
    assert b"/Subtype /Image" not in data


def test_a_pdf_has_bookmarks_links_and_a_language(written: Report, tmp_path: Path):
    data = pdf(written)
    marks = re.findall(rb"/Title <([0-9a-f]+)>\n/Parent (\d+) 0 R\n/Dest \[(\d+) 0 R", data)
    titles = [bytes.fromhex(title.decode()).decode("utf-16") for title, _, _ in marks]
    headings = [
        words
        for section in written.sections
        for words in (section.title, *(b.words for b in section.blocks if isinstance(b, Heading)))
    ]
    assert titles == headings
    chapters = {parent for (_, parent, _), title in zip(marks, titles, strict=True)
                if title in {section.title for section in written.sections}}  # fmt: skip
    assert len(chapters) == 1 < len({parent for _, parent, _ in marks})
    sheets_named = [int(sheet) for _, _, sheet in marks]
    assert sheets_named == sorted(sheets_named) and len(set(sheets_named)) > 3
    assert b"/Lang (en)" in data and b"/DisplayDocTitle true" in data
    assert data.count(b"/URI (https://doi.org/") >= 6
    # What Qt wrote is still there, and every object is where the tables say.
    for table in map(int, re.findall(rb"startxref\s+(\d+)", data)):
        assert data[table:].startswith(b"xref")
    update = data[int(re.findall(rb"startxref\s+(\d+)", data)[-1]) :]
    for number, offset in re.findall(rb"\n(\d+) 1\n(\d{10}) ", update):
        assert data[int(offset) :].startswith(b"%d 0 obj" % int(number))
    if shutil.which("pdfinfo"):
        (tmp_path / "report.pdf").write_bytes(data)
        done = subprocess.run(["pdfinfo", str(tmp_path / "report.pdf")], capture_output=True)
        assert b"UserProperties" in done.stdout and not done.stderr


@pytest.mark.parametrize("data", [b"", b"%PDF-1.4\n", b"trailer << >> startxref 5 %%EOF"])
def test_what_is_no_pdf_of_qt_is_left_alone(data: bytes):
    assert with_bookmarks(data, [Bookmark("A", 0, 0, 700.0)], "en") == data


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="pdftotext is not installed")
def test_every_word_and_number_of_the_page_is_in_the_pdf(written: Report, tmp_path: Path):
    path = tmp_path / "report.pdf"
    path.write_bytes(pdf(written))
    done = subprocess.run(["pdftotext", "-raw", str(path), "-"], capture_output=True, check=True)
    found = "".join(done.stdout.decode().split())
    for section in written.sections:
        for block in section.blocks:
            cells = [cell for row in block.rows for cell in row] if isinstance(block, Grid) else []
            for cell in cells:
                assert "".join(cell.split()) in found
            words = getattr(block, "words", None)
            for word in plain(words).split() if isinstance(words, tuple) else []:
                assert word in found


def test_nothing_hangs_over_the_edge_of_a_sheet(written: Report):
    laid = sheets.sheets_of(written)
    for sheet in laid:
        assert sheet
        assert sheet[0].y == TOP
        for above, below in pairwise(sheet):
            assert above.y + above.box.height <= below.y + 1e-6
        assert sheet[-1].y + sheet[-1].box.height <= HEIGHT - BOTTOM + 1e-6
        assert not sheet[-1].box.keeps_next


def test_a_long_table_has_its_head_on_every_sheet():
    rows = tuple((f"row {i}", f"{i * 1.5:.1f}") for i in range(200))
    grid = Grid("long", text("A long table."), ("Name", "Number"), rows)
    made = Report("Long", "", "", (Section("s", "Section", (grid,)),))
    laid = sheets.sheets_of(made)
    assert len(laid) > 4
    heads = [placed.box for sheet in laid for placed in sheet if getattr(placed.box, "_head", 0)]
    assert len(heads) == len(laid)


@pytest.mark.parametrize("n", [2, 6, 12])
def test_columns_share_the_width(window: MainWindow, n: int):
    rows = tuple(("a name of some length " * 3, *["−12 345.67"] * (n - 1)) for _ in range(3))
    grid = Grid("g", text("Caption"), ("Name", *["Number"] * (n - 1)), rows)
    widths, fits = column_widths(grid, 640.0, 11.6)
    assert sum(widths) - 12.0 == pytest.approx(640.0)
    assert fits == (n < 12)


def test_whatever_a_file_is_called_is_only_text_on_a_sheet(window: MainWindow, tmp_path: Path):
    names = ("<b>&amp;</b> {x}", "\u2068שלום\u2069", "이름 한글", "x" * 80, '"]]>\\', "")
    rows = tuple((name, f"{i}.5") for i, name in enumerate(names))
    blocks = (
        Paragraph("p", text("<script>", *names)),
        Grid("g", text(*names), (names[0], names[1]), rows),
    )
    made = Report(names[0], names[1], names[2], (Section("s", names[3], blocks),))
    path = tmp_path / "names.pdf"
    path.write_bytes(pdf(made))
    assert len(re.findall(rb"/Type /Page\b", path.read_bytes())) == 1
    if shutil.which("pdftotext"):
        done = subprocess.run(["pdftotext", "-raw", str(path), "-"], capture_output=True)
        found = done.stdout.decode()
        assert "<b>&amp;</b> {x}" in found and "<script>" in found and "이름 한글" in found
