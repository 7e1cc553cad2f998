"""Which project file the analysis on the screen belongs to, and whether it says the same."""

from __future__ import annotations

import itertools
import os
from dataclasses import dataclass
from pathlib import Path

from gmmstudio.document.document import Document
from gmmstudio.document.preparing import first_preparation
from gmmstudio.project.linking import Link
from gmmstudio.project.lock import Lock, NoLock, acquire
from gmmstudio.project.write import SUFFIX
from gmmstudio.table.table import Table

Stamp = tuple[int, int]


@dataclass
class ProjectFile:
    """A project file that is open.

    Attributes
    ----------
    path
        Where it lies.
    saved
        The document as it stands in it.
    lock
        The right to save to it, or why there is none.
    link
        The file of its table, if the table is not in it.
    blank
        The table without values that stands for one that was not found; None where it was.
    stamp
        Length and time of the file when it was last read or written.
    """

    path: Path
    saved: Document
    lock: Lock | NoLock
    link: Link | None = None
    blank: Table | None = None
    stamp: Stamp | None = None

    @property
    def is_read_only(self) -> bool:
        """Whether it may only be looked at."""
        return isinstance(self.lock, NoLock)

    def let_go(self) -> None:
        """Let others save to it."""
        if isinstance(self.lock, Lock):
            self.lock.release()

    def take_again(self) -> None:
        """Ask for the right to save once more."""
        if not (isinstance(self.lock, Lock) and self.lock.is_held):
            self.lock = acquire(self.path)


def is_project(path: Path) -> bool:
    """Whether a path is that of a project, by its ending."""
    return path.suffix.lower() == SUFFIX


@dataclass(frozen=True)
class TablePlace:
    """Where the table of an analysis is kept once that is saved.

    Attributes
    ----------
    size
        Bytes that the table adds to the project if it is kept inside, at most.
    inside
        Whether it is; else the project says where the file of the table lies.
    may_choose
        Whether the user can choose.
    """

    size: int = 0
    inside: bool = False
    may_choose: bool = False


def free_name(path: Path) -> Path:
    """Return the path of a copy that is not there yet: "x copy", "x copy 2" and so on."""
    for number in itertools.count(1):
        again = "" if number == 1 else f" {number}"
        name = path.with_name(f"{path.stem} copy{again}{path.suffix}")
        if not name.exists():
            return name
    raise AssertionError("numbers do not end")


def stamp_of(path: Path) -> Stamp | None:
    """Return what tells a file from a later one of its name; None where there is none."""
    try:
        found = os.stat(path)  # noqa: PTH116  (tests make exactly this call fail)
    except OSError:
        return None
    return found.st_size, found.st_mtime_ns


def is_worth_saving(document: Document) -> bool:
    """Whether there is something that opening the table again would not give.

    A model that was chosen and never fitted is no work; rows excluded by hand are.
    """
    table = document.table
    if table is None:
        return False
    if document.fits or document.sweep or document.draft or document.settled:
        return True
    return document.preparation != first_preparation(table)
