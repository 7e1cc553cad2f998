"""The arrows of the columns in a plane."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtGui import QFontMetricsF
from views_rig import Rig, table_of

from gmmstudio.document.commands import TickColumns
from gmmstudio.report.label_placing import Box
from gmmstudio.ui.views.layers import contours
from gmmstudio.ui.views.layers.arrows import MOST, Arrow, arrows, beside, free_place, short_names
from gmmstudio.ui.views.scatter.view import ScatterView


@pytest.fixture
def view(rig: Rig, show) -> ScatterView:
    view = show(ScatterView(rig.session, rig.stage))
    rig.fit()
    return view


@pytest.mark.parametrize("kind", ["principal", "separating"])
def test_an_arrow_points_where_a_row_moves_when_its_column_rises(view, rig: Rig, kind):
    view.choose_kind(kind)
    found = {arrow.name: arrow for arrow in view.arrows.current()}
    table = rig.document.table
    columns = rig.document.preparation.columns
    assert set(found) == {table.columns[i].name for i in columns}
    row = np.array([[table.columns[i].values[0] for i in columns]])
    here = np.array(view.arrows.to_pixels(*view.plane.place(row)[0]))
    ratios = []
    for place, column in enumerate(columns):
        values = table.columns[column].values
        higher = row.copy()
        higher[0, place] += np.nanstd(values)
        moved = np.array(view.arrows.to_pixels(*view.plane.place(higher)[0])) - here
        arrow = found[table.columns[column].name]
        cosine = moved @ (arrow.x, arrow.y) / np.linalg.norm(moved) / arrow.length
        assert cosine == pytest.approx(1)
        ratios.append(arrow.length / np.linalg.norm(moved))
    np.testing.assert_allclose(ratios, ratios[0], rtol=0.02)  # all enlarged alike


def test_shares_of_contours_are_written_beside_the_names(view, monkeypatch):
    view.choose_kind("separating")
    view.contours.set_mode("contours")
    names = [box for _, box in view.arrows.names()]
    assert names == view.contours.avoid() and len(names) >= 3
    placed: list[Box] = []
    real = contours.place_on

    def noted(*arguments):
        box = real(*arguments)
        placed.extend([] if box is None else [box])
        return box

    monkeypatch.setattr(contours, "place_on", noted)
    view.grab()
    assert len(placed) >= 2
    assert not any(box.overlaps(name) for box in placed for name in names)


def test_they_are_for_planes_only_and_can_be_hidden(view, rig: Rig):
    assert view.arrows.current() == ()
    assert not [choice for choice in view.choices if choice.what == "arrows"]
    view.choose_kind("principal")
    seen = view.grab().toImage()
    next(choice for choice in view.choices if choice.what == "arrows").pick("hidden")
    assert view.arrows.current() == ()
    assert view.grab().toImage() != seen
    assert next(c for c in view.choices if c.what == "arrows").current == "hidden"


def test_of_sixty_columns_the_longest_are_drawn(rig: Rig, show, caplog):
    view = show(ScatterView(rig.session, rig.stage))
    head = ",".join(f"a rather long name of column {j}" for j in range(60))
    rows = [",".join(f"{(i * (j + 3)) % 17}.5" for j in range(60)) for i in range(80)]
    rig.open(table_of("\n".join([head, *rows])))
    rig.session.apply(TickColumns(tuple(range(60))))
    view.choose_kind("principal")
    found = view.arrows.current()
    assert 0 < len(found) <= MOST
    assert sorted((arrow.length for arrow in found), reverse=True) == [a.length for a in found]
    view.grab()
    assert not caplog.records


def test_lengths():
    steps = np.array([[1.0, 0.0], [0.0, 0.5], [0.001, 0.0]])
    free = arrows(steps, ("a", "b", "c"), 10.0, 20.0, 100.0, fixed=False)
    assert [(arrow.name, round(arrow.x), round(arrow.y)) for arrow in free] == [
        ("a", 100, 0),
        ("b", 0, -100),
    ]
    fixed = arrows(steps / 4, ("a", "b", "c"), 10.0, 20.0, 100.0, fixed=True)
    assert [round(arrow.length) for arrow in fixed] == [25, 25]
    assert arrows(np.zeros((2, 2)), ("a", "b"), 1.0, 1.0, 100.0, fixed=False) == ()


def test_long_names_are_shortened_where_they_still_differ(qapp):
    metrics = QFontMetricsF(qapp.font())
    for name in (
        "measurement {} of the second series in a row",
        "{} begins a name that is rather long",
        "short {}",
    ):
        found = tuple(Arrow(name.format(j), 1, 1) for j in range(12))
        texts = short_names(found, metrics)
        assert len(set(texts)) == len(texts)
        assert all(metrics.horizontalAdvance(text) <= 151 for text in texts)


def test_names_stand_beyond_the_tips_inside_and_apart():
    box = beside(50, 50, Arrow("a", 30, 0), 20, 10)
    assert box.left > 50 and box.top + box.height / 2 == 50
    taken: list[Box] = []
    while (free := free_place(Box(95, 50, 20, 10), 100, 100, taken)) is not None:
        assert Box(0, 0, 100, 100).contains(free)
        assert not any(free.overlaps(other) for other in taken)
        taken.append(free)
    assert len(taken) >= 3
