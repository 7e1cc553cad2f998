"""Saving the analysis to a project file and opening it: beside the window, one at a time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot

from gmmstudio.document.document import Document, fresh_table_id
from gmmstudio.document.errors import DocumentError
from gmmstudio.document.session import Change, Session
from gmmstudio.project.limits import TOTAL
from gmmstudio.project.linked import OpenProject
from gmmstudio.project.linking import Link
from gmmstudio.project.lock import Lock, NoLock
from gmmstudio.project.recovery import LeftBehind
from gmmstudio.project.tables import table_size
from gmmstudio.project.write import SUFFIX, Saved, is_embedded
from gmmstudio.table.atomic import same_file
from gmmstudio.table.outgoing import suggested_name
from gmmstudio.table.table import Table
from gmmstudio.ui.background import OneTask
from gmmstudio.ui.preferences import Preferences
from gmmstudio.ui.project_files import Opened, let_go, read_left, read_whole, write_here
from gmmstudio.ui.project_state import ProjectFile, TablePlace, free_name, is_worth_saving, stamp_of


class Projects(OneTask):
    """Knows the project of the analysis on the screen.

    Which project an analysis belongs to is told by the number of its table: so undo, which may
    bring the table before back, brings its project back too.

    Attributes
    ----------
    saved : Signal
        The path, whether it is a copy, and a `Saved`.
    opened : Signal
        An `Opened`, whose document is on the screen now.
    """

    saved = Signal(object, bool, object)
    opened = Signal(object)

    def __init__(
        self,
        session: Session,
        preferences: Preferences,
        layout: Callable[[], dict[str, str]],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session, self._preferences, self._layout = session, preferences, layout
        self._files: dict[int, ProjectFile] = {}
        self._links: dict[int, Link] = {}  # by table: found when it was first saved
        self._table_id = 0
        self._size: tuple[Table, int] | None = None
        self._saving: tuple[Path, Document, bool] | None = None
        self._lock: Lock | NoLock | None = None
        self.what = ""
        self._unsubscribe = session.subscribe(self._document_changed)

    # ---- how things stand -------------------------------------------------------------

    @property
    def current(self) -> ProjectFile | None:
        """The project of the analysis on the screen; None where it was never saved."""
        return self._files.get(self._session.document.table_id)

    @property
    def is_busy(self) -> bool:
        """Whether one is being saved or opened."""
        return self._task is not None

    @property
    def is_changed(self) -> bool:
        """Whether there is something that no project file holds."""
        document, current = self._session.document, self.current
        if document.table is None:
            return False
        if current is None:
            return is_worth_saving(document)
        return document is not current.saved

    @property
    def name(self) -> str:
        """What the analysis on the screen is called; "" without one."""
        table, current = self._session.document.table, self.current
        if current is not None:
            return current.path.name
        return "" if table is None else table.name

    @property
    def table_place(self) -> TablePlace:
        """Where the table is kept once the analysis is saved, and what can be chosen."""
        document = self._session.document
        table = document.table
        if table is None:
            return TablePlace()
        if self._size is None or self._size[0] is not table:
            self._size = table, table_size(table)
        fits = self._size[1] < TOTAL
        may_choose = table.path is not None and not table.blank and fits
        return TablePlace(self._size[1], is_embedded(document), may_choose)

    def suggestion(self) -> Path:
        """Return a path to suggest."""
        current = self.current
        if current is not None:
            return free_name(current.path) if current.is_read_only else current.path
        folder = self._preferences.folder_to_suggest
        table = self._session.document.table
        return folder / suggested_name(table, "", SUFFIX)

    # ---- saving -----------------------------------------------------------------------

    def save(self) -> None:
        """Save to the project file there is."""
        current = self.current
        if current is not None:
            self._write(current.path, copy=False)

    def save_as(self, path: Path) -> None:
        """Save to another file, which is the project from then on."""
        self._write(path, copy=False)

    def save_copy(self, path: Path) -> None:
        """Save to another file; the project stays what it is."""
        self._write(path, copy=True)

    def _write(self, path: Path, *, copy: bool) -> None:
        document, current, layout = self._session.document, self.current, self._layout()
        if document.table is None or self.is_busy:
            return
        here = current is not None and same_file(current.path, path)
        known, copy = current if here else None, copy and not here  # no copy of itself
        link = None if is_embedded(document) else self.link_for(document)
        self._preferences.note_writing_to(path.parent)

        def work(progress, should_stop) -> tuple[Lock | NoLock | None, Link | None, Saved]:
            return write_here(path, document, layout, link, known, copy, should_stop)

        self._saving = path, document, copy
        self.what = f"Saving {path.name}"
        self._begin(work, self.what)

    def link_for(self, document: Document) -> Link | None:
        """Return the link to the table's file, if it is known."""
        current = self._files.get(document.table_id)
        if current is not None and current.link is not None:
            return current.link
        return self._links.get(document.table_id)

    # ---- opening ----------------------------------------------------------------------

    def open(self, path: Path) -> None:
        """Read a project; what is open stays until it is there."""
        self.what = f"Opening {path.name}"
        self._saving = None

        def work(progress, should_stop) -> Opened:
            return read_whole(path, progress, should_stop)

        self._begin(work, self.what)

    def restore(self, left: LeftBehind) -> None:
        """Bring back what a crash left behind: it belongs to the file that it was made of."""
        self.what = f"Restoring {left.origin.called}"
        self._saving = None

        def work(progress, should_stop) -> Opened:
            return read_left(left, progress, should_stop)

        self._begin(work, self.what)

    # ---- what comes of it -------------------------------------------------------------

    @Slot(object)
    def _done(self, value: Any) -> None:
        saving, cancelled = self._saving, self._task is None or self._task.is_cancelled
        self._saving = None
        if saving is not None:
            lock, link, saved = value
            self._was_saved(*saving, lock, link)
            self._ended()
            self.saved.emit(saving[0], saving[2], saved)
            return
        self._ended()
        if cancelled:
            let_go(value.lock)
            return
        self._was_opened(value)

    def _was_saved(
        self,
        path: Path,
        document: Document,
        copy: bool,
        lock: Lock | NoLock | None,
        link: Link | None,
    ) -> None:
        self._preferences.folder = str(path.absolute().parent)
        self._preferences.add_recent(path)
        if link is not None:
            self._links[document.table_id] = link
        if copy:
            return
        before = self._files.get(document.table_id)
        if lock is None and before is not None:
            lock = before.lock
        elif before is not None:
            before.let_go()
        assert lock is not None
        blank = None if before is None else before.blank
        self._files[document.table_id] = ProjectFile(
            path, document, lock, link, blank, stamp_of(path)
        )

    def _was_opened(self, opened: Opened) -> None:
        table_id = fresh_table_id()
        command = OpenProject(opened.project.document, opened.path.name, table_id=table_id)
        try:
            self._session.apply(command)
        except DocumentError as error:
            let_go(opened.lock)
            self.failed.emit(str(error), "")
            return
        if opened.left is None:
            self._belongs(table_id, opened, self._session.document)
            self._preferences.add_recent(opened.path)
            self._preferences.folder = str(opened.path.absolute().parent)
        elif opened.left.origin.path is not None:
            self._belongs(table_id, opened, Document())  # nothing that it would be the same as
        elif opened.project.link is not None:
            self._links[table_id] = opened.project.link
        self.opened.emit(opened)
        self.changed.emit()

    def _belongs(self, table_id: int, opened: Opened, saved: Document) -> None:
        self._files[table_id] = ProjectFile(
            opened.path, saved, opened.lock, opened.project.link, opened.blank, opened.stamp
        )

    @Slot(str, str)
    def _failed(self, sentence: str, details: str) -> None:
        self._saving = None
        super()._failed(sentence, details)

    @Slot()
    def _ended(self) -> None:
        self._saving = None
        super()._ended()

    @Slot(int)
    def move(self, table_id: int, link: Link | None = None) -> None:
        """Let the project of one table be that of the one that took its place.

        Parameters
        ----------
        table_id
            The number of the table before.
        link
            The file of the table that is there now, if the table is not inside the project; None
            leaves it to be looked at when the project is saved.
        """
        before = self._files.get(table_id)
        if before is not None:
            after = replace(before, link=link, blank=None)
            after.take_again()
            self._files[self._session.document.table_id] = after
            self.changed.emit()

    def _document_changed(self, change: Change) -> None:
        if change.new.table_id == self._table_id:
            return
        before = self._files.get(self._table_id)
        self._table_id = change.new.table_id
        after = self._files.get(self._table_id)
        if before is not None and before is not after:
            before.let_go()
        if after is not None:
            after.take_again()

    def close(self) -> None:
        """Stop, tell nobody, and let others save to what is open here."""
        super().close()
        self._unsubscribe()
        for file in self._files.values():
            file.let_go()
