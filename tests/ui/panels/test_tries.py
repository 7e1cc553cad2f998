"""The tries in words, and the ways from the panels to the map of the starts."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from PySide6.QtCore import Qt

from gmmstudio.document.commands import (
    AddFit,
    OpenTable,
    SetComponents,
    SetPrior,
    SetStart,
    SetStructure,
    SetWeights,
    TickColumns,
)
from gmmstudio.mixture.errors import Collapse
from gmmstudio.mixture.fit import FINISH, REOPENED, Fit, Optimum
from gmmstudio.report import formats
from gmmstudio.table.reading import read_text
from gmmstudio.ui.panels.reading_panel import ReadingPanel
from gmmstudio.ui.panels.tries import try_lines, try_words
from gmmstudio.ui.starts import starts_of
from gmmstudio.ui.transport import Transport
from gmmstudio.ui.widgets.folding import folded


def plain(text: str) -> str:
    for space in ("\u00a0", "\u202f", "\u2007"):
        text = text.replace(space, " ")
    return text


def with_fit(record, fit: Fit):
    return dataclasses.replace(record, fit=fit)


def several(rig, structure: str = "VVV", tries: int = 6) -> None:
    """Fit so that the starts come to several optima."""
    rig.session.apply(SetStructure(structure))
    rig.session.apply(SetComponents(6))
    rig.session.apply(SetStart("random", tries))
    rig.fit()
    assert len(rig.document.record.fit.optima) > 1


def reopened(rig, place: int = 1):
    """Add a fit that another optimum was opened for, as a run does."""
    record = rig.document.record
    fit, optimum = record.fit, record.fit.optima[place]
    chosen = next(a for a in fit.attempts if a.number == optimum.attempt)
    more = dataclasses.replace(chosen, number=len(fit.attempts) + 1, start=REOPENED)
    changed = dataclasses.replace(
        fit,
        parameters=chosen.parameters,
        log_likelihood=chosen.log_likelihood,
        attempts=(*fit.attempts, more),
        attempt=more.number,
    )
    rig.session.apply(AddFit(changed, record.preparation, record.spec, record.tracks))
    return rig.document.record


def test_each_try_says_how_it_agrees_with_the_best(rig):
    several(rig)
    record = rig.document.record
    fit = record.fit
    lines = {line.number: line for line in try_lines(record, record.tracks)}
    best, other = fit.optima[0], fit.optima[-1]
    assert lines[best.attempt].text.endswith("   best")
    share = plain(lines[other.attempt].text).split("   ")[-1]
    assert share == f"{max(other.agreement, 0):.0%} agreement".replace("%", " %")
    assert "agreement with the best (adjusted Rand)" in lines[other.attempt].tooltip
    marks = [plain(line.text).split("   ")[-1] for line in lines.values()]
    assert marks.count("best") == 1
    assert marks.count("same as the best") == best.n_starts - 1


def test_an_optimum_opened_is_named_after_its_try(rig):
    several(rig)
    before = rig.document.record
    record = reopened(rig)
    number = before.fit.optima[1].attempt
    line = try_lines(record, record.tracks)[-1]
    assert plain(line.text).startswith(f"Optimum of try {number}   ℓ ")
    assert line.text.endswith("agreement")
    assert try_words(record.fit.attempt, 7, record) == f"optimum of try {number}"
    assert try_words(before.fit.attempt, 7, record) == f"try {before.fit.attempt} of 6 (best)"
    assert starts_of(record).shown == 1


def test_starts_with_another_tilt_are_named(rig):
    several(rig, "VVE", tries=3)
    record = rig.document.record
    assert len(record.fit.attempts) > 3, "the best labels were gone from with other tilts"
    lines = try_lines(record, record.tracks)
    tilts = [plain(line.text).split("   ")[0] for line in lines]
    assert all(", tilt of " in tilt for tilt in tilts)
    assert any("tilt of cluster " in tilt for tilt in tilts)
    assert any("tilt of the columns" in tilt for tilt in tilts)
    assert "At the start all clusters have the tilt of" in lines[0].tooltip


def test_tries_on_a_sample(rig):
    several(rig)
    record = rig.document.record
    fit = record.fit
    last = dataclasses.replace(
        fit.attempts[fit.attempt - 1], number=7, start=FINISH, n_rows=fit.n_rows * 3
    )
    sampled = dataclasses.replace(
        fit, n_rows=fit.n_rows * 3, attempts=(*fit.attempts, last), attempt=7
    )
    changed = with_fit(record, sampled)
    lines = try_lines(changed, ())
    assert lines[-1].text.startswith("All rows") and lines[-1].text.endswith("   best")
    assert lines[fit.attempt - 1].text.endswith("best of the sample")
    assert "on a sample of 342 rows" in plain(lines[0].tooltip)
    assert try_words(7, 7, changed) == "all rows (best)"
    assert try_words(fit.attempt, 7, changed) == f"try {fit.attempt} of 6"


def test_a_collapse_is_told_in_the_names_of_the_table(rig):
    several(rig)
    record = rig.document.record
    gone = Collapse(2, np.array([3, 4]), (0, 1), "ties", "VVV")
    attempts = tuple(
        dataclasses.replace(a, collapsed=gone if a.number == 2 else None)
        for a in record.fit.attempts
    )
    changed = with_fit(record, dataclasses.replace(record.fit, attempts=attempts))
    line = try_lines(changed, (), ("length", "depth"), np.arange(11, 400))[1]
    assert plain(line.text).endswith("collapsed")
    assert "“length” and “depth”" in line.tooltip
    assert "14, 15" in line.tooltip


def test_the_menu_names_columns_and_rows_of_the_table(rig, shown):
    bar = shown(Transport(rig.session, rig.stage, rig.control), width=1000, height=58)
    several(rig)
    record = rig.document.record
    names, rows = bar._user_names(record)
    assert names[0] == "bill_length_mm"
    assert rows is not None and rows[0] == rig.stage.assignment.rows[0] + 1
    assert bar._user_names(None) == ((), None)


# ---- the right panel ------------------------------------------------------------------------


@pytest.fixture
def panel(rig, shown) -> ReadingPanel:
    return shown(ReadingPanel(rig.session, rig.stage, rig.control), height=1400)


def test_tries_that_agree_lead_to_the_map(rig, panel, qtbot):
    several(rig)
    best: Optimum = rig.document.record.fit.optima[0]
    assert panel.agreement.text() == f"{best.n_starts} of 6"
    assert panel.agreement.isVisible()
    assert "Click" in panel.agreement.toolTip()
    with qtbot.waitSignal(panel.starts_asked):
        qtbot.mouseClick(panel.agreement, Qt.MouseButton.LeftButton)
    panel.agreement.setFocus()
    for key in (Qt.Key.Key_Return, Qt.Key.Key_Space):
        with qtbot.waitSignal(panel.starts_asked):
            qtbot.keyClick(panel.agreement, key)
    panel.grab()


def test_another_optimum_than_the_best_says_so(rig, panel, qtbot):
    several(rig)
    assert "better" not in panel.paragraph.text()
    record = reopened(rig)
    rig.stage.put_shown(rig.final())
    assert "came to a better one" in panel.paragraph.text()
    assert panel.agreement.text() == f"{record.fit.optima[1].n_starts} of 6"


def test_lines_that_few_fits_have(rig, panel, qtbot):
    rig.fit()
    assert not panel.quality["prior"].isVisible()
    assert not panel.quality["weights"].isVisible()
    rig.session.apply(SetPrior(True))
    rig.fit()
    assert panel.quality["prior"].isVisible()
    assert panel.quality["prior"].value.text() == "holds the shapes"
    assert "held by a prior" in panel.quality["prior"].name.toolTip()


def weighted_table(counts: bool):
    random = np.random.default_rng(0)
    x = random.normal(0, 1, (80, 2)) + np.repeat([[0.0], [7.0]], 40, axis=0)
    w = np.repeat([1, 3], 40) if counts else np.repeat([0.5, 1.5], 40)
    rows = [f"{a:.3f},{b:.3f},{c}" for (a, b), c in zip(x.tolist(), w.tolist(), strict=True)]
    return read_text("a,b,w\n" + "\n".join(rows) + "\n")


@pytest.mark.parametrize(("counts", "words"), [(True, "160 observations"), (False, "w")])
def test_weighted_rows_say_what_they_count_for(rig, panel, qtbot, counts, words):
    rig.session.apply(OpenTable(weighted_table(counts)))
    rig.session.apply(TickColumns((0, 1)))
    rig.session.apply(SetWeights(2))
    rig.session.apply(SetComponents(2))
    rig.fit()
    line = panel.quality["weights"]
    assert line.isVisible()
    assert plain(line.value.text()) == words
    assert "“w”" in line.name.toolTip()
    sizes = [plain(card.size_label.text()) for card in panel.cards]
    assert sizes == ["40 rows · 75 % of weight", "40 rows · 25 % of weight"]
    card = panel.cards[0]
    assert card.size_label.width() >= card.size_label.sizeHint().width(), "not cut"
    wide = card.width()
    card.resize(wide - 60, card.height())
    assert plain(card.size_label.text()) == "75 % of weight"
    assert plain(card.size_label.toolTip()).startswith("40 rows · 75 % of weight\n")
    card.resize(wide, card.height())
    assert "share is of the weight" in panel.cards[0].size_label.toolTip()
    rig.look_back(0)
    fit, shown = rig.document.record.fit, rig.stage.shown
    bic = -2 * shown.log_likelihood + fit.n_parameters * np.log(fit.n_observations)
    assert panel.quality["bic_aic"].value.text().startswith(formats.log_likelihood(bic))


def test_long_tooltips_are_folded():
    text = folded("word " * 60 + "\n\nlast")
    assert max(map(len, text.split("\n"))) <= 84
    assert text.endswith("\n\nlast")
    assert folded("x" * 200) == "x" * 200
