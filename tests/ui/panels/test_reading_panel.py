from __future__ import annotations

import dataclasses
from types import SimpleNamespace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication

from gmmstudio.document.commands import (
    ExcludeRows,
    RenameCluster,
    SetComponents,
    SetStopping,
    TickColumns,
)
from gmmstudio.report.crosstab import CrossTable, MeansTable, compare
from gmmstudio.report.formats import log_likelihood
from gmmstudio.ui.panels import cluster_figures
from gmmstudio.ui.panels.reading_panel import ReadingPanel
from gmmstudio.ui.panels.remedies import as_many_as_hold_rows
from gmmstudio.ui.stage import RunInfo


@pytest.fixture
def panel(rig, shown) -> ReadingPanel:
    return shown(ReadingPanel(rig.session, rig.stage, rig.control), height=1400)


def plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def test_before_a_fit_it_says_what_will_stand_here(panel):
    assert "Press <b>Fit</b>" in panel.paragraph.text()
    assert not panel.card_box.isVisible()
    assert not panel.quality_box.isVisible()


def test_where_no_column_is_ticked_it_says_so(rig, panel, qtbot):
    rig.session.apply(TickColumns(()))
    assert panel.paragraph.text().startswith("Tick a column of numbers first")


def test_after_a_fit_paragraph_cards_and_quality(rig, panel, qtbot):
    rig.fit()
    assert "<b>3 clusters</b>" in panel.paragraph.text()
    assert [card.name.text() for card in panel.cards] == ["Cluster A", "Cluster B", "Cluster C"]
    assert plain(panel.cards[0].size_label.text()) == "152 rows · 44 %"
    assert panel.cards[0].lines()[0] == ("bill_length_mm", "38.8 ± 2.6")
    fit = rig.document.record.fit
    assert panel.quality["log_likelihood"].value.text() == f"−{-fit.log_likelihood:.2f}"
    assert panel.quality["parameters"].value.text() == "44"
    assert panel.quality["iterations"].value.text().endswith("converged")
    assert panel.agreement.text().endswith("of 10")


def test_a_click_on_the_name_renames_the_cluster(rig, panel, qtbot):
    rig.fit()
    name = panel.cards[1].name
    qtbot.mouseClick(name, Qt.MouseButton.LeftButton)
    assert name.selectedText() == "Cluster B"
    qtbot.keyClicks(name, "Gentoo")
    qtbot.keyClick(name, Qt.Key.Key_Return)
    assert rig.document.names == ((1, "Gentoo"),)
    assert name.text() == "Gentoo"
    rig.session.undo()
    assert name.text() == "Cluster B"
    rig.session.apply(RenameCluster(1, "Big ones"))
    assert name.text() == "Big ones"


def test_f2_begins_and_escape_forgets(rig, panel, qtbot):
    rig.fit()
    name = panel.cards[0].name
    qtbot.keyClick(name, Qt.Key.Key_F2)
    qtbot.keyClicks(name, "nonsense")
    qtbot.keyClick(name, Qt.Key.Key_Escape)
    assert name.text() == "Cluster A"
    assert rig.document.names == ()


def test_a_name_taken_already_is_refused_in_words(rig, panel, qtbot):
    rig.fit()
    name = panel.cards[0].name
    qtbot.keyClick(name, Qt.Key.Key_F2)
    qtbot.keyClicks(name, "Cluster B")
    qtbot.keyClick(name, Qt.Key.Key_Return)
    assert panel.refusal.isVisible()
    assert "already called" in panel.refusal.words.text()
    assert name.text() == "Cluster A"


def test_looking_back_shows_the_numbers_of_that_iteration(rig, panel, qtbot):
    rig.fit()
    shown = rig.look_back(2)
    component = shown.identities.index(0)
    mean, sd = shown.parameters.means[component, 0], shown.parameters.covariances[component, 0, 0]
    assert panel.cards[0].lines()[0][1] == f"{mean:.1f} ± {np.sqrt(sd):.1f}"
    assert panel.cards[0].size_label.text().startswith("≈")
    assert panel.quality["log_likelihood"].value.text() == f"−{-shown.log_likelihood:.2f}"
    assert panel.quality["icl"].value.text() == "–"
    assert "iteration 2" in panel.paragraph.text()
    assert not panel.compare.isVisible()


def test_looking_back_frame_by_frame_ends_with_the_figures_of_the_last(rig, panel, qtbot):
    rig.fit()
    for number in range(5):
        rig.look_back(number)
    qtbot.waitUntil(lambda: "iteration 4 of" in panel.paragraph.text(), timeout=1000)


def test_while_em_climbs_they_follow_a_few_times_a_second_and_end_with_the_last_frame(
    rig, panel, qtbot, monkeypatch
):
    rig.fit()
    made = []
    real = cluster_figures.cards
    monkeypatch.setattr(cluster_figures, "cards", lambda *a: made.append(a[1]) or real(*a))
    for number in range(8):
        shown = rig.look_back(number, live=True)
    assert len(made) <= 3  # that it is live, and one moment more on a slow machine
    qtbot.waitUntil(lambda: made[-1] is shown, timeout=1000)
    assert "iteration 7" in panel.paragraph.text()
    assert panel.quality["log_likelihood"].value.text() == log_likelihood(shown.log_likelihood)


def test_a_pause_shows_the_figures_of_the_frame_at_once(rig, panel):
    rig.fit()
    for number in range(6):
        shown = rig.look_back(number, live=True)
    rig.stage.put_run(RunInfo("paused"))
    assert panel.paragraph.text().startswith("The fit rests at <b>iteration 5</b>")
    assert panel.quality["log_likelihood"].value.text() == log_likelihood(shown.log_likelihood)


def test_out_of_date_offers_fit(rig, panel, qtbot):
    rig.fit()
    assert not panel.warnings.items
    rig.session.apply(SetComponents(4))
    (warning,) = panel.warnings.items
    assert "Out of date" in warning.accessibleName()
    qtbot.mouseClick(warning.buttons[0], Qt.MouseButton.LeftButton)
    assert rig.control.calls[-1] == ("fit",)
    rig.session.undo()
    assert not panel.warnings.items


def test_not_converged_offers_more_iterations(rig, panel, qtbot):
    rig.session.apply(SetStopping(1e-8, 3))
    rig.fit()
    (warning,) = panel.warnings.items
    qtbot.mouseClick(warning.buttons[0], Qt.MouseButton.LeftButton)
    assert rig.document.spec.max_iter == 100
    assert rig.control.calls[-1] == ("fit",)


def test_a_collapse_offers_what_can_be_done(rig, panel, qtbot):
    # year has three values: a cluster on one of them has no spread.
    year = rig.document.table.index("year")
    rig.session.apply(TickColumns((2, year)))
    rig.session.apply(SetComponents(3))
    rig.fit()
    fit = rig.document.record.fit
    assert fit.collapsed is not None
    buttons = {button.accessibleName(): button for button in panel.warnings.items[0].buttons}
    assert "Fit without year" in buttons
    assert "Fit with K = 2" in buttons
    buttons["Fit without year"].setFocus()
    qtbot.waitUntil(buttons["Fit without year"].hasFocus)
    qtbot.mouseClick(buttons["Fit without year"], Qt.MouseButton.LeftButton)
    assert panel.hasFocus(), "not the name of a cluster"
    assert rig.document.preparation.columns == (2,)
    assert rig.control.calls[-1] == ("fit",)


@pytest.mark.parametrize(
    ("sizes", "k"), [([100.0, 100.0, *[2.0] * 28], 2), ([2.0] * 30, 1), ([100.0] * 30, 29)]
)
def test_many_clusters_that_collapse_are_not_taken_away_one_by_one(rig, sizes, k):
    rig.session.apply(SetComponents(30))
    parameters = SimpleNamespace(weights=np.array(sizes) / 342)
    fit = SimpleNamespace(n_rows=342, n_columns=4, parameters=parameters)
    document = SimpleNamespace(record=SimpleNamespace(fit=fit), spec=rig.document.spec)
    (remedy,) = as_many_as_hold_rows(document)
    assert remedy.words == f"Fit with K = {k}"
    assert remedy.command == SetComponents(k)


def test_more_columns_than_rows_offers_what_helps(rig, panel, qtbot):
    kept = {0, 50, 100, 200, 300}
    rig.session.apply(TickColumns((2, 3, 4, 5, rig.document.table.index("year"))))
    rig.session.apply(ExcludeRows(frozenset(range(rig.document.table.n_rows)) - kept))
    rig.session.apply(SetComponents(1))
    rig.fit()
    assert rig.document.record.fit.collapsed.cause == "few-rows"
    (button,) = panel.warnings.items[0].buttons
    assert button.accessibleName() == "Fit with diagonal shape"


def test_compare_with_species(rig, panel, qtbot, told):
    rig.fit()
    options = [action.text() for action in panel.compare.choice.menu().actions()]
    assert options == ["Nothing", "species", "island", "sex", "year"]
    panel.compare.choice.menu().actions()[1].trigger()
    result, document = panel.compare.result, rig.document
    assert isinstance(result, CrossTable)
    record, assignment = document.record, rig.stage.assignment
    names = document.component_names(record)
    expected = compare(document.table, "species", record, assignment, names)
    np.testing.assert_array_equal(result.counts, expected.counts)
    assert panel.compare.table.isVisible()
    assert panel.compare.rand.value.text() == f"{expected.adjusted_rand:.2f}"
    assert "Adelie" in panel.compare.table.cell_words(0, 0)
    qtbot.mouseClick(panel.compare.copy, Qt.MouseButton.LeftButton)
    assert QApplication.clipboard().text().startswith("cluster\tAdelie")
    assert told[0].startswith("Copied")
    panel.compare.choice.menu().actions()[0].trigger()
    assert panel.compare.result is None
    assert not panel.compare.table.isVisible()


def test_compare_with_numbers_gives_means(rig, panel, qtbot):
    rig.session.apply(TickColumns((2, 3, 4)))
    rig.fit()
    panel.compare.choose("body_mass_g")
    assert isinstance(panel.compare.result, MeansTable)
    assert panel.compare.means.isVisible()
    rig.session.apply(RenameCluster(0, "Light"))
    assert panel.compare.result.clusters[0] == "Light"


def test_many_rows_are_counted_off_the_gui_thread(rig, panel, qtbot, monkeypatch):
    monkeypatch.setattr("gmmstudio.ui.panels.compare_column.MANY_ROWS", 100)
    rig.fit()
    panel.compare.choose("island")
    assert panel.compare.result is None
    qtbot.waitUntil(lambda: panel.compare.result is not None)
    assert panel.compare.result.column == "island"


def test_many_clusters_unfold(rig, panel, qtbot):
    rig.session.apply(TickColumns((2,)))
    rig.session.apply(SetComponents(3))
    rig.fit()
    end = rig.final()
    k = 20
    parameters = dataclasses.replace(
        end.parameters,
        weights=np.full(k, 1 / k),
        means=np.arange(k, dtype=float)[:, None],
        covariances=np.ones((k, 1, 1)),
    )
    frame = dataclasses.replace(
        end, parameters=parameters, identities=tuple(range(k)), final=False, live=True
    )
    rig.stage.put_shown(frame)
    assert sum(card.isVisible() for card in panel.cards) == 12
    assert panel.more.text() == "8 more…"
    panel.more.click()
    assert sum(card.isVisible() for card in panel.cards) == 20
    rig.stage.put_shown(end)
    assert sum(card.isVisible() for card in panel.cards) == 3


def test_many_columns_unfold(rig, panel, qtbot):
    card_figures = cluster_figures.CardFigures(
        0,
        "Cluster A",
        "3 rows",
        "",
        tuple(cluster_figures.Measure(f"column {j}", "1.0 ± 0.1") for j in range(18)),
    )
    from gmmstudio.ui.panels.cluster_card import ClusterCard

    card = ClusterCard()
    qtbot.addWidget(card)
    card.set_figures(card_figures)
    assert len(card.lines()) == 6
    assert card.more.text() == "12 more…"
    card.more.click()
    assert len(card.lines()) == 18


def test_a_try_on_a_sample_of_the_rows_has_no_bic(rig, panel, qtbot):
    rig.fit()
    frame = dataclasses.replace(rig.final(), final=False, live=True, n_rows=100)
    rig.stage.put_shown(frame)
    assert panel.quality["bic_aic"].value.text() == "–"
    assert panel.quality_header.value() == "on 100 rows"


@pytest.mark.parametrize(
    ("clusters", "values", "down"), [(3, 9, False), (9, 3, True), (3, 2, False)]
)
def test_the_cross_table_stands_the_way_that_fits(qtbot, qapp, clusters, values, down):
    from gmmstudio.ui.panels.crosstab_view import CrossTabView

    counts = np.arange(clusters * values).reshape(clusters, values)
    table = CrossTable(
        "kind",
        tuple(f"Cluster {k}" for k in range(clusters)),
        tuple(f"value {v}" for v in range(values)),
        counts,
        0,
        0,
        0.5,
    )
    view = CrossTabView()
    qtbot.addWidget(view)
    view.set_table(table, tuple(range(clusters)))
    view.resize(260, view.sizeHint().height())
    view.grab()
    first, second = view.cell_rect(0, 0), view.cell_rect(0, 1)
    assert (second.top() > first.top()) == down
    assert view._words_at(view.cell_rect(1, 2).center()) == view.cell_words(1, 2)
    assert view._words_at(QPoint(2, view.cell_rect(0, 0).center().y())) in (
        "Cluster 0",
        "value 0",
    )
    assert view.n_hidden() == 0


@pytest.mark.parametrize(
    ("share", "words"),
    [(0.0, "0 %"), (0.001, "<1 %"), (0.5, "50 %"), (0.999, ">99 %"), (1.0, "100 %")],
)
def test_narrow_percents_never_claim_all_or_none(share, words):
    from gmmstudio.ui.panels.crosstab_view import short_percent

    assert plain(short_percent(share)) == words
