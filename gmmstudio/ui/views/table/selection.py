"""Rows picked in the table, handed to the selection that all views share."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QItemSelection, QItemSelectionModel, QModelIndex, Qt, Slot
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QTableView, QWidget

from gmmstudio.ui.selection import Selection
from gmmstudio.ui.views.table.model import TableModel
from gmmstudio.ui.widgets.painting import guarded, guarded_value

Flag = QItemSelectionModel.SelectionFlag
Mask = NDArray[np.bool_]


class RowSelectionModel(QItemSelectionModel):
    """Takes what mouse and keys do with rows, and keeps none of it.

    Qt holds a selection as ranges of the list, so a lasso around a million scattered rows would
    be a million of them. What is selected is :class:`~gmmstudio.ui.selection.Selection` alone; the
    commands are carried out on its mask as Qt carries them out on ranges.

    Attributes
    ----------
    is_choosing
        The rows are being picked here: the list is not to move under the hand.
    """

    def __init__(self, model: TableModel, selection: Selection, parent: QWidget) -> None:
        super().__init__(model, parent)
        self._table, self._selection = model, selection
        self.is_choosing = False
        self._before: Mask | None = None  # without the stretch that is being drawn out
        selection.changed.connect(self._changed_elsewhere)
        model.modelReset.connect(self._forget)

    def shut_down(self) -> None:
        """Let go of the selection."""
        self._selection.changed.disconnect(self._changed_elsewhere)

    def _changed_elsewhere(self) -> None:
        if not self.is_choosing:
            self._before = None

    @Slot()
    def _forget(self) -> None:
        self._before = None  # it is of another table

    @guarded
    def select(self, what: QItemSelection | QModelIndex, command: Flag) -> None:
        """Carry out a command on the rows of some cells."""
        table = self._table.table
        if self._table.is_changing:
            return  # Qt tidies its ranges, of which there are none
        if table is None or not command & (Flag.Clear | Flag.Select | Flag.Deselect | Flag.Toggle):
            return
        now = self._selection.mask
        if command & Flag.Clear:
            before = np.zeros(table.n_rows, dtype=bool)
        elif command & Flag.Current and self._before is not None:
            before = self._before
        else:
            before = np.zeros(table.n_rows, dtype=bool) if now is None else now
        rows = self._rows(what)
        mask = before.copy()
        if (command & Flag.Toggle) == Flag.Toggle:  # it is both of the others
            mask[rows] = ~mask[rows]
        elif command & Flag.Select:
            mask[rows] = True
        elif command & Flag.Deselect:
            mask[rows] = False
        self._before = before
        self.is_choosing = True
        try:
            self._selection.choose(mask)
        finally:
            self.is_choosing = False

    def _rows(self, what: QItemSelection | QModelIndex) -> NDArray[np.int64]:
        """Return the rows of the table of some cells, each once."""
        if isinstance(what, QModelIndex):
            parts = {(what.row(), what.row())} if what.isValid() else set()
        else:
            ranges = [what.at(i) for i in range(what.count())]
            parts = {(part.top(), part.bottom()) for part in ranges if part.isValid()}
        found = [self._table.table_rows(first, last) for first, last in sorted(parts)]
        return np.concatenate(found) if found else np.empty(0, np.int64)


class RowGrid(QTableView):
    """A table view in which the selected rows are those of the selection shared by all."""

    def __init__(self, selection: Selection, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._selection = selection
        self._toggled = Flag.Select

    def is_selected(self, row: int) -> bool:
        """Tell whether a row of the table is selected."""
        mask = self._selection.mask
        return mask is not None and row < len(mask) and bool(mask[row])

    def row_at(self, index: QModelIndex) -> int:
        """Return the row of the table that a cell is of."""
        model = self.model()
        return model.table_row(index.row()) if isinstance(model, TableModel) else index.row()

    @guarded_value
    def selectionCommand(self, index: QModelIndex, event: QEvent | None = None) -> Flag:
        """Say what the mouse or a key does, by what is selected in truth rather than in ranges."""
        command = super().selectionCommand(index, event)
        if not isinstance(event, QMouseEvent):
            return command
        selected = index.isValid() and self.is_selected(self.row_at(index))
        if selected and event.button() == Qt.MouseButton.RightButton:
            return Flag.NoUpdate  # the menu of the selected rows is asked for
        if (command & Flag.Toggle) != Flag.Toggle:
            return command
        if event.type() == QEvent.Type.MouseButtonPress:
            self._toggled = Flag.Deselect if selected else Flag.Select
        return self._toggled | Flag.Rows  # and so do the rows that the mouse is dragged over
