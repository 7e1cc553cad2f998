"""Matrix and profile in the window: tabs, runs under way, scrubbing, the way to the scatter."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt

from gmmstudio.ui.main_window import MainWindow
from gmmstudio.ui.views.planes.scatter_axes import Axes

pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints")


@pytest.fixture
def window_with_penguins(window: MainWindow, until) -> MainWindow:
    window.handlers.open_sample("penguins")
    until(lambda: window.session.document.table is not None)
    return window


def fitted(window: MainWindow, until) -> None:
    window.control.fit()
    until(lambda: window.stage.assignment is not None and not window.control.is_running)


def test_tabs_stand_in_the_order_of_looking(window_with_penguins: MainWindow):
    tabs = window_with_penguins.workspace.tabs
    titles = [tabs.tabText(i) for i in range(tabs.count())]
    wanted = ["Scatter", "Matrix", "Uncertainty", "Profile", "Compare shapes", "Table"]
    assert titles == [title for title in wanted if title in titles]
    assert {"Matrix", "Profile"} <= set(titles)


def test_a_cell_opens_in_the_scatter(window_with_penguins: MainWindow, qtbot, until):
    space = window_with_penguins.workspace
    space.tabs.setCurrentWidget(space.matrix)
    until(lambda: space.matrix.area.picture is not None)
    across, up = space.matrix.area.across[0], space.matrix.area.up[3]
    spot = space.matrix.area.cell_rect(3, 0).center().toPoint()
    qtbot.mouseClick(space.matrix.area, Qt.MouseButton.LeftButton, pos=spot)
    assert space.tabs.currentWidget() is space.scatter
    assert space.scatter.axes == Axes(across, up)


def test_frames_carry_the_labels_of_the_view_in_front(
    window_with_penguins: MainWindow, until, qtbot
):
    window, space = window_with_penguins, window_with_penguins.workspace
    space.tabs.setCurrentWidget(space.matrix)
    seen = []
    window.stage.shown_changed.connect(lambda: seen.append(window.stage.shown))
    fitted(window, until)
    rows = space.matrix._rows
    assert any(shown is not None and shown.live for shown in seen)
    assert all(shown.rows is rows for shown in seen if shown is not None and shown.live)
    window.control.show_iteration(1)
    until(lambda: window.stage.shown.iteration == 1)
    assert window.stage.shown.rows is rows
    assert space.matrix.area.mixture.bells[0, 0][0].mean == pytest.approx(
        window.stage.shown.parameters.means[0, 0]
    )
    space.tabs.setCurrentWidget(space.scatter)
    until(lambda: window.stage.shown.rows is space.scatter.cloud.painted_rows())
    assert window.stage.shown.iteration == 1
    space.tabs.setCurrentWidget(space.matrix)
    until(lambda: window.stage.shown.rows is rows)


def test_a_cluster_chosen_in_the_profile_is_lit_in_the_matrix(
    window_with_penguins: MainWindow, until, qtbot
):
    window, space = window_with_penguins, window_with_penguins.workspace
    fitted(window, until)
    space.tabs.setCurrentWidget(space.profile)
    area = space.profile.area
    until(lambda: area.lines is not None)
    badge = area.badge_places(area.plot_rect())[1]
    qtbot.mouseClick(area, Qt.MouseButton.LeftButton, pos=badge.toPoint())
    assert window.stage.selection.words == "Cluster B"
    space.tabs.setCurrentWidget(space.matrix)
    until(lambda: space.matrix.area.picture is not None)
    colours, mask = space.matrix.area._colours[True], window.stage.selection.mask
    assert np.count_nonzero(colours >> 24 == 255) == window.stage.selection.n == mask.sum()
