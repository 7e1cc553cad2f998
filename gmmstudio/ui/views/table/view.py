"""The rows of the table: every original cell, and what the fit says of each."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, Qt, QTimer, Slot
from PySide6.QtGui import QAction, QGuiApplication, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QMenu,
    QVBoxLayout,
)

from gmmstudio.document.commands import ExcludeRows, IncludeRows
from gmmstudio.document.errors import DocumentError
from gmmstudio.document.session import Change, Session
from gmmstudio.report.formats import count
from gmmstudio.table.fitted import fitted_at_hand
from gmmstudio.ui import theme
from gmmstudio.ui.beside import Beside
from gmmstudio.ui.stage import Stage
from gmmstudio.ui.views.table.cells import CellPainter
from gmmstudio.ui.views.table.columns import NOTE, FitColumns
from gmmstudio.ui.views.table.model import TableModel
from gmmstudio.ui.views.table.row_order import Ints, order_rows, selected_first
from gmmstudio.ui.views.table.selection import RowGrid, RowSelectionModel
from gmmstudio.ui.views.table.widths import ColumnWidths
from gmmstudio.ui.views.view import BAR_HEIGHT, Choice, View
from gmmstudio.ui.widgets.labels import ElidedLabel
from gmmstudio.ui.widgets.plain_table import make_plain

_AT_ONCE = 20_000  # rows sorted or copied in the GUI thread
_Listing = tuple[Ints | None, Ints | None]  # by the column; the same with the selected first
_LISTED = {"as sorted": False, "selected first": True}
_PADDING = """
QTableView::item { padding: 0 6px; }
QHeaderView::section { padding: 5px 18px 5px 8px; }
"""


class TableView(View):
    """The table with sorting, copying, and rows to exclude or include again."""

    title = "Table"
    tip = "The rows as a table, with cluster, probability and outliers"

    def __init__(self, session: Session, stage: Stage, parent=None) -> None:
        super().__init__(parent)
        self.setObjectName("table")
        self._session, self._stage = session, stage
        self._sorted_by: tuple[int, bool] = (0, False)
        self._order: Ints | None = None  # by the column, whatever is selected
        self._selected_first = False
        self._widths_known = False
        self._sorter = Beside("gmmstudio-sort", self)
        self._sorter.answered.connect(self._sorted)
        self._sorter.failed.connect(self._write_foot)
        self._copier = Beside("gmmstudio-copy", self)
        self._copier.answered.connect(self._copied)
        self._copier.failed.connect(self._copied)
        self.model = TableModel(self)
        self.grid = self._make_grid()
        self._widths = ColumnWidths(self.grid, self.model, self._notes)
        self._foot = ElidedLabel(parent=self, role="muted", factor=11 / 13)
        self._foot_row = QHBoxLayout()
        self._foot_row.setContentsMargins(12, 0, 12, 0)
        self._foot_row.addWidget(self._foot)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.grid, 1)
        layout.addLayout(self._foot_row)
        self._make_actions()
        self.model.sort_wanted.connect(self._sort)
        stage.selection.changed.connect(self._selection_changed)
        stage.assignment_changed.connect(self._show_fit)
        stage.outliers_changed.connect(self._show_fit)
        theme.signals().changed.connect(self._restyle)
        self._unsubscribe = session.subscribe(self._document_changed)
        self._restyle()
        self._show_table()

    def shutdown(self) -> None:
        """End threads and timer, let go of session and stage."""
        self._unsubscribe()
        self._picks.shut_down()
        self._stage.selection.changed.disconnect(self._selection_changed)
        self._stage.assignment_changed.disconnect(self._show_fit)
        self._stage.outliers_changed.disconnect(self._show_fit)
        theme.signals().changed.disconnect(self._restyle)
        self._sorter.shut_down()
        self._copier.shut_down()

    # ---- layout --------------------------------------------------------------------------

    def _make_grid(self) -> RowGrid:
        grid = RowGrid(self._stage.selection, self)
        grid.setAccessibleName("Rows of the table")
        grid.setModel(self.model)
        self._picks = RowSelectionModel(self.model, self._stage.selection, grid)
        grid.setSelectionModel(self._picks)
        grid.setItemDelegate(CellPainter(grid))
        grid.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        grid.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        make_plain(grid)
        grid.setStyleSheet(_PADDING)
        columns = grid.horizontalHeader()
        columns.setSortIndicator(0, Qt.SortOrder.AscendingOrder)
        columns.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        columns.setSectionsMovable(True)
        grid.setSortingEnabled(True)
        grid.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        grid.customContextMenuRequested.connect(self._show_menu)
        return grid

    def _make_actions(self) -> None:
        self.exclude_action = self._action("Exclude rows", "Del", self.exclude)
        self.include_action = self._action("Include rows again", "Shift+Del", self.include)
        self.copy_action = self._action("Copy rows with header", "Ctrl+C", self.copy)

    def _action(self, text: str, shortcut: str, slot) -> QAction:
        action = QAction(text, self.grid)
        action.setShortcut(QKeySequence(shortcut))
        action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        action.triggered.connect(slot)
        self.grid.addAction(action)
        return action

    @Slot()
    def _restyle(self) -> None:
        self.grid.verticalHeader().setDefaultSectionSize(round(24 * theme.zoom()))
        self._foot.setFixedHeight(round(BAR_HEIGHT * theme.zoom()))
        self.grid.viewport().update()

    def _notes(self) -> list[str]:
        """Return notes of some rows: most rows have none."""
        fit = self._fit()
        if fit is None or fit.assignment is None:
            return []
        rows = (*fit.assignment.skipped[:200], *fit.assignment.excluded[:1])
        return [fit.text(int(row), NOTE) for row in rows]

    def leave_room(self, width: int) -> None:
        """Keep the words of the foot clear of what lies over it."""
        self._foot_row.setContentsMargins(12, 0, 12 + width, 0)

    # ---- what is shown -------------------------------------------------------------------

    def _document_changed(self, change: Change) -> None:
        if "table" in change.fields:
            self._show_table()
            return
        if "preparation" in change.fields:
            self.model.set_excluded(change.new.preparation.excluded)
            self._show_filled()
            self._write_foot()
        if change.fields & {"active", "names", "fits"}:
            self._show_fit()

    def _fit(self) -> FitColumns | None:
        document = self._session.document
        if document.table is None or document.record is None:
            return None
        return FitColumns(document, document.record, self._stage.assignment, self._stage.outliers)

    def _show_table(self) -> None:
        document = self._session.document
        self._sorted_by = (0, False)
        self.grid.horizontalHeader().setSortIndicator(0, Qt.SortOrder.AscendingOrder)
        self._sorter.forget()  # what the indicator has just asked for, too: the table was another
        self._order = None
        self.model.set_table(document.table, document.preparation.excluded, self._fit())
        self._show_filled()
        self._widths.fit()
        self._write_foot()

    def _show_filled(self) -> None:
        document = self._session.document
        table = document.table
        seen = None if table is None else fitted_at_hand(table, document.preparation)
        self.model.set_seen(seen)

    @Slot()
    def _show_fit(self) -> None:
        if self.model.table is not self._session.document.table:
            return  # another one was opened, of which this view has not been told yet
        before = self.model.columnCount()
        self._show_filled()  # a fit has filled the cells, if there are many
        self.model.set_fit(self._fit())
        known = self._stage.assignment is not None
        if self.model.columnCount() != before:
            self._widths.fit()
        elif known and not self._widths_known:  # until now the cells were empty
            self._widths.fit_those_of_the_fit()
        self._widths_known = known
        if self._sorted_by[0] >= self.model.n_own_columns:
            self._sort(*self._sorted_by)
        self._write_foot()

    @Slot()
    def _write_foot(self) -> None:
        document, table = self._session.document, self._session.document.table
        if table is None:
            self._foot.set_text("")
            return
        parts = [f"{count(table.n_rows)} rows · {len(table.columns)} columns"]
        if document.preparation.excluded:
            parts.append(f"{count(len(document.preparation.excluded))} excluded")
        found = self._stage.assignment
        if document.record is not None and found is not None and len(found.skipped):
            why = "not at hand" if table.blank else "a value is missing"
            parts.append(f"{count(len(found.skipped))} without a cluster: {why}")
        if self._sorter.waits:
            parts.append("sorting…")
        self._foot.set_text("  ·  ".join(parts))

    # ---- sorting -------------------------------------------------------------------------

    @property
    def sorted_by(self) -> tuple[int, bool]:
        """The column that sorts the rows, row numbers being the first, and whether downwards."""
        return self._sorted_by

    def sort_by(self, column: int, descending: bool) -> None:
        """Sort the rows by a column, if there is one of this number."""
        if 0 <= column < self.model.columnCount():
            order = Qt.SortOrder.DescendingOrder if descending else Qt.SortOrder.AscendingOrder
            self.grid.sortByColumn(column, order)

    @Slot(int, bool)
    def _sort(self, column: int, descending: bool) -> None:
        self._sorted_by = (column, descending)
        table = self.model.table
        if table is None:
            self._sorter.forget()
            return
        key = self.model.sort_key(column)
        self._list(partial(order_rows, key, table.n_rows, descending=descending))

    def _list(self, order: Callable[[], Ints | None]) -> None:
        """List the rows in an order, the selected ones first if that is chosen."""
        mask = self._stage.selection.mask if self._selected_first else None
        work = partial(_list_rows, order, mask)
        table = self.model.table
        if table is None or table.n_rows <= _AT_ONCE:
            self._sorter.forget()
            self._set_order(work())
            return
        self._sorter.ask(lambda _should_stop: work())
        self._write_foot()

    def _list_again(self) -> None:
        order = self._order
        self._list(lambda: order)

    def _set_order(self, listing: _Listing) -> None:
        self._order, listed = listing
        self.model.set_order(listed)
        if self._selected_first:
            self._scroll_to_selected()

    @Slot(object)
    def _sorted(self, listing: _Listing) -> None:
        self._set_order(listing)
        self._write_foot()

    # ---- what the user does with rows ----------------------------------------------------

    def n_selected(self) -> int:
        """Return how many rows are selected."""
        return self._stage.selection.n

    def selected_rows(self) -> Ints:
        """Return the selected rows of the table, in the order they are listed."""
        mask = self._stage.selection.mask
        return np.empty(0, np.int64) if mask is None else self.model.listed(mask)

    @Slot()
    def _selection_changed(self) -> None:
        if self._picks.is_choosing:
            self.grid.viewport().update()
            self._write_foot()
        else:
            self.look_again()

    def refresh(self) -> None:
        """Mark the rows that were selected elsewhere, and scroll to the first of them."""
        self.grid.viewport().update()
        self._write_foot()
        if self._selected_first:
            self._list_again()
        else:
            self._scroll_to_selected()

    def _scroll_to_selected(self) -> None:
        mask = self._stage.selection.mask
        place = None if mask is None else self.model.first_place(mask)
        if place is None:
            return
        column = max(self.grid.currentIndex().column(), 0)
        index = self.model.index(place, column)
        # The keys go on from there.
        self._picks.setCurrentIndex(index, RowSelectionModel.SelectionFlag.NoUpdate)
        self.grid.scrollTo(index)

    @property
    def choices(self) -> tuple[Choice, ...]:
        """In which order the rows are listed."""
        now = next(words for words, value in _LISTED.items() if value == self._selected_first)
        tip = "Whether selected rows are listed before all others"
        return (Choice("rows", tip, tuple(_LISTED), now, self._pick_listing),)

    def _pick_listing(self, words: str) -> None:
        self._selected_first = _LISTED[words]
        self.choices_changed.emit()
        self._list_again()

    @Slot()
    def exclude(self) -> None:
        """Leave the selected rows out of the next fit."""
        rows = frozenset(self.selected_rows().tolist())
        self._apply(ExcludeRows(rows - self._session.document.preparation.excluded), rows)

    @Slot()
    def include(self) -> None:
        """Use the selected rows again."""
        rows = frozenset(self.selected_rows().tolist())
        chosen = rows & self._session.document.preparation.excluded
        self._apply(IncludeRows(chosen), chosen)

    def _apply(self, command, rows: frozenset[int]) -> None:
        if not rows:
            return
        try:
            self._session.apply(command)
        except DocumentError as error:
            self._foot.set_text(str(error))

    @Slot()
    def copy(self) -> None:
        """Put the selected rows on the clipboard as a table that spreadsheets take."""
        rows = self.selected_rows()
        if not len(rows):
            return
        if len(rows) <= _AT_ONCE // 4:
            QGuiApplication.clipboard().setText(self.model.as_text(rows.tolist()))
            return
        self._copier.ask(lambda _should_stop: self.model.as_text(rows.tolist()))

    @Slot()
    @Slot(object)
    def _copied(self, text: str = "") -> None:
        QGuiApplication.clipboard().setText(text)

    @Slot(QPoint)
    def _show_menu(self, place: QPoint) -> None:
        rows = frozenset(self.selected_rows().tolist()) if self.n_selected() <= _AT_ONCE else None
        excluded = self._session.document.preparation.excluded
        chosen = 0 if rows is None else len(rows)
        out = len(excluded) if rows is None else len(rows & excluded)
        self.exclude_action.setEnabled(rows is None or chosen > out)
        self.include_action.setEnabled(out > 0)
        self.copy_action.setEnabled(rows is None or chosen > 0)
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addActions([self.exclude_action, self.include_action])
        menu.addSeparator()
        menu.addAction(self.copy_action)
        menu.addActions(list(self.picture_actions(menu)))
        menu.aboutToHide.connect(self._enable_actions)
        menu.popup(self.grid.viewport().mapToGlobal(place))

    @Slot()
    def _enable_actions(self) -> None:
        """Let the keys work whatever the menu showed last."""
        QTimer.singleShot(0, self, self._really_enable)

    @Slot()
    def _really_enable(self) -> None:
        for action in (self.exclude_action, self.include_action, self.copy_action):
            action.setEnabled(True)


def _list_rows(order: Callable[[], Ints | None], mask: NDArray[np.bool_] | None) -> _Listing:
    by_column = order()
    return by_column, selected_first(by_column, mask)
