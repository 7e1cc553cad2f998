"""Asks how numbers or dates are meant that can be read several ways, by what the file holds."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QSize, Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QRadioButton, QSizePolicy, QVBoxLayout, QWidget

from gmmstudio.table.ambiguity import Ambiguity, Reading
from gmmstudio.table.date_ambiguity import DateAmbiguity, DateReading
from gmmstudio.table.date_words import day_words
from gmmstudio.table.doubtful_words import DoubtfulWord, WordReading
from gmmstudio.table.settings import ReadSettings
from gmmstudio.ui import theme
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


FIRST = {"dmy": "Day first", "mdy": "Month first", "ymd": "Year first"}

About = Ambiguity | DateAmbiguity | DoubtfulWord
_CLEAR = 30  # pixels beside the words of an answer


class Answer(QRadioButton):
    """An answer, in as many lines as its width asks for."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self._words = words
        self.setAccessibleName(words)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setToolTip("Read them so; the preview says of every cell what it is then")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def minimumSizeHint(self) -> QSize:
        return QSize(120, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._wrap()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._wrap()

    def _wrap(self) -> None:
        room = self.width() - round(_CLEAR * theme.zoom())
        lines = [""]
        for word in self._words.split(" "):
            longer = f"{lines[-1]} {word}".strip()
            if lines[-1] and self.fontMetrics().horizontalAdvance(longer) > room:
                lines.append(word)
            else:
                lines[-1] = longer
        if "\n".join(lines) != self.text():
            self.setText("\n".join(lines))


class Question(Well):
    """Radio buttons with what the file holds, read in each way; none is chosen at first.

    Attributes
    ----------
    answered : Signal
        The reading chosen.
    """

    answered = Signal(object)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent, bar="warning")
        self.setAccessibleName(name)
        self.words = WrappedLabel()
        self.body.addWidget(self.words)
        self._group = QButtonGroup(self)
        self._group.idClicked.connect(self._clicked)
        self._buttons = QVBoxLayout()
        self._buttons.setSpacing(6)
        self.body.addLayout(self._buttons)
        self._asked: About | None = None
        self.hide()

    @property
    def buttons(self) -> list[Answer]:
        """The answers."""
        return [button for button in self._group.buttons() if isinstance(button, Answer)]

    @property
    def asked(self) -> About | None:
        """What is asked; None where nothing is."""
        return self._asked

    def ask(self, about: About | None, choices: ReadSettings) -> None:
        """Ask, or hide where there is nothing to ask; show the answer that was chosen."""
        if about is not None and about != self._asked:
            self._build(about)
        self._asked = about
        self.setVisible(about is not None)
        if about is None:
            return
        readings: Sequence[Reading | DateReading | WordReading] = about.readings
        for button, reading in zip(self.buttons, readings, strict=True):
            same = reading.chosen_in(choices)
            if same != button.isChecked():
                self._group.setExclusive(False)
                button.setChecked(same)
                self._group.setExclusive(True)

    def _build(self, about: About) -> None:
        for button in self.buttons:
            self._group.removeButton(button)
            self._buttons.removeWidget(button)
            button.hide()
            button.deleteLater()
        self.words.set_text(question_words(about))
        for place, words in enumerate(answers(about)):
            button = Answer(words)
            self._group.addButton(button, place)
            self._buttons.addWidget(button)

    @Slot(int)
    def _clicked(self, place: int) -> None:
        if self._asked is not None:
            self.answered.emit(self._asked.readings[place])


def question_words(about: About) -> str:
    """Return the question."""
    names = ", ".join(f"“{name}”" for name in about.columns)
    if isinstance(about, DoubtfulWord):
        return f"What does {about.cells[0]} mean in {names}? The file does not tell."
    what = "dates" if isinstance(about, DateAmbiguity) else "numbers"
    return f"How are {what} such as {about.cells[0]} meant ({names})? The file does not tell."


def answers(about: About) -> list[str]:
    """Return an answer in words for each reading."""
    if isinstance(about, DoubtfulWord):
        others = about.cells[1:]
        value = f"A value like the others there: {', '.join(others)}"
        return [value if r.is_value else "That there is no value" for r in about.readings]
    if isinstance(about, DateAmbiguity):
        return [date_answer_words(about, reading) for reading in about.readings]
    return [answer_words(about, reading) for reading in about.readings]


def date_answer_words(about: DateAmbiguity, reading: DateReading) -> str:
    """Return an answer with the dates of the file: "Day first: 03/04/2020 is 3 April 2020"."""
    if reading.order is None:
        return "I do not know: leave them as text"
    examples = ", ".join(
        f"{cell} is {'no date' if day is None else day_words(day, reading.order)}"
        for cell, day in zip(about.cells, reading.days, strict=True)
    )
    return f"{FIRST[reading.order]}: {examples}"


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
