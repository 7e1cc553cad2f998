"""The colours of a raster once it rests: the clusters mixed beside the GUI thread."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from gmmstudio.ui.beside import Beside
from gmmstudio.ui.views.points.cells import CellGrid
from gmmstudio.ui.views.points.colouring import Colouring
from gmmstudio.ui.views.points.lit import Lit
from gmmstudio.ui.views.points.mixing import Shading, mixed_raster
from gmmstudio.ui.views.points.picture import Picture
from gmmstudio.ui.views.points.pixel_grid import Errand

_REST_MS = 200  # colours that have rested so long are mixed


class RestingColours(QObject):
    """Mixes the colours of one picture at a time, where the labels of all rows are there.

    Attributes
    ----------
    mixed : Signal
        The colours (lines, columns) of the picture asked for last.
    """

    mixed = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._wanted: tuple[Picture, Colouring, Lit | None, CellGrid | None] | None = None
        self._mixer = Beside("gmmstudio-mixing", self, gives_way=True)
        self._mixer.answered.connect(self.mixed)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_REST_MS)
        self._timer.timeout.connect(self._mix)

    def begin(
        self, picture: Picture, colouring: Colouring, lit: Lit | None, cells: CellGrid | None
    ) -> None:
        """Have a picture's colours mixed, unless others are asked for or forgotten meanwhile."""
        self.forget()
        winners = picture.winners
        if winners.density is None or winners.coarse:
            return
        if colouring.n_components and colouring.rows is None:
            self._wanted = picture, colouring, lit, cells
            self._timer.start()

    def forget(self) -> None:
        """Let what was asked for never arrive."""
        self._timer.stop()
        self._mixer.forget()
        self._wanted = None

    def shut_down(self) -> None:
        """End timer and thread."""
        self.forget()
        self._mixer.shut_down()

    @Slot()
    def _mix(self) -> None:
        if self._wanted is None:
            return
        picture, colouring, lit, cells = self._wanted
        shading = Shading(colouring, picture.kinds, None if lit is None else lit.mask)
        work = partial(mixed_raster, picture.points, picture.winners, shading, cells)
        self._mixer.ask(lambda should_stop: work(Errand(should_stop=should_stop)))
