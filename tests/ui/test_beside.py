"""What is asked beside the GUI thread: the newest answer arrives, and nothing that is forgotten."""

from __future__ import annotations

import threading

import pytest

from gmmstudio.mixture.errors import Cancelled
from gmmstudio.table.errors import Stopped
from gmmstudio.ui.beside import Beside


@pytest.fixture
def beside(qapp):
    made = Beside("gmmstudio-test")
    yield made
    made.shut_down()


@pytest.fixture
def heard(beside):
    said = []
    beside.answered.connect(said.append)
    beside.failed.connect(lambda: said.append("failed"))
    return said


def test_the_answer_arrives_in_the_gui_thread(beside, heard, qtbot):
    threads = []
    beside.answered.connect(lambda _answer: threads.append(threading.current_thread()))
    beside.ask(lambda _should_stop: threading.current_thread().name)
    assert beside.waits
    qtbot.waitUntil(lambda: heard == ["gmmstudio-test"])
    assert threads == [threading.main_thread()] and not beside.waits


def test_a_newer_question_breaks_off_the_one_before(beside, heard, qtbot):
    begun = threading.Event()

    def long(should_stop):
        begun.set()
        while not should_stop():
            pass
        return "old"

    beside.ask(long)
    assert begun.wait(2)
    beside.ask(lambda _should_stop: "new")
    qtbot.waitUntil(lambda: bool(heard))
    qtbot.waitUntil(lambda: not beside.busy)
    qtbot.wait(30)
    assert heard == ["new"]


def test_what_is_forgotten_never_arrives(beside, heard, qtbot):
    beside.ask(lambda _should_stop: 1)
    beside.forget()
    assert not beside.waits
    qtbot.waitUntil(lambda: not beside.busy)
    qtbot.wait(30)
    assert not heard


@pytest.mark.parametrize("error", [Stopped(), Cancelled("…")])
def test_work_that_was_broken_off_is_no_fault(error, beside, heard, qtbot, caplog):
    def broken_off(_should_stop):
        raise error

    beside.ask(broken_off)
    qtbot.waitUntil(lambda: not beside.waits)
    assert not heard and not caplog.records


def test_a_fault_is_told_and_logged(beside, heard, qtbot, caplog):
    beside.ask(lambda _should_stop: 1 / 0)
    qtbot.waitUntil(lambda: heard == ["failed"])
    assert "could not be answered" in caplog.text
    beside.ask(lambda _should_stop: 2)
    qtbot.waitUntil(lambda: heard == ["failed", 2])
