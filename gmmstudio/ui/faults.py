"""Nothing fails in silence: faults go to a log file, and the user is told once."""

from __future__ import annotations

import logging
import logging.handlers
import sys
import threading
import traceback
from collections import deque
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QObject, QTimer, Signal, Slot

LOG_NAME = "gmmstudio.log"
LOG_BYTES = 500_000
LOG_FILES = 5
POLL_MS = 500

_log = logging.getLogger("gmmstudio")


def log_to(folder: Path) -> logging.Handler | None:
    """Write the program's log to a rotating file; return its handler, None if that cannot be."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handler = logging.handlers.RotatingFileHandler(
            folder / LOG_NAME, maxBytes=LOG_BYTES, backupCount=LOG_FILES, encoding="utf-8"
        )
    except OSError:
        return None  # no log is no reason not to start
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    _log.addHandler(handler)
    _log.setLevel(logging.INFO)
    return handler


class Faults(QObject):
    """Takes over the excepthooks; ``happened`` is emitted in the GUI thread, once per fault."""

    happened = Signal(str, str)  # a sentence, details

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._waiting: deque[str] = deque(maxlen=20)
        self._known: set[str] = set()
        self._old = sys.excepthook, threading.excepthook
        sys.excepthook = self._caught
        threading.excepthook = self._caught_in_thread
        # Polled rather than signalled: a fault in a worker must not call into Qt.
        self._timer = QTimer(self)
        self._timer.setInterval(POLL_MS)
        self._timer.timeout.connect(self._tell)
        self._timer.start()

    def close(self) -> None:
        """Give the hooks back."""
        self._timer.stop()
        sys.excepthook, threading.excepthook = self._old

    def _caught(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        details = "".join(traceback.format_exception(kind, error, trace))
        _log.error("Unhandled exception:\n%s", details)
        self._waiting.append(details)

    def _caught_in_thread(self, arguments: threading.ExceptHookArgs) -> None:
        if arguments.exc_value is not None and arguments.exc_type is not SystemExit:
            self._caught(arguments.exc_type, arguments.exc_value, arguments.exc_traceback)

    @Slot()
    def _tell(self) -> None:
        while self._waiting:
            details = self._waiting.popleft()
            if details not in self._known:
                self._known.add(details)
                self.happened.emit(
                    "Something went wrong in the program. Your data and the last result stay; "
                    "what happened is written in the log (Help → About).",
                    details,
                )
