"""A model of a large table that a sweep looked at quickly is finished when it is opened."""

from __future__ import annotations

import numpy as np
import pytest

from gmmstudio.document.commands import OpenTable
from gmmstudio.mixture import fit
from gmmstudio.table import read_text


@pytest.fixture(scope="module")
def large():
    rng = np.random.default_rng(4)
    centres = np.array([[0.0, 0.0], [2.0, 1.0], [0.0, 3.0]])
    x = centres[rng.integers(3, size=6000)] + rng.normal(size=(6000, 2))
    lines = ["a,b", *(f"{a:.4f},{b:.4f}" for a, b in x)]
    return read_text("\n".join(lines) + "\n", "large")


def finish(desk, until) -> None:
    until(lambda: not desk.control.is_running and not desk.control._timer.isActive())


def test_it_climbs_on_to_the_maximum_and_the_sweep_keeps_it(desk, until, large):
    desk.session.apply(OpenTable(large))
    desk.control.find_best_k((2, 3, 5), ("VVV", "EEE"))
    finish(desk, until)
    cells = desk.session.document.sweep.cells
    near = next(cell for cell in cells if cell.fit is not None and cell.fit.ended == "near")
    desk.control.open_cell(near.structure, near.n_components)
    assert desk.control.is_running
    finish(desk, until)
    document = desk.session.document
    record = document.record
    assert record.fit.converged
    assert record.fit.log_likelihood >= near.fit.log_likelihood
    assert not document.is_out_of_date(record)
    x = np.column_stack([column.values for column in large.columns])
    on = fit(x, near.n_components, near.structure, start=near.fit.parameters)
    assert record.fit.log_likelihood == pytest.approx(on.log_likelihood, rel=1e-7)
    kept = next(
        cell
        for cell in document.sweep.cells
        if (cell.structure, cell.n_components) == (near.structure, near.n_components)
    )
    assert kept.fit is record.fit
    n_fits = len(document.fits)
    desk.control.open_cell(near.structure, near.n_components)
    assert not desk.control.is_running, "it is finished already"
    assert len(desk.session.document.fits) == n_fits
    desk.session.undo()
    assert desk.session.document.record.fit is near.fit
