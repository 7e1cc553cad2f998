"""What every test shares: no display, own settings, the same hypothesis profile."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# Before anything imports Qt: without a display the whole process would abort.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

settings.register_profile(
    "gmmstudio",
    deadline=None,  # a busy machine is not a failure
    max_examples=40,
    derandomize=True,  # the same tests every time; a failure prints its example
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.load_profile("gmmstudio")

DATA = Path(__file__).parent / "data"


def pytest_addoption(parser: pytest.Parser, pluginmanager: pytest.PytestPluginManager) -> None:
    """Add our option; the layers below the window are tested without Qt too, see below."""
    parser.addoption(
        "--approve",
        action="store_true",
        help="make today's pictures of the views the approved ones",
    )
    # Without Qt nobody else knows these.
    if not pluginmanager.hasplugin("pytest-qt"):
        parser.addini("qt_api", "unused without Qt")
        parser.addini("qt_log_level_fail", "unused without Qt")


@pytest.fixture(scope="session")
def data() -> Path:
    """The folder of reference numbers and small files."""
    return DATA


@pytest.fixture(autouse=True)
def own_settings(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test sees or leaves the user's settings or logs."""
    monkeypatch.setenv("GMMSTUDIO_SETTINGS_DIR", str(tmp_path_factory.mktemp("settings")))
