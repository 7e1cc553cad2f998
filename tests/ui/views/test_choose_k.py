"""Choose K: every model in its place, the best one named, a click opens a fit."""

from __future__ import annotations

import numpy as np
import pytest
from heading_parts import whole_parts
from PySide6.QtCore import QPoint, Qt
from views_rig import Rig

from gmmstudio.document.commands import SetComponents, SetScale, SetSweep, ShowCell
from gmmstudio.document.errors import DocumentError
from gmmstudio.fitting.sweep import Cell, grid, sweep
from gmmstudio.mixture.errors import Collapse
from gmmstudio.mixture.structures import SHAPES
from gmmstudio.report.evidence import best_dot, lines, value_range
from gmmstudio.report.label_placing import Box, crosses
from gmmstudio.table.preparation import prepare
from gmmstudio.ui import theme
from gmmstudio.ui.stage import RunInfo
from gmmstudio.ui.views.choose_k.evidence import describe
from gmmstudio.ui.views.choose_k.layout import ABOVE, GAP, POINT, lay_out
from gmmstudio.ui.views.choose_k.view import COMPONENTS, ChooseKView


class FakeFit:
    """The figures of a fit and nothing else."""

    def __init__(self, bic: float, k: int) -> None:
        self.bic, self.aic, self.icl = bic, bic - 7 * k, bic + 3
        self.log_likelihood, self.n_parameters, self.n_components = -bic / 2, 5 * k, k
        self.structure = "VVV"


def cell(structure: str, k: int, bic: float | None, spec=None, **more) -> Cell:
    fit = None if bic is None else FakeFit(bic, k)
    return Cell(spec, structure, k, fit, **more)


def cells(seed: int = 0, gaps: bool = False) -> tuple[Cell, ...]:
    random = np.random.default_rng(seed)
    made = []
    for shape in SHAPES:
        level = random.uniform(900, 1100)
        for k in range(1, 10):
            value = level + 900 / k**2 + random.uniform(0, 60) * k
            value = None if gaps and random.random() < 0.2 else value
            reason = "Every try collapsed." if value is None else ""
            made.append(cell(shape, k, value, reason=reason))
    return tuple(made)


AREA = Box(40.0, 6.0, 320.0, 118.0)


@pytest.mark.parametrize("seed", range(60))
def test_the_best_models_label_lies_on_no_line_dot_or_name(seed):
    shapes = lines(cells(seed, gaps=seed % 2 == 1), "BIC")
    layout = lay_out(shapes, AREA, (98.0, 14.0), 14.0)
    if layout.best_label is None:
        return
    assert not crosses(layout.best_label, layout.segments)
    assert AREA.contains(layout.best_label)
    for spot in layout.spots:
        assert not layout.best_label.overlaps(Box(spot.x - 3, spot.y - 3, 6, 6))


def test_usually_there_is_room_for_the_label():
    found = [
        lay_out(lines(cells(seed), "BIC"), AREA, (98.0, 14.0), 14.0).best_label is not None
        for seed in range(60)
    ]
    assert np.mean(found) > 0.9


def test_each_model_stands_over_its_k_at_the_height_of_its_value():
    shapes = lines(cells(3), "AIC")
    layout = lay_out(shapes, AREA, (98.0, 14.0), 14.0)
    xs = dict(layout.columns)
    assert [k for k, _ in layout.columns] == list(range(1, 10))
    points = [spot for spot in layout.spots if spot.kind == POINT]
    for one in points:
        assert one.x == xs[one.dot.n_components]
        for other in points:
            if one.dot.value < other.dot.value:
                assert one.y > other.y
    assert layout.best is not None
    assert layout.best.dot is best_dot(shapes)


def test_gaps_break_the_line_and_are_shown():
    made = (
        cell("VVV", 1, 10.0),
        cell("VVV", 2, None, reason="All collapsed."),
        cell("VVV", 3, 8.0),
    )
    shapes = lines(made, "BIC")
    assert [len(run) for run in shapes[0].runs()] == [1, 1]
    layout = lay_out(shapes, AREA, (98.0, 14.0), 14.0)
    assert [spot.kind for spot in layout.spots] == [POINT, GAP, POINT]
    assert not len(layout.segments)


def test_one_huge_value_does_not_flatten_the_rest():
    made = [cell(s, k, 1000.0 + 10 * k) for s in SHAPES for k in range(2, 10)]
    made.append(cell("VII", 1, 90_000.0))
    shapes = lines(made, "BIC")
    low, high = value_range(shapes)
    assert low == 1020 and high < 2000
    layout = lay_out(shapes, AREA, (98.0, 14.0), 14.0)
    assert layout.is_clipped
    above = [spot for spot in layout.spots if spot.kind == ABOVE]
    assert [spot.dot.n_components for spot in above] == [1]
    assert layout.nearest(above[0].x, above[0].y) is above[0]


def test_a_usual_elbow_is_shown_whole():
    made = [cell(s, k, 1000.0 + 2000 / k) for s in SHAPES for k in range(1, 10)]
    assert value_range(lines(made, "BIC"))[1] == 3000


def test_words_about_a_model():
    shapes = lines((cell("EEE", 4, 2376.0), cell("VVV", 3, 2400.5, n_collapsed=2)), "BIC")
    best, other = shapes[0].dots[0], shapes[1].dots[0]
    text = describe(other, best, "BIC", (), shown=False)
    assert text.startswith("Full, K = 3\nBIC 2400.5 · AIC 2379.5 · ICL 2403.5")
    assert "2 tries collapsed" in text
    assert "BIC 24.5 above the best (tied, K = 4)" in text
    assert "The best of all by BIC" in describe(best, best, "BIC", (), shown=True)
    assert text.endswith("Click to open this fit")
    keys = describe(other, best, "BIC", (), shown=False, by_keyboard=True)
    assert keys.endswith("Press Enter to open this fit")
    collapse = Collapse(0, np.array([1, 2]), (1,), "ties")
    gap = lines((cell("VVI", 9, None, reason="x", collapsed=collapse),), "BIC")[0].dots[0]
    assert "“waiting”" in describe(gap, best, "BIC", ("eruptions", "waiting"), shown=False)


# ---- the view -------------------------------------------------------------------------------


@pytest.fixture
def view(rig: Rig, show) -> ChooseKView:
    return show(ChooseKView(rig.session, rig.stage, rig.control), 440, 190)


def swept(rig: Rig, view: ChooseKView, components=range(1, 5)) -> tuple[Cell, ...]:
    document = rig.document
    sample = prepare(document.table, document.preparation)
    specs = grid(document.spec.replace(tries=1), components, SHAPES, sample.x.shape[1])
    run = sweep(sample.x, specs, units=sample.units)
    while True:
        try:
            next(run)
        except StopIteration as end:
            found = end.value
            break
    rig.session.apply(SetSweep(found, document.preparation, document.spec))
    rig.stage.put_cells(found, len(found))
    view.grab()
    return found


def click(qtbot, view: ChooseKView, spot) -> None:
    place = QPoint(round(spot.x), round(spot.y))
    qtbot.mouseClick(view.chart, Qt.MouseButton.LeftButton, pos=place)


def test_empty_it_offers_to_find_the_best_k(view: ChooseKView, rig: Rig, qtbot):
    assert view._pages.currentIndex() == 1
    qtbot.mouseClick(view._find_button, Qt.MouseButton.LeftButton)
    assert rig.control.calls == [("find_best_k", COMPONENTS, SHAPES)]


@pytest.mark.parametrize("zoom", [1.0, 1.5])
@pytest.mark.parametrize(("width", "height"), [(440, 190), (210, 175), (120, 110)])
def test_what_it_offers_is_never_cut(rig: Rig, show, qtbot, zoom, width, height):
    theme.set_zoom(zoom)
    view = show(ChooseKView(rig.session, rig.stage, rig.control), width, height)
    view.grab()
    words, button = view._words, view._find_button
    if words.isVisible():
        assert words.height() >= words.heightForWidth(words.width())
        assert not words.geometry().intersects(button.geometry())
    assert "compares 1…9 clusters in several shapes" in button.toolTip()
    view.resize(440, 190)
    whole = "Find the best K compares 1…9 clusters in several shapes."
    qtbot.waitUntil(lambda: words.text() == whole)
    assert words.isVisible()


def test_a_click_on_a_dot_opens_that_fit(view: ChooseKView, rig: Rig, qtbot):
    found = swept(rig, view)
    layout = view.chart.layout_now
    assert layout is not None and len(layout.spots) == len(found)
    best = layout.best
    click(qtbot, view, best)
    assert rig.control.calls[-1] == ("open_cell", best.dot.cell.structure, best.dot.n_components)
    rig.session.apply(ShowCell(best.dot.cell.structure, best.dot.n_components))
    assert view.chart._shown is best.dot.cell
    assert "Shown now" in view.chart.describe(best)
    view.grab()


def test_a_refusal_is_said(view: ChooseKView, rig: Rig, qtbot, monkeypatch):
    swept(rig, view)

    def refuse(*_arguments):
        raise DocumentError("That model was not tried.")

    rig.control.open_cell = refuse
    click(qtbot, view, view.chart.layout_now.best)
    assert view._note.text() == "That model was not tried."


def test_the_criterion_is_chosen_in_the_heading(view: ChooseKView, rig: Rig, qtbot):
    swept(rig, view)
    values = {}
    for button in view._choices.buttons():
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
        values[button.text()] = view.chart.layout_now.best.dot.value
        assert view.criterion == button.text()
    assert len(set(values.values())) == 3


def test_while_it_sweeps_it_fills_and_can_be_cancelled(view: ChooseKView, rig: Rig, qtbot):
    made = cells()
    rig.stage.put_run(RunInfo("sweeping", "", 0.1, 1.0, 12.0))
    rig.stage.put_cells(made[:7], 36)
    assert "7 of 36" in view._note.text() and "12 s left" in view._note.text()
    assert view.chart.best_text().startswith("best so far: ")
    assert [k for k, _ in view.chart.layout_now.columns] == list(range(1, 10))
    qtbot.mouseClick(view._cancel, Qt.MouseButton.LeftButton)
    assert rig.control.calls == [("cancel",)]
    rig.stage.put_run(RunInfo())
    assert not view._cancel.isVisible()


def test_an_old_sweep_says_so_and_offers_another(view: ChooseKView, rig: Rig, qtbot):
    swept(rig, view)
    rig.session.apply(SetComponents(5))
    assert not view._again.isVisible()  # a sweep covers every K
    rig.session.apply(SetScale("none"))
    assert "Out of date" in view._note.text()
    qtbot.mouseClick(view._again, Qt.MouseButton.LeftButton)
    assert rig.control.calls[-1][0] == "find_best_k"


@pytest.mark.parametrize("zoom", [1.0, 1.25, 1.5])
def test_nothing_that_means_something_is_cut_from_the_heading(
    view: ChooseKView, rig: Rig, zoom: float
):
    swept(rig, view)
    theme.set_zoom(zoom)
    said: list[str] = []
    for old in (False, True):
        if old:
            rig.session.apply(SetScale("none"))
        for width in range(round(600 * zoom), round(140 * zoom), -7):
            view.resize(width, 190)
            said.append(view._sense.text())
            whole_parts(view, view._heading)
            assert view._note.fitting().startswith("Out of date") == old
            assert view._again.isHidden() != old
    assert dict.fromkeys(said).keys() >= {"– lower is better", "↓ better"}
    assert view.minimumSizeHint().width() <= 210


def test_keys_walk_from_model_to_model(view: ChooseKView, rig: Rig, qtbot):
    swept(rig, view)
    best = view.chart.layout_now.best
    qtbot.keyClick(view.chart, Qt.Key.Key_Left)
    qtbot.keyClick(view.chart, Qt.Key.Key_Return)
    assert rig.control.calls[-1] == (
        "open_cell",
        best.dot.cell.structure,
        max(best.dot.n_components - 1, 1),
    )
    qtbot.keyClick(view.chart, Qt.Key.Key_Up)
    assert view.chart._cursor.n_components == max(best.dot.n_components - 1, 1)


def test_hovering_describes_the_nearest_model(view: ChooseKView, rig: Rig, qtbot):
    swept(rig, view)
    spot = view.chart.layout_now.spots[2]
    qtbot.mouseMove(view.chart, QPoint(round(spot.x), round(spot.y)))
    assert view.chart._hovered is not None
    qtbot.mouseMove(view.chart, QPoint(1, 1))
    assert view.chart._hovered is None


def test_gaps_one_model_and_small_windows_are_drawn(view: ChooseKView, rig: Rig, caplog):
    for made in (cells(1, gaps=True), cells()[:1], (cell("V", 1, None, reason="empty"),)):
        rig.stage.put_cells(made, len(made))
        for width, height in ((440, 190), (230, 140), (900, 400)):
            view.resize(width, height)
            view.grab()
    assert not caplog.records


def test_dark_and_large(view: ChooseKView, rig: Rig):
    rig.stage.put_cells(cells(), 36)
    theme.choose("dark")
    theme.set_zoom(1.6)
    assert view.grab().toImage().pixelColor(2, 2).name() == theme.DARK.window
