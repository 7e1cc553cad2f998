"""Reading a source again and again beside the dialog: whatever was asked for last."""

from __future__ import annotations

import time

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from gmmstudio.table.settings import ReadSettings
from gmmstudio.ui.background import OneTask
from gmmstudio.ui.beside import Beside
from gmmstudio.ui.importing.outcome import Outcome, head_outcome, outcome_of
from gmmstudio.ui.importing.source import Source

_SLOW_S = 0.3


class Rereading(OneTask):
    """Reads the whole source in the way asked for last.

    Attributes
    ----------
    read : Signal
        The outcome.
    previewed : Signal
        The outcome of the first rows of a long file, before that of all of it.
    sheets_known : Signal
        Names of the sheets of a workbook, or of the files in an archive.
    """

    read = Signal(object)
    previewed = Signal(object)
    sheets_known = Signal(object)

    def __init__(self, source: Source, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._source = source
        self._since = 0.0
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(round(1000 * _SLOW_S) + 20)
        self._patience.timeout.connect(self.changed)
        self._lister = Beside("gmmstudio-sheets", self)
        self._lister.answered.connect(self.sheets_known)
        self._is_long = source.is_long
        self._previewer = Beside("gmmstudio-preview", self)
        self._previewer.answered.connect(self.previewed)

    def ask(self, choices: ReadSettings) -> None:
        """Read with these choices; what was asked for before is not wanted any more."""
        source = self._source
        self._since = time.monotonic()
        self._patience.start()
        if self._is_long:
            self._previewer.ask(lambda should_stop: head_outcome(source, choices))
        self._begin(
            lambda progress, stop: outcome_of(source, choices, progress, stop),
            f"Reading {source.name}",
        )

    @property
    def is_slow(self) -> bool:
        """Whether it takes so long that progress is worth showing."""
        return self._task is not None and time.monotonic() - self._since > _SLOW_S

    def list_sheets(self) -> None:
        """Find out the names of sheets, where there may be any."""
        source = self._source
        if source.may_have_sheets:
            self._lister.ask(lambda should_stop: source.sheets())

    def close(self) -> None:
        """End threads and timers."""
        self._patience.stop()
        self._lister.shut_down()
        self._previewer.shut_down()
        super().close()

    @Slot(object)
    def _done(self, outcome: Outcome) -> None:
        self._patience.stop()
        self._previewer.forget()
        self._ended()
        self.read.emit(outcome)
