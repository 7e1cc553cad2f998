"""Copies of what is not saved yet, kept aside in case the program ends without being asked to.

Every running program has a folder of its own under one root, whose name says whose it is. A folder
of a program that runs no more was left behind by a crash, and is offered at the next start.
"""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from gmmstudio.document.document import Document
from gmmstudio.document.interrupted import Interrupted
from gmmstudio.project.errors import ProjectError
from gmmstudio.project.linking import Link, checked_path
from gmmstudio.project.read import ShouldStop, read_outline, read_picture, read_under_way
from gmmstudio.project.write import write_project
from gmmstudio.table.atomic import clean_up
from gmmstudio.table.owners import Owner, host_mark, host_name, this_process
from gmmstudio.table.table import Table

FILE = "autosave.gmms"
RUN = "running.gmms"
"""Beside it the run that was under way: small, and so written again and again."""

_NAME = re.compile(r"(?P<host>[0-9a-f]{8})-(?P<pid>[0-9]{1,9})-(?P<started>[0-9]*)-[0-9a-f]{16}")
_ORIGIN = "recovery/origin"
_CALLED = "recovery/called"
_STAMP = "recovery/stamp"


@dataclass(frozen=True)
class Origin:
    """What a copy was made of.

    Attributes
    ----------
    called
        What the analysis is called on the screen.
    path
        Its project file; None where it has none.
    stamp
        Length and time of that file when it was last read or written here.
    """

    called: str
    path: Path | None = None
    stamp: tuple[int, int] | None = None


@dataclass(frozen=True)
class LeftBehind:
    """A copy that a program left behind when it crashed.

    Attributes
    ----------
    folder
        Where it lies, which is ours now.
    saved
        When it was made, ISO 8601.
    origin
        What it was made of.
    picture
        A PNG of the window then; may be empty.
    was_running
        Whether a run was under way.
    """

    folder: Path
    saved: str
    origin: Origin
    picture: bytes
    was_running: bool = False

    @property
    def path(self) -> Path:
        """The copy."""
        return self.folder / FILE

    def run(self, table: Table | None) -> Interrupted | None:
        """Return the run that was under way; None where there was none, or it cannot be read."""
        path = self.folder / RUN
        if table is None or not path.exists():
            return None
        try:
            return read_under_way(path, table)
        except ProjectError:
            return None  # the analysis itself must not be lost for it


class RecoveryFolder:
    """The own folder of the program that runs, made when it is first needed.

    Parameters
    ----------
    root
        The folder of all; need not exist.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.folder = root / _own_name()

    @property
    def path(self) -> Path:
        """The copy; need not exist."""
        return self.folder / FILE

    def keep(
        self,
        document: Document,
        origin: Origin,
        *,
        layout: Mapping[str, str],
        link: Link | None = None,
        picture: bytes = b"",
        should_stop: ShouldStop = lambda: False,
    ) -> None:
        """Write the copy; the one before stays if that fails.

        Raises
        ------
        TableError, ProjectError
            It could not be written.
        """
        with suppress(OSError):
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        words = {**layout, _CALLED: origin.called}
        if origin.path is not None:
            words[_ORIGIN] = str(origin.path)
        if origin.stamp is not None:
            words[_STAMP] = f"{origin.stamp[0]} {origin.stamp[1]}"
        write_project(
            self.path,
            document,
            layout=words,
            link=link,
            picture=picture,
            compress=False,
            should_stop=should_stop,
        )

    def keep_run(self, run: Interrupted | None, should_stop: ShouldStop = lambda: False) -> None:
        """Write how far a run of the analysis kept last is; None where there is none.

        Raises
        ------
        TableError, ProjectError
            It could not be written.
        """
        path = self.folder / RUN
        if run is None:
            with suppress(OSError):
                path.unlink()
            return
        write_project(path, Document(), under_way=run, compress=False, should_stop=should_stop)

    def clear(self) -> None:
        """Remove the copy: there is nothing that it would bring back."""
        remove(self.folder)


def left_behind(root: Path) -> tuple[LeftBehind, ...]:
    """Return what crashed programs left behind, the newest first, and make it ours.

    So no other program that starts just now offers the same. Empty folders and temporary files of
    programs that run no more are removed.
    """
    found: list[LeftBehind] = []
    for folder in _folders_of_the_dead(root):
        clean_up(folder)
        if not (folder / FILE).exists():
            remove(folder)
            continue
        ours = folder.with_name(_own_name())
        try:
            folder.rename(ours)
        except OSError:
            continue  # another program was faster
        found.append(_looked_at(ours))
    return tuple(sorted(found, key=lambda left: left.saved, reverse=True))


def remove(folder: Path) -> None:
    """Remove a folder with what this program writes in one, and nothing else."""
    with suppress(OSError):
        for path in folder.iterdir():
            if path.name in (FILE, RUN) or path.name.startswith(".gmmstudio-"):
                path.unlink()
        folder.rmdir()


def origin_of(words: Mapping[str, str]) -> Origin:
    """Return what a copy was made of.

    Raises
    ------
    ProjectError
        The path of its project is none.
    """
    numbers = words.get(_STAMP, "").split()
    stamp = None
    if len(numbers) == 2 and all(map(_is_number, numbers)):
        stamp = int(numbers[0]), int(numbers[1])
    path = words.get(_ORIGIN)
    place = None if path is None else Path(checked_path(path))
    return Origin(words.get(_CALLED, ""), place, stamp)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 25


def _looked_at(folder: Path) -> LeftBehind:
    path = folder / FILE
    try:
        saved, words = read_outline(path)
        origin = origin_of(words)
    except ProjectError:
        return LeftBehind(folder, "", Origin(""), b"")
    return LeftBehind(folder, saved, origin, read_picture(path), (folder / RUN).exists())


def _folders_of_the_dead(root: Path) -> list[Path]:
    folders: list[Path] = []
    mark = host_mark(host_name())
    with suppress(OSError), os.scandir(root) as entries:
        for entry in entries:
            found = _NAME.fullmatch(entry.name)
            if found is None or found["host"] != mark or not entry.is_dir(follow_symlinks=False):
                continue
            if Owner(int(found["pid"]), host_name(), found["started"]).is_gone:
                folders.append(Path(entry.path))
    return folders


def _own_name() -> str:
    me = this_process()
    return f"{host_mark(me.host)}-{me.pid}-{me.started}-{secrets.token_hex(8)}"
