"""Asks how numbers are meant that can be read two ways, by the numbers themselves."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QRadioButton, QVBoxLayout, QWidget

from gmmstudio.table.ambiguity import Ambiguity, Reading
from gmmstudio.table.settings import ReadSettings
from gmmstudio.ui.widgets.labels import Well, WrappedLabel

_MARKS = {
    ".": "the point",
    ",": "the comma",
    " ": "the space",
    "\u00a0": "the space",
    "\u202f": "the space",
    "'": "the apostrophe",
    "\u2019": "the apostrophe",
}


class Question(Well):
    """Two radio buttons with the values of the file read both ways; neither is chosen at first.

    Attributes
    ----------
    answered : Signal
        The decimal mark and the thousands mark chosen.
    """

    answered = Signal(str, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, bar="warning")
        self.setAccessibleName("A question about numbers")
        self.words = WrappedLabel()
        self.body.addWidget(self.words)
        self._group = QButtonGroup(self)
        self._group.idClicked.connect(self._clicked)
        self._buttons = QVBoxLayout()
        self._buttons.setSpacing(6)
        self.body.addLayout(self._buttons)
        self._asked: Ambiguity | None = None
        self.hide()

    @property
    def buttons(self) -> list[QRadioButton]:
        """The answers."""
        return [button for button in self._group.buttons() if isinstance(button, QRadioButton)]

    @property
    def asked(self) -> Ambiguity | None:
        """What is asked; None where nothing is."""
        return self._asked

    def ask(self, about: Ambiguity | None, choices: ReadSettings) -> None:
        """Ask, or hide where there is nothing to ask; show the answer that was chosen."""
        if about is not None and about != self._asked:
            self._build(about)
        self._asked = about
        self.setVisible(about is not None)
        if about is None:
            return
        answered = choices.decimal is not None or choices.thousands is not None
        for button, reading in zip(self.buttons, about.readings, strict=True):
            same = (
                answered
                and choices.decimal in (None, reading.decimal)
                and (choices.thousands or "") == reading.thousands
            )
            if same != button.isChecked():
                self._group.setExclusive(False)
                button.setChecked(same)
                self._group.setExclusive(True)

    def _build(self, about: Ambiguity) -> None:
        for button in self.buttons:
            self._group.removeButton(button)
            self._buttons.removeWidget(button)
            button.hide()
            button.deleteLater()
        self.words.set_text(question_words(about))
        for place, reading in enumerate(about.readings):
            button = QRadioButton(answer_words(about, reading))
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            button.setToolTip("Read the numbers so; the preview shows it")
            self._group.addButton(button, place)
            self._buttons.addWidget(button)

    def _clicked(self, place: int) -> None:
        if self._asked is not None:
            reading = self._asked.readings[place]
            self.answered.emit(reading.decimal, reading.thousands)


def question_words(about: Ambiguity) -> str:
    """Return the question."""
    names = ", ".join(f"“{name}”" for name in about.columns)
    return f"How are numbers such as {about.cells[0]} meant ({names})? The file does not tell."


def answer_words(about: Ambiguity, reading: Reading) -> str:
    """Return an answer with the numbers of the file: "… groups thousands: 1.234 is 1234"."""
    examples = ", ".join(
        f"{cell} is {value:.15g}"
        for cell, value in zip(about.cells, reading.values, strict=True)
        if value is not None
    )
    decimal = _MARKS.get(reading.decimal, reading.decimal)
    if not examples:
        return f"They are no numbers: {', '.join(about.cells)} stay as text"
    if reading.thousands:
        mark = _MARKS.get(reading.thousands, reading.thousands)
        return f"{mark[0].upper()}{mark[1:]} groups thousands: {examples}"
    return f"{decimal[0].upper()}{decimal[1:]} is the decimal mark: {examples}"
