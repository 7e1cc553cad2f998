"""Choose K with all fourteen shapes: names, colours, gaps and the line in front."""

from __future__ import annotations

from itertools import combinations, pairwise

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from views_rig import Rig

from gmmstudio.document.commands import TickColumns
from gmmstudio.fitting.sweep import Cell
from gmmstudio.mixture.errors import Collapse
from gmmstudio.report.evidence import lines, ranked, short_name, value_range
from gmmstudio.report.label_placing import Box
from gmmstudio.ui import theme
from gmmstudio.ui.views.choose_k.evidence import describe_above, describe_gaps, describe_line, twins
from gmmstudio.ui.views.choose_k.layout import ABOVE, GAP, Layout, lay_out
from gmmstudio.ui.views.choose_k.shape_colors import shape_color
from gmmstudio.ui.views.choose_k.view import ChooseKView

ALL = (
    *("EII", "VII", "EEI", "VEI", "EVI", "VVI", "EEE"),
    *("VEE", "EVE", "VVE", "EEV", "VEV", "EVV", "VVV"),
)
AREA = Box(48.0, 6.0, 240.0, 116.0)
FEW_ROWS = Collapse(0, np.array([4, 17]), (0, 1), "few-rows", "VVV")


class FakeFit:
    """The figures of a fit and nothing else."""

    def __init__(self, structure: str, k: int, bic: float) -> None:
        self.structure, self.n_components, self.bic = structure, k, bic
        self.aic, self.icl = bic - 7 * k, bic + 3
        self.log_likelihood, self.n_parameters = -bic / 2, 5 * k


def cell(structure: str, k: int, bic: float | None) -> Cell:
    if bic is None:
        return Cell(None, structure, k, None, "x", 10, collapsed=FEW_ROWS)
    return Cell(None, structure, k, FakeFit(structure, k, bic))


def cells(seed: int = 0, gap_from: int = 10) -> tuple[Cell, ...]:
    """Make a sweep as sweeps are: K = 1 far above, a dip, a slow rise; gaps at large K."""
    random = np.random.default_rng(seed)
    made = []
    for place, structure in enumerate(ALL):
        level = 1000 + 8 * place
        for k in range(1, 10):
            value = level + 900 / k**2 + (2 + place) * k + random.normal() * 4
            gone = k >= gap_from and structure[2] == "V"
            made.append(cell(structure, k, None if gone else 1900.0 if k == 1 else value))
    return tuple(made)


def laid(seed: int = 0, gap_from: int = 10, area: Box = AREA) -> Layout:
    return lay_out(lines(cells(seed, gap_from), "BIC"), area, (98.0, 14.0), 14.0)


# ---- colours --------------------------------------------------------------------------------


def lightness_and_hue(color: QColor) -> np.ndarray:
    """CIE 1976 L*a*b*, where equal distances look about equal."""
    rgb = np.array([color.redF(), color.greenF(), color.blueF()])
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    to_xyz = [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    xyz = to_xyz @ linear / np.array([0.95047, 1.0, 1.08883])
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("look", ["light", "dark"])
def test_any_two_shapes_and_the_ground_differ_in_colour(rig: Rig, look: str):
    theme.choose(look)
    ground = lightness_and_hue(theme.color("window"))
    colours = {name: lightness_and_hue(shape_color(name)) for name in ALL}
    for one, other in combinations(ALL, 2):
        assert np.linalg.norm(colours[one] - colours[other]) > 20, (one, other)
    for name in ALL:
        assert np.linalg.norm(colours[name] - ground) > 40, name


def test_a_shape_keeps_its_colour_whatever_else_is_there(view: ChooseKView, rig: Rig):
    alone = shape_color("VEV")
    rig.stage.put_cells(tuple(c for c in cells() if c.structure in ("VEV", "VVV")), 18)
    assert shape_color("VEV") == alone
    rig.stage.put_cells(cells(), 126)
    assert shape_color("VEV") == alone


# ---- geometry -------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("gap_from", [10, 6])
def test_names_do_not_touch_and_those_of_the_best_stand(seed: int, gap_from: int):
    layout = laid(seed, gap_from)
    named = [line for line, _ in layout.names]
    places = sorted(y for _, y in layout.names)
    assert all(b - a >= 14.0 - 1e-6 for a, b in pairwise(places))
    assert places[0] >= layout.area.top and places[-1] <= layout.area.bottom
    assert 4 <= len(named) < 14
    assert set(named) == set(ranked(lines_of(layout))[: len(named)])
    assert layout.best is not None and layout.best.line in named


def lines_of(layout: Layout) -> tuple:
    return tuple(dict.fromkeys(spot.line for spot in layout.spots))


def test_with_room_enough_all_are_named():
    assert len(laid(area=Box(48.0, 6.0, 500.0, 420.0)).names) == 14


def test_marks_of_one_k_stand_apart_or_on_one_pile():
    layout = laid(gap_from=6)
    marks = [spot for spot in layout.spots if spot.kind in (GAP, ABOVE)]
    assert marks
    heaped = {spot for pile in layout.piles for spot in pile.spots}
    places = [(pile.x, pile.y) for pile in layout.piles]
    places += [(spot.x, spot.y) for spot in marks if spot not in heaped]
    for one, other in combinations(places, 2):
        assert abs(one[0] - other[0]) >= 8.9 or one[1] != other[1]
    assert all(spot.y < layout.area.top for spot in marks), "the strip is above the lines"
    for pile in layout.piles:
        assert len({(spot.kind, spot.dot.n_components) for spot in pile.spots}) == 1
    wide = lay_out(lines(cells(0, 6), "BIC"), Box(48.0, 6.0, 900.0, 300.0), (98.0, 14.0), 14.0)
    assert len(wide.piles) < len(layout.piles)


def test_the_lines_of_many_shapes_get_most_of_the_height():
    made = lines(cells(), "BIC")
    low, high = value_range(made)
    values = np.array([dot.value for line in made for dot in line.dots])
    assert high < values.max()
    assert np.mean(values <= high) > 0.6
    assert low == values.min()


def test_only_the_line_held_is_looked_at():
    layout = laid()
    spot = layout.spots[20]
    other = next(line for line in lines_of(layout) if line is not spot.line)
    assert layout.nearest(spot.x, spot.y, of=spot.line) is spot
    near = layout.nearest(spot.x, spot.y, of=other)
    assert near is None or near.line is other


# ---- words ----------------------------------------------------------------------------------


def test_words_for_the_usual_shapes_and_letters_for_the_others():
    assert [short_name(name) for name in ("VII", "VVI", "EEE", "VVV")] == [
        "spherical",
        "diagonal",
        "tied",
        "full",
    ]
    assert short_name("EEV") == "EEV"


def test_gaps_are_told_with_their_causes():
    refused = Cell(None, "EVV", 9, None, "At most 7 clusters.")
    made = (cell("VVV", 9, None), cell("VVE", 9, None), refused)
    dots = [line.dots[0] for line in lines(made, "BIC")]
    text = describe_gaps(dots, 14)
    assert text.startswith("K = 9: no model for 3 of 14 shapes")
    assert "Too few rows in a cluster: full, VVE" in text
    assert "Cannot be estimated: EVV" in text


def test_what_lies_above_is_told_by_its_value():
    made = (cell("VVV", 1, 1900.0), cell("EEE", 1, 1900.0), cell("VII", 1, 2100.0))
    dots = [line.dots[0] for line in lines(made, "BIC")]
    text = describe_above(dots, "BIC")
    assert "3 shapes lie above the scale" in text
    assert "BIC 1900.0: tied, full" in text


def test_models_that_say_the_same_are_named_together():
    made = lines((cell("VVV", 1, 1900.0), cell("EEE", 1, 1900.01), cell("VII", 1, 2100.0)), "BIC")
    full = next(line for line in made if line.structure == "VVV").dots[0]
    assert [dot.cell.structure for dot in twins(full, made)] == ["EEE"]


def test_a_line_says_its_shape_its_best_and_its_gaps():
    made = lines((cell("EEE", 2, 1000.0), cell("EEE", 3, None), cell("VVV", 2, 1010.0)), "BIC")
    tied, full = made
    text = describe_line(tied, tied.dots[0], "BIC")
    assert text.startswith("Tied: ")
    assert "K = 2, BIC 1000.0, the best of all" in text
    assert text.endswith("No model with K = 3")
    assert "10.0 above the best" in describe_line(full, tied.dots[0], "BIC")


# ---- the view -------------------------------------------------------------------------------


@pytest.fixture
def view(rig: Rig, show) -> ChooseKView:
    return show(ChooseKView(rig.session, rig.stage, rig.control), 352, 186)


def at(x: float, y: float) -> QPoint:
    return QPoint(round(x), round(y))


def test_the_line_pointed_at_comes_to_the_front(view: ChooseKView, rig: Rig, qtbot):
    rig.stage.put_cells(cells(), 126)
    layout = view.chart.layout_now
    spot = next(s for s in layout.spots if s.line.structure == "VVV" and s.dot.n_components == 9)
    assert view.chart.front is None
    qtbot.mouseMove(view.chart, at(spot.x, spot.y))
    assert view.chart.front is spot.line
    view.grab()
    qtbot.mouseMove(view.chart, QPoint(1, 1))
    assert view.chart.front is None


def test_a_name_holds_its_line_in_front(view: ChooseKView, rig: Rig, qtbot):
    rig.stage.put_cells(cells(), 126)
    layout = view.chart.layout_now
    line, y = layout.names[-1]
    place = at(layout.area.right + 4, y)
    qtbot.mouseMove(view.chart, place)
    assert view.chart.front is line
    assert "keep it in front" in view.chart.describe_name(line)
    qtbot.mouseClick(view.chart, Qt.MouseButton.LeftButton, pos=place)
    qtbot.mouseMove(view.chart, QPoint(1, 1))
    assert view.chart.front is line
    rig.stage.put_cells(cells(1), 126)
    assert view.chart.front.structure == line.structure, "held over other models"
    place = next(p for p, _y in view.chart.layout_now.names if p.structure == line.structure)
    view.chart._held = None
    assert view.chart.front is None and place is not None


def test_keys_bring_their_line_to_the_front(view: ChooseKView, rig: Rig, qtbot):
    rig.stage.put_cells(cells(0, 6), 126)
    view.activateWindow()
    view.chart.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.waitUntil(view.chart.hasFocus)
    seen = set()
    for _ in range(13):
        qtbot.keyClick(view.chart, Qt.Key.Key_Down)
        seen.add(view.chart.front.structure)
        view.grab()
    for _ in range(26):
        qtbot.keyClick(view.chart, Qt.Key.Key_Up)
        seen.add(view.chart.front.structure)
    assert seen == set(ALL)


def test_a_pile_says_whom_it_stands_for(view: ChooseKView, rig: Rig, qtbot, caplog):
    rig.stage.put_cells(cells(0, 6), 126)
    layout = view.chart.layout_now
    pile = next(pile for pile in layout.piles if pile.kind == GAP)
    qtbot.mouseMove(view.chart, at(pile.x, pile.y))
    assert view.chart._hovered in pile.spots
    assert view.chart.front is None, "a pile is of no line"
    assert "no model for" in view.chart.describe_pile(pile.spots[0])
    qtbot.mouseClick(view.chart, Qt.MouseButton.LeftButton, pos=at(pile.x, pile.y))
    assert not [call for call in rig.control.calls if call[0] == "open_cell"]
    view.grab()
    assert not caplog.records


def test_gaps_name_rows_and_columns_of_the_table(view: ChooseKView, rig: Rig):
    rig.stage.put_cells((cell("VVV", 3, None), cell("VII", 3, 1000.0)), 2)
    rig.control.sample_rows = lambda preparation: np.arange(100, 200)
    spot = next(s for s in view.chart.layout_now.spots if s.kind == GAP)
    text = view.chart.describe(spot)
    assert "105, 118" in text
    assert "“bill_length_mm”" in text


def test_it_finds_the_same_shapes_again(view: ChooseKView, rig: Rig):
    from gmmstudio.document.commands import SetScale, SetSweep

    some = tuple(c for c in cells() if c.structure in ("EEV", "VVV") and c.n_components < 4)
    document = rig.document
    rig.session.apply(SetSweep(some, document.preparation, document.spec))
    rig.session.apply(SetScale("none"))
    view._again.click()
    assert rig.control.calls[-1] == ("find_best_k", (1, 2, 3), ("EEV", "VVV"))


def test_dark_large_and_small_are_drawn(view: ChooseKView, rig: Rig, caplog):
    rig.stage.put_cells(cells(2, 5), 126)
    for look, zoom, size in (("dark", 1.6, (700, 300)), ("light", 0.8, (210, 120))):
        theme.choose(look)
        theme.set_zoom(zoom)
        view.resize(*size)
        view.grab()
    assert not caplog.records


def test_the_mark_and_the_label_of_the_best_open_it_whatever_lies_nearer(
    view: ChooseKView, rig: Rig, qtbot
):
    made = [cell("VEE", k, 1000.0 if k == 4 else 1300.0 + 9 * k) for k in range(1, 10)]
    made += [cell("VVE", k, 1004.0 if k == 4 else 1310.0 + 9 * k) for k in range(1, 10)]
    rig.stage.put_cells(tuple(made), 18)
    layout = view.chart.layout_now
    best = layout.best
    other = next(s for s in layout.spots if s.line is not best.line and s.dot.n_components == 4)
    assert 0 < best.y - other.y < 5, "under the large dot"
    places = [at(other.x, other.y), at(best.x, best.y - 5), at(best.x + 5, best.y)]
    label = layout.best_label
    places.append(at(label.left + label.width / 2, label.top + label.height / 2))
    for held in (None, "VVE"):
        view.chart._held = held
        for place in places:
            qtbot.mouseMove(view.chart, at(2, 2))
            qtbot.mouseMove(view.chart, place)
            assert view.chart.cursor().shape() == Qt.CursorShape.PointingHandCursor
            assert view.chart._hovered is best
            qtbot.mouseClick(view.chart, Qt.MouseButton.LeftButton, pos=place)
            assert rig.control.calls.pop() == ("open_cell", "VEE", 4)


def test_what_the_search_compares_is_said_for_one_column_and_for_many(view: ChooseKView, rig: Rig):
    assert "in several shapes" in view._words.text()
    rig.session.apply(TickColumns(rig.document.preparation.columns[:1]))
    assert "with both spreads" in view._words.text()
