"""The sweep: every cell the best try that did not collapse, gaps with reasons, cancellable."""

from __future__ import annotations

import numpy as np
import pytest

from gmmstudio.fitting import Runner, best, grid, ranked, run_to_end, sweep
from gmmstudio.mixture import fit
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


def test_ties_that_collapse_are_counted_and_do_not_win(faithful):
    """Five diagonal clusters may sit on tied waiting times: ℓ ≈ −995, and worth nothing."""
    (cell,) = run_to_end(sweep(faithful.x, grid(Spec(start="random", tries=20), [5], ["VVI"], 2)))
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
    asked = [(spec.n_components, spec.structure) for spec in specs]
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
    assert done[-1] == 4
    settling = [frame.settling for frame in frames[:-1]]
    assert settling == sorted(settling)
    for frame in frames:
        order = [(cell.n_components, cell.structure) for cell in frame.cells]
        assert order == [wanted for wanted in asked if wanted in order]
        assert frame.n_done == 4 or not frame.settling
    assert frames[-1].cells == cells


def test_a_sweep_by_one_thread_finds_the_same(faithful):
    specs = grid(Spec(tries=3), range(1, 5), SHAPES, 2)
    alone, together = (run_to_end(sweep(faithful.x, specs, threads=n)) for n in (1, 2))
    assert [c.fit.log_likelihood for c in alone] == [c.fit.log_likelihood for c in together]


def test_the_best_model_is_settled_with_all_tries(faithful):
    """What wins was climbed to its maximum, from as many starts as were asked for."""
    cells = run_to_end(sweep(faithful.x, grid(Spec(tries=6), range(1, 6), SHAPES, 2)))
    winner = best(cells)
    assert winner.fit.converged
    searched = fit(faithful.x, winner.n_components, winner.structure, tries=6)
    assert winner.fit.log_likelihood >= searched.log_likelihood - 1e-6 * abs(
        searched.log_likelihood
    )


@pytest.mark.parametrize("n", [2_500, 12_000, 60_000])
def test_models_of_large_tables_are_near_their_maximum(n):
    rng = np.random.default_rng(n)
    centres = np.array([[0, 0, 0], [6, 0, 1], [0, 7, -1]])
    x = centres[rng.integers(3, size=n)] + rng.normal(size=(n, 3)) * [1.0, 0.5, 2.0]
    cells = run_to_end(sweep(x, grid(Spec(tries=3), [1, 2, 3], ["VVV", "EEI", "VEV"], 3)))
    for cell in cells:
        exact = fit(x, cell.n_components, cell.structure, tries=3)
        assert cell.fit.log_likelihood == pytest.approx(exact.log_likelihood, rel=1e-5)
    assert best(cells).fit.converged


def test_rows_that_cannot_be_fitted_are_gaps_with_the_reason():
    x = np.array([[1.0, np.nan], [2.0, 3.0]])
    cells = run_to_end(sweep(x, grid(Spec(), [1, 2], ["VVV"], 2)))
    assert [cell.fit for cell in cells] == [None, None]
    assert all("missing" in cell.reason for cell in cells)


def test_weights_count_in_a_sweep(faithful):
    weights = np.arange(len(faithful.x)) % 3 + 1.0
    specs = grid(Spec(tries=2), [1, 2], ["VVI", "EEE"], 2)
    weighted = run_to_end(sweep(faithful.x, specs, weights=weights))
    repeated = run_to_end(sweep(np.repeat(faithful.x, weights.astype(int), axis=0), specs))
    for a, b in zip(weighted, repeated, strict=True):
        assert a.fit.bic == pytest.approx(b.fit.bic, rel=1e-6)


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
    kept = {(cell.n_components, cell.structure) for cell in cells}
    assert {(cell.n_components, cell.structure) for cell in frame.cells} <= kept
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
