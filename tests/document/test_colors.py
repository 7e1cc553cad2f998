"""Colours of clusters: their own, those they are given, and that no two are alike."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gmmstudio.document import colors
from gmmstudio.document.commands import OpenTable, RecolourCluster, SetComponents
from gmmstudio.document.document import Document
from gmmstudio.document.errors import DocumentError

hexes = st.tuples(*[st.integers(0, 255)] * 3).map(lambda rgb: "#{:02x}{:02x}{:02x}".format(*rgb))
offered = st.sampled_from([color for color, _ in colors.NAMED] + list(colors.glasbey()[:16]))


def test_figures_are_those_of_the_standards():
    assert colors.contrast("#000000", "#ffffff") == pytest.approx(21.0)
    assert colors.contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.005)  # WCAG's example
    # sRGB red is L*a*b* 53.24, 80.09, 67.20 and black the origin.
    assert colors.difference("#ff0000", "#000000") == pytest.approx(117.34, abs=0.05)
    assert colors.difference("#123456", "#123456") == 0


@pytest.mark.parametrize("dark", [False, True])
def test_fifty_clusters_have_colours_of_their_own_that_are_seen(dark):
    own = [colors.own_color(identity, dark=dark) for identity in range(50)]
    for color in own:
        assert colors.contrast(color, colors.GROUNDS[dark]) >= colors.SEEN[dark]
    assert min(colors.difference(a, b) for a, b in combinations(own, 2)) > 12


@given(hexes, st.booleans())
def test_a_colour_is_changed_only_as_far_as_it_must_be_to_be_seen(color, dark):
    ground, least = colors.GROUNDS[dark], colors.SEEN[dark]
    seen = colors.drawn(color, dark=dark)
    assert colors.contrast(seen, ground) >= least
    if colors.contrast(color, ground) >= least:
        assert seen == color
    else:
        assert colors.contrast(seen, ground) < 1.25 * least


@given(st.dictionaries(st.integers(0, 9), hexes, max_size=6), st.booleans())
def test_colours_given_displace_no_more_than_they_must(given_colors, dark):
    """All clusters look different, as long as those given look different from each other."""
    for a, b in combinations(given_colors.values(), 2):
        if any(colors.alike(*(colors.drawn(c, dark=d) for c in (a, b))) for d in (False, True)):
            return
    worn = [colors.color_of(i, given_colors, dark=dark) for i in range(10)]
    assert not any(colors.alike(a, b) for a, b in combinations(worn, 2))
    taken = any(colors.takes(c, i) for c in given_colors.values() for i in range(10))
    if not taken:
        for i in set(range(10)) - set(given_colors):
            assert worn[i] == colors.own_color(i, dark=dark)


@given(hexes)
def test_every_colour_has_words(color):
    assert colors.words(color).split()[-1].isalpha()


def test_words_are_those_people_use():
    named = {
        "#ff0000": "Red",
        "#0000ff": "Dark blue",
        "#800000": "Dark red",
        "#00ff00": "Pale green",
    }
    assert {color: colors.words(color) for color in named} == named
    assert colors.words("#56b4e9") == "Sky blue"


# ---- the command ---------------------------------------------------------------------------


def test_recolouring_is_undone_and_given_back(session, made):
    session.apply(made(session.document, n_components=3))
    session.apply(RecolourCluster(1, "#D55E00"))
    assert session.document.cluster_color(1) == "#d55e00"
    assert session.undo_label == "Colour cluster B"
    session.undo()
    assert session.document.cluster_color(1) == colors.own_color(1)
    session.redo()
    session.apply(RecolourCluster(1, None))
    assert session.document.colors == ()
    assert session.document.cluster_color(1) == colors.own_color(1)


def test_a_colour_on_the_screen_is_refused_in_words(session, made):
    session.apply(made(session.document, n_components=3))
    before = session.document
    with pytest.raises(DocumentError, match="Cluster A has this colour"):
        session.apply(RecolourCluster(1, colors.own_color(0)))
    near = "#0173b4"  # of A's blue
    with pytest.raises(DocumentError, match="hardly be told"):
        session.apply(RecolourCluster(1, near))
    with pytest.raises(DocumentError, match="is no colour"):
        session.apply(RecolourCluster(1, "blue"))
    assert session.document is before


def test_a_cluster_that_comes_back_finds_its_colour_taken_and_wears_the_other(session, made):
    session.apply(made(session.document, n_components=2))
    third = colors.own_color(2)
    session.apply(RecolourCluster(0, third))
    session.apply(SetComponents(3))
    session.apply(made(session.document))
    document = session.document
    worn = {i: document.cluster_color(i) for i in document.record.identities}
    assert worn[0] == third
    assert worn[2] == colors.own_color(0)


def test_another_table_has_no_colours(session, made, other_table):
    session.apply(made(session.document, n_components=3))
    session.apply(RecolourCluster(1, "#d55e00"))
    session.apply(OpenTable(other_table))
    assert session.document.colors == ()


def test_colours_survive_a_rerun_and_changes_of_k(session, made):
    session.apply(made(session.document, n_components=3))
    for identity, color in enumerate(("#d55e00", "#cc79a7", "#56b4e9")):
        session.apply(RecolourCluster(identity, color))

    def where():
        record = session.document.record
        means = record.fit.parameters.means[:, 0]
        return {
            session.document.cluster_color(identity): round(float(mean))
            for identity, mean in zip(record.identities, means, strict=True)
        }

    before = where()
    session.apply(made(session.document, n_components=3, seed=5))
    assert where() == before
    session.apply(SetComponents(2))
    session.apply(made(session.document))
    assert set(where()) <= set(before)
    session.apply(SetComponents(3))
    session.apply(made(session.document, seed=2))
    assert set(where()) == set(before)


@given(st.lists(st.tuples(st.integers(0, 2), st.one_of(st.none(), offered)), max_size=8))
def test_whatever_is_asked_no_two_clusters_on_the_screen_look_alike(made_document, asked):
    document: Document = made_document
    for identity, color in asked:
        try:
            document = RecolourCluster(identity, color).apply(document)
        except DocumentError:
            continue
        for dark in (False, True):
            worn = [document.cluster_color(i, dark=dark) for i in document.record.identities]
            assert not any(colors.alike(a, b) for a, b in combinations(worn, 2))


@pytest.fixture
def made_document(session, made) -> Document:
    session.apply(made(session.document, n_components=3))
    return session.document
