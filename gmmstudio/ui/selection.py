"""Which rows are selected: one small observable that every view reads and may change.

It stands outside the document: a selection is how somebody looks, not what was asked, so undo
does not touch it. It belongs to one table and goes with it.
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Qt, Signal

from gmmstudio.report import formats

How = Literal["replace", "add", "subtract", "intersect"]


class Selection(QObject):
    """The selected rows of the table.

    Attributes
    ----------
    changed : Signal
        Other rows are selected.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._n_rows = 0
        self._mask: NDArray[np.bool_] | None = None
        self._rows: NDArray[np.int64] | None = None
        self._n = 0
        self._words = ""

    def reset(self, n_rows: int) -> None:
        """Begin anew with a table of so many rows, none of them selected."""
        self._n_rows = n_rows
        self._put(None, "")

    @property
    def mask(self) -> NDArray[np.bool_] | None:
        """Whether each row of the table is selected (n,), read-only; None where none is."""
        return self._mask

    @property
    def rows(self) -> NDArray[np.int64]:
        """The selected rows of the table, rising."""
        if self._rows is None:
            mask = self._mask
            self._rows = np.empty(0, np.int64) if mask is None else np.flatnonzero(mask)
        return self._rows

    @property
    def n(self) -> int:
        """How many rows are selected."""
        return self._n

    @property
    def words(self) -> str:
        """What was selected, for the screen: "Cluster A"; empty where nobody said."""
        return self._words

    def choose(self, rows: NDArray[Any], how: How = "replace", words: str = "") -> None:
        """Select rows of the table.

        Parameters
        ----------
        rows : (m,) integers or (n,) bool
            Rows, or whether each row of the table is meant.
        how
            What becomes of those that are selected already.
        words
            What these rows are.
        """
        if rows.dtype == np.bool_:
            mask = rows.copy()
        else:
            mask = np.zeros(self._n_rows, dtype=bool)
            mask[rows] = True
        if how != "replace":
            words = ""
            before = np.zeros(self._n_rows, dtype=bool) if self._mask is None else self._mask
            if how == "add":
                mask |= before
            elif how == "intersect":
                mask &= before
            else:
                mask = before & ~mask
        self._put(mask, words)

    def choose_row(self, row: int, how: How = "replace") -> None:
        """Select a single row of the table."""
        self.choose(np.array([row]), how, f"row {formats.count(row + 1)}")

    def clear(self) -> None:
        """Select nothing."""
        self._put(None, "")

    def _put(self, mask: NDArray[np.bool_] | None, words: str) -> None:
        n = 0 if mask is None else int(np.count_nonzero(mask))
        if not n:
            mask, words = None, ""
        before = self._mask
        self._words = words
        if mask is None and before is None:
            return
        if mask is not None and before is not None and np.array_equal(mask, before):
            return
        if mask is not None:
            mask.flags.writeable = False
        self._mask, self._rows, self._n = mask, None, n
        self.changed.emit()


def how_of(modifiers: Qt.KeyboardModifier) -> How:
    """Return what the modifier keys ask: Shift adds, Ctrl takes away, both keep what is common."""
    shift = bool(modifiers & Qt.KeyboardModifier.ShiftModifier)
    control = bool(modifiers & Qt.KeyboardModifier.ControlModifier)
    if shift and control:
        return "intersect"
    if shift:
        return "add"
    return "subtract" if control else "replace"
