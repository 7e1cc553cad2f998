"""The window with a fitted table, for pictures of every view."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fitted_window import make_window
from PySide6.QtWidgets import QApplication

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
        window = make_window(qapp)
        yield window
        window.close()
        window.deleteLater()
        theme.choose("system")
