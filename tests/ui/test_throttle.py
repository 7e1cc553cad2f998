"""A throttle is due at once, then rarely, and always once more after what came last."""

from __future__ import annotations

import time

import numpy as np
import pytest

from gmmstudio.ui import throttle
from gmmstudio.ui.throttle import SECONDS, SETTLED_SECONDS, Throttle


@pytest.fixture
def limiter(qapp):
    made = Throttle()
    yield made
    made.now()


@pytest.fixture
def heard(limiter):
    times = []
    limiter.due.connect(lambda: times.append(time.monotonic()))
    return times


def test_the_first_is_due_at_once(limiter, heard):
    limiter.soon()
    assert len(heard) == 1
    assert not limiter.waits


def test_a_stream_is_due_rarely_and_once_after_its_end(limiter, heard, qtbot):
    ends = time.monotonic() + 3.5 * SECONDS
    while time.monotonic() < ends:
        limiter.soon()
        qtbot.wait(5)
    limiter.soon()
    last = time.monotonic()
    qtbot.waitUntil(lambda: not limiter.waits, timeout=2000)
    assert heard[-1] >= last
    assert 3 <= len(heard) <= 5
    assert np.diff(heard).min() >= 0.9 * SECONDS  # a timer of Qt's may be 5 % early


def test_what_may_be_the_last_does_not_wait_for_all_of_the_rest(limiter, qtbot, monkeypatch):
    monkeypatch.setattr(throttle, "SECONDS", 60.0)
    limiter.now()
    said = []
    limiter.due.connect(lambda: said.append(1))
    for _ in range(3):
        limiter.soon(settles=True)
    assert limiter.waits and not said
    qtbot.waitUntil(lambda: said == [1], timeout=round(1000 * (SETTLED_SECONDS + 2)))
    assert not limiter.waits


def test_now_is_now_and_leaves_nothing_to_come(limiter, heard):
    limiter.soon()
    limiter.soon()
    assert limiter.waits
    limiter.now()
    assert len(heard) == 2 and not limiter.waits
