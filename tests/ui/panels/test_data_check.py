"""The data check of step 1: what is said, what can be done about it, and that undo undoes it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from scipy import stats

from gmmstudio.document.commands import (
    ExcludeRows,
    IncludeRows,
    OpenTable,
    SetComponents,
    SetLog,
    SetMissing,
    SetScale,
    TickColumns,
)
from gmmstudio.document.document import Document
from gmmstudio.document.session import Session
from gmmstudio.mixture.structures import ALL, STRUCTURES
from gmmstudio.report import formats
from gmmstudio.table import read_text
from gmmstudio.table.checks import findings
from gmmstudio.ui.panels import cluster_figures
from gmmstudio.ui.panels.check_remedies import check_remedies
from gmmstudio.ui.panels.left_panel import LeftPanel
from gmmstudio.ui.panels.scale_choice import affected_shapes

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


def messy(n: int = 200):
    rng = np.random.default_rng(4)
    group = rng.integers(0, 2, n)
    size = (rng.normal(165, 6, n) + 15 * group).round(1)
    share = rng.dirichlet([3, 4, 5], n).round(3)
    columns = {
        "size": size,
        "inches": (size / 2.54).round(2),
        "income": np.exp(rng.normal(9, 0.9, n) + group).round(0),
        "age": np.where(rng.random(n) < 0.05, -999, rng.integers(18, 80, n)),
        "weight": np.where(np.arange(n) == 7, 7000.0, rng.normal(70, 8, n).round(1)),
        "gap": np.where(rng.random(n) < 0.1, np.nan, rng.normal(0, 1, n).round(3)),
        "pile": np.where(rng.random(n) < 0.4, 0.0, rng.gamma(3, 2, n).round(3)),
        "number": rng.permutation(n) + 1,
        "flat": np.where(np.arange(n) == 3, 2.5, 1.5),
        **{name: share[:, j] for j, name in enumerate(("a", "b", "c"))},
    }
    return read_text(pd.DataFrame(columns).to_csv(index=False), "messy")


@pytest.fixture(scope="module")
def table():
    return messy()


@pytest.fixture
def session(table) -> Session:
    session = Session()
    session.apply(OpenTable(table))
    session.apply(TickColumns(tuple(range(len(table.columns)))))
    return session


def found(session: Session):
    return findings(session.document.table, session.document.preparation)


KINDS = {
    "composition",
    "duplicate",
    "id",
    "missing",
    "missing-code",
    "near-constant",
    "outliers",
    "skewed",
    "ties",
}


def test_every_remedy_mends_what_it_stands_by_and_can_be_undone(session) -> None:
    start = session.document
    seen = set()
    for finding in found(session):
        seen.add(finding.kind)
        remedies = check_remedies(start, finding)
        assert remedies, finding.kind
        for remedy in remedies:
            session.apply(remedy.command or remedy.rereading())
            if not isinstance(remedy.command, SetScale) and remedy.words != "Use the prior":
                left = [(f.kind, f.columns) for f in found(session) if f.needs_a_look]
                assert (finding.kind, finding.columns) not in left, remedy.words
            session.undo()
            assert session.document is start
    assert seen == KINDS


def test_a_filled_or_logged_table_offers_the_way_back(session) -> None:
    session.apply(SetMissing("median"))
    (missing,) = [f for f in found(session) if f.kind == "missing"]
    assert not missing.needs_a_look
    words = [remedy.words for remedy in check_remedies(session.document, missing)]
    assert words[:2] == ["Skip these rows", "Fill from the nearest rows"]
    session.apply(
        ExcludeRows(frozenset(np.flatnonzero(session.document.table.columns[6].values <= 0)))
    )
    session.apply(SetLog((6,)))
    session.apply(IncludeRows())
    (bad,) = [f for f in found(session) if f.kind == "no-logarithm"]
    leave, keep = check_remedies(session.document, bad)
    session.apply(keep.command)
    assert session.document.preparation.log == ()
    session.undo()
    session.apply(leave.command)
    assert "no-logarithm" not in [f.kind for f in found(session)]


def test_the_last_column_is_never_unticked(session) -> None:
    session.apply(TickColumns((7,)))
    (finding,) = found(session)
    (remedy,) = check_remedies(session.document, finding)
    assert (finding.kind, remedy.words) == ("id", "Read number as text")


# ---- in the panel -------------------------------------------------------------------------------


@pytest.fixture
def panel(rig, shown) -> LeftPanel:
    return shown(LeftPanel(rig.session, rig.stage))


@pytest.fixture
def settled(panel, qtbot):
    """Wait for the check."""

    def wait() -> None:
        qtbot.waitUntil(lambda: not panel.data.check.waits, timeout=10_000)

    wait()
    return wait


def button(box, words: str) -> QPushButton:
    (there,) = [b for b in box.buttons if b.accessibleName() == words or b.text() == words]
    return there


def test_clean_data_say_so_and_nothing_nags(panel, settled) -> None:
    assert panel.data.check_row.value() == "all well"
    assert "Nothing stands out" in panel.data.check_row.toolTip()


def test_the_row_counts_and_follows_what_is_ticked(rig, panel, settled, table) -> None:
    rig.session.apply(OpenTable(table))
    assert panel.data.check_row.value() == "looking…"
    settled()
    n = len(panel.data.check.open)
    assert n >= 6 and panel.data.check_row.value() == f"{n} to look at"
    rig.session.apply(TickColumns((0, 2)))
    settled()
    assert panel.data.check_row.value() == "1 to look at"
    assert "income is strongly skewed" in panel.data.check_row.toolTip()
    before = panel.data.check.found
    rig.session.apply(SetScale("robust"))  # on which no finding depends
    assert not panel.data.check.waits and panel.data.check.found is before


def test_the_dialog_lists_mends_and_follows(rig, panel, settled, table, qtbot) -> None:
    rig.session.apply(OpenTable(table))
    rig.session.apply(TickColumns((0, 1, 2, 3)))
    settled()
    panel.data.check_row.setFocus()
    qtbot.keyClick(panel.data.check_row, Qt.Key.Key_Space)
    dialog = panel.data.check_dialog
    assert [box.finding.kind for box in dialog.boxes] == ["duplicate", "missing-code", "skewed"]
    assert dialog.heading.text() == "3 things to look at in messy"
    assert all(b.accessibleName() or b.text() for box in dialog.boxes for b in box.buttons)
    assert dialog.boxes[0].accessibleName().startswith("Mend first: inches repeats size")

    qtbot.mouseClick(button(dialog.boxes[2], "Use its logarithm"), Qt.MouseButton.LeftButton)
    assert rig.document.preparation.log == (2,)
    settled()
    assert [box.finding.kind for box in dialog.boxes] == ["duplicate", "missing-code"]
    rows = dialog.boxes[1].finding.rows
    rig.stage.selection.reset(table.n_rows)
    select = button(dialog.boxes[1], f"Select the {rows.size} rows")
    qtbot.mouseClick(select, Qt.MouseButton.LeftButton)
    assert rig.stage.selection.rows.tolist() == rows.tolist()

    qtbot.mouseClick(button(dialog.boxes[0], "Leave it as it is"), Qt.MouseButton.LeftButton)
    assert panel.data.check_row.value() == "1 to look at"
    assert [box.finding.kind for box in dialog.boxes] == ["missing-code", "duplicate"]
    qtbot.mouseClick(button(dialog.boxes[1], "List it again"), Qt.MouseButton.LeftButton)
    assert panel.data.check_row.value() == "2 to look at"
    for words in ("2 to look at", "1 to look at", "2 to look at"):  # as any other choice is undone
        assert panel.data.check_row.value() == words
        rig.session.undo()
    settled()
    assert len(dialog.boxes) == 3
    panel.data.open_check()
    assert panel.data.check_dialog is dialog
    dialog.close()
    assert panel.data.check_dialog is None


def test_a_sign_for_missing_and_a_code_are_read_anew(rig, panel, settled, table, qtbot) -> None:
    rig.session.apply(OpenTable(table))
    rig.session.apply(TickColumns((0, 3, 7)))
    settled()
    panel.data.open_check()
    dialog = panel.data.check_dialog
    n = table.column("age").cells.to_pylist().count("-999")
    sign, code = dialog.boxes
    qtbot.mouseClick(button(sign, "Read -999 as missing"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: rig.document.table is not table, timeout=10_000)
    settled()
    age = rig.document.table.column("age")
    assert (age.n_missing, float(np.nanmin(age.values))) == (n, 18.0)
    assert age.cells is table.column("age").cells
    assert rig.session.undo_label == "Read -999 as missing in age"
    code = next(box for box in dialog.boxes if box.finding.kind == "id")
    qtbot.mouseClick(button(code, "Read number as text"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: rig.document.table.columns[7].kind == "text", timeout=10_000)
    assert rig.document.preparation.columns == (0, 3)
    settled()
    assert [box.finding.kind for box in dialog.boxes] == ["missing"]
    rig.session.undo()
    rig.session.undo()
    assert rig.document.table is table
    assert rig.document.preparation.columns == (0, 3, 7)
    dialog.close()


def test_no_table_is_no_trouble(rig, shown) -> None:
    panel = shown(LeftPanel(Session(Document()), rig.stage))
    panel.data.open_check()
    assert panel.data.check_dialog.heading.text() == "There is no table yet."
    panel.data.check_dialog.close()


def test_missing_cells_are_skipped_or_filled_by_choice(rig, panel) -> None:
    missing = panel.data.missing
    assert missing.value() == "Skip 2 rows"
    actions = {action.text(): action for action in missing.menu().actions()}
    actions["Fill by the median"].trigger()
    assert rig.document.preparation.missing == "median"
    assert missing.value() == "Skip 2 rows"  # they have no value in any ticked column
    rig.session.apply(TickColumns((2, 3, 4, 5, 7)))
    assert missing.value() == "8 cells · median"
    assert "Filled cells are marked" in missing.toolTip()
    assert panel.data.header.value() == "344 rows · 5 of 8 columns"
    rig.stage.selection.reset(344)
    {action.text(): action for action in missing.menu().actions()}[
        "Select the rows with missing values"
    ].trigger()
    assert rig.stage.selection.rows.tolist() == [3, 271]


def test_logarithms_are_chosen_in_the_scales_menu(rig, panel, table) -> None:
    def logs():
        (menu,) = [a.menu() for a in panel.data.scale.menu().actions() if a.menu()]
        return {action.text(): action for action in menu.actions()}

    rig.session.apply(OpenTable(table))
    rig.session.apply(TickColumns((2, 3, 6)))
    assert list(logs()) == ["income", "age · has negative numbers", "pile · has zeros"]
    assert [action.isEnabled() for action in logs().values()] == [True, False, False]
    logs()["income"].trigger()
    assert rig.document.preparation.log == (2,)
    assert panel.data.scale.value() == "Standardise · log"
    assert "By their logarithm: income" in panel.data.scale.toolTip()
    logs()["income"].trigger()
    assert rig.document.preparation.log == ()
    {a.text(): a for a in panel.data.scale.menu().actions()}["Robust"].trigger()
    assert rig.document.preparation.scale == "robust"
    below = np.flatnonzero(table.columns[6].values <= 0)
    rig.session.apply(ExcludeRows(frozenset(below.tolist())))
    assert logs()["pile"].isEnabled()


def test_the_scales_tip_names_the_shapes_as_the_engine_has_them(panel) -> None:
    words = {STRUCTURES[name].words: name for name in ALL}
    assert {words.get(shape, shape) for shape in affected_shapes()} == {
        name for name in ALL if not STRUCTURES[name].scale_free
    }
    assert "It does not change diagonal, tied and full shapes" in panel.data.scale.toolTip()


def test_cards_say_a_logarithm_in_its_own_unit(rig, panel, table) -> None:
    rig.session.apply(OpenTable(table))
    rig.session.apply(TickColumns((0, 2)))
    rig.session.apply(SetLog((2,)))
    rig.session.apply(SetComponents(1))
    rig.fit()
    (card,) = cluster_figures.cards(rig.document, rig.stage.shown, rig.stage.assignment)
    assert [measure.column for measure in card.measures] == ["size", "log income"]
    fit = rig.document.record.fit
    mean, sd = fit.parameters.means[0, 1], np.sqrt(fit.parameters.covariances[0, 1, 1])
    lognormal = stats.lognorm(s=sd, scale=np.exp(mean))
    said = card.measures[1].explanation
    assert f"half of this cluster lies below {formats.fixed(lognormal.median(), 0)}" in said
    assert lognormal.cdf(np.exp(mean + sd)) - lognormal.cdf(np.exp(mean - sd)) == pytest.approx(
        0.683, abs=1e-3
    )  # two thirds
    shown = rig.stage.shown
    figures = cluster_figures.quality(shown, fit, rig.stage.assignment, shown.n_rows)
    less = np.log(table.columns[2].values).sum()
    assert figures.original == formats.log_likelihood(fit.bic + 2 * less)
    assert cluster_figures.explained(rig.document, rig.stage.assignment)["original"]
