"""Facts about the platform that the program stands on."""

import sys

import pytest

QtCore = pytest.importorskip("PySide6.QtCore")


def test_void_qt_calls_leave_the_count_of_none_unmoved() -> None:
    """Some builds of PySide6 lose a reference to None per void call, and abort in the end."""
    target = QtCore.QObject()
    before = sys.getrefcount(None)
    for _ in range(300_000):
        target.setObjectName("")
    assert abs(sys.getrefcount(None) - before) < 1000
