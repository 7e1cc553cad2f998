"""A copy of what is not saved is kept aside every half minute, off the GUI thread."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QBuffer, QIODevice, Qt, QTimer, Slot
from PySide6.QtGui import QImage

from gmmstudio.document.document import Document
from gmmstudio.document.session import Change
from gmmstudio.project.linking import Link, link_to
from gmmstudio.project.recovery import LeftBehind, Origin, RecoveryFolder, left_behind, remove
from gmmstudio.project.write import is_embedded
from gmmstudio.table.atomic import clean_up
from gmmstudio.table.table import Table
from gmmstudio.ui.background import OneTask
from gmmstudio.ui.project_state import is_worth_saving

if TYPE_CHECKING:
    from gmmstudio.ui.main_window import MainWindow

SECONDS = 30
_READING = 120.0  # seconds that reading a table may have taken
PICTURE_WIDTH = 480


class Autosaving(OneTask):
    """Keeps the copy true to what is on the screen, and removes it once it is not needed."""

    def __init__(self, window: MainWindow, root: Path) -> None:
        super().__init__(window)
        self._window = window
        self._folder = RecoveryFolder(root)
        self._kept: Document | None = None  # as it stands in the copy
        self._writing: Document | None = None
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

        Temporary files they left where they wrote last are removed.
        """
        for folder in self._window.preferences.written_to:
            clean_up(folder)
        found = left_behind(self._folder.root)
        self._timer.start()
        return found

    @property
    def has_changes(self) -> bool:
        """Whether there is something that would be lost."""
        document, current = self._window.session.document, self._window.projects.current
        if document.table is None or document is self._fresh:
            return False
        return current is None or document is not current.saved

    @Slot()
    def look(self) -> None:
        """Keep a copy if there is something new to keep."""
        if not self._timer.isActive() or self._task is not None:
            return
        if not self.has_changes:
            self._forget()
        elif self._window.session.document is not self._kept:
            self._begin(self._work(), "Keeping a copy aside")

    def _work(self, *, picture: bool = True):
        """Return what writes the copy of what is on the screen now."""
        window, folder = self._window, self._folder
        document, current = window.session.document, window.projects.current
        origin = Origin(window.projects.name)
        if current is not None:
            origin = Origin(current.path.name, current.path.absolute(), current.stamp)
        layout = window.layout_words()
        link = window.projects.link_for(document) or self._links.get(document.table_id)
        opened_at, links = self._opened_at, self._links
        image = self._window.grab().toImage() if picture else None
        self._writing = document

        def work(progress, should_stop) -> None:
            linked = link
            if linked is None and document.table is not None and not is_embedded(document):
                linked = _unread_link(document.table, opened_at)
                if linked is not None:
                    links[document.table_id] = linked
            folder.keep(
                document,
                origin,
                layout=layout,
                link=linked,
                picture=b"" if image is None else png_of(image),
                should_stop=should_stop,
            )

        return work

    @Slot(object)
    def _done(self, nothing: object) -> None:
        self._kept, self._told = self._writing, False
        self._ended()
        for left in self._restored:
            remove(left.folder)
        self._restored = []

    @Slot(str, str)
    def _failed(self, sentence: str, details: str) -> None:
        """Say so once, in passing: the work itself is untouched."""
        self._ended()
        if not self._told:
            self._told = True
            self._window.status.say(f"No copy could be kept for after a crash. {sentence}")

    def restored(self, left: LeftBehind) -> None:
        """Remember that this is on the screen now, and keep it until there is a newer copy."""
        self._restored.append(left)
        self._kept = self._fresh = None

    def _forget(self) -> None:
        self._kept = None
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
            if self._window.session.document is not self._kept:
                self._begin(self._work(picture=False), "Keeping a copy aside")
                self.wait(20.0)
        self.close()
        if was_on and not keep:
            self._forget()


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
    except OSError:
        return None
