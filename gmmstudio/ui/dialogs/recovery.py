"""What a crash left behind: shown with date and picture, to be restored or discarded."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from gmmstudio.project.recovery import LeftBehind

WIDTH, HEIGHT = 200, 124


class RecoveryDialog(QDialog):
    """Offers each copy; those that are neither restored nor discarded wait for the next start.

    What is discarded goes when the dialog is closed, and until then can be had back.
    """

    restore_asked = Signal(object)
    discard_asked = Signal(object)

    def __init__(self, found: Sequence[LeftBehind], parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Restore unsaved work")
        self.setModal(True)
        self.entries = [Entry(left) for left in found]
        head = QLabel("GMM Studio did not end in order")
        head.setProperty("role", "heading")
        about = QLabel(
            "This is what was not saved then. Nothing of it was written to your own files; what "
            "you restore is on the screen, and saved once you save it."
        )
        about.setWordWrap(True)
        about.setProperty("role", "muted")
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        for entry in self.entries:
            entry.restore.clicked.connect(lambda _=False, entry=entry: self._restore(entry))
            entry.discard.clicked.connect(lambda _=False, entry=entry: self._discard(entry))
            column.addWidget(entry)
        column.addStretch(1)
        area = QScrollArea()
        area.setWidget(holder)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        later = QDialogButtonBox()
        button = later.addButton("Decide later", QDialogButtonBox.ButtonRole.RejectRole)
        button.setToolTip("Ask again at the next start about what is neither of the two")
        self._close = button
        later.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 16, 20, 16)
        layout.setSpacing(12)
        layout.addWidget(head)
        layout.addWidget(about)
        layout.addWidget(area, 1)
        layout.addWidget(later)
        self.resize(600, min(560, 220 + 148 * max(1, len(found))))
        if self.entries:
            self.entries[0].restore.setFocus()

    def _restore(self, entry: Entry) -> None:
        self.restore_asked.emit(entry.left)
        self.accept()

    def _discard(self, entry: Entry) -> None:
        entry.set_discarded(not entry.discarded)
        left = sum(not each.discarded for each in self.entries)
        self._close.setText("Decide later" if left else "Close")

    def done(self, result: int) -> None:
        for entry in self.entries:
            if entry.discarded:
                self.discard_asked.emit(entry.left)
        super().done(result)


class Entry(QFrame):
    """One copy: its picture, what it is of, when it was made."""

    def __init__(self, left: LeftBehind) -> None:
        super().__init__()
        self.left = left
        called = left.origin.called or "An analysis that cannot be read any more"
        picture = QLabel()
        picture.setFixedSize(WIDTH, HEIGHT)
        picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        picture.setAccessibleName(f"Picture of {called}")
        self.picture = _pixmap(left.picture)
        if self.picture.isNull():
            picture.setText("no picture")
            picture.setProperty("role", "muted")
        else:
            picture.setPixmap(
                self.picture.scaled(
                    WIDTH,
                    HEIGHT,
                    Qt.AspectRatioMode.KeepAspectRatio,
                    Qt.TransformationMode.SmoothTransformation,
                )
            )
        name = QLabel(called)
        name.setTextFormat(Qt.TextFormat.PlainText)
        name.setProperty("role", "title")
        name.setWordWrap(True)
        run = ", in the middle of a run" if left.was_running else ""
        self.when = QLabel(when(left.saved) + run)
        self.when.setProperty("role", "muted")
        self.when.setWordWrap(True)
        where = QLabel("" if left.origin.path is None else f"Project {left.origin.path}")
        where.setTextFormat(Qt.TextFormat.PlainText)
        where.setProperty("role", "note")
        where.setWordWrap(True)
        self.restore = QPushButton("Restore")
        self.restore.setToolTip("Bring it back to the screen as it was")
        self.restore.setAccessibleName(f"Restore {called}")
        self.discard = QPushButton("Discard")
        self._called, self.discarded = called, False
        self._said = self.when.text()
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self.restore)
        buttons.addWidget(self.discard)
        buttons.addStretch(1)
        words = QVBoxLayout()
        words.setSpacing(4)
        words.addWidget(name)
        words.addWidget(self.when)
        words.addWidget(where)
        words.addStretch(1)
        words.addLayout(buttons)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(16)
        row.addWidget(picture)
        row.addLayout(words, 1)
        self.set_discarded(False)

    def set_discarded(self, discarded: bool) -> None:
        """Say whether the copy goes when the dialog is closed."""
        self.discarded = discarded
        self.when.setText("It goes when this window is closed" if discarded else self._said)
        self.restore.setEnabled(bool(self.left.saved) and not discarded)
        self.discard.setText("Keep it" if discarded else "Discard")
        self.discard.setToolTip(
            "Do not discard this copy"
            if discarded
            else "Remove this copy for good; your own files stay as they are"
        )
        verb = "Keep" if discarded else "Discard"
        self.discard.setAccessibleName(f"{verb} the copy of {self._called}")


def when(saved: str) -> str:
    """Say when a copy was made, e.g. "Kept aside on 3 May 2026 at 14:05"."""
    try:
        moment = datetime.fromisoformat(saved).astimezone()
    except ValueError:
        return "It cannot be said when"
    return f"Kept aside on {moment.day} {moment:%B %Y} at {moment:%H:%M}"


def _pixmap(png: bytes) -> QPixmap:
    pixmap = QPixmap()
    if png and _is_small(png):
        pixmap.loadFromData(png)
    return pixmap


def _is_small(png: bytes) -> bool:
    """Whether a PNG says that it has few pixels, before memory is taken for them."""
    sides = int.from_bytes(png[16:20], "big"), int.from_bytes(png[20:24], "big")
    return png[12:16] == b"IHDR" and max(sides) <= 4096
