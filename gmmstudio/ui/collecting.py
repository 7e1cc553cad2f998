"""Cyclic garbage is collected in the GUI thread, and nowhere else."""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer, Slot

POLL_MS = 1000


class Collecting(QObject):
    """Takes over Python's collector until :meth:`close`.

    Left to itself it runs in whichever thread happens to allocate. A worker that so deletes a
    QObject with a timer crashes the program at the next round of the event loop.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        gc.disable()
        gc.freeze()  # the imports and the window stay anyway: looking at them would be felt
        self._timer = QTimer(self)
        self._timer.setInterval(POLL_MS)
        self._timer.timeout.connect(self.collect)
        self._timer.start()

    def close(self) -> None:
        """Give the collector back."""
        self._timer.stop()
        gc.unfreeze()
        gc.enable()

    @Slot()
    def collect(self) -> None:
        """Collect the oldest generation whose turn it is, as Python would."""
        counts, most = gc.get_count(), gc.get_threshold()
        for generation in (2, 1, 0):
            if counts[generation] > most[generation]:
                gc.collect(generation)
                return
