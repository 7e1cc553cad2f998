"""Saving the run as pictures: through the menu, with real files."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QSize

from gmmstudio.document.commands import RecolourCluster, SetComponents, SetStart
from gmmstudio.mixture.scores import score
from gmmstudio.report.film import LAST_MS
from gmmstudio.report.formats import log_likelihood
from gmmstudio.ui import theme
from gmmstudio.ui.dialogs import files, messages
from gmmstudio.ui.dialogs.film import FilmDialog

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture
def fitted(window, until):
    """A fit of four clusters of penguins with some iterations to show."""
    window.resize(QSize(1100, 700))
    window.handlers.open_sample("penguins")
    until(lambda: window.session.document.table is not None)
    window.session.apply(SetComponents(4))
    window.session.apply(SetStart("random", 1))
    window.control.fit()
    until(lambda: window.stage.assignment is not None and not window.control.is_running)
    return window


def asked(window, **changes) -> FilmDialog:
    window.handlers.save_film()
    dialog = window.handlers.film_dialog
    dialog.film = replace(dialog.film, width=640, height=480, **changes)
    dialog._refresh()
    return dialog


def test_a_gif_of_the_run(fitted, until, tmp_path, monkeypatch):
    path = tmp_path / "run.gif"
    monkeypatch.setattr(files, "ask_gif", lambda *_: path)
    assert fitted.actions_["film"].isEnabled()
    frames_shown = []
    fitted.stage.shown_changed.connect(lambda: frames_shown.append(fitted.stage.shown))
    dialog = asked(fitted, most=12, rate=5)
    assert dialog.sentence.text().startswith("12 pictures, 4.2")
    dialog.save.click()
    assert not dialog.save.isEnabled() and dialog.bar.isVisible()
    until(lambda: fitted.handlers.film_dialog is None)
    assert "12 pictures saved to" in fitted.status.notice.text()
    assert frames_shown == []  # the window did not flicker
    with Image.open(path) as film:
        assert (film.size, film.n_frames, film.info["loop"]) == ((640, 480), 12, 0)
        pictures, milliseconds = [], []
        for number in range(12):
            film.seek(number)
            milliseconds.append(film.info["duration"])
            pictures.append(np.asarray(film.convert("RGB")).astype(int))
    assert milliseconds == [200] * 11 + [LAST_MS]
    for before, after in itertools.pairwise(pictures):
        assert (before != after).any()
    assert np.abs(pictures[0] - pictures[-1]).max(axis=2).astype(bool).mean() > 0.01
    assert [file.name for file in tmp_path.iterdir()] == ["run.gif"]


@pytest.mark.parametrize("dark", [False, True])
def test_pictures_have_the_look_and_the_colours_asked_for(fitted, until, tmp_path, dark):
    fitted.session.apply(RecolourCluster(0, "#d55e00"))
    before = theme.current()
    dialog = asked(fitted, moving=False, most=2, dark=dark)
    dialog.make(tmp_path / "run")
    until(lambda: fitted.handlers.film_dialog is None)
    assert theme.current() is before
    names = sorted(file.name for file in (tmp_path / "run").iterdir())
    track = fitted.stage.track
    assert names == [f"iteration-{n:05d}.png" for n in (track.first, track.last)]
    with Image.open(tmp_path / "run" / names[-1]) as picture:
        pixels = np.asarray(picture.convert("RGB"))
    ground = theme.DARK.window if dark else theme.LIGHT.window
    assert "#{:02x}{:02x}{:02x}".format(*pixels[2, 2]) == ground
    assert (np.abs(pixels.astype(int) - (0xD5, 0x5E, 0x00)).max(axis=2) < 6).sum() > 200


def test_cancelling_leaves_nothing_and_the_dialog_may_try_again(fitted, until, tmp_path):
    dialog = asked(fitted, most=None)
    dialog.make(tmp_path / "run.gif")
    until(lambda: dialog.bar.value() >= 1)
    dialog.cancel.click()
    until(lambda: dialog.filming is None)
    assert dialog.sentence.text() == "Stopped: nothing was saved."
    assert list(tmp_path.iterdir()) == []
    assert dialog.save.isEnabled()
    dialog.cancel.click()
    until(lambda: fitted.handlers.film_dialog is None)


def test_a_place_that_cannot_be_written_is_said_in_the_dialog(fitted, until, tmp_path):
    dialog = asked(fitted, most=5)
    dialog.make(tmp_path / "gone" / "run.gif")
    until(lambda: dialog.filming is None)
    assert "does not exist" in dialog.sentence.text()
    assert dialog.save.isEnabled()
    dialog.close()


def test_pictures_of_another_run_are_replaced_only_after_asking(
    fitted, until, tmp_path, monkeypatch
):
    folder = tmp_path / "run"
    folder.mkdir()
    (folder / "iteration-00001.png").write_bytes(b"old")
    monkeypatch.setattr(files, "ask_new_folder", lambda *_: folder)
    answers = [False, True]
    monkeypatch.setattr(messages, "ask_before_replacing", lambda *_: answers.pop(0))
    dialog = asked(fitted, moving=False, most=2)
    dialog.save.click()
    assert dialog.filming is None and (folder / "iteration-00001.png").read_bytes() == b"old"
    dialog.save.click()
    until(lambda: fitted.handlers.film_dialog is None)
    assert len(list(folder.iterdir())) == 2
    (folder / "mine.txt").write_text("mine")
    dialog = asked(fitted, moving=False, most=2)
    dialog.save.click()
    assert "holds other things" in dialog.sentence.text()
    dialog.close()


def test_closing_the_window_while_a_film_is_made_leaves_nothing(fitted, until, tmp_path):
    dialog = asked(fitted, most=None)
    dialog.make(tmp_path / "run.gif")
    until(lambda: dialog.bar.value() >= 1)
    fitted.close()
    assert list(tmp_path.iterdir()) == []


def test_a_histogram_and_a_run_of_one_iteration_can_be_saved(fitted, until, tmp_path):
    scatter = fitted.workspace.scatter
    scatter.choose(replace(scatter.axes, y=None))
    dialog = asked(fitted, most=2)
    dialog.make(tmp_path / "run.gif")
    until(lambda: fitted.handlers.film_dialog is None)
    with Image.open(tmp_path / "run.gif") as film:
        assert film.n_frames == 2


def test_without_iterations_the_refusal_says_what_to_do(window):
    window.handlers.save_film()
    assert "press Fit" in window.messages.box.text()
    window.messages.close()
    assert not window.actions_["film"].isEnabled()


def test_figures_are_of_the_iteration_shown_or_said_to_be_of_the_result(fitted, until):
    track, step = fitted.stage.track, fitted.workspace.left.outliers
    whole = step.header.value()
    assert "%" in whole and "result" not in whole
    number = track.first + 2
    fitted.control.show_iteration(number)
    until(lambda: fitted.stage.shown.iteration == number)
    likelihood = track.at(number).log_likelihood
    assert fitted.status.state.text() == f"Looking back at iteration {number} of {track.last}"
    assert fitted.status.likelihood.text().endswith(log_likelihood(likelihood))
    assert step.header.value().startswith("result: ")
    assert "not of the iteration" in step.hint.text()
    reading = fitted.workspace.reading
    until(lambda: reading.clusters.value() == f"at iteration {number}")
    assert reading.quality["log_likelihood"].value.text() == log_likelihood(likelihood)
    fitted.control.last()
    until(lambda: fitted.stage.shown.final)
    assert step.header.value() == whole
    assert "not of the iteration" not in step.hint.text()


def test_frames_come_while_the_hand_still_moves(fitted, until, qtbot):
    """Whoever drags sees the way, not only where the hand comes to rest."""
    seen: list[int] = []
    fitted.stage.shown_changed.connect(lambda: seen.append(fitted.stage.shown.iteration))
    track = fitted.stage.track
    asked = [iteration.number for iteration in track.iterations]
    for number in asked:
        fitted.control.show_iteration(number)
        qtbot.wait(8)
    until(lambda: seen[-1:] == [asked[-1]])
    assert len(set(seen)) > len(asked) / 4
    assert seen == sorted(seen)
    assert set(seen) <= set(asked)


def test_every_frame_has_the_labels_of_its_own_parameters(fitted, until):
    frames = []
    fitted.stage.shown_changed.connect(lambda: frames.append(fitted.stage.shown))
    for number in (0, 9, 3, 1, 7, 2):
        fitted.control.show_iteration(number)
    until(lambda: fitted.stage.shown.iteration == 2)
    for shown in frames:
        sample = fitted.stage.assignment.sample
        places = np.searchsorted(sample.rows, shown.rows)
        places = np.minimum(places, len(sample.rows) - 1)
        inside = sample.rows[places] == shown.rows
        want = score(sample.x[places[inside]], shown.parameters)
        np.testing.assert_array_equal(shown.labels[inside], want.labels)
        assert shown.log_likelihood == fitted.stage.track.at(shown.iteration).log_likelihood
