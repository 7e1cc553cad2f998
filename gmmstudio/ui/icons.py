"""The program's own small drawings, recoloured by the theme."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from gmmstudio import resources
from gmmstudio.ui import theme

_SIZES = (16, 24, 32, 48)


def icon(name: str, colour: str = "text") -> QIcon:
    """Return an icon of ``resources/icons`` in a colour of the theme in use.

    Parameters
    ----------
    name : str
        The file's name without its ending, e.g. ``"play"``.
    colour : str
        A field of :class:`~gmmstudio.ui.theme.Theme`.

    Notes
    -----
    The icon is a picture in fixed colours: ask anew when ``theme.signals().changed`` is emitted.
    """
    return _icon(name, getattr(theme.current(), colour), theme.current().faint)


def pixmap(name: str, size: int, colour: str = "text", ratio: float = 1.0) -> QPixmap:
    """Return a drawing as a picture of ``size`` × ``size`` logical pixels."""
    return _draw(name, getattr(theme.current(), colour), size, ratio)


@lru_cache(maxsize=256)
def _icon(name: str, colour: str, disabled: str) -> QIcon:
    result = QIcon()
    for size in _SIZES:
        result.addPixmap(_draw(name, colour, size, 1.0))
        result.addPixmap(_draw(name, disabled, size, 1.0), QIcon.Mode.Disabled)
    return result


@lru_cache(maxsize=64)
def _source(name: str) -> str:
    return resources.path("icons", f"{name}.svg").read_text(encoding="utf-8")


def _draw(name: str, colour: str, size: int, ratio: float) -> QPixmap:
    picture = QPixmap(round(size * ratio), round(size * ratio))
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    renderer = QSvgRenderer(QByteArray(_source(name).replace("currentColor", colour).encode()))
    painter = QPainter(picture)
    renderer.render(painter, QRectF(0, 0, size, size))
    painter.end()
    return picture
