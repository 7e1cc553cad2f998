"""The heading over a lower plot: one line where there is room, else as many as its words take."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QToolButton, QWidget

from gmmstudio.ui import theme
from gmmstudio.ui.views.heading import Sense, Switch, word_button
from gmmstudio.ui.views.plotting import HEADER_HEIGHT
from gmmstudio.ui.widgets.labels import ElidedLabel, SectionHeader

_APART = 8
_FIRST, _FURTHER = HEADER_HEIGHT, 24  # heights of the lines at normal text size


class Heading(QWidget):
    """Title, a note, buttons, the words of which one is on, and which way is better.

    Nothing in it is cut: what has no room beside the title stands below it. Only the note may be
    shortened to the shortest of its wordings, and which way is better may be left out.
    """

    def __init__(
        self,
        title: SectionHeader,
        switch: Switch,
        sense: Sense,
        parent: QWidget,
        *,
        note: ElidedLabel | None = None,
        buttons: Sequence[QToolButton] = (),
    ) -> None:
        super().__init__(parent)
        self._title, self._switch, self._sense = title, switch, sense
        self._note, self._buttons = note, tuple(buttons)
        for part in (title, *([] if note is None else [note]), *buttons, switch, sense):
            part.setParent(self)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def minimumSizeHint(self) -> QSize:
        return QSize(40, self.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.arrange()

    def arrange(self) -> None:
        """Find a place for everything; to be called when something has other words."""
        room, title, switch = self.width(), self._title_width(), self._switch.width_needed()
        sense = self._sense.least_width()
        note = 0 if self._note is None else self._note.least_width()
        buttons, aside = self._measured(note, 0)
        if aside > room:
            buttons, aside = self._measured(note, -1)
        if title + aside + switch + sense <= room:
            self._put_in_lines(1)
            spare = room - title - switch - aside
            more = 0 if self._note is None else self._note.sizeHint().width() - note
            right = self._put_sense(room, 0, max(sense, spare - more))
            right = self._put_right(self._switch, switch, right, 0)
            self._put_aside(buttons, title + _APART, right, 0)
            return
        if title + switch + sense <= room:
            self._put_in_lines(2 if aside else 1)
            right = self._put_sense(room, 0, room - title - switch)
            self._put_right(self._switch, switch, right, 0)
            self._put_aside(buttons, 0, room, 1)
            return
        beside = switch + _APART + aside <= room
        self._put_in_lines(3 if aside and not beside else 2)
        if title + sense <= room or not sense:
            self._put_sense(room, 0, room - title)
        else:
            self._put_sense(room, 1, room - switch - (_APART + aside if beside else 0))
        self._put_right(self._switch, switch, switch, 1)
        self._put_aside(buttons, switch + _APART if beside else 0, room, 1 if beside else 2)

    def _measured(self, note: int, wording: int) -> tuple[list[tuple[QToolButton, int]], int]:
        """Return the buttons in one of their wordings, and how wide they and the note are."""
        shown = [button for button in self._buttons if not button.isHidden()]
        for button in shown:
            word_button(button, wording)
        buttons = [(button, button.minimumWidth()) for button in shown]
        return buttons, sum(width for _, width in buttons) + (note + _APART if note else 0)

    def _title_width(self) -> int:
        return self._title.sizeHint().width()

    def _put_in_lines(self, n: int) -> None:
        """Be so many lines high."""
        first = self._high(0)
        self._title.setGeometry(0, 0, min(self._title_width(), self.width()), first)
        height = first + (n - 1) * self._high(1)
        if self.height() != height:
            self.setFixedHeight(height)

    def _high(self, line: int) -> int:
        return round((_FIRST if line == 0 else _FURTHER) * theme.zoom())

    def _put_right(self, part: QWidget, width: int, right: int, line: int) -> int:
        """Put a part left of a place; return where it begins."""
        top = 0 if line == 0 else self._high(0) + (line - 1) * self._high(1)
        part.setGeometry(right - width, top, width, self._high(line))
        return right - width

    def _put_sense(self, right: int, line: int, room: int) -> int:
        self._sense.fit(room)
        if self._sense.isHidden():
            return right
        return self._put_right(self._sense, self._sense.width_needed(), right, line)

    def _put_aside(
        self, buttons: Sequence[tuple[QToolButton, int]], left: int, right: int, line: int
    ) -> None:
        """Put the buttons at the right, and the note into what they leave."""
        for button, width in reversed(buttons):
            right = self._put_right(button, width, right, line)
        note = self._note
        if note is not None:
            note.setVisible(bool(note.text()))
            self._put_right(note, max(right - left, 0), right, line)
            wide = min(note.width_of(note.fitting()), note.width())
            self._put_right(note, wide, right if line == 0 else left + wide, line)
