"""Writing a file wholly or not at all."""

from __future__ import annotations

import errno
import os
import re
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, Protocol

from gmmstudio.table.errors import TableError
from gmmstudio.table.owners import Owner, host_mark, host_name, this_process

_TEMPORARY = re.compile(
    r"\.gmmstudio-(?P<host>[0-9a-f]{8})-(?P<pid>[0-9]{1,9})-(?P<started>[0-9]*)-[0-9a-f]{16}\.part"
)

# What a folder answers to fsync where the file system cannot do that.
_CANNOT_SYNC = {errno.EINVAL, errno.ENOTSUP, errno.EBADF, errno.EACCES, errno.EPERM, errno.EISDIR}


class Writer(Protocol):
    """What ``atomic_writer`` gives."""

    def write(self, data: bytes | memoryview, /) -> object:
        """Append some bytes."""

    def sync(self) -> None:
        """Bring what was written so far to the disk; raises where it does not fit."""


class _CountingWriter:
    def __init__(self, file: BinaryIO) -> None:
        self.file, self.size = file, 0

    def write(self, data: bytes | memoryview) -> None:
        view = memoryview(data).cast("B")
        self.file.write(view)
        self.size += view.nbytes

    def sync(self) -> None:
        self.file.flush()
        os.fsync(self.file.fileno())


@contextmanager
def atomic_writer(path: str | Path) -> Iterator[Writer]:
    """Write a file beside its final place and move it there when it is whole and on the disk.

    If anything fails, the file of this name stays as it was and nothing else is left behind.

    Raises
    ------
    TableError
        Says what happened, what was kept and what to do. Other exceptions of the body pass through.
    """
    target = _target(Path(path))
    temporary = target.with_name(_temporary_name())
    existed = target.exists()
    try:
        try:
            with _create(temporary) as file:
                if existed:
                    _copy_mode(target, temporary)
                writer = _CountingWriter(file)
                yield writer
                writer.sync()
            _verify(temporary, writer.size)
            os.replace(temporary, target)  # noqa: PTH105  (tests make exactly this call fail)
        except OSError as error:
            raise TableError(_failure(target, error, existed=existed)) from error
    except BaseException:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise
    _sync_folder(target)


def write_bytes(path: str | Path, data: bytes) -> None:
    """Write a small file atomically."""
    with atomic_writer(path) as file:
        file.write(data)


def clean_up(folder: Path) -> int:
    """Remove the temporary files that programs left in a folder when they were killed.

    Those of programs that still run, here or on another computer, stay.

    Returns
    -------
    int
        How many there were.
    """
    n = 0
    mark = host_mark(host_name())
    with suppress(OSError):
        for path in folder.iterdir():
            found = _TEMPORARY.fullmatch(path.name)
            if found is None or found["host"] != mark:
                continue
            if Owner(int(found["pid"]), host_name(), found["started"]).is_gone:
                with suppress(OSError):
                    path.unlink()
                    n += 1
    return n


def _temporary_name() -> str:
    """Return a name that says whose file it is, so that it can be removed after a crash."""
    owner = this_process()
    mine = f"{host_mark(owner.host)}-{owner.pid}-{owner.started}"
    return f".gmmstudio-{mine}-{secrets.token_hex(8)}.part"


def same_file(a: Path, b: Path) -> bool:
    """Whether two paths lead to one file, by links or detours too; neither need exist."""
    try:
        return os.path.samefile(a, b)  # noqa: PTH121  (either may not exist)
    except OSError:
        return os.path.realpath(a) == os.path.realpath(b)


def _target(path: Path) -> Path:
    """Return the real file behind a link, refusing what cannot become a file."""
    try:
        target = path.resolve()
        if target.is_dir():
            raise TableError(f"“{path}” is a folder; give the file a name in it.")
        if target.exists() and not target.is_file():
            raise TableError(f"“{path}” is a device, not a file; choose a file to write to.")
        if not target.parent.is_dir():
            raise TableError(
                f"The folder “{target.parent}” does not exist (any more), so nothing was saved; "
                "choose another folder."
            )
        if target.exists() and not os.access(target, os.W_OK):
            raise TableError(
                f"“{path}” is write-protected and was left as it is; save under another name."
            )
    except (OSError, RuntimeError) as error:  # RuntimeError: links that run in a circle
        raise TableError(f"“{path}” cannot be written ({error}); save elsewhere.") from error
    return target


def _create(temporary: Path) -> BinaryIO:
    """Create the file anew, with the rights any new file gets."""
    flags = os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, "O_BINARY", 0)
    return os.fdopen(os.open(temporary, flags, 0o666), "wb")


def _copy_mode(source: Path, target: Path) -> None:
    with suppress(OSError):  # some file systems know no rights
        target.chmod(source.stat().st_mode & 0o7777)


def _verify(temporary: Path, size: int) -> None:
    found = temporary.stat().st_size
    if found != size:
        raise OSError(errno.EIO, f"{found} of {size} bytes arrived on the drive")


def _sync_folder(target: Path) -> None:
    """Make the move itself durable; Windows does so unasked."""
    if sys.platform == "win32":
        return
    try:
        descriptor = os.open(target.parent, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in _CANNOT_SYNC:
            raise TableError(
                f"“{target}” was written, but its drive reported an error afterwards "
                f"({error.strerror}); check the file, or save it once more on another drive."
            ) from error
    finally:
        os.close(descriptor)


def _failure(target: Path, error: OSError, *, existed: bool) -> str:
    kept = (
        "The file that was there before is unchanged."
        if existed
        else "No incomplete file was left behind."
    )
    what, remedy = _cause(target, error)
    return f"“{target}” was not saved: {what}. {kept} {remedy}"


def _cause(target: Path, error: OSError) -> tuple[str, str]:
    if error.errno in (errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", -1)):
        return "the drive is full or your quota is used up", "Free some space or save elsewhere."
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return (
            f"the folder “{target.parent}” is protected, or another program has the file open",
            "Close the file in other programs, or save to a folder of your own.",
        )
    if error.errno in (errno.ENOENT, errno.ENOTDIR):
        return f"the folder “{target.parent}” is gone", "Save to another folder."
    if error.errno == errno.ENAMETOOLONG:
        return "its name is too long", "Choose a shorter one."
    return f"the drive reported “{error.strerror or error}”", "Try again or save to another drive."
