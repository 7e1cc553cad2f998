"""Saving, opening and leaving projects, through the window."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pytest
from window_steps import fitted, opened

from gmmstudio.document.commands import KeepTable, RenameCluster, SetComponents
from gmmstudio.document.values import same_value
from gmmstudio.project import read_project, write_project
from gmmstudio.project.linking import link_to
from gmmstudio.project.lock import acquire, lock_path
from gmmstudio.project.tables import table_size
from gmmstudio.report import formats
from gmmstudio.table.errors import Stopped
from gmmstudio.table.owners import host_name
from gmmstudio.ui.dialogs import files, messages
from gmmstudio.ui.main_window import MainWindow
from gmmstudio.ui.preferences import Preferences
from gmmstudio.ui.project_files import read_whole

pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints")


@pytest.fixture
def saved(window, csv_file, tmp_path, until) -> Path:
    """The path of a project with a fit, saved and open in the window."""
    opened(window, csv_file, until)
    fitted(window, until)
    window.session.apply(RenameCluster(0, "tall"))
    path = tmp_path / "garden.gmms"
    window.projects.save_as(path)
    until(lambda: not window.projects.is_busy)
    return path


@pytest.fixture
def second(qapp) -> MainWindow:
    made = MainWindow()
    made.asks_before_closing = False
    made.control.replay_after_fit = False
    made.show()
    yield made
    made.close()
    made.deleteLater()


def test_title_tells_name_and_changes(window, saved, until) -> None:
    assert window.windowTitle() == "garden.gmms — GMM Studio"
    assert not window.projects.is_changed
    window.session.apply(SetComponents(5))
    assert window.windowTitle() == "garden.gmms* — GMM Studio"
    window.session.undo()
    assert window.windowTitle() == "garden.gmms — GMM Studio"
    window.session.redo()
    window.project_handlers.save()
    until(lambda: not window.projects.is_busy)
    assert window.windowTitle() == "garden.gmms — GMM Studio"


def test_opens_as_it_was_saved(window, second, saved, until) -> None:
    labels = window.stage.assignment.labels
    window.workspace.tabs.setCurrentWidget(window.workspace.profile)
    window.project_handlers.save()
    until(lambda: not window.projects.is_busy)
    window.handlers.new()
    document = window.session._undo[-1].document
    opened(second, saved, until)
    until(lambda: second.stage.assignment is not None)
    assert np.array_equal(second.stage.assignment.labels, labels)
    found = second.session.document
    for name in ("preparation", "spec", "active", "names", "colors", "outlier_rule"):
        assert same_value(getattr(found, name), getattr(document, name))
    assert same_value(found.record.fit, document.record.fit)
    assert not found.is_out_of_date(found.record)
    assert second.workspace.tabs.currentWidget() is second.workspace.profile
    assert second.windowTitle() == "garden.gmms — GMM Studio"
    assert Preferences().recent[0] == saved


def test_what_was_chosen_to_look_at_is_there_again(window, second, tmp_path, until) -> None:
    window.handlers.open_sample("penguins")
    until(lambda: window.session.document.table is not None)
    fitted(window, until)
    window.workspace.choose_k.compare_by("ICL")
    window.workspace.convergence.turn_to("starts")
    window.workspace.reading.compare.choose("species")
    window.workspace.left.model.shape.set_unfolded(True)
    path = tmp_path / "p.gmms"
    window.projects.save_as(path)
    until(lambda: not window.projects.is_busy)
    opened(second, path, until)
    until(lambda: second.stage.assignment is not None)
    workspace = second.workspace
    assert workspace.choose_k.criterion == "ICL"
    assert workspace.convergence.page == "starts"
    assert workspace.reading.compare.chosen_column() == 0
    assert workspace.reading.compare.result is not None
    assert workspace.left.model.shape.unfolded_by_hand


def test_second_window_looks_only(window, second, saved, until, monkeypatch) -> None:
    """A program elsewhere has it open: the same host, and a process that lives."""
    lock = json.loads(lock_path(saved).read_text())
    lock_path(saved).write_text(json.dumps({**lock, "pid": os.getppid(), "started": ""}))
    opened(second, saved, until)
    assert second.projects.current.is_read_only
    assert "in another window" in second.notices.text.text()
    assert [button.text() for button in second.notices.buttons] == ["Save as…"]
    before = saved.read_bytes()
    second.session.apply(SetComponents(7))
    second.project_handlers.save()
    assert "look at only" in second.messages.box.text()
    second.messages.close()
    suggested = second.projects.suggestion()
    assert suggested == saved.with_name("garden copy.gmms")
    suggested.write_bytes(b"there")
    assert second.projects.suggestion() == saved.with_name("garden copy 2.gmms")
    copy = saved.with_name("mine.gmms")
    monkeypatch.setattr(files, "ask_project", lambda *what: copy)
    second.project_handlers.save_as()
    until(lambda: not second.projects.is_busy)
    assert copy.exists()
    assert saved.read_bytes() == before
    assert not second.projects.current.is_read_only


def test_locks_of_the_dead_go_at_the_next_start(window, second, saved) -> None:
    second.autosaving.start()
    assert lock_path(saved).exists()  # this program has it
    gone = {"pid": 2**22 + 1, "host": host_name(), "started": "1", "token": "x"}
    lock_path(saved).write_text(json.dumps({**gone, "host": "far away"}))
    second.autosaving.start()
    assert lock_path(saved).exists()
    lock_path(saved).write_text(json.dumps(gone))
    second.autosaving.start()
    assert not lock_path(saved).exists()


def test_stale_lock_is_taken_over(window, second, saved, until) -> None:
    lock_path(saved).write_text(
        json.dumps({"pid": 2**22 + 1, "host": host_name(), "started": "1", "token": "x"})
    )
    opened(second, saved, until)
    assert not second.projects.current.is_read_only


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write anywhere")
def test_protected_folder_is_told(window, second, saved, until) -> None:
    lock_path(saved).unlink()
    saved.parent.chmod(0o555)
    try:
        opened(second, saved, until)
    finally:
        saved.parent.chmod(0o755)
    assert "cannot be written to" in second.notices.text.text()


def test_lock_goes_with_the_window_and_with_undo(window, saved, csv_file, until) -> None:
    assert lock_path(saved).exists()
    opened(window, csv_file, until)
    assert not lock_path(saved).exists()
    window.session.undo()
    assert window.projects.current.path == saved
    assert lock_path(saved).exists()
    window.close()
    assert not lock_path(saved).exists()


def test_changed_by_another_program_is_left(window, saved, until) -> None:
    saved.write_bytes(b"another's")
    window.session.apply(SetComponents(5))
    window.project_handlers.save()
    until(lambda: not window.projects.is_busy)
    assert "changed by another program" in window.messages.box.text()
    assert saved.read_bytes() == b"another's"
    assert window.projects.is_changed


def test_copy_leaves_the_project(window, saved, tmp_path, until, monkeypatch) -> None:
    window.session.apply(SetComponents(5))
    monkeypatch.setattr(files, "ask_project", lambda *what: tmp_path / "copy.gmms")
    window.project_handlers.save_copy()
    until(lambda: not window.projects.is_busy)
    assert (tmp_path / "copy.gmms").exists()
    assert window.projects.current.path == saved
    assert window.projects.is_changed
    assert not lock_path(tmp_path / "copy.gmms").exists()


def test_copy_onto_the_project_itself_is_a_save(window, saved, until, monkeypatch) -> None:
    window.session.apply(SetComponents(5))
    monkeypatch.setattr(files, "ask_project", lambda *what: saved)
    window.project_handlers.save_copy()
    until(lambda: not window.projects.is_busy)
    assert not window.projects.is_changed
    window.session.apply(SetComponents(6))
    window.project_handlers.save()
    until(lambda: not window.projects.is_busy)
    assert window.messages.box is None
    assert not window.projects.is_changed


def test_damaged_project_is_told(window, tmp_path, until) -> None:
    path = tmp_path / "bad.gmms"
    path.write_bytes(b"PK\x03\x04 nothing")
    window.handlers.open_path(path)
    until(lambda: window.messages.box is not None)
    assert "Nothing was opened" in window.messages.box.text()
    assert window.session.document.table is None


def test_failed_save_is_told_and_stays_unsaved(window, saved, tmp_path, until) -> None:
    window.session.apply(SetComponents(5))
    window.projects.save_as(tmp_path / "no such folder" / "x.gmms")
    until(lambda: window.messages.box is not None)
    assert "does not exist" in window.messages.box.text()
    assert window.projects.current.path == saved
    assert window.projects.is_changed


@pytest.fixture
def answers(window, monkeypatch) -> list[str]:
    """Answers to give to the question; what is left was not asked for."""
    prepared: list[str] = []
    monkeypatch.setattr(messages, "ask_before_leaving", lambda *what, **how: prepared.pop(0))
    window.asks_before_closing = True
    return prepared


def test_closing_saves_where_asked(window, csv_file, tmp_path, until, answers, monkeypatch) -> None:
    opened(window, csv_file, until)
    fitted(window, until)
    target = tmp_path / "at the end.gmms"
    paths = [None, target]
    monkeypatch.setattr(files, "ask_project", lambda *what: paths.pop(0))
    answers += ["save", "save"]
    assert not window.close()
    assert window.close()
    assert target.exists()
    assert not answers


def test_closing_saves_the_project(window, saved, answers) -> None:
    before = saved.read_bytes()
    window.session.apply(SetComponents(5))
    answers += ["save"]
    assert window.close()
    assert saved.read_bytes() != before


def test_opening_another_asks_too(window, saved, csv_file, until, answers) -> None:
    window.session.apply(SetComponents(5))
    answers += ["cancel"]
    window.handlers.open_path(csv_file)
    assert not window.opening.is_reading
    assert window.projects.current.path == saved
    answers += ["leave"]
    opened(window, csv_file, until)
    assert window.projects.current is None


@pytest.fixture
def linked(window, saved, csv_file) -> Path:
    """A project beside its table, which is not in it."""
    path = saved.with_name("linked.gmms")
    write_project(path, window.session.document, link=link_to(csv_file))
    window.handlers.new()
    return path


def test_linked_table_is_read(window, linked, csv_file, until) -> None:
    opened(window, linked, until)
    assert window.session.document.table.columns[0].values[0] == pytest.approx(
        float(csv_file.read_text().split("\n")[1].split(",")[0])
    )
    assert not window.session.document.table.blank
    assert not window.notices.buttons
    until(lambda: window.stage.assignment is not None)


def test_moved_table_is_found_again(window, linked, csv_file, until, monkeypatch) -> None:
    place = csv_file.rename(csv_file.with_name("elsewhere.csv"))
    opened(window, linked, until)
    until(lambda: window.stage.shown is not None)
    assert "moved or removed" in window.notices.text.text()
    find, go_on = window.notices.buttons
    assert (find.text(), go_on.text()) == ("Find the file…", "Go on without it")
    assert window.session.document.record is not None
    monkeypatch.setattr(files, "ask_table", lambda *what: place)
    assert not window.actions_["fit"].isEnabled()
    find.click()
    until(lambda: not window.session.document.table.blank)
    until(lambda: window.stage.assignment is not None)
    document = window.session.document
    assert not document.is_out_of_date(document.record)
    assert window.projects.current.path == linked
    window.project_handlers.save()
    until(lambda: not window.projects.is_busy)
    window.handlers.new()
    opened(window, linked, until)
    assert not window.notices.buttons


@pytest.fixture
def long_linked(window, tmp_path, until) -> tuple[Path, Path, np.ndarray]:
    """A project of more rows than it keeps, its table moved; the place of that, and the labels."""
    random = np.random.default_rng(3)
    x = np.concatenate([random.normal(0, 1, (12_000, 2)), random.normal(9, 1, (13_000, 2))])
    table = tmp_path / "long.csv"
    table.write_text("a,b\n" + "\n".join(f"{a:.3f},{b:.3f}" for a, b in x) + "\n")
    opened(window, table, until)
    window.session.apply(SetComponents(2))
    fitted(window, until)
    labels = window.stage.assignment.labels
    window.session.apply(KeepTable(False))
    path = tmp_path / "long.gmms"
    window.projects.save_as(path)
    until(lambda: not window.projects.is_busy)
    window.handlers.new()
    return path, table.rename(tmp_path / "elsewhere.csv"), labels


def warned(window) -> str:
    return str(window.workspace.reading.warnings._said)


def test_table_found_again_has_all_its_rows(window, long_linked, until) -> None:
    path, place, labels = long_linked
    opened(window, path, until)
    until(lambda: window.stage.assignment is not None)
    assert window.stage.assignment.n_rows == 20_000
    words = warned(window)
    assert "5000 rows are not at hand" in words and "missing value" not in words
    assert "5000 without a cluster: not at hand" in window.workspace.table._foot.text()
    window.project_handlers.finding.use(place)
    assert (
        window.status.state.text() == "Reading elsewhere.csv" and window.status.cancel.isVisible()
    )
    until(lambda: not window.session.document.table.blank)
    until(lambda: window.stage.assignment is not None)
    assert np.array_equal(window.stage.assignment.labels, labels)
    assert "not at hand" not in warned(window)


def test_changed_table_may_be_shorter(window, long_linked, until) -> None:
    path, place, _ = long_linked
    place.write_text("\n".join(place.read_text().splitlines()[:-7]) + "\n")
    opened(window, path, until)
    until(lambda: window.stage.assignment is not None)
    window.project_handlers.finding.use(place)
    until(lambda: not window.session.document.table.blank)
    until(lambda: window.stage.assignment is not None)
    assert window.stage.assignment.n_rows == 24_993
    assert window.messages.box is None


def test_changed_table_is_told(window, linked, csv_file, until) -> None:
    csv_file.write_text(csv_file.read_text() + "3.5,4.5\n")
    opened(window, linked, until)
    assert "was changed" in window.notices.text.text()
    until(lambda: window.stage.shown is not None)
    window.notices.buttons[1].click()
    until(lambda: not window.session.document.table.blank)
    document = window.session.document
    assert document.is_out_of_date(document.record)
    assert document.table.n_rows == 121
    assert window.projects.current.path == linked
    window.project_handlers.save()  # links to the file as it is now
    until(lambda: not window.projects.is_busy)
    window.handlers.new()
    opened(window, linked, until)
    assert not window.notices.buttons


def test_a_table_that_is_gone_by_now_is_said_to_be(window, linked, csv_file, until) -> None:
    csv_file.write_text(csv_file.read_text() + "3.5,4.5\n")
    opened(window, linked, until)
    said = []
    window.project_handlers.finding.failed.disconnect(window._tell)
    window.project_handlers.finding.failed.connect(lambda *what: said.append(what))
    csv_file.unlink()
    window.notices.buttons[1].click()
    until(lambda: bool(said))
    assert csv_file.name in said[0][0] and not said[0][1], "a sentence, no fault"
    assert window.session.document.table.blank


def test_going_on_without_the_table(window, linked, csv_file, until) -> None:
    csv_file.unlink()
    opened(window, linked, until)
    until(lambda: window.stage.shown is not None)
    window.notices.buttons[1].click()
    assert not window.notices.isVisible()
    for view in window.workspace.views:  # none may fall over
        window.workspace.tabs.setCurrentWidget(view)
        until(lambda: True)
    window.project_handlers.save()
    until(lambda: not window.projects.is_busy)
    assert not window.projects.is_changed


def test_where_the_table_is_kept_is_chosen_in_the_menu(window, saved, csv_file, until) -> None:
    action = window.actions_["keep_table"]
    size = formats.size(table_size(window.session.document.table))
    assert size == "4\u00a0kB"  # 120 rows of two numbers, with the text of their cells
    assert action.text() == f"Keep the &table inside the project (at most {size})"
    assert action.isChecked() and action.isEnabled()
    assert (
        window.status.notice.text() == f"Saved to {saved} ({formats.size(saved.stat().st_size)})."
    )
    action.trigger()
    assert not action.isChecked()
    assert window.windowTitle() == "garden.gmms* — GMM Studio"
    window.project_handlers.save()
    until(lambda: not window.projects.is_busy)
    assert "; the table stays in garden.csv)" in window.status.notice.text()
    assert read_project(saved).link.path == csv_file
    window.handlers.new()
    opened(window, saved, until)
    assert not action.isChecked()  # as it was chosen, though the table is small
    action.trigger()
    window.project_handlers.save()
    until(lambda: not window.projects.is_busy)
    assert read_project(saved).link is None
    assert not read_project(saved).document.table.blank
    action.trigger()
    csv_file.write_text(csv_file.read_text() + "1.5,2.5\n")
    window.project_handlers.save()
    until(lambda: not window.projects.is_busy)
    assert "the table is inside, for its file is not what was read" in window.status.notice.text()


def test_pasted_table_can_only_be_inside(window, until) -> None:
    window.opening.paste("a,b\n1,2\n3,4\n5,7\n")
    until(lambda: window.session.document.table is not None)
    assert window.actions_["keep_table"].isChecked()
    assert not window.actions_["keep_table"].isEnabled()


def test_lock_of_another_computer_stays(tmp_path) -> None:
    path = tmp_path / "x.gmms"
    lock_path(path).write_text(
        json.dumps({"pid": 1, "host": "far-away", "started": "", "token": "x"})
    )
    found = acquire(path)
    assert "far-away" in found.why
    assert lock_path(path).name in found.why


def test_opening_that_was_given_up_leaves_no_lock(window, saved) -> None:
    window.handlers.new()
    assert not lock_path(saved).exists()
    with pytest.raises(Stopped):
        read_whole(saved, lambda share: None, lambda: lock_path(saved).exists())
    assert not lock_path(saved).exists()


def test_other_import_settings_keep_the_project(window, saved, until) -> None:
    window.actions_["import_settings"].trigger()
    dialog = window.importing.dialog
    until(lambda: dialog.outcome is not None)
    dialog.accept_button.click()
    assert window.windowTitle() == "garden.gmms* — GMM Studio"
    document = window.session.document
    assert document.is_out_of_date(document.record)
    assert dict(document.names) == {0: "tall"}
    assert "press Fit" in window.notices.text.text()
    assert lock_path(saved).exists()
    window.project_handlers.save()
    until(lambda: not window.projects.is_busy)
    assert window.windowTitle() == "garden.gmms — GMM Studio"
    window.session.undo()
    assert window.projects.current.path == saved
