"""The first rows of a table as they are read, for a table view."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor

from gmmstudio.table.date_words import day_words
from gmmstudio.table.table import Table
from gmmstudio.ui import theme
from gmmstudio.ui.importing.words import KINDS
from gmmstudio.ui.widgets.painting import guarded_value

SHOWN = 200
_LONGEST = 300  # letters of a cell
_NONE = QModelIndex()
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
Index = QModelIndex | QPersistentModelIndex


class PreviewModel(QAbstractTableModel):
    """At most 200 rows; every cell as its text stands in the file."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._table: Table | None = None
        self._texts: dict[int, list[str]] = {}

    @property
    def table(self) -> Table | None:
        return self._table

    def set_table(self, table: Table | None) -> None:
        """Show another table, or the same one read in another way."""
        if table is self._table:
            return
        old = self._table
        self._texts = {}
        same_shape = (
            old is not None
            and table is not None
            and len(old.columns) == len(table.columns)
            and min(old.n_rows, SHOWN) == min(table.n_rows, SHOWN)
        )
        if not same_shape:
            self.beginResetModel()
            self._table = table
            self.endResetModel()
            return
        self._table = table  # where one looks, and the cell in use, stay
        if self.rowCount():
            last = self.index(self.rowCount() - 1, self.columnCount() - 1)
            self.dataChanged.emit(self.index(0, 0), last)
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, self.columnCount() - 1)

    def texts(self, column: int) -> list[str]:
        """Return the first cells of a column."""
        assert self._table is not None
        if column not in self._texts:
            cells = self._table.columns[column].cells.slice(0, SHOWN)
            self._texts[column] = [str(text) for text in cells.to_pylist()]
        return self._texts[column]

    def rowCount(self, parent: Index = _NONE) -> int:
        if parent.isValid() or self._table is None:
            return 0
        return min(self._table.n_rows, SHOWN)

    def columnCount(self, parent: Index = _NONE) -> int:
        return 0 if parent.isValid() or self._table is None else len(self._table.columns)

    @guarded_value
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if self._table is None or not index.isValid():
            return None
        row, column = index.row(), index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            text = self.texts(column)[row]
            return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if self._is_number(column) else _LEFT
        if role == Qt.ItemDataRole.ForegroundRole:
            return QColor(theme.current().faint) if self._is_missing(row, column) else None
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._tip(row, column)
        return None

    @guarded_value
    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if self._table is None or role != Qt.ItemDataRole.DisplayRole:
            return None
        if orientation == Qt.Orientation.Vertical:
            return str(section + 1)
        return self._table.columns[section].name

    def kind(self, column: int) -> str:
        """Return in a word what a column holds."""
        assert self._table is not None
        return KINDS[self._table.columns[column].kind]

    def chosen_type(self, column: int) -> str | None:
        """Return the type that was chosen for a column."""
        if self._table is None:
            return None
        return dict(self._table.settings.types).get(column)

    def _is_number(self, column: int) -> bool:
        assert self._table is not None
        return self._table.columns[column].is_number

    def _is_missing(self, row: int, column: int) -> bool:
        assert self._table is not None
        values = self._table.columns[column].values
        return values is not None and bool(np.isnan(values[row]))

    def _tip(self, row: int, column: int) -> str | None:
        assert self._table is not None
        text, values = self.texts(column)[row], self._table.columns[column].values
        if values is None:
            return text[:1000] if len(text) > 24 else None
        if np.isnan(values[row]):
            return f"“{text}” is read as a missing value" if text.strip() else "A missing value"
        if not self._is_number(column):
            return f"“{text}” is read as {day_words(values[row], self._table.settings.date_order)}"
        return f"“{text}” is read as {values[row]:.15g}"
