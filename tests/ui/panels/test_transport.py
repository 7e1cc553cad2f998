from __future__ import annotations

import dataclasses

import pytest
from PySide6.QtCore import QPoint, Qt

from gmmstudio.ui.panels.tries import try_lines, try_words
from gmmstudio.ui.stage import RunInfo
from gmmstudio.ui.transport import Transport


@pytest.fixture
def bar(rig, shown) -> Transport:
    return shown(Transport(rig.session, rig.stage, rig.control), width=1000, height=58)


def test_nothing_to_play_is_said(bar):
    assert bar.hint.isVisible()
    assert not bar.slider.isVisible()
    assert not any(b.isEnabled() for b in (bar.first, bar.back, bar.play, bar.forward, bar.last))
    assert "press Fit" in bar.play.toolTip()


def test_the_fit_stands_at_its_end(rig, bar):
    rig.fit()
    last = rig.document.record.fit.n_iterations
    assert bar.slider.isVisible() and not bar.hint.isVisible()
    assert (bar.slider.minimum(), bar.slider.maximum()) == (0, last)
    assert bar.slider.value() == last
    assert bar.number.text() == str(last)
    assert not bar.forward.isEnabled() and not bar.last.isEnabled()
    assert bar.attempt.text().endswith("of 10 (best)")
    assert rig.control.calls == []  # showing is not asking


def test_scrubbing_asks_for_the_iteration_under_the_hand(rig, bar, qtbot):
    rig.fit()
    slider = bar.slider
    y = slider.height() // 2
    qtbot.mouseClick(slider, Qt.MouseButton.LeftButton, pos=QPoint(slider.width() // 2, y))
    name, number = rig.control.calls[-1]
    assert name == "show_iteration"
    assert abs(number - slider.maximum() / 2) <= 1
    rig.control.calls.clear()
    rig.look_back(3)
    assert slider.value() == 3
    assert bar.number.text() == "3"
    assert rig.control.calls == []


def test_keys(rig, bar, qtbot):
    rig.fit()
    rig.look_back(3)
    bar.play.setFocus()
    for key in (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Home, Qt.Key.Key_End):
        qtbot.keyClick(bar, key)
    qtbot.keyClick(bar, Qt.Key.Key_Space)
    assert [call[0] for call in rig.control.calls] == ["back", "forward", "first", "last", "play"]


def test_play_is_pause_in_a_live_run(rig, bar, qtbot):
    rig.fit()
    rig.look_back(4, live=True)
    qtbot.mouseClick(bar.play, Qt.MouseButton.LeftButton)
    assert rig.control.calls[-1] == ("pause",)
    rig.stage.put_run(RunInfo("paused"))
    qtbot.mouseClick(bar.play, Qt.MouseButton.LeftButton)
    assert rig.control.calls[-1] == ("resume",)
    rig.stage.put_run(RunInfo("idle"))
    rig.stage.put_playing(True)
    qtbot.mouseClick(bar.play, Qt.MouseButton.LeftButton)
    assert rig.control.calls[-1] == ("pause_play",)


def test_speed_menu(rig, bar):
    rig.fit()
    actions = {action.text(): action for action in bar.speed.menu().actions()}
    assert actions["1×"].isChecked()
    actions["½×"].trigger()
    assert rig.control.speed == 0.5
    assert bar.speed.text() == "½×"


def test_tries_menu(rig, bar):
    rig.fit()
    actions = bar.attempt.menu().actions()
    tries = [action for action in actions if action.text().startswith("Try ")]
    assert len(tries) == 10
    best = rig.document.record.fit.attempt
    assert tries[best - 1].isChecked() and tries[best - 1].text().endswith("best")
    assert "agree" in actions[-2].text()
    asked = []
    bar.starts_asked.connect(lambda: asked.append(True))
    actions[-1].trigger()
    assert asked and "where the tries ended" in actions[-1].text()
    other = 1 if best != 1 else 2
    tries[other - 1].trigger()
    assert rig.control.calls[-1] == ("show_attempt", other)


def test_thinned_tries_say_so(rig, bar):
    rig.fit()
    track = rig.stage.track
    thin = dataclasses.replace(track, iterations=track.iterations[::2], thinned=True)
    rig.stage.put_tracks(rig.stage.tracks, thin)
    assert bar.total.text().endswith("thinned")
    assert "kept" in bar.total.toolTip()


def test_words_for_tries(rig):
    rig.fit()
    record = rig.document.record
    fit = record.fit
    collapsed = dataclasses.replace(
        fit,
        attempts=tuple(
            dataclasses.replace(a, start="best of the sample") if a.number == 10 else a
            for a in fit.attempts
        ),
        attempt=10,
    )
    sampled = dataclasses.replace(record, fit=collapsed)
    assert try_words(10, 10, sampled) == "all rows (best)"
    assert try_words(3, 10, sampled) == "try 3 of 9"
    assert try_words(2, 10, None) == "try 2 of 10"
    lines = try_lines(sampled, ())
    assert lines[-1].text.startswith("All rows")
    assert not any(line.kept for line in lines)
