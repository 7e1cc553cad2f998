"""What the File menu does with projects, and the one question about what is not saved."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Slot

from gmmstudio.document.commands import KeepTable
from gmmstudio.project.lock import NoLock, remove_left_behind
from gmmstudio.project.recovery import LeftBehind, remove
from gmmstudio.project.write import Saved
from gmmstudio.report import formats
from gmmstudio.ui.dialogs import files, messages
from gmmstudio.ui.dialogs.recovery import RecoveryDialog
from gmmstudio.ui.layout import restore_layout
from gmmstudio.ui.notice_bar import Offer
from gmmstudio.ui.project_files import Opened
from gmmstudio.ui.table_finding import TableFinding

if TYPE_CHECKING:
    from gmmstudio.ui.main_window import MainWindow


class ProjectHandlers(QObject):
    """Answers the actions of projects."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self.finding = TableFinding(window)
        self.recovery_dialog: RecoveryDialog | None = None
        self._left: tuple[LeftBehind, ...] = ()  # copies that are still to be decided about
        window.projects.opened.connect(self._opened)
        window.projects.saved.connect(self._saved)

    @Slot()
    def save(self) -> None:
        """Save to the project there is; else ask where to."""
        current = self._window.projects.current
        if current is None:
            self.save_as()
        elif isinstance(current.lock, NoLock):
            self._window.messages.show(current.lock.why)
        else:
            self._window.projects.save()

    @Slot()
    def save_as(self) -> None:
        """Ask where to, and make that the project."""
        path = self._ask("Save the project")
        if path is not None:
            self._window.projects.save_as(path)

    @Slot()
    def save_copy(self) -> None:
        """Ask where to write a copy."""
        path = self._ask("Save a copy of the project")
        if path is not None:
            self._window.projects.save_copy(path)

    @Slot()
    def keep_table(self) -> None:
        """Keep the table inside the project from now on, or link to its file."""
        inside = self._window.projects.table_place.inside
        self._window.session.apply(KeepTable(not inside))

    def _ask(self, title: str) -> Path | None:
        if self._window.session.document.table is None or self._window.projects.is_busy:
            return None
        return files.ask_project(self._window, title, self._window.projects.suggestion())

    @property
    def is_unsaved(self) -> bool:
        """Whether there is something that no file holds: neither a project nor an export."""
        window = self._window
        if window.projects.current is not None or not window.projects.is_changed:
            return window.projects.is_changed
        return not window.exporting.files.hold_all(window.session.document)

    def may_leave(self, *, closing: bool = False) -> bool:
        """Ask about what is not saved; return whether what is open may be put away."""
        window = self._window
        window.exporting.wait()
        window.projects.wait()
        if not window.asks_before_closing or not self.is_unsaved:
            return True
        current = window.projects.current
        answer = messages.ask_before_leaving(
            window,
            window.projects.name,
            closing=closing,
            exported=current is None and self._is_fit_exported(),
        )
        if answer != "save":
            return answer == "leave"
        if current is None or current.is_read_only:
            self.save_as()
        else:
            self.save()
        window.projects.wait()
        return not window.projects.is_changed

    def _is_fit_exported(self) -> bool:
        fits = self._window.session.document.fits
        return any(map(self._window.exporting.files.hold_fit, fits))

    # ---- after a crash ----------------------------------------------------------------

    def offer(self, found: Sequence[LeftBehind]) -> None:
        """Show what a crash left behind; the window does not wait for an answer."""
        self._left = tuple(found)
        if not found:
            return
        dialog = RecoveryDialog(found, self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.restore_asked.connect(self._restore)
        dialog.discard_asked.connect(self._discard)
        dialog.finished.connect(self._forget_dialog)
        self.recovery_dialog = dialog
        dialog.open()

    @Slot(object)
    def _restore(self, left: LeftBehind) -> None:
        self._left = tuple(each for each in self._left if each is not left)
        self._window.projects.restore(left)

    @Slot(object)
    def _discard(self, left: LeftBehind) -> None:
        self._left = tuple(each for each in self._left if each is not left)
        remove(left.folder)
        if left.origin.path is not None:
            remove_left_behind(left.origin.path)

    @Slot()
    def _offer_others(self) -> None:
        if self.may_leave():
            self._window.notices.clear()
            self.offer(self._left)

    @Slot()
    def _forget_dialog(self) -> None:
        self.recovery_dialog = None

    # ---- what came of it --------------------------------------------------------------

    @Slot(object, bool, object)
    def _saved(self, path: Path, copy: bool, saved: Saved) -> None:
        self._window.files_changed()
        how = formats.size(saved.size)
        table = self._window.session.document.table
        if table is not None and table.path is not None and not saved.embedded:
            how += f"; the table stays in {table.path.name}"
        elif table is not None and self._window.session.document.embedded is False:
            how += "; the table is inside, for its file is not what was read any more"
        words = f"Saved a copy as {path}" if copy else f"Saved to {path}"
        self._window.status.say(f"{words} ({how}).")

    @Slot(object)
    def _opened(self, opened: Opened) -> None:
        window = self._window
        table = window.session.document.table
        if table is not None:
            restore_layout(window.workspace, opened.project.layout, table)
        sentences: list[str] = []
        offers: tuple[Offer, ...] = ()
        if isinstance(opened.lock, NoLock) and opened.lock.why:
            sentences.append(opened.lock.why)
            offers = (Offer("Save as…", "Save it under another name", self.save_as),)
        if opened.trouble:
            sentences.append(opened.trouble)
            offers = (*self.finding.offers(opened), *offers)
        if opened.left is not None:
            window.autosaving.restored(opened.left)
            window.status.say("Restored as it was; save it to keep it.")
            window.continuing.take(opened.under_way)
            said, further = window.continuing.words()
            sentences, offers = [*sentences, *said], (*further, *offers)
            if n := len(self._left):
                copies = "1 other copy is" if n == 1 else f"{n} other copies are"
                sentences.append(f"{copies} still there; each is asked about at the next start.")
                tip = "See what else was not saved when the program ended"
                offers = (*offers, Offer("Other copies…", tip, self._offer_others))
        window.notices.say(sentences, offers)
        window.files_changed()
        window.workspace.scatter.setFocus()

    def close(self) -> None:
        """Stop what runs."""
        self.finding.close()
        if self.recovery_dialog is not None:
            self.recovery_dialog.close()
