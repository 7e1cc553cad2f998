"""The timer that looks after a run: fast enough for the eye, slow enough for the painting."""

from __future__ import annotations

import time

from PySide6.QtCore import QObject, QTimer

USUAL_MS = 33
HURRIED_MS = 4  # while the labels of an iteration looked at are on their way
SLOWEST_MS = 400


class PacedTimer(QTimer):
    """Ticks some thirty times a second, less often where a tick and its painting take long."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._ticked_at = 0.0
        self.reset()

    def reset(self) -> None:
        """Tick in the usual time again."""
        self.setInterval(USUAL_MS)

    def keep_on(self, *, hurried: bool) -> None:
        """Begin to tick unless it does; if `hurried`, at once."""
        if not self.isActive():
            self.reset()
            self._ticked_at = time.monotonic()
            self.start()
        if hurried and self.interval() > HURRIED_MS:
            self.setInterval(HURRIED_MS)

    def pace(self, began: float, *, hurried: bool) -> None:
        """Choose when to tick again, after a tick that began then (`time.monotonic`).

        The screen gets at least half of the time: where painting is slow, ticks are rarer.
        """
        late = began - self._ticked_at - self.interval() / 1000
        self._ticked_at = began
        if hurried:
            self.setInterval(HURRIED_MS)
            return
        busy = max(late, 0.0) + time.monotonic() - began
        interval = round(min(max(USUAL_MS, 2000 * busy), SLOWEST_MS))
        if abs(interval - self.interval()) > 4:
            self.setInterval(interval)
