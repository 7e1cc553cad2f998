"""Compare shapes: true figures, one range, and a click that takes exactly the fit it shows."""

from __future__ import annotations

import threading
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from scipy.special import logsumexp
from scipy.stats import multivariate_normal
from views_rig import Rig, table_of

from gmmstudio.document.commands import ExcludeRows, SetComponents, SetStart, SetSweep, TickColumns
from gmmstudio.fitting.sweep import grid, sweep
from gmmstudio.table.preparation import prepare
from gmmstudio.ui import theme
from gmmstudio.ui.comparison import best_of
from gmmstudio.ui.jobs import SampleStore
from gmmstudio.ui.stage import RunInfo
from gmmstudio.ui.views.compare import view as compare
from gmmstudio.ui.views.compare import words as compared_words
from gmmstudio.ui.views.compare.grid import n_columns
from gmmstudio.ui.views.compare.view import CompareView
from gmmstudio.ui.views.scatter.view import ScatterView

SHAPES = ("VII", "VVI", "EEE", "VVV")


def covariance_parameters(structure: str, k: int, d: int) -> int:
    return {"VII": k, "VVI": k * d, "EEE": d * (d + 1) // 2, "VVV": k * d * (d + 1) // 2}[structure]


@pytest.fixture
def desk(rig: Rig, show, qtbot):
    """The view of a table, three clusters asked for, and how to wait for all shapes."""
    store = SampleStore()
    rig.control.store = store
    rig.control.sample_rows = lambda asked: prepare(rig.document.table, asked).rows
    scatter = ScatterView(rig.session, rig.stage)
    qtbot.addWidget(scatter)
    rig.session.apply(SetComponents(3))
    rig.session.apply(SetStart("k-means++", tries=2))
    made = []

    class Desk:
        def open(self, *, visible: bool = True) -> CompareView:
            view = CompareView(rig.session, rig.stage, rig.control, scatter)
            made.append(view)
            if visible:
                show(view, 702, 335)
            else:
                qtbot.addWidget(view)
            return view

        def done(self) -> CompareView:
            view = made[0] if made else self.open()
            qtbot.waitUntil(lambda: view.complete, timeout=60_000)
            view.grab()
            return view

    yield Desk()
    scatter.shutdown()


def click(tile) -> None:
    QTest.mouseClick(tile, Qt.MouseButton.LeftButton, pos=QPoint(tile.width() // 2, 12))


# ---- what is said is true ------------------------------------------------------------------


def test_figures_are_those_of_an_independent_formula(desk, rig):
    view = desk.done()
    x = prepare(rig.document.table, rig.document.preparation).x
    n, d = x.shape
    bics = {}
    for structure in SHAPES:
        fit = view.comparison.found[structure].fit
        p = fit.parameters
        joint = [
            np.log(w) + multivariate_normal(m, c).logpdf(x)
            for w, m, c in zip(p.weights, p.means, p.covariances, strict=True)
        ]
        ell = logsumexp(joint, axis=0).sum()
        n_parameters = covariance_parameters(structure, 3, d) + 3 * d + 2
        bics[structure] = n_parameters * np.log(n) - 2 * ell
        figures = view.tiles[SHAPES.index(structure)].figures
        said = float(figures.bic.removeprefix("BIC ").replace("\u202f", ""))
        assert said == pytest.approx(bics[structure], abs=0.006)
        assert f"{n_parameters} parameters" in figures.details[1][0]
        said = float(figures.details[0][0].split()[1].replace("\u2212", "-"))
        assert said == pytest.approx(ell, abs=0.006)
    lowest = min(bics, key=bics.get)
    for structure, tile in zip(SHAPES, view.tiles, strict=True):
        assert tile.figures.best == (structure == lowest)
        if structure == lowest:
            assert tile.figures.verdict == "best of the four"
        else:
            above = float(tile.figures.verdict.split()[0])
            assert above == pytest.approx(bics[structure] - bics[lowest], abs=0.5)
            assert tile.figures.verdict.endswith("above the best")


def test_a_large_distance_is_written_whole(desk):
    view = desk.done()
    found = view.comparison.found
    far = replace(found["VII"].fit, log_likelihood=found["EEE"].fit.log_likelihood - 150_000.0)
    far = replace(found["VII"], fit=far)
    said = compared_words.figures(
        far, found["EEE"], 4, n_sound=4, complete=True, shown=False
    ).verdict
    above = far.fit.bic - found["EEE"].fit.bic
    assert above > 290_000
    assert int(said.removesuffix(" above the best").replace("\u202f", "")) == round(above)


def test_scikit_learn_finds_nothing_better_from_there(desk, rig):
    mixture = pytest.importorskip("sklearn.mixture")
    view = desk.done()
    sample = prepare(rig.document.table, rig.document.preparation)
    units = sample.units  # shapes are those of the standardised columns
    x = sample.x / units
    kinds = {"VII": "spherical", "VVI": "diag", "EEE": "tied", "VVV": "full"}
    for structure, kind in kinds.items():
        fit = view.comparison.found[structure].fit
        precisions = np.linalg.inv(fit.parameters.covariances / np.outer(units, units))
        start = {
            "spherical": lambda p: p[:, 0, 0],
            "diag": lambda p: np.diagonal(p, axis1=1, axis2=2),
            "tied": lambda p: p[0],
            "full": lambda p: p,
        }[kind](precisions)
        other = mixture.GaussianMixture(
            3,
            covariance_type=kind,
            weights_init=fit.parameters.weights,
            means_init=fit.parameters.means / units,
            precisions_init=start,
            reg_covar=0.0,
            tol=1e-9,
            max_iter=500,
        ).fit(x)
        bic = other.bic(x) + 2 * len(x) * np.log(units).sum()
        assert bic == pytest.approx(fit.bic, abs=0.01)


def test_points_have_the_labels_of_each_model(desk, rig):
    view = desk.done()
    sample = prepare(rig.document.table, rig.document.preparation)
    rows = view._drawn[1].rows
    place = {row: i for i, row in enumerate(sample.rows)}
    inside = np.array([row in place for row in rows])
    for structure in SHAPES:
        fit = view.comparison.found[structure].fit
        held = view._labels.of(fit, rows)
        expected = fit.labels(sample.x)[[place[row] for row in rows[inside]]]
        np.testing.assert_array_equal(held.labels[inside], expected)
        assert (held.labels[~inside] == -1).all()


def test_clusters_are_called_as_they_would_be_when_taken(desk, rig):
    rig.fit(n_components=3)
    view = desk.done()
    for structure, tile in zip(SHAPES, view.tiles, strict=True):
        fit = view.comparison.found[structure].fit
        expected = rig.document.identities_for(fit.parameters, rig.document.preparation.columns)
        assert tuple(shape.identity for shape in tile.plot.ellipses.shapes) == expected


# ---- one range, one size -------------------------------------------------------------------


def test_all_plots_show_one_range_at_one_size(desk):
    view = desk.done()

    def ranges():
        return {str(np.round(tile.plot.box.viewRange(), 9).tolist()) for tile in view.tiles}

    assert len(ranges()) == 1
    before = ranges()
    view.tiles[2].setFocus()
    QTest.keyClick(view.tiles[2], Qt.Key.Key_Plus)
    assert len(ranges()) == 1 and ranges() != before
    view.tiles[1].plot.box.went_home.emit()
    sizes = [tile.plot.box.size() for tile in view.tiles]
    assert max(s.width() for s in sizes) - min(s.width() for s in sizes) <= 1.5
    assert max(s.height() for s in sizes) - min(s.height() for s in sizes) <= 1.5


@pytest.mark.parametrize(
    ("width", "height", "columns"), [(704, 300, 4), (420, 300, 4), (420, 560, 2), (1340, 660, 4)]
)
def test_tiles_stand_so_that_plots_are_largest(width, height, columns):
    assert n_columns(width, height, 4, 85) == columns
    assert n_columns(width, height, 2, 85) in (1, 2)


def test_it_shows_the_plane_of_the_scatter(desk, rig):
    from gmmstudio.ui.views.planes.scatter_axes import Axes

    view = desk.done()
    a, b = rig.document.preparation.columns[:2]
    view._scatter.choose(Axes(b, a))
    assert all(tile.plot.home == view._scatter.plot.home for tile in view.tiles)
    view._scatter.choose(Axes(a, None))
    view.grab()
    assert all(tile.plot.ellipses.shapes == () for tile in view.tiles)


# ---- where the fits come from --------------------------------------------------------------


def test_the_fit_shown_is_used_and_not_made_again(desk, rig):
    rig.fit(n_components=3, tries=rig.document.spec.tries)
    view = desk.done()
    assert view.comparison.found["VVV"].fit is rig.document.record.fit
    assert view.tiles[3].figures.mark == "shown now"
    assert len(rig.document.fits) == 1


def test_models_of_a_sweep_are_used(desk, rig):
    document = rig.document
    sample = prepare(document.table, document.preparation)
    specs = grid(document.spec, [3], SHAPES, sample.x.shape[1])
    run = sweep(sample.x, specs, units=sample.units)
    while True:
        try:
            next(run)
        except StopIteration as end:
            cells = end.value
            break
    quick = replace(cells[1], fit=replace(cells[1].fit, ended="near", converged=False))
    cells = (cells[0], quick, *cells[2:])
    rig.session.apply(SetSweep(cells, document.preparation, document.spec, document.table_id))
    view = desk.done()
    for cell in cells:
        found = view.comparison.found[cell.structure].fit
        if cell.fit.ended == "near":  # climbed on from there to the top
            assert found.ended == "converged"
            assert found.log_likelihood >= cell.fit.log_likelihood - 1e-9
        else:
            assert found is cell.fit


def test_another_k_is_another_question_and_the_answer_to_the_first_is_kept(desk, rig, qtbot):
    view = desk.done()
    first = dict(view.comparison.found)
    rig.session.apply(SetComponents(2))
    assert not view.comparison.found
    desk.done()
    assert all(c.fit.n_components == 2 for c in view.comparison.found.values())
    rig.session.apply(SetComponents(3))
    assert view.comparison.found == first and view.comparison.current is None


def test_only_a_few_questions_are_remembered(desk, rig):
    view = desk.done()
    for k in (1, 2, 4, 5):
        rig.session.apply(SetComponents(k))
    assert len(view.comparison._known) <= 3


# ---- taking one ----------------------------------------------------------------------------


@pytest.mark.parametrize("by_key", [False, True])
def test_taking_a_shape_is_one_step_and_gives_exactly_that_fit(desk, rig, by_key):
    rig.fit(n_components=3)
    view = desk.done()
    before, tile = rig.document, view.tiles[2]
    fit = view.comparison.found["EEE"].fit
    if by_key:
        tile.setFocus()
        QTest.keyClick(tile, Qt.Key.Key_Return)
    else:
        click(tile)
    after = rig.document
    assert after.record.fit is fit
    assert after.spec.structure == "EEE" and after.spec.n_components == 3
    assert not after.is_out_of_date(after.record)
    assert rig.session.undo_label == "Take the tied shape"
    assert tile.figures.mark == "shown now"
    click(tile)  # it is shown already
    assert rig.document is after
    rig.session.undo()
    assert rig.document is before
    rig.session.redo()
    click(view.tiles[3])
    click(tile)
    assert len({record.fit for record in rig.document.fits}) == len(rig.document.fits)


def test_a_click_into_the_plot_takes_it_too(desk, rig):
    view = desk.done()
    tile = view.tiles[0]
    plot = tile.plot.viewport()
    QTest.mouseClick(plot, Qt.MouseButton.LeftButton, pos=plot.rect().center())
    assert rig.document.record.fit is view.comparison.found["VII"].fit


def test_arrow_keys_lead_from_tile_to_tile(desk):
    view = desk.done()
    view.activateWindow()
    view.tiles[0].setFocus()
    QTest.keyClick(view.tiles[0], Qt.Key.Key_Right)
    assert view.tiles[1].hasFocus()


# ---- asleep, stopped, closed ---------------------------------------------------------------


def workers() -> list[str]:
    return [t.name for t in threading.enumerate() if t.name.startswith("gmmstudio")]


def test_hidden_it_does_nothing(desk, rig, qtbot):
    view = desk.open(visible=False)
    rig.session.apply(SetComponents(4))
    rig.stage.put_run(RunInfo("fitting"))
    rig.stage.put_run(RunInfo("idle"))
    qtbot.wait(50)
    assert view.comparison.question is None and not workers()
    view.shutdown()


def test_it_makes_way_for_a_fit_and_goes_on_after(desk, rig, qtbot):
    rig.stage.put_run(RunInfo("fitting"))
    view = desk.open()
    qtbot.wait(30)
    assert view.comparison.current is None and not view.comparison.found
    assert "once the fit under way has ended" in view._progress.text()
    rig.stage.put_run(RunInfo("idle"))
    desk.done()


def test_it_can_be_stopped_and_begun_again(desk, rig, qtbot):
    view = desk.open()
    assert view._cancel.isVisible()
    view._cancel.click()
    assert view.comparison.current is None and view._begin.isVisible()
    assert view._begin.text() == "Fit the four shapes"
    view._begin.click()
    desk.done()
    assert not view._begin.isVisible() and not view._cancel.isVisible()


def test_closed_while_it_fits_it_leaves_no_thread(desk, rig, qtbot):
    x = np.random.default_rng(0).standard_normal((20_000, 4))
    lines = "\n".join(",".join(f"{v:.5f}" for v in row) for row in x)
    rig.open(table_of("a,b,c,d\n" + lines))
    rig.session.apply(SetComponents(9))
    view = desk.open()
    qtbot.waitUntil(lambda: view.comparison.current is not None)
    assert workers()  # the fixtures close the view now, and see that none is left


# ---- what can go wrong ---------------------------------------------------------------------


def test_a_collapsed_fit_is_shown_with_its_reason_and_not_ranked(desk, rig):
    x = np.random.default_rng(1).standard_normal((40, 2))
    rows = [*x.tolist(), *[[9.0, 9.0]] * 12]
    rig.open(table_of("a,b\n" + "\n".join(f"{a:.4f},{b:.4f}" for a, b in rows)))
    rig.session.apply(SetComponents(2))
    view = desk.done()
    collapsed = [c for c in view.comparison.found.values() if c.sound is None]
    assert collapsed and best_of(view.comparison.found.values()) not in collapsed
    best = best_of(view.comparison.found.values())
    assert view.tiles[view.comparison.shapes.index(best.structure)].figures.best
    for candidate in collapsed:
        tile = view.tiles[view.comparison.shapes.index(candidate.structure)]
        assert "not ranked" in tile.figures.verdict and tile.figures.instead == candidate.reason
        assert not tile.figures.best and not tile.figures.bic
        assert "collapsed" in candidate.reason


def test_of_very_many_rows_a_sample_is_drawn(desk, rig, monkeypatch):
    monkeypatch.setattr(compare, "MOST_DRAWN", 100)
    view = desk.done()
    assert all(len(tile.plot.cloud._points) == 100 for tile in view.tiles)
    assert "a sample of 100 of 342 rows drawn" in view._heading.text()


def test_one_column_has_two_shapes(desk, rig):
    rig.session.apply(TickColumns(rig.document.preparation.columns[:1]))
    view = desk.done()
    assert view.comparison.shapes == ("V", "E")
    assert [tile.isVisible() for tile in view.tiles] == [True, True, False, False]
    assert "best of the two" in {tile.figures.verdict for tile in view.tiles[:2]}
    click(view.tiles[1])
    assert rig.document.record.fit.structure == "E"
    assert not rig.document.is_out_of_date(rig.document.record)


TEXTS = {
    "one value": "a,b\n" + "1,2\n" * 12,
    "huge": "a,b\n" + "".join(f"{x}e300,{y}e300\n" for x, y in [(1, -1), (-1, 1), (0, 0)] * 4),
    "fewer rows than clusters": "a,b\n1,2\n2,1\n",
    "zeros and ones": "a,b\n" + "0,1\n1,0\n1,1\n0,0\n" * 6,
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_odd_tables_give_pictures_or_sentences(desk, rig, qtbot, text, caplog):
    rig.open(table_of(text))
    rig.session.apply(TickColumns((0, 1)))
    rig.session.apply(SetComponents(3))
    view = desk.done()
    for tile in view.tiles:
        assert tile.figures.bic or tile.figures.instead
    assert not caplog.records


def test_without_columns_or_rows_it_says_so(desk, rig, caplog):
    rig.session.apply(TickColumns(()))
    view = desk.open()
    assert view._empty.text() == compare.NO_COLUMNS and view._empty.isVisible()
    rig.session.undo()
    rig.session.apply(ExcludeRows(tuple(range(rig.document.table.n_rows))))
    desk.done()
    assert view._empty.isVisible() and view._empty.text() and not caplog.records


# ---- look and names ------------------------------------------------------------------------


def test_look_and_text_size_are_followed(desk):
    view = desk.done()
    light = view.tiles[0].plot.cloud._colouring.palette.copy()
    theme.choose("dark")
    assert not np.array_equal(light, view.tiles[0].plot.cloud._colouring.palette)
    before = view.tiles[0].words_height()
    theme.set_zoom(1.5)
    assert view.tiles[0].words_height() > before


def test_every_tile_is_named(desk):
    view = desk.done()
    for tile in view.tiles:
        assert tile.figures.name in tile.accessibleName() and "BIC" in tile.accessibleName()
        assert tile.focusPolicy() == Qt.FocusPolicy.StrongFocus
    assert compared_words.shape_of("EEE").name == "Tied"
