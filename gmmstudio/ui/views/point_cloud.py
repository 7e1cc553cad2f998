"""The points of the scatter, drawn from the winner image."""

from __future__ import annotations

import math
import time
from functools import partial

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QTimer, Signal, Slot
from PySide6.QtGui import QImage, QPainter

from gmmstudio.fitting.labeller import Latest
from gmmstudio.ui.selection import Selection
from gmmstudio.ui.views.colouring import Colouring
from gmmstudio.ui.views.density import colour_raster
from gmmstudio.ui.views.lit import Lit, lay_over
from gmmstudio.ui.views.marks import FEW, Flags, Ints
from gmmstudio.ui.views.picking import point_at
from gmmstudio.ui.views.pixel_grid import PixelGrid
from gmmstudio.ui.views.plotting import Layer
from gmmstudio.ui.views.points import Points
from gmmstudio.ui.views.winners import WinnerImage, colour_image, find_winners

DIRECT = 500_000  # so many points are drawn whole at every change of view
_WATCH_ALL = 200_000
_REFINE_MS = 80
_MOVING_S = 0.1  # changes of view in so quick succession are one movement
_POLL_MS = 10
_DENSE = 10_000


class PointCloud(Layer):
    """All points of a pair of columns.

    Finding which point is seen at each pixel depends on the view only and is kept; new labels
    only recolour those pixels. Above `DIRECT` points, and above `FEW` while the view is moving, a
    change of view draws quickly first, and the finest picture is made beside the GUI thread once
    the view has been still for a moment.
    """

    painted_changed = Signal()
    dense_changed = Signal(bool)  # so many points that they hide lines of their own colour

    def __init__(self, box: pg.ViewBox, colouring: Colouring, rim: int) -> None:
        super().__init__(box, z=10)
        self._points: Points | None = None
        self._kinds: Flags | None = None
        self._colouring = colouring
        self._rim = np.uint32(rim)
        self._winners: WinnerImage | None = None
        self._wanted: PixelGrid | None = None  # what a finer picture is made for
        self._stale = True  # the points or their kinds have changed
        self._lit: Lit | None = None
        self._selection: Selection | None = None
        self._seen_rows: tuple[WinnerImage, WinnerImage, Ints] | None = None
        self._pixels: np.ndarray | None = None  # lives as long as the image that looks into it
        self._image: QImage | None = None
        self._dense = False
        self._request = 0
        self._last_found = -1.0
        self._announced: tuple[Ints, bool] | None = None
        self._worker: Latest[WinnerImage] = Latest("gmmstudio-points")
        self._announce_timer = self._timer(0, self._announce)
        self._refine_timer = self._timer(_REFINE_MS, self._refine)
        self._poll_timer = QTimer(self)
        self._poll_timer.setInterval(_POLL_MS)
        self._poll_timer.timeout.connect(self._poll)

    def _timer(self, milliseconds: int, slot) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(milliseconds)
        timer.timeout.connect(slot)
        return timer

    # ---- what is drawn -------------------------------------------------------------------

    def set_points(self, points: Points | None, kinds: Flags | None) -> None:
        """Draw other points; `kinds` says of each table row whether it is in the fit."""
        self._points, self._kinds = points, kinds
        self._winners = None
        self._forget_request()
        self._announced = None
        self._stale = True
        self.update()

    def set_kinds(self, kinds: Flags | None) -> bool:
        """Draw the same points, some of them as crosses or apart; return whether that is new."""
        old = self._kinds
        if kinds is old or (kinds is not None and old is not None and np.array_equal(kinds, old)):
            return False
        self._kinds = kinds
        if self._points is not None and len(self._points) > DIRECT and self._winners is not None:
            self._wanted = self._winners.grid
            self._refine()  # the old picture stays until the new one is there
        else:
            self._stale = True
            self.update()
        return True

    def set_selection(self, mask: NDArray[np.bool_] | None) -> None:
        """Let the selected rows of the table keep their colours and the others step back.

        `mask` says of each row whether it is selected; None: nothing is, and all keep them.
        """
        self._lit = None if mask is None else Lit(mask)
        self._image = None
        self._announce_timer.start()
        self.update()

    def follow(self, selection: Selection) -> None:
        """Show what is selected there, now and whenever that changes."""
        self._selection = selection
        selection.changed.connect(self._selection_changed)
        self._selection_changed()

    @Slot()
    def _selection_changed(self) -> None:
        assert self._selection is not None
        self.set_selection(self._selection.mask)

    @property
    def kinds(self) -> Flags | None:
        """Kind of each table row; None where all are normal."""
        return self._kinds

    def set_colouring(self, colouring: Colouring, rim: int) -> None:
        """Colour the same points anew."""
        self._colouring, self._rim = colouring, np.uint32(rim)
        self._image = None
        self.update()

    # ---- what others ask -----------------------------------------------------------------

    def painted_rows(self) -> Ints:
        """Table rows whose labels the picture needs; the same array until that changes."""
        if self._points is None:
            return np.empty(0, np.int64)
        if len(self._points) <= _WATCH_ALL:
            return self._points.rows
        return np.empty(0, np.int64) if self._winners is None else self._rows_seen()

    @property
    def winners(self) -> WinnerImage | None:
        """The picture as it is now."""
        return self._winners

    def row_at(self, place: QPointF) -> int | None:
        """Return the table row of the point under a place in the view's pixels."""
        if self._winners is None or self._points is None:
            return None
        grid = self._winners.grid
        column = grid.shift_x + place.x() * grid.scale
        line = grid.shift_y + place.y() * grid.scale
        return point_at(self._points, self._winners, column, line)

    def shut_down(self) -> None:
        """End the timers and the thread."""
        if self._selection is not None:
            self._selection.changed.disconnect(self._selection_changed)
            self._selection = None
        for timer in (self._announce_timer, self._refine_timer, self._poll_timer):
            timer.stop()
        self._worker.close()
        self._points = self._winners = self._image = self._pixels = None

    # ---- drawing -------------------------------------------------------------------------

    def draw(self, painter: QPainter) -> None:
        if self._points is None or not len(self._points):
            return
        to_device = painter.deviceTransform()
        grid = self._grid(to_device.m11(), to_device.dx(), to_device.dy())
        if self._stale or self._winners is None or self._winners.grid != grid:
            self._find(grid)
        if self._image is None:
            self._colour()
        if self._image is None:
            return
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        target = QRectF(
            -grid.shift_x / grid.scale,
            -grid.shift_y / grid.scale,
            grid.columns / grid.scale,
            grid.lines / grid.scale,
        )
        painter.drawImage(target, self._image, QRectF(self._image.rect()))

    def _grid(self, scale: float, x: float, y: float) -> PixelGrid:
        """Describe the device pixels under the view, whose corner may lie inside one of them."""
        (x_low, x_high), (y_low, y_high) = self.box.viewRange()
        bounds = self.boundingRect()
        return PixelGrid(
            x_low,
            x_high,
            y_low,
            y_high,
            bounds.width(),
            bounds.height(),
            scale,
            round(x - math.floor(x), 6) % 1.0,
            round(y - math.floor(y), 6) % 1.0,
        )

    def _find(self, grid: PixelGrid) -> None:
        assert self._points is not None
        now = time.monotonic()
        moving, self._last_found = now - self._last_found < _MOVING_S, now
        coarse = len(self._points) > (FEW if moving else DIRECT)
        self._forget_request()
        self._accept(find_winners(self._points, grid, self._kinds, coarse=coarse))
        if self._winners is not None and self._winners.coarse:
            self._wanted = grid
            self._refine_timer.start()

    def _accept(self, winners: WinnerImage) -> None:
        self._winners = winners
        if (winners.n_visible > _DENSE) is not self._dense:
            self._dense = not self._dense
            self.dense_changed.emit(self._dense)
        self._stale = False
        self._image = None
        self._announce_timer.start()

    def _colour(self) -> None:
        winners, points = self._winners, self._points
        if winners is None or points is None:
            return
        lit, top, rows = self._lit_now(), self._top(), self._rows_seen()
        selected = None if lit is None else lit.selected(rows)
        words, codes = self._colouring.shades(
            rows, self._kinds, points.n_rows, crossed=winners.crossed, selected=selected
        )
        n = len(winners.rows)
        ring = np.uint32(self._colouring.ring)
        if winners.density is not None:
            pixels = colour_raster(winners.density, winners.slots.shape, words, codes[:n])
        else:
            rim = self._rim if selected is None else np.where(selected[:n], ring, self._rim)
            pixels = np.ascontiguousarray(colour_image(winners, words[codes[:n]], rim))
        if top is not None and top.pixels is not None:
            lay_over(pixels, colour_image(top, words[codes[n:]], ring), top.pixels)
        lines, columns = pixels.shape
        form = QImage.Format.Format_ARGB32_Premultiplied
        self._image = QImage(pixels.data, columns, lines, 4 * columns, form)
        self._pixels = pixels

    def _lit_now(self) -> Lit | None:
        """Return what is selected, unless it is of another table."""
        lit, points = self._lit, self._points
        return lit if lit and points and len(lit.mask) == points.n_rows else None

    def _top(self) -> WinnerImage | None:
        """Return the picture of the selected points, where they are few enough for one."""
        lit = self._lit_now()
        if lit is None or self._points is None or self._winners is None:
            return None
        return lit.top(self._points, self._winners, self._kinds)

    def _rows_seen(self) -> Ints:
        """Return the rows of the picture, then those of the selected points over it."""
        winners, top = self._winners, self._top()
        if winners is None:
            return np.empty(0, np.int64)
        if top is None:
            return winners.rows
        held = self._seen_rows
        if held is None or held[0] is not winners or held[1] is not top:
            held = self._seen_rows = winners, top, np.concatenate([winners.rows, top.rows])
        return held[2]

    # ---- the finer picture, beside the GUI thread ----------------------------------------

    def _forget_request(self) -> None:
        self._request += 1
        self._refine_timer.stop()
        self._poll_timer.stop()

    @Slot()
    def _refine(self) -> None:
        if self._points is None or self._wanted is None:
            return
        self._request += 1
        work = partial(find_winners, self._points, self._wanted, self._kinds)
        self._worker.put(self._request, lambda _should_stop: work())
        self._poll_timer.start()

    @Slot()
    def _poll(self) -> None:
        busy = self._worker.busy  # before the answer, which may come in between and be lost
        answer = self._worker.answer
        if answer is not None and answer.number == self._request:
            self._poll_timer.stop()
            if answer.value is not None:
                self._accept(answer.value)
                self.update()
        elif not busy:
            self._poll_timer.stop()

    @Slot()
    def _announce(self) -> None:
        crossed = self._winners is None or self._winners.crossed
        news = (self.painted_rows(), crossed)
        if self._announced is None or any(
            new is not old for new, old in zip(news, self._announced, strict=True)
        ):
            self._announced = news
            self.painted_changed.emit()
