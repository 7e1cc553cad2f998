"""Figures: few elements, everything inside the picture, sound for any numbers."""

from __future__ import annotations

from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gmmstudio.mixture import Parameters
from gmmstudio.report import figures_rows
from gmmstudio.report.apart import apart, strongest, telling_columns
from gmmstudio.report.drawing import number, shortened, width_of
from gmmstudio.report.figures import Limit, Look, Strip, histogram, profile, sign

SVG = "{http://www.w3.org/2000/svg}"
LOOKS = tuple(Look(chr(65 + k), f"Cluster {chr(65 + k)}", "#0072b2", k) for k in range(3))


def made(n: int, far: float = 0.0, scale: float = 1.0):
    rng = np.random.default_rng(1)
    means = scale * np.array([[0.0, 0.0], [6.0, 1.0], [2.0, 7.0]])
    clusters = np.arange(n) % 3
    points = means[clusters] + scale * rng.normal(0, 1, (n, 2))
    points[0] += far * scale
    outliers = np.arange(n) % 20 == 0
    rows = figures_rows.Rows(points, clusters, np.arange(n) % 9 > 0, outliers)
    covariances = np.broadcast_to(scale**2 * np.eye(2), (3, 2, 2)).copy()
    return rows, Parameters.trusted(np.full(3, 1 / 3), means, covariances)


@pytest.mark.parametrize("scale", [1.0, 1e-120, 1e120])
@pytest.mark.parametrize("n", [12, 3000, 50_000])
def test_a_scatter_is_small_however_many_rows_there_are(n: int, scale: float):
    rows, parameters = made(n, scale=scale)
    scatter = figures_rows.scatter(rows, parameters, LOOKS, ("x", "y"))
    svg = scatter.drawing.svg(name="what")
    assert len(svg) < 220_000 and "nan" not in svg and "inf" not in svg
    assert scatter.as_cells == (n > figures_rows.MOST_MARKS)
    assert scatter.n_outside == 0
    root = ElementTree.fromstring(svg)
    assert root.get("aria-label") == "what"
    for text in root.iter(f"{SVG}text"):
        assert 0 <= float(text.get("x")) <= scatter.drawing.width
        assert 0 <= float(text.get("y")) <= scatter.drawing.height


def test_a_row_very_far_out_does_not_squeeze_the_others():
    rows, parameters = made(300, far=1e6)
    assert figures_rows.scatter(rows, parameters, LOOKS, ("x", "y")).n_outside == 1


def test_every_row_has_its_mark():
    rows, parameters = made(300)
    svg = figures_rows.scatter(rows, parameters, LOOKS, ("x", "y")).drawing.svg()
    root = ElementTree.fromstring(svg)
    paths = [p.get("d") for p in root.iter(f"{SVG}path")]
    starts = sum(d.count("M") for d in paths if d)
    n_ellipses = 2 * 2 * 3  # two of each cluster, cased
    assert starts == 3 + 300 + n_ellipses  # the key, the rows with the crosses among them


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=40), st.floats(-3, 3))
def test_bars_stay_in_their_picture(counts: list[int], at: float):
    edges = np.linspace(-2.0, 2.0, len(counts) + 1)
    drawn = histogram(edges, np.array(counts), "value", Limit(at, "marked", "not"), counted=True)
    for rect in ElementTree.fromstring(drawn.svg()).iter(f"{SVG}rect"):
        y, height = float(rect.get("y")), float(rect.get("height"))
        assert y >= 0 and y + height <= drawn.height and height >= 0


@given(st.floats(-1e6, 1e6), st.floats(1e-6, 1e6))
def test_a_profile_is_drawn_for_any_numbers(mean: float, deviation: float):
    means = (mean, mean + deviation, mean - 5 * deviation)
    strip = Strip("a<b>&" * 30, mean - deviation, mean + deviation, means, (deviation,) * 3)
    svg = profile([strip] * 3, LOOKS, 1).svg()
    assert "nan" not in svg
    ElementTree.fromstring(svg)


@given(st.text(max_size=80), st.floats(20, 300))
def test_shortened_words_fit(words: str, room: float):
    assert width_of(shortened(words, room)) <= max(room, width_of("…"))


@given(st.floats(-1e5, 1e5))
def test_coordinates_are_short_and_near(value: float):
    assert abs(float(number(value)) - value) <= 0.005 + 1e-9
    assert len(number(value)) <= 10


def test_what_sets_clusters_apart_does_not_depend_on_the_units():
    rng = np.random.default_rng(4)
    means = rng.normal(0, 3, (4, 5))
    spread = rng.normal(0, 1, (4, 5, 5))
    covariances = spread @ spread.transpose(0, 2, 1) + np.eye(5)
    weights = np.array([0.4, 0.3, 0.2, 0.1])
    one = Parameters(weights, means, covariances)
    units = np.array([1e-60, 1.0, 1e3, 1e60, 7.0])
    other = Parameters(weights, means * units, covariances * np.outer(units, units))
    assert np.allclose(apart(one).differences, apart(other).differences)
    assert telling_columns(one) == telling_columns(other)
    best, told = (0, 1), -1.0
    centre = weights @ means
    for a in range(5):
        for b in range(a + 1, 5):
            ab = [a, b]
            within = np.einsum("k,kij->ij", weights, covariances)[np.ix_(ab, ab)]
            off = (means - centre)[:, ab]
            between = (off * weights[:, None]).T @ off
            trace = np.trace(np.linalg.inv(within) @ between)
            if trace > told:
                best, told = (a, b), trace
    assert telling_columns(one) == best


def test_only_clear_differences_are_told():
    assert strongest(np.array([0.1, -3.0, 0.9, 2.0, 1.5])) == (1, 3, 4)
    assert strongest(np.array([0.1, -0.5])) == (1,)
    assert strongest(np.array([0.1, -0.05])) == ()


def test_signs_are_alike_to_nobody():
    drawn = {sign(Look("A", "A", "#000000", k)).elements for k in range(8)}
    assert len(drawn) == 8
