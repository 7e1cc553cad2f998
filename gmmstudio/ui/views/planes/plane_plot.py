"""The scatter's plane once more: the same rows, in other colours or under another mixture."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from gmmstudio.ui.stage import Shown
from gmmstudio.ui.views.layers.ellipses import Ellipses
from gmmstudio.ui.views.layers.histogram import Bell, DensityLayer, HistogramLayer, bells_of
from gmmstudio.ui.views.planes.drawing import Drawing
from gmmstudio.ui.views.plotting import PlotView
from gmmstudio.ui.views.points.colouring import Colouring
from gmmstudio.ui.views.points.frame_colours import colouring_of
from gmmstudio.ui.views.points.marks import Flags
from gmmstudio.ui.views.points.point_cloud import PointCloud
from gmmstudio.ui.views.points.points import Points


class PlanePlot(PlotView):
    """A plot of the rows in a plane with the parts of the scatter, and no say of its own.

    Attributes
    ----------
    cloud, ellipses
        The points, and the mixture over them.
    """

    def __init__(self, parent: QWidget | None = None, *, filled: bool = True) -> None:
        super().__init__(parent)
        self.cloud = PointCloud(self.box, *colouring_of(None, faded=True))
        self.ellipses = Ellipses(self.box, filled=filled)
        self._histogram = HistogramLayer(self.box)
        self._densities = DensityLayer(self.box)
        self._drawing: Drawing | None = None
        self.frame.setVisible(False)

    @property
    def drawing(self) -> Drawing | None:
        """What is drawn."""
        return self._drawing

    def show_drawing(
        self, drawing: Drawing | None, kinds: Flags | None, points: Points | None = None
    ) -> None:
        """Draw the rows of a plane, or just these points of them; all of it is seen."""
        self._drawing = drawing
        self.frame.setVisible(drawing is not None)  # numbers of nothing mean nothing
        self._histogram.show(None if drawing is None else drawing.bars)
        if drawing is None:
            self.cloud.set_points(None, None)
            return
        self.frame.x_whole, self.frame.y_whole = drawing.x_whole, drawing.y_whole
        self.frame.x_dates, self.frame.y_dates = drawing.x_dates, drawing.y_dates
        self.frame.y_least = None if drawing.bars is None else 0.0
        if drawing.home != self.home:
            self.set_home(*drawing.home)
            self.go_home()
        self.cloud.set_points(drawing.points if points is None else points, kinds)

    def show_mixture(self, shown: Shown | None, colours: tuple[Colouring, int]) -> None:
        """Bring points and ellipses to a frame; `colours` are those of the points and rims."""
        self.cloud.set_colouring(*colours)
        sight = None if self._drawing is None else self._drawing.sight
        bells: tuple[Bell, ...] = ()
        if shown is not None and sight is not None and sight.plane is None:
            fitted, x = shown.preparation.columns, sight.axes.x
            bells = bells_of(shown, fitted.index(x)) if x in fitted else ()
        self._densities.show(bells)
        self.ellipses.show(shown, None if sight is None else sight.plane)

    def set_share(self, share: float) -> None:
        """Draw marks and letters at a share of their usual size, where there is little room."""
        self.cloud.set_share(share)
        self.ellipses.set_share(max(share, 0.75))  # a letter is to be read

    def shut_down(self) -> None:
        """End timers and thread."""
        self.cloud.shut_down()
        super().shut_down()
