"""What was found in the data, with what can be done about each: a window beside the window."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFrame,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from gmmstudio.document.command import Command
from gmmstudio.document.errors import DocumentError
from gmmstudio.document.rereading import Rereading
from gmmstudio.document.session import Change, Session
from gmmstudio.table.checks import Finding
from gmmstudio.table.errors import TableError
from gmmstudio.ui import theme
from gmmstudio.ui.beside import Beside, ShouldStop
from gmmstudio.ui.data_check import DataCheck
from gmmstudio.ui.panels.advice_list import RemedyButton
from gmmstudio.ui.panels.check_remedies import check_remedies
from gmmstudio.ui.panels.remedies import Remedy
from gmmstudio.ui.panels.wording import count
from gmmstudio.ui.selection import Selection
from gmmstudio.ui.widgets.flow import Flow
from gmmstudio.ui.widgets.labels import ElidedLabel, Refusal, Well, WrappedLabel

ABOUT = (
    "The columns ticked and the rows used, as they are now. Nothing here keeps you from fitting, "
    "and nothing is changed unless you say so; each change can be undone."
)
_BARS = {"serious": "danger", "look": "warning", "note": "border"}
_WORDS = {"serious": "Mend first", "look": "Look at it", "note": "To know"}
_SETTLED = "You said that this may stay as it is."


class FindingBox(Well):
    """One finding: what, why it matters, and buttons."""

    asked = Signal(object)  # a remedy
    rows_asked = Signal(object)  # the finding whose rows are to be selected
    settled = Signal(object, bool)

    def __init__(
        self,
        finding: Finding,
        remedies: tuple[Remedy, ...],
        *,
        settled: bool,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent, bar=_BARS["note" if settled else finding.severity])
        self.finding = finding
        self.setAccessibleName(f"{_WORDS[finding.severity]}: {finding.title}")
        self.setAccessibleDescription(finding.sentence)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(ElidedLabel(finding.title, bold=True, middle=True), 1)
        state = "Left as it is" if settled else _WORDS[finding.severity]
        head.addWidget(ElidedLabel(state, role="muted", factor=0.9))
        self.body.addLayout(head)
        self.body.addWidget(WrappedLabel(finding.sentence))
        self.buttons: list[QPushButton] = []
        for remedy in () if settled else remedies:
            remedy_button = RemedyButton(remedy)
            remedy_button.asked.connect(self.asked)
            self.buttons.append(remedy_button)
        if finding.rows.size:
            rows = (
                "this row" if finding.rows.size == 1 else f"the {count(finding.rows.size, 'row')}"
            )
            self._add(f"Select {rows}", "Select them in all views, to see which they are").connect(
                lambda: self.rows_asked.emit(self.finding)
            )
        if settled:
            self._add("List it again", _SETTLED).connect(
                lambda: self.settled.emit(self.finding, False)
            )
        elif finding.needs_a_look:
            self._add(
                "Leave it as it is", "It is meant to be so: do not count it any more"
            ).connect(lambda: self.settled.emit(self.finding, True))
        flow = Flow()
        for button in self.buttons:
            button.setAutoDefault(False)
            flow.add(button)
        self.body.addWidget(flow)

    def _add(self, words: str, tooltip: str):
        button = QPushButton(words)
        button.setToolTip(tooltip)
        button.setProperty("role", "flat")
        self.buttons.append(button)
        return button.clicked


class CheckDialog(QDialog):
    """The findings, the serious ones first; it follows every change and stays open beside."""

    def __init__(
        self,
        session: Session,
        check: DataCheck,
        selection: Selection,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Data check")
        self._session, self._check, self._selection = session, check, selection
        self._said: object = None
        self._reader = Beside("gmmstudio-rereading", self)
        self._reader.answered.connect(self._carry_out)
        self.boxes: list[FindingBox] = []
        self.heading = ElidedLabel(bold=True, factor=1.15)
        about = WrappedLabel(ABOUT, small=True)
        self.refusal = Refusal()
        self._inner = QWidget()
        self._column = QVBoxLayout(self._inner)
        self._column.setContentsMargins(0, 0, 4, 0)
        self._column.setSpacing(8)
        self._column.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(self._inner)
        area.setAccessibleName("What was found in the data")
        self._area = area
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self.close_button = buttons.button(QDialogButtonBox.StandardButton.Close)
        self.close_button.setAutoDefault(False)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 12)
        layout.setSpacing(8)
        for part in (self.heading, about, self.refusal):
            layout.addWidget(part)
        layout.addWidget(area, 1)
        layout.addWidget(buttons)
        check.changed.connect(self.refresh)
        self._unsubscribe = session.subscribe(self._on_change)
        self.refresh()
        self.resize(self._first_size())

    def _first_size(self) -> QSize:
        wanted = QSize(round(520 * theme.zoom()), round(560 * theme.zoom()))
        return wanted.boundedTo(self.screen().availableSize() - QSize(60, 100))

    def done(self, result: int) -> None:
        self._unsubscribe()
        self._reader.shut_down()
        self._check.changed.disconnect(self.refresh)
        super().done(result)

    def _on_change(self, change: Change) -> None:
        if change.fields & {"table", "preparation", "spec"}:
            self.refresh()  # other remedies may be possible now

    @Slot()
    def refresh(self) -> None:
        """List what there is."""
        document, check = self._session.document, self._check
        n = len(check.open)
        if document.table is None:
            words = "There is no table yet."
        elif check.failed:
            words = "The data could not be checked; the fault is in the log (Help, About)."
        elif check.looks_at_nothing:
            words = f"No column of {document.table.name} is ticked"
        elif n:
            words = f"{count(n, 'thing')} to look at in {document.table.name}"
        else:
            words = "Looking…" if check.waits else f"Nothing to mend in {document.table.name}"
        self.heading.set_text(words)
        order = sorted(check.found, key=lambda finding: check.is_settled(finding))
        entries = [(f, check_remedies(document, f), check.is_settled(f)) for f in order]
        said = [(f.kind, f.columns, f.sentence, r, s) for f, r, s in entries]
        if said == self._said:
            return
        self._said = said
        had_focus = any(box.isAncestorOf(self.focusWidget() or self) for box in self.boxes)
        for box in self.boxes:
            self._column.removeWidget(box)
            box.hide()
            box.deleteLater()
        self.boxes = []
        for place, (finding, remedies, settled) in enumerate(entries):
            box = FindingBox(finding, remedies, settled=settled)
            box.asked.connect(self._apply)
            box.rows_asked.connect(self._select)
            box.settled.connect(self._settle)
            self._column.insertWidget(place, box)
            self.boxes.append(box)
        if had_focus:
            first = next((box.buttons[0] for box in self.boxes if box.buttons), self.close_button)
            first.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot(object)
    def _apply(self, remedy: Remedy) -> None:
        if remedy.rereading is not None:
            self._reader.ask(_refusal_or(remedy.rereading))
        elif remedy.command is not None:
            self._carry_out(remedy.command)

    @Slot(object)
    def _carry_out(self, asked: Command | str) -> None:
        """Make a change, or say why it cannot be made."""
        try:
            if isinstance(asked, str):
                raise DocumentError(asked)
            self._session.apply(asked)
        except ValueError as error:
            self.refusal.say(str(error))
            self.refusal.show()
        else:
            self.refusal.hide()

    @Slot(object)
    def _select(self, finding: Finding) -> None:
        self._selection.choose(finding.rows, words=finding.title)

    @Slot(object, bool)
    def _settle(self, finding: Finding, settled: bool) -> None:
        self._check.settle(finding, settled)


def _refusal_or(rereading: Rereading) -> Callable[[ShouldStop], Command | str]:
    """Return the work that reads a column again; a refusal is its sentence."""

    def work(should_stop: ShouldStop) -> Command | str:
        try:
            return rereading(should_stop)
        except TableError as error:
            return str(error)

    return work
