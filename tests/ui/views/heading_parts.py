"""The parts of a heading: none lies over another, and none is narrower than its words."""

from __future__ import annotations

from itertools import combinations

from PySide6.QtCore import QRect
from PySide6.QtWidgets import QLabel, QToolButton, QWidget

from gmmstudio.ui.views.heading_lines import Heading
from gmmstudio.ui.widgets.labels import ElidedLabel, SectionHeader


def whole_parts(view: QWidget, heading: Heading) -> None:
    """Check the heading of a view as it stands."""
    view.layout().activate()
    shown = [part for part in heading.children() if part.isWidgetType() and not part.isHidden()]
    for part in shown:
        assert heading.rect().contains(part.geometry()), part
        if isinstance(part, QLabel | QToolButton):
            assert part.width() >= part.fontMetrics().horizontalAdvance(part.text())
        elif isinstance(part, SectionHeader):
            assert part.width() >= part.sizeHint().width() - 16
        elif isinstance(part, ElidedLabel):
            assert part.width() >= part.width_of(part.fitting()) - 2
    places: list[QRect] = [part.geometry() for part in shown]
    assert not any(a.intersects(b) for a, b in combinations(places, 2))
