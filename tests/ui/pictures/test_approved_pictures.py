"""Every view looks as it did when somebody looked at it.

``pytest tests/ui/pictures --approve`` makes today's pictures the approved ones: open each of them
before that is committed.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import fitted_window
import numpy as np
import pytest
from approval import APPROVED, compare, pixels, portrait, save
from fitted_window import VIEWS, WHOLE, name_of, turn_to
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from gmmstudio.ui.main_window import MainWindow

SIZES = {"1280x720": (1280, 720), "1920x1080": (1920, 1080)}
LOOKS = ("light", "dark")
SCALED = "1280x720@2"


def check(today: QImage, name: str, folder: Path, approve: bool) -> None:
    """Compare a picture with the approved one of that name, or make it that."""
    approved = APPROVED / name
    if approve:
        save(today, approved)
    result = compare(pixels(QImage(str(approved))), pixels(today))
    if not result.alike:
        seen = folder / name
        today.save(str(seen))
        pytest.fail(
            f"{name} is not as approved: {result.share:.2%} of its tiles differ, most at "
            f"{result.place} by {result.worst:.0f} of 255; it is now {seen}"
        )


@pytest.fixture
def approve(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--approve"))


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("view", [*VIEWS, WHOLE])
def test_a_view_looks_as_approved(
    fitted: MainWindow,
    qapp: QApplication,
    approve: bool,
    tmp_path: Path,
    view: str,
    size: str,
    look: str,
):
    fitted.resize(*SIZES[size])
    today = portrait(turn_to(qapp, fitted, view, look))
    check(today, name_of(view, look, size), tmp_path, approve)


@pytest.fixture(scope="module")
def scaled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of pictures from a screen with two device pixels per logical one."""
    folder = tmp_path_factory.mktemp("scaled")
    environment = {
        **os.environ,
        "QT_SCALE_FACTOR": "2",
        "GMMSTUDIO_SETTINGS_DIR": str(tmp_path_factory.mktemp("settings")),
        "PYTHONPATH": os.pathsep.join([*sys.path, str(Path.cwd())]),
    }
    command = [sys.executable, fitted_window.__file__, str(folder)]
    subprocess.run(command, env=environment, check=True, timeout=240)
    return folder


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("view", [*VIEWS, WHOLE])
def test_a_view_looks_as_approved_at_scale_2(
    scaled: Path, approve: bool, tmp_path: Path, view: str, look: str
):
    name = name_of(view, look, SCALED)
    today = QImage(str(scaled / name))
    assert today.width() > 1280
    check(today, name, tmp_path, approve)


def test_every_view_has_its_pictures(fitted: MainWindow):
    assert [view.title for view in fitted.workspace.views] == list(VIEWS)


def test_a_missing_word_or_another_colour_is_noticed(fitted: MainWindow, qapp: QApplication):
    fitted.resize(1280, 720)
    before = pixels(portrait(turn_to(qapp, fitted, WHOLE, "light")))
    assert compare(before, before).share == 0
    blot = before.copy()
    blot[100:120, 400:520] = 200  # as large as a short name
    assert not compare(before, blot).alike
    recoloured = before.copy()
    blue = (np.abs(before.astype(int) - (0x00, 0x72, 0xB2)).max(axis=2)) < 24
    recoloured[blue] = (0xD5, 0x5E, 0x00)
    assert not compare(before, recoloured).alike
