"""Clusters against the values of a column, as a small shaded table."""

from __future__ import annotations

import math

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt, Slot
from PySide6.QtGui import QColor, QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from gmmstudio.report import formats
from gmmstudio.report.crosstab import CrossTable
from gmmstudio.ui import theme
from gmmstudio.ui.widgets.disc import draw_disc
from gmmstudio.ui.widgets.painting import guarded, mixed, scaled_font, text_colour
from gmmstudio.ui.widgets.tips import plain_tip

NARROWEST = 36
VALUES_WIDTH = 84
FOLDED = 8
MANY_CLUSTERS = 6


class CrossTabView(QWidget):
    """Each cell a count and its share of the cluster.

    Values stand in rows and clusters in columns, which suits long values in a narrow panel;
    many clusters with few values stand the other way round.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._table: CrossTable | None = None
        self._identities: tuple[int, ...] = ()
        self._clusters_down = False
        self._unfolded = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.signals().changed.connect(self._recolour)

    @Slot()
    def _recolour(self) -> None:
        self.update()

    def set_table(self, table: CrossTable, identities: tuple[int, ...]) -> None:
        self._table, self._identities = table, identities
        clusters, values = len(identities), len(table.values)
        self._clusters_down = clusters > max(values, MANY_CLUSTERS - 1)
        self.setAccessibleName(f"Clusters and {table.column}")
        self._renew()

    def set_unfolded(self, unfolded: bool) -> None:
        self._unfolded = unfolded
        self._renew()

    # Places -------------------------------------------------------------------------------------

    def _n_rows(self) -> int:
        """Return how many rows there are to show, folded or not."""
        if self._table is None:
            return 0
        return len(self._identities) if self._clusters_down else len(self._table.values)

    def _n_columns(self) -> int:
        if self._table is None:
            return 1
        return max(1, len(self._table.values) if self._clusters_down else len(self._identities))

    def n_hidden(self) -> int:
        """Return how many rows would be folded away."""
        total = self._n_rows()
        return total - FOLDED if total > FOLDED + 1 else 0

    def n_shown(self) -> int:
        """Return how many rows are shown."""
        return self._n_rows() - (0 if self._unfolded else self.n_hidden())

    def folded_words(self) -> str:
        """Name what is folded away: ``"4 more values…"``."""
        return f"{self.n_hidden()} more {'clusters' if self._clusters_down else 'values'}…"

    def _renew(self) -> None:
        self.setMinimumWidth(self._label_width() + NARROWEST * self._n_columns())
        self.updateGeometry()
        self.update()

    def _label_width(self) -> int:
        return self._head() + 6 if self._clusters_down else VALUES_WIDTH

    def _head(self) -> int:
        return self.fontMetrics().height() + 8

    def _row(self) -> int:
        return round(self.fontMetrics().height() * 1.75) + 4

    def sizeHint(self) -> QSize:
        return QSize(self.minimumWidth(), self._head() + self._row() * self.n_shown() + 2)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def _rect(self, row: int, column: int) -> QRect:
        left = self._label_width()
        width = (self.width() - left) / self._n_columns()
        start, end = round(left + column * width), round(left + (column + 1) * width)
        return QRect(start, self._head() + row * self._row(), end - start, self._row())

    def cell_rect(self, value: int, cluster: int) -> QRect:
        """Return where the cell of a value and a cluster is drawn."""
        return self._rect(cluster, value) if self._clusters_down else self._rect(value, cluster)

    # Words --------------------------------------------------------------------------------------

    def cell_words(self, value: int, cluster: int) -> str:
        """Say a cell in words, for its tooltip."""
        table = self._table
        if table is None:
            return ""
        name, share = table.clusters[cluster], table.row_shares[cluster, value]
        of = "" if math.isnan(share) else f": {formats.percent(share, 1)} of {name}"
        number = table.counts[cluster, value]
        rows = formats.rows(int(number))
        if table.counted:
            rows = f"{formats.quantity(float(number))} observations"
        return f"{name}, {table.column} = {table.values[value]}\n{rows}{of}"

    def _words_at(self, place: QPoint) -> str:
        table = self._table
        if table is None:
            return ""
        for row in range(self.n_shown()):
            for column in range(self._n_columns()):
                cell = self._rect(row, column)
                value, cluster = (column, row) if self._clusters_down else (row, column)
                if cell.contains(place):
                    return self.cell_words(value, cluster)
                beside = cell.top() <= place.y() <= cell.bottom() and column == 0
                above = row == 0 and cell.left() <= place.x() <= cell.right()
                if (beside and place.x() < cell.left()) or (above and place.y() < cell.top()):
                    of_cluster = beside == self._clusters_down
                    return table.clusters[cluster] if of_cluster else table.values[value]
        return ""

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            words = self._words_at(event.pos())
            if words:
                QToolTip.showText(event.globalPos(), plain_tip(words), self)
            else:
                QToolTip.hideText()
            return True
        return super().event(event)

    # Picture ------------------------------------------------------------------------------------

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        table = self._table
        if table is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._draw_clusters(painter)
        self._draw_values(painter, table)
        shares = table.row_shares
        for row in range(self.n_shown()):
            for column in range(self._n_columns()):
                value, cluster = (column, row) if self._clusters_down else (row, column)
                count, share = (
                    round(float(table.counts[cluster, value])),
                    float(shares[cluster, value]),
                )
                self._draw_cell(painter, self._rect(row, column), count, share)

    def _draw_clusters(self, painter: QPainter) -> None:
        side = self._head() - 4
        number = self.n_shown() if self._clusters_down else len(self._identities)
        for cluster, identity in enumerate(self._identities[:number]):
            cell = self.cell_rect(0, cluster)
            if self._clusters_down:
                disc = QRectF(0, cell.center().y() - side / 2 + 0.5, side, side)
            else:
                disc = QRectF(cell.center().x() - side / 2 + 0.5, 0, side, side)
            draw_disc(painter, disc, identity, self.font())

    def _draw_values(self, painter: QPainter, table: CrossTable) -> None:
        painter.setFont(scaled_font(self.font(), 0.94))
        painter.setPen(text_colour("muted"))
        number = len(table.values) if self._clusters_down else self.n_shown()
        for value, words in enumerate(table.values[:number]):
            cell = self.cell_rect(value, 0)
            if self._clusters_down:
                area = QRect(cell.left() + 1, 0, cell.width() - 2, self._head() - 2)
                align = Qt.AlignmentFlag.AlignCenter
            else:
                area = QRect(0, cell.top(), self._label_width() - 6, cell.height())
                align = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
            elided = painter.fontMetrics().elidedText(
                words, Qt.TextElideMode.ElideRight, area.width()
            )
            painter.drawText(area, align, elided)

    def _draw_cell(self, painter: QPainter, cell: QRect, count: int, share: float) -> None:
        now = theme.current()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(mixed(now.box, now.accent_soft, 0.0 if math.isnan(share) else share))
        painter.drawRoundedRect(QRectF(cell).adjusted(1, 1, -1, -1), 3, 3)
        half = cell.height() // 2
        painter.setFont(scaled_font(self.font(), 0.94))
        painter.setPen(QColor(now.text if count else now.faint))
        upper = cell.adjusted(0, 3, 0, -half + 2)
        painter.drawText(upper, Qt.AlignmentFlag.AlignCenter, formats.count(count))
        painter.setFont(scaled_font(self.font(), 0.78))
        painter.setPen(text_colour("muted" if count else "faint"))
        lower = cell.adjusted(0, half, 0, -3)
        painter.drawText(lower, Qt.AlignmentFlag.AlignCenter, short_percent(share))


def short_percent(share: float) -> str:
    """Write a share for a narrow cell: ``"99 %"``, ``"<1 %"``, never 100 % for less than all."""
    if math.isnan(share):
        return "–"
    if 0 < share < 0.005:
        return f"<1{formats.GAP}%"
    if 0.995 <= share < 1:
        return f">99{formats.GAP}%"
    return f"{100 * share:.0f}{formats.GAP}%"
