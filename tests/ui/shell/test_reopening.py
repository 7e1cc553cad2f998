"""Another optimum of the starts opened: on the path of a fit, and undone like one."""

from __future__ import annotations

import pytest

from gmmstudio.document.commands import OpenTable, SetComponents, SetStart, SetStopping, ShowFit
from gmmstudio.mixture.fit import FINISH, REOPENED
from gmmstudio.ui.starts import attempt_name, attempt_of, place_of, shown_place, starts_of
from gmmstudio.ui.status_line import outcome


def finish(desk, until) -> None:
    until(lambda: not desk.control.is_running and not desk.control._timer.isActive())


@pytest.fixture
def fitted(desk, until):
    """A fit whose starts came to several optima."""
    desk.session.apply(SetComponents(6))
    desk.session.apply(SetStart("random", 8))
    desk.control.fit()
    finish(desk, until)
    assert len(desk.session.document.record.fit.optima) > 2
    return desk


def test_another_optimum_becomes_the_fit_and_the_map_stays(fitted, until):
    before = fitted.session.document.record
    optimum = before.fit.optima[1]
    fitted.control.open_optimum(optimum.attempt)
    assert fitted.stage.state == "fitting"
    finish(fitted, until)
    document = fitted.session.document
    record = document.record
    fit = record.fit
    assert record is not before
    assert fit.log_likelihood == pytest.approx(optimum.log_likelihood, rel=1e-6)
    assert fit.optima is before.fit.optima
    assert [a.number for a in fit.attempts] == list(range(1, len(before.fit.attempts) + 2))
    assert fit.attempts[-1].start == REOPENED and fit.attempt == fit.attempts[-1].number
    assert shown_place(fit) == 1 and shown_place(before.fit) == 0
    assert not document.is_out_of_date(record)
    assert {t.attempt for t in record.tracks} == {a.number for a in fit.attempts}
    assert fitted.stage.shown.final and fitted.stage.shown.parameters is fit.parameters
    assert fitted.stage.state == "idle"
    assert outcome(record) == f"Opened the optimum of try {optimum.attempt}"
    fitted.session.undo()
    assert fitted.session.document.record is before
    assert fitted.stage.shown.parameters is before.fit.parameters


def test_going_back_to_the_best_shows_the_first_fit_again(fitted, until):
    first = fitted.session.document.record
    for place in (2, 1):
        fitted.control.open_optimum(first.fit.optima[place].attempt)
        finish(fitted, until)
        assert shown_place(fitted.session.document.record.fit) == place
    n_fits = len(fitted.session.document.fits)
    fitted.control.open_optimum(first.fit.optima[0].attempt)
    assert fitted.session.document.record is first, "at once, without another run"
    fitted.control.open_optimum(first.fit.optima[2].attempt)
    finish(fitted, until)
    assert shown_place(fitted.session.document.record.fit) == 2
    assert len(fitted.session.document.fits) == n_fits


def test_what_is_asked_follows_in_one_step(fitted, until):
    fitted.session.apply(SetComponents(2))
    before = fitted.session.document
    fitted.control.open_optimum(before.record.fit.optima[1].attempt)
    finish(fitted, until)
    after = fitted.session.document
    assert after.spec.n_components == 6
    assert not after.is_out_of_date(after.record)
    fitted.session.undo()
    assert fitted.session.document.spec.n_components == 2
    assert fitted.session.document.record is before.record


def test_nothing_is_opened_while_a_run_is_under_way(fitted, until):
    record = fitted.session.document.record
    fitted.control.step()
    until(lambda: fitted.stage.state == "paused")
    fitted.control.open_optimum(record.fit.optima[1].attempt)
    assert fitted.stage.state == "paused"
    fitted.control.cancel()
    finish(fitted, until)
    fitted.session.apply(ShowFit(record.id))


def test_opened_tries_are_named_after_their_start(fitted, until):
    record = fitted.session.document.record
    number = record.fit.optima[2].attempt
    fitted.control.open_optimum(number)
    finish(fitted, until)
    fit = fitted.session.document.record.fit
    assert attempt_name(fit, fit.attempts[-1]) == f"optimum of try {number}"
    assert attempt_name(fit, attempt_of(fit, 3)) == "try 3"
    starts = starts_of(fitted.session.document.record)
    assert starts.made == 8 and starts.shown == 2


def test_each_start_belongs_to_the_optimum_it_came_to(fitted):
    fit = fitted.session.document.record.fit
    places = [place_of(fit, attempt) for attempt in fit.attempts]
    for place, optimum in enumerate(fit.optima):
        assert places.count(place) == optimum.n_starts
        assert places[optimum.attempt - 1] == place


def test_tries_on_a_sample_go_on_with_all_rows(desk, make_table, until):
    table = make_table(24_000, missing=False)
    desk.session.apply(OpenTable(table))
    desk.session.apply(SetComponents(6))
    desk.session.apply(SetStart("random", 4))
    desk.session.apply(SetStopping(1e-6, 300))  # a busy machine leaves EM little time
    desk.control.fit()
    finish(desk, until)
    fit = desk.session.document.record.fit
    assert fit.attempts[-1].start == FINISH
    starts = starts_of(desk.session.document.record)
    assert starts.on_sample and starts.shown == 0 and starts.made == 4
    assert len(fit.optima) > 1
    desk.control.open_optimum(fit.optima[1].attempt)
    finish(desk, until)
    opened = desk.session.document.record
    assert opened.fit.n_rows == 24_000
    assert shown_place(opened.fit) == 1
    assert starts_of(opened).made == 4


def test_rows_of_a_sample_are_told_only_where_they_are_at_hand(fitted):
    document = fitted.session.document
    rows = fitted.control.sample_rows(document.preparation)
    assert rows is not None and len(rows) == document.record.fit.n_rows
    fitted.control.store.clear()
    assert fitted.control.sample_rows(document.preparation) is None
    with fitted.control.store._lock:
        assert fitted.control.sample_rows(document.preparation) is None, "and nobody waits"


def test_the_panels_lead_to_the_map(window, until):
    window.handlers.open_sample("penguins")
    until(lambda: window.session.document.table is not None)
    work = window.workspace
    for ask in (work.reading.starts_asked, work.transport.starts_asked):
        work.convergence.pages.setCurrentIndex(0)
        ask.emit()
        assert work.convergence.pages.currentWidget() is work.convergence.starts
        assert work.convergence.starts.hasFocus() or not window.isActiveWindow()
