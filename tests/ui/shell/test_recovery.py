"""What is not saved comes back after a crash, and nothing else does."""

from __future__ import annotations

import shutil

import numpy as np
import pytest
from window_steps import fitted, opened

from gmmstudio.document.commands import RenameCluster, SetComponents
from gmmstudio.project.recovery import FILE, RecoveryFolder, left_behind
from gmmstudio.table.owners import host_mark, host_name
from gmmstudio.ui.autosaving import picture_of
from gmmstudio.ui.main_window import MainWindow
from gmmstudio.ui.preferences import recovery_folder

pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints")


def kept(window, until) -> None:
    window.autosaving.look()
    until(lambda: window.autosaving._task is None)


def crash() -> None:
    """Let the folders look like those of a program that runs no more."""
    for number, folder in enumerate(sorted(recovery_folder().iterdir())):
        folder.rename(
            folder.with_name(f"{host_mark(host_name())}-{2**22 + number + 1}-7-{number:016x}")
        )


@pytest.fixture
def restarted(qapp):
    """Start the program again; the windows are closed at the end."""
    made: list[MainWindow] = []

    def start() -> MainWindow:
        window = MainWindow()
        window.control.replay_after_fit = False
        window.show()
        window.project_handlers.offer(window.autosaving.start())
        made.append(window)
        return window

    yield start
    for window in made:
        window.asks_before_closing = False
        window.close()
        window.deleteLater()


def test_work_comes_back_with_date_and_picture(window, csv_file, until, restarted) -> None:
    assert window.autosaving.start() == ()
    opened(window, csv_file, until)
    kept(window, until)
    assert not recovery_folder().exists()  # there is nothing that would be lost
    fitted(window, until)
    window.session.apply(RenameCluster(0, "tall"))
    kept(window, until)
    labels = window.stage.assignment.labels
    crash()
    again = restarted()
    dialog = again.project_handlers.recovery_dialog
    (entry,) = dialog.entries
    assert "20" in entry.when.text()
    assert entry.picture.width() == 480
    entry.restore.click()
    until(lambda: again.stage.assignment is not None)
    assert np.array_equal(again.stage.assignment.labels, labels)
    assert dict(again.session.document.names) == {0: "tall"}
    assert again.projects.current is None
    assert again.projects.is_changed
    assert len(list(recovery_folder().iterdir())) == 1  # what was restored stays …
    kept(again, until)
    assert len(list(recovery_folder().glob(f"*/{FILE}"))) == 1  # … until there is a newer copy
    crash()
    assert len(left_behind(recovery_folder())) == 1


def test_project_of_its_own_file(window, csv_file, tmp_path, until, restarted) -> None:
    window.autosaving.start()
    opened(window, csv_file, until)
    fitted(window, until)
    path = tmp_path / "garden.gmms"
    window.projects.save_as(path)
    until(lambda: not window.projects.is_busy)
    kept(window, until)
    assert not list(recovery_folder().glob("*"))
    saved = path.read_bytes()
    window.session.apply(SetComponents(5))
    kept(window, until)
    assert path.read_bytes() == saved
    window.projects.current.let_go()
    crash()
    again = restarted()
    again.project_handlers.recovery_dialog.entries[0].restore.click()
    until(lambda: again.session.document.table is not None)
    assert again.projects.current.path == path
    assert again.windowTitle() == "garden.gmms* — GMM Studio"
    assert path.read_bytes() == saved
    again.project_handlers.save()
    until(lambda: not again.projects.is_busy)
    assert path.read_bytes() != saved
    assert again.windowTitle() == "garden.gmms — GMM Studio"


def test_discarded_is_gone_for_good(window, csv_file, until, restarted) -> None:
    window.autosaving.start()
    opened(window, csv_file, until)
    fitted(window, until)
    kept(window, until)
    crash()
    again = restarted()
    dialog = again.project_handlers.recovery_dialog
    (entry,) = dialog.entries
    entry.discard.click()
    assert not entry.restore.isEnabled()
    assert len(list(recovery_folder().iterdir())) == 1  # until the dialog is closed …
    entry.discard.click()
    assert entry.restore.isEnabled()  # … it can be had back
    entry.discard.click()
    dialog.reject()
    assert not list(recovery_folder().iterdir())


def test_one_of_two_copies_leaves_the_other_at_hand(window, csv_file, until, restarted) -> None:
    window.autosaving.start()
    opened(window, csv_file, until)
    fitted(window, until)
    kept(window, until)
    (first,) = recovery_folder().iterdir()
    other = RecoveryFolder(recovery_folder()).folder
    shutil.copytree(first, other)
    crash()
    again = restarted()
    again.asks_before_closing = False  # what was restored is not saved
    dialog = again.project_handlers.recovery_dialog
    assert len(dialog.entries) == 2
    dialog.entries[0].restore.click()
    until(lambda: again.stage.assignment is not None)
    assert "1 other copy is still there" in again.notices.text.text()
    again.notices.buttons[-1].click()
    (entry,) = again.project_handlers.recovery_dialog.entries
    before = again.session.document
    entry.restore.click()
    until(lambda: again.session.document is not before and not again.projects.is_busy)
    assert not again.notices.isVisible()


def test_two_running_programs_leave_each_other_alone(window, csv_file, until, restarted) -> None:
    window.autosaving.start()
    opened(window, csv_file, until)
    fitted(window, until)
    kept(window, until)
    other = restarted()
    assert other.project_handlers.recovery_dialog is None
    assert len(list(recovery_folder().glob(f"*/{FILE}"))) == 1


def test_end_in_order_leaves_nothing(window, csv_file, until, monkeypatch) -> None:
    window.autosaving.start()
    opened(window, csv_file, until)
    fitted(window, until)
    kept(window, until)
    window.asks_before_closing = True
    monkeypatch.setattr(
        "gmmstudio.ui.dialogs.messages.ask_before_leaving", lambda *what, **how: "leave"
    )
    assert window.close()
    assert not list(recovery_folder().glob("*"))


def test_end_by_the_system_keeps_a_copy(window, csv_file, until) -> None:
    window.autosaving.start()
    opened(window, csv_file, until)
    fitted(window, until)
    window.asks_before_closing = False  # as on SIGTERM
    assert window.close()
    crash()
    assert len(left_behind(recovery_folder())) == 1


def test_full_disk_is_told_once_and_nothing_is_lost(window, csv_file, until, monkeypatch) -> None:
    window.autosaving.start()
    opened(window, csv_file, until)
    fitted(window, until)

    def fail(*what, **how):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as full:
        full.setattr("gmmstudio.table.atomic.os.fsync", fail)
        kept(window, until)
    assert "full" in window.status.notice.text()
    assert window.messages.box is None
    kept(window, until)
    assert list(recovery_folder().glob(f"*/{FILE}"))


def test_copy_that_is_damaged_can_be_discarded_only(restarted, tmp_path) -> None:
    folder = RecoveryFolder(recovery_folder()).folder
    folder.mkdir(parents=True)
    (folder / FILE).write_bytes(b"PK half")
    crash()
    again = restarted()
    (entry,) = again.project_handlers.recovery_dialog.entries
    assert not entry.restore.isEnabled()
    entry.discard.click()
    again.project_handlers.recovery_dialog.reject()
    assert not list(recovery_folder().iterdir())


def test_there_is_a_picture_though_the_window_lends_none(
    window, csv_file, until, monkeypatch
) -> None:
    opened(window, csv_file, until)
    whole = picture_of(window)
    assert (whole.width(), whole.height()) == (window.width(), window.height())
    monkeypatch.setattr(MainWindow, "backingStore", lambda self: None)
    view = picture_of(window)
    assert (view.width(), view.height()) == window.workspace.tabs.size().toTuple()
