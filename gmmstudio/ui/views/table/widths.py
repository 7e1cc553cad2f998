"""How wide the columns of the rows' grid are: as their heads and some of their cells need it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtWidgets import QTableView

from gmmstudio.ui import theme
from gmmstudio.ui.views.table.columns import NOTE
from gmmstudio.ui.views.table.model import TableModel

WIDEST = 220
WIDEST_NOTE = 420
AT_ONCE = 30
"""So many columns are measured when a table is opened; others when they come into sight."""
_USUAL = 120


class ColumnWidths(QObject):
    """Measures the columns of a grid.

    Parameters
    ----------
    grid, model
        The grid, and what it shows.
    notes
        What stands in the column of notes: in most rows nothing, so some rows tell nothing of it.
    """

    def __init__(
        self, grid: QTableView, model: TableModel, notes: Callable[[], Sequence[str]]
    ) -> None:
        super().__init__(grid)
        self._grid, self._model, self._notes = grid, model, notes
        self._unmeasured: set[int] = set()
        grid.horizontalScrollBar().valueChanged.connect(self._fit_those_in_sight)

    def fit(self) -> None:
        """Make the columns of another table as wide as they need to be."""
        model, header = self._model, self._grid.horizontalHeader()
        own = model.n_own_columns
        self._unmeasured = set(range(min(AT_ONCE, own), own))
        if self._unmeasured:
            header.setDefaultSectionSize(round(_USUAL * theme.zoom()))
        self._measure(range(min(AT_ONCE, own)))
        self.fit_those_of_the_fit()

    def fit_those_of_the_fit(self) -> None:
        """Make the columns that a fit has added as wide as they need to be."""
        self._measure(range(self._model.n_own_columns, self._model.columnCount()))

    @Slot()
    def _fit_those_in_sight(self) -> None:
        if not self._unmeasured:
            return
        header = self._grid.horizontalHeader()
        for place in range(max(header.visualIndexAt(0), 0), header.count()):
            column = header.logicalIndex(place)
            if header.sectionViewportPosition(column) > header.viewport().width():
                return
            if column in self._unmeasured:
                self._unmeasured.discard(column)
                self._measure([column])

    def _measure(self, columns: Iterable[int]) -> None:
        """Make columns as wide as they need to be.

        The note takes what is left; a number would stand far away from its neighbours there.
        """
        header = self._grid.horizontalHeader()
        header.setStretchLastSection(False)  # or it is stretched anew after every single one
        for column in columns:
            self._grid.setColumnWidth(column, self._needed(column))
        header.setStretchLastSection(self._model.columnCount() > self._model.n_own_columns)

    def _needed(self, column: int) -> int:
        """Return how many pixels a column takes."""
        model, metrics = self._model, self._grid.fontMetrics()
        n_rows, own = model.rowCount(), model.n_own_columns
        if column == 0:
            texts, most = [str(n_rows)], WIDEST  # the longest row number, wherever it is
        elif column == own + NOTE:
            texts, most = list(self._notes()), WIDEST_NOTE
        else:
            rows = sorted({*range(min(n_rows, 40)), *range(0, n_rows, max(1, n_rows // 20))})
            texts = [str(model.data(model.index(r, column)) or "") for r in rows]
            most = WIDEST
        head = str(model.headerData(column, Qt.Orientation.Horizontal) or "")
        widest = max(map(metrics.horizontalAdvance, texts), default=0)
        width = max(widest + 28, metrics.horizontalAdvance(head) + 40)
        if column == own:
            width += 24  # the letter of the cluster
        return int(min(width, most * theme.zoom()))
