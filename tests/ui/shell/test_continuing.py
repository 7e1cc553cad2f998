"""A run that a crash broke off is offered after the restore, and goes on from where it was."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from test_recovery import crash, kept, restarted  # noqa: F401  (a fixture)
from window_steps import opened

from gmmstudio.document.commands import SetComponents, SetStart, SetStopping
from gmmstudio.document.interrupted import InterruptedFit
from gmmstudio.document.values import same_value
from gmmstudio.project.linked import GiveTable
from gmmstudio.project.recovery import RUN
from gmmstudio.ui.preferences import recovery_folder

pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints")


def restored(again, until) -> None:
    again.project_handlers.recovery_dialog.entries[0].restore.click()
    until(lambda: again.session.document.table is not None and not again.projects.is_busy)


def rests_at(window, number: int) -> bool:
    shown = window.stage.shown
    return window.stage.state == "paused" and shown is not None and shown.iteration == number


@pytest.fixture
def resting(window, csv_file, until):
    """A fit that rests after its third iteration, with a copy of it."""
    window.autosaving.start()
    opened(window, csv_file, until)
    window.session.apply(SetComponents(3))
    window.session.apply(SetStart("k-means++", 1))
    window.session.apply(SetStopping(0.0, 60))
    for number in range(4):
        window.control.step()
        until(lambda number=number: rests_at(window, number))
    kept(window, until)
    return window


def test_fit_goes_on_from_where_it_was(resting, until, restarted) -> None:  # noqa: F811
    shown = resting.stage.shown
    crash()
    again = restarted()
    assert "in the middle of a run" in again.project_handlers.recovery_dialog.entries[0].when.text()
    restored(again, until)
    assert again.session.document.record is None
    assert again.notices.text.text() == (
        "A fit of 3 clusters was under way and had come to iteration 3 when the program ended."
    )
    (button,) = again.notices.buttons
    assert button.text() == "Continue the fit"
    kept(again, until)  # until it goes on another crash would not lose it
    assert list(recovery_folder().glob(f"*/{RUN}"))
    button.click()
    until(lambda: again.session.document.record is not None and not again.control.is_running)
    record = again.session.document.record
    assert record.fit.history[0] == pytest.approx(shown.log_likelihood, abs=1e-9)
    assert np.array_equal(record.tracks[0].iterations[0].parameters.means, shown.parameters.means)
    assert record.identities == shown.identities
    assert record.fit.n_iterations == 60
    assert not again.session.document.is_out_of_date(record)
    assert again.session.undo_label == "Continue the fit"
    assert not again.notices.isVisible()
    kept(again, until)
    assert not list(recovery_folder().glob(f"*/{RUN}"))


def test_without_its_table_it_waits_until_that_is_found(resting, until, restarted) -> None:  # noqa: F811
    crash()
    again = restarted()
    restored(again, until)
    table = again.session.document.table
    again.session.apply(GiveTable(dataclasses.replace(table, blank=True), same=True))
    again.continuing.go_on()
    assert "a fit needs its rows: find that first" in again.messages.box.text()
    assert not again.control.is_running
    again.session.apply(GiveTable(table, same=True))
    again.continuing.go_on()
    assert again.control.is_running


def test_run_that_ended_leaves_no_trace(resting, until) -> None:
    assert list(recovery_folder().glob(f"*/{RUN}"))
    resting.control.resume()
    until(lambda: not resting.control.is_running)
    kept(resting, until)
    assert not list(recovery_folder().glob(f"*/{RUN}"))


def test_nothing_is_written_while_a_run_rests(resting, until) -> None:
    (path,) = recovery_folder().glob(f"*/{RUN}")
    before = path.stat().st_mtime_ns
    resting.autosaving.look()
    assert resting.autosaving._task is None
    resting.control.step()
    until(lambda: rests_at(resting, 4))
    whole = path.with_name("autosave.gmms").stat().st_mtime_ns
    kept(resting, until)
    assert path.stat().st_mtime_ns != before
    assert path.with_name("autosave.gmms").stat().st_mtime_ns == whole  # the table stays as it is


def test_run_that_is_damaged_costs_nothing_else(resting, until, restarted) -> None:  # noqa: F811
    (path,) = recovery_folder().glob(f"*/{RUN}")
    path.write_bytes(path.read_bytes()[:-40])
    crash()
    again = restarted()
    restored(again, until)
    assert again.session.document.spec.n_components == 3
    assert not again.notices.isVisible()


def test_search_goes_on_with_what_is_missing(window, csv_file, until, restarted) -> None:  # noqa: F811
    window.autosaving.start()
    opened(window, csv_file, until)
    window.control.find_best_k(range(1, 13), ("VVV", "EII", "VVI"))
    until(lambda: len(window.stage.cells) >= 3)
    window.autosaving.look()
    cells = window.stage.cells
    until(lambda: window.autosaving._task is None)
    window.control.cancel()
    crash()
    again = restarted()
    restored(again, until)
    assert all(same_value(a, b) for a, b in zip(again.stage.cells, cells, strict=True))
    n = len(cells)
    assert f"{n} of 36 models were there" in again.notices.text.text()
    (button,) = again.notices.buttons
    assert button.text() == "Continue the search"
    button.click()
    assert again.stage.cells == again.session.document.sweep.cells  # they stay on the screen
    until(lambda: not again.control.is_running)
    found = {(c.structure, c.n_components): c for c in again.session.document.sweep.cells}
    assert len(found) == 36
    assert same_value(found["VVV", 1].fit, cells[0].fit)


def test_where_to_go_on_from(resting) -> None:
    run = resting.control.under_way.state()
    assert isinstance(run, InterruptedFit)
    assert run.at.parameters is resting.stage.shown.parameters
    assert run.spec_to_go_on.start is run.at.parameters
