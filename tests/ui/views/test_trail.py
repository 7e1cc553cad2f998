"""The trail of the means: true to the iterations kept, bounded, steady, and seen over points."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtWidgets import QApplication
from views_rig import Rig, table_of

from gmmstudio.document import colors
from gmmstudio.document.commands import SetComponents, SetStart
from gmmstudio.fitting.trace import Track
from gmmstudio.mixture.parameters import Parameters
from gmmstudio.ui import theme
from gmmstudio.ui.views.layers.trail import MOST, Trail, paths, way
from gmmstudio.ui.views.planes.planes import Plane, columns_plane
from gmmstudio.ui.views.planes.scatter_axes import Axes
from gmmstudio.ui.views.scatter.view import ScatterView


def track_of(numbers: list[int]) -> Track:
    iterations = tuple(SimpleNamespace(number=number) for number in numbers)
    return Track(1, 10, iterations, np.zeros(numbers[-1] - numbers[0] + 1), False)


@given(st.integers(0, 3), st.integers(1, 2000), st.integers(1, 4), st.data())
def test_a_way_is_bounded_begins_at_the_start_and_does_not_tremble(first, length, stride, data):
    numbers = list(range(first, first + length * stride, stride))
    track = track_of(numbers)
    number = data.draw(st.integers(first, numbers[-1]))
    chosen = way(track, number)
    before = track.index(number) + (track.iterations[track.index(number)].number < number)
    assert len(chosen) <= MOST
    if chosen:
        assert chosen[0] == 0
        assert len(set(np.diff(chosen))) <= 1
    if before <= MOST:
        assert chosen == list(range(before))
    earlier = way(track, max(first, number - stride))
    assert set(earlier) <= set(chosen) or set(chosen) <= set(earlier)


@pytest.fixture
def view(rig: Rig, show) -> ScatterView:
    """Two clusters in three columns that EM takes some iterations to find."""
    random = np.random.default_rng(5)
    x = np.concatenate(
        [random.normal(0, 1, (150, 3)), random.normal((4, 3, -2), (1.4, 1, 1), (150, 3))]
    )
    rows = "\n".join(",".join(f"{value:.5f}" for value in row) for row in x)
    rig.open(table_of("a,b,c\n" + rows + "\n"))
    made = show(ScatterView(rig.session, rig.stage), 640, 480)
    made.choose(Axes(0, 1))
    rig.session.apply(SetComponents(2))
    far = Parameters(
        np.full(2, 0.5), np.array([[-2.0, 4, 0], [6.0, -2, 1]]), np.stack([np.eye(3)] * 2)
    )
    rig.session.apply(SetStart(far))
    rig.fit(tries=1)
    return made


def test_it_ends_at_the_means_and_comes_from_the_iterations_before(view, rig):
    for number in (0, 1, 5, None):
        shown = rig.show(iteration=number)
        track = rig.stage.track
        drawn = view.trail.paths
        if number == 0:
            assert drawn is None  # nothing went before
            continue
        before = [i for i in track.iterations if i.number < shown.iteration]
        assert drawn.shape == (2, len(before) + 1, 2)
        np.testing.assert_array_equal(drawn[:, -1], shown.parameters.means[:, :2])
        for place, iteration in enumerate(before):
            np.testing.assert_array_equal(drawn[:, place], iteration.parameters.means[:, :2])


def test_in_any_plane_it_is_the_projection_of_the_means(view, rig):
    shown = rig.show()
    random = np.random.default_rng(0)
    directions, centre = random.normal(size=(3, 2)), random.normal(size=3)
    plane = Plane((2, 0, 1), directions, centre)
    drawn = paths(rig.stage.track, shown, plane)
    seen = plane.seen(shown)
    np.testing.assert_allclose(drawn[:, -1], seen.means, atol=1e-12)


def test_it_is_seen_in_the_colour_of_its_cluster_and_can_be_switched_off(view, rig):
    view.ellipses.set_sigmas(())
    rig.show()

    def seen() -> int:
        QApplication.processEvents()
        image = view.plot.grab().toImage()
        found = 0
        for path, identity in zip(view.trail.paths, rig.stage.shown.identities, strict=True):
            x, y = view.trail.to_pixels(path[:, 0], path[:, 1])
            spot = view.plot.mapFromScene(
                view.plot.box.mapToScene(float(x[0] + x[1]) / 2, float(y[0] + y[1]) / 2)
            )
            around = [
                image.pixelColor(spot.x() + i, spot.y() + j).name()
                for i in range(-2, 3)
                for j in range(-2, 3)
            ]
            own = theme.cluster_color(identity).name()
            found += any(colors.difference(c, own) < 60 and c != "#ffffff" for c in around)
        return found

    view.plot.show_range(-4, 8, -4, 6)
    assert seen() == 2
    choice = next(choice for choice in view.choices if choice.what == "trail")
    assert (choice.entries, choice.current) == (("on", "off"), "on")
    choice.pick("off")
    assert view.trail.paths is None
    assert next(c for c in view.choices if c.what == "trail").current == "off"
    rig.show(iteration=4)
    assert view.trail.paths is None
    next(c for c in view.choices if c.what == "trail").pick("on")
    assert view.trail.paths is not None


def test_no_trail_of_another_try_nor_without_plane_or_model(view, rig):
    shown = rig.show()
    trail: Trail = view.trail
    trail.show(shown, None)
    assert trail.paths is None
    trail.show(None, columns_plane(0, 1))
    assert trail.paths is None
    trail.show(shown, columns_plane(0, 1))
    assert trail.paths is not None
    rig.stage.put_tracks((), None)
    trail.show(shown, columns_plane(0, 1))
    assert trail.paths is None


def test_extreme_ranges_are_drawn_without_a_word(view, rig, caplog):
    rig.show()
    for span in (1e-300, 1e300):
        view.plot.box.setRange(xRange=(-span, span), yRange=(-span, span), padding=0)
        view.plot.grab()
    assert not caplog.records
