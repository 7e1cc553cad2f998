"""Row weights: the choice, what it does to the ticks, what cannot be weights."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt

from gmmstudio.document.commands import OpenTable, SetWeights, TickColumns
from gmmstudio.table.preparation import prepare
from gmmstudio.table.reading import read_text
from gmmstudio.table.table import Table
from gmmstudio.ui.panels.left_panel import LeftPanel


def birds() -> Table:
    """Two numbers, a count, a fraction, a column with negative numbers, zeros, a text."""
    random = np.random.default_rng(2)
    lines = ["wing,bill,times,share,slope,zero,site"]
    for i in range(60):
        a, b = random.normal(6 * (i % 2), 1, 2)
        times = "" if i == 7 else str(1 + i % 5)
        lines.append(f"{a:.3f},{b + 20:.3f},{times},{0.25 + (i % 3) / 8},{i - 30},0,site {i % 2}")
    return read_text("\n".join(lines) + "\n", "birds")


@pytest.fixture
def panel(rig, shown) -> LeftPanel:
    rig.session.apply(OpenTable(birds()))
    rig.session.apply(TickColumns((0, 1)))
    return shown(LeftPanel(rig.session, rig.stage), height=1200)


def action(panel: LeftPanel, beginning: str):
    return next(a for a in panel.data.weights.menu().actions() if a.text().startswith(beginning))


def index(rig, name: str) -> int:
    return rig.document.table.index(name)


def test_none_at_first(rig, panel):
    assert panel.data.weights.value() == "none"
    assert action(panel, "None").isChecked()
    assert not action(panel, "As counts").isEnabled()


def test_whole_numbers_are_counts_and_others_relative(rig, panel):
    action(panel, "times").trigger()
    assert rig.document.preparation.weights == index(rig, "times")
    assert panel.data.weights.value() == "times · as counts"
    assert action(panel, "As counts").isChecked()
    action(panel, "share").trigger()
    assert panel.data.weights.value() == "share · relative"
    assert action(panel, "Relative").isChecked()


def test_counts_can_be_taken_as_relative_and_back(rig, panel):
    action(panel, "times").trigger()
    before = prepare(rig.document.table, rig.document.preparation)
    action(panel, "Relative").trigger()
    after = prepare(rig.document.table, rig.document.preparation)
    assert panel.data.weights.value() == "times · relative"
    assert before.n_observations > after.n_observations == len(after.rows)
    np.testing.assert_allclose(before.weights / before.weights[0], after.weights / after.weights[0])
    rig.session.undo()
    assert panel.data.weights.value() == "times · as counts"
    action(panel, "None").trigger()
    assert rig.document.preparation.weights is None
    assert panel.data.weights.value() == "none"


def test_what_the_row_says_is_what_the_sample_does(rig, panel):
    for name in ("times", "share", "wing"):
        if name == "wing":
            rig.session.apply(TickColumns((1,)))
            if panel.data._cache.range(rig.document.table.columns[0])[0] < 0:
                continue
        action(panel, name).trigger()
        weights = prepare(rig.document.table, rig.document.preparation).row_weights
        assert panel.data.weights.value().endswith(
            "as counts" if weights.are == "counts" else "relative"
        )


@pytest.mark.parametrize(
    ("name", "why"), [("slope", "has negative numbers"), ("zero", "always 0"), ("site", "text")]
)
def test_what_cannot_be_weights_says_why(panel, name, why):
    entry = action(panel, name)
    assert entry.text() == f"{name} · {why}"
    assert not entry.isEnabled()


def test_a_ticked_column_loses_its_tick_and_that_is_said(rig, panel):
    rig.session.apply(TickColumns((0, 1, index(rig, "times"))))
    assert "not among the columns" in action(panel, "times").toolTip()
    action(panel, "times").trigger()
    assert rig.document.preparation.columns == (0, 1)
    assert panel.data.refusal.isVisible()
    assert "times weighs the rows now" in panel.data.refusal.words.text()
    rig.session.undo()
    assert index(rig, "times") in rig.document.preparation.columns


def test_the_weights_cannot_be_ticked_and_say_so(rig, panel, qtbot, told):
    action(panel, "times").trigger()
    view = panel.data.columns.view
    row = view.model().index(index(rig, "times"), 0)
    assert not row.flags() & Qt.ItemFlag.ItemIsUserCheckable
    before = rig.document
    centre = view.visualRect(row).center()
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=centre)
    assert rig.document is before
    assert "weighs the rows" in told[0]
    panel.data.columns.context_menu.actions()[0].trigger()  # tick all columns of numbers
    assert index(rig, "times") not in rig.document.preparation.columns
    assert index(rig, "share") in rig.document.preparation.columns
    panel.data.columns.context_menu.actions()[1].trigger()  # those ticked at first
    assert index(rig, "times") not in rig.document.preparation.columns


def test_the_only_ticked_column_is_not_taken_away(rig, panel):
    rig.session.apply(TickColumns((index(rig, "share"),)))
    action(panel, "share").trigger()
    assert rig.document.preparation.weights is None
    assert "only column ticked" in panel.data.refusal.words.text()


def test_rows_without_a_weight_are_counted_as_skipped(rig, panel):
    assert panel.data.header.value().startswith("60 rows")
    action(panel, "times").trigger()
    assert panel.data.header.value().startswith("59 rows")
    assert panel.data.missing.value() == "Skip 1 row"
    assert "times (1)" in panel.data.missing.toolTip()


def test_the_tooltip_explains_the_kind_chosen(rig, panel):
    assert "every row counts once" in panel.data.weights.toolTip()
    action(panel, "times").trigger()
    assert "as five rows" in panel.data.weights.toolTip()
    assert panel.data.weights.accessibleDescription() == panel.data.weights.toolTip()


def test_a_refused_column_leaves_everything_as_it_was(rig, panel):
    before = rig.document
    panel.data.weights.asked.emit(SetWeights(index(rig, "slope")))
    assert rig.document is before
    assert "cannot be negative" in panel.data.refusal.words.text()
    assert panel.data.weights.value() == "none"


def test_weights_and_copies_of_rows_give_one_fit(rig, panel):
    """The whole way through the panel: as counts, a row of weight w is w rows."""
    rig.session.apply(TickColumns((0, 1)))
    action(panel, "times").trigger()
    rig.fit()
    weighted = rig.document.record.fit
    table = rig.document.table
    x = np.column_stack([table.columns[i].values for i in (0, 1)])
    times = table.columns[index(rig, "times")].values
    known = np.isfinite(times)
    copies = np.repeat(x[known], times[known].astype(int), axis=0)
    assert weighted.n_observations == len(copies)
    log_density = weighted.log_density(copies)
    assert weighted.log_likelihood == pytest.approx(log_density.sum(), rel=1e-9)
