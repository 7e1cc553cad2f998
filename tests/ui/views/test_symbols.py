"""Symbols of clusters: as large as dots, different from each other, in the order of drawing."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QImage, QPainter, QPolygonF

from gmmstudio.report.symbols import N_SYMBOLS, SYMBOL, WIDEST, corners, covers
from gmmstudio.ui.pictures.points_part import PointsPart
from gmmstudio.ui.views.points.colouring import Colouring, make_palette
from gmmstudio.ui.views.points.marks import APART, LAYERS, NORMAL, OUTLIER, Marks, margin, stamp_of
from gmmstudio.ui.views.points.pixel_grid import PixelGrid
from gmmstudio.ui.views.points.points import arrange
from gmmstudio.ui.views.points.winners import find_winners


@pytest.mark.parametrize("symbol", range(N_SYMBOLS))
def test_a_symbol_is_as_large_as_the_dot(symbol):
    step = np.linspace(-2, 2, 801)
    u, v = (part.ravel() for part in np.meshgrid(step, step))
    inside = covers(symbol, 1.0, u, v)
    assert inside.sum() * (step[1] - step[0]) ** 2 == pytest.approx(np.pi, rel=0.01)
    assert np.hypot(u[inside], v[inside]).max() <= WIDEST


@pytest.mark.parametrize("symbol", range(1, N_SYMBOLS))
def test_a_symbol_covers_what_qt_says_its_outline_holds(symbol):
    random = np.random.default_rng(symbol)
    u, v = random.uniform(-4, 4, (2, 400))
    outline = QPolygonF([QPointF(x, y) for x, y in 2.2 * corners(symbol)])
    expected = [
        outline.containsPoint(QPointF(x, y), Qt.FillRule.OddEvenFill)
        for x, y in zip(u, v, strict=True)
    ]
    np.testing.assert_array_equal(covers(symbol, 2.2, u, v), expected)


def test_no_two_symbols_look_alike():
    step = np.linspace(-2, 2, 101)
    u, v = (part.ravel() for part in np.meshgrid(step, step))
    shapes = [covers(symbol, 1.0, u, v) for symbol in range(N_SYMBOLS)]
    for i, one in enumerate(shapes):
        for other in shapes[:i]:
            assert (one ^ other).sum() > 0.09 * one.sum()


@pytest.mark.parametrize("scale", [1.0, 1.25, 2.0])
def test_marks_stay_within_their_margin(scale):
    for marks in (Marks(7.0, 3), Marks(5.0, 2), Marks(4.5, 2)):
        reach = margin(marks, scale * marks.fineness) // 2
        for kind in (*LAYERS, *range(SYMBOL, SYMBOL + N_SYMBOLS)):
            stamp = stamp_of(kind, marks, scale)
            assert max(abs(stamp.dx).max(), abs(stamp.dy).max()) <= reach


@pytest.mark.parametrize("fineness", [2, 3])
def test_later_points_lie_over_earlier_ones_whatever_their_cluster(fineness):
    random = np.random.default_rng(0)
    n = 300
    points = arrange(random.normal(size=n), random.normal(size=n))
    grid = PixelGrid(-1.4, 1.2, -1.1, 1.3, 43, 37, 1.0, 0.25, 0.5)
    marks = Marks(6.0, fineness)
    kinds = random.choice([APART, NORMAL, OUTLIER, *range(SYMBOL, SYMBOL + N_SYMBOLS)], n).astype(
        np.uint8
    )
    image = find_winners(points, grid, kinds, marks=marks)
    shown = np.full((grid.lines * fineness, grid.columns * fineness), -1)
    line, column = np.divmod(image.pixels, grid.columns)
    for sub, slots in enumerate(image.slots):
        number = np.where(
            slots > 0, image.painted[np.maximum(slots - 1, 0) % len(image.painted)], -1
        )
        shown[line * fineness + sub // fineness, column * fineness + sub % fineness] = number
    x, y = grid.place(points.x_values[points.rows], points.y_values[points.rows])
    of_point = kinds[points.rows]
    expected = np.full_like(shown, -1)
    layers = [[APART], [NORMAL], range(SYMBOL, SYMBOL + N_SYMBOLS), [OUTLIER]]
    for layer in layers:
        for i in np.flatnonzero(np.isin(of_point, layer)):
            stamp = stamp_of(int(of_point[i]), marks, grid.scale)
            columns = int(np.floor(x[i] * fineness - stamp.middle)) + stamp.dx
            lines = int(np.floor(y[i] * fineness - stamp.middle)) + stamp.dy
            inside = (columns >= 0) & (lines >= 0)
            inside &= (columns < shown.shape[1]) & (lines < shown.shape[0])
            expected[lines[inside], columns[inside]] = i
    np.testing.assert_array_equal(shown, expected)


def test_small_marks_are_round():
    random = np.random.default_rng(0)
    points = arrange(random.normal(size=500), random.normal(size=500))
    grid = PixelGrid(-2, 2, -2, 2, 90, 70)
    kinds = (SYMBOL + random.integers(0, 8, 500)).astype(np.uint8)
    for marks in (Marks(3.0, 2), Marks(6.0, 1)):
        one = find_winners(points, grid, kinds, marks=marks)
        other = find_winners(points, grid, None, marks=marks)
        np.testing.assert_array_equal(one.slots, other.slots)


def test_rows_get_the_symbol_of_their_cluster():
    palette = make_palette([(1, 2, 3)] * 2, (0, 0, 0), (9, 9, 9), (8, 8, 8), faded=False)
    labels = np.array([0, 1, -1, 1], np.int32)
    symbols = np.array([2, 5], np.uint8)
    colouring = Colouring(palette, 2, None, labels, np.ones(4, np.float32), symbols=symbols)
    kinds = np.array([NORMAL, NORMAL, APART, OUTLIER], np.uint8)
    assert colouring.with_symbols(kinds, 4).tolist() == [SYMBOL + 2, SYMBOL + 5, APART, OUTLIER]
    some = Colouring(
        palette, 2, np.array([3, 0]), np.array([1, 0]), np.ones(2, np.float32), symbols=symbols
    )
    assert some.with_symbols(None, 4).tolist() == [SYMBOL + 2, NORMAL, NORMAL, SYMBOL + 5]
    plain = Colouring(palette, 2, None, labels, np.ones(4, np.float32))
    assert plain.with_symbols(kinds, 4) is kinds


def drawn_shapes(symbols):
    """Black marks of nine points on white, as a file of shapes would have them."""
    points = arrange(np.arange(9.0), np.arange(9.0) % 3)
    palette = make_palette([(0, 0, 0)] * 8, (255,) * 3, (9, 9, 9), (8, 8, 8), faded=False)
    labels = (np.arange(9) % 8).astype(np.int32)
    marks = np.arange(8, dtype=np.uint8) if symbols else None
    colouring = Colouring(palette, 8, None, labels, np.ones(9, np.float32), symbols=marks)
    part = PointsPart(
        points, colouring.with_symbols(None, 9), colouring, np.uint32(0),
        PixelGrid(-1, 9, -1, 3, 300, 200),
    )  # fmt: skip
    image = QImage(900, 600, QImage.Format.Format_Grayscale8)
    image.fill(255)
    painter = QPainter(image)
    painter.scale(3, 3)
    part.draw(painter, 3.0, as_shapes=True)
    painter.end()
    dark = np.frombuffer(image.constBits(), np.uint8).reshape(600, -1)[:, :900] < 128
    return [dark[:, 90 * i + 45 : 90 * i + 135] for i in range(9)]


def test_shapes_on_paper_are_those_of_the_screen(qapp):
    dots, symbols = drawn_shapes(False), drawn_shapes(True)
    for i, (dot, symbol) in enumerate(zip(dots, symbols, strict=True)):
        assert symbol.sum() == pytest.approx(dot.sum(), rel=0.12)
        assert (dot ^ symbol).any() == (i % 8 > 0)
