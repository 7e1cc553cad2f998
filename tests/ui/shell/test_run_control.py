"""Runs, replay, and that every frame on the screen is of one set of parameters."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gmmstudio.document.commands import (
    OpenTable,
    RenameCluster,
    SetComponents,
    SetOutlierRule,
    SetStopping,
    TickColumns,
)
from gmmstudio.mixture.outliers import OutlierRule, flag
from gmmstudio.mixture.scores import score
from gmmstudio.table.preparation import prepare


@pytest.fixture(autouse=True, params=["here", "elsewhere"])
def place(request, monkeypatch) -> None:
    """Fit in this process, and in one of its own as tables of many rows are."""
    fewest = 0 if request.param == "elsewhere" else 10**9
    monkeypatch.setattr("gmmstudio.ui.jobs.FEWEST_ROWS", fewest)


def check_true(desk, shown, table) -> None:
    """Recompute everything on the screen from its parameters and compare."""
    sample = prepare(table, shown.preparation)
    scores = score(sample.x, shown.parameters)
    labels = np.full(table.n_rows, -1)
    labels[sample.rows] = scores.labels
    probability = np.zeros(table.n_rows, dtype=np.float32)
    probability[sample.rows] = scores.max_probability
    rows = np.arange(table.n_rows) if shown.rows is None else shown.rows
    assert np.array_equal(shown.labels, labels[rows])
    np.testing.assert_allclose(shown.max_probability, probability[rows], atol=1e-6)
    assert len(shown.identities) == shown.parameters.n_components
    assert len(set(shown.identities)) == len(shown.identities)
    if shown.n_rows == len(sample.x):
        total = scores.log_density.sum()
        assert shown.log_likelihood == pytest.approx(total, rel=1e-9)


def finish(desk, until) -> None:
    until(lambda: not desk.control.is_running and not desk.control._timer.isActive())


def test_fit_ends_with_the_final_frame(desk, table, until) -> None:
    desk.control.fit()
    assert desk.stage.state == "fitting"
    finish(desk, until)
    record, shown = desk.session.document.record, desk.stage.shown
    assert desk.stage.state == "idle"
    assert shown.final and shown.rows is None and not shown.live
    assert shown.parameters is record.fit.parameters
    assert shown.iteration == record.fit.n_iterations
    assert shown.log_likelihood == record.fit.log_likelihood
    assert desk.stage.track.attempt == record.fit.attempt
    for seen in desk.seen:
        check_true(desk, seen, table)


def test_outliers_follow_the_rule_at_once(desk, table, until) -> None:
    desk.control.fit()
    finish(desk, until)
    assignment = desk.stage.assignment
    for rule in (OutlierRule("percentile", 20.0), OutlierRule("chi2", 0.9)):
        desk.session.apply(SetOutlierRule(rule))
        expected = flag(rule, assignment.log_density, assignment.squared_mahalanobis, 2)
        assert np.array_equal(desk.stage.outliers, expected)
        assert np.array_equal(desk.stage.shown.outlier[assignment.rows], expected)
        assert desk.stage.shown.outlier.sum() == expected.sum()


def test_step_rests_after_each_iteration(desk, table, until) -> None:
    desk.control.step()
    until(lambda: desk.stage.state == "paused" and desk.stage.shown is not None)
    assert desk.stage.shown.iteration == 0
    for number in (1, 2, 3):
        desk.control.step()
        until(lambda number=number: desk.stage.shown.iteration == number)
        assert desk.stage.shown.live
        check_true(desk, desk.stage.shown, table)
    assert desk.session.document.record is None
    desk.control.resume()
    finish(desk, until)
    assert desk.session.document.record is not None


def test_look_back_while_resting_then_go_on(desk, table, until) -> None:
    desk.session.apply(SetStopping(tol=0.0, max_iter=60))
    desk.control.step()
    until(lambda: desk.stage.shown is not None and desk.stage.state == "paused")
    for number in range(1, 6):
        desk.control.step()
        until(lambda number=number: desk.stage.shown.iteration == number)
    desk.control.show_iteration(2)
    until(lambda: desk.stage.shown.iteration == 2)
    assert not desk.stage.shown.live
    check_true(desk, desk.stage.shown, table)
    desk.control.back()
    until(lambda: desk.stage.shown.iteration == 1)
    desk.control.step()
    until(lambda: desk.stage.shown.iteration == 6 and desk.stage.shown.live)
    desk.control.resume()
    finish(desk, until)
    for seen in desk.seen:
        check_true(desk, seen, table)


def test_replay_shows_every_iteration_asked_for(desk, table, until) -> None:
    desk.control.fit()
    finish(desk, until)
    last = desk.stage.track.last
    desk.control.first()
    until(lambda: desk.stage.shown.iteration == desk.stage.track.first)
    assert not desk.stage.shown.final
    for number in range(1, min(last, 5)):
        desk.control.forward()
        until(lambda number=number: desk.stage.shown.iteration == number)
        track = desk.stage.track
        assert desk.stage.shown.parameters is track.at(number).parameters
        check_true(desk, desk.stage.shown, table)
    desk.control.last()
    until(lambda: desk.stage.shown.final)
    assert desk.stage.shown.rows is None


def test_play_runs_to_the_end(desk, until) -> None:
    desk.control.fit()
    finish(desk, until)
    desk.seen.clear()
    desk.control.set_speed(16.0)
    desk.control.play()
    assert desk.control.is_playing and desk.stage.is_playing
    until(lambda: not desk.control.is_playing)
    numbers = [shown.iteration for shown in desk.seen]
    assert numbers == sorted(numbers)
    assert desk.stage.shown.final


def test_a_short_fit_is_replayed(desk, until, monkeypatch) -> None:
    monkeypatch.setattr("gmmstudio.ui.run_control.REPLAYED_SECONDS", 1e9)  # a busy machine's time
    desk.control.replay_after_fit = True
    desk.control.fit()
    until(lambda: desk.session.document.record is not None)
    assert desk.control.is_playing
    finish(desk, until)
    assert desk.stage.shown.final


def test_other_tries_can_be_looked_at(desk, table, until) -> None:
    desk.control.fit()
    finish(desk, until)
    winner = desk.session.document.record.fit.attempt
    other = next(track.attempt for track in desk.stage.tracks if track.attempt != winner)
    desk.control.show_attempt(other)
    until(lambda: desk.stage.shown.attempt == other)
    assert desk.stage.track.attempt == other
    assert not desk.stage.shown.final
    check_true(desk, desk.stage.shown, table)


def test_watched_rows_are_those_shown(desk, table, until) -> None:
    rows = np.arange(3, 200, 7)
    desk.stage.watch(rows)
    desk.session.apply(SetStopping(tol=0.0, max_iter=100_000))
    desk.control.fit()
    until(lambda: desk.stage.shown is not None)
    assert desk.stage.shown.rows is rows
    desk.control.pause()
    until(lambda: desk.stage.state == "paused")
    other = np.arange(0, table.n_rows)
    desk.stage.watch(other)
    until(lambda: desk.stage.shown.rows is other)
    check_true(desk, desk.stage.shown, table)
    desk.control.cancel()
    finish(desk, until)
    assert desk.session.document.record.fit.ended == "cancelled"


def endless(desk, until) -> None:
    desk.session.apply(SetStopping(tol=0.0, max_iter=1_000_000))
    desk.control.fit()
    until(lambda: desk.stage.shown is not None and desk.stage.shown.live)


def test_change_of_model_ends_the_run_first_and_keeps_its_last_iteration(desk, until) -> None:
    endless(desk, until)
    desk.session.apply(SetComponents(5))
    document = desk.session.document
    assert not desk.control.is_running
    assert document.spec.n_components == 5
    assert document.record.fit.n_components == 3
    assert document.record.fit.ended == "cancelled"
    assert document.is_out_of_date(document.record)
    assert desk.session.undo_label == "Set K to 5"
    desk.session.undo()
    assert desk.session.undo_label == "Fit"


def test_names_and_rules_do_not_end_the_run(desk, until) -> None:
    endless(desk, until)
    desk.session.apply(SetOutlierRule(OutlierRule("percentile", 1.0)))
    desk.session.apply(RenameCluster(0, "small"))
    assert desk.control.is_running
    desk.control.end_run()
    assert not desk.control.is_running


def test_undo_in_mid_run_ends_it_and_redo_brings_its_last_iteration(desk, until) -> None:
    endless(desk, until)
    desk.session.undo()
    assert not desk.control.is_running
    assert desk.session.document.record is None
    desk.session.redo()
    assert desk.session.document.record.fit.ended == "cancelled"


def test_another_table_in_mid_run(desk, make_table, until) -> None:
    endless(desk, until)
    desk.session.apply(OpenTable(make_table(120, seed=4)))
    assert not desk.control.is_running
    assert desk.stage.shown is None
    assert desk.session.document.record is None
    desk.session.undo()
    until(lambda: desk.stage.shown is not None and desk.stage.shown.final)


def test_restart_begins_again(desk, until) -> None:
    endless(desk, until)
    desk.control.restart()
    broken_off = desk.stage.shown
    assert desk.session.document.record is None
    until(lambda: desk.stage.shown is not broken_off)
    desk.control.end_run()
    assert len(desk.session.document.fits) == 1


def test_sweep_fills_cell_by_cell_and_can_be_cancelled(desk, until) -> None:
    sizes: list[int] = []
    desk.stage.sweep_changed.connect(lambda: sizes.append(len(desk.stage.cells)))
    desk.control.find_best_k(range(1, 8), ("VII", "VVV"))
    assert desk.stage.state == "sweeping"
    until(lambda: len(desk.stage.cells) >= 3)
    desk.control.cancel()
    finish(desk, until)
    sweep = desk.session.document.sweep
    assert 3 <= len(sweep.cells) <= 14
    assert sizes == sorted(sizes)


def test_cell_of_a_sweep_under_way_can_be_opened(desk, table, until) -> None:
    desk.control.find_best_k(range(1, 7), ("VII", "VVV"))
    until(lambda: len(desk.stage.cells) >= 2)
    desk.control.open_cell("VVV", 1)
    assert desk.session.document.record.fit.n_components == 1
    assert desk.stage.state in ("sweeping", "idle")
    finish(desk, until)
    assert len(desk.session.document.sweep.cells) == 12
    assert desk.stage.shown.parameters is desk.session.document.record.fit.parameters


def test_sweep_shows_the_best_only_where_no_fit_is(desk, until) -> None:
    desk.control.find_best_k((1, 2, 3), ("VII",))
    finish(desk, until)
    assert desk.session.document.record.fit.n_components == 3
    desk.control.open_cell("VII", 1)
    desk.control.find_best_k((2, 3), ("VII",))
    finish(desk, until)
    assert desk.session.document.record.fit.n_components == 1


def test_change_of_data_ends_a_sweep(desk, until) -> None:
    desk.control.find_best_k(range(1, 30), ("VVV",))
    until(lambda: len(desk.stage.cells) >= 2)
    desk.session.apply(SetComponents(2))
    assert desk.stage.state == "sweeping"
    desk.session.apply(TickColumns((0,)))
    assert desk.stage.state == "idle"
    assert desk.session.document.sweep is not None


def test_refusal_is_a_sentence_and_the_last_result_stays(desk, until) -> None:
    desk.control.fit()
    finish(desk, until)
    told: list[tuple[str, str]] = []
    desk.control.failed.connect(lambda sentence, details: told.append((sentence, details)))
    before = desk.session.document.record
    desk.session.apply(SetComponents(100_000))
    desk.control.fit()
    finish(desk, until)
    assert len(told) == 1 and told[0][1] == ""
    assert desk.session.document.record is before
    assert desk.stage.shown.parameters is before.fit.parameters


def test_fault_in_the_worker_is_told_with_details(desk, until, monkeypatch) -> None:
    def broken(*arguments, **options):
        raise RuntimeError("boom")
        yield

    monkeypatch.setattr("gmmstudio.ui.jobs.search", broken)
    monkeypatch.setattr("gmmstudio.ui.jobs.FEWEST_ROWS", 10**9)  # no other process has it
    told: list[tuple[str, str]] = []
    desk.control.failed.connect(lambda sentence, details: told.append((sentence, details)))
    desk.control.fit()
    finish(desk, until)
    assert "boom" in told[0][1] and "boom" not in told[0][0]


@pytest.mark.parametrize("broken", ["scoring.assign", "jobs.score"])
def test_rows_that_cannot_be_labelled_are_told_and_the_fit_stays(
    desk, until, monkeypatch, broken
) -> None:
    def boom(*arguments, **options):
        raise MemoryError("boom")

    told: list[tuple[str, str]] = []
    desk.control.failed.connect(lambda sentence, details: told.append((sentence, details)))
    desk.control.fit()
    finish(desk, until)
    monkeypatch.setattr(f"gmmstudio.ui.{broken}", boom)
    if broken == "scoring.assign":
        desk.session.apply(SetComponents(2))
        desk.control.fit()
    else:
        desk.control.first()
    until(lambda: bool(told))
    assert "could not be labelled" in told[0][0]
    assert "boom" in told[0][1]
    assert desk.session.document.record is not None


def test_closing_in_mid_run_keeps_the_last_iteration(desk, until) -> None:
    endless(desk, until)
    desk.control.close()
    assert desk.session.document.record.fit.ended == "cancelled"
    desk.control.fit()
    desk.control.play()
    assert not desk.control.is_running


CALLS = ("fit", "pause", "resume", "step", "restart", "cancel", "end_run")
MOVES = ("play", "pause_play", "first", "last", "back", "forward")


@settings(
    max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(
    st.lists(
        st.sampled_from([*CALLS, *MOVES, "wait", "model", "undo", "search", "scrub"]), max_size=25
    )
)
def test_storm(desk, table, qtbot, calls) -> None:
    """Any order of calls leaves true frames, and an end that can be reached."""
    desk.seen.clear()
    control = desk.control
    for call in calls:
        if call == "wait":
            qtbot.wait(15)
        elif call == "model":
            desk.session.apply(SetComponents(2 + desk.session.document.spec.n_components % 3))
        elif call == "undo":
            if desk.session.document.table is not None and desk.session.undo_label != "Open made":
                desk.session.undo()
        elif call == "search":
            control.find_best_k((1, 2), ("VII",))
        elif call == "scrub":
            control.show_iteration(2)
        else:
            getattr(control, call)()
    control.end_run()
    assert desk.stage.state == "idle" and not control.is_running
    control.pause()
    qtbot.waitUntil(lambda: not control._timer.isActive(), timeout=10_000)
    for seen in desk.seen[-6:]:
        check_true(desk, seen, table)
    record = desk.session.document.record
    assert (record is None) == (desk.stage.shown is None)
