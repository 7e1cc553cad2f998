"""The tiles of all fourteen shapes: choosing, folding, what they say."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from gmmstudio.document.commands import SetComponents, SetPrior, SetStructure, TickColumns
from gmmstudio.mixture.structures import ALL, STRUCTURES
from gmmstudio.ui.panels.left_panel import LeftPanel
from gmmstudio.ui.panels.shape_choice import ShapeChoice


@pytest.fixture
def panel(rig, shown) -> LeftPanel:
    return shown(LeftPanel(rig.session, rig.stage), height=1200)


@pytest.fixture
def shape(panel) -> ShapeChoice:
    return panel.model.shape


def all_tiles(shape: ShapeChoice) -> list:
    return [*shape.front.tiles, *shape.others.tiles]


def test_every_structure_has_a_tile_that_explains_itself(shape):
    tiles = all_tiles(shape)
    assert {tile.shape_.key for tile in tiles} == set(ALL)
    for tile in tiles:
        assert tile.shape_.blobs
        assert tile.accessibleName()
        structure = STRUCTURES[tile.shape_.key]
        said = tile.toolTip()
        assert f"{structure.n_parameters(3, 4)} parameters with K = 3" in said
        assert "Σ_k" in said
        assert tile.accessibleDescription() == said


def test_the_number_of_parameters_follows_k_and_columns(rig, shape):
    rig.session.apply(SetComponents(5))
    rig.session.apply(TickColumns((2, 3)))
    n = STRUCTURES["VEV"].n_parameters(5, 2)
    assert f"{n} parameters with K = 5 and 2 columns" in shape.others.tile("VEV").toolTip()


@pytest.mark.parametrize("structure", ALL)
def test_a_click_on_any_tile_asks_for_that_shape(rig, shape, qtbot, structure):
    shape.more.button.setChecked(True)
    rig.session.apply(SetStructure("VII" if structure != "VII" else "VVV"))
    tile = next(tile for tile in all_tiles(shape) if tile.shape_.key == structure)
    qtbot.mouseClick(tile, Qt.MouseButton.LeftButton)
    assert rig.document.spec.structure == structure
    chosen = [tile.shape_.key for tile in all_tiles(shape) if tile.isChecked()]
    assert chosen == [structure], "the four and the ten are one choice"
    rig.session.undo()
    assert [t.shape_.key for t in all_tiles(shape) if t.isChecked()] != [structure]


def test_one_of_the_ten_unfolds_them_and_is_named_when_folded(rig, shape, qtbot):
    button = shape.more.button
    assert not shape.others.isVisible() and button.text() == "More shapes"
    rig.session.apply(SetStructure("VEV"))
    assert shape.others.isVisible() and shape.others.current() == "VEV"
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert not shape.others.isVisible()
    assert button.text() == "More shapes: VEV"
    assert "VEV" in button.accessibleName()
    rig.session.apply(SetComponents(4))
    assert not shape.others.isVisible(), "another change does not unfold them again"
    rig.session.apply(SetStructure("EEE"))
    assert button.text() == "More shapes"


def test_the_folded_shape_is_drawn_beside_its_name(rig, shape):
    rig.session.apply(SetStructure("VEV"))
    shape.more.button.setChecked(False)
    with_picture = shape.more.button.grab().toImage()
    shape.more.button.shape_ = None
    assert shape.more.button.grab().toImage() != with_picture


def test_folded_tiles_are_out_of_reach_of_the_keys(rig, shape, qtbot):
    tile = shape.front.tile("VVV")
    tile.setFocus()
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Right):
        qtbot.keyClick(tile, key)
        assert rig.document.spec.structure in ("VVV", "VII", "VVI", "EEE")


def test_arrow_keys_lead_from_the_four_to_the_ten(rig, shape, qtbot):
    shape.more.button.setChecked(True)
    tile = shape.front.tile("VVV")
    tile.setFocus()
    qtbot.keyClick(tile, Qt.Key.Key_Down)
    assert rig.document.spec.structure not in ("VVV", "VII", "VVI", "EEE")


def test_tab_finds_the_four_where_the_chosen_one_is_folded_away(rig, shape):
    rig.session.apply(SetStructure("EVI"))
    shape.more.button.setChecked(False)
    assert shape.front.tiles[0].focusPolicy() == Qt.FocusPolicy.StrongFocus
    shape.more.button.setChecked(True)
    assert shape.front.tiles[0].focusPolicy() == Qt.FocusPolicy.ClickFocus
    assert shape.others.tile("EVI").focusPolicy() == Qt.FocusPolicy.StrongFocus


def test_only_the_hand_is_remembered(rig, shape, qtbot):
    rig.session.apply(SetStructure("EVI"))
    assert not shape.unfolded_by_hand
    rig.session.apply(SetStructure("VVV"))
    shape.more.button.setChecked(False)
    qtbot.mouseClick(shape.more.button, Qt.MouseButton.LeftButton)
    assert shape.unfolded_by_hand
    other = ShapeChoice()
    qtbot.addWidget(other)
    other.show_document(rig.document)
    other.set_unfolded(shape.unfolded_by_hand)
    assert other.more.button.isChecked()


def test_one_column_has_two_tiles_and_no_more(rig, shape):
    rig.session.apply(SetStructure("EVI"))
    rig.session.apply(TickColumns((2,)))
    assert not shape.more.isVisible() and not shape.front.isVisible()
    assert shape.spreads.current() == "EEE", "EVI has one volume: the same spread"
    assert "parameters with K = 3 and 1 column" in shape.spreads.tiles[0].toolTip()


@pytest.mark.parametrize("width", [250, 264, 288, 400])
def test_nothing_is_cut_in_a_narrow_panel(rig, shown, width):
    rig.session.apply(SetStructure("EVE"))
    panel = shown(LeftPanel(rig.session, rig.stage), width=width, height=1200)
    room = panel.viewport().width()
    assert panel.inner.minimumSizeHint().width() <= max(width, 264)
    for tile in all_tiles(panel.model.shape):
        assert tile.mapTo(panel.inner, tile.rect().topRight()).x() <= max(room, 264)
        assert tile.width() >= 36


def test_a_shape_without_a_prior_says_that_it_goes(rig, panel):
    rig.session.apply(SetPrior(True))
    panel.model.shape.chosen.emit("VEV")
    assert not rig.document.spec.prior
    assert "no prior" in panel.model.refusal.words.text()
