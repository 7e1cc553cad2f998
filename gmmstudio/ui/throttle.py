"""Something done at most so many times a second, and never left undone."""

from __future__ import annotations

import math
import time

from PySide6.QtCore import QObject, QTimer, Signal, Slot

SETTLED_SECONDS = 0.05  # without another change, and it may have been the last
SECONDS = 0.2  # texts that change more often than that can be seen to change, but not be read


class Throttle(QObject):
    """Says when it is time: :meth:`now`, or as :meth:`soon` as it has rested long enough.

    Attributes
    ----------
    due : Signal
        It is time.
    """

    due = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rests_until = 0.0
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.now)

    @property
    def waits(self) -> bool:
        """Whether it will be time soon."""
        return self._timer.isActive()

    def soon(self, *, settles: bool = False) -> None:
        """Be due at once if it was not lately, else when it has rested.

        Where things may have settled by this, no later than when they seem to have.
        """
        left = self._rests_until - time.monotonic()
        if left <= 0:
            self.now()
        elif settles:
            self._timer.start(math.ceil(1000 * min(left, SETTLED_SECONDS)))
        elif not self._timer.isActive():
            self._timer.start(math.ceil(1000 * left))

    @Slot()
    def now(self) -> None:
        """Be due at once; nothing is to come after that."""
        self._timer.stop()
        self.due.emit()
        self._rests_until = time.monotonic() + SECONDS
