"""Every view looks as it did when somebody looked at it.

``pytest tests/ui/pictures --approve`` makes today's pictures the approved ones: open each of them
before that is committed.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from approval import APPROVED, compare, pixels, portrait, save
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication
from waiting import settle

from gmmstudio.ui import theme
from gmmstudio.ui.main_window import MainWindow

VIEWS = ("Scatter", "Matrix", "Uncertainty", "Profile", "Compare shapes", "Table")
WHOLE = "All together"  # the views with both panels, both lower plots and the transport bar
SIZES = {"1280x720": (1280, 720, 1.0), "1920x1080": (1920, 1080, 1.0), "1280x720@2": (1280, 720, 2)}


@pytest.mark.parametrize("look", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("view", [*VIEWS, WHOLE])
def test_a_view_looks_as_approved(
    fitted: MainWindow,
    qapp: QApplication,
    request: pytest.FixtureRequest,
    tmp_path: Path,
    view: str,
    size: str,
    look: str,
):
    width, height, ratio = SIZES[size]
    theme.choose(look)
    fitted.resize(width, height)
    workspace = fitted.workspace
    workspace.tabs.setCurrentIndex(0 if view == WHOLE else VIEWS.index(view))
    settle(qapp, workspace)
    today = portrait(workspace if view == WHOLE else workspace.tabs, ratio)
    approved = APPROVED / f"{view.lower().replace(' ', '-')}-{look}-{size}.png"
    if request.config.getoption("--approve"):
        save(today, approved)
    result = compare(pixels(QImage(str(approved))), pixels(today))
    if not result.alike:
        seen = tmp_path / approved.name
        today.save(str(seen))
        pytest.fail(
            f"{view} ({look}, {size}) differs from {approved.name}: {result.share:.2%} of its "
            f"tiles, most at {result.place} by {result.worst:.0f} of 255; it is now {seen}"
        )


def test_every_view_has_its_pictures(fitted: MainWindow):
    assert [view.title for view in fitted.workspace.views] == list(VIEWS)


def test_a_missing_word_or_another_colour_is_noticed(fitted: MainWindow, qapp: QApplication):
    theme.choose("light")
    fitted.resize(1280, 720)
    fitted.workspace.tabs.setCurrentIndex(0)
    settle(qapp, fitted.workspace)
    before = pixels(portrait(fitted.workspace))
    assert compare(before, before).share == 0
    blot = before.copy()
    blot[100:120, 400:520] = 200  # as large as a short name
    assert not compare(before, blot).alike
    recoloured = before.copy()
    blue = (np.abs(before.astype(int) - (0x00, 0x72, 0xB2)).max(axis=2)) < 24
    recoloured[blue] = (0xD5, 0x5E, 0x00)
    assert not compare(before, recoloured).alike
