"""The empty window: open a table, paste one, or try a sample."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from gmmstudio.report import formats
from gmmstudio.table.sample_tables import SampleTable
from gmmstudio.ui import icons, theme

COLUMNS = 3
CARD_WIDTH = 250
SHOWN_RECENT = 5


class SampleCard(QPushButton):
    """One sample table: its title, what it is about, its size."""

    picked = Signal(str)

    def __init__(self, entry: SampleTable, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._key = entry.key
        self.setProperty("role", "sample")
        self.setAccessibleName(f"Sample: {entry.title}")
        self.setAccessibleDescription(entry.description)
        self.setToolTip(f"Open the sample “{entry.title}” (licence: {entry.licence})")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Minimum)
        title = QLabel(entry.title)
        title.setProperty("role", "title")
        about = QLabel(entry.description)
        about.setProperty("role", "muted")
        about.setWordWrap(True)
        about.setAlignment(Qt.AlignmentFlag.AlignTop)
        size = QLabel(f"{formats.rows(entry.n_rows)} · {entry.n_columns} columns")
        size.setProperty("role", "note")
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(16, 12, 16, 12)
        self._layout.setSpacing(4)
        self._layout.addWidget(title)
        self._layout.addWidget(about, 1)
        self._layout.addSpacing(4)
        self._layout.addWidget(size)
        for label in (title, about, size):
            label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.clicked.connect(self._clicked)

    def sizeHint(self) -> QSize:
        width = round(CARD_WIDTH * max(1.0, theme.zoom()))
        return QSize(width, self._layout.heightForWidth(width))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    @Slot()
    def _clicked(self) -> None:
        self.picked.emit(self._key)


class RecentFile(QPushButton):
    """One file opened before."""

    picked = Signal(object)

    def __init__(self, path: Path, parent: QWidget | None = None) -> None:
        super().__init__(path.name, parent)
        self._path = path
        self.setProperty("role", "link")
        self.setAccessibleName(f"Open {path.name}")
        self.setToolTip(str(path))
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.clicked.connect(self._clicked)

    @Slot()
    def _clicked(self) -> None:
        self.picked.emit(self._path)


class EmptyState(QScrollArea):
    """What a window without a table shows."""

    sample_picked = Signal(str)
    recent_picked = Signal(object)

    def __init__(
        self,
        open_action: QAction,
        paste_action: QAction,
        entries: Sequence[SampleTable],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        inner = QWidget()
        inner.setProperty("role", "empty")
        inner.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setWidget(inner)
        self._picture = QLabel()
        self._picture.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        heading = QLabel("Open a table, paste one, or try a sample")
        heading.setProperty("role", "heading")
        heading.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        how = QLabel(
            "CSV, Excel, Parquet, SPSS …, one row per case. You can also drop a file on this "
            "window, or copy cells in a spreadsheet and press Ctrl+V."
        )
        how.setProperty("role", "muted")
        how.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        how.setWordWrap(True)

        self.open_button = _button(open_action, "primary", "Open…")
        self.paste_button = _button(paste_action, "button", "Paste table")
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addStretch()
        buttons.addWidget(self.open_button)
        buttons.addWidget(self.paste_button)
        buttons.addStretch()

        self.cards = [SampleCard(entry) for entry in entries]
        grid = QGridLayout()
        grid.setSpacing(12)
        for index, card in enumerate(self.cards):
            card.picked.connect(self.sample_picked)
            grid.addWidget(card, index // COLUMNS, index % COLUMNS)
        samples = QHBoxLayout()
        samples.addStretch()
        samples.addLayout(grid)
        samples.addStretch()

        self._recent_title = QLabel("OPENED BEFORE")
        self._recent_title.setProperty("role", "section")
        self._recent_title.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._recent = QHBoxLayout()
        self._recent.setSpacing(20)

        layout = QVBoxLayout(inner)
        layout.setContentsMargins(24, 24, 24, 24)
        layout.setSpacing(8)
        layout.addStretch(2)
        layout.addWidget(self._picture)
        layout.addSpacing(4)
        layout.addWidget(heading)
        layout.addWidget(how)
        layout.addSpacing(12)
        layout.addLayout(buttons)
        layout.addSpacing(24)
        layout.addLayout(samples)
        layout.addSpacing(20)
        layout.addWidget(self._recent_title)
        layout.addLayout(self._recent)
        layout.addStretch(3)
        theme.signals().changed.connect(self._look_changed)
        self._look_changed()
        self.show_recent(())

    def show_recent(self, paths: Sequence[Path]) -> None:
        """List the files opened before."""
        while (item := self._recent.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self._recent_title.setVisible(bool(paths))
        self._recent.addStretch()
        for path in paths[:SHOWN_RECENT]:
            link = RecentFile(path)
            link.picked.connect(self.recent_picked)
            self._recent.addWidget(link)
        self._recent.addStretch()

    @Slot()
    def _look_changed(self) -> None:
        self._picture.setPixmap(icons.pixmap("table", 40, "faint", self.devicePixelRatioF()))
        for card in self.cards:
            card.updateGeometry()


def _button(action: QAction, role: str, text: str) -> QToolButton:
    button = QToolButton()
    button.setDefaultAction(action)
    button.setText(text)
    button.setProperty("role", role)
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
    button.setAccessibleName(text)
    button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    return button
