"""A run as moving pictures: which iterations, how long each stays, and the files.

Written with Pillow, which knows GIF with a palette for each frame; Qt writes none. What is
written stands under its name only once it is whole.
"""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from gmmstudio.table.atomic import atomic_writer
from gmmstudio.table.errors import TableError

LAST_MS = 2000  # how long the last picture stays before the film begins anew
MOST_PIXELS = 400_000_000  # of all frames of a GIF: they are held until it is written
FRAME_NAME = "iteration-{number:05d}.png"
_GIF_BYTES = 0.075  # per pixel of a frame, as measured
_PNG_BYTES = 0.11


@dataclass(frozen=True)
class Film:
    """What is to be made.

    Attributes
    ----------
    moving
        An animated GIF, else a folder of PNG pictures.
    width, height
        Pixels.
    rate
        Iterations per second.
    most
        How many pictures at most; None for every iteration.
    dark
        On a dark ground.
    curve
        With the log-likelihood per iteration below.
    """

    moving: bool = True
    width: int = 1280
    height: int = 720
    rate: int = 10
    most: int | None = 100
    dark: bool = False
    curve: bool = True


def chosen(numbers: Sequence[int], most: int | None) -> list[int]:
    """Return at most so many of the iterations, evenly; first and last are always among them."""
    count = len(numbers)
    if most is None or count <= most:
        return list(numbers)
    most = max(most, 2)
    return [numbers[round(place * (count - 1) / (most - 1))] for place in range(most)]


def durations(count: int, rate: int) -> list[int]:
    """Return the milliseconds of each frame; GIF counts in hundredths of a second."""
    each = max(20, 10 * round(100 / rate))
    return [each] * (count - 1) + [LAST_MS] if count else []


def size_guess(film: Film, count: int) -> int:
    """Return about how many bytes a film takes."""
    each = _GIF_BYTES if film.moving else _PNG_BYTES
    return round(film.width * film.height * each * count)


def refusal(film: Film, count: int) -> str:
    """Say why a film cannot be made; "" where it can."""
    if film.moving and count * film.width * film.height > MOST_PIXELS:
        room = MOST_PIXELS // (film.width * film.height)
        return (
            f"A GIF of this size holds at most {room} pictures: "
            "choose fewer, a smaller size, or PNG pictures."
        )
    return ""


def write_gif(
    path: Path, size: tuple[int, int], frames: Iterable[bytes], milliseconds: Sequence[int]
) -> None:
    """Write an animated GIF that plays for ever.

    Parameters
    ----------
    path
        Where to; a file there is replaced once the new one is whole.
    size
        Width and height.
    frames
        RGB, three bytes per pixel, line by line; taken one after another.
    milliseconds
        How long each stays.

    Raises
    ------
    TableError
        It cannot be written; what was there before stays. What `frames` raises passes through.
    """
    from PIL import Image

    def pictures() -> Iterator[Any]:
        for frame in frames:
            picture = Image.frombytes("RGB", size, frame)
            yield picture.quantize(256, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)

    with atomic_writer(path) as file:
        each = pictures()
        first = next(each)
        first.save(
            cast(Any, file),
            "GIF",
            save_all=True,
            append_images=each,
            duration=list(milliseconds),
            loop=0,
            optimize=False,
        )


def write_folder(
    path: Path, size: tuple[int, int], frames: Iterable[bytes], numbers: Sequence[int]
) -> None:
    """Write a folder of PNG pictures, one per iteration.

    One of an earlier film is replaced once the new one is whole.

    Raises
    ------
    TableError
        It cannot be written, or there is a folder that holds anything else.
    """
    from PIL import Image

    check_folder(path)
    temporary = path.with_name(f".gmmstudio-{secrets.token_hex(8)}.part")
    try:
        try:
            temporary.mkdir()
        except OSError as error:
            raise TableError(
                f"The folder “{path}” cannot be made ({error.strerror}): choose another place."
            ) from error
        for number, frame in zip(numbers, frames, strict=True):
            picture = Image.frombytes("RGB", size, frame)
            with atomic_writer(temporary / FRAME_NAME.format(number=number)) as file:
                picture.save(cast(Any, file), "PNG")
        _put_in_place(temporary, path)
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        raise


def check_folder(path: Path) -> bool:
    """Return whether a folder of an earlier film is there, to be replaced.

    Raises
    ------
    TableError
        Something else has the name: nothing of the user's is ever deleted.
    """
    if not path.exists():
        return False
    foreign = not path.is_dir() or any(
        not (file.name.startswith("iteration-") and file.suffix == ".png")
        for file in path.iterdir()
    )
    if foreign:
        raise TableError(
            f"“{path}” is there already and holds other things, so nothing was written; "
            "choose another name."
        )
    return True


def _put_in_place(temporary: Path, path: Path) -> None:
    """Rename the folder; one that was there goes only when the new one stands in its place."""
    old = path.with_name(f".gmmstudio-{secrets.token_hex(8)}.old")
    try:
        existed = path.exists()
        if existed:
            path.rename(old)
        try:
            temporary.rename(path)
        except OSError:
            if existed:
                with suppress(OSError):
                    old.rename(path)
            raise
    except OSError as error:
        raise TableError(
            f"“{path}” could not be written ({error.strerror}): choose another place."
        ) from error
    shutil.rmtree(old, ignore_errors=True)
