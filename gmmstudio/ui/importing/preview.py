"""The preview: the first rows, and over every column its name and its type."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QAction,
    QContextMenuEvent,
    QFont,
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPen,
)
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QMenu, QTableView, QWidget

from gmmstudio.ui import theme
from gmmstudio.ui.importing.preview_model import Index, PreviewModel
from gmmstudio.ui.importing.words import TYPES
from gmmstudio.ui.panels.wording import meaning_lines
from gmmstudio.ui.widgets.choice_box import Option, add_options
from gmmstudio.ui.widgets.painting import (
    draw_chevron,
    guarded,
    guarded_value,
    scaled_font,
    text_colour,
)
from gmmstudio.ui.widgets.tips import plain_tip

ROWS_STYLE = """
QTableView::item { padding: 0 8px; }
QHeaderView::section:vertical { border: none; padding: 0 8px 0 20px; }
QTableCornerButton::section { border: none; }
"""
_WIDEST = 220
_NARROWEST = 76
_MEASURED = 60  # columns whose cells are measured
_GAP = 11
_TIPS = {
    None: "What the cells look like",
    "number": "Read the cells as numbers; a cell that is none counts as missing",
    "text": "Keep the cells as words, whatever they look like",
    "date": "Read the cells as days; a cell that is none counts as missing, and nothing is done "
    "with them unless you tick the column",
}


class TypeHeader(QHeaderView):
    """Name over type; a click opens the menu of types."""

    clicked = Signal(int)

    def __init__(self, model: PreviewModel, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._preview = model
        self.setSectionsClickable(True)
        self.setHighlightSections(False)
        self.setMinimumSectionSize(40)
        self.setMouseTracking(True)

    def name_font(self) -> QFont:
        return scaled_font(self.font(), 1.0, bold=True)

    def type_font(self) -> QFont:
        return scaled_font(self.font(), 0.9)

    @guarded_value
    def sizeHint(self) -> QSize:
        size = super().sizeHint()
        line = self.fontMetrics().height()
        return QSize(size.width(), round(2.0 * line + 14))

    @guarded
    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        model = self._preview
        if model.table is None or section >= model.columnCount():
            return
        column = model.table.columns[section]
        painter.save()
        painter.setClipRect(rect)
        painter.fillRect(rect, theme.color("panel"))
        painter.setPen(QPen(theme.color("grid"), 1.0))
        painter.drawLine(rect.topRight(), rect.bottomRight())
        painter.setPen(QPen(theme.color("border"), 1.0))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        area = rect.adjusted(_GAP, 5, -_GAP, -5)
        half = area.height() // 2
        upper = QRect(area.left(), area.top(), area.width(), half)
        lower = QRect(area.left(), area.top() + half, area.width(), area.height() - half)
        is_number = column.is_number
        side = Qt.AlignmentFlag.AlignRight if is_number else Qt.AlignmentFlag.AlignLeft
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.setFont(self.name_font())
        painter.setPen(text_colour())
        elide = Qt.TextElideMode.ElideMiddle
        name = painter.fontMetrics().elidedText(column.name, elide, upper.width())
        painter.drawText(upper, side | middle, name)
        chosen = model.chosen_type(section)
        colour = theme.color("accent" if chosen else "muted")
        painter.setFont(self.type_font())
        painter.setPen(colour)
        words = type_words(model, section)
        chevron = 12
        room = lower.adjusted(0, 0, -chevron, 0)
        words = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, room.width())
        wide = painter.fontMetrics().horizontalAdvance(words)
        painter.drawText(room, side | middle, words)
        at = room.right() + 1 if is_number else room.left() + wide + 3
        draw_chevron(painter, QRect(at, lower.top(), chevron, lower.height()).toRectF(), colour)
        if self._is_current(section):
            painter.setPen(QPen(theme.color("accent"), 2.0))
            painter.drawLine(rect.left(), rect.bottom(), rect.right(), rect.bottom())
        painter.restore()

    def _is_current(self, section: int) -> bool:
        view = self.parent()
        if not isinstance(view, QTableView) or not view.hasFocus():
            return False
        return view.currentIndex().column() == section

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        section = self.logicalIndexAt(event.position().toPoint())
        resizing = self.cursor().shape() == Qt.CursorShape.SplitHCursor
        super().mouseReleaseEvent(event)
        if event.button() == Qt.MouseButton.LeftButton and section >= 0 and not resizing:
            self.clicked.emit(section)

    @guarded_value
    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip:
            section = self.logicalIndexAt(event.pos())  # type: ignore[attr-defined]
            self.setToolTip(self._tip(section))
        return bool(super().viewportEvent(event))

    def _tip(self, section: int) -> str:
        table = self._preview.table
        if table is None or not 0 <= section < len(table.columns):
            return ""
        column = table.columns[section]
        why = f" ({column.why_not})" if column.why_not else ""
        words = type_words(self._preview, section)
        said = (f"{column.name}: {words}{why}. Click to choose its type.", *meaning_lines(column))
        return plain_tip("\n".join(said))


def type_words(model: PreviewModel, column: int) -> str:
    """Return the type of a column, and whether it was chosen."""
    chosen = model.chosen_type(column)
    return model.kind(column) if chosen is None else f"{TYPES[chosen]}, chosen"


class Preview(QTableView):
    """The first rows.

    Attributes
    ----------
    type_chosen : Signal
        A column, and the type chosen for it; None is as found.
    """

    type_chosen = Signal(int, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("First rows as they are read")
        self.setAccessibleDescription(
            "Return or the space bar chooses the type of the column in use"
        )
        self.rows = PreviewModel(self)
        self.setModel(self.rows)
        self.header = TypeHeader(self.rows, self)
        self.setHorizontalHeader(self.header)
        self.header.clicked.connect(self.open_menu)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        self.setAlternatingRowColors(False)
        self.setFrameShape(QTableView.Shape.NoFrame)
        self.setStyleSheet(ROWS_STYLE)
        rows = self.verticalHeader()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setHighlightSections(False)
        rows.setDefaultAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._menu = QMenu(self)
        self._menu.setToolTipsVisible(True)
        self._menu_column = 0
        self._names: tuple[str, ...] = ()
        self._fit_rows()
        theme.signals().changed.connect(self._fit_rows)

    def show_table(self, table) -> None:
        """Show the first rows of a table."""
        self.rows.set_table(table)
        names = () if table is None else tuple(column.name for column in table.columns)
        if names != self._names:
            self._names = names
            self._fit_columns()
        self.horizontalHeader().viewport().update()

    @Slot()
    def _fit_rows(self) -> None:
        height = self.fontMetrics().height() + 8
        self.verticalHeader().setDefaultSectionSize(height)
        self.header.updateGeometry()
        self._fit_columns()

    def _fit_columns(self) -> None:
        model, header = self.rows, self.header
        if model.table is None:
            return
        name = QFontMetrics(header.name_font())
        kind = QFontMetrics(header.type_font())
        cell = self.fontMetrics()
        widest = round(_WIDEST * max(1.0, theme.zoom()))
        if model.columnCount() > _MEASURED:
            header.setDefaultSectionSize(120)
        for column in range(min(model.columnCount(), _MEASURED)):
            texts = model.texts(column)[:40]
            width = max(
                name.horizontalAdvance(model.table.columns[column].name) + 2 * _GAP + 2,
                kind.horizontalAdvance(f"{model.kind(column)}, chosen") + 2 * _GAP + 14,
                max((cell.horizontalAdvance(text[:60]) for text in texts), default=0) + 20,
                _NARROWEST,
            )
            header.resizeSection(column, min(width, widest))

    # ---- types ---------------------------------------------------------------------------

    def menu_of(self, column: int) -> QMenu:
        """Return the menu of types, filled for a column."""
        self._menu.clear()
        self._menu_column = column
        found = self.rows.kind(column)
        chosen = self.rows.chosen_type(column)
        as_found = "as found" if chosen else f"as found: {found}"
        options = [
            Option("", as_found, _TIPS[None]),
            *(Option(key, words, _TIPS[key]) for key, words in TYPES.items()),
        ]
        add_options(self._menu, options, chosen or "", self._choose)
        return self._menu

    @Slot(int)
    def open_menu(self, column: int) -> None:
        if self.rows.table is None or not 0 <= column < self.rows.columnCount():
            return
        x = self.header.sectionViewportPosition(column)
        self.menu_of(column).popup(self.header.mapToGlobal(QPoint(max(x, 0), self.header.height())))

    def _choose(self, action: QAction) -> None:
        self.type_chosen.emit(self._menu_column, action.data() or None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        keys = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space, Qt.Key.Key_F4)
        if event.key() in keys and self.currentIndex().isValid():
            self.open_menu(self.currentIndex().column())
            return
        super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        index = self.indexAt(event.pos())
        if index.isValid():
            self.open_menu(index.column())

    def currentChanged(self, current: Index, previous: Index) -> None:
        super().currentChanged(current, previous)
        self.horizontalHeader().viewport().update()

    def focusInEvent(self, event) -> None:
        super().focusInEvent(event)
        if not self.currentIndex().isValid() and self.rows.rowCount():
            self.setCurrentIndex(self.rows.index(0, 0))
        self.horizontalHeader().viewport().update()

    def focusOutEvent(self, event) -> None:
        super().focusOutEvent(event)
        self.horizontalHeader().viewport().update()
