"""The ellipses on the screen: exact, whatever the mixture; and the badges at their means."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPointF
from PySide6.QtGui import QFont, QImage, QPainter
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gmmstudio.mixture.parameters import Parameters
from gmmstudio.ui import theme
from gmmstudio.ui.views.layers.badges import draw_badge
from gmmstudio.ui.views.layers.ellipses import Ellipses, outlines
from gmmstudio.ui.views.layers.hairlines import Polygons, closed_normal, offsets
from gmmstudio.ui.views.plotting import PlotView


@pytest.fixture
def plot(qapp: QApplication, qtbot: QtBot) -> Iterator[PlotView]:
    theme.install(qapp)
    theme.choose("light")
    view = PlotView()
    qtbot.addWidget(view)
    view.resize(620, 430)
    view.show_range(-4.0, 7.0, -3.0, 5.0)
    yield view
    view.shut_down()
    theme.choose("system")


def mixture(seed: int, k: int) -> Parameters:
    random = np.random.default_rng(seed)
    roots = random.normal(size=(k, 2, 2)) * 10 ** random.uniform(-2, 0, (k, 1, 1))
    covariances = roots @ roots.swapaxes(1, 2) + 1e-6 * np.eye(2)
    return Parameters(np.full(k, 1 / k), random.normal(size=(k, 2)), covariances)


@settings(
    deadline=None,
    max_examples=40,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    st.integers(0, 2**32 - 1),
    st.integers(1, 9),
    st.lists(st.floats(0.3, 3.0), min_size=0, max_size=3),
)
def test_every_corner_on_the_screen_is_so_many_deviations_from_its_mean(plot, seed, k, sigmas):
    flat = mixture(seed, k)
    ellipses = Ellipses(plot.box)
    ellipses.draw(outlines(flat, tuple(range(k)), tuple(sigmas)))
    layer = ellipses._layers[1]
    x, y = layer.pixels()
    assert x.shape[:2] == (k, len(sigmas))
    (x_low, x_high), (y_low, y_high) = plot.box.viewRange()
    bounds = layer.boundingRect()
    across = x_low + x * (x_high - x_low) / bounds.width() - flat.means[:, 0, None, None]
    up = y_high - y * (y_high - y_low) / bounds.height() - flat.means[:, 1, None, None]
    away = np.stack([across, up], axis=-1)
    squared = np.einsum("ksni,kij,ksnj->ksn", away, np.linalg.inv(flat.covariances), away)
    wanted = np.broadcast_to(np.square(sigmas)[None, :, None], squared.shape)
    np.testing.assert_allclose(squared, wanted, rtol=1e-5)
    for each in ellipses._layers:
        each.setParentItem(None)


def test_normals_of_many_lines_at_once_stand_across_each():
    angles = np.linspace(0, 2 * np.pi, 96, endpoint=False)
    radii = np.array([[3.0, 40.0], [500.0, 7.0]])[..., None]
    normal = closed_normal(radii * np.cos(angles), radii * np.sin(angles))
    for found, wanted in zip(normal, (np.cos(angles), np.sin(angles)), strict=True):
        np.testing.assert_allclose(
            np.abs(found), np.broadcast_to(abs(wanted), found.shape), atol=1e-12
        )


def badge_at(x: float, y: float, scale: float, identity: int = 1) -> np.ndarray:
    image = QImage(round(80 * scale), round(80 * scale), QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(scale)
    image.fill(theme.color("window"))
    painter = QPainter(image)
    draw_badge(painter, QPointF(x, y), identity, theme.font(0.78, QFont.Weight.Bold))
    painter.end()
    words = np.frombuffer(image.constBits(), np.uint32).reshape(image.height(), -1)
    return words[:, : image.width()].copy()


@pytest.mark.parametrize("scale", [1.0, 1.25, 2.0])
def test_a_badge_looks_the_same_wherever_it_is_and_lies_on_its_mean(plot, scale: float):
    shapes = set()
    for x, y in np.random.default_rng(0).uniform(25, 55, (40, 2)):
        drawn = badge_at(x, y, scale) != theme.color("window").rgb()
        lines, columns = np.flatnonzero(drawn.any(axis=1)), np.flatnonzero(drawn.any(axis=0))
        shapes.add(drawn[lines[0] : lines[-1] + 1, columns[0] : columns[-1] + 1].tobytes())
        middle = np.array([columns[0] + columns[-1] + 1, lines[0] + lines[-1] + 1]) / 2
        assert np.abs(middle - np.array([x, y]) * scale).max() <= 0.51
    assert len(shapes) == 1


def test_a_badge_follows_the_theme_and_the_colours_given(plot):
    light = badge_at(40, 40, 1.0)
    other = badge_at(40, 40, 1.0, identity=2)
    theme.set_cluster_colors({1: "#123456"})
    try:
        given_color = badge_at(40, 40, 1.0)
        assert (given_color == 0xFF123456).any()
        theme.choose("dark")
        assert (badge_at(40, 40, 1.0) == theme.color("window").rgb()).any()
    finally:
        theme.choose("light")
        theme.set_cluster_colors({})
    assert (light != other).any()
    assert (light != given_color).any()
    np.testing.assert_array_equal(badge_at(40, 40, 1.0), light)


@given(st.floats(1.0, 6.0), st.sampled_from([1.0, 1.25, 1.5, 2.0, 3.0]))
def test_hairlines_side_by_side_are_as_wide_as_the_line_and_leave_no_gap(width, scale):
    found = np.array(offsets(width, scale)) * scale  # in device pixels, in which they are 1 wide
    np.testing.assert_allclose(found, -found[::-1], atol=1e-9)
    assert abs((found[-1] + 0.5) - width * scale / 2) <= 0.5
    assert (np.diff(found) <= 1.5).all()
    kept = offsets(width, scale, covered=width - 1)
    assert all(abs(offset) >= (width - 1) / 2 for offset in kept)
    assert set(kept) == {each for each in offsets(width, scale) if abs(each) >= (width - 1) / 2}


def test_polygons_are_those_written_last_however_many_there_are():
    polygons, random = Polygons(), np.random.default_rng(0)
    for shape in ((4, 2, 96), (4, 2, 96), (3, 1, 192), (0, 2, 96), (5, 96), (4, 0, 96), (1, 7)):
        x, y = random.normal(size=(2, *shape))
        drawn = polygons.write(x, y)
        lines = zip(x.reshape(-1, shape[-1]), y.reshape(-1, shape[-1]), strict=True)
        wanted = [list(zip(*line, strict=True)) for line in lines]
        assert [[(p.x(), p.y()) for p in polygon.toList()] for polygon in drawn] == wanted
