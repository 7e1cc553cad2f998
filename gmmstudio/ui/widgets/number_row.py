"""A framed row with a number to type."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QSizePolicy, QWidget

from gmmstudio.ui.widgets.painting import draw_box, guarded
from gmmstudio.ui.widgets.undo_keys import asks_for_undo


class NumberEdit(QLineEdit):
    """A bare line that reports what was typed when it is done with, and forgets it on Esc."""

    entered = Signal()
    refused = Signal(str)
    stepped = Signal(int)

    def __init__(self, parse: Callable[[str], object], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._parse, self._shown = parse, ""
        self.setFrame(False)
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.setStyleSheet(
            "QLineEdit { background: transparent; border: none; padding: 0; min-height: 0; }"
        )
        self.editingFinished.connect(self._finish)

    def set_value(self, text: str) -> None:
        """Show a value; what is being typed stays until it is done with."""
        if text == self._shown and not self.isModified():
            return
        self._shown = text
        self.setText(text)
        self.setModified(False)

    def _finish(self) -> None:
        if not self.isModified():
            return
        self.setModified(False)
        try:
            self._parse(self.text())
        except ValueError as error:
            self.setText(self._shown)  # the last good one comes back
            self.refused.emit(str(error))
            return
        if self.text() != self._shown:
            self._shown = self.text()
            self.entered.emit()

    def event(self, event: QEvent) -> bool:
        if asks_for_undo(event) and not self.isModified():
            event.ignore()  # nothing is being typed: the window undoes its last change
            return False
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1}.get(Qt.Key(event.key()))
        if event.key() == Qt.Key.Key_Escape and self.isModified():
            self.setText(self._shown)
            self.setModified(False)
            self.selectAll()
        elif step is not None:
            self.stepped.emit(step)
        else:
            super().keyPressEvent(event)


def read_number(text: str) -> float:
    """Read a number as people type it: with either decimal mark and either minus sign.

    Raises
    ------
    ValueError
        With a sentence, if it is none.
    """
    try:
        return float(text.replace("−", "-").replace(",", ".").replace("\u00a0", "").strip())
    except ValueError:
        raise ValueError(f"“{text}” is not a number.") from None


class NumberRow(QFrame):
    """A label and a number."""

    entered = Signal()
    refused = Signal(str)
    stepped = Signal(int)

    def __init__(
        self,
        label: str,
        explanation: str,
        parse: Callable[[str], object],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 0, 10, 0)
        row.setSpacing(8)
        self.label = QLabel(label)
        self.label.setProperty("role", "muted")
        self.edit = NumberEdit(parse)
        self.edit.entered.connect(self.entered)
        self.edit.refused.connect(self.refused)
        self.edit.stepped.connect(self.stepped)
        self.edit.selectionChanged.connect(self.update)
        row.addWidget(self.label)
        row.addWidget(self.edit, 1)
        self.setFocusProxy(self.edit)
        self.explain(label, explanation)

    def explain(self, label: str, explanation: str) -> None:
        self.label.setText(label)
        self.edit.setAccessibleName(label)
        self.edit.setAccessibleDescription(explanation)
        self.setToolTip(explanation)

    def text(self) -> str:
        return self.edit.text()

    def set_value(self, text: str) -> None:
        self.edit.set_value(text)

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), self.fontMetrics().height() + 12)

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        draw_box(QPainter(self), self, focus=self.edit.hasFocus())
