"""The tabs of the centre move together where there is little room, so that all stay readable."""

from __future__ import annotations

from PySide6.QtWidgets import QTabWidget

_PADDINGS = (15, 10, 6)  # beside the words of a tab; the first is that of the style sheet
_PROPERTY = "padding"
_BEFORE = 8  # the first tab


def fit_tabs(tabs: QTabWidget, beside: int) -> None:
    """Give the tabs the largest padding with which they fit.

    Parameters
    ----------
    tabs
        The tabs.
    beside
        Pixels that are to be left beside them if possible.
    """
    bar = tabs.tabBar()
    now = bar.property(_PROPERTY) or _PADDINGS[0]
    words = bar.sizeHint().width() - 2 * now * bar.count()
    room = tabs.width() - _BEFORE - beside
    fitting = (p for p in _PADDINGS if words + 2 * p * bar.count() <= room)
    padding = next(fitting, _PADDINGS[-1])
    if padding != now:
        bar.setProperty(_PROPERTY, padding)
        bar.setStyleSheet(f"QTabBar::tab {{ padding: 8px {padding}px 7px {padding}px; }}")
