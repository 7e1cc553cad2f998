"""What the doctor offers: each remedy keeps its word when it is taken."""

from __future__ import annotations

import numpy as np
import pytest

from gmmstudio.document.asking import shape_words
from gmmstudio.document.commands import (
    OpenTable,
    SetComponents,
    SetPrior,
    SetScale,
    SetStructure,
    TickColumns,
)
from gmmstudio.document.document import Document
from gmmstudio.fitting.sweep import grid, ranked, sweep
from gmmstudio.mixture.errors import Collapse
from gmmstudio.mixture.structures import ALL, STRUCTURES
from gmmstudio.report.sentences import Advice
from gmmstudio.table.preparation import prepare
from gmmstudio.table.reading import read_text
from gmmstudio.table.table import Table
from gmmstudio.ui.panels.reading_panel import ReadingPanel
from gmmstudio.ui.panels.remedies import SIMPLER, remedies

NEEDS = ("pooled", "spread", "axes", "full")  # from the least that a cluster must have to the most


def table_of(columns: dict[str, np.ndarray]) -> Table:
    rows = zip(*columns.values(), strict=True)
    lines = [",".join(columns), *(",".join(f"{v:.6f}" for v in row) for row in rows)]
    return read_text("\n".join(lines) + "\n", "made")


def tied_table() -> Table:
    """Two columns, one of which has three values only: a cluster on one of them has no spread."""
    random = np.random.default_rng(4)
    steps = np.repeat([1.0, 2.0, 3.0], 40)
    return table_of({"a": random.normal(0, 1, 120) + 4 * steps, "b": steps})


def offered(document: Document) -> list[str]:
    return [r.words for r in remedies(document, Advice("collapsed", (("it collapsed", False),)))]


@pytest.mark.parametrize("structure", ALL)
def test_the_ladder_asks_less_of_each_cluster_and_ends(structure):
    seen = [structure]
    while seen[-1] in SIMPLER:
        now, then = STRUCTURES[seen[-1]], STRUCTURES[SIMPLER[seen[-1]]]
        assert NEEDS.index(then.needs) <= NEEDS.index(now.needs)
        assert then.n_covariance_parameters(3, 4) < now.n_covariance_parameters(3, 4)
        seen.append(then.name)
    assert seen[-1] == "EII"


def test_one_column_ends_with_the_same_spread():
    assert SIMPLER["V"] == "E" and "E" not in SIMPLER


@pytest.mark.parametrize("structure", ALL)
@pytest.mark.parametrize("cause", ["constant", "duplicate", "ties", "few-rows", "empty"])
def test_every_remedy_changes_the_document(rig, structure, cause):
    """Whatever is offered for whatever shape and cause can be taken, and does what it says."""
    rig.session.apply(SetStructure(structure))
    rig.fit()
    document = rig.document
    found = Collapse(0, np.arange(3), (1, 2), cause, structure)
    object.__setattr__(document.record.fit, "collapsed", found)
    entries = remedies(document, Advice("collapsed", ()))
    assert entries, "a collapse without a way out"
    for entry in entries:
        after = entry.command.apply(document)
        assert after is not document
        if isinstance(entry.command, SetPrior):
            assert STRUCTURES[structure].has_prior
        if isinstance(entry.command, SetStructure):
            assert shape_words(after.spec.structure) in entry.words


def test_the_order_is_that_of_the_words(rig):
    rig.session.apply(OpenTable(tied_table()))
    rig.session.apply(TickColumns((0, 1)))
    rig.fit()
    collapsed = rig.document.record.fit.collapsed
    assert collapsed is not None and collapsed.cause == "ties"
    said = collapsed.reason
    assert offered(rig.document) == [
        "Fit with K = 2",
        "Fit with tied shape",
        "Fit with the prior",
        "Fit without b",
    ]
    places = [said.index(w) for w in ("fewer clusters", "tied shape", "prior", "leave")]
    assert places == sorted(places)


def test_the_prior_is_offered_where_there_is_one_and_it_is_off(rig):
    rig.session.apply(OpenTable(tied_table()))
    rig.session.apply(TickColumns((0, 1)))
    rig.fit()
    assert "Fit with the prior" in offered(rig.document)
    rig.session.apply(SetPrior(True))
    assert "Fit with the prior" not in offered(rig.document)
    rig.fit()
    assert rig.document.record.fit.collapsed is None, "the prior holds it"
    rig.session.apply(SetPrior(False))
    rig.session.apply(SetStructure("EVV"))
    rig.fit()
    assert rig.document.record.fit.collapsed is not None
    assert "Fit with the prior" not in offered(rig.document)


@pytest.mark.parametrize("structure", ALL)
def test_taking_the_first_remedies_in_turn_leads_to_a_sound_fit(rig, structure):
    """Whoever takes one remedy after the other gets out, whatever the shape."""
    rig.session.apply(OpenTable(tied_table()))
    rig.session.apply(TickColumns((0, 1)))
    rig.session.apply(SetScale("none"))
    rig.session.apply(SetStructure(structure))
    rig.session.apply(SetComponents(5))
    for _ in range(12):
        rig.fit()
        if rig.document.record.fit.collapsed is None:
            break
        entries = remedies(rig.document, Advice("collapsed", ()))
        rig.session.apply(entries[0].command)
    assert rig.document.record.fit.collapsed is None


def test_without_columns_nothing_is_offered(rig):
    rig.session.apply(TickColumns(()))
    assert remedies(rig.document, Advice("collapsed", ())) == ()


def test_what_only_the_floor_holds_up_is_never_ranked_and_says_why(rig, shown, qtbot):
    """Of all fourteen shapes on data that collapse most of them."""
    rig.session.apply(OpenTable(tied_table()))
    rig.session.apply(TickColumns((0, 1)))
    document = rig.document
    sample = prepare(document.table, document.preparation)
    run = sweep(sample.x, grid(document.spec, (3,), ALL, 2), units=sample.units)
    while True:
        try:
            next(run)
        except StopIteration as end:
            cells = end.value
            break
    gaps = [cell for cell in cells if cell.fit is None]
    assert {cell.structure for cell in gaps} >= {"VVI", "VVV", "EVV", "EVI", "VVE", "EVE"}
    assert all("collapsed" in cell.reason for cell in gaps)
    assert {cell.structure for cell in ranked(cells)} == set(ALL) - {c.structure for c in gaps}
    panel = shown(ReadingPanel(rig.session, rig.stage, rig.control), height=1400)
    for cell in gaps:
        rig.session.apply(SetStructure(cell.structure))
        rig.fit()
        assert rig.document.record.fit.collapsed is not None
        (warning,) = panel.warnings.items
        assert "collapsed" in warning.accessibleName()
        assert [button.isEnabled() for button in warning.buttons]
