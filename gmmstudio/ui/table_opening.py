"""Bringing a table into the window: a file, a sample, the clipboard, a file dropped on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from weakref import WeakKeyDictionary

from PySide6.QtCore import QMimeData, QObject, Signal, Slot

from gmmstudio.document.commands import NewAnalysis, OpenTable
from gmmstudio.document.document import Document
from gmmstudio.document.errors import DocumentError
from gmmstudio.document.rereading import ReadAgain
from gmmstudio.document.session import Change, Session
from gmmstudio.table.sample_tables import sample
from gmmstudio.table.settings import OF_COLUMNS, ReadSettings
from gmmstudio.table.table import Table
from gmmstudio.ui.background import OneTask
from gmmstudio.ui.importing.outcome import Outcome, outcome_of
from gmmstudio.ui.importing.remembering import (
    Remembered,
    digests,
    needs_a_look,
    recall,
    remember,
)
from gmmstudio.ui.importing.source import Source
from gmmstudio.ui.importing.words import summary
from gmmstudio.ui.preferences import Preferences

SEARCH_GONE = "The search for the best K was of other numbers and is gone; Undo brings it back."


@dataclass(frozen=True)
class Origin:
    """Where a table came from and what was chosen in reading it."""

    source: Source
    choices: ReadSettings


class TableOpening(OneTask):
    """Reads one table at a time beside the window; what is open stays until it is there.

    Attributes
    ----------
    opened : Signal
        How the new table was read and what was noticed, a tuple of sentences.
    read_again : Signal
        The number of the table that was read again; what came of it is on the screen.
    asked : Signal
        A source and what came of reading it, where a person has to look at it first.
    too_large : Signal
        A path, and the TooLarge that says how many of its rows would fit in memory.
    """

    opened = Signal(object)
    read_again = Signal(int)
    asked = Signal(object, object)
    too_large = Signal(object, object)

    def __init__(
        self, session: Session, preferences: Preferences, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._preferences = preferences
        self._source = Source()
        self._remembered: Remembered | None = None
        self._origins: WeakKeyDictionary[Table, Origin] = WeakKeyDictionary()
        self.name = ""
        self._unsubscribe = session.subscribe(self._follow)

    @property
    def is_reading(self) -> bool:
        return self._task is not None

    def open(self, path: Path, sample_rows: int | None = None) -> None:
        """Read a file, as it was read the last time or, where it is new, as it is found.

        Of a file that is too large, read a sample of so many rows.
        """
        self._preferences.note_opening(path)
        self._read(Source(path), recall(self._preferences, path), sample_rows)

    def open_sample(self, key: str) -> None:
        """Read one of the sample tables."""
        path = sample(key).path
        self._read(Source(path, is_sample=True), recall(self._preferences, path))

    def paste(self, text: str) -> None:
        """Read a table from text."""
        self._read(Source(text=text), None)

    def new(self) -> None:
        """Put the table away."""
        self.cancel()
        self._session.apply(NewAnalysis())

    def take(
        self,
        source: Source,
        outcome: Outcome,
        *,
        confirmed: bool = False,
        again: Table | None = None,
    ) -> None:
        """Open a table that was read; where a person ``confirmed`` how, remember that.

        Where it is the table that is open, read ``again``, the analysis goes on with it.
        """
        table, path = outcome.table, source.path
        if table is None:
            return
        before = self._session.document
        goes_on = again is not None and before.table is again
        try:
            self._session.apply(ReadAgain(table) if goes_on else OpenTable(table))
        except DocumentError as error:
            self.failed.emit(str(error), "")
            return
        if goes_on:
            self.read_again.emit(before.table_id)
        self._origins[table] = Origin(source, outcome.choices)
        if path is not None and confirmed:
            settled = frozenset(digests(table.notices))
            remember(self._preferences, path, Remembered(outcome.choices, settled))
        if path is not None and not source.is_sample:
            self._preferences.add_recent(path)
            self._preferences.folder = str(path.absolute().parent)
        said = went_on(before, self._session.document) if goes_on else ()
        noticed = () if confirmed else table.notices  # which were read in the dialog
        self.opened.emit((*said, *self._how(source, outcome, confirmed), *noticed))

    def _how(self, source: Source, outcome: Outcome, confirmed: bool) -> tuple[str, ...]:
        """Say how the table was read; of our own samples only where it was chosen."""
        assert outcome.table is not None
        said = summary(outcome.table)
        if not confirmed and outcome.choices.with_(sample_rows=None) != ReadSettings():
            how = "the ones you chose for this file before"
            if self._remembered is not None and self._remembered.written:
                how = "those it was written with here"
            return (f"{said} These settings are {how}.",)
        return () if source.is_sample and not confirmed else (said,)

    def has_origin(self, table: Table) -> bool:
        """Tell whether a table can be read once more."""
        return table in self._origins or table.path is not None

    def origin_of(self, table: Table) -> Origin:
        """Return where a table came from; of one that was not opened here, its file."""
        known = self._origins.get(table)
        return Origin(Source(table.path), table.settings) if known is None else known

    def _follow(self, change: Change) -> None:
        """Keep where a table came from when one of its columns is read in another way."""
        old, new = change.old.table, change.new.table
        if old is None or new is None or change.old.table_id != change.new.table_id:
            return
        of_columns = {name: getattr(new.settings, name) for name in OF_COLUMNS}
        if old.settings.with_(**of_columns) == old.settings:
            return
        origin = self.origin_of(old)
        choices = origin.choices.with_(**of_columns)
        self._origins[new] = Origin(origin.source, choices)
        path = origin.source.path
        if path is not None:
            settled = Remembered(settled=frozenset(digests(new.notices)))
            known = recall(self._preferences, path) or settled
            remember(self._preferences, path, replace(known, choices=choices))

    def _read(
        self, source: Source, remembered: Remembered | None, sample_rows: int | None = None
    ) -> None:
        self._source, self._remembered = source, remembered
        self.name = source.name
        choices = ReadSettings() if remembered is None else remembered.choices
        choices = choices.with_(sample_rows=sample_rows)
        self._begin(
            lambda progress, stop: outcome_of(source, choices, progress, stop),
            f"Reading {self.name}",
        )

    @Slot(object)
    def _done(self, outcome: Outcome) -> None:
        source, remembered = self._source, self._remembered
        unwanted = self._task is None or self._task.is_cancelled
        self._ended()
        if unwanted:
            return
        if outcome.too_large is not None:
            self.too_large.emit(source.path, outcome.too_large)
        elif outcome.table is None:
            self._refused(source, outcome)
        elif needs_a_look(outcome, remembered):
            self.asked.emit(source, outcome)
        else:
            self.take(source, outcome)

    @Slot()
    def _ended(self) -> None:
        self._preferences.note_opened()
        super()._ended()

    def close(self) -> None:
        """Stop and tell nobody."""
        super().close()
        self._unsubscribe()
        self._preferences.note_opened()

    def _refused(self, source: Source, outcome: Outcome) -> None:
        """Ask for other choices where they may help; else say what is wrong."""
        path = source.path
        if path is not None and not path.exists():
            self._preferences.forget_recent(path.absolute())
        if source.is_lines:
            self.asked.emit(source, outcome)
        else:
            self.failed.emit(outcome.error, "")


def went_on(before: Document, after: Document) -> tuple[str, ...]:
    """Say what became of an analysis whose table was read again."""
    lost = len(before.fits) - len(after.fits)
    said = []
    if after.fits:
        said.append("The fits are those of the table as it was read before: press Fit.")
    if lost:
        fits = "1 fit is" if lost == 1 else f"{lost} fits are"
        said.append(f"{fits} gone with columns that are not there any more; Undo brings all back.")
    if before.sweep is not None and after.sweep is None:
        said.append(SEARCH_GONE)
    if before.preparation.excluded and not after.preparation.excluded:
        said.append(
            "There are not as many rows as before, so those that you had left out are in again."
        )
    return tuple(said)


def dropped_file(data: QMimeData) -> Path | None:
    """Return the one local file that is being dropped; None if it is something else."""
    paths = [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
    return _one_file(paths)


def _one_file(paths: Sequence[Path]) -> Path | None:
    return paths[0] if len(paths) == 1 and not paths[0].is_dir() else None
