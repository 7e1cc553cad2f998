"""The look: colours, letters, zoom, light and dark."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QLabel

from gmmstudio import resources
from gmmstudio.ui import icons, theme


@pytest.fixture(autouse=True)
def installed(qapp):
    theme.install(qapp)
    yield
    theme.choose("system")
    theme.set_zoom(1.0)


def test_first_colours_are_those_of_the_pictures() -> None:
    colours = [theme.cluster_color(i).name().upper() for i in range(3)]
    assert colours == ["#0072B2", "#E69F00", "#009E73"]


@pytest.mark.parametrize("look", ["light", "dark"])
def test_clusters_can_be_told_from_the_ground(look) -> None:
    theme.choose(look)
    ground = theme.color("window")
    for identity in range(30):
        colour = theme.cluster_color(identity)
        assert abs(colour.lightness() - ground.lightness()) > 25, identity


def test_first_colours_differ() -> None:
    assert len({theme.cluster_color(i).name() for i in range(24)}) == 24


@pytest.mark.parametrize(("identity", "letter"), [(0, "A"), (25, "Z"), (26, "AA"), (52, "BA")])
def test_letters(identity, letter) -> None:
    assert theme.cluster_letter(identity) == letter


def test_choice_changes_palette_and_tells(qtbot, qapp) -> None:
    theme.choose("light")
    with qtbot.waitSignal(theme.signals().changed, timeout=1000):
        theme.choose("dark")
    assert theme.current() is theme.DARK
    assert qapp.palette().window().color().name() == theme.DARK.panel


def test_zoom_changes_the_font_and_has_bounds(qapp) -> None:
    normal = qapp.font().pointSizeF()
    theme.set_zoom(1.5)
    assert qapp.font().pointSizeF() == pytest.approx(1.5 * normal, abs=0.02)
    assert theme.set_zoom(9.0) == theme.MAX_ZOOM
    assert theme.set_zoom(0.01) == theme.MIN_ZOOM


def test_bundled_font_is_used(qtbot) -> None:
    label = QLabel("가나다 abc")
    qtbot.addWidget(label)
    assert label.fontInfo().family() == theme.FAMILY


def test_every_icon_can_be_drawn() -> None:
    for file in resources.path("icons").glob("*.svg"):
        picture = icons.pixmap(file.stem, 16)
        image = picture.toImage()
        drawn = any(image.pixelColor(x, y).alpha() for x in range(16) for y in range(16))
        assert drawn, file.name
