"""The pictures of a film: a scatter and a curve of their own that no window ever shows."""

from __future__ import annotations

from contextlib import AbstractContextManager

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QImage, QPainter
from PySide6.QtWidgets import QWidget

from gmmstudio.document.document import Document
from gmmstudio.document.session import Session
from gmmstudio.fitting.trace import Track
from gmmstudio.report import formats
from gmmstudio.report.film import Film
from gmmstudio.ui import theme
from gmmstudio.ui.stage import Shown, Stage
from gmmstudio.ui.views.convergence.curve_area import CurveArea
from gmmstudio.ui.views.scatter.view import ScatterView

_FULL_TEXT = 720  # lines from which on everything grows with the picture
_MARGIN = 14
_CURVE_SHARE = 0.24


class FilmViews:
    """Draws frames of a run like the scatter that is on the screen.

    They have a stage and a session of their own: what the window shows does not change, and what
    changes in the window does not change the film.
    """

    def __init__(self, document: Document, track: Track, like: ScatterView, film: Film) -> None:
        self._film = film
        self._track = track
        self._name = "" if document.table is None else document.table.name
        self._scale = max(1.0, film.height / _FULL_TEXT)
        self._like = like
        self.stage = Stage()
        self.stage.selection.reset(0 if document.table is None else document.table.n_rows)
        with self._look():
            self.scatter = ScatterView(Session(document), self.stage)
            self._copy_choices()
            self.curve = CurveArea()
        self.stage.put_tracks((track,), track)
        self._ranged = False
        for widget in (self.scatter, self.curve):
            widget.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)
        self._lay_out()

    def _look(self) -> AbstractContextManager[None]:
        return theme.borrowed(theme.DARK if self._film.dark else theme.LIGHT, told=False)

    def _copy_choices(self) -> None:
        like = {choice.what: choice.current for choice in self._like.choices}
        if self._like.axes is not None:
            self.scatter.choose(self._like.axes)
        if self._like.sight is not None:
            self.scatter.choose_kind(self._like.sight.kind)
        for choice in self.scatter.choices:
            wanted = like.get(choice.what)
            if choice.what != "plane" and wanted in choice.entries and wanted != choice.current:
                choice.pick(wanted)

    def _lay_out(self) -> None:
        width = round(self._film.width / self._scale)
        height = round(self._film.height / self._scale)
        line = QFontMetricsF(theme.font()).height()
        head = round(line * 1.6 + _MARGIN)
        foot = round(_CURVE_SHARE * height) if self._film.curve else 0
        self._size = QSize(width, height)
        side = round(line + 10)
        self._plot = QRect(side, head, width - side - _MARGIN, height - head - foot - side)
        self._foot = QRect(_MARGIN, height - foot, width - 2 * _MARGIN, max(foot - 8, 0))
        self.scatter.plot.setFixedSize(self._plot.size())
        self.curve.setFixedSize(self._foot.size().expandedTo(QSize(1, 1)))
        for widget in (self.scatter, self.curve):
            widget.adjustSize()
            widget.show()

    @property
    def ready(self) -> bool:
        """Whether the rows are drawn as finely as they will be, and it is known which."""
        drawing = self.scatter.drawing
        if drawing is None:
            return False
        if not self._ranged:
            self._ranged = True
            theirs = self._like.sight
            if theirs is not None and theirs.key == drawing.sight.key:
                (x_low, x_high), (y_low, y_high) = self._like.plot.box.viewRange()
                self.scatter.plot.show_range(x_low, x_high, y_low, y_high)
            self.draw()
            return False
        winners = self.scatter.cloud.winners
        if self.scatter.plane is None:
            return self.stage.watched is not None or winners is None
        return winners is not None and not winners.coarse and self.stage.watched is not None

    def picture(self, shown: Shown) -> bytes:
        """Return a frame as RGB, three bytes per pixel."""
        with self._look():
            self.stage.put_shown(shown)
        return _rgb(self.draw())

    def draw(self) -> QImage:
        """Draw what is on the stage."""
        film = self._film
        image = QImage(film.width, film.height, QImage.Format.Format_ARGB32_Premultiplied)
        image.setDevicePixelRatio(self._scale)
        with self._look():
            image.fill(theme.color("window"))
            painter = QPainter(image)
            try:
                self._draw_head(painter)
                self.scatter.plot.render(
                    painter, QRectF(self._plot), self.scatter.plot.viewport().rect()
                )
                self._draw_axes(painter)
                if film.curve:
                    self._draw_curve(painter)
            finally:
                painter.end()
        return image

    def close(self) -> None:
        """Let everything go."""
        self.scatter.shutdown()
        for widget in (self.scatter, self.curve):
            widget.close()
            widget.deleteLater()
        self.stage.deleteLater()

    def _draw_head(self, painter: QPainter) -> None:
        shown = self.stage.shown
        width = self._size.width() - 2 * _MARGIN
        area = QRectF(_MARGIN, _MARGIN * 0.6, width, self._plot.top() - _MARGIN * 0.6)
        middle = Qt.AlignmentFlag.AlignVCenter
        words = ""
        if shown is not None:
            words = (
                f"iteration {formats.count(shown.iteration)} of "
                f"{formats.count(shown.last_iteration)}  ·  log-likelihood "
                f"{formats.log_likelihood(shown.log_likelihood)}"
            )
        painter.setFont(theme.font())
        painter.setPen(theme.color("text"))
        painter.drawText(area, Qt.AlignmentFlag.AlignRight | middle, words)
        room = width - painter.fontMetrics().horizontalAdvance(words) - 24
        painter.setFont(theme.font(1.1, QFont.Weight.Bold))
        name = painter.fontMetrics().elidedText(
            self._name, Qt.TextElideMode.ElideRight, max(0, round(room))
        )
        painter.drawText(area, Qt.AlignmentFlag.AlignLeft | middle, name)

    def _draw_axes(self, painter: QPainter) -> None:
        across, up = self.scatter.axis_words
        painter.setFont(theme.font())
        painter.setPen(theme.color("muted"))
        plot = QRectF(self._plot)
        below = QRectF(plot.left(), plot.bottom(), plot.width(), self._plot.left() - 4)
        painter.drawText(below, Qt.AlignmentFlag.AlignCenter, across)
        painter.save()
        painter.translate(4, plot.center().y())
        painter.rotate(-90)
        beside = QRectF(-plot.height() / 2, 0, plot.height(), self._plot.left() - 4)
        painter.drawText(beside, Qt.AlignmentFlag.AlignCenter, up)
        painter.restore()

    def _draw_curve(self, painter: QPainter) -> None:
        shown, track = self.stage.shown, self._track
        numbers, values = self.stage.history
        number = None if shown is None else shown.iteration
        values = track.log_likelihoods if len(values) else values
        self.curve.show_curve(numbers, values, number, "log-likelihood per iteration")
        painter.setPen(theme.color("border"))
        top = self._foot.top()
        painter.drawLine(0, top - 4, self._size.width(), top - 4)
        self.curve.render(
            painter, QPoint(self._foot.topLeft()), renderFlags=QWidget.RenderFlag.DrawChildren
        )


def _rgb(image: QImage) -> bytes:
    """Return the pixels of an image without the gaps at the ends of its lines."""
    flat = image.convertToFormat(QImage.Format.Format_RGB888)
    data, width = bytes(flat.constBits()), 3 * flat.width()
    step = flat.bytesPerLine()
    if step == width:
        return data
    return b"".join(data[i : i + width] for i in range(0, step * flat.height(), step))
