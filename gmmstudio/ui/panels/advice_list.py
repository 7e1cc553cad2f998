"""What must be known about the fit, with buttons for what can be done about it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QApplication, QPushButton, QVBoxLayout, QWidget

from gmmstudio.report import markup
from gmmstudio.report.sentences import Advice
from gmmstudio.ui import theme
from gmmstudio.ui.panels.remedies import Remedy
from gmmstudio.ui.widgets.labels import Well, WrappedLabel


class RemedyButton(QPushButton):
    """Words of a remedy; long ones are cut at the width of the panel."""

    asked = Signal(object)

    def __init__(self, remedy: Remedy, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._remedy = remedy
        self.setAccessibleName(remedy.words)
        self.setToolTip(f"{remedy.words}\n{remedy.tooltip}")
        room = round(190 * theme.zoom())
        self.setText(
            self.fontMetrics().elidedText(remedy.words, Qt.TextElideMode.ElideMiddle, room)
        )
        self.clicked.connect(self._ask)

    def _ask(self) -> None:
        self.asked.emit(self._remedy)


class Warning(Well):
    """One serious piece of advice."""

    asked = Signal(object)

    def __init__(
        self, advice: Advice, remedies: tuple[Remedy, ...], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent, bar="warning")
        words = WrappedLabel()
        words.setTextFormat(Qt.TextFormat.RichText)
        words.setText(markup.html(advice.words))
        self.setAccessibleName(markup.plain(advice.words))
        self.body.addWidget(words)
        self.buttons = []
        for remedy in remedies:
            button = RemedyButton(remedy)
            button.asked.connect(self.asked)
            self.body.addWidget(button)
            self.buttons.append(button)


class Warnings(QWidget):
    """All of them, rebuilt only when they say something else."""

    asked = Signal(object)
    focus_lost = Signal()  # what had the focus goes away

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._said: object = None
        self.items: list[Warning] = []
        self._notes: list[WrappedLabel] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(8)

    def show_advice(self, entries: tuple[tuple[Advice, tuple[Remedy, ...]], ...]) -> None:
        said = tuple(
            (advice.kind, markup.plain(advice.words), tuple(r.words for r in remedies))
            for advice, remedies in entries
        )
        if said == self._said:
            return
        self._said = said
        focused = QApplication.focusWidget()
        if focused is not None and self.isAncestorOf(focused):
            self.focus_lost.emit()
        for old in (*self.items, *self._notes):
            self._column.removeWidget(old)
            old.hide()
            old.deleteLater()
        self.items, self._notes = [], []
        for advice, remedies in entries:
            if advice.serious:
                item = Warning(advice, remedies)
                item.asked.connect(self.asked)
                self._column.addWidget(item)
                self.items.append(item)
            else:  # only to be known: in small print
                note = WrappedLabel(markup.plain(advice.words), small=True)
                self._column.addWidget(note)
                self._notes.append(note)
        self.setVisible(bool(entries))
