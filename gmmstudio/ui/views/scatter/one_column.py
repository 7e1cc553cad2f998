"""A column by itself in the scatter: bars and curves, a range that holds them, what they say."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF

from gmmstudio.document.session import Session
from gmmstudio.ui.stage import Shown
from gmmstudio.ui.views.layers.histogram import DensityLayer, HistogramLayer, bells_in, room_for
from gmmstudio.ui.views.planes.drawing import Drawing
from gmmstudio.ui.views.planes.sights import Sight
from gmmstudio.ui.views.plotting import PlotView
from gmmstudio.ui.views.scatter.bar_text import bar_text


class OneColumn:
    """The layers of the histogram, which are empty where a plane is shown.

    Attributes
    ----------
    histogram, densities
        The two layers: bars and curves.
    """

    def __init__(self, plot: PlotView, session: Session) -> None:
        self._plot, self._session = plot, session
        self._home = plot.home
        self.histogram = HistogramLayer(plot.box)
        self.densities = DensityLayer(plot.box)

    def draw(self, drawing: Drawing | None) -> None:
        """Draw the bars of a drawing, if it has any."""
        self.histogram.show(None if drawing is None else drawing.bars)
        if drawing is not None:
            self._home = drawing.home

    def follow(self, shown: Shown | None, sight: Sight | None) -> None:
        """Draw the curves of a frame, and see to it that those of a fit are seen whole."""
        alone = sight is not None and sight.plane is None
        bells = bells_in(shown, sight.axes.x) if sight is not None and alone else ()
        self.densities.show(bells)
        if bells and shown is not None and shown.final and self.histogram.bars is not None:
            self._make_room(room_for(self._home, bells))

    def words_at(self, place: QPointF) -> str:
        """Say what is at a place of the box; "" below the bars, and where there are none."""
        x, y = self.densities.to_values(place)
        bars = self.histogram.bars
        if bars is None or y < 0:
            return ""
        return bar_text(self._session.document, bars, self.densities.bells, x)

    def _make_room(self, home: tuple[float, float, float, float]) -> None:
        """Set another home, and go there unless the user has chosen a range."""
        before = self._plot.home
        if home != before:
            view = np.ravel(self._plot.box.viewRange())
            self._plot.set_home(*home)
            if np.allclose(view, before, rtol=1e-9, atol=0.0):
                self._plot.go_home()
