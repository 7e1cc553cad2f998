"""The visible cells of a table, drawn for a picture."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QTableView

from gmmstudio.ui import theme

_MARGIN = 6


def draw_cells(painter: QPainter, view: QTableView) -> None:
    """Draw headings and cells as far as they are seen, in the colours of the theme in use."""
    model, across, down = view.model(), view.horizontalHeader(), view.verticalHeader()
    left = down.width() if down.isVisible() else 0
    top = across.height() if across.isVisible() else 0
    port = view.viewport().geometry()
    columns = [
        (c, port.left() + view.columnViewportPosition(c), view.columnWidth(c))
        for c in range(model.columnCount())
        if not view.isColumnHidden(c) and _meets(view.columnViewportPosition(c), view, c)
    ]
    first = max(view.rowAt(0), 0)
    last = view.rowAt(port.height() - 1)
    rows = range(first, (model.rowCount() - 1 if last < 0 else last) + 1)
    painter.setPen(QPen(theme.color("border"), 1.0))
    painter.setClipRect(QRectF(0, 0, port.right() + 1, port.bottom() + 1))
    painter.drawLine(0, port.top(), port.right(), port.top())
    painter.setFont(view.font())
    display = Qt.ItemDataRole.DisplayRole
    bold = theme.font(weight=QFont.Weight.DemiBold)
    for c, x, width in columns:
        text = str(model.headerData(c, Qt.Orientation.Horizontal, display) or "")
        painter.setFont(bold)
        _write(painter, QRectF(x, 0, width, top), text, theme.color("muted"), 0)
    painter.setFont(view.font())
    for row in rows:
        y, height = port.top() + view.rowViewportPosition(row), view.rowHeight(row)
        if left:
            text = str(model.headerData(row, Qt.Orientation.Vertical, display) or "")
            _write(painter, QRectF(0, y, left, height), text, theme.color("faint"), 0)
        for c, x, width in columns:
            cell = QRectF(x, y, width, height)
            index = model.index(row, c)
            if view.selectionModel() is not None and view.selectionModel().isSelected(index):
                painter.fillRect(cell, theme.color("accent_soft"))
            color = _color(index.data(Qt.ItemDataRole.ForegroundRole))
            alignment = index.data(Qt.ItemDataRole.TextAlignmentRole)
            text = index.data(display)
            _write(painter, cell, "" if text is None else str(text), color, alignment)
        painter.setPen(QPen(theme.color("grid"), 1.0))
        painter.drawLine(left, y + height, port.right(), y + height)


def _meets(x: int, view: QTableView, column: int) -> bool:
    return x < view.viewport().width() and x + view.columnWidth(column) > 0


def _color(wanted: object) -> QColor:
    if isinstance(wanted, QBrush):
        wanted = wanted.color()
    return wanted if isinstance(wanted, QColor) else theme.color("text")


def _write(painter: QPainter, area: QRectF, text: str, color: QColor, alignment: object) -> None:
    if not text:
        return
    area = area.adjusted(_MARGIN, 0, -_MARGIN, 0)
    right = bool(int(alignment) & int(Qt.AlignmentFlag.AlignRight)) if alignment else False  # type: ignore[call-overload]
    side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
    metrics = QFontMetricsF(painter.font())
    painter.setPen(color)
    cut = metrics.elidedText(text, Qt.TextElideMode.ElideRight, area.width())
    painter.drawText(area, side | Qt.AlignmentFlag.AlignVCenter, cut)
