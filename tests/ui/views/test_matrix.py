"""The matrix: which cells it has, what they show, where they lead, and when it rests."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QPointF, QRect, Qt
from PySide6.QtWidgets import QApplication
from scipy.integrate import quad
from scipy.stats import multivariate_normal, norm
from views_rig import Rig, table_of

from gmmstudio.document.commands import ExcludeRows, TickColumns
from gmmstudio.mixture.projection import columns_plane, ellipse, project
from gmmstudio.ui import theme
from gmmstudio.ui.views.matrix import picture as matrix_picture
from gmmstudio.ui.views.matrix import view as matrix_module
from gmmstudio.ui.views.matrix.layout import blocks, lay_out, most_columns
from gmmstudio.ui.views.matrix.mixture import page_mixture
from gmmstudio.ui.views.matrix.picture import PictureMaker, Sheet, drawn_rows
from gmmstudio.ui.views.matrix.view import NO_NUMBERS, NOT_DRAWN, MatrixView
from gmmstudio.ui.views.planes.scatter_axes import Axes
from gmmstudio.ui.views.scatter.view import ScatterView
from gmmstudio.ui.views.view import BAR_HEIGHT


@pytest.fixture
def view(rig: Rig, show, qtbot) -> MatrixView:
    return ready(show(MatrixView(rig.session, rig.stage), 704, 330), qtbot)


def ready(view: MatrixView, qtbot) -> MatrixView:
    """Wait for the picture asked for last."""
    qtbot.waitUntil(lambda: view.area.picture is not None and not view._beside.waits)
    view.grab()
    return view


def wide_table(n_columns: int, n_rows: int = 40):
    random = np.random.default_rng(3)
    names = [f"measure_{i}" for i in range(n_columns)]
    x = random.normal(size=(n_rows, n_columns)) + 6 * (np.arange(n_rows)[:, None] % 2)
    lines = [",".join(f"{value:.3f}" for value in row) for row in x]
    return table_of("\n".join([",".join(names), *lines]) + "\n")


def picture_of(table, columns, kinds=None, size=(600.0, 400.0)):
    layout = lay_out(columns, columns, (0, 0, *size))
    return PictureMaker().make(Sheet(table, layout, drawn_rows(table.n_rows), kinds, 1.0))


# ---- pages and cells ---------------------------------------------------------------------------


@given(n=st.integers(0, 200), most=st.integers(1, 8))
def test_pages_hold_every_column_once_and_are_of_nearly_one_length(n: int, most: int):
    cut = blocks(range(n), most)
    assert [column for block in cut for column in block] == list(range(n))
    lengths = [len(block) for block in cut]
    assert all(0 < length <= most for length in lengths)
    assert not lengths or max(lengths) - min(lengths) <= 1


@given(p=st.integers(1, 8), width=st.floats(200, 2000), height=st.floats(120, 1200))
def test_a_place_in_a_cell_finds_that_cell_and_cells_stay_inside(p, width, height):
    columns = tuple(range(p))
    layout = lay_out(columns, columns, (60.0, 6.0, 60.0 + width, 6.0 + height))
    for line in range(p):
        for place in range(p):
            x, y = layout.x(place), layout.y(line)
            assert layout.cell_at(x + layout.width / 2, y + layout.height / 2) == (line, place)
            assert layout.cell_at(x + layout.width + 1, y + 1) is None
    assert layout.right <= 60 + width and layout.bottom <= 6 + height
    assert layout.cell_at(layout.left - 1, layout.top + 1) is None


def test_a_page_holds_fewer_columns_where_room_is_short():
    assert most_columns(1800, 1000) == 8
    assert 4 <= most_columns(608, 290) < 8
    assert most_columns(608, 290, zoom=1.5) < most_columns(608, 290)
    assert most_columns(10, 10) == 2


# ---- the mixture in the cells ------------------------------------------------------------------


def test_marginals_are_those_of_the_mixture_and_integrate_to_one(view: MatrixView, rig: Rig):
    rig.fit()
    parameters = rig.document.record.fit.parameters
    for line, index in enumerate(view.area.up):
        j = rig.document.preparation.columns.index(index)
        bells = view.area.mixture.bells[line, line]

        def whole(x, bells=bells):
            return sum(bell.density(np.atleast_1d(x)) for bell in bells)

        mean, deviation = parameters.means[:, j], np.sqrt(parameters.covariances[:, j, j])
        low, high = (mean - 9 * deviation).min(), (mean + 9 * deviation).max()
        x = np.linspace(low, high, 301)
        exact = norm.pdf(x[:, None], mean, deviation) @ parameters.weights
        np.testing.assert_allclose(whole(x), exact, rtol=1e-10)
        area, _ = quad(lambda at: float(whole(at)[0]), low, high, limit=400, points=list(mean))
        assert area == pytest.approx(1.0, abs=1e-6)
        assert view.area.picture.columns[index].bars.heights @ np.diff(
            view.area.picture.columns[index].bars.edges
        ) == pytest.approx(1.0)


def test_ellipses_of_a_cell_are_exact_projections(view: MatrixView, rig: Rig):
    rig.fit()
    fit = rig.document.record.fit.parameters
    mixture = view.area.mixture
    for (line, place), cell in mixture.cells.items():
        flat = project(fit, columns_plane(fit.n_columns, place, line))
        np.testing.assert_allclose(cell.means, flat.means)
        for mean, covariance, unit in zip(flat.means, flat.covariances, cell.unit, strict=True):
            heights = multivariate_normal(mean, covariance).logpdf(mean + 2 * unit)
            np.testing.assert_allclose(heights, heights[0])  # a line of equal density
            distance = np.einsum("ni,ij,nj->n", unit, np.linalg.inv(covariance), unit)
            np.testing.assert_allclose(distance, 1.0)


def test_many_ellipses_at_once_are_those_one_by_one():
    random = np.random.default_rng(0)
    half = random.normal(size=(4, 3, 2, 2))
    covariances, means = half @ half.swapaxes(-1, -2), random.normal(size=(4, 3, 2))
    together = ellipse(means, covariances, 2.0, 16)
    assert together.shape == (4, 3, 16, 2)
    for place in np.ndindex(4, 3):
        np.testing.assert_allclose(
            together[place], ellipse(means[place], covariances[place], 2, 16)
        )


def test_the_mixture_follows_every_frame(view: MatrixView, rig: Rig):
    rig.fit()
    for number in (0, 2, None):
        shown = rig.show(iteration=number)
        cell = view.area.mixture.cells[1, 0]
        np.testing.assert_array_equal(cell.means, shown.parameters.means[:, [0, 1]])
        assert view.area.mixture.bells[0, 0][0].mean == shown.parameters.means[0, 0]


# ---- the rows in the cells ---------------------------------------------------------------------


def test_every_row_with_both_values_lies_in_the_cell_at_its_place(penguins, rig: Rig):
    columns = rig.document.preparation.columns
    picture = picture_of(penguins, columns)
    layout = picture.layout
    assert set(picture.winners) == {(i, j) for i in range(4) for j in range(i)}
    assert set(picture.densities) == {(i, j) for i in range(4) for j in range(i + 1, 4)}
    for (line, place), winners in picture.winners.items():
        x, y = (penguins.columns[c].values for c in (layout.across[place], layout.up[line]))
        assert set(winners.rows) <= set(np.flatnonzero(np.isfinite(x) & np.isfinite(y)))
        assert winners.n_visible == 342
        grid = winners.grid
        assert grid.x_low < np.nanmin(x) and np.nanmax(x) < grid.x_high
        assert grid.y_low < np.nanmin(y) and np.nanmax(y) < grid.y_high


def test_all_cells_of_a_column_share_one_range(penguins, rig: Rig):
    picture = picture_of(penguins, rig.document.preparation.columns)
    for (line, place), winners in picture.winners.items():
        across, up = picture.layout.across[place], picture.layout.up[line]
        x, y, grid = picture.columns[across], picture.columns[up], winners.grid
        assert (grid.x_low, grid.x_high) == (x.low, x.high)
        assert (grid.y_low, grid.y_high) == (y.low, y.high)


def test_density_is_highest_where_most_rows_lie():
    random = np.random.default_rng(0)
    near = random.normal((2, 8), 0.3, (300, 2))
    far = random.normal((8, 2), 0.3, (40, 2))
    text = "a,b\n" + "\n".join(f"{a:.4f},{b:.4f}" for a, b in np.vstack([near, far]))
    picture = picture_of(table_of(text + "\n"), (0, 1))
    levels = picture.densities[0, 1]  # b up? the cell's line is a, its place b
    down, across = np.unravel_index(levels.argmax(), levels.shape)
    a, b = picture.columns[0], picture.columns[1]
    assert b.low + (across + 0.5) / levels.shape[1] * (b.high - b.low) == pytest.approx(8, abs=0.7)
    assert a.high - (down + 0.5) / levels.shape[0] * (a.high - a.low) == pytest.approx(2, abs=0.7)
    assert levels.max() == 255 and levels.min() == 0


def test_of_many_rows_the_same_fair_sample_is_drawn_in_every_cell(
    monkeypatch, rig: Rig, show, qtbot
):
    monkeypatch.setattr(matrix_picture, "ALL_DRAWN", 300)
    monkeypatch.setattr(matrix_picture, "SAMPLE", 100)
    rows = drawn_rows(344)
    assert len(set(rows)) == 100 and rows is not drawn_rows(344)
    np.testing.assert_array_equal(rows, drawn_rows(344))
    view = ready(show(MatrixView(rig.session, rig.stage), 704, 330), qtbot)
    assert "a sample of 100 of 344 rows is drawn" in view.note.text()
    assert rig.stage.watched is view._rows and len(view._rows) == 100
    for winners in view.area.picture.winners.values():
        assert winners.rows.max() < 100  # positions among those drawn


def test_colours_are_the_frames(view: MatrixView, rig: Rig):
    rig.fit()
    shown = rig.show(rows=view._rows, live=True)
    colours = view.area._colours[True]
    for k, identity in enumerate(shown.identities):
        certain = (shown.labels == k) & (shown.max_probability > 0.999)
        rgb = int(theme.cluster_color(identity).rgb())
        assert set(colours[certain].tolist()) == {rgb}


def test_excluded_rows_are_grey(view: MatrixView, rig: Rig):
    rig.fit()
    rig.session.apply(ExcludeRows((5, 6)))
    assert set(view.area._colours[True][[5, 6]].tolist()) == {int(theme.unlabelled_color().rgb())}


def test_selected_rows_keep_their_colour_and_lie_above(view: MatrixView, rig: Rig, qtbot):
    rig.fit()
    ready(view, qtbot)
    before = view.area._colours[True]
    chosen = np.zeros(344, bool)
    chosen[rig.stage.assignment.rows[::40]] = True
    rig.stage.selection.choose(chosen)
    after = view.area._colours[True]
    np.testing.assert_array_equal(after[chosen], before[chosen])
    assert ((after[~chosen] >> 24) < 128).all()
    rims = view.area._rims
    assert rims[chosen & ~rig.stage.shown.outlier].tolist() != rims[~chosen].tolist()
    assert len(set(rims.tolist())) == 2
    ready(view, qtbot)
    for winners in view.area.picture.winners.values():
        assert np.isin(np.flatnonzero(chosen), winners.rows).mean() > 0.8  # some are at one place
        positions = winners.painted[chosen[winners.rows]]
        assert positions.min() > winners.painted[~chosen[winners.rows]].max()
    rig.stage.selection.clear()
    np.testing.assert_array_equal(view.area._colours[True], before)
    ready(view, qtbot)


# ---- opening a cell ----------------------------------------------------------------------------


def test_a_click_opens_the_pair_of_its_cell(view: MatrixView, rig: Rig, qtbot):
    columns = rig.document.preparation.columns
    for line, place in ((2, 0), (0, 3), (1, 1)):
        spot = view.area.cell_rect(line, place).center().toPoint()
        with qtbot.waitSignal(view.pair_chosen) as heard:
            qtbot.mouseClick(view.area, Qt.MouseButton.LeftButton, pos=spot)
        up = None if line == place else columns[line]
        assert heard.args == [Axes(columns[place], up)]


def test_a_click_beside_the_cells_opens_nothing(view: MatrixView, qtbot):
    with qtbot.assertNotEmitted(view.pair_chosen):
        qtbot.mouseClick(view.area, Qt.MouseButton.LeftButton, pos=QPoint(2, 2))


def test_the_keyboard_walks_the_cells_and_opens_one(view: MatrixView, rig: Rig, qtbot):
    columns = rig.document.preparation.columns
    view.area.setFocus(Qt.FocusReason.TabFocusReason)
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Right, Qt.Key.Key_Left):
        qtbot.keyClick(view.area, key)
    assert view.area.focused == (2, 0)
    assert "flipper_length_mm up" in view.area.accessibleDescription()
    with qtbot.waitSignal(view.pair_chosen) as heard:
        qtbot.keyClick(view.area, Qt.Key.Key_Return)
    assert heard.args == [Axes(columns[0], columns[2])]
    qtbot.keyClick(view.area, Qt.Key.Key_Left)  # there is nothing further
    assert view.area.focused == (2, 0)


def test_the_tooltip_says_what_a_cell_is_and_what_a_click_does(view: MatrixView):
    assert view.area.words(1, 0).startswith("bill_length_mm across, bill_depth_mm up\n")
    assert "Enter" in view.area.words(0, 0) and "by itself" in view.area.words(0, 0)


# ---- many columns ------------------------------------------------------------------------------


def test_sixty_columns_are_paged_and_every_pair_can_be_reached(rig: Rig, show, qtbot):
    rig.open(wide_table(60))
    view = ready(show(MatrixView(rig.session, rig.stage), 704, 330), qtbot)
    assert view.across_pager.isVisible() and view.up_pager.isVisible()
    assert view.across_pager.text.startswith("across 1–")
    assert view.across_pager.text.endswith("of 60")
    n_blocks = len(view._blocks)
    assert max(map(len, view._blocks)) ** 2 <= 64
    pairs = set()
    for up in range(n_blocks):
        for across in range(n_blocks):
            assert (view.across_pager.current, view.up_pager.current) == (across, up)
            pairs |= {(x, y) for x in view.area.across for y in view.area.up}
            qtbot.mouseClick(view.across_pager.forward, Qt.MouseButton.LeftButton)
        view.across_pager.turn(-n_blocks)
        qtbot.mouseClick(view.up_pager.forward, Qt.MouseButton.LeftButton)
    assert len(pairs) == 3600
    ready(view, qtbot)
    assert view.area.picture.layout.up == view.area.up


@pytest.mark.parametrize("n_columns", [4, 60])
def test_what_lies_over_the_foot_hides_nothing(n_columns: int, rig: Rig, show, qtbot):
    rig.open(wide_table(n_columns))
    view = ready(show(MatrixView(rig.session, rig.stage), 704, 330), qtbot)
    before = view.area.height()
    view.leave_room(430)
    QApplication.processEvents()
    bar = QRect(704 - 430, 330 - BAR_HEIGHT, 430, BAR_HEIGHT)
    for part in (view.area, view.note, view.across_pager, view.up_pager):
        place = QRect(part.mapTo(view, QPoint(0, 0)), part.size())
        assert part.isHidden() or not place.intersects(bar)
    assert n_columns > 10 or view.area.height() == before  # nothing moved
    view.leave_room(0)
    ready(view, qtbot)
    assert view.area.height() == before


def test_the_keyboard_goes_on_in_the_next_block(rig: Rig, show, qtbot):
    rig.open(wide_table(20))
    view = ready(show(MatrixView(rig.session, rig.stage), 704, 330), qtbot)
    first = view.area.across
    view.area.focus_cell(1, len(first) - 1)
    qtbot.keyClick(view.area, Qt.Key.Key_Right)
    assert view.area.across[0] == first[-1] + 1 and view.area.up == first
    assert view.area.focused == (1, 0)
    assert set(ready(view, qtbot).area.picture.winners) == {
        (i, j) for i in range(len(view.area.up)) for j in range(len(view.area.across))
    }
    before = view.area.across
    qtbot.keyClick(view.area, Qt.Key.Key_PageDown)
    assert view.area.up == before and view.area.across[0] == before[-1] + 1
    qtbot.keyClick(view.area, Qt.Key.Key_PageUp)
    assert view.area.up == first and view.area.across == before


# ---- at rest while nobody looks ----------------------------------------------------------------


def test_hidden_it_does_nothing_and_shown_it_is_up_to_date(
    view: MatrixView, rig: Rig, qtbot, monkeypatch
):
    rig.fit()
    ready(view, qtbot)
    view.hide()
    calls = []
    monkeypatch.setattr(
        matrix_module, "page_mixture", lambda *a: calls.append(a) or page_mixture(*a)
    )
    number = view._beside._number
    rows = np.arange(3)
    rig.stage.watch(rows)
    shown = rig.show(iteration=0)
    rig.session.apply(ExcludeRows((1,)))
    assert not calls and view._beside._number == number and rig.stage.watched is rows
    view.show()
    assert len(calls) == 1
    assert view.area.mixture.bells[0, 0][0].mean == shown.parameters.means[0, 0]
    assert rig.stage.watched is view._rows
    ready(view, qtbot)


def test_scatter_and_matrix_each_tell_of_their_rows_when_they_are_shown(rig: Rig, show, qtbot):
    scatter = show(ScatterView(rig.session, rig.stage))
    qtbot.waitUntil(lambda: rig.stage.watched is scatter.cloud.painted_rows())
    scatter.hide()
    view = ready(show(MatrixView(rig.session, rig.stage)), qtbot)
    assert rig.stage.watched is view._rows
    view.hide()
    scatter.show()
    assert rig.stage.watched is scatter.cloud.painted_rows()
    scatter.hide()
    view.show()
    assert rig.stage.watched is view._rows


# ---- what can go wrong -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "a,b\n1,2\n1,3\n1,4\n",  # one value
        "a,b\n1e300,1\n-1e300,2\n0,3\n",
        "a,b\n" + "0,1\n1,0\n1,1\n" * 30,
        "a,b\n,1\n,2\n1,\n",  # no row with both
        "a,b\n5,5\n6,6\n",
    ],
)
def test_odd_tables_give_a_picture(text: str, rig: Rig, show, qtbot, caplog):
    rig.open(table_of(text))
    rig.session.apply(TickColumns((0, 1)))
    view = ready(show(MatrixView(rig.session, rig.stage), 704, 330), qtbot)
    assert not view.area.message and len(view.area.picture.columns) == 2
    assert not caplog.records


def test_one_column_is_one_histogram(rig: Rig, show, qtbot):
    rig.session.apply(TickColumns(rig.document.preparation.columns[:1]))
    view = ready(show(MatrixView(rig.session, rig.stage)), qtbot)
    assert len(view.area.across) == 1 and not view.area.picture.winners
    rig.fit()
    assert len(view.area.mixture.bells[0, 0]) == 3
    view.grab()
    assert "342 of 344 rows have a value" in view.note.text()


def test_without_a_column_it_says_what_to_do(rig: Rig, show):
    rig.session.apply(TickColumns(()))
    view = show(MatrixView(rig.session, rig.stage))
    assert view.area.message == NO_NUMBERS and not view.note.text()
    view.area.setFocus()


def test_all_rows_excluded_are_all_grey(rig: Rig, show, qtbot):
    rig.session.apply(ExcludeRows(tuple(range(344))))
    view = ready(show(MatrixView(rig.session, rig.stage)), qtbot)
    assert set(view.area._colours[True].tolist()) == {int(theme.unlabelled_color().rgb())}


def test_fifty_clusters_are_drawn(rig: Rig, show, qtbot, caplog):
    rig.fit(n_components=50, structure="VII", tries=1)
    view = ready(show(MatrixView(rig.session, rig.stage), 704, 330), qtbot)
    assert len(view.area.mixture.identities) == 50
    view.grab()
    assert not caplog.records


def test_a_fault_is_said_and_stays_said(rig: Rig, show, qtbot, monkeypatch, caplog):
    def broken(*_arguments):
        raise ZeroDivisionError

    monkeypatch.setattr(matrix_picture, "look_at", broken)
    view = show(MatrixView(rig.session, rig.stage))
    qtbot.waitUntil(lambda: not view._beside.waits)
    assert view.area.message == NOT_DRAWN
    rig.fit()
    assert view.area.message == NOT_DRAWN and not view.note.text()
    caplog.clear()


def test_a_closed_table_is_let_go(view: MatrixView, rig: Rig, qtbot):
    view.hide()
    rig.open(wide_table(2))
    assert view._table is view._wanted is view.area.picture is view._maker._table is None


def test_another_table_takes_the_place_of_the_old_one(view: MatrixView, rig: Rig, qtbot):
    rig.fit()
    rig.open(wide_table(3))
    ready(view, qtbot)
    assert view.area.across == (0, 1, 2) and len(view._rows) == 40
    assert not view.area.mixture.identities  # the frame was the old table's
    view.grab()


def test_it_is_drawn_in_dark_and_with_large_text(view: MatrixView, rig: Rig, qtbot, caplog):
    rig.fit()
    theme.choose("dark")
    theme.set_zoom(1.5)
    ready(view, qtbot)
    dark = view.area.grab().toImage()
    corner = view.area.cell_rect(0, 0).topLeft() + QPointF(3, 3)
    assert dark.pixelColor(corner.toPoint()).lightness() < 80
    QApplication.processEvents()
    assert not caplog.records
