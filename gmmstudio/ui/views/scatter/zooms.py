"""Which part of a plot was looked at of everything that was shown in it, to show it again."""

from __future__ import annotations

from collections.abc import Hashable

from PySide6.QtCore import QObject, Slot

from gmmstudio.ui.views.plotting import PlotView

Range = tuple[float, float, float, float]
"""From left to right, from bottom to top: x_low, x_high, y_low, y_high."""

_SAME = 1e-6  # of the extent: closer ranges are one


class Zooms(QObject):
    """Remembers the range that was chosen by hand of everything a plot has shown."""

    def __init__(self, plot: PlotView) -> None:
        super().__init__(plot)
        self._plot = plot
        self._ranges: dict[Hashable, Range] = {}
        self._shown: Hashable = None
        self._wished: Range | None = None
        plot.box.moved_by_hand.connect(self._keep)
        plot.box.went_home.connect(self._keep)

    @property
    def chosen(self) -> Range | None:
        """The range shown; None where it is all there is, or nothing is shown."""
        found, home = self._ranges.get(self._shown), self._plot.home
        if found is None:
            return None
        extents = *(home[1] - home[0],) * 2, *(home[3] - home[2],) * 2
        ends = zip(found, home, extents, strict=True)
        return found if any(abs(a - b) > _SAME * extent for a, b, extent in ends) else None

    def show(self, key: Hashable) -> None:
        """Show what is known by this key in the range it had last; at first all of it."""
        self._shown = key
        wished, self._wished = self._wished, None
        if wished is not None and _meet(wished, self._plot.home):
            self._ranges[key] = wished
        self._plot.show_range(*self._ranges.get(key, self._plot.home))

    def hide(self) -> None:
        """Forget what is shown, since something else will be."""
        self._shown = None

    def wish(self, wished: Range | None) -> None:
        """Let what is shown, or what will be, have this range; None takes back the wish."""
        self._wished = wished
        if wished is not None and self._shown is not None:
            self.show(self._shown)

    @Slot()
    def _keep(self) -> None:
        if self._shown is not None:
            (x_low, x_high), (y_low, y_high) = self._plot.box.viewRange()
            self._ranges[self._shown] = x_low, x_high, y_low, y_high


def _meet(a: Range, b: Range) -> bool:
    across = a[0] < b[1] and b[0] < a[1]
    return across and a[2] < b[3] and b[2] < a[3]
