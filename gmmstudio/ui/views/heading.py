"""What stands in the headings over the lower plots: flat buttons, and words one of which is on."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QLabel, QToolButton, QWidget

from gmmstudio.ui import theme
from gmmstudio.ui.widgets.choice_box import Option
from gmmstudio.ui.widgets.painting import tab_to

_STYLE = """
QToolButton {{ padding: 3px 0; }}
QToolButton:checked {{ color: {accent}; font-weight: 600; }}
"""


def flat_button(text: str, tip: str, parent: QWidget, *shorter: str) -> QToolButton:
    """Make a button that looks like a word; it may have `shorter` ones for little room."""
    button = QToolButton(parent)
    button.setText(text)
    button.setAccessibleName(text)
    button.setProperty("wordings", [text, *shorter])
    button.setToolTip(tip)
    button.setProperty("role", "flat")
    button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    return button


def fit_width(button: QToolButton, margin: int = 22) -> None:
    """Give a button the width of its text at the text size in use."""
    wide = QFontMetrics(theme.font(weight=QFont.Weight.DemiBold))
    button.setFixedWidth(wide.horizontalAdvance(button.text()) + margin)


def word_button(button: QToolButton, wording: int) -> None:
    """Write one of the wordings of a button, from the longest to the shortest."""
    words = button.property("wordings")[wording]
    if words != button.text():
        button.setText(words)
        fit_width(button)


class Switch(QWidget):
    """Words of which one is chosen, in the accent's colour; the arrow keys move within them."""

    chosen = Signal(object)

    def __init__(self, options: Sequence[Option], names: str, parent: QWidget) -> None:
        """Make a button for every option; `names` says for readers what each does, with {}."""
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        self._group = QButtonGroup(self)
        self._keys = [option.key for option in options]
        for place, option in enumerate(options):
            button = flat_button(option.text, option.tooltip, self)
            button.setCheckable(True)
            button.setAccessibleName(names.format(option.text))
            button.setAccessibleDescription(option.tooltip)
            self._group.addButton(button, place)
            row.addWidget(button)
        self._group.idClicked.connect(self._on_clicked)
        self.set_current(self._keys[0])
        self.restyle()

    def buttons(self) -> list[QToolButton]:
        """Return the buttons in order."""
        return [b for b in self._group.buttons() if isinstance(b, QToolButton)]

    def current(self) -> object:
        """Return the key of the option chosen."""
        return self._keys[self._group.checkedId()]

    def set_current(self, key: object) -> None:
        """Choose an option; nobody is told."""
        button = self.buttons()[self._keys.index(key)]
        button.setChecked(True)
        tab_to(button, self.buttons())

    @Slot()
    def restyle(self) -> None:
        """Follow the look and the text size in use."""
        for button in self.buttons():
            button.setStyleSheet(_STYLE.format(accent=theme.current().accent))
            fit_width(button, 10)

    def draw_on_paper(self, painter: QPainter) -> None:
        """Write the word that is chosen, at the right: nobody chooses another in a picture."""
        painter.setFont(theme.font(weight=QFont.Weight.DemiBold))
        painter.setPen(theme.color("muted"))
        flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        shown = self.buttons()[self._group.checkedId()].text()
        painter.drawText(self.rect().adjusted(0, 0, -5, 0), flags, shown)

    def width_needed(self) -> int:
        """Return how wide the words are."""
        return sum(button.minimumWidth() for button in self.buttons())

    @Slot(int)
    def _on_clicked(self, place: int) -> None:
        tab_to(self.buttons()[place], self.buttons())
        self.chosen.emit(self._keys[place])


class Sense(QLabel):
    """Says which way is better, in the longest of several wordings for which there is room."""

    def __init__(self, wordings: Sequence[str], tip: str, parent: QWidget) -> None:
        super().__init__(wordings[0], parent)
        self._wordings = (*wordings, "")
        self.setProperty("role", "note")
        self.setToolTip(tip)

    def width_needed(self) -> int:
        """Return how wide the words are."""
        return self.fontMetrics().horizontalAdvance(self.text()) + 2

    def least_width(self) -> int:
        """Return how wide the shortest of the wordings is."""
        return self.fontMetrics().horizontalAdvance(self._wordings[-2]) + 2

    def fit(self, room: int) -> None:
        """Write what fits into so many pixels; nothing where nothing does."""
        advance = self.fontMetrics().horizontalAdvance
        words = next((words for words in self._wordings if advance(words) + 2 <= room), "")
        self.setText(words)
        self.setVisible(bool(words))
