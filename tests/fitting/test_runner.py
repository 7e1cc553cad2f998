"""The runner's laws: the budget holds, the mailbox is true, nothing hangs, nothing is lost."""

from __future__ import annotations

import logging
import os
import random
import sys
import threading
import time

import numpy as np
import pytest

from gmmstudio.fitting import Runner, Watch, label_rows
from gmmstudio.mixture.errors import Cancelled
from gmmstudio.mixture.search import search
from gmmstudio.mixture.spec import Spec


def counting(n, seconds=0.0):
    """A job of n frames 0, 1, …; its result says how far it came."""

    def job(should_stop):
        for number in range(n):
            if should_stop():
                return f"stopped before {number}"
            if seconds:
                time.sleep(seconds)
            yield number
        return "done"

    return job


FOR_EVER = 10**9


@pytest.fixture
def runner():
    runner = Runner()
    yield runner
    assert runner.close(10)


def settled(runner):
    return runner.status.state == "paused"


def test_idle_before_the_first_run(runner):
    status = runner.status
    assert (status.run, status.state, status.frame, status.result) == (0, "idle", None, None)
    assert not status.active
    for do_nothing in (runner.pause, runner.resume, runner.step, runner.cancel):
        do_nothing()
    runner.watch(None)
    assert runner.wait()
    assert runner.trace.tracks == ()


def test_a_run_faster_than_any_poll_is_still_seen(runner):
    assert runner.start(counting(5)) == 1
    assert runner.wait(10)
    status = runner.status
    assert (status.state, status.result, status.frame, status.n_frames) == (
        "finished",
        "done",
        4,
        5,
    )
    assert runner.status.result == "done"
    assert runner.start(counting(0)) == 2
    assert runner.wait(10)
    assert (runner.status.run, runner.status.n_frames, runner.status.frame) == (2, 0, None)


def test_status_is_frozen(runner):
    runner.start(counting(1))
    with pytest.raises(AttributeError):
        runner.status.state = "idle"


def test_starts_paused_without_touching_the_job(runner, until):
    began = threading.Event()

    def job(should_stop):
        began.set()
        yield 0

    runner.start(job, budget=0)
    until(lambda: settled(runner))
    time.sleep(0.02)
    assert not began.is_set()
    assert runner.status.n_frames == 0


@pytest.mark.parametrize("budget", [1, 3, 17])
def test_a_budget_is_used_up_exactly(runner, until, budget):
    runner.start(counting(FOR_EVER), budget=budget)
    until(lambda: settled(runner))
    assert runner.status.n_frames == budget
    assert runner.status.frame == budget - 1
    runner.step(2)
    runner.step()
    until(lambda: settled(runner))
    assert runner.status.n_frames == budget + 3


def test_negative_budgets_are_refused(runner):
    with pytest.raises(ValueError, match="negative"):
        runner.start(counting(1), budget=-1)
    with pytest.raises(ValueError, match="negative"):
        runner.step(-1)


def test_pause_takes_effect_between_frames_and_resume_goes_on(runner, until):
    runner.start(counting(FOR_EVER))
    until(lambda: runner.status.n_frames > 10)
    runner.pause()
    until(lambda: settled(runner))
    rests_at = runner.status.n_frames
    time.sleep(0.02)
    assert runner.status.n_frames == rests_at
    runner.resume()
    until(lambda: runner.status.n_frames > rests_at)


def test_pause_in_mid_frame_never_takes_the_budget_below_zero(runner, until):
    """The known trap: a step under way and a pause both took from the budget."""
    inside, go_on = threading.Event(), threading.Event()

    def job(should_stop):
        number = 0
        while not should_stop():
            inside.set()
            assert go_on.wait(10)
            yield number
            number += 1

    runner.start(job, budget=1)
    assert inside.wait(10)
    for _ in range(3):
        runner.pause()
    go_on.set()
    until(lambda: settled(runner))
    time.sleep(0.02)
    assert runner.status.n_frames == 1
    runner.step()
    until(lambda: settled(runner))
    assert runner.status.n_frames == 2


def test_step_ties_a_free_run(runner, until):
    runner.start(counting(FOR_EVER, seconds=0.001))
    until(lambda: runner.status.n_frames > 2)
    runner.step(3)
    until(lambda: settled(runner))


def test_step_in_mid_frame_adds_to_the_budget(runner, until):
    inside, go_on = threading.Event(), threading.Event()

    def job(should_stop):
        for number in range(100):
            inside.set()
            assert go_on.wait(10)
            yield number

    runner.start(job, budget=1)
    assert inside.wait(10)
    runner.step(2)
    go_on.set()
    until(lambda: settled(runner))
    assert runner.status.n_frames == 3


@pytest.mark.parametrize("seed", range(150))
def test_storms_never_hang_and_never_overrun_the_budget(seed, until):
    """Random pauses, steps and resumes at random moments; then it must still obey."""
    draw = random.Random(seed)
    runner = Runner()
    lowest = []

    def job(should_stop):
        number = 0
        while not should_stop():
            budget = run._budget
            lowest.append(0 if budget is None else budget)
            if draw.random() < 0.2:
                time.sleep(0.0003)
            yield number
            number += 1
        return number

    runner.start(job, budget=0)
    run = runner._run
    granted, free = 0, False
    storm = random.Random(seed + 1000)
    for _ in range(storm.randrange(5, 40)):
        action = storm.choice(["pause", "step", "step", "resume", "sleep", "watch"])
        if action == "pause":
            runner.pause()
        elif action == "step":
            n = storm.randrange(1, 4)
            granted += n
            runner.step(n)
        elif action == "resume" and seed % 3 == 0:
            free = True
            runner.resume()
        elif action == "watch":
            runner.watch(storm.choice([None, numbered_watch(storm.randrange(9))]))
        elif action == "sleep":
            time.sleep(storm.random() * 0.001)
    if not free:
        assert runner.status.n_frames <= granted
    runner.pause()
    until(lambda: settled(runner))
    before = runner.status.n_frames
    if not free:
        assert before <= granted
    runner.step(2)
    until(lambda: settled(runner))
    assert runner.status.n_frames == before + 2
    assert runner.status.frame == before + 1
    runner.cancel()
    assert runner.wait(10)
    assert runner.status.state == "cancelled"
    assert runner.status.result == before + 2
    assert min(lowest) >= 0
    assert runner.close(10)


@pytest.mark.parametrize("seed", range(50))
def test_cancel_at_any_moment_ends(seed):
    draw = random.Random(seed)
    runner = Runner()
    runner.start(counting(FOR_EVER), budget=draw.choice([None, 0, 1, 5]))
    for _ in range(draw.randrange(6)):
        draw.choice([runner.pause, runner.resume, runner.step, lambda: time.sleep(0.0005)])()
    runner.cancel()
    assert runner.wait(10)
    assert runner.status.state == "cancelled"
    assert str(runner.status.result).startswith("stopped before")
    assert runner.close(10)


def test_a_cancelled_job_keeps_its_last_result(runner, until):
    runner.start(counting(FOR_EVER), budget=4)
    until(lambda: settled(runner))
    runner.cancel()
    assert runner.wait(10)
    assert runner.status.result == "stopped before 4"


def test_a_job_that_stopped_before_it_had_anything_is_cancelled_not_failed(runner):
    def job(should_stop):
        if should_stop():
            raise Cancelled("nothing yet")
        yield 0

    runner.start(job, budget=0)
    runner.cancel()
    assert runner.wait(10)
    assert (runner.status.state, runner.status.result, runner.status.error) == (
        "cancelled",
        None,
        None,
    )


def test_a_deaf_job_is_closed(runner):
    closed = threading.Event()

    def job(should_stop):
        try:
            number = 0
            while True:
                yield number
                number += 1
        finally:
            closed.set()

    runner.start(job)
    runner.cancel()
    assert runner.wait(10)
    assert closed.is_set()
    assert runner.status.state == "cancelled"


def test_a_job_done_before_it_notices_the_cancel_is_finished(runner, until):
    def job(should_stop):
        yield 0
        return "whole"

    runner.start(job, budget=1)
    until(lambda: settled(runner))
    runner.cancel()
    assert runner.wait(10)
    assert (runner.status.state, runner.status.result) == ("finished", "whole")


@pytest.mark.parametrize("error", [ValueError("bad"), MemoryError(), KeyError("x"), SystemExit(3)])
def test_a_job_that_raises_fails_with_details_and_the_last_result_stays(runner, error):
    runner.start(counting(2))
    assert runner.wait(10)
    assert runner.status.result == "done"

    def job(should_stop):
        yield "a frame"
        raise error

    runner.start(job)
    assert runner.wait(10)
    status = runner.status
    assert status.state == "failed"
    assert status.error is error
    assert "Traceback" in status.error_details
    assert "raise error" in status.error_details
    assert status.frame == "a frame"
    assert status.result is None
    assert runner.last_result == "done"
    runner.start(counting(1))
    assert runner.wait(10)
    assert runner.status.state == "finished"
    assert runner.status.error is None


def test_a_job_that_raises_at_once_fails(runner):
    def job(should_stop):
        raise RuntimeError("no generator at all")

    runner.start(job)
    assert runner.wait(10)
    assert runner.status.state == "failed"
    assert "no generator at all" in runner.status.error_details


def test_start_forgets_a_run_under_way(runner, until):
    runner.start(counting(FOR_EVER))
    until(lambda: runner.status.n_frames > 3)
    assert runner.start(counting(2)) == 2
    assert runner.wait(10)
    assert (runner.status.run, runner.status.result) == (2, "done")


def test_close_may_be_called_again_and_is_the_end():
    runner = Runner()
    runner.start(counting(FOR_EVER, seconds=0.05))
    while not runner.close(0):
        time.sleep(0.005)
    assert runner.close()
    assert runner.status.state == "cancelled"
    with pytest.raises(RuntimeError):
        runner.start(counting(1))


def test_seconds_count_work_not_pauses(runner, until):
    runner.start(counting(FOR_EVER, seconds=0.01), budget=3)
    until(lambda: settled(runner))
    at_rest = runner.status.seconds
    assert 0.03 <= at_rest < 5
    time.sleep(0.05)
    assert runner.status.seconds == at_rest


# ---- the mailbox and its labels ---------------------------------------------------------


def numbered_watch(number, made=None, size=5):
    """A watch whose labels tell for which frame they were made."""
    rows = np.arange(size)

    def label(frame, rows, should_stop):
        if made is not None:
            made.append(frame)
        return np.full(len(rows), frame), np.full(len(rows), float(number))

    return Watch(number, rows, label)


def test_without_a_watch_the_newest_frame_is_shown(runner, until):
    runner.start(counting(FOR_EVER))
    previous = -1
    for _ in range(50):
        until(lambda: runner.status.n_frames > 0)
        status = runner.status
        assert status.frame >= previous
        assert status.watched is None
        previous = status.frame


def test_labels_belong_to_exactly_the_frame_shown(runner, until):
    runner.start(counting(FOR_EVER), watch=numbered_watch(7))
    seen = set()
    deadline = time.monotonic() + 10
    while len(seen) < 30 and time.monotonic() < deadline:
        status = runner.status
        if status.watched is not None:
            assert status.watched.number == 7
            assert (status.watched.labels == status.frame).all()
            seen.add(status.frame)
    assert len(seen) == 30


def test_labels_are_made_at_the_readers_pace(runner, until):
    made = []
    runner.start(counting(20_000), watch=numbered_watch(1, made))
    assert runner.wait(30)
    assert len(made) == 1  # nobody read: the first frame was labelled, and no other
    assert runner.status.frame == 19_999
    assert runner.status.watched is None  # these labels were of another frame


def test_a_new_watch_is_answered_with_its_own_number(runner, until):
    runner.start(counting(FOR_EVER), watch=numbered_watch(1))
    until(lambda: runner.status.watched is not None)
    for number in range(2, 30):
        runner.watch(numbered_watch(number))
        until(lambda n=number: (w := runner.status.watched) is not None and w.number == n)


def test_at_rest_the_newest_frame_is_labelled(runner, until):
    runner.start(counting(FOR_EVER), budget=100, watch=numbered_watch(3))
    until(lambda: settled(runner))
    status = runner.status
    assert status.frame == 99
    assert status.watched.number == 3
    assert (status.watched.labels == 99).all()


def test_a_paused_worker_labels_for_a_new_watch(runner, until):
    runner.start(counting(FOR_EVER), budget=5)
    until(lambda: settled(runner))
    assert runner.status.watched is None
    for number in (4, 5):
        runner.watch(numbered_watch(number))
        until(lambda n=number: (w := runner.status.watched) is not None and w.number == n)
        assert runner.status.state == "paused"
        assert runner.status.n_frames == 5
        assert (runner.status.watched.labels == 4).all()
    runner.watch(None)
    until(lambda: runner.status.watched is None)


def test_labels_that_cannot_be_made_do_not_cost_the_fit(runner, caplog):
    def label(frame, rows, should_stop):
        raise IndexError("rows of another table")

    with caplog.at_level(logging.ERROR):
        runner.start(counting(3), watch=Watch(1, np.arange(2), label))
        assert runner.wait(10)
    assert runner.status.result == "done"
    assert runner.status.watched is None
    assert "rows of another table" in caplog.text


def test_reading_the_status_never_waits_for_the_labels(runner, until):
    labelling, go_on = threading.Event(), threading.Event()

    def label(frame, rows, should_stop):
        labelling.set()
        assert go_on.wait(10)
        return rows, rows.astype(float)

    runner.start(counting(10), watch=Watch(1, np.arange(3), label))
    assert labelling.wait(10)
    began = time.perf_counter()
    for _ in range(100):
        assert runner.status.state == "running"
    assert time.perf_counter() - began < 1
    go_on.set()


# ---- with the real engine ---------------------------------------------------------------


@pytest.fixture(scope="module")
def blobs():
    rng = np.random.default_rng(5)
    return np.concatenate([rng.normal(m, 1.0, (400, 3)) for m in (-4, 0, 5)])


def test_a_real_fit_step_by_step_equals_one_in_a_go(runner, until, blobs):
    spec = Spec(n_components=3, tries=2, seed=1)
    runner.start(lambda stop: search(blobs, spec, should_stop=stop))
    assert runner.wait(60)
    whole = runner.status.result
    assert [len(t.log_likelihoods) for t in runner.trace.tracks] == [
        a.n_iterations + 1 for a in whole.attempts
    ]
    runner.start(lambda stop: search(blobs, spec, should_stop=stop), budget=0)
    while runner.status.active:
        runner.step(3)
        until(lambda: settled(runner) or not runner.status.active)
    assert runner.status.result.log_likelihood == whole.log_likelihood


def test_watched_rows_carry_the_labels_of_the_frames_own_parameters(runner, until, blobs):
    spec = Spec(n_components=3, tries=3)
    rows = np.arange(0, len(blobs), 7)
    runner.start(
        lambda stop: search(blobs, spec, should_stop=stop),
        budget=1,
        watch=Watch(1, rows, label_rows(blobs)),
    )
    from gmmstudio.mixture.scores import score

    for _ in range(8):
        until(lambda: settled(runner) or not runner.status.active)
        status = runner.status
        if not status.active:
            break
        expected = score(blobs[rows], status.frame.parameters)
        assert (status.watched.labels == expected.labels).all()
        assert np.allclose(status.watched.max_probability, expected.max_probability)
        runner.step()


def test_cancel_in_mid_fit_keeps_the_last_iteration(runner, until):
    x = np.random.default_rng(0).normal(size=(60_000, 6))
    spec = Spec(n_components=6, tries=3, tol=0.0)
    runner.start(lambda stop: search(x, spec, should_stop=stop))
    until(lambda: runner.status.n_frames > 5)
    runner.cancel()
    assert runner.wait(10)
    status = runner.status
    assert status.state == "cancelled"
    assert status.result.ended == "cancelled"
    assert status.result.log_likelihood == status.frame.log_likelihood


@pytest.mark.skipif(sys.platform != "linux", reason="only there threads have their own niceness")
def test_computing_gives_way_to_the_caller() -> None:
    """The thread of a job, and those it starts, are nicer than the one that draws."""

    def niceness(into: list[int]) -> None:
        into.append(os.getpriority(os.PRIO_PROCESS, threading.get_native_id()))

    def job(should_stop):
        found: list[int] = []
        niceness(found)
        child = threading.Thread(target=niceness, args=(found,))
        child.start()
        child.join()
        yield found
        return found

    runner = Runner()
    runner.start(job)
    assert runner.wait(10)
    mine: list[int] = []
    niceness(mine)
    assert all(theirs > mine[0] for theirs in runner.status.result)
    runner.close()
