"""The tooltip that names the row under the mouse."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QPointF, Slot
from PySide6.QtWidgets import QToolTip

from gmmstudio.ui.views.plotting import PlotView


class RowTip(QObject):
    """Follows the mouse over a plot.

    Parameters
    ----------
    row_at
        Returns the table row at a place in the box's pixels, or None.
    describe
        Says what a row is.
    """

    def __init__(
        self,
        plot: PlotView,
        row_at: Callable[[QPointF], int | None],
        describe: Callable[[int], str],
    ) -> None:
        super().__init__(plot)
        self._plot, self._row_at, self._describe = plot, row_at, describe
        self.row: int | None = None
        plot.hovered.connect(self.point)
        plot.left.connect(self._leave)

    def forget(self) -> None:
        """Say it anew as soon as the mouse moves."""
        if self.row is not None:
            self.row = None
            QToolTip.hideText()

    @Slot(QPointF)
    def point(self, place: QPointF) -> None:
        """Name the row at a place, in the pixels of the box."""
        inside = self._plot.box.boundingRect().contains(place)
        row = self._row_at(place) if inside else None
        if row == self.row:
            return
        self.row = row
        if row is None:
            QToolTip.hideText()
            return
        spot = self._plot.mapToGlobal(self._plot.mapFromScene(self._plot.box.mapToScene(place)))
        QToolTip.showText(spot, self._describe(row), self._plot)

    @Slot()
    def _leave(self) -> None:
        self.row = None
