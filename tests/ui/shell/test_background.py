"""One function beside the window."""

from __future__ import annotations

import threading
import time

import pytest

from gmmstudio.table.errors import Stopped, TableError
from gmmstudio.ui.background import Task


@pytest.fixture
def tell(qapp):
    made: list[Task] = []
    told: list[tuple] = []

    def start(work) -> list[tuple]:
        task = Task(work, "Counting")
        task.done.connect(lambda value: told.append(("done", value)))
        task.failed.connect(lambda *what: told.append(("failed", *what)))
        task.cancelled.connect(lambda: told.append(("cancelled",)))
        task.progressed.connect(start.shares.append)
        made.append(task)
        task.start()
        return told

    start.tasks, start.shares = made, []
    yield start
    for task in made:
        task.close()


def test_result_arrives_in_the_gui_thread(tell, until) -> None:
    told = tell(lambda progress, stop: threading.current_thread().name)
    until(lambda: bool(told))
    assert told == [("done", "gmmstudio-task")]


def test_progress_is_polled(tell, until) -> None:
    go = threading.Event()

    def work(progress, stop) -> int:
        progress(0.5)
        go.wait(5)
        return 1

    told = tell(work)
    until(lambda: 0.5 in tell.shares)
    go.set()
    until(lambda: ("done", 1) in told)


def test_refusal_has_no_details_and_fault_has(tell, until) -> None:
    def refuse(progress, stop):
        raise TableError("The file is empty.")

    def fail(progress, stop):
        raise KeyError("x")

    told = tell(refuse)
    until(lambda: bool(told))
    assert told == [("failed", "The file is empty.", "")]
    told.clear()
    tell(fail)
    until(lambda: bool(told))
    assert told[0][1] == "Counting failed because of a fault in the program."
    assert "KeyError" in told[0][2]


def test_cancel(tell, until) -> None:
    def work(progress, stop):
        while not stop():
            time.sleep(0.002)
        raise Stopped()

    told = tell(work)
    tell.tasks[0].cancel()
    until(lambda: bool(told))
    assert told == [("cancelled",)]


def test_nothing_arrives_after_close(tell, qtbot) -> None:
    told = tell(lambda progress, stop: 1)
    tell.tasks[0].close()
    qtbot.wait(100)
    assert told == []


def test_wait_keeps_the_loop_going(tell) -> None:
    told = tell(lambda progress, stop: time.sleep(0.1) or 7)
    assert tell.tasks[0].wait(5)
    assert told[-1] == ("done", 7)
