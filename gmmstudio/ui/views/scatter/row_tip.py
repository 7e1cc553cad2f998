"""The tooltip that names the row under the mouse."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QPointF, Slot
from PySide6.QtWidgets import QToolTip

from gmmstudio.ui.views.plotting import PlotView
from gmmstudio.ui.widgets.tips import plain_tip


class RowTip(QObject):
    """Follows the mouse over a plot.

    Parameters
    ----------
    row_at
        Returns the table row at a place in the box's pixels, or None.
    describe
        Says what a row is.
    otherwise
        Says what is at a place where there is no row; "" for nothing.
    """

    def __init__(
        self,
        plot: PlotView,
        row_at: Callable[[QPointF], int | None],
        describe: Callable[[int], str],
        otherwise: Callable[[QPointF], str] = lambda _place: "",
    ) -> None:
        super().__init__(plot)
        self._plot, self._row_at = plot, row_at
        self._describe, self._otherwise = describe, otherwise
        self.row: int | None = None
        self._text = ""
        plot.hovered.connect(self.point)
        plot.left.connect(self._leave)

    def forget(self) -> None:
        """Say it anew as soon as the mouse moves."""
        if self._text:
            self.row, self._text = None, ""
            QToolTip.hideText()

    @Slot(QPointF)
    def point(self, place: QPointF) -> None:
        """Name the row at a place, in the pixels of the box."""
        inside = self._plot.box.boundingRect().contains(place)
        row = self._row_at(place) if inside else None
        if row is not None and row == self.row:
            return
        text = self._otherwise(place) if row is None and inside else ""
        if row is not None:
            text = self._describe(row)
        self.row = row
        if text == self._text:
            return
        self._text = text
        if not text:
            QToolTip.hideText()
            return
        spot = self._plot.mapToGlobal(self._plot.mapFromScene(self._plot.box.mapToScene(place)))
        QToolTip.showText(spot, plain_tip(text), self._plot)

    @Slot()
    def _leave(self) -> None:
        self.row, self._text = None, ""
