"""The scatter: what it draws, what it says, what it remembers."""

from __future__ import annotations

import re
import time
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtWidgets import QApplication
from views_rig import Rig, table_of

from gmmstudio.document.commands import ExcludeRows, TickColumns
from gmmstudio.mixture.projection import columns_plane, project
from gmmstudio.table.ticking import MOST_TICKED
from gmmstudio.ui import theme
from gmmstudio.ui.views.choices_bar import ChoicesBar
from gmmstudio.ui.views.planes import drawing_source
from gmmstudio.ui.views.planes.scatter_axes import Axes, default_axes, numeric_columns
from gmmstudio.ui.views.points import point_cloud
from gmmstudio.ui.views.points.marks import APART, OUTLIER
from gmmstudio.ui.views.points.picture import Picture
from gmmstudio.ui.views.scatter.text import short_note
from gmmstudio.ui.views.scatter.view import ScatterView


@pytest.fixture
def view(rig: Rig, show) -> ScatterView:
    return show(ScatterView(rig.session, rig.stage))


def note(view: ScatterView) -> str:
    return view._note.text()


def test_it_shows_two_fitted_columns_and_counts_its_rows(view: ScatterView, rig: Rig):
    axes = view.axes
    assert axes is not None and axes.y is not None
    assert {axes.x, axes.y} <= set(rig.document.preparation.columns)
    assert note(view).startswith("342 of 344 rows drawn, 2 have no value here")


def test_the_note_says_which_points_are_not_seen(view: ScatterView, rig: Rig, qtbot):
    def numbers(words: str) -> list[int]:
        return [int(number) for number in re.findall(rf"(\d+) (?:{words})", note(view))]

    view.grab()
    assert sum(numbers("seen|under")) == 342  # some have both values in common
    view.plot.box.scaleBy((0.3, 0.3))
    view.grab()
    qtbot.waitUntil(lambda: "outside" in note(view))
    assert sum(numbers("seen|under|outside")) == 342
    (x_low, x_high), (y_low, y_high) = view.plot.box.viewRange()
    x, y = (rig.document.table.columns[i].values for i in (view.axes.x, view.axes.y))
    inside = (x >= x_low) & (x < x_high) & (y > y_low) & (y <= y_high)
    assert sum(numbers("seen|under")) == inside.sum()


def test_a_short_note_still_says_what_is_drawn_missing_and_hidden(view: ScatterView):
    view.grab()
    seen, in_view = view.cloud.seen()
    whole = note(view)
    view.resize(680, 320)
    view.grab()
    words = view._note.fitting()
    assert words == f"342 of 344 drawn, 2 missing, {in_view - seen} hidden"
    assert view._note._metrics().horizontalAdvance(words) <= view._note.width()
    assert view._note.text() == whole and whole in view._note.toolTip()


def test_the_short_note_counts_every_row():
    assert short_note(9, 9, 0, (9, 9)) == ("9 drawn", "9 drawn")
    assert short_note(90, 80, 7, (50, 70)) == (
        "80 of 90 drawn, 10 missing, 20 hidden, 10 outside, 7 grey",
        "80 of 90 drawn, 20 hidden, 10 outside",
    )
    assert short_note(90, 80, 0, None)[0] == "80 of 90 drawn, 10 missing"


def test_it_tells_the_stage_which_rows_it_painted(view: ScatterView, rig: Rig, qtbot):
    qtbot.waitUntil(lambda: rig.stage.watched is not None)
    assert len(rig.stage.watched) == 342
    assert rig.stage.watched is view.cloud.painted_rows()


def test_ellipses_are_the_exact_projections(view: ScatterView, rig: Rig):
    rig.fit()
    columns = rig.document.preparation.columns
    x, y = columns.index(view.axes.x), columns.index(view.axes.y)
    flat = project(rig.document.record.fit.parameters, columns_plane(4, x, y))
    assert len(view.ellipses.shapes) == 3
    for shape, mean, covariance in zip(
        view.ellipses.shapes, flat.means, flat.covariances, strict=True
    ):
        np.testing.assert_allclose(shape.mean, mean)
        for sigma, curve in zip((1, 2), shape.curves, strict=True):
            off = curve - mean
            distance = np.einsum("ni,ij,nj->n", off, np.linalg.inv(covariance), off)
            np.testing.assert_allclose(distance, sigma**2)


def test_points_and_ellipses_always_belong_to_the_same_frame(view: ScatterView, rig: Rig):
    rig.fit()
    for number in (0, 2, None):
        shown = rig.show(iteration=number)
        assert view.cloud._colouring.labels is shown.labels
        x = rig.document.preparation.columns.index(view.axes.x)
        assert view.ellipses.shapes[0].mean[0] == shown.parameters.means[0, x]


def test_a_frame_for_the_painted_rows_colours_exactly_those(view: ScatterView, rig: Rig):
    rig.fit()
    whole = view.cloud._colouring.colours(view.cloud.painted_rows(), None, 344)
    rig.show(rows=view.cloud.painted_rows(), live=True)
    part = view.cloud._colouring.colours(view.cloud.painted_rows(), None, 344)
    np.testing.assert_array_equal(whole, part)


def test_the_user_chooses_other_columns_and_they_are_remembered(
    view: ScatterView, rig: Rig, penguins
):
    year = penguins.index("year")
    first = view.axes
    view._y_button.chosen.emit(year)
    assert view.axes == Axes(first.x, year)
    rig.fit()
    assert view.axes == Axes(first.x, year)  # a fit moves nothing the user chose
    assert "No ellipses: year is not in the fit" in note(view)
    assert view.ellipses.shapes == ()
    other = table_of("a,b\n" + "\n".join(f"{i * 0.5},{i % 7 + 0.5}" for i in range(40)))
    rig.open(other)
    assert view.axes == Axes(0, 1)


def test_choosing_the_other_axis_column_swaps_them(view: ScatterView):
    first = view.axes
    view._x_button.chosen.emit(first.y)
    assert view.axes == Axes(first.y, first.x)
    view._y_button.chosen.emit(first.y)
    assert view.axes == first


def test_menus_offer_fitted_columns_first(view: ScatterView, rig: Rig, penguins):
    view._x_button._fill()
    texts = [a.text() for a in view._x_button.menu().actions() if not a.isSeparator()]
    assert texts[:4] == ["bill_length_mm", "bill_depth_mm", "flipper_length_mm", "body_mass_g"]
    assert texts[4] == "year"
    assert [text.split(":")[0] for text in texts[5:]] == [
        "principal plane",
        "separating plane",
        "tour",
    ]
    assert [a.isSeparator() for a in view._x_button.menu().actions()].index(True) == 4
    checked = [a.text() for a in view._x_button.menu().actions() if a.isChecked()]
    assert checked == [penguins.columns[view.axes.x].name]


def test_one_fitted_column_is_a_histogram_with_densities(view: ScatterView, rig: Rig, penguins):
    mass = penguins.index("body_mass_g")
    rig.session.apply(TickColumns((mass,)))
    assert view.axes == Axes(mass, None)
    assert note(view) == "342 of 344 rows drawn, 2 have no value in body_mass_g"
    bars = view._column.histogram.bars
    np.testing.assert_allclose((bars.heights * np.diff(bars.edges)).sum(), 1)
    rig.fit(n_components=2)
    bells = view._column.densities.bells
    x = np.linspace(2000, 8000, 4001)
    total = np.trapezoid(sum(bell.density(x) for bell in bells), x)
    np.testing.assert_allclose(total, 1, atol=1e-4)
    assert view.grab().toImage().width() > 0


def test_a_histogram_of_one_of_many_columns_shows_exact_marginals(view: ScatterView, rig: Rig):
    rig.fit()
    view.choose(Axes(view.axes.x, None))
    column = rig.document.preparation.columns.index(view.axes.x)
    parameters = rig.document.record.fit.parameters
    for bell, mean, covariance in zip(
        view._column.densities.bells, parameters.means, parameters.covariances, strict=True
    ):
        assert bell.mean == mean[column]
        assert bell.deviation == pytest.approx(np.sqrt(covariance[column, column]))


def test_outliers_are_crosses_and_excluded_rows_grey(view: ScatterView, rig: Rig):
    rig.fit()
    kinds = view.cloud.kinds
    assert (kinds == OUTLIER).sum() == rig.stage.outliers.sum()
    row = int(np.flatnonzero(kinds == OUTLIER)[0])
    rig.session.apply(ExcludeRows(frozenset({row, 10})))
    assert view.cloud.kinds[row] == APART
    assert view.cloud.kinds[10] == APART
    assert "in grey: 2 excluded" in note(view)
    rig.session.undo()
    assert view.cloud.kinds[row] == OUTLIER


def test_the_tooltip_names_the_row(view: ScatterView, rig: Rig):
    before = view.describe(0)
    assert before.startswith("Row 1\n")
    rig.fit()
    text = view.describe(0)
    assert "Row 1 · Cluster" in text and "probability" in text
    assert "bill_length_mm: 39.1" in text
    assert "not in the fit: no value in bill_length_mm" in view.describe(3)
    rig.session.apply(ExcludeRows(frozenset({0})))
    assert "Row 1 · excluded" in view.describe(0)


def test_hovering_asks_for_the_row_under_the_mouse(view: ScatterView, rig: Rig):
    table = rig.document.table
    (x_low, x_high), (y_low, y_high) = view.plot.box.viewRange()
    size = view.plot.box.size()
    x = table.columns[view.axes.x].values[0]
    y = table.columns[view.axes.y].values[0]
    place = QPointF(
        (x - x_low) / (x_high - x_low) * size.width(),
        (y_high - y) / (y_high - y_low) * size.height(),
    )
    view._tip.point(place)
    assert view._tip.row is not None
    view._tip.point(QPointF(2, 2))
    assert view._tip.row is None


def test_panning_zooming_and_going_home(view: ScatterView, qtbot):
    home = view.plot.box.viewRange()
    view.plot.setFocus()
    qtbot.keyClick(view.plot, Qt.Key.Key_Plus)
    qtbot.keyClick(view.plot, Qt.Key.Key_Left)
    moved = view.plot.box.viewRange()
    assert moved[0][1] - moved[0][0] < home[0][1] - home[0][0]
    qtbot.keyClick(view.plot, Qt.Key.Key_Home)
    np.testing.assert_allclose(view.plot.box.viewRange(), home)


def test_the_range_of_each_pair_is_remembered(view: ScatterView, qtbot):
    first = view.axes
    view.plot.setFocus()
    qtbot.keyClick(view.plot, Qt.Key.Key_Plus)
    zoomed = view.plot.box.viewRange()
    view.choose(Axes(first.y, first.x))
    view.choose(first)
    np.testing.assert_allclose(view.plot.box.viewRange(), zoomed)


def test_the_choices_set_colours_and_ellipses(view: ScatterView, rig: Rig):
    colour, ellipses, *_ = view.choices
    rig.fit()
    faded = view.cloud._colouring.palette
    colour.pick(colour.entries[1])
    assert len(np.unique(view.cloud._colouring.palette)) < len(np.unique(faded))
    assert view.choices[0].current == "cluster, plain"
    for words, n in zip(ellipses.entries, (1, 2, 3, 0), strict=True):
        ellipses.pick(words)
        assert view.choices[1].current == words
        assert all(len(shape.curves) == n for shape in view.ellipses.shapes)
    assert len(view.ellipses.shapes) == 3  # the means stay


def test_moving_ellipses_neither_find_nor_colour_the_points_anew(
    view: ScatterView, rig: Rig, monkeypatch
):
    rig.fit()
    view.plot.viewport().repaint()
    picture, pixels = view.cloud._picture, view.cloud._picture.pixels
    worked = []
    monkeypatch.setattr(Picture, "colour", lambda *_: worked.append("coloured"))
    monkeypatch.setattr(point_cloud, "find_winners", lambda *_a, **_k: worked.append("found"))
    shapes = view.ellipses.shapes
    for shift in (0.5, 1.0):
        moved = tuple(replace(shape, mean=shape.mean + shift) for shape in shapes)
        view.ellipses.draw(moved)
        view.plot.viewport().repaint()
    assert not worked
    assert view.cloud._picture is picture and picture.pixels is pixels


def test_clusters_have_symbols_by_choice(view: ScatterView, rig: Rig):
    rig.fit()
    view.grab()
    round_marks = view.cloud.winners
    marks = next(choice for choice in view.choices if choice.what == "marks")
    marks.pick(marks.entries[1])
    view.grab()
    symbols = view.cloud.winners
    assert symbols.n_visible == round_marks.n_visible
    assert not np.array_equal(symbols.slots, round_marks.slots)
    rig.show(iteration=1)  # other labels: found anew
    view.grab()
    assert view.cloud.winners is not symbols
    marks.pick(marks.entries[0])
    rig.show()
    view.grab()
    np.testing.assert_array_equal(view.cloud.winners.slots, round_marks.slots)


def test_choices_are_one_menu_where_room_is_short(view: ScatterView, qtbot):
    bar = ChoicesBar()
    qtbot.addWidget(bar)
    bar.show_view(view)
    bar.set_room(1000)
    bar.show()
    assert all(button.isVisible() for button in bar.buttons)
    assert not bar.all.isVisible()
    bar.set_room(120)
    assert not any(button.isVisible() for button in bar.buttons)
    assert bar.all.isVisible()
    assert [part.title() for part in bar.parts][:3] == ["Colour", "Ellipses", "Plane"]
    bar.parts[1].actions()[0].trigger()
    assert view.ellipses.sigmas == (1.0,)
    bar.show_view(None)
    assert not bar.isVisible()


def test_themes_recolour_at_once(view: ScatterView, rig: Rig):
    rig.fit()
    light = view.grab().toImage().pixelColor(200, 8).name()
    theme.choose("dark")
    assert view.grab().toImage().pixelColor(200, 8).name() == theme.DARK.window
    assert light == theme.LIGHT.window


def test_larger_text_moves_the_axes(view: ScatterView):
    before = view.plot.box.geometry()
    theme.set_zoom(1.6)
    QApplication.processEvents()
    after = view.plot.box.geometry()
    assert after.height() < before.height()


def test_without_numbers_it_says_so(rig: Rig, show):
    view = show(ScatterView(rig.session, rig.stage))
    rig.open(table_of("name,town\nann,oslo\nbob,rome\n"))
    assert view.axes is None
    assert "nothing to draw" in view._empty.text()
    assert view._empty.isVisible()
    assert not view._x_button.isVisible()


@pytest.mark.parametrize(
    "text",
    [
        "x,y\n1,1\n1,1\n1,1\n",
        "x,y\n1e300,-1e300\n-1e300,1e300\n2,3\n",
        "x,y\n100000000.5,1\n100000001.5,2\n99999999.5,4\n",
        "x,y\n1,\n2,\n,3\n",
        "x,y\n5,6\n",
    ],
)
def test_odd_tables_are_drawn_without_a_fuss(rig: Rig, show, text, caplog):
    view = show(ScatterView(rig.session, rig.stage))
    rig.open(table_of(text))
    if view.axes is not None:
        view.choose(Axes(0, 1))
    view.grab()
    assert not caplog.records


def test_default_axes(penguins):
    numbers = numeric_columns(penguins, penguins.default_columns())
    assert numbers[:4] == penguins.default_columns()
    assert default_axes(penguins, ()) is not None
    assert default_axes(penguins, (5,)) == Axes(5, None)
    assert default_axes(penguins, penguins.default_columns()) == default_axes(
        penguins, penguins.default_columns()
    )


def test_menus_stay_short_where_there_are_thousands_of_columns(rig: Rig, show):
    names = [f"x{j}" for j in range(20_000)]
    rows = [[f"{i * j % 7}.5" for j in range(20_000)] for i in range(3)]
    wide = table_of("\n".join(",".join(row) for row in (names, *rows)))
    assert len(wide.default_columns()) == MOST_TICKED
    began = time.thread_time()
    assert len(numeric_columns(wide, range(1, 20_000, 2))) > 15_000
    assert time.thread_time() - began < 1.0  # not for each column a look at all others
    view = show(ScatterView(rig.session, rig.stage))
    rig.open(wide)
    view.choose(Axes(0, 19_000))
    view._y_button._fill()
    entries = [a for a in view._y_button.menu().actions() if not a.isSeparator()]
    assert len(entries) < 400
    assert [a.text() for a in entries if a.isChecked()] == ["x19000"]
    (left,) = [a for a in entries if "more: tick" in a.text()]
    assert not left.isEnabled()


def test_many_rows_are_prepared_beside_the_window(rig: Rig, show, qtbot, monkeypatch):
    monkeypatch.setattr(drawing_source, "AT_ONCE", 100)
    view = ScatterView(rig.session, rig.stage)
    view.show()
    assert note(view) == "Preparing the rows…"
    show(view)
    qtbot.waitUntil(lambda: "342 of 344" in note(view), timeout=5000)
    qtbot.waitUntil(lambda: rig.stage.watched is not None)
    view.choose(Axes(view.axes.y, view.axes.x))
    rig.open(table_of("a,b\n1,2.5\n3,4\n2,2\n"))  # the table before never arrives
    assert note(view) == "All 3 rows drawn"
    qtbot.wait(100)
    assert len(view.cloud.painted_rows()) == 3


def test_hidden_it_does_nothing_and_shown_it_is_up_to_date(rig: Rig, show, qtbot, monkeypatch):
    rig.fit()
    view = show(ScatterView(rig.session, rig.stage))
    qtbot.waitUntil(lambda: view.cloud.winners is not None)
    view.hide()
    told, mixed = [], []
    monkeypatch.setattr(view.ellipses, "show", lambda *given: told.append(given))
    monkeypatch.setattr(view.cloud._resting, "begin", lambda *given: mixed.append(given))
    frame = rig.show(iteration=0)
    rig.stage.selection.choose(np.array([1, 2]))
    rig.session.apply(ExcludeRows(frozenset({5})))
    qtbot.wait(50)
    assert not told and not mixed
    view.show()
    assert told[-1] == (frame, view.plane)
    assert "1 excluded" in note(view)


def test_columns_that_cannot_be_prepared_are_told(rig: Rig, show, qtbot, monkeypatch):
    def broken(table, axes):
        raise MemoryError("boom")

    monkeypatch.setattr(drawing_source, "AT_ONCE", 100)
    monkeypatch.setattr(drawing_source, "draw_up", broken)
    view = show(ScatterView(rig.session, rig.stage))
    qtbot.waitUntil(view._empty.isVisible, timeout=5000)
    assert "could not be drawn" in view._empty.text()
    assert note(view) == ""
    monkeypatch.undo()
    view.choose(Axes(view.axes.y, view.axes.x))
    assert not view._empty.isVisible()
    assert "342 of 344" in note(view)
