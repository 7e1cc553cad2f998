"""Only one program at a time saves to a project: a small file beside it says which."""

from __future__ import annotations

import os
import secrets
import stat
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import msgspec

from gmmstudio.table.owners import Owner, this_process

_LONGEST = 4096
_SECONDS_TO_WRITE = 60.0


class _Lines(msgspec.Struct, frozen=True):
    """What stands in the file."""

    pid: int
    host: str
    started: str
    token: str


@dataclass(frozen=True)
class Lock:
    """The right to save to a project.

    Attributes
    ----------
    path
        The lock file.
    token
        What tells this right from another's.
    """

    path: Path
    token: str

    @property
    def is_held(self) -> bool:
        """Whether it is still ours: somebody may have removed the file, or taken it over."""
        lines = _read(self.path)
        return lines is not None and lines.token == self.token

    def release(self) -> None:
        """Give the right back."""
        if self.is_held:
            with suppress(OSError):
                self.path.unlink()


@dataclass(frozen=True)
class NoLock:
    """Why there is none: a sentence for the user."""

    why: str


def lock_path(project: Path) -> Path:
    """Return where the lock of a project lies."""
    return project.with_name(f".{project.name}.lock")


def acquire(project: Path) -> Lock | NoLock:
    """Take the right to save to a project, if nobody has it.

    One of a program that ended without giving it back is taken over, and so is one that this very
    program has.

    Parameters
    ----------
    project
        Its path; the file need not exist.
    """
    project = Path(os.path.realpath(project))
    path = lock_path(project)
    me = this_process()
    lines = _Lines(me.pid, me.host, me.started, secrets.token_hex(8))
    for _ in range(3):
        try:
            return _created(path, lines)
        except FileExistsError:
            holder = _read(path)
            if holder is not None and not _may_be_taken(holder):
                return NoLock(_held(project, path, holder))
            if holder is None and _is_fresh(path):
                return NoLock(_unreadable(project, path))
            _remove(path, holder)
        except OSError as error:
            return NoLock(
                f"“{project.name}” is open to look at only: its folder cannot be written to "
                f"({error.strerror or error}). Save it under another name to keep changes."
            )
    return NoLock(_unreadable(project, path))


def remove_left_behind(project: Path) -> None:
    """Remove the lock beside a project if its program ended without giving it back."""
    path = lock_path(Path(os.path.realpath(project)))
    holder = _read(path)
    if holder is not None and Owner(holder.pid, holder.host, holder.started).is_gone:
        _remove(path, holder)


def _created(path: Path, lines: _Lines) -> Lock:
    descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o644)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(msgspec.json.encode(lines))
    except OSError:
        with suppress(OSError):
            path.unlink()
        raise
    return Lock(path, lines.token)


def _may_be_taken(lines: _Lines) -> bool:
    owner = Owner(lines.pid, lines.host, lines.started)
    return owner == this_process() or owner.is_gone


def _remove(path: Path, holder: _Lines | None) -> None:
    """Remove a lock that was left behind, and no other that has taken its place meanwhile."""
    aside = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    with suppress(OSError):
        path.rename(aside)
        found = _read(aside)
        if holder is not None and found is not None and found.token != holder.token:
            aside.rename(path)
        else:
            aside.unlink()


def _read(path: Path) -> _Lines | None:
    try:
        if not stat.S_ISREG(path.stat().st_mode):  # a pipe might keep us waiting for ever
            return None
        with path.open("rb") as file:
            return msgspec.json.decode(file.read(_LONGEST), type=_Lines)
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None


def _is_fresh(path: Path) -> bool:
    """Whether a lock without words may be about to get some."""
    try:
        return time.time() - path.stat().st_mtime < _SECONDS_TO_WRITE
    except OSError:
        return False


def _held(project: Path, path: Path, holder: _Lines) -> str:
    owner = Owner(holder.pid, holder.host, holder.started)
    if owner.is_here:
        where = "in another window"
        left = ""
    else:
        where = f"on the computer “{holder.host}”"
        left = f" If it is not open there any more, remove the file “{path.name}” beside it."
    return (
        f"“{project.name}” is open {where}, so here it is open to look at only: save it under "
        f"another name to keep changes.{left}"
    )


def _unreadable(project: Path, path: Path) -> str:
    return (
        f"“{project.name}” is open to look at only: another program seems to be opening it just "
        f"now. Save it under another name to keep changes. If nobody has it open, remove the file "
        f"“{path.name}” beside it."
    )
