"""The largest K that the stepper lets through."""

from __future__ import annotations

import time

import numpy as np
import pytest

from gmmstudio.document.commands import (
    ExcludeRows,
    OpenTable,
    SetComponents,
    SetStructure,
    SetWeights,
    TickColumns,
)
from gmmstudio.document.session import Session
from gmmstudio.mixture.structures import ALL, STRUCTURES
from gmmstudio.table.reading import read_text
from gmmstudio.table.table import Column, Table
from gmmstudio.ui.panels.left_panel import LeftPanel
from gmmstudio.ui.panels.most_clusters import MOST_CLUSTERS, MostClusters
from gmmstudio.ui.panels.rows_used import GapCache


@pytest.mark.parametrize("structure", ALL)
@pytest.mark.parametrize("kept", [3, 9, 24])
def test_it_is_what_the_shape_can_carry_and_no_more(rig, structure, kept):
    n = rig.document.table.n_rows
    rig.session.apply(ExcludeRows(frozenset(range(kept + 1, n))))  # one of the first has gaps
    rig.session.apply(SetStructure(structure))
    rig.session.apply(SetComponents(1))
    most, why = MostClusters(GapCache())(rig.document)
    shape = STRUCTURES[structure]
    assert most == 1 or shape.least_rows_in_all(most, 4) <= kept
    assert shape.least_rows_in_all(most + 1, 4) > kept
    assert why.startswith(f"At most {most} cluster") and why.endswith(".")


def test_the_panel_says_why_there_is_no_more(rig, shown):
    rig.session.apply(ExcludeRows(frozenset(range(25, rig.document.table.n_rows))))
    panel = shown(LeftPanel(rig.session, rig.stage))
    rig.session.apply(SetComponents(panel.model.k.most))
    assert not panel.model.k.more.isEnabled()
    assert "different rows" in panel.model.k.more.toolTip()


def test_rows_that_are_alike_count_once_and_those_of_no_weight_never():
    lines = ["a,b,w"] + [f"{i % 4},{i % 4 + 0.5},{int(i % 4 != 3)}" for i in range(40)]
    session = Session()
    session.apply(OpenTable(read_text("\n".join(lines) + "\n", "few")))
    session.apply(TickColumns((0, 1)))
    session.apply(SetStructure("EII"))
    cache = GapCache()
    assert MostClusters(cache)(session.document)[0] == 3
    session.apply(SetWeights(2))
    assert MostClusters(cache)(session.document)[0] == 2


def test_a_million_rows_are_answered_at_once():
    values = np.linspace(0.0, 1.0, 1_000_000)
    columns = tuple(
        Column(name, name, None, values, "number", 0, len(values), tick=True) for name in "ab"
    )
    session = Session()
    session.apply(OpenTable(Table("large", None, columns, len(values))))
    most = MostClusters(GapCache())
    most(session.document)
    began = time.perf_counter()
    for _ in range(10):
        found, why = most(session.document)
    assert found == MOST_CLUSTERS and "told apart" in why
    assert time.perf_counter() - began < 0.05
