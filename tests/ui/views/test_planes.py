"""The planes a scatter can show besides two columns."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.decomposition import PCA
from views_rig import Rig, table_of

from gmmstudio.document.commands import ExcludeRows, TickColumns
from gmmstudio.table.preparation import prepare
from gmmstudio.ui.views.planes import drawing_source, sights
from gmmstudio.ui.views.planes.planes import columns_plane
from gmmstudio.ui.views.planes.scatter_axes import Axes
from gmmstudio.ui.views.scatter.view import ScatterView


@pytest.fixture
def view(rig: Rig, show) -> ScatterView:
    return show(ScatterView(rig.session, rig.stage))


def note(view: ScatterView) -> str:
    return view._note.text()


def drawn(view: ScatterView, rig: Rig) -> np.ndarray:
    """Where the rows of the sample are drawn, from the single precision of the points."""
    points = view._points
    places = np.full((points.n_rows, 2), np.nan)
    places[points.rows, 0] = points.x_frame.centre + points.x_frame.scale * points.x
    places[points.rows, 1] = points.y_frame.centre + points.y_frame.scale * points.y
    return places[prepare(rig.document.table, rig.document.preparation).rows]


def test_the_principal_plane_is_that_of_the_standardised_rows(view: ScatterView, rig: Rig):
    view.choose_kind("principal")
    x = prepare(rig.document.table, rig.document.preparation).x
    judge = PCA(2, svd_solver="full").fit_transform((x - x.mean(axis=0)) / x.std(axis=0))
    ours = drawn(view, rig)
    for side in range(2):
        sign = np.sign(ours[:, side] @ judge[:, side])
        np.testing.assert_allclose(ours[:, side], sign * judge[:, side], atol=1e-5)
    assert note(view).startswith("342 of 344 rows drawn, 2 have no value here")


@pytest.mark.parametrize("kind", ["principal", "separating"])
def test_ellipses_lie_where_the_points_lie(view: ScatterView, rig: Rig, kind):
    rig.fit()
    view.choose_kind(kind)
    places = drawn(view, rig)
    fit = rig.document.record.fit
    flat = view.plane.seen(rig.stage.shown)
    for k, shape in enumerate(view.ellipses.shapes):
        np.testing.assert_allclose(
            shape.mean, (fit.parameters.means[k] - view.plane.centre) @ view.plane.directions
        )
        inner = shape.curves[0] - shape.mean
        distance = np.einsum("ni,ij,nj->n", inner, np.linalg.inv(flat.covariances[k]), inner)
        np.testing.assert_allclose(distance, 1)
    # EM's means are those of the rows by responsibility: so they are in any plane, too
    np.testing.assert_allclose(
        flat.weights @ flat.means, places.mean(axis=0), atol=1e-3 * places.std()
    )


def test_the_axes_say_in_words_what_they_show(view: ScatterView, rig: Rig):
    view.choose_kind("principal")
    first, second = view.sight.across, view.sight.up
    assert first.names[0] == (
        "principal direction 1 (69 % of the variance): mostly flipper_length_mm, body_mass_g"
    )
    assert "bill_depth_mm  −0.66" in first.tip
    assert view._x_button.toolTip() == first.tip
    assert view._x_button.text().startswith("principal direction 1")
    assert "direction 2" in view._y_button.text() and second.names[0] in (
        view._y_button.accessibleName()
    )


def test_it_follows_the_open_fit_and_keeps_still_meanwhile(view: ScatterView, rig: Rig):
    view.choose_kind("separating")
    assert sights.NO_MODEL in note(view)
    told: list[int] = []
    view.axes_changed.connect(lambda: told.append(1))
    rig.fit()
    first = view.plane
    assert sights.NO_MODEL not in note(view) and len(told) == 1
    for iteration in (0, 2):
        rig.show(iteration=iteration, live=True)
        assert view.plane is first
    rig.fit(n_components=4)
    assert view.plane is not first and len(told) == 2
    rig.session.undo()
    np.testing.assert_allclose(view.plane.directions, first.directions)


def test_one_cluster_separates_nothing_and_says_so(view: ScatterView, rig: Rig):
    rig.fit(n_components=1)
    view.choose_kind("separating")
    assert sights.NOTHING_SEPARATES in note(view)
    assert "principal direction 1" in view.sight.across.names[0]


def test_the_choice_is_kept_by_table_and_columns_return(view: ScatterView, rig: Rig):
    first = view.axes
    view._x_button.chosen.emit("principal")
    plane = next(choice for choice in view.choices if choice.what == "plane")
    assert plane.current == "principal"
    rig.session.apply(TickColumns((2, 3)))
    assert view.plane.columns == (2, 3)
    rig.open(table_of("a,b\n" + "\n".join(f"{i * 0.5},{i % 7 + 0.5}" for i in range(40))))
    assert view.axes == Axes(0, 1)
    np.testing.assert_array_equal(view.plane.directions, np.eye(2))
    view.choose_kind("principal")
    view._y_button.chosen.emit(0)
    assert view.axes == Axes(1, 0)
    assert first != view.axes


def test_one_column_has_no_plane(view: ScatterView, rig: Rig):
    view.choose_kind("principal")
    rig.session.apply(TickColumns((2,)))
    assert view.plane is None and view.axes == Axes(2, None)
    assert not [choice for choice in view.choices if choice.what == "plane"]
    rig.session.undo()
    assert view.sight.kind == "principal"


def test_excluded_rows_do_not_turn_the_plane_before_the_next_fit(view: ScatterView, rig: Rig):
    rig.fit()
    view.choose_kind("principal")
    first = view.plane
    rig.session.apply(ExcludeRows(frozenset(range(60))))
    assert view.plane is first
    assert "in grey: 59 excluded" in note(view)
    rig.fit()
    assert not np.allclose(view.plane.directions, first.directions)


def test_a_range_belongs_to_its_plane(view: ScatterView, rig: Rig):
    view.choose_kind("principal")
    view.plot.box.setRange(xRange=(0, 1), yRange=(0, 1), padding=0)
    view.plot.box.moved_by_hand.emit()
    view.choose(view.axes)
    assert view.plot.box.viewRange()[0][0] > 10
    view.choose_kind("principal")
    np.testing.assert_allclose(view.plot.box.viewRange(), ((0, 1), (0, 1)))


@pytest.mark.parametrize("kind", ["principal", "separating"])
@pytest.mark.parametrize(
    "text",
    [
        "x,y\n1,1\n1,1\n1,1\n",
        "x,y\n1e300,-1e300\n-1e300,1e300\n2,3\n",
        "x,y\n1,\n2,\n,3\n",
        "x,y\n5.5,6\n",
        "x,y,z\n100000000.5,1,2\n100000001.5,2,2\n99999999.5,4,2\n",
        "x,y\n1.5,inf\n2.5,3\n4.5,5.5\n7.5,6\n",
        ",".join(f"column number {j}" for j in range(60))
        + "\n"
        + "\n".join(",".join(f"{(i * (j + 3)) % 17}.5" for j in range(60)) for i in range(80)),
    ],
)
def test_odd_tables_are_seen_without_a_fuss(rig: Rig, show, text, kind, caplog):
    view = show(ScatterView(rig.session, rig.stage))
    rig.open(table_of(text))
    columns = [i for i, c in enumerate(rig.document.table.columns) if c.values is not None]
    rig.session.apply(TickColumns(tuple(columns)))
    if view.axes is not None:
        view.choose_kind(kind)
    view.grab()
    rig.session.apply(ExcludeRows(frozenset(range(rig.document.table.n_rows))))
    view.grab()
    assert not caplog.records
    assert view._x_button.toolTip().count("\n") < 20


def test_all_rows_excluded_shows_columns_and_says_why(view: ScatterView, rig: Rig):
    view.choose_kind("principal")
    rig.session.apply(ExcludeRows(frozenset(range(344))))
    assert sights.NO_DIRECTIONS in note(view)
    assert view.plane.columns == (view.sight.axes.x, view.sight.axes.y)


def test_many_rows_are_turned_beside_the_window(rig: Rig, show, qtbot, monkeypatch):
    monkeypatch.setattr(drawing_source, "AT_ONCE", 100)
    view = show(ScatterView(rig.session, rig.stage))
    view.choose_kind("principal")
    assert view.plane is None and note(view) == "Preparing the rows…"
    qtbot.waitUntil(lambda: view.plane is not None, timeout=5000)
    assert "342 of 344" in note(view)


def test_a_plane_knows_which_of_its_sides_are_columns(penguins):
    plane = columns_plane(3, 2)
    assert (plane.column(0), plane.column(1)) == (3, 2)
    x, y = plane.coordinates(penguins)
    assert x is penguins.columns[3].values and y is penguins.columns[2].values
