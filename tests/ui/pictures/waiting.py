"""Waiting with the event loop running."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtWidgets import QApplication, QWidget


def wait(app: QApplication, done: Callable[[], bool], what: str, seconds: float = 90.0) -> None:
    """Turn the event loop until something is done."""
    deadline = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < deadline, f"waited in vain for {what}"
        app.processEvents()
        time.sleep(0.003)


def settle(app: QApplication, widget: QWidget, seconds: float = 30.0) -> None:
    """Wait until a widget has looked the same for a while: its threads have answered."""
    deadline, quiet, before = time.monotonic() + seconds, 0.0, None
    while quiet < 0.4 and time.monotonic() < deadline:
        since = time.monotonic()
        while time.monotonic() - since < 0.1:
            app.processEvents()
            time.sleep(0.003)
        now = widget.grab().toImage()
        quiet = quiet + 0.1 if before is not None and now == before else 0.0
        before = now
