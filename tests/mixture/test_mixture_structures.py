"""What is to be said of the fourteen structures: names, parameters, the largest K, pictures."""

from itertools import combinations

import numpy as np
import pytest

from gmmstudio.mixture import MixtureError, fit
from gmmstudio.mixture.collapse import MIN_RATIO, thinnest
from gmmstudio.mixture.pictures import picture
from gmmstudio.mixture.scaling import standardise
from gmmstudio.mixture.structures import (
    ALL,
    SHAPES,
    STRUCTURES,
    canonical,
    largest_components,
    resolve,
    why_largest,
)

# --------------------------------------------------------------------- what they are called


def test_parameters_are_counted_as_celeux_and_govaert_do():
    counted = [STRUCTURES[name].n_parameters(3, 3) for name in ALL]
    assert counted == [12, 14, 14, 16, 18, 20, 17, 19, 21, 23, 23, 25, 27, 29]


def test_every_structure_says_what_it_is():
    words = [s.words for s in STRUCTURES.values()]
    assert len(set(words)) == len(words) == 16
    assert len({s.sentence for s in STRUCTURES.values()}) == 16
    assert len({s.formula for s in STRUCTURES.values()}) == 16
    assert [STRUCTURES[s].words for s in SHAPES] == ["spherical", "diagonal", "tied", "full"]
    assert STRUCTURES["VEV"].formula == "Σ_k = λ_k D_k A D_kᵀ"
    assert STRUCTURES["EII"].formula == "Σ_k = λ I"
    assert STRUCTURES["VVI"].formula == "Σ_k = λ_k A_k"
    for s in STRUCTURES.values():
        assert s.words == s.words.strip().lower()
        assert s.sentence[0].islower()
        assert not s.sentence.endswith(".")


@pytest.mark.parametrize("name", STRUCTURES)
def test_letters_and_words_mean_the_structure_however_they_are_written(name):
    words = STRUCTURES[name].words
    written = (name, name.lower(), words, words.upper(), words.replace(" ", "-"), f" {words} ")
    assert {canonical(w) for w in written} == {name}


@pytest.mark.parametrize(
    ("misspelt", "meant"),
    [("EVX", "EV"), ("fulll", "full"), ("diagnal", "“diagonal” (VVI)"), ("allinged", "(VVE)"),
     ("scaled rotate", "(VEV)"), ("tide", "tied")],
)  # fmt: skip
def test_what_is_misspelt_is_asked_back(misspelt, meant):
    with pytest.raises(MixtureError, match="Did you mean") as refusal:
        canonical(misspelt)
    assert meant in str(refusal.value).split("Did you mean")[1].split("?")[0]


def test_in_one_column_the_first_letter_decides():
    for name in ALL:
        assert resolve(name, 1).name == name[0]
        assert resolve(name, 2).name == name
        assert resolve(STRUCTURES[name].words, 1).name == name[0]
    with pytest.raises(MixtureError, match="one column"):
        resolve("E", 2)
    for name in ("E", "V"):
        N, W = np.array([1.0, 2.0, 5.0]), np.array([4.0, 2.0, 10.0]).reshape(3, 1, 1)
        variances = resolve(name, 1).update(N, W, None)[0].ravel()
        np.testing.assert_allclose(variances, {"E": [2.0, 2.0, 2.0], "V": [4.0, 1.0, 2.0]}[name])
        assert resolve(name, 1).n_covariance_parameters(3, 1) == {"E": 1, "V": 3}[name]


# ----------------------------------------------------------------------- how many clusters


def ways(n, K):
    """All ways to give n rows to K components."""
    for bars in combinations(range(1, n), K - 1):
        yield np.diff([0, *bars, n])


@pytest.mark.parametrize("d", [1, 2, 3])
@pytest.mark.parametrize("name", ALL)
def test_the_largest_k_is_the_largest_that_some_labels_can_carry(name, d):
    """Tried out on rows drawn at random; with fewer rows no labels give regular covariances."""
    structure, rng = resolve(name, d), np.random.default_rng(0)

    def can(n, K):
        x = rng.normal(size=(n, d))
        data = standardise(np.concatenate([x, rng.normal(size=(50, d))]))
        for sizes in ways(n, K):
            labels = np.repeat(np.arange(K), sizes)
            W = np.stack([np.cov(x[labels == k].T, bias=True, aweights=None).reshape(d, d) * s
                          if s > 1 else np.zeros((d, d)) for k, s in enumerate(sizes)])  # fmt: skip
            covariances, _ = structure.update(sizes.astype(float), W, None)
            if thinnest(covariances, data)[1] > MIN_RATIO:
                return True
        return False

    for K in (1, 2, 3):
        enough = structure.least_rows_in_all(K, d)
        assert can(enough, K)
        assert not can(enough - 1, K) or enough - 1 < K
        assert largest_components(structure, enough, d) >= K
        assert largest_components(structure, enough - 1, d) == max(1, K - 1)


@pytest.mark.parametrize(
    ("name", "n", "d", "says"),
    [
        ("VVV", 29, 4, "At most 5 clusters: in 4 columns, a full cluster needs 5 different rows, "
         "and there are 29. A simpler shape or fewer columns allow more."),
        ("VII", 9, 2, "At most 4 clusters: a spherical cluster needs 2 different rows, and there "
         "are 9."),
        ("EVI", 4, 2, "At most 2 clusters: an equal-volume diagonal cluster needs 2 different "
         "rows, and there are 4."),
        ("EEE", 9, 2, "At most 7 clusters: the tied shape needs 2 different rows more than "
         "clusters, and there are 9."),
        ("EII", 3, 2, "At most 2 clusters: the tied spherical shape needs one different row more "
         "than clusters, and there are 3."),
        ("VEV", 9, 2, "At most 4 clusters: one scaled rotated cluster needs 3 different rows, "
         "every other 2, and there are 9."),
        ("V", 5, 1, "At most 2 clusters: a cluster needs 2 different rows, and there are 5."),
        ("E", 1, 1, "At most 1 cluster: equal variance needs one different row more than clusters, "
         "and there is 1."),
    ],
)  # fmt: skip
def test_the_largest_k_is_explained(name, n, d, says):
    assert why_largest(STRUCTURES[name], n, d) == says


def test_every_largest_k_is_explained():
    for structure in STRUCTURES.values():
        for d in (1,) if len(structure.name) == 1 else (2, 3, 8):
            for n in range(1, 40):
                K = largest_components(structure, n, d)
                assert K == 1 or structure.least_rows_in_all(K, d) <= n
                assert structure.least_rows_in_all(K + 1, d) > n
                said = why_largest(structure, n, d)
                assert said.startswith(f"At most {K} cluster")
                assert said.endswith(".")


# ------------------------------------------------------------------------------- pictures


@pytest.mark.parametrize("name", ALL)
def test_a_picture_shows_what_the_letters_say(name):
    first, second = picture(name)
    volume, shape, orientation = tuple(name)
    areas = first.a * first.b, second.a * second.b
    assert (max(areas) < 1.02 * min(areas)) == (volume == "E")
    elongations = first.a / first.b, second.a / second.b
    assert (abs(elongations[0] - elongations[1]) < 0.02) == (shape != "V")
    assert (elongations == (1.0, 1.0)) == (shape == "I")
    assert (first.tilt == second.tilt) == (orientation != "V")
    if orientation == "I":
        assert first.tilt == second.tilt == 0.0
    for blob in (first, second):
        tilt = np.radians(blob.tilt)
        reach_x = np.hypot(blob.a * np.cos(tilt), blob.b * np.sin(tilt))
        reach_y = np.hypot(blob.a * np.sin(tilt), blob.b * np.cos(tilt))
        assert reach_x <= blob.x <= 40.0 - reach_x
        assert reach_y <= blob.y + 0.5 <= 25.0 - reach_y


def test_fits_carry_the_structure():
    x = np.random.default_rng(0).normal(size=(60, 2))
    f = fit(x, 2, "scaled rotated", tries=1)
    assert f.structure == "VEV"
    assert f.n_parameters == STRUCTURES["VEV"].n_parameters(2, 2)
