"""The lines of the file as they stand there, one of them marked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Slot
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from gmmstudio.table.errors import Stopped, TableError
from gmmstudio.table.settings import ReadSettings
from gmmstudio.ui import theme
from gmmstudio.ui.beside import Beside, ShouldStop
from gmmstudio.ui.importing.preview import ROWS_STYLE
from gmmstudio.ui.importing.source import Source
from gmmstudio.ui.widgets.painting import guarded_value

SHOWN = 200
BEFORE = 4  # lines shown before the one asked for
_NONE = QModelIndex()
Index = QModelIndex | QPersistentModelIndex


class LinesModel(QAbstractTableModel):
    """Some lines of a file with their numbers."""

    def __init__(self, parent=None) -> None:
        super().__init__(parent)
        self.first = 1
        self.lines: list[str] = []

    def set_lines(self, first: int, lines: Sequence[str]) -> None:
        """Show lines, the first of which has this number."""
        self.beginResetModel()
        self.first, self.lines = first, list(lines)
        self.endResetModel()

    def rowCount(self, parent: Index = _NONE) -> int:
        return 0 if parent.isValid() else len(self.lines)

    def columnCount(self, parent: Index = _NONE) -> int:
        return 0 if parent.isValid() else 1

    @guarded_value
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role == Qt.ItemDataRole.DisplayRole:
            return visible(self.lines[index.row()])
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"Line {self.first + index.row()}: {self.lines[index.row()]}"
        return None

    @guarded_value
    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation == Qt.Orientation.Vertical and role == Qt.ItemDataRole.DisplayRole:
            return str(self.first + section)
        return None


def visible(line: str) -> str:
    """Show the characters of a line that cannot be seen."""
    shown = line.replace("\t", " → ").replace("\u00a0", "⍽").replace("\u202f", "⍽")
    return "".join(c if c.isprintable() or c == " " else "\ufffd" for c in shown)


class FileLines(QTableView):
    """The file, from its first line or around one of them; long files are searched beside."""

    def __init__(self, source: Source, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Lines as they stand in the file")
        self.lines = LinesModel(self)
        self.setModel(self.lines)
        self._source = source
        self._marked = 0
        self._shown: tuple[int, str] | None = None
        self._reader = Beside("gmmstudio-file-lines", self)
        self._reader.answered.connect(self._arrived)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setFrameShape(QTableView.Shape.NoFrame)
        self.setStyleSheet(ROWS_STYLE)
        columns, rows = self.horizontalHeader(), self.verticalHeader()
        columns.hide()
        columns.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setHighlightSections(True)
        rows.setDefaultAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        theme.signals().changed.connect(self._fit_rows)
        self._fit_rows()

    def show_line(self, line: int, settings: ReadSettings) -> None:
        """Show the part of the file around a line and mark it; 0 is the beginning of the file."""
        self._marked = line
        how = f"{settings.encoding} {settings.sheet}"
        first = max(1, line - BEFORE)
        there = self._shown is not None and self._shown[1] == how
        if there and 0 <= line - self.lines.first < len(self.lines.lines) and line:
            self._mark()
            return
        if there and not line and self.lines.first == 1:
            return
        source = self._source

        def look(should_stop: ShouldStop) -> tuple[int, str, list[str]]:
            try:
                return first, how, source.lines(first, SHOWN, settings, should_stop)
            except Stopped:
                raise
            except TableError as error:
                return first, how, [str(error)]

        self._reader.ask(look)

    def shut_down(self) -> None:
        """End the thread."""
        self._reader.shut_down()

    @Slot(object)
    def _arrived(self, answer: tuple[int, str, list[str]]) -> None:
        first, how, lines = answer
        self._shown = first, how
        self.lines.set_lines(first, lines)
        self._mark()

    def _mark(self) -> None:
        row = self._marked - self.lines.first
        if self._marked and 0 <= row < self.lines.rowCount():
            index = self.lines.index(row, 0)
            self.setCurrentIndex(index)
            self.scrollTo(index, QAbstractItemView.ScrollHint.PositionAtCenter)

    @Slot()
    def _fit_rows(self) -> None:
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 6)
