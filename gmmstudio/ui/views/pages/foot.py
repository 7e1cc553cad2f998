"""The line under a view: which columns are shown, and a word on what is seen."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from gmmstudio.ui import theme
from gmmstudio.ui.views.pages.pager import Pager
from gmmstudio.ui.views.view import BAR_HEIGHT
from gmmstudio.ui.widgets.labels import ElidedLabel

_LEFT, _RIGHT, _SPACING = 8, 16, 8


class Foot(QWidget):
    """Pagers at the left, words at the right, as high as the bar of the selection.

    So the bar lies over it beside the pagers, and nothing moves; only where the pagers leave no
    room for it they step up.
    """

    def __init__(self, *pagers: Pager, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pagers = pagers
        self._covered = 0
        self.note = ElidedLabel(
            parent=self, role="muted", factor=11 / 13, align=Qt.AlignmentFlag.AlignRight
        )
        self.note.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._row = QHBoxLayout(self)
        self._row.setSpacing(_SPACING)
        for pager in pagers:
            self._row.addWidget(pager)
        self._row.addWidget(self.note, 1)
        self.fit()

    def leave_room(self, width: int) -> None:
        """Keep so many pixels at the right clear; 0: none."""
        self._covered = width
        self.fit()

    def fit(self) -> None:
        """Take the height that the text size and the pagers need."""
        height = round(BAR_HEIGHT * theme.zoom())
        shown = [pager.sizeHint().width() for pager in self._pagers if not pager.isHidden()]
        needed = _LEFT + sum(shown) + _SPACING * len(shown)
        above = bool(self._covered and shown) and needed + self._covered > self.width()
        right = _RIGHT if above else max(self._covered + 8, _RIGHT)
        self._row.setContentsMargins(_LEFT, 0, right, height if above else 0)
        self.setFixedHeight(height * (2 if above else 1))

    def resizeEvent(self, event) -> None:
        super().resizeEvent(event)
        self.fit()
