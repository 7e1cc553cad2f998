"""What the menu and the bar do with the selected rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, Slot

if TYPE_CHECKING:
    from gmmstudio.ui.main_window import MainWindow


class Selecting(QObject):
    """Answers the actions of Select; what rows are for is done by the table view."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._selection = window.stage.selection

    @Slot()
    def all(self) -> None:
        """Select every row of the table, excluded ones too."""
        table = self._window.session.document.table
        if table is not None:
            self._selection.choose(np.ones(table.n_rows, dtype=bool), words="all rows")

    @Slot()
    def outliers(self) -> None:
        """Select the rows that the outlier rule marks."""
        stage = self._window.stage
        if stage.assignment is not None and stage.outliers is not None:
            self._selection.choose(stage.assignment.rows[stage.outliers], words="outliers")

    @Slot()
    def invert(self) -> None:
        """Select the rows that are not selected, and no others."""
        table = self._window.session.document.table
        if table is not None:
            mask = self._selection.mask
            everything = np.ones(table.n_rows, dtype=bool)
            self._selection.choose(everything if mask is None else ~mask)

    @Slot()
    def clear(self) -> None:
        self._selection.clear()

    @Slot()
    def exclude(self) -> None:
        """Leave the selected rows out of the next fit."""
        self._window.workspace.table.exclude()

    @Slot()
    def include(self) -> None:
        """Use the selected rows again."""
        self._window.workspace.table.include()

    @Slot()
    def copy(self) -> None:
        """Put the selected rows on the clipboard as a table, in the order the table lists them."""
        self._window.workspace.table.copy()

    @Slot()
    def export(self) -> None:
        """Write the selected rows as a labelled table of their own."""
        if self._selection.mask is not None:
            self._window.exporting.ask_only()
