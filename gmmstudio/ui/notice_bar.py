"""What was noticed while reading a table, until it is dismissed; and the hint while dropping."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, Qt, Slot
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from gmmstudio.ui import icons, theme

_MOST = 6


@dataclass(frozen=True)
class Offer:
    """Something that can be done about a notice: a button beside it."""

    title: str
    tip: str
    run: Callable[[], object]


class NoticeBar(QFrame):
    """A bar over the workspace with sentences; hidden when there is nothing to say."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "notice")
        self.setAccessibleName("Notices")
        self._picture = QLabel()
        self.text = QLabel()
        self.text.setWordWrap(True)
        self.text.setTextFormat(Qt.TextFormat.PlainText)
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.dismiss = QToolButton()
        self.dismiss.setProperty("role", "tool")
        self.dismiss.setAccessibleName("Dismiss the notice")
        self.dismiss.setToolTip("Dismiss")
        self.dismiss.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.dismiss.clicked.connect(self.clear)
        self._offers = QHBoxLayout()
        self._offers.setSpacing(8)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 6, 10, 6)
        row.setSpacing(8)
        self._picture.setAlignment(Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self._picture, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.text, 1)
        self.buttons: tuple[QPushButton, ...] = ()
        row.addLayout(self._offers)
        row.addWidget(self.dismiss, 0, Qt.AlignmentFlag.AlignTop)
        theme.signals().changed.connect(self._look_changed)
        self._look_changed()
        self.hide()

    def say(self, sentences: Sequence[str], offers: Sequence[Offer] = ()) -> None:
        """Show sentences, one a line, with what can be done about them; none hides the bar."""
        for button in self.buttons:
            self._offers.removeWidget(button)
            button.hide()
            button.deleteLater()
        self.buttons = tuple(map(self._button, offers))
        shown = list(sentences[:_MOST])
        if len(sentences) > _MOST:
            shown.append(f"… and {len(sentences) - _MOST} more.")
        self.text.setText("\n".join(shown))
        self._align()
        self.setVisible(bool(sentences))

    def _button(self, offer: Offer) -> QPushButton:
        button = QPushButton(offer.title)
        button.setToolTip(offer.tip)
        button.setAccessibleName(offer.title.rstrip("…"))
        button.clicked.connect(lambda: offer.run())
        self._offers.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        return button

    def _align(self) -> None:
        """Centre the picture and the first line on the buttons, however many lines follow."""
        self.ensurePolished()
        line = self.text.fontMetrics().height()
        button = max((button.sizeHint().height() for button in self.buttons), default=line)
        tall = max(line, button, self.dismiss.sizeHint().height())
        self._offers.setContentsMargins(0, (tall - button) // 2, 0, 0)
        self._picture.setFixedHeight(tall)
        self.dismiss.setFixedHeight(tall)
        self.text.setContentsMargins(0, (tall - line) // 2, 0, (tall - line) // 2)

    @Slot()
    def clear(self) -> None:
        """Say nothing any more."""
        self.say(())

    @Slot()
    def _look_changed(self) -> None:
        self._picture.setPixmap(icons.pixmap("info", 16, "muted", self.devicePixelRatioF()))
        self.dismiss.setIcon(icons.icon("close", "muted"))
        self._align()


class DropHint(QFrame):
    """Covers its parent while a file is held over the window."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("role", "drop")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._picture = QLabel()
        self._picture.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.text = QLabel()
        self.text.setProperty("role", "heading")
        self.text.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        layout = QVBoxLayout(self)
        layout.addStretch()
        layout.addWidget(self._picture)
        layout.addWidget(self.text)
        layout.addStretch()
        parent.installEventFilter(self)
        self.hide()

    def show_for(self, sentence: str) -> None:
        """Cover the parent and say what a drop would do."""
        self.text.setText(sentence)
        self._picture.setPixmap(icons.pixmap("drop", 48, "accent", self.devicePixelRatioF()))
        self._cover()
        self.raise_()
        self.show()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self._cover()
        return False

    def _cover(self) -> None:
        parent = self.parentWidget()
        if parent is not None:
            self.setGeometry(parent.rect().adjusted(12, 12, -12, -12))
