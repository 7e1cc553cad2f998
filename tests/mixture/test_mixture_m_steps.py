"""The M-steps of the fourteen structures: the best of their family, members of it, and safe."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.linalg import expm
from scipy.optimize import approx_fprime, minimize
from sklearn.datasets import make_spd_matrix

from gmmstudio.mixture.collapse import MIN_RATIO, thinnest
from gmmstudio.mixture.orientation import common_orientation, orientations
from gmmstudio.mixture.scaling import standardise
from gmmstudio.mixture.structures import ALL, STRUCTURES

ITERATIVE = ("VEI", "VEE", "VEV", "EVE", "VVE")
COMMON = ("EVE", "VVE")
SIZES = [(2, 2), (3, 3), (4, 4), (2, 5)]


def scatters(K, d, seed=0):
    """Sizes and scatters as an E-step leaves them."""
    rng = np.random.default_rng(seed)
    N = rng.uniform(10.0, 100.0, K)
    W = np.stack([make_spd_matrix(d, random_state=seed + k) for k in range(K)])
    return N, W * (N * rng.uniform(0.3, 3.0, K))[:, None, None]


def gain(N, W, covariances):
    """Q, what an M-step makes as large as it can be: Σ_k log-likelihood of W_k under Σ_k."""
    _, log_determinants = np.linalg.slogdet(covariances)
    traces = np.trace(np.linalg.solve(covariances, W), axis1=1, axis2=2)
    return -0.5 * float(N @ log_determinants + traces.sum())


def run_out(structure, N, W, inner=None, rounds=2000):
    """Repeat the M-step on the same scatters until it stands still."""
    covariances, before = np.zeros_like(W), -np.inf
    for _ in range(rounds):
        previous = covariances
        covariances, inner = structure.update(N, W, inner)
        now = gain(N, W, covariances)
        assert now >= before - 1e-11 * abs(now)
        if np.allclose(covariances, previous, rtol=1e-11, atol=1e-13 * covariances.max()):
            break
        before = now
    return covariances


def best(structure, N, W):
    if structure.carries != "orientation":
        return run_out(structure, N, W)
    ends = [run_out(structure, N, W, D) for _, D in orientations(W)]
    return max(ends, key=lambda covariances: gain(N, W, covariances))


def member(name, theta, K, d):
    """Σ_k of the family for any real θ: logs of volumes and shapes, D as the exponential of a skew
    matrix. Written from the meaning of the letters."""
    theta, rest = list(theta), {"I": 0, "E": 1, "V": K}

    def take(letter, size):
        parts = [[theta.pop(0) for _ in range(size)] for _ in range(rest[letter])]
        return parts * K if letter == "E" else parts or [[0.0] * size] * K

    volumes = take(name[0], 1)
    shapes = [np.append(s, -sum(s)) for s in take(name[1], d - 1)]
    turns = []
    for angles in take(name[2], d * (d - 1) // 2):
        skew = np.zeros((d, d))
        skew[np.triu_indices(d, 1)] = angles
        turns.append(expm(skew - skew.T))
    assert not theta
    return np.stack(
        [
            np.exp(v[0]) * (D * np.exp(a)) @ D.T
            for v, a, D in zip(volumes, shapes, turns, strict=True)
        ]
    )


def is_shared(values, tolerance=1e-8):
    return np.allclose(values, values[0], rtol=tolerance, atol=0.0)


# ---------------------------------------------------------------------------- the M-steps


@pytest.mark.parametrize(("K", "d"), [(1, 2), (3, 2), (2, 3), (3, 4)])
@pytest.mark.parametrize("name", ALL)
def test_the_family_has_as_many_dimensions_as_parameters_are_counted(name, K, d):
    rng = np.random.default_rng(1)
    p = STRUCTURES[name].n_covariance_parameters(K, d)
    theta = rng.normal(scale=0.6, size=p)
    jacobian = approx_fprime(theta, lambda t: member(name, t, K, d).ravel(), 1e-7)
    assert np.linalg.matrix_rank(jacobian, tol=1e-4) == p


@pytest.mark.parametrize("seed", [0, 7])
@pytest.mark.parametrize("name", ALL)
def test_no_member_of_the_family_is_better(name, seed):
    K, d = 3, 3
    N, W = scatters(K, d, seed)
    structure = STRUCTURES[name]
    reached = gain(N, W, best(structure, N, W))
    rng = np.random.default_rng(seed)

    def loss(theta):
        return -gain(N, W, member(name, theta, K, d)) / N.sum()

    p = structure.n_covariance_parameters(K, d)
    found = [minimize(loss, rng.normal(size=p), method="BFGS") for _ in range(4)]
    highest = -min(f.fun for f in found) * N.sum()
    assert reached >= highest - 1e-7 * abs(highest)
    # and the search does find it, so that the line above says something
    assert reached == pytest.approx(highest, rel=1e-5)


@pytest.mark.parametrize(("K", "d"), SIZES)
@pytest.mark.parametrize("name", ALL)
def test_the_covariances_are_of_the_family(name, K, d):
    N, W = scatters(K, d, seed=3)
    covariances = run_out(STRUCTURES[name], N, W)
    volume, shape, orientation = tuple(name)
    values = np.linalg.eigvalsh(covariances)
    assert values.min() > 0.0
    volumes = np.exp(np.log(values).mean(axis=1))
    assert is_shared(volumes) == (volume == "E")
    if orientation == "I":
        off = covariances[:, ~np.eye(d, dtype=bool)]
        assert not off.any()
        shapes = np.diagonal(covariances, axis1=1, axis2=2) / volumes[:, None]
    else:
        shapes = values / volumes[:, None]
    assert is_shared(shapes) == (shape != "V")
    assert np.allclose(shapes, 1.0) == (shape == "I")
    if orientation != "I":
        commute = [
            np.allclose(a @ b, b @ a, atol=1e-8 * np.abs(a @ b).max())
            for a, b in combinations(covariances, 2)
        ]
        assert all(commute) == (orientation == "E")


@pytest.mark.parametrize("name", ALL)
def test_one_component_is_the_covariance_as_far_as_the_family_reaches(name):
    N, W = scatters(1, 4)
    covariance = STRUCTURES[name].update(N, W, None)[0][0]
    expected = W[0] / N[0]
    if name[1] == "I":
        expected = np.eye(4) * np.trace(expected) / 4
    elif name[2] == "I":
        expected = np.diag(np.diag(expected))
    np.testing.assert_allclose(covariance, expected, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("name", ALL)
def test_components_columns_and_units_have_no_order_and_no_size(name):
    K, d = 4, 3
    N, W = scatters(K, d)
    structure = STRUCTURES[name]

    def m_step(N, W):
        return run_out(structure, N, W, np.eye(d) if name in COMMON else None)

    reference = m_step(N, W)
    order, columns = np.array([2, 0, 3, 1]), np.array([1, 2, 0])
    np.testing.assert_allclose(m_step(N[order], W[order]), reference[order], rtol=1e-6, atol=1e-9)
    moved = m_step(N, W[:, columns][:, :, columns])
    np.testing.assert_allclose(
        moved, reference[:, columns][:, :, columns], rtol=1e-5, atol=1e-6 * reference.max()
    )
    np.testing.assert_allclose(m_step(N, 1e6 * W), 1e6 * reference, rtol=1e-6, atol=1e-3)
    np.testing.assert_allclose(m_step(2.0 * N, 2.0 * W), reference, rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("name", ALL)
def test_scale_free_is_what_columns_may_be_rescaled_for(name):
    K, d = 3, 3
    N, W = scatters(K, d)
    factors = np.array([1e-3, 5.0, 200.0])
    c = np.outer(factors, factors)
    structure = STRUCTURES[name]
    there = best(structure, N, W * c) / c
    here = best(structure, N, W)
    same = np.allclose(there, here, rtol=1e-6, atol=1e-8)
    assert same == structure.scale_free


@pytest.mark.parametrize("name", [n for n in ALL if n[2] != "I" or n[1] == "I"])
def test_a_structure_with_tilts_turns_with_the_data(name):
    N, W = scatters(3, 3)
    turn = np.linalg.qr(np.random.default_rng(0).normal(size=(3, 3)))[0]
    structure = STRUCTURES[name]
    start = turn if name in COMMON else None
    there = run_out(structure, N, turn @ W @ turn.T, start)
    here = run_out(structure, N, W, None if start is None else np.eye(3))
    np.testing.assert_allclose(there, turn @ here @ turn.T, rtol=1e-5, atol=1e-6 * here.max())


@pytest.mark.parametrize("name", ITERATIVE)
def test_an_iterative_m_step_goes_on_where_the_last_one_stopped(name):
    structure = STRUCTURES[name]
    N, W = scatters(4, 3, seed=2)
    inner, before = None, -np.inf
    for _ in range(3):  # `run_out` checks that it never falls; here that each step is a step
        covariances, inner = structure.update(N, W, inner)
        again, same = structure.update(N, W, structure.inner_of(covariances))
        assert gain(N, W, covariances) > before
        assert gain(N, W, again) > gain(N, W, covariances)
        assert inner.shape == same.shape == ((4,) if structure.carries == "volumes" else (3, 3))
        before = gain(N, W, covariances)


@pytest.mark.parametrize("name", ALL)
def test_an_m_step_from_any_member_of_the_family_does_not_fall(name):
    structure = STRUCTURES[name]
    rng = np.random.default_rng(5)
    for seed in range(20):
        K, d = int(rng.integers(1, 5)), int(rng.integers(2, 6))
        N, W = scatters(K, d, seed)
        p = structure.n_covariance_parameters(K, d)
        start = member(name, rng.normal(scale=1.5, size=p), K, d)
        after, _ = structure.update(N, W, structure.inner_of(start))
        assert gain(N, W, after) >= gain(N, W, start) - 1e-9 * abs(gain(N, W, start))


def test_only_the_five_without_a_closed_form_carry_anything():
    carried = {name: STRUCTURES[name].carries for name in ALL}
    assert {name for name, what in carried.items() if what == "volumes"} == {"VEI", "VEE", "VEV"}
    assert {name for name, what in carried.items() if what == "orientation"} == set(COMMON)
    N, W = scatters(2, 2)
    for name in set(ALL) - set(ITERATIVE):
        covariances, inner = STRUCTURES[name].update(N, W, None)
        assert inner is None
        assert STRUCTURES[name].inner_of(covariances) is None


def test_diagonal_structures_read_the_diagonal_only():
    N, W = scatters(3, 4)
    upright = W * np.eye(4)
    for name in ALL:
        structure = STRUCTURES[name]
        reads_it = not np.allclose(
            structure.update(N, W, None)[0], structure.update(N, upright, None)[0]
        )
        assert structure.diagonal == (not reads_it) == (name[2] == "I")


# ---------------------------------------------------------------------- common orientation


@given(st.integers(0, 10**6), st.integers(1, 5), st.integers(2, 7))
def test_matrices_with_axes_in_common_are_seen_along_them(seed, K, d):
    rng = np.random.default_rng(seed)
    axes = np.linalg.qr(rng.normal(size=(d, d)))[0]
    sizes = np.exp(rng.normal(scale=2.0, size=(K, d)))
    matrices = np.einsum("ia,ka,ja->kij", axes, sizes, axes)
    D = common_orientation(matrices)
    np.testing.assert_allclose(D.T @ D, np.eye(d), atol=1e-13)
    seen = D.T @ matrices @ D
    scale = np.sqrt(np.einsum("kaa->ka", seen))
    off = seen / scale[:, :, None] / scale[:, None, :] - np.eye(d)
    assert np.abs(off).max() < 1e-6


def test_orientations_begin_along_columns_all_rows_and_every_cluster():
    _, W = scatters(3, 4)
    found = orientations(W)
    assert [name for name, _ in found] == [
        "columns", "all rows", "cluster 1", "cluster 2", "cluster 3"
    ]  # fmt: skip
    for matrix, (_, D) in zip([None, W.sum(axis=0), *W], found, strict=True):
        np.testing.assert_allclose(D.T @ D, np.eye(4), atol=1e-12)
        if matrix is not None:
            seen = D.T @ matrix @ D
            np.testing.assert_allclose(seen, np.diag(np.diag(seen)), atol=1e-9 * seen.max())


@pytest.mark.parametrize("name", COMMON)
def test_a_common_orientation_does_not_crawl_where_columns_differ_in_scale(name):
    N, W = scatters(3, 4)
    c = np.array([1e-4, 1.0, 1e4, 30.0])
    W = W * np.outer(c, c)
    structure = STRUCTURES[name]
    inner = np.eye(4)
    for _ in range(60):
        covariances, inner = structure.update(N, W, inner)
    assert gain(N, W, run_out(structure, N, W, inner)) - gain(N, W, covariances) < 1e-6


@pytest.mark.parametrize("name", ["EEV", "VEV"])
@pytest.mark.parametrize("spread", [1e3, 1e8, 1e14])
def test_small_columns_beside_large_ones_keep_their_digits(name, spread):
    N, W = scatters(1, 4)
    c = np.array([1.0, spread, 1.0 / spread, np.sqrt(spread)])
    graded = STRUCTURES[name].update(N, W * np.outer(c, c), None)[0] / np.outer(c, c)
    np.testing.assert_allclose(graded, W / N[:, None, None], rtol=1e-7, atol=1e-9)


# -------------------------------------------------------------------------------- guards


def degenerate(rng, K, d):
    """Scatters of any rank from none to full, of any size, with columns that may say nothing."""
    ranks = rng.integers(0, d + 3, size=K)
    parts = [rng.integers(-2, 3, size=(r, d)) if rng.random() < 0.5 else rng.normal(size=(r, d))
             for r in ranks]  # fmt: skip
    W = np.stack([p.T @ p for p in parts]).astype(float)
    W *= 10.0 ** rng.integers(-50, 50)
    if rng.random() < 0.4:
        c = 10.0 ** rng.integers(-20, 20, size=d)
        W *= np.outer(c, c)
    if rng.random() < 0.3:
        dead = rng.integers(d)
        W[:, dead] = 0.0
        W[:, :, dead] = 0.0
    N = rng.uniform(0.0, 2.0 * d, size=K) * 10.0 ** rng.integers(-6, 7)
    if rng.random() < 0.3:  # what rounding leaves of them
        noise = rng.normal(size=W.shape) * 1e-14 * np.abs(W).max()
        W = W + noise + noise.swapaxes(1, 2)
    empty = (rng.random(K) < 0.1) & (np.arange(K) > 0)
    N[empty], W[empty] = 0.0, 0.0
    return N, W


@given(st.integers(0, 10**9), st.sampled_from([*ALL, "E", "V"]))
def test_any_scatters_give_finite_covariances(seed, name):
    rng = np.random.default_rng(seed)
    K, d = int(rng.integers(1, 5)), 1 if len(name) == 1 else int(rng.integers(2, 6))
    N, W = degenerate(rng, K, d)
    structure = STRUCTURES[name]
    choices = [None]
    if structure.carries == "orientation":
        choices += [D for _, D in orientations(W)]
    for inner in choices:
        for _ in range(3):
            covariances, inner = structure.update(N, W, inner)
            assert covariances.shape == W.shape
            assert np.isfinite(covariances).all()
            assert inner is None or np.isfinite(inner).all()
            np.testing.assert_allclose(covariances, covariances.swapaxes(1, 2), rtol=1e-9)
    inner = structure.inner_of(covariances)
    assert inner is None or np.isfinite(inner).all()


SURVIVES = {
    # what one component's scatter may be, by what the structure needs of it
    "nothing": ("pooled",),
    "one direction": ("pooled", "spread", "axes"),
    "not along a column": ("pooled", "spread"),
}


@pytest.mark.parametrize("what", SURVIVES)
@pytest.mark.parametrize("d", [2, 3, 5])
@pytest.mark.parametrize("name", ALL)
def test_a_degenerate_component_is_recognised_where_it_does_harm(name, d, what):
    structure = STRUCTURES[name]
    rng = np.random.default_rng(d)
    x = rng.normal(size=(200, d)) @ rng.normal(size=(d, d))
    data = standardise(x)
    N = np.array([120.0, 60.0, 20.0])
    W = np.stack([data.correlation * n for n in N]) * rng.uniform(0.5, 1.0, 3)[:, None, None]
    W[0] *= 1.0 + 0.2 * np.eye(d)
    if what == "nothing":
        W[1] = 0.0
    elif what == "one direction":
        v = rng.normal(size=d)
        W[1] = np.outer(v, v) * N[1]
    else:
        rest = np.arange(d) > 0
        W[1] *= np.outer(rest, rest)
    if structure.carries == "orientation":
        covariances, inner = structure.update(N, W, np.eye(d))
        if what == "one direction":  # it takes D a while to find out that it can lie across
            for _ in range(300):
                covariances, inner = structure.update(N, W, inner)
    else:
        covariances, _ = structure.update(N, W, None)
    k, ratio, _ = thinnest(covariances, data)
    fatal = structure.needs not in SURVIVES[what]
    if what == "one direction" and structure.carries == "orientation":
        fatal = ratio < MIN_RATIO  # a D across it is a matter of where D began
    assert (ratio < MIN_RATIO) == fatal
    if fatal:
        assert k == 1


def test_a_flat_component_is_recognised_however_large_it_is():
    x = np.random.default_rng(0).normal(size=(50, 3))
    data = standardise(np.c_[x[:, :2], x[:, 0] + 0.1 * x[:, 2]])
    v = np.array([1.0, 2.0, 3.0])
    for size in (1e-100, 1.0, 1e100):
        k, ratio, direction = thinnest(np.stack([np.eye(3), np.outer(v, v) * size]), data)
        assert k == 1
        assert ratio < 1e-30
        assert abs(direction @ v) < 1e-12 * np.linalg.norm(v)
