"""The points of the scatter, drawn from the winner image."""

from __future__ import annotations

import math
import time
from functools import partial

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QTimer, Signal, Slot
from PySide6.QtGui import QPainter, QRegion

from gmmstudio.report.symbols import LARGE_ENOUGH
from gmmstudio.ui.beside import Beside
from gmmstudio.ui.pictures.paper import mark_share
from gmmstudio.ui.pictures.points_part import PointsPart
from gmmstudio.ui.selection import Selection
from gmmstudio.ui.views.plotting import Layer
from gmmstudio.ui.views.points.cells import CellGrid, arrange_cells
from gmmstudio.ui.views.points.colouring import Colouring
from gmmstudio.ui.views.points.lit import Lit
from gmmstudio.ui.views.points.marks import FEW, Flags, Ints
from gmmstudio.ui.views.points.picking import point_at
from gmmstudio.ui.views.points.picture import Picture
from gmmstudio.ui.views.points.pixel_grid import Errand, PixelGrid, count_seen
from gmmstudio.ui.views.points.points import Points
from gmmstudio.ui.views.points.resting import RestingColours
from gmmstudio.ui.views.points.winners import WinnerImage, find_winners, is_sketch

DIRECT = 500_000  # so many points are drawn whole at every change of view
_WATCH_ALL = 200_000
_REFINE_MS = 60
_MOVING_S = 0.1  # changes of view in so quick succession are one movement
_LABELS_MS = 400  # so long the picture before stays while the labels of a new one are on their way
_DENSE = 10_000


class PointCloud(Layer):
    """All points of a pair of columns.

    Finding which point is seen at each pixel depends on the view only and is kept; new labels
    only recolour those pixels. Above `DIRECT` points, and above `FEW` while the view is moving, a
    change of view draws quickly first, and the finest picture is made beside the GUI thread once
    the view has been still for a moment. Until it is there, the one before is drawn where it
    belongs now, and the quick one only where that does not reach.

    Attributes
    ----------
    painted_changed : Signal
        :attr:`painted_rows` are others, or drawn in another way.
    dense_changed : Signal
        So many points, or no more so many, that they hide lines of their own colour.
    seen_changed : Signal
        :meth:`seen` tells other numbers.
    raster
        Whether very many points in view dissolve into a density raster. Set it before there are
        points.
    """

    painted_changed = Signal()
    dense_changed = Signal(bool)
    seen_changed = Signal()

    def __init__(self, box: pg.ViewBox, colouring: Colouring, rim: int) -> None:
        super().__init__(box, z=10)
        self.raster = True
        self._share = 1.0  # of the usual size of marks
        self._points: Points | None = None
        self._kinds: Flags | None = None
        self._colouring = colouring
        self._rim = np.uint32(rim)
        self._picture: Picture | None = None
        self._kept: Picture | None = None  # the one before, until there is a fine one again
        self._wanted: PixelGrid | None = None  # what a finer picture is made for
        self._stale = True  # the points or their kinds have changed
        self._lit: Lit | None = None
        self._selection: Selection | None = None
        self._cells: CellGrid | None = None
        self._dense = False
        self._last_found = -1.0
        self._announced: tuple[Ints, bool] | None = None
        self._told_of: WinnerImage | None = None
        self._counted: tuple[WinnerImage, int] | None = None
        self._marked: tuple[Flags | None, Flags | None] | None = None
        self._finer = Beside("gmmstudio-points", self)
        self._finer.answered.connect(self._found)
        self._resting = RestingColours(self)
        self._resting.mixed.connect(self._mixed)
        self._sorter = Beside("gmmstudio-cells", self, gives_way=True)
        self._sorter.answered.connect(self._sorted)
        self._announce_timer = self._timer(0, self._announce)
        self._refine_timer = self._timer(_REFINE_MS, self._refine)
        self._labels_timer = self._timer(_LABELS_MS, self._drop_kept)

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
        self._picture = self._kept = self._cells = None
        self._forget_finer()
        self._sorter.forget()
        self._announced = None
        self._stale = True
        self.update()

    def move_points(self, points: Points) -> None:
        """Draw the same kinds of rows elsewhere, as a moving picture does."""
        self._points = points
        self._picture = self._kept = self._cells = None
        self._forget_finer()
        self._sorter.forget()
        self._stale = True
        self.update()

    def set_kinds(self, kinds: Flags | None) -> bool:
        """Draw the same points, some of them as crosses or apart; return whether that is new."""
        old = self._kinds
        if kinds is old or (kinds is not None and old is not None and np.array_equal(kinds, old)):
            return False
        self._kinds = kinds
        if self._points is not None and len(self._points) > DIRECT and self._picture is not None:
            self._wanted = self._picture.winners.grid
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
        self._recolour()
        self._announce_timer.start()

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

    def set_share(self, share: float) -> None:
        """Draw marks at a share of their usual size, in a small plot."""
        if share != self._share:
            self._share = share
            self._stale = True
            self.update()

    def set_colouring(self, colouring: Colouring, rim: int) -> None:
        """Colour the same points anew."""
        if colouring.is_like(self._colouring) and self._rim == np.uint32(rim):
            return
        before, self._colouring, self._rim = self._colouring, colouring, np.uint32(rim)
        self._recolour()
        if colouring.symbols is not before.symbols:  # symbols go by labels
            self._marked = None
            if self._picture is not None and self._picture.winners.marks.size >= LARGE_ENOUGH:
                self._stale, self._last_found = True, -1.0  # found anew, for good

    def _marked_kinds(self) -> Flags | None:
        """Return the kinds of rows with the symbols of clusters, where there are any."""
        if self._colouring.symbols is None or self._points is None:
            return self._kinds
        if len(self._points) > _WATCH_ALL:
            return self._kinds
        if self._marked is None or self._marked[0] is not self._kinds:
            marked = self._colouring.with_symbols(self._kinds, self._points.n_rows)
            self._marked = self._kinds, marked
        return self._marked[1]

    # ---- what others ask -----------------------------------------------------------------

    def painted_rows(self) -> Ints:
        """Table rows whose labels the picture needs; the same array until that changes."""
        if self._points is None:
            return np.empty(0, np.int64)
        if len(self._points) <= _WATCH_ALL:
            return self._points.rows
        picture = self._fullest()
        return np.empty(0, np.int64) if picture is None else picture.rows(self._lit_now())

    def _fullest(self) -> Picture | None:
        """Return the picture that shows most: the one before, while the new one is a sketch."""
        picture = self._picture
        return self._kept if picture and picture.winners.coarse and self._kept else picture

    @property
    def winners(self) -> WinnerImage | None:
        """The picture as it is now."""
        return None if self._picture is None else self._picture.winners

    def seen(self) -> tuple[int, int] | None:
        """Count the points seen and all in view; None until the finest picture is there."""
        winners = self.winners
        if winners is None or self._points is None or winners.coarse:
            return None
        if self._counted is None or self._counted[0] is not winners:
            n_seen = count_seen(self._points, winners.painted, winners.grid)
            self._counted = winners, n_seen
        return self._counted[1], winners.n_visible

    def row_at(self, place: QPointF) -> int | None:
        """Return the table row of the point under a place in the view's pixels."""
        picture = self._fullest()
        if picture is None or self._points is None:
            return None
        x, y = self.to_values(place)
        column, line = picture.winners.grid.place(np.array([x]), np.array([y]))
        return point_at(self._points, picture.winners, float(column[0]), float(line[0]))

    def on_paper(self) -> PointsPart | None:
        """Return the points as they are now, to be drawn in any resolution by a worker."""
        if self._points is None or not len(self._points):
            return None
        return PointsPart(
            self._points,
            self._marked_kinds(),
            self._colouring,
            self._rim,
            self._grid(1.0, 0.0, 0.0),
            self._lit_now(),
            self.winners,
            self.raster,
            mark_share(),
        )

    def shut_down(self) -> None:
        """End the timers and the threads."""
        if self._selection is not None:
            self._selection.changed.disconnect(self._selection_changed)
            self._selection = None
        for timer in (
            self._announce_timer,
            self._refine_timer,
            self._labels_timer,
        ):
            timer.stop()
        for beside in (self._finer, self._resting, self._sorter):
            beside.shut_down()
        self._points = self._picture = self._kept = self._cells = None

    # ---- drawing -------------------------------------------------------------------------

    def draw(self, painter: QPainter) -> None:
        if self._points is None or not len(self._points):
            return
        to_device = painter.deviceTransform()
        grid = self._grid(to_device.m11(), to_device.dx(), to_device.dy())
        if self._stale or self._picture is None or self._picture.winners.grid != grid:
            self._find(grid)
        picture, kept = self._picture, self._kept_now(grid)
        if picture is None:
            return
        lit = self._lit_now()
        if picture.pixels is None:  # begun here, so that nothing is mixed while nobody looks
            self._resting.begin(picture, self._colouring, lit, self._cells)
        for each in (picture, kept):
            if each is not None and each.pixels is None:
                each.colour(self._colouring, self._rim, lit)
        if kept is None:
            picture.draw(painter, grid)
            return
        whole = QRegion(self.boundingRect().toAlignedRect())
        target = kept.place_in(grid).toRect()
        painter.save()
        painter.setClipRegion(whole - QRegion(target))
        picture.draw(painter, grid)
        painter.setClipRegion(whole & QRegion(target))
        kept.draw(painter, grid)
        painter.restore()

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
        if self._stale:
            self._finer.forget()
            self._kept = None
        elif self._picture is not None and not self._picture.winners.coarse:
            self._kept = self._picture
        if self._kept is not None and not (coarse and self._kept.is_near(grid)):
            self._kept = None
        covered = None
        sketched = coarse and is_sketch(self._points, grid, self._cells)
        if self._kept is not None and sketched:
            covered = self._kept.covers(grid)
        winners = find_winners(
            self._points,
            grid,
            self._marked_kinds(),
            coarse=coarse,
            cells=self._cells,
            raster=self.raster,
            share=self._share,
            errand=Errand(covered),
        )
        if covered is None:
            self._kept = None
        self._accept(winners)
        if winners.coarse:
            self._wanted = grid
            self._refine_timer.start()
            if moving and sketched and not self._finer.waits:
                self._refine()  # for the next frames: it need not wait for the movement to end

    def _accept(self, winners: WinnerImage) -> None:
        assert self._points is not None
        self._picture = Picture(self._points, winners, self._marked_kinds())
        if (winners.n_visible > _DENSE) is not self._dense:
            self._dense = not self._dense
            self.dense_changed.emit(self._dense)
        self._stale = False
        self._announce_timer.start()

    def _recolour(self) -> None:
        for picture in (self._picture, self._kept):
            if picture is not None:
                picture.forget_colours()
        self._resting.forget()
        self.update()

    def _lit_now(self) -> Lit | None:
        """Return what is selected, unless it is of another table."""
        lit, points = self._lit, self._points
        return lit if lit and points and len(lit.mask) == points.n_rows else None

    # ---- the picture before --------------------------------------------------------------

    def _kept_now(self, grid: PixelGrid) -> Picture | None:
        """Return the picture before, where it does better than the one there is now."""
        kept, picture = self._kept, self._picture
        if kept is None or picture is None or not kept.is_near(grid):
            return None
        if picture.winners.coarse:
            return kept
        rows = self._colouring.rows
        if not self._colouring.n_components or rows is None or rows is self.painted_rows():
            self._drop_kept()
            return None
        if not self._labels_timer.isActive():
            self._labels_timer.start()
        return kept

    @Slot()
    def _drop_kept(self) -> None:
        self._labels_timer.stop()
        if self._kept is not None:
            self._kept = None
            self.update()

    # ---- the finer picture, beside the GUI thread ----------------------------------------

    def _forget_finer(self) -> None:
        self._refine_timer.stop()
        self._finer.forget()
        self._resting.forget()
        self._labels_timer.stop()

    @Slot()
    def _refine(self) -> None:
        if self._points is None or self._wanted is None:
            return
        work = partial(
            find_winners,
            self._points,
            self._wanted,
            self._marked_kinds(),
            cells=self._cells,
            raster=self.raster,
            share=self._share,
        )
        self._finer.ask(lambda should_stop: work(errand=Errand(should_stop=should_stop)))

    @Slot(object)
    def _found(self, winners: WinnerImage) -> None:
        points, now = self._points, self._picture
        if points is None:
            return
        if now is None or winners.grid == now.winners.grid:
            self._refine_timer.stop()
            self._accept(winners)
        elif (  # the view has moved on meanwhile
            self._colouring.rows is None
            and now.winners.coarse
            and is_sketch(points, now.winners.grid, self._cells)
        ):
            self._kept = Picture(points, winners, self._marked_kinds())
        if len(points) > DIRECT and 2 * winners.n_visible < len(points) and self._cells is None:
            self._sorter.ask(lambda _should_stop: arrange_cells(points))
        self.update()

    @Slot(object)
    def _sorted(self, cells: CellGrid) -> None:
        self._cells = cells

    # ---- the colours of a raster at rest -------------------------------------------------

    @Slot(object)
    def _mixed(self, pixels: NDArray[np.uint32]) -> None:
        if self._picture is not None and self._picture.winners.slots.shape == pixels.shape:
            self._picture.put(pixels, self._colouring, self._lit_now())
            self.update()

    @Slot()
    def _announce(self) -> None:
        winners = self.winners
        crossed = winners is None or winners.crossed
        news = (self.painted_rows(), crossed)
        if self._announced is None or any(
            new is not old for new, old in zip(news, self._announced, strict=True)
        ):
            self._announced = news
            self.painted_changed.emit()
        if winners is not None and winners is not self._told_of and not winners.coarse:
            self._told_of = winners
            self.seen_changed.emit()
