"""Exporting and labelling another table, in the whole window and in its dialogs."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from python_calamine import CalamineWorkbook

from gmmstudio.document import Session
from gmmstudio.document.commands import AddFit, OpenTable, RenameCluster
from gmmstudio.fitting import run_to_end
from gmmstudio.mixture.search import search
from gmmstudio.report.model_files import read_model
from gmmstudio.report.summary_table import cluster_summary
from gmmstudio.table import Outgoing, ReadSettings, prepare, read
from gmmstudio.table.plain_out import columns_text
from gmmstudio.ui import export_choices, theme
from gmmstudio.ui.applying import Meeting
from gmmstudio.ui.dialogs import files, messages
from gmmstudio.ui.dialogs.apply import ApplyDialog
from gmmstudio.ui.dialogs.export import ExportDialog
from gmmstudio.ui.export_choices import Exportable
from gmmstudio.ui.importing.outcome import Outcome
from gmmstudio.ui.importing.source import Source

pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints")


def lines(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def garden(csv_file: Path) -> Path:
    """The garden with a column of text, some of it like formulas."""
    text = csv_file.read_text().splitlines()
    text = [f"{line},{'=A' if i == 3 else '@b' if i == 5 else 'c'}" for i, line in enumerate(text)]
    csv_file.write_text("\n".join(["height,width,tag", *text[1:]]) + "\n")
    return csv_file


def fit(window, path: Path, until) -> None:
    window.handlers.open_path(path)
    until(lambda: window.session.document.table is not None)
    window.control.fit()
    until(lambda: window.stage.assignment is not None and not window.control.is_running)
    window.preferences.folder = str(path.parent)


def asked(window, until):
    window.actions_["export"].trigger()
    dialog = window.exporting.dialog
    until(lambda: dialog._looked)
    return dialog


def export(window, until, dialog) -> None:
    QTest.mouseClick(dialog.export, Qt.MouseButton.LeftButton)
    until(lambda: window.exporting.dialog is None and not window.exporting.is_writing)


def test_one_press_is_enough_for_the_plain_case(window, csv_file, until, tmp_path):
    fit(window, csv_file, until)
    window.actions_["export"].trigger()
    dialog = window.exporting.dialog
    assert dialog.windowTitle() == "Export the labelled table"
    assert dialog.path.text() == str(tmp_path / "garden-labelled.csv")
    QTest.keyClick(dialog.path, Qt.Key.Key_Return)  # at once: it waits for the look by itself
    until(lambda: window.exporting.dialog is None and not window.exporting.is_writing)
    written = tmp_path / "garden-labelled.csv"
    source = csv_file.read_text().splitlines()
    found = written.read_text().splitlines()
    assert [a[: len(b)] for a, b in zip(found, source, strict=True)] == source
    assert window.exporting.files.hold_fit(window.session.document.record)
    assert str(written) in window.status.notice.text()

    # ... and another table gets the labels of this fit, while nothing here changes.
    before = window.session.document
    new = tmp_path / "other.csv"
    x = np.array([[0.5, 0.25], [7.0, 7.5], [99.5, -40.0]])
    rows = [f"{b},{a},z" for a, b in x]
    new.write_text("\n".join(["WIDTH,Height_,k", *rows, ",1,y"]) + "\n")
    window.labelling_others.label(new)
    dialog = window.labelling_others.dialog
    until(lambda: dialog.applied is not None)
    assert "3 of 4 rows have a label" in dialog.sentence.text()
    assert "1 row is unlike anything" in dialog.sentence.text()
    assert not dialog.columns.button.isChecked()
    n = sum(int(dialog.counts.item(row, 1).text()) for row in range(dialog.counts.rowCount()))
    assert n == 3
    QTest.mouseClick(dialog.export, Qt.MouseButton.LeftButton)
    asks = window.exporting.dialog
    assert asks.path.text() == str(tmp_path / "other-labelled.csv")
    assert not asks.what.isVisible()
    export(window, until, asks)
    found = lines(tmp_path / "other-labelled.csv")
    record = before.record
    labels = np.argsort(np.argsort(record.identities))[record.fit.labels(x)]
    assert [row["cluster_id"] for row in found] == [*(str(k + 1) for k in labels), ""]
    assert found[3]["note"].startswith("missing value in")
    assert "less likely" in found[2]["note"]
    assert window.session.document is before
    assert "is labelled" in window.status.notice.text()
    until(lambda: window.labelling_others.dialog is None)
    window.labelling_others.label(new)
    window.actions_["export"].trigger()
    assert window.close()  # in mid-way: nothing is left


def test_what_goes_out(window, garden, until, tmp_path, monkeypatch):
    fit(window, garden, until)
    document = window.session.document
    dialog = asked(window, until)
    QTest.mouseClick(dialog.answer.segment("safe"), Qt.MouseButton.LeftButton)
    export(window, until, dialog)
    tags = [row["tag"] for row in lines(tmp_path / "garden-labelled.csv")]
    assert tags[2] == "'=A" and tags[4] == "'@b" and tags[0] == "c"
    again = asked(window, until)
    assert again.outgoing.formulas == "safe"  # remembered for this file, and to be changed
    QTest.mouseClick(again.answer.segment("keep"), Qt.MouseButton.LeftButton)
    again.path.setText(str(tmp_path / "kept.csv"))
    export(window, until, again)
    assert [row["tag"] for row in lines(tmp_path / "kept.csv")][2] == "=A"

    window.session.apply(RenameCluster(0, "tall"))
    document = window.session.document
    dialog = asked(window, until)
    dialog.choose(form="xlsx")
    for name in ("probabilities", "note", "mahalanobis"):
        dialog.boxes[name].setChecked(False)
    export(window, until, dialog)
    book = CalamineWorkbook.from_path(str(tmp_path / "garden-labelled.xlsx"))
    head, *cells = book.get_sheet_by_index(0).to_python()
    assert head[3:] == ["cluster", "cluster_id", "uncertainty", "log_density", "outlier"]
    assert [row[6] for row in cells] == window.stage.assignment.log_density.tolist()

    dialog = asked(window, until)
    dialog.choose(what="clusters")
    QTest.mouseClick(dialog.copy_button, Qt.MouseButton.LeftButton)
    until(lambda: window.exporting.dialog is None and not window.exporting.is_writing)
    names = document.component_names(document.record)
    table = cluster_summary(document.record, window.stage.assignment, names)
    assert QApplication.clipboard().text() == columns_text(table)
    assert "tall" in QApplication.clipboard().text()
    for what, form, name in (
        ("clusters", "source", "garden-clusters.csv"),
        ("parameters", "source", "garden-parameters.csv"),
        ("parameters", "json", "garden-parameters.json"),
    ):
        dialog = asked(window, until)
        dialog.choose(what=what, form=form)
        export(window, until, dialog)
        assert (tmp_path / name).exists()
    assert lines(tmp_path / "garden-clusters.csv")[0]["name"] == "tall"
    model = read_model(tmp_path / "garden-parameters.json")
    assert model.names[0] == "tall"
    order = np.argsort(document.record.identities)
    means = document.record.fit.parameters.means[order]
    np.testing.assert_array_equal(model.parameters.means, means)
    found = lines(tmp_path / "garden-parameters.csv")
    assert [float(row["value"]) for row in found if row["parameter"] == "mean"] == (
        means.ravel().tolist()
    )

    target = tmp_path / "garden-labelled.xlsx"
    dialog = asked(window, until)
    dialog.choose(what="parameters", form="xlsx")
    export(window, until, dialog)
    assert (tmp_path / "garden-parameters.xlsx").read_bytes()[:2] == b"PK"

    answers = [False, True]
    monkeypatch.setattr(messages, "ask_before_overwriting", lambda *what: answers.pop(0))
    target.write_text("precious")
    dialog = asked(window, until)
    dialog.choose(form="xlsx")
    QTest.mouseClick(dialog.export, Qt.MouseButton.LeftButton)
    assert window.exporting.dialog is dialog and target.read_text() == "precious"
    export(window, until, dialog)
    assert target.read_bytes()[:2] == b"PK"
    dialog = asked(window, until)
    dialog.choose(form="xlsx")
    monkeypatch.setattr(files, "ask_export", lambda *what: target)  # the system asked there
    QTest.mouseClick(dialog.browse, Qt.MouseButton.LeftButton)
    export(window, until, dialog)
    assert not answers


def test_a_file_we_wrote_is_read_again_as_we_wrote_it(window, until, tmp_path):
    """In Windows' letters, which nobody can tell from others of eight bits: without a question."""
    path = tmp_path / "garden.csv"
    rows = "".join(f"{i};{i * i % 7},5;{'Grün' if i % 2 else 'naïve'}\n" for i in range(30))
    path.write_bytes(("height;width;tag\n" + rows).encode("cp1252"))
    table = read(path, ReadSettings(encoding="cp1252"))
    window.opening.take(Source(path), Outcome(ReadSettings(encoding="cp1252"), table))
    window.control.fit()
    until(lambda: window.stage.assignment is not None and not window.control.is_running)
    window.preferences.folder = str(tmp_path)
    export(window, until, asked(window, until))
    window.handlers.open_path(tmp_path / "garden-labelled.csv")
    until(lambda: window.session.document.table.name == "garden-labelled")
    again = window.session.document.table
    assert again.settings.encoding == "cp1252"
    assert again.column("tag").cells.to_pylist() == table.column("tag").cells.to_pylist()
    assert "those it was written with" in window.notices.text.text()


def test_a_source_that_changed_is_told(window, csv_file, until, tmp_path):
    fit(window, csv_file, until)
    csv_file.write_text("height,width\n1,2\n3,4\n")
    export(window, until, asked(window, until))
    assert "has changed since it was read" in window.notices.text.text()
    assert len(lines(tmp_path / "garden-labelled.csv")) > 2


def test_of_a_sample_everything_says_so(window, csv_file, until, tmp_path):
    n = len(csv_file.read_text().splitlines()) - 1
    table = read(csv_file, ReadSettings(sample_rows=40))
    window.opening.take(Source(csv_file), Outcome(ReadSettings(sample_rows=40), table))
    window.control.fit()
    until(lambda: window.stage.assignment is not None and not window.control.is_running)
    window.preferences.folder = str(tmp_path)
    assert window.papers.suggestion("report", ".html").name == "garden-sample-report.html"
    assert window.projects.suggestion().name == "garden-sample.gmms"
    assert not any("memory" in notice for notice in table.notices)  # there is room for all rows
    for what, form, name in (
        ("table", "source", "garden-sample-labelled.csv"),
        ("table", "xlsx", "garden-sample-labelled.xlsx"),
        ("table", "parquet", "garden-sample-labelled.parquet"),
        ("clusters", "source", "garden-sample-clusters.csv"),
        ("parameters", "source", "garden-sample-parameters.csv"),
        ("parameters", "json", "garden-sample-parameters.json"),
    ):
        dialog = asked(window, until)
        dialog.choose(what=what, form=form)
        assert f"This is a sample: 40 of {n} rows" in dialog.sentence.text()
        export(window, until, dialog)
        assert (tmp_path / name).exists()
    book = CalamineWorkbook.from_path(str(tmp_path / "garden-sample-labelled.xlsx"))
    assert book.sheet_names == ["table", "About"]
    said = dict(book.get_sheet_by_name("About").to_python())
    assert said["Sample"].startswith(f"This is a sample: 40 of {n} rows")
    assert said["probability_1"].endswith("to the cluster “Cluster A”")
    schema = pq.read_schema(tmp_path / "garden-sample-labelled.parquet")
    assert json.loads(schema.metadata[b"gmmstudio"]) == said
    assert {row["sampled_from"] for row in lines(tmp_path / "garden-sample-clusters.csv")} == {
        str(n)
    }
    last = lines(tmp_path / "garden-sample-parameters.csv")[-1]
    assert (last["parameter"], float(last["value"])) == ("sampled_from", n)
    numbers = json.loads((tmp_path / "garden-sample-parameters.json").read_text())
    assert numbers["sampled_from"] == n and numbers["collapsed"] is None


def test_another_table_in_doubt_is_asked_about(window, csv_file, until, tmp_path):
    fit(window, csv_file, until)
    other = tmp_path / "other.csv"
    other.write_text("height;width\n" + "".join(f"1.{i}00;5.{i}50\n" for i in range(1, 10)))
    others = window.labelling_others
    others.label(other)
    until(lambda: others.importing is not None)
    assert not others.dialog.export.isEnabled()
    others.importing.reject()  # nobody said how: nothing is labelled
    assert others.dialog is None

    others.label(other)
    until(lambda: others.importing is not None)
    importing = others.importing
    importing.set_choices(importing.choices.with_(decimal=".", thousands=""))
    until(lambda: importing.outcome is not None and importing.outcome.is_answered)
    importing.imported.emit(importing.outcome)
    importing.accept()
    until(lambda: others.dialog.applied is not None)
    assert others.importing is None
    assert others.dialog.applied.labels.rows.size == 9
    assert [column.values[0] for column in others.dialog._met.table.columns] == [1.1, 5.15]

    QTest.mouseClick(others.dialog.settings, Qt.MouseButton.LeftButton)
    importing = others.importing
    until(lambda: importing.outcome is not None)
    importing.set_choices(importing.choices.with_(decimal=",", thousands="."))
    until(lambda: importing.outcome is not None and importing.outcome.table is not None)
    importing.imported.emit(importing.outcome)
    importing.accept()
    until(lambda: others.dialog.applied is not None and len(others.dialog.choices) == 2)
    assert others.dialog._met.table.columns[0].values[0] == 1100
    others.dialog.reject()

    others.label(other)  # remembered: nobody is asked twice
    until(lambda: others.dialog.applied is not None)
    assert others.importing is None
    others.dialog.reject()


# ---- the dialogs alone -------------------------------------------------------------------------


@pytest.fixture
def dialog(qapp, garden, until):
    theme.install(qapp)
    table = read(garden)
    made = ExportDialog(
        Exportable(table, ("A", "B"), lambda what, ending: garden.with_name(f"{what}{ending}"))
    )
    made.show()
    until(lambda: made._looked)
    yield made
    made.reject()
    made.deleteLater()
    theme.set_zoom(1.0)


def test_text_like_formulas_is_asked_about(dialog):
    wanted = []
    dialog.wanted.connect(wanted.append)
    assert dialog.question.isVisible()
    assert "2 texts begin like a formula, first “=A” (row 3 of “tag”)" in (
        dialog.question_words.text()
    )
    QTest.mouseClick(dialog.export, Qt.MouseButton.LeftButton)
    assert not wanted and dialog.isVisible()
    assert dialog.trouble.text() == "Choose how it is written, then export."
    assert dialog.answer.segments[0].hasFocus()
    dialog.choose(form="xlsx")
    assert not dialog.question.isVisible()
    dialog.choose(form="excel")
    QTest.mouseClick(dialog.answer.segment("safe"), Qt.MouseButton.LeftButton)
    assert "apostrophe" in dialog.sentence.text()
    QTest.mouseClick(dialog.export, Qt.MouseButton.LeftButton)
    assert wanted[0].outgoing == Outgoing("excel", formulas="safe")


def test_a_fit_that_is_no_sound_result_is_said_before(qapp, garden):
    table = read(garden)
    words = "No sound result: 4 clusters of this shape collapse on these rows."
    made = ExportDialog(
        Exportable(table, ("A",), lambda what, ending: garden.with_name("o.csv"), caution=words)
    )
    made.show()
    assert made.caution.isVisible() and made.caution.text() == words
    assert made.export.isEnabled()
    made.reject()
    made.deleteLater()


def test_a_cell_too_long_for_a_workbook_is_said_before(qapp, tmp_path, until):
    (tmp_path / "long.csv").write_text(f"a,b\n{'x' * 32768},1\ny,2\n")
    table = read(tmp_path / "long.csv")
    made = ExportDialog(Exportable(table, ("A",), lambda what, ending: tmp_path / f"o{ending}"))
    made.show()
    until(lambda: made._looked)
    assert made.export.isEnabled()
    made.choose(form="xlsx")
    assert "row 1 of “a” has 32,768" in made.trouble.text() and not made.export.isEnabled()
    made.reject()
    made.deleteLater()


def test_what_cannot_be_is_said_before(dialog):
    dialog.choose(form="xlsx")
    for text, said in (("/tmp/x.csv", "end in .xlsx"), (" ", "Give the file a name")):
        dialog.path.setText("")
        QTest.keyClicks(dialog.path, text)
        assert said in dialog.trouble.text() and not dialog.export.isEnabled()


def test_the_columns_ticked(dialog):
    assert dialog.columns.button.text() == "New columns: all"
    dialog.boxes["note"].setChecked(False)
    assert dialog.columns.button.text() == "New columns: 7 of 8"
    assert "note" not in dialog.outgoing.columns
    assert "8 new columns" in dialog.sentence.text()  # the probabilities are two


@pytest.mark.parametrize("zoom", [1.0, 1.5])
def test_nothing_is_clipped(dialog, zoom):
    theme.set_zoom(zoom)
    for what, forms in export_choices.FORMS.items():
        for form in forms:
            dialog.choose(what=what, form=form)
            dialog.columns.button.setChecked(True)
            QApplication.processEvents()
            for words in (dialog.question_words, dialog.sentence, dialog.trouble):
                if words.isVisible():
                    assert words.height() >= words.heightForWidth(words.width())
            for segment in (*dialog.answer.segments, *dialog.what.segments):
                metrics = segment.fontMetrics()
                assert not segment.isVisible() or (
                    segment.height() >= metrics.height()
                    and segment.width() >= metrics.horizontalAdvance(segment.text())
                )
            assert dialog.height() <= 720 and dialog.width() <= 1280


@pytest.fixture
def label(qapp, garden, until):
    """Show what a fit of the garden says of another table."""
    theme.install(qapp)
    session = Session()
    session.apply(OpenTable(read(garden)))
    document = session.document
    sample = prepare(document.table, document.preparation)
    spec = document.spec.replace(n_components=2, tries=1)
    fit = run_to_end(search(sample.x, spec, units=sample.units))
    session.apply(AddFit(fit, document.preparation, spec))
    opened = []

    def show(path: Path) -> ApplyDialog:
        meeting = Meeting()
        made = ApplyDialog(meeting, path, (0, 1))
        meeting.begin(session.document, None, lambda: sample, path)
        made.show()
        opened.append((made, meeting))
        until(lambda: made._met is not None or not made.bar.isVisible())
        return made

    show.fit = fit
    yield show
    for made, meeting in opened:
        made.reject()
        meeting.close()
        meeting.deleteLater()
        made.deleteLater()


def test_columns_that_are_not_found_are_asked(label, until, tmp_path):
    new = tmp_path / "other.csv"
    new.write_text("a,width,b,t\n1,2,3,x\n4,5,6,y\n2,3,1,z\n")
    dialog = label(new)
    assert dialog.chosen == (None, 1)
    assert dialog.columns.button.isChecked()
    assert dialog.sentence.text() == "Choose which column stands for “height”."
    assert not dialog.export.isEnabled()
    box = dialog.choices[0]
    assert [box.itemText(i) for i in range(box.count())][1:] == ["a", "width", "b"]
    box.setCurrentIndex(box.findData(1))
    assert "stands for two" in dialog.sentence.text()
    box.setCurrentIndex(box.findData(2))
    until(lambda: dialog.applied is not None)
    x = np.array([[3.0, 2.0], [6.0, 5.0], [1.0, 3.0]])
    densities = label.fit.log_density(x)
    np.testing.assert_allclose(dialog.applied.labels.log_density, densities)


def test_what_cannot_be_read_or_labelled_is_said(label, tmp_path):
    words = tmp_path / "words.csv"
    words.write_text("a,b\nx,y\nz,w\nu,v\n")
    assert "no column of numbers" in label(words).sentence.text()
    dialog = label(tmp_path / "nowhere.csv")
    assert "nowhere.csv" in dialog.sentence.text()
    assert not dialog.export.isEnabled()


def test_what_was_answered_is_remembered_for_so_many_files():
    words = ""
    for number in range(export_choices.MOST_REMEMBERED + 5):
        words = export_choices.remember(words, Path(f"/t/{number}.csv"), "safe")
    assert export_choices.remembered(words, Path("/t/4.csv")) is None
    assert export_choices.remembered(words, Path("/t/5.csv")) == "safe"
    assert export_choices.remembered(words, None) is None
    for bad in ("nonsense", "[1]", '{"/t/5.csv": "rm"}'):
        assert export_choices.remembered(bad, Path("/t/5.csv")) is None
