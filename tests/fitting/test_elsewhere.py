"""Climbing in another process: the same numbers, the same laws, and nothing is left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import numpy as np
import pytest

from gmmstudio.fitting import Runner, Watch, elsewhere, label_rows
from gmmstudio.fitting.elsewhere import Elsewhere
from gmmstudio.fitting.helper import Question
from gmmstudio.mixture.em import Iteration
from gmmstudio.mixture.errors import Cancelled, MixtureError
from gmmstudio.mixture.search import reopen, search
from gmmstudio.mixture.spec import Spec

SLOW = Spec(3, start="random", tries=1, tol=0.0, max_iter=100_000)


@pytest.fixture(scope="module")
def x():
    rng = np.random.default_rng(3)
    return rng.normal(size=(3000, 2)) + rng.normal(scale=3, size=(3, 2))[rng.integers(3, size=3000)]


@pytest.fixture
def there():
    there = Elsewhere()
    yield there
    there.close()


class Climb:
    """A job of the runner, as the window's is."""

    def __init__(self, there, x, spec=SLOW):
        self.there, self.x, self.spec, self.begin = there, x, spec, there.begin

    def __call__(self, should_stop):
        return climb(self.there, self.x, self.spec, should_stop)


def climb(there, x, spec, should_stop=lambda: False, method=search, weights=None):
    asked = {"weights": weights, "units": None, "should_stop": should_stop}
    return there.climb(method, x, *(spec if isinstance(spec, tuple) else (spec,)), **asked)


def run(frames):
    seen = []
    while True:
        try:
            seen.append(next(frames))
        except StopIteration as end:
            return seen, end.value


def same(one: Iteration, other: Iteration) -> bool:
    return (
        (one.number, one.attempt, one.n_rows, one.log_likelihood)
        == (other.number, other.attempt, other.n_rows, other.log_likelihood)
        and np.array_equal(one.parameters.means, other.parameters.means)
        and np.array_equal(one.parameters.covariances, other.parameters.covariances)
        and np.array_equal(one.parameters.weights, other.parameters.weights)
    )


@pytest.mark.parametrize("order", ["C", "F"])
def test_every_iteration_is_the_one_made_here(there, x, order):
    x = np.array(x, order=order)
    counts = np.random.default_rng(1).integers(1, 4, size=len(x)).astype(float)
    spec = Spec(3, "VVI", tries=3)
    frames, fit = run(climb(there, x, spec, weights=counts))
    here, expected = run(search(x, spec, weights=counts))
    assert len(frames) == len(here)
    assert all(map(same, frames, here))
    assert (fit.log_likelihood, fit.ended, fit.bic) == (
        expected.log_likelihood,
        expected.ended,
        expected.bic,
    )
    assert np.array_equal(fit.history, expected.history)
    assert [a.log_likelihood for a in fit.attempts] == [a.log_likelihood for a in expected.attempts]
    for array in (fit.parameters.means, fit.parameters.weights, frames[0].parameters.covariances):
        assert not array.flags.writeable


def test_the_rows_are_sent_once(there, x, monkeypatch):
    sent = []
    say = elsewhere._Process.say

    def noted(process, message):
        if isinstance(message, Question):
            sent.append(message.x)
        say(process, message)

    monkeypatch.setattr(elsewhere._Process, "say", noted)
    _, fit = run(climb(there, x, Spec(2, tries=2)))
    _, opened = run(climb(there, x, (fit, 2), method=reopen))
    assert opened.n_rows == len(x)
    other = x[:2000]
    _, last = run(climb(there, other, Spec(2, tries=2)))
    assert last.n_rows == 2000
    assert sent[0] is x
    assert sent[1] is None
    assert sent[2] is other
    there.rest()  # and the rows it held are gone
    there.warm_up()
    run(climb(there, other, Spec(2, tries=2)))
    assert sent[3] is other


def test_a_refusal_is_the_same_sentence(there, x):
    with pytest.raises(MixtureError) as here:
        next(search(x[:2], Spec(5)))
    with pytest.raises(MixtureError) as there_:
        next(climb(there, x[:2], Spec(5)))
    assert str(there_.value) == str(here.value)
    assert run(climb(there, x, Spec(2, tries=1)))[1].converged, "and it goes on answering"


def test_a_fault_of_the_program_is_raised_here(there, x, caplog):
    with pytest.raises(TypeError):
        next(climb(there, x, (SLOW, "one too many")))
    assert "Traceback" in caplog.text
    assert run(climb(there, x, Spec(2, tries=1)))[1].converged


def test_budgets_are_used_up_exactly_and_a_pause_holds(there, x, until):
    runner = Runner()
    runner.start(Climb(there, x), budget=3, watch=Watch(1, np.arange(500), label_rows(x)))
    until(lambda: runner.status.state == "paused")
    assert (runner.status.n_frames, runner.status.frame.number) == (3, 2)
    runner.step()
    until(lambda: runner.status.state == "paused")
    assert runner.status.frame.number == 3
    runner.resume()
    until(lambda: runner.status.n_frames > 20)
    runner.pause()
    until(lambda: runner.status.state == "paused")
    shown = runner.status
    time.sleep(0.1)
    assert runner.status.n_frames == shown.n_frames
    assert shown.watched is not None, "what rests is labelled"
    runner.cancel()
    assert runner.wait(10)
    ended = runner.status
    assert ended.state == "cancelled"
    assert ended.result.ended == "cancelled"
    assert ended.result.n_iterations == shown.frame.number, "what was shown is what is kept"
    assert ended.result.log_likelihood == shown.frame.log_likelihood
    assert [t.last for t in runner.trace.tracks] == [shown.frame.number]
    assert runner.close(10)


def test_frames_that_take_their_time_are_all_seen():
    class Uneven:
        """Frames made elsewhere: 50 ms each on the average, every other one right after another."""

        def begin(self):
            return True

        def __call__(self, should_stop):
            for number in range(20):
                time.sleep(0.0 if number % 2 else 0.1)
                yield number

    runner, seen = Runner(), []
    runner.start(Uneven(), watch=Watch(1, np.arange(5), lambda frame, rows, stop: (rows, rows)))
    while runner.status.active:
        frame = runner.status.frame
        if frame is not None and frame not in seen[-1:]:
            seen.append(frame)
        time.sleep(0.012)
    assert seen[4:] == list(range(seen[4], 19)) or seen[4:] == list(range(seen[4], 20))
    assert runner.close(10)


def test_a_free_run_is_cancelled_in_the_middle_of_an_iteration(there):
    rng = np.random.default_rng(0)
    many = rng.normal(size=(400_000, 6))
    runner = Runner()
    runner.start(Climb(there, many, Spec(8, start="random", tries=1, tol=0.0, max_iter=10**5)))
    deadline = time.monotonic() + 30
    while runner.status.n_frames < 30:
        assert time.monotonic() < deadline
        time.sleep(0.005)
    runner.cancel()
    assert runner.wait(10)
    status = runner.status
    assert status.state == "cancelled"
    assert status.result.ended == "cancelled"
    assert status.result.log_likelihood == status.frame.log_likelihood
    assert runner.close(10)


def test_cancelled_before_anything_was_made(there, x):
    with pytest.raises(Cancelled):
        next(climb(there, x, SLOW, should_stop=lambda: True))


def test_a_new_run_waits_for_the_one_before(there, x, until):
    runner = Runner()
    runner.start(Climb(there, x), budget=5)
    until(lambda: runner.status.state == "paused")
    runner.start(Climb(there, x, Spec(2, tries=1)))
    assert runner.wait(10)
    assert runner.status.state == "finished"
    assert runner.status.result.n_components == 2
    assert runner.close(10)


def test_left_in_the_middle_the_next_one_starts_clean(there, x):
    frames = climb(there, x, SLOW)
    assert [next(frames).number for _ in range(3)] == [0, 1, 2]
    frames.close()
    frames, fit = run(climb(there, x, Spec(2, tries=1)))
    assert fit.converged
    assert [f.number for f in frames] == list(range(len(frames)))


def test_a_process_that_the_system_ends_is_a_sentence_and_the_next_fit_works(there, x):
    frames = climb(there, x, SLOW)
    next(frames)
    os.kill(there._process._process.pid, signal.SIGTERM)
    with pytest.raises(MixtureError, match=r"memory ran out.*fit again"):
        for _ in range(10_000):
            next(frames)
    assert run(climb(there, x, Spec(2, tries=1)))[1].converged


def test_without_a_process_it_climbs_here(there, x, monkeypatch, caplog):
    def refused(*args, **kwargs):
        raise OSError("no more processes")

    monkeypatch.setattr(elsewhere.own_process, "start", refused)
    there.warm_up()
    frames, fit = run(climb(there, x, Spec(2, tries=1)))
    assert fit.converged
    assert all(map(same, frames, run(search(x, Spec(2, tries=1)))[0]))
    assert not there.begin(), "there is nobody to begin"
    assert "No process could be started" in caplog.text


def test_closing_ends_the_process_at_once(x):
    there = Elsewhere()
    there.warm_up()
    process = there._process._process
    there.close()
    assert process.poll() is not None
    there.close()
    with pytest.raises(Cancelled):
        next(climb(there, x, SLOW))


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no SIGKILL on this system")
def test_the_process_does_not_outlive_the_program(until):
    program = textwrap.dedent(
        """
        import time, numpy as np
        from gmmstudio.fitting.elsewhere import Elsewhere
        from gmmstudio.mixture.search import search
        from gmmstudio.mixture.spec import Spec
        there = Elsewhere()
        x = np.random.default_rng(0).normal(size=(2000, 2))
        spec = Spec(3, tries=1, tol=0.0, max_iter=10**6)
        frames = there.climb(search, x, spec, weights=None, units=None, should_stop=lambda: False)
        next(frames)
        print(there._process._process.pid, flush=True)
        time.sleep(60)
        """
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as parent:
        helper = int(parent.stdout.readline())
        os.kill(helper, 0)  # it is there
        parent.kill()

    def gone():
        try:
            os.kill(helper, 0)
        except ProcessLookupError:
            return True
        # A zombie that nobody waits for is gone as well.
        return Path(f"/proc/{helper}/stat").read_text().split()[2] == "Z"

    until(gone)
