"""Neighbouring clusters stay apart for people who see no red, no green or no blue.

Distances are CIEDE2000 (Sharma, Wu and Dalal, Color Research and Application 30
(2005) 21-30): 1 is just seen side by side, `APART` of marks in a picture at a glance.
"""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from kinds_of_sight import SIGHTS, linear
from PySide6.QtWidgets import QApplication
from views_rig import Rig, table_of

from gmmstudio.document.commands import SetComponents, SetStart
from gmmstudio.document.document import Document
from gmmstudio.mixture.parameters import Parameters
from gmmstudio.ui import theme
from gmmstudio.ui.views.scatter.view import ScatterView

APART = 9.0  # of marks of rows that belong clearly to their cluster
FADED = 5.5  # of those that just do, at a probability of 0.8: there letters must help
LOOKS = ("light", "dark")


def lab(rgb: np.ndarray, sight: str) -> np.ndarray:
    """L*a*b* (…, 3) of sRGB colours (…, 3) in 0 to 1 as they appear to an eye."""
    seen = np.clip(linear(rgb) @ SIGHTS[sight].T, 0, 1)
    to_xyz = np.array(
        [
            [0.4124564, 0.3575761, 0.1804375],
            [0.2126729, 0.7151522, 0.0721750],
            [0.0193339, 0.1191920, 0.9503041],
        ]
    )
    t = seen @ to_xyz.T / (0.95047, 1.0, 1.08883)
    f = np.where(t > 216 / 24389, np.cbrt(t), (24389 / 27 * t + 16) / 116)
    return np.stack(
        [116 * f[..., 1] - 16, 500 * (f[..., 0] - f[..., 1]), 200 * (f[..., 1] - f[..., 2])], -1
    )


def ciede2000(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Return the CIEDE2000 difference of L*a*b* colours (…, 3)."""
    (l1, a1, b1), (l2, a2, b2) = np.moveaxis(one, -1, 0), np.moveaxis(other, -1, 0)
    mean_chroma = (np.hypot(a1, b1) + np.hypot(a2, b2)) / 2
    g = 0.5 * (1 - np.sqrt(mean_chroma**7 / (mean_chroma**7 + 25.0**7)))
    a1, a2 = (1 + g) * a1, (1 + g) * a2
    c1, c2 = np.hypot(a1, b1), np.hypot(a2, b2)
    h1, h2 = np.degrees(np.arctan2(b1, a1)) % 360, np.degrees(np.arctan2(b2, a2)) % 360
    turn = (h2 - h1 + 180) % 360 - 180
    turn = np.where(c1 * c2 == 0, 0.0, turn)
    d_l, d_c, d_h = l2 - l1, c2 - c1, 2 * np.sqrt(c1 * c2) * np.sin(np.radians(turn / 2))
    l_mean, c_mean = (l1 + l2) / 2, (c1 + c2) / 2
    h_mean = np.where(c1 * c2 == 0, h1 + h2, (h1 + turn / 2) % 360)
    t = (
        1
        - 0.17 * np.cos(np.radians(h_mean - 30))
        + 0.24 * np.cos(np.radians(2 * h_mean))
        + 0.32 * np.cos(np.radians(3 * h_mean + 6))
        - 0.20 * np.cos(np.radians(4 * h_mean - 63))
    )
    s_l = 1 + 0.015 * (l_mean - 50) ** 2 / np.sqrt(20 + (l_mean - 50) ** 2)
    s_c, s_h = 1 + 0.045 * c_mean, 1 + 0.015 * c_mean * t
    rotation = -np.sin(np.radians(60 * np.exp(-(((h_mean - 275) / 25) ** 2))))
    rotation = rotation * 2 * np.sqrt(c_mean**7 / (c_mean**7 + 25.0**7))
    light, c, h = d_l / s_l, d_c / s_c, d_h / s_h
    return np.sqrt(light**2 + c**2 + h**2 + rotation * c * h)


def rgb(color) -> np.ndarray:
    return np.array([color.redF(), color.greenF(), color.blueF()])


@pytest.mark.parametrize(
    ("one", "other", "difference"),
    [  # of the test data published with the formula
        ((50.0, 2.6772, -79.7751), (50.0, 0.0, -82.7485), 2.0425),
        ((50.0, 2.49, -0.001), (50.0, -2.49, 0.0009), 7.1792),
        ((50.0, 2.5, 0.0), (73.0, 25.0, -18.0), 27.1492),
        ((22.7233, 20.0904, -46.6940), (23.0331, 14.9730, -42.5619), 2.0373),
        ((2.0776, 0.0795, -1.1350), (0.9033, -0.0636, -0.5514), 0.9082),
    ],
)
def test_the_difference_is_the_published_one(one, other, difference):
    assert ciede2000(np.array(one), np.array(other)) == pytest.approx(difference, abs=1e-4)


@pytest.mark.parametrize("sight", SIGHTS)
@pytest.mark.parametrize("look", LOOKS)
def test_any_two_of_the_first_eight_stay_apart(qapp, look, sight):
    """Any two may become neighbours; grey and white stay what they are to every eye."""
    theme.install(qapp)
    theme.choose(look)
    try:
        colours = np.array([rgb(theme.cluster_color(i)) for i in range(8)])
        ground = rgb(theme.color("window"))
    finally:
        theme.choose("system")
    seen = lab(colours, sight)
    for a, b in combinations(range(8), 2):
        assert ciede2000(seen[a], seen[b]) >= APART, (a, b)
    certain = 0.3 + 0.7 * (0.8 - 1 / 8) / (1 - 1 / 8)  # as frames are coloured, K = 8
    seen = lab(ground + (colours - ground) * certain, sight)
    for a, b in combinations(range(8), 2):
        assert ciede2000(seen[a], seen[b]) >= FADED, (a, b)
    for a in range(8):  # and nobody vanishes in the ground
        assert ciede2000(seen[a], lab(ground, sight)) >= APART, a


# ---- the picture ---------------------------------------------------------------------------

CENTRES = np.array([(3.4 * x, 3.0 * y) for y in range(2) for x in range(4)])


@pytest.fixture
def eight(rig: Rig, show) -> ScatterView:
    """Eight clusters in two rows of four, each touching its neighbours."""
    random = np.random.default_rng(3)
    label = np.repeat(np.arange(8), 60)
    x = CENTRES[label] + 0.6 * random.standard_normal((480, 2))
    rig.open(table_of("a,b\n" + "\n".join(f"{a:.5f},{b:.5f}" for a, b in x) + "\n"))
    view = show(ScatterView(rig.session, rig.stage), 720, 480)
    rig.session.apply(SetComponents(8))
    rig.session.apply(
        SetStart(Parameters(np.full(8, 1 / 8), CENTRES, np.tile(0.4 * np.eye(2), (8, 1, 1))))
    )
    rig.fit(tries=1)
    return view


def picture(view: ScatterView) -> np.ndarray:
    """Return what is drawn as sRGB (height, width, 3), 0 to 1."""
    QApplication.processEvents()
    image = (
        view.plot.grab().toImage().convertToFormat(view.plot.grab().toImage().Format.Format_RGB32)
    )
    words = np.frombuffer(image.constBits(), np.uint32).reshape(image.height(), -1)
    return np.stack([(words >> shift) & 255 for shift in (16, 8, 0)], -1) / 255


@pytest.mark.parametrize("look", LOOKS)
def test_neighbours_in_a_picture_stay_apart(eight: ScatterView, rig: Rig, look, qtbot):
    theme.choose(look)
    eight.ellipses.set_sigmas(())
    document: Document = rig.document
    shown = rig.stage.shown
    qtbot.waitUntil(lambda: eight.cloud.winners is not None)
    drawn = picture(eight)
    winners = eight.cloud.winners
    assert winners is not None
    colour_of: dict[int, np.ndarray] = {}
    for component, identity in enumerate(shown.identities):
        want = rgb(theme.cluster_color(identity))
        near = np.abs(drawn - want).max(-1) < 0.02  # pixels of rows surely its own
        assert near.sum() > 200, document.cluster_name(identity)
        colour_of[component] = np.median(drawn[near], axis=0)
    means = shown.parameters.means
    pairs = [
        (a, b)
        for a, b in combinations(range(8), 2)
        if np.linalg.norm(means[a] - means[b]) < 4.7  # beside, above or across
    ]
    assert len(pairs) >= 14
    for sight in SIGHTS:
        for a, b in pairs:
            apart = ciede2000(lab(colour_of[a], sight), lab(colour_of[b], sight))
            assert apart >= APART - 1, (sight, a, b)
    theme.choose("light")


def test_every_cluster_has_a_letter_too(eight: ScatterView, rig: Rig):
    """The second cue, for all who see the colours otherwise."""
    shown = rig.stage.shown
    letters = [theme.cluster_letter(shape.identity) for shape in eight.ellipses.shapes]
    assert sorted(letters) == list("ABCDEFGH")
    assert len(set(shown.identities)) == 8
