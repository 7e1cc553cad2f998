"""Takes the picture of a view: the view itself is painted, in other colours or another size."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QEvent, QPoint, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QRegion
from PySide6.QtWidgets import QApplication, QMainWindow, QWidget

from gmmstudio.ui import theme
from gmmstudio.ui.pictures import paper
from gmmstudio.ui.pictures.legend import Entry, Legend
from gmmstudio.ui.pictures.picture import Picture, Recorder
from gmmstudio.ui.pictures.walk import draw_widget

Ground = Literal["shown", "white", "none"]
_MARGIN, _ABOVE, _BELOW = 16, 10, 4  # of the title
_LEAST = 96  # pixels that are left to the view


@dataclass(frozen=True)
class Wish:
    """What a picture should be like.

    Attributes
    ----------
    ground
        As on the screen; white, with the colours of the light look; or none at all.
    size
        In pixels at 100 %; None: as on the screen.
    title
        Written over it; may be empty.
    legend
        Clusters listed under it.
    grows
        Title and legend come on top of the size, not out of it.
    """

    ground: Ground = "shown"
    size: QSize | None = None
    title: str = ""
    legend: tuple[Entry, ...] = ()
    grows: bool = True


def take(view: QWidget, wish: Wish, name: str, *, scale: float = 1.0) -> Picture:
    """Take the picture of a visible view, in the window's thread; nothing on the screen changes.

    Parameters
    ----------
    view
        A view, or the whole window. One with a method ``picture_size()`` has its picture taken in
        that size where none is asked for.
    wish
        What the picture should be like.
    name
        What it shows, for those who cannot see it.
    scale
        At which it will be drawn: what can only be painted as an image is painted so finely.
    """
    whole = isinstance(view, QMainWindow)
    look = theme.borrowed(theme.PAPER, everywhere=whole) if wish.ground == "white" else None
    with look or nullcontext(), paper.painting():
        ground = None if wish.ground == "none" else theme.color("window")
        size = natural_size(view) if whole or wish.size is None else wish.size
        title = _Title(wish.title, size.width())
        legend = Legend(wish.legend, size.width())
        frame = title.height + round(legend.height)
        room = size.height()
        if not whole and not wish.grows:
            room = max(room - frame, min(_LEAST, room))
        posed = QSize(size.width(), room)
        small = paper.shrunk(_share(posed, natural_size(view)))
        with _posed(view, posed), small, Recorder(scale) as recorder:
            title.draw(recorder)
            recorder.clip_to(QRectF(0, title.height, posed.width(), room))
            if whole:
                _draw_window(recorder, view, title.height)
            else:
                draw_widget(recorder, view, QPoint(0, title.height))
            recorder.clip_to(None)
            recorder.painter.translate(0, title.height + room)
            legend.draw(recorder.painter)
            layers = recorder.finish()
    described = ", ".join(f"{entry.name}: {entry.size}" for entry in wish.legend)
    title_or_name = wish.title or name
    height = float(room + frame)
    return Picture(float(size.width()), height, ground, title_or_name, described, layers, scale)


def _share(size: QSize, natural: QSize) -> float:
    """Return how much smaller marks should be in another size: as lengths are, but readable."""
    area = natural.width() * natural.height()
    return min(max((size.width() * size.height() / max(area, 1)) ** 0.5, 0.6), 1.0)


def natural_size(view: QWidget) -> QSize:
    """Return the size of a view's picture where none is asked for, without title and legend."""
    own = getattr(view, "picture_size", None)
    return view.size() if own is None else own()


@contextmanager
def _posed(view: QWidget, size: QSize) -> Iterator[None]:
    """Give a view another size within the block; as no event is handled, nobody sees it."""
    before = view.geometry()
    if size == before.size() or isinstance(view, QMainWindow):
        yield
        return
    view.setUpdatesEnabled(False)
    view.resize(size)
    _lay_out(view)
    try:
        yield
    finally:
        view.setGeometry(before)
        _lay_out(view)
        view.setUpdatesEnabled(True)


def _lay_out(view: QWidget) -> None:
    """Lay out the view, and nothing around it: that would give it back its size."""
    for widget in (view, *view.findChildren(QWidget)):
        QApplication.sendPostedEvents(widget, QEvent.Type.LayoutRequest.value)


class _Title:
    """The words over a picture."""

    def __init__(self, words: str, width: float) -> None:
        self._words = words
        self._font = theme.font(1.15, QFont.Weight.DemiBold)
        self._room = QRectF(_MARGIN, _ABOVE, width - 2 * _MARGIN, 10_000.0)
        self._flags = Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextWordWrap
        needed = QFontMetricsF(self._font).boundingRect(self._room, int(self._flags), words)
        self.height = round(needed.height()) + _ABOVE + _BELOW if words else 0

    def draw(self, recorder: Recorder) -> None:
        if self._words:
            painter = recorder.painter
            painter.setFont(self._font)
            painter.setPen(theme.color("text"))
            painter.drawText(self._room, self._flags, self._words)


def _draw_window(recorder: Recorder, window: QWidget, top: int) -> None:
    painter = recorder.painter
    painter.save()
    painter.translate(0, top)
    flags = QWidget.RenderFlag.DrawWindowBackground | QWidget.RenderFlag.DrawChildren
    window.render(painter, QPoint(), QRegion(), flags)
    painter.restore()
