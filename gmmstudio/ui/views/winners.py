"""The winner image: which point is seen at each pixel.

Drawn points are opaque, so of all points on a pixel exactly one is seen: the last in drawing
order. Finding it once for each view makes everything else a look-up: new labels recolour an
image of pixels, not a million marks, and the row under the mouse is read off.

Pure NumPy, no Qt: a picture can be made in any thread.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gmmstudio.ui.views.marks import (
    FEW,
    LAYERS,
    NORMAL,
    OUTLIER,
    Flags,
    Ints,
    Marks,
    Stamp,
    choose_marks,
    margin,
    stamp_of,
)
from gmmstudio.ui.views.points import Frame, Points

Pixels = NDArray[np.floating]
_COARSE = 200_000


@dataclass(frozen=True)
class PixelGrid:
    """The device pixels under a view, and which stretch of the data they show.

    `width` and `height` are the view's size in logical pixels; `scale` device pixels make one of
    them, and the view begins `shift_x`, `shift_y` (within [0, 1)) inside the first device pixel.
    """

    x_low: float
    x_high: float
    y_low: float
    y_high: float
    width: float
    height: float
    scale: float = 1.0
    shift_x: float = 0.0
    shift_y: float = 0.0

    @property
    def columns(self) -> int:
        return max(1, int(np.ceil(self.shift_x + self.width * self.scale)))

    @property
    def lines(self) -> int:
        return max(1, int(np.ceil(self.shift_y + self.height * self.scale)))


@dataclass(frozen=True, eq=False)
class WinnerImage:
    """Which point is seen where, for one grid.

    Attributes
    ----------
    painted : (m,) int64
        The points seen, as positions in drawing order, rising.
    rows : (m,) int64
        Their rows of the table, in the same order.
    slots : (lines, columns) int32, or (fineness², p) int32
        Index into the m colours of the painted points plus one, 0 where nothing is seen. With
        sub-pixels: ``1 + 2 * index``, and one more where it is the pale rim of a mark, for those
        `p` pixels alone that have any mark.
    pixels : (p,) int64 or None
        Those pixels, as positions in the flattened image; None without sub-pixels.
    n_visible : int
        How many points lie within the view.
    coarse : bool
        Whether a finer picture of the same view can be had.
    crossed : bool
        Outliers are drawn as crosses on top; else as dots among the others.
    """

    grid: PixelGrid
    marks: Marks
    painted: Ints
    rows: Ints
    slots: NDArray[np.int32]
    pixels: Ints | None
    n_visible: int
    coarse: bool
    crossed: bool


def find_winners(
    points: Points,
    grid: PixelGrid,
    kinds: Flags | None = None,
    *,
    coarse: bool = False,
    marks: Marks | None = None,
) -> WinnerImage:
    """Find the point that is seen at each pixel.

    Parameters
    ----------
    points
        The points in drawing order.
    grid
        The pixels and the stretch of the data they show.
    kinds : (rows of the table,) uint8, optional
        NORMAL, APART or OUTLIER for each row of the table; None: all are normal.
    coarse
        Draw quickly: more than 4 000 marks with hard edges, and the last 200 000 points only.
        Being drawn last, what they cover they cover in the whole picture too.
    marks
        Size and fineness of the marks; by default what suits the number of points in view.
    """
    n = len(points)
    first = n - _COARSE if coarse and n > _COARSE else 0
    seen, px, py = _project(points, grid, first)
    n_visible = len(seen) if not first else round(len(seen) * (n / _COARSE))
    if marks is None:
        marks = choose_marks(n_visible, grid.scale, draft=coarse and n_visible > FEW)
    fine = marks.fineness
    canvas = _Canvas(grid.columns * fine, grid.lines * fine, margin(marks, grid.scale * fine))
    crossed = True
    if kinds is None:
        canvas.stamp(seen, px * fine, py * fine, stamp_of(NORMAL, marks, grid.scale))
    else:
        seen_kinds = kinds[points.rows[seen]]
        crossed = _leave_room(seen_kinds, marks, grid)
        if not crossed:
            seen_kinds[seen_kinds == OUTLIER] = NORMAL
        for kind in LAYERS:
            chosen = np.flatnonzero(seen_kinds == kind)
            if len(chosen):
                stamp = stamp_of(kind, marks, grid.scale)
                canvas.stamp(seen[chosen], px[chosen] * fine, py[chosen] * fine, stamp)
    is_coarse = coarse and n_visible > FEW
    return _collect(points, grid, marks, canvas, n_visible, is_coarse, crossed)


def _leave_room(kinds: Flags, marks: Marks, grid: PixelGrid) -> bool:
    """Tell whether crosses would leave enough of the picture to the other points.

    Among hundreds of thousands of dots they would hide everything else.
    """
    if marks.size >= 3:
        return True
    area = 5 * (marks.cross * grid.scale / 3) ** 2
    n_crosses = np.count_nonzero(kinds == OUTLIER)
    return bool(n_crosses * area < 0.04 * grid.columns * grid.lines)


def colour_image(
    image: WinnerImage, colours: NDArray[np.uint32], rim: np.uint32 | NDArray[np.uint32]
) -> NDArray[np.uint32]:
    """Colour a winner image.

    Parameters
    ----------
    image
        The winner image.
    colours : (m,) uint32
        Colour of each painted point, as premultiplied ARGB.
    rim : uint32 or (m,) uint32
        Colour of the rims of marks.

    Returns
    -------
    (lines, columns) uint32
        Premultiplied ARGB.
    """
    shape = (image.grid.lines, image.grid.columns)
    if image.pixels is None:
        table = np.zeros(len(colours) + 1, np.uint32)
        table[1:] = colours
        return np.take(table, image.slots, mode="clip")
    out = np.zeros(shape[0] * shape[1], np.uint32)
    table = np.zeros(2 * len(colours) + 1, np.uint32)
    table[1::2] = colours
    table[2::2] = rim
    out[image.pixels] = _average(table, image.slots)
    return out.reshape(shape)


def _average(table: NDArray[np.uint32], slots: NDArray[np.int32]) -> NDArray[np.uint32]:
    """Average the colours of the sub-pixels, two channels of a word at a time."""
    n_sub = len(slots)  # at most 16: sums of so many bytes stay below 2^12
    byte_pair, half = np.uint32(0x00FF00FF), np.uint32(n_sub // 2 * 0x00010001)
    odd = np.full(slots.shape[1], half, np.uint32)
    even = odd.copy()
    for sub in slots:
        colours = np.take(table, sub, mode="clip")
        odd += colours & byte_pair
        colours >>= np.uint32(8)
        colours &= byte_pair
        even += colours
    return _divide(odd, n_sub) | (_divide(even, n_sub) << np.uint32(8))


def _divide(pairs: NDArray[np.uint32], divisor: int) -> NDArray[np.uint32]:
    """Divide both halves of each word, by a product and a shift."""
    factor = np.uint32(-(-65536 // divisor))
    low = ((pairs & np.uint32(0xFFFF)) * factor) >> np.uint32(16)
    high = (pairs >> np.uint32(16)) * factor
    return low | (high & np.uint32(0xFFFF0000))


class _Canvas:
    """Sub-pixels with a margin, so that marks half outside need no care.

    Holds ``2 * position`` of the point that is seen, one more on the rim of its mark, or -1.
    """

    def __init__(self, columns: int, lines: int, pad: int) -> None:
        self.columns, self.lines, self.pad = columns, lines, pad
        self.width, self.height = columns + 2 * pad, lines + 2 * pad
        self.cells = np.full(self.height * self.width, -1, np.int32)

    def stamp(self, seen: Ints, px: NDArray, py: NDArray, stamp: Stamp) -> None:
        """Put a mark on each point, later ones over earlier ones."""
        reach = self.pad // 2  # no mark reaches further
        px, py = px + (self.pad - stamp.middle), py + (self.pad - stamp.middle)
        inside = (
            (px >= reach) & (px < self.width - reach) & (py >= reach) & (py < self.height - reach)
        )
        if not inside.all():
            seen, px, py = seen[inside], px[inside], py[inside]
        column, centres = px.astype(np.int64), py.astype(np.int64)
        centres *= self.width
        centres += column
        if len(stamp.dx) == 1:
            self.cells[centres] = 2 * seen
        elif stamp.half_widths and len(seen) * len(stamp.dx) > 3 * self.cells.size:
            self._spread(seen, centres, stamp.half_widths)
        else:
            # Point after point, and of equal places the last one assigned stays.
            offsets = stamp.dy * self.width + stamp.dx
            cells = (centres[:, None] + offsets).ravel()
            self.cells[cells] = ((2 * seen).astype(np.int32)[:, None] + stamp.rim).ravel()

    def _spread(
        self, seen: Ints, centres: Ints, half_widths: dict[tuple[int, int], list[int]]
    ) -> None:
        """Do the same for many points: the latest of the centres within a mark's reach."""
        flat = np.full(self.cells.size, -1, np.int32)
        flat[centres] = 2 * seen
        layer = flat.reshape(-1, self.width)
        result = np.full_like(layer, -1)
        wide = layer.copy()
        left, right = 0, 0
        for (to_left, to_right), dys in half_widths.items():
            while left < to_left:  # runs come in growing width
                left += 1
                np.maximum(wide[:, :-left], layer[:, left:], out=wide[:, :-left])
            while right < to_right:
                right += 1
                np.maximum(wide[:, right:], layer[:, :-right], out=wide[:, right:])
            for dy in dys:
                into, source = _shifted(result, dy), _shifted(wide, -dy)
                np.maximum(into, source, out=into)
        flat = result.ravel()
        np.copyto(self.cells, flat, where=flat >= 0)

    def inner(self) -> NDArray[np.int32]:
        cells = self.cells.reshape(-1, self.width)
        return cells[self.pad : self.pad + self.lines, self.pad : self.pad + self.columns]


def _shifted(cells: NDArray[np.int32], dy: int) -> NDArray[np.int32]:
    """Rows of `cells` without the first `dy` (or, if negative, the last -dy)."""
    return cells[dy:] if dy >= 0 else cells[:dy]


def _project(points: Points, grid: PixelGrid, first: int) -> tuple[Ints, Pixels, Pixels]:
    """Positions in drawing order of the points in view (and just outside), with their pixels."""
    x_rate = grid.width * grid.scale / (grid.x_high - grid.x_low)
    y_rate = grid.height * grid.scale / (grid.y_low - grid.y_high)  # lines count downwards
    px: Pixels = _apply(points.x[first:], points.x_frame, grid.x_low, x_rate, grid.shift_x)
    py: Pixels = _apply(points.y[first:], points.y_frame, grid.y_high, y_rate, grid.shift_y)
    x_step = abs(x_rate) * points.x_frame.scale * 2e-7  # of single precision, in pixels
    y_step = abs(y_rate) * points.y_frame.scale * 2e-7
    seen = _cull(px, py, grid, x_step, y_step)
    if len(seen) < len(px):
        px, py = px[seen], py[seen]
    seen += first
    if max(x_step, y_step) > 0.1:  # single precision falls short: take the columns themselves
        rows = points.rows[seen]
        px = (points.x_values[rows] - grid.x_low) * x_rate + grid.shift_x
        py = (points.y_values[rows] - grid.y_high) * y_rate + grid.shift_y
        inside = _cull(px, py, grid, 0.0, 0.0)
        seen, px, py = seen[inside], px[inside], py[inside]
    return seen, px, py


def _cull(px: Pixels, py: Pixels, grid: PixelGrid, x_slack: float, y_slack: float) -> Ints:
    """Keep what lies in view or so near that its mark may reach in."""
    margin = 8.0 * grid.scale
    with np.errstate(over="ignore"):
        left, top = np.float32(margin + x_slack), np.float32(margin + y_slack)
    inside = (px >= -left) & (px < grid.columns + left) & (py >= -top) & (py < grid.lines + top)
    return np.arange(len(px)) if inside.all() else np.flatnonzero(inside)


def _apply(
    stored: NDArray[np.float32], frame: Frame, low: float, rate: float, shift: float
) -> NDArray[np.float32]:
    with np.errstate(over="ignore", invalid="ignore"):
        pixels = stored * np.float32(frame.scale * rate)
        pixels += np.float32((frame.centre - low) * rate + shift)
    return pixels


def _collect(
    points: Points,
    grid: PixelGrid,
    marks: Marks,
    canvas: _Canvas,
    n_visible: int,
    coarse: bool,
    crossed: bool,
) -> WinnerImage:
    """Give the points that are seen numbers, and the pixels the number of what they show."""
    cells = canvas.inner()
    fine = marks.fineness
    taken = cells >= 0
    flags = np.zeros(len(points), np.bool_)
    flags[cells[taken] >> 1] = True
    painted = np.flatnonzero(flags)
    number = np.cumsum(flags, dtype=np.int32)  # 1 for the first that is seen
    pixels: Ints | None = None
    if fine == 1:
        slots = np.zeros(cells.shape, np.int32)
        slots[taken] = number[cells[taken] >> 1]
    else:
        # What a cell holds, plus one, finds its slot here: nothing, a mark, its rim, a mark, …
        slot = np.zeros(2 * len(points) + 1, np.int32)
        np.subtract(2 * number, 1, out=slot[1::2])
        np.multiply(2, number, out=slot[2::2])
        pixels = _pixels_with_marks(taken, fine)
        line, column = np.divmod(pixels, grid.columns)
        corner = (line * fine + canvas.pad) * canvas.width + (column * fine + canvas.pad)
        slots = np.empty((fine * fine, len(pixels)), np.int32)
        for sub in range(fine * fine):
            found = np.take(canvas.cells, corner + (sub // fine * canvas.width + sub % fine))
            found += 1
            np.take(slot, found, out=slots[sub], mode="clip")
    rows = points.rows[painted]
    return WinnerImage(grid, marks, painted, rows, slots, pixels, n_visible, coarse, crossed)


def _pixels_with_marks(taken: NDArray[np.bool_], fine: int) -> Ints:
    """Flat positions of the pixels any of whose sub-pixels is taken."""
    lines = taken[::fine]
    for step in range(1, fine):
        lines = lines | taken[step::fine]
    flags = lines[:, ::fine]
    for step in range(1, fine):
        flags = flags | lines[:, step::fine]
    return np.flatnonzero(flags)
