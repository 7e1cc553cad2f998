"""Fixtures of the window's tests: nothing may outlive its test."""

from __future__ import annotations

import gc
import threading
import time
import weakref
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QTimer
from PySide6.QtWidgets import QApplication, QWidget


def settle() -> None:
    """Let deleteLater and cyclic garbage have their way."""
    for _ in range(3):
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        QCoreApplication.processEvents()
        gc.collect()


def _alive(timer: QTimer | None) -> bool:
    try:
        return timer is not None and timer.isActive()
    except RuntimeError:  # the C++ half is gone
        return False


@pytest.fixture(autouse=True)
def no_leaks(qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Fail a test that leaves a thread, a running timer or a top-level widget behind."""
    timers: list[weakref.ref[QTimer]] = []
    start = QTimer.start

    def remembered(timer: QTimer, *arguments: int) -> None:
        timers.append(weakref.ref(timer))
        start(timer, *arguments)

    monkeypatch.setattr(QTimer, "start", remembered)
    threads = set(threading.enumerate())
    windows = {id(widget) for widget in QApplication.topLevelWidgets()}
    gc.freeze()  # what was there before is not this test's leak, and collecting it takes long
    gc.disable()  # as in the program: a worker must not collect widgets
    yield
    settle()
    gc.enable()
    deadline = time.monotonic() + 2.0  # a closed thread may need a moment to end
    while set(threading.enumerate()) - threads and time.monotonic() < deadline:
        time.sleep(0.01)
    left_threads = {thread.name for thread in threading.enumerate()} - {t.name for t in threads}
    left_timers = [timer() for timer in timers if _alive(timer())]
    left_windows: list[QWidget] = [
        widget for widget in QApplication.topLevelWidgets() if id(widget) not in windows
    ]
    assert not left_threads, f"threads left running: {left_threads}"
    assert not left_timers, f"timers left running: {left_timers}"
    assert not left_windows, f"top-level widgets left: {left_windows}"
