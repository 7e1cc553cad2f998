"""The list of the table's columns, each with a tick, its name and what it holds."""

from __future__ import annotations

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QPointF,
    QRect,
    QRectF,
    QSize,
    QSortFilterProxyModel,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFont, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QLineEdit,
    QListView,
    QMenu,
    QSizePolicy,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolTip,
    QVBoxLayout,
    QWidget,
)

from gmmstudio.table.table import Column, Table
from gmmstudio.ui import theme
from gmmstudio.ui.panels.rows_used import GapCache
from gmmstudio.ui.panels.wording import can_tick, column_tooltip, kind_words
from gmmstudio.ui.widgets.painting import box_fill, guarded, guarded_value, scaled_font
from gmmstudio.ui.widgets.tips import plain_tip

Index = QModelIndex | QPersistentModelIndex
ROWS_SHOWN = 9
ROW_GAP = 7
FILTER_FROM = 13
KindRole = int(Qt.ItemDataRole.UserRole)
WEIGHS = "It weighs the rows (Weights, below), so it cannot be a column of the fit as well."


class ColumnModel(QAbstractListModel):
    """The columns of a table; a tick is a request and becomes true when the document says so."""

    asked = Signal(int, bool)

    def __init__(self, cache: GapCache, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._columns: tuple[Column, ...] = ()
        self._ticked: frozenset[int] = frozenset()
        self._weights: int | None = None
        self._cache = cache

    def set_table(self, table: Table | None) -> None:
        self.beginResetModel()
        self._columns = table.columns if table is not None else ()
        self._ticked = frozenset()
        self._weights = None
        self.endResetModel()

    def set_ticked(self, columns: frozenset[int]) -> None:
        changed = self._ticked ^ columns
        self._ticked = columns
        if changed:
            low, high = min(changed), max(changed)
            roles = [Qt.ItemDataRole.CheckStateRole]
            self.dataChanged.emit(self.index(low), self.index(high), roles)

    def set_weights(self, column: int | None) -> None:
        """Say which column weighs the rows: it cannot be ticked."""
        changed = [row for row in (self._weights, column) if row is not None]
        if column == self._weights:
            return
        self._weights = column
        for row in changed:
            self.dataChanged.emit(self.index(row), self.index(row))

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._columns)

    @guarded_value
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole):
        if not 0 <= index.row() < len(self._columns):
            return None
        column = self._columns[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.AccessibleTextRole:
                return column.name
            case Qt.ItemDataRole.CheckStateRole:
                ticked = index.row() in self._ticked
                return Qt.CheckState.Checked if ticked else Qt.CheckState.Unchecked
            case Qt.ItemDataRole.ToolTipRole:
                low, high = self._cache.range(column) or (None, None)
                said = column_tooltip(column, low, high)
                return plain_tip(f"{said}\n{WEIGHS}" if index.row() == self._weights else said)
            case Qt.ItemDataRole.AccessibleDescriptionRole:
                return self._kind(index.row())
        return self._kind(index.row()) if role == KindRole else None

    def _kind(self, row: int) -> str:
        return "weights" if row == self._weights else kind_words(self._columns[row])

    def setData(self, index: Index, value, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if role != Qt.ItemDataRole.CheckStateRole:
            return False
        self.asked.emit(index.row(), Qt.CheckState(value) == Qt.CheckState.Checked)
        return True

    def flags(self, index: Index) -> Qt.ItemFlag:
        if not 0 <= index.row() < len(self._columns):
            return Qt.ItemFlag.NoItemFlags
        # A column that cannot be ticked stays selectable: its tooltip says why.
        flags = Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsEnabled
        if can_tick(self._columns[index.row()]) and index.row() != self._weights:
            flags |= Qt.ItemFlag.ItemIsUserCheckable
        return flags | Qt.ItemFlag.ItemNeverHasChildren


class ColumnDelegate(QStyledItemDelegate):
    """Paints tick, name and kind of one column."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(100, option.fontMetrics.height() + ROW_GAP)

    def editorEvent(self, event, model, option, index) -> bool:
        return False  # the list ticks by itself, wherever in the row the click was

    def tick_rect(self, row: QRect) -> QRectF:
        """Return where the tick box of a row is drawn."""
        side = tick_side(row.height() - ROW_GAP)
        return QRectF(row.left() + 0.5, row.center().y() - side / 2 + 0.5, side, side)

    @guarded
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        now = theme.current()
        possible = bool(index.flags() & Qt.ItemFlag.ItemIsUserCheckable)
        # PySide hands the enumeration or its number, as the model does.
        ticked = Qt.CheckState(index.data(Qt.ItemDataRole.CheckStateRole)) == Qt.CheckState.Checked
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        state = option.state
        hover = bool(state & QStyle.StateFlag.State_MouseOver)
        # A frame shows where the keys are, and only to those who use keys.
        by_keys = isinstance(option.widget, _Rows) and option.widget.by_keys
        focus = bool(state & QStyle.StateFlag.State_HasFocus) and by_keys
        if hover or focus:
            painter.setPen(QColor(now.accent) if focus else Qt.PenStyle.NoPen)
            painter.setBrush(box_fill(hover=hover))
            around = QRectF(option.rect).adjusted(-3.5, 0.5, -0.5, -0.5)
            painter.drawRoundedRect(around, 4, 4)
        draw_tick(painter, self.tick_rect(option.rect), ticked, possible)
        small = scaled_font(option.font, 0.85)
        painter.setFont(small)
        kind = index.data(KindRole)
        painter.setPen(QColor(now.muted if possible else now.faint))
        area = option.rect.adjusted(0, 0, -2, 0)
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(area, Qt.AlignmentFlag.AlignRight | middle, kind)
        indent = round(self.tick_rect(option.rect).width()) + 8
        area = option.rect.adjusted(
            indent, 0, -painter.fontMetrics().horizontalAdvance(kind) - 10, 0
        )
        painter.setFont(QFont(option.font))
        painter.setPen(QColor(now.text if ticked else now.muted))
        name = painter.fontMetrics().elidedText(
            index.data(), Qt.TextElideMode.ElideMiddle, area.width()
        )
        painter.drawText(area, Qt.AlignmentFlag.AlignLeft | middle, name)
        painter.restore()


def draw_tick(painter: QPainter, area: QRectF, ticked: bool, possible: bool) -> None:
    """Draw a tick box."""
    now = theme.current()
    if ticked:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(now.accent))
        painter.drawRoundedRect(area, 3, 3)
        unit = area.width() / 14
        path = QPainterPath(area.topLeft() + QPointF(3, 7) * unit)
        path.lineTo(area.topLeft() + QPointF(5.8, 9.8) * unit)
        path.lineTo(area.topLeft() + QPointF(11, 4.4) * unit)
        painter.setPen(QPen(QColor(now.accent_text), 1.7 * unit))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPath(path)
        return
    painter.setPen(QPen(QColor(now.faint if possible else now.border), 1.0))
    painter.setBrush(QColor(now.window) if possible else box_fill())
    painter.drawRoundedRect(area.adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)


def tick_side(text_height: int) -> int:
    """Return the size of a tick box beside text of this height."""
    return max(14, text_height - 3)


class _Rows(QListView):
    """The list itself: as high as its rows, up to a limit."""

    _pressed = -1
    by_keys = False

    def sizeHint(self) -> QSize:
        model = self.model()
        rows = min(max(model.rowCount(), 1), ROWS_SHOWN)
        height = self.sizeHintForRow(0) if model.rowCount() else 22
        # Half a row more says that there is more to scroll to.
        more = height // 2 if model.rowCount() > ROWS_SHOWN else 0
        return QSize(120, rows * height + more)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def focusInEvent(self, event) -> None:
        tab = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
        self.by_keys = event.reason() in tab
        super().focusInEvent(event)

    def mousePressEvent(self, event) -> None:
        self.by_keys = False
        super().mousePressEvent(event)
        self._pressed = self.indexAt(event.position().toPoint()).row()

    def mouseDoubleClickEvent(self, event) -> None:
        self.mousePressEvent(event)  # two quick clicks are two clicks

    def mouseReleaseEvent(self, event) -> None:
        """Tick by a click anywhere in the row, not only on the small box."""
        super().mouseReleaseEvent(event)
        index = self.indexAt(event.position().toPoint())
        left = event.button() == Qt.MouseButton.LeftButton
        if left and index.isValid() and index.row() == self._pressed:
            self._toggle(index)
            if not index.flags() & Qt.ItemFlag.ItemIsUserCheckable:
                why = index.data(Qt.ItemDataRole.ToolTipRole)
                QToolTip.showText(event.globalPosition().toPoint(), plain_tip(why), self)

    def keyPressEvent(self, event) -> None:
        self.by_keys = True
        if event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._toggle(self.currentIndex())
            return
        super().keyPressEvent(event)

    def _toggle(self, index: QModelIndex) -> None:
        if index.isValid() and index.flags() & Qt.ItemFlag.ItemIsUserCheckable:
            role = Qt.ItemDataRole.CheckStateRole
            ticked = Qt.CheckState(index.data(role)) == Qt.CheckState.Checked
            wanted = Qt.CheckState.Unchecked if ticked else Qt.CheckState.Checked
            self.model().setData(index, wanted, role)


class ColumnList(QWidget):
    """The columns with a filter over them where there are many."""

    asked = Signal(object)  # tuple of the columns that shall be ticked

    def __init__(self, cache: GapCache, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._table: Table | None = None
        self._ticked: frozenset[int] = frozenset()
        self._weights: int | None = None
        self.model = ColumnModel(cache, self)
        self._proxy = QSortFilterProxyModel(self)
        self._proxy.setSourceModel(self.model)
        self._proxy.setFilterCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        self.filter = QLineEdit()
        self.filter.setPlaceholderText("Find a column")
        self.filter.setAccessibleName("Find a column")
        self.filter.setToolTip("Show only the columns whose name contains this")
        self.filter.setClearButtonEnabled(True)
        self.filter.textChanged.connect(self._proxy.setFilterFixedString)
        self.view = _Rows()
        self.view.setModel(self._proxy)
        self.view.setItemDelegate(ColumnDelegate(self.view))
        self.view.setUniformItemSizes(True)
        self.view.setMouseTracking(True)
        self.view.setFrameShape(QListView.Shape.NoFrame)
        self.view.setStyleSheet("QListView { background: transparent; border: none; }")
        self.view.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.view.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.view.setAccessibleName("Columns of the table")
        self.view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.view.customContextMenuRequested.connect(self._open_menu)
        column.addWidget(self.filter)
        column.addWidget(self.view)
        self.filter.hide()
        self.model.asked.connect(self._on_asked)
        self.context_menu = QMenu(self)
        self.context_menu.addAction("Tick all columns of numbers").triggered.connect(self._all)
        self.context_menu.addAction("Tick the columns ticked at first").triggered.connect(
            self._as_at_first
        )
        self.context_menu.addAction("Untick all").triggered.connect(self._none)

    def set_table(self, table: Table | None) -> None:
        self._table = table
        self.filter.clear()
        self.model.set_table(table)
        self.filter.setVisible(table is not None and len(table.columns) >= FILTER_FROM)
        self.view.updateGeometry()

    def table(self) -> Table | None:
        return self._table

    def set_ticked(self, columns: tuple[int, ...]) -> None:
        self._ticked = frozenset(columns)
        self.model.set_ticked(self._ticked)

    def set_weights(self, column: int | None) -> None:
        self._weights = column
        self.model.set_weights(column)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.FontChange:
            self.view.updateGeometry()
        super().changeEvent(event)

    def _on_asked(self, column: int, ticked: bool) -> None:
        wanted = self._ticked | {column} if ticked else self._ticked - {column}
        self.asked.emit(tuple(sorted(wanted)))

    def _open_menu(self, position: QPoint) -> None:
        self.context_menu.popup(self.view.viewport().mapToGlobal(position))

    def _all(self) -> None:
        """Tick every usable column, or those the filter shows."""
        if self._table is None:
            return
        rows = range(self._proxy.rowCount())
        shown = (self._proxy.mapToSource(self._proxy.index(row, 0)).row() for row in rows)
        columns = self._table.columns
        usable = {i for i in shown if can_tick(columns[i]) and columns[i].is_number}
        usable -= {self._weights}
        self.asked.emit(tuple(sorted(self._ticked | usable)))

    def _as_at_first(self) -> None:
        if self._table is not None:
            first = (i for i in self._table.default_columns() if i != self._weights)
            self.asked.emit(tuple(first))

    def _none(self) -> None:
        self.asked.emit(())
