"""The table as Qt sees it: cells are looked up when drawn, nothing is copied."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)

from gmmstudio.table.fitted import filled_value
from gmmstudio.table.table import Table
from gmmstudio.ui import theme
from gmmstudio.ui.views.table import columns as table_columns
from gmmstudio.ui.views.table.columns import FitColumns
from gmmstudio.ui.views.table.row_order import Ints, SortKey
from gmmstudio.ui.widgets.painting import guarded_value
from gmmstudio.ui.widgets.tips import plain_tip

Index = QModelIndex | QPersistentModelIndex
IDENTITY_ROLE = Qt.ItemDataRole.UserRole + 1
_NONE = QModelIndex()
_FILE = "The file has {} here, and exported files keep it."
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)


class TableModel(QAbstractTableModel):
    """Row number, every original column, then what the fit says.

    Attributes
    ----------
    sort_wanted : Signal
        The view asks for another order: column, descending.
    is_changing
        Rows or columns come and go; what Qt then asks of a selection nobody has asked.
    """

    sort_wanted = Signal(int, bool)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._table: Table | None = None
        self._fit: FitColumns | None = None
        self._excluded: frozenset[int] = frozenset()
        self._order: Ints | None = None
        self._seen: Table | None = None
        self.is_changing = False

    # ---- what it shows -------------------------------------------------------------------

    @property
    def table(self) -> Table | None:
        return self._table

    @property
    def n_own_columns(self) -> int:
        """Row number and original columns."""
        return 0 if self._table is None else 1 + len(self._table.columns)

    def set_table(
        self, table: Table | None, excluded: frozenset[int], fit: FitColumns | None
    ) -> None:
        """Show another table, in its own order."""
        with self._change():
            self.beginResetModel()
            self._table, self._excluded, self._fit = table, excluded, fit
            self._seen = None
            self._order = None
            self.endResetModel()

    def set_fit(self, fit: FitColumns | None) -> None:
        """Show what another fit says, or more of what it says."""
        if (fit is None) != (self._fit is None):
            first = self.n_own_columns
            last = first + len(table_columns.HEADERS) - 1
            with self._change():
                if fit is None:
                    self.beginRemoveColumns(_NONE, first, last)
                    self._fit = None
                    self.endRemoveColumns()
                else:
                    self.beginInsertColumns(_NONE, first, last)
                    self._fit = fit
                    self.endInsertColumns()
            return
        self._fit = fit
        self._all_changed()

    @contextmanager
    def _change(self) -> Iterator[None]:
        self.is_changing = True
        try:
            yield
        finally:
            self.is_changing = False

    def set_seen(self, seen: Table | None) -> None:
        """Show the cells that a fit fills in, as the table that it sees has them."""
        if seen is not self._seen:
            self._seen = seen
            self._all_changed()

    def set_excluded(self, excluded: frozenset[int]) -> None:
        """Draw these rows in grey."""
        self._excluded = excluded
        self._all_changed()

    def _all_changed(self) -> None:
        if self.rowCount() and self.columnCount():
            last = self.index(self.rowCount() - 1, self.columnCount() - 1)
            self.dataChanged.emit(self.index(0, 0), last)

    def set_order(self, order: Ints | None) -> None:
        """List the rows in another order."""
        self.layoutAboutToBeChanged.emit()
        old = self.persistentIndexList()  # the cell in use, and hardly more
        rows = [self.table_row(index.row()) for index in old]
        self._order = order
        new = [
            self.index(place, index.column())
            for place, index in zip(self.places(rows), old, strict=True)
        ]
        self.changePersistentIndexList(old, new)
        self.layoutChanged.emit()

    # ---- rows ----------------------------------------------------------------------------

    def table_row(self, place: int) -> int:
        """Return the table's row that is listed at a place."""
        return place if self._order is None else int(self._order[place])

    def table_rows(self, first: int, last: int) -> Ints:
        """Return the table's rows listed from one place to another, both included."""
        if self._order is None:
            return np.arange(first, last + 1)
        return self._order[first : last + 1]

    def places(self, rows: Iterable[int]) -> list[int]:
        """Return where these rows of the table are listed."""
        wanted = list(rows)
        if self._order is None or not wanted:
            return wanted
        inverse = np.empty(len(self._order), np.int64)
        inverse[self._order] = np.arange(len(self._order))
        return inverse[wanted].tolist()

    def listed(self, mask: NDArray[np.bool_]) -> Ints:
        """Return the rows of the table that a mask (n,) tells of, in the order listed."""
        if self._order is None:
            return np.flatnonzero(mask)
        return self._order[mask[self._order]]

    def first_place(self, mask: NDArray[np.bool_]) -> int | None:
        """Return where the first row is listed that a mask (n,) tells of; None without any."""
        listed = mask if self._order is None else mask[self._order]
        first = int(np.argmax(listed)) if len(listed) else 0
        return first if len(listed) and listed[first] else None

    def sort_key(self, column: int) -> SortKey:
        """Return what sorts the rows by a column."""
        table = self._table
        if table is None or column <= 0:
            return SortKey()
        if column < self.n_own_columns:
            original = table.columns[column - 1]
            if original.values is not None:
                return SortKey(numbers=original.values)
            return SortKey(texts=original.cells)
        if self._fit is None:
            return SortKey()
        return self._fit.sort_key(table, column - self.n_own_columns)

    # ---- copying -------------------------------------------------------------------------

    def as_text(self, rows: Sequence[int]) -> str:
        """Return rows as tab-separated text with a header, original cells untouched."""
        table, fit = self._table, self._fit
        if table is None:
            return ""
        head = [column.header or column.name for column in table.columns]
        columns: list[list[str]] = [
            [str(text) for text in column.cells.take(np.asarray(rows)).to_pylist()]
            for column in table.columns
        ]
        if fit is not None:
            head += table_columns.HEADERS
            columns += fit.copied(np.asarray(rows))
        lines = ["\t".join(map(_quoted, head))]
        lines += ["\t".join(map(_quoted, cells)) for cells in zip(*columns, strict=True)]
        return "\n".join(lines) + "\n"

    # ---- Qt ------------------------------------------------------------------------------

    def rowCount(self, parent: Index = _NONE) -> int:
        return 0 if parent.isValid() or self._table is None else self._table.n_rows

    def columnCount(self, parent: Index = _NONE) -> int:
        if parent.isValid():
            return 0
        return self.n_own_columns + (len(table_columns.HEADERS) if self._fit is not None else 0)

    @guarded_value
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if self._table is None or not index.isValid():
            return None
        row, column = self.table_row(index.row()), index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(row, column)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if self._is_number(column) else _LEFT
        if role == Qt.ItemDataRole.ForegroundRole:
            if row in self._excluded:
                return theme.color("faint")
            if self._filled(row, column) is not None:
                return theme.color("accent")
            return theme.color("muted") if column == 0 else None
        if role == IDENTITY_ROLE and self._fit is not None:
            if column - self.n_own_columns == table_columns.CLUSTER and row not in self._excluded:
                return self._fit.identity(row)
            return None
        if role == Qt.ItemDataRole.ToolTipRole:
            text = self._text(row, column)
            if self._filled(row, column) is not None:
                own = str(self._table.columns[column - 1].cells[row]).strip()
                return plain_tip(f"{text}, filled in for the fit\n{_FILE.format(own or 'nothing')}")
            is_note = column - self.n_own_columns == table_columns.NOTE
            return text if len(text) > 24 or (is_note and text) else None
        return None

    def _text(self, row: int, column: int) -> str:
        assert self._table is not None
        if column == 0:
            return str(row + 1)
        if column < self.n_own_columns:
            value = self._filled(row, column)
            own = str(self._table.columns[column - 1].cells[row])
            return own if value is None else f"≈ {value:.6g}"
        if self._fit is None:
            return ""
        which = column - self.n_own_columns
        if which == table_columns.NOTE and row in self._excluded:
            return table_columns.EXCLUDED
        return self._fit.text(row, which)

    def _filled(self, row: int, column: int) -> float | None:
        """Return what a cell of the file is filled with; None if it is not."""
        table, seen = self._table, self._seen
        if table is None or seen is None or seen is table or not 0 < column < self.n_own_columns:
            return None
        if row in self._excluded or seen.n_rows != table.n_rows:
            return None
        return filled_value(table, seen, column - 1, row)

    def _is_number(self, column: int) -> bool:
        assert self._table is not None
        if column == 0:
            return True
        if column < self.n_own_columns:
            return self._table.columns[column - 1].is_number
        which = column - self.n_own_columns
        return which in (table_columns.PROBABILITY, table_columns.DENSITY)

    @guarded_value
    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation != Qt.Orientation.Horizontal or self._table is None:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if self._is_number(section) else _LEFT
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return None
        tip = role == Qt.ItemDataRole.ToolTipRole
        if section == 0:
            return "Row of the file, without its header" if tip else "row"
        if section < self.n_own_columns:
            column = self._table.columns[section - 1]
            return plain_tip(f"{column.name}\nClick to sort") if tip else column.name
        which = section - self.n_own_columns
        return table_columns.TIPS[which] if tip else table_columns.HEADERS[which]

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        self.sort_wanted.emit(column, order == Qt.SortOrder.DescendingOrder)


def _quoted(text: str) -> str:
    if any(mark in text for mark in '\t\n\r"'):
        return '"' + text.replace('"', '""') + '"'
    return text
