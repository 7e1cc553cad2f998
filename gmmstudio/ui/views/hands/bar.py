"""The bar over the scatter while a model is changed by hand: what it is, and what it gains."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Signal, Slot
from PySide6.QtGui import QFontMetrics, QResizeEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QPushButton,
    QSizePolicy,
    QWidget,
)

from gmmstudio.report import formats
from gmmstudio.ui.hand_figures import Gain, change_words
from gmmstudio.ui.widgets.labels import ElidedLabel
from gmmstudio.ui.widgets.painting import scaled_font

ALONE = ("EM goes on by itself", "By itself")
GO_ON = ("Pause EM", "Go on with EM")
HINTS = (
    "Drag a cluster's letter to move it, a dot to stretch or turn its ellipse",
    "Double-click adds a cluster; right-click splits, merges or deletes one",
)
KEYS = (
    "By keys: Tab chooses a cluster, the arrows move it (with Shift a little), S splits it,\n"
    "Delete deletes it, the menu key offers all that can be done, Escape leaves."
)
THAN = (
    "than the fit before (log-likelihood: higher is better; BIC: lower is better)",
    "than the fit before (BIC: lower is better)",
    "than the fit before",
    "",
)
_SENSE = {"log-likelihood": "Higher is better.", "BIC": "Lower is better."}
_WIDEST = "−8888.88 better"


class HandsBar(QFrame):
    """Two lines of words, and the buttons; always as high as that, so that nothing jumps."""

    not_on_paper = True

    kept = Signal()
    discarded = Signal()
    went_on = Signal()
    paused = Signal()
    alone_changed = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "notice")
        self.setAccessibleName("Changes by hand")
        self.words = ElidedLabel(bold=True)
        self.hint = ElidedLabel(role="muted")
        self.hint.set_explanation(KEYS)
        self.figures = {name: _Figure(name) for name in _SENSE}
        self.than = ElidedLabel(THAN[0], role="muted")
        self.than.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.than.set_explanation(THAN[0])
        self.alone = QCheckBox(ALONE[0])
        self.alone.setAccessibleName(ALONE[0])
        self.alone.setChecked(True)
        self.alone.setToolTip(
            "After every change EM goes on at once. Without it EM waits for Go on, Step or Fit:\n"
            "to show how it works step by step."
        )
        self.alone.toggled.connect(self.alone_changed)
        self.go_on = _button("Go on with EM", "Let EM go on from here")
        self.discard = _button("Discard", "Go back to the fit before; this can be undone")
        self.keep = _button("Keep", "")
        self.keep.setProperty("role", "primary")
        self.go_on.clicked.connect(self._go_on)
        self.discard.clicked.connect(self.discarded)
        self.keep.clicked.connect(self.kept)
        self._pauses = False
        self._build()

    def _build(self) -> None:
        grid = self._grid = QGridLayout(self)
        grid.setContentsMargins(12, 4, 8, 4)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(2)
        line = self._line = QHBoxLayout()
        line.setSpacing(12)
        for figure in self.figures.values():
            line.addWidget(figure)
        line.addWidget(self.than, 1)
        line.addWidget(self.hint, 1)
        buttons = self._buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addStretch(1)
        for button in (self.go_on, self.discard, self.keep):
            buttons.addWidget(button)
        grid.setColumnStretch(0, 1)
        self._narrow = False
        self._lay_out()

    def _lay_out(self) -> None:
        """Two lines, or three where it is narrow."""
        grid, span = self._grid, 2 if self._narrow else 1
        for part in (self._line, self._buttons):
            grid.removeItem(part)
        for widget in (self.words, self.alone):
            grid.removeWidget(widget)
        grid.addWidget(self.words, 0, 0, 1, span)
        grid.addLayout(self._line, 1, 0, 1, span)
        self._buttons.removeWidget(self.alone)
        self._buttons.setSpacing(4 if self._narrow else 8)
        if self._narrow:
            self._buttons.insertWidget(0, self.alone)
            grid.addLayout(self._buttons, 2, 0, 1, 2)
        else:
            grid.addWidget(self.alone, 0, 1)
            grid.addLayout(self._buttons, 1, 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange and hasattr(self, "_narrow"):
            self._arrange()

    def _arrange(self) -> None:
        """Put the buttons under the words where they have no room beside them."""
        # Measured as it would be with room enough, whatever there is now: nothing flips to and fro.
        normal = QFontMetrics(scaled_font(self.font(), 1.0, bold=True)).horizontalAdvance
        figures = sum(normal(figure.widest) + 14 for figure in self.figures.values())
        words = (GO_ON[1], self.discard.text(), self.keep.text())
        beside = sum(normal(text) + 22 + 8 for text in words)
        beside = max(beside, normal(ALONE[0]) + 28)
        margins = self._grid.contentsMargins()
        room = self.width() - margins.left() - margins.right() - 12 - figures
        narrow = room < beside
        if narrow != self._narrow:
            self._narrow = narrow
            self.alone.setText(ALONE[1] if narrow else ALONE[0])
            self._name_go_on()
            for figure in self.figures.values():
                figure.set_factor(0.86 if narrow else 1.0)
            self._lay_out()
        left = room - (0 if narrow else beside + 12)
        self.than.set_text(next((t for t in THAN if self.than.width_of(t) <= left), ""))

    def show_words(self, words: str, hint: str, *, warning: bool) -> None:
        """Say what the picture is; ``hint`` stands where there are no figures."""
        self.words.set_text(words)
        self.words.set_role("warning" if warning else "text")
        self.hint.set_text(hint)

    def show_gain(self, gain: Gain | None, *, wanted: bool) -> None:
        """Say how the frame compares; ``wanted`` without one leaves the places empty."""
        for part in (*self.figures.values(), self.than):
            part.setVisible(wanted)
        self.hint.setVisible(not wanted)
        if not wanted:
            return
        values = {} if gain is None else {"log-likelihood": gain.log_likelihood, "BIC": gain.bic}
        for name, figure in self.figures.items():
            value = values.get(name)
            if gain is None or value is None:
                figure.show_change(f"{name} …", "muted", "")
                continue
            bic = name == "BIC"
            unsure = 2 * gain.unsure if bic else gain.unsure
            words, role = change_words(
                value, lower_is_better=bic, estimated=gain.estimated, unsure=unsure
            )
            about = ""
            if gain.estimated:
                some, of = formats.count(gain.n_rows), formats.rows(gain.n_all)
                about = f"\nEstimated from {some} of {of}; exact when you let go."
            figure.show_change(
                f"{name} {words}", role, f"Against the fit before. {_SENSE[name]}{about}"
            )

    def show_buttons(
        self, *, there: bool, can_go_on: bool, pauses: bool, can_keep: bool, why_not_keep: str
    ) -> None:
        """Enable what can be done; before anything was changed there is nothing to decide."""
        self._pauses = pauses
        for button in (self.go_on, self.discard, self.keep):
            button.setVisible(there)
        self._name_go_on()
        self.go_on.setToolTip("Let EM rest where it is" if pauses else "Let EM go on from here")
        self.go_on.setEnabled(pauses or can_go_on)
        self.keep.setEnabled(can_keep)
        self.keep.setToolTip(
            "Make it a fit like any other, the one that is exported; this can be undone"
            if can_keep
            else why_not_keep
        )

    def _name_go_on(self) -> None:
        words = GO_ON[0 if self._pauses else 1]
        self.go_on.setAccessibleName(words)
        self.go_on.setText(words.split(" EM")[0].removesuffix(" with") if self._narrow else words)

    @Slot()
    def _go_on(self) -> None:
        if self._pauses:
            self.paused.emit()
        else:
            self.went_on.emit()


class _Figure(ElidedLabel):
    """A figure that keeps its width as it changes."""

    def __init__(self, name: str) -> None:
        super().__init__(bold=True)
        self._name = name

    @property
    def widest(self) -> str:
        """What there is always room for."""
        return f"{self._name} {_WIDEST}"

    def set_factor(self, factor: float) -> None:
        """Write smaller where there is little room."""
        self._factor = factor
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        """Ask for room for any figure, so that nothing moves beside it as it changes."""
        width = max(self.width_of(self.text()), self.width_of(self.widest))
        return QSize(width, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        return QSize(self.width_of(self.text()), super().sizeHint().height())

    def show_change(self, text: str, role: str, explanation: str) -> None:
        self.set_text(text)
        self.set_role(role)
        self.set_explanation(explanation)


def _button(text: str, tip: str) -> QPushButton:
    button = QPushButton(text)
    button.setToolTip(tip)
    policy = button.sizePolicy()
    policy.setRetainSizeWhenHidden(True)  # the bar keeps its height
    button.setSizePolicy(policy)
    return button
