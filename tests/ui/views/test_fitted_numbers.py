"""Views show the numbers that the fit is of: logarithms, and cells filled in."""

from __future__ import annotations

import numpy as np
import pytest
from views_rig import Rig

from gmmstudio.document.commands import SetLog, SetMissing, TickColumns
from gmmstudio.table import prepare
from gmmstudio.ui.views.matrix.view import MatrixView
from gmmstudio.ui.views.planes.scatter_axes import Axes
from gmmstudio.ui.views.scatter.row_reading import read_row
from gmmstudio.ui.views.scatter.row_text import row_text
from gmmstudio.ui.views.scatter.view import ScatterView

BILL, FLIPPER, MASS = 2, 4, 5


@pytest.fixture
def view(rig: Rig, show) -> ScatterView:
    rig.session.apply(TickColumns((BILL, FLIPPER, MASS)))
    view = show(ScatterView(rig.session, rig.stage))
    view.choose(Axes(FLIPPER, MASS))
    return view


def test_a_logged_column_is_drawn_by_its_logarithm(view: ScatterView, rig: Rig, qtbot) -> None:
    values = rig.document.table.columns[MASS].values
    home = view.drawing.home
    rig.session.apply(SetLog((MASS,)))
    qtbot.waitUntil(lambda: view.drawing.home != home)
    points = view.drawing.points
    np.testing.assert_array_equal(points.y_values[points.rows], np.log(values)[points.rows])
    assert view.drawing.sight.up.names == ("log body_mass_g",)
    assert view.plot.box.viewRange()[1][1] < 10.0  # not the range of the grams
    rig.fit()
    assert rig.stage.shown.column_names[2] == "log body_mass_g"
    seen = view.plane.seen(rig.stage.shown)
    np.testing.assert_allclose(seen.means[:, 1], rig.stage.shown.parameters.means[:, 2])
    rig.session.undo()
    rig.session.undo()
    rig.stage.put_shown(None)
    assert view.drawing.home == home
    assert view.drawing.sight.up.names == ("body_mass_g",)


def test_a_row_filled_in_is_drawn_and_read_like_the_others(
    view: ScatterView, rig: Rig, qtbot
) -> None:
    view.choose(Axes(FLIPPER, MASS))
    assert 3 not in view.drawing.points.rows
    rig.session.apply(TickColumns((BILL, FLIPPER, MASS, 7)))  # a year is in every row
    rig.session.apply(SetMissing("nearest"))
    qtbot.waitUntil(lambda: 3 in view.drawing.points.rows)
    rig.fit()
    sample = prepare(rig.document.table, rig.document.preparation)
    at = int(np.flatnonzero(sample.rows == 3)[0])
    reading = read_row(rig.document.table, rig.stage.shown, 3)
    assert reading is not None
    assert reading.component == rig.stage.assignment.labels[at]
    words = row_text(rig.document, rig.stage.shown, view.drawing.sight, 3, False)
    assert f"body_mass_g: {sample.x[at, 2]:.6g}"[:16] in words and "(filled in)" in words


def test_the_matrix_shows_the_same(rig: Rig, show, qtbot) -> None:
    rig.session.apply(TickColumns((FLIPPER, MASS)))
    matrix = show(MatrixView(rig.session, rig.stage), 640, 480)
    qtbot.waitUntil(lambda: matrix.area.picture is not None)
    assert matrix.area.picture.columns[MASS].high > 1000
    rig.session.apply(SetLog((MASS,)))
    qtbot.waitUntil(lambda: matrix.area.picture.columns[MASS].high < 10)
    logs = np.log(rig.document.table.columns[MASS].values)
    np.testing.assert_array_equal(matrix.area.picture.columns[MASS].drawn, logs)
