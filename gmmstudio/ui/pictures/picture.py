"""A picture of a view: recorded once in the window's thread, drawn to any device in any other."""

from __future__ import annotations

from dataclasses import dataclass, field

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPicture, QTransform

from gmmstudio.ui.pictures.paper import Part


@dataclass(frozen=True, eq=False)
class Placed:
    """A part that is drawn later, where it lies in the picture, and what of it is seen."""

    part: Part
    transform: QTransform
    clip: QRectF | None


@dataclass(frozen=True, eq=False)
class Picture:
    """What a view looks like.

    Attributes
    ----------
    width, height
        In the pixels of the screen at 100 %.
    ground
        What lies behind it; None: nothing.
    title, description
        For those who cannot see it, and for the file's own notes.
    layers
        From the lowest.
    scale
        At which the layers were recorded.
    """

    width: float
    height: float
    ground: QColor | None
    title: str
    description: str = ""
    layers: tuple[QPicture | Placed, ...] = field(default=())
    scale: float = 1.0

    def draw(self, painter: QPainter, scale: float, *, as_shapes: bool) -> None:
        """Draw everything; `scale` is that of images, see :class:`Part`."""
        painter.setRenderHints(
            QPainter.RenderHint.Antialiasing
            | QPainter.RenderHint.TextAntialiasing
            | QPainter.RenderHint.LosslessImageRendering
        )
        if self.ground is not None:
            painter.fillRect(QRectF(0, 0, self.width, self.height), self.ground)
        for layer in self.layers:
            painter.save()
            if isinstance(layer, QPicture):
                painter.scale(1 / self.scale, 1 / self.scale)
                painter.drawPicture(0, 0, layer)
            else:
                if layer.clip is not None:
                    painter.setClipRect(layer.clip, Qt.ClipOperation.IntersectClip)
                painter.setTransform(layer.transform, True)
                layer.part.draw(painter, scale, as_shapes=as_shapes)
            painter.restore()


class Recorder:
    """Takes down what is painted, and what is to be drawn later, in order."""

    def __init__(self, scale: float) -> None:
        self._scale = scale
        self._layers: list[QPicture | Placed] = []
        self._picture: QPicture | None = None
        self._painter: QPainter | None = None
        self._clip: QRectF | None = None

    def __enter__(self) -> Recorder:
        return self

    def __exit__(self, *_error: object) -> None:
        self._end_layer()  # a painter that outlives its device ends the program

    @property
    def painter(self) -> QPainter:
        """Paints the layer now uppermost, in the pixels of the picture."""
        if self._painter is None:
            self._picture = QPicture()
            self._painter = QPainter(self._picture)
            self._painter.setRenderHint(QPainter.RenderHint.LosslessImageRendering)
            self._painter.scale(self._scale, self._scale)
            if self._clip is not None:
                self._painter.setClipRect(self._clip)
        return self._painter

    def clip_to(self, area: QRectF | None) -> None:
        """Show nothing outside an area from now on; None: everything."""
        self._end_layer()
        self._clip = area

    def put(self, part: Part, transform: QTransform, clip: QRectF | None) -> None:
        """Put a part that is drawn later over everything so far."""
        self._end_layer()
        if self._clip is not None:
            clip = self._clip if clip is None else clip.intersected(self._clip)
        self._layers.append(Placed(part, transform, clip))

    def finish(self) -> tuple[QPicture | Placed, ...]:
        """Return the layers."""
        self._end_layer()
        return tuple(self._layers)

    def _end_layer(self) -> None:
        if self._painter is not None and self._picture is not None:
            self._painter.end()
            self._layers.append(self._picture)
            self._painter = self._picture = None
