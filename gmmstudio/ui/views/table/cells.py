"""How a cell of the table is drawn."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QRectF, Qt
from PySide6.QtGui import QFont, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from gmmstudio.ui import theme
from gmmstudio.ui.views.table.model import IDENTITY_ROLE
from gmmstudio.ui.views.table.selection import RowGrid
from gmmstudio.ui.widgets.painting import guarded


class CellPainter(QStyledItemDelegate):
    """Draws a thin line under each row, and a cluster's letter before its name."""

    def __init__(self, grid: RowGrid) -> None:
        super().__init__(grid)
        self._grid = grid

    @guarded
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        if self._grid.is_selected(self._grid.row_at(index)):
            painter.fillRect(option.rect, theme.color("accent_soft"))
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
