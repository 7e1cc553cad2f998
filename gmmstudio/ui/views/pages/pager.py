"""Which of many columns are shown, and a way to the others."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from gmmstudio.ui.widgets.labels import ElidedLabel


class Pager(QWidget):
    """Says "columns 1–6 of 60" (or other words) between two arrows; hidden where everything fits.

    Attributes
    ----------
    turned : Signal
        The block to show now.
    """

    turned = Signal(int)

    def __init__(self, words: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = words
        self._lengths: tuple[int, ...] = ()
        self.current = 0
        self._text = ElidedLabel(parent=self, role="muted", factor=11 / 13)
        self.back = self._arrow("◂", f"The columns before ({words})")
        self.forward = self._arrow("▸", f"The columns after ({words})")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        for part in (self.back, self._text, self.forward):
            row.addWidget(part)
        self.back.clicked.connect(self._go_back)
        self.forward.clicked.connect(self._go_forward)
        self.hide()

    def _arrow(self, text: str, tip: str) -> QToolButton:
        button = QToolButton(self)
        button.setText(text)
        button.setToolTip(tip)
        button.setAccessibleName(tip)
        button.setProperty("role", "flat")
        button.setStyleSheet("padding: 3px 5px;")
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        return button

    @property
    def text(self) -> str:
        """What it says."""
        return self._text.text()

    def offer(self, lengths: tuple[int, ...], current: int) -> None:
        """Offer blocks of so many columns each."""
        self._lengths, self.current = lengths, current
        self.setVisible(len(lengths) > 1)
        if not lengths:
            return
        first = sum(lengths[:current]) + 1
        last = first + lengths[current] - 1
        some = f"{first}" if first == last else f"{first}–{last}"
        self._text.set_text(f"{self._words} {some} of {sum(lengths)}")
        self.back.setEnabled(current > 0)
        self.forward.setEnabled(current < len(lengths) - 1)

    def turn(self, by: int) -> bool:
        """Go a number of blocks on or back; return whether there are any."""
        wanted = min(max(self.current + by, 0), len(self._lengths) - 1)
        if wanted == self.current or not self._lengths:
            return False
        self.offer(self._lengths, wanted)
        self.turned.emit(wanted)
        return True

    @Slot()
    def _go_back(self) -> None:
        self.turn(-1)

    @Slot()
    def _go_forward(self) -> None:
        self.turn(1)
