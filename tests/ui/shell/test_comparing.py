"""The comparison of shapes in the window: it gives way to a fit, and what is taken is shown."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from gmmstudio.document.commands import OpenTable, SetComponents


@pytest.fixture
def compared(window, table, until):
    """The view of a table in front, all shapes fitted."""
    window.session.apply(OpenTable(table))
    window.session.apply(SetComponents(3))
    view = window.workspace.compare
    window.workspace.tabs.setCurrentWidget(view)
    until(lambda: view.complete)
    return view


def click(tile) -> None:
    QTest.mouseClick(tile, Qt.MouseButton.LeftButton, pos=QPoint(tile.width() // 2, 12))


def test_a_shape_taken_is_shown_everywhere(window, compared, until) -> None:
    click(compared.tiles[2])
    until(lambda: window.stage.shown is not None and window.stage.assignment is not None)
    fit = compared.comparison.found["EEE"].fit
    assert window.session.document.record.fit is fit
    assert window.stage.shown.parameters is fit.parameters
    chosen = [tile for tile in window.workspace.left.model.shape.front.tiles if tile.isChecked()]
    assert [tile.shape_.key for tile in chosen] == ["EEE"]
    assert len(window.stage.tracks) == 1  # its iterations can be looked at again
    window.session.undo()
    assert window.session.document.record is None


def test_it_gives_way_to_a_fit_and_uses_what_comes_of_it(window, compared, until) -> None:
    window.session.apply(SetComponents(2))
    assert compared.comparison.current is not None
    window.control.fit()
    assert compared.comparison.current is None
    until(lambda: compared.complete)
    record = window.session.document.record
    assert compared.comparison.found["VVV"].fit is record.fit
    assert compared.tiles[3].figures.mark == "shown now"


def test_another_tab_stops_it(window, compared) -> None:
    window.session.apply(SetComponents(6))
    assert compared.comparison.current is not None
    window.workspace.tabs.setCurrentWidget(window.workspace.table)
    assert compared.comparison.current is None


def test_the_window_can_be_closed_while_it_works(window, compared) -> None:
    window.session.apply(SetComponents(9))
    assert compared.comparison.current is not None  # the fixtures see that no thread is left
