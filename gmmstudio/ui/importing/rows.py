"""One choice in a row: what it is, its value, and whether that was found or chosen."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QWidget,
)

from gmmstudio.ui.importing.words import join_words, split_words
from gmmstudio.ui.widgets.choice_box import ChoiceBox, Option
from gmmstudio.ui.widgets.painting import draw_box, guarded
from gmmstudio.ui.widgets.stepper import Stepper

FOUND, PUT_BACK = "found", "put back"
OTHER = "\0other"  # the option that asks for a character


class Mark(QPushButton):
    """Says that a value was found; of one that was chosen it takes the choice back."""

    def __init__(self, label: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._label = label
        self.setProperty("role", "link")
        self.setAutoDefault(False)  # else it looks like what Return does in its dialog
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.show_chosen(False)

    def show_chosen(self, chosen: bool, *, known: bool = True) -> None:
        self.setText(PUT_BACK if chosen else FOUND if known else "")
        self.setEnabled(chosen)
        name = f"{self._label}: put back as found" if chosen else f"{self._label}: as found"
        self.setAccessibleName(name)
        self.setToolTip(
            "You chose this: put it back as it was found" if chosen else "Found out from the file"
        )

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        width = max(metrics.horizontalAdvance(text) for text in (FOUND, PUT_BACK))
        return QSize(width + 4, metrics.height() + 4)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def changeEvent(self, event) -> None:
        super().changeEvent(event)
        self.updateGeometry()


class ChoiceRow(QWidget):
    """A value and its mark; subclasses say how it is chosen.

    Attributes
    ----------
    chosen : Signal
        The value that was chosen; None puts it back as found.
    """

    chosen = Signal(object)

    def __init__(self, label: str, explanation: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.label, self.explanation = label, explanation
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.mark = Mark(label)
        self.mark.clicked.connect(self._put_back)
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(0, 0, 0, 0)
        self.row.setSpacing(8)
        self.setToolTip(explanation)

    def show_value(self, value: object, *, chosen: bool) -> None:
        """Show a value, and whether it was chosen."""
        self.mark.show_chosen(chosen, known=value is not None)

    @Slot()
    def _put_back(self) -> None:
        self.focus_editor()  # the mark is about to be disabled, which would pass the focus on
        self.chosen.emit(None)

    def focus_editor(self) -> None:
        """Give the keyboard to what the value is chosen with."""


class MenuRow(ChoiceRow):
    """A value of a menu; one of them may be any other character, which is then typed."""

    def __init__(
        self,
        label: str,
        explanation: str,
        options: Sequence[Option],
        *,
        other: str = "",
        longest: int = 1,
        spoken: Callable[[str], str] = str,
    ) -> None:
        super().__init__(label, explanation)
        self._options, self._other, self._spoken = tuple(options), other, spoken
        self.box = ChoiceBox(label)
        self.box.setToolTip(explanation)
        self.box.setAccessibleDescription(explanation)
        self.typed = QLineEdit()
        self.typed.setMaxLength(longest)
        self.typed.setFixedWidth(46)
        self.typed.setAccessibleName(f"{label}: {other}")
        self.typed.setToolTip(f"{other}; Return takes it")
        self.typed.hide()
        self.row.addWidget(self.box, 1)
        self.row.addWidget(self.typed)
        self.row.addWidget(self.mark)
        self.set_options(self._options)
        self.box.chosen.connect(self._pick)
        self.typed.textEdited.connect(self._type)

    @property
    def options(self) -> tuple[Option, ...]:
        """The values offered."""
        return self._options

    def set_options(self, options: Sequence[Option]) -> None:
        """Offer other values."""
        self._options = tuple(options)
        extra = (Option(OTHER, f"{self._other}…"),) if self._other else ()
        self.box.set_options((*self._options, *extra))

    def show_value(self, value: object, *, chosen: bool) -> None:
        super().show_value(value, chosen=chosen)
        known = any(option.key == value for option in self._options)
        text = None if known else ("" if value is None else self._spoken(str(value)))
        self.box.set_current(value, text)
        if known or not chosen:
            self.typed.hide()

    def focus_editor(self) -> None:
        self.box.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot(object)
    def _pick(self, key: object) -> None:
        if key == OTHER:
            self.typed.clear()
            self.typed.show()
            self.typed.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.typed.hide()
            self.chosen.emit(key)

    @Slot(str)
    def _type(self, text: str) -> None:
        if text:
            self.chosen.emit(text)


class NumberRow(ChoiceRow):
    """A whole number."""

    def __init__(self, label: str, explanation: str, most: int) -> None:
        super().__init__(label, explanation)
        self.box = Stepper(label)
        self.box.set_range(0, most, f"{most} is the most.")
        self.box.setToolTip(explanation)
        self.box.box.setAccessibleDescription(explanation)
        self.row.addWidget(self.box, 1)
        self.row.addWidget(self.mark)
        self.box.changed.connect(self._changed)

    def show_value(self, value: object, *, chosen: bool) -> None:
        super().show_value(value, chosen=chosen)
        self.box.set_value(value if isinstance(value, int) else 0)

    def focus_editor(self) -> None:
        self.box.box.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot(int)
    def _changed(self, value: int) -> None:
        self.chosen.emit(value)


class SwitchRow(ChoiceRow):
    """Something that is done or not."""

    def __init__(self, label: str, explanation: str) -> None:
        super().__init__(label, explanation)
        self.box = QCheckBox(label)
        self.box.setToolTip(explanation)
        self.box.setAccessibleDescription(explanation)
        self.row.addWidget(self.box, 1)
        self.row.addWidget(self.mark)
        self.box.clicked.connect(self._clicked)

    @Slot(bool)
    def _clicked(self, on: bool) -> None:
        self.chosen.emit(on)

    def show_value(self, value: object, *, chosen: bool) -> None:
        super().show_value(value, chosen=chosen)
        self.box.setChecked(value is True)

    def focus_editor(self) -> None:
        self.box.setFocus(Qt.FocusReason.OtherFocusReason)


class TextRow(ChoiceRow):
    """Some text, or words with commas between them."""

    def __init__(
        self, label: str, explanation: str, placeholder: str = "", *, words: bool = False
    ) -> None:
        super().__init__(label, explanation)
        self._words = words
        self.box = _TextBox(label, explanation, placeholder)
        self.row.addWidget(self.box, 1)
        self.row.addWidget(self.mark)
        self.box.edit.textEdited.connect(self._edited)

    def show_value(self, value: object, *, chosen: bool) -> None:
        super().show_value(value, chosen=chosen)
        if self._value(self.box.edit.text()) == value:
            return  # what is there, or is being typed, says the same
        text = join_words(value) if isinstance(value, tuple) else str(value or "")
        if text != self.box.edit.text():
            self.box.edit.setText(text)
            self.box.edit.setCursorPosition(0)

    def focus_editor(self) -> None:
        self.box.edit.setFocus(Qt.FocusReason.OtherFocusReason)

    def _value(self, text: str) -> object:
        if not self._words:
            return text.strip()
        return split_words(text)

    @Slot(str)
    def _edited(self, text: str) -> None:
        self.chosen.emit(self._value(text))


class _TextBox(QFrame):
    """A label and a text in one frame."""

    def __init__(self, label: str, explanation: str, placeholder: str) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setToolTip(explanation)
        name = QLabel(label)
        name.setProperty("role", "muted")
        self.edit = _Edit(self)
        self.edit.setFrame(False)
        self.edit.setPlaceholderText(placeholder)
        self.edit.setAccessibleName(label)
        self.edit.setAccessibleDescription(explanation)
        self.edit.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.edit.setStyleSheet("QLineEdit { background: transparent; border: none; padding: 0; }")
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 0, 10, 0)
        row.setSpacing(10)
        row.addWidget(name)
        row.addWidget(self.edit, 1)
        self.setFocusProxy(self.edit)

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), self.fontMetrics().height() + 12)

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        draw_box(QPainter(self), self, focus=self.edit.hasFocus())


class _Edit(QLineEdit):
    """A text that keeps Return to itself: it takes what was typed, and presses no button."""

    def __init__(self, frame: QFrame) -> None:
        super().__init__()
        self._frame = frame

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.selectAll()
            return
        super().keyPressEvent(event)

    def focusInEvent(self, event) -> None:
        super().focusInEvent(event)
        self._frame.update()

    def focusOutEvent(self, event) -> None:
        super().focusOutEvent(event)
        self._frame.update()
