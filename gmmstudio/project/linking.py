"""A table too large to be kept in the project: where its file lies, and whether it is the same."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from gmmstudio.project.errors import damaged
from gmmstudio.table.errors import Stopped, TableError

_PIECE = 1 << 20

LONGEST = 4096
"""Most letters of a path."""

LARGEST = 2**40
"""No table is longer, though some of the system's own files say that they are, or have no end."""


@dataclass(frozen=True)
class Link:
    """The file of a table.

    Attributes
    ----------
    path
        Where it lay when the project was saved.
    size, sha256
        How long it was, and the digest of its bytes.
    """

    path: Path
    size: int
    sha256: str

    def is_met_by(self, path: Path, should_stop: Callable[[], bool] = lambda: False) -> bool:
        """Whether this file is the very same, byte by byte.

        Raises
        ------
        OSError
            It cannot be read.
        """
        found = path.stat()
        if not stat.S_ISREG(found.st_mode) or found.st_size != self.size:
            return False  # what is no file, such as a pipe, might never end
        return 0 < self.size <= LARGEST and digest(path, should_stop) == self.sha256


def link_to(path: Path, should_stop: Callable[[], bool] = lambda: False) -> Link:
    """Return the link to a file as it is now.

    Raises
    ------
    TableError
        It cannot be read, or is no file.
    """
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            raise TableError(f"“{path.name}” is no file; choose a table.")
        return Link(path, found.st_size, digest(path, should_stop))
    except OSError as error:
        raise TableError(
            f"“{path}” cannot be read ({error.strerror or error}). Look where the table is."
        ) from error


def digest(path: Path, should_stop: Callable[[], bool] = lambda: False) -> str:
    """Return the SHA-256 of a file, in hexadecimal digits."""
    sha = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            if should_stop():
                raise Stopped("Opening")
            sha.update(piece)
    return sha.hexdigest()


def relative_to(path: Path, folder: Path) -> tuple[str, bool]:
    """Return the path as seen from a folder, and whether there is a way from there.

    Slashes everywhere, so that the project can move from one system to another.
    """
    try:
        return Path(os.path.relpath(path.absolute(), folder.absolute())).as_posix(), True
    except ValueError:  # on another drive
        return path.absolute().as_posix(), False


def found_from(path: str, relative: bool, folder: Path) -> Path:
    """Return where a linked file should lie, seen from the project's folder.

    A project that lies here may not have the program call at another computer: of such a path
    only the name is looked at, beside the project.
    """
    path = checked_path(path)
    if is_elsewhere(path) and not is_elsewhere(str(folder)):
        return folder / path.replace("\\", "/").rpartition("/")[2]
    return Path(os.path.normpath(folder / path)) if relative else Path(path)


def checked_path(path: str) -> str:
    """Return a path that stands in a file, if it can be one.

    Raises
    ------
    ProjectError
        It holds a NUL or half a letter or is endless, which no system takes for a name.
    """
    try:
        can_be = b"\0" not in path.encode() and len(path) <= LONGEST
    except UnicodeEncodeError:
        can_be = False
    if not can_be:
        raise damaged("the path of its table is none")
    return path


def is_elsewhere(path: str) -> bool:
    """Whether a path names another computer, as Windows writes it."""
    return path.replace("\\", "/").startswith("//")
