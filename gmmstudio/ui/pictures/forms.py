"""A picture as an image, PNG, SVG or PDF. Everything here may run in a worker."""

from __future__ import annotations

import math
from dataclasses import dataclass

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMarginsF, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QImage, QPageSize, QPainter, QPdfWriter, QPicture

from gmmstudio.ui.pictures.picture import Picture
from gmmstudio.ui.pictures.svg import svg

__all__ = ["FORMS", "Form", "as_image", "as_pdf", "as_png", "as_svg", "written"]

INK_DPI = 300.0  # of images within SVG and PDF
MM = 25.4  # per inch


@dataclass(frozen=True)
class Form:
    """A file format: its ending and its name."""

    ending: str
    name: str


FORMS = (
    Form("png", "PNG image"),
    Form("svg", "SVG drawing"),
    Form("pdf", "PDF document"),
)


def dots_per_inch() -> int:
    """Return how many pixels of a picture make an inch at 100 %."""
    return QPicture().logicalDpiX()


def as_image(picture: Picture, scale: float) -> QImage:
    """Draw a picture with so many pixels for each of its own."""
    size = QSize(math.ceil(picture.width * scale), math.ceil(picture.height * scale))
    image = QImage(size, QImage.Format.Format_ARGB32_Premultiplied)
    if image.isNull():
        raise MemoryError(f"An image of {size.width()} × {size.height()} pixels is too large.")
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.scale(scale, scale)
    picture.draw(painter, scale, as_shapes=False)
    painter.end()
    dots = round(dots_per_inch() * scale * 1000 / MM)
    image.setDotsPerMeterX(dots)
    image.setDotsPerMeterY(dots)
    if picture.ground is not None and picture.ground.alpha() == 255:
        image = image.convertToFormat(QImage.Format.Format_RGB32)
    return image


def as_png(picture: Picture, scale: float) -> bytes:
    """Return a PNG file."""
    image = as_image(picture, scale)
    image.setText("Title", picture.title)
    image.setText("Software", "GMM Studio")
    return encoded(image)


def encoded(image: QImage) -> bytes:
    """Return an image as a PNG file."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]  # bytes are refused
    return bytes(buffer.data().data())


def as_svg(picture: Picture, millimetres: float | None = None) -> bytes:
    """Return an SVG file so many millimetres wide, by default as wide as at 100 %."""
    natural = picture.width / dots_per_inch() * MM
    return svg(picture, millimetres or natural, _ink_scale(picture, millimetres or natural))


def as_pdf(picture: Picture, millimetres: float | None = None) -> bytes:
    """Return a PDF file of one page that is so many millimetres wide; its fonts are in it."""
    dpi = dots_per_inch()
    wide = millimetres or picture.width / dpi * MM
    factor = wide / MM * dpi / picture.width
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setTitle(picture.title)
    writer.setCreator("GMM Studio")
    writer.setResolution(dpi)
    points = QSizeF(wide / MM * 72, wide / MM * 72 * picture.height / picture.width)
    match = QPageSize.SizeMatchPolicy.ExactMatch
    writer.setPageSize(QPageSize(points, QPageSize.Unit.Point, "", match))
    writer.setPageMargins(QMarginsF(0, 0, 0, 0))
    painter = QPainter(writer)
    painter.scale(factor, factor)
    painter.setClipRect(QRectF(0, 0, picture.width, picture.height))
    picture.draw(painter, _ink_scale(picture, wide), as_shapes=True)
    painter.end()
    buffer.close()
    return bytes(data.data())


def _ink_scale(picture: Picture, millimetres: float) -> float:
    """Return how finely images are drawn, so that they print at 300 dpi or more."""
    return math.ceil(10 * INK_DPI * millimetres / MM / picture.width) / 10


def written(picture: Picture, ending: str, *, scale: float, millimetres: float | None) -> bytes:
    """Return the file of a picture in the format of this ending."""
    if ending == "svg":
        return as_svg(picture, millimetres)
    if ending == "pdf":
        return as_pdf(picture, millimetres)
    return as_png(picture, scale)
