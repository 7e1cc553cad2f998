"""The window: puts the parts together and lets them go."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtGui import (
    QCloseEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QKeyEvent,
)
from PySide6.QtWidgets import (
    QAbstractScrollArea,
    QLabel,
    QMainWindow,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from gmmstudio.document.document import Document
from gmmstudio.document.session import Change
from gmmstudio.report import formats
from gmmstudio.table.sample_tables import samples
from gmmstudio.ui import theme
from gmmstudio.ui.action_list import specs
from gmmstudio.ui.actions import Actions, Facts
from gmmstudio.ui.autosaving import Autosaving
from gmmstudio.ui.continuing import Continuing
from gmmstudio.ui.dialogs import messages
from gmmstudio.ui.empty_state import EmptyState
from gmmstudio.ui.exporting import Exporting, not_shown
from gmmstudio.ui.handlers import Handlers
from gmmstudio.ui.importing.asking import ImportAsking
from gmmstudio.ui.labelling_others import LabellingOthers
from gmmstudio.ui.layout import layout_words
from gmmstudio.ui.live_session import LiveSession
from gmmstudio.ui.notice_bar import DropHint, NoticeBar
from gmmstudio.ui.opening_offers import OpeningOffers
from gmmstudio.ui.papers import Papers
from gmmstudio.ui.pictures.taking import Pictures
from gmmstudio.ui.picturing import Picturing
from gmmstudio.ui.preferences import Preferences, recovery_folder
from gmmstudio.ui.project_handlers import ProjectHandlers
from gmmstudio.ui.projects import Projects
from gmmstudio.ui.run_control import RunControl
from gmmstudio.ui.selecting import Selecting
from gmmstudio.ui.shell import Shell
from gmmstudio.ui.stage import Stage
from gmmstudio.ui.status_line import StatusLine
from gmmstudio.ui.table_opening import TableOpening, dropped_file
from gmmstudio.ui.tool_bar import Menus, ToolBar
from gmmstudio.ui.workspace import Workspace

FIRST_SIZE = QSize(1440, 900)
SMALLEST = QSize(960, 600)
FRAME = QSize(16, 48)  # what the system draws around a window, at most


class MainWindow(QMainWindow):
    """GMM Studio's window. ``asks_before_closing`` False closes without the question."""

    def __init__(self, preferences: Preferences | None = None) -> None:
        super().__init__()
        self.asks_before_closing = True
        self._closed = False
        self.preferences = preferences or Preferences()
        self.session = LiveSession(Document())
        self.stage = Stage(self)
        self.control = RunControl(self.session, self.stage, self)
        self.control.replay_after_fit = self.preferences.replay_after_fit
        self.opening = TableOpening(self.session, self.preferences, self)
        self.exporting = Exporting(
            self.session, self.stage, self.control.store, self.preferences, self
        )
        self.projects = Projects(self.session, self.preferences, self.layout_words, self)
        self.papers = Papers(self.session, self.stage, self.control.store, self.preferences, self)
        self.pictures = Pictures(self.session, self.stage, self.preferences, self)
        self.messages = messages.Messages(self)
        self.handlers = Handlers(self)
        self.autosaving = Autosaving(self, recovery_folder())
        self.project_handlers = ProjectHandlers(self)
        self.labelling_others = LabellingOthers(self)
        self.importing = ImportAsking(self)
        self.selecting = Selecting(self)
        self.shell = Shell(self)
        self.picturing = Picturing(self)
        self.actions_ = Actions(specs(self), self)
        self._build()
        self.opening_offers = OpeningOffers(self)
        self.continuing = Continuing(self)
        self._connect()
        self.setAcceptDrops(True)
        self._fit_minimum()
        self.resize(FIRST_SIZE.boundedTo(self.screen().availableSize() - FRAME))
        self.restoreGeometry(self.preferences.layout("window"))
        self.refresh()

    def _build(self) -> None:
        tables = samples()
        self.menus = Menus(
            self.menuBar(), self.actions_, tables, lambda: self.preferences.recent, self
        )
        self.title = QLabel()
        self.title.setTextFormat(Qt.TextFormat.PlainText)
        self.title.setProperty("role", "title")
        self.title.setContentsMargins(14, 0, 8, 0)
        self.tools = ToolBar(self.actions_, tables)
        self.notices = NoticeBar()
        self.empty = EmptyState(self.actions_["open"], self.actions_["paste"], tables)
        self.workspace = Workspace(self.session, self.stage, self.control)
        self.workspace.restore_layout(self.preferences)
        self.status = StatusLine(
            self.session,
            self.stage,
            self.opening,
            self.exporting,
            self.pictures,
            self.projects,
            self.project_handlers.finding,
            self.papers,
        )
        self.pages = QStackedWidget()
        self.pages.addWidget(self.empty)
        self.pages.addWidget(self.workspace)
        central = QWidget()
        layout = QVBoxLayout(central)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.tools)
        layout.addWidget(self.notices)
        layout.addWidget(self.pages, 1)
        layout.addWidget(self.status)
        self.setCentralWidget(central)
        self.drop_hint = DropHint(central)
        for area in self.findChildren(QAbstractScrollArea):
            # They would take what is dropped on them and do nothing with it.
            area.setAcceptDrops(False)
            area.viewport().setAcceptDrops(False)

    def _connect(self) -> None:
        stage, control = self.stage, self.control
        for signal in (
            stage.state_changed,
            stage.playing_changed,
            stage.outliers_changed,
            stage.selection.changed,
            control.ended,
            self.opening.changed,
            self.exporting.changed,
            self.projects.changed,
            self.project_handlers.finding.changed,
            self.papers.changed,
            self.workspace.hands.hands.changed,
            self.workspace.scatter.tools.chosen,
            self.pictures.changed,
        ):
            signal.connect(self.refresh)
        control.failed.connect(self._tell)
        self.opening.failed.connect(self._tell)
        self.opening.opened.connect(self._opened)
        self.opening.read_again.connect(self.projects.move)
        self.exporting.failed.connect(self._tell)
        self.projects.failed.connect(self._tell)
        self.project_handlers.finding.failed.connect(self._tell)
        self.papers.failed.connect(self._tell)
        self.papers.saved.connect(self._paper_saved)
        self.papers.compared = self.workspace.reading.compare.chosen_column
        self.pictures.failed.connect(self._tell)
        self.exporting.exported.connect(self._exported)
        self.exporting.told.connect(self.status.say)
        self.exporting.noticed.connect(self.notices.say)
        self.workspace.asked.connect(self._asked)
        self.status.cancel_clicked.connect(self.handlers.stop)
        self.menus.recent_picked.connect(self.handlers.open_path)
        self.menus.recent_cleared.connect(self._forget_recent)
        self.menus.sample_picked.connect(self.handlers.open_sample)
        self.tools.sample_picked.connect(self.handlers.open_sample)
        self.tools.focus_given_up.connect(self._take_focus)
        self.empty.sample_picked.connect(self.handlers.open_sample)
        self.empty.recent_picked.connect(self.handlers.open_path)
        self.picturing.watch(self.workspace)
        theme.signals().changed.connect(self._look_changed)
        self._unsubscribe = self.session.subscribe(self._document_changed)
        self.empty.show_recent(self.preferences.recent)

    # ---- how things stand -------------------------------------------------------------

    def facts(self) -> Facts:
        """Return what the actions need to know."""
        document, session = self.session.document, self.session
        marked = self.stage.outlier_summary
        blank = document.table is not None and document.table.blank  # nothing to compute with
        return Facts(
            has_table=document.table is not None,
            can_reimport=self.importing.can_reopen,
            table_place=self.projects.table_place,
            has_columns=bool(document.preparation.columns) and not blank,
            has_record=document.record is not None and not blank,
            state=self.stage.state,
            playing=self.stage.is_playing,
            reading=self.opening.is_reading,
            writing=self.exporting.is_writing or self.papers.is_writing,
            saving=self.projects.is_busy or self.project_handlers.finding.is_reading,
            picturing=self.pictures.is_writing,
            undo_label=session.undo_label,
            redo_label=session.redo_label,
            standardised=document.preparation.scale == "standard",
            n_excluded=len(document.preparation.excluded),
            n_outliers=0 if marked is None else marked.n,
            n_selected=self.stage.selection.n,
            theme=theme.choice(),
            replay_after_fit=self.control.replay_after_fit,
            adjusting=self.workspace.hands.tool.in_hand,
            has_draft=document.draft is not None,
            can_keep=self.workspace.hands.hands.can_keep,
        )

    @Slot()
    def refresh(self) -> None:
        """Bring actions, title and page up to date."""
        if self._closed:
            return
        table = self.session.document.table
        self.pages.setCurrentWidget(self.empty if table is None else self.workspace)
        self.actions_.refresh(self.facts())
        self._name_window()

    def _name_window(self) -> None:
        """Say in the title what is open, and whether it has changes that are not saved."""
        changed, called = self.project_handlers.is_unsaved, self.projects.name
        name = f"{called}{'*' if changed else ''} — GMM Studio" if called else "GMM Studio"
        if name != self.windowTitle():
            self.setWindowTitle(name)
            self.title.setText(name)
            self.title.setToolTip("* There are changes that are not saved." if changed else "")
            self._place_title()

    def layout_words(self) -> dict[str, str]:
        """Say how the workspace looks, as a project keeps it."""
        return layout_words(self.workspace)

    def files_changed(self) -> None:
        """List the files opened before anew, and say what is open."""
        self.menus.refresh_recent()
        self.empty.show_recent(self.preferences.recent)
        self.refresh()

    @Slot()
    def _take_focus(self) -> None:
        """Give the focus to what is looked at, where no key presses a button."""
        in_workspace = self.pages.currentWidget() is self.workspace
        shown = self.workspace.tabs.currentWidget() if in_workspace else self.empty
        shown.setFocus(Qt.FocusReason.OtherFocusReason)

    def _place_title(self) -> None:
        self.title.adjustSize()
        # The menu bar measures its corner only when it is given one.
        self.menuBar().setCornerWidget(self.title, Qt.Corner.TopLeftCorner)
        self.title.show()

    def _document_changed(self, change: Change) -> None:
        if "table" in change.fields:
            self.notices.clear()
        if "colors" in change.fields:
            theme.set_cluster_colors(dict(change.new.colors))
        self.refresh()

    @Slot(str)
    def _asked(self, action: str) -> None:
        if self.actions_[action].isEnabled():
            self.actions_[action].trigger()

    @Slot(object)
    def _opened(self, notices: tuple[str, ...]) -> None:
        self.notices.say(notices, self.importing.offers())
        self.files_changed()
        self.workspace.scatter.setFocus()

    @Slot(object, object)
    def _exported(self, path: Path, n_only: int | None) -> None:
        what = "Exported" if n_only is None else f"Exported {formats.rows(n_only)} only"
        self.status.say(f"{what} to {path}. {not_shown(self.session.document)}".strip())

    @Slot(str)
    def _paper_saved(self, sentence: str) -> None:
        self.status.say(f"{sentence} {not_shown(self.session.document)}".strip())

    @Slot(str, str)
    def _tell(self, sentence: str, details: str) -> None:
        if not self._closed:
            self.menus.refresh_recent()
            self.empty.show_recent(self.preferences.recent)
            self.messages.show(sentence, details)

    @Slot()
    def _forget_recent(self) -> None:
        self.preferences.forget_recent()
        self.menus.refresh_recent()
        self.empty.show_recent(())

    @Slot()
    def _look_changed(self) -> None:
        self.actions_.refresh_icons()
        self._place_title()
        self._fit_minimum()

    @Slot()
    def _fit_minimum(self) -> None:
        """Ask for the room that larger text needs, as far as the screen has it."""
        needed = self.centralWidget().minimumSizeHint() if theme.zoom() > 1.0 else SMALLEST
        room = self.screen().availableSize() - FRAME
        self.setMinimumSize(needed.boundedTo(room).expandedTo(SMALLEST))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Give the keys that nobody wanted to the transport bar: Space plays from anywhere."""
        if self.pages.currentWidget() is self.workspace:
            self.workspace.transport.keyPressEvent(event)
        else:
            super().keyPressEvent(event)

    # ---- drag and drop ----------------------------------------------------------------

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if not event.mimeData().hasUrls():
            event.ignore()
            return
        path = dropped_file(event.mimeData())
        if path is None:
            self.drop_hint.show_for("One file at a time, please")
        else:
            self.drop_hint.show_for(f"Drop to open {path.name}")
        event.acceptProposedAction()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self.drop_hint.hide()

    def dropEvent(self, event: QDropEvent) -> None:
        self.drop_hint.hide()
        path = dropped_file(event.mimeData())
        if path is None:
            self.status.say("Nothing was opened: drop one file, a table or a project.")
            return
        event.acceptProposedAction()
        self.handlers.open_path(path)

    # ---- closing ----------------------------------------------------------------------

    def closeEvent(self, event: QCloseEvent) -> None:
        """End the run, ask about what is not saved, let everything go."""
        if not self._closed:
            self.control.end_run()
            if not self.project_handlers.may_leave(closing=True):
                event.ignore()
                return
            self._let_go()
        event.accept()

    def _let_go(self) -> None:
        """Stop what runs, in order: readers and writers, the run and its timer, the views."""
        self._closed = True
        self.preferences.set_layout("window", self.saveGeometry())
        self.workspace.save_layout(self.preferences)
        self.preferences.save()
        self.importing.close()
        self.opening.close()
        self.labelling_others.close()
        self.exporting.close()
        self.continuing.close()
        self.autosaving.shut_down(keep=not self.asks_before_closing)
        self.project_handlers.close()
        self.projects.close()
        self.papers.close()
        self.picturing.close()
        self.pictures.close()
        self.control.close()
        self._unsubscribe()
        theme.set_cluster_colors({})
        self.status.shutdown()
        self.workspace.shutdown()
        self.messages.close()
        self.shell.close()
        for dialog in (self.handlers.find_dialog, self.handlers.film_dialog):
            if dialog is not None:
                dialog.close()
