"""The prior's tick box."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from gmmstudio.document.commands import SetPrior, SetStructure, TickColumns
from gmmstudio.mixture.structures import ALL, STRUCTURES
from gmmstudio.ui.panels.advanced import Advanced
from gmmstudio.ui.panels.left_panel import LeftPanel


@pytest.fixture
def advanced(rig, shown) -> Advanced:
    panel = shown(LeftPanel(rig.session, rig.stage), height=1200)
    panel.model.advanced.button.setChecked(True)
    return panel.model.advanced


def test_the_prior_both_ways(rig, advanced, qtbot):
    qtbot.mouseClick(advanced.prior, Qt.MouseButton.LeftButton)
    assert rig.document.spec.prior
    assert "prior on" in advanced.button.text(), "seen when folded, too"
    rig.session.undo()
    assert not advanced.prior.isChecked()
    assert "prior on" not in advanced.button.text()
    rig.session.apply(SetPrior(True))
    assert advanced.prior.isChecked()
    rig.fit()
    assert rig.document.record.fit.log_prior != 0.0


@pytest.mark.parametrize("structure", ALL)
def test_it_is_there_for_shapes_that_have_one(rig, advanced, structure):
    rig.session.apply(SetStructure(structure))
    assert advanced.prior.isEnabled() == STRUCTURES[structure].has_prior
    assert "Fraley" in advanced.prior.toolTip()
    said = advanced.prior.toolTip().startswith(f"No prior is known for the {structure} shape")
    assert said != STRUCTURES[structure].has_prior
    assert advanced.prior.accessibleDescription() == advanced.prior.toolTip()


def test_one_column_always_has_one(rig, advanced):
    rig.session.apply(SetStructure("EVE"))
    rig.session.apply(TickColumns((2,)))
    assert advanced.prior.isEnabled()
