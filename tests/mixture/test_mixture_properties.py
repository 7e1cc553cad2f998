"""What is asked of any mixture, asked of every structure and every start.

After the catalogue of properties that scikit-learn tests its mixtures for. Whatever NumPy would
warn of raises here.
"""

import numpy as np
import pytest
from mixture_cases import clusters, equal, is_finite
from scipy.special import logsumexp
from scipy.stats import multivariate_normal
from sklearn.metrics import adjusted_rand_score

from gmmstudio.mixture import STRUCTURES, MixtureError, Parameters, Spec, criteria, fit, search
from gmmstudio.mixture.scores import score

MANY_COLUMNS = [s for s in STRUCTURES if s not in ("E", "V")]
COLUMNS = dict.fromkeys(MANY_COLUMNS, 3) | {"E": 1, "V": 1}
STARTS = ("k-means++", "random", "hierarchical", "labels", "centres", "parameters")
WITH_PRIOR = ("VVV", "EEE", "VVI", "EEI", "VII", "EII", "E", "V")
COMMON_ORIENTATION = ("EVE", "VVE")

every_structure = pytest.mark.parametrize("structure", sorted(STRUCTURES))


@pytest.fixture(autouse=True)
def arithmetic_errors_raise():
    with np.errstate(divide="raise", over="raise", invalid="raise", under="ignore"):
        yield


def rows(structure, n=90, k=2, seed=0):
    """Rows of k clusters that hardly overlap, and which cluster each is of."""
    d = COLUMNS[structure]
    rng = np.random.default_rng(seed)
    which = np.arange(n) % k
    tilts = rng.normal(size=(k, d, d)) / np.sqrt(d) + 1.5 * np.eye(d)
    x = np.einsum("nab,nb->na", tilts[which], rng.normal(size=(n, d)))
    return x + 6.0 * which[:, None] * np.where(np.arange(d) % 2, -1.0, 1.0), which


def start_of(name, x, labels):
    """A start of that kind for these rows."""
    k, d = labels.max() + 1, x.shape[1]
    centres = np.stack([x[labels == j].mean(axis=0) for j in range(k)]) + 0.5
    given = {
        "labels": labels,
        "centres": centres,
        "parameters": Parameters(np.full(k, 1.0 / k), centres, np.tile(4.0 * np.eye(d), (k, 1, 1))),
    }
    return given.get(name, name)


def log_joint(x, p):
    return np.stack(
        [
            np.log(w) + multivariate_normal(m, C).logpdf(x).reshape(len(x))
            for w, m, C in zip(p.weights, p.means, p.covariances, strict=True)
        ],
        axis=1,
    )


def belongs(structure, covariances, rtol=1e-6):
    """Check Σ_k = λ_k D_k A_k D_kᵀ letter by letter."""
    if structure in ("E", "V"):
        structure += "II"
    volume, shape, orientation = structure
    d = covariances.shape[1]
    _, log_determinants = np.linalg.slogdet(covariances)
    unit = covariances / np.exp(log_determinants / d)[:, None, None]
    size = np.abs(unit).max()
    if volume == "E":
        np.testing.assert_allclose(log_determinants, log_determinants[0], atol=rtol)
    if orientation == "I":
        assert not unit[:, ~np.eye(d, dtype=bool)].any()
    if shape == "I":
        np.testing.assert_allclose(unit, np.tile(np.eye(d), (len(unit), 1, 1)), rtol=rtol)
    if shape == "E":
        eigenvalues = np.linalg.eigvalsh(unit)
        np.testing.assert_allclose(eigenvalues, eigenvalues[[0] * len(unit)], rtol=rtol)
    if orientation == "E":
        for one in unit:
            np.testing.assert_allclose(one @ unit[0], unit[0] @ one, atol=rtol * size * size)
    if shape == "E" and orientation in "EI":
        np.testing.assert_allclose(unit, unit[[0] * len(unit)], rtol=rtol, atol=rtol * size)


def check(f, x):
    """What is true of every fit, however it ended."""
    p, k = f.parameters, f.n_components
    assert is_finite(f)
    assert f.monotone
    assert np.all(p.weights >= 0.0)
    assert p.weights.sum() == pytest.approx(1.0, abs=1e-12)
    Parameters(p.weights, p.means, p.covariances)  # checks that they are sound
    assert f.history[-1] == f.log_likelihood
    assert len(f.history) == f.n_iterations + 1
    assert (f.ended == "collapsed") == (f.collapsed is not None)
    assert f.converged == (f.ended == "converged")
    r = f.responsibilities(x)
    assert r.shape == (len(x), k)
    assert r.min() >= 0.0
    np.testing.assert_allclose(r.sum(axis=1), 1.0, rtol=1e-12)
    np.testing.assert_array_equal(f.labels(x), r.argmax(axis=1))
    if f.collapsed:
        assert f.collapsed.reason.endswith(".")


@pytest.mark.parametrize("start", STARTS)
@every_structure
def test_every_start_climbs_to_a_member_of_the_family(structure, start):
    x, labels = rows(structure)
    f = fit(x, 2, structure, start=start_of(start, x, labels), tries=2)
    check(f, x)
    assert f.converged
    belongs(structure, f.parameters.covariances)
    assert {a.start for a in f.attempts} == {start}
    assert adjusted_rand_score(labels, f.labels(x)) > 0.9
    assert np.all(np.diff(f.history) >= -1e-9 * np.abs(f.history[1:]))


@every_structure
def test_a_fit_solves_the_likelihood_equations(structure):
    """With Σ_k in the family c Σ_k is too, so Σ_k tr Σ_k⁻¹W_k = n d; for V** of each k."""
    x, labels = rows(structure, n=150, k=3)
    f = fit(x, 3, structure, start=labels, tol=1e-13, max_iter=5000)
    p, r = f.parameters, f.responsibilities(x)
    sizes = r.sum(axis=0)
    np.testing.assert_allclose(p.weights, sizes / len(x), atol=1e-4)
    np.testing.assert_allclose(p.means, r.T @ x / sizes[:, None], atol=1e-3)
    away = x[:, None] - p.means
    squares = np.einsum("nka,kab,nkb->nk", away, np.linalg.inv(p.covariances), away)
    totals = (r * squares).sum(axis=0)
    assert totals.sum() == pytest.approx(x.size, rel=1e-5)
    if structure.startswith("V"):
        np.testing.assert_allclose(totals, sizes * x.shape[1], rtol=1e-3)


@every_structure
def test_one_component_has_a_closed_form(structure):
    x, _ = rows(structure)
    d = x.shape[1]
    covariance = np.cov(x.T, bias=True).reshape(d, d)
    if structure in ("EII", "VII"):
        covariance = np.trace(covariance) / d * np.eye(d)
    elif structure.endswith("I"):
        covariance = covariance * np.eye(d)
    expected = multivariate_normal(x.mean(axis=0), covariance).logpdf(x).sum()
    for start in ("k-means++", "hierarchical", np.zeros(len(x), dtype=int)):
        f = fit(x, 1, structure, start=start)
        np.testing.assert_allclose(f.parameters.covariances[0], covariance, rtol=1e-8, atol=1e-9)
        np.testing.assert_allclose(f.parameters.means[0], x.mean(axis=0), rtol=1e-12)
        assert f.log_likelihood == pytest.approx(expected, rel=1e-11)
        assert f.converged
    from_afar = start_of("parameters", x, np.zeros(len(x), dtype=int))
    assert fit(x, 1, structure, start=from_afar).log_likelihood == pytest.approx(expected, rel=1e-8)


@every_structure
def test_log_likelihood_and_criteria_are_those_of_the_formulas(structure):
    x, labels = rows(structure, n=60)
    f = fit(x, 2, structure, start=labels, max_iter=3, tol=0.0)
    joint = log_joint(x, f.parameters)
    density = logsumexp(joint, axis=1)
    ll, p, n = density.sum(), f.n_parameters, 60
    log_max = (joint.max(axis=1) - density).sum()
    assert f.log_likelihood == pytest.approx(ll, rel=1e-11)
    assert f.log_max_responsibility == pytest.approx(log_max, rel=1e-7, abs=1e-9)
    scores = score(x, f.parameters)
    np.testing.assert_allclose(scores.log_density, density, rtol=1e-10)
    np.testing.assert_allclose(scores.max_probability, np.exp(joint.max(axis=1) - density))
    assert f.bic == pytest.approx(-2.0 * ll + p * np.log(n), rel=1e-11)
    assert f.aic == pytest.approx(-2.0 * ll + 2.0 * p, rel=1e-11)
    assert f.icl == pytest.approx(f.bic - 2.0 * log_max, rel=1e-11)
    aicc = f.aic + 2.0 * p * (p + 1) / (n - p - 1)
    assert criteria.aicc(f.log_likelihood, p, n) == pytest.approx(aicc, rel=1e-12)
    assert criteria.aicc(f.log_likelihood, p, p + 1) == np.inf
    sabic = -2.0 * ll + p * np.log((n + 2) / 24.0)
    assert criteria.sabic(f.log_likelihood, p, n) == pytest.approx(sabic, rel=1e-11)


@every_structure
def test_a_fit_is_where_a_fit_from_it_stays(structure):
    x, _ = rows(structure, k=3)
    f = fit(x, 3, structure, tries=2, tol=1e-9)
    assert f.converged
    again = fit(x, 3, structure, start=f.parameters, tol=1e-9)
    check(again, x)
    assert again.converged
    assert again.n_iterations <= 4
    assert again.log_likelihood == pytest.approx(f.log_likelihood, rel=1e-8)
    assert again.history[0] == pytest.approx(f.log_likelihood, rel=1e-11)
    np.testing.assert_allclose(again.parameters.means, f.parameters.means, atol=1e-3)
    np.testing.assert_array_equal(again.labels(x), f.labels(x))
    still = fit(x, 3, structure, start=f.parameters, max_iter=0)
    assert still.parameters is f.parameters


@every_structure
def test_a_fit_in_two_parts_is_the_fit_in_one(structure):
    x, labels = rows(structure, k=2, seed=3)
    labels = np.where(np.arange(len(x)) % 5, labels, 1 - labels)
    one = fit(x, 2, structure, start=labels, tol=0.0, max_iter=12)
    first = fit(x, 2, structure, start=labels, tol=0.0, max_iter=5)
    second = fit(x, 2, structure, start=first.parameters, tol=0.0, max_iter=7)
    if structure in COMMON_ORIENTATION:  # the order and the signs of its directions are forgotten
        assert second.log_likelihood >= first.log_likelihood
        return
    assert second.log_likelihood == pytest.approx(one.log_likelihood, rel=1e-9)
    np.testing.assert_allclose(second.history, one.history[5:], rtol=1e-9)
    np.testing.assert_allclose(second.parameters.means, one.parameters.means, atol=1e-6)


@every_structure
def test_order_of_rows_and_columns_does_not_matter(structure):
    x, labels = rows(structure, k=3, seed=1)
    rng = np.random.default_rng(0)
    order, columns = rng.permutation(len(x)), rng.permutation(x.shape[1])
    a = fit(x, 3, structure, start=labels, tol=1e-11)
    b = fit(x[order][:, columns], 3, structure, start=labels[order], tol=1e-11)
    assert b.log_likelihood == pytest.approx(a.log_likelihood, rel=1e-7)
    np.testing.assert_allclose(b.parameters.means, a.parameters.means[:, columns], atol=1e-3)
    relabelled = fit(x, 3, structure, start=2 - labels, tol=1e-11)
    assert relabelled.log_likelihood == pytest.approx(a.log_likelihood, rel=1e-7)
    np.testing.assert_allclose(relabelled.parameters.means, a.parameters.means[::-1], atol=1e-3)


@every_structure
@pytest.mark.parametrize(
    ("offset", "scale"), [(1e9, 1.0), (-1e9, 1e-8), (0.0, 1e150), (0.0, 1e-150), (1e3, 1e140)]
)
def test_shift_and_scale_change_nothing_but_the_units(structure, offset, scale):
    x, labels = rows(structure)
    x = np.round(8.0 * x) / 8.0  # eighths, so that the shift by 1e9 rounds nothing
    plain = fit(x, 2, structure, start=labels)
    moved = fit((x + offset) * scale, 2, structure, start=labels)
    assert (moved.converged, moved.monotone) == (True, True)
    expected = plain.log_likelihood - x.size * np.log(scale)
    assert moved.log_likelihood == pytest.approx(expected, rel=1e-8, abs=1e-4)
    means = moved.parameters.means / scale - offset
    np.testing.assert_allclose(means, plain.parameters.means, atol=1e-4)
    np.testing.assert_allclose(
        moved.parameters.covariances / scale / scale,
        plain.parameters.covariances,
        rtol=1e-4,
        atol=1e-4,
    )
    np.testing.assert_array_equal(moved.labels((x + offset) * scale), plain.labels(x))


@pytest.mark.parametrize("factors", [(1e100, 1.0, 1e-100), (1e-150, 1e150, 3.0)])
@pytest.mark.parametrize("structure", sorted(MANY_COLUMNS))
def test_columns_of_any_scale(structure, factors):
    """The family does not see it, or it is told the units; otherwise it refuses in a sentence."""
    x, labels = rows(structure)
    factors = np.array(factors)
    plain = fit(x, 2, structure, start=labels)
    units = None if STRUCTURES[structure].scale_free else factors
    scaled = fit(x * factors, 2, structure, start=labels, units=units)
    assert (scaled.converged, scaled.monotone) == (True, True)
    expected = plain.log_likelihood - len(x) * np.log(factors).sum()
    assert scaled.log_likelihood == pytest.approx(expected, rel=1e-7)
    means = scaled.parameters.means / factors
    np.testing.assert_allclose(means, plain.parameters.means, rtol=1e-3, atol=1e-3)
    if units is not None:
        with pytest.raises(
            MixtureError, match=r"standardise the columns or choose another shape\.$"
        ):
            fit(x * factors, 2, structure, start=labels)


@pytest.mark.parametrize("power", [3, 6, 9])
@pytest.mark.parametrize("structure", sorted(MANY_COLUMNS))
def test_columns_of_different_scale_have_no_silent_error(structure, power):
    """Families that depend on the units are other models then, but sound ones."""
    x, labels = rows(structure)
    factors = 10.0 ** (power * np.array([1.0, 0.0, -1.0]))
    f = fit(x * factors, 2, structure, start=labels)
    check(f, x * factors)
    assert f.collapsed is None
    density = score(x * factors, f.parameters).log_density
    assert density.sum() == pytest.approx(f.log_likelihood, rel=1e-9)


KINDS = {
    "float32": lambda x: x.astype(np.float32),
    "float16": lambda x: x.astype(np.float16),
    "int8": lambda x: x.astype(np.int8),
    "big-endian": lambda x: x.astype(">f8"),
    "objects": lambda x: x.astype(object),
    "Fortran order": np.asfortranarray,
    "every other row": lambda x: np.repeat(x, 2, axis=0)[::2],
    "every other column": lambda x: np.repeat(x, 2, axis=1)[:, ::2],
    "backwards": lambda x: x[::-1].copy()[::-1],
    "transposed": lambda x: x.T.copy().T,
    "tuples": lambda x: tuple(map(tuple, x.tolist())),
    "read-only": lambda x: np.frombuffer(x.tobytes()).reshape(x.shape),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("structure", ["VVV", "VEI", "V"])
def test_the_same_numbers_in_any_form(structure, kind):
    x = np.round(rows(structure)[0])
    before = x.copy()
    given = KINDS[kind](x)
    same = fit(x, 2, structure, tries=2, max_iter=20)
    f = fit(given, 2, structure, tries=2, max_iter=20)
    assert equal(f.parameters, same.parameters)
    np.testing.assert_array_equal(f.labels(given), same.labels(x))
    np.testing.assert_array_equal(x, before)


@pytest.mark.parametrize("letters", sorted(STRUCTURES))
def test_one_column_knows_only_equal_and_varying(letters):
    x, labels = rows("V")
    f = fit(x[:, 0], 2, letters, start=labels)
    assert f.structure == letters[0]
    assert f.log_likelihood == fit(x, 2, letters[0], start=labels).log_likelihood
    assert fit(x, 1, letters).bic == pytest.approx(fit(x, 1, "E").bic, rel=1e-13)


def _degenerate():
    base, _ = rows("VVV", n=40)
    rng = np.random.default_rng(3)
    coarse = rng.integers(0, 2, size=(40, 3)).astype(float)
    return {
        "a constant column": (np.c_[base, np.full(40, 5.0)], 2),
        "a large constant column": (np.c_[base, np.full(40, -1e12)], 2),
        "a column twice": (np.c_[base, base[:, 0]], 2),
        "a column and its double": (np.c_[base, 1e6 - 2.0 * base[:, 0]], 2),
        "columns that add up": (np.c_[base, base.sum(axis=1)], 2),
        "a column with one other value": (np.c_[base, np.arange(40) == 7], 2),
        "all rows equal": (np.full((9, 3), 1.5), 1),
        "two rows repeated": (np.repeat([[0.0, 0.0, 1.0], [5.0, 1.0, 2.0]], 10, axis=0), 2),
        "three rows repeated": (np.repeat(base[:3], 10, axis=0), 3),
        "a clump": (np.r_[base, np.full((15, 3), 20.0)], 3),
        "noughts and ones": (coarse, 2),
        "rounded": (np.round(base), 4),
        "one row": (base[:1], 1),
        "two rows": (base[:2], 1),
        "two rows, two components": (base[:2], 2),
        "as many components as rows": (base[:6], 6),
        "a row fewer than columns": (rng.normal(size=(4, 5)), 1),
        "more columns than rows": (rng.normal(size=(8, 12)), 2),
        "one row far away": (np.r_[base, [[1e12, -1e12, 1e12]]], 2),
        "tiny clusters far apart": (base * 1e-9 + np.repeat([[0.0], [1.0]], 20, axis=0), 2),
        "one column, coarse": (np.round(base[:, :1]), 3),
        "one column, a clump": (np.r_[base[:, :1], np.full((9, 1), 7.5)], 3),
        "noughts": (np.zeros((5, 2)), 1),
        "almost constant": (1e9 + np.spacing(1e9) * coarse, 2),
    }


DEGENERATE = _degenerate()


@pytest.mark.parametrize("case", DEGENERATE)
@pytest.mark.parametrize("structure", sorted(MANY_COLUMNS))
def test_degenerate_data_end_in_a_fit_or_a_sentence(structure, case):
    x, k = DEGENERATE[case]
    labels = np.arange(len(x)) % k
    for start, prior in (
        ("k-means++", False),
        ("hierarchical", False),
        (labels, False),
        (labels, True),
    ):
        if prior and structure not in WITH_PRIOR:
            continue
        f = fit(x, k, structure, start=start, tries=2, max_iter=25, prior=prior)
        check(f, x)
        if f.collapsed and f.collapsed.cause != "empty":
            assert len(f.collapsed.columns) > 0


@pytest.mark.parametrize("structure", sorted(MANY_COLUMNS))
def test_more_components_than_rows_are_refused(structure):
    x, _ = rows(structure, n=10)
    for few in (x[:4], np.repeat(x[:4], 5, axis=0)):
        with pytest.raises(MixtureError, match=r"4 different rows.*at most 4 components"):
            fit(few, 5, structure)


@pytest.mark.parametrize(
    ("structure", "prior"),
    [(s, False) for s in sorted(STRUCTURES)] + [(s, True) for s in WITH_PRIOR],
)
def test_a_row_of_weight_three_is_three_rows(structure, prior):
    x, labels = rows(structure, n=70)
    times = np.random.default_rng(1).integers(0, 4, size=70)
    options = {"tol": 1e-10, "prior": prior}
    weighted = fit(x, 2, structure, start=labels, weights=times, **options)
    repeated = fit(
        np.repeat(x, times, axis=0), 2, structure, start=np.repeat(labels, times), **options
    )
    assert weighted.log_prior == pytest.approx(repeated.log_prior, rel=1e-6)
    assert weighted.n_observations == times.sum()
    assert weighted.log_likelihood == pytest.approx(repeated.log_likelihood, rel=1e-9)
    assert weighted.bic == pytest.approx(repeated.bic, rel=1e-9)
    assert weighted.icl == pytest.approx(repeated.icl, rel=1e-8)
    np.testing.assert_allclose(weighted.parameters.means, repeated.parameters.means, atol=1e-5)
    np.testing.assert_allclose(
        weighted.parameters.covariances, repeated.parameters.covariances, rtol=1e-4, atol=1e-5
    )


@every_structure
@pytest.mark.parametrize("factor", [1e-6, 1e6])
def test_a_common_factor_of_the_weights_scales_the_log_likelihood(structure, factor):
    x, labels = rows(structure, n=60)
    weights = np.random.default_rng(2).uniform(0.5, 2.0, size=60)
    a = fit(x, 2, structure, start=labels, weights=weights, tol=0.0, max_iter=10)
    b = fit(x, 2, structure, start=labels, weights=factor * weights, tol=0.0, max_iter=10)
    if factor < 1.0:  # what adds to less than the rows is scaled to add to as many
        factor = 60 / weights.sum()
    assert b.log_likelihood == pytest.approx(factor * a.log_likelihood, rel=1e-10)
    np.testing.assert_allclose(b.parameters.means, a.parameters.means, rtol=1e-8)
    ones = fit(x, 2, structure, start=labels, weights=np.ones(60), tol=0.0, max_iter=10)
    none = fit(x, 2, structure, start=labels, tol=0.0, max_iter=10)
    assert ones.log_likelihood == pytest.approx(none.log_likelihood, rel=1e-12)


@pytest.mark.parametrize(
    "weights",
    [
        [1.0, 2.0],
        [-1.0] + [1.0] * 59,
        [0.0] * 60,
        [np.nan] + [1.0] * 59,
        [np.inf] + [1.0] * 59,
        ["a"] * 60,
        [[1.0]] * 60,
        [1.0 + 1.0j] * 60,
        [1.0] * 59 + [None],
    ],
)
def test_bad_weights_are_a_sentence(weights):
    with pytest.raises(MixtureError, match=r"[Ww]eight.*\.$"):
        fit(rows("VVV", n=60)[0], 2, weights=weights)


@pytest.mark.parametrize("start", ["k-means++", "random", "hierarchical"])
@every_structure
def test_same_seed_same_fit_and_more_tries_are_never_worse(structure, start):
    x, _ = rows(structure, n=60, k=3, seed=2)
    options = {"start": start, "seed": 7, "max_iter": 25}
    few, again = (fit(x, 3, structure, tries=2, **options) for _ in range(2))
    assert equal(few.parameters, again.parameters)
    np.testing.assert_array_equal(few.history, again.history)
    more = fit(x, 3, structure, tries=4, **options)
    assert more.log_likelihood >= few.log_likelihood - 1e-9 * abs(few.log_likelihood) or (
        few.collapsed is not None
    )
    drawn = 2 if start != "hierarchical" else 1
    assert [a.log_likelihood for a in few.attempts[:drawn]] == [
        a.log_likelihood for a in more.attempts[:drawn]
    ]


@every_structure
def test_number_of_threads_changes_no_bit(structure):
    x, labels = rows(structure, n=40_000)
    options = {"start": labels, "max_iter": 2, "tol": 0.0}
    one, two = (fit(x, 2, structure, threads=t, **options) for t in (1, 2))
    assert equal(one.parameters, two.parameters)
    np.testing.assert_array_equal(one.history, two.history)


@every_structure
def test_many_rows_start_on_a_sample_and_end_on_all(structure):
    x, labels = rows(structure, n=21_000)
    f = fit(x, 2, structure, tries=2, max_iter=25)
    check(f, x)
    assert (f.n_rows, f.attempts[-1].start) == (21_000, "best of the sample")
    best = max((a for a in f.attempts if a.n_rows < 21_000), key=lambda a: a.log_likelihood)
    gone_on_from = score(x, best.parameters).log_density.sum()
    assert f.history[0] == pytest.approx(gone_on_from, rel=1e-9)
    assert adjusted_rand_score(labels, f.labels(x)) > 0.9


@pytest.mark.parametrize("start", ["k-means++", "random", "hierarchical"])
def test_number_of_threads_changes_no_start(start):
    x, _ = rows("VVV", n=22_000)
    weights = np.random.default_rng(0).uniform(size=len(x))
    for w in (None, weights)[start == "hierarchical" :]:  # which takes its time
        one, two = (
            fit(x, 2, start=start, tries=2, max_iter=2, threads=t, weights=w) for t in (1, 2)
        )
        assert equal(one.parameters, two.parameters)


@pytest.mark.parametrize("start", ["k-means++", "random", "hierarchical"])
@pytest.mark.parametrize("k", [2, 5])
def test_a_start_has_as_many_different_clusters_as_asked(start, k):
    x, _ = rows("VII", n=80, k=k)
    for seed in range(6):
        first = next(search(x, Spec(k, "VII", start, tries=1, seed=seed))).parameters
        assert len(np.unique(first.means.round(9), axis=0)) == k
        assert first.weights.min() >= 1.0 / 80.0 - 1e-12
        assert np.all(np.diff(first.weights) <= 1e-12), "largest first"


@every_structure
def test_iteration_zero_is_the_m_step_of_the_labels(structure):
    x, labels = rows(structure, k=3)
    f = fit(x, 3, structure, start=labels, max_iter=0)
    for k in range(3):
        np.testing.assert_allclose(f.parameters.means[k], x[labels == k].mean(axis=0), rtol=1e-9)
    np.testing.assert_allclose(f.parameters.weights, np.bincount(labels) / len(x), rtol=1e-12)
    belongs(structure, f.parameters.covariances)
    centres = fit(x, 3, structure, start=f.parameters.means, max_iter=0)
    nearest = np.argmin(((x[:, None] - f.parameters.means) ** 2).sum(axis=2), axis=1)
    expected = fit(x, 3, structure, start=nearest, max_iter=0)
    assert centres.log_likelihood == pytest.approx(expected.log_likelihood, rel=1e-12)


def _member(structure, d, rng):
    """Covariances (2, d, d) of two components that are as different as the structure allows."""
    volume, shape, orientation = (structure + "II") if structure in ("E", "V") else structure
    turn, other = (np.linalg.qr(rng.normal(size=(d, d)))[0] for _ in range(2))
    shapes = np.array([np.geomspace(2.0, 0.5, d), np.geomspace(0.4, 2.5, d)])
    shapes = {"I": np.ones((2, d)), "E": shapes[[0, 0]], "V": shapes}[shape]
    axes = {"I": [np.eye(d)] * 2, "E": [turn, turn], "V": [turn, other]}[orientation]
    volumes = (1.0, 1.0) if volume == "E" else (1.0, 3.0)
    return np.stack([v * (D * a) @ D.T for v, a, D in zip(volumes, shapes, axes, strict=True)])


@every_structure
def test_what_made_the_rows_is_found_again(structure):
    d, n = COLUMNS[structure], 3000
    rng = np.random.default_rng(8)
    covariances = _member(structure, d, rng)
    belongs(structure, covariances)
    means = np.array([np.zeros(d), np.full(d, 7.0)])
    which = (rng.random(n) < 0.3).astype(int)
    x = np.empty((n, d))
    for k in range(2):
        x[which == k] = rng.multivariate_normal(means[k], covariances[k], size=(which == k).sum())
    f = fit(x, 2, structure, tries=2)
    assert f.converged
    np.testing.assert_allclose(f.parameters.weights, [0.7, 0.3], atol=0.03)
    np.testing.assert_allclose(f.parameters.means, means, atol=0.25)
    np.testing.assert_allclose(f.parameters.covariances, covariances, atol=0.5)
    truth = Parameters([0.7, 0.3], means, covariances)
    assert f.log_likelihood > logsumexp(log_joint(x, truth), axis=1).sum()


NESTED = {
    "EII": ["VII", "EEI"], "VII": ["VEI"], "EEI": ["VEI", "EVI", "EEE"], "VEI": ["VVI", "VEE"],
    "EVI": ["VVI", "EVE"], "VVI": ["VVE"], "EEE": ["VEE", "EVE", "EEV"], "VEE": ["VVE", "VEV"],
    "EVE": ["VVE", "EVV"], "VVE": ["VVV"], "EEV": ["VEV", "EVV"], "VEV": ["VVV"], "EVV": ["VVV"],
    "E": ["V"],
}  # fmt: skip


@pytest.mark.parametrize(("plain", "rich"), [(a, b) for a in NESTED for b in NESTED[a]])
def test_a_richer_structure_goes_on_from_a_plainer_one_and_gains(plain, rich):
    x, labels = rows(plain, k=2, seed=5)
    small = fit(x, 2, plain, start=labels)
    large = fit(x, 2, rich, start=small.parameters)
    assert large.n_parameters > small.n_parameters
    assert large.history[0] == pytest.approx(small.log_likelihood, rel=1e-11)
    assert large.monotone
    assert large.log_likelihood >= small.log_likelihood - 1e-9 * abs(small.log_likelihood)


@every_structure
def test_most_iterations_are_kept_to(structure):
    x, labels = rows(structure)
    for most in (0, 1, 4):
        f = fit(x, 2, structure, start=labels, tol=0.0, max_iter=most)
        assert (f.n_iterations, f.ended) == (most, "max_iter")
    loose, strict = (fit(x, 2, structure, start=labels, tol=t) for t in (1e-3, 1e-11))
    assert loose.n_iterations <= strict.n_iterations
    assert loose.log_likelihood <= strict.log_likelihood + 1e-9 * abs(strict.log_likelihood)


def test_clusters_in_many_columns():
    """The direct form of the kernel, with all structures."""
    x = clusters(160, 25, 2, seed=2)
    labels = (x @ np.ones(25) > np.median(x @ np.ones(25))).astype(int)
    for structure in MANY_COLUMNS:
        f = fit(x, 2, structure, start=labels, max_iter=12)
        assert f.collapsed is None
        check(f, x)
        belongs(structure, f.parameters.covariances, rtol=1e-5)
