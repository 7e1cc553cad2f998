"""A framed row with a whole number between − and +, which also takes typing."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QFont, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QSpinBox,
    QWidget,
)

from gmmstudio.ui.widgets.painting import box_fill, draw_box, guarded, scaled_font, text_colour
from gmmstudio.ui.widgets.undo_keys import asks_for_undo

TYPED = 999  # what can be typed at most


class StepButton(QAbstractButton):
    """The − or the + of a stepper."""

    def __init__(self, sign: str, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sign = sign
        self.setAccessibleName(name)
        self.setToolTip(name)
        self.setAutoRepeat(True)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        # The number itself takes the keyboard, where Up and Down do the same.
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def sizeHint(self) -> QSize:
        return QSize(24, self.fontMetrics().height() + 6)

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if self.isEnabled() and self.underMouse():
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(box_fill(down=True))
            painter.drawRoundedRect(self.rect(), 4, 4)
        painter.setFont(scaled_font(self.font(), 1.1))
        painter.setPen(text_colour(enabled=self.isEnabled()))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self._sign)


class NumberBox(QSpinBox):
    """A spin box that leaves the mouse wheel to the panel it scrolls with.

    Steps end at ``most``; more can be typed, for somebody else to say why that is too much.
    """

    most = TYPED

    def event(self, event: QEvent) -> bool:
        if asks_for_undo(event) and self.text() == self.textFromValue(self.value()):
            event.ignore()  # nothing is being typed: the window undoes its last change
            return False
        return super().event(event)

    def stepBy(self, steps: int) -> None:
        room = max(0, self.most - self.value())
        super().stepBy(min(steps, room))
        self.lineEdit().deselect()  # stepping selects the number, which looks like an error

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()


class Stepper(QFrame):
    """Label, −, number, +. ``changed`` speaks only of what the person did."""

    changed = Signal(int)
    refused = Signal(str)  # too large a number was typed: why it is

    def __init__(self, label: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 0, 4, 0)
        row.setSpacing(0)
        name = QLabel(label)
        name.setProperty("role", "muted")
        self.less = StepButton("−", f"{label}: one fewer")
        self.more = StepButton("+", f"{label}: one more")
        self.box = NumberBox()
        self.box.setButtonSymbols(QAbstractSpinBox.ButtonSymbols.NoButtons)
        self.box.setFrame(False)
        self.box.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.box.setKeyboardTracking(False)
        self.box.setAccessibleName(label)
        self.box.setFixedWidth(40)
        self.box.setStyleSheet(
            "QSpinBox { background: transparent; border: none; padding: 0; min-height: 0; }"
        )
        font = self.box.font()
        font.setWeight(QFont.Weight.DemiBold)
        self.box.setFont(font)
        row.addWidget(name)
        row.addStretch(1)
        for part in (self.less, self.box, self.more):
            row.addWidget(part)
        self._why, self._good = "", self.box.value()
        self.less.clicked.connect(self.box.stepDown)
        self.more.clicked.connect(self.box.stepUp)
        self.box.valueChanged.connect(self._on_value)
        self.box.lineEdit().textEdited.connect(self.update)
        self.setFocusProxy(self.box)

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), self.fontMetrics().height() + 12)

    def value(self) -> int:
        return self.box.value()

    def set_range(self, low: int, high: int, why: str) -> None:
        """Set the bounds; ``why`` says where the upper one comes from."""
        self.box.blockSignals(True)
        self.box.setRange(low, max(high, TYPED))
        self.box.blockSignals(False)
        self.box.most = high
        self._why = why
        self._mark_ends()

    @property
    def most(self) -> int:
        """The largest number allowed."""
        return self.box.most

    def set_value(self, value: int) -> None:
        """Show a value without reporting it."""
        if value != self.box.value():
            self.box.blockSignals(True)
            self.box.setValue(value)
            self.box.blockSignals(False)
        self._good = value
        self._mark_ends()

    def _on_value(self, value: int) -> None:
        if value > self.box.most:
            self.set_value(self._good)
            self.refused.emit(f"{value} is too many. {self._why}")
            return
        self._good = value
        self._mark_ends()
        self.changed.emit(value)

    def _mark_ends(self) -> None:
        self.less.setEnabled(self.box.value() > self.box.minimum())
        at_end = self.box.value() >= self.box.most
        self.more.setEnabled(not at_end)
        self.more.setToolTip(self._why if at_end else "One more")

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        draw_box(QPainter(self), self, focus=self.box.hasFocus())
