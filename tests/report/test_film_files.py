"""Films: which iterations, and files that are whole or not there."""

from __future__ import annotations

import errno
import itertools
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gmmstudio.report import film as films
from gmmstudio.report.film import Film
from gmmstudio.table.errors import Stopped, TableError

Image = pytest.importorskip("PIL.Image")
SIZE = (40, 30)


def frames(count: int, stop_at: int | None = None):
    for number in range(count):
        if number == stop_at:
            raise Stopped("The film")
        shade = 255 * number // max(count - 1, 1)
        yield bytes((shade, 255 - shade, 40)) * (SIZE[0] * SIZE[1])


@given(st.integers(1, 700), st.one_of(st.none(), st.integers(2, 200)), st.integers(0, 3))
def test_first_and_last_are_always_chosen_and_no_more_than_asked(count, most, first):
    numbers = list(range(first, first + 3 * count, 3))
    found = films.chosen(numbers, most)
    assert found[0] == numbers[0] and found[-1] == numbers[-1]
    assert found == sorted(set(found)) and set(found) <= set(numbers)
    if most is None or count <= most:
        assert found == numbers
    else:
        assert len(found) == most
        gaps = [b - a for a, b in itertools.pairwise(found)]
        assert max(gaps) - min(gaps) <= 3


@given(st.integers(1, 300), st.sampled_from([1, 2, 5, 10, 20, 25]))
def test_the_film_takes_as_long_as_its_rate_says(count, rate):
    each = films.durations(count, rate)
    assert len(each) == count
    assert sum(each) == (count - 1) * 1000 // rate + films.LAST_MS


def test_a_gif_reads_back_as_it_was_asked_for(tmp_path):
    path = tmp_path / "run.gif"
    milliseconds = films.durations(12, 20)
    films.write_gif(path, SIZE, frames(12), milliseconds)
    with Image.open(path) as film:
        assert (film.format, film.size, film.n_frames, film.info["loop"]) == ("GIF", SIZE, 12, 0)
        found, shades = [], []
        for number in range(12):
            film.seek(number)
            found.append(film.info["duration"])
            shades.append(film.convert("RGB").getpixel((5, 5)))
    assert found == milliseconds
    assert shades[0] == (0, 255, 40) and shades[-1] == (255, 0, 40)
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_holds_one_picture_per_iteration(tmp_path):
    path = tmp_path / "run"
    films.write_folder(path, SIZE, frames(3), [0, 7, 120])
    names = sorted(file.name for file in path.iterdir())
    assert names == ["iteration-00000.png", "iteration-00007.png", "iteration-00120.png"]
    with Image.open(path / names[-1]) as picture:
        assert (picture.format, picture.size) == ("PNG", SIZE)
        assert picture.getpixel((0, 0)) == (255, 0, 40)
    assert list(tmp_path.iterdir()) == [path]


def test_the_folder_of_an_earlier_film_is_replaced_and_no_other(tmp_path):
    path = tmp_path / "run"
    assert films.check_folder(path) is False
    films.write_folder(path, SIZE, frames(5), list(range(5)))
    assert films.check_folder(path) is True
    films.write_folder(path, SIZE, frames(2), [0, 9])
    assert len(list(path.iterdir())) == 2
    (path / "letter.txt").write_text("mine")
    with pytest.raises(TableError, match="holds other things"):
        films.write_folder(path, SIZE, frames(2), [0, 9])
    assert (path / "letter.txt").read_text() == "mine"
    assert len(list(path.iterdir())) == 3
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("moving", [True, False])
def test_stopped_in_the_middle_leaves_nothing_and_keeps_what_was_there(tmp_path, moving):
    def write(path, stop_at):
        if moving:
            films.write_gif(path, SIZE, frames(6, stop_at), films.durations(6, 5))
        else:
            films.write_folder(path, SIZE, frames(6, stop_at), list(range(6)))

    path = tmp_path / ("run.gif" if moving else "run")
    for stop_at in (0, 3):
        with pytest.raises(Stopped):
            write(path, stop_at)
        assert list(tmp_path.iterdir()) == []
    write(path, None)
    before = path.read_bytes() if moving else sorted(path.iterdir())
    with pytest.raises(Stopped):
        write(path, 3)
    assert (path.read_bytes() if moving else sorted(path.iterdir())) == before
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("moving", [True, False])
def test_a_full_drive_is_said_in_a_sentence(tmp_path, monkeypatch, moving):
    def full(*_arguments):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(TableError, match="drive is full"):
        if moving:
            films.write_gif(tmp_path / "run.gif", SIZE, frames(4), films.durations(4, 5))
        else:
            films.write_folder(tmp_path / "run", SIZE, frames(4), list(range(4)))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("moving", [True, False])
def test_a_folder_that_is_gone_is_said_in_a_sentence(tmp_path, moving):
    place = tmp_path / "gone" / "run.gif"
    with pytest.raises(TableError, match="choose another"):
        if moving:
            films.write_gif(place, SIZE, frames(2), films.durations(2, 5))
        else:
            films.write_folder(place, SIZE, frames(2), [0, 1])


def test_a_gif_too_large_to_be_held_is_refused_in_words():
    large = Film(width=1920, height=1080)
    assert "at most 192 pictures" in films.refusal(large, 500)
    assert films.refusal(large, 192) == ""
    assert films.refusal(Film(moving=False, width=1920, height=1080), 500) == ""
