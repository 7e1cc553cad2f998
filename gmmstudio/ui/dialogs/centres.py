"""Asks for the centres that EM starts from: a small table, a row for each cluster."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QColor, QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPushButton,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from gmmstudio.ui import theme
from gmmstudio.ui.dialogs.pasting import grid_of
from gmmstudio.ui.panels.wording import count
from gmmstudio.ui.widgets.labels import Refusal
from gmmstudio.ui.widgets.number_row import read_number

FloatArray = NDArray[np.float64]
ABOUT = (
    "A row for each cluster: the centre that EM starts from, in the columns' own units. "
    "Cells can be pasted from a spreadsheet."
)
ROWS_SHOWN, MOST_ROWS = 6, 99
COLUMN_WIDTHS = 92, 190  # the narrowest and the widest
WIDEST = 860  # the dialog at first


class Grid(QTableWidget):
    """The cells; Ctrl+C and Ctrl+V speak with a spreadsheet, Delete empties."""

    pasted = Signal(str)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Paste):
            self.pasted.emit(QGuiApplication.clipboard().text())
        elif event.matches(QKeySequence.StandardKey.Copy):
            QGuiApplication.clipboard().setText(self.selected_text())
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            for item in self.selectedItems():
                item.setText("")
        else:
            super().keyPressEvent(event)

    def selected_text(self) -> str:
        """Return the selected cells as a spreadsheet takes them."""
        indices = self.selectedIndexes()
        rows = sorted({index.row() for index in indices})
        columns = sorted({index.column() for index in indices})
        return "\n".join("\t".join(self.cell_text(r, c) for c in columns) for r in rows)

    def cell_text(self, row: int, column: int) -> str:
        item = self.item(row, column)
        return "" if item is None else item.text().strip()


class CellDelegate(QStyledItemDelegate):
    """Types a number at the right, where the numbers stand."""

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index) -> QWidget:
        editor = super().createEditor(parent, option, index)
        if isinstance(editor, QLineEdit):
            editor.setAlignment(Qt.AlignmentFlag.AlignRight)
            editor.setStyleSheet("padding: 0 3px; border-radius: 0;")
        return editor


class CentresDialog(QDialog):
    """The centres (K, d), checked before it closes.

    Parameters
    ----------
    names, ranges
        Of the d columns: what they are called, and the least and the largest value.
    centres
        (K, d), what stands there at first.
    origin
        Where those come from, in a few words.
    refusal
        Says what is wrong with centres, empty if nothing is.
    """

    chosen = Signal(object)  # centres (K, d)

    def __init__(
        self,
        names: tuple[str, ...],
        ranges: tuple[tuple[float, float], ...],
        centres: FloatArray,
        origin: str,
        refusal: Callable[[FloatArray], str],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Centres by hand")
        self._names, self._refusal_of = names, refusal
        about = QLabel(ABOUT)
        about.setWordWrap(True)
        self.origin = QLabel(origin)
        self.origin.setProperty("role", "muted")
        self.origin.setWordWrap(True)
        self.grid = Grid(len(centres), len(names))
        self._show(centres)
        self._set_up_grid(ranges)
        self.add = self._button("Add a row", "One cluster more: an empty row under the current one")
        self.remove = self._button("Remove the row", "One cluster fewer: the current row goes")
        self.refusal = Refusal()
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        cancel = buttons.button(QDialogButtonBox.StandardButton.Cancel)
        cancel.setToolTip("Keep the start as it is")
        self.use = buttons.addButton("Use as start", QDialogButtonBox.ButtonRole.AcceptRole)
        self.use.setToolTip("Start the next fit from these centres; K becomes their number")
        self.use.setProperty("role", "primary")
        self.use.setDefault(True)

        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.add)
        row.addWidget(self.remove)
        row.addStretch()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 20, 20, 16)
        layout.setSpacing(8)
        layout.addWidget(about)
        layout.addWidget(self.origin)
        frame = QFrame()
        frame.setProperty("role", "card")
        inside = QVBoxLayout(frame)
        inside.setContentsMargins(1, 1, 1, 1)
        inside.addWidget(self.grid)
        layout.addWidget(frame, 1)
        layout.addLayout(row)
        layout.addWidget(self.refusal)
        layout.addSpacing(4)
        layout.addWidget(buttons)
        self.add.clicked.connect(self._add_row)
        self.remove.clicked.connect(self._remove_row)
        self.grid.pasted.connect(self.paste)
        self.grid.itemChanged.connect(self._cell_changed)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        self._count_rows()
        self.resize(self._first_width(), self.sizeHint().height())
        self.grid.setFocus()
        self.grid.setCurrentCell(0, 0)

    @property
    def centres(self) -> FloatArray:
        """The centres (K, d) as they stand in the table.

        Raises
        ------
        ValueError
            With a sentence, where a cell holds no number.
        """
        rows, columns = self.grid.rowCount(), self.grid.columnCount()
        found = np.empty((rows, columns))
        for row in range(rows):
            for column in range(columns):
                found[row, column] = self._number(row, column)
        return found

    @Slot()
    def accept(self) -> None:
        try:
            centres = self.centres
            why = self._refusal_of(centres)
        except ValueError as error:
            why = str(error)
        if why:
            self.refusal.say(why)
            return
        self.chosen.emit(centres)
        super().accept()

    @Slot(str)
    def paste(self, text: str) -> None:
        """Put a block of cells where the current cell is; rows are added as needed."""
        block = grid_of(text, self._names)
        if not block:
            self.refusal.say("The clipboard holds no cells: copy some in a spreadsheet first.")
            return
        # A whole table of centres takes the place of all; a part goes where the cursor is.
        whole = len(block[0]) == self.grid.columnCount()
        top = 0 if whole else max(self.grid.currentRow(), 0)
        left = 0 if whole else max(self.grid.currentColumn(), 0)
        room = self.grid.columnCount() - left
        if max(len(row) for row in block) > room:
            self.refusal.say(
                f"The clipboard holds {max(len(row) for row in block)} columns, and from the "
                f"current cell on there is room for {room}."
            )
            return
        if top + len(block) > MOST_ROWS:
            self.refusal.say(
                f"The clipboard holds {len(block)} rows; at most {MOST_ROWS} clusters."
            )
            return
        before = self.grid.rowCount()
        self.grid.setRowCount(len(block) if whole else max(self.grid.rowCount(), top + len(block)))
        for i, cells in enumerate(block):
            for j, cell in enumerate(cells):
                self.grid.setItem(top + i, left + j, _item(cell))
        self.refusal.hide()
        self._count_rows()
        now = self.grid.rowCount()
        if now != before:
            self.origin.setText(f"Pasted: {count(now, 'centre')} now, {before} before.")
            self.origin.show()

    # ---- inside -----------------------------------------------------------------------

    def _set_up_grid(self, ranges: tuple[tuple[float, float], ...]) -> None:
        grid = self.grid
        grid.setAccessibleName("Centres")
        grid.setToolTip("Type over a cell, or paste cells with Ctrl+V")
        grid.setTabKeyNavigation(False)  # Tab leads on to the buttons; arrow keys move within
        grid.setItemDelegate(CellDelegate(grid))
        grid.setWordWrap(False)
        grid.setShowGrid(True)
        header = grid.horizontalHeader()
        header.setHighlightSections(False)
        header.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        least, most = (round(width * theme.zoom()) for width in COLUMN_WIDTHS)
        for column, name in enumerate(self._names):
            needed = header.fontMetrics().horizontalAdvance(name) + 24
            grid.setColumnWidth(column, min(max(needed, least), most))
        self._cells_width = header.length()
        if self._cells_width < WIDEST:
            header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        height = grid.fontMetrics().height() + 12
        grid.verticalHeader().setDefaultSectionSize(height)
        grid.verticalHeader().setHighlightSections(False)
        rows = min(max(grid.rowCount(), 2), ROWS_SHOWN)
        grid.setMinimumHeight(height * (rows + 1) + 16)
        for column, (name, (low, high)) in enumerate(zip(self._names, ranges, strict=True)):
            item = QTableWidgetItem(name)
            item.setToolTip(f"{name}: the data go from {low:.6g} to {high:.6g}")
            grid.setHorizontalHeaderItem(column, item)

    def _first_width(self) -> int:
        return min(max(440, self._cells_width + self.grid.verticalHeader().width() + 62), WIDEST)

    def _show(self, centres: FloatArray) -> None:
        self.grid.setRowCount(len(centres))
        for i, row in enumerate(centres):
            for j, value in enumerate(row):
                self.grid.setItem(i, j, _item(f"{value:.6g}"))

    def _button(self, text: str, tooltip: str) -> QPushButton:
        button = QPushButton(text)
        button.setToolTip(tooltip)
        button.setAutoDefault(False)
        return button

    @Slot()
    def _add_row(self) -> None:
        """Add an empty row: a copy of another centre would be no start."""
        current = self.grid.currentRow()
        row = current + 1 if current >= 0 else self.grid.rowCount()
        self.grid.insertRow(row)
        for column in range(self.grid.columnCount()):
            self.grid.setItem(row, column, _item(""))
        self.grid.setCurrentCell(row, 0)
        self.grid.setFocus()
        self._count_rows()

    @Slot()
    def _remove_row(self) -> None:
        row = self.grid.currentRow()
        self.grid.removeRow(row if row >= 0 else self.grid.rowCount() - 1)
        self.origin.hide()
        self._count_rows()

    @Slot(QTableWidgetItem)
    def _cell_changed(self, item: QTableWidgetItem) -> None:
        """Show at once where a cell holds no number."""
        good = True
        try:
            self._number(item.row(), item.column())
        except ValueError:
            good = False
        colour = QColor(theme.current().text if good else theme.current().danger)
        if item.foreground().color() != colour:
            item.setForeground(colour)
        self.refusal.hide()
        self.origin.hide()  # no longer what was filled in

    def _count_rows(self) -> None:
        rows = self.grid.rowCount()
        self.remove.setEnabled(rows > 1)
        self.add.setEnabled(rows < MOST_ROWS)
        self.use.setText(f"Use as start · K = {rows}")

    def _number(self, row: int, column: int) -> float:
        text = self.grid.cell_text(row, column)
        where = f"row {row + 1}, {self._names[column]}"
        if not text:
            raise ValueError(f"The cell in {where} is empty: type a number.")
        try:
            value = read_number(text)
        except ValueError:
            raise ValueError(f"“{text}” in {where} is not a number.") from None
        if not np.isfinite(value):
            raise ValueError(f"“{text}” in {where} is not a finite number.")
        return value


def _item(text: str) -> QTableWidgetItem:
    item = QTableWidgetItem(text)
    item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    return item
