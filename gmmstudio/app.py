"""The window's start-up: the one place that builds and connects everything."""

from __future__ import annotations

import logging
import os
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType

from PySide6.QtCore import QMessageLogContext, QTimer, QtMsgType, qInstallMessageHandler
from PySide6.QtWidgets import QApplication

from gmmstudio.document.commands import SetOutlierRule
from gmmstudio.mixture.outliers import OutlierRule
from gmmstudio.mixture.structures import SHAPES
from gmmstudio.ui import theme
from gmmstudio.ui.background import Task
from gmmstudio.ui.collecting import Collecting
from gmmstudio.ui.faults import Faults, log_to
from gmmstudio.ui.jobs import warm_up
from gmmstudio.ui.main_window import MainWindow
from gmmstudio.ui.preferences import Preferences, logs_folder, settings_folder

DEMO_SECONDS = 60.0
FIRST_PAINT_MS = 200
DEMO_SIZE = (1440, 900)
_SETTINGS = "GMMSTUDIO_SETTINGS_DIR"
_LEVELS = {
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}

_log = logging.getLogger(__name__)


def application() -> QApplication:
    """Return the application, made and dressed if it is not there yet."""
    app = QApplication.instance()
    if not isinstance(app, QApplication):
        app = QApplication(sys.argv[:1])
        app.setApplicationName("GMM Studio")
        app.setOrganizationName("GMM Studio")
        app.setDesktopFileName("gmmstudio")
    theme.install(app)
    return app


def main(file: Path | None) -> int:
    """Show the window, with a table if one is given; return the exit code.

    Parameters
    ----------
    file
        A table or project to open, or None for the empty window.
    """
    # Parsing a file keeps the interpreter busy; the window wants its turn more often then.
    sys.setswitchinterval(0.001)
    app = application()
    handler = log_to(logs_folder())
    qInstallMessageHandler(_log_qt)
    faults = Faults(app)
    preferences = Preferences()
    theme.choose(preferences.theme)
    theme.set_zoom(preferences.zoom)
    window = MainWindow(preferences)
    faults.happened.connect(window.messages.show)
    _close_on_signals(window)
    window.show()
    collecting = Collecting(app)
    found = window.autosaving.start()
    # Only once the window is there: its first picture must not wait for what comes later.
    warm = Task(lambda progress, should_stop: warm_up(should_stop), "Warming up", window)
    QTimer.singleShot(FIRST_PAINT_MS, warm.start)
    window.project_handlers.offer(found)
    if file is not None:
        window.handlers.open_path(file)
    code = app.exec()
    warm.close()
    window.close()
    collecting.close()
    faults.close()
    qInstallMessageHandler(None)
    if handler is not None:
        logging.getLogger("gmmstudio").removeHandler(handler)
        handler.close()
    return code


def run_demo(folder: Path) -> int:
    """Do the whole job through the real window; return the exit code.

    Loads the penguins, fits three full clusters, finds the best K, marks outliers and writes
    ``penguins-labelled.csv``, ``window-light.png`` and ``window-dark.png`` to ``folder``.
    """
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    if settings_folder() is not None:
        return _demo(folder)
    with tempfile.TemporaryDirectory(prefix="gmmstudio-demo-") as settings:
        os.environ[_SETTINGS] = settings  # the demo neither sees nor changes the user's settings
        try:
            return _demo(folder)
        finally:
            del os.environ[_SETTINGS]


class DemoError(RuntimeError):
    """A step of the demo did not come to its end."""


def _demo(folder: Path) -> int:
    app = application()
    theme.choose("light")
    window = MainWindow()
    window.asks_before_closing = False
    window.control.replay_after_fit = False
    collecting = Collecting(app)
    troubles: list[str] = []
    for source in (window.opening, window.control, window.exporting):
        source.failed.connect(lambda sentence, details: troubles.append(sentence))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _play_demo(app, window, folder, troubles)
    except (DemoError, OSError) as error:
        print(f"The demo failed: {error}", file=sys.stderr)
        return 1
    finally:
        window.close()
        window.deleteLater()
        app.processEvents()
        collecting.close()
        collecting.deleteLater()
    return 0


def _play_demo(app: QApplication, window: MainWindow, folder: Path, troubles: list[str]) -> None:
    control, session, stage = window.control, window.session, window.stage

    def until(done: Callable[[], bool], what: str) -> None:
        deadline = time.monotonic() + DEMO_SECONDS
        while not done():
            if troubles:
                raise DemoError(troubles[0])
            if time.monotonic() > deadline:
                raise DemoError(f"{what} took longer than {DEMO_SECONDS:.0f} seconds.")
            app.processEvents()
            time.sleep(0.002)
        if troubles:
            raise DemoError(troubles[0])

    window.resize(*DEMO_SIZE)
    window.show()
    window.handlers.open_sample("penguins")
    until(lambda: session.document.table is not None, "Opening the penguins")
    control.fit()
    until(lambda: stage.assignment is not None and not control.is_running, "The fit")
    control.find_best_k(range(1, 10), SHAPES)
    until(lambda: session.document.sweep is not None and not control.is_running, "Finding K")
    session.apply(SetOutlierRule(OutlierRule("percentile", 5.0)))
    target = folder / "penguins-labelled.csv"
    window.exporting.write(target)
    until(lambda: not window.exporting.is_writing, "The export")
    window.status.clear_notice()
    for look in ("light", "dark"):
        theme.choose("light" if look == "light" else "dark")
        settle(app)
        if not window.grab().save(str(folder / f"window-{look}.png")):
            raise DemoError(f"The picture window-{look}.png could not be written to {folder}.")
    theme.choose("system")
    print(f"Written to {folder}: {target.name}, window-light.png, window-dark.png")


def settle(app: QApplication, seconds: float = 0.5) -> None:
    """Let pending layouts, debounced redraws and paints happen."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        app.processEvents()
        time.sleep(0.005)


def _close_on_signals(window: MainWindow) -> None:
    """Close in order when the system or Ctrl+C in a terminal asks for it."""

    def close(number: int, frame: FrameType | None) -> None:
        # A signal may arrive inside a paint or before the event loop: close at its next round.
        window.asks_before_closing = False
        QTimer.singleShot(0, window.close)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, close)


def _log_qt(kind: QtMsgType, context: QMessageLogContext, message: str) -> None:
    _log.log(_LEVELS.get(kind, logging.DEBUG), "Qt: %s", message)
