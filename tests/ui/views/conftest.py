"""Fixtures of the views' tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot
from views_rig import Rig

from gmmstudio import resources
from gmmstudio.table.reading import read
from gmmstudio.table.table import Table
from gmmstudio.ui import theme


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let Qt's offscreen platform say that it has no window manager."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.qt_log_ignore("This plugin does not support"))


@pytest.fixture(scope="session")
def penguins() -> Table:
    return read(resources.path("samples", "penguins.csv"))


@pytest.fixture
def rig(qapp: QApplication, penguins: Table) -> Iterator[Rig]:
    theme.install(qapp)
    theme.choose("light")
    yield Rig(penguins)
    theme.choose("system")
    theme.set_zoom(1.0)


@pytest.fixture
def show(qtbot: QtBot) -> Iterator[Callable]:
    """Show a view at a size, wait until it is painted, end it after the test."""
    shown: list[QWidget] = []

    def put(view: QWidget, width: int = 640, height: int = 420) -> QWidget:
        shown.append(view)
        qtbot.addWidget(view)
        view.resize(width, height)
        view.show()
        qtbot.waitExposed(view)
        view.grab()
        QApplication.processEvents()
        return view

    yield put
    for view in shown:
        view.shutdown()
