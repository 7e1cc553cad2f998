"""The colour of a cluster: chosen under its disc, followed everywhere."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication

from gmmstudio.document import colors
from gmmstudio.document.commands import RecolourCluster
from gmmstudio.ui import theme
from gmmstudio.ui.panels.colour_popup import PALE
from gmmstudio.ui.panels.reading_panel import ReadingPanel
from gmmstudio.ui.widgets.labels import WrappedLabel

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture
def panel(rig, shown) -> ReadingPanel:
    made = shown(ReadingPanel(rig.session, rig.stage, rig.control), height=1400)
    rig.fit()
    made.refresh()
    return made


def popup_of(panel: ReadingPanel, place: int):
    """Open the swatches by the keyboard."""
    disc = panel.cards[place].disc
    disc.setFocus(Qt.FocusReason.TabFocusReason)
    disc.click()
    return panel.recolouring.popup


def test_a_swatch_recolours_the_cluster(rig, panel, qtbot):
    popup = popup_of(panel, 1)
    chosen = popup.swatches[4]
    assert chosen.accessibleName() == "Sky blue"
    qtbot.mouseClick(chosen, Qt.MouseButton.LeftButton)
    assert rig.document.cluster_color(1) == "#56b4e9"
    assert not panel.refusal.isVisible()
    qtbot.waitUntil(lambda: panel.recolouring.popup is None)


def test_colours_of_other_clusters_cannot_be_chosen_and_say_whose_they_are(rig, panel):
    popup = popup_of(panel, 1)
    blue, orange = popup.swatches[:2]
    assert not blue.isEnabled()
    assert blue.toolTip() == "Blue: Cluster A has it"
    assert orange.isEnabled() and orange.isChecked()
    popup.close()


def test_arrow_keys_go_over_the_swatches_and_enter_takes_one(rig, panel, qtbot):
    popup = popup_of(panel, 1)
    assert popup.swatches[1].hasFocus()  # its own colour
    qtbot.keyClick(popup.swatches[1], Qt.Key.Key_Right)
    assert popup.swatches[3].hasFocus()  # cluster C has the one between
    qtbot.keyClick(popup.swatches[3], Qt.Key.Key_Down)
    assert popup.swatches[11].hasFocus()
    qtbot.keyClick(popup.swatches[11], Qt.Key.Key_Return)
    assert rig.document.cluster_color(1) == popup.swatches[11].color


def test_escape_changes_nothing(rig, panel, qtbot):
    before = rig.document
    popup = popup_of(panel, 0)
    qtbot.keyClick(popup, Qt.Key.Key_Escape)
    assert not popup.isVisible()
    assert rig.document is before


def test_own_colour_again(rig, panel, qtbot):
    popup = popup_of(panel, 2)
    assert popup.own.isHidden()
    popup.close()
    rig.session.apply(RecolourCluster(2, "#d55e00"))
    popup = popup_of(panel, 2)
    popup.own.click()
    assert rig.document.colors == ()


def test_any_other_colour_by_the_dialog(rig, panel, qtbot):
    popup_of(panel, 0).other.click()
    dialog = panel.recolouring.dialog
    assert dialog.windowTitle() == "Colour of Cluster A"
    dialog.setCurrentColor(QColor("#804020"))
    dialog.accept()
    assert rig.document.cluster_color(0) == "#804020"
    assert panel.recolouring.dialog is None


def test_a_colour_that_another_has_is_refused_in_words(rig, panel):
    popup_of(panel, 0).other.click()
    panel.recolouring.dialog.setCurrentColor(QColor(colors.own_color(1)))
    panel.recolouring.dialog.accept()
    assert rig.document.colors == ()
    assert panel.refusal.isVisible()
    assert "Cluster B has this colour" in panel.refusal.words.text()


def test_a_pale_colour_is_said_to_be_drawn_deeper(rig, panel):
    rig.session.apply(RecolourCluster(0, "#fffbe8"))
    popup = popup_of(panel, 0)
    said = [label.text() for label in popup.findChildren(WrappedLabel)]
    assert PALE in said
    popup.close()


def test_the_theme_gives_out_the_colours_of_the_document(rig, panel):
    try:
        theme.set_cluster_colors({1: "#d55e00", 2: "#fffbe8"})
        assert theme.cluster_color(1).name() == "#d55e00"
        assert theme.cluster_color(0).name() == colors.own_color(0)
        for look, dark in (("light", False), ("dark", True)):
            theme.choose(look)
            drawn = theme.cluster_color(2).name()
            assert colors.contrast(drawn, theme.current().window) >= colors.SEEN[dark]
            ink = theme.cluster_ink(2).name()
            assert colors.contrast(ink, theme.current().window) >= 2.8
            image = panel.cards[1].disc.grab().toImage()
            colour = image.pixelColor(image.width() // 2, 3)
            assert colors.difference(colour.name(), "#d55e00") < 3
            QApplication.processEvents()
    finally:
        theme.set_cluster_colors({})
