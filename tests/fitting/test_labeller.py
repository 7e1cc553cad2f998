"""Questions off the caller's thread: the latest wins, the answer knows its number."""

from __future__ import annotations

import logging
import threading
import time

import numpy as np
import pytest

from gmmstudio.fitting import Labeller, Latest
from gmmstudio.mixture.parameters import Parameters
from gmmstudio.mixture.scores import score


@pytest.fixture
def latest():
    latest = Latest()
    yield latest
    assert latest.close(10)


def test_no_thread_before_the_first_question(latest):
    assert latest.answer is None
    assert not latest.busy
    assert latest._thread is None


def test_the_latest_question_wins_and_none_is_broken_off(latest, until):
    go_on, asked = threading.Event(), []

    def question(number):
        def answer(should_stop):
            asked.append(number)
            assert go_on.wait(10)
            return number * 10

        return answer

    latest.put(1, question(1))
    until(lambda: asked == [1])
    for number in range(2, 9):
        latest.put(number, question(number))
    assert latest.busy
    go_on.set()
    until(lambda: latest.answer is not None and latest.answer.number == 8)
    assert latest.answer.value == 80
    assert asked == [1, 8]
    until(lambda: not latest.busy)


def test_putting_never_waits(latest):
    go_on = threading.Event()
    began = time.perf_counter()
    for number in range(100):
        latest.put(number, lambda should_stop: go_on.wait(10))
    assert time.perf_counter() - began < 1
    go_on.set()


def test_an_error_is_an_answer_and_the_thread_lives_on(latest, until, caplog):
    def fail(should_stop):
        raise ValueError("no")

    with caplog.at_level(logging.ERROR):
        latest.put(1, fail)
        until(lambda: latest.answer is not None)
    assert latest.answer.value is None
    assert str(latest.answer.error) == "no"
    latest.put(2, lambda should_stop: "well")
    until(lambda: latest.answer.number == 2)
    assert latest.answer.value == "well"
    assert latest.answer.error is None


def test_close_breaks_off_and_may_be_called_again(until):
    latest, began = Latest(), threading.Event()

    def question(should_stop):
        began.set()
        while not should_stop():
            time.sleep(0.001)
        raise RuntimeError("stopped")

    latest.put(1, question)
    assert began.wait(10)
    assert latest.close(10)
    assert latest.close()
    latest.put(2, question)  # a late question is not an error
    assert latest.answer is None


def test_labels_rows_under_any_parameters(until):
    x = np.random.default_rng(0).normal(size=(500, 2))
    labeller, rows = Labeller(), np.arange(0, 500, 3)
    for number, gap in enumerate((1.0, 3.0)):
        parameters = Parameters(
            np.array([0.5, 0.5]), np.array([[0, 0], [gap, 0]]), np.tile(np.eye(2), (2, 1, 1))
        )
        labeller.ask(number, parameters, x, rows)
        until(lambda n=number: labeller.answer is not None and labeller.answer.number == n)
        watched = labeller.answer.value
        assert watched.number == number
        assert watched.rows is rows
        assert (watched.labels == score(x[rows], parameters).labels).all()
    assert labeller.close(10)
