"""The import dialog: choices at the left, the first rows at the right, what is odd below."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QCloseEvent, QKeyEvent
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from gmmstudio.table.ambiguity import Reading
from gmmstudio.table.date_ambiguity import DateReading
from gmmstudio.table.doubtful_words import WordReading
from gmmstudio.table.settings import ColumnType, ReadSettings
from gmmstudio.ui import theme
from gmmstudio.ui.importing.choices import OF_TEXT, ONLY_OF_TEXT, ChoicesPanel
from gmmstudio.ui.importing.file_lines import FileLines
from gmmstudio.ui.importing.noticed import Noticed
from gmmstudio.ui.importing.outcome import Outcome
from gmmstudio.ui.importing.preview import Preview
from gmmstudio.ui.importing.preview_model import SHOWN
from gmmstudio.ui.importing.question import Question
from gmmstudio.ui.importing.rereading import Rereading
from gmmstudio.ui.importing.source import Source
from gmmstudio.ui.panels.wording import count
from gmmstudio.ui.widgets.choice_box import Option
from gmmstudio.ui.widgets.labels import ElidedLabel, SectionHeader, Well, WrappedLabel
from gmmstudio.ui.widgets.segmented import SegmentedControl

_SIZE = QSize(1160, 700)
_LEFT = 348
AS_TABLE, AS_FILE = "table", "file"


class ImportDialog(QDialog):
    """Shows at once what every choice makes of a file.

    Parameters
    ----------
    source
        Where the table comes from.
    first
        What came of reading it so far; where there is neither table nor error it is read first.
    parent
        The window.

    Attributes
    ----------
    imported : Signal
        The outcome that was accepted.
    """

    imported = Signal(object)

    def __init__(self, source: Source, first: Outcome, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(f"Import {source.name}")
        self.setSizeGripEnabled(True)
        self._source = source
        self._choices = first.choices
        self._used = ReadSettings()
        self.outcome: Outcome | None = None  # of the choices as they are now
        self._room_given = False  # somebody moved the line between table and notices
        self._awaited = False  # Import was pressed while the table is still being read
        self.choices_panel = ChoicesPanel()
        self.preview = Preview()
        self.file_lines = FileLines(source)
        self.noticed = Noticed()
        self.question = Question("A question about numbers")
        self.date_question = Question("A question about dates")
        self.word_question = Question("A question about a word")
        self.reading = Rereading(source, self)
        self._make_parts()
        self._lay_out()
        self._connect()
        self._fit_in()
        if first.table is not None or first.error:
            self._show(first)
        else:
            self._reread()
        self.reading.list_sheets()

    @property
    def questions(self) -> tuple[Question, ...]:
        """What may be asked over the table."""
        return self.question, self.date_question, self.word_question

    @property
    def choices(self) -> ReadSettings:
        """What is chosen."""
        return self._choices

    def set_choices(self, choices: ReadSettings) -> None:
        """Choose otherwise."""
        if choices != self._choices:
            self._choices = choices
            self._awaited = False
            self._reread()

    def _make_parts(self) -> None:
        self.shown = SegmentedControl(
            "What is shown",
            (
                Option(AS_TABLE, "As a table", "The first rows, read as chosen at the left"),
                Option(AS_FILE, "As in the file", "The lines as they stand in the file"),
            ),
        )
        self.shown.set_current(AS_TABLE)
        self.shown.setVisible(self._source.is_lines)
        self.shown.setMinimumWidth(round(200 * max(1.0, theme.zoom())))
        self.error = Well(bar="danger")
        self.error_words = WrappedLabel()
        self.error.body.addWidget(self.error_words)
        self.sample_button = QPushButton()
        self.sample_button.setAutoDefault(False)
        self.sample_button.setToolTip(
            "Read rows drawn at random; every result says that it is of a sample"
        )
        self.error.body.addWidget(self.sample_button, 0, Qt.AlignmentFlag.AlignLeft)
        self.error.hide()
        self.stack = QStackedWidget()
        self.stack.addWidget(self.preview)
        self.stack.addWidget(self.file_lines)
        self.noticed_header = SectionHeader("Noticed")
        self.size_words = ElidedLabel(role="muted")
        self.bar = QProgressBar()
        self.bar.setAccessibleName("Reading")
        self.bar.setTextVisible(False)
        self.bar.setRange(0, 1000)
        self.bar.setFixedWidth(160)
        self.bar.hide()
        self.cancel = QPushButton("Cancel")
        self.cancel.setToolTip("Open nothing; what is open stays")
        self.accept_button = QPushButton("Import")
        self.accept_button.setProperty("role", "primary")
        for button in (self.cancel, self.accept_button):
            button.setAutoDefault(False)

    def _lay_out(self) -> None:
        title = QLabel(self._source.name)
        title.setProperty("role", "title")
        title.setTextFormat(Qt.TextFormat.PlainText)
        where = ElidedLabel(
            "" if self._source.path is None else str(self._source.path.absolute().parent),
            role="muted",
            factor=0.92,
            middle=True,
        )
        head = QHBoxLayout()
        head.setContentsMargins(20, 14, 20, 10)
        head.setSpacing(12)
        head.addWidget(title)
        head.addWidget(where, 1)
        head.addWidget(self.shown)
        notices = QWidget()
        lower = QVBoxLayout(notices)
        lower.setContentsMargins(10, 8, 10, 4)
        lower.setSpacing(2)
        lower.addWidget(self.noticed_header)
        lower.addWidget(self.noticed, 1)
        self.noticed_part = notices
        self.rows = QSplitter(Qt.Orientation.Vertical)
        self.rows.setChildrenCollapsible(False)
        self.rows.setHandleWidth(1)
        self.rows.addWidget(self.stack)
        self.rows.addWidget(notices)
        self.rows.setStretchFactor(0, 1)
        self.rows.setStretchFactor(1, 0)
        self.said = QWidget()
        said = QVBoxLayout(self.said)
        said.setContentsMargins(12, 12, 12, 12)
        said.setSpacing(8)
        for part in (self.error, *self.questions):
            said.addWidget(part)
        self.said.hide()
        right = QVBoxLayout()
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(0)
        right.addWidget(self.said)
        right.addWidget(self.rows, 1)
        middle = QHBoxLayout()
        middle.setContentsMargins(0, 0, 0, 0)
        middle.setSpacing(0)
        middle.addWidget(self.choices_panel)
        middle.addWidget(_line(vertical=True))
        middle.addLayout(right, 1)
        foot = QHBoxLayout()
        foot.setContentsMargins(20, 12, 20, 14)
        foot.setSpacing(8)
        foot.addWidget(self.size_words, 1)
        foot.addWidget(self.bar)
        foot.addWidget(self.cancel)
        foot.addWidget(self.accept_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(_line())
        column.addLayout(middle, 1)
        column.addWidget(_line())
        column.addLayout(foot)

    def _connect(self) -> None:
        self.choices_panel.changed.connect(self.set_choices)
        self.preview.type_chosen.connect(self._type_chosen)
        for question in self.questions:
            question.answered.connect(self._answered)
        self.noticed.line_wanted.connect(self.show_line)
        self.shown.chosen.connect(self._switch)
        self.rows.splitterMoved.connect(self._room_chosen)
        self.reading.read.connect(self._show)
        self.reading.previewed.connect(self._show_head)
        self.reading.changed.connect(self._went_on)
        self.reading.failed.connect(self._failed)
        self.reading.sheets_known.connect(self._sheets_known)
        self.sample_button.clicked.connect(self._read_sample)
        self.cancel.clicked.connect(self.reject)
        self.accept_button.clicked.connect(self.accept)

    def _fit_in(self) -> None:
        """Be as large as is useful and the window allows."""
        zoom = max(1.0, theme.zoom())
        self.choices_panel.setFixedWidth(round(_LEFT * zoom))
        window = self.parentWidget()
        room = self.screen().availableSize() - QSize(16, 48)
        wanted = _SIZE * zoom
        if window is not None:
            room = room.boundedTo(window.size().expandedTo(QSize(900, 560)))
        self.resize(wanted.boundedTo(room - QSize(24, 24)))
        self.rows.setSizes([1000, round(min(140 * zoom, 0.26 * self.height()))])

    # ---- reading -------------------------------------------------------------------------

    def _reread(self) -> None:
        """Read in the way that is chosen now; what is shown stays until it is there."""
        self.outcome = None
        self.reading.ask(self._choices)
        self._refresh()

    @Slot(object)
    def _show_head(self, outcome: Outcome) -> None:
        """Show the first rows of a long file, while all of it is being read."""
        if outcome.choices == self._choices and self.outcome is None and outcome.table is not None:
            self._used = outcome.table.settings
            self.choices_panel.show_used(outcome.choices, self._used)
            self.preview.show_table(outcome.table)
            self.error.hide()
            self.said.setVisible(any(part.isVisibleTo(self.said) for part in self.questions))

    @Slot(object)
    def _show(self, outcome: Outcome) -> None:
        """Show what came of the choices."""
        if outcome.choices != self._choices:
            return
        self.outcome = outcome
        table = outcome.table
        if table is not None:
            self._used = table.settings
        always = OF_TEXT if table is None and self._source.is_lines else ()
        never = ONLY_OF_TEXT if table is not None and table.format != "text" else ()
        self.choices_panel.show_used(outcome.choices, self._used, always, never)
        self.choices_panel.show_met(outcome.met if table is not None else None)
        self.preview.show_table(table)
        self.error_words.set_text(outcome.error)
        self.error.setAccessibleName(outcome.error)
        self.error.setVisible(bool(outcome.error))
        self.sample_button.setText(f"Read a sample of {count(outcome.fits, 'row')}")
        self.sample_button.setVisible(outcome.fits > 0)
        self.question.ask(outcome.about_numbers, outcome.choices)
        self.date_question.ask(outcome.about_dates, outcome.choices)
        self.word_question.ask(outcome.about_words, outcome.choices)
        asked = any(part.asked is not None for part in self.questions)
        self.said.setVisible(bool(outcome.error) or asked)
        self.noticed.show_notices(outcome.notices)
        self._say_noticed()
        self._share_room()
        if self.shown.current() == AS_FILE:
            self.file_lines.show_line(0, self._where())
        if outcome.error_lines and self._source.is_lines:
            self.show_line(outcome.error_lines[0])
        self._refresh()
        if self._awaited:
            self.accept()

    def _say_noticed(self) -> None:
        notices = self.noticed.notices
        self.noticed_part.setVisible(bool(notices))
        doubts = sum(notice.doubt for notice in notices)
        self.noticed_header.set_value(f"{count(doubts, 'doubt')}" if doubts else "no doubts")

    def _share_room(self) -> None:
        """Give what was noticed the room it needs, as far as the table can spare it."""
        if self._room_given or not self.isVisible():
            return
        wanted = self.noticed.wanted_height() + self.noticed_header.sizeHint().height() + 20
        whole = sum(self.rows.sizes())
        least = round(min(140 * max(1.0, theme.zoom()), 0.26 * self.height()))
        below = min(max(wanted, least), round(0.45 * whole))
        self.rows.setSizes([whole - below, below])

    @Slot()
    def _room_chosen(self) -> None:
        self._room_given = True

    @Slot()
    def _went_on(self) -> None:
        self.bar.setValue(round(1000 * self.reading.share))
        self._refresh()

    @Slot(str, str)
    def _failed(self, sentence: str, details: str) -> None:
        self._show(Outcome(self._choices, error=sentence))

    @Slot(object)
    def _sheets_known(self, sheets: tuple[str, ...]) -> None:
        self.choices_panel.set_sheets(sheets)

    def _refresh(self) -> None:
        busy = self.outcome is None
        self.bar.setVisible(busy and self.reading.is_slow)
        outcome = self.outcome
        table = None if outcome is None else outcome.table
        unanswered = outcome is not None and not outcome.is_answered
        can_import = (busy and not self._awaited) or (table is not None and not unanswered)
        self.accept_button.setEnabled(can_import)
        self.accept_button.setToolTip(
            "Answer the question over the table first"
            if unanswered
            else "Open the table read in this way (Ctrl+Return)"
        )
        if outcome is None:
            if self.reading.is_slow:
                self.size_words.set_text("Reading the whole file…")
            return
        if table is None:
            self.size_words.set_text("There is no table to import yet.")
            return
        size = f"{count(table.n_rows, 'row')}, {count(len(table.columns), 'column')}"
        if table.sampled_from is not None:
            size += f", a sample of {count(table.sampled_from, 'row')}"
        first = f"; the first {SHOWN} rows are shown" if table.n_rows > SHOWN else ""
        ask = " Answer the question over the table first." if unanswered else ""
        self.size_words.set_text(f"{size}{first}.{ask}")

    # ---- what the user does ---------------------------------------------------------------

    @Slot()
    def _read_sample(self) -> None:
        if self.outcome is not None and self.outcome.fits:
            self.choices_panel.choose(self._choices.with_(sample_rows=self.outcome.fits))

    @Slot(int, object)
    def _type_chosen(self, column: int, kind: ColumnType | None) -> None:
        self.choices_panel.choose(self._choices.with_type(column, kind))

    @Slot(object)
    def _answered(self, reading: Reading | DateReading | WordReading) -> None:
        self.choices_panel.choose(reading.choose(self._choices))

    @Slot(object)
    def _switch(self, what: object) -> None:
        if what == AS_FILE:
            self.file_lines.show_line(0, self._where())
        self.stack.setCurrentWidget(self.file_lines if what == AS_FILE else self.preview)

    @Slot(int)
    def show_line(self, line: int) -> None:
        """Show a line of the file; where it has none, the row that came of it."""
        if self._source.is_lines:
            self.shown.set_current(AS_FILE)
            self.stack.setCurrentWidget(self.file_lines)
            self.file_lines.show_line(line, self._where())
            return
        row = line - 1 - (self._used.skip_rows or 0) - (self._used.header_rows or 0)
        if 0 <= row < self.preview.rows.rowCount():
            self.preview.setCurrentIndex(self.preview.rows.index(row, 0))

    def _where(self) -> ReadSettings:
        """Return in which encoding, and in which member of an archive, the lines are."""
        return ReadSettings(
            encoding=self._choices.encoding or self._used.encoding,
            sheet=self._choices.sheet or self._used.sheet,
        )

    @Slot()
    def accept(self) -> None:
        """Import the table; while it is still being read, as soon as it is there."""
        outcome = self.outcome
        if outcome is None:
            self._awaited = True
            self._refresh()
            return
        self._awaited = False
        if outcome.table is None or not outcome.is_answered:
            return
        self.imported.emit(outcome)
        super().accept()

    def done(self, result: int) -> None:
        self.shut_down()
        super().done(result)

    def closeEvent(self, event: QCloseEvent) -> None:
        self.shut_down()
        super().closeEvent(event)

    def shut_down(self) -> None:
        """End threads and timers; may be called again."""
        self.reading.close()
        self.file_lines.shut_down()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Return presses the button in use and no other; with Ctrl it imports from anywhere."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            focus = self.focusWidget()
            if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
                if self.accept_button.isEnabled():
                    self.accept()
            elif isinstance(focus, QPushButton):
                focus.click()
            return
        super().keyPressEvent(event)

    def showEvent(self, event) -> None:
        super().showEvent(event)
        QTimer.singleShot(0, self._share_room)
        answers = [b for part in self.questions if part.isVisible() for b in part.buttons]
        first = answers[0] if answers else self.accept_button
        if not first.isEnabled():
            self.choices_panel.rows["encoding"].focus_editor()
            return
        first.setFocus(Qt.FocusReason.OtherFocusReason)


def _line(*, vertical: bool = False) -> QFrame:
    line = QFrame()
    line.setProperty("role", "line")
    if vertical:
        line.setFixedWidth(1)
    else:
        line.setFixedHeight(1)
    return line
