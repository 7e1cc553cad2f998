"""What is asked before a table is opened: a sample of one too large, a file that broke a session.

Nobody has to answer: the question stands in the bar over the window until it is dismissed.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from gmmstudio.report import formats
from gmmstudio.table.errors import TooLarge
from gmmstudio.ui.notice_bar import Offer

if TYPE_CHECKING:
    from gmmstudio.ui.main_window import MainWindow


class OpeningOffers(QObject):
    """Puts the questions, and opens what is wanted."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        window.opening.too_large.connect(self._offer_sample)

    def open(self, path: Path) -> None:
        """Open a table, unless the program ended while it last did; then ask first."""
        if not self._window.preferences.broke_by(path):
            self._window.opening.open(path)
            return
        self._window.notices.say(
            [
                f"GMM Studio ended unexpectedly when it last opened “{path.name}”, so it was not "
                "opened again by itself."
            ],
            (
                Offer(
                    "Open it again",
                    "Read the file once more; your other files are not touched",
                    lambda: self._again(path),
                ),
            ),
        )

    def _again(self, path: Path) -> None:
        self._window.notices.clear()
        self._window.opening.open(path)

    @Slot(object, object)
    def _offer_sample(self, path: Path, error: TooLarge) -> None:
        self._window.notices.say(
            [str(error)],
            (
                Offer(
                    f"Read a sample of {formats.rows(error.fits)}",
                    "Draw rows at random, each as likely as any other and the same ones every "
                    "time; every result says that it is of a sample",
                    lambda: self._sample(path, error.fits),
                ),
            ),
        )

    def _sample(self, path: Path, n_rows: int) -> None:
        self._window.notices.clear()
        self._window.opening.open(path, n_rows)
