"""Shared pieces of painting: the guard around paint methods, scaled fonts, framed boxes."""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QAbstractButton, QWidget

from gmmstudio.ui import theme

_log = logging.getLogger(__name__)

RADIUS = 5.0


def guarded(method: Callable[..., None]) -> Callable[..., None]:
    """Wrap a paint method so that an error is logged and nothing is drawn.

    An exception that leaves an override of ``paint`` ends CPython 3.11 with PySide6 by a
    segmentation fault without a traceback.
    """

    @functools.wraps(method)
    def safe(*args: Any, **kwargs: Any) -> None:
        try:
            method(*args, **kwargs)
        except Exception:
            _log.exception("%s could not be drawn", method.__qualname__)

    return safe


def guarded_value(method: Callable[..., Any]) -> Callable[..., Any]:
    """Let no exception out of an override that Qt calls for a value; it gets None instead."""

    @functools.wraps(method)
    def safe(*args: Any, **kwargs: Any) -> Any:
        try:
            return method(*args, **kwargs)
        except Exception:
            _log.exception("%s failed", method.__qualname__)
            return None

    return safe


def scaled_font(font: QFont, factor: float, *, bold: bool = False) -> QFont:
    """Copy a font at ``factor`` times its size, whether that was given in points or pixels."""
    copy = QFont(font)
    if font.pixelSize() > 0:
        copy.setPixelSize(max(1, round(font.pixelSize() * factor)))
    elif font.pointSizeF() > 0:
        copy.setPointSizeF(max(1.0, font.pointSizeF() * factor))
    if bold:
        copy.setWeight(QFont.Weight.DemiBold)
    return copy


def mixed(first: str, second: str, share: float) -> QColor:
    """Colour ``share`` of the way from ``first`` to ``second``."""
    a, b = QColor(first), QColor(second)
    return QColor(
        round(a.red() + (b.red() - a.red()) * share),
        round(a.green() + (b.green() - a.green()) * share),
        round(a.blue() + (b.blue() - a.blue()) * share),
    )


def box_fill(*, hover: bool = False, down: bool = False) -> QColor:
    """Background of the framed rows: a shade between the panel and its text."""
    now = theme.current()
    if not (hover or down):
        return QColor(now.box)
    return mixed(now.box, now.text, 0.08 if down else 0.045)


def draw_box(
    painter: QPainter,
    widget: QWidget,
    *,
    hover: bool = False,
    down: bool = False,
    focus: bool = False,
) -> None:
    """Draw the frame of one row across the whole of ``widget``; the accent says "focus"."""
    now = theme.current()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    colour = QColor(now.accent if focus else now.border)
    painter.setPen(QPen(colour, 1.0))
    painter.setBrush(box_fill(hover=hover and widget.isEnabled(), down=down))
    painter.drawRoundedRect(QRectF(widget.rect()).adjusted(0.5, 0.5, -0.5, -0.5), RADIUS, RADIUS)


def fill_ground(widget: QWidget) -> None:
    """Let a widget stand on the colour of the window, as the look in use has it."""
    palette = widget.palette()
    palette.setColor(widget.backgroundRole(), theme.color("window"))
    widget.setPalette(palette)
    widget.setAutoFillBackground(True)


def draw_chevron(painter: QPainter, rect: QRectF, colour: QColor, *, right: bool = False) -> None:
    """Draw a small filled triangle pointing down (or right) in the middle of ``rect``."""
    x, y = rect.center().x(), rect.center().y()
    size = 3.5
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    if right:
        corners = [(x - size * 0.6, y - size), (x + size * 0.8, y), (x - size * 0.6, y + size)]
    else:
        corners = [(x - size, y - size * 0.6), (x + size, y - size * 0.6), (x, y + size * 0.8)]
    painter.drawPolygon(QPolygonF([QPointF(a, b) for a, b in corners]))
    painter.restore()


def tab_to(chosen: QAbstractButton, group: Sequence[QAbstractButton]) -> None:
    """Let Tab lead to the chosen button of a radio group, as Qt does after a click only."""
    for button in group:
        policy = Qt.FocusPolicy.StrongFocus if button is chosen else Qt.FocusPolicy.ClickFocus
        button.setFocusPolicy(policy)


def text_colour(role: str = "text", *, enabled: bool = True) -> QColor:
    """Colour of the theme for a text role; faint where disabled."""
    now = theme.current()
    return QColor(getattr(now, role) if enabled else now.faint)
