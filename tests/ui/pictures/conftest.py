"""The window with a fitted table, for pictures of every view."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from waiting import wait

from gmmstudio.ui import theme
from gmmstudio.ui.main_window import MainWindow


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let Qt's offscreen platform say that it has no window manager."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.qt_log_ignore("This plugin does not support"))


@pytest.fixture(autouse=True)
def no_leaks() -> None:
    """Take the place of the watch over leaks: here one window serves many tests."""


@pytest.fixture(scope="module")
def fitted(qapp: QApplication, tmp_path_factory: pytest.TempPathFactory) -> Iterator[MainWindow]:
    """Return a window with penguins, three full clusters and a search for the best K."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GMMSTUDIO_SETTINGS_DIR", str(tmp_path_factory.mktemp("settings")))
        theme.install(qapp)
        window = MainWindow()
        window.asks_before_closing = False
        window.control.replay_after_fit = False
        window.show()
        window.handlers.open_sample("penguins")
        wait(qapp, lambda: window.session.document.table is not None, "the table")
        window.control.fit()
        wait(
            qapp,
            lambda: window.stage.assignment is not None and not window.control.is_running,
            "the fit",
        )
        window.control.find_best_k(range(1, 7), ("VII", "VVI", "EEE", "VVV"))
        wait(qapp, lambda: window.session.document.sweep is not None, "the search")
        wait(qapp, lambda: not window.control.is_running, "the best K")
        yield window
        window.close()
        window.deleteLater()
        theme.choose("system")
