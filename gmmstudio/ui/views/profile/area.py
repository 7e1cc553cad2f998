"""The lines of a profile: pointed at, clicked and walked along."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import (
    QKeyEvent,
    QMouseEvent,
)
from PySide6.QtWidgets import QToolTip, QWidget

from gmmstudio.ui.selection import how_of
from gmmstudio.ui.views.pages.area import ARROWS
from gmmstudio.ui.views.profile.lines import Lines, ProfileLines
from gmmstudio.ui.widgets.tips import plain_tip

_REACH = 12.0  # pixels from a line that still point at it


class ProfileArea(ProfileLines):
    """Turns mouse and keys into clusters and columns.

    Attributes
    ----------
    chosen : Signal
        A cluster, by its place, and how its rows join those selected.
    pointed : Signal
        What is pointed at, in words; empty for nothing.
    left_page : Signal
        The keyboard goes on beyond the page: -1 or 1.
    """

    chosen = Signal(int, str)
    pointed = Signal(str)
    left_page = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Profile of the clusters over the columns")

    def show_lines(self, lines: Lines | None, message: str = "") -> None:
        """Draw these lines, or write why there are none."""
        self.lines, self.message = lines, message
        if lines is None or (self.at is not None and not self._exists(self.at)):
            self._point(None)
        elif self.at is not None:
            self._tell()
        self.update()

    def _exists(self, at: tuple[int, int]) -> bool:
        lines = self.lines
        return lines is not None and at[0] < len(lines.identities) and at[1] < len(lines.columns)

    # ---- mouse and keys ------------------------------------------------------------------

    def under(self, place: QPointF) -> tuple[int, int] | None:
        """Return the cluster and column at a place; None where nothing is near."""
        lines = self.lines
        if lines is None:
            return None
        rect = self.plot_rect()
        for k, badge in enumerate(self.badge_places(rect)):
            offset = place - badge
            if np.hypot(offset.x(), offset.y()) <= self._badge_size() / 2:
                return k, len(lines.columns) - 1
        if not rect.adjusted(0, -8, 12, 8).contains(place):
            return None
        x = np.array([self.x_of(column, rect) for column in range(len(lines.columns))])
        y = np.asarray(self.y_of(lines.means, rect))
        distance = [abs(np.interp(place.x(), x, line) - place.y()) for line in y]
        nearest = int(np.argmin(distance))
        if distance[nearest] > _REACH:
            return None
        return nearest, int(np.argmin(abs(x - place.x())))

    def _point(self, at: tuple[int, int] | None) -> None:
        if at != self.at:
            self.at = at
            self._tell()
            self.update()

    def _tell(self) -> None:
        words = ""
        if self.at is not None and self.lines is not None:
            words = self.lines.words[self.at[0]][self.at[1]]
        self.setAccessibleDescription(words)
        self.pointed.emit(words)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        before = self.at
        self._point(self.under(event.position()))
        cursor = (
            Qt.CursorShape.ArrowCursor if self.at is None else Qt.CursorShape.PointingHandCursor
        )
        self.setCursor(cursor)
        if self.at is None:
            QToolTip.hideText()
        elif self.at != before and self.lines is not None:
            words = self.lines.words[self.at[0]][self.at[1]]
            QToolTip.showText(event.globalPosition().toPoint(), plain_tip(words), self)

    def leaveEvent(self, event) -> None:
        super().leaveEvent(event)
        self._point(None)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        at = self.under(event.position())
        if event.button() == Qt.MouseButton.LeftButton and at is not None:
            self.chosen.emit(at[0], how_of(event.modifiers()))

    def focusOutEvent(self, event) -> None:
        super().focusOutEvent(event)
        self._point(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        lines, key = self.lines, event.key()
        if lines is None:
            super().keyPressEvent(event)
        elif key in ARROWS:
            self._walk(lines, *ARROWS[Qt.Key(key)])
        elif key in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
            self.left_page.emit(1 if key == Qt.Key.Key_PageDown else -1)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and self.at:
            self.chosen.emit(self.at[0], how_of(event.modifiers()))
        elif key == Qt.Key.Key_Escape and self.at is not None:
            self._point(None)
        else:
            super().keyPressEvent(event)

    def _walk(self, lines: Lines, clusters: int, columns: int) -> None:
        if self.at is None:
            self._point((0, 0))
            self._show_tip()
            return
        k, column = self.at[0] + clusters, self.at[1] + columns
        if not 0 <= column < len(lines.columns):
            self.left_page.emit(columns)
            return
        self._point((k % len(lines.identities), column))
        self._show_tip()

    def point_at_edge(self, step: int) -> None:
        """Point at the first or the last column of the page, having come from the one before."""
        if self.at is not None and self.lines is not None:
            self._point((self.at[0], 0 if step > 0 else len(self.lines.columns) - 1))
            self._show_tip()

    def _show_tip(self) -> None:
        """Say beside the mark what the keyboard points at."""
        lines = self.lines
        if self.at is None or lines is None:
            return
        k, column = self.at
        rect = self.plot_rect()
        y = float(self.y_of(lines.means[k, column], rect))
        spot = self.mapToGlobal(QPointF(self.x_of(column, rect) + 6, y + 6)).toPoint()
        QToolTip.showText(spot, plain_tip(lines.words[k][column]), self)
