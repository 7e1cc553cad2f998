"""Shows a picture that is about to be saved."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from gmmstudio.ui import theme
from gmmstudio.ui.widgets.painting import guarded

_MARGIN, _TILE = 16, 8


class PicturePreview(QWidget):
    """An image in the middle of a shaded box; squares show through where it is transparent."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._image: QImage | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(320, 240)
        self.setAccessibleName("What the picture will look like")

    @property
    def image(self) -> QImage | None:
        """What is shown, in device pixels."""
        return self._image

    def show_image(self, image: QImage) -> None:
        """Show an image, drawn for the pixels of the screen."""
        self._image = image
        self.update()

    def room(self) -> QSize:
        """Return how large an image may be, in pixels at 100 %."""
        return (self.size() - QSize(2 * _MARGIN, 2 * _MARGIN)).expandedTo(QSize(16, 16))

    @guarded
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.color("box"))
        if self._image is None:
            return
        ratio = self.devicePixelRatioF()
        width, height = self._image.width() / ratio, self._image.height() / ratio
        shrink = min(self.room().width() / width, self.room().height() / height, 1.0)
        area = QRectF(0, 0, width * shrink, height * shrink)
        area.moveCenter(QRectF(self.rect()).center())
        area.moveTopLeft(QPointF(area.topLeft().toPoint()))
        if self._image.hasAlphaChannel():
            self._draw_tiles(painter, area)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(area, self._image, QRectF(self._image.rect()))
        painter.setPen(QPen(theme.color("border"), 1.0))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(area.adjusted(-0.5, -0.5, 0.5, 0.5))

    def _draw_tiles(self, painter: QPainter, area: QRectF) -> None:
        painter.fillRect(area, QColor("#ffffff"))
        for line in range(int(area.height() // _TILE) + 1):
            for column in range(line % 2, int(area.width() // _TILE) + 1, 2):
                tile = QRectF(area.left() + column * _TILE, area.top() + line * _TILE, _TILE, _TILE)
                painter.fillRect(tile.intersected(area), QColor("#e2e5ea"))
