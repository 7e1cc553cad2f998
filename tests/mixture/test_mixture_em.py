"""What EM promises, whatever the data."""

import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mixture_cases import SHAPES, clusters, equal, is_finite, table

from gmmstudio.mixture import (
    Cancelled,
    Iteration,
    MixtureError,
    Parameters,
    Spec,
    em,
    fit,
    search,
)
from gmmstudio.mixture.stopping import Stopping, gain_to_come

sizes = st.tuples(st.integers(30, 120), st.integers(1, 5), st.integers(1, 4))
shapes = st.sampled_from(SHAPES)
seeds = st.integers(0, 10_000)


def run(generator):
    frames = []
    while True:
        try:
            frames.append(next(generator))
        except StopIteration as stop:
            return frames, stop.value


def close(a: Parameters, b: Parameters, units, rtol=1e-6) -> None:
    np.testing.assert_allclose(a.weights, b.weights, atol=rtol)
    np.testing.assert_allclose(a.means / units, b.means / units, atol=rtol)
    scale = units[:, None] * units
    np.testing.assert_allclose(a.covariances / scale, b.covariances / scale, rtol=rtol, atol=rtol)


@given(sizes, shapes, seeds)
def test_log_likelihood_never_falls(size, structure, seed):
    n, d, k = size
    x = clusters(n, d, k, seed)
    f = fit(x, k, structure, tries=2, seed=seed, max_iter=60)
    assert is_finite(f)
    assert f.monotone
    assert np.all(np.diff(f.history) >= -1e-9 * np.abs(f.history[1:]))
    assert f.history[-1] == f.log_likelihood
    assert len(f.history) == f.n_iterations + 1


@given(sizes, shapes, seeds)
def test_responsibilities_add_to_one(size, structure, seed):
    n, d, k = size
    x = clusters(n, d, k, seed)
    f = fit(x, k, structure, tries=1, seed=seed, max_iter=5)
    r = f.responsibilities(x)
    assert r.shape == (n, k)
    np.testing.assert_allclose(r.sum(axis=1), 1.0, rtol=1e-12)
    np.testing.assert_array_equal(f.labels(x), r.argmax(axis=1))


@given(sizes, shapes, seeds)
def test_order_of_rows_and_columns_does_not_matter(size, structure, seed):
    n, d, k = size
    rng = np.random.default_rng(seed)
    x, labels = clusters(n, d, k, seed), rng.integers(k, size=n)
    rows, columns = rng.permutation(n), rng.permutation(d)
    options = {"tol": 0.0, "max_iter": 15}
    a = fit(x, k, structure, start=labels, **options)
    b = fit(x[rows][:, columns], k, structure, start=labels[rows], **options)
    assert a.ended == b.ended
    assert a.log_likelihood == pytest.approx(b.log_likelihood, rel=1e-9, abs=1e-6)
    if not a.collapsed:
        np.testing.assert_allclose(b.parameters.means, a.parameters.means[:, columns], atol=1e-6)


@pytest.mark.parametrize("structure", SHAPES)
@pytest.mark.parametrize("offset", [0.0, -1e8, 1e9])
@pytest.mark.parametrize("scale", [1.0, 1e8, 1e-8, 1e150, 1e-150])
def test_shift_and_scale_change_nothing_but_the_units(structure, offset, scale):
    # quarters, so that the shift by 1e9 rounds nothing
    x = np.round(4.0 * clusters(150, 3, 2, seed=3)) * 2.0
    plain = fit(x, 2, structure, seed=1, tries=3)
    moved = fit((x + offset) * scale, 2, structure, seed=1, tries=3)
    expected = plain.log_likelihood - x.size * np.log(scale)
    assert moved.log_likelihood == pytest.approx(expected, rel=1e-9, abs=1e-4)
    units = np.ones(3)
    back = (moved.parameters.means / scale) - offset
    np.testing.assert_allclose(back, plain.parameters.means, atol=1e-4)
    covariances = moved.parameters.covariances / scale / scale
    close(
        Parameters(moved.parameters.weights, back, covariances), plain.parameters, units, rtol=1e-4
    )
    np.testing.assert_array_equal(moved.labels((x + offset) * scale), plain.labels(x))


@given(sizes, shapes, seeds, st.integers(-(10**8), 10**8), st.integers(-8, 8))
def test_any_shift_and_scale_of_any_mixture(size, structure, seed, offset, power):
    n, d, k = size
    # eighths: with a whole offset below 1e8 nothing is rounded but the last step
    x = np.round(8.0 * clusters(n, d, k, seed)) / 8.0
    labels = np.random.default_rng(seed).integers(k, size=n)
    moved = (x + offset) * 10.0**power
    options = {"start": labels, "tol": 0.0, "max_iter": 8}
    a, b = fit(x, k, structure, **options), fit(moved, k, structure, **options)
    assert a.ended == b.ended
    if a.collapsed:
        return
    expected = a.log_likelihood - x.size * np.log(10.0**power)
    assert b.log_likelihood == pytest.approx(expected, rel=1e-6, abs=1e-4 * n)
    back = b.parameters.means / 10.0**power - offset
    np.testing.assert_allclose(back, a.parameters.means, atol=1e-4)


@pytest.mark.parametrize("structure", ["VVI", "EEE", "VVV"])
def test_rescaling_one_column_keeps_these_families(structure):
    x = clusters(200, 3, 2, seed=5)
    labels = (x[:, 0] > np.median(x[:, 0])).astype(int)
    factors = np.array([1e100, 1.0, 1e-100])
    a = fit(x, 2, structure, start=labels)
    b = fit(x * factors, 2, structure, start=labels)
    np.testing.assert_allclose(b.parameters.means, a.parameters.means * factors, rtol=1e-6)
    assert b.log_likelihood == pytest.approx(a.log_likelihood, rel=1e-9)


def test_the_spherical_family_depends_on_the_units():
    x = table("iris")
    labels = np.arange(150) // 50
    raw = fit(x, 3, "VII", start=labels)
    standard = fit(x, 3, "VII", start=labels, units=x.std(axis=0))
    by_hand = fit(x / x.std(axis=0), 3, "VII", start=labels)
    assert abs(raw.log_likelihood - standard.log_likelihood) > 1.0
    expected = by_hand.log_likelihood - 150 * np.log(x.std(axis=0)).sum()
    assert standard.log_likelihood == pytest.approx(expected, rel=1e-10)


@pytest.mark.parametrize("kind", [np.float32, np.int64, np.int16, np.float64])
def test_any_numbers_will_do(kind):
    x = np.round(10.0 * clusters(100, 2, 2, seed=8)).astype(kind)
    same = fit(np.asarray(x, dtype=float), 2, tries=2)
    for data in (x, np.asfortranarray(x), x[::-1][::-1], x.tolist()):
        assert equal(fit(data, 2, tries=2).parameters, same.parameters)


@pytest.mark.parametrize("d", [2, 25])
def test_number_of_threads_changes_no_bit(d):
    x = clusters(30_000, d, 3, seed=6)
    fits = [fit(x, 3, tries=2, max_iter=6, tol=0.0, threads=t) for t in (1, 2, 3)]
    assert all(equal(f.parameters, fits[0].parameters) for f in fits)
    assert len({f.log_likelihood for f in fits}) == 1
    np.testing.assert_array_equal(fits[0].history, fits[2].history)


def test_same_seed_same_fit_and_earlier_tries_stay():
    x = clusters(200, 2, 3, seed=9)
    a, b = (fit(x, 3, tries=t, seed=5) for t in (3, 6))
    assert [t.log_likelihood for t in a.attempts] == [t.log_likelihood for t in b.attempts[:3]]
    again = fit(x, 3, tries=3, seed=5)
    assert equal(a.parameters, again.parameters)


@pytest.mark.parametrize("structure", SHAPES)
@pytest.mark.parametrize("iterations", [0, 1, 17])
def test_tol_zero_runs_exactly_max_iter(structure, iterations):
    x = table("faithful")
    f = fit(x, 2, structure, tol=0.0, max_iter=iterations, tries=1)
    assert (f.n_iterations, f.ended, f.converged) == (iterations, "max_iter", False)
    assert len(f.history) == iterations + 1
    one = fit(x, 1, structure, tol=0.0, max_iter=iterations)
    assert one.n_iterations == iterations


def test_frames_are_numbered_and_true():
    x = table("faithful")
    spec = Spec(3, "VVV", tries=2, max_iter=40)
    frames, f = run(search(x, spec))
    assert all(isinstance(frame, Iteration) for frame in frames)
    for attempt in (1, 2):
        mine = [frame for frame in frames if frame.attempt == attempt]
        assert [frame.number for frame in mine] == list(range(len(mine)))
        assert mine[-1].log_likelihood == f.attempts[attempt - 1].log_likelihood
    winner = [frame for frame in frames if frame.attempt == f.attempt]
    assert winner[-1].parameters is f.parameters
    np.testing.assert_array_equal(f.history, [frame.log_likelihood for frame in winner])
    for frame in winner[::7]:
        again = fit(x, 3, start=frame.parameters, max_iter=0)
        assert again.log_likelihood == pytest.approx(frame.log_likelihood, rel=1e-12)
        assert again.parameters is frame.parameters


def test_em_is_one_start_of_the_search():
    x = table("iris")
    centres = x[[0, 60, 120]]
    _, alone = run(em(x, Spec(3, "EEE"), centres))
    assert equal(alone.parameters, fit(x, 3, "EEE", start=centres).parameters)
    assert [a.start for a in alone.attempts] == ["centres"]
    with pytest.raises(MixtureError, match="labels, centres or parameters"):
        run(em(x, Spec(3), "k-means++"))


def test_one_component_is_the_sample_mean_and_covariance():
    x = clusters(80, 4, 3, seed=2) + 1e6
    f = fit(x, 1)
    np.testing.assert_allclose(f.parameters.means[0], x.mean(axis=0), rtol=1e-14)
    np.testing.assert_allclose(f.parameters.covariances[0], np.cov(x.T, bias=True), rtol=1e-7)
    assert (f.n_iterations, f.converged, len(f.attempts)) == (0, True, 1)
    given_start = fit(x, 1, start=Parameters([1.0], [[1e6] * 4], [np.eye(4)]))
    np.testing.assert_allclose(given_start.log_likelihood, f.log_likelihood, rtol=1e-12)
    assert given_start.converged


def test_components_come_largest_first_and_given_ones_in_their_order():
    rng = np.random.default_rng(0)
    x = np.concatenate([rng.normal(size=(50, 2)), rng.normal(size=(150, 2)) + 9.0])
    assert fit(x, 2).parameters.weights[0] > 0.7
    assert fit(x, 2, start=np.repeat([0, 1], [50, 150])).parameters.weights[0] < 0.3
    assert fit(x, 2, start=[[0.0, 0.0], [9.0, 9.0]]).parameters.weights[0] < 0.3


def test_one_column_speaks_of_e_and_v():
    x = table("faithful")[:, 0]
    names = {s: fit(x, 2, s, tries=2).structure for s in (*SHAPES, "E", "V")}
    assert names == {"VII": "V", "VVI": "V", "EEE": "E", "VVV": "V", "E": "E", "V": "V"}
    f = fit(x[:, None], 2, "E", tries=2)
    assert f.parameters.covariances.shape == (2, 1, 1)
    assert f.parameters.covariances[0] == f.parameters.covariances[1]
    assert (f.n_parameters, fit(x, 2, "V", tries=2).n_parameters) == (4, 5)


@pytest.mark.parametrize("n", [300, 60_000])
def test_cancel_in_the_middle(n):
    x = clusters(n, 4, 3, seed=1)
    generator = search(x, Spec(3, tries=2, tol=0.0, max_iter=500), should_stop=lambda: stop[0])
    stop = [False]
    for _ in range(4):
        frame = next(generator)
    stop[0] = True
    began = time.perf_counter()
    frames, f = run(generator)
    assert time.perf_counter() - began < 1.0
    assert (frames, f.ended, f.converged) == ([], "cancelled", False)
    assert f.parameters is frame.parameters
    assert f.log_likelihood == frame.log_likelihood
    assert is_finite(f)
    assert len(f.attempts) == 1


@given(st.integers(1, 90))
def test_cancelled_anywhere_there_is_a_fit_of_the_last_frame(asks):
    """Starts, sample, all rows, collapse: wherever the question falls, the answer is the same."""
    x = np.concatenate([clusters(20_500, 2, 2, seed=1), np.full((40, 2), 9.0)])
    asked, frames = [], []

    def stop() -> bool:
        asked.append(None)
        return len(asked) > asks

    spec = Spec(3, "VVI", "random", tries=2, max_iter=8, tol=0.0)
    generator = search(x, spec, should_stop=stop, threads=2)
    try:
        while True:
            frames.append(next(generator))
    except Cancelled:
        assert not frames
    except StopIteration as end:
        f = end.value
        assert is_finite(f)
        if f.ended == "cancelled":
            assert f.parameters is frames[-1].parameters
            assert f.log_likelihood == frames[-1].log_likelihood
            assert len(f.history) == frames[-1].number + 1


def test_cancelled_before_anything():
    with pytest.raises(Cancelled):
        fit(clusters(50, 2, 2), 2, should_stop=lambda: True)


def test_many_rows_start_on_a_sample():
    x = clusters(25_000, 2, 3, seed=7)
    frames, f = run(search(x, Spec(3, tries=2, max_iter=30)))
    assert [a.n_rows for a in f.attempts] == [10_000, 10_000, 25_000]
    assert (f.n_rows, f.attempt) == (25_000, 3)
    assert frames[-1].n_rows == 25_000
    assert frames[0].n_rows == 10_000
    assert f.log_likelihood == frames[-1].log_likelihood
    assert f.attempts[2].start == "best of the sample"
    best = max(f.attempts[:2], key=lambda a: a.log_likelihood)
    last = [i for i in frames if i.attempt == best.number][-1]
    first = next(i for i in frames if i.attempt == 3)
    assert first.parameters is last.parameters


def test_a_sample_that_misses_the_few_other_rows_is_not_taken():
    x = np.zeros((25_000, 1))
    x[:4, 0] = [5.0, 5.1, 9.0, 9.1]
    f = fit(x, 3, "E", tries=2)
    assert [a.n_rows for a in f.attempts] == [25_000] * 2
    assert not f.collapsed
    with pytest.raises(MixtureError, match="only 5 different rows"):
        fit(x, 6, "E")


def test_aitken_waits_at_a_saddle():
    assert gain_to_come(0.5, 1.0) == pytest.approx(0.5)
    assert gain_to_come(1e-9, 0.9e-9) == np.inf
    assert gain_to_come(0.0, 1.0) == 0.0
    creeping = Stopping(1e-8)
    for t in range(200):
        creeping.add(-1000.0 + 1e-9 * 1.01**t, 1e-13)
    assert not creeping.converged
    assert creeping.monotone
    halving = Stopping(1e-8)
    steps = 0
    while not halving.converged:
        halving.add(-1000.0 * (1.0 + 0.5**steps), 1e-10)
        steps += 1
    # left = 1000 · 2⁻ᵗ < 1e-8 · 1000 from t = 27 on, and twice in a row
    assert steps == 29


def test_a_falling_log_likelihood_is_noticed():
    stopping = Stopping(1e-8)
    for value in (-10.0, -9.0, -9.5):
        stopping.add(value, 1e-9)
    assert not stopping.monotone
