"""Bringing a table into the window: a file, a sample, the clipboard, a file dropped on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from PySide6.QtCore import QMimeData, QObject, Signal, Slot

from gmmstudio.document.commands import Command, OpenTable
from gmmstudio.document.document import Document, fresh_table_id
from gmmstudio.document.errors import DocumentError
from gmmstudio.document.session import Session
from gmmstudio.table.preparation import Preparation
from gmmstudio.table.reading import read, read_text
from gmmstudio.table.samples import sample
from gmmstudio.table.table import Table
from gmmstudio.ui.background import OneTask, Work
from gmmstudio.ui.preferences import Preferences


@dataclass(frozen=True)
class NewAnalysis(Command):
    """Put the table away: an empty window. The model chosen stays, and undo brings all back."""

    table_id: int = field(default_factory=fresh_table_id, kw_only=True, compare=False)

    @property
    def label(self) -> str:
        """What the user did."""
        return "New"

    def apply(self, document: Document) -> Document:
        """Return a document without table and fits."""
        if document.table is None:
            return document
        return document.replace(
            table=None,
            table_id=self.table_id,
            preparation=Preparation(),
            fits=(),
            active=None,
            sweep=None,
            names=(),
        )


class TableOpening(OneTask):
    """Reads one table at a time beside the window; what is open stays until it is there."""

    opened = Signal(object)  # the notices of the new table, a tuple of sentences

    def __init__(
        self, session: Session, preferences: Preferences, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._preferences = preferences
        self._path: Path | None = None
        self._is_sample = False
        self.name = ""

    @property
    def is_reading(self) -> bool:
        return self._task is not None

    def open(self, path: Path) -> None:
        """Read a file."""
        self._is_sample = False
        self._read(lambda progress, stop: read(path, progress=progress, should_stop=stop), path)

    def open_sample(self, key: str) -> None:
        """Read one of the sample tables."""
        path = sample(key).path
        self._read(lambda progress, stop: read(path, progress=progress, should_stop=stop), path)
        self._is_sample = True

    def paste(self, text: str) -> None:
        """Read a table from text."""
        self._read(lambda progress, stop: read_text(text), None)

    def new(self) -> None:
        """Put the table away."""
        self.cancel()
        self._session.apply(NewAnalysis())

    def _read(self, work: Work, path: Path | None) -> None:
        self._path = path
        self.name = "the pasted table" if path is None else path.name
        self._begin(work, f"Reading {self.name}")

    @Slot(object)
    def _done(self, table: Table) -> None:
        path, is_sample = self._path, self._is_sample
        unwanted = self._task is None or self._task.is_cancelled
        self._ended()
        if unwanted:
            return
        try:
            self._session.apply(OpenTable(table))
        except DocumentError as error:
            self.failed.emit(str(error), "")
            return
        if path is not None and not is_sample:
            self._preferences.add_recent(path)
            self._preferences.folder = str(path.absolute().parent)
        self.opened.emit(table.notices)

    @Slot(str, str)
    def _failed(self, sentence: str, details: str) -> None:
        path = self._path
        if path is not None and not path.exists():
            self._preferences.forget_recent(path.absolute())
        super()._failed(sentence, details)


def dropped_file(data: QMimeData) -> Path | None:
    """Return the one local file that is being dropped; None if it is something else."""
    paths = [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
    return _one_file(paths)


def _one_file(paths: Sequence[Path]) -> Path | None:
    return paths[0] if len(paths) == 1 and not paths[0].is_dir() else None
