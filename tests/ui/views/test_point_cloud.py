"""The points on screen: exact at any pixel ratio, recoloured without being found again."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QApplication

from gmmstudio.ui import theme
from gmmstudio.ui.views.plotting import PlotView
from gmmstudio.ui.views.points import point_cloud
from gmmstudio.ui.views.points.colouring import Colouring, make_palette
from gmmstudio.ui.views.points.density import LEVELS
from gmmstudio.ui.views.points.lit import Lit
from gmmstudio.ui.views.points.marks import APART, NORMAL, OUTLIER
from gmmstudio.ui.views.points.picture import Picture
from gmmstudio.ui.views.points.point_cloud import PointCloud
from gmmstudio.ui.views.points.points import arrange, span
from gmmstudio.ui.views.points.winners import find_winners

RED, BLUE = (200, 30, 30), (20, 40, 220)
PALETTE = make_palette([RED, BLUE], (255, 255, 255), (90, 90, 90), (180, 180, 180), faded=False)


class Scene:
    def __init__(self, qtbot) -> None:
        self.plot = PlotView()
        qtbot.addWidget(self.plot)
        self.cloud = PointCloud(self.plot.box, Colouring(PALETTE), 0)
        self.plot.resize(420, 300)
        self.plot.show()
        qtbot.waitExposed(self.plot)

    def points(self, n: int, seed: int = 0):
        random = np.random.default_rng(seed)
        points = arrange(random.normal(size=n), random.normal(size=n))
        self.plot.show_range(*span(points))
        self.cloud.set_points(points, None)
        return points

    def render(self, ratio: float = 1.0) -> QImage:
        image = QImage(
            round(self.plot.width() * ratio),
            round(self.plot.height() * ratio),
            QImage.Format.Format_ARGB32_Premultiplied,
        )
        image.setDevicePixelRatio(ratio)
        image.fill(0xFFFFFFFF)
        painter = QPainter(image)
        size = QRectF(0, 0, self.plot.width(), self.plot.height())
        self.plot.render(painter, size, self.plot.rect())
        painter.end()
        return image


@pytest.fixture
def scene(qapp: QApplication, qtbot) -> Iterator[Scene]:
    theme.install(qapp)
    theme.choose("light")
    made = Scene(qtbot)
    yield made
    made.cloud.shut_down()
    made.plot.shut_down()
    theme.choose("system")


def pixels(image: QImage) -> np.ndarray:
    words = np.frombuffer(image.constBits(), np.uint32).reshape(image.height(), -1)
    return words[:, : image.width()].copy()


@pytest.mark.parametrize("ratio", [1.0, 1.5, 2.0])
def test_points_stand_where_their_values_are(scene: Scene, ratio: float):
    points = scene.points(150_000)  # hard pixels, one colour each
    labels = np.random.default_rng(5).integers(0, 2, 150_000).astype(np.int32)
    scene.cloud.set_colouring(Colouring(PALETTE, 2, None, labels, np.ones(150_000, np.float32)), 0)
    image = scene.render(ratio)
    winners = scene.cloud.winners
    assert winners is not None and winners.grid.scale == ratio
    origin = scene.plot.box.scenePos()
    words = pixels(image)
    left = int(np.floor(origin.x() * ratio + 1e-6))
    top = int(np.floor(origin.y() * ratio + 1e-6))
    grid = winners.grid
    drawn = words[top : top + grid.lines, left : left + grid.columns]
    colours = PALETTE[2 + 15 + 16 * labels[winners.rows]]
    lines, columns = np.nonzero(winners.slots[: drawn.shape[0] - 1, : drawn.shape[1] - 1])
    expected = colours[winners.slots[lines, columns] - 1]
    strong = np.zeros(winners.slots.size, bool)  # nothing of the ground shows through
    strong[winners.density.pixels] = winners.density.levels == LEVELS - 1
    strong = strong.reshape(winners.slots.shape)[lines, columns]
    assert strong.sum() > 100
    lines, columns, expected = lines[strong], columns[strong], expected[strong]
    np.testing.assert_array_equal(drawn[lines, columns], expected)
    # And the points of those pixels are where the axes say they are.
    (x_low, x_high), _ = scene.plot.box.viewRange()
    rows = winners.rows[winners.slots[lines, columns] - 1]
    x = (points.x_values[rows] - x_low) / (x_high - x_low) * grid.width * ratio
    half_a_mark = winners.marks.size * ratio / 2
    assert np.abs(x + origin.x() * ratio - (columns + left + 0.5)).max() <= 0.5 + half_a_mark


def test_recolouring_finds_nothing_anew(scene: Scene, monkeypatch):
    scene.points(3000)
    scene.render()
    before = scene.cloud.winners
    found = []
    monkeypatch.setattr(point_cloud, "find_winners", lambda *a, **k: found.append(a))
    for seed in range(3):
        labels = np.random.default_rng(seed).integers(0, 2, 3000).astype(np.int32)
        scene.cloud.set_colouring(Colouring(PALETTE, 2, None, labels, np.ones(3000, np.float32)), 0)
        scene.render()
    assert not found
    assert scene.cloud.winners is before


def test_a_recoloured_picture_is_the_picture_drawn_afresh(scene: Scene):
    points = scene.points(4000)
    scene.render()
    labels = np.random.default_rng(3).integers(-1, 2, 4000).astype(np.int32)
    colouring = Colouring(PALETTE, 2, None, labels, np.ones(4000, np.float32))
    scene.cloud.set_colouring(colouring, 0)
    recoloured = pixels(scene.render())
    scene.cloud.set_points(arrange(points.x_values, points.y_values), None)
    np.testing.assert_array_equal(pixels(scene.render()), recoloured)


def test_the_painted_rows_are_announced_once(scene: Scene, qtbot):
    told = []
    scene.cloud.painted_changed.connect(lambda: told.append(scene.cloud.painted_rows()))
    points = scene.points(500)
    scene.plot.grab()
    qtbot.waitUntil(lambda: len(told) == 1)
    assert told[0] is points.rows
    scene.plot.box.scaleBy((0.5, 0.5))
    scene.plot.grab()
    QApplication.processEvents()
    assert len(told) == 1  # all rows are watched: zooming reveals no new ones


def test_many_points_are_drawn_coarse_first_then_fine(scene: Scene, qtbot, monkeypatch):
    monkeypatch.setattr(point_cloud, "DIRECT", 1000)
    scene.points(250_000)
    scene.plot.grab()
    first = scene.cloud.winners
    assert first is not None and first.coarse
    qtbot.waitUntil(lambda: not scene.cloud.winners.coarse, timeout=5000)
    assert scene.cloud.winners.grid == first.grid
    rows = scene.cloud.painted_rows()
    assert rows is scene.cloud.winners.rows
    assert len(rows) > len(first.rows)


def test_moving_on_forgets_the_finer_picture_of_before(scene: Scene, qtbot, monkeypatch):
    monkeypatch.setattr(point_cloud, "DIRECT", 1000)
    scene.points(220_000)
    for _ in range(5):
        scene.plot.box.scaleBy((0.9, 0.9))
        scene.plot.grab()
    qtbot.waitUntil(lambda: not scene.cloud.winners.coarse, timeout=5000)
    (x_low, x_high), _ = scene.plot.box.viewRange()
    assert scene.cloud.winners.grid.x_low == x_low
    assert scene.cloud.winners.grid.x_high == x_high


def test_other_points_while_refining(scene: Scene, qtbot, monkeypatch):
    monkeypatch.setattr(point_cloud, "DIRECT", 1000)
    scene.points(220_000)
    scene.plot.grab()
    scene.cloud._refine()
    scene.points(300, seed=9)
    scene.plot.grab()
    qtbot.waitUntil(lambda: not scene.cloud._finer.busy, timeout=5000)
    qtbot.wait(30)
    assert len(scene.cloud.winners.rows) == 300


def test_the_row_under_the_mouse(scene: Scene):
    points = scene.points(200)
    scene.plot.grab()
    (x_low, x_high), (y_low, y_high) = scene.plot.box.viewRange()
    size = scene.plot.box.size()
    for row in (3, 77, 150):
        place = QPointF(
            (points.x_values[row] - x_low) / (x_high - x_low) * size.width(),
            (y_high - points.y_values[row]) / (y_high - y_low) * size.height(),
        )
        hit = scene.cloud.row_at(place)
        assert hit is not None
        assert abs(points.x_values[hit] - points.x_values[row]) < 0.1
    assert scene.cloud.row_at(QPointF(-50, -50)) is None


def test_an_error_while_drawing_is_logged_and_nothing_else(scene: Scene, monkeypatch, caplog):
    scene.points(100)

    def broken(*_arguments, **_more):
        raise IndexError("out of range")

    monkeypatch.setattr(point_cloud, "find_winners", broken)
    scene.plot.grab()
    assert "could not be drawn" in caplog.text


def test_while_it_moves_the_picture_before_is_drawn_where_it_belongs(scene: Scene, monkeypatch):
    monkeypatch.setattr(point_cloud, "DIRECT", 1000)
    points = scene.points(250_000)
    scene.cloud._find(scene.cloud._grid(1.0, 0.0, 0.0))
    scene.cloud._accept(find_winners(points, scene.cloud.winners.grid))
    scene.plot.grab()
    fine = scene.cloud._picture
    watched = scene.cloud.painted_rows()
    scene.plot.box.translateBy(x=0.3, y=-0.2)
    scene.plot.box.scaleBy((0.8, 0.8))
    scene.plot.grab()
    assert scene.cloud.winners.coarse and scene.cloud._kept is fine
    assert scene.cloud.painted_rows() is watched  # their labels are still wanted
    grid = scene.cloud.winners.grid
    own, target = fine.winners.grid, fine.place_in(grid)
    for x, y in ((own.x_low, own.y_high), (own.x_high, own.y_low), (0.1, 0.2)):
        before = own.place(np.array([x]), np.array([y]))
        now = grid.place(np.array([x]), np.array([y]))
        for old, new, low, size, across in (
            (before[0], now[0], target.x(), target.width(), own.columns),
            (before[1], now[1], target.y(), target.height(), own.lines),
        ):
            assert low + old[0] / across * size == pytest.approx(new[0], abs=1e-6)


def test_a_picture_of_somewhere_else_is_not_kept(scene: Scene, qtbot, monkeypatch):
    monkeypatch.setattr(point_cloud, "DIRECT", 1000)
    scene.points(250_000)
    scene.plot.grab()
    qtbot.waitUntil(lambda: not scene.cloud.winners.coarse, timeout=5000)
    scene.plot.show_range(50, 60, 50, 60)
    scene.plot.grab()
    assert scene.cloud._kept_now(scene.cloud.winners.grid) is None


def test_the_finer_picture_takes_over_from_the_one_before(scene: Scene, qtbot, monkeypatch):
    monkeypatch.setattr(point_cloud, "DIRECT", 1000)
    scene.points(250_000)
    scene.plot.grab()
    qtbot.waitUntil(lambda: not scene.cloud.winners.coarse, timeout=5000)
    scene.plot.box.translateBy(x=0.2)
    scene.plot.grab()
    qtbot.waitUntil(lambda: not scene.cloud.winners.coarse, timeout=5000)
    scene.plot.grab()
    assert scene.cloud._kept is None


def test_labels_of_all_rows_are_mixed_once_they_rest(scene: Scene, qtbot):
    scene.points(300_000)
    labels = np.random.default_rng(3).integers(0, 2, 300_000).astype(np.int32)
    scene.cloud.set_colouring(Colouring(PALETTE, 2, None, labels, np.ones(300_000, np.float32)), 0)
    scene.plot.grab()
    single = scene.cloud._picture.pixels
    qtbot.waitUntil(lambda: scene.cloud._picture.pixels is not single, timeout=5000)
    mixed = scene.cloud._picture.pixels
    assert (mixed != single).any()
    np.testing.assert_array_equal(mixed > 0, single > 0)  # the same pixels, as strong
    np.testing.assert_array_equal(mixed >> np.uint32(24), single >> np.uint32(24))
    again = Colouring(PALETTE.copy(), 2, None, labels, scene.cloud._colouring.max_probability)
    scene.cloud.set_colouring(again, 0)  # nothing new
    assert scene.cloud._picture.pixels is mixed


def test_all_rows_apart_and_a_view_of_nothing(scene: Scene):
    points = scene.points(200_000)
    scene.cloud.set_kinds(np.full(200_000, APART, np.uint8))
    scene.plot.grab()
    assert (scene.cloud._picture.pixels[scene.cloud.winners.slots > 0] == PALETTE[1]).all()
    scene.plot.show_range(90, 91, 90, 91)
    scene.plot.grab()
    assert scene.cloud.seen() == (0, 0)
    assert len(points) == 200_000


def test_picking_goes_by_the_picture_that_is_seen(scene: Scene, monkeypatch):
    monkeypatch.setattr(point_cloud, "DIRECT", 1000)
    points = scene.points(250_000)
    scene.cloud._find(scene.cloud._grid(1.0, 0.0, 0.0))
    scene.cloud._accept(find_winners(points, scene.cloud.winners.grid))
    scene.plot.box.translateBy(x=0.3, y=-0.2)
    scene.plot.grab()
    assert scene.cloud.winners.coarse and scene.cloud._kept is not None
    (x_low, x_high), (y_low, y_high) = scene.plot.box.viewRange()
    size = scene.plot.box.size()
    place = QPointF(size.width() / 2, size.height() / 2)
    row = scene.cloud.row_at(place)
    assert row is not None
    assert abs(points.x_values[row] - (x_low + x_high) / 2) < 4 * (x_high - x_low) / size.width()
    assert abs(points.y_values[row] - (y_low + y_high) / 2) < 4 * (y_high - y_low) / size.height()


def test_a_finer_picture_of_a_moment_ago_is_of_use_while_the_view_moves(scene: Scene, monkeypatch):
    monkeypatch.setattr(point_cloud, "DIRECT", 1000)
    points = scene.points(250_000)
    scene.plot.grab()
    scene.plot.box.translateBy(x=0.1)
    scene.plot.grab()
    a_moment_ago = find_winners(points, scene.cloud.winners.grid)
    scene.plot.box.translateBy(x=0.1)
    scene.plot.grab()
    scene.cloud._found(a_moment_ago)
    assert scene.cloud._kept.winners is a_moment_ago
    assert scene.cloud.winners.coarse  # and the last word is not spoken
    assert scene.cloud._refine_timer.isActive()


@pytest.mark.parametrize("n", [900, 9_000, 60_000, 150_000])
def test_recolouring_gives_the_picture_that_painting_anew_gives(scene: Scene, n: int):
    """Whatever frames came before: labels of all rows, of some, of none, with rows selected."""
    points = scene.points(n)
    cloud, random = scene.cloud, np.random.default_rng(n)
    kinds = random.choice([NORMAL, APART, OUTLIER], n, p=[0.9, 0.05, 0.05]).astype(np.uint8)
    some = np.sort(random.choice(n, n // 2, replace=False))
    few, many = random.random(n) < 0.01, random.random(n) < 0.5
    selections = [None, few, many, None, few, None, None]
    labelled = [None, points.rows, points.rows, some, points.rows, np.empty(0, np.int64), None]
    cloud.set_kinds(kinds)
    for mask, rows in zip(selections, labelled, strict=True):
        m = n if rows is None else len(rows)
        labels = random.integers(-1, 2, m).astype(np.int32)
        certainty = random.uniform(0.5, 1, m).astype(np.float32)
        colouring = Colouring(PALETTE, 2, rows, labels, certainty)
        cloud.set_selection(mask)
        cloud.set_colouring(colouring, 0x7F001020)
        scene.render()
        lit = None if mask is None else Lit(mask)
        anew = Picture(points, cloud.winners, kinds)
        anew.colour(colouring, np.uint32(0x7F001020), lit)
        np.testing.assert_array_equal(cloud._picture.pixels, anew.pixels)
        colours = colouring.colours(
            cloud.winners.rows,
            kinds,
            n,
            crossed=cloud.winners.crossed,
            selected=None if mask is None else mask[cloud.winners.rows],
        )
        if mask is None and cloud.winners.density is None:  # row by row, and pixel by pixel
            of_slots = np.concatenate([[0], colours, np.full(len(colours), 0x7F001020)])
            channels = of_slots[cloud.winners.slots].astype(np.uint32).view(np.uint8)
            means = channels.reshape(len(cloud.winners.slots), -1, 4).mean(axis=0)
            shown = cloud._picture.pixels.reshape(-1)[cloud.winners.pixels]
            seen = shown.view(np.uint8).reshape(-1, 4)
            assert np.abs(seen - means).max() <= 0.5
            assert not np.delete(cloud._picture.pixels.reshape(-1), cloud.winners.pixels).any()
