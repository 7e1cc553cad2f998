"""What is remembered, and that it stays where it belongs."""

from __future__ import annotations

import logging
import os
import sys
import threading
from pathlib import Path

from gmmstudio.ui.faults import LOG_NAME, Faults, log_to
from gmmstudio.ui.preferences import MAX_RECENT, Preferences, logs_folder


def folder() -> Path:
    return Path(os.environ["GMMSTUDIO_SETTINGS_DIR"])


def test_settings_and_logs_go_where_the_environment_says(qapp) -> None:
    preferences = Preferences()
    preferences.zoom = 1.3
    preferences.save()
    assert "1.3" in (folder() / "settings.ini").read_text()
    assert logs_folder() == folder() / "logs"
    assert Preferences().zoom == 1.3


def test_recent_files_newest_first_once_each_and_bounded(qapp, tmp_path) -> None:
    preferences = Preferences()
    for i in range(MAX_RECENT + 3):
        preferences.add_recent(tmp_path / f"{i}.csv")
    preferences.add_recent(tmp_path / "5.csv")
    preferences.save()
    recent = Preferences().recent
    assert len(recent) == MAX_RECENT
    assert recent[0] == tmp_path / "5.csv"
    assert len(set(recent)) == MAX_RECENT
    preferences.forget_recent(tmp_path / "5.csv")
    assert tmp_path / "5.csv" not in preferences.recent
    preferences.forget_recent()
    assert preferences.recent == ()


def test_one_recent_file_with_a_comma(qapp, tmp_path) -> None:
    Preferences().add_recent(tmp_path / "a, b.csv")
    assert Preferences().recent == (tmp_path / "a, b.csv",)


def test_nonsense_in_the_settings_does_no_harm(qapp) -> None:
    folder().mkdir(exist_ok=True)
    text = "[General]\nzoom=huge\ntheme=pink\n[layout]\nwindow=7\n"
    (folder() / "settings.ini").write_text(text)
    preferences = Preferences()
    assert preferences.zoom == 1.0
    preferences.zoom = float("nan")
    assert preferences.zoom == 1.0
    assert preferences.theme == "system"
    assert preferences.layout("window").isEmpty()
    assert preferences.recent == ()


def test_choices_survive(qapp) -> None:
    preferences = Preferences()
    assert preferences.replay_after_fit
    preferences.theme = "dark"
    preferences.replay_after_fit = False
    preferences.save()
    again = Preferences()
    assert again.theme == "dark"
    assert not again.replay_after_fit


def test_faults_are_logged_and_told_once(qapp, until, monkeypatch) -> None:
    monkeypatch.setattr("gmmstudio.ui.faults.POLL_MS", 10)
    handler = log_to(logs_folder())
    faults = Faults()
    told: list[str] = []
    faults.happened.connect(lambda sentence, details: told.append(details))
    try:
        for _ in range(3):
            try:
                raise ValueError("first fault")
            except ValueError as error:
                sys.excepthook(type(error), error, error.__traceback__)
        until(lambda: bool(told))
        assert len(told) == 1 and "first fault" in told[0]

        def broken() -> None:
            raise RuntimeError("in a thread")

        thread = threading.Thread(target=broken)
        thread.start()
        thread.join()
        until(lambda: len(told) == 2)
        assert "in a thread" in told[1]
    finally:
        faults.close()
        logging.getLogger("gmmstudio").removeHandler(handler)
        handler.close()
    assert "first fault" in (logs_folder() / LOG_NAME).read_text(encoding="utf-8")
    assert sys.excepthook is not faults._caught


def test_unwritable_log_folder_is_no_reason_not_to_start(tmp_path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    assert log_to(blocked / "logs") is None
