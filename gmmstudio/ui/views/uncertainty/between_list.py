"""The list of the rows between clusters: a click or a key selects a row in all views."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRectF,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from gmmstudio.document.assignment import CLEAR
from gmmstudio.document.between import Between
from gmmstudio.report import formats
from gmmstudio.ui import theme
from gmmstudio.ui.selection import Selection, how_of
from gmmstudio.ui.widgets.disc import draw_disc
from gmmstudio.ui.widgets.painting import guarded, guarded_value
from gmmstudio.ui.widgets.plain_table import make_plain

_ROW, _PAIR, _UNCERTAINTY = range(3)
_HEADS = ("row", "between", "unsure")
_TIPS = (
    "Row of the file, without its header",
    "The two likeliest clusters of the row, and how probable they are",
    "Uncertainty: 1 minus the probability of the likeliest cluster;\n"
    "0.5 is half and half between two",
)
_NONE = QModelIndex()
_PAIR_ROLE = Qt.ItemDataRole.UserRole + 1
_SIDE = 6
_PADDING = f"QHeaderView::section {{ padding: 4px {_SIDE}px; }}"
Index = QModelIndex | QPersistentModelIndex


class BetweenModel(QAbstractTableModel):
    """Row number, the two likeliest clusters, uncertainty; looked up when drawn."""

    def __init__(self, selection: Selection, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._selection = selection
        self._found: Between | None = None
        self._identities: tuple[int, ...] = ()

    def show(self, found: Between | None, identities: tuple[int, ...]) -> None:
        """List other rows."""
        self.beginResetModel()
        self._found, self._identities = found, identities
        self.endResetModel()

    def table_row(self, place: int) -> int:
        """Return the table's row at a place of the list."""
        assert self._found is not None
        return int(self._found.rows[place])

    def place_of(self, row: int) -> int | None:
        """Return where a row of the table is listed."""
        if self._found is None:
            return None
        places = np.flatnonzero(self._found.rows[: self._found.n_listed] == row)
        return int(places[0]) if len(places) else None

    def pair(self, place: int) -> tuple[tuple[int, str], ...]:
        """Return identity and probability in words of the two likeliest clusters of a row."""
        assert self._found is not None
        return tuple(
            (self._identities[component], _percent(float(probability)))
            for component, probability in zip(
                self._found.components[place], self._found.probabilities[place], strict=True
            )
        )

    def rowCount(self, parent: Index = _NONE) -> int:
        return 0 if parent.isValid() or self._found is None else self._found.n_listed

    def columnCount(self, parent: Index = _NONE) -> int:
        return 0 if parent.isValid() else len(_HEADS)

    @guarded_value
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if self._found is None or not index.isValid():
            return None
        place, column = index.row(), index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(place, column)
        if role == _PAIR_ROLE:
            return self.pair(place) if column == _PAIR else None
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"Row {self._text(place, _ROW)}: {self._text(place, _PAIR)}"
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignLeft if column == _PAIR else Qt.AlignmentFlag.AlignRight
            return int(side | Qt.AlignmentFlag.AlignVCenter)
        if role == Qt.ItemDataRole.ForegroundRole:
            return theme.color("text" if column == _PAIR else "muted")
        if role == Qt.ItemDataRole.BackgroundRole:
            mask = self._selection.mask
            chosen = mask is not None and bool(mask[self.table_row(place)])
            return theme.color("accent_soft") if chosen else None
        return None

    def _text(self, place: int, column: int) -> str:
        assert self._found is not None
        if column == _ROW:
            return formats.count(self.table_row(place) + 1)
        if column == _UNCERTAINTY:
            return f"{self._found.uncertainty[place]:.2f}"
        pair = self.pair(place)
        return " · ".join(f"{theme.cluster_letter(identity)} {words}" for identity, words in pair)

    @guarded_value
    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return _HEADS[section]
        if role == Qt.ItemDataRole.ToolTipRole:
            return _TIPS[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignLeft if section == _PAIR else Qt.AlignmentFlag.AlignRight
            return int(side | Qt.AlignmentFlag.AlignVCenter)
        return None

    def selection_changed(self) -> None:
        """Draw anew which rows are selected."""
        if n := self.rowCount():
            ends = self.index(0, 0), self.index(n - 1, len(_HEADS) - 1)
            self.dataChanged.emit(*ends, [Qt.ItemDataRole.BackgroundRole])


def _percent(probability: float) -> str:
    """Write a probability; none that is too low to be clear is rounded up to a clear one."""
    too_high = probability < CLEAR <= round(probability, 2)
    return formats.percent(probability, 1 if too_high else 0)


def _disc_side() -> float:
    return 17.0 * theme.zoom()


class BetweenList(QTableView):
    """The list. What is selected is the selection of all views, not one of its own.

    Attributes
    ----------
    model_
        What it lists.
    picked : Signal
        A row of the table was picked; with what is to become of the rows selected before.
    """

    picked = Signal(int, str)

    def __init__(self, selection: Selection, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._unsure_width = 0
        self.model_ = BetweenModel(selection, self)
        self.setModel(self.model_)
        self.setAccessibleName("Rows between clusters")
        self.setItemDelegate(_PairPainter(self))
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        make_plain(self)
        self.setStyleSheet(_PADDING)
        columns = self.horizontalHeader()
        columns.setSectionsClickable(False)
        columns.setMinimumSectionSize(24)
        for column in (_ROW, _UNCERTAINTY):
            columns.setSectionResizeMode(column, QHeaderView.ResizeMode.Fixed)
        columns.setSectionResizeMode(_PAIR, QHeaderView.ResizeMode.Stretch)
        self.restyle()

    def restyle(self) -> None:
        """Give rows and columns the room that the text in use needs."""
        self.verticalHeader().setDefaultSectionSize(round(24 * theme.zoom()))
        advance = self.fontMetrics().horizontalAdvance
        self.setColumnWidth(_ROW, advance(formats.count(9_999)) + 2 * _SIDE + 2)
        self._unsure_width = advance(_HEADS[_UNCERTAINTY]) + 2 * _SIDE + 2
        self.setColumnWidth(_UNCERTAINTY, self._unsure_width)
        self.viewport().update()

    def show_rows(self, found: Between | None, identities: tuple[int, ...]) -> None:
        """List other rows; the longest row number has room."""
        self.model_.show(found, identities)
        largest = 0 if found is None or not len(found.rows) else int(found.rows.max()) + 1
        advance = self.fontMetrics().horizontalAdvance
        self.setColumnWidth(_ROW, advance(formats.count(max(largest, 999))) + 2 * _SIDE + 2)
        self._make_room()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._make_room()

    def _make_room(self) -> None:
        """Let both probabilities have room; what is 1 minus the first one gives way to them."""
        room = self.viewport().width() - self.columnWidth(_ROW) - self._unsure_width
        usual = self.fontMetrics().horizontalAdvance(formats.percent(0.88))
        self.setColumnHidden(_UNCERTAINTY, room < 2 * (_disc_side() + 4 + usual + 8 + _SIDE))

    def show_row(self, row: int) -> None:
        """Bring a row of the table into sight, if it is listed."""
        place = self.model_.place_of(row)
        if place is not None:
            index = self.model_.index(place, _ROW)
            self.setCurrentIndex(index)
            self.scrollTo(index)

    def _pick(self, index: QModelIndex, modifiers: Qt.KeyboardModifier) -> None:
        if index.isValid():
            self.picked.emit(self.model_.table_row(index.row()), how_of(modifiers))

    @guarded_value
    def moveCursor(self, action, modifiers: Qt.KeyboardModifier) -> QModelIndex:
        """Let Home and End lead to the first row and the last, as in a list."""
        moves = QAbstractItemView.CursorAction
        if action in (moves.MoveHome, moves.MoveEnd):
            last = self.model_.rowCount() - 1
            return self.model_.index(0 if action == moves.MoveHome else last, _ROW)
        return super().moveCursor(action, modifiers)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        if event.button() == Qt.MouseButton.LeftButton:
            self._pick(self.indexAt(event.position().toPoint()), event.modifiers())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        before = self.currentIndex()
        super().keyPressEvent(event)
        now = self.currentIndex()
        takes = event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if takes or now.row() != before.row():
            self._pick(now, event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier)
            event.accept()


class _PairPainter(QStyledItemDelegate):
    """Draws the two clusters with their discs, and a frame around the row under the keyboard."""

    def __init__(self, parent: BetweenList) -> None:
        super().__init__(parent)
        self._list = parent

    @guarded
    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | Any
    ) -> None:
        ground = index.data(Qt.ItemDataRole.BackgroundRole)
        if ground is not None:
            painter.fillRect(option.rect, ground)
        painter.save()
        room = QRectF(option.rect).adjusted(_SIDE, 0, -_SIDE, 0)
        pair = index.data(_PAIR_ROLE)
        painter.setFont(option.font)
        painter.setPen(index.data(Qt.ItemDataRole.ForegroundRole))
        if pair is None:
            painter.drawText(room, index.data(Qt.ItemDataRole.TextAlignmentRole), str(index.data()))
        else:
            self._draw_pair(painter, room, pair, option.font)
        painter.setPen(theme.color("grid"))
        painter.drawLine(option.rect.bottomLeft(), option.rect.bottomRight())
        if self._list.hasFocus() and self._list.currentIndex().row() == index.row():
            painter.setPen(theme.color("accent"))
            painter.drawLine(option.rect.topLeft(), option.rect.topRight())
            painter.drawLine(option.rect.bottomLeft(), option.rect.bottomRight())
        painter.restore()

    def _draw_pair(self, painter: QPainter, room: QRectF, pair, font) -> None:
        side = min(_disc_side(), room.height() - 3)
        advance = painter.fontMetrics().horizontalAdvance
        usual = advance(formats.percent(0.88))
        left = room.left()
        for place, (identity, words) in enumerate(pair):
            draw_disc(painter, QRectF(left, room.top(), side, room.height()), identity, font)
            painter.setFont(font)
            painter.setPen(theme.color("text" if place == 0 else "muted"))
            left += side + 4
            area = QRectF(left, room.top(), room.right() - left + 8, room.height())
            left += max(usual, advance(words)) + 8
            side_of = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(area, side_of, words)
