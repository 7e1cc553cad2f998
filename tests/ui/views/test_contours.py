"""Contours of the density in the plane shown."""

from __future__ import annotations

import time

import numpy as np
import pytest
from PySide6.QtCore import QPointF
from scipy.stats import multivariate_normal
from views_rig import Rig, table_of

from gmmstudio.document.commands import TickColumns
from gmmstudio.mixture.density import region_levels
from gmmstudio.mixture.parameters import Parameters
from gmmstudio.report.label_placing import Box
from gmmstudio.ui import theme
from gmmstudio.ui.views.layers import contours
from gmmstudio.ui.views.layers.contours import SHARES, place_on, trace
from gmmstudio.ui.views.scatter.view import ScatterView


@pytest.fixture
def view(rig: Rig, show) -> ScatterView:
    view = show(ScatterView(rig.session, rig.stage))
    rig.fit()
    return view


def pick(view: ScatterView, words: str) -> None:
    next(choice for choice in view.choices if choice.what == "density").pick(words)


def pixels(k: int, narrow: float = 20.0) -> Parameters:
    """A mixture in pixels whose ellipses are `narrow` to 80 pixels wide."""
    random = np.random.default_rng(k)
    turns = np.linalg.qr(random.normal(size=(k, 2, 2)))[0]
    widths = np.stack([np.full(k, narrow), random.uniform(narrow, 80, k)], axis=1)
    covariances = (turns * widths[:, None] ** 2) @ turns.transpose(0, 2, 1)
    return Parameters(np.full(k, 1 / k), random.uniform(100, (600, 400), (k, 2)), covariances)


def log_density(flat: Parameters, places: np.ndarray) -> np.ndarray:
    return np.log(
        sum(
            w * multivariate_normal(m, c).pdf(places)
            for w, m, c in zip(flat.weights, flat.means, flat.covariances, strict=True)
        )
    )


@pytest.mark.parametrize(("k", "narrow"), [(1, 20.0), (3, 20.0), (5, 20.0), (1, 4.0), (3, 4.0)])
def test_contours_lie_where_the_density_says(k, narrow):
    flat = pixels(k, narrow)
    levels = region_levels(flat, SHARES)[::-1]
    for contour, level in zip(trace(flat, 700, 500), levels, strict=True):
        places = np.concatenate(contour.pieces)
        places = places[(places > 0).all(axis=1) & (places < (700, 500)).all(axis=1)]
        slope = np.hypot(
            *(
                (log_density(flat, places + step) - log_density(flat, places - step)) / 2e-3
                for step in np.eye(2) * 1e-3
            )
        )
        off = np.abs(log_density(flat, places) - level) / slope  # in pixels
        assert np.median(off) < 0.15
        assert np.percentile(off, 98) < 1.2  # more only at a saddle, where nobody can tell
        for piece in contour.pieces:
            np.testing.assert_array_equal(piece[0], piece[-1])


def test_a_region_holds_its_share_of_the_drawn_mixture(view: ScatterView, rig: Rig):
    pick(view, "contours")
    found, paths = view.contours.traced()
    assert [contour.share for contour in found] == list(reversed(SHARES))
    flat = view.contours._in_pixels(view.plane.seen(rig.stage.shown))
    random = np.random.default_rng(0)
    groups = random.multinomial(4000, flat.weights)
    rows = np.concatenate(
        [
            random.multivariate_normal(m, c, n)
            for m, c, n in zip(flat.means, flat.covariances, groups, strict=True)
        ]
    )
    for contour, path in zip(found, paths, strict=True):
        held = np.mean([path.contains(QPointF(*row)) for row in rows])
        assert held == pytest.approx(contour.share, abs=0.03)


def test_it_is_worked_out_again_only_for_another_frame_or_view(
    view: ScatterView, rig: Rig, monkeypatch
):
    calls = []
    monkeypatch.setattr(contours, "trace", lambda *a: calls.append(1) or trace(*a))
    pick(view, "shaded")
    for _ in range(3):
        view.grab()
    assert len(calls) == 1
    rig.show(iteration=0)
    view.grab()
    assert len(calls) == 2
    view.plot.box.scaleBy((0.5, 0.5))
    view.grab()
    assert len(calls) == 3
    pick(view, "none")
    rig.show()
    view.grab()
    assert len(calls) == 3


@pytest.mark.parametrize("mode", ["contours", "shaded"])
def test_the_modes_are_seen_in_any_plane_and_look(view: ScatterView, mode):
    def image():
        return view.grab().toImage()

    for kind in ("columns", "principal", "separating"):
        view.choose_kind(kind)
        plain = image()
        pick(view, mode)
        assert next(c for c in view.choices if c.what == "density").current == mode
        assert image() != plain
        pick(view, "none")
        assert image() == plain
    theme.choose("dark")
    pick(view, mode)
    view.grab()


def test_where_a_column_is_not_in_the_fit_there_is_none(view: ScatterView, penguins):
    pick(view, "contours")
    view._y_button.chosen.emit(penguins.index("year"))
    assert view.contours.traced() == ((), ())
    view._y_button.chosen.emit(None)
    assert not [choice for choice in view.choices if choice.what == "density"]
    view.grab()


def test_a_flat_cluster_has_no_density_and_the_view_says_so(rig: Rig, show, caplog):
    view = show(ScatterView(rig.session, rig.stage))
    rows = [f"{i % 5 + 0.5},{2 * (i % 5) + 1},{(i * 7) % 11}.25" for i in range(60)]
    rig.open(table_of("x,y,z\n" + "\n".join(rows)))
    rig.session.apply(TickColumns((0, 2)))
    rig.fit(n_components=1)
    pick(view, "shaded")
    shown = rig.stage.shown
    flat = Parameters.trusted(
        shown.parameters.weights.copy(), shown.parameters.means.copy(), np.ones((1, 2, 2))
    )
    view.contours._flat = flat
    assert view.contours.is_flat
    assert view.contours.traced() == ((), ())
    view.grab()
    assert not caplog.records


def test_far_in_and_far_out_nothing_breaks(view: ScatterView, caplog):
    pick(view, "shaded")
    for factor in (1e-9, 1e9, 1e30):
        view.plot.go_home()
        view.plot.box.scaleBy((factor, factor))
        view.grab()
    assert not caplog.records


def test_labels_stay_inside_and_apart():
    around = np.linspace(0, 2 * np.pi, 80)
    piece = np.column_stack([50 + 34 * np.cos(around), 50 + 34 * np.sin(around)])
    room = Box(0, 0, 100, 100)
    taken: list[Box] = []
    while (box := place_on((piece,), 30, 14, room, taken)) is not None:
        assert room.contains(box) and not any(box.overlaps(other) for other in taken)
        taken.append(box)
    assert len(taken) >= 2


def test_five_components_take_a_few_milliseconds():
    flat, taken = pixels(5), []
    for _ in range(15):
        start = time.thread_time()
        trace(flat, 900, 600)
        taken.append(time.thread_time() - start)
    assert np.median(taken) < 0.008
