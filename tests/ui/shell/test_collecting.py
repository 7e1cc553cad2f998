"""Garbage made of QObjects dies in the GUI thread, whoever allocates."""

from __future__ import annotations

import gc
import threading
import weakref

import pytest
from PySide6.QtCore import QObject, QTimer

from gmmstudio.ui.collecting import Collecting


class Knot(QObject):
    """Keeps itself alive until a collection, and has a timer that a worker must not delete."""

    def __init__(self) -> None:
        super().__init__()
        self.me = self
        self.timer = QTimer(self)


@pytest.fixture
def collecting(qapp):
    was_on = gc.isenabled()
    made = Collecting()
    yield made
    made.close()
    assert gc.isenabled()
    if not was_on:
        gc.disable()


def allocate() -> None:
    held = [[number] for number in range(100_000)]
    assert held


def test_a_worker_collects_nothing_and_the_window_does(collecting, until) -> None:
    knot = weakref.ref(Knot())
    worker = threading.Thread(target=allocate)
    worker.start()
    worker.join()
    assert knot() is not None
    until(lambda: knot() is None)


def test_little_garbage_is_left_alone(collecting) -> None:
    gc.collect()
    knot = weakref.ref(Knot())
    collecting.collect()
    assert knot() is not None
