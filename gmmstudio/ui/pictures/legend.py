"""The legend of a picture: letter, name, colour and size of each cluster."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter

from gmmstudio.document.document import Document
from gmmstudio.report import formats
from gmmstudio.ui import theme
from gmmstudio.ui.stage import Stage
from gmmstudio.ui.views.layers.badges import draw_badge

_GAP, _LINE, _MARGIN = 24.0, 28.0, 16.0
_SIZE = 0.92  # of its text


@dataclass(frozen=True)
class Entry:
    """A cluster in the legend."""

    identity: int
    name: str
    size: str


def entries_of(document: Document, stage: Stage) -> tuple[Entry, ...]:
    """Return the clusters of the fit on the screen; none without one."""
    record, assignment = document.record, stage.assignment
    if record is None:
        return ()
    names = document.component_names(record)
    sizes = [""] * len(names)
    if assignment is not None and len(assignment.labels):
        counts = np.bincount(assignment.labels, minlength=len(names))
        total = len(assignment.labels)
        sizes = [f"{formats.rows(int(n))} · {formats.percent(n / total)}" for n in counts]
    return tuple(
        Entry(identity, name, size)
        for identity, name, size in zip(record.identities, names, sizes, strict=True)
    )


class Legend:
    """Entries placed line by line in a width."""

    def __init__(self, entries: Sequence[Entry], width: float) -> None:
        self._font = theme.font(_SIZE)
        self._metrics = QFontMetricsF(self._font)
        self._badge = 10.0 * theme.zoom() + 3.0
        self._places: list[tuple[float, float, Entry, str]] = []
        self._line = max(_LINE, 2 * self._badge + 4)
        x = y = 0.0
        room = width - 2 * _MARGIN
        for entry in entries:
            beside = 2 * self._badge + 4
            name = self._fitted(entry.name, room - beside - self._wide(f"  {entry.size}"))
            wide = beside + self._wide(f"{name}  {entry.size}")
            if x > 0 and x + wide > room:
                x, y = 0.0, y + self._line
            self._places.append((_MARGIN + x, y, entry, name))
            x += wide + _GAP
        self.height = y + self._line + 8 if entries else 0.0

    def _wide(self, text: str) -> float:
        return self._metrics.horizontalAdvance(text)

    def _fitted(self, name: str, room: float) -> str:
        return self._metrics.elidedText(name, Qt.TextElideMode.ElideRight, max(room, 60.0))

    def draw(self, painter: QPainter) -> None:
        """Draw it, its corner at the origin."""
        bold = theme.font(0.78, QFont.Weight.Bold)
        for x, y, entry, name in self._places:
            middle = y + self._line / 2
            draw_badge(painter, QPointF(x + self._badge, middle), entry.identity, bold)
            painter.setFont(self._font)
            left = x + 2 * self._badge + 4
            for text, role in ((name, "text"), (entry.size, "muted")):
                painter.setPen(theme.color(role))
                area = QRectF(left, y, self._wide(text) + 4, self._line)
                flags = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextDontClip
                painter.drawText(area, flags, text)
                left += self._wide(f"{text}  ")
