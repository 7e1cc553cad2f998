"""Where the means came from: the iterations before the one shown, as lines that fade with age."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtGui import QColor, QPainter, QPen

from gmmstudio.fitting.trace import Track
from gmmstudio.ui import theme
from gmmstudio.ui.pictures.paper import on_paper
from gmmstudio.ui.stage import Shown, Stage
from gmmstudio.ui.views.planes.planes import Plane
from gmmstudio.ui.views.plotting import Layer
from gmmstudio.ui.views.view import Choice

Floats = NDArray[np.float64]
MOST = 64  # iterations a trail is drawn from; of longer ones every second, fourth, …
_AGES = np.array([0.4, 0.75])  # where the line changes its shade, from oldest to newest
_STRENGTHS = (0.55, 0.8, 1.0)
_CASED = 0.7
_CASING = (-1.8, 1.8)  # pixels beside the line
_LINES = ((-0.3, 0.3), (-0.5, 0.5), (-0.9, 0.0, 0.9))  # it tapers towards the past
_FARTHEST = 1e5  # pixels; Qt draws no further
_TIP = "The way of each mean over the iterations before the one shown:\nthe paler, the longer ago."


def way(track: Track, number: int) -> list[int]:
    """Return which of the kept iterations a trail is drawn from: those before a number.

    At most `MOST`, evenly, and the same ones from one iteration to the next, so that the line does
    not tremble as it grows: the steps double each time there would be too many.
    """
    end = track.index(number)
    if track.iterations[end].number < number:
        end += 1
    step = 1
    while end > MOST * step:
        step *= 2
    return list(range(0, end, step))


def paths(track: Track, shown: Shown, plane: Plane) -> Floats | None:
    """Return the way of each mean in a plane (K, m, 2), ending where it is; None where it has none.

    The means of a mixture's projection are the projections of its means.
    """
    places = {column: j for j, column in enumerate(shown.preparation.columns)}
    k = shown.parameters.n_components
    chosen = [track.iterations[i].parameters for i in way(track, shown.iteration)]
    if (
        not chosen
        or any(column not in places for column in plane.columns)
        or any(parameters.means.shape != shown.parameters.means.shape for parameters in chosen)
    ):
        return None
    columns = [places[column] for column in plane.columns]
    means = np.stack([parameters.means for parameters in (*chosen, shown.parameters)])
    flat = plane.place(means[:, :, columns].reshape(-1, len(columns)))
    return flat.reshape(-1, k, 2).transpose(1, 0, 2)


class Trail(Layer):
    """The way of the means, over the points and under the ellipses' lines.

    ``changed`` hears that the trail is switched on or off.
    """

    def __init__(self, box: pg.ViewBox, stage: Stage, changed: Callable[[], None]) -> None:
        super().__init__(box, z=14)
        self._stage = stage
        self._changed = changed
        self._identities: tuple[int, ...] = ()
        self._frame: tuple[Shown | None, Plane | None] = (None, None)
        self.on = True
        self.paths: Floats | None = None  # (K, m, 2), oldest first

    @property
    def choices(self) -> tuple[Choice, ...]:
        """Whether it is drawn."""
        return (Choice("trail", _TIP, ("on", "off"), "on" if self.on else "off", self._pick),)

    def _pick(self, words: str) -> None:
        self.on = words == "on"
        self.show(*self._frame)
        self._changed()

    def show(self, shown: Shown | None, plane: Plane | None) -> None:
        """Follow a frame of the try on the stage."""
        self._frame = shown, plane
        track = self._stage.track
        found = None
        if self.on and shown is not None and plane is not None and track is not None:
            found = paths(track, shown, plane) if track.attempt == shown.attempt else None
        if found is not None or self.paths is not None:
            self.paths = found
            self._identities = () if shown is None else shown.identities
            self.update()

    def draw(self, painter: QPainter) -> None:
        if self.paths is None:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        x, y = self.to_pixels(self.paths[:, :, 0], self.paths[:, :, 1])
        x, y = (np.clip(at, -_FARTHEST, _FARTHEST) for at in (x, y))
        ground = theme.color("window")
        for identity, across, down in zip(self._identities, x, y, strict=True):
            color = theme.cluster_color(identity)
            kept = _seen(across, down)
            if kept is not None:
                _draw_way(
                    painter, across[kept], down[kept], kept / max(len(across) - 1, 1), ground, color
                )


def _seen(x: Floats, y: Floats) -> NDArray[np.intp] | None:
    """Return which points of a way are on another pixel than the one before; None if it rests."""
    cells_x, cells_y = np.rint(x), np.rint(y)
    moved = (cells_x[1:] != cells_x[:-1]) | (cells_y[1:] != cells_y[:-1])
    moved = np.flatnonzero(moved) + 1
    return np.concatenate([[0], moved]) if len(moved) else None


def _draw_way(
    painter: QPainter, x: Floats, y: Floats, age: Floats, ground: QColor, color: QColor
) -> None:
    """Draw one way, cased; `age` (m,) runs from 0, the oldest point, to 1.

    All of it in hairlines side by side, which Qt draws many times faster than wider lines.
    """
    across, down = _normal(x, y)
    painter.setPen(_pen(ground, _CASED))
    for offset in _CASING:
        polygon = pg.functions.arrayToQPolygonF(x + offset * across, y + offset * down)
        painter.drawPolyline(polygon)
    first = 0
    ends = (*np.searchsorted(age, _AGES).tolist(), len(x) - 1)
    for strength, offsets, end in zip(_STRENGTHS, _LINES, ends, strict=True):
        if end <= first:
            continue
        painter.setPen(_pen(color, strength))
        part = slice(first, end + 1)
        for offset in offsets:
            painter.drawPolyline(
                pg.functions.arrayToQPolygonF(
                    x[part] + offset * across[part], y[part] + offset * down[part]
                )
            )
        first = end


def _pen(color: QColor, strength: float) -> QPen:
    shade = QColor(color)
    shade.setAlphaF(strength)
    pen = QPen(shade, 1.0)
    pen.setCosmetic(not on_paper())
    return pen


def _normal(x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Return the unit normal at every point of an open line of two or more points."""
    along_x, along_y = np.empty_like(x), np.empty_like(y)
    for along, at in ((along_x, x), (along_y, y)):
        np.subtract(at[2:], at[:-2], out=along[1:-1])
        along[0], along[-1] = at[1] - at[0], at[-1] - at[-2]
    length = np.maximum(np.sqrt(along_x * along_x + along_y * along_y), 1e-9)
    return -along_y / length, along_x / length
