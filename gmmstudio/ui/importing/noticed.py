"""What was noticed in a file, doubts first; a click shows the lines that a sentence is about."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QListWidget, QListWidgetItem, QWidget

from gmmstudio.table.settings import Notice
from gmmstudio.ui import icons, theme

_MOST = 100
_LINES = Qt.ItemDataRole.UserRole
_TIP = "Click to see the line in the file; click again for the next one"


class Noticed(QListWidget):
    """Sentences with a sign each: a triangle for what is in doubt.

    Attributes
    ----------
    line_wanted : Signal
        The number of a line to be shown.
    """

    line_wanted = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("What was noticed in the file")
        self.setWordWrap(True)
        self.setTextElideMode(Qt.TextElideMode.ElideNone)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setFrameShape(QListWidget.Shape.NoFrame)
        self.setTabKeyNavigation(False)
        self.setUniformItemSizes(False)
        self.setIconSize(QSize(16, 16))
        self.setStyleSheet(
            "QListView { background: transparent; } QListView::item { padding: 3px 4px; }"
        )
        self._notices: tuple[Notice, ...] = ()
        self._next: dict[int, int] = {}  # which of its lines a notice shows next
        self.itemClicked.connect(self._clicked)
        theme.signals().changed.connect(self._look_changed)

    @property
    def notices(self) -> tuple[Notice, ...]:
        """What is listed."""
        return self._notices

    def show_notices(self, notices: Sequence[Notice]) -> None:
        """List sentences."""
        if tuple(notices) == self._notices and self.count():
            return
        self._notices = tuple(notices)
        self._next.clear()
        self.clear()
        for notice in self._notices[:_MOST]:
            item = QListWidgetItem(str(notice))
            sign = "In doubt" if notice.doubt else "Noticed"
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{sign}: {notice}")
            item.setData(_LINES, notice.lines)
            if notice.lines:
                item.setToolTip(_TIP)
            self.addItem(item)
        if len(self._notices) > _MOST:
            self.addItem(QListWidgetItem(f"… and {len(self._notices) - _MOST} more."))
        self.scheduleDelayedItemsLayout()  # the heights that were known are those of other words
        self._look_changed()

    def wanted_height(self) -> int:
        """Return how high all sentences are at this width."""
        self.doItemsLayout()
        last = self.count() - 1
        return self.visualItemRect(self.item(last)).bottom() + 12 if last >= 0 else 0

    def minimumSizeHint(self) -> QSize:
        return QSize(60, self.fontMetrics().height() + 12)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        keys = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)
        item = self.currentItem()
        if event.key() in keys and item is not None:
            self._clicked(item)
            return
        super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.scheduleDelayedItemsLayout()  # lines break elsewhere

    @Slot(QListWidgetItem)
    def _clicked(self, item: QListWidgetItem) -> None:
        row = self.row(item)
        if not 0 <= row < len(self._notices):
            return
        lines = self._notices[row].lines
        if lines:
            place = self._next.get(row, 0) % len(lines)
            self._next[row] = place + 1
            self.line_wanted.emit(lines[place])

    @Slot()
    def _look_changed(self) -> None:
        for row, notice in enumerate(self._notices[:_MOST]):
            name, colour = ("warning", "warning") if notice.doubt else ("info", "muted")
            self.item(row).setIcon(icons.icon(name, colour))
