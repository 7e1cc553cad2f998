"""Whether what is being painted goes on paper, and what paper asks of those who paint.

Everything the program draws itself goes through QPainter, so that one way of drawing serves the
screen, PNG, SVG and PDF. Few things differ on paper: no frame around what has the focus, lines as
wide as they should be instead of device pixels, and points drawn anew in the resolution asked for.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from PySide6.QtGui import QPainter

_sheets = 0
_mark_share = 1.0


def on_paper() -> bool:
    """Tell whether what is being painted now goes into a picture to take away."""
    return _sheets > 0


@contextmanager
def painting() -> Iterator[None]:
    """Paint on paper within the block."""
    global _sheets
    _sheets += 1
    try:
        yield
    finally:
        _sheets -= 1


def mark_share() -> float:
    """Return how large marks are on this sheet, 1 being as on the screen."""
    return _mark_share


@contextmanager
def shrunk(share: float) -> Iterator[None]:
    """Draw marks so much smaller within the block."""
    global _mark_share
    before, _mark_share = _mark_share, share
    try:
        yield
    finally:
        _mark_share = before


class Part(Protocol):
    """A part of a picture that is drawn later, in a worker: it changes no more.

    A graphics item that has a method ``on_paper() -> Part | None`` is asked for one instead of
    being painted.
    """

    def draw(self, painter: QPainter, scale: float, *, as_shapes: bool) -> None:
        """Draw in the item's own pixels.

        Parameters
        ----------
        painter
            Of an image or a vector device.
        scale
            Pixels of images per pixel of the item.
        as_shapes
            The picture is made of shapes (SVG, PDF): what is few should be, too.
        """
