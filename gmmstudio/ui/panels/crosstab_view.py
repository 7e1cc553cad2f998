"""Clusters against the values of a column, as a small shaded table."""

from __future__ import annotations

import math

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from gmmstudio.report import formats
from gmmstudio.report.crosstab import CrossTable
from gmmstudio.ui import theme
from gmmstudio.ui.panels.cluster_card import draw_disc
from gmmstudio.ui.widgets.painting import guarded, mixed, scaled_font, text_colour

NARROWEST = 36
FOLDED = 8


class CrossTabView(QWidget):
    """A row per value, a column per cluster; each cell a count and its share of the cluster."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._table: CrossTable | None = None
        self._identities: tuple[int, ...] = ()
        self._unfolded = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_table(self, table: CrossTable, identities: tuple[int, ...]) -> None:
        self._table, self._identities = table, identities
        self.setAccessibleName(f"Clusters and {table.column}")
        self._renew()

    def set_unfolded(self, unfolded: bool) -> None:
        self._unfolded = unfolded
        self._renew()

    def n_hidden(self) -> int:
        """Return how many values are folded away."""
        total = len(self._table.values) if self._table else 0
        return max(0, total - FOLDED) if total > FOLDED + 1 else 0

    def n_shown(self) -> int:
        if self._table is None:
            return 0
        hidden = 0 if self._unfolded else self.n_hidden()
        return len(self._table.values) - hidden

    def _renew(self) -> None:
        self.setMinimumWidth(self._label_width() + NARROWEST * max(1, len(self._identities)))
        self.updateGeometry()
        self.update()

    def _label_width(self) -> int:
        return 84

    def _head(self) -> int:
        return self.fontMetrics().height() + 8

    def _row(self) -> int:
        return round(self.fontMetrics().height() * 1.75) + 4

    def sizeHint(self) -> QSize:
        return QSize(self.minimumWidth(), self._head() + self._row() * self.n_shown() + 2)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def cell_rect(self, value: int, cluster: int) -> QRect:
        """Return where a cell is drawn."""
        left = self._label_width()
        width = (self.width() - left) / max(1, len(self._identities))
        start, end = round(left + cluster * width), round(left + (cluster + 1) * width)
        return QRect(start, self._head() + value * self._row(), end - start, self._row())

    def cell_words(self, value: int, cluster: int) -> str:
        """Say a cell in words, for its tooltip."""
        table = self._table
        if table is None:
            return ""
        share = table.row_shares[cluster, value]
        of = (
            ""
            if math.isnan(share)
            else f": {formats.percent(share, 1)} of {table.clusters[cluster]}"
        )
        rows = formats.rows(int(table.counts[cluster, value]))
        return f"{table.clusters[cluster]}, {table.column} = {table.values[value]}\n{rows}{of}"

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            self._tell(event.pos(), event.globalPos())
            return True
        return super().event(event)

    def _tell(self, place: QPoint, where: QPoint) -> None:
        if self._table is None:
            return
        for value in range(self.n_shown()):
            if QRect(0, self.cell_rect(value, 0).top(), self._label_width(), self._row()).contains(
                place
            ):
                QToolTip.showText(where, self._table.values[value], self)
                return
            for cluster in range(len(self._identities)):
                if self.cell_rect(value, cluster).contains(place):
                    QToolTip.showText(where, self.cell_words(value, cluster), self)
                    return
        QToolTip.hideText()

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        table = self._table
        if table is None:
            return
        now = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        side = self._head() - 4
        for cluster, identity in enumerate(self._identities):
            cell = self.cell_rect(0, cluster)
            disc = QRectF(cell.center().x() - side / 2 + 0.5, 0, side, side)
            draw_disc(painter, disc, identity, self.font())
        shares = table.row_shares
        small = scaled_font(self.font(), 0.78)
        for value in range(self.n_shown()):
            self._draw_label(painter, value)
            for cluster in range(len(self._identities)):
                cell, share = self.cell_rect(value, cluster), shares[cluster, value]
                strength = 0.0 if math.isnan(share) else float(share)
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(mixed(now.box, now.accent_soft, strength))
                painter.drawRoundedRect(QRectF(cell).adjusted(1, 1, -1, -1), 3, 3)
                count = int(table.counts[cluster, value])
                painter.setPen(QColor(now.text if count else now.faint))
                painter.setFont(scaled_font(self.font(), 0.94))
                half = cell.height() // 2
                upper = cell.adjusted(0, 3, 0, -half + 2)
                painter.drawText(upper, Qt.AlignmentFlag.AlignCenter, formats.count(count))
                painter.setFont(small)
                painter.setPen(text_colour("muted" if count else "faint"))
                lower = cell.adjusted(0, half, 0, -3)
                percent = "–" if math.isnan(share) else short_percent(strength)
                painter.drawText(lower, Qt.AlignmentFlag.AlignCenter, percent)

    def _draw_label(self, painter: QPainter, value: int) -> None:
        if self._table is None:
            return
        cell = self.cell_rect(value, 0)
        area = QRect(0, cell.top(), self._label_width() - 6, cell.height())
        painter.setFont(scaled_font(self.font(), 0.94))
        painter.setPen(text_colour("muted"))
        text = painter.fontMetrics().elidedText(
            self._table.values[value], Qt.TextElideMode.ElideRight, area.width()
        )
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)


def short_percent(share: float) -> str:
    """Write a share for a narrow cell: ``"99 %"``, ``"<1 %"``, never 100 % for less than all."""
    if 0 < share < 0.005:
        return f"<1{formats.GAP}%"
    if 0.995 <= share < 1:
        return f">99{formats.GAP}%"
    return f"{100 * share:.0f}{formats.GAP}%"
