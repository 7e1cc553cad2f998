"""The sweep: every cell the best try that did not collapse, gaps with reasons, cancellable."""

from __future__ import annotations

import numpy as np
import pytest

from gmmstudio.fitting import Runner, best, grid, ranked, run_to_end, sweep
from gmmstudio.mixture.errors import MixtureError
from gmmstudio.mixture.spec import Spec
from gmmstudio.table import prepare, read, sample
from gmmstudio.table.preparation import Preparation

SHAPES = ("VII", "VVI", "EEE", "VVV")


@pytest.fixture(scope="module")
def faithful():
    table = read(sample("old-faithful").path)
    return prepare(table, Preparation(table.default_columns(), "none"))


@pytest.fixture(scope="module")
def faithful_cells(faithful):
    specs = grid(Spec(), range(1, 6), ["spherical", "diagonal", "tied", "full"], 2)
    return run_to_end(sweep(faithful.x, specs, units=faithful.units))


def test_grid_rises_in_k_over_the_shapes():
    specs = grid(Spec(), [3, 1, 2, 2], ["full", "EEE", "tied"], 4)
    assert [(s.n_components, s.structure) for s in specs] == [
        (1, "VVV"),
        (1, "EEE"),
        (2, "VVV"),
        (2, "EEE"),
        (3, "VVV"),
        (3, "EEE"),
    ]


def test_grid_of_one_column_takes_each_model_once():
    assert [s.structure for s in grid(Spec(), [2], SHAPES, 1)] == ["V", "E"]


def test_grid_drops_a_start_that_fits_one_k_only():
    spec = Spec(n_components=2, start=np.array([0, 1, 1]))
    assert {s.start for s in grid(spec, [1, 2, 3], ["VVV"], 2)} == {"k-means++"}
    assert {s.start for s in grid(Spec(start="random"), [1], ["VVV"], 2)} == {"random"}


@pytest.mark.parametrize(("components", "shapes"), [([0], ["VVV"]), ([1], ["round"])])
def test_grid_refuses_nonsense(components, shapes):
    with pytest.raises(MixtureError):
        grid(Spec(), components, shapes, 2)


def test_old_faithful_is_three_tied_clusters(faithful_cells):
    winner = best(faithful_cells)
    assert (winner.structure, winner.n_components) == ("EEE", 3)
    assert winner.fit.log_likelihood == pytest.approx(-1126.316, abs=0.005)
    assert winner.fit.bic == pytest.approx(2314.30, abs=0.01)


def test_ties_that_collapse_are_counted_and_do_not_win(faithful_cells):
    """Five diagonal clusters may sit on tied waiting times: ℓ ≈ −995, and worth nothing."""
    cell = next(c for c in faithful_cells if (c.structure, c.n_components) == ("VVI", 5))
    assert cell.n_collapsed >= 1
    assert cell.n_collapsed == sum(a.collapsed is not None for a in cell.fit.attempts)
    assert cell.fit.collapsed is None
    assert cell.fit.log_likelihood < -1050


def test_cells_carry_what_was_asked_and_the_winning_try(faithful_cells):
    assert len(faithful_cells) == 20
    for cell in faithful_cells:
        assert (cell.spec.n_components, cell.spec.structure) == (
            cell.n_components,
            cell.structure,
        )
        assert cell.reason == ""
        (track,) = cell.tracks
        assert track.attempt == cell.fit.attempt
        assert np.array_equal(track.log_likelihoods, cell.fit.history)


def test_ranked_rises_in_bic(faithful_cells):
    values = [cell.fit.bic for cell in ranked(faithful_cells)]
    assert values == sorted(values)
    assert len(values) == len(faithful_cells)


def test_a_cell_that_cannot_be_fitted_is_a_gap_with_a_reason():
    x = np.repeat(np.array([[0.0, 0.0], [1.0, 3.0], [5.0, 2.0]]), 10, axis=0)
    cells = run_to_end(sweep(x, grid(Spec(tries=3), range(1, 6), ["EEE", "VVV"], 2)))
    assert len(cells) == 10
    gaps = [cell for cell in cells if cell.fit is None]
    assert {4, 5} <= {cell.n_components for cell in gaps}
    for cell in gaps:
        assert cell.reason.endswith(".")
        assert cell.tracks == ()
    assert {1} <= {cell.n_components for cell in cells if cell.fit is not None}


def test_all_tries_collapsed_is_a_gap_that_says_how():
    x = np.concatenate([np.zeros((30, 2)), np.random.default_rng(0).normal(8, 1, (30, 2))])
    (cell,) = run_to_end(sweep(x, grid(Spec(tries=4), [2], ["VVV"], 2)))
    assert cell.fit is None
    assert cell.n_collapsed == 4
    assert cell.collapsed is not None
    assert "collapsed" in cell.reason
    assert best([cell]) is None
    assert ranked([cell]) == ()


def test_frames_hold_all_finished_cells_and_count(faithful):
    specs = grid(Spec(tries=2), [1, 2], ["VII", "EEE"], 2)
    frames = []
    run = sweep(faithful.x, specs)
    while True:
        try:
            frames.append(next(run))
        except StopIteration as end:
            cells = end.value
            break
    assert [frame.n_total for frame in frames] == [4] * len(frames)
    done = [frame.n_done for frame in frames]
    assert done == sorted(done)
    assert set(done) == {0, 1, 2, 3, 4}
    for frame in frames:
        assert frame.cells == cells[: frame.n_done]
    assert frames[-1].cells == cells
    assert {frame.attempt for frame in frames} == {0, 1, 2}


def test_an_empty_sweep_is_empty(faithful):
    assert run_to_end(sweep(faithful.x, [])) == ()


@pytest.mark.parametrize("after", [0, 3, 40, 90])
def test_cancel_keeps_the_finished_cells(faithful, after):
    specs = grid(Spec(tries=2), [1, 2, 3], SHAPES, 2)
    stop = False
    run = sweep(faithful.x, specs, should_stop=lambda: stop)
    frame = next(run)
    for _ in range(after):
        frame = next(run)
    stop = True
    cells = run_to_end(run)
    assert cells[: frame.n_done] == frame.cells
    assert len(cells) <= frame.n_done + 1  # one may have been at its very end
    assert all(cell.fit.ended != "cancelled" for cell in cells)


def test_runs_in_the_runner_and_is_paused_within_a_cell(faithful):
    runner = Runner()
    specs = grid(Spec(tries=2), [1, 2, 3], SHAPES, 2)
    runner.start(lambda stop: sweep(faithful.x, specs, should_stop=stop), budget=5)
    while runner.status.state != "paused":
        pass
    assert runner.status.frame.n_total == 12
    assert runner.status.n_frames == 5
    runner.resume()
    assert runner.wait(60)
    assert runner.status.state == "finished"
    assert len(runner.status.result) == 12
    assert runner.trace.tracks == ()
    assert runner.close()
