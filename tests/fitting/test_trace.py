"""The trace: bounded, true, first and last always there."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gmmstudio.fitting.trace import LIMIT, Trace, weight
from gmmstudio.mixture.em import Iteration
from gmmstudio.mixture.parameters import Parameters


def parameters(k=2, d=2, value=0.0):
    return Parameters(np.full(k, 1 / k), np.full((k, d), value), np.tile(np.eye(d), (k, 1, 1)))


SMALL = parameters()


def iteration(number, attempt=1, what=SMALL, n_rows=100):
    return Iteration(number, what, -1000.0 + number / 10, attempt, n_rows)


ONE = weight(iteration(0))


def filled(lengths, limit):
    trace = Trace(limit)
    for attempt, length in enumerate(lengths, start=1):
        for number in range(length):
            trace.append(iteration(number, attempt))
    return trace


def test_everything_is_kept_within_the_bound():
    trace = filled([5, 1, 30], LIMIT)
    assert [t.attempt for t in trace.tracks] == [1, 2, 3]
    assert [len(t.iterations) for t in trace.tracks] == [5, 1, 30]
    assert not any(t.thinned for t in trace.tracks)


@given(st.lists(st.integers(1, 120), min_size=1, max_size=6), st.integers(14, 60))
def test_laws(lengths, room):
    """Bounded; first, last and all log-likelihoods kept; what is kept is in order."""
    trace = filled(lengths, room * ONE)
    assert trace.n_bytes <= room * ONE
    tracks = trace.tracks
    assert sum(weight(i) for t in tracks for i in t.iterations) == trace.n_bytes
    assert [len(t.log_likelihoods) for t in tracks] == lengths
    for track, length in zip(tracks, lengths, strict=True):
        numbers = [i.number for i in track.iterations]
        assert numbers == sorted(set(numbers))
        assert (track.first, track.last) == (0, length - 1)
        assert track.thinned == (len(numbers) < length)
        assert not track.log_likelihoods.flags.writeable
        for kept in track.iterations:
            assert track.log_likelihoods[kept.number] == kept.log_likelihood


@given(st.integers(1, 90), st.integers(3, 40), st.integers(-5, 100))
def test_at_finds_the_nearest_kept_iteration(length, room, wanted):
    track = filled([length], room * ONE).tracks[0]
    found = track.at(wanted)
    assert track.iterations[track.index(wanted)] is found
    nearest = min(abs(i.number - wanted) for i in track.iterations)
    assert abs(found.number - wanted) == nearest


def test_thinning_is_even():
    track = filled([1000], 40 * ONE).tracks[0]
    gaps = np.diff([i.number for i in track.iterations])[:-1]
    assert len(set(gaps.tolist())) == 1
    assert len(track.iterations) >= 15


def test_the_bound_of_the_program_holds_for_large_models():
    large = parameters(30, 60)  # 0.9 MB an iteration
    trace = Trace()
    for number in range(200):
        trace.append(iteration(number, what=large))
    assert trace.n_bytes <= LIMIT == 64 * 2**20
    track = trace.tracks[0]
    assert track.thinned
    assert (track.first, track.last, len(track.log_likelihoods)) == (0, 199, 200)


def test_too_many_tries_lose_the_worst_not_the_best():
    trace = Trace(10 * ONE)
    for attempt in range(1, 30):
        for number in range(4):
            value = -500.0 if attempt == 13 else -1000.0 - attempt
            trace.append(Iteration(number, SMALL, value + number, attempt, 100))
    attempts = [t.attempt for t in trace.tracks]
    assert trace.n_bytes <= 10 * ONE
    assert 13 in attempts
    assert attempts[-1] == 29
    assert trace.n_dropped_tracks == 29 - len(attempts)


def test_a_snapshot_does_not_change_any_more():
    trace = Trace()
    trace.append(iteration(0))
    before = trace.tracks[0]
    for number in range(1, 500):
        trace.append(iteration(number))
    assert len(before.iterations) == len(before.log_likelihoods) == 1
    assert before.log_likelihoods[0] == -1000.0
    assert trace.tracks[0] is trace.tracks[0]  # nothing is copied while nothing happens


def test_reader_and_writer_at_once():
    trace, done = Trace(30 * ONE), threading.Event()

    def write():
        for number in range(4000):
            trace.append(iteration(number))
        done.set()

    writer = threading.Thread(target=write)
    writer.start()
    while not done.is_set():
        for track in trace.tracks:
            assert track.first == 0
            assert len(track.log_likelihoods) == track.last + 1
    writer.join()


def test_log_likelihoods_survive_growth():
    trace = filled([777], LIMIT)
    expected = -1000.0 + np.arange(777) / 10
    assert trace.tracks[0].log_likelihoods == pytest.approx(expected, abs=0)
