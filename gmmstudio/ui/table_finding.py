"""The table of a project that lies in a file of its own, when that is not where or what it was."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import Slot

from gmmstudio.document.errors import DocumentError
from gmmstudio.project.linked import GiveTable, read_linked
from gmmstudio.project.linking import Link, link_to
from gmmstudio.table.table import Table
from gmmstudio.ui.background import OneTask
from gmmstudio.ui.dialogs import files
from gmmstudio.ui.notice_bar import Offer
from gmmstudio.ui.project_files import Opened
from gmmstudio.ui.table_opening import SEARCH_GONE

if TYPE_CHECKING:
    from gmmstudio.ui.main_window import MainWindow


class TableFinding(OneTask):
    """Offers to find the file, or to go on with what there is; nobody has to answer."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._opened: Opened | None = None
        self._table_id = 0
        self.what = ""

    @property
    def is_reading(self) -> bool:
        return self._task is not None

    def offers(self, opened: Opened) -> tuple[Offer, ...]:
        """Return what can be done about the table that was not found."""
        if not opened.trouble:
            return ()
        self._opened, self._table_id = opened, self._window.session.document.table_id
        find = Offer(
            "Find the file…", "Choose the file of the table, wherever it is now", self.find
        )
        if opened.changed:
            go_on = Offer(
                "Use it as it is now",
                "Read the changed file; the fits are those of the file before, and out of date",
                self.go_on,
            )
            return find, go_on
        return find, Offer("Go on without it", "Look at the fits as they were saved", self.dismiss)

    @Slot()
    def dismiss(self) -> None:
        self._window.notices.clear()

    @Slot()
    def find(self) -> None:
        """Ask where the file is, and read it."""
        path = files.ask_table(self._window, self._window.preferences.folder)
        if path is not None:
            self.use(path)

    @Slot()
    def go_on(self) -> None:
        """Read the changed file."""
        opened = self._opened
        if opened is not None and opened.project.link is not None:
            self.use(opened.project.link.path)

    def use(self, path: Path) -> None:
        """Read this file in the place of the one that was not found."""
        opened = self._opened
        if opened is None or opened.blank is None or opened.project.link is None:
            return
        if self._window.session.document.table is not opened.blank:
            self._window.status.say("Another table is open by now, so nothing was read.")
            return
        blank, wanted = opened.blank, opened.project.link

        def work(progress, should_stop):
            # Read first: what cannot be read is refused in a sentence.
            table = read_linked(path, blank, progress=progress, should_stop=should_stop)
            link = link_to(path, should_stop)
            return table, link, link.sha256 == wanted.sha256

        self.what = f"Reading {path.name}"
        self._begin(work, self.what)

    @Slot(object)
    def _done(self, value: object) -> None:
        table, link, same = cast("tuple[Table, Link, bool]", value)
        cancelled = self._task is None or self._task.is_cancelled
        self._ended()
        session, opened = self._window.session, self._opened
        before = session.document
        if cancelled or opened is None or before.table is not opened.blank:
            return
        try:
            session.apply(GiveTable(table, same))
        except DocumentError as error:
            self.failed.emit(str(error), "")
            return
        self._window.projects.move(before.table_id, link)
        self._window.notices.say(*self._window.continuing.words())
        if not same:
            said = "The file is not what it was, so the fits are out of date: press Fit."
            lost = before.sweep is not None and session.document.sweep is None
            self._window.status.say(f"{said} {SEARCH_GONE}" if lost else said)
