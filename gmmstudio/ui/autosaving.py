"""A copy of what is not saved is kept aside all the time, off the GUI thread."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QBuffer, QIODevice, Qt, QTimer, Slot
from PySide6.QtGui import QImage

from gmmstudio.document.document import Document
from gmmstudio.document.interrupted import Interrupted
from gmmstudio.document.session import Change
from gmmstudio.project.linking import Link, link_to
from gmmstudio.project.lock import remove_left_behind
from gmmstudio.project.read import ShouldStop
from gmmstudio.project.recovery import LeftBehind, Origin, RecoveryFolder, left_behind, remove
from gmmstudio.project.write import is_small
from gmmstudio.table.atomic import clean_up
from gmmstudio.table.errors import TableError
from gmmstudio.table.table import Table
from gmmstudio.ui.background import OneTask
from gmmstudio.ui.jobs import FitJob
from gmmstudio.ui.project_state import is_project, is_worth_saving
from gmmstudio.ui.under_way import UnderWay

if TYPE_CHECKING:
    from gmmstudio.ui.main_window import MainWindow

SECONDS = 20  # a copy takes some, too: no more than half a minute of work is to be lost
_READING = 120.0  # seconds that reading a table may have taken
PICTURE_WIDTH = 480


class Autosaving(OneTask):
    """Keeps the copy true to what is on the screen, and removes it once it is not needed."""

    def __init__(self, window: MainWindow, root: Path) -> None:
        super().__init__(window)
        self._window = window
        self._folder = RecoveryFolder(root)
        self._kept: Document | None = None  # as it stands in the copy
        self._kept_run: object = None  # the moment of the run that stands in it
        self._writing: tuple[Document | None, object] = None, None
        self._again = False  # there was no time when the last copy was due
        self._fresh: Document | None = None  # as it was when its table was opened
        self._restored: list[LeftBehind] = []  # not needed any more once there is a newer copy
        self._told = False
        self._opened_at = time.time()  # when the table was opened
        self._links: dict[int, Link] = {}  # by table
        self._timer = QTimer(self)
        self._timer.setInterval(1000 * SECONDS)
        self._timer.timeout.connect(self.look)
        self._unsubscribe = window.session.subscribe(self._document_changed)
        window.projects.saved.connect(self.look)

    def start(self) -> tuple[LeftBehind, ...]:
        """Begin; return what programs before left behind when they crashed.

        Temporary files they left where they wrote last are removed, and their rights to projects.
        """
        for folder in self._window.preferences.written_to:
            clean_up(folder)
        for path in self._window.preferences.recent:
            if is_project(path):
                remove_left_behind(path)
        found = left_behind(self._folder.root)
        self._timer.start()
        return found

    @property
    def has_changes(self) -> bool:
        """Whether there is something that would be lost."""
        document, current = self._window.session.document, self._window.projects.current
        if document.table is None:
            return False
        if self._run is not None:
            return True
        if document is self._fresh:
            return False
        return current is None or document is not current.saved

    @property
    def _run(self) -> UnderWay | Interrupted | None:
        """The run that a crash would interrupt, or has interrupted before."""
        return self._window.control.under_way or self._window.continuing.interrupted

    def _moment(self, run: UnderWay | Interrupted | None) -> object:
        """Return what is another object once a run has moved on."""
        if not isinstance(run, UnderWay):
            return run
        return self._window.stage.shown if isinstance(run.job, FitJob) else run.cells

    @Slot()
    def look(self) -> None:
        """Keep a copy if there is something new to keep."""
        if not self._timer.isActive():
            return
        if self._task is not None:
            self._again = True
        elif not self.has_changes:
            self._forget()
        elif not self._is_kept:
            self._begin(self._work(), "Keeping a copy aside")

    @property
    def _is_kept(self) -> bool:
        document, moment = self._window.session.document, self._moment(self._run)
        return document is self._kept and moment is self._kept_run

    def _work(self):
        """Return what writes the copy of what is on the screen now; taking it is nothing."""
        folder, run, document = self._folder, self._run, self._window.session.document
        self._writing = document, self._moment(run)
        keep = None if document is self._kept else self._keeping(document)

        def work(progress, should_stop) -> None:
            if keep is not None:
                folder.keep_run(None)  # it may be one of another table
                keep(should_stop)
            state = run.state() if isinstance(run, UnderWay) else run
            folder.keep_run(state, should_stop)

        return work

    def _keeping(self, document: Document) -> Callable[[ShouldStop], None]:
        """Return what writes the copy of the analysis."""
        window, folder = self._window, self._folder
        current = window.projects.current
        origin = Origin(window.projects.name)
        if current is not None:
            origin = Origin(current.path.name, current.path.absolute(), current.stamp)
        layout = window.layout_words()
        table = document.table
        assert table is not None, "without one there is nothing to keep"
        large = table.blank or not is_small(table)  # whatever was chosen for the project
        link = window.projects.link_for(document) or self._links.get(document.table_id)
        opened_at, links = self._opened_at, self._links
        image = picture_of(window)

        def keep(should_stop: ShouldStop) -> None:
            linked = link if large else None
            if linked is None and large:
                linked = _unread_link(table, opened_at)
                if linked is not None:
                    links[document.table_id] = linked
            folder.keep(
                document,
                origin,
                layout=layout,
                link=linked,
                picture=b"" if image.isNull() else png_of(image),
                should_stop=should_stop,
            )

        return keep

    @Slot(object)
    def _done(self, nothing: object) -> None:
        self._kept, self._kept_run = self._writing
        self._told = False
        self._ended()
        for left in self._restored:
            remove(left.folder)
        self._restored = []
        self._look_again()

    def _look_again(self) -> None:
        """Keep the copy that was due while the one before was written."""
        if self._again:
            self._again = False
            self.look()

    @Slot(str, str)
    def _failed(self, sentence: str, details: str) -> None:
        """Say so once, in passing: the work itself is untouched."""
        self._ended()
        if not self._told:
            self._told = True
            self._window.status.say(f"No copy could be kept for after a crash. {sentence}")
        self._again = False

    def restored(self, left: LeftBehind) -> None:
        """Remember that this is on the screen now, and keep it until there is a newer copy."""
        self._restored.append(left)
        self._kept = self._fresh = None

    def _forget(self) -> None:
        self._kept = self._kept_run = None
        self._folder.clear()
        for left in self._restored:
            remove(left.folder)
        self._restored = []

    def _document_changed(self, change: Change) -> None:
        if change.old.table_id != change.new.table_id:
            self._fresh = None if is_worth_saving(change.new) else change.new
            self._opened_at = time.time()

    def shut_down(self, *, keep: bool) -> None:
        """End; the copy goes, unless nobody was asked whether to save."""
        was_on = self._timer.isActive()
        keep = keep and was_on and self.has_changes
        self._timer.stop()
        self._unsubscribe()
        if keep:
            self.wait(20.0)
            if not self._is_kept:
                self._begin(self._work(), "Keeping a copy aside")
                self.wait(20.0)
        self.close()
        if was_on and not keep:
            self._forget()


def picture_of(window: MainWindow) -> QImage:
    """Return a picture of the window: what it has painted last, since painting it takes time.

    Where the system does not lend that, or nothing is there yet, the view in front is painted.
    """
    store = window.backingStore()
    painted = None if store is None else store.paintDevice()
    if isinstance(painted, QImage) and not painted.isNull():
        return painted.copy()
    return window.workspace.tabs.grab().toImage()


def png_of(image: QImage) -> bytes:
    """Return a small PNG of a picture; no part of a window, so any thread may make it."""
    mode = Qt.TransformationMode.SmoothTransformation
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.scaledToWidth(PICTURE_WIDTH, mode).save(buffer, "PNG")  # type: ignore[call-overload]
    return bytes(buffer.data().data())


def _unread_link(table: Table, opened_at: float) -> Link | None:
    """Return the link to a large table's file if nobody wrote to it since it was read.

    Unlike a project, a copy is made again and again, so the file is not read and compared.
    """
    if table.path is None:
        return None
    try:
        if table.path.stat().st_mtime > opened_at - _READING:
            return None
        return link_to(table.path)
    except (OSError, TableError):
        return None
