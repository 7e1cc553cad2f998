"""The range of a plot under mouse and keys, at any size of values."""

from __future__ import annotations

import math
from types import SimpleNamespace

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QImage, QKeyEvent, QPainter
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gmmstudio.ui import theme
from gmmstudio.ui.views.plotting import PlotView
from gmmstudio.ui.views.ranges import can_be_shown, made_showable

RANGES = [
    (-1.0, 1.0),
    (2.0**53 - 40, 2.0**53 + 40),
    (1e-300, 3e-300),
    (-1.06e300, 1.06e300),
    (-1.7e308, 1.7e308),
    (5.0, 5.0),
    (0.0, 1e-320),
]


@pytest.fixture
def plot(qtbot: QtBot) -> PlotView:
    view = PlotView()
    qtbot.addWidget(view)
    view.resize(500, 300)
    view.show()
    yield view
    view.shut_down()


def wheel(plot: PlotView, place: QPointF, turns: int) -> None:
    plot.box.wheelEvent(
        SimpleNamespace(pos=lambda: place, delta=lambda: turns, accept=lambda: None)
    )


def drag(plot: PlotView, button: Qt.MouseButton, start: QPointF, end: QPointF) -> None:
    plot.box.mouseDragEvent(
        SimpleNamespace(
            button=lambda: button,
            pos=lambda: end,
            lastPos=lambda: start,
            screenPos=lambda: end,
            lastScreenPos=lambda: start,
            buttonDownPos=lambda _button=None: start,
            accept=lambda: None,
        )
    )


def spans(plot: PlotView) -> list[float]:
    return [high - low for low, high in plot.box.viewRange()]


@pytest.mark.parametrize(("low", "high"), RANGES)
def test_whatever_is_done_the_range_can_be_shown(plot, low, high):
    plot.set_home(low, high, low, high)
    plot.go_home()
    home = plot.box.viewRange()
    assert all(can_be_shown(*ends) for ends in home)
    place = QPointF(100, 80)
    for turns in (1200,) * 80 + (-1200,) * 160:
        wheel(plot, place, turns)
        (x_low, x_high), (y_low, y_high) = plot.box.viewRange()
        assert math.isfinite(x_high - x_low) and x_low < x_high and y_low < y_high
    for button in (Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton):
        drag(plot, button, QPointF(20, 20), QPointF(300, 200))
    for key in (Qt.Key.Key_Left, Qt.Key.Key_Up, Qt.Key.Key_Plus, Qt.Key.Key_Minus):
        plot.keyPressEvent(QKeyEvent(QKeyEvent.Type.KeyPress, key, Qt.NoModifier))
    assert all(math.isfinite(span) and span > 0 for span in spans(plot))
    plot.go_home()
    assert plot.box.viewRange() == home


@pytest.mark.parametrize("scale", [1.0, 1e-300, 1e300])
def test_what_is_under_the_mouse_stays_there(plot, scale):
    plot.show_range(-scale, scale, -scale, scale)
    box, place = plot.box, QPointF(100, 80)
    before = box._values_at(place)[1]  # numbers beside the axis may take other room across
    wheel(plot, place, 120)
    assert spans(plot)[0] < 2 * scale
    assert box._values_at(place)[1] == pytest.approx(before, rel=1e-9, abs=0)
    across = box._values_at(place)[0]
    drag(plot, Qt.MouseButton.LeftButton, place, QPointF(140, 60))
    after = box._values_at(QPointF(140, 60))
    assert after == pytest.approx((across, before), rel=1e-9, abs=0)
    held = spans(plot)
    drag(plot, Qt.MouseButton.RightButton, place, QPointF(150, 80))
    assert spans(plot)[0] < held[0] and spans(plot)[1] == pytest.approx(held[1], rel=1e-12, abs=0)


def test_a_range_is_made_showable_only_where_it_is_not():
    assert made_showable(-1.0, 3.0) == (-1.0, 3.0)
    assert made_showable(2.0**53, 2.0**53 + 1000) == (2.0**53, 2.0**53 + 1000)
    low, high = made_showable(7.0, 7.0)
    assert low < 7.0 < high and high - low < 1e-9


def seen(plot: PlotView):
    QApplication.processEvents()
    return plot.grab().toImage()


def test_axes_kept_from_frame_to_frame_are_those_of_the_range_shown(plot: PlotView, qtbot: QtBot):
    """Whatever changed in between, the picture is that of a plot made just now."""
    theme.install(QApplication.instance())
    changes = [
        lambda view: view.show_range(0.0, 1.0, 0.0, 1.0),
        lambda view: view.box.translateBy(x=0.3, y=-0.2),
        lambda view: view.resize(420, 260),
        lambda view: (theme.choose("dark"), view.restyle()),
        lambda view: (setattr(view.frame, "y_least", 0.2), view.show_range(0.0, 1.0, 0.0, 1.0)),
        lambda view: (setattr(view.frame, "x_whole", True), view.show_range(0.0, 1.0, 0.0, 1.0)),
    ]
    pictures = []
    try:
        for n in range(1, len(changes) + 1):
            changes[n - 1](plot)
            other = PlotView()
            qtbot.addWidget(other)
            other.resize(500, 300)
            other.show()
            for change in changes[:n]:
                change(other)
            pictures.append(seen(plot))
            assert pictures[-1] == seen(other), n
            other.shut_down()
    finally:
        theme.choose("system")
    assert all(a != b for i, a in enumerate(pictures[:3]) for b in pictures[i + 1 : 3])


@pytest.mark.parametrize("ratio", [1.0, 1.25, 1.5, 2.0])
@pytest.mark.parametrize("corner", [(0.0, 0.0), (3.5, 7.25)])
def test_axes_kept_as_an_image_are_those_drawn_on_the_spot(plot: PlotView, ratio, corner):
    plot.show_range(-1.0, 1.0, -3.0, 5.0)

    def painted(paint) -> np.ndarray:
        size = round(520 * ratio), round(320 * ratio)
        image = QImage(*size, QImage.Format.Format_ARGB32_Premultiplied)
        image.setDevicePixelRatio(ratio)
        image.fill(0xFFFFFFFF)
        painter = QPainter(image)
        painter.translate(*corner)
        paint(painter)
        painter.end()
        words = np.frombuffer(image.constBits(), np.uint8)
        return words.reshape(image.height(), -1, 4).astype(int)

    frame = plot.frame
    drawn = painted(frame._draw)
    assert (drawn < 250).any()
    for _ in range(2):
        kept = painted(lambda painter: frame.paint(painter, None))
        assert np.abs(kept - drawn).max() <= 8  # the rounding of text on nothing
