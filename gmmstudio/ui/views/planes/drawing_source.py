"""Prepares sights for drawing, beside the GUI thread where there are many rows."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from gmmstudio.table.table import Table
from gmmstudio.ui.beside import Beside
from gmmstudio.ui.views.planes.drawing import draw_up
from gmmstudio.ui.views.planes.sights import Sight

AT_ONCE = 200_000  # rows of two columns prepared in the GUI thread


class DrawingSource(QObject):
    """One request at a time; a newer one replaces it.

    Attributes
    ----------
    ready : Signal
        The drawing asked for last.
    failed : Signal
        There is none, because of a fault.
    """

    ready = Signal(object)
    failed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._beside = Beside("gmmstudio-drawing", self)
        self._beside.answered.connect(self.ready)
        self._beside.failed.connect(self.failed)

    def ask(self, table: Table, look: Callable[[], Sight], n_columns: int = 2) -> None:
        """Ask for a drawing of what `look` returns; `ready` follows, at once if rows are few.

        `n_columns` is how many columns have to be gone through.
        """
        if table.n_rows * n_columns <= 2 * AT_ONCE:
            self.forget()
            self.ready.emit(draw_up(table, look()))
        else:
            self._beside.ask(lambda _should_stop: draw_up(table, look()))

    def forget(self) -> None:
        """Let what was asked for never arrive."""
        self._beside.forget()

    def shut_down(self) -> None:
        """End timer and thread."""
        self._beside.shut_down()
