"""The rows of the table: every original cell, and what the fit says of each."""

from __future__ import annotations

from functools import partial

import numpy as np
from PySide6.QtCore import QModelIndex, QPoint, QRectF, Qt, QTimer, Slot
from PySide6.QtGui import QAction, QFont, QGuiApplication, QKeySequence, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QLabel,
    QMenu,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QVBoxLayout,
)

from gmmstudio.document.commands import ExcludeRows, IncludeRows
from gmmstudio.document.errors import DocumentError
from gmmstudio.document.session import Change, Session
from gmmstudio.fitting.labeller import Latest
from gmmstudio.ui import theme
from gmmstudio.ui.stage import Stage
from gmmstudio.ui.views.row_order import Ints, order_rows
from gmmstudio.ui.views.scatter_text import count
from gmmstudio.ui.views.table_columns import NOTE, FitColumns
from gmmstudio.ui.views.table_model import IDENTITY_ROLE, TableModel
from gmmstudio.ui.views.view import View
from gmmstudio.ui.widgets.painting import guarded

_AT_ONCE = 20_000  # rows sorted or copied in the GUI thread
_POLL_MS = 15
_WIDEST = 220
_WIDEST_NOTE = 420
_PADDING = """
QTableView::item { padding: 0 6px; }
QHeaderView::section { padding: 5px 18px 5px 8px; }
"""


class TableView(View):
    """The table with sorting, copying, and rows to exclude or include again."""

    title = "Table"
    tip = "The rows as a table, with cluster, probability and outliers"

    def __init__(self, session: Session, stage: Stage, control=None, parent=None) -> None:
        super().__init__(parent)
        self.setObjectName("table")
        self._session, self._stage = session, stage
        self._sorted_by: tuple[int, bool] = (0, False)
        self._request = self._copy_request = 0
        self._widths_known = False
        self._sorter: Latest[tuple[Ints | None]] = Latest("gmmstudio-sort")
        self._copier: Latest[str] = Latest("gmmstudio-copy")
        self._poll_timer = QTimer(self)
        self._poll_timer.setInterval(_POLL_MS)
        self._poll_timer.timeout.connect(self._poll)
        self.model = TableModel(self)
        self.grid = self._make_grid()
        self._foot = QLabel(self)
        self._foot.setProperty("role", "note")
        self._foot.setContentsMargins(12, 4, 12, 4)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.grid, 1)
        layout.addWidget(self._foot)
        self._make_actions()
        self.model.sort_wanted.connect(self._sort)
        self.grid.selectionModel().selectionChanged.connect(self._write_foot)
        stage.assignment_changed.connect(self._show_fit)
        stage.outliers_changed.connect(self._show_fit)
        theme.signals().changed.connect(self._restyle)
        self._unsubscribe = session.subscribe(self._document_changed)
        self._restyle()
        self._show_table()

    def shutdown(self) -> None:
        """End threads and timer, let go of session and stage."""
        self._unsubscribe()
        self._stage.assignment_changed.disconnect(self._show_fit)
        self._stage.outliers_changed.disconnect(self._show_fit)
        theme.signals().changed.disconnect(self._restyle)
        self._poll_timer.stop()
        self._sorter.close()
        self._copier.close()

    # ---- layout --------------------------------------------------------------------------

    def _make_grid(self) -> QTableView:
        grid = QTableView(self)
        grid.setAccessibleName("Rows of the table")
        grid.setModel(self.model)
        grid.setItemDelegate(_CellPainter(grid))
        grid.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        grid.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        grid.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerItem)
        grid.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        grid.setWordWrap(False)
        grid.setShowGrid(False)
        grid.setStyleSheet(_PADDING)
        grid.setCornerButtonEnabled(False)
        grid.setTabKeyNavigation(False)
        grid.setFrameShape(QTableView.Shape.NoFrame)
        rows = grid.verticalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        columns = grid.horizontalHeader()
        columns.setSortIndicator(0, Qt.SortOrder.AscendingOrder)
        columns.setHighlightSections(False)
        columns.setSectionsMovable(True)
        columns.setStretchLastSection(True)
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
        self.grid.viewport().update()

    def _fit_widths(self, first: int = 0) -> None:
        """Make the columns from `first` on as wide as their head and some rows."""
        metrics = self.grid.fontMetrics()
        n_rows = self.model.rowCount()
        rows = sorted({*range(min(n_rows, 40)), *range(0, n_rows, max(1, n_rows // 20))})
        for column in range(first, self.model.columnCount()):
            head = str(self.model.headerData(column, Qt.Orientation.Horizontal) or "")
            texts = [str(self.model.data(self.model.index(r, column)) or "") for r in rows]
            if column == 0:
                texts = [str(n_rows)]  # the longest row number, wherever it is
            widest = max(map(metrics.horizontalAdvance, texts), default=0)
            most = _WIDEST
            if column == self.model.n_own_columns + NOTE:
                widest = max(map(metrics.horizontalAdvance, self._notes()), default=0)
                most = _WIDEST_NOTE
            width = max(widest + 28, metrics.horizontalAdvance(head) + 40)
            if column == self.model.n_own_columns:
                width += 24  # the letter of the cluster
            self.grid.setColumnWidth(column, int(min(width, most * theme.zoom())))

    def _notes(self) -> list[str]:
        """Return notes of some rows: most rows have none."""
        fit = self._fit()
        if fit is None or fit.assignment is None:
            return []
        rows = (*fit.assignment.skipped[:200], *fit.assignment.excluded[:1])
        return [fit.text(int(row), NOTE) for row in rows]

    # ---- what is shown -------------------------------------------------------------------

    def _document_changed(self, change: Change) -> None:
        if "table" in change.fields:
            self._show_table()
            return
        if "preparation" in change.fields:
            self.model.set_excluded(change.new.preparation.excluded)
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
        self._request += 1
        self._sorted_by = (0, False)
        self.grid.horizontalHeader().setSortIndicator(0, Qt.SortOrder.AscendingOrder)
        self.model.set_table(document.table, document.preparation.excluded, self._fit())
        self._fit_widths()
        self._write_foot()

    @Slot()
    def _show_fit(self) -> None:
        before = self.model.columnCount()
        self.model.set_fit(self._fit())
        known = self._stage.assignment is not None
        if self.model.columnCount() != before:
            self._fit_widths()
        elif known and not self._widths_known:  # until now the cells were empty
            self._fit_widths(self.model.n_own_columns)
        self._widths_known = known
        if self._sorted_by[0] >= self.model.n_own_columns:
            self._sort(*self._sorted_by)
        self._write_foot()

    @Slot()
    def _write_foot(self) -> None:
        document, table = self._session.document, self._session.document.table
        if table is None:
            self._foot.clear()
            return
        parts = [f"{count(table.n_rows)} rows · {len(table.columns)} columns"]
        if document.preparation.excluded:
            parts.append(f"{count(len(document.preparation.excluded))} excluded")
        found = self._stage.assignment
        if document.record is not None and found is not None and len(found.skipped):
            parts.append(f"{count(len(found.skipped))} without a cluster: a value is missing")
        selected = self.n_selected()
        if selected > 1:
            parts.append(f"{count(selected)} selected")
        if self._poll_timer.isActive() and self._sorter.busy:
            parts.append("sorting…")
        self._foot.setText("  ·  ".join(parts))

    # ---- sorting -------------------------------------------------------------------------

    @Slot(int, bool)
    def _sort(self, column: int, descending: bool) -> None:
        table = self.model.table
        self._sorted_by = (column, descending)
        self._request += 1
        if table is None:
            return
        key = self.model.sort_key(column)
        work = partial(order_rows, key, table.n_rows, descending=descending)
        if table.n_rows <= _AT_ONCE:
            self.model.set_order(work())
            return
        self._sorter.put(self._request, lambda _should_stop: (work(),))
        self._poll_timer.start()
        self._write_foot()

    @Slot()
    def _poll(self) -> None:
        sorted_rows, copied = self._sorter.answer, self._copier.answer
        if sorted_rows is not None and sorted_rows.number == self._request:
            self._request += 1  # taken
            if sorted_rows.value is not None:
                self.model.set_order(sorted_rows.value[0])
        if copied is not None and copied.number == self._copy_request:
            self._copy_request += 1  # taken
            QGuiApplication.clipboard().setText(copied.value or "")
        if not self._sorter.busy and not self._copier.busy:
            self._poll_timer.stop()
            self._write_foot()

    # ---- what the user does with rows ----------------------------------------------------

    def _selected_parts(self) -> list[tuple[int, int]]:
        """Return first and last place of each stretch of selected rows, in the order listed."""
        selection = self.grid.selectionModel().selection()
        parts = [selection.at(i) for i in range(selection.count())]
        return sorted({(part.top(), part.bottom()) for part in parts})

    def n_selected(self) -> int:
        """Return how many rows are selected."""
        return sum(last - first + 1 for first, last in self._selected_parts())

    def selected_rows(self) -> Ints:
        """Return the selected rows of the table, in the order they are listed."""
        found = [self.model.table_rows(first, last) for first, last in self._selected_parts()]
        return np.concatenate(found) if found else np.empty(0, np.int64)

    def select_rows(self, rows: Ints) -> None:
        """Select these rows of the table and scroll to the first."""
        self.grid.clearSelection()
        model = self.grid.selectionModel()
        flags = model.SelectionFlag.Select | model.SelectionFlag.Rows
        places = self.model.places(rows.tolist())
        for place in places:
            model.select(self.model.index(place, 0), flags)
        if places:
            self.grid.scrollTo(self.model.index(min(places), 0))

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
            self._foot.setText(str(error))

    @Slot()
    def copy(self) -> None:
        """Put the selected rows on the clipboard as a table that spreadsheets take."""
        rows = self.selected_rows()
        if not len(rows):
            return
        if len(rows) <= _AT_ONCE // 4:
            QGuiApplication.clipboard().setText(self.model.as_text(rows.tolist()))
            return
        self._copy_request += 1
        self._copier.put(self._copy_request, lambda _should_stop: self.model.as_text(rows.tolist()))
        self._poll_timer.start()

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


class _CellPainter(QStyledItemDelegate):
    """Draws a thin line under each row, and a cluster's letter before its name."""

    @guarded
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        identity = index.data(IDENTITY_ROLE)
        if identity is None:
            super().paint(painter, option, index)
        else:
            self._paint_cluster(painter, option, index, int(identity))
        painter.save()
        painter.setPen(theme.color("grid"))
        painter.drawLine(option.rect.bottomLeft(), option.rect.bottomRight())
        painter.restore()

    def _paint_cluster(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex, identity: int
    ) -> None:
        diameter = 16.0 * theme.zoom()
        full = QStyleOptionViewItem(option)
        self.initStyleOption(full, index)
        text, full.text = full.text, ""
        style = full.widget.style()
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, full, painter, full.widget)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        left, middle = option.rect.left() + 6.0, option.rect.center().y() + 0.5
        disc = QRectF(left, middle - diameter / 2, diameter, diameter)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.cluster_color(identity))
        painter.drawEllipse(disc)
        painter.setFont(theme.font(0.72, QFont.Weight.Bold))
        painter.setPen(Qt.GlobalColor.white)
        letter = theme.cluster_letter(identity)
        painter.drawText(disc, Qt.AlignmentFlag.AlignCenter, letter)
        painter.setFont(full.font)
        painter.setPen(theme.color("text"))
        room = QRectF(option.rect).adjusted(diameter + 12, 0, -4, 0)
        elided = full.fontMetrics.elidedText(
            text, Qt.TextElideMode.ElideRight, max(int(room.width()), 0)
        )
        painter.drawText(room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, elided)
        painter.restore()
