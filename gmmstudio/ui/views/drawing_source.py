"""Prepares sights for drawing, beside the GUI thread where there are many rows."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from gmmstudio.fitting.labeller import Latest
from gmmstudio.table.table import Table
from gmmstudio.ui.views.drawing import Drawing, draw_up
from gmmstudio.ui.views.sights import Sight

AT_ONCE = 200_000  # rows of two columns prepared in the GUI thread
_POLL_MS = 10


class DrawingSource(QObject):
    """One request at a time; a newer one replaces it.

    Attributes
    ----------
    ready : Signal
        The drawing asked for last.
    failed : Signal
        There is none: the thread met a fault, and has logged it.
    """

    ready = Signal(object)
    failed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._number = 0
        self._worker: Latest[Drawing] = Latest("gmmstudio-drawing")
        self._timer = QTimer(self)
        self._timer.setInterval(_POLL_MS)
        self._timer.timeout.connect(self._poll)

    def ask(self, table: Table, look: Callable[[], Sight], n_columns: int = 2) -> None:
        """Ask for a drawing of what `look` returns; `ready` follows, at once if rows are few.

        `n_columns` is how many columns have to be gone through.
        """
        self.forget()
        if table.n_rows * n_columns <= 2 * AT_ONCE:
            self.ready.emit(draw_up(table, look()))
            return
        self._worker.put(self._number, lambda _should_stop: draw_up(table, look()))
        self._timer.start()

    def forget(self) -> None:
        """Let what was asked for never arrive."""
        self._number += 1
        self._timer.stop()

    @Slot()
    def _poll(self) -> None:
        answer = self._worker.answer
        if answer is not None and answer.number == self._number:
            self._timer.stop()
            if answer.value is None:
                self.failed.emit()
            else:
                self.ready.emit(answer.value)

    def shut_down(self) -> None:
        """End timer and thread."""
        self._timer.stop()
        self._worker.close()
