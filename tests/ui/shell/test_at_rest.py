"""Whatever the window says of a frame is said of the frame on the screen, as soon as it rests."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication

from gmmstudio.document.commands import OpenTable, SetComponents, SetStart, SetStopping
from gmmstudio.report import formats
from gmmstudio.ui import throttle
from gmmstudio.ui.panels import cluster_figures

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


def wrong_beside(window) -> list[str]:
    """Name what belongs to the frame at every frame and does not belong to the one shown."""
    shown, transport = window.stage.shown, window.workspace.transport
    value = formats.log_likelihood(shown.log_likelihood)
    said = {
        "number": transport.number.text() == formats.count(shown.iteration),
        "slider": transport.slider.value() == shown.iteration,
        "likelihood": window.status.likelihood.text() == f"log-likelihood {value}",
        "curve": window.workspace.convergence.area.shown == shown.iteration,
    }
    return [what for what, right in said.items() if not right]


def wrong(window) -> list[str]:
    """Name all that is not said of the frame on the screen and of the run as it stands."""
    document, stage, reading = window.session.document, window.stage, window.workspace.reading
    shown, assignment = stage.shown, stage.assignment
    fit = document.record.fit if document.record is not None else None
    quality = cluster_figures.quality(shown, fit, assignment, shown.n_rows)
    said = {
        key: line.value.text() == getattr(quality, key) for key, line in reading.quality.items()
    }
    for card, figures in zip(
        reading.cards, cluster_figures.cards(document, shown, assignment), strict=True
    ):
        lines = [(measure.column, measure.value) for measure in figures.measures]
        said[f"lines of {figures.name}"] = card.lines() == lines
        sizes = {figures.size, figures.short_size}
        said[f"size of {figures.name}"] = card.size_label.text() in sizes
    if not shown.final:
        said["paragraph"] = f"iteration {shown.iteration}" in reading.paragraph.text()
        said["head of the cards"] = reading.clusters.value() == f"at iteration {shown.iteration}"
    said["status"] = window.status.state.text() == window.status._state(document)[0]
    transport = window.workspace.transport
    said["pause"] = transport.play.accessibleName().startswith("Pause") == stage.is_playing
    facts = window.facts()
    for spec in window.actions_.specs:
        said[spec.id] = window.actions_[spec.id].isEnabled() == spec.enabled(facts)
    return [*wrong_beside(window), *(what for what, right in said.items() if not right)]


@pytest.fixture
def moving(window, until, make_table):
    """A window in which EM runs, and would for long; each frame is checked as it is shown."""
    window.session.apply(OpenTable(make_table(20_000, missing=False)))
    window.session.apply(SetComponents(4))
    window.session.apply(SetStart("random", 1))
    window.session.apply(SetStopping(1e-300, 100_000))
    window.control.replay_after_fit = False
    strays: list[str] = []

    def check() -> None:
        if window.stage.shown is not None and window.stage.track is not None:
            strays.extend(wrong_beside(window))

    window.control.fit()
    until(lambda: window.stage.shown is not None and window.stage.shown.live)
    window.stage.shown_changed.connect(check)  # the last to hear of it
    run_on(window, until)
    yield window
    window.control.end_run()
    assert strays == []


def run_on(window, until, frames: int = 6) -> None:
    """Let some frames follow one another, so that figures are behind the picture."""
    seen = []
    window.stage.shown_changed.connect(lambda: seen.append(1))
    until(lambda: len(seen) >= frames)


def rests_true(window, until) -> None:
    """Wait for frames on their way, then no longer than the eye would."""
    control = window.control
    until(lambda: not control.is_playing and not control._scene.busy)
    until(lambda: wrong(window) == [], seconds=0.5)


def test_a_pause(moving, until):
    moving.control.pause()
    until(lambda: moving.stage.state == "paused")
    assert wrong(moving) == []
    rests_true(moving, until)


def test_a_step_after_a_step(moving, until):
    moving.control.pause()
    until(lambda: moving.stage.state == "paused")
    for _ in range(3):
        before = moving.stage.shown.iteration
        moving.control.step()
        until(lambda before=before: moving.stage.shown.iteration > before)
        rests_true(moving, until)


def test_the_end(moving, until):
    moving.control.cancel()
    until(lambda: not moving.control.is_running and moving.stage.assignment is not None)
    rests_true(moving, until)


def test_scrubbing_quickly_and_letting_go(moving, until):
    moving.control.pause()
    until(lambda: moving.stage.state == "paused")
    slider = moving.workspace.transport.slider
    for number in range(slider.maximum(), slider.minimum(), -1):
        slider.setValue(number)
        QApplication.processEvents()
    until(lambda: moving.stage.shown.iteration == slider.minimum() + 1)
    rests_true(moving, until)


def test_a_replay_paused_and_one_that_ends(moving, until):
    moving.control.cancel()
    until(lambda: not moving.control.is_running and moving.stage.assignment is not None)
    moving.control.set_speed(1.0)
    moving.control.first()
    until(lambda: moving.stage.shown.iteration == moving.stage.track.first)
    moving.control.play()
    run_on(moving, until)
    moving.control.pause_play()
    rests_true(moving, until)
    moving.control.set_speed(16.0)
    moving.control.play()
    run_on(moving, until)
    until(lambda: moving.stage.shown.final)
    rests_true(moving, until)


def test_figures_move_rarely_while_em_runs_and_the_picture_often(moving, until, monkeypatch):
    monkeypatch.setattr(throttle, "SECONDS", 1.0)  # in which a busy machine makes frames, too
    frames, readings = [], []
    moving.stage.shown_changed.connect(lambda: frames.append(1))
    moving.stage.reading_changed.connect(lambda: readings.append(1))
    until(lambda: len(readings) >= 3)
    assert len(frames) >= 1.5 * len(readings)


def test_nothing_is_read_anew_while_nothing_is_shown_anew(moving, until):
    moving.control.pause()
    until(lambda: moving.stage.state == "paused")
    rests_true(moving, until)
    readings = []
    moving.stage.reading_changed.connect(lambda: readings.append(1))
    for _ in range(30):
        QApplication.processEvents()
        moving.control._poll()
    assert readings == []
